"""Takes one person out of the database: their tickets and mails, the mails to them, and their name
and address wherever else they stand. What others wrote stays theirs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError

from sqlalchemy import (
    Connection,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from mailresponder.errors import TemporaryFailure
from mailresponder.policy.persons import Person, exactly, listed, named
from mailresponder.policy.ticket import TicketState
from mailresponder.store import erasing, notice_tickets, scrubbing
from mailresponder.store.erasing import Gone, Tombstone
from mailresponder.store.finding_person import (
    holds,
    ids_of,
    involved_tickets,
    messages_of,
    names_of,
    naming,
    parted,
    tickets_quoting,
)
from mailresponder.store.messages import OF_PEOPLE
from mailresponder.store.outgoing import OVERVIEWS, TO_CUSTOMERS
from mailresponder.store.schema import drafts, events, messages, outbox, participants, tickets
from mailresponder.store.schema import notice_tickets as notices
from mailresponder.store.schema_themes import announced
from mailresponder.store.tickets import add_event, chunks

Words = re.Pattern[str]
"""Finds what else names somebody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """What became of somebody's traces."""

    gone: Gone
    kept: tuple[str, ...] = ()
    """References of tickets that others wrote in: these stay, without the person."""
    changed: int = 0
    """Rows of others in which they were named."""
    notices: int = 0
    """Mails to staff about them, emptied or taken back."""
    in_flight: int = 0
    """Mails that name them and are being sent at this moment."""
    corrections: int = 0
    """What was learnt of anger with their mails among the lessons, and is taken out."""

    @property
    def is_nothing(self) -> bool:
        """Was nothing found?"""
        return not (
            self.gone.tickets
            or self.gone.messages
            or self.gone.mails
            or self.kept
            or self.changed
            or self.notices
            or self.in_flight
        )


def erase(conn: Connection, person: Person, *, tombstone: Tombstone, now: datetime) -> Erased:
    """Take somebody out, in one transaction that sees nothing of what is written meanwhile; done
    once more it finds that. Raises TemporaryFailure while a mail of their tickets is being sent."""
    involved = involved_tickets(conn, person)
    # Who is about to write into one of them waits, and finds it gone.
    for some in chunks(involved):
        conn.execute(select(tickets.c.id).where(tickets.c.id.in_(some)).with_for_update())
    if erasing.is_sending(conn, involved, now):
        raise TemporaryFailure(
            "a mail of one of their tickets is being sent at this moment", mend="try it again"
        )
    names = named(names_of(conn, person, involved))
    whole, shared = parted(conn, person, involved)

    # 1. Mails to staff that wait and name their tickets: staff are told of the others in them anew.
    telling = select(notices.c.outbox_id).where(notices.c.ticket_id.in_(whole))
    notice_tickets.take_back(conn, conn.execute(telling).scalars().all())

    # 2. Their tickets; of those that others wrote in, and wherever else, their mails.
    gone = erasing.tickets_whole(conn, whole, tombstone=tombstone, now=now)
    theirs = messages_of(conn, person, shared)
    gone = _both(gone, erasing.messages_whole(conn, theirs, tombstone=tombstone, now=now))
    to_them = select(outbox.c.id, outbox.c.recipient).where(holds(outbox.c.recipient, person))
    mails = ids_of(conn, to_them, person.is_at)
    erasing.mails_whole(conn, mails)
    gone = replace(gone, mails=gone.mails + len(mails))
    # Copies of ours in Sent, and what staff wrote about it among themselves, name the thread.
    loose, in_threads = naming(conn, gone.message_ids)
    gone = _both(gone, erasing.messages_whole(conn, loose, tombstone=tombstone, now=now))

    # 3. Their name, address and references in what others keep.
    references = exactly(gone.references)
    # Bytes are not looked through by a database: what they quote is among the texts, too.
    quoting = sorted(set(tickets_quoting(conn, person)) - set(shared))
    emptied, in_flight = _notices(conn, person, [*names, *references], shared, quoting)
    changed = _drafts(conn, person, quoting)
    changed += _disowned(conn, person, shared, [*names, *references], now)
    threads = exactly(gone.message_ids)
    for some in chunks(in_threads):
        changed += scrubbing.scrub_rows(
            conn, messages, messages.c.id.in_(some), lambda text: person.taken_out(text, threads)
        )
    for column in (participants.c.address, announced.c.customer_key):
        keys = select(column, column).where(holds(column, person)).distinct()
        for some in chunks(ids_of(conn, keys, person.is_at)):
            conn.execute(delete(column.table).where(column.in_(some)))
    changed += scrubbing.scrub(
        conn,
        (*person.needles, *gone.references),
        lambda text: person.taken_out(text, references),
    )

    # 4. What was learnt from them.
    at = gone.learnt_from
    overviews, to_go = _overviews(conn, gone.first_at)
    return Erased(
        gone=gone,
        kept=_references(conn, shared),
        changed=changed,
        notices=emptied + overviews,
        in_flight=in_flight + to_go,
        corrections=0 if at is None else erasing.corrections_since(conn, at),
    )


