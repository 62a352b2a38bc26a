"""A report made of a small desk's past: every figure as its definition has it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from making import NOON
from reporting import DAY, HOUR, Past
from sqlalchemy import Connection, event

from mailresponder.listening.taxonomy import Theme, taxonomy
from mailresponder.policy.deadlines import BusinessHours
from mailresponder.policy.defects import Defect, DefectState
from mailresponder.reports import making, period
from mailresponder.reports.gathering import WEEKS
from mailresponder.reports.period import Period
from mailresponder.reports.report import Report, Verdict
from mailresponder.store import defects, themes
from mailresponder.store.database import Store
from mailresponder.store.themes import State, ThemeRow

MADRID = ZoneInfo("Europe/Madrid")
LATE = Theme(key="late", names={"en": "Late delivery", "es": "Retraso"}, words={}, owner="shop")
WEEK = Period(since=NOON - 7 * DAY, until=NOON, zone=MADRID)
WORKING = BusinessHours(
    timezone=MADRID,
    windows={day: ((time(9), time(17)),) for day in range(5)},
    closed_days=frozenset({date(2026, 11, 9)}),
)


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    opened = Store.open("sqlite://")
    yield opened
    opened.close()


def made(conn: Connection, of: Period = WEEK, **only: str) -> Report:
    """The report of a week that ends on a Monday at noon."""
    return making.make(
        conn,
        desk_name="Acme",
        zone=MADRID,
        period=of,
        hours_of=lambda _: WORKING,
        taxonomy=taxonomy([LATE]),
        now=NOON,
        **only,
    )


def values(report: Report) -> dict[str, float | tuple[int, int] | None]:
    """The figures' values; shares as counts."""
    return {
        key: (one.part or 0, one.of or 0) if one.part is not None else one.value
        for key, one in report.figures.items()
    }


def test_every_figure_is_counted_as_defined(store: Store) -> None:
    """Each counts what its definition says: in this week, not before, and no spam."""
    monday = NOON - 7 * DAY
    with store.begin() as conn:
        past = Past(conn)
        past.ticket(NOON - 8 * DAY, "late")
        past.ticket(NOON - 30 * DAY)
        one = past.ticket(monday + HOUR, "late", customer="ana@customer.test", angry=True)
        past.mail(one, monday + 2 * HOUR, angry=False)
        past.ticket(monday + DAY, "late", customer="ana@customer.test", answered=30 * HOUR)
        past.ticket(monday + 2 * DAY, praise=0.9, language="es")
        open_ = past.ticket(monday + 3 * DAY, answered=None, angry=True)
        past.ticket(monday + DAY, spam=True)
        past.mail(None, monday + DAY, praise=None, kind="auto_reply")
        past.event(one, monday + 2 * DAY, "reopened")
        past.event(one, monday + 3 * DAY, "solved")
        past.event(open_, monday + 4 * DAY, "warned")
        past.event(open_, monday + 4 * DAY, "escalated", "level 1, told lead@example.com")
        past.event(open_, monday + 5 * DAY, "escalated", "level 2, told lead@example.com")
        past.event(open_, monday + 5 * DAY, "unreachable")
        report = made(conn)

    assert values(report) == {
        "messages": 5,
        "tickets": 4,
        "people": 3,
        "angry": (2, 5),
        "praise": (1, 5),
        "understood": (2, 4),
        # In working time an answer after 30 hours of the clock took 12.
        "response_median": 3600.0,
        "response_p90": pytest.approx(3600 + 0.8 * 11 * 3600),
        "response_median_clock": 3600.0,
        "response_p90_clock": pytest.approx(3600 + 0.8 * 29 * 3600),
        "in_time": (2, 4),
        "waiting": 1,
        "escalated": 1,
        "reopened": 1,
        "persistent": 0,
        "solved": (1, 1),
        "machines": 1,
        "failures": 0,
        "unreachable": 1,
    }
    assert report.escalations == {
        "warning": 0,
        "overdue": 0,
        "overdue_angry": 1,
        "overdue_again": 1,
    }
    assert report.waiting == {"1d": 0, "3d": 0, "7d": 1, "more": 0}
    assert report.longest == (open_.reference, 4 * 86_400)
    assert report.not_understood == 2
    assert [(part.key, part.messages, part.answered) for part in report.by_language] == [
        ("en", 4, 3),
        ("es", 1, 1),
    ]
    [line] = report.themes
    assert (line.names, line.owner) == (LATE.names, "shop")
    assert (line.messages, line.people, line.angry) == (2, 1, 1)
    assert line.change.before == 1


