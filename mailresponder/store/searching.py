"""Tickets looked for: by where they stand, by whose they are, and by words anywhere in them.

Words are found without regard to case and accents, in a ticket's reference, customer and subject
and in what people wrote about it. Every statement is bounded: a page of tickets, one row of
counts, and at most `MOST_FOUND` tickets that hold the words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from unicodedata import normalize

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)

from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store.column_types import SafeText
from mailresponder.store.overview import NOBODY_LEFT_OUT, nobody_told
from mailresponder.store.schema import messages, tickets
from mailresponder.store.searching_about import ANYTHING, About, conditions
from mailresponder.store.tickets import TicketRow, with_messages

PAGE = 50
"""Tickets on one page."""
MOST_FOUND = 1_000
"""How many tickets that hold the words are looked at: the newest."""
NOBODY = "-"
"""As `Wanted.whose`: tickets that nobody has taken."""

_MAX_WORDS = 6
_MAX_LETTERS = 60
_MARKS = "[\u0300-\u036f]*"
"""Accents that stand behind their letter (NFD), as in what is copied from a PDF or on a Mac."""
_AROUND = "[](){}<>«»“”\"',;:#"


class Show(StrEnum):
    """Where a ticket stands: each is in one of the first four."""

    WAITING = "waiting"
    """Open, and nobody has put it off."""
    SNOOZED = "snoozed"
    """Open, and put off until later."""
    ANSWERED = "answered"
    CLOSED = "closed"
    ALL = "all"


class Mark(StrEnum):
    """What sets a ticket apart."""

    ANGRY = "angry"
    OVERDUE = "overdue"
    """Its deadline has passed."""
    UNACKNOWLEDGED = "unacknowledged"
    """A person wrote, and was sent no acknowledgement."""
    UNREACHABLE = "unreachable"
    """Mail to its customer came back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which tickets are looked for; an empty text means any."""

    show: Show = Show.WAITING
    marks: frozenset[Mark] = frozenset()
    """All of these must hold."""
    mailbox: str = ""
    language: str = ""
    whose: str = ""
    """An address, casefolded, or `NOBODY`."""
    words: str = ""
    """All must be somewhere in the ticket, as they stand or within a longer word."""
    about: About = ANYTHING
    """What its customer wrote about, and when."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One page of what was looked for."""

    rows: list[TicketRow]
    number: int
    """How many there are on all pages."""
    by_show: Mapping[Show, int]
    """How many there would be with another `show`."""
    by_mark: Mapping[Mark, int] = field(default_factory=dict)
    """How many there would be with that mark, the others being what they are."""
    cut: bool = False
    """More tickets hold the words than are looked at."""
    offset: int = 0
    """How many come before the first of `rows`."""


