"""The program lives through the year: it looks at each week's mail, and reports on it on Monday."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func, select
from year import filling, judging, plan
from year.desk import shop
from year.filling import Truth, Year
from year.judging import FoundTheme, Judgement
from year.matters import Hear

from mailresponder.app import App
from mailresponder.jobs import reports, theming
from mailresponder.reports.period import Period
from mailresponder.reports.report import Report
from mailresponder.store.schema_themes import themed

MONDAY_AT = timedelta(hours=8)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lived:
    """A year, or some weeks of it, and what the program made of it."""

    reports: dict[int, Report]
    """By the week they are about."""
    found: dict[str, FoundTheme]
    judgement: Judgement
    truth: Truth


def live(
    folder: Path,
    *,
    messages: int,
    weeks: Iterable[int] = range(1, plan.WEEKS + 1),
    seed: int = 8,
    hear: Hear = filling.heard,
    told: Callable[[int, Report], None] | None = None,
) -> Lived:
    """The weeks one after another, in an empty folder; `told` hears of each report."""
    clock = Clock()
    made: dict[int, Report] = {}
    with App.open(shop(folder), clock=clock) as app:
        year = Year(app.store, app.config, messages=messages, seed=seed, hear=hear)
        for week in weeks:
            clock.now = year.live_through(week) + MONDAY_AT
            look(app)
            made[week] = report_of(app, week, now=clock.now)
            if told is not None:
                told(week, made[week])
        with app.store.read() as conn:
            found = judging.found_themes(conn, year.truth)
            judgement = judging.judge(made, found, judging.serial_references(conn))
    return Lived(reports=made, found=found, judgement=judgement, truth=year.truth)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2025, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def look(app: App) -> int:
    """Let the program look at all mail that it has not looked at, as its passes do. Returns how
    many messages it looked at."""
    before = looked_at(app)
    for runner in app.mailboxes.values():
        work = runner.work
        # A pass has a second by the clock, and a slow machine needs many for what the model reads.
        theming.look(work.store, work.config, now=work.clock(), go_on=lambda: True)
    return looked_at(app) - before


def looked_at(app: App) -> int:
    """How many messages the program has looked at."""
    with app.store.read() as conn:
        return int(conn.execute(select(func.count()).select_from(themed)).scalar_one())


def report_of(app: App, week: int, *, now: datetime) -> Report:
    """The report on a week."""
    begin, end = (
        datetime.combine(plan.monday(number), time(0), tzinfo=plan.ZONE).astimezone(UTC)
        for number in (week, week + 1)
    )
    period = Period(since=begin, until=end, zone=plan.ZONE)
    return reports.made(app.store, app.config, now=now, period=period)
