"""Who is told that a defect is mended: everyone who complained, once each, in their newest ticket,
and who is not and why.

Pure. One reason not to tell is one function; its name is what a reader searches for, the order of
RULES that of evaluation.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailresponder.mail import senders
from mailresponder.mail.compose import takes_mail
from mailresponder.policy.desk import Desk, matches
from mailresponder.policy.resting import HARMLESS
from mailresponder.policy.ticket import Ticket

MAX_TEXT = 2_000
"""Characters of the sentences in one language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What the admins say, beside what the template says; each by language."""

    words: Mapping[str, str]
    """Sentences; a language without any gets the template's own alone."""
    names: Mapping[str, str]
    """What was wrong, in words for customers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """A ticket that is linked to the defect."""

    ticket: Ticket
    machine_wrote: bool
    """A machine's mail lies in its thread, or a person's that reads like one's."""
    came_back_at: datetime | None = None
    """When mail to its customer last came back, in whichever ticket of the desk."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Everyone who complained: each person stands in one of the two, with one of their tickets."""

    to_tell: tuple[Ticket, ...]
    """One a person, the oldest first."""
    left_out: tuple[tuple[Ticket, tuple[str, ...]], ...]
    """With the names of the rules that speak against it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    complaint: Complaint
    desk: Desk | None
    told: Collection[str]

    @property
    def ticket(self) -> Ticket:
        return self.complaint.ticket


Rule = Callable[[_Case], bool]


def already_told(case: _Case) -> bool:
    """Once a person and defect, ever."""
    return case.ticket.customer.key in case.told


def mailbox_gone(case: _Case) -> bool:
    """The mailbox it came to is in the configuration no more."""
    return case.desk is None


def marked_as_spam(case: _Case) -> bool:
    """Staff said that no customer wrote it."""
    return case.ticket.spam


def merged(case: _Case) -> bool:
    """Its messages are in another ticket."""
    return case.ticket.merged_into is not None


def no_address(case: _Case) -> bool:
    """Nobody that mail can be sent to: no address, one no mail can have, or our own."""
    customer = case.ticket.customer
    if not takes_mail(customer) or not customer.email.isascii():
        return True
    return case.desk is not None and case.desk.is_own(customer)


def unreachable(case: _Case) -> bool:
    """Mail to them came back, and they have opened no ticket since."""
    back = case.complaint.came_back_at
    return case.ticket.unreachable_at is not None or (
        back is not None and case.ticket.opened_at < back
    )


def never_acknowledged(case: _Case) -> bool:
    """Something forbade automatic mail to them, a cap say, and still does."""
    return not HARMLESS.issuperset(case.ticket.suppressed_by)


def answers_for_machines(case: _Case) -> bool:
    """A no-reply or role address (RFC 2142 §4, §5), or a sender the configuration blocks."""
    customer, desk = case.ticket.customer, case.desk
    blocked = desk is not None and matches(customer, desk.acknowledging.blocked_senders)
    return blocked or senders.is_no_reply(customer) or senders.is_role(customer)


def in_a_machine_thread(case: _Case) -> bool:
    """A machine takes part: it would answer this too."""
    return case.complaint.machine_wrote


RULES: tuple[Rule, ...] = (
    already_told,
    mailbox_gone,
    marked_as_spam,
    merged,
    no_address,
    unreachable,
    never_acknowledged,
    answers_for_machines,
    in_a_machine_thread,
)


def meaning(reason: str) -> str:
    """What the name of a rule means; the name itself where there is no such rule."""
    said = next((rule.__doc__ for rule in RULES if rule.__name__ == reason), None)
    return " ".join((said or reason).split())


def audience(
    complaints: Sequence[Complaint], *, told: Collection[str], desks: Mapping[str, Desk]
) -> Audience:
    """Whom to tell, and in which ticket: of each person's the newest that nothing speaks against.

    `told`: the keys of who was told already. `desks`: by the mailbox's name, those that there are.
    """
    to_tell: dict[str, Ticket] = {}
    left_out: dict[str, tuple[Ticket, tuple[str, ...]]] = {}
    newest_first = sorted(complaints, key=lambda c: (c.ticket.opened_at, c.ticket.id), reverse=True)
    for complaint in newest_first:
        ticket = complaint.ticket
        # Who has no address may be anybody: each such ticket is a person of its own.
        person = ticket.customer.key or ticket.reference
        if person in to_tell:
            continue
        case = _Case(complaint=complaint, desk=desks.get(ticket.mailbox), told=told)
        against = tuple(rule.__name__ for rule in RULES if rule(case))
        if against:
            left_out.setdefault(person, (ticket, against))
        else:
            to_tell[person] = ticket
            left_out.pop(person, None)
    return Audience(
        to_tell=tuple(reversed(to_tell.values())), left_out=tuple(reversed(left_out.values()))
    )


def checked(said: Said) -> Said:
    """As it is kept: without languages that say nothing. Raises ValueError, with what is wrong."""
    kept = Said(
        words={code: text.strip() for code, text in said.words.items() if text.strip()},
        names={code: " ".join(text.split()) for code, text in said.names.items() if text.strip()},
    )
    for text in (*kept.words.values(), *kept.names.values()):
        if len(text) > MAX_TEXT:
            raise ValueError(f"at most {MAX_TEXT} characters in one language")
    return kept
