"""Answers of staff, as each mail client leaves them in Sent or copies them into the mailbox."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from clients import CLIENTS, Person
from desks import parsed
from letters import SUPPORT
from offices import EMMA, LEAD, MONDAY, PROVEN, Office

from mailresponder.policy.ticket import TicketState
from mailresponder.store import answers

PROOF = (("Authentication-Results", PROVEN),)
SUBJECT = "Where is my order 20417?"
HOUR = timedelta(hours=1)
TEXT = "It left our warehouse this morning and will be with you on Friday."


def person(name: str, email: str, client: str, language: str = "en", **more: object) -> Person:
    return Person(name=name, email=email, client=client, language=language, **more)  # type: ignore[arg-type]


def emma(client: str = "gmail", language: str = "en", **more: object) -> Person:
    return person("Emma Clarke", EMMA, client, language, **more)


def shared(client: str = "outlook", language: str = "en") -> Person:
    """Whoever answers from the shared mailbox."""
    return person("Acme Support", SUPPORT, client, language)


def ana(client: str = "outlook", language: str = "en") -> Person:
    """Staff who answer from their own address, which our own server vouches for."""
    return person("Ana Ruiz", "ana@example.com", client, language, headers=PROOF)


def asked(office: Office, who: Person | None = None, subject: str = SUBJECT) -> bytes:
    question = (who or emma()).write(SUPPORT, subject, "It has not arrived.", at=MONDAY)
    office.receive(question)
    office.run_well()
    office.clock.advance(hours=1)
    return question


def without(mail: bytes, *names: str) -> EmailMessage:
    """The mail without some headers."""
    changed = parsed(mail)
    for name in names:
        del changed[name]
    return changed


def is_answered(office: Office) -> None:
    """The clock has stopped, and the whole day nobody is told."""
    assert office.ticket.state is TicketState.ANSWERED
    office.clock.advance(hours=12)
    office.run_well()
    assert office.sent_to(LEAD) == []


def threads(office: Office, reply: bytes) -> None:
    """The customer's reply belongs to the ticket, and starts a new clock."""
    office.receive(reply)
    office.run_well()
    assert office.ticket.state is TicketState.OPEN
    assert office.ticket.waiting_since == office.clock.now


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("client", CLIENTS)
def test_an_answer_in_sent(office: Office, client: str, language: str) -> None:
    """Whatever client the shared mailbox is open in, the copy in Sent is the answer, and the
    customer's reply to it threads."""
    answer = shared(client, language).reply(asked(office), TEXT, at=office.clock.now)
    office.receive(answer, folder="Sent")
    office.run_well()
    is_answered(office)

    threads(office, emma().reply(answer, "It is not here yet.", at=office.clock.now))


@pytest.mark.parametrize("how", ["cc", "bcc"])
@pytest.mark.parametrize("client", CLIENTS)
def test_an_answer_copied_to_us(office: Office, client: str, how: str) -> None:
    """Staff answer from their own address with us in copy, openly or not: of a Bcc only the
    delivery tells."""
    copied = [SUPPORT] if how == "cc" else []
    answer = ana(client).reply(asked(office), TEXT, cc=copied, at=office.clock.now)
    office.receive(answer)
    office.run_well()
    is_answered(office)

    threads(office, emma().reply(answer, "It is not here yet.", at=office.clock.now))


@pytest.mark.parametrize("prefix", ["RE: ", "Re: ", "RV: ", "re: RE: ", "Re[2]: ", "Fwd: "])
def test_an_answer_without_a_thread(office: Office, prefix: str) -> None:
    """Exchange keeps Thread-Index and loses In-Reply-To and References: who it goes to and the
    subject say what it answers."""
    answer = shared().reply(asked(office), TEXT, at=office.clock.now)
    bare = without(answer, "In-Reply-To", "References", "Subject")
    bare["Subject"] = f"{prefix}{SUBJECT}"
    office.receive(bare.as_bytes(), folder="Sent")
    office.run_well()

    is_answered(office)


@pytest.mark.parametrize("lost", ["References", "In-Reply-To"])
def test_half_a_thread_is_enough(office: Office, lost: str) -> None:
    """One of the two headers names the customer's mail, under whatever subject."""
    answer = shared().reply(asked(office), TEXT, at=office.clock.now)
    half = without(answer, lost, "Subject")
    half["Subject"] = "Good news"
    office.receive(half.as_bytes(), folder="Sent")
    office.run_well()

    is_answered(office)


def test_a_copy_in_sent_without_a_message_id(office: Office) -> None:
    """The client files the mail before the server gives it one: the answer counts, and a reply
    that names the server's Message-ID and the customer's own mail threads."""
    answer = shared("thunderbird").reply(asked(office), TEXT, at=office.clock.now)
    office.receive(without(answer, "Message-ID").as_bytes(), folder="Sent")
    office.run_well()
    is_answered(office)

    threads(office, emma().reply(answer, "It is not here yet.", at=office.clock.now))


