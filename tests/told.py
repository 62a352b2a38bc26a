"""A listening report of an invented week, as those who show one are handed it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mailresponder.reports.report import (
    Change,
    DefectLine,
    Figure,
    Headline,
    Part,
    Persistent,
    Quote,
    Report,
    ThemeLine,
    Unit,
    Verdict,
    Week,
)

MONDAY = date(2026, 11, 16)
SINCE = datetime(2026, 11, 15, 23, tzinfo=UTC)
ALIKE = Change(verdict=Verdict.ALIKE, before=100.0, low=0.9, high=1.3)
MORE = Change(verdict=Verdict.MORE, before=4.0, low=2.0, high=9.0)


def quote(text: str, language: str = "en") -> Quote:
    """What somebody wrote."""
    return Quote(text=text, language=language, message_row=1, reference="MR-7F3K2")


def theme(key: str, english: str, spanish: str, messages: int, **more: Any) -> ThemeLine:
    """A theme of the week."""
    line = ThemeLine(
        key=key,
        names={"en": english, "es": spanish},
        state="kept",
        owner="",
        messages=messages,
        people=messages,
        angry=0,
        praise=0,
        by_language={"en": messages},
        weeks=(1,) * 12 + (messages,),
        change=ALIKE,
        is_new=False,
        since=None,
    )
    return replace(line, **more)


def weeks(number: int) -> tuple[Week, ...]:
    """So many weeks, the last one that of the report."""
    return tuple(
        Week(
            monday=MONDAY - timedelta(weeks=number - 1 - place),
            messages=100 + place,
            angry=10 + place,
            answered_in_time=80,
            answered=90,
        )
        for place in range(number)
    )


def report(**changes: Any) -> Report:
    """The report, changed in some of its fields."""
    late = theme(
        *("late-delivery", "Late delivery", "Retraso en la entrega", 40),
        angry=9,
        owner="shop@example.com",
        quotes=(quote("Where is it?"), quote("¿Dónde está?", "es")),
    )
    app = theme(
        *("found-3", "white screen", "pantalla blanca", 9),
        state="found",
        change=MORE,
        since=MONDAY,
        quotes=(quote("<script>alert(1)</script> It stays white. {{ 7 * 7 }}"),),
    )
    told = Report(
        desk="Acme <Support>",
        zone=ZoneInfo("Europe/Madrid"),
        since=SINCE,
        until=SINCE + timedelta(days=7),
        before=SINCE - timedelta(days=7),
        made_at=SINCE + timedelta(days=7, hours=8),
        mailbox=None,
        language=None,
        theme=None,
        headlines=(
            Headline(
                kind="grew",
                values={"theme": "found-3", "count": 9, "people": 9, "usual": 1.0},
                theme="found-3",
            ),
            Headline(kind="mood", values={"part": 12, "of": 112}),
        ),
        figures={
            one.key: one
            for one in (
                Figure(key="messages", unit=Unit.MESSAGES, value=112, change=ALIKE),
                Figure(key="angry", unit=Unit.SHARE, value=12 / 112, part=12, of=112),
                Figure(key="response_median", unit=Unit.SECONDS, value=7800.0, of=50),
                Figure(key="in_time", unit=Unit.SHARE, value=3 / 7, part=3, of=7),
                Figure(key="escalated", unit=Unit.TICKETS, value=9, change=MORE),
                Figure(key="machines", unit=Unit.MESSAGES, value=None),
            )
        },
        weeks=weeks(13),
        themes=(late, app),
        not_understood=8,
        by_mailbox=(),
        by_language=tuple(
            Part(
                key=code,
                messages=number,
                tickets=number,
                angry=2,
                answered=number,
                answered_in_time=number,
                median_seconds=60.0,
            )
            for code, number in (("es", 60), ("en", 52))
        ),
        escalations={"overdue": 9},
        waiting={"1d": 4, "3d": 1, "7d": 0, "more": 0},
        longest=("MR-7F3K2", 200_000.0),
        persistent=(
            Persistent(
                messages=9, tickets=4, angry=1, themes=("late-delivery",), references=("MR-7F3K2",)
            ),
        ),
        defects=(
            DefectLine(
                id=1,
                name="Lid breaks",
                owner="ben@example.com",
                state="open",
                tickets=12,
                new=3,
                proposed=1,
                told=0,
                fixed_at=None,
            ),
        ),
        praise=(quote("Gracias a todos", "es"),),
        blame=(quote("Enough of this"),),
        incomplete=("not_looked_at",),
    )
    return replace(told, **changes)
