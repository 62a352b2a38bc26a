"""All that the database holds of one person, gathered for them to read. Changes nothing.

What others wrote is left out, unless it was written to the person, and so are the names of staff.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mailresponder.policy.persons import Person, listed
from mailresponder.store.finding_person import (
    authors,
    holds,
    involved_tickets,
    loose_messages,
)
from mailresponder.store.schema import (
    answers,
    audit,
    events,
    labels,
    messages,
    outbox,
    tickets,
)
from mailresponder.store.schema_themes import (
    announced,
    defect_tickets,
    defects,
    message_themes,
    themed,
)
from mailresponder.store.tickets import chunks

_OF_TICKET = (
    *("reference", "mailbox", "state", "subject", "language", "opened_at", "waiting_since"),
    *("due_at", "answered_at", "acknowledged_at", "unreachable_at", "angry", "anger", "because"),
    *("suppressed_by", "escalation_level", "solved", "spam", "anger_rising", "language_from"),
    *("linked_to", "merged_into"),
)
_OF_MESSAGE = (
    "at",
    "direction",
    "kind",
    "outcome",
    "message_id",
    "subject",
    "new_text",
    "language",
)
_HEARD = ("anger", "angry", "because", "reasons", "in_reply_to", "references")
"""What was heard in a mail of theirs, why it was sorted so, and what it names."""

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What is held of somebody, as plain values; times are aware."""

    tickets: Sequence[Values]
    """Those that are theirs, whole, and of others their own part; each with `messages` and
    `events`."""
    loose: Sequence[Values]
    """Mails that belong to no ticket: who, when, how they were sorted. Their text is not kept."""
    mails: Sequence[Values]
    """Mails of ours to them: what, when, and what became of it."""
    announced: Sequence[Values]
    """Of which mended defects they were told."""
    audit: int
    """In how many lines of the audit they or their tickets are named."""
    language: str | None
    """What they spoke last; None: nothing is known."""


def held(conn: Connection, person: Person, *, notes: frozenset[str]) -> Held:
    """Gather it. `notes`: names of events in which staff wrote to one another, of which no word is
    given away, only that there was one."""
    ids = involved_tickets(conn, person)
    found = [
        _ticket(conn, row, person, notes)
        for some in chunks(ids)
        for row in conn.execute(
            select(tickets).where(tickets.c.id.in_(some)).order_by(tickets.c.opened_at)
        ).all()
    ]
    to_them = select(outbox).where(holds(outbox.c.recipient, person)).order_by(outbox.c.created_at)
    told = (
        select(announced, defects.c.name)
        .join(defects, defects.c.id == announced.c.defect_id)
        .where(holds(announced.c.customer_key, person))
    )
    own = [one for one in found if one["is_customer"]]
    return Held(
        tickets=found,
        loose=_loose(conn, person),
        mails=[
            {
                "kind": row.kind,
                "state": row.state,
                "to": row.recipient,
                "written_at": row.created_at,
                "settled_at": row.settled_at,
                "bytes_kept": len(row.content),
                "last_error": row.last_error,
            }
            for row in conn.execute(to_them)
            if person.is_at(row.recipient)
        ],
        announced=[
            {"defect": row.name, "at": row.at}
            for row in conn.execute(told)
            if person.is_at(row.customer_key)
        ],
        audit=_audited(conn, person, [str(one["reference"]) for one in own]),
        language=own[-1]["language"] if own else None,
    )


def _ticket(conn: Connection, row: Any, person: Person, notes: frozenset[str]) -> Values:
    is_customer = person.is_at(row.customer_email)
    who = authors(conn, person, [row.id])[row.id]
    its = select(messages.c.id, messages.c["from"], messages.c.to, messages.c.direction)
    theirs = [
        one.id
        for one in conn.execute(its.where(messages.c.ticket_id == row.id))
        if (who.is_theirs(one[1]) if one.direction == "in" else person.among(one.to))
    ]
    if not is_customer:
        # Of somebody else's matter they are told no more than what they took part in.
        return {
            "reference": row.reference,
            "mailbox": row.mailbox,
            "is_customer": False,
            "messages": _messages(conn, theirs, person),
            "events": [],
        }
    told = select(events).where(events.c.ticket_id == row.id).order_by(events.c.id)
    named = (
        select(defects.c.name)
        .join(defect_tickets, defect_tickets.c.defect_id == defects.c.id)
        .where(defect_tickets.c.ticket_id == row.id, defect_tickets.c.state == "linked")
    )
    given = select(answers).where(answers.c.ticket_id == row.id).order_by(answers.c.answered_at)
    return {
        **{name: getattr(row, name) for name in _OF_TICKET},
        "is_customer": True,
        "customer": {"address": row.customer_email, "name": row.customer_name},
        "defects": list(conn.execute(named).scalars()),
        "answers": [
            {"waited_since": one.waiting_since, "answered_at": one.answered_at, "how": one.how}
            for one in conn.execute(given)
        ],
        "messages": _messages(conn, theirs, person),
        "events": [
            {"at": one.at, "what": one.what, "by_staff": "@" in one.by, "note": one.what in notes}
            for one in conn.execute(told)
        ],
    }


def _loose(conn: Connection, person: Person) -> list[Values]:
    """Of mail that came by no ticket, a copy of ours in Sent is none of theirs."""
    found = _messages(conn, loose_messages(conn, person), person)
    return [{**one, "from_them": person.is_at(one["from"] or "")} for one in found]


def _messages(conn: Connection, ids: Sequence[int], person: Person) -> list[Values]:
    found: list[Values] = []
    for some in chunks(ids):
        themes: dict[int, list[str]] = {}
        about = select(message_themes).where(message_themes.c.message_row.in_(some))
        for row in conn.execute(about):
            themes.setdefault(row.message_row, []).append(row.theme)
        query = (
            select(messages, labels.c.angry.label("judged"), themed.c.praise)
            .outerjoin(labels, labels.c.message_row == messages.c.id)
            .outerjoin(themed, themed.c.message_row == messages.c.id)
            .where(messages.c.id.in_(some))
        )
        for row in conn.execute(query):
            sender = row._mapping[messages.c["from"]]
            own = row.direction == "in"
            heard = {name: getattr(row, name) for name in _HEARD} if own else {}
            found.append(
                {
                    **{name: getattr(row, name) for name in _OF_MESSAGE},
                    "from_them": own,
                    "from": sender if own or row.direction == "out" else None,
                    # Who else got it is theirs to know who wrote it.
                    "to": listed(row.to) if own else person.among(row.to),
                    **heard,
                    **({"judged_by_staff": row.judged} if row.judged is not None else {}),
                    **({"praise": row.praise} if row.praise is not None else {}),
                    **({"themes": themes[row.id]} if row.id in themes else {}),
                }
            )
    return sorted(found, key=_when)


def _when(message: Values) -> datetime:
    at: datetime = message["at"]
    return at


def _audited(conn: Connection, person: Person, references: Sequence[str]) -> int:
    found = conn.execute(select(audit.c.about)).scalars()
    return sum(about in references or person.is_in(about) for about in found)
