"""What every job of one mailbox is handed, and the small steps several of them share."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailresponder import logs
from mailresponder.clock import Clock
from mailresponder.config import Config, Mailbox
from mailresponder.listening.correction import Correction
from mailresponder.mail.automatic import Kind
from mailresponder.mail.compose import compose
from mailresponder.mail.message import Address, OutboundMessage
from mailresponder.policy import pacing
from mailresponder.policy.defects import KnownProblems
from mailresponder.policy.desk import Desk
from mailresponder.policy.facts import NOTICE_PROVES_FOR, Outcome
from mailresponder.policy.identifiers import NO_TICKET, Signer
from mailresponder.policy.notices import Sheet
from mailresponder.policy.ticket import Ticket
from mailresponder.store import outbox, outbox_view
from mailresponder.store.database import Store
from mailresponder.store.messages import MessageRecord, add_message, record_message
from mailresponder.store.templates import TemplateFolder

_AN_HOUR = timedelta(hours=1)
_A_DAY = timedelta(days=1)

log = logs.log


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """One mailbox's share of the desk: its rules, its store, its clock."""

    config: Config
    settings: Mailbox
    desk: Desk
    store: Store
    clock: Clock
    """Gives the time, aware, in UTC."""
    templates: TemplateFolder
    """As this mailbox sees them."""
    signer: Signer
    owner: str
    """This process, as leases name it."""
    correction: Correction | None = None
    """What staff have taught of anger; intake looks it up once a pass."""
    known: KnownProblems | None = None
    """What acknowledgements may say of known problems, likewise."""

    def sheet(
        self, to: Address, ticket: Ticket | None = None, *, message_id: str | None = None
    ) -> Sheet:
        """What a notice to somebody is written on: with a fresh Message-ID unless one is given."""
        return Sheet(
            desk=self.desk,
            templates=self.templates,
            to=to,
            message_id=message_id or self._message_id(ticket),
            now=self.clock(),
        )

    def _message_id(self, ticket: Ticket | None) -> str:
        return self.signer.message_id(
            reference=ticket.reference if ticket else "desk",
            domain=self.desk.domain,
            nonce=secrets.token_bytes(16),
        )

    def tell(self, event: str, **fields: object) -> None:
        """Log what happened: ids and reasons, never text."""
        said = {name: value for name, value in fields.items() if value is not None}
        log.info(event, mailbox=self.desk.mailbox, **said)


def post(
    conn: Connection,
    work: Work,
    notice: OutboundMessage,
    *,
    kind: outbox.Kind,
    dedup_key: str,
    ticket: Ticket | None,
    promise_until: datetime | None = None,
    is_first: bool = False,
) -> int | None:
    """Write a notice into the outbox and the ticket's story. Gives its id in the outbox, None where
    it was there already. `is_first`: nobody can have used this `dedup_key`, as it names a ticket
    that was opened in the same transaction; then it is written with what else is gathered.

    Raises PermanentFailure for an address no mail can be sent to.
    """
    if kind in outbox.TO_STAFF:
        token = work.signer.reply_token(
            reference=ticket.reference if ticket else NO_TICKET,
            recipient=notice.to.email,
            until=work.clock() + NOTICE_PROVES_FOR,
        )
        notice = replace(notice, reply_to=work.desk.answered_at(token))
    return post_mail(
        conn,
        work,
        notice,
        kind=kind,
        dedup_key=dedup_key,
        ticket=ticket,
        promise_until=promise_until,
        is_first=is_first,
    )


def post_mail(
    conn: Connection,
    work: Work,
    mail: OutboundMessage,
    *,
    kind: outbox.Kind,
    dedup_key: str,
    ticket: Ticket | None,
    promise_until: datetime | None = None,
    is_first: bool = False,
) -> int | None:
    """As `post`, of any mail and as it is."""
    now = work.clock()
    draft = outbox.Draft(
        mailbox=work.desk.mailbox,
        ticket_id=ticket.id if ticket else None,
        kind=kind,
        recipient=mail.to.email,
        message_id=mail.message_id,
        dedup_key=dedup_key,
        content=compose(mail),
        subject_key=ticket.subject_key if ticket else "",
        promise_until=promise_until,
    )
    queued = (outbox.enqueue_first if is_first else outbox.enqueue)(conn, draft, now)
    if queued is not None and ticket is not None:
        record = add_message if is_first else record_message
        record(
            conn,
            MessageRecord(
                dedup_key=mail.message_id,
                message_id=mail.message_id,
                ticket_id=ticket.id,
                mailbox=work.desk.mailbox,
                direction="out",
                kind=Kind.OWN,
                from_=mail.from_.email,
                to=mail.to.email,
                subject=mail.subject,
                new_text=mail.text,
                at=now,
                outcome=Outcome.RECORDED,
            ),
        )
    return queued


def within_caps(work: Work, conn: Connection, recipient: str, *, now: datetime) -> int:
    """How many more notices this member of staff may get now (10 an hour, 25 a day, or what
    the configuration says)."""
    limits = work.desk.acknowledging
    times = outbox_view.notices_to(conn, recipient, since=now - _A_DAY, now=now)
    hour = sum(at > now - _AN_HOUR for at in times)
    room = (
        limits.max_per_recipient_per_hour - hour,
        limits.max_per_recipient_per_day - len(times),
    )
    return max(0, min(room))


def answer_due(work: Work, conn: Connection, writer: str, *, now: datetime) -> datetime | None:
    """When we may answer one more mail of this member of staff; None: not within a day.

    That is counted apart from notices, by the same caps, so that who orders much still hears of
    what is due, and later of all they ordered.
    """
    limits = work.desk.acknowledging
    times = sorted(outbox_view.replies_to(conn, writer, since=now - _A_DAY, now=now))
    due = now
    for cap, span in (
        (limits.max_per_recipient_per_hour, _AN_HOUR),
        (limits.max_per_recipient_per_day, _A_DAY),
    ):
        if len(times) >= cap:
            due = max(due, times[-cap] + span)
    return due if due <= now + _A_DAY else None


def room_for(work: Work, conn: Connection, recipient: str, *, now: datetime) -> int:
    """How many more mails this member of staff may get now, with some of the day's kept back for
    what becomes due later."""
    limits = work.desk.acknowledging
    return pacing.room(
        outbox_view.notices_to(conn, recipient, since=now - _A_DAY, now=now),
        now=now,
        caps=pacing.Caps(
            per_hour=limits.max_per_recipient_per_hour, per_day=limits.max_per_recipient_per_day
        ),
        hours=work.desk.deadlines.hours,
    )
