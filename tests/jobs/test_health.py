from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import cases
import databases
import pytest
from making import NOON
from sites import CONFIG

from mailresponder import config
from mailresponder.config import Config
from mailresponder.jobs import health
from mailresponder.jobs.health import Finding, Health, Standing, Trouble
from mailresponder.store import leases, mailboxes
from mailresponder.store.database import Store
from mailresponder.store.mailboxes import Way

MINUTE = timedelta(minutes=1)
SALES = """
[[mailbox]]
name = "sales"
address = "sales@example.com"
poll_every = "10m"
[mailbox.imap]
host = "127.0.0.1"
security = "none"
username = "sales"
password = "secret"
[mailbox.smtp]
host = "127.0.0.1"
security = "none"
username = ""
[acknowledge]
max_per_mailbox_per_minute = 2
"""


@pytest.fixture
def desk(tmp_path: Path) -> Config:
    """A desk of two mailboxes, one read every minute and one every ten."""
    path = tmp_path / "config.toml"
    path.touch(mode=0o600)
    path.write_text(CONFIG.format(desk="", more=SALES, imap_port=9, smtp_port=9))
    return config.load(path)


@pytest.fixture
def store(desk: Config) -> Iterator[Store]:
    """Its database."""
    opened = databases.open_new(desk.path.with_name("mailresponder.db"))
    yield opened
    opened.close()


def well(store: Store, *names: str, ago: timedelta = MINUTE) -> None:
    """A pass over these mailboxes went well so long ago."""
    with store.begin() as conn:
        for name in names:
            mailboxes.well(conn, name, NOON - ago)


def queue(store: Store, key: str, **values: object) -> None:
    with store.begin() as conn:
        cases.queue_mail(conn, key=key, **values)


def look(desk: Config, store: Store, *, broken: int = 0) -> Health:
    with store.read() as conn:
        return health.look(conn, desk, broken=broken, now=NOON)


def standings(found: Health) -> list[Standing]:
    return [one.standing for one in found.mailboxes]


def test_a_desk_that_works_needs_nobody(desk: Config, store: Store) -> None:
    """Mailboxes that were read just now, and nothing that waits: no finding."""
    well(store, "support", "sales")

    found = look(desk, store)

    assert standings(found) == [Standing.WELL, Standing.WELL]
    assert (found.findings, found.grave) == ((), False)


def test_a_desk_that_nobody_works_on_says_so_once(desk: Config, store: Store) -> None:
    """Where no mailbox is read, the service is down: one finding, not one a mailbox."""
    well(store, "support", ago=timedelta(hours=2))
    well(store, "sales", ago=timedelta(hours=1))

    found = look(desk, store)

    assert found.findings == (
        Finding(trouble=Trouble.NOTHING_RUNS, since=NOON - timedelta(hours=1)),
    )
    assert found.grave


def test_a_desk_that_was_never_started_says_so(desk: Config, store: Store) -> None:
    """Before the first pass nothing is known of any mailbox."""
    found = look(desk, store)

    assert standings(found) == [Standing.NEVER, Standing.NEVER]
    assert found.findings == (Finding(trouble=Trouble.NOTHING_RUNS),)


def test_one_mailbox_that_is_not_read_is_named(desk: Config, store: Store) -> None:
    """It is late after three of its own intervals, not of another's."""
    well(store, "support", ago=4 * MINUTE)
    well(store, "sales", ago=29 * MINUTE)

    found = look(desk, store)

    assert standings(found) == [Standing.LATE, Standing.WELL]
    [finding] = found.findings
    assert (finding.trouble, finding.mailbox) == (Trouble.LATE, "support")


def test_a_mailbox_in_somebody_s_hands_is_not_late(desk: Config, store: Store) -> None:
    """A pass over a full mailbox may take long; as long as it holds the lease it works."""
    well(store, "support", ago=timedelta(hours=1))
    well(store, "sales")
    with store.begin() as conn:
        leases.acquire(conn, "mailbox:support", "host:7:ab", MINUTE, NOON)

    [support, _] = look(desk, store).mailboxes

    assert (support.standing, support.held_by) == (Standing.WELL, "host:7:ab")


