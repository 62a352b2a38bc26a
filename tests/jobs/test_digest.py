"""The morning digest: who gets it, when, once, and what it says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import letters
import pytest
from desks import text_of
from letters import SUPPORT
from mornings import local
from mornings import told as digests
from offices import BOSS, EMMA, LADDER, LEAD, MONDAY, OPS, PROVEN, Office, answer, complaint
from servers.dovecot import MailUser

from mailresponder.jobs import digest
from mailresponder.policy.ticket import TicketState

HOURS = """
[deadlines.hours]
mon = ["09:00-18:00"]
tue = ["09:00-18:00"]
wed = ["09:00-18:00"]
thu = ["09:00-18:00"]
fri = ["09:00-18:00"]
"""
SALES = "sales@example.com"


def to(*people: str, at: str = "08:30") -> str:
    """The section that names who gets it; it stands behind `[acknowledge]`."""
    named = ", ".join(f'"{person}"' for person in people)
    return f'[digest]\nto = [{named}]\nat = "{at}"\n'


@pytest.fixture
def early(office: Office) -> Office:
    """The office on Monday at six in the morning, which tells its lead at half past eight."""
    office.clock.now = local(10, 6)
    office.configure(ladder="", deadlines=HOURS, acknowledge=to(LEAD))
    return office


def at(office: Office, day: int, hour: int, minute: int = 0) -> list[str]:
    """Make a pass at this moment; the digests that the lead has by then, on one line each."""
    office.clock.now = local(day, hour, minute)
    office.run_well()
    return digests(office)


def test_one_mail_each_working_morning(early: Office) -> None:
    """At half past eight, once however many passes and restarts there are, and not on Saturday."""
    heard = {}
    for day, hour, minute in (
        *((10, 8, 29), (10, 8, 30), (10, 8, 31), (10, 12, 0), (10, 20, 0)),
        *((11, 9, 0), (14, 8, 45), (15, 9, 0), (16, 9, 0), (17, 9, 0)),
    ):
        early.reopen()
        at(early, day, hour, minute)
        heard[day, hour, minute] = len(at(early, day, hour, minute))

    assert list(heard.values()) == [0, 1, 1, 1, 1, 2, 3, 3, 3, 4]
    assert {row.state for row in early.outbox("digest")} == {"sent"}


def test_each_person_gets_their_own(early: Office) -> None:
    """One mail a person, marked as a machine's; whoever is named twice gets one."""
    early.configure(acknowledge=to(LEAD, BOSS, LEAD.upper()))
    at(early, 10, 9)

    [mail] = early.sent_to(BOSS)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["To"] == BOSS
    assert len(early.outbox("digest")) == 2


def test_somebody_named_later_in_the_morning_gets_todays(early: Office) -> None:
    """And it covers the same time as the others' did."""
    at(early, 10, 9)
    early.reopen(acknowledge=to(LEAD, BOSS))
    at(early, 10, 10)

    assert len(digests(early)) == 1
    [late] = digests(early, BOSS)
    assert "Answered since Friday 7 March at 08:30" in late


def test_a_program_that_comes_up_late_sends_it_until_half_past_twelve(early: Office) -> None:
    """In the afternoon the morning is over, and the next one tells what happened since."""
    assert len(at(early, 10, 12, 29)) == 1
    assert len(at(early, 11, 12, 31)) == 1
    [_, wednesday] = at(early, 12, 8, 30)
    assert "Answered since Monday 10 March at 12:29" in wednesday


@pytest.mark.parametrize("later", [(), (11, 13)])
def test_what_the_server_did_not_take_in_the_morning_is_in_the_next_one(
    early: Office, later: tuple[int, ...]
) -> None:
    """A digest says how the desk stands on its morning: once that is over it does not leave, and
    the next one tells since the last that did; also where the program was off in between."""
    early.receive(complaint(), at=local(10, 9))
    at(early, 11, 9)
    early.receive(answer(), folder="Sent", at=local(12, 7))
    port, early.smtp_port = early.smtp_port, 9
    early.reopen()
    for hour in (9, *later):
        early.clock.now = local(12, hour)
        early.run()
    early.smtp_port = port
    early.reopen()
    if later:
        assert len(at(early, 12, 17)) == 1

    told = at(early, 13, 9)
    assert len(told) == 2
    assert "Answered since Tuesday" in told[1]
    assert "1 answer" in told[1]


