"""Where one person is found in the database: in which tickets and messages, and whose these are.
Changes nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, or_, select

from mailresponder.policy.persons import Person, listed
from mailresponder.policy.ticket import Role
from mailresponder.store.alike import holds_text
from mailresponder.store.messages import OF_PEOPLE
from mailresponder.store.schema import events, messages, participants, tickets
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


def speaks_for(conn: Connection, person: Person) -> set[str]:
    """Whose tickets somebody's mails have opened beside their own: a form's address has many."""
    of = participants.c
    query = select(of.ticket_id, of.address).where(
        of.role == Role.CUSTOMER, holds(of.address, person)
    )
    found: set[str] = set()
    for some in chunks(ids_of(conn, query, person.is_at)):
        customers = select(tickets.c.customer_email).where(tickets.c.id.in_(some))
        found.update(
            customer.casefold()
            for customer in conn.execute(customers).scalars()
            if customer and not person.is_at(customer)
        )
    return found


def parted(
    conn: Connection, person: Person, involved: Sequence[int]
) -> tuple[list[int], list[int]]:
    """The tickets that are theirs alone, and those that others own or wrote in."""
    whole: list[int] = []
    shared: list[int] = []
    for some in chunks(involved):
        for ticket_id, who in authors(conn, person, some).items():
            (whole if who.alone else shared).append(ticket_id)
    return whole, shared


@dataclass(frozen=True, kw_only=True, slots=True)
class Authors:
    """Who wrote in a ticket, as seen by one person."""

    person: Person
    customer: str
    own: frozenset[str]
    """The addresses that count as the customer's, casefolded: beside theirs that of the form or
    the assistant through which they wrote."""
    wrote: tuple[str, ...]
    """The addresses that people's mails came from."""

    def is_theirs(self, writer: str) -> bool:
        """Are the words of a mail from this address the person's? Where more people count as the
        customer than wrote, as after two tickets of one form were merged, nobody can tell."""
        if self.person.is_at(writer):
            return True
        senders = {one.casefold() for one in self.wrote}
        clear = all(self.person.is_at(one) or one in senders for one in self.own)
        return clear and self.person.is_at(self.customer) and writer.casefold() in self.own

    @property
    def alone(self) -> bool:
        """Is the ticket theirs, and are all words in it?"""
        own = self.person.is_at(self.customer) or bool(self.wrote)
        return own and all(map(self.is_theirs, self.wrote))


def authors(conn: Connection, person: Person, ids: Sequence[int]) -> dict[int, Authors]:
    """Who wrote in some tickets, 500 at most, by their ids."""
    wrote: dict[int, list[str]] = defaultdict(list)
    sent = select(messages.c.ticket_id, messages.c["from"])
    for ticket_id, writer in conn.execute(sent.where(messages.c.ticket_id.in_(ids), *OF_PEOPLE)):
        wrote[ticket_id].append(writer)
    own: dict[int, set[str]] = defaultdict(set)
    people = select(participants).where(
        participants.c.ticket_id.in_(ids), participants.c.role == Role.CUSTOMER
    )
    for row in conn.execute(people):
        own[row.ticket_id].add(row.address)
    its = select(tickets.c.id, tickets.c.customer_email).where(tickets.c.id.in_(ids))
    return {
        ticket_id: Authors(
            person=person,
            customer=customer,
            own=frozenset(own[ticket_id]),
            wrote=tuple(wrote[ticket_id]),
        )
        for ticket_id, customer in conn.execute(its.order_by(tickets.c.id))
    }


def messages_of(conn: Connection, person: Person, shared: Sequence[int]) -> list[int]:
    """Their mails in tickets of others, and what was written to them alone; and those that belong
    to no ticket."""
    found = loose_messages(conn, person)
    of = messages.c
    for some in chunks(shared):
        who = authors(conn, person, some)
        query = select(of.id, of.ticket_id, of["from"].label("writer"), of.to, of.direction)
        for row in conn.execute(query.where(of.ticket_id.in_(some))):
            if row.direction == "in":
                theirs = who[row.ticket_id].is_theirs(row.writer)
            else:
                theirs = bool(to := listed(row.to)) and all(map(person.is_at, to))
            if theirs:
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


def tickets_quoting(conn: Connection, person: Person) -> list[int]:
    """The tickets in whose mails or events an address of theirs stands, by their ids."""
    found: set[int] = set()
    for ticket_id, text in (
        *((messages.c.ticket_id, messages.c[name]) for name in ("subject", "new_text")),
        (events.c.ticket_id, events.c.why),
    ):
        query = select(ticket_id, text).where(ticket_id.is_not(None), holds(text, person))
        found.update(ids_of(conn, query, person.is_in))
    return sorted(found)


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
    return or_(*(holds_text(column, needle) for needle in person.needles))
