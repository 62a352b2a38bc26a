from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cases
from counting import counted

from mailresponder.mail.message import Address
from mailresponder.policy.facts import Facts, Outcome, Questions
from mailresponder.policy.ticket import Participant, Role
from mailresponder.store import messages, outbox, tickets
from mailresponder.store.database import Store
from mailresponder.store.facts import facts
from mailresponder.store.messages import MessageRecord
from mailresponder.store.past import Past

EMMA = Address(email="emma@customer.test")


def asked(number: int, **given: Any) -> Questions:
    """What somebody's mail asks who never wrote before, but for what is given."""
    plain = Questions(
        dedup_key=f"mail {number}",
        message_ids=(),
        reported_ids=(),
        references=(),
        correspondent=Address(email=f"person{number}@customer.test"),
        subject_key="where is my order?",
        mailbox="support",
        now=cases.NOON,
    )
    return replace(plain, **given)


def sent(store: Store) -> None:
    """A ticket of Emma's, its acknowledgement, and a notice to staff about it."""
    with store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket("MR-22222"), "Hello?")
        kinds: tuple[outbox.Kind, ...] = ("acknowledgement", "escalation")
        for kind, to in zip(kinds, (EMMA.email, "lead@example.com"), strict=True):
            draft = cases.draft(kind, ticket_id=ticket.id, kind=kind, recipient=to)
            outbox.enqueue(conn, replace(draft, message_id=f"<{kind}@example.com>"), cases.NOON)


MANY = tuple(f"<{number}@customer.test>" for number in range(40))
KNOWN: Sequence[dict[str, Any]] = (
    {"dedup_key": "<MR-22222-0@customer.test>"},
    {"message_ids": ("<MR-22222-0@customer.test>",)},
    {"message_ids": ("<unknown@customer.test>", "<acknowledgement@example.com>")},
    {"message_ids": ("<escalation@example.com>",)},
    {"message_ids": (*MANY, "<acknowledgement@example.com>")},
    {"reported_ids": ("<acknowledgement@example.com>",)},
    {"references": ("MR-22222",)},
    {"quoted": ("MR-33333", "MR-22222")},
    {"addressed": ("MR-22222",)},
    {"correspondent": EMMA},
    {"correspondent": Address(email="LEAD@example.com")},
    {"recipients": (EMMA.key,)},
)


def test_each_mail_of_a_batch_is_told_what_it_would_be_told_alone(store: Store) -> None:
    """Whatever it asks by, and wherever it comes among mails of which nothing is known."""
    sent(store)
    batch = [asked(1)]
    for number, given in enumerate(KNOWN):
        batch += [asked(2 * number + 2, **given), asked(2 * number + 3)]
    with store.begin() as conn:
        past = Past(conn, batch)
        told = [past.facts() for _ in batch]
        alone = [facts(conn, one) for one in batch]

    assert told == alone
    assert [one == Facts() for one in told[:-1:2]] == [True] * len(KNOWN)
    assert Facts() not in told[1::2]


def test_mails_of_which_nothing_is_known_cost_one_question(store: Store) -> None:
    """However many they are."""
    batch = [asked(number) for number in range(50)]
    with store.begin() as conn, counted() as said:
        past = Past(conn, batch)
        assert [past.facts() for _ in batch] == [Facts()] * 50
    assert said.statements == 1


def test_a_mail_is_told_what_came_of_those_before_it(store: Store) -> None:
    """Of a ticket that was gathered, of a copy, and of what was written without being gathered."""
    record = MessageRecord(
        dedup_key="mail 2",
        mailbox="support",
        ticket_id=None,
        direction="in",
        kind="human",
        outcome=Outcome.RECORDED,
        message_id=None,
        from_="",
        to="",
        subject="",
        new_text="",
        at=cases.NOON,
    )
    batch = [asked(1), asked(1, correspondent=EMMA), asked(2), asked(3), asked(4)]
    with store.begin() as conn:
        past = Past(conn, batch)
        assert past.facts() == Facts()
        ticket = tickets.add_ticket(conn, cases.open_ticket("MR-22222"))
        assert past.facts().same_matter == ticket
        messages.add_message(conn, record)
        assert past.facts().seen is Outcome.RECORDED
        messages.record_message(conn, replace(record, dedup_key="mail 3"))
        assert past.facts().seen is Outcome.RECORDED
        assert past.facts() == Facts()


def test_a_mail_is_told_who_joined_its_ticket_just_before(store: Store) -> None:
    """Also where it asks by no name of theirs: whether somebody else takes part decides what is
    believed of a quote, and how many more may join."""
    sent(store)
    acknowledgement = ("<acknowledgement@example.com>",)
    boss = Participant(address="boss@else.test", role=Role.OTHER)
    with store.begin() as conn:
        past = Past(conn, [asked(number, message_ids=acknowledgement) for number in (1, 2)])
        ticket = past.facts().thread
        assert ticket is not None
        joined = replace(ticket, participants=ticket.participants | {boss})
        tickets.save_ticket(conn, joined)
        assert past.facts().thread == joined
