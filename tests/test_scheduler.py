"""The job as a service: it wakes by IDLE and ends when told."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from queue import SimpleQueue

import pytest
from offices import EMMA, Office, complaint
from servers.dovecot import MailUser

from mailresponder import config, scheduler
from mailresponder.app import App
from mailresponder.clock import utc_now
from mailresponder.demo.server import SentMail

MINUTE = timedelta(minutes=1)
SOON = 20
"""Seconds; polling, once an hour, is never so soon."""


@pytest.fixture
def sent(office: Office) -> SimpleQueue[SentMail]:
    """What goes out, to be waited for."""
    queue: SimpleQueue[SentMail] = SimpleQueue()
    office.sink.deliver = queue.put
    return queue


@pytest.fixture
def service(office: Office, sent: SimpleQueue[SentMail]) -> Iterator[tuple[App, threading.Thread]]:
    """The desk at work, by the real clock, in a thread of its own."""
    office.clock.now = utc_now()
    office.configure()
    with App.open(config.load(office.path)) as app:
        thread = threading.Thread(target=scheduler.run, args=(app,))
        thread.start()
        yield app, thread
        app.stopping.set()
        thread.join(SOON)
        assert not thread.is_alive()


def test_mail_that_waits_is_taken_at_once(
    office: Office, sent: SimpleQueue[SentMail], service: tuple[App, threading.Thread]
) -> None:
    """Each mail is acknowledged within seconds, whenever it comes, though the desk polls hourly."""
    for number in range(3):
        person = f"c{number}@customer.test"
        office.receive(complaint(person))
        assert sent.get(timeout=SOON).recipient == person


def test_it_stops_within_seconds(
    office: Office, sent: SimpleQueue[SentMail], service: tuple[App, threading.Thread]
) -> None:
    """Told to stop while it waits in IDLE, it ends, and so does everything it started."""
    office.receive(complaint())
    assert sent.get(timeout=SOON).recipient == EMMA
    app, thread = service
    app.stopping.set()
    thread.join(timeout=5)

    assert not thread.is_alive()
    assert not [t for t in threading.enumerate() if t.name.startswith("idle-")]


def test_it_stops_though_no_server_is_there(office: Office) -> None:
    """A mailbox that cannot be reached keeps nobody from ending the program."""
    office.clock.now = utc_now()
    office.configure(password="wrong", admins="")
    with App.open(config.load(office.path)) as app:
        thread = threading.Thread(target=scheduler.run, args=(app,))
        thread.start()
        app.stopping.set()
        thread.join(timeout=10)
        assert not thread.is_alive()


def test_two_mailboxes_are_watched_each_by_itself(
    office: Office, sent: SimpleQueue[SentMail], new_dovecot_user: Callable[[], MailUser]
) -> None:
    """Mail at either mailbox wakes the desk."""
    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    office.clock.now = utc_now()
    office.configure()
    with App.open(config.load(office.path)) as app:
        thread = threading.Thread(target=scheduler.run, args=(app,))
        thread.start()
        for mailbox, to in (("sales", "sales@example.com"), ("support", "support@example.com")):
            office.receive(complaint(f"of-{mailbox}@customer.test", to=to), mailbox=mailbox)
            assert sent.get(timeout=SOON).recipient == f"of-{mailbox}@customer.test"
        app.stopping.set()
        thread.join(timeout=SOON)
        assert not thread.is_alive()


def test_a_clock_that_was_put_back_makes_every_pass_due() -> None:
    """Or none would come until it is again as late as it was; a clock that goes on makes none."""
    begin = utc_now()
    times = iter([begin, begin + MINUTE, begin + 2 * MINUTE, begin - 60 * MINUTE, begin])
    made: list[datetime] = []
    asked: list[datetime] = []

    class Soon(threading.Event):
        def wait(self, _timeout: float | None = None) -> bool:
            return len(asked) == 5

    def clock() -> datetime:
        asked.append(next(times))
        return asked[-1]

    scheduler._wait(Soon(), clock, lambda: made.append(asked[-1]))

    assert made == [begin - 60 * MINUTE]