def test_a_report_of_nothing_says_so(store: Store) -> None:
    """An empty desk has a report, without a division by nothing."""
    with store.read() as conn:
        report = made(conn)

    assert [headline.kind for headline in report.headlines] == ["silent"]
    assert (report.themes, report.longest, report.persistent, report.blame) == ((), None, (), ())
    assert report.figures["messages"].value == 0
    assert report.figures["in_time"].value is None


def test_who_waited_then_is_counted_however_it_went_on(store: Store) -> None:
    """A report of a week that is over knows who waited at its end though they were answered
    since."""
    end = NOON - 21 * DAY
    with store.begin() as conn:
        past = Past(conn)
        past.ticket(end - 2 * DAY, answered=4 * DAY, within=DAY)
        past.ticket(end - 3 * DAY, answered=DAY)
        report = made(conn, Period(since=end - 7 * DAY, until=end, zone=MADRID))

    assert report.longest == ("MR-00001", 2 * 86_400)
    assert values(report)["waiting"] == 1
    assert values(report)["in_time"] == (0, 2)


def test_only_a_mailbox_a_language_or_a_theme(store: Store) -> None:
    """Each limits everything that is told; what is not known of it is left out."""
    with store.begin() as conn:
        past = Past(conn)
        past.ticket(NOON - DAY, "late", mailbox="orders")
        past.ticket(NOON - DAY, "late", language="es")
        past.ticket(NOON - DAY, "size")
        found = {
            "orders": made(conn, mailbox="orders"),
            "es": made(conn, language="es"),
            "late": made(conn, theme="late"),
        }

    numbers = {name: report.figures["messages"].value for name, report in found.items()}
    assert numbers == {"orders": 1, "es": 1, "late": 2}
    assert found["es"].figures["machines"].value is None
    assert found["orders"].figures["machines"].value == 0
    assert [line.key for line in found["late"].themes] == ["late"]


def test_merged_themes_count_as_one_and_dismissed_ones_as_none(store: Store) -> None:
    """A mail that is about a dismissed theme is understood all the same."""
    with store.begin() as conn:
        for key, state, into in (
            ("found-1", State.FOUND, None),
            ("found-2", State.MERGED, "found-1"),
            ("found-3", State.DISMISSED, None),
        ):
            row = ThemeRow(
                key=key,
                state=state,
                merged_into=into,
                names={"en": f"name of {key}"},
                found_at=NOON,
                changed_at=NOON,
                changed_by="test",
            )
            themes.put(conn, row)
        past = Past(conn)
        past.ticket(NOON - DAY, "found-1")
        past.ticket(NOON - DAY, "found-2", "found-1")
        past.ticket(NOON - DAY, "found-3")
        report = made(conn)

    assert [(line.key, line.messages, line.state) for line in report.themes] == [
        ("found-1", 2, "found")
    ]
    assert report.not_understood == 0


def test_what_nobody_wrote_about_before_is_new(store: Store) -> None:
    """Where several people do, in both languages, and the desk is old enough to know."""
    with store.begin() as conn:
        past = Past(conn)
        past.weeks(12, ["late", "late", "size"], until=WEEK.since)
        for hour in range(5):
            past.ticket(NOON - 2 * DAY + hour * HOUR, "app", language=["en", "es"][hour % 2])
        report = made(conn)

    first = report.headlines[0]
    assert (first.kind, first.theme, first.values["people"]) == ("new", "app", 5)
    [line] = [line for line in report.themes if line.key == "app"]
    assert line.is_new
    assert line.since == date(2026, 11, 16)
    assert line.by_language == {"en": 3, "es": 2}


