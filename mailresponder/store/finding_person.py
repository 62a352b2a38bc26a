"""Where one person is found in the database: in which tickets and messages, and whose these are.
Changes nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, or_, select

from mailresponder.policy.persons import Person, listed
from mailresponder.store.messages import OF_PEOPLE
from mailresponder.store.schema import messages, participants, tickets
from mailresponder.store.tickets import chunks

_AT_ONCE = 100
"""Message-IDs that one statement looks for: SQLite allows 1,000 conditions in a row."""


def involved_tickets(conn: Connection, person: Person) -> list[int]:
    """The tickets that somebody takes part in, wrote in, or was written to in, by their ids."""
    sender, to = messages.c["from"], messages.c.to
    found: set[int] = set()
    for ticket_id, column, is_theirs in (
        (participants.c.ticket_id, participants.c.address, person.is_at),
        (tickets.c.id, tickets.c.customer_email, person.is_at),
        (messages.c.ticket_id, sender, person.is_at),
        (messages.c.ticket_id, to, person.among),
    ):
        query = select(ticket_id, column).where(ticket_id.is_not(None), holds(column, person))
        found.update(ids_of(conn, query, is_theirs))
    return sorted(found)


def loose_messages(conn: Connection, person: Person) -> list[int]:
    """The messages that belong to no ticket and were somebody's or to them, by their ids."""
    both = messages.c["from"] + "," + messages.c.to
    query = select(messages.c.id, both).where(messages.c.ticket_id.is_(None), holds(both, person))
    return ids_of(conn, query, person.among)


def parted(
    conn: Connection, person: Person, involved: Sequence[int]
) -> tuple[list[int], list[int]]:
    """The tickets that are theirs alone, and those that others own or wrote in."""
    whole: list[int] = []
    shared: list[int] = []
    for some in chunks(involved):
        writers: dict[int, list[str]] = defaultdict(list)
        wrote = select(messages.c.ticket_id, messages.c["from"])
        for ticket_id, writer in conn.execute(
            wrote.where(messages.c.ticket_id.in_(some), *OF_PEOPLE)
        ):
            writers[ticket_id].append(writer)
        its = select(tickets.c.id, tickets.c.customer_email).where(tickets.c.id.in_(some))
        for ticket_id, customer in conn.execute(its):
            wrote_in = writers[ticket_id]
            # Where all words are theirs it is theirs, under whichever address it was opened.
            own = person.is_at(customer) or bool(wrote_in)
            alone = own and all(map(person.is_at, wrote_in))
            (whole if alone else shared).append(ticket_id)
    return whole, shared


def messages_of(conn: Connection, person: Person, shared: Sequence[int]) -> list[int]:
    """Their mails in tickets of others, and what was written to them alone; and those that belong
    to no ticket."""
    found = loose_messages(conn, person)
    of = messages.c
    for some in chunks(shared):
        query = select(of.id, of["from"], of.to, of.direction).where(of.ticket_id.in_(some))
        for row in conn.execute(query):
            to = listed(row.to)
            alone = row.direction != "in" and bool(to) and all(map(person.is_at, to))
            if alone or person.is_at(row[1]):
                found.append(row.id)
    return found


def naming(conn: Connection, message_ids: Sequence[str]) -> tuple[list[int], list[int]]:
    """The messages that name mails by their Message-IDs, as their thread or as themselves: those
    of no ticket, and the others."""
    loose: set[int] = set()
    others: set[int] = set()
    for start in range(0, len(message_ids), _AT_ONCE):
        some = message_ids[start : start + _AT_ONCE]
        named = [
            cast(column, Text).contains(one, autoescape=True)
            for one in some
            for column in (messages.c.in_reply_to, messages.c.references)
        ]
        query = select(messages.c.id, messages.c.ticket_id).where(
            or_(messages.c.message_id.in_(some), *named)
        )
        for row in conn.execute(query):
            (loose if row.ticket_id is None else others).add(row.id)
    return sorted(loose), sorted(others)


def names_of(conn: Connection, person: Person, involved: Sequence[int]) -> list[str]:
    """The display names under which they wrote."""
    names: list[str] = []
    for some in chunks(involved):
        query = select(tickets.c.customer_name, tickets.c.customer_email)
        names += ids_of(conn, query.where(tickets.c.id.in_(some)), person.is_at)
    return names


def ids_of(
    conn: Connection, query: Select[Any, Any], is_theirs: Callable[[str], object]
) -> list[Any]:
    """The first column of those rows whose second is theirs."""
    return [row[0] for row in conn.execute(query) if is_theirs(row[1])]


def holds(column: ColumnElement[str], person: Person) -> ColumnElement[bool]:
    """May an address of theirs stand in a column? `Person` tells whether it does."""
    return or_(*(column.icontains(needle, autoescape=True) for needle in person.needles))
