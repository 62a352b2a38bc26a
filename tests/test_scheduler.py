"""The job as a service: it wakes by IDLE and ends when told."""

import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import pytest
from offices import EMMA, Office, complaint
from servers.dovecot import MailUser

from mailresponder import config, scheduler
from mailresponder.app import App
from mailresponder.clock import utc_now
from mailresponder.demo.server import SentMail

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


def test_mail_that_comes_during_a_pass_is_taken_after_it(
    office: Office, service: tuple[App, threading.Thread], sent: SimpleQueue[SentMail]
) -> None:
    """Mail that comes while a pass is sending waits for its end, not for the next poll."""

    def more(mail: SentMail) -> None:
        office.sink.deliver = sent.put
        office.receive(complaint("noah@customer.test"))
        sent.put(mail)

    office.sink.deliver = more
    office.receive(complaint())

    assert [sent.get(timeout=SOON).recipient for _ in range(2)] == [EMMA, "noah@customer.test"]


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
    left = {thread.name.partition("-")[0] for thread in threading.enumerate()}
    assert left.isdisjoint({"idle", "APScheduler", "ThreadPoolExecutor"})


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
