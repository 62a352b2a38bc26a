"""Servers that are down, slow or silent, and come back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from breaking import Outage
from offices import EMMA, OPS, Office, complaint, subjects
from servers.dovecot import MailUser
from servers.proxy import Proxy
from structlog.typing import EventDict

from mailresponder import config
from mailresponder.app import App
from mailresponder.store.mailboxes import Way

QUARTER = 16
"""Minutes in which what is back is noticed: the longest wait, and the pass after it."""


def test_imap_that_is_down_is_asked_less_and_less_and_told_once(
    outage: Outage, said: Callable[[str], list[EventDict]]
) -> None:
    """Half an hour without it: some seven attempts instead of thirty, one line and one mail; what
    came meanwhile is answered within a quarter of an hour of its return, and that is told once."""
    office = outage.office
    outage.tick()
    office.receive(complaint())
    outage.imap.refuse()
    outage.ticks(30)

    fault = outage.fault(Way.READING)
    assert fault is not None
    assert 5 <= fault.failures <= 9
    assert fault.retry_at is not None
    assert [line["what"] for line in said("failing")] == ["reading"]
    assert subjects(office.sent_to(OPS)) == ["Acme Support: the mailbox support cannot be read"]

    outage.imap.serve()
    assert outage.minutes_until_well(Way.READING) <= QUARTER
    outage.ticks(3)
    assert len(office.sent_to(EMMA)) == 1
    assert len(said("failing")) == len(said("well_again")) == 1
    assert subjects(office.sent_to(OPS))[1:] == [
        "Acme Support: the mailbox support can be read again"
    ]


def test_smtp_that_is_down_keeps_what_is_to_be_sent(
    outage: Outage, said: Callable[[str], list[EventDict]]
) -> None:
    """Mail is read meanwhile, no attempt counts against a row, and all of it leaves by itself."""
    office = outage.office
    outage.smtp.refuse()
    office.receive(complaint())
    reports = outage.ticks(15, minutes=2)

    assert all(report.intake is not None for report in reports)
    assert sum(report.delivery is not None for report in reports) <= 8
    [row] = office.outbox("acknowledgement")
    assert (row.state, row.attempts) == ("queued", 0)
    assert [line["what"] for line in said("failing")] == ["sending"]
    assert not office.outbox("admin")

    outage.smtp.serve()
    assert outage.minutes_until_well(Way.SENDING) <= QUARTER
    assert len(office.sent_to(EMMA)) == 1
    assert subjects(office.sent_to(OPS)) == ["Acme Support: the mailbox support can send again"]
    assert len(said("well_again")) == 1


def test_smtp_is_known_to_be_well_though_nothing_is_to_be_sent(outage: Outage) -> None:
    """What waited was taken back meanwhile: the server is spoken to all the same."""
    office = outage.office
    outage.smtp.refuse()
    office.receive(complaint())
    outage.tick()
    assert outage.fault(Way.SENDING) is not None
    outage.smtp.serve()
    with office.app.store.begin() as conn:
        conn.exec_driver_sql("DELETE FROM outbox")

    assert outage.minutes_until_well(Way.SENDING) <= 2


def test_run_once_does_not_wait(outage: Outage) -> None:
    """Whatever the service remembers: who starts a pass by hand has a reason, a mended server."""
    office = outage.office
    office.receive(complaint())
    outage.smtp.refuse()
    outage.imap.refuse()
    outage.ticks(10)
    outage.smtp.serve()
    outage.imap.serve()

    office.run()
    assert len(office.sent_to(EMMA)) == 1
    assert outage.fault(Way.READING) is outage.fault(Way.SENDING) is None


def test_a_service_that_is_started_again_does_not_wait(outage: Outage) -> None:
    """Its first pass tries all of it; after that it is as patient as before."""
    office = outage.office
    outage.imap.refuse()
    outage.ticks(10)
    office.reopen()
    outage.tick()
    fault = outage.fault(Way.READING)
    assert fault is not None
    assert fault.failures >= 5
    outage.tick()
    assert outage.fault(Way.READING) == fault


@pytest.mark.parametrize("way", list(Way))
def test_a_silent_server_is_given_up_and_found_again(outage: Outage, way: Way) -> None:
    """Half-open: the connection that is kept stands, new ones are taken, and nothing comes."""
    office = outage.office
    outage.runner().accounts.timeout = 0.5
    office.receive(complaint("noah@customer.test"))
    outage.tick()
    office.receive(complaint())
    proxy = outage.imap if way is Way.READING else outage.smtp
    proxy.fall_silent()
    report = outage.tick()

    fault = outage.fault(way)
    assert fault is not None
    assert "no answer in time" in fault.why
    assert report.exit_status == 75
    proxy.hang_up()
    proxy.speak_again()
    outage.runner().accounts.timeout = 30
    outage.minutes_until_well(way)
    outage.ticks(2)
    assert len(office.sent_to(EMMA)) == 1


def test_a_slow_server_is_no_outage(office: Office) -> None:
    """An answer that takes its time is an answer."""
    with (
        Proxy(office.imap_port, round_trip=0.03) as imap,
        Proxy(office.smtp_port, round_trip=0.03) as smtp,
    ):
        office.imap_port, office.smtp_port = imap.port, smtp.port
        office.receive(complaint())
        office.run_well()
        assert len(office.sent_to(EMMA)) == 1


def test_a_connection_that_breaks_in_mid_pass_loses_nothing(outage: Outage) -> None:
    """IMAP hangs up after the mail was read: flags and copies wait, and are made later, once."""
    office = outage.office
    office.receive(complaint())
    office.sink.deliver = lambda _: outage.imap.refuse()
    outage.tick()
    office.sink.deliver = None
    outage.imap.serve()
    office.clock.advance(minutes=1)
    assert outage.tick().exit_status == 0

    assert len(office.sent_to(EMMA)) == 1
    client = office.imap()
    client.select_folder("Sent")
    assert len(client.search("ALL")) == 1


def test_a_host_without_an_address_leaves_the_other_mailboxes_alone(
    outage: Outage, new_dovecot_user: Callable[[], MailUser]
) -> None:
    """DNS fails for one mailbox: the other is read and answered, and tells the admins of it."""
    office = outage.office
    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    office.configure()
    text = office.path.read_text()
    away = 'host = "no-such-host.test"\nallow_insecure = true'
    office.path.write_text(text.replace('host = "127.0.0.1"', away, 2))
    with App.open(config.load(office.path), clock=office.clock) as app:
        office.receive(complaint(to="sales@example.com"), mailbox="sales")
        assert app.mailboxes["support"].tick().exit_status == 75
        for _ in range(7):
            app.mailboxes["support"].tick()
            assert app.mailboxes["sales"].tick().exit_status == 0
            office.clock.advance(minutes=1)

    assert len(office.sent_to(EMMA)) == 1
    assert subjects(office.sent_to(OPS)) == ["Acme Support: the mailbox support cannot be read"]
    assert office.sent_to(OPS)[0]["From"].addresses[0].addr_spec == "sales@example.com"


def test_a_passing_fault_is_told_to_nobody(outage: Outage) -> None:
    """Two minutes without either server: a line in the log, and no mail."""
    office = outage.office
    office.receive(complaint())
    outage.smtp.refuse()
    outage.imap.refuse()
    outage.ticks(2)
    outage.smtp.serve()
    outage.imap.serve()
    assert outage.minutes_until_well(Way.READING) <= 4
    outage.minutes_until_well(Way.SENDING)

    assert len(office.sent_to(EMMA)) == 1
    assert office.sent_to(OPS) == []


def test_admins_hear_of_a_long_rest_in_time(outage: Outage) -> None:
    """A server that asks to be left alone for an hour is told of after five minutes."""
    office = outage.office
    office.receive(complaint())
    office.sink.answer("MAIL", "550 5.4.5 Daily user sending limit exceeded", times=9)
    outage.ticks(4)
    fault = outage.fault(Way.SENDING)
    assert fault is not None
    assert fault.told_at is None
    outage.ticks(3)
    told = outage.fault(Way.SENDING)
    assert told is not None
    assert told.told_at is not None
    assert told.told_at - fault.since == timedelta(minutes=5)
    assert told.failures == 1