@pytest.mark.parametrize("folder", ["Sent", "INBOX"])
def test_further_mails_of_staff_thread_too(office: Office, folder: str) -> None:
    """Ana writes again, without a thread, after the answer; the customer's Outlook names nothing
    but that second mail, and it is still the same ticket."""
    question = asked(office)
    writer = shared() if folder == "Sent" else ana()
    office.receive(writer.reply(question, TEXT, at=office.clock.now), folder=folder)
    office.run_well()
    office.clock.advance(hours=2)
    second = writer.reply(question, "The carrier has it now.", at=office.clock.now)
    bare = without(second, "In-Reply-To", "References")
    office.receive(bare.as_bytes(), folder=folder)
    office.run_well()
    is_answered(office)

    cut = emma("outlook", keeps_references=False)
    threads(office, cut.reply(bare, "The carrier says no.", at=office.clock.now))


def test_a_reply_to_each_of_several_answers_threads(office: Office) -> None:
    """Two members of staff answered, each from their own address."""
    question = asked(office)
    bob = replace(ana("gmail"), name="Bob Hill", email="bob@example.com")
    given = [who.reply(question, TEXT, cc=[SUPPORT], at=office.clock.now) for who in (ana(), bob)]
    office.receive(*given)
    office.run_well()
    cut = emma("outlook", keeps_references=False)
    for number, answer in enumerate(given):
        office.clock.advance(hours=1)
        office.receive(cut.reply(answer, f"Question {number}", to=[SUPPORT], at=office.clock.now))
        office.run_well()

    assert len(office.tickets()) == 1
    assert office.events().count("followed_up") == 2


@pytest.mark.parametrize("client", CLIENTS)
def test_a_customer_s_second_address_threads(office: Office, client: str) -> None:
    """The customer replies from another address of theirs."""
    answer = shared().reply(asked(office), TEXT, at=office.clock.now)
    office.receive(answer, folder="Sent")
    office.run_well()
    office.clock.advance(hours=1)
    at_work = replace(emma(client), email="e.clarke@work.test")
    office.receive(at_work.reply(answer, "It is not here yet.", at=office.clock.now))
    office.run_well()

    assert len(office.tickets()) == 1


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_mail_to_colleagues_is_no_answer(office: Office, client: str, language: str) -> None:
    """A forward to a colleague lies in Sent, or comes in copy, and the customer waits on."""
    question = asked(office)
    office.receive(
        shared(client, language).forward(question, LEAD, "Who knows this?", at=office.clock.now),
        folder="Sent",
    )
    office.receive(
        ana(client, language).reply(
            question, "Who knows this?", to=[LEAD], cc=[SUPPORT], at=office.clock.now
        )
    )
    office.run_well()

    assert office.ticket.waiting_since == MONDAY


def test_an_answer_from_outlook_on_behalf_of_the_mailbox(office: Office) -> None:
    """Exchange writes the mailbox into From and the member of staff into Sender."""
    answer = parsed(shared().reply(asked(office), TEXT, at=office.clock.now))
    answer["Sender"] = "Ana Ruiz <ana@example.com>"
    office.receive(answer.as_bytes(), folder="Sent")
    office.run_well()

    is_answered(office)


@pytest.mark.parametrize("order", [("INBOX", "Sent"), ("Sent", "INBOX")])
def test_one_answer_in_two_places_is_one_answer(office: Office, order: tuple[str, str]) -> None:
    """The copy in Sent and the one that came by Bcc, whichever is read first."""
    answer = replace(shared(), headers=PROOF).reply(asked(office), TEXT, at=office.clock.now)
    for folder in order:
        office.receive(answer, folder=folder)
        office.run_well()

    assert office.events().count("answered") == 1
    is_answered(office)


@pytest.mark.parametrize("client", CLIENTS)
def test_an_answer_from_a_client_that_replies_to_our_acknowledgement(
    office: Office, client: str
) -> None:
    """In the shared mailbox staff may open the copy of our acknowledgement in Sent and answer
    everybody from there."""
    asked(office)
    [acknowledgement] = office.sent_to(EMMA)
    answer = shared(client).reply(acknowledgement, TEXT, to=[EMMA], at=office.clock.now)
    office.receive(answer, folder="Sent")
    office.run_well()

    is_answered(office)


def test_an_answer_is_seen_however_long_before_we_read_it(office: Office) -> None:
    """The mail of the customer and the answer to it are read in one pass, after an outage."""
    question = emma().write(SUPPORT, SUBJECT, "It has not arrived.", at=MONDAY)
    answer = shared().reply(question, TEXT, at=MONDAY + timedelta(hours=1))
    office.receive(question)
    office.clock.advance(hours=1)
    office.receive(answer, folder="Sent")
    office.clock.advance(days=2)
    office.run_well()

    is_answered(office)


def test_an_answer_older_than_what_they_wait_for_changes_nothing(office: Office) -> None:
    """The customer quotes it and writes on; then somebody drags it into Sent: that is one answer,
    and who was told of the new wait is not told anew."""
    question = asked(office)
    unseen = ana().reply(question, TEXT, at=MONDAY + HOUR)
    office.clock.advance(hours=1)
    office.receive(emma().reply(unseen, "But when?", to=[SUPPORT], at=office.clock.now))
    office.run_well()
    office.clock.advance(days=1)
    office.run_well()
    before = office.ticket
    assert before.escalation_level == 1
    office.receive(unseen, folder="Sent", at=MONDAY + HOUR)
    office.run_well()

    assert office.ticket == before
    with office.app.store.read() as conn:
        assert len(answers.of_ticket(conn, before.id)) == 1
