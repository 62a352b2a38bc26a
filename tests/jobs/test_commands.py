"""What staff order by mail, in a reply to a notice, on a real mail server."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import letters
import pytest
import structlog
from clients import CLIENTS, Person
from desks import text_of
from offices import EMMA, LEAD, OPS, Office, complaint, subjects
from replying import BORDER, lena, overdue, relayed
from structlog.testing import capture_logs

from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import answers, tickets

ANA = "ana@example.com"


def say(office: Office, notice: EmailMessage, text: str, *, by: Person | None = None) -> str:
    """Staff reply to a notice. What they are told, on one line, subject first."""
    by = by or lena()
    before = len(office.sent_to(by.email))
    office.clock.advance(minutes=5)
    office.receive(by.reply(notice, text, at=office.clock.now))
    office.run_well()
    [report] = [
        mail
        for mail in office.sent_to(by.email)[before:]
        if mail["Subject"].split(":")[0] not in ("Yours", "Unanswered")
    ]
    assert report["Auto-Submitted"] == "auto-replied"
    assert by.email in report["To"]
    return " ".join(f"{report['Subject']} {text_of(report)}".split())


def story(office: Office, ticket: Ticket | None = None) -> list[tuple[str, str, str]]:
    """What was done to a ticket, why and by whom."""
    with office.app.store.read() as conn:
        told = tickets.events(conn, (ticket or office.ticket).id)
    return [(event.what, event.why, event.by) for event in told]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_command_is_done_from_any_mail_program(
    office: Office, client: str, language: str
) -> None:
    """A reply with a command closes the ticket, its writer is told, and the customer sent nothing,
    though a signature stands below it."""
    notice = overdue(office)
    by = lena(client=client, language=language, signature="Lena Ruiz\nAcme Support")

    told = say(office, notice, "#close", by=by)

    reference = office.ticket.reference
    assert told.startswith(f"Done: Where is my order 20417? [{reference}] - {reference}: closed.")
    assert "Nothing was sent to the customer." in told
    assert office.ticket.state is TicketState.CLOSED
    assert ("closed", "", LEAD) in story(office)
    assert relayed(office) == []
    assert office.messages()[-2].outcome is Outcome.COMMANDED


def test_several_commands_and_an_answer_in_one_mail(office: Office) -> None:
    """Each is done, the note is kept, and the text below goes to the customer as the answer."""
    notice = overdue(office)
    text = (
        "#mine #not-angry\n#note Called her, #1 is\nthe wrong size\n\n"
        "Dear Emma,\n\nit is on its way.\n\nLena"
    )

    told = say(office, notice, text)

    ticket = office.ticket
    for part in ("yours.", "marked as not angry.", "noted. Only colleagues see it."):
        assert f"{ticket.reference}: {part}" in told
    assert "Your text goes to" in told
    assert (ticket.state, ticket.assigned_to) == (TicketState.ANSWERED, LEAD)
    assert ("note", "Called her, #1 is\nthe wrong size", LEAD) in story(office)
    [mail] = relayed(office)
    assert text_of(mail).strip().startswith("Dear Emma,")
    assert "#" not in text_of(mail)
    assert "wrong size" not in text_of(mail)


def test_answer_that_closes_counts_as_an_answer(office: Office) -> None:
    """The text is passed on before the ticket is closed, so figures know of it."""
    notice = overdue(office)
    say(office, notice, "#close\n\nDear Emma, it is on its way.\n\nLena")

    with office.app.store.read() as conn:
        known = answers.between(
            conn, office.ticket.opened_at, office.clock.now + timedelta(hours=1)
        )
    assert [answer.how for answer in known] == ["relayed"]
    assert office.ticket.state is TicketState.CLOSED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#cloze\n\nDear Emma, yes.", "“#cloze”: there is no such command. Did you mean #close?"),
        ("#close #snooze\n\nDear Emma, yes.", "“#snooze”: say until when"),
        ("#close Dear Emma, yes.", "there is text behind the command"),
        ("#1 is sold out, Emma.", "there is no such command."),
        ("Dear Emma, yes.\n\n#close", "this stands within the text for the customer"),
    ],
)
def test_with_a_mistake_nothing_is_done_and_nothing_sent(
    office: Office, text: str, said: str
) -> None:
    """The writer is told what is not understood, gets their text back and the list of commands."""
    notice = overdue(office)

    told = say(office, notice, text)

    assert told.startswith("Nothing done: Where is my order 20417?")
    assert said in told
    assert "What you can say" in told
    assert "not_understood" in office.events()
    assert office.ticket.state is TicketState.OPEN
    assert relayed(office) == []


def test_spanish_commands_are_reported_in_spanish(office: Office) -> None:
    """A Spanish desk is told in Spanish; both languages' commands hold everywhere."""
    office.configure(desk='languages = ["es", "en"]')
    notice = overdue(office)

    told = say(office, notice, "#posponer 2 días #mío")

    assert told.startswith("Hecho: Where is my order 20417?")
    assert "no se recordará a nadie antes del miércoles 12 de marzo a las" in told
    assert "es suyo." in told


