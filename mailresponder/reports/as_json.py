"""A report as JSON: for other programs, and to be kept. `mailresponder help report` says what is in
it; names are never changed."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from mailresponder.reports.report import Report

VERSION = 1
"""Another number where a name has changed its meaning."""


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain JSON values: times in UTC (ISO 8601), days as `2026-01-05`, durations in
    seconds, shares as 0..1, None where there is nothing."""
    plain = {field.name: _plain(getattr(report, field.name)) for field in fields(report)}
    plain["longest"] = None
    if report.longest is not None:
        reference, seconds = report.longest
        plain["longest"] = {"ticket": reference, "seconds": seconds}
    return {"version": VERSION, **plain}


def _plain(value: object) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case ZoneInfo():
            return value.key
        case dict():
            return {str(key): _plain(one) for key, one in value.items()}
        case tuple() | list():
            return [_plain(one) for one in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value
