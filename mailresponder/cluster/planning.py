"""Who is visited next: looks at the mailboxes and the queue, and puts the difference into it.

Every worker can do this, and procrastinate sees to it that one does at each tick. Two at once, or
none for a while, do no harm: a mailbox waits in the queue at most once.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from mailresponder.app import App
from mailresponder.cluster.turns import Visited, due
from mailresponder.jobs.work import log
from mailresponder.store import visits
from mailresponder.store.leases import of_mailbox

QUEUE = "mailresponder"
VISIT = "mailresponder.visit"
"""The task whose argument `mailbox` is the name of the one to work on."""
TICK = timedelta(seconds=2)
SILENCE = timedelta(seconds=30)
"""A worker that has not been heard of for so long is dead (they say so every ten seconds)."""


async def plan(manager: JobManager, app: App, at: datetime) -> None:
    """Put into the queue what the dead have left undone, and each mailbox whose turn has come.

    A mailbox that somebody has in hand is left alone: what a dead worker left waits until its
    lease has ended too.
    """
    known, held = await asyncio.to_thread(_look, app)
    waiting = {
        job.queueing_lock
        for job in await manager.list_jobs_async(queue=QUEUE, status=Status.TODO.value)
    }
    for job in await manager.get_stalled_jobs(
        queue=QUEUE, seconds_since_heartbeat=SILENCE.total_seconds()
    ):
        if job.task_name != VISIT or job.queueing_lock in waiting:
            await manager.finish_job(job, Status.FAILED, delete_job=True)
        elif job.queueing_lock not in held:
            await manager.retry_job(job)
            waiting.add(job.queueing_lock)
            log.info("taken_over", mailbox=job.task_kwargs["mailbox"])
    taken = held | waiting
    names = due(known, at=at, every=TICK)
    wanted = [_visit(name) for name in names if of_mailbox(name) not in taken]
    if wanted:
        # Another tick has just had the same idea.
        with suppress(AlreadyEnqueued):
            await manager.batch_defer_jobs_async(wanted)


def _look(app: App) -> tuple[list[Visited], frozenset[str | None]]:
    """Every mailbox of the configuration, and the leases that are held."""
    with app.store.read() as conn:
        last, held = visits.last(conn), visits.in_hand(conn, app.clock())
    known = []
    for settings in app.config.mailboxes:
        visit = last.get(settings.name)
        known.append(
            Visited(
                name=settings.name,
                poll_every=settings.poll_every,
                last_pass_at=visit.last_pass_at if visit else None,
                retry_at=visit.retry_at if visit else None,
            )
        )
    return known, frozenset(map(of_mailbox, held))


def _visit(mailbox: str) -> Job:
    # No `lock`: a job whose end could not be written down would keep its mailbox for ever.
    return Job(
        queue=QUEUE,
        lock=None,
        queueing_lock=of_mailbox(mailbox),
        task_name=VISIT,
        task_kwargs={"mailbox": mailbox},
    )
