"""The judge of the report is just: what is true counts as told, what is not as claimed."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert
from year import filling, judging, plan
from year.desk import shop
from year.filling import Truth, Year
from year.judging import Claim, FoundTheme, Says
from year.plan import Plan

from mailresponder.reports.report import Headline, Persistent, Report
from mailresponder.store.database import Store
from mailresponder.store.schema_themes import message_themes, themes

AT = datetime(2025, 8, 4, tzinfo=UTC)


def theme(key: str, about: str | None, *, state: str = "found") -> FoundTheme:
    """A theme of which only matters what it is about."""
    return FoundTheme(
        key=key,
        state=state,
        messages=20,
        about=about,
        purity=0.9,
        recall=0.8,
        by_language={"en": 0.8, "es": 0.8},
        first_week=1,
        expected={
            week: judging.planned(Plan(messages=100_000), about, week)
            for week in range(1, plan.WEEKS + 1)
        },
    )


FOUND = {
    "found-1": theme("found-1", plan.DEFECT),
    "found-2": theme("found-2", plan.MENDED),
    "found-3": theme("found-3", plan.SERIAL_THEME),
    "found-4": theme("found-4", None),
    "late-delivery": theme("late-delivery", "late-delivery", state="kept"),
    "gift-card": theme("gift-card", plan.JUMPY, state="kept"),
    "wrong-item": theme("wrong-item", plan.BUSY, state="kept"),
    "returns": theme("returns", plan.SEASONAL, state="kept"),
}


def headline(kind: str, key: str | None = None, *, good: bool = False) -> Headline:
    """One line of what matters first."""
    return Headline(kind=kind, values={}, theme=key, good=good)


def report(*headlines: Headline, persistent: str = "") -> Report:
    """A report of which only matters what it claims."""
    persons = (Persistent(messages=9, tickets=9, angry=0, themes=(), references=(persistent,)),)
    return Report(
        desk="Acme",
        zone=plan.ZONE,
        since=AT,
        until=AT,
        before=AT,
        made_at=AT,
        mailbox=None,
        language=None,
        theme=None,
        headlines=headlines,
        figures={},
        weeks=(),
        themes=(),
        not_understood=0,
        by_mailbox=(),
        by_language=(),
        escalations={},
        waiting={},
        longest=None,
        persistent=persons if persistent else (),
        defects=(),
        praise=(),
        blame=(),
    )


def test_a_report_that_says_all_that_is_true_and_nothing_else_is_perfect() -> None:
    """Each planted truth told in its week makes recall 1, and nothing untrue precision 1."""
    reports = {
        10: report(headline("new", "found-2")),
        12: report(headline("longest"), persistent="MR-SERIA"),
        24: report(headline("better", "found-2", good=True)),
        31: report(headline("new", "found-1")),
        40: report(headline("angrier")),
    }

    found = judging.judge(reports, FOUND, ["MR-SERIA"])

    assert (found.precision, found.recall, found.untrue) == (1.0, 1.0, ())
    assert (found.mended_begun, found.mended_told, found.defect_told) == (10, 24, 31)
    assert (found.serial_told, found.anger_told) == (12, 40)
    assert [one.key for one in found.defect] == ["found-1"]
    assert found.invented == ("found-4",)


def test_a_report_that_says_nothing_finds_nothing() -> None:
    """Silence claims nothing untrue, and tells nothing."""
    found = judging.judge({31: report()}, FOUND, [])

    assert (found.precision, found.recall, found.defect_told) == (1.0, 0.0, None)


def test_a_truth_told_late_is_not_found() -> None:
    """A defect that is called growing three weeks after it began was not told in time."""
    found = judging.judge({34: report(headline("grew", "found-1"))}, FOUND, [])

    assert (found.defect_told, found.recall) == (34, 0.0)


@pytest.mark.parametrize(
    ("week", "said"),
    [
        (27, headline("grew", "wrong-item")),
        (20, headline("grew", "gift-card")),
        (20, headline("better", "gift-card", good=True)),
        (9, headline("grew", "found-3")),
        (9, headline("grew", "found-4")),
        (9, headline("grew", "late-delivery")),
        (16, headline("better", "late-delivery", good=True)),
        (17, headline("grew", "late-delivery")),
        (26, headline("grew", "found-2")),
        (12, headline("angrier")),
        (40, headline("calmer_steadily", good=True)),
        (29, headline("slower")),
        (29, headline("punctual", good=True)),
        (29, headline("more_mail")),
    ],
)
def test_what_was_not_planned_is_untrue(week: int, said: Headline) -> None:
    """A busy week, a jumpy theme, one person's complaint, a holiday and the week behind it are
    traps: a claim about them counts as untrue."""
    [claim] = judging.claims(week, report(said), FOUND)

    assert not judging.is_true(claim)


@pytest.mark.parametrize(
    ("week", "said"),
    [
        (32, headline("grew", "found-1")),
        (11, headline("grew", "found-2")),
        (25, headline("better", "found-2", good=True)),
        (48, headline("grew", "late-delivery")),
        (52, headline("grew", "returns")),
        (4, headline("better", "returns", good=True)),
        (45, headline("angrier_steadily")),
        (16, headline("less_mail")),
        (17, headline("late")),
        (48, headline("more_mail")),
    ],
)
def test_what_was_planned_is_true(week: int, said: Headline) -> None:
    """The defects, the rush before Christmas, the returns after it and the rise of anger are."""
    [claim] = judging.claims(week, report(said), FOUND)

    assert judging.is_true(claim)


def test_a_headline_that_nobody_knows_is_no_claim_that_nobody_counts() -> None:
    """A new kind of headline stops the judge until somebody has said what it claims."""
    with pytest.raises(ValueError, match="kind unheard_of"):
        judging.claims(5, report(headline("unheard_of")), FOUND)


def test_what_comes_back_every_year_is_not_new() -> None:
    """Returns may be called growing after Christmas, and not new."""
    new = Claim(week=52, says=Says.NEW, about=plan.SEASONAL, theme="returns")

    assert not judging.is_true(new)


def test_a_wide_theme_grows_with_what_it_holds_of_the_defect() -> None:
    """Where a kept theme takes part of the defect's messages beside its own, it did grow."""
    year = Plan(messages=100_000)
    wide = replace(
        FOUND["late-delivery"],
        expected={
            week: judging.planned(year, plan.DEFECT, week)
            + 0.5 * judging.planned(year, "login", week)
            for week in range(1, plan.WEEKS + 1)
        },
    )
    claims = [
        judging.claims(week, report(headline("grew", "wide")), {"wide": wide})[0]
        for week in (30, 31)
    ]

    assert [judging.is_true(claim) for claim in claims] == [False, True]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """A database with four weeks in which the defect is written about."""
    folder = tmp_path_factory.mktemp("year")
    store = Store.open(f"sqlite:///{folder / 'desk.db'}")
    year = Year(store, shop(folder), messages=6000, hear=filling.as_meant)
    for week in range(plan.DEFECT_WEEK, plan.DEFECT_WEEK + 4):
        year.live_through(week)
    store.close()
    return folder / "desk.db", year.truth


