"""A clock that is set, beside one that only runs."""

from datetime import timedelta

from making import NOON

from mailresponder.app.timekeeping import Timekeeper

MINUTE = timedelta(minutes=1)


class Clocks:
    """Both, moved by hand."""

    def __init__(self) -> None:
        self.now, self.ran = NOON, 0.0
        self.keeper = Timekeeper(lambda: self.now, lambda: self.ran)

    def after(self, ran: timedelta, *, set_by: timedelta = timedelta()) -> timedelta:
        """What a look says after so long, with the clock set meanwhile."""
        self.ran += ran.total_seconds()
        self.now += ran + set_by
        return self.keeper.look()


def test_a_clock_that_runs_is_believed() -> None:
    """However long it was not looked at, as while the machine slept."""
    clocks = Clocks()
    assert clocks.after(MINUTE) == timedelta()
    assert clocks.after(10_000 * MINUTE) == timedelta()
    assert not clocks.keeper.is_in_doubt


def test_a_jump_ahead_is_in_doubt_for_ten_minutes() -> None:
    """After that it is believed."""
    clocks = Clocks()
    clocks.after(MINUTE)
    assert clocks.after(MINUTE, set_by=60 * MINUTE) == 60 * MINUTE
    assert clocks.keeper.is_in_doubt
    assert clocks.after(9 * MINUTE) == timedelta()
    assert clocks.keeper.is_in_doubt
    clocks.after(MINUTE)
    assert not clocks.keeper.is_in_doubt


def test_a_jump_that_is_taken_back_is_forgotten() -> None:
    """The clock is right again, and believed at once."""
    clocks = Clocks()
    clocks.after(MINUTE)
    clocks.after(MINUTE, set_by=60 * MINUTE)
    assert clocks.after(MINUTE, set_by=-60 * MINUTE) == -60 * MINUTE
    assert not clocks.keeper.is_in_doubt


def test_small_corrections_are_no_step_until_they_add_up() -> None:
    """A time service that slews the clock says nothing to worry about; many small steps do."""
    clocks = Clocks()
    steps = [clocks.after(MINUTE, set_by=2 * MINUTE) for _ in range(4)]
    assert steps == [timedelta(), timedelta(), timedelta(), 6 * MINUTE]
