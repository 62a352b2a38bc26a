"""Who is put into the queue, and what becomes of the jobs of the dead."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from crowds import Crowd
from procrastinate.manager import JobManager
from servers.dovecot import Dovecot
from servers.postgres import Postgres

from mailresponder import config
from mailresponder.app import App
from mailresponder.clock import utc_now
from mailresponder.cluster import tables
from mailresponder.cluster.planning import QUEUE, VISIT, plan
from mailresponder.cluster.visiting import Visitor
from mailresponder.cluster.worker import queue_of
from mailresponder.store import leases, mailboxes

T = TypeVar("T")
HOUR = timedelta(hours=1)
SILENT = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"


@pytest.fixture
def app(tmp_path: Path, dovecot: Dovecot, postgres: Postgres, database: str) -> Iterator[App]:
    """A desk with two mailboxes that nobody has visited."""
    crowd = Crowd(dovecot=dovecot, names=("sales", "support"))
    crowd.configure(tmp_path, database=postgres.url(database), smtp_port=1)
    with App.open(config.load(tmp_path / "config.toml")) as opened:
        tables.prepare(opened.store)
        yield opened


@pytest.fixture
def kill(postgres: Postgres, database: str) -> Callable[[], None]:
    """Makes a minute pass in which no worker is heard of."""
    return lambda: postgres.execute(SILENT, database=database)


def planned(app: App) -> list[tuple[str | None, str | None]]:
    """What is in the queue, and in which state, after one more look."""

    async def look(manager: JobManager) -> list[tuple[str | None, str | None]]:
        await plan(manager, app, utc_now())
        jobs = await manager.list_jobs_async(queue=QUEUE)
        return sorted((job.queueing_lock, job.status) for job in jobs)

    return with_queue(app, look)


def taken(app: App, number: int = 1) -> None:
    """A worker takes so many jobs."""

    async def take(manager: JobManager) -> None:
        worker = await manager.register_worker()
        for _ in range(number):
            assert await manager.fetch_job(queues=[QUEUE], worker_id=worker)

    with_queue(app, take)


def with_queue(app: App, act: Callable[[JobManager], Coroutine[Any, Any, T]]) -> T:
    """What comes of acting on the open queue."""

    async def open_and_act() -> T:
        async with queue_of(app, Visitor(app, slow_places=1)).open_async() as queue:
            return await act(queue.job_manager)

    return asyncio.run(open_and_act())


def test_a_mailbox_waits_once(app: App) -> None:
    """However often it is looked, each mailbox whose turn it is waits once."""
    waiting = [("mailbox:sales", "todo"), ("mailbox:support", "todo")]

    assert planned(app) == waiting
    assert planned(app) == waiting


def test_who_was_visited_is_left_alone(app: App) -> None:
    """A mailbox that has had its turn waits for the next one."""
    with app.store.begin() as conn:
        mailboxes.well(conn, "sales", utc_now())

    assert planned(app) == [("mailbox:support", "todo")]


def test_what_another_has_in_hand_is_left_alone(app: App) -> None:
    """While `run`, or a worker, holds the lease, nobody is sent."""
    with app.store.begin() as conn:
        leases.acquire(conn, leases.of_mailbox("sales"), "run", HOUR, utc_now())

    assert planned(app) == [("mailbox:support", "todo")]


def test_what_the_dead_have_left_is_done_again(app: App, kill: Callable[[], None]) -> None:
    """The job of a worker that is not heard of waits again, though its mailbox has had its turn."""
    planned(app)
    taken(app, 2)
    with app.store.begin() as conn:
        mailboxes.well(conn, "sales", utc_now())
        mailboxes.well(conn, "support", utc_now())
    assert planned(app) == [("mailbox:sales", "doing"), ("mailbox:support", "doing")]
    kill()

    assert planned(app) == [("mailbox:sales", "todo"), ("mailbox:support", "todo")]


def test_what_the_dead_still_hold_waits_for_their_lease(app: App, kill: Callable[[], None]) -> None:
    """Nobody is sent in vain: the job is kept until the lease has ended."""
    planned(app)
    taken(app, 2)
    name = leases.of_mailbox("sales")
    with app.store.begin() as conn:
        leases.acquire(conn, name, "dead", HOUR, utc_now())
    kill()

    assert planned(app) == [("mailbox:sales", "doing"), ("mailbox:support", "todo")]
    with app.store.begin() as conn:
        leases.release(conn, name, "dead")
    assert planned(app) == [("mailbox:sales", "todo"), ("mailbox:support", "todo")]


def test_what_the_dead_have_left_is_done_once(app: App, kill: Callable[[], None]) -> None:
    """Where the mailbox waits already, the job of the dead goes."""
    planned(app)
    taken(app, 2)
    planned(app)
    kill()

    assert planned(app) == [("mailbox:sales", "todo"), ("mailbox:support", "todo")]


def test_a_visit_that_is_put_off_is_made_later(app: App) -> None:
    """Where a worker has no place for mailboxes of slow servers, the job waits for a minute, and
    nobody else is sent meanwhile."""
    visitor = Visitor(app, slow_places=0, long=timedelta(0))

    async def work() -> list[datetime | None]:
        async with queue_of(app, visitor).open_async() as queue:
            await plan(queue.job_manager, app, utc_now())
            # The first sign-in is refused: no such accounts are there.
            await queue.run_worker_async(
                queues=[QUEUE],
                wait=False,
                listen_notify=False,
                delete_jobs="always",
                install_signal_handlers=False,
            )
            await plan(queue.job_manager, app, utc_now())
            jobs = await queue.job_manager.list_jobs_async(task=VISIT)
            return [job.scheduled_at for job in jobs]

    begun = utc_now()
    [later] = asyncio.run(work())

    assert later is not None
    assert later >= begun + timedelta(seconds=50)
