"""Invented tickets to try templates on: what `check` renders and `preview` shows.

Each case goes through the same functions as a real notice, so a template that passes them all has
met an ordinary customer, an angry one, one without a name, one who means harm and a late answer.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mailresponder.mail.message import Address
from mailresponder.policy import command_samples, staff_samples, staff_variables, variables
from mailresponder.policy.closed_samples import closed_moments
from mailresponder.policy.deadlines import BusinessHours, Step
from mailresponder.policy.desk import Acknowledging, Deadlines, Desk, Staff
from mailresponder.policy.opening import ClosedFor, Closure
from mailresponder.policy.refusals import Refusal
from mailresponder.policy.sample_texts import (
    DEFECT,
    ENGLISH,
    HOSTILE,
    KNOWN_PROBLEM,
    SPANISH,
    WORDS,
    Texts,
)
from mailresponder.policy.ticket import Participant, Role, Ticket, TicketState
from mailresponder.policy.variables import Original, Variables
from mailresponder.templating import EachLanguage

NOW = datetime(2026, 11, 23, 11, 20, tzinfo=UTC)
"""The moment of every sample: a Monday."""
TIMEZONE = ZoneInfo("Europe/Madrid")
_ACKNOWLEDGEMENTS = ("acknowledgement", "acknowledgement_angry")
_TO_CUSTOMERS = (*_ACKNOWLEDGEMENTS, "follow_up")
ORDINARY = "ordinary"
"""The case a preview shows."""

DESK = Desk(
    name="Acme Support",
    languages=("en", "es"),
    reference_prefix="MR",
    mailbox="support",
    address=Address(email="support@example.com", name="Acme Support"),
    addresses=frozenset({"support@example.com"}),
    own_addresses=frozenset({"support@example.com"}),
    own_lists=frozenset(),
    staff=Staff(patterns=("*@example.com",), trusted_authserv_id="mx.example.com"),
    deadlines=Deadlines(
        answer_within=timedelta(hours=8),
        angry_answer_within=timedelta(hours=2),
        hours=BusinessHours(timezone=TIMEZONE),
    ),
    ladder=(
        Step(after=timedelta(), to=("lead@example.com",)),
        Step(after=timedelta(hours=4), to=("head@example.com",)),
    ),
    acknowledging=Acknowledging(),
)

_CUSTOMER = Address(email="ana@customer.test", name="Ana García")
_ORIGINAL_ID = "<one@customer.test>"
_EVENTS = (
    "mailbox_failing",
    "mailbox_well",
    "sending_failing",
    "sending_well",
    "sign_in_ending",
    "sign_in_well",
    "program_fault",
    "mailbox_full",
    "not_delivered",
    "breaker_open",
    "no_sent_folder",
    "unproven_staff",
    "not_escalated",
    "staff_not_told",
    "message_not_ticketed",
    "mail_missed",
    "not_filed",
    "customer_unreachable",
    "template_broken",
    "templates_well",
    "something_else",
)


def samples(name: str, language: str, desk: Desk = DESK) -> Mapping[str, Variables]:
    """The variables of each case, by the case's name, for one of `notices.NAMES`.

    `desk` is whose notices they are: its name, address and deadlines show in them, and customers
    are quoted only where it can know that a mail is theirs.

    Other languages than Spanish get English customers. Raises KeyError for an unknown name.
    """
    texts = SPANISH if language == "es" else ENGLISH
    match name:
        case "test":
            return {
                ORDINARY: variables.for_test(reply=False, desk=desk, now=NOW),
                "to be replied to": variables.for_test(reply=True, desk=desk, now=NOW),
            }
        case "admin":
            return _admin(desk)
        case "answers_unseen":
            whose = {ORDINARY: staff_samples.JUDGE, "nobody knows whose": ""}
            return {
                case: variables.for_answers_unseen(by, desk=desk, now=NOW)
                for case, by in whose.items()
            }
        case "escalation_list":
            return _list(texts, desk)
        case "digest":
            return _digest(texts, desk)
        case "command_report":
            ticket = _ticket(texts, desk)
            return command_samples.reports(ticket, texts.reply, desk=desk, now=NOW)
        case "not_sent_to_anyone":
            reply = Original(message_id=_ORIGINAL_ID, references=(), new_text=texts.reply)
            return {ORDINARY: variables.for_not_sent_to_anyone(reply, desk=desk, now=NOW)}
        case (
            "acknowledgement"
            | "acknowledgement_angry"
            | "follow_up"
            | "closing_question"
            | "fixed"
            | "escalation"
            | "not_sent"
            | "unreachable"
            | "reply_draft"
        ):
            angry = name == "acknowledgement_angry"
            cases = _tickets(texts, desk, angry=angry)
            given = {
                case: _about(name, ticket, original, texts, desk)
                for case, (ticket, original) in cases.items()
            }
            if name in _TO_CUSTOMERS:
                closed = _closed(given[ORDINARY], desk)
                closed = _late(closed | _really_closed(name, *cases[ORDINARY], desk))
                if name in _ACKNOWLEDGEMENTS:
                    closed["known problem"] = {**given[ORDINARY], "known_problem": KNOWN_PROBLEM}
                return given | closed
            if name == "fixed":
                plain = _ticket(texts, desk)
                return given | {"without words": _mended(plain, desk, defect="", words="")}
            if name == "escalation":
                return given | staff_samples.told_early(
                    _ticket(texts, desk), _calm(texts), texts, desk=desk, now=NOW
                )
            return given | _refused(*cases[ORDINARY], desk) if name == "not_sent" else given
        case _:
            raise KeyError(name)


def _tickets(texts: Texts, desk: Desk, *, angry: bool) -> dict[str, tuple[Ticket, Original]]:
    calm = _calm(texts)
    heated = replace(calm, new_text=texts.angry)
    plain = _ticket(texts, desk)
    furious = replace(
        plain,
        anger=0.93,
        angry=True,
        because=texts.cues,
        due_at=desk.deadlines.hours.add(NOW, desk.deadlines.angry_answer_within),
    )
    upset = replace(plain, anger=0.4, because=texts.mild)
    nameless = replace(
        plain, subject="", customer=replace(_CUSTOMER, name=""), acknowledged_at=None
    )
    hostile = replace(
        furious,
        subject=HOSTILE,
        customer=replace(_CUSTOMER, name=HOSTILE),
        because=((HOSTILE, 1.0),),
        suppressed_by=("marked_as_spam", "hourly_cap"),
    )
    late = replace(
        plain,
        due_at=NOW - timedelta(hours=1, minutes=5),
        escalation_level=2,
        linked_to=f"{desk.reference_prefix}-2B4CD",
        unreachable_at=NOW - timedelta(hours=1),
    )
    answered = replace(plain, state=TicketState.ANSWERED, waiting_since=None, due_at=None)
    return {
        ORDINARY: (furious, heated) if angry else (plain, calm),
        "angry": (furious, heated),
        "growing angrier": (replace(furious, anger_rising=True), heated),
        "upset": (upset, replace(calm, new_text=texts.upset)),
        "judged to be angry": (replace(plain, angry=True, judged_by=staff_samples.JUDGE), calm),
        "judged not to be angry": (
            replace(furious, angry=False, judged_by=staff_samples.JUDGE),
            heated,
        ),
        "no name, no subject, no text": (nameless, replace(calm, new_text="")),
        "hostile": (hostile, replace(calm, new_text=f"{HOSTILE}\n" * 100)),
        "late": (late, calm),
        "answered": (answered, calm),
        "assigned": (replace(plain, assigned_to="lead@example.com"), calm),
    }


def _calm(texts: Texts) -> Original:
    return Original(message_id=_ORIGINAL_ID, references=(_ORIGINAL_ID,), new_text=texts.calm)


def _ticket(texts: Texts, desk: Desk) -> Ticket:
    opened = NOW - timedelta(hours=9, minutes=12)
    return Ticket(
        reference=f"{desk.reference_prefix}-7F3K2",
        mailbox=desk.mailbox,
        state=TicketState.OPEN,
        subject=texts.subject,
        subject_key=texts.subject.casefold(),
        customer=_CUSTOMER,
        participants=frozenset({Participant(address=_CUSTOMER.key, role=Role.CUSTOMER)}),
        language=texts.language,
        anger=0.1,
        angry=False,
        because=(),
        opened_at=opened,
        waiting_since=opened,
        due_at=desk.deadlines.hours.add(NOW, desk.deadlines.answer_within),
        escalation_level=1,
        acknowledged_at=opened + timedelta(seconds=20),
    )


def _about(name: str, ticket: Ticket, original: Original, texts: Texts, desk: Desk) -> Variables:
    match name:
        case "escalation":
            return staff_samples.escalation(ticket, original, texts, desk=desk, now=NOW)
        case "unreachable":
            ticket = replace(ticket, unreachable_at=NOW)
            history = staff_samples.history(ticket, original, texts)
            return staff_variables.for_unreachable(ticket, desk=desk, now=NOW, history=history)
        case "closing_question":
            ticket = replace(ticket, answered_at=NOW - timedelta(days=3))
            return variables.for_closing_question(ticket, desk=desk, now=NOW)
        case "fixed":
            return _mended(ticket, desk, defect=DEFECT, words=WORDS)
        case "reply_draft":
            return variables.for_draft(ticket, original, desk=desk, now=NOW)
        case "not_sent":
            reply = original.new_text if "evil" in original.new_text else texts.reply
            return variables.for_not_sent(
                ticket, replace(original, new_text=reply), desk=desk, now=NOW
            )
        case _:
            return _to_customer(name, ticket, original, desk, now=NOW)


def _to_customer(
    name: str, ticket: Ticket, original: Original, desk: Desk, *, now: datetime
) -> Variables:
    quote = bool(desk.staff.trusted_authserv_id)
    if name in _ACKNOWLEDGEMENTS:
        return variables.for_acknowledgement(ticket, original, desk=desk, now=now, quote=quote)
    return variables.for_customer(ticket, original, desk=desk, now=now, quote=quote)


def _mended(
    ticket: Ticket, desk: Desk, *, defect: str | EachLanguage, words: str | EachLanguage
) -> Variables:
    ticket = replace(ticket, opened_at=NOW - timedelta(days=20))
    return variables.for_fixed(ticket, defect=defect, words=words, desk=desk, now=NOW)


def _closed(open_: Variables, desk: Desk) -> dict[str, Variables]:
    """A customer's notice as it is written while the desk is closed, for each reason there is."""
    names = {"en": ENGLISH.holiday, "es": SPANISH.holiday}
    reasons = {
        "out of hours": (ClosedFor.OFF_HOURS, {}, timedelta(hours=20)),
        "lunch break": (ClosedFor.BREAK, {}, timedelta(hours=2)),
        "day off": (ClosedFor.DAY_OFF, {}, timedelta(hours=44)),
        "holiday": (ClosedFor.HOLIDAY, names, timedelta(hours=20)),
        "own closed day": (ClosedFor.HOLIDAY, {}, timedelta(hours=20)),
    }
    hours = desk.deadlines.hours
    told: dict[str, Variables] = {}
    for case, (why, called, wait) in reasons.items():
        opens_at = hours.next_open((NOW + wait).replace(minute=0))
        closed = Closure(why=why, opens_at=opens_at, names=called)
        answer_by = hours.add(opens_at, desk.deadlines.answer_within)
        told[case] = variables.dotted(
            {**open_, "answer_by": answer_by, **variables.of_closure(closed)}
        )
    return told