def _disowned(
    conn: Connection, person: Person, shared: Sequence[int], words: Sequence[Words], now: datetime
) -> int:
    """Take them out of tickets that stay: as customer, as recipient, by name and address. How many
    rows were changed."""
    changed = 0

    def clean(text: str) -> str:
        return person.taken_out(text, words)

    for some in chunks(shared):
        query = select(tickets.c.id, tickets.c.customer_email).where(tickets.c.id.in_(some))
        _without_customer(conn, ids_of(conn, query, person.is_at), now)
        sent = select(messages.c.id, messages.c.to).where(messages.c.ticket_id.in_(some))
        for row in conn.execute(sent.where(holds(messages.c.to, person))).all():
            left = ", ".join(one for one in listed(row.to) if not person.is_at(one))
            conn.execute(update(messages).where(messages.c.id == row.id).values(to=left))
        its = drafts.c.ticket_id.in_(some)
        conn.execute(update(drafts).where(its).values(content=b"", state="gone"))
        changed += scrubbing.scrub_rows(conn, tickets, tickets.c.id.in_(some), clean)
        for table in (messages, events):
            changed += scrubbing.scrub_rows(conn, table, table.c.ticket_id.in_(some), clean)
    return changed


def _without_customer(conn: Connection, lost: Sequence[int], now: datetime) -> None:
    """Of tickets whose customer is erased only those stay open in which somebody else waits."""
    its = tickets.c.id.in_(lost)
    nobody = {"customer_email": "", "customer_name": "", "because": []}
    conn.execute(update(tickets).where(its).values(nobody))
    unanswered = exists().where(
        messages.c.ticket_id == tickets.c.id,
        *OF_PEOPLE,
        or_(tickets.c.answered_at.is_(None), messages.c.at > tickets.c.answered_at),
    )
    over = {
        "state": TicketState.CLOSED,
        **dict.fromkeys(("waiting_since", "due_at", "next_escalation_at", "rests_since")),
    }
    settled = or_(tickets.c.state != TicketState.OPEN, ~unanswered)
    conn.execute(update(tickets).where(its, settled).values(over))
    for ticket_id in lost:
        add_event(conn, ticket_id, at=now, what="erased", why="", by="mailresponder")


