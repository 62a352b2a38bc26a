from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailresponder.mail.message import Address
from mailresponder.policy.facts import Facts, Outcome, Questions, ReportedMail, SentCounts
from mailresponder.policy.ticket import Participant, Role, Ticket, TicketState
from mailresponder.store import messages, outbox, tickets
from mailresponder.store.database import Store
from mailresponder.store.facts import facts
from mailresponder.store.messages import MessageRecord

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANA = Address(email="Ana@Example.com", name="Ana")
BO = Address(email="bo@example.com")
QUESTIONS = Questions(
    dedup_key="new",
    message_ids=(),
    reported_ids=(),
    references=(),
    correspondent=ANA,
    subject_key="kettle",
    mailbox="support",
    now=NOW,
)


def add_ticket(store: Store, reference: str, *, customer: Address = ANA, **fields: Any) -> Ticket:
    given = Ticket(
        reference=reference,
        mailbox="support",
        state=TicketState.OPEN,
        subject="Kettle",
        subject_key="kettle",
        customer=customer,
        participants=frozenset({Participant(address=customer.key, role=Role.CUSTOMER)}),
        language="en",
        anger=0.0,
        angry=False,
        because=(),
        opened_at=NOW,
        waiting_since=NOW,
        due_at=NOW,
    )
    with store.begin() as conn:
        return tickets.add_ticket(conn, replace(given, **fields))


def add_message(
    store: Store, ticket: Ticket | None, message_id: str, outcome: Outcome, key: str | None = None
) -> None:
    record = MessageRecord(
        dedup_key=key or message_id,
        mailbox="support",
        ticket_id=ticket.id if ticket else None,
        direction="in",
        kind="human",
        outcome=outcome,
        message_id=message_id,
        from_="ana@example.com",
        to="",
        subject="",
        new_text="",
        at=NOW,
    )
    with store.begin() as conn:
        messages.record_message(conn, record)


def queue(
    store: Store,
    message_id: str,
    *,
    ticket: Ticket | None = None,
    kind: outbox.Kind = "acknowledgement",
    to: Address = ANA,
    subject_key: str = "",
    sent_at: datetime | None = None,
) -> int:
    draft = outbox.Draft(
        mailbox="support",
        ticket_id=ticket.id if ticket else None,
        kind=kind,
        recipient=to.email,
        message_id=message_id,
        dedup_key=message_id,
        content=b"",
        subject_key=subject_key,
    )
    with store.begin() as conn:
        new = outbox.enqueue(conn, draft, NOW)
        assert new is not None
        if sent_at is not None:
            outbox.sent(conn, new, "me", sent_at)
    return new


def ask(store: Store, **changes: Any) -> Facts:
    with store.read() as conn:
        return facts(conn, replace(QUESTIONS, **changes))


def test_an_empty_store_knows_nothing(store: Store) -> None:
    """Whatever is asked, the answer is the empty one."""
    everything = ask(
        store, message_ids=("<a>",), reported_ids=("<b>",), references=("MR-1",), quoted=("MR-2",)
    )
    assert everything == Facts()
    assert ask(store, correspondent=None) == Facts()


def test_an_earlier_copy_is_seen(store: Store) -> None:
    """What became of it is told, whether it belongs to a ticket or not."""
    add_message(store, None, "<a>", Outcome.RECORDED, key="seen")
    assert ask(store, dedup_key="seen").seen is Outcome.RECORDED


@pytest.mark.parametrize("outcome", [Outcome.OPENED, Outcome.FOLLOWED_UP, Outcome.ANSWERED])
def test_correspondence_threads(store: Store, outcome: Outcome) -> None:
    """A customer's mail and a staff answer make their ticket the thread's."""
    ticket = add_ticket(store, "MR-1", customer=BO)
    add_message(store, ticket, "<a>", outcome)
    found = ask(store, message_ids=("<unknown>", "<a>"))
    assert (found.thread, found.escalated) == (ticket, None)


@pytest.mark.parametrize(
    "outcome", [Outcome.RETURNED, Outcome.RECORDED, Outcome.UNPROVEN, Outcome.RELAYED]
)
def test_what_no_customer_saw_does_not_thread(store: Store, outcome: Outcome) -> None:
    """Machines' mail, unproven mail and staff among themselves lead nobody into a ticket."""
    add_message(store, add_ticket(store, "MR-1", customer=BO), "<a>", outcome)
    found = ask(store, message_ids=("<a>",))
    assert (found.thread, found.escalated) == (None, None)


