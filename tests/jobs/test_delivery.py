"""Sending: nothing is lost, and nothing is repeated but what nobody can know of."""

import pytest
from desks import parsed, text_of
from offices import EMMA, LEAD, OPS, Office, complaint
from servers.dovecot import free_ports
from servers.smtp_sink import DROP, KEEP_AND_DROP, SmtpSink

from mailresponder.errors import ExitStatus
from mailresponder.jobs import actions
from mailresponder.store import outbox, outbox_view

UNKNOWN = "550 5.1.1 no such user"


def test_a_4xx_reply_postpones_and_the_mail_is_sent_later(office: Office) -> None:
    """A temporary refusal counts as an attempt, waits longer each time, and ends in delivery."""
    office.receive(complaint())
    office.sink.answer("RCPT", "451 4.7.1 greylisted", times=2)

    waits = []
    for attempt in (1, 2):
        assert office.run().exit_status == ExitStatus.TEMPORARY
        [row] = office.outbox()
        assert (row.state, row.attempts) == ("queued", attempt)
        assert "greylisted" in row.last_error
        waits.append(row.next_attempt_at - office.clock.now)
        assert office.run_well().delivery.postponed == 0
        office.clock.now = row.next_attempt_at
    office.run_well()

    assert waits[0] < waits[1]
    assert len(office.sent_to(EMMA)) == 1
    assert office.ticket.acknowledged_at == office.clock.now


def test_a_5xx_reply_fails_the_mail_and_the_admins_hear_once(office: Office) -> None:
    """A refused mail is given up, the ticket says so, and one mail tells of it."""
    office.receive(complaint())
    office.sink.answer("RCPT", UNKNOWN)

    report = office.run()
    office.clock.advance(hours=1)
    office.run_well()

    assert report.delivery.failed == 1
    [row] = office.outbox("acknowledgement")
    assert row.state == "failed"
    assert "not_delivered" in office.events()
    assert office.ticket.acknowledged_at is None
    assert len(office.sent_to(OPS)) == 1
    assert EMMA not in text_of(office.sent_to(OPS)[0])


def test_a_notice_to_the_admins_that_fails_tells_nobody(office: Office) -> None:
    """A failure about a failure makes no further mail; that the customer cannot be reached is
    another matter."""
    office.receive(complaint())
    office.sink.answer("RCPT", UNKNOWN, times=2)

    office.run()
    office.clock.advance(hours=1)
    office.run_well()

    assert [(row.kind, row.state) for row in office.outbox()] == [
        ("acknowledgement", "failed"),
        ("admin", "failed"),
        ("unreachable", "sent"),
    ]


def test_where_the_server_is_away_mail_waits_untried(office: Office) -> None:
    """Without a server, rows stay queued without an attempt, the status is 75, and the next pass
    sends them."""
    [office.smtp_port] = free_ports(1)
    office.receive(complaint(), complaint("noah@customer.test"))

    report = office.run()

    assert report.exit_status == ExitStatus.TEMPORARY
    assert [(row.state, row.attempts) for row in office.outbox()] == [("queued", 0)] * 2

    office.smtp_port = office.sink.port
    office.reopen()
    office.run_well()
    assert len(office.sink.received) == 2


def test_a_lost_reply_repeats_a_mail_once_under_the_same_message_id(office: Office) -> None:
    """Where the connection breaks after the final dot, the same mail goes out once more."""
    office.receive(complaint())
    office.sink.answer("DATA", KEEP_AND_DROP)

    assert office.run().exit_status == ExitStatus.TEMPORARY
    for _ in range(3):
        office.clock.advance(minutes=1)
        office.run_well()

    first, second = office.sent_to(EMMA)
    assert first["Message-ID"] == second["Message-ID"]


@pytest.fixture
def filing_sink(office: Office) -> SmtpSink:
    """A provider that files in Sent what it sends, as Gmail does."""
    office.sink.deliver = lambda mail: office.receive(mail.content, folder="Sent")
    office.open(save_copy="false")
    return office.sink


def test_what_the_provider_filed_is_not_repeated(office: Office, filing_sink: SmtpSink) -> None:
    """After a lost reply, Sent is searched, and what lies there counts as sent."""
    office.receive(complaint())
    filing_sink.answer("DATA", KEEP_AND_DROP)
    office.run()

    office.clock.advance(minutes=1)
    office.run_well()

    assert len(office.sent_to(EMMA)) == 1
    assert office.outbox()[0].state == "sent"
    assert office.ticket.acknowledged_at == office.clock.now
    assert len(office.flags("Sent")) == 1


def test_what_the_provider_did_not_file_is_repeated(office: Office, filing_sink: SmtpSink) -> None:
    """After a connection broken before the mail was kept, Sent holds nothing, so it is sent."""
    office.receive(complaint())
    filing_sink.answer("DATA", DROP)
    office.run()
    assert office.sent_to(EMMA) == []

    office.clock.advance(minutes=1)
    office.run_well()

    assert len(office.sent_to(EMMA)) == 1


