"""When: a pass for each mailbox at its interval, and at once when its server says mail came.

Decides nothing of the mail; APScheduler keeps the time, `app` does the work, `threads` has the
threads for it.
"""

import random
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from mailresponder.app import App
from mailresponder.app.liveness import Progress
from mailresponder.app.reloading import in_words
from mailresponder.app.supervisor import NOBODY, Supervisor
from mailresponder.app.threads import PassThreads
from mailresponder.app.watching import Watching
from mailresponder.clock import Clock, utc_now
from mailresponder.jobs.work import log
from mailresponder.transport.imap_idle import Heard

SPACING = timedelta(milliseconds=100)
"""Between two mailboxes that are to be signed in to at the same time."""
RECONNECT = timedelta(seconds=30)
"""How soon a server that hangs up again and again is connected to, before its next poll."""
LOOK_EVERY = timedelta(seconds=30)
"""How often it is looked whether the clock was put back."""
ALIVE_EVERY = timedelta(seconds=20)
"""How often it is noted that the scheduler keeps its times."""
_ALIVE = "\0alive"
"""The job that notes it; no mailbox has such a name."""
_JITTER = 0.05
"""The part of the interval by which a poll may come earlier or later."""


def run(app: App, supervisor: Supervisor = NOBODY) -> None:
    """Work until `app.stopping` is set; returns when the passes under way have ended. The
    `supervisor` hears how it goes."""
    scheduler = BackgroundScheduler(
        timezone=UTC,
        # A job only asks for a pass.
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    service = _Service(app, scheduler)
    with Watching(service.heard) as watching, PassThreads(app, watching) as threads:
        service.start(threads)
        log.info("started", mailboxes=len(app.mailboxes))
        supervisor.ready(in_words(app))
        with supervisor.watched(lambda: in_words(app), service.stuck):
            _wait(app.stopping, utc_now, service.make_due)
            log.info("stopping")
            supervisor.stopping()
            # First who asks for passes, then the passes, then who listens between them.
            scheduler.shutdown(wait=True)
    log.info("stopped")


def _wait(stop: threading.Event, clock: Clock, make_due: Callable[[], None]) -> None:
    """Until `stop`. Where the clock was put back, the passes would wait until it is again as late
    as it was."""
    last = clock()
    while not stop.wait(LOOK_EVERY.total_seconds()):
        now = clock()
        if now < last:
            make_due()
        last = now


class _Service:
    """What makes a pass begin."""

    def __init__(self, app: App, scheduler: BackgroundScheduler) -> None:
        self._app = app
        self._scheduler = scheduler
        self._hung_up: dict[str, float] = {}
        """When a server hung up last, by the monotonic clock."""

    def start(self, threads: PassThreads) -> None:
        self._threads = threads
        self._progress = Progress()
        self._progress.made()
        self._scheduler.add_job(
            self._progress.made, "interval", seconds=ALIVE_EVERY.total_seconds(), id=_ALIVE
        )
        # First: what is read anew meanwhile is planned too.
        self._app.on_reload = self._reload
        self._plan()
        self._app.instance.serve(self._app.mailboxes, self._changed)
        self._scheduler.start()

    def stuck(self) -> list[str]:
        """What hangs: mailboxes in their passes, the scheduler itself."""
        hanging = [f"the pass over {name}" for name in self._threads.stuck()]
        return [*hanging, "the scheduler"] if self._progress.is_stuck else hanging

    def make_due(self) -> None:
        """Begin a pass over every mailbox."""
        self._soon(_ALIVE, timedelta())
        self._changed(self._app.mailboxes)

    def _plan(self) -> None:
        """A pass over every mailbox soon, and then at its interval."""
        for number, (name, runner) in enumerate(self._app.mailboxes.items()):
            seconds = runner.work.settings.poll_every.total_seconds()
            self._scheduler.add_job(
                self._threads.ask,
                "interval",
                args=[name],
                seconds=seconds,
                jitter=seconds * _JITTER,
                id=name,
                next_run_time=utc_now() + number * SPACING,
                replace_existing=True,
            )

    def _reload(self) -> None:
        """The configuration is another one. A pass over a mailbox that is gone lets go of it."""
        self._plan()
        gone = {job.id for job in self._scheduler.get_jobs()} - {_ALIVE, *self._app.mailboxes}
        for name in gone:
            self._scheduler.remove_job(name)
        self._app.instance.change(self._app.mailboxes)
        for name in gone:
            self._threads.ask(name)

    def heard(self, name: str, what: Heard) -> None:
        """A server said something in IDLE, or went away, or has idled for long enough."""
        if what is not Heard.GONE:
            self._threads.ask(name)
            return
        log.info("idle_ended", mailbox=name, reason="the connection ended")
        before, now = self._hung_up.get(name), time.monotonic()
        self._hung_up[name] = now
        if before is not None and now - before < RECONNECT.total_seconds():
            self._soon(name, RECONNECT)
        else:
            # A server that restarts hangs up on all at once.
            count = len(self._app.mailboxes)
            self._soon(name, random.random() * count * SPACING)  # noqa: S311 - no secret

    def _changed(self, names: Collection[str]) -> None:
        """Mailboxes became ours, or are not ours any more: a pass sees to it."""
        for number, name in enumerate(names):
            self._soon(name, number * SPACING)

    def _soon(self, name: str, wait: timedelta) -> None:
        if not self._app.stopping.is_set():
            # It may just have gone from the configuration.
            with suppress(JobLookupError):
                self._scheduler.modify_job(name, next_run_time=utc_now() + wait)
