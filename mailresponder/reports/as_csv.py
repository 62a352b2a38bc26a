"""A report as one table for a spreadsheet: a number a row, tidy, under names that do not change.

No text of a customer is in it. Names that people gave cannot become formulas.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

from mailresponder.reports.report import Change, Report, Unit

COLUMNS = ("part", "key", "name", "measure", "week", "value", "unit", "of", "before", "change")
"""`part`: figure, theme, week, mailbox, language, escalation, waiting or defect; `week`: the Monday
of the one week that the number is of (where it is not over, `key` is `under_way`); `of`: how many a
share or median is of; `before`: the same in the period before; `change`: more, less, alike or
too_few."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_Value = str | int | float | date | None


def as_csv(report: Report, language: str) -> str:
    """The table, its first row the columns; names of themes in the language. Lines end as RFC 4180
    has them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for row in _rows(report, language):
        writer.writerow({key: _cell(value) for key, value in row.items()})
    return out.getvalue()


def _rows(report: Report, language: str) -> Iterator[dict[str, _Value]]:
    for figure in report.figures.values():
        change = _change(figure.change)
        yield {
            **_number("figure", figure.key, "", figure.value, figure.unit),
            "of": figure.of,
            **change,
        }
    unfinished = [report.under_way] if report.under_way else []
    for week in [*report.weeks, *unfinished]:
        for measure in ("messages", "angry", "answered", "answered_in_time"):
            unit = Unit.TICKETS if measure.startswith("answered") else Unit.MESSAGES
            key = "under_way" if week is report.under_way else ""
            row = _number("week", key, measure, getattr(week, measure), unit)
            yield row | {"week": week.monday}
    first = report.weeks[0].monday if report.weeks else None
    for theme in report.themes:
        name = theme.names.get(language) or next(iter(theme.names.values()), theme.key)
        for measure in ("messages", "angry", "praise", "people"):
            unit = Unit.PEOPLE if measure == "people" else Unit.MESSAGES
            row = _number("theme", theme.key, measure, getattr(theme, measure), unit)
            compared = _change(theme.change) if measure == "messages" else {}
            yield row | {"name": name} | compared
        for number, messages in enumerate(theme.weeks if first else ()):
            row = _number("theme", theme.key, "messages", messages, Unit.MESSAGES)
            monday = (first or date.min) + timedelta(weeks=number)
            yield row | {"name": name, "week": monday}
    yield _number("theme", "", "not_understood", report.not_understood, Unit.MESSAGES)
    for part, lines in (("mailbox", report.by_mailbox), ("language", report.by_language)):
        for line in lines:
            for measure in ("messages", "angry"):
                yield _number(part, line.key, measure, getattr(line, measure), Unit.MESSAGES)
            for measure in ("tickets", "answered", "answered_in_time"):
                yield _number(part, line.key, measure, getattr(line, measure), Unit.TICKETS)
            median = line.median_seconds
            yield _number(part, line.key, "median_first_response", median, Unit.SECONDS)
    for why, number in report.escalations.items():
        yield _number("escalation", why, "", number, Unit.TICKETS)
    for how_long, number in report.waiting.items():
        yield _number("waiting", how_long, "", number, Unit.TICKETS)
    for defect in report.defects:
        for measure in ("tickets", "new", "proposed", "told"):
            unit = Unit.PEOPLE if measure == "told" else Unit.TICKETS
            row = _number("defect", str(defect.id), measure, getattr(defect, measure), unit)
            yield row | {"name": defect.name}


def _number(
    part: str, key: str, measure: str, value: float | None, unit: Unit
) -> dict[str, _Value]:
    return {"part": part, "key": key, "measure": measure, "value": value, "unit": unit.value}


def _change(change: Change | None) -> dict[str, _Value]:
    if change is None:
        return {}
    return {"before": change.before, "change": change.verdict.value}


def _cell(value: _Value) -> str:
    if value is None:
        return ""
    text = str(value)
    # A spreadsheet would run it; the apostrophe says that it is text.
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
