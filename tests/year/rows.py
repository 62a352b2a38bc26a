"""What happens in the year as rows of the store, the same as the program writes, many at a time.

One program at a time writes into the store, and rows are numbered here: meant for SQLite.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, update

from mailresponder.listening.anger import Anger
from mailresponder.mail.automatic import Kind
from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import Ticket
from mailresponder.store import outbox
from mailresponder.store.schema import answers, events, messages, participants, tickets
from mailresponder.store.schema import outbox as outgoing
from mailresponder.store.ticket_rows import values_of

_ORDER: tuple[Table, ...] = (tickets, participants, messages, outgoing, answers, events)
_SAVE = update(tickets).where(tickets.c.id == bindparam("its_id"))


class Rows:
    """Rows that wait to be written."""

    def __init__(self) -> None:
        self._waiting: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._changed: dict[int, Ticket] = {}
        self._numbers: dict[Table, int] = defaultdict(int)
        self._written = 0

    def write(self, conn: Connection) -> None:
        """Write all that waits."""
        new = [t for number, t in self._changed.items() if number > self._written]
        old = [t for number, t in self._changed.items() if number <= self._written]
        self._waiting[tickets] = [{"id": ticket.id, **values_of(ticket)} for ticket in new]
        self._waiting[participants] = [
            {"ticket_id": ticket.id, "address": one.address, "role": one.role}
            for ticket in new
            for one in ticket.participants
        ]
        for table in _ORDER:
            if self._waiting[table]:
                conn.execute(insert(table), self._waiting[table])
        if old:
            conn.execute(_SAVE, [{"its_id": ticket.id, **values_of(ticket)} for ticket in old])
        self._written = self._numbers[tickets]
        self._waiting.clear()
        self._changed.clear()

    def new_ticket_id(self) -> int:
        """The number of the next ticket."""
        return self._number(tickets)

    def save(self, ticket: Ticket) -> Ticket:
        """A ticket as it is now."""
        self._changed[ticket.id] = ticket
        return ticket

    def message(
        self,
        *,
        at: datetime,
        mailbox: str,
        message_id: str,
        from_: str,
        to: str,
        outcome: Outcome,
        kind: Kind = Kind.HUMAN,
        direction: str = "in",
        ticket: Ticket | None = None,
        subject: str = "",
        text: str = "",
        language: str | None = None,
        heard: Anger | None = None,
        reasons: Iterable[str] = (),
        in_reply_to: Iterable[str] = (),
    ) -> int:
        """A mail that was read, or one of ours. Returns its row."""
        before = tuple(in_reply_to)
        number = self._number(messages)
        self._waiting[messages].append(
            {
                "id": number,
                "dedup_key": message_id,
                "mailbox": mailbox,
                "ticket_id": ticket.id if ticket else None,
                "direction": direction,
                "kind": kind,
                "outcome": outcome,
                "message_id": message_id,
                "in_reply_to": before,
                "references": before,
                "from": from_,
                "to": to,
                "subject": subject,
                "new_text": text,
                "at": at,
                "language": language,
                "anger": heard.score if heard else None,
                "angry": heard is not None and heard.angry,
                "because": heard.because if heard else (),
                "reasons": tuple(reasons),
            }
        )
        return number

    def mail(
        self,
        *,
        at: datetime,
        mailbox: str,
        sender: str,
        kind: outbox.Kind,
        recipient: str,
        ticket: Ticket,
        dedup_key: str,
        failed: str = "",
    ) -> None:
        """A mail of ours that was sent, or failed, with this error; its words are trimmed, as they
        are after a while."""
        message_id = f"<mr.{sha256(dedup_key.encode()).hexdigest()[:26]}@example.com>"
        self._waiting[outgoing].append(
            {
                "id": self._number(outgoing),
                "mailbox": mailbox,
                "ticket_id": ticket.id,
                "kind": kind,
                "recipient": recipient,
                "recipient_key": recipient.casefold(),
                "subject_key": ticket.subject_key,
                "message_id": message_id,
                "dedup_key": dedup_key,
                "content": b"",
                "state": "failed" if failed else "sent",
                "attempts": 1,
                "maybe_sent": False,
                "created_at": at,
                "next_attempt_at": at,
                "settled_at": at,
                "last_error": failed or None,
            }
        )
        self.message(
            at=at,
            mailbox=mailbox,
            message_id=message_id,
            from_=sender,
            to=recipient,
            outcome=Outcome.RECORDED,
            kind=Kind.OWN,
            direction="out",
            ticket=ticket,
        )
        if failed:
            self.event(ticket, at, "not_delivered", f"{kind}: {failed}")
        else:
            self.event(ticket, at, f"{kind}_sent", "")

    def answer(self, before: Ticket, *, at: datetime, by: str) -> None:
        """An answer, to a ticket as it was before."""
        self._waiting[answers].append(
            {
                "ticket_id": before.id,
                "waiting_since": before.waiting_since,
                "due_at": before.due_at,
                "answered_at": at,
                "how": "sent_folder",
                "by": by,
                "angry": before.angry,
            }
        )

    def event(
        self, ticket: Ticket, at: datetime, what: str, why: str, *, by: str = "mailresponder"
    ) -> None:
        """What was done to a ticket."""
        told: Mapping[str, Any] = {"at": at, "what": what, "why": why, "by": by}
        self._waiting[events].append({"ticket_id": ticket.id, **told})

    def _number(self, table: Table) -> int:
        self._numbers[table] += 1
        return self._numbers[table]
