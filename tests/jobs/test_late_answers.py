"""Answers that staff gave where we could not see them, quoted by the customer."""

from datetime import timedelta

import pytest
from clients import CLIENTS, Person
from desks import text_of
from letters import SUPPORT
from offices import EMMA, LEAD, MONDAY, OPS, Office

from mailresponder.policy.ticket import TicketState
from mailresponder.store import answers

ANA = Person(name="Ana Ruiz", email="ana@example.com", client="outlook")
ANSWER = "Good news: the parcel lay at the depot.\n\nIt leaves tonight, and you need do nothing."
HOUR = timedelta(hours=1)


def customer(client: str, language: str = "en") -> Person:
    return Person(name="Emma Clarke", email=EMMA, client=client, language=language)


def asked(office: Office, emma: Person) -> bytes:
    """Emma's question, which has been read and acknowledged."""
    question = emma.write(SUPPORT, "Where is my order 20417?", "It has not arrived.", at=MONDAY)
    office.receive(question)
    office.run_well()
    return question


def replied(office: Office, emma: Person, mail: bytes, text: str, *, hours: int) -> None:
    """Emma's reply to a mail, so many hours after her question."""
    office.clock.now = MONDAY + hours * HOUR
    reply = emma.reply(mail, text, to=[SUPPORT], at=office.clock.now)
    office.receive(reply)
    office.run_well()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_quoted_answer_stops_the_clock_at_its_time(
    office: Office, client: str, language: str
) -> None:
    """Whatever the customer writes with: the first wait ended when staff answered, and the
    customer's new mail starts a wait of its own."""
    emma = customer(client, language)
    question = asked(office, emma)
    unseen = ANA.reply(question, ANSWER, at=MONDAY + 2 * HOUR)
    replied(office, emma, unseen, "But will it come by Friday?", hours=5)

    with office.app.store.read() as conn:
        [answer] = answers.between(conn, MONDAY, MONDAY + 9 * HOUR)
    assert (answer.how, answer.answered_at) == ("late_evidence", MONDAY + 2 * HOUR)
    assert office.ticket.state is TicketState.OPEN
    assert office.ticket.waiting_since == MONDAY + 5 * HOUR
    assert "answered" in office.events()


def test_thanks_for_an_unseen_answer_leave_nobody_waiting(office: Office) -> None:
    """The ticket is answered, and nobody is told that it is late."""
    emma = customer("gmail")
    question = asked(office, emma)
    replied(office, emma, ANA.reply(question, ANSWER, at=MONDAY + HOUR), "Thank you!", hours=3)
    office.clock.advance(hours=9)
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert office.sent_to(LEAD) == []


def test_whoever_forges_the_customer_ends_no_wait(office: Office) -> None:
    """Thanks in the customer's name, which our own border refutes, for an answer nobody gave."""
    question = asked(office, customer("gmail"))
    failed = ("Authentication-Results", "mx.example.com; dmarc=fail header.from=customer.test")
    forger = Person(name="Emma Clarke", email=EMMA, headers=(failed,))
    replied(office, forger, ANA.reply(question, ANSWER, at=MONDAY + HOUR), "Thank you!", hours=3)

    assert office.ticket.state is TicketState.OPEN
    assert office.ticket.waiting_since == MONDAY


def test_whoever_answered_unseen_is_told_once(office: Office) -> None:
    """Ana hears how to make her answers visible, once for the desk, with no customer's words."""
    for number, name in enumerate((EMMA, "noah@customer.test")):
        person = Person(name="A Customer", email=name)
        question = person.write(SUPPORT, f"Order {number}", "Where is it?", at=office.clock.now)
        office.receive(question)
        office.run_well()
        office.clock.advance(hours=1)
        unseen = ANA.reply(question, ANSWER, at=office.clock.now)
        office.clock.advance(hours=1)
        office.receive(person.reply(unseen, "But when?", to=[SUPPORT], at=office.clock.now))
        office.run_well()
        office.clock.advance(hours=1)
        office.run_well()

    [notice] = office.sent_to("ana@example.com")
    assert "MessageCopyForSentAsEnabled" in text_of(notice)
    assert "depot" not in text_of(notice)
    assert office.sent_to(OPS) == []


@pytest.mark.parametrize("late", [0, 10], ids=["in the same pass", "ten minutes later"])
@pytest.mark.parametrize("name", ["ana@example.com", SUPPORT])
def test_an_answer_that_is_seen_after_its_quote_is_no_unseen_one(
    office: Office, name: str, late: int
) -> None:
    """INBOX is read first, and a client may file its copy later: it is one answer, and nobody is
    told that it cannot be seen."""
    emma = customer("gmail")
    question = asked(office, emma)
    answer = Person(name="Ana Ruiz", email=name).reply(question, ANSWER, at=MONDAY + HOUR)
    if not late:
        office.receive(answer, folder="Sent", at=MONDAY + HOUR)
    replied(office, emma, answer, "But will it come by Friday?", hours=2)
    office.clock.advance(minutes=late)
    if late:
        office.receive(answer, folder="Sent", at=MONDAY + HOUR)
    office.run_well()
    office.clock.advance(hours=2)
    office.run_well()

    assert office.sent_to(name) == office.sent_to(OPS) == []
    assert office.ticket.waiting_since == MONDAY + 2 * HOUR
    assert [m.new_text for m in office.messages() if m.direction == "staff"] == [ANSWER]
    with office.app.store.read() as conn:
        [given] = answers.of_ticket(conn, office.ticket.id)
    assert given.answered_at == MONDAY + HOUR