def find(conn: Connection, wanted: Wanted, *, now: datetime, offset: int = 0) -> Found:
    """The tickets looked for, at most `PAGE` from an offset: who waits first, the angry before the
    others, the most overdue on top; then the answered and the closed, the newest first. Beyond
    them all it is their last page: there may have been more a moment ago."""
    base, cut = _base(conn, wanted, now)
    shows, marks = _shows(now), _marks(now)
    chosen = and_(true(), *(marks[mark] for mark in wanted.marks))
    by_show = {show: and_(condition, chosen) for show, condition in shows.items()}
    by_mark = {
        mark: and_(shows[wanted.show], chosen, condition) for mark, condition in marks.items()
    }
    counted = [
        func.count().filter(condition) for condition in (*by_show.values(), *by_mark.values())
    ]
    numbers = list(conn.execute(select(*counted).where(base)).one())
    numbers_by_show = dict(zip(by_show, numbers, strict=False))
    number = numbers_by_show[wanted.show]
    offset = min(offset, max(0, number - 1) // PAGE * PAGE)
    # Their ids first: what is sorted is then not whole tickets, of which there may be thousands.
    order = _order(now)
    page = select(tickets.c.id).where(base, by_show[wanted.show])
    page = page.order_by(*order, tickets.c.id).limit(PAGE).offset(offset)
    ids = list(conn.execute(page).scalars())
    rows = with_messages(conn, tickets.c.id.in_(ids), order=order)
    return Found(
        rows=rows,
        number=number,
        by_show=numbers_by_show,
        by_mark=dict(zip(by_mark, numbers[len(by_show) :], strict=True)),
        cut=cut,
        offset=offset,
    )


def assignees(conn: Connection) -> list[str]:
    """The addresses that have a ticket which is not closed, in their order."""
    query = (
        select(tickets.c.assigned_to)
        .where(
            tickets.c.state.in_([TicketState.OPEN, TicketState.ANSWERED]),
            tickets.c.assigned_to.is_not(None),
        )
        .distinct()
        .order_by(tickets.c.assigned_to)
    )
    return list(conn.execute(query).scalars())


def is_untold(ticket: Ticket) -> bool:
    """Is it one of `Mark.UNACKNOWLEDGED`?"""
    reasons = set(ticket.suppressed_by)
    return bool(reasons) and not reasons & set(NOBODY_LEFT_OUT)


def _base(conn: Connection, wanted: Wanted, now: datetime) -> tuple[ColumnElement[bool], bool]:
    """What must hold whatever is shown, and whether there is more than is looked at."""
    held: list[ColumnElement[bool]] = [true(), *conditions(wanted.about, now=now)]
    if wanted.mailbox:
        held.append(tickets.c.mailbox == wanted.mailbox)
    if wanted.language:
        held.append(tickets.c.language == wanted.language)
    if wanted.whose:
        nobodys = wanted.whose == NOBODY
        mine = tickets.c.assigned_to
        held.append(mine.is_(None) if nobodys else mine == wanted.whose.casefold())
    if not (words := _split(wanted.words)):
        return and_(*held), False
    query = (
        select(tickets.c.id)
        .where(*held, *(_has(conn.dialect.name, word) for word in words))
        .order_by(tickets.c.id.desc())
        .limit(MOST_FOUND + 1)
    )
    ids = list(conn.execute(query).scalars())
    return tickets.c.id.in_(ids[:MOST_FOUND]), len(ids) > MOST_FOUND


def _shows(now: datetime) -> dict[Show, ColumnElement[bool]]:
    is_open = tickets.c.state == TicketState.OPEN
    until = tickets.c.snoozed_until
    return {
        Show.WAITING: and_(is_open, or_(until.is_(None), until <= now)),
        Show.SNOOZED: and_(is_open, until > now),
        Show.ANSWERED: tickets.c.state == TicketState.ANSWERED,
        Show.CLOSED: tickets.c.state == TicketState.CLOSED,
        Show.ALL: true(),
    }


def _marks(now: datetime) -> dict[Mark, ColumnElement[bool]]:
    return {
        Mark.ANGRY: tickets.c.angry.is_(True),
        Mark.OVERDUE: and_(tickets.c.state == TicketState.OPEN, tickets.c.due_at <= now),
        Mark.UNACKNOWLEDGED: nobody_told(),
        Mark.UNREACHABLE: tickets.c.unreachable_at.is_not(None),
    }


def _order(now: datetime) -> tuple[ColumnElement[int] | ColumnElement[datetime], ...]:
    is_open = tickets.c.state == TicketState.OPEN
    places = [(condition, place) for place, condition in enumerate(_shows(now).values())]
    return (
        case(*places),
        # What is settled is no longer angry at anybody.
        case((and_(is_open, tickets.c.angry.is_(True)), 0), else_=1),
        case((tickets.c.due_at.is_(None), 1), else_=0),
        tickets.c.due_at.asc(),
        tickets.c.opened_at.desc(),
    )


def _split(words: str) -> list[str]:
    """The words as they are looked for, the longest first: it is in the fewest tickets."""
    plain = [word.strip(_AROUND)[:_MAX_LETTERS] for word in words[:500].replace("\0", "").split()]
    return sorted(filter(None, dict.fromkeys(plain)), key=len, reverse=True)[:_MAX_WORDS]


def _has(dialect: str, word: str) -> ColumnElement[bool]:
    of = tickets.c
    # Line ends between them, so that no word is found across two.
    who = of.reference + "\n" + of.customer_email + "\n" + of.customer_name
    about = who + "\n" + of.subject
    written = exists().where(
        messages.c.ticket_id == tickets.c.id,
        # Of ours, people's words are there in the mail that they wrote.
        messages.c.direction != "out",
        or_(_holds(dialect, messages.c.new_text, word), _holds(dialect, messages.c["from"], word)),
    )
    return or_(_holds(dialect, about, word), written)


def _holds(dialect: str, text: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Does a text hold a word, in either case, with or without accents?

    Not by `lower`: what is a capital letter is a matter of the server's locale, and on SQLite of
    ASCII alone.
    """
    plain = _plain(word)
    exact = text.regexp_match(_as_text("".join(_in_regex(letter) for letter in plain)))
    if dialect == "postgresql":
        return exact
    # LIKE, told only what is sure, throws most texts out first.
    sure = "".join(c if c.isascii() and c.isalnum() and c not in _ACCENTED else "%" for c in plain)
    return and_(text.like(_as_text(f"%{sure}%")), exact)


def _as_text(pattern: str) -> ColumnElement[str]:
    # Left to itself it is bound as the column is, and a `Key` is cut where it is long.
    return literal(pattern, SafeText)


def _plain(word: str) -> str:
    """The word in lower case, without the accents of `_ACCENTED`."""
    return "".join(_BASE.get(letter, letter) for letter in normalize("NFC", word).lower())


def _spellings(letter: str) -> str:
    accented = _ACCENTED.get(letter, "")
    each = {one for c in letter + accented for one in (c, c.lower(), c.upper()) if len(one) == 1}
    return "".join(sorted(each))


def _in_regex(letter: str) -> str:
    if letter.isalpha():
        return f"[{_spellings(letter)}]" + (_MARKS if letter in _ACCENTED else "")
    # An escaped letter or digit has a meaning of its own (PostgreSQL, 9.7.3.3).
    return f"\\{letter}" if letter.isascii() and not letter.isalnum() else letter


def _bases() -> dict[str, str]:
    latin = map(chr, range(0xE0, 0x100))
    bases = {letter: normalize("NFD", letter)[0] for letter in latin}
    return {letter: base for letter, base in bases.items() if base.isascii()}


_BASE = _bases()
"""The accented letters of Latin-1, each with the letter below its accent."""
_ACCENTED = {
    base: "".join(letter for letter, under in _BASE.items() if under == base)
    for base in _BASE.values()
}
