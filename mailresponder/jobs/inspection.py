"""How a stored mail is read and what would be decided about it, without a mailbox.

It asks the same functions as intake. Without a database nothing is known of the past, and a mail
is judged as if it were the first one of its sender. Nothing is written down and nobody is told.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from mailresponder.config import Config
from mailresponder.jobs import learned, view
from mailresponder.jobs.hearing import hear
from mailresponder.listening import anger, lexicon
from mailresponder.listening.anger import Anger
from mailresponder.listening.correction import Correction
from mailresponder.mail.authentication import authenticated
from mailresponder.mail.automatic import Kind
from mailresponder.mail.message import Address, InboundMessage, RawMessage
from mailresponder.mail.parse import parse
from mailresponder.policy import forwards, parties, suppression, triage
from mailresponder.policy.deadlines import BusinessHours
from mailresponder.policy.decisions import (
    Decision,
    DeliveryFailure,
    FollowUp,
    OpenTicket,
    Record,
    Relay,
    ReturnToStaff,
    StaffAnswer,
    StaffCommand,
)
from mailresponder.policy.desk import Acknowledging, Deadlines, Desk, Staff
from mailresponder.policy.facts import Facts, Outcome, SentCounts
from mailresponder.policy.identifiers import Signer
from mailresponder.policy.languages import Spoken
from mailresponder.policy.ticket import Ticket
from mailresponder.store import tickets
from mailresponder.store.database import Store
from mailresponder.store.facts import facts as look_up

_NAMES: dict[type[Decision], str] = {
    OpenTicket: "open_ticket",
    FollowUp: "follow_up",
    StaffAnswer: "staff_answer",
    Relay: "relay",
    StaffCommand: "staff_command",
    ReturnToStaff: "return_to_staff",
    DeliveryFailure: "delivery_failure",
    Record: "record",
}
_WRITTEN_LIMIT = 320
_COMMENT = re.compile(r"\([^()]*\)")
_ANGLE = re.compile(r"<([^<>]*)>")
_NEVER = datetime.fromtimestamp(0, UTC)
_PEOPLE = (Kind.HUMAN, Kind.UNREADABLE)
_CALM = Anger(score=0.0, angry=False, because=())


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What the desk's database knows, to be looked up and left as it is."""

    store: Store
    now: datetime
    """The moment caps are counted to."""
    correction: Correction | None
    """What staff have taught of anger."""

    @classmethod
    def of(cls, store: Store, *, now: datetime) -> "Past":
        """What a store knows at this moment."""
        with store.read() as conn:
            return cls(store=store, now=now, correction=learned.current(conn))


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Whose eyes the mail is read with."""

    desks: tuple[Desk, ...]
    """One for each mailbox; the one a mail is addressed to judges it, else the first."""
    signer: Signer
    threshold: float | None = None
    """From which score on a text counts as angry; None: the model's own, per language."""
    semantic: bool = False
    """Is a second opinion asked?"""
    past: Past | None = None
    """None: a mail is judged as if it were the first one of its sender."""

    @classmethod
    def of(cls, config: Config, signer: Signer, past: Past | None) -> "Reader":
        """The eyes of a configured desk."""
        return cls(
            desks=tuple(config.desk_for(mailbox.name) for mailbox in config.mailboxes),
            signer=signer,
            threshold=config.anger.threshold,
            semantic=config.anger.semantic,
            past=past,
        )

    def inspect(self, content: bytes, *, to: str | None = None) -> dict[str, Any]:
        """What is made of one mail: the keys of `inspect --json`, but for `file`.

        `to` is the address of ours it was delivered to, and counts as its Delivered-To. Without
        it the rule on recipients is skipped: a stored mail need not say where it was delivered.
        """
        message = parse(
            RawMessage(
                uid=0,
                # A stored mail has no INTERNALDATE: what has neither Message-ID nor Date is
                # therefore not known again.
                received_at=_NEVER,
                content=content,
            )
        )
        desk = self._desk(message, to)
        if to is None:
            desk = replace(desk, addresses=frozenset())
        else:
            delivered = (to, *message.headers.get("delivered-to", ()))
            message = replace(message, headers={**message.headers, "delivered-to": delivered})
        return self._judge(message, desk)

    def _desk(self, message: InboundMessage, to: str | None) -> Desk:
        named = {to.casefold()} if to else {address.key for address in message.recipients}
        return next((desk for desk in self.desks if desk.addresses & named), self.desks[0])

    def _judge(self, sent: InboundMessage, desk: Desk) -> dict[str, Any]:
        message = forwards.unwrapped(sent, desk)
        facts, taken = self._look_up(message, desk)
        lay_in_sent = taken is not None and "sent_folder" in taken["reasons"]
        decide = triage.decide_sent if lay_in_sent else triage.decide
        decision = decide(message, facts, desk, self.signer)
        kind, reasons = _verdict(decision)
        if taken is not None and isinstance(decision, OpenTicket):
            # What spoke against an acknowledgement then, a cap say, need not do so today.
            reasons = (*reasons, *(taken["suppressed_by"] or ()))
        spoken, heard = self._listen(message, desk, decision, is_person=kind in _PEOPLE)
        against = dict.fromkeys([*reasons, *_suppression(message, desk, facts)])
        opens = isinstance(decision, OpenTicket)
        # Who passes a mail on answers for it: their From is the one that must be proven.
        trust = authenticated(sent, trusted_authserv_id=desk.staff.trusted_authserv_id)
        return {
            "kind": kind.value,
            "acknowledge": opens and not against,
            "reasons": list(against),
            "from": _sender(message, desk),
            "subject": message.subject,
            "language": spoken.language,
            "new_text": message.new_text,
            "anger": heard.score,
            "angry": heard.angry,
            "because": [[words, weight] for words, weight in heard.because],
            **heard.second_opinion_shown(),
            **_thread(decision),
            "from_proven": trust.passed,
            "proof": trust.why,
            "forwarded_by": message.forwarded_by.email if message.forwarded_by else None,
            "notes": list(message.notes),
            "taken": taken,
            "language_sure": spoken.source.is_sure,
            "language_from": spoken.source.value,
            "band": anger.band(heard.score, spoken.language, angry=heard.angry).value,
        }

    def _look_up(self, message: InboundMessage, desk: Desk) -> tuple[Facts, view.Shown | None]:
        """What is known of the past, and what became of this very mail if it was taken before:
        then the past is judged without it and without the mail that it caused."""
        if self.past is None:
            return Facts(), None
        asked = triage.questions(message, desk, now=self.past.now)
        with self.past.store.read() as conn:
            taken = view.taken(conn, asked.dedup_key)
            facts = look_up(conn, asked)
            named = (taken or {}).get("ticket")
            recorded = tickets.ticket_by_reference(conn, named) if named else None
        if taken is None:
            return facts, None
        itself = taken["ticket"] if taken["outcome"] == Outcome.OPENED else None
        # Whatever was the same unanswered matter then may have been answered since.
        same = recorded if taken["outcome"] == Outcome.FOLLOWED_UP else facts.same_matter

        def other(ticket: Ticket | None) -> Ticket | None:
            return None if ticket is not None and ticket.reference == itself else ticket

        return replace(
            facts,
            seen=None,
            sent=SentCounts(),
            thread=other(facts.thread),
            same_matter=other(same),
            quoted=tuple(t for t in facts.quoted if other(t) is not None),
        ), taken

    def _listen(
        self, message: InboundMessage, desk: Desk, decision: Decision, *, is_person: bool
    ) -> tuple[Spoken, Anger]:
        spoken, heard = hear(
            message,
            languages=desk.languages,
            thread=decision.ticket if isinstance(decision, FollowUp) else None,
            last=lambda: self._last_language(parties.correspondent(message, desk)),
            with_subject=not isinstance(decision, FollowUp),
            threshold=self.threshold,
            correction=self.past.correction if self.past is not None else None,
            semantic=self.semantic,
        )
        # A machine is never angry, whatever its words.
        return spoken, heard if is_person else _CALM

    def _last_language(self, customer: Address | None) -> str | None:
        if self.past is None or customer is None:
            return None
        with self.past.store.read() as conn:
            return tickets.last_language(conn, customer)


