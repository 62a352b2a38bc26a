"""When: a pass for each mailbox at its interval, and at once when the server says mail came.

Decides nothing; APScheduler keeps the time, `app` does the work.
"""

import random
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, timedelta
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from mailresponder.app import App, MailboxRunner
from mailresponder.clock import Clock, utc_now
from mailresponder.errors import (
    MailresponderError,
    SignInRefused,
    TemporaryFailure,
    place_of,
)
from mailresponder.jobs.work import log
from mailresponder.policy.retries import pause

MAX_THREADS = 16
IDLE_FOR = timedelta(minutes=9)
"""A server may hang up on IDLE after 30 minutes (RFC 2177); dead connections show earlier."""
RECONNECT = timedelta(seconds=30)
LOOK_EVERY = timedelta(seconds=30)
"""How often it is looked whether the clock was put back."""


_random = random.SystemRandom()


def run(app: App) -> None:
    """Work until `app.stopping` is set; returns when the passes under way have ended."""
    stop = app.stopping
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(min(MAX_THREADS, len(app.mailboxes)))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for runner in app.mailboxes.values():
        scheduler.add_job(
            runner.tick,
            "interval",
            seconds=runner.work.settings.poll_every.total_seconds(),
            id=runner.name,
            next_run_time=utc_now(),
        )
    watchers = [
        threading.Thread(target=_watch, args=(runner, scheduler, stop), name=f"idle-{runner.name}")
        for runner in app.mailboxes.values()
    ]
    scheduler.start()
    log.info("started", mailboxes=len(app.mailboxes))
    for watcher in watchers:
        watcher.start()
    _wait(stop, utc_now, partial(_make_due, app, scheduler))
    log.info("stopping")
    scheduler.pause()
    # First the watchers: they start jobs, which end with the scheduler.
    for watcher in watchers:
        watcher.join()
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


def _make_due(app: App, scheduler: BackgroundScheduler) -> None:
    for name in app.mailboxes:
        scheduler.modify_job(name, next_run_time=utc_now())


def _watch(runner: MailboxRunner, scheduler: BackgroundScheduler, stop: threading.Event) -> None:
    """Wait in IDLE on a connection of its own and start a pass when something comes. A server that
    fails is left alone for longer and longer; the passes report it, here it is one line."""
    failures = 0
    while not stop.is_set():
        asked: timedelta | None = None
        refused = False
        try:
            with closing(runner.connect()) as imap:
                if not imap.has_idle:
                    log.info("no_idle", mailbox=runner.name)
                    return
                imap.select(runner.work.settings.imap.folder, readonly=True)
                failures = 0
                # What came while nobody watched is no news to `wait`.
                news = True
                while not stop.is_set():
                    if news:
                        runner.wake()
                        scheduler.modify_job(runner.name, next_run_time=utc_now())
                    news = imap.wait(IDLE_FOR.total_seconds(), stop=stop.is_set)
        except MailresponderError as error:
            if not failures:
                log.info("idle_ended", mailbox=runner.name, reason=error.message)
            asked = error.retry_after if isinstance(error, TemporaryFailure) else None
            refused = isinstance(error, SignInRefused)
        except Exception as error:  # whatever it is, the next connection may do better
            if not failures:
                kind = type(error).__name__
                log.error("idle_failed", mailbox=runner.name, error=kind, where=place_of(error))
        failures += 1
        wait = pause(
            failures, every=RECONNECT, jitter=_random.random(), asked=asked, refused=refused
        )
        stop.wait(wait.total_seconds())