def test_while_sent_cannot_be_searched_nothing_is_repeated(
    office: Office, filing_sink: SmtpSink
) -> None:
    """A possible repeat waits for the mailbox to be well; other mail goes out meanwhile."""
    office.receive(complaint())
    filing_sink.answer("DATA", KEEP_AND_DROP)
    office.run()

    office.clock.advance(minutes=1)
    office.reopen(password="wrong")
    report = office.run()

    assert report.intake is None
    assert len(office.sent_to(EMMA)) == 1
    assert office.outbox()[0].state == "queued"
    assert len(office.sent_to(OPS)) == 1

    office.clock.advance(minutes=5)
    office.reopen(password="correct horse")
    office.run_well()
    assert len(office.sent_to(EMMA)) == 1
    assert office.outbox()[0].state == "sent"


def test_a_promise_that_has_passed_is_written_anew(office: Office) -> None:
    """After an outage beyond the deadline, the acknowledgement names no time, under the
    Message-ID and in the thread it was first written with."""
    [office.smtp_port] = free_ports(1)
    office.receive(complaint())
    office.run()
    [before] = office.outbox()
    with office.app.store.read() as conn:
        promised = text_of(parsed(outbox_view.whole(conn, [before.id])[before.id].content))
    office.clock.advance(hours=9)
    office.smtp_port = office.sink.port
    office.reopen(ladder="")

    office.run_well()

    [mail] = office.sent_to(EMMA)
    assert mail["Message-ID"] == before.message_id
    assert mail["In-Reply-To"] == "<emma-1@customer.test>"
    assert "10 March" in promised
    assert "10 March" not in text_of(mail)
    assert mail["Date"].datetime == office.clock.now


def test_the_breaker_defers_and_never_drops(office: Office) -> None:
    """Over the rate of a mailbox mail waits for the next minutes, the admins are told once, and in
    the end everyone has been acknowledged."""
    office.open(acknowledge="max_per_mailbox_per_minute = 2")
    people = [f"c{n}@customer.test" for n in range(5)]
    office.receive(*(complaint(person) for person in people))

    report = office.run()
    assert report.delivery.sent == 2
    assert report.exit_status == ExitStatus.TEMPORARY
    for _ in range(3):
        office.clock.advance(seconds=61)
        assert office.run().delivery.sent <= 2

    assert [len(office.sent_to(person)) for person in people] == [1] * 5
    assert len(office.sent_to(OPS)) == 1


def test_one_refused_mail_does_not_stop_the_others(office: Office) -> None:
    """A server that hangs up on one recipient still gets the rest."""
    office.receive(complaint("first@customer.test"), complaint())
    office.sink.answer("RCPT", DROP)

    office.run()

    assert len(office.sent_to(EMMA)) == 1
    assert [row.state for row in office.outbox()] == ["queued", "sent"]


def test_a_mail_taken_over_by_another_process_is_not_sent(office: Office) -> None:
    """Who has lost a mail's lease finds out just before DATA."""
    office.receive(complaint())
    office.open()

    def freeze() -> None:
        office.clock.advance(hours=1)
        with office.app.store.begin() as conn:
            assert outbox.claim(
                conn,
                "support",
                owner="another",
                now=office.clock.now,
                lease=office.clock.now - office.clock.now.replace(hour=0),
                limit=1,
            )

    office.sink.told = _before(office.sink.told, "RCPT", freeze)
    office.run()

    assert office.sink.received == []
    assert office.outbox()[0].state == "sending"


def _before(told, command, act):
    def hooked(name: str) -> str | None:
        if name == command:
            act()
        return told(name)

    return hooked


def test_a_null_envelope_sender_is_used_where_asked_for(office: Office) -> None:
    """`envelope_sender = "null"` sends with an empty return path, else with the mailbox's."""
    office.receive(complaint())
    office.run_well()
    office.reopen(smtp='envelope_sender = "null"')
    office.receive(complaint("noah@customer.test"))
    office.run_well()

    assert [mail.sender for mail in office.sink.received] == ["support@example.com", ""]


def test_stopping_leaves_the_rest_for_another_pass(office: Office) -> None:
    """Once the program is to stop, no further mail is begun, and none is lost."""
    office.receive(*(complaint(f"c{n}@customer.test") for n in range(4)))
    office.open()
    office.sink.deliver = lambda _: office.app.stopping.set()

    office.run()

    assert len(office.sink.received) == 1
    assert [row.state for row in office.outbox()] == ["sent", "queued", "queued", "queued"]
    office.sink.deliver = None
    office.reopen()
    office.run_well()
    assert len(office.sink.received) == 4


def test_staff_are_told_by_the_same_road(office: Office) -> None:
    """An escalation that is refused is given up, and the admins hear of it."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.sink.answer("RCPT", UNKNOWN)

    office.run()

    assert office.sent_to(LEAD) == []
    assert len(office.sent_to(OPS)) == 1


def test_what_is_tried_again_is_sent_only_if_it_is_still_true(office: Office) -> None:
    """An acknowledgement given up, of a ticket that was closed meanwhile, is taken back."""
    office.receive(complaint())
    office.sink.answer("RCPT", UNKNOWN)
    office.run()
    [row] = office.outbox("acknowledgement")
    office.clock.advance(hours=1)
    actions.close(office.app.store, office.ticket.reference, now=office.clock.now, by="ana")
    with office.app.store.begin() as conn:
        outbox.retry_now(conn, row.id, office.clock.now)
    office.run_well()

    assert office.sent_to(EMMA) == []
    assert office.outbox("acknowledgement") == []
