"""What instances on one database see of one another."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import cases
import databases
import pytest
from counting import counted
from desks import eventually
from servers.postgres import Postgres
from sqlalchemy import text
from structlog.testing import capture_logs

from mailresponder.app.instance import LEASE, Instance, SharedInstance, Tempo
from mailresponder.clock import utc_now
from mailresponder.errors import MailboxInHand, TemporaryFailure
from mailresponder.store import leases, outbox, outbox_view
from mailresponder.store.database import Store

BOXES = [f"box{number}" for number in range(6)]
TEMPO = Tempo(lease=timedelta(hours=1), beat=timedelta(hours=1))
"""A test makes the beats."""


@pytest.fixture
def store(postgres: Postgres) -> Iterator[Store]:
    """A database of its own."""
    opened = Store.open(postgres.create("instances", template="model"))
    yield opened
    opened.close()
    postgres.drop("instances")


@pytest.fixture
def instance(store: Store) -> Iterator[Callable[[], SharedInstance]]:
    """Starts instances, which end with the test."""
    made: list[SharedInstance] = []

    def start() -> SharedInstance:
        made.append(SharedInstance(store, utc_now, tempo=TEMPO))
        return made[-1]

    yield start
    for one in made:
        one.close()


def end(store: Store, owner: str) -> None:
    """Let so much time pass that all leases of an owner end."""
    with store.begin() as conn:
        conn.execute(
            text("UPDATE leases SET expires_at = now() - interval '1 s' WHERE owner = :owner"),
            {"owner": owner},
        )


def ours(*instances: SharedInstance) -> list[list[str]]:
    """Which mailboxes each of them works on."""
    return [[name for name in BOXES if one.is_ours(name)] for one in instances]


def sending(store: Store, owner: str, mailbox: str = "box0") -> int:
    """A mail that this owner has claimed."""
    now = utc_now()
    with store.begin() as conn:
        assert outbox.enqueue(conn, cases.draft(owner, mailbox=mailbox), now)
        [row] = outbox.claim(conn, mailbox, owner=owner, now=now, lease=timedelta(hours=1), limit=1)
    return row.id


def state(store: Store, outbox_id: int) -> str:
    with store.read() as conn:
        row = outbox_view.row(conn, outbox_id)
    assert row is not None
    return row.state


def test_a_mailbox_is_held_for_the_time_of_a_pass(
    instance: Callable[[], SharedInstance],
) -> None:
    """Who makes single passes takes a mailbox, keeps it, and gives it back."""
    one, other = instance(), instance()
    owner = one.take("box0")
    assert one.keeps("box0", owner)
    with pytest.raises(MailboxInHand, match=owner):
        other.take("box0")
    one.release("box0", owner)
    other.take("box0")


def test_who_works_all_the_time_keeps_what_it_has(
    instance: Callable[[], SharedInstance],
) -> None:
    """Between two passes of an instance no other takes the mailbox: the server would be polled by
    all of them."""
    one, other = instance(), instance()
    one.serve(BOXES, lambda _: None)
    one.release("box0", one.take("box0"))
    with pytest.raises(MailboxInHand):
        other.take("box0")


def test_mailboxes_are_spread(instance: Callable[[], SharedInstance]) -> None:
    """The first instance has all mailboxes, and gives half to the second one when it comes."""
    one, other = instance(), instance()
    told: list[str] = []
    one.serve(BOXES, told.extend)
    assert ours(one) == [BOXES]
    assert sorted(told) == BOXES
    told.clear()

    other.serve(BOXES, lambda _: None)
    assert ours(other) == [[]]
    one.beat()
    given = told.copy()
    assert len(given) == 3
    assert set(ours(one)[0]) == set(BOXES) - set(given)
    other.beat()
    assert ours(other) == [[]]
    # Given up at the end of the pass that is under way, not before.
    for name in given:
        one.let_go(name)
    other.beat()
    assert ours(other) == [sorted(given)]


def test_who_makes_single_passes_has_no_share(
    store: Store, instance: Callable[[], SharedInstance]
) -> None:
    """`run --once` beside a service takes nothing away from it."""
    one, _ = instance(), instance()
    one.serve(BOXES, lambda _: None)
    one.beat()
    assert ours(one) == [BOXES]


def test_what_the_dead_held_is_taken_over(
    store: Store, instance: Callable[[], SharedInstance]
) -> None:
    """When a sign of life ends, the mailboxes go to the living, and what was being sent is sent
    again as a repeat."""
    one, other = instance(), instance()
    one.serve(BOXES, lambda _: None)
    other.serve(BOXES, lambda _: None)
    row = sending(store, one.owner)
    other.beat()
    assert ours(other) == [[]]

    end(store, one.owner)
    other.beat()
    assert ours(other) == [BOXES]
    other.take("box0")

    assert state(store, row) == "queued"
    with store.begin() as conn:
        [again] = outbox.claim(
            conn, "box0", owner=other.owner, now=utc_now(), lease=timedelta(hours=1), limit=1
        )
    assert again.repeat


def test_the_living_keep_what_they_are_sending(
    store: Store, instance: Callable[[], SharedInstance]
) -> None:
    """Mail claimed by an instance that lives is left to it, whoever has the mailbox."""
    one, other = instance(), instance()
    row = sending(store, one.owner)
    other.take("box0")
    assert state(store, row) == "sending"


def test_who_was_taken_for_dead_finds_out(
    store: Store, instance: Callable[[], SharedInstance]
) -> None:
    """A process that was frozen for too long holds nothing of what it held, though nobody has
    taken it yet: neither the mail it was about to send nor the mailbox it was reading."""
    one = instance()
    owner = one.take("box0")
    row = sending(store, owner)
    with store.read() as conn:
        assert outbox.owns(conn, row, owner, utc_now())

    end(store, owner)

    with store.read() as conn:
        assert not outbox.owns(conn, row, owner, utc_now())
    assert not one.keeps("box0", owner)
    one.beat()
    with store.read() as conn:
        assert not outbox.owns(conn, row, owner, utc_now())


@pytest.mark.parametrize("found_by", ["beat", "pass"])
def test_who_was_taken_for_dead_goes_on_under_another_name(
    store: Store, instance: Callable[[], SharedInstance], found_by: str
) -> None:
    """It takes mailboxes again, and treats what it was sending before as another's."""
    one = instance()
    one.serve(BOXES, lambda _: None)
    before = one.owner
    row = sending(store, before)
    end(store, before)
    if found_by == "beat":
        one.beat()

    assert one.take("box0") == one.owner != before
    assert state(store, row) == "queued"
    one.beat()
    assert ours(one) == [BOXES]


