"""Invented mails, tickets and a desk, each ordinary but for what a test says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mailresponder.listening.anger import Anger
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy.deadlines import BusinessHours, Step
from mailresponder.policy.desk import Acknowledging, Deadlines, Desk, Staff
from mailresponder.policy.ticket import Participant, Role, Ticket, TicketState

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""A Monday."""
HOUR = timedelta(hours=1)
SUPPORT = "support@example.com"
ALIAS = "help@example.com"
SALES = "sales@example.com"
"""Another mailbox of the same desk."""
ANA = "ana@customer.test"
"""The customer."""
JANE = "jane@example.com"
"""Staff."""
LEAD = "lead@example.com"
BORDER = "mx.example.com"
"""Our own server, as Authentication-Results names it."""

CALM = Anger(score=0.1, angry=False, because=())
UPSET = Anger(score=0.5, angry=False, because=(("disappointed", 0.9),))
FURIOUS = Anger(score=0.9, angry=True, because=(("outrageous", 2.5),))


def address(email: str | Address) -> Address:
    """An address without a display name."""
    return email if isinstance(email, Address) else Address(email=email)


def a_message(
    sender: str | None = ANA,
    *,
    to: Sequence[str] = (SUPPORT,),
    cc: Sequence[str] = (),
    reply_to: Sequence[str] = (),
    subject: str = "Where is my order?",
    text: str = "Hello, my order has not arrived.",
    received_at: datetime = NOON,
    headers: Mapping[str, str] | None = None,
    **changes: Any,
) -> InboundMessage:
    """A calm question of the customer. Headers are added to From, which stands there once."""
    from_ = () if sender is None else (address(sender),)
    given = {"from": sender} if sender else {}
    made = InboundMessage(
        message_id="<question@customer.test>",
        in_reply_to=(),
        references=(),
        from_=from_,
        sender=None,
        reply_to=tuple(address(a) for a in reply_to),
        to=tuple(address(a) for a in to),
        cc=tuple(address(a) for a in cc),
        bcc=(),
        resent_to=(),
        subject=subject,
        sent_at=received_at,
        received_at=received_at,
        headers={k.lower(): (v,) for k, v in {**given, **(headers or {})}.items()},
        text=text,
        new_text=text,
        attachments=(),
        report=None,
        digest="0" * 64,
    )
    return replace(made, **changes)


def proven(domain: str = "example.com") -> dict[str, str]:
    """The header by which our border says that a mail is From's."""
    return {"Authentication-Results": f"{BORDER}; dmarc=pass header.from={domain}"}


def a_ticket(customer: str = ANA, *, others: Sequence[str] = (), **changes: Any) -> Ticket:
    """An open ticket of the customer, written at noon and due eight hours later."""
    roles = {customer: Role.CUSTOMER, **dict.fromkeys(others, Role.OTHER)}
    made = Ticket(
        id=7,
        reference="MR-7F3K2",
        mailbox="support",
        state=TicketState.OPEN,
        subject="Where is my order?",
        subject_key="where is my order?",
        customer=address(customer),
        participants=frozenset(Participant(address=a, role=role) for a, role in roles.items()),
        language="en",
        anger=0.1,
        angry=False,
        because=(),
        opened_at=NOON,
        waiting_since=NOON,
        due_at=NOON + 8 * HOUR,
        next_escalation_at=NOON + 8 * HOUR,
    )
    return replace(made, **changes)


def a_desk(**changes: Any) -> Desk:
    """A desk that works around the clock: eight hours, two for the angry, a ladder of two steps,
    the last of which repeats every four hours."""
    made = Desk(
        name="Acme Support",
        languages=("en", "es"),
        reference_prefix="MR",
        mailbox="support",
        address=Address(email=SUPPORT, name="Acme Support"),
        addresses=frozenset({SUPPORT, ALIAS}),
        own_addresses=frozenset({SUPPORT, ALIAS, SALES}),
        own_lists=frozenset(),
        staff=Staff(patterns=("*@example.com",), trusted_authserv_id=BORDER),
        deadlines=Deadlines(
            answer_within=8 * HOUR,
            angry_answer_within=2 * HOUR,
            hours=BusinessHours(timezone=ZoneInfo("Europe/Madrid")),
        ),
        ladder=(
            Step(after=timedelta(0), to=(JANE,)),
            Step(after=2 * HOUR, to=(LEAD,), repeat_every=4 * HOUR),
        ),
        acknowledging=Acknowledging(),
    )
    return replace(made, **changes)