def _notices(
    conn: Connection,
    person: Person,
    words: Sequence[Words],
    shared: Sequence[int],
    quoting: Sequence[int],
) -> tuple[int, int]:
    """Empty, or take back, mails of ours to others that name them: about no ticket, about those
    that are `shared`, and about those in which they are quoted. How many, and how many are still to
    be sent."""
    ids: set[int] = set()
    for condition in (
        outbox.c.ticket_id.is_(None),
        *(outbox.c.ticket_id.in_(some) for some in chunks([*shared, *quoting])),
    ):
        held = and_(condition, func.length(outbox.c.content) > 0)
        ids.update(conn.execute(select(outbox.c.id).where(held)).scalars())
    done = left = 0
    for some in chunks(sorted(ids)):
        rows = conn.execute(select(outbox).where(outbox.c.id.in_(some))).all()
        hit = [row for row in rows if _names_them(row.content, person, words)]
        over = [row.id for row in hit if row.state in ("sent", "overtaken")]
        erasing.mails_emptied(conn, over)
        # What customers are to get they get; what staff are to hear they hear in other words.
        to_staff = [row for row in hit if row.kind not in TO_CUSTOMERS]
        waits = [row.id for row in to_staff if row.state == "queued" and not row.maybe_sent]
        notice_tickets.take_back(conn, waits)
        failed = [row.id for row in to_staff if row.state == "failed"]
        erasing.mails_whole(conn, failed)
        gone = len(over) + len(waits) + len(failed)
        done, left = done + gone, left + len(hit) - gone
    return done, left


def _drafts(conn: Connection, person: Person, ticket_ids: Sequence[int]) -> int:
    """Empty the drafts of answers to others that quote them. How many."""
    found: list[int] = []
    for some in chunks(ticket_ids):
        held = select(drafts).where(drafts.c.ticket_id.in_(some), func.length(drafts.c.content) > 0)
        rows = conn.execute(held)
        found += [row.ticket_id for row in rows if _names_them(row.content, person, ())]
    for some in chunks(found):
        its = drafts.c.ticket_id.in_(some)
        conn.execute(update(drafts).where(its).values(content=b"", state="gone"))
    return len(found)


def _overviews(conn: Connection, since: datetime | None) -> tuple[int, int]:
    """Empty the digests and reports that were sent since, and take out those that were not, which
    are made anew where they are due: these quote customers without saying whom. How many, and how
    many are being sent."""
    if since is None:
        return 0, 0
    query = select(outbox.c.id, outbox.c.state, outbox.c.maybe_sent).where(
        outbox.c.kind.in_(OVERVIEWS),
        outbox.c.created_at >= since,
        func.length(outbox.c.content) > 0,
    )
    rows = conn.execute(query).all()
    over = [row.id for row in rows if row.state in ("sent", "overtaken")]
    erasing.mails_emptied(conn, over)
    waits = [row.id for row in rows if row.state == "queued" and not row.maybe_sent]
    failed = [row.id for row in rows if row.state == "failed"]
    erasing.mails_whole(conn, [*waits, *failed])
    gone = len(over) + len(waits) + len(failed)
    return gone, len(rows) - gone


def _names_them(content: bytes, person: Person, words: Sequence[Words]) -> bool:
    text = _read(content)
    return person.is_in(text) or any(pattern.search(text) for pattern in words)


def _read(content: bytes) -> str:
    """The header and the text of a mail of ours, decoded."""
    try:
        mail = message_from_bytes(content, policy=policy.default)
        parts = [str(value) for value in mail.values()]
        parts += [
            part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"
        ]
    except (MessageError, LookupError, ValueError, AttributeError):
        return content.decode("utf-8", errors="replace")
    return "\n".join(parts)


def _references(conn: Connection, ids: Sequence[int]) -> tuple[str, ...]:
    found: list[str] = []
    for some in chunks(ids):
        query = select(tickets.c.reference).where(tickets.c.id.in_(some))
        found += conn.execute(query).scalars()
    return tuple(found)


def _both(one: Gone, other: Gone) -> Gone:
    came = [at for at in (one.first_at, other.first_at) if at is not None]
    labelled = [at for at in (one.learnt_from, other.learnt_from) if at is not None]
    return replace(
        one,
        messages=one.messages + other.messages,
        mails=one.mails + other.mails,
        message_ids=(*one.message_ids, *other.message_ids),
        first_at=min(came, default=None),
        learnt_from=min(labelled, default=None),
    )