@pytest.mark.parametrize("kind", ["acknowledgement", "follow_up", "closing_question", "relay"])
def test_our_mail_to_customers_threads(store: Store, kind: outbox.Kind) -> None:
    """An answer to an acknowledgement belongs to its ticket."""
    ticket = add_ticket(store, "MR-1", customer=BO)
    queue(store, "<a>", ticket=ticket, kind=kind, to=BO)
    found = ask(store, message_ids=("<a>",))
    assert (found.thread, found.escalated) == (ticket, None)


@pytest.mark.parametrize("kind", ["escalation", "not_sent", "command_report"])
def test_notices_to_staff_are_kept_apart(store: Store, kind: outbox.Kind) -> None:
    """An answer to an escalation is told as such and never as the customer's thread."""
    ticket = add_ticket(store, "MR-1", customer=BO)
    queue(store, "<a>", ticket=ticket, kind=kind, to=BO)
    found = ask(store, message_ids=("<a>",))
    assert (found.thread, found.escalated) == (None, ticket)
    assert (found.escalated_to, found.escalated_at, found.escalated_by) == (BO.key, NOW, kind)


@pytest.mark.parametrize("kind", ["escalation_list", "digest", "not_sent"])
def test_notices_about_no_one_ticket_are_known_by_their_reader(
    store: Store, kind: outbox.Kind
) -> None:
    """They lead into no ticket, and what admins are sent is none of them."""
    queue(store, "<a>", kind=kind, to=BO)
    queue(store, "<b>", kind="admin", to=ANA)
    found = ask(store, message_ids=("<b>", "<a>"))
    assert (found.thread, found.escalated, found.listed_to) == (None, None, BO.key)
    assert not ask(store, message_ids=("<a>",), now=NOW + timedelta(days=31)).listed_to


def test_the_ticket_of_an_address_is_looked_up(store: Store) -> None:
    """It is no thread: policy asks first whether the address proves anything."""
    ticket = add_ticket(store, "MR-1", customer=BO)
    found = ask(store, addressed=("MR-1",))
    assert (found.addressed, found.thread, found.named) == (ticket, None, ())


def test_an_old_notice_proves_nothing(store: Store) -> None:
    """After a month the Message-ID of an escalation is no proof any more."""
    ticket = add_ticket(store, "MR-1", customer=BO)
    queue(store, "<a>", ticket=ticket, kind="escalation", to=BO)
    found = ask(store, message_ids=("<a>",), now=NOW + timedelta(days=31))
    assert found.escalated is None


def test_the_nearest_message_id_decides(store: Store) -> None:
    """The first of the IDs that is known wins, in the order asked."""
    first, second = add_ticket(store, "MR-1"), add_ticket(store, "MR-2")
    add_message(store, first, "<a>", Outcome.OPENED)
    add_message(store, second, "<b>", Outcome.OPENED)
    assert ask(store, message_ids=("<b>", "<a>")).thread == second
    assert ask(store, message_ids=("<a>", "<b>")).thread == first


def test_a_message_id_used_twice_leads_to_the_sender_s_ticket(store: Store) -> None:
    """Of two tickets with one Message-ID it is the one the sender takes part in, else the newer."""
    own, others = add_ticket(store, "MR-1"), add_ticket(store, "MR-2", customer=BO)
    add_message(store, own, "<a>", Outcome.OPENED, key="1")
    add_message(store, others, "<a>", Outcome.OPENED, key="2")
    assert ask(store, message_ids=("<a>",)).thread == own
    assert ask(store, message_ids=("<a>",), correspondent=None).thread == others


def test_thousands_of_references_are_no_trouble(store: Store) -> None:
    """Only the nearest are looked up."""
    ticket = add_ticket(store, "MR-1")
    add_message(store, ticket, "<99>", Outcome.OPENED)
    add_message(store, ticket, "<100>", Outcome.OPENED)
    ids = tuple(f"<{number}>" for number in range(50_000))
    assert ask(store, message_ids=ids).thread == ticket
    assert ask(store, message_ids=ids[100:] + ids[:100]).thread == ticket
    assert ask(store, message_ids=ids[101:] + ids[:101]).thread is None


