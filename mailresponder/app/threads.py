"""The threads for the passes over many mailboxes: as many as are written here, and no more.

A pass that waits for its server keeps its thread, so those that took long go into threads of their
own, with all mailboxes of the same server, until a pass goes well again: a server that answers
nobody holds up the others once, for as long as the timeouts of transport let it.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Protocol, Self

from mailresponder.app.instance import Instance
from mailresponder.app.passes import PassReport
from mailresponder.app.runner import MailboxRunner
from mailresponder.app.tally import Tally
from mailresponder.app.watching import Watching
from mailresponder.errors import place_of
from mailresponder.jobs.work import log

MAX_THREADS = 16
SLOW_THREADS = 4
LONG = timedelta(seconds=10)
"""Whoever takes longer for a pass is slow."""


class Desk(Protocol):
    """What is worked on; `App` provides it."""

    @property
    def mailboxes(self) -> dict[str, MailboxRunner]: ...
    @property
    def instance(self) -> Instance: ...
    @property
    def stopping(self) -> threading.Event: ...
    @property
    def tally(self) -> Tally: ...


class PassThreads:
    """One pass at a time for each mailbox; first come, first served. Between two passes the
    mailbox's connection is watched. Any thread may ask for one."""

    def __init__(self, desk: Desk, watching: Watching) -> None:
        self._desk = desk
        self._watching = watching
        self._fast = ThreadPoolExecutor(MAX_THREADS, "pass")
        self._slow = ThreadPoolExecutor(SLOW_THREADS, "slow")
        self._lock = threading.Lock()
        self._under_way: set[str] = set()
        """Mailboxes whose pass is under way, or waits for a thread."""
        self._again: set[str] = set()
        """Those of them that were asked for again meanwhile."""
        self._are_slow: set[str] = set()
        self._runners: dict[str, MailboxRunner] = {}
        """Who made the last pass over each mailbox. Changed by the pass that has its turn only."""
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for the passes under way; who waits for a thread has none."""
        with self._lock:
            self._ended = True
        for pool in (self._fast, self._slow):
            pool.shutdown(wait=True, cancel_futures=True)
        for name, runner in self._runners.items():
            if self._desk.mailboxes.get(name) is not runner:
                runner.close()

    def ask(self, name: str) -> None:
        """Begin a pass over a mailbox as soon as there is a thread; where one is under way, another
        follows it. Never waits."""
        with self._lock:
            if name in self._under_way:
                self._again.add(name)
                return
            self._under_way.add(name)
            self._submit(name)

    def stuck(self) -> list[str]:
        """Mailboxes whose pass hangs. Any thread may ask."""
        return [name for name, one in self._runners.copy().items() if one.progress.is_stuck]

    def _submit(self, name: str) -> None:
        if self._ended or self._desk.stopping.is_set():
            return
        pool = self._slow if name in self._are_slow else self._fast
        pool.submit(self._work, name, pool is self._slow)

    def _work(self, name: str, slow: bool) -> None:
        if not slow and name in self._are_slow:
            # It waited for a thread while its server turned out to be slow.
            with self._lock:
                self._submit(name)
            return
        with self._lock:
            self._again.discard(name)
        try:
            news = self._pass(name)
        except Exception as error:  # a mistake of ours, which the next pass may not meet
            kind = type(error).__name__
            log.error("pass_broke", mailbox=name, error=kind, where=place_of(error))
            news = False
        with self._lock:
            if news or name in self._again:
                # Behind all others that wait.
                self._submit(name)
            else:
                self._under_way.discard(name)

    def _pass(self, name: str) -> bool:
        """Work on a mailbox, or let go of it where it is not ours any more; True: there is news
        for another pass."""
        self._watching.hand_back(name)
        runner = self._runner_of(name)
        if runner is None or not self._desk.instance.is_ours(name):
            if runner is not None:
                runner.close()
            self._desk.instance.let_go(name)
            return False
        runner.progress.began()
        try:
            return self._pass_of(runner)
        finally:
            runner.progress.ended()

    def _runner_of(self, name: str) -> MailboxRunner | None:
        """By the configuration as it is now, in place of the one before; None where the mailbox is
        gone from it."""
        runner, before = self._desk.mailboxes.get(name), self._runners.get(name)
        if runner is None:
            if before is not None:
                del self._runners[name]
                before.close()
            return None
        if before is not None and before is not runner:
            runner.take_over(before)
        self._runners[name] = runner
        return runner

    def _pass_of(self, runner: MailboxRunner) -> bool:
        name, begun = runner.name, time.monotonic()
        report = runner.tick()
        took = time.monotonic() - begun
        self._desk.tally.count(report, took)
        self._sort(runner, report, timedelta(seconds=took))
        connection = runner.watch()
        if connection is None:
            return runner.has_news
        self._watching.watch(name, connection)
        return False

    def _sort(self, runner: MailboxRunner, report: PassReport, took: timedelta) -> None:
        """Choose the threads for the next passes."""
        if took > LONG:
            server = _server(runner)
            for other in self._desk.mailboxes.values():
                if _server(other) == server:
                    self._are_slow.add(other.name)
        elif report.intake is not None and not report.errors:
            self._are_slow.discard(runner.name)


def _server(runner: MailboxRunner) -> tuple[str, int]:
    imap = runner.work.settings.imap
    return imap.host, imap.port
