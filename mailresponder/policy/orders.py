"""What staff can order by mail: the commands by name, and what may be wrong with one. Data only;
`commands` reads them out of a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from mailresponder.policy.deadlines import HORIZON, BusinessHours

MAX_COMMANDS = 30
"""Commands one mail may hold."""
MAX_NOTE = 4_000
"""Characters of a note."""
MAX_NAME = 120
"""Characters of a defect's name."""


class Order(StrEnum):
    """What can be ordered."""

    CLOSE = "close"
    """Nobody waits any more."""
    SNOOZE = "snooze"
    """Nobody is reminded for a while."""
    MINE = "mine"
    """Who writes takes the ticket."""
    ASSIGN = "assign"
    """Somebody else of staff is to take it."""
    NOT_ANGRY = "not_angry"
    ANGRY = "angry"
    NOTE = "note"
    """Something for colleagues to read."""
    ANSWERED = "answered"
    """It was answered in a way we cannot see, by telephone say."""
    WAIT = "wait"
    """We wait for the customer."""
    MERGE = "merge"
    """It is the same matter as another ticket."""
    SPAM = "spam"
    """No customer wrote it."""
    NOT_SPAM = "not_spam"
    DEFECT = "defect"
    """It complains of a defect that has a name already."""
    NEW_DEFECT = "new_defect"
    """It complains of a defect that is given its name by this."""
    HELP = "help"


WORDS: Mapping[Order, tuple[str, ...]] = {
    Order.CLOSE: ("close", "cerrar", "cerrado", "cerrada"),
    Order.SNOOZE: ("snooze", "posponer", "aplazar"),
    Order.MINE: ("mine", "mío", "mía"),
    Order.ASSIGN: ("assign", "asignar"),
    Order.NOT_ANGRY: ("not-angry", "no-enfadado", "no-enfadada"),
    Order.ANGRY: ("angry", "enfadado", "enfadada"),
    Order.NOTE: ("note", "nota"),
    Order.ANSWERED: ("answered", "respondido", "respondida", "contestado", "contestada"),
    Order.WAIT: ("wait", "waiting", "esperar"),
    Order.MERGE: ("merge", "unir"),
    Order.SPAM: ("spam", "basura"),
    Order.NOT_SPAM: ("not-spam", "no-spam", "no-basura"),
    Order.DEFECT: ("defect", "defecto", "fallo"),
    Order.NEW_DEFECT: ("new-defect", "nuevo-defecto", "nuevo-fallo"),
    Order.HELP: ("help", "ayuda"),
}
"""Every name of a command, English and Spanish. Case, accents and dashes do not matter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Until:
    """When a snooze ends: one of these."""

    duration: timedelta | None = None
    """Calendar time from now."""
    weekday: int | None = None
    """The next one that comes, not today; Monday is 0."""
    day: date | None = None

    def moment(self, *, now: datetime, hours: BusinessHours) -> datetime:
        """The moment it ends, in UTC; for a day, when the desk opens on it or next after it.

        Raises ValueError for a day that is not ahead, and where ten years hold no such moment.
        """
        if self.duration is not None:
            return now + self.duration
        today = now.astimezone(hours.timezone).date()
        day = self.day
        if day is None:
            ahead = ((self.weekday or 0) - today.weekday() - 1) % 7 + 1
            day = today + timedelta(days=ahead)
        if not today < day <= today + HORIZON:
            raise ValueError("not a useful day: it has begun, or is more than ten years ahead")
        return hours.next_open(datetime.combine(day, time(0), tzinfo=hours.timezone))


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """One thing that staff order."""

    order: Order
    written: str
    """The command's own word as it was written, as `#Close`; without its argument."""
    reference: str | None = None
    """The ticket it names, in capitals, perhaps without its prefix; None: the one the mail is
    about."""
    until: Until | None = None
    """Of a snooze."""
    address: str = ""
    """Of whom a ticket is assigned to, casefolded."""
    into: str = ""
    """The reference of the ticket to merge into, as `reference`."""
    text: str = ""
    """Of a note, or the name of a defect."""


class Obstacle(StrEnum):
    """Why something that was understood cannot be done."""

    NO_TICKET = "no_ticket"
    """It names no ticket, and the mail is not about one."""
    UNKNOWN = "unknown"
    """There is no such ticket."""
    UNPROVEN = "unproven"
    """The notice that was answered proves who writes for its own ticket only."""
    MERGED = "merged"
    """Its messages are in another ticket by now."""
    NOT_OPEN = "not_open"
    """It is answered or closed: there is nothing to put off."""
    NOT_AHEAD = "not_ahead"
    """The day has begun, or is too far off."""
    NOT_STAFF = "not_staff"
    """Whom it is to be assigned to is not staff."""
    NO_MESSAGE = "no_message"
    """No customer wrote anything that could be judged."""
    NOT_SPAM = "not_spam"
    """It is not marked as spam."""
    ITSELF = "itself"
    """It cannot be merged into itself."""
    OTHER_MAILBOX = "other_mailbox"
    """The other ticket came to another mailbox."""
    OTHER_CUSTOMER = "other_customer"
    """The other ticket is another customer's."""
    NO_DEFECT = "no_defect"
    """No defect is called that, or begins so."""
    SEVERAL_DEFECTS = "several_defects"
    """Several defects begin so."""
    NO_NAME = "no_name"
    """That cannot be the name of a defect."""


class Fault(StrEnum):
    """What is wrong with a command."""

    UNKNOWN = "unknown"
    """There is none of this name."""
    NO_TIME = "no_time"
    """A snooze does not say how long, or not in a way that is understood."""
    NO_ADDRESS = "no_address"
    """It does not say to whom the ticket is assigned, or says several."""
    NO_REFERENCE = "no_reference"
    """It does not say which ticket to merge into."""
    NO_TEXT = "no_text"
    """A note without text."""
    NO_DEFECT = "no_defect"
    """It does not say which defect."""
    TOO_LONG = "too_long"
    """A note of more than `MAX_NOTE` characters."""
    TEXT_BEHIND = "text_behind"
    """Words behind it that it has no use for: perhaps an answer that is to go out."""
    BELOW_TEXT = "below_text"
    """A command that stands below or within text that is for the customer."""
    TOO_MANY = "too_many"
    """More than `MAX_COMMANDS`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """Something that is not understood."""

    fault: Fault
    written: str
    """What was written, cut to a line."""
    nearest: str = ""
    """The command it may be meant for, as `#close`; empty where none is near."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """What a mail of staff orders."""

    commands: tuple[Command, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    """Where there are any, nothing is to be done and nothing to be sent."""
    rest: str = ""
    """The text below the commands, without blank lines around it."""
