"""What becomes of a ticket that was answered and is quiet: it is closed one day, and before that
its customer may be asked, once, whether it is solved.

Pure. One reason not to ask is one function; its name is what a reader searches for, the order of
RULES that of evaluation.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from mailresponder.listening.solved import Said
from mailresponder.mail import senders
from mailresponder.mail.compose import takes_mail
from mailresponder.policy import lifecycle, suppression
from mailresponder.policy.desk import Desk, matches
from mailresponder.policy.ticket import Ticket, TicketState

ASK_FOR = timedelta(days=7)
"""How long after its time a question may still be asked: who turns questions on, or comes back from
a long outage, writes to nobody about what was settled long ago."""

VISIBLE = frozenset({"sent_folder", "authenticated", "escalation_token", "relayed"})
"""What proves an answer that we have seen and the customer has. Of a telephone call, or of a mail
that nobody showed us, there is nothing in the thread to ask about."""

HARMLESS = frozenset(
    {
        suppression.acknowledgements_disabled.__name__,
        suppression.same_subject_cap.__name__,
        "answered_first",
    }
)
"""Why a person was not acknowledged who may be asked all the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiet:
    """An answered ticket that is quiet, and what is known of its thread and its customer."""

    ticket: Ticket
    answered_how: str | None
    """What proves its last answer; None where nobody waited for one."""
    answer_seen: bool
    """That answer lies in the thread."""
    wrote_since: bool
    """The customer wrote more than thanks after it, and staff settled that in another way."""
    machine_wrote: bool
    """A machine's mail lies in its thread, or a person's that reads like one's."""
    waits_elsewhere: bool
    """Another ticket of the same customer is open."""
    written_to_lately: bool
    """They have had automatic mail of ours within a day, or it is about to leave."""


Rule = Callable[[Quiet, Desk], bool]


def already_asked(quiet: Quiet, _: Desk) -> bool:
    """Once a ticket, ever."""
    return quiet.ticket.asked_at is not None or quiet.ticket.solved is not None


def not_answered(quiet: Quiet, _: Desk) -> bool:
    """It waits for us, or nothing in the thread tells what was answered."""
    seen = quiet.answer_seen or quiet.answered_how in VISIBLE
    return quiet.ticket.state is not TicketState.ANSWERED or not seen or quiet.wrote_since


def no_customer(quiet: Quiet, desk: Desk) -> bool:
    """It is spam, part of another ticket, or from nobody that mail can be sent to."""
    ticket, customer = quiet.ticket, quiet.ticket.customer
    if ticket.spam or ticket.merged_into is not None or desk.is_own(customer):
        return True
    return not takes_mail(customer) or not customer.email.isascii()


def unreachable(quiet: Quiet, _: Desk) -> bool:
    """Mail to them came back."""
    return quiet.ticket.unreachable_at is not None


def never_acknowledged(quiet: Quiet, _: Desk) -> bool:
    """Something forbade automatic mail to them, and still does."""
    return not HARMLESS.issuperset(quiet.ticket.suppressed_by)


def answers_for_machines(quiet: Quiet, desk: Desk) -> bool:
    """A no-reply or role address (RFC 2142 §4, §5), or a sender the configuration blocks."""
    customer = quiet.ticket.customer
    blocked = matches(customer, desk.acknowledging.blocked_senders)
    return blocked or senders.is_no_reply(customer) or senders.is_role(customer)


def in_a_machine_thread(quiet: Quiet, _: Desk) -> bool:
    """A machine takes part: it would answer the question too."""
    return quiet.machine_wrote


def waits_for_us(quiet: Quiet, _: Desk) -> bool:
    """Nobody is asked about one thing while they wait for an answer to another."""
    return quiet.waits_elsewhere


def had_mail_lately(quiet: Quiet, _: Desk) -> bool:
    """One question a day, and none on top of a receipt: stricter than every cap."""
    return quiet.written_to_lately


RULES: tuple[Rule, ...] = (
    already_asked,
    not_answered,
    no_customer,
    unreachable,
    never_acknowledged,
    answers_for_machines,
    in_a_machine_thread,
    waits_for_us,
    had_mail_lately,
)


def reasons_not_to_ask(quiet: Quiet, desk: Desk) -> tuple[str, ...]:
    """The names of all rules that forbid the question; empty: it may be asked."""
    return tuple(rule.__name__ for rule in RULES if rule(quiet, desk))


def asked(ticket: Ticket, *, at: datetime) -> Ticket:
    """The ticket after its customer was asked. That is no word of theirs: it rests as before."""
    return replace(ticket, asked_at=at)


def may_say(ticket: Ticket) -> bool:
    """Does a word on whether it is solved still count? While somebody waits for an answer, what
    they wait for is not solved by a late reply to an earlier question."""
    return ticket.asked_at is not None and ticket.state is not TicketState.OPEN


def said(ticket: Ticket, word: Said) -> Ticket:
    """The ticket after its customer's word on whether it is solved: theirs closes it."""
    match word:
        case Said.SOLVED:
            return replace(lifecycle.closed(ticket), solved=True)
        case Said.NOT_SOLVED:
            return replace(ticket, solved=False)
        case Said.UNCLEAR:
            return ticket
        case _:
            assert_never(word)
