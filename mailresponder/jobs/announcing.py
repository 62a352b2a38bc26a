"""Tells everyone who complained of a defect that it is mended: one mail a person, in the thread and
the language of their newest ticket.

Somebody orders it, and the passes carry it out, each mailbox its own tickets, in working time and
no more in an hour than `[defects] announce_per_hour`. That a person is told is written down in the
transaction that queues their mail, so a crash leaves nobody told twice and nobody forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailresponder.config import Config
from mailresponder.errors import MailresponderError, PermanentFailure
from mailresponder.jobs import audit, sparing
from mailresponder.jobs.acts import Hand
from mailresponder.jobs.audit import Deed
from mailresponder.jobs.story import original_of
from mailresponder.jobs.work import Work, log, post, within_caps
from mailresponder.mail.message import OutboundMessage
from mailresponder.policy import announcing, notices
from mailresponder.policy.announcing import Audience, Said
from mailresponder.policy.defects import Defect, DefectState
from mailresponder.policy.ticket import Ticket
from mailresponder.store import announcing as rows
from mailresponder.store import defects, tickets
from mailresponder.store.announcing import Announcement
from mailresponder.templating import EachLanguage, TemplateError

BATCH = 20
"""People told in one transaction."""
_AN_HOUR = timedelta(hours=1)
_ANNOUNCED = "announced"
"""The event of a ticket whose customer is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What an announcement would come to."""

    audience: Audience
    """Who would be told is cut to as many as are to be."""
    samples: tuple[OutboundMessage, ...]
    """The mail that the first of each language would get."""
    silent: tuple[str, ...]
    """Languages in which somebody would be told and for which there are no sentences."""


def plan(
    conn: Connection,
    defect: Defect,
    said: Said,
    *,
    config: Config,
    work_of: Callable[[str], Work],
    most: int | None = None,
) -> Plan:
    """Who would be told, and what they would read. Nothing is stored or sent. Raises TemplateError
    where a template fails."""
    found = _audience(conn, defect, config)
    some = found.to_tell[:most]
    first: dict[str, Ticket] = {}
    for ticket in some:
        first.setdefault(ticket.language, ticket)
    return Plan(
        audience=Audience(to_tell=some, left_out=found.left_out),
        samples=tuple(_mail(conn, work_of(one.mailbox), one, said) for one in first.values()),
        silent=tuple(language for language in first if not said.words.get(language)),
    )


def order(hand: Hand, defect: Defect, said: Said, *, most: int | None = None) -> Announcement:
    """Have everyone told, or `most` of them, by the passes to come. Raises MailresponderError for a
    defect that is not mended, and for one that is being announced."""
    if defect.state is DefectState.OPEN:
        raise MailresponderError(
            f"“{defect.name}” is open: nobody is told that it is mended",
            mend=f"once it is: `mailresponder defect fixed {defect.id}`",
        )
    try:
        said = announcing.checked(said)
    except ValueError as error:
        raise MailresponderError(str(error)) from None
    if rows.unfinished(hand.conn, defect.id):
        raise MailresponderError(
            f"“{defect.name}” is being announced already",
            mend=f"wait for its end, or end it: `mailresponder announce {defect.id} --stop`",
        )
    audit.note(hand.conn, by=hand.by, what=Deed.DEFECT_ANNOUNCED, about=defect.name, now=hand.now)
    return rows.order(hand.conn, defect.id, said, most=most, by=hand.by, at=hand.now)


def run(work: Work) -> int:
    """Tell some of those who wait for it in this mailbox. Returns how many."""
    with work.store.read() as conn:
        if not rows.unfinished(conn):
            return 0
    if not work.desk.deadlines.hours.is_open(work.clock()):
        return 0
    told = 0
    while some := _batch(work):
        told += some
    return told


def _batch(work: Work) -> int:
    """One transaction's share."""
    now, told = work.clock(), 0
    with work.store.begin() as conn:
        for one in rows.unfinished(conn):
            told += _tell_some(conn, work, one, now, limit=BATCH - told)
    return told


def _tell_some(
    conn: Connection, work: Work, one: Announcement, now: datetime, *, limit: int
) -> int:
    defect = defects.by_id(conn, one.defect_id)
    if defect is None or defect.state is DefectState.OPEN:
        # Somebody opened it again in the moment in which somebody else ordered this.
        rows.finish(conn, one.id, at=now)
        return 0
    room = min(
        limit,
        sparing.room(conn, work, now),
        work.config.defects.announce_per_hour - rows.told_since(conn, now - _AN_HOUR),
    )
    if one.most is not None:
        left = one.most - rows.told_since(conn, one.at, one.defect_id)
        if left <= 0:
            rows.finish(conn, one.id, at=now)
        room = min(room, left)
    if room <= 0:
        return 0
    found = _audience(conn, defect, work.config)
    if not found.to_tell:
        rows.finish(conn, one.id, at=now)
    told = 0
    for ticket in found.to_tell:
        if told == room:
            break
        if ticket.mailbox == work.desk.mailbox:
            told += _told(conn, work, ticket, defect, one.said, now)
    return told


def _told(
    conn: Connection, work: Work, ticket: Ticket, defect: Defect, said: Said, now: datetime
) -> bool:
    """Tell one person; False where that cannot be done now."""
    if not within_caps(work, conn, ticket.customer.key, now=now):
        return False
    try:
        with conn.begin_nested():
            return _tell(conn, work, ticket, defect, said, now)
    except (PermanentFailure, TemplateError) as error:
        log.error(
            "not_announced",
            mailbox=work.desk.mailbox,
            ticket=ticket.reference,
            reason=error.message,
        )
        return False


def _tell(
    conn: Connection, work: Work, ticket: Ticket, defect: Defect, said: Said, now: datetime
) -> bool:
    key = ticket.customer.key
    if not rows.tell(conn, defect.id, key, ticket.id, now):
        return False
    queued = post(
        conn,
        work,
        _mail(conn, work, ticket, said),
        kind="fixed",
        dedup_key=f"fixed:{defect.id}:{key}",
        ticket=ticket,
    )
    if queued is not None:
        rows.told_by(conn, defect.id, key, queued)
        tickets.add_event(
            conn, ticket.id, at=now, what=_ANNOUNCED, why=defect.name, by="mailresponder"
        )
        work.tell("announced", ticket=ticket.reference, defect=defect.id)
    return True


def _audience(conn: Connection, defect: Defect, config: Config) -> Audience:
    return announcing.audience(
        rows.complaints(conn, defect.id),
        told=rows.told(conn, defect.id),
        desks={one.name: config.desk_for(one.name) for one in config.mailboxes},
    )


def _mail(conn: Connection, work: Work, ticket: Ticket, said: Said) -> OutboundMessage:
    return notices.fixed(
        work.sheet(ticket.customer, ticket),
        ticket,
        original_of(conn, ticket),
        defect=EachLanguage(said.names),
        words=EachLanguage(said.words),
    )