def test_who_ends_leaves_everything_at_once(
    store: Store, instance: Callable[[], SharedInstance]
) -> None:
    """After a proper end nobody waits for a lease."""
    one, other = SharedInstance(store, utc_now, tempo=TEMPO), instance()
    one.serve(BOXES, lambda _: None)
    one.close()
    other.serve(BOXES, lambda _: None)
    assert ours(other) == [BOXES]
    with store.begin() as conn:
        holders, instances = leases.holders(conn, utc_now())
    assert (set(holders.values()), instances) == ({other.owner}, 1)


def test_beats_come_by_themselves_and_outlast_the_database(
    store: Store, postgres: Postgres
) -> None:
    """A database that hangs up between two beats ends nothing."""
    tempo = Tempo(lease=timedelta(hours=1), beat=timedelta(milliseconds=10))
    with closing(SharedInstance(store, utc_now, tempo=tempo)) as one:
        postgres.execute("ALTER DATABASE instances ALLOW_CONNECTIONS false")
        postgres.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'instances'"
        )
        postgres.execute("ALTER DATABASE instances ALLOW_CONNECTIONS true")
        owner = one.owner

        def ended() -> bool:
            # A connection that a beat used just now is taken for whole: it may be a dead one.
            with suppress(TemporaryFailure):
                end(store, owner)
                return True
            return False

        eventually(ended)
        eventually(lambda: one.owner != owner)
        assert one.take("box0") == one.owner


def test_on_sqlite_a_mailbox_stays_ours_a_while_without_a_write(tmp_path: Path) -> None:
    """Each write waits for the disk; whoever slept past the lease finds out all the same."""
    now = utc_now()
    with closing(databases.open_new(tmp_path / "desk.db")) as opened:
        one, other = (Instance(opened, lambda: now, lock=None) for _ in range(2))
        owner = one.take("box0")
        with counted() as asked:
            assert one.keeps("box0", owner)
        assert asked.statements == 0
        now += timedelta(seconds=10)
        with counted() as asked:
            assert one.keeps("box0", owner)
        assert asked.statements == 1
        now += LEASE
        other.take("box0")
        assert not one.keeps("box0", owner)
        with pytest.raises(MailboxInHand):
            one.take("box0")


def test_an_outage_is_told_of_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many signs of life fail in a row, one line says so, and one when they are well."""
    beats = iter([TemporaryFailure("it is gone"), ZeroDivisionError()])
    done = threading.Event()

    def beat(_: SharedInstance) -> None:
        if (error := next(beats, None)) is not None:
            raise error
        done.set()

    monkeypatch.setattr(SharedInstance, "beat", beat)
    tempo = Tempo(lease=timedelta(hours=1), beat=timedelta(milliseconds=1))
    with capture_logs() as logged, closing(SharedInstance(store, utc_now, tempo=tempo)):
        assert done.wait(20)

    assert [(line["event"], line.get("reason")) for line in logged] == [
        ("no_sign_of_life", "it is gone"),
        ("sign_of_life_again", None),
    ]
