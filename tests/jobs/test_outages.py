"""What staff hear once the mail server is back: what is true by then, and once."""

from datetime import timedelta

from desks import text_of
from offices import BOSS, LADDER, LEAD, MONDAY, Office, answer, complaint, subjects
from servers.dovecot import MailUser

from mailresponder.jobs import acts

HOURS = "[deadlines.hours]\n" + "".join(
    f'{day} = ["09:00-18:00"]\n' for day in ("mon", "tue", "wed", "thu", "fri")
)
"""In Madrid, an hour ahead of UTC."""
TWO_STEPS = f"""{LADDER}
[[escalation]]
after = "2h"
to = ["{BOSS}"]
repeat_every = "4h"
"""
FRIDAY = MONDAY + timedelta(days=4)
NEXT_MONDAY = MONDAY + timedelta(days=7)
NOWHERE = 9
"""A port on which no SMTP server listens."""


def matters(count: int) -> list[bytes]:
    """Complaints of as many customers."""
    return [complaint(f"c{n}@customer.test", subject=f"Matter {n}") for n in range(count)]


def answer_to(number: int) -> bytes:
    """Staff's answer to one of them."""
    return answer(
        f"c{number}@customer.test",
        subject=f"Re: Matter {number}",
        in_reply_to=f"<c{number}-1@customer.test>",
        number=number,
    )


def weekend_without_smtp(office: Office, count: int) -> None:
    """Customers who are late on Friday morning, and no mail server until Monday at nine."""
    port, office.smtp_port = office.smtp_port, NOWHERE
    office.clock.now = FRIDAY - timedelta(hours=1)
    office.open(deadlines=HOURS, ladder=TWO_STEPS)
    office.receive(*matters(count), at=FRIDAY - timedelta(days=1))
    for _ in range(10):
        office.run()
        office.clock.advance(hours=1)
    office.smtp_port = port
    office.clock.now = NEXT_MONDAY - timedelta(hours=1)


def test_after_a_weekend_without_smtp_each_hears_once_of_who_still_waits(office: Office) -> None:
    """Eight are late; six are answered while the server is away, two still wait: nobody hears of
    the six, and of the two by one mail each, with the wait as it is by now."""
    weekend_without_smtp(office, 8)
    office.receive(*(answer_to(n) for n in range(6)), folder="Sent", at=NEXT_MONDAY)
    office.reopen()
    office.run_well()

    for person in (LEAD, BOSS):
        [told] = office.sent_to(person)
        assert "2 unanswered" in told["Subject"]
        assert "Matter 5" not in text_of(told)
        assert "has been waiting for 3 days and 23 hours" in " ".join(text_of(told).split())


def test_where_all_were_answered_meanwhile_nobody_hears(office: Office) -> None:
    """A list of tickets of which none waits any more is not sent."""
    weekend_without_smtp(office, 6)
    office.receive(*(answer_to(n) for n in range(6)), folder="Sent", at=NEXT_MONDAY)
    office.reopen()
    office.run_well()

    assert office.sent_to(LEAD) == office.sent_to(BOSS) == []
    assert not [row for row in office.outbox() if row.state != "sent"]


def test_what_waits_for_the_server_is_told_once_in_the_ticket_s_story(office: Office) -> None:
    """Writing the mail anew is no event of its own."""
    weekend_without_smtp(office, 1)
    office.reopen()
    office.run_well()

    assert subjects(office.sent_to(LEAD)) == [f"Unanswered: Matter 0 [{office.ticket.reference}]"]
    assert "told_later" not in office.events()


def test_a_list_put_off_for_a_minute_is_not_sent_with_what_was_answered(office: Office) -> None:
    """Of six in a list that the server refused for now, one is answered: the list that comes then
    names five."""
    office.receive(*matters(6))
    office.run_well()
    office.clock.advance(hours=9)
    office.sink.answer("RCPT", "451 4.7.1 later")
    office.run()
    assert office.sent_to(LEAD) == []
    office.receive(answer_to(0), folder="Sent")
    office.clock.advance(minutes=1)
    office.run_well()

    [told] = office.sent_to(LEAD)
    assert "5 unanswered" in told["Subject"]


def test_a_list_is_held_while_the_mailbox_cannot_be_read_and_one_was_answered(
    office: Office, dovecot_user: MailUser
) -> None:
    """The answer was seen, then IMAP failed: no list goes out that names the answered ticket, and
    none is lost."""
    office.receive(*matters(6))
    office.run_well()
    office.clock.advance(hours=9)
    office.sink.answer("RCPT", "451 4.7.1 later")
    office.run()
    closed = office.tickets()[0]
    with office.app.store.begin() as conn:
        acts.close(acts.Hand(conn=conn, now=office.clock.now, by="somebody"), closed)
    office.clock.advance(minutes=1)
    office.reopen(password="wrong")
    office.run()
    assert office.sent_to(LEAD) == []

    office.reopen(password=dovecot_user.password)
    office.run_well()
    [told] = office.sent_to(LEAD)
    assert "5 unanswered" in told["Subject"]
