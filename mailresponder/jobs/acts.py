"""What staff do to a ticket, each within an open transaction: for the command line, for mail and
for the page alike. How two tickets become one is in `merging`.

A ticket is handed in as it was read in this transaction, and handed back as it is then.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailresponder.config import Config
from mailresponder.errors import MailresponderError
from mailresponder.jobs import flagging
from mailresponder.jobs.answers import note_answer
from mailresponder.jobs.story import NOTE, angriest, judgeable, never_answered, summed
from mailresponder.jobs.withdrawal import withdraw_notices
from mailresponder.mail.message import Address
from mailresponder.policy import lifecycle
from mailresponder.policy.desk import Desk
from mailresponder.policy.orders import Obstacle
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import announcing, labels, messages, tickets
from mailresponder.store.labels import Label

COMMAND_LINE = "command line"
"""How stories name whoever was there: behind the account's name in brackets, or alone."""


class Impossible(MailresponderError):  # noqa: N818 - nobody made a mistake
    """This cannot be done to this ticket, and why."""

    def __init__(self, obstacle: Obstacle, message: str, *, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.obstacle = obstacle


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What came of it."""

    ticket: Ticket
    """As it is now."""
    changed: bool
    """False where it was so already: then nothing was written down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hand:
    """Who does something to a ticket, when, and in which transaction."""

    conn: Connection
    now: datetime
    by: str
    """A person's address, or whoever is at the command line."""

    def event(self, ticket: Ticket, what: str, why: str = "") -> None:
        """Write down what was done."""
        tickets.add_event(self.conn, ticket.id, at=self.now, what=what, why=why, by=self.by)


def named(conn: Connection, reference: str) -> Ticket:
    """The ticket of a reference. Raises Impossible where there is none, and for one whose messages
    are in another by now: who named it may not know of that."""
    ticket = tickets.ticket_by_reference(conn, reference.upper())
    if ticket is None:
        raise Impossible(
            Obstacle.UNKNOWN,
            f"there is no ticket {reference}",
            mend="`mailresponder tickets` lists them",
        )
    if ticket.merged_into is not None:
        raise Impossible(
            Obstacle.MERGED,
            f"{ticket.reference} was merged into {ticket.merged_into}",
            mend=f"name {ticket.merged_into}",
        )
    return ticket


def answered(hand: Hand, ticket: Ticket, *, desk: Callable[[], Desk]) -> Done:
    """Staff answered in a way we cannot see, by telephone say. What is closed stays closed."""

    def change(ticket: Ticket) -> Ticket:
        if ticket.state is not TicketState.OPEN:
            return ticket
        return lifecycle.answered(ticket, at=hand.now, rest=None, desk=desk())

    done = _change(hand, ticket, change, what="answered")
    if done.changed:
        note_answer(hand.conn, ticket, at=hand.now, how="command", by=hand.by)
    return done


def close(hand: Hand, ticket: Ticket) -> Done:
    """Nobody waits any more."""

    def change(ticket: Ticket) -> Ticket:
        return ticket if ticket.state is TicketState.CLOSED else lifecycle.closed(ticket)

    return _change(hand, ticket, change, what="closed")


def wait(hand: Hand, ticket: Ticket) -> Done:
    """It is the customer's turn: nobody has answered, and nobody waits for us."""

    def change(ticket: Ticket) -> Ticket:
        open_ = ticket.state is TicketState.OPEN
        return lifecycle.waiting(ticket, hand.now) if open_ else ticket

    return _change(hand, ticket, change, what="waiting")


def snooze(hand: Hand, ticket: Ticket, *, until: datetime, zone: ZoneInfo) -> Done:
    """Nobody is reminded before `until`. The deadline stays; `zone` is the desk's, in which the
    ticket's story names that moment. Raises Impossible for a ticket that is not open."""
    if ticket.state is not TicketState.OPEN:
        raise Impossible(
            Obstacle.NOT_OPEN,
            f"{ticket.reference} is {ticket.state.value}: there is nothing to snooze",
            mend="only an open ticket can be snoozed",
        )
    why = f"until {until.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"
    return _change(
        hand, ticket, lambda t: lifecycle.snoozed(t, until=until), what="snoozed", why=why
    )


def assign(hand: Hand, ticket: Ticket, *, to: Address, desk: Desk) -> Done:
    """Somebody is to take it. Raises Impossible for who is not staff: a slip of the pen would show
    a stranger what the customer wrote."""
    if not desk.is_staff(to):
        raise Impossible(
            Obstacle.NOT_STAFF,
            f"{to.email} is no address of staff",
            mend="`[staff] addresses` says whose are",
        )
    return _change(
        hand,
        ticket,
        lambda t: replace(t, assigned_to=to.key),
        what="assigned",
        why=f"to {to.key}",
    )


def note(hand: Hand, ticket: Ticket, text: str) -> Done:
    """Write something down for colleagues; no customer is ever shown it."""
    hand.event(ticket, NOTE, text)
    return Done(ticket=ticket, changed=True)


def judge(hand: Hand, ticket: Ticket, *, angry: bool, config: Config) -> Done:
    """Staff say whether the customer is angry, which holds for what they have written so far.

    The message that the verdict rests on is labelled, to learn from; the deadline and, in the
    mailbox, the flags follow. Raises Impossible where no customer has written anything.
    """
    conn = hand.conn
    told = judgeable(conn, ticket)
    if not told:
        raise Impossible(Obstacle.NO_MESSAGE, f"{ticket.reference} holds no message of a customer")
    message = angriest(ticket, told)
    known = labels.of_message(conn, message.id)
    if ticket.angry == angry and known is not None and known.angry == angry:
        return Done(ticket=ticket, changed=False)
    # Who says that it is not angry takes back what was said of its other mails; who says after
    # that that it is, takes back all that was said in one stroke.
    said = {message.id, *(m.id for m in told if m.judged and not angry)}
    if angry and known is not None:
        judged = {m.id: labels.of_message(conn, m.id) for m in told if m.judged is False}
        said |= {row for row, one in judged.items() if one is not None and one.at == known.at}
    for row in said:
        labels.put(conn, Label(message_row=row, angry=angry, by=hand.by, at=hand.now))
    after = lifecycle.judged(
        ticket,
        angry=angry,
        by=hand.by,
        at=hand.now,
        known_until=max(m.at for m in told),
        desk=config.desk_for(ticket.mailbox),
    )
    tickets.save_ticket(conn, after)
    why = f"heard {message.anger or 0.0:.2f}, {'angry' if message.angry else 'not angry'}"
    hand.event(ticket, "judged_angry" if angry else "judged_not_angry", why)
    if not angry:
        flagging.unflag(conn, after, [m.id for m in told], now=hand.now)
    elif config.anger.flag:
        for row in sorted(said):
            flagging.flag(conn, after, row, now=hand.now)
    return Done(ticket=after, changed=True)


def spam(hand: Hand, ticket: Ticket) -> Done:
    """No customer wrote it: it is closed, its mail is marked in the mailbox, and nothing is sent
    to this sender by itself any more, what they write later included."""

    def change(ticket: Ticket) -> Ticket:
        if ticket.spam:
            return ticket
        return replace(lifecycle.closed(ticket), spam=True)

    done = _change(hand, ticket, change, what="spam")
    if done.changed:
        flagging.mark_junk(hand.conn, ticket, now=hand.now)
        messages.forget(hand.conn, announcing.take_back(hand.conn, ticket.id))
    return done


def not_spam(hand: Hand, ticket: Ticket, *, desk: Desk) -> Done:
    """A customer wrote it after all: they wait since they wrote, and our mark is taken away.
    Raises Impossible for a ticket that is not marked."""
    if not ticket.spam:
        raise Impossible(Obstacle.NOT_SPAM, f"{ticket.reference} is not marked as spam")
    rest = summed([(ticket, message) for message in never_answered(hand.conn, ticket)])

    def change(ticket: Ticket) -> Ticket:
        ticket = replace(ticket, spam=False)
        return ticket if rest is None else lifecycle.waits_again(ticket, rest, desk)

    done = _change(hand, ticket, change, what="not_spam")
    flagging.unmark_junk(hand.conn, ticket, now=hand.now)
    return done


def _change(
    hand: Hand, ticket: Ticket, change: Callable[[Ticket], Ticket], *, what: str, why: str = ""
) -> Done:
    after = change(ticket)
    if after == ticket:
        return Done(ticket=ticket, changed=False)
    tickets.save_ticket(hand.conn, after)
    hand.event(ticket, what, why)
    if after.state is not TicketState.OPEN:
        after = withdraw_notices(hand.conn, after, now=hand.now)
    return Done(ticket=after, changed=True)
