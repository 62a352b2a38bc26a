"""The figures of a report, each defined once: a function that counts it in a slice of time.

What a figure is called, what it counts and what it does not stands in `words/`, under its key: the
page and `report --explain` show it. Where the rows come from is each definition's `source`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mailresponder.reports import comparing
from mailresponder.reports.comparing import Comparison
from mailresponder.reports.report import Figure, Unit
from mailresponder.reports.slices import Slice, praises

SMALL = 20
"""Shares of fewer are told as counts, "3 of 7"."""
_LATELY = 12
"""Weeks that show how much figures vary."""
_UNKNOWN_SPREAD = 2.0
"""How much more than Poisson's counts vary of which no weeks are known: machines' mail comes in
heaps."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many."""

    number: int


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    of: int


@dataclass(frozen=True, slots=True)
class Quantile:
    """Below which so many of some waits lie."""

    values: Sequence[float]
    """Seconds, sorted."""
    at: float


Measure = Count | Share | Quantile | None
"""None: it cannot be known, as machines' mail by language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """What a figure is."""

    key: str
    unit: Unit
    source: str
    """The tables it is counted from."""
    measure: Callable[[Slice], Measure]


def messages(of: Slice) -> Measure:
    """Mails of people, first and further ones, mere thanks too; no machine's, no copy."""
    return Count(len(of.messages))


def tickets(of: Slice) -> Measure:
    """Tickets opened; not those that became part of another, nor spam."""
    return Count(len(of.opened))


def people(of: Slice) -> Measure:
    """Different customers who wrote, by the address of their ticket."""
    return Count(len({row.person for row in of.messages}))


def angry(of: Slice) -> Measure:
    """Angry mails of all mails of people: by what staff said of them, else as they were heard."""
    return Share(sum(row.angry for row in of.messages), len(of.messages))


def praise(of: Slice) -> Measure:
    """Mails with praise and no anger, of those that were looked at."""
    heard = [row for row in of.messages if row.praise is not None]
    return Share(sum(map(praises, heard)), len(heard))


def understood(of: Slice) -> Measure:
    """First mails of tickets that a theme covers, of those that were looked at."""
    return Share(of.understood, len(of.looked_at))


def response_median(of: Slice) -> Measure:
    """Half of the first answers took no longer, in working time of their mailbox."""
    return Quantile(of.working, 0.5)


def response_p90(of: Slice) -> Measure:
    """Nine of ten first answers took no longer, in working time of their mailbox."""
    return Quantile(of.working, 0.9)


def response_median_clock(of: Slice) -> Measure:
    """Half of the first answers took no longer, by the clock: what the customer lived through."""
    return Quantile(of.clock, 0.5)


def response_p90_clock(of: Slice) -> Measure:
    """Nine of ten first answers took no longer, by the clock."""
    return Quantile(of.clock, 0.9)


def in_time(of: Slice) -> Measure:
    """First answers up to their deadline, of those that were given or due: a ticket counts when it
    is answered or when its deadline passes, whichever comes first, so the forgotten are late."""
    return Share(sum(one.in_time for one in of.decided), len(of.decided))


def waiting(of: Slice) -> Measure:
    """Tickets whose customer waited for an answer when the time was over, put off or not."""
    return Count(len(of.waiting))


def escalated(of: Slice) -> Measure:
    """Tickets of which somebody was told that their deadline had passed; a ticket counts once."""
    return Count(len(of.tickets_with("escalated")))


def reopened(of: Slice) -> Measure:
    """Tickets that were closed, and whose customer wrote again more than thanks."""
    return Count(len(of.tickets_with("reopened")))


def persistent(of: Slice) -> Measure:
    """People who wrote, and who write again and again: see `Persistence`."""
    return Count(len(of.persistent))


def solved(of: Slice) -> Measure:
    """Tickets whose customer said that it is solved, of those who said whether it is; silence is
    neither."""
    yes, no = of.tickets_with("solved"), of.tickets_with("not_solved")
    return Share(len(yes), len(yes | no))