def test_snooze_until_a_day_ends_when_the_desk_opens(office: Office) -> None:
    """The report names the moment in the desk's time, and nobody is reminded before it."""
    notice = overdue(office)
    told = say(office, notice, "#snooze Friday")

    assert "nobody is reminded before Friday 14 March at 00:00." in told
    assert office.ticket.due_at is not None
    with office.app.store.read() as conn:
        [event] = [e for e in tickets.events(conn, office.ticket.id) if e.what == "snoozed"]
    assert event.why == "until 2025-03-14 00:00 (Europe/Madrid)"


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("#close", "#snooze 2d", "#snooze ({ref}): not done. Nobody waits for an answer"),
        ("#close", "#close", "{ref}: closed already."),
        ("#mine", "#snooze 2020-01-01", "#snooze ({ref}): not done. That day has begun"),
        ("#mine", "#assign eve@evil.test", "eve@evil.test is not an address of ours."),
        ("#mine", "#merge MR-22222", "#merge ({ref}): not done. There is no such ticket."),
        ("#mine", "#not-spam", "not done. It is not marked as spam."),
        ("#mine", "#close MR-22222", "#close (MR-22222): not done. There is no such ticket."),
        ("#answered", "#wait", "{ref}: was not waiting for an answer."),
        ("#wait", "#answered", "{ref}: was not waiting for an answer."),
    ],
)
def test_what_cannot_be_done_is_reported_and_the_rest_is_done(
    office: Office, first: str, then: str, said: str
) -> None:
    """One command in the way of none: the others are done, and the writer knows which."""
    notice = overdue(office)

    told = say(office, notice, f"{first} {then}\n#note seen")

    assert said.format(ref=office.ticket.reference) in told
    assert "noted." in told
    assert [e.why for e in _events(office) if e.what == "note"] == ["seen"]


def _events(office: Office) -> list[Any]:
    with office.app.store.read() as conn:
        return list(tickets.events(conn, office.ticket.id))


def test_who_waits_for_the_customer_is_not_reminded(office: Office) -> None:
    """`#wait` stops the clock without an answer in the figures; `#answered` counts as one."""
    notice = overdue(office)
    say(office, notice, "#wait")
    ticket = office.ticket
    assert (ticket.state, ticket.answered_at) == (TicketState.ANSWERED, None)
    assert "waiting" in office.events()
    office.clock.advance(days=1)
    office.run_well()
    assert [s for s in subjects(office.sent_to(LEAD)) if s.startswith("Unanswered")] == [
        notice["Subject"]
    ]


def test_somebody_is_assigned_and_told(office: Office) -> None:
    """They get what an escalation says, with who assigned it; who takes it themselves does not."""
    notice = overdue(office)

    told = say(office, notice, f"#assign {ANA}")

    assert f"assigned to {ANA}, who gets a mail about it." in told
    [mail] = office.sent_to(ANA)
    assert mail["Subject"].startswith("Yours: Where is my order 20417?")
    assert f"{LEAD} has assigned this to you." in text_of(mail)
    assert "my order has not arrived yet" in text_of(mail)
    assert office.ticket.assigned_to == ANA

    say(office, mail, "#mine", by=Person(name="Ana", email=ANA, headers=BORDER))
    assert len([s for s in subjects(office.sent_to(ANA)) if s.startswith("Yours")]) == 1


def test_judging_by_mail_sets_and_clears_our_flags(office: Office) -> None:
    """As on the command line: only what we have set is taken away."""
    office.receive(letters.angry_english())
    office.run_well()
    office.clock.advance(hours=2, minutes=1)
    office.run_well()
    notice = office.sent_to(LEAD)[-1]
    assert {"\\Flagged", "$Angry"} <= office.flags()[0]

    say(office, notice, "#not-angry")
    assert not {"\\Flagged", "$Angry"} & office.flags()[0]
    assert not office.ticket.angry

    say(office, notice, "#Enfadada.")
    assert {"\\Flagged", "$Angry"} <= office.flags()[0]
    assert office.ticket.judged_by == LEAD


