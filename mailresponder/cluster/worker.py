"""One worker: takes jobs off the queue until it is told to stop, and begins again after an outage
of the database."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import procrastinate
import psycopg
from procrastinate import RetryStrategy
from procrastinate.exceptions import ConnectorException
from sqlalchemy import make_url

from mailresponder.app import App
from mailresponder.app.liveness import Progress
from mailresponder.app.supervisor import NOBODY, Supervisor
from mailresponder.clock import Clock
from mailresponder.cluster import tables
from mailresponder.cluster.planning import QUEUE, SILENCE, TICK, VISIT, plan
from mailresponder.cluster.visiting import SlowServer, Visitor
from mailresponder.errors import MailresponderError
from mailresponder.jobs.work import log

RECONNECT = 5.0
"""Seconds between two attempts to reach the queue."""
PUT_OFF = 60
"""Seconds until a mailbox whose server is slow is tried again, where too many wait for such."""
LOOK_EVERY = 1.0
"""Seconds after which an idle worker looks for jobs."""
CLOCK_EVERY = 30.0
"""Seconds between two looks whether the clock was put back."""
ALIVE_EVERY = 5.0
"""Seconds after which it is noted that the loop runs."""
CONNECTIONS = 4
"""To the queue, at most; what a pass needs comes from the store."""
_LOST = (ConnectorException, psycopg.Error)


def run(app: App, *, concurrency: int, supervisor: Supervisor = NOBODY) -> None:
    """Work on up to `concurrency` mailboxes at a time until `app.stopping` is set; returns when
    the passes under way have ended. The `supervisor` hears how it goes.

    Raises as `tables.prepare`.
    """
    tables.prepare(app.store)
    visitor = Visitor(app, slow_places=max(1, concurrency // 4))
    loop = Progress()

    def stuck() -> list[str]:
        hanging = [f"the pass over {name}" for name in visitor.stuck()]
        return [*hanging, "the queue's loop"] if loop.is_stuck else hanging

    with supervisor.watched(lambda: in_words(app), stuck):
        asyncio.run(_serve(app, visitor, concurrency, supervisor, loop))


def in_words(app: App) -> str:
    """What this worker does, in a sentence. How the mailboxes fare, any worker may know."""
    count = len(app.mailboxes)
    return f"a worker for {count} mailbox{'' if count == 1 else 'es'}"


async def _serve(
    app: App, visitor: Visitor, concurrency: int, supervisor: Supervisor, progress: Progress
) -> None:
    loop = asyncio.get_running_loop()
    # One for each pass, one that waits for the end, one for the planning.
    loop.set_default_executor(ThreadPoolExecutor(concurrency + 2, "worker"))
    loop.set_exception_handler(_failed)
    stopped = loop.run_in_executor(None, app.stopping.wait)
    alive = asyncio.create_task(_note(progress))
    log.info("started", mailboxes=len(app.mailboxes), concurrency=concurrency)
    supervisor.ready(in_words(app))
    lost = False
    while not stopped.done():
        try:
            # Asked first: a pool tries ever more seldom while nobody answers.
            await asyncio.to_thread(_reach, app)
            if lost:
                log.info("queue_found")
            lost = False
            if await _work(app, visitor, concurrency, stopped, supervisor):
                log.info("clock_was_put_back")
                continue
            reason = "no sign of life could be given"
        except MailresponderError as error:
            reason = error.message
        except _LOST as error:
            reason = _kind(error)
        if not lost and not app.stopping.is_set():
            log.error("queue_lost", reason=reason)
            lost = True
        await asyncio.wait({stopped}, timeout=RECONNECT)
    alive.cancel()
    log.info("stopped")


async def _note(progress: Progress) -> None:
    """That the loop runs."""
    while True:
        progress.made()
        await asyncio.sleep(ALIVE_EVERY)


def _reach(app: App) -> None:
    """Raises TemporaryFailure where the database does not answer."""
    with app.store.read():
        return


async def _work(
    app: App,
    visitor: Visitor,
    concurrency: int,
    stopped: asyncio.Future[bool],
    supervisor: Supervisor,
) -> bool:
    """Until `stopped`, or until the queue cannot be reached. True: until the clock was put back,
    for procrastinate's ticks would wait until it is again as late as it was."""
    async with queue_of(app, visitor).open_async() as queue:
        worker = asyncio.create_task(
            queue.run_worker_async(
                queues=[QUEUE],
                concurrency=concurrency,
                delete_jobs="always",
                # Polling costs an idle worker a statement a second, listening a connection, and
                # there is none to be had through a pooler of transactions.
                listen_notify=False,
                fetch_job_polling_interval=LOOK_EVERY,
                update_heartbeat_interval=SILENCE.total_seconds() / 3,
                stalled_worker_timeout=SILENCE.total_seconds(),
                install_signal_handlers=False,
            )
        )
        put_back = asyncio.create_task(_until_put_back(app.clock))
        ends: set[asyncio.Future[Any]] = {worker, stopped, put_back}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        was_put_back = put_back.done()
        put_back.cancel()
        if stopped.done():
            log.info("stopping")
            supervisor.stopping()
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker
        return was_put_back


async def _until_put_back(clock: Clock) -> None:
    last = now = clock()
    while now >= last:
        last = now
        await asyncio.sleep(CLOCK_EVERY)
        now = clock()


def queue_of(app: App, visitor: Visitor) -> procrastinate.App:
    """The queue and its two tasks: a visit to a mailbox, and the planning of visits."""
    connector = procrastinate.PsycopgConnector(
        kwargs=_connect_arguments(app), min_size=1, max_size=CONNECTIONS, timeout=10, name="queue"
    )
    queue = procrastinate.App(connector=connector)
    later = RetryStrategy(wait=PUT_OFF, retry_exceptions=[SlowServer])
    queue.task(name=VISIT, queue=QUEUE, retry=later)(visitor.visit)

    @queue.periodic(cron=f"* * * * * */{TICK.seconds}")
    @queue.task(name="mailresponder.tick", queue=QUEUE, queueing_lock="tick", priority=1)
    async def tick(timestamp: int) -> None:
        try:
            await plan(queue.job_manager, app, datetime.fromtimestamp(timestamp, UTC))
        except MailresponderError as error:
            log.error("planning_failed", reason=error.message, mend=error.mend)
        except _LOST as error:
            log.error("planning_failed", reason=_kind(error))

    return queue


def _connect_arguments(app: App) -> dict[str, Any]:
    """How the store connects, as psycopg wants to be told."""
    url = make_url(app.config.database_url())
    _, arguments = url.get_dialect()().create_connect_args(url)
    return {"connect_timeout": 10, **arguments}


def _failed(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody waits for. The end of a job may find no job any more: others have taken this
    worker for dead, and done it again."""
    error = context.get("exception")
    if isinstance(error, ConnectorException):
        log.warning("job_not_settled", reason=_kind(error))
    else:
        log.error("queue_failed", error=type(error).__name__)


def _kind(error: BaseException) -> str:
    """Psycopg's error without its words, which may hold what was to be stored."""
    return type(error.__cause__ or error).__name__