def test_one_who_writes_ten_times_is_no_trend(store: Store) -> None:
    """They write again and again, and are told as that: with what they write about."""
    with store.begin() as conn:
        past = Past(conn)
        past.weeks(12, ["late", "size"], until=WEEK.since)
        for hour in range(10):
            past.ticket(NOON - 2 * DAY + hour * HOUR, "app", customer="serial@customer.test")
        report = made(conn)

    assert not [headline for headline in report.headlines if headline.theme is not None]
    [one] = report.persistent
    assert (one.messages, one.tickets, one.themes) == (10, 10, ("app",))
    [line] = [line for line in report.themes if line.key == "app"]
    assert line.change.verdict is not Verdict.MORE
    assert not line.is_new


def test_what_was_mended_is_told(store: Store) -> None:
    """A theme of which nobody hears any more got better."""
    with store.begin() as conn:
        past = Past(conn)
        past.weeks(9, [*["late"] * 6, *["lid"] * 8], until=WEEK.since)
        for hour in range(6):
            past.ticket(NOON - 2 * DAY + hour * HOUR, "late")
        report = made(conn)

    assert [(one.kind, one.theme) for one in report.headlines if one.theme] == [("better", "lid")]


def test_what_nobody_writes_about_any_more_is_named(store: Store) -> None:
    """Two weeks after the last mail the line that it got better still says what did."""
    with store.begin() as conn:
        past = Past(conn)
        past.weeks(9, [*["late"] * 6, *["lid"] * 8], until=WEEK.since - 7 * DAY)
        past.weeks(1, ["late"] * 6, until=WEEK.since)
        for hour in range(6):
            past.ticket(NOON - 2 * DAY + hour * HOUR, "late")
        report = made(conn)

    assert [(one.kind, one.theme) for one in report.headlines if one.theme] == [("better", "lid")]
    assert [line.messages for line in report.themes if line.key == "lid"] == [0]


def test_a_holiday_is_no_improvement(store: Store) -> None:
    """That less was written in a week with one is said, and is not called less."""
    of = Period(since=NOON - 18 * DAY, until=NOON - 11 * DAY, zone=MADRID)
    with store.begin() as conn:
        past = Past(conn)
        past.weeks(6, ["late"] * 20, until=of.since)
        past.ticket(of.since + DAY, "late")
        report = made(conn, of)

    assert "holiday" in report.incomplete
    assert report.figures["messages"].change is not None
    assert report.figures["messages"].change.verdict is Verdict.ALIKE
    assert not [headline for headline in report.headlines if headline.good]


def test_quotes_tell_nobody_s_name_and_each_ticket_once(store: Store) -> None:
    """Names, addresses and numbers are masked, and who is erased is not quoted."""
    text = "I am Ana Ruiz, write to ana@customer.test. Order 20417 never came, a disgrace!"
    with store.begin() as conn:
        past = Past(conn)
        past.ticket(NOON - DAY, "late", customer="ana@customer.test", angry=True, text=text)
        past.ticket(NOON - DAY, "late", angry=True, text="")
        past.ticket(NOON - DAY, "late", praise=0.9, text="Thank you, you are the best shop of all.")
        report = made(conn)

    quotes = [*report.blame, *report.praise, *(q for line in report.themes for q in line.quotes)]
    said = " ".join(quote.text for quote in quotes)
    assert len(quotes) == 2
    assert "a disgrace" in said
    assert not [secret for secret in ("Ana", "customer.test", "20417") if secret in said]


