"""A report as one table."""

import csv
import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from mailresponder.reports.as_csv import COLUMNS, as_csv
from mailresponder.reports.report import (
    Change,
    DefectLine,
    Figure,
    Part,
    Report,
    ThemeLine,
    Unit,
    Verdict,
    Week,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MORE = Change(verdict=Verdict.MORE, before=4, low=1.5, high=4.0)
SUPPORT = Part(
    key="support",
    messages=9,
    tickets=8,
    angry=2,
    answered=7,
    answered_in_time=6,
    median_seconds=None,
)


def report(name: str) -> Report:
    """Two weeks, with a theme and a defect of this name."""
    theme = ThemeLine(
        key="lid",
        names={"es": name},
        state="found",
        owner=name,
        messages=9,
        people=8,
        angry=2,
        praise=0,
        by_language={"en": 9},
        weeks=(2, 7),
        change=MORE,
        is_new=False,
        since=None,
    )
    defect = DefectLine(
        id=7, name=name, owner="", state="open", tickets=3, new=1, proposed=2, told=0, fixed_at=None
    )
    return Report(
        desk="Acme",
        zone=ZoneInfo("UTC"),
        since=NOW,
        until=NOW,
        before=NOW,
        made_at=NOW,
        mailbox=None,
        language=None,
        theme=None,
        headlines=(),
        figures={
            "messages": Figure(key="messages", unit=Unit.MESSAGES, value=9, change=MORE),
            "angry": Figure(key="angry", unit=Unit.SHARE, value=0.25, of=8, part=2),
            "response": Figure(key="response", unit=Unit.SECONDS, value=None),
        },
        weeks=tuple(
            Week(monday=day, messages=5, angry=1, answered_in_time=3, answered=4)
            for day in (date(2026, 11, 9), date(2026, 11, 16))
        ),
        themes=(theme,),
        not_understood=3,
        by_mailbox=(SUPPORT,),
        by_language=(),
        escalations={"overdue": 2},
        waiting={"1d": 1},
        longest=None,
        persistent=(),
        defects=(defect,),
        praise=(),
        blame=(),
    )


def rows(text: str, **wanted: str) -> list[dict[str, str]]:
    """The rows of a table that have these values."""
    read = csv.DictReader(io.StringIO(text, newline=""))
    assert tuple(read.fieldnames or ()) == COLUMNS
    return [row for row in read if wanted.items() <= row.items()]


def test_each_number_has_a_row() -> None:
    """With its unit, of how many it is, and what was before."""
    text = as_csv(report("Lid"), "en")

    [messages] = rows(text, part="figure", key="messages")
    assert (messages["value"], messages["unit"]) == ("9", "messages")
    assert (messages["before"], messages["change"]) == ("4", "more")
    [share] = rows(text, part="figure", key="angry")
    assert (share["value"], share["of"]) == ("0.25", "8")
    assert rows(text, part="figure", key="response")[0]["value"] == ""
    weeks = rows(text, part="theme", key="lid", measure="messages")
    assert [(row["week"], row["value"]) for row in weeks] == [
        ("", "9"),
        ("2026-11-09", "2"),
        ("2026-11-16", "7"),
    ]
    assert rows(text, part="mailbox", key="support", measure="tickets")[0]["value"] == "8"
    assert rows(text, part="defect", key="7", measure="new")[0]["value"] == "1"


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("https://evil.test")']
)
def test_no_name_is_a_formula(name: str) -> None:
    """A spreadsheet takes it as text, which is kept whole, with quotes and commas."""
    text = as_csv(report(name), "en")

    named = rows(text, name=f"'{name}")
    assert {row["part"] for row in named} == {"theme", "defect"}
    assert not rows(text, name=name)
