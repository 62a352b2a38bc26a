"""When: a pass for each mailbox at its interval, and at once when its server says mail came.

Decides nothing of the mail; APScheduler keeps the time, `app` does the work. However many
mailboxes there are, passes have MAX_THREADS + SLOW_THREADS threads, and one more listens to all
servers. A pass that waits for its server keeps its thread, so those that took long go into threads
of their own, with all mailboxes of the same server, until a pass goes well again: a server that
answers nobody holds up the others once, for as long as the timeouts of transport let it.
"""

import random
import time
from collections.abc import Collection
from datetime import UTC, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from mailresponder.app import App
from mailresponder.app.runner import MailboxRunner, PassReport
from mailresponder.app.watching import Watching
from mailresponder.clock import utc_now
from mailresponder.jobs.work import log
from mailresponder.transport.imap_idle import Heard

MAX_THREADS = 16
SLOW_THREADS = 4
LONG = timedelta(seconds=10)
"""Whoever takes longer for a pass is slow."""
SPACING = timedelta(milliseconds=100)
"""Between two mailboxes that are to be signed in to at the same time."""
RECONNECT = timedelta(seconds=30)
"""How soon a server that hangs up again and again is connected to, before its next poll."""
_JITTER = 0.05
"""The part of the interval by which a poll may come earlier or later."""

_FAST, _SLOW = "passes", "slow"


def run(app: App) -> None:
    """Work until `app.stopping` is set; returns when the passes under way have ended."""
    count = len(app.mailboxes)
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={
            _FAST: ThreadPoolExecutor(min(MAX_THREADS, count)),
            _SLOW: ThreadPoolExecutor(min(SLOW_THREADS, count)),
        },
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    service = _Service(app, scheduler)
    with Watching(service.heard) as watching:
        service.start(watching)
        log.info("started", mailboxes=count)
        app.stopping.wait()
        log.info("stopping")
        scheduler.pause()
    scheduler.shutdown(wait=True)
    log.info("stopped")


class _Service:
    """The jobs, one for each mailbox, and what wakes them."""

    def __init__(self, app: App, scheduler: BackgroundScheduler) -> None:
        self._app = app
        self._scheduler = scheduler
        self._lanes = dict.fromkeys(app.mailboxes, _FAST)
        self._hung_up: dict[str, float] = {}
        """When a server hung up last, by the monotonic clock."""

    def start(self, watching: Watching) -> None:
        self._watching = watching
        self._scheduler.add_listener(self._done, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        for number, (name, runner) in enumerate(self._app.mailboxes.items()):
            seconds = runner.work.settings.poll_every.total_seconds()
            self._scheduler.add_job(
                self._tick,
                "interval",
                args=[name, _FAST],
                seconds=seconds,
                jitter=seconds * _JITTER,
                id=name,
                executor=_FAST,
                next_run_time=utc_now() + number * SPACING,
            )
        self._app.instance.serve(self._app.mailboxes, self._changed)
        self._scheduler.start()

    def heard(self, name: str, what: Heard) -> None:
        """A server said something in IDLE, or went away, or has idled for long enough."""
        wait = timedelta()
        if what is Heard.GONE:
            log.info("idle_ended", mailbox=name, reason="the connection ended")
            before, now = self._hung_up.get(name), time.monotonic()
            self._hung_up[name] = now
            if before is not None and now - before < RECONNECT.total_seconds():
                wait = RECONNECT
            else:
                # A server that restarts hangs up on all at once.
                wait = random.random() * len(self._lanes) * SPACING  # noqa: S311 - no secret
        self._wake(name, wait)

    def _changed(self, names: Collection[str]) -> None:
        """Mailboxes became ours, or are not ours any more: their jobs see to it."""
        for number, name in enumerate(names):
            self._wake(name, number * SPACING)

    def _wake(self, name: str, wait: timedelta = timedelta()) -> None:
        if self._app.stopping.is_set():
            return
        # While its pass is under way the job cannot begin: `_done` looks whether it was woken.
        self._app.mailboxes[name].news.set()
        self._scheduler.modify_job(name, next_run_time=utc_now() + wait)

    def _tick(self, name: str, lane: str) -> None:
        """One pass over a mailbox, if it is ours and these are the threads for it."""
        runner = self._app.mailboxes[name]
        if lane != self._lanes[name]:
            # It waited for a thread while its server turned out to be slow.
            runner.news.set()
            return
        runner.news.clear()
        self._watching.hand_back(name)
        if not self._app.instance.is_ours(name):
            runner.close()
            self._app.instance.let_go(name)
            return
        begun = time.monotonic()
        report = runner.tick()
        self._sort(runner, report, timedelta(seconds=time.monotonic() - begun))
        connection = runner.watch()
        if connection is not None:
            self._watching.watch(name, connection)

    def _sort(self, runner: MailboxRunner, report: PassReport, took: timedelta) -> None:
        """Choose the threads for the next passes."""
        if took > LONG:
            for other in self._app.mailboxes.values():
                if _server(other) == _server(runner):
                    self._lanes[other.name] = _SLOW
        elif report.intake is not None and not report.errors:
            self._lanes[runner.name] = _FAST

    def _done(self, event: JobExecutionEvent) -> None:
        """A pass has ended, and its job may begin again."""
        name = event.job_id
        if self._app.stopping.is_set():
            return
        lane = self._lanes[name]
        self._scheduler.modify_job(name, executor=lane, args=[name, lane])
        if self._app.mailboxes[name].news.is_set():
            self._wake(name)


def _server(runner: MailboxRunner) -> tuple[str, int]:
    imap = runner.work.settings.imap
    return imap.host, imap.port
