"""Since when a mailbox's mail is the desk's."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from mailresponder.mail.message import UNDATED
from mailresponder.policy.starting import SKEW, Start, start

MADRID = ZoneInfo("Europe/Madrid")
CONNECTED = datetime(2026, 3, 1, 12, 0, 30, 700_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def started(
    start_from: date | Literal["now", "all"], *, now: datetime = CONNECTED + timedelta(days=90)
) -> Start:
    return start(start_from, connected=CONNECTED, now=now, zone=MADRID)


def test_all_mail_is_ours_however_old() -> None:
    """With "all" nothing is too old."""
    ancient = datetime(1995, 1, 1, tzinfo=UTC)
    assert not started("all").is_before(ancient, arrived=True)
    assert not started("all").is_before(ancient, arrived=False)


def test_now_is_exact_for_what_lay_there() -> None:
    """Of the mail that a folder held already only what came after the first connection is ours, by
    whole seconds, as INTERNALDATE has no others."""
    now = started("now")
    same_second = CONNECTED.replace(microsecond=0)
    assert not now.is_before(same_second, arrived=False)
    assert now.is_before(same_second - SECOND, arrived=False)


def test_now_leaves_a_day_to_what_arrives() -> None:
    """A server whose clock is wrong by hours loses nothing; what is older than a day was moved."""
    now = started("now")
    assert not now.is_before(CONNECTED - timedelta(hours=23), arrived=True)
    assert now.is_before(CONNECTED - SKEW - SECOND, arrived=True)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_date_is_exact_and_in_the_desk_s_zone(arrived: bool) -> None:
    """Midnight of the desk is ours, the second before is not, whether it lay there or arrives."""
    midnight = datetime(2026, 2, 10, tzinfo=MADRID)
    given = started(date(2026, 2, 10))
    assert not given.is_before(midnight, arrived=arrived)
    assert given.is_before(midnight - SECOND, arrived=arrived)


def test_a_clock_that_was_ahead_at_the_first_connection_costs_no_mail() -> None:
    """What arrives once the clock is right is ours, though it comes before the start by that."""
    today = CONNECTED - timedelta(days=400)
    assert not started("now", now=today).is_before(today - timedelta(hours=1), arrived=True)
    assert started("now", now=today).is_before(today - timedelta(days=2), arrived=True)


@pytest.mark.parametrize("start_from", ["now", date(2026, 2, 10)])
@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("copied_at", [CONNECTED + timedelta(days=80), UNDATED])
def test_mail_that_lost_its_date_is_told_by_its_last_server(
    start_from: date | Literal["now"], arrived: bool, copied_at: datetime
) -> None:
    """In a mailbox that was copied or restored INTERNALDATE may be the moment of that: Received
    still tells how old a mail is, with a day left for its zone."""
    since = started(start_from)
    assert since.at is not None
    old, fresh = since.at - timedelta(days=3), since.at - timedelta(hours=23)
    assert since.is_before(copied_at, arrived=arrived, stamped_at=old)
    assert not since.is_before(copied_at, arrived=arrived, stamped_at=fresh)
    assert not started("all").is_before(copied_at, arrived=arrived, stamped_at=old)


@pytest.mark.parametrize("arrived", [True, False])
def test_mail_of_unknown_age_is_ours(arrived: bool) -> None:
    """A server that gives no INTERNALDATE must not cost a customer their answer."""
    assert not started("now").is_before(UNDATED, arrived=arrived)