def test_a_report_is_about_the_mail_it_names(store: Store) -> None:
    """Any mail of a ticket may bounce: ours to the customer, ours to staff, a staff answer."""
    ticket = add_ticket(store, "MR-1", customer=BO)
    queue(store, "<ours>", ticket=ticket)
    queue(store, "<notice>", ticket=ticket, kind="escalation")
    relay = queue(store, "<relay>", ticket=ticket, kind="relay")
    add_message(store, ticket, "<staff>", Outcome.ANSWERED)
    add_message(store, ticket, "<theirs>", Outcome.RECORDED)
    to = ANA.key
    for ids, expected in (
        (("<ours>",), ReportedMail(ticket=ticket, recipient=to)),
        (("<other>", "<ours>"), ReportedMail(ticket=ticket, recipient=to)),
        (("<notice>",), ReportedMail(ticket=ticket, is_notice=True, recipient=to)),
        (("<relay>",), ReportedMail(ticket=ticket, recipient=to, relay=relay)),
        (("<staff>",), ReportedMail(ticket=ticket)),
        (("<theirs>",), None),
        (("<other>",), None),
    ):
        assert ask(store, reported_ids=ids).reported == expected


@pytest.mark.parametrize("kind", ["escalation_list", "digest"])
def test_a_report_may_be_about_a_notice_of_several_tickets(store: Store, kind: outbox.Kind) -> None:
    """It is no one ticket's, but somebody did not get it; what admins get is not told of again."""
    queue(store, "<list>", kind=kind)
    queue(store, "<admin>", kind="admin")
    with store.begin() as conn:
        outbox.renamed(conn, "<list>", sent_as="<provider-1>")
    expected = ReportedMail(ticket=None, is_notice=True, recipient=ANA.key)
    for named in ("<list>", "<provider-1>"):
        assert ask(store, reported_ids=(named,)).reported == expected
    assert ask(store, reported_ids=("<admin>",)).reported is None


def test_mail_is_known_by_the_name_its_provider_gave_it(store: Store) -> None:
    """Answers and bounces that name the Message-ID a provider put in are ours to understand."""
    ticket = add_ticket(store, "MR-1", customer=BO)
    queue(store, "<ours>", ticket=ticket)
    queue(store, "<notice>", ticket=ticket, kind="escalation")
    with store.begin() as conn:
        outbox.renamed(conn, "<ours>", sent_as="<provider-1>")
        outbox.renamed(conn, "<notice>", sent_as="<provider-2>")
        outbox.renamed(conn, "<ours>", sent_as="<somebody else>")
    assert ask(store, message_ids=("<provider-1>",)).thread == ticket
    assert ask(store, message_ids=("<ours>",)).thread == ticket
    assert ask(store, message_ids=("<somebody else>",)).thread is None
    assert ask(store, reported_ids=("<provider-1>",)).reported is not None
    told = ask(store, message_ids=("<provider-2>",))
    assert (told.thread, told.escalated) == (None, ticket)


def test_quoted_tickets_are_looked_up(store: Store) -> None:
    """References in the text are kept apart from those in the subject."""
    ticket = add_ticket(store, "MR-1", customer=BO)
    found = ask(store, quoted=("MR-9", "MR-1"))
    assert (found.quoted, found.named) == ((ticket,), ())


def test_named_tickets_come_in_the_order_named(store: Store) -> None:
    """References in the subject are looked up; unknown ones are left out."""
    first, second = add_ticket(store, "MR-1", customer=BO), add_ticket(store, "MR-2", customer=BO)
    assert ask(store, references=("MR-2", "MR-9", "MR-1")).named == (second, first)


def test_a_merged_ticket_s_reference_leads_to_the_other(store: Store) -> None:
    """In the subject and in the text, and once where both are named."""
    kept = add_ticket(store, "MR-1")
    add_ticket(store, "MR-2", state=TicketState.CLOSED, merged_into="MR-1")
    found = ask(store, references=("MR-2", "MR-1"), quoted=("MR-2",))
    assert (found.named, found.quoted) == ((kept,), (kept,))