def _really_closed(
    name: str, ticket: Ticket, original: Original, desk: Desk
) -> dict[str, Variables]:
    """The same by the desk's own calendar, for the reasons it knows."""
    deadlines = desk.deadlines
    within = deadlines.angry_answer_within if ticket.angry else deadlines.answer_within
    told: dict[str, Variables] = {}
    for case, at in closed_moments(deadlines.hours, NOW, desk.languages).items():
        opened = ticket.opened_at + (at - NOW)
        moved = replace(
            ticket,
            opened_at=opened,
            waiting_since=opened,
            acknowledged_at=opened + timedelta(seconds=20),
            due_at=deadlines.hours.add(at, within),
        )
        told[case] = _to_customer(name, moved, original, desk, now=at)
    return told


def _late(closed: dict[str, Variables]) -> dict[str, Variables]:
    """These, and one of them past its deadline."""
    late = {**closed["holiday"], "answer_by": None, "late": True}
    return closed | {"late, on a holiday": variables.dotted(late)}


def _refused(ticket: Ticket, original: Original, desk: Desk) -> dict[str, Variables]:
    """Every reason for which an answer is not passed on."""
    ticket = replace(ticket, merged_into=f"{desk.reference_prefix}-2B4CD")
    return {
        reason.value: variables.for_not_sent(ticket, original, reason=reason, desk=desk, now=NOW)
        for reason in Refusal
    }


def _list(texts: Texts, desk: Desk) -> dict[str, Variables]:
    tickets = [ticket for ticket, _ in _tickets(texts, desk, angry=False).values()]
    cases = staff_samples.lists(tickets, desk=desk, now=NOW)
    return dict(
        zip((ORDINARY, "hostile", "many", "due soon", "late and due soon"), cases, strict=True)
    )


def _digest(texts: Texts, desk: Desk) -> dict[str, Variables]:
    cases = _tickets(texts, desk, angry=False)
    plain, angry, hostile = (cases[name][0] for name in (ORDINARY, "angry", "hostile"))
    told = staff_samples.digests(plain, angry, hostile, desk=desk, now=NOW)
    return dict(zip((ORDINARY, "quiet", "bad day"), told, strict=True))


def _admin(desk: Desk) -> dict[str, Variables]:
    detail = "imap.example.com: connection refused"
    cases = {
        event: variables.for_admin(event, detail, mailbox=desk.mailbox, desk=desk, now=NOW)
        for event in _EVENTS
    }
    return {ORDINARY: cases[_EVENTS[0]], **cases}