def test_a_quiet_morning_is_a_sign_of_life(early: Office) -> None:
    """Where nothing is to be done the mail says so in a line."""
    [told] = at(early, 10, 9)
    assert told.startswith("Acme Support: all is quiet All is quiet: nobody is waiting")
    assert "No answers." in told


def test_the_angry_come_first_and_each_ticket_once(early: Office) -> None:
    """Angry, then late, then due today, each with how late or by when, and who has it."""
    early.receive(complaint(subject="Order 1"), at=local(7, 9))
    early.receive(letters.angry_english(), at=local(7, 17))
    early.receive(complaint("noah@customer.test", subject="Order 2"), at=local(7, 10, 30))
    [told] = at(early, 10, 9)

    assert told.startswith("Acme Support: 3 open, 1 angry, 1 late")
    order = [told.index(words) for words in (" Angry ", " Late ", " Due today ", " Answered ")]
    assert order == sorted(order)
    assert told.count("Absolutely unacceptable") == 1
    first, second, third = told.split(" Angry ")[1].split("Answered")[0].split("- ")[1:]
    assert "due by Monday 10 March at 10:00" in first
    assert "Order 1" in second
    assert "2 days and 16 hours late" in second
    assert "Order 2" in third
    assert "by 09:30" in third
    assert f"#close {early.tickets()[1].reference}" in told


def test_it_tells_who_was_not_acknowledged_and_why(early: Office) -> None:
    """In words, once; acknowledged customers are not among them."""
    early.receive(complaint(), at=local(7, 10))
    silent = complaint("noah@customer.test", subject="A matter", Return_Path="<>")
    early.receive(silent, at=local(10, 7))
    [told] = at(early, 10, 8, 30)

    _, section = told.split("Had no acknowledgement")
    assert "A matter" in section
    assert "their mail has no return path" in section
    assert "20417" not in section.split("Answered since")[0]
    assert "Had no acknowledgement" not in at(early, 11, 8, 30)[1]


def test_it_tells_what_could_not_be_sent_and_who_cannot_be_reached(early: Office) -> None:
    """The acknowledgement that was refused, to whom, and that its customer must be reached
    otherwise."""
    early.sink.answer("RCPT", "550 5.1.1 no such user")
    early.receive(complaint(), at=local(10, 7))
    early.clock.now = local(10, 7)
    early.run()
    [told] = at(early, 10, 9)

    assert "Mail does not reach them - Where is my order 20417?" in told
    assert f"To {EMMA} [{early.ticket.reference}]: acknowledgement, " in told
    assert "550" in told


def test_it_tells_how_fast_customers_were_answered(early: Office) -> None:
    """In hours of working time: from Monday at ten to Thursday at eleven are 28."""
    early.receive(complaint(), at=local(3, 10))
    at(early, 6, 8, 30)
    early.receive(answer(), folder="Sent", at=local(6, 11))
    told = at(early, 7, 8, 30)[-1]

    assert "1 answer, late, after 28 hours of working time." in told
    assert "all is quiet" in told


def test_it_tells_how_fast_most_customers_were_answered(early: Office) -> None:
    """Of several answers how many were in time, the median and the slowest."""
    noah = "noah@customer.test"
    early.receive(complaint(), at=local(7, 17))
    early.receive(complaint(noah, subject="A lamp", number=2), at=local(7, 16))
    at(early, 10, 6)
    at(early, 10, 8, 30)
    early.receive(answer(), folder="Sent", at=local(10, 10))
    reply = answer(noah, subject="Re: A lamp", in_reply_to="<noah-2@customer.test>", number=2)
    early.receive(reply, folder="Sent", at=local(10, 11))
    told = at(early, 11, 8, 30)[-1]

    assert "2 answers, 2 of them in time." in told
    assert "at most 3 hours of working time, the slowest 4 hours." in told


