"""The report as its page draws it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from making import NOON

from mailresponder.reports.report import Change, Figure, Report, ThemeLine, Unit, Verdict, Week
from mailresponder.web.report_view import OWN, Choice, View, choice, time_of

MADRID = ZoneInfo("Europe/Madrid")
ALIKE = Change(verdict=Verdict.ALIKE, before=4)
LID = ThemeLine(
    key="lid",
    names={"en": "Lid"},
    state="kept",
    owner="",
    messages=200,
    people=9,
    angry=1,
    praise=0,
    by_language={},
    weeks=(0, 5, 10),
    change=ALIKE,
    is_new=False,
    since=None,
)
REPORT = Report(
    desk="Acme",
    zone=MADRID,
    since=NOON - timedelta(days=7),
    until=NOON,
    before=NOON - timedelta(days=14),
    made_at=NOON,
    mailbox=None,
    language=None,
    theme=None,
    headlines=(),
    figures={"messages": Figure(key="messages", unit=Unit.MESSAGES, value=0)},
    weeks=(
        Week(monday=date(2026, 11, 9), messages=10, angry=10, answered_in_time=1, answered=2),
        Week(monday=date(2026, 11, 16), messages=20, angry=0, answered_in_time=0, answered=0),
    ),
    themes=(LID, replace(LID, key="cap", messages=50)),
    not_understood=100,
    by_mailbox=(),
    by_language=(),
    escalations={"warning": 1, "overdue": 3, "overdue_again": 0},
    waiting={"1d": 4, "3d": 0, "7d": 2, "more": 0},
    longest=None,
    persistent=(),
    defects=(),
    praise=(),
    blame=(),
)


def asked(path: str) -> dict[str, str]:
    """The query of a path."""
    return {key: value for key, [value] in parse_qs(urlsplit(path).query).items()}


def test_bars_are_as_long_as_their_numbers() -> None:
    """Against the largest; one of two hundred is still seen, and none is no bar."""
    view = View(report=REPORT, chosen=Choice())

    assert [one.bar.length for one in view.themes()] == [100.0, 25.0]
    assert view.themes()[0].bar.angry_length == 1.5
    assert view.themes()[0].heights == (0.0, 50.0, 100.0)
    assert view.not_understood.length == 50.0
    assert [column.bar.angry_length for column in view.columns()] == [50.0, 0.0]
    assert [(key, bar.value) for key, bar in view.escalations()] == [("overdue", 3), ("warning", 1)]


def test_a_bar_leads_to_the_tickets_of_what_was_chosen() -> None:
    """Its theme and time, and the mailbox, language and theme that the report is of."""
    chosen = Choice(mailbox="support", language="es")
    view = View(report=REPORT, chosen=chosen)
    one_theme = View(report=replace(REPORT, theme="lid"), chosen=replace(chosen, theme="lid"))

    line = asked(view.themes()[0].bar.path)
    assert line["theme"] == "lid"
    assert (line["mailbox"], line["spoken"], line["show"]) == ("support", "es", "all")
    assert line["until"] == "2026-11-23T12:00:00+00:00"
    assert asked(view.themes()[0].bar.angry_path)["angry"] == "1"
    week = asked(one_theme.columns()[1].bar.path)
    assert (week["since"], week["until"], week["theme"]) == ("2026-11-16", "2026-11-23", "lid")
    assert asked(view.themes()[1].alone) == {
        "period": "7d",
        "theme": "cap",
        "mailbox": "support",
        "spoken": "es",
    }


def test_who_waited_once_cannot_be_looked_up() -> None:
    """The queue knows who waits now: bars of the past lead nowhere."""
    now = dict(View(report=REPORT, chosen=Choice()).waiting())
    past = replace(REPORT, made_at=NOON + timedelta(days=1))

    assert asked(now["7d"].path)["waits"] == "7d"
    assert not any(bar.path for _, bar in View(report=past, chosen=Choice()).waiting())


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ({}, NOON - timedelta(days=7), NOON),
        ({"period": "12w"}, NOON - timedelta(days=84, hours=1), NOON),
        (
            {"first": "2026-11-02", "last": "2026-11-08"},
            datetime(2026, 11, 1, 23, 0, tzinfo=UTC),
            datetime(2026, 11, 8, 23, 0, tzinfo=UTC),
        ),
        (
            {"period": OWN, "first": "2026-11-23", "last": "2030-01-01"},
            datetime(2026, 11, 22, 23, 0, tzinfo=UTC),
            NOON,
        ),
    ],
)
def test_a_time_is_chosen(query: dict[str, str], since: datetime, until: datetime) -> None:
    """Both days of one's own are included, and nothing lies ahead."""
    chosen = choice(query)
    time = time_of(chosen, now=NOON, zone=MADRID)

    assert (time.since, time.until) == (since, until)
    assert choice(asked(chosen.path())) == replace(chosen, period=chosen.period)


def test_a_new_desk_sees_the_week_under_way() -> None:
    """Beside weeks without mail; where nobody wrote in any there is nothing to draw."""
    none = tuple(replace(week, messages=0, angry=0) for week in REPORT.weeks)
    this = Week(monday=date(2026, 11, 23), messages=3, angry=1, answered_in_time=0, answered=0)
    assert View(report=replace(REPORT, weeks=none), chosen=Choice()).columns() == []

    columns = View(report=replace(REPORT, weeks=none, under_way=this), chosen=Choice()).columns()
    assert [(one.bar.value, one.is_over) for one in columns] == [(0, True), (0, True), (3, False)]
    assert columns[-1].bar.length == 100
