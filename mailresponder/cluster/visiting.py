"""Works on one mailbox after the other, and keeps servers that answer nobody from holding up the
mailboxes of all others."""

import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from traceback import extract_tb

from mailresponder.app import App, MailboxRunner, PassReport
from mailresponder.jobs.work import log

LONG = timedelta(seconds=10)
"""A server that fails after that has let us wait, and others with us."""


class SlowServer(Exception):  # noqa: N818 - no error: the visit is put off
    """So many wait for slow servers already that this mailbox, which has one, must come later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Servers:
    """What a mailbox needs, each as `host:port`."""

    imap: str
    smtp: str


class Visitor:
    """Each pass has connections of its own, which end with it. Threads may share it."""

    def __init__(self, app: App, *, slow_places: int, long: timedelta = LONG) -> None:
        """At most `slow_places` mailboxes at a time may be those of slow servers: servers with
        which a pass failed after `long`, until one goes well again."""
        self._app = app
        self._places = slow_places
        self._long = long.total_seconds()
        self._turn = threading.Lock()
        self._busy: dict[str, _Servers] = {}
        self._runners: dict[str, MailboxRunner] = {}
        """Who made the last visit to each mailbox."""
        self._slow: set[str] = set()

    def visit(self, mailbox: str) -> None:
        """One pass; does nothing where this worker is at that mailbox already.

        Raises nothing but SlowServer.
        """
        runner = self._app.mailboxes.get(mailbox)
        if runner is None:
            log.error("unknown_mailbox", mailbox=mailbox)
            return
        imap, smtp = runner.work.settings.imap, runner.work.settings.smtp
        servers = _Servers(imap=f"{imap.host}:{imap.port}", smtp=f"{smtp.host}:{smtp.port}")
        with self._turn:
            # A job may come twice, and to itself the lease is no obstacle.
            if mailbox in self._busy:
                return
            waiting = sum(map(self._is_slow, self._busy.values()))
            if self._is_slow(servers) and waiting >= self._places:
                raise SlowServer
            self._busy[mailbox] = servers
            before, self._runners[mailbox] = self._runners.get(mailbox), runner
            if before is not None and before is not runner:
                runner.take_over(before)
        begun = time.monotonic()
        report = _pass(runner)
        took = time.monotonic() - begun
        with self._turn:
            del self._busy[mailbox]
            if report is not None:
                self._app.tally.count(report, took)
                self._learn(servers, report, took)

    def stuck(self) -> list[str]:
        """Mailboxes whose pass hangs. Any thread may ask."""
        return [name for name, one in self._runners.copy().items() if one.progress.is_stuck]

    def _is_slow(self, servers: _Servers) -> bool:
        return not self._slow.isdisjoint({servers.imap, servers.smtp})

    def _learn(self, servers: _Servers, report: PassReport, took: float) -> None:
        if report.intake is not None:
            self._slow.discard(servers.imap)
        elif took >= self._long:
            self._slow.add(servers.imap)
        sent = report.delivery
        if sent is None or sent.error is None:
            # Where nothing was sent the server was not asked.
            if sent is not None and sent.sent:
                self._slow.discard(servers.smtp)
        elif took >= self._long:
            self._slow.add(servers.smtp)


def _pass(runner: MailboxRunner) -> PassReport | None:
    runner.progress.began()
    try:
        return runner.tick()
    except Exception as error:  # the next turn may do better; the worker has others to visit
        place = extract_tb(error.__traceback__)[-1]
        log.error(
            "visit_failed",
            mailbox=runner.name,
            error=type(error).__name__,
            at=f"{place.filename}:{place.lineno}",
        )
        return None
    finally:
        runner.close()
        runner.progress.ended()
