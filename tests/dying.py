"""A process that ends in the middle of a pass, as by a power cut."""

from contextlib import suppress
from datetime import datetime

from offices import Clock, Office


class Died(BaseException):
    """The process ends here: no handler of the program's own sees it."""


class DyingClock(Clock):
    """Stands still, and ends whoever reads it for the nth time."""

    def __init__(self, now: datetime, *, nth: int) -> None:
        super().__init__()
        self.now, self.left = now, nth

    def __call__(self) -> datetime:
        self.left -= 1
        if self.left == 0:
            raise Died
        return self.now


def die(office: Office, *, nth: int) -> bool:
    """A pass of a process that ends at the nth reading of its clock; False: it came to its end."""
    office.clock = DyingClock(office.clock.now, nth=nth)
    office.reopen()
    died = True
    with suppress(Died):
        office.run()
        died = False
    office.clock.left = 0
    return died
