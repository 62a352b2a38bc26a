"""Makes a report: counts figures, compares them, finds what matters first, chooses quotes.

What is compared is compared together: false alarms are kept rare among all figures and themes of
one report. What a holiday may have done is not called a change, nor that there is more than before
there was a desk.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailresponder.listening.taxonomy import Taxonomy
from mailresponder.policy.deadlines import BusinessHours
from mailresponder.policy.defects import DefectState
from mailresponder.reports import comparing, figures, lines, quotes
from mailresponder.reports.gathering import Gathered, gather
from mailresponder.reports.headlines import Known, headlines
from mailresponder.reports.lines import Told
from mailresponder.reports.period import Period
from mailresponder.reports.report import (
    Change,
    DefectLine,
    Figure,
    Quote,
    Report,
    Unit,
    Verdict,
    Week,
)
from mailresponder.reports.slices import Slice, holidays, praises
from mailresponder.store import report_extras
from mailresponder.store.report_extras import DefectRow
from mailresponder.store.report_rows import MessageRow

_LATELY = 4
"""Windows that anger is held against."""
_QUOTED_THEMES = 10
_QUOTES_OF_THEME = 2
_QUOTES = 3
_COUNTS = (Unit.MESSAGES, Unit.TICKETS, Unit.PEOPLE)


def make(
    conn: Connection,
    *,
    desk_name: str,
    zone: ZoneInfo,
    period: Period,
    hours_of: Callable[[str], BusinessHours],
    taxonomy: Taxonomy,
    now: datetime,
    mailbox: str | None = None,
    language: str | None = None,
    theme: str | None = None,
    with_quotes: bool = True,
) -> Report:
    """The report of a period.

    Args:
        conn: A connection of the store; nothing is changed.
        desk_name: What the desk is called.
        zone: The desk's.
        period: What is told of.
        hours_of: The calendar of a mailbox, by its name.
        taxonomy: The themes that admins keep, with their names and owners.
        now: The moment it is made.
        mailbox: Only what came to this one; None for all.
        language: Only tickets in this language; None for all.
        theme: Only what is about this theme, by its key; None for all.
        with_quotes: False: no texts are read.
    """
    # 1. Read.
    read = gather(
        conn,
        period,
        now=now,
        hours_of=hours_of,
        taxonomy=taxonomy,
        mailbox=mailbox,
        language=language,
        theme=theme,
    )
    # 2. Count and compare, all together.
    told = lines.themes(read.now, read.before, read.past, read.called)
    calendars = [hours_of(name) for name in sorted({row.mailbox for row in read.now.messages})]
    holiday = holidays(period, calendars)
    holiday_before = holidays(period.before, calendars)
    counted, changes = _compared(
        read,
        told,
        fewer=holiday and not holiday_before,
        more=holiday_before and not holiday,
    )
    # 3. What is told in lines.
    weeks = tuple(_week(week) for week in read.weeks)
    waiting = read.now.waiting
    references = report_extras.references(conn, _referred(read.now))
    longest = None
    if waiting:
        first = waiting[0]
        seconds = (period.until - first.since).total_seconds()
        longest = (references.get(first.ticket, ""), seconds)
    again = lines.persistent(read.now, references)
    known = Known(
        figures=counted,
        themes=told,
        weeks=weeks,
        angry_lately=_angry_lately(read.past.windows),
        longest=longest,
        persistent=again,
        holiday=holiday,
        holiday_before=holiday_before,
    )
    first_lines = headlines(known)
    # 4. What customers wrote, first of all about what the first lines tell of.
    news = {key: told[key] for one in first_lines if (key := one.theme) in told and key}
    of_themes, praise, blame = (
        _quotes(conn, read.now, {**news, **told}) if with_quotes else ({}, (), ())
    )
    return Report(
        desk=desk_name,
        zone=zone,
        since=period.since,
        until=period.until,
        before=period.before.since,
        made_at=now,
        mailbox=mailbox,
        language=language,
        theme=theme,
        headlines=first_lines,
        figures=counted,
        weeks=weeks,
        themes=tuple(
            replace(lines.line(one, changes[key]), quotes=of_themes.get(key, ()))
            for key, one in told.items()
            # What nobody writes about any more is named where it is told that it got better.
            if one.rows or one.rows_before or key in news
        ),
        not_understood=len(read.now.looked_at) - read.now.understood,
        by_mailbox=lines.parts(read.now, "mailbox"),
        by_language=lines.parts(read.now, "language"),
        escalations=lines.escalations(
            read.now, frozenset(row.ticket for row in read.now.rows.messages if row.angry)
        ),
        waiting=lines.by_age(waiting, period.until),
        longest=longest,
        persistent=again,
        defects=tuple(
            DefectLine(**one._asdict())
            for one in report_extras.all_defects(conn, period.since, period.until)
            if _is_of(period, one)
        ),
        praise=praise,
        blame=blame,
        incomplete=_incomplete(read, holiday=holiday, holiday_before=holiday_before),
        under_way=_week(read.under_way) if read.under_way else None,
    )


def _is_of(period: Period, defect: DefectRow) -> bool:
    """Was it open in the period, or complained of in it?"""
    mended = defect.fixed_at
    return (
        defect.state == DefectState.OPEN
        or defect.new > 0
        or mended is None
        or mended >= period.since
    )


def _compared(
    read: Gathered, told: Mapping[str, Told], *, fewer: bool, more: bool
) -> tuple[dict[str, Figure], dict[str, Change]]:
    """The figures with their changes, and the changes of themes. `fewer`: that there are fewer is
    explained; `more`: that there are more is. Numbers of a desk younger than the time before are
    compared with nothing."""
    earlier = [week for week in read.weeks if week.period.until <= read.now.period.since]
    compared = figures.compared(read.now, read.before, earlier)
    both = {("figure", key): one for key, one in compared.items()}
    both |= {("theme", key): one.compared for key, one in told.items()}
    if read.is_young:
        both = {key: replace(one, before=None, is_enough=False) for key, one in both.items()}
    changes = comparing.judged(both)

    def excused(change: Change) -> Change:
        may_be = (change.verdict is Verdict.LESS and fewer) or (
            change.verdict is Verdict.MORE and more
        )
        return replace(change, verdict=Verdict.ALIKE) if may_be else change

    counted = {}
    for key, figure in figures.measured(read.now).items():
        change = changes.get(("figure", key))
        if change is not None and figure.unit in _COUNTS:
            change = None if read.is_young else excused(change)
        counted[key] = replace(figure, change=change)
    return counted, {key: excused(changes["theme", key]) for key in told}


def _week(week: Slice) -> Week:
    return Week(
        monday=week.period.since.astimezone(week.period.zone).date(),
        messages=len(week.messages),
        angry=sum(row.angry for row in week.messages),
        answered_in_time=sum(one.in_time for one in week.decided),
        answered=len(week.decided),
    )


def _referred(now: Slice) -> set[int]:
    """The tickets whose references the report tells."""
    theirs = {row.ticket for rows in now.persistent.values() for row in rows}
    return theirs | {one.ticket for one in now.waiting[:1]}


def _angry_lately(windows: Sequence[Slice]) -> tuple[int, int]:
    rows = [row for window in windows[:-1][-_LATELY:] for row in window.messages]
    return sum(row.angry for row in rows), len(rows)


def _quotes(
    conn: Connection, now: Slice, told: Mapping[str, Told]
) -> tuple[dict[str, tuple[Quote, ...]], tuple[Quote, ...], tuple[Quote, ...]]:
    """Quotes by theme, praise, and blame."""
    wanted = {key: quotes.candidates(one.rows) for key, one in list(told.items())[:_QUOTED_THEMES]}
    praised = [row for row in now.messages if praises(row)]
    blamed = [row for row in now.messages if row.angry]
    praise = quotes.candidates(praised, lambda row: row.praise or 0.0)
    blame = quotes.candidates(blamed, lambda row: row.anger)
    rows = {row.row for some in (*wanted.values(), praise, blame) for row in some}
    texts = report_extras.texts(conn, rows)
    taken: set[int] = set()

    def some(of: Sequence[MessageRow], number: int) -> tuple[Quote, ...]:
        return quotes.quoted(of, texts, number=number, taken=taken)

    blaming, praising = some(blame, _QUOTES), some(praise, _QUOTES)
    return {key: some(of, _QUOTES_OF_THEME) for key, of in wanted.items()}, praising, blaming


def _incomplete(read: Gathered, *, holiday: bool, holiday_before: bool) -> tuple[str, ...]:
    unseen = sum(row.praise is None for row in read.now.messages)
    names = {
        "mailbox_unread": read.failing,
        "not_looked_at": unseen > 0,
        "young": read.is_young,
        "holiday": holiday,
        "holiday_before": holiday_before,
    }
    return tuple(name for name, holds in names.items() if holds)
