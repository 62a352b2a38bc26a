"""Providers that have had enough, and mailboxes that are full."""

from datetime import timedelta

import pytest
from breaking import Outage
from offices import EMMA, OPS, Office, complaint, subjects
from servers.dovecot import Dovecot
from servers.scripted import IMAP_GREETING, ScriptedServer, imap_rules

from mailresponder import config
from mailresponder.app import App
from mailresponder.store.mailboxes import Way

LIMITS = [
    ("MAIL", "550 5.4.5 Daily user sending limit exceeded. - gsmtp"),
    ("RCPT", "550 5.1.90 Your message can't be sent because you've reached your daily limit for"),
    ("DATA", "554 5.2.0 STOREDRV.Submission.Exception:ErrorExceededMessageLimit"),
]


@pytest.mark.parametrize(("command", "reply"), LIMITS)
def test_a_limit_for_the_day_defers_all_and_fails_none(
    outage: Outage, command: str, reply: str
) -> None:
    """Nothing is tried for an hour, no attempt counts, no customer is held for unreachable; then
    all of it leaves."""
    office = outage.office
    office.sink.answer(command, reply)
    office.receive(*(complaint(f"c{n}@customer.test") for n in range(3)))
    outage.ticks(4, minutes=15)

    assert office.sink.commands.count("MAIL") == 1
    rows = office.outbox("acknowledgement")
    assert [(row.state, row.attempts) for row in rows] == [("queued", 0)] * 3
    assert not any(ticket.unreachable_at for ticket in office.tickets())
    assert outage.minutes_until_well(Way.SENDING) <= 7
    assert len([mail for mail in office.sink.received if "customer" in mail.recipient]) == 3
    assert subjects(office.sent_to(OPS)) == ["Acme Support: the mailbox support can send again"]


def test_with_too_many_connections_the_others_go_on(outage: Outage) -> None:
    """Microsoft's 432: one connection less for a quarter of an hour, no outage and no attempt
    lost."""
    office = outage.office
    text = office.path.read_text().replace("connections = 1", "connections = 4")
    office.path.write_text(text)
    office._apps.append(App.open(config.load(office.path), clock=office.clock))
    office.sink.answer("DATA", "432 4.3.2 Concurrent connections limit exceeded.")
    office.receive(*(complaint(f"c{n}@customer.test") for n in range(12)))

    assert outage.tick().exit_status == 0
    assert len(office.sink.received) == 12
    assert len({mail.recipient for mail in office.sink.received}) == 12
    assert outage.fault(Way.SENDING) is None
    outgoing = outage.runner()._outgoing
    assert outgoing._most() == 3
    office.clock.advance(minutes=15)
    assert outgoing._most() == 4


def test_with_one_connection_too_many_is_an_outage(outage: Outage) -> None:
    """Other programs use the account: it is tried again like any server that is away."""
    office = outage.office
    office.sink.answer("MAIL", "432 4.3.2 Concurrent connections limit exceeded.")
    office.receive(complaint())
    outage.tick()
    assert outage.fault(Way.SENDING) is not None
    assert outage.minutes_until_well(Way.SENDING) <= 2
    assert len(office.sent_to(EMMA)) == 1


def test_a_suggested_back_off_is_waited_in_full(outage: Outage) -> None:
    """Exchange asks for five minutes: nothing is asked of it before."""
    office = outage.office
    throttled = (
        b"{tag} BAD Request is throttled. Suggested Backoff Time: 299910 milliseconds\r\n"
        b"* BYE Connection closed. 14\r\n"
    )
    with ScriptedServer(
        greeting=IMAP_GREETING, rules=imap_rules((b"EXAMINE", throttled))
    ) as server:
        outage.imap.server_port = server.port
        reports = outage.ticks(5)
        assert [len(report.errors) for report in reports] == [1, 0, 0, 0, 0]
        assert sum(b"LOGIN" in line for line in server.lines) == 1
        fault = outage.fault(Way.READING)
        assert fault is not None
        assert fault.retry_at is not None
        assert timedelta(seconds=299) <= fault.retry_at - fault.since <= timedelta(seconds=331)
    assert "asked less" in fault.why
    # The scripted server has no Sent folder; of the back-off nobody hears.
    assert subjects(office.sent_to(OPS)) == ["Acme Support: support has no Sent folder"]


def test_a_recipient_s_full_mailbox_is_no_outage(outage: Outage) -> None:
    """452 4.2.2 postpones one mail, and 552 gives up one; the others leave."""
    office = outage.office
    office.sink.answer("RCPT", "452 4.2.2 The recipient's inbox is out of storage space.")
    office.sink.answer("RCPT", "552 5.2.2 mailbox quota exceeded")
    office.receive(*(complaint(f"c{n}@customer.test") for n in range(3)))
    outage.tick()

    states = [row.state for row in office.outbox("acknowledgement")]
    assert sorted(states) == ["failed", "queued", "sent"]
    assert outage.fault(Way.SENDING) is None


def test_a_full_mailbox_takes_its_copies_when_there_is_room(
    office: Office, dovecot: Dovecot
) -> None:
    """The mail is sent, once; its copy waits, the admins hear of the full mailbox once, and the
    copy is made when somebody has made room."""
    user = dovecot.add_user("full@example.test", quota="*:messages=2")
    office.add_mailbox(user)
    office.receive(complaint(), complaint("noah@customer.test"))
    office.run()
    office.clock.advance(minutes=1)
    office.run()
    client = office.imap()
    client.select_folder("Sent")
    assert client.search("ALL") == []
    assert len(office.sent_to(EMMA)) == 1
    assert subjects(office.sent_to(OPS)) == ["Acme Support: the mailbox support is full"]

    client.select_folder("INBOX")
    client.delete_messages(client.search("ALL"))
    client.expunge()
    office.clock.advance(minutes=10)
    office.run()
    client.select_folder("Sent")
    assert len(client.search("ALL")) == 2
    assert len(office.sent_to(EMMA)) == 1