def test_it_is_about_the_whole_desk(
    early: Office, new_dovecot_user: Callable[[], MailUser]
) -> None:
    """One mail for all mailboxes, written by the pass over the first of them; links name the
    mailbox that each ticket came to."""
    early.add_mailbox(new_dovecot_user(), name="sales", address=SALES)
    early.configure()
    early.receive(complaint(to=SALES), mailbox="sales", at=local(7, 10))
    early.clock.now = local(10, 9)
    early.run_well("sales")
    assert digests(early) == []

    early.run_well()
    early.run_well("sales")
    [mail] = early.sent_to(LEAD)
    assert "1 open" in mail["Subject"]
    html = mail.get_body(("html",))
    assert html is not None
    assert f"cc={SALES.replace('@', '%40')}" in html.get_content()


def test_a_mailbox_that_cannot_be_read_keeps_nobody_uninformed(early: Office) -> None:
    """The mail comes all the same, and says of which mailbox it may be out of date."""
    at(early, 10, 6)
    early.reopen(password="wrong")
    early.clock.now = local(10, 9)
    early.run()

    [told] = digests(early)
    assert "The mailbox support cannot be read at the moment" in told


def test_caps_hold_it_back_from_nobody(early: Office) -> None:
    """Who has had all the mail of an hour gets this one too: it comes once a day."""
    early.configure(
        acknowledge="max_per_recipient_per_hour = 1\n" + to(LEAD), deadlines="", ladder=LADDER
    )
    early.receive(complaint(), at=local(9, 23))
    at(early, 10, 8, 20)
    assert len(early.sent_to(LEAD)) == 1

    at(early, 10, 8, 30)
    assert len(early.sent_to(LEAD)) == 2


def test_an_address_that_cannot_be_written_to_is_told_to_the_admins(early: Office) -> None:
    """The others get theirs."""
    work = early.open().mailboxes["support"].work
    people = work.config.digest.model_copy(update={"to": ("peña@example.com", LEAD)})
    early.clock.now = local(10, 9)
    digest.run(replace(work, config=replace(work.config, digest=people)))
    early.run_well()

    assert len(digests(early)) == 1
    assert len(early.sent_to(OPS)) == 1


def test_times_are_the_desks_whatever_the_first_mailbox_keeps(early: Office) -> None:
    """Half past eight in Madrid, and told by Madrid's clock, where the mailbox keeps another."""
    early.configure(imap="", smtp='[mailbox.deadlines]\ntimezone = "America/Lima"')
    early.clock.now = MONDAY.replace(hour=7, minute=30)
    early.run_well()

    [told] = digests(early)
    assert "since Friday 7 March at 08:30" in told


def test_a_reply_to_it_reaches_no_customer(early: Office) -> None:
    """It is about many: an answer written above it goes back to its writer."""
    early.receive(complaint(), at=local(10, 8))
    at(early, 10, 8, 30)
    [sent] = early.sent_to(LEAD)
    early.receive(answer(SUPPORT, sender=LEAD, in_reply_to=sent["Message-ID"]), at=local(10, 9))
    [_, returned] = at(early, 10, 9)

    assert EMMA not in returned
    assert len(early.tickets()) == 1
    assert len(early.sent_to(EMMA)) == 1


def test_a_command_in_a_reply_to_it_is_obeyed(early: Office) -> None:
    """As the digest says: the command names its ticket."""
    early.receive(complaint(), at=local(10, 8))
    at(early, 10, 8, 30)
    [sent] = early.sent_to(LEAD)
    shown = f"#close {early.ticket.reference}"
    assert shown in text_of(sent)
    order = answer(
        SUPPORT, sender=LEAD, in_reply_to=sent["Message-ID"], Authentication_Results=PROVEN
    )
    early.receive(order.replace(b"It is on its way.", shown.encode()), at=local(10, 9))
    at(early, 10, 9)

    assert early.ticket.state is TicketState.CLOSED
    assert len(early.sent_to(EMMA)) == 1


def test_without_names_there_is_none(early: Office) -> None:
    """The default."""
    early.configure(acknowledge="")
    early.clock.now = local(10, 9) + timedelta(minutes=1)
    early.run_well()
    assert early.outbox("digest") == []
