"""One worker's visits: each mailbox once at a time, and none held up by another's server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from desks import eventually
from offices import EMMA, Office, complaint
from servers.dovecot import Dovecot, MailUser
from servers.proxy import Proxy
from structlog.testing import capture_logs

from mailresponder import config
from mailresponder.app import liveness
from mailresponder.cluster.visiting import SlowServer, Visitor
from mailresponder.demo.server import SentMail

AT_ONCE = timedelta(0)
"""Every failure counts as one that took long."""


def test_a_mailbox_is_worked_on_once_at_a_time(office: Office) -> None:
    """A job that comes twice to one worker is done once."""
    go_on = threading.Event()
    office.sink.deliver = lambda _: go_on.wait(60) or None  # type: ignore[func-returns-value]
    office.receive(complaint())
    visitor = Visitor(office.app, slow_places=1)
    first = threading.Thread(target=visitor.visit, args=("support",))
    first.start()
    eventually(lambda: office.sink.received)

    # It would wait for the SMTP server for ever.
    visitor.visit("support")
    go_on.set()
    first.join(30)

    assert not first.is_alive()
    assert len(office.sent_to(EMMA)) == 1


def test_the_next_visit_connects_anew(office: Office) -> None:
    """Connections last as long as a pass, and every pass has its own."""
    visitor = Visitor(office.app, slow_places=1)
    for number in (1, 2):
        office.receive(complaint(number=number, subject=f"Order {number}"))
        visitor.visit("support")

    assert len(office.sent_to(EMMA)) == 2
    assert office.sink.connections == 2


def test_a_mailbox_that_is_gone_is_passed_over(office: Office) -> None:
    """A job for a mailbox that this worker's configuration does not have is told of, and done."""
    with capture_logs() as logged:
        Visitor(office.app, slow_places=1).visit("closed-down")

    assert [(line["event"], line["mailbox"]) for line in logged] == [
        ("unknown_mailbox", "closed-down")
    ]


def test_a_visit_goes_by_the_configuration_of_its_moment(
    office: Office, new_dovecot_user: Callable[[], MailUser]
) -> None:
    """A mailbox that was added is visited, one that was taken out is not, and a visit under way
    ends by the one it began with."""
    begun, go_on = threading.Event(), threading.Event()

    def held(_: SentMail) -> None:
        begun.set()
        go_on.wait(60)

    office.sink.deliver = held
    office.receive(complaint())
    app = office.app
    visitor = Visitor(app, slow_places=1)
    first = threading.Thread(target=visitor.visit, args=("support",))
    first.start()
    assert begun.wait(60)
    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    office._users.pop("support")
    office.configure()
    app.reload(config.load(office.path))
    go_on.set()
    office.receive(complaint("noah@customer.test", to="sales@example.com"), mailbox="sales")
    visitor.visit("sales")
    first.join(30)

    with capture_logs() as logged:
        visitor.visit("support")
    assert [line["event"] for line in logged] == ["unknown_mailbox"]
    assert sorted(mail.recipient for mail in office.sink.received) == [EMMA, "noah@customer.test"]


def test_a_visit_that_hangs_is_known(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is under way and gets no further, and no longer."""
    go_on = threading.Event()
    office.sink.deliver = lambda _: go_on.wait(60) or None  # type: ignore[func-returns-value]
    office.receive(complaint())
    visitor = Visitor(office.app, slow_places=1)
    thread = threading.Thread(target=visitor.visit, args=("support",))
    thread.start()
    eventually(lambda: office.sink.received)
    assert visitor.stuck() == []
    monkeypatch.setattr(liveness, "STUCK", timedelta(seconds=-1))
    assert visitor.stuck() == ["support"]
    go_on.set()
    thread.join(30)
    assert visitor.stuck() == []


def test_a_slow_server_holds_up_a_few_only(
    office: Office, dovecot: Dovecot, new_dovecot_user: Callable[[], MailUser]
) -> None:
    """Once a pass has failed after long, the mailboxes of that server have a few places only, here
    one, until a pass goes well."""
    for name in ("sales", "billing"):
        office.add_mailbox(new_dovecot_user(), name=name, address=f"{name}@example.com")
    with Proxy(dovecot.imap_port) as proxy:
        office.imap_port = proxy.port
        visitor = Visitor(office.app, slow_places=1, long=AT_ONCE)
        proxy.refuse()
        visitor.visit("support")
        proxy.serve()

        with waiting(proxy, visitor, "sales"), pytest.raises(SlowServer):
            visitor.visit("billing")
        with waiting(proxy, visitor, "sales"), waiting(proxy, visitor, "billing"):
            pass


@contextmanager
def waiting(proxy: Proxy, visitor: Visitor, mailbox: str) -> Iterator[None]:
    """A visit to a mailbox whose server says nothing as long as the block lasts."""
    connections = proxy.traffic.connections
    proxy.fall_silent()
    thread = threading.Thread(target=visitor.visit, args=(mailbox,))
    thread.start()
    try:
        eventually(lambda: proxy.traffic.connections > connections)
        yield
    finally:
        proxy.speak_again()
        thread.join(30)
    assert not thread.is_alive()
