"""A ticket with a bit of everything in its story, for whatever shows one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import cases
from sqlalchemy import Connection

from mailresponder.mail.message import Address
from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import Ticket
from mailresponder.store import messages, outbox, tickets
from mailresponder.store.messages import MessageRecord
from mailresponder.store.outbox import Draft

REFERENCE = "MR-7F3K2"
LATER = cases.NOON + timedelta(hours=3)
"""An hour after the deadline."""
HOSTILE = "<script>document.title='owned'</script>\u202e<img src=x onerror=alert(1)>"
"""What would run, load or turn round the page if it were not text."""


@dataclass(kw_only=True)
class Tale:
    """Writes a story down, minute by minute."""

    conn: Connection
    ticket: Ticket
    minute: int = 0

    def event(self, what: str, why: str = "", *, by: str = "mailresponder") -> None:
        """Something was done."""
        self.minute += 1
        at = cases.NOON + timedelta(minutes=self.minute)
        tickets.add_event(self.conn, self.ticket.id, at=at, what=what, why=why, by=by)

    def mail(self, text: str, **given: Any) -> None:
        """A mail came or went."""
        self.minute += 1
        message_id = given.pop("message_id", f"<{self.ticket.reference}.{self.minute}@x.test>")
        made: dict[str, Any] = {
            "dedup_key": message_id,
            "mailbox": "support",
            "ticket_id": self.ticket.id,
            "direction": "in",
            "kind": "human",
            "outcome": Outcome.FOLLOWED_UP,
            "message_id": message_id,
            "from_": "emma@customer.test",
            "to": "support@example.com",
            "subject": self.ticket.subject,
            "new_text": text,
            "at": cases.NOON + timedelta(minutes=self.minute),
            "language": "en",
            **given,
        }
        messages.record_message(self.conn, MessageRecord(**made))

    def ours(self, text: str, kind: outbox.Kind, *, to: str = "emma@customer.test") -> None:
        """A mail of ours was written and waits."""
        message_id = f"<mr.{self.ticket.reference}.{self.minute}@example.com>"
        draft = Draft(
            mailbox="support",
            ticket_id=self.ticket.id,
            kind=kind,
            recipient=to,
            message_id=message_id,
            dedup_key=message_id,
            content=b"Subject: x\r\n\r\nx\r\n",
            subject_key="",
        )
        outbox.enqueue(self.conn, draft, LATER)
        self.mail(
            text,
            message_id=message_id,
            direction="out",
            kind="own",
            outcome=Outcome.RECORDED,
            from_="support@example.com",
            to=to,
        )


def tell(conn: Connection, **changes: Any) -> Ticket:
    """An angry ticket in whose story there is every sort of entry."""
    given = {"suppressed_by": (), "subject": "Lamp", "assigned_to": "jane@example.com"}
    opened = cases.angry_ticket(REFERENCE, **(given | changes))
    ticket = cases.add(conn, opened, "The lamp is broken. Never again!!!")
    tale = Tale(conn=conn, ticket=ticket)
    tale.event("angry", "0.90")
    tale.event(
        "sender_judged",
        "From is not proven: it has no Authentication-Results header of the trusted server",
    )
    tale.ours("We have your message.", "acknowledgement")
    tale.mail("I am her son, please hurry.", from_="leo@other.test")
    tale.mail("", kind="auto_reply", outcome=Outcome.RECORDED, reasons=("auto_submitted",))
    tale.event("recorded", "auto_reply: auto_submitted")
    tale.event("escalated", "level 1, told lead@example.com")
    tale.event("note", "She sends a photo.\nDo not close.", by="jane@example.com")
    staff = {"direction": "staff", "from_": "jane@example.com", "to": "emma@customer.test"}
    tale.mail("#close", outcome=Outcome.COMMANDED, reasons=("authenticated",), **staff)
    tale.event("not_relayed", "quotes_note", by="jane@example.com")
    tale.mail("A new lamp leaves today.", outcome=Outcome.ANSWERED, **staff)
    tale.event("answered", "seen by sent_folder", by="staff")
    tale.ours("A new lamp, as I said.", "relay")
    tale.event("relayed", "outbox 2, 0 files", by="jane@example.com")
    tale.mail("Still waiting.")
    return ticket


def tell_hostile(conn: Connection) -> Ticket:
    """A ticket whose every word is an attack."""
    customer = Address(email="x'onclick=alert(2)@evil.test", name=f"</title>{HOSTILE}")
    ticket = cases.angry_ticket(
        "MR-3V1L2",
        subject=f"</h1>{HOSTILE}",
        customer=customer,
        because=((HOSTILE, 2.0),),
        suppressed_by=(),
    )
    text = f"{HOSTILE}\n\x00\x1b[31m{'W' * 3000}\n\u202e{'é ' * 4000}"
    stored = cases.add(conn, ticket, text)
    tale = Tale(conn=conn, ticket=stored)
    tale.event("note", HOSTILE, by=HOSTILE)
    tale.event("not_delivered", f"acknowledgement: 550 {HOSTILE}")
    tale.event(HOSTILE, HOSTILE)
    tale.mail(HOSTILE, from_="y@evil.test", kind="auto_reply", reasons=(HOSTILE,), subject=HOSTILE)
    return stored
