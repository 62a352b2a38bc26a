"""Reads from the store what a report is made of, and says which times it is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailresponder.listening.taxonomy import Taxonomy
from mailresponder.policy.deadlines import BusinessHours
from mailresponder.reports.lines import Called, Past
from mailresponder.reports.period import Period, Span
from mailresponder.reports.slices import Rows, Slice
from mailresponder.store import report_extras, report_rows, themes
from mailresponder.store.report_rows import Only
from mailresponder.store.themes import State, ThemeRow

WEEKS = 26
"""Of the longer view."""
WINDOWS = 12
"""Periods before this one that themes are held against, where so many fit into the weeks."""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """All that was read, and cut into times."""

    now: Slice
    before: Slice
    weeks: tuple[Slice, ...]
    under_way: Slice | None
    """What there is of the week that is not over."""
    mondays: tuple[Span, ...]
    past: Past
    called: Callable[[str], Called]
    oldest: datetime | None
    """When the first mail came of all."""
    failing: bool
    """Is a mailbox not read at the moment?"""

    @property
    def is_young(self) -> bool:
        """Did the first mail of all come later than the day that what it is compared with begins?
        Then it is no comparison."""
        begin = self.before.period.since
        return self.oldest is not None and self.oldest >= begin + timedelta(days=1)


def gather(
    conn: Connection,
    period: Period,
    *,
    now: datetime,
    hours_of: Callable[[str], BusinessHours],
    taxonomy: Taxonomy,
    mailbox: str | None,
    language: str | None,
    theme: str | None,
) -> Gathered:
    """Everything that the report of a period needs but texts and defects."""
    known = themes.all_themes(conn)
    counts_for = themes.resolved(known)
    only = Only(mailbox=mailbox, language=language, themes=_keys_of(theme, counts_for))
    before = period.before
    spans = period.weeks(WEEKS)
    since, until = min(before.since, spans[0].since), period.until
    messages = report_rows.messages_of_people(conn, only, since, until)
    found = report_rows.themes_of(conn, only, since, until)
    rows = Rows(
        messages=messages,
        tickets=report_rows.tickets_opened(conn, only, since, until),
        answers=report_rows.answers_given(conn, only, since),
        events=report_rows.what_was_done(conn, only, since, until),
        themes=_as_counted(found, counts_for),
        covered=found.keys(),
        hours_of=hours_of,
    )
    machines = failures = None
    if language is None and theme is None:
        machines = report_extras.machines(conn, mailbox, before.since, period.since, until)
    if theme is None:
        failures = report_extras.failures(conn, only, before.since, period.since, until)
    this = Slice(
        rows=rows,
        period=period,
        machines=machines.now if machines else None,
        failures=failures.now if failures else None,
    )
    # Whatever the theme: before it was first met the desk was there all the same.
    oldest = report_rows.oldest(conn, Only(mailbox=mailbox, language=language))

    def of(span: Span) -> Slice:
        return Slice(rows=rows, period=Period(since=span.since, until=span.until, zone=period.zone))

    weeks = tuple(of(one) for one in spans)
    unfinished = period.under_way(now)
    past = Past(
        windows=_windows(this, since, oldest),
        weeks=weeks,
        mondays=[one.monday for one in spans],
        first_met=_earliest(report_rows.first_met(conn, only), counts_for),
        before=_periods(period, oldest),
    )
    return Gathered(
        now=this,
        before=Slice(
            rows=rows,
            period=before,
            machines=machines.before if machines else None,
            failures=failures.before if failures else None,
        ),
        weeks=weeks,
        under_way=of(unfinished) if unfinished else None,
        mondays=spans,
        past=past,
        called=_names(known, taxonomy),
        oldest=oldest,
        failing=report_extras.is_failing(conn, mailbox),
    )


def _keys_of(theme: str | None, counts_for: Mapping[str, str | None]) -> frozenset[str] | None:
    if theme is None:
        return None
    return frozenset({theme, *(key for key, into in counts_for.items() if into == theme)})


def _as_counted(
    found: Mapping[int, tuple[str, ...]], counts_for: Mapping[str, str | None]
) -> dict[int, tuple[str, ...]]:
    """Merged themes followed, dismissed ones gone; a mail with no other theme then has none."""
    counted = {}
    for row, keys in found.items():
        if kept := tuple(dict.fromkeys(into for key in keys if (into := counts_for.get(key, key)))):
            counted[row] = kept
    return counted


def _earliest(
    met: Mapping[str, datetime], counts_for: Mapping[str, str | None]
) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for key, at in met.items():
        if into := counts_for.get(key, key):
            found[into] = min(at, found.get(into, at))
    return found


def _windows(now: Slice, since: datetime, oldest: datetime | None) -> list[Slice]:
    """Periods as long as this one that the desk has seen whole, the oldest first."""
    begin = max(since, oldest or now.period.since)
    earlier = [now.period.back(number) for number in range(WINDOWS, 0, -1)]
    return [*(Slice(rows=now.rows, period=one) for one in earlier if one.since >= begin), now]


def _periods(period: Period, oldest: datetime | None) -> float:
    """How many such periods lie between the first mail of all and this period."""
    if oldest is None or oldest >= period.since:
        return 0.0
    return (period.since - oldest) / (period.until - period.since)


def _names(known: list[ThemeRow], taxonomy: Taxonomy) -> Callable[[str], Called]:
    kept = {theme.key: theme for theme in taxonomy.themes}
    rows = {row.key: row for row in known}

    def called(key: str) -> Called:
        names = dict(rows[key].names) if key in rows else {}
        if key in kept:
            theme = kept[key]
            return Called(
                key=key, names=names | dict(theme.names), state=State.KEPT, owner=theme.owner
            )
        state = rows[key].state if key in rows else State.KEPT
        return Called(key=key, names=names, state=state, owner="")

    return called