@pytest.fixture
def filled(lived: tuple[Path, Truth], tmp_path: Path) -> Iterator[tuple[Connection, Truth]]:
    """The same for one test alone."""
    database, truth = lived
    store = Store.open(f"sqlite:///{shutil.copy(database, tmp_path)}")
    with store.begin() as conn:
        yield conn, truth
    store.close()


def test_a_theme_is_about_what_its_messages_are_about(filled: tuple[Connection, Truth]) -> None:
    """Purity, recall and languages are counted from the messages, and merged themes are one."""
    conn, truth = filled
    rows = sorted(truth.rows(plan.DEFECT))
    others = sorted(truth.labels.keys() - set(rows))[:3]
    _keep(conn, "found-1", rows[:-1] + others)
    _keep(conn, "found-2", rows[-1:], merged_into="found-1")
    _keep(conn, "found-3", others, state="dismissed")

    found = judging.found_themes(conn, truth)

    assert found.keys() == {"found-1"}
    [one] = found.values()
    assert (one.about, one.recall, one.messages) == (plan.DEFECT, 1.0, len(rows) + 3)
    assert one.purity == len(rows) / (len(rows) + 3)
    assert one.by_language == {"en": 1.0, "es": 1.0}
    assert one.first_week == 31


def test_a_theme_of_everything_is_about_nothing(filled: tuple[Connection, Truth]) -> None:
    """Where no planted theme makes up half of a theme, it is invented."""
    conn, truth = filled
    _keep(conn, "found-1", sorted(truth.labels))

    found = judging.found_themes(conn, truth)

    assert (found["found-1"].about, found["found-1"].recall) == (None, 0.0)
    assert judging.judge({}, found, []).invented == ("found-1",)


def test_the_serial_complainer_is_known_by_their_tickets(filled: tuple[Connection, Truth]) -> None:
    """All tickets of the one who writes every week are theirs, and no others."""
    conn, truth = filled
    theirs = judging.serial_references(conn)

    assert len(theirs) == len(truth.rows(plan.SERIAL_THEME)) > 0


def _keep(
    conn: Connection, key: str, rows: list[int], *, state: str = "found", merged_into: str = ""
) -> None:
    conn.execute(
        insert(themes).values(
            key=key,
            state="merged" if merged_into else state,
            merged_into=merged_into or None,
            names={},
            words={},
            size=len(rows),
            found_at=AT,
            changed_at=AT,
            changed_by="mailresponder",
        )
    )
    conn.execute(
        insert(message_themes),
        [{"message_row": row, "theme": key, "how": "alike", "weight": 1.0} for row in rows],
    )
