"""When it is a mailbox's turn."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from mailresponder.cluster.turns import Visited, due, latest_turn

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TICK = timedelta(seconds=2)
MINUTE = timedelta(minutes=1)
NAMES = [f"box{number}" for number in range(1000)]


def visited(
    last_pass_at: datetime | None, *, name: str = "support", retry_at: datetime | None = None
) -> Visited:
    """A mailbox that is polled once a minute."""
    return Visited(name=name, poll_every=MINUTE, last_pass_at=last_pass_at, retry_at=retry_at)


def test_turns_are_spread_evenly() -> None:
    """Of a thousand mailboxes about as many have their turn in each tick of a minute."""
    ticks = Counter((NOW - latest_turn(name, MINUTE, NOW)) // TICK for name in NAMES)

    assert len(ticks) == 30
    assert max(ticks.values()) < 3 * min(ticks.values())


@pytest.mark.parametrize("poll_every", [timedelta(seconds=1), MINUTE, timedelta(days=3)])
def test_turns_are_one_interval_apart(poll_every: timedelta) -> None:
    """The next turn comes after exactly one interval, and not before."""
    turn = latest_turn("support", poll_every, NOW)

    assert turn <= NOW < turn + poll_every
    assert latest_turn("support", poll_every, turn) == turn
    assert latest_turn("support", poll_every, turn + poll_every) == turn + poll_every


def test_each_mailbox_is_visited_once_a_turn() -> None:
    """Looked at every tick for three minutes, each mailbox is due three times."""
    last = dict.fromkeys(NAMES, NOW)
    visits: Counter[str] = Counter()
    for number in range(1, 91):
        at = NOW + number * TICK
        for name in due([visited(last[n], name=n) for n in NAMES], at=at, every=TICK):
            last[name] = at
            visits[name] += 1

    assert set(visits.values()) == {3}


def test_a_missed_turn_is_still_due() -> None:
    """Who was never visited, or not since its last turn, is due however long ago that was."""
    turn = latest_turn("support", MINUTE, NOW)
    late = turn + MINUTE - TICK / 2

    assert due([visited(None)], at=late, every=TICK)
    assert due([visited(turn - TICK)], at=late, every=TICK)
    assert not due([visited(turn)], at=late, every=TICK)


def test_a_pass_of_a_clock_that_was_put_back_counts_for_nothing() -> None:
    """A pass that seems to be hours ahead holds up no turn; one that was made while the look was
    on its way does."""
    assert due([visited(NOW + timedelta(hours=1))], at=NOW, every=TICK)
    assert not due([visited(NOW + TICK)], at=NOW, every=TICK)


def test_a_mailbox_that_rests_has_its_turns_all_the_same() -> None:
    """While it is not read after a failure it is due at its turn, so that its mail is sent, and
    not at every tick since; when the rest is over a missed turn counts again."""
    turn = latest_turn("support", MINUTE, NOW)
    failed = visited(turn - 5 * MINUTE, retry_at=turn + MINUTE / 2)

    assert due([failed], at=turn, every=TICK)
    assert not due([failed], at=turn + TICK, every=TICK)
    assert due([failed], at=turn + MINUTE / 2, every=TICK)