def test_spam_is_marked_and_its_sender_gets_nothing_more(office: Office) -> None:
    """The ticket is closed, its mail is $Junk, the text below is not sent, and what comes later is
    a ticket without acknowledgement; `#not-spam` takes all of that back."""
    notice = overdue(office)

    told = say(office, notice, "#spam\n\nDear Emma, we do not buy links here.\n\nLena")

    assert "closed as spam." in told
    assert "Your text was not sent to the customer, because the ticket is marked as spam." in told
    assert (office.ticket.state, office.ticket.spam) == (TicketState.CLOSED, True)
    assert "$Junk" in office.flags()[0]
    assert relayed(office) == []

    had = len(office.sent_to(EMMA))
    office.receive(complaint(subject="Best backlinks for you", number=2))
    office.run_well()
    first, second = office.tickets()
    assert second.suppressed_by == ("reported_as_spam",)
    assert second.state is TicketState.OPEN
    assert len(office.sent_to(EMMA)) == had

    office.clock.advance(minutes=5)
    told = say(office, notice, "#not-spam")
    assert "no longer marked as spam. An answer is due by" in told
    first, second = office.tickets()
    assert (first.spam, first.state) == (False, TicketState.OPEN)
    assert first.waiting_since == first.opened_at
    assert "$Junk" not in office.flags()[0]


def test_what_is_no_spam_after_all_can_be_answered_in_the_same_mail(office: Office) -> None:
    """The mark goes before the text does, which counts as the answer."""
    notice = overdue(office)
    say(office, notice, "#spam")
    told = say(office, notice, "#mine #not-spam\n\nDear Emma, it is on its way.\n\nLena")
    assert "Your text goes to" in told
    assert (office.ticket.state, office.ticket.assigned_to) == (TicketState.ANSWERED, LEAD)
    assert len(relayed(office)) == 1