def test_what_is_told_first_is_quoted_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many write about something else."""
    monkeypatch.setattr(making, "_QUOTED_THEMES", 1)
    with store.begin() as conn:
        past = Past(conn)
        past.weeks(10, ["late"] * 9)
        for place in range(9):
            past.ticket(NOON - 4 * DAY + place * HOUR, "late")
        for place in range(5):
            past.ticket(NOON - 3 * DAY + place * HOUR, "app", text="The app shows only white.")
        found = {line.key: line for line in made(conn).themes}

    assert found["late"].messages > found["app"].messages
    assert [quote.text for quote in found["app"].quotes][:1] == ["The app shows only white."]
    assert found["late"].quotes == ()


def test_what_is_not_known_is_said(store: Store) -> None:
    """Mails that nobody has looked at yet, and a desk younger than the time it is compared with."""
    with store.begin() as conn:
        past = Past(conn)
        past.ticket(NOON - DAY, praise=None)
        report = made(conn)

    assert {"not_looked_at", "young"} <= set(report.incomplete)
    assert report.figures["understood"].of == 0


def test_a_young_desk_is_compared_with_nothing(store: Store) -> None:
    """Where it was not there for all of the time before, more is neither news nor chance."""
    with store.begin() as conn:
        past = Past(conn)
        for number in range(32):
            past.ticket(NOON - 8 * DAY + number * 6 * HOUR, "late")
        report = made(conn)

    assert "young" in report.incomplete
    assert report.figures["messages"].change is None
    assert [one.change.verdict for one in report.themes] == [Verdict.TOO_FEW]


def test_a_desk_is_as_old_as_it_is_whatever_is_told_of(store: Store) -> None:
    """A report of one new theme is of no young desk."""
    with store.begin() as conn:
        past = Past(conn)
        past.weeks(6, ["other"])
        for number in range(5):
            past.ticket(NOON - DAY - number * HOUR, "late")
        report = made(conn, theme="late")

    assert "young" not in report.incomplete
    assert [line.is_new for line in report.themes] == [True]


def test_nobody_is_quoted_by_the_name_in_their_address(store: Store) -> None:
    """Who gave no name has one before the @."""
    with store.begin() as conn:
        past = Past(conn)
        text = "It is late again, and velazco has told you twice."
        past.ticket(NOON - DAY, "late", customer="velazco@customer.test", text=text, angry=True)
        [quote] = made(conn).blame

    assert quote.text == "It is late again, and [name] has told you twice."


def test_what_nobody_can_mask_is_not_quoted(store: Store) -> None:
    """A mail in a language of which no names are known is counted, and not shown."""
    with store.begin() as conn:
        Past(conn).ticket(NOON - DAY, "late", language="de", text="Wo ist mein Paket, Anna?")
        report = made(conn)

    assert report.figures["messages"].value == 1
    assert [line.quotes for line in report.themes] == [()]


def test_defects_of_the_period_are_told_the_open_ones_first(store: Store) -> None:
    """What was mended before it, and nobody complained of again, is no news for ever."""
    with store.begin() as conn:
        for name, changes in (
            ("Mended long ago", {"state": DefectState.FIXED, "fixed_at": NOON - 30 * DAY}),
            ("Mended now", {"state": DefectState.FIXED, "fixed_at": NOON - DAY}),
            ("Open", {}),
        ):
            opened = {"opened_at": NOON - 60 * DAY, "opened_by": "jane"}
            assert defects.add(conn, Defect(name=name, words={}, known={}, **opened, **changes))
        report = made(conn)

    assert [(one.name, one.state) for one in report.defects] == [
        ("Open", "open"),
        ("Mended now", "fixed"),
    ]


def test_the_number_of_statements_does_not_grow(store: Store) -> None:
    """As many for a hundred mails as for one."""
    said: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        said.append(statement)

    told: list[int] = []
    for many in (1, 100):
        with store.begin() as conn:
            past = Past(conn, first=many * 1000)
            for number in range(many):
                past.ticket(NOON - DAY + number * HOUR / 60, "late", angry=number % 3 == 0)
        said.clear()
        with store.read() as conn:
            event.listen(conn, "before_cursor_execute", note)
            made(conn)
        told.append(len(said))

    assert told[0] == told[1]
    assert told[1] <= 20


def test_the_week_that_is_not_over_is_compared_with_nothing(store: Store) -> None:
    """It is told beside the whole ones."""
    with store.begin() as conn:
        Past(conn).ticket(NOON - HOUR, "late")
        report = made(conn, period.read("7d", None, now=NOON, zone=MADRID))

    assert sum(week.messages for week in report.weeks) == 0
    assert report.under_way is not None
    assert report.under_way.messages == 1


def test_a_period_may_end_before_the_last_weeks(store: Store) -> None:
    """Weeks of the longer view are whole ones before its end."""
    of = period.read("2026-10-07", "2026-10-14", now=NOON, zone=MADRID)
    with store.begin() as conn:
        Past(conn).ticket(datetime(2026, 10, 6, 12, tzinfo=UTC), "late")
        report = made(conn, of)

    assert len(report.weeks) == WEEKS
    assert report.weeks[-1].monday == date(2026, 10, 5)
    assert report.weeks[-1].messages == 1