def machines(of: Slice) -> Measure:
    """Mails no person wrote that made no ticket: bounces, out-of-office, lists, receipts."""
    return None if of.machines is None else Count(of.machines)


def failures(of: Slice) -> Measure:
    """Mails of ours to customers that were given up: refused, or tried in vain."""
    return None if of.failures is None else Count(of.failures)


def unreachable(of: Slice) -> Measure:
    """Tickets whose customer was found out of reach: our mail was refused or came back."""
    return Count(len(of.tickets_with("unreachable")))


_ALL: tuple[tuple[Callable[[Slice], Measure], Unit, str], ...] = (
    (messages, Unit.MESSAGES, "messages"),
    (tickets, Unit.TICKETS, "tickets"),
    (people, Unit.PEOPLE, "messages, tickets"),
    (angry, Unit.SHARE, "messages, labels"),
    (praise, Unit.SHARE, "themed"),
    (understood, Unit.SHARE, "themed, message_themes"),
    (response_median, Unit.SECONDS, "answers"),
    (response_p90, Unit.SECONDS, "answers"),
    (response_median_clock, Unit.SECONDS, "answers"),
    (response_p90_clock, Unit.SECONDS, "answers"),
    (in_time, Unit.SHARE, "answers, tickets"),
    (waiting, Unit.TICKETS, "tickets, answers"),
    (escalated, Unit.TICKETS, "events"),
    (reopened, Unit.TICKETS, "events"),
    (persistent, Unit.PEOPLE, "messages, tickets"),
    (solved, Unit.SHARE, "events"),
    (machines, Unit.MESSAGES, "messages"),
    (failures, Unit.MAILS, "outbox"),
    (unreachable, Unit.TICKETS, "events"),
)

DEFINITIONS: Mapping[str, Definition] = {
    measure.__name__: Definition(key=measure.__name__, unit=unit, source=source, measure=measure)
    for measure, unit, source in _ALL
}
"""Every figure by its key, in the order in which they are shown."""


def measured(of: Slice) -> dict[str, Figure]:
    """All figures of a slice, compared with nothing yet."""
    return {key: _figure(one, one.measure(of)) for key, one in DEFINITIONS.items()}


def compared(now: Slice, before: Slice, weeks: Sequence[Slice]) -> dict[str, Comparison]:
    """Each figure of a slice against that of another of the same length; `weeks`, which lie before
    `now`, show how much counts vary."""
    found = {}
    for key, one in DEFINITIONS.items():
        past = [one.measure(week) for week in weeks[-_LATELY:]]
        match one.measure(now), one.measure(before):
            case Count(number=later), Count(number=earlier):
                numbers = [week.number for week in past if isinstance(week, Count)]
                spread = comparing.spread(numbers) if numbers else _UNKNOWN_SPREAD
                found[key] = comparing.counts(later, earlier, spread=spread)
            case Share() as later, Share() as earlier:
                some = [week for week in past if isinstance(week, Share)]
                spread = comparing.spread_of_shares(
                    [week.part for week in some], [week.of for week in some]
                )
                found[key] = comparing.shares(
                    later.part, later.of, earlier.part, earlier.of, spread=spread
                )
            case Quantile(values=later, at=at), Quantile(values=earlier) if later:
                others = [week.values for week in past if isinstance(week, Quantile)]
                found[key] = comparing.quantiles(later, earlier, at, others)
            case _:
                pass
    return found


def _figure(one: Definition, found: Measure) -> Figure:
    match found:
        case Count(number=number):
            return Figure(key=one.key, unit=one.unit, value=number)
        case Share(part=part, of=of):
            value = part / of if of else None
            return Figure(key=one.key, unit=one.unit, value=value, part=part, of=of)
        case Quantile(values=values, at=at):
            value = comparing.quantile(values, at) if values else None
            return Figure(key=one.key, unit=one.unit, value=value, of=len(values))
        case None:
            return Figure(key=one.key, unit=one.unit, value=None)
