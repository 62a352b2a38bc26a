"""The lines of a report: themes, mailboxes and languages, people who write again and again, and
why tickets were escalated."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from mailresponder.reports import comparing, turning
from mailresponder.reports.comparing import Comparison
from mailresponder.reports.report import Change, Part, Persistent, ThemeLine
from mailresponder.reports.slices import Slice, Waiting, praises
from mailresponder.reports.turning import Turn
from mailresponder.store.report_rows import MessageRow

NEW_FROM = 3
"""So many people make something new."""
_MIN_HISTORY = 4
"""Windows of a desk's past without which nothing is called new."""
_MOST_PERSISTENT = 5
_MOST_THEMES = 3
_AGES = {"1d": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7)}

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """A theme as people know it."""

    key: str
    names: dict[str, str]
    state: str
    owner: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What is known of a theme in the period and before it."""

    called: Called
    rows: Sequence[MessageRow]
    rows_before: Sequence[MessageRow]
    weeks: tuple[int, ...]
    compared: Comparison
    turn: Turn | None
    new: float | None
    """How likely noise alone would make it new; None where it was met before."""
    since: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What themes are held against."""

    windows: Sequence[Slice]
    """Periods as long as this one, the oldest first, this one at the end."""
    weeks: Sequence[Slice]
    mondays: Sequence[date]
    first_met: Mapping[str, datetime]
    """When each theme was met first, by its key as it counts."""
    before: float
    """How many such periods the desk has seen before this one."""


def themes(
    now: Slice, before: Slice, past: Past, called: Callable[[str], Called]
) -> dict[str, Told]:
    """Every theme that is met in the period or lately, the most frequent first."""
    rows, rows_before = _by_theme(now), _by_theme(before)
    people = [_people(window) for window in past.windows]
    totals = [len({row.person for row in window.messages}) for window in past.windows]
    weekly = [_people(week) for week in past.weeks]
    weekly_totals = [len({row.person for row in week.messages}) for week in past.weeks]
    by_week = [{key: len(found) for key, found in _by_theme(week).items()} for week in past.weeks]
    # What nobody writes about any more may be what got better.
    lately = {key for window in people[-1 - turning.RECENT :] for key in window}
    told = {}
    for key in sorted(rows_before.keys() | lately, key=lambda one: (-len(rows[one]), one)):
        counts = [len(window.get(key, ())) for window in people]
        first = past.first_met.get(key)
        is_new = first is not None and first >= now.period.since and past.before >= _MIN_HISTORY
        at = turning.began([len(week.get(key, ())) for week in weekly], weekly_totals)
        told[key] = Told(
            called=called(key),
            rows=rows[key],
            rows_before=rows_before[key],
            weeks=tuple(week.get(key, 0) for week in by_week),
            compared=_compared(rows[key], rows_before[key], counts[:-1]),
            turn=turning.turn(counts, totals),
            new=_newness(counts[-1], totals, past) if is_new else None,
            since=_monday(first, now) if is_new else past.mondays[at] if at is not None else None,
        )
    return told


def line(told: Told, change: Change) -> ThemeLine:
    """A theme as the report shows it, without quotes."""
    return ThemeLine(
        key=told.called.key,
        names=told.called.names,
        state=told.called.state,
        owner=told.called.owner,
        messages=len(told.rows),
        people=len({row.person for row in told.rows}),
        angry=sum(row.angry for row in told.rows),
        praise=sum(map(praises, told.rows)),
        by_language=dict(sorted(Counter(row.language for row in told.rows).items())),
        weeks=told.weeks,
        change=change,
        is_new=told.new is not None and len({row.person for row in told.rows}) >= NEW_FROM,
        since=told.since,
    )


def parts(of: Slice, name: str) -> tuple[Part, ...]:
    """The main figures by `mailbox` or by `language`, the busiest first."""

    messages, opened = _split(of.messages, name), _split(of.opened, name)
    given, decided = _split(of.first_answers, name), _split(of.decided, name)
    found = []
    for key in messages.keys() | opened.keys() | given.keys() | decided.keys():
        waits = sorted(of.waits[one] for one in given.get(key, ()))
        found.append(
            Part(
                key=key,
                messages=len(messages.get(key, ())),
                tickets=len(opened.get(key, ())),
                angry=sum(row.angry for row in messages.get(key, ())),
                answered=len(decided.get(key, ())),
                answered_in_time=sum(one.in_time for one in decided.get(key, ())),
                median_seconds=comparing.quantile(waits, 0.5) if waits else None,
            )
        )
    return tuple(sorted(found, key=lambda part: (-part.messages, part.key)))


def persistent(of: Slice, references: Mapping[int, str]) -> tuple[Persistent, ...]:
    """Who writes again and again, the most frequent first."""
    found = []
    for rows in of.persistent.values():
        about = Counter(key for row in rows for key in of.themes.get(row.row, ()))
        tickets = dict.fromkeys(row.ticket for row in rows)
        found.append(
            Persistent(
                messages=len(rows),
                tickets=len(tickets),
                angry=sum(row.angry for row in rows),
                themes=tuple(key for key, _ in about.most_common(_MOST_THEMES)),
                references=tuple(references[one] for one in tickets if one in references),
            )
        )
    found.sort(key=lambda one: (-one.messages, one.references))
    return tuple(found[:_MOST_PERSISTENT])


def escalations(of: Slice, angry: frozenset[int]) -> dict[str, int]:
    """Tickets somebody was told of, by why; `angry` are the tickets with an angry mail.

    `overdue_again` are those of the overdue that were told of more than once.
    """
    steps = Counter(event.ticket for event in of.events if event.what == "escalated")
    higher = {event.ticket for event in of.events if event.level > 1}
    late = steps.keys()
    return {
        "warning": len(of.tickets_with("warned") - late),
        "overdue": len(late - angry),
        "overdue_angry": len(late & angry),
        "overdue_again": sum(number > 1 or one in higher for one, number in steps.items()),
    }


def by_age(waiting: Sequence[Waiting], at: datetime) -> dict[str, int]:
    """How many wait for how long, by the clock."""
    limits = list(_AGES.values())
    names = [*_AGES, "more"]
    found = dict.fromkeys(names, 0)
    for one in waiting:
        found[names[bisect_right(limits, at - one.since)]] += 1
    return found


def _split(rows: Iterable[T], name: str) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _by_theme(of: Slice) -> dict[str, list[MessageRow]]:
    found: dict[str, list[MessageRow]] = defaultdict(list)
    for row in of.messages:
        for key in of.themes.get(row.row, ()):
            found[key].append(row)
    return found


def _people(of: Slice) -> dict[str, set[str]]:
    return {key: {row.person for row in rows} for key, rows in _by_theme(of).items()}


def _compared(
    rows: Sequence[MessageRow], before: Sequence[MessageRow], past: Sequence[int]
) -> Comparison:
    """Of messages; whether it is more than noise is judged by how many people wrote."""
    people, people_before = (len({row.person for row in some}) for some in (rows, before))
    spread = comparing.spread(past)
    chance = comparing.chance(people, people_before, spread=spread)
    return replace(comparing.counts(len(rows), len(before), spread=spread), chance=chance)


def _newness(number: int, totals: Sequence[int], past: Past) -> float:
    if number < NEW_FROM:
        return 1.0
    usual = sum(totals[:-1]) / max(len(totals) - 1, 1)
    windows = int(past.before)
    return turning.newness(number, totals[-1], windows, round(usual * windows))


def _monday(first: datetime | None, now: Slice) -> date | None:
    if first is None:
        return None
    day = first.astimezone(now.period.zone).date()
    return day - timedelta(days=day.weekday())
