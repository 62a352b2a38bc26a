"""A clock that is set while the service runs, and one that was wrong while it did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from cases import queue_mail
from offices import EMMA, LEAD, Office, complaint
from structlog.typing import EventDict

from mailresponder import config
from mailresponder.app import App
from mailresponder.store import mailboxes
from mailresponder.store.mailboxes import Way

Lines = Callable[[str], list[EventDict]]


@dataclass
class Watch:
    """Seconds that run on, whatever the clock is set to."""

    ran: float = 1000.0

    def __call__(self) -> float:
        return self.ran


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A desk on a machine whose clock may be set."""

    office: Office
    app: App
    watch: Watch

    def tick(self, *, minutes: float = 1) -> None:
        """A pass, after so many minutes."""
        self.watch.ran += minutes * 60
        self.office.clock.advance(minutes=minutes)
        assert self.app.mailboxes["support"].tick().exit_status == 0


@pytest.fixture
def machine(office: Office) -> Machine:
    """With one complaint that is answered within eight hours."""
    office.configure(poll_every="1m")
    watch = Watch()
    app = App.open(config.load(office.path), clock=office.clock, steady=watch)
    office._apps.append(app)
    machine = Machine(office=office, app=app, watch=watch)
    office.receive(complaint())
    machine.tick()
    return machine


def test_a_jump_ahead_that_is_put_right_escalates_nobody(machine: Machine, said: Lines) -> None:
    """By a clock that is a day ahead every deadline has passed: for ten minutes nobody is told, and
    by then it is right again."""
    office = machine.office
    office.clock.advance(days=1)
    machine.tick()
    machine.tick(minutes=5)
    assert office.sent_to(LEAD) == []
    office.clock.advance(days=-1)
    for _ in range(3):
        machine.tick(minutes=6)

    assert office.sent_to(LEAD) == []
    assert [line["seconds"] for line in said("clock_was_set")] == [86400, -86400]


def test_a_clock_that_stays_ahead_is_believed(machine: Machine) -> None:
    """It may have been wrong before. Mail is read and answered all the while."""
    office = machine.office
    office.clock.advance(days=1)
    office.receive(complaint("noah@customer.test"), at=office.clock.now - timedelta(days=1))
    machine.tick()
    assert len(office.sent_to("noah@customer.test")) == 1
    assert office.sent_to(LEAD) == []
    machine.tick(minutes=11)

    assert office.sent_to(LEAD)


def test_time_that_passes_is_no_jump(machine: Machine, said: Lines) -> None:
    """A machine that slept for nine hours escalates what became due, at once."""
    machine.tick(minutes=9 * 60)

    assert machine.office.sent_to(LEAD)
    assert said("clock_was_set") == []


def test_nothing_waits_longer_because_the_clock_was_put_back(machine: Machine) -> None:
    """An hour back: mail that waited half a minute, and a server that was to rest for ten, are
    tried with the next pass, and what comes is answered."""
    office = machine.office
    now = office.clock.now
    with machine.app.store.begin() as conn:
        queue_mail(conn, next_attempt_at=now + timedelta(seconds=30), attempts=1)
        for way in Way:
            mailboxes.failed(conn, "support", now, "away", way)
            mailboxes.rest(conn, "support", now + timedelta(minutes=10), way)
    office.clock.advance(hours=-1)
    office.receive(complaint("noah@customer.test"))
    machine.tick()

    assert len(office.sent_to("noah@customer.test")) == 1
    assert len(office.sent_to("ops@example.com")) == 1
    assert not [row for row in office.outbox() if row.state != "sent"]


def test_what_an_earlier_process_left_in_the_future_is_not_waited_for(office: Office) -> None:
    """It started with the clock in another year, and took a mail that could not be sent; once the
    clock is right, all of it leaves with the first pass."""
    right = office.clock.now
    port, office.smtp_port = office.smtp_port, 9
    office.open()
    office.receive(complaint(), at=right)
    office.clock.advance(days=4000)
    office.run()
    with office.app.store.begin() as conn:
        queue_mail(conn, next_attempt_at=office.clock.now + timedelta(hours=2), attempts=3)
    office.smtp_port = port
    office.clock.now = right
    office.reopen(poll_every="1m")
    for _ in range(2):
        office.app.mailboxes["support"].tick()
        office.clock.advance(minutes=1)

    assert len(office.sent_to(EMMA)) == 1
    assert not [row for row in office.outbox() if row.state != "sent"]