def test_who_was_marked_as_spam_is_known(store: Store) -> None:
    """By the address of the ticket's customer; behind a form's stand all who use it."""
    assert not ask(store).reported_as_spam
    add_ticket(store, "MR-1", customer=BO, spam=True)
    form = Participant(address=ANA.key, role=Role.CUSTOMER)
    theirs = Participant(address=BO.key, role=Role.CUSTOMER)
    people = frozenset({form, theirs})
    add_ticket(store, "MR-2", customer=BO, participants=people, spam=True)
    assert not ask(store).reported_as_spam
    add_ticket(store, "MR-3", spam=True, state=TicketState.CLOSED, mailbox="sales")
    assert ask(store).reported_as_spam


def test_the_same_matter_joins_the_newest_open_ticket(store: Store) -> None:
    """Same correspondent in any spelling, same subject, same mailbox."""
    add_ticket(store, "MR-1")
    newest = add_ticket(store, "MR-2")
    assert ask(store).same_matter == newest
    assert ask(store, correspondent=Address(email="ANA@example.com")).same_matter == newest


@pytest.mark.parametrize(
    "fields",
    [
        {"state": TicketState.ANSWERED},
        {"state": TicketState.CLOSED},
        {"mailbox": "billing"},
        {"subject_key": "toaster"},
        {"customer": BO},
        {"participants": frozenset({Participant(address=ANA.key, role=Role.OTHER)})},
    ],
)
def test_another_matter_does_not_join(store: Store, fields: dict[str, Any]) -> None:
    """An answered ticket, another mailbox, subject or customer, or one only copied in."""
    add_ticket(store, "MR-1", **fields)
    assert ask(store).same_matter is None


def test_mail_to_the_correspondent_is_counted(store: Store) -> None:
    """Within the hour, the day and, for equal subjects, 180 minutes; waiting mail counts."""
    queue(store, "<waiting>", subject_key="kettle")
    queue(store, "<59>", sent_at=NOW - 59 * MINUTE)
    queue(store, "<61>", sent_at=NOW - 61 * MINUTE, kind="escalation")
    queue(store, "<179>", sent_at=NOW - 179 * MINUTE, subject_key="kettle")
    queue(store, "<181>", sent_at=NOW - 181 * MINUTE, subject_key="kettle")
    queue(store, "<23>", sent_at=NOW - timedelta(hours=23, minutes=59))
    queue(store, "<24>", sent_at=NOW - timedelta(hours=24))
    queue(store, "<other>", to=BO)
    queue(store, "<by a person>", kind="relay", subject_key="kettle")
    assert ask(store).sent == SentCounts(last_hour=2, last_day=6, same_subject=2)


def test_mail_that_failed_is_not_counted(store: Store) -> None:
    """What was refused has not reached anybody."""
    new = queue(store, "<a>")
    with store.begin() as conn:
        outbox.claim(conn, "support", owner="me", now=NOW, lease=MINUTE, limit=1)
        outbox.failed(conn, new, "me", "550", NOW)
    assert ask(store).sent == SentCounts()


@pytest.mark.parametrize(
    ("ids", "answers"),
    [
        (("<ask@example.com>", "<answer@example.com>"), True),
        (("<gone@example.com>", "<ask@example.com>"), True),
        (("<answer@example.com>", "<ask@example.com>"), False),
    ],
)
def test_the_nearest_mail_says_whether_our_question_is_answered(
    store: Store, ids: tuple[str, ...], answers: bool
) -> None:
    """A yes to a mail that staff wrote later answers something else."""
    ticket = add_ticket(store, "MR-22222")
    add_message(store, ticket, "<answer@example.com>", Outcome.ANSWERED)
    with store.begin() as conn:
        draft = outbox.Draft(
            mailbox="support",
            ticket_id=ticket.id,
            kind="closing_question",
            recipient=ANA.email,
            message_id="<ask@example.com>",
            dedup_key="ask",
            content=b"",
            subject_key="",
        )
        outbox.enqueue(conn, draft, NOW)
    with store.read() as conn:
        found = facts(
            conn, replace(QUESTIONS, message_ids=ids, reported_ids=("<ask@example.com>",))
        )

    assert found.thread == ticket
    assert found.answers_question is answers
    assert found.reported == ReportedMail(ticket=ticket, recipient="ana@example.com")