def test_admins_are_told_where_the_desk_itself_answered(office: Office) -> None:
    """Nobody knows who wrote as the support address: the admins hear of it, once."""
    emma = customer("gmail")
    question = asked(office, emma)
    shared = Person(name="Acme Support", email=SUPPORT, client="outlook")
    replied(office, emma, shared.reply(question, ANSWER, at=MONDAY + HOUR), "But when?", hours=2)
    office.clock.advance(hours=1)
    office.run_well()

    [notice] = office.sent_to(OPS)
    assert "-MessageCopyForSendOnBehalfEnabled" in text_of(notice)


def test_a_second_reply_to_the_same_answer_proves_nothing_more(office: Office) -> None:
    """Two mails to one unseen answer: the wait since the first of them goes on."""
    emma = customer("gmail")
    question = asked(office, emma)
    unseen = ANA.reply(question, ANSWER, at=MONDAY + HOUR)
    replied(office, emma, unseen, "But when?", hours=2)
    replied(office, emma, unseen, "And by which carrier?", hours=4)

    assert office.ticket.waiting_since == MONDAY + 2 * HOUR
    assert office.events().count("answered") == 1


@pytest.mark.parametrize("client", CLIENTS)
def test_a_reply_to_our_acknowledgement_proves_nothing(office: Office, client: str) -> None:
    """The customer quotes what we wrote by ourselves: they wait since their first mail."""
    emma = customer(client)
    asked(office, emma)
    [acknowledgement] = office.sent_to(EMMA)
    replied(office, emma, bytes(acknowledgement), "One more thing: it is urgent.", hours=2)

    assert office.ticket.waiting_since == MONDAY
    assert "answered" not in office.events()


@pytest.mark.parametrize("client", CLIENTS)
def test_a_reply_to_their_own_mail_proves_nothing(office: Office, client: str) -> None:
    """The customer writes again below their own words."""
    emma = customer(client)
    question = asked(office, emma)
    replied(office, emma, question, "I am still waiting for word.", hours=2)

    assert office.ticket.waiting_since == MONDAY


def test_a_renamed_acknowledgement_proves_nothing(office: Office) -> None:
    """A provider gave our notice another Message-ID: its words are known all the same."""
    emma = customer("outlook")
    asked(office, emma)
    [acknowledgement] = office.sent_to(EMMA)
    acknowledgement.replace_header("Message-ID", "<renamed@provider.test>")
    replied(office, emma, bytes(acknowledgement), "One more thing: it is urgent.", hours=2)

    assert office.ticket.waiting_since == MONDAY


def test_a_forwarded_escalation_proves_nothing(office: Office) -> None:
    """Staff passed our escalation on to the customer, who answers below it."""
    emma = customer("gmail")
    asked(office, emma)
    office.clock.advance(hours=9)
    office.run_well()
    [escalation] = office.sent_to(LEAD)
    replied(office, emma, bytes(escalation), "What is this? Where is my order?", hours=10)

    assert "answered" not in office.events()
    assert office.ticket.waiting_since == MONDAY


@pytest.mark.parametrize("client", CLIENTS)
def test_a_colleague_of_the_customer_answers_nothing(office: Office, client: str) -> None:
    """The customer passed their mail on to a colleague and writes to us below what that one said:
    they wait since their first mail."""
    emma = customer(client)
    bob = Person(name="Bob Smith", email="bob@elsewhere.test", client=client)
    question = asked(office, emma)
    advice = bob.reply(emma.forward(question, bob.email), "They are slow. Ask the bank, too.")
    replied(office, emma, advice, "Will you ever answer me?", hours=3)

    assert office.ticket.waiting_since == MONDAY
    assert "answered" not in office.events()


def test_whoever_else_replies_to_the_unseen_answer_finds_the_ticket(office: Office) -> None:
    """Its Message-ID is known from then on: a reply with nothing but that threads."""
    emma = customer("gmail")
    question = asked(office, emma)
    unseen = ANA.reply(question, ANSWER, at=MONDAY + HOUR)
    replied(office, emma, unseen, "But when?", hours=2)
    friend = Person(name="Rita", email="rita@elsewhere.test", keeps_references=False)
    office.receive(friend.reply(unseen, "I am her neighbour.", to=[SUPPORT]))
    office.run_well()

    assert len(office.tickets()) == 1


def test_forged_addresses_of_staff_write_to_nobody_without_end(office: Office) -> None:
    """Of many staff whom quotes name, five a day are written to, then the admins, once."""
    emma = customer("gmail")
    for number in range(8):
        ghost = Person(name="Ghost", email=f"ghost{number}@example.com")
        mail = emma.write(SUPPORT, f"Matter {number}", "Where is it?", at=office.clock.now)
        office.receive(mail)
        office.run_well()
        office.clock.advance(minutes=20)
        unseen = ghost.reply(mail, f"{ANSWER} {number}", at=office.clock.now)
        office.clock.advance(minutes=20)
        office.receive(emma.reply(unseen, "But when?", to=[SUPPORT], at=office.clock.now))
        office.run_well()
    office.clock.advance(hours=1)
    office.run_well()

    told = [len(office.sent_to(f"ghost{number}@example.com")) for number in range(8)]
    assert told == [1, 1, 1, 1, 1, 0, 0, 0]
    assert len(office.sent_to(OPS)) == 1