def test_merged_tickets_are_one(office: Office) -> None:
    """All mail lies in the other ticket, which waits since the older one; what the customer writes
    to the old one, by thread or by reference, goes there too."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=1)
    office.receive(complaint(subject="My kettle is broken", number=2))
    office.run_well()
    one, other = office.tickets()
    office.clock.advance(hours=7, minutes=1)
    office.run_well()
    [notice] = office.sent_to(LEAD)
    assert one.reference in notice["Subject"]

    told = say(office, notice, f"#merge {other.reference.removeprefix('MR-')} #mine")

    assert f"{one.reference}: now part of {other.reference}. An answer is due by" in told
    assert f"{other.reference}: yours." in told
    gone, kept = office.tickets()
    assert (gone.state, gone.merged_into) == (TicketState.CLOSED, other.reference)
    assert kept.waiting_since == one.waiting_since
    assert (kept.due_at, kept.escalation_level) == (one.due_at, 1)
    assert {m.message_id for m in office.messages(kept)} >= {
        "<emma-1@customer.test>",
        "<emma-2@customer.test>",
    }
    assert office.messages(gone) == []
    assert ("merged", f"into {other.reference}", LEAD) in story(office, gone)
    assert ("merged", f"{one.reference} into this one", LEAD) in story(office, kept)

    office.receive(
        complaint(text="Any news?\n", number=3, In_Reply_To="<emma-1@customer.test>"),
        complaint(subject=f"About [{one.reference}] again", text="Any news at all?\n", number=4),
    )
    office.run_well()
    assert len(office.tickets()) == 2
    assert len([m for m in office.messages(kept) if m.direction == "in"]) == 4
    assert office.tickets()[0].state is TicketState.CLOSED

    # The notice of the merged one is now one of the other's.
    assert f"{other.reference}: closed." in say(office, notice, "#close")


@pytest.mark.parametrize("number", [1, 2])
def test_two_customers_are_never_merged(office: Office, number: int) -> None:
    """One would be shown what the other wrote; nor is a ticket merged into itself."""
    stranger = complaint("bo@customer.test", number=2)
    office.receive(complaint(), stranger)
    office.run_well()
    office.clock.advance(hours=8, minutes=1)
    office.run_well()
    [notice] = [m for m in office.sent_to(LEAD) if office.tickets()[0].reference in m["Subject"]]

    told = say(office, notice, f"#merge {office.tickets()[number - 1].reference}")

    expected = "That is the same ticket." if number == 1 else "is another customer’s."
    assert expected in told
    assert all(ticket.merged_into is None for ticket in office.tickets())


def test_a_command_for_another_ticket_takes_more_than_a_notice_s_token(office: Office) -> None:
    """The Message-ID of a notice proves its reader for one ticket; our border does for all."""
    notice = overdue(office, complaint(), complaint("bo@customer.test", number=2))
    mine = next(t for t in office.tickets() if t.reference in notice["Subject"])
    [other] = [t for t in office.tickets() if t.id != mine.id]

    told = say(office, notice, f"#close {other.reference} #mine", by=lena(headers=()))
    assert f"#close ({other.reference}): not done. For another ticket, reply to a notice" in told
    assert f"{mine.reference}: yours." in told

    say(office, notice, f"#close {other.reference}")
    states = {t.reference: t.state for t in office.tickets()}
    assert states == {mine.reference: TicketState.OPEN, other.reference: TicketState.CLOSED}


def test_a_reply_to_a_list_names_its_tickets(office: Office) -> None:
    """Two are closed by one mail; a command that names none is told so, text goes nowhere."""
    office.open(acknowledge="max_per_recipient_per_hour = 2")
    mails = [complaint(f"p{n}@customer.test", number=n) for n in range(3)]
    notice = overdue(office, *mails)
    assert notice["Subject"] == "Acme Support: 2 unanswered"
    listed = [t for t in office.tickets() if t.reference in text_of(notice)]
    office.clock.advance(hours=1)

    first, second = (ticket.reference for ticket in listed)
    told = say(office, notice, f"#close {first}, {second}\n#mine\n\nDear all, it is on its way.")

    assert f"{first}: closed. - {second}: closed." in told
    assert "#mine: not done. Say for which ticket" in told
    assert "Your text was not sent to anyone" in told
    states = [ticket.state for ticket in office.tickets()]
    assert sorted(states) == [TicketState.CLOSED, TicketState.CLOSED, TicketState.OPEN]
    assert all(not relayed(office, f"p{n}@customer.test") for n in range(3))


def test_what_staff_order_is_answered_as_fast_as_the_caps_allow(office: Office) -> None:
    """Beside their cap of notices, and later where they ordered much: nothing of it is dropped."""
    office.open(acknowledge="max_per_recipient_per_hour = 1")
    notice = overdue(office)
    for words in ("#mine", "#note Ask her.", "On it today"):
        office.clock.advance(minutes=1)
        office.receive(lena().reply(notice, words, at=office.clock.now))
        office.run_well()

    told = []
    for _ in range(3):
        told.append([mail["Subject"].partition(":")[0] for mail in office.sent_to(LEAD)[1:]])
        office.clock.advance(hours=1)
        office.run_well()

    assert told == [["Done"], ["Done"] * 2, ["Done", "Done", "Not sent to the customer"]]


def test_admins_hear_of_who_cannot_be_answered_within_a_day(office: Office) -> None:
    """There loops of two programs end; what was ordered is done, and nobody is left to believe that
    all of it was."""
    office.open(acknowledge="max_per_recipient_per_day = 1")
    notice = overdue(office)
    for words in ("#mine", "On it", "On it today", "#close"):
        office.clock.advance(minutes=1)
        office.receive(lena().reply(notice, words, at=office.clock.now))
        office.run_well()

    assert office.ticket.state is TicketState.CLOSED
    assert {"not_returned", "not_reported"} <= set(office.events())
    [told] = [m for m in office.sent_to(OPS) if "what came of their mail" in m["Subject"]]
    assert f"{LEAD}, {office.ticket.reference}" in text_of(told)


def test_help_lists_the_commands(office: Office) -> None:
    """It changes nothing."""
    notice = overdue(office)
    before = office.ticket
    told = say(office, notice, "#help")
    assert told.startswith("Commands: Where is my order 20417?")
    assert "#merge MR-7F3K2" in told
    assert office.ticket == before


def test_the_log_holds_no_word_of_it(office: Office) -> None:
    """Not of a note, not of a mistake, not of the text for the customer."""
    notice = overdue(office)
    # Tests of the command line may have left only warnings to be logged.
    structlog.reset_defaults()
    with capture_logs() as logs:
        say(office, notice, "#note zanzibar\n#assign eve@evil.test\n\nDear Emma, zanzibar it is.")
        say(office, notice, "#zanzibar")
    assert logs
    assert "zanzibar" not in str(logs)
    assert "evil" not in str(logs)


def test_a_stranger_with_the_notice_orders_nothing(office: Office) -> None:
    """A forwarded notice gives an outsider nothing: what they write is a customer's mail."""
    notice = overdue(office)
    stranger = Person(name="Eve", email="eve@evil.test")
    office.receive(stranger.reply(notice, "#close", at=office.clock.now))
    office.run_well()

    first, *others = office.tickets()
    assert first.state is TicketState.OPEN
    assert "closed" not in office.events(first)
    assert all(other.customer.email == "eve@evil.test" for other in others)
    assert all("command" not in row.kind for row in office.outbox())