def reader_without_desk(to: str | None) -> Reader:
    """A reader that knows of no desk but that `to`, if given, is an address of it."""
    own = frozenset({to.casefold()} if to else ())
    known = lexicon.available()
    desk = Desk(
        name="",
        languages=("en", *(code for code in known if code != "en")),
        reference_prefix="MR",
        mailbox="",
        address=Address(email=to or ""),
        addresses=own,
        own_addresses=own,
        own_lists=frozenset(),
        staff=Staff(patterns=()),
        deadlines=Deadlines(
            answer_within=timedelta(hours=8),
            angry_answer_within=timedelta(hours=2),
            hours=BusinessHours(timezone=ZoneInfo("UTC")),
        ),
        ladder=(),
        acknowledging=Acknowledging(),
    )
    # A key that nobody has: no mail is taken for our own.
    return Reader(desks=(desk,), signer=Signer(secrets.token_bytes(32)))


def _verdict(decision: Decision) -> tuple[Kind, tuple[str, ...]]:
    match decision:
        case Record():
            return decision.kind, decision.reasons
        case OpenTicket() | FollowUp():
            return decision.kind, ()
        case ReturnToStaff():
            return Kind.HUMAN, (decision.reason,) if decision.reason else ()
        case StaffAnswer() | Relay() | StaffCommand():
            return Kind.HUMAN, ()
        case DeliveryFailure():
            return Kind.BOUNCE, decision.reasons
        case _:
            assert_never(decision)


def _thread(decision: Decision) -> dict[str, Any]:
    """What intake would do, about which ticket, and how that ticket is known."""
    shown = {"decision": _NAMES[type(decision)], "ticket": None, "found_by": None, "customer": None}
    match decision:
        case OpenTicket():
            grown_from = decision.linked_to
            return {
                **shown,
                "customer": decision.customer.email or None,
                "linked_to": grown_from.reference if grown_from is not None else None,
            }
        case _:
            ticket = decision.ticket
            if ticket is not None:
                shown |= {"ticket": ticket.reference, "customer": ticket.customer.email or None}
            if isinstance(decision, FollowUp):
                shown["found_by"] = decision.found_by.value
            return {**shown, "linked_to": None}


def _sender(message: InboundMessage, desk: Desk) -> str | None:
    """Who wrote or wants the answer; else what From says, though nothing can be sent there."""
    who = message.author or parties.correspondent(message, desk)
    if who is not None:
        return who.email
    written = _COMMENT.sub("", (message.header("from") or "")[:_WRITTEN_LIMIT])
    inner = _ANGLE.search(written)
    return (inner[1] if inner else written).strip(' "') or None


def _suppression(message: InboundMessage, desk: Desk, facts: Facts) -> Iterable[str]:
    who = parties.correspondent(message, desk)
    case = suppression.Case(message=message, desk=desk, correspondent=who, sent=facts.sent)
    return suppression.reasons(case)