def test_a_failing_mailbox_says_since_when_and_why(desk: Config, store: Store) -> None:
    """The first failure counts as its beginning, the last one as its reason."""
    well(store, "support", "sales", ago=timedelta(hours=1))
    with store.begin() as conn:
        mailboxes.well(conn, "sales", NOON)
        mailboxes.failed(conn, "support", NOON - 30 * MINUTE, "no such host")
        mailboxes.failed(conn, "support", NOON, "wrong password")

    [finding] = look(desk, store).findings

    assert finding == Finding(
        trouble=Trouble.FAILING,
        mailbox="support",
        since=NOON - 30 * MINUTE,
        why="wrong password",
    )


def test_a_mailbox_that_is_left_alone_is_not_taken_for_dead(desk: Config, store: Store) -> None:
    """Until the next attempt is due, and a little longer; after that nothing seems to run."""
    with store.begin() as conn:
        for name in ("support", "sales"):
            mailboxes.failed(conn, name, NOON - 90 * MINUTE, "wrong password")
            mailboxes.rest(conn, name, NOON + MINUTE, Way.READING)
    findings = look(desk, store).findings
    with store.begin() as conn:
        for name in ("support", "sales"):
            mailboxes.rest(conn, name, NOON - 40 * MINUTE, Way.READING)
    later = look(desk, store).findings

    assert [one.trouble for one in findings] == [Trouble.FAILING, Trouble.FAILING]
    assert findings[0].again == NOON + MINUTE
    assert [one.trouble for one in later] == [
        Trouble.NOTHING_RUNS,
        Trouble.FAILING,
        Trouble.FAILING,
    ]
    assert later[1].again is None


def test_a_mailbox_that_cannot_send_says_since_when_and_why(desk: Config, store: Store) -> None:
    """One finding of it, though mail waits too, with the moment of the next attempt."""
    well(store, "support", "sales")
    queue(store, "stuck", last_error="cannot be reached")
    with store.begin() as conn:
        mailboxes.failed(conn, "support", NOON - 30 * MINUTE, "no more today", Way.SENDING)
        mailboxes.rest(conn, "support", NOON + 30 * MINUTE, Way.SENDING)

    found = look(desk, store)

    assert found.findings == (
        Finding(
            trouble=Trouble.NOT_SENDING,
            mailbox="support",
            count=1,
            since=NOON - 30 * MINUTE,
            why="no more today",
            again=NOON + 30 * MINUTE,
        ),
    )
    assert found.grave


def test_a_mail_server_that_takes_nothing_is_grave(desk: Config, store: Store) -> None:
    """A mail that was refused for now is no sign of that; one that cost no attempt is."""
    well(store, "support", "sales")
    queue(store, "greylisted", attempts=1, last_error="451", next_attempt_at=NOON + MINUTE)
    assert look(desk, store).findings == ()
    queue(store, "stuck", last_error="cannot be reached")

    found = look(desk, store)

    assert found.findings == (
        Finding(trouble=Trouble.NOT_TAKEN, mailbox="support", count=1, why="cannot be reached"),
    )
    assert found.grave


def test_mail_given_up_lately_needs_somebody(desk: Config, store: Store) -> None:
    """One refused mail is looked after, and is no outage; an old one is only listed."""
    well(store, "support", "sales")
    queue(store, "old", state="failed", settled_at=NOON - timedelta(days=4))
    assert look(desk, store).findings == ()
    queue(store, "new", state="failed", settled_at=NOON)

    found = look(desk, store)

    assert found.findings == (Finding(trouble=Trouble.FAILED, mailbox="support", count=1),)
    assert not found.grave
    assert len(found.failed.first) == 2


def test_the_breaker_shows_its_room_and_what_it_defers(desk: Config, store: Store) -> None:
    """Two a minute may leave here: after two, what is due waits, and that is said."""
    well(store, "support", "sales")
    queue(store, "sent", state="sent", settled_at=NOON - timedelta(seconds=10))
    queue(store, "due")
    [support, _] = look(desk, store).mailboxes
    assert (support.room, support.limit, support.deferred) == (1, 2, 0)
    queue(store, "too", state="sent", settled_at=NOON - timedelta(seconds=5))

    found = look(desk, store)

    assert (found.mailboxes[0].room, found.mailboxes[0].deferred) == (0, 1)
    assert [one.trouble for one in found.findings] == [Trouble.DEFERRING]


def test_broken_templates_come_last(desk: Config, store: Store) -> None:
    """What stops mail stands above what only changes its words."""
    well(store, "support", ago=timedelta(hours=1))
    well(store, "sales")

    found = look(desk, store, broken=2)

    assert [one.trouble for one in found.findings] == [Trouble.LATE, Trouble.TEMPLATES]
    assert found.findings[1].count == 2
