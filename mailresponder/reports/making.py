"""Makes a report: reads rows, counts figures, compares them, finds what matters first.

The number of statements is fixed. What is compared is compared together: in `comparing` false
alarms are kept rare among all figures and themes of one report.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailresponder.listening.taxonomy import Taxonomy
from mailresponder.policy.deadlines import BusinessHours
from mailresponder.reports import comparing, figures, headlines, lines, quotes
from mailresponder.reports.lines import Called, Past, Told
from mailresponder.reports.period import Period
from mailresponder.reports.report import (
    Change,
    DefectLine,
    Figure,
    Quote,
    Report,
    ThemeLine,
    Unit,
    Verdict,
    Week,
)
from mailresponder.reports.slices import Rows, Slice, holidays
from mailresponder.store import report_extras, report_rows
from mailresponder.store.report_extras import NamedTheme
from mailresponder.store.report_rows import MessageRow, Only

WEEKS = 26
"""Of the longer view."""
_WINDOWS = 12
"""Periods before this one that themes are held against."""
_LATELY = 4
"""Of them, those that anger is held against."""
_QUOTED_THEMES = 8
_QUOTES_OF_THEME = 2
_QUOTES = 4
_COUNTS = (Unit.MESSAGES, Unit.TICKETS, Unit.PEOPLE)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a report is wanted of."""

    period: Period
    only: Only
    weeks: tuple[Period, ...]
    mondays: tuple
    windows: tuple[Period, ...]


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
    names: Sequence[str] = (),
) -> Report:
    """The report of a period.

    Args:
        conn: A connection of the store; reads only.
        desk_name: What the desk is called.
        zone: The desk's.
        period: What is told of; what is later than `now` is not known yet.
        hours_of: The calendar of a mailbox, by its name.
        taxonomy: The themes that admins keep, with names and owners.
        now: The moment it is made.
        mailbox: Only what came to this one; None for all.
        language: Only tickets in this language; None for all.
        theme: Only what is about this theme, by its key; None for all.
        with_quotes: False: no texts are read.
        names: What is to be masked in quotes beside the customer's own name, as staff's.
    """
