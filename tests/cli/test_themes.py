"""`themes`: what customers write about, at the command line."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from crashing import ENGLISH
from themes_desk import FILE, ThemesDesk, opened

Run = Callable[..., Any]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ThemesDesk]:
    """A desk with two late deliveries, and many who write of one thing that no theme covers."""
    desk = opened(tmp_path)
    desk.receive("My order 77123456 has not arrived.", "It has not arrived, says Person2 Vega.")
    desk.receive(*ENGLISH, *ENGLISH)
    yield desk
    desk.store.close()


@pytest.fixture
def themes(run: Run, desk: ThemesDesk) -> Run:
    """Runs `themes …` at that desk."""
    return lambda *arguments, **given: run(
        "--config", str(desk.config.path), "themes", *arguments, **given
    )


def test_themes_are_found_listed_and_shown(themes: Run, desk: ThemesDesk) -> None:
    """The new one by its words, with examples that tell nobody."""
    found = themes("find")
    assert found.status == 0, found.err
    assert "found-1" in found.out
    listed = themes("list")
    lines = listed.out.splitlines()
    assert lines[0].split() == ["THEME", "STATE", "4", "WEEKS", "NAME", "OWNER", "EXAMPLE"]
    assert lines[1].split()[:2] == ["found-1", "found"]
    shown = themes("show", "late")
    assert "Late delivery / Retraso" in shown.out
    assert "owner: ana@example.com" in shown.out
    assert not [private for private in ("77123456", "Vega") if private in listed.out + shown.out]


def test_a_dry_run_finds_and_changes_nothing(themes: Run, desk: ThemesDesk) -> None:
    """Not even what was looked at is noted."""
    found = themes("find", "--dry-run")
    assert found.status == 0, found.err
    assert "found-1" in found.out
    assert found.out.splitlines()[-1] == "Nothing was changed."
    assert desk.rows() == {}
    assert desk.about() == {}


def test_a_found_theme_is_kept_merged_dismissed_and_restored(themes: Run, desk: ThemesDesk) -> None:
    """Each says what it did."""
    themes("find")
    kept = themes("keep", "found-1", "--name-en", "App crashes", "--name-es", "Se cierra")
    assert kept.status == 0, kept.err
    assert "[found-1] App crashes / Se cierra" in kept.out
    assert "[found-1]" in desk.config.themes_path.read_text()
    assert themes("merge", "found-1", "refund").out == "found-1 counts as refund from now on.\n"
    assert themes("dismiss", "late").out == "late is dismissed.\n"
    assert themes("restore", "late").out == "late counts for itself again (kept).\n"
    unknown = themes("dismiss", "nothing")
    assert (unknown.status, unknown.out) == (1, "")
    assert "themes list" in unknown.err


def test_programs_can_read_it(themes: Run) -> None:
    """Lists and objects of JSON."""
    found = json.loads(themes("find", "--json").out)
    assert found["looked_through"] == 2 * len(ENGLISH)
    assert [theme["key"] for theme in found["new"]] == ["found-1"]
    listed = json.loads(themes("list", "--json").out)
    assert [theme["key"] for theme in listed] == ["found-1", "late", "refund"]
    shown = json.loads(themes("show", "late", "--json").out)
    assert {**shown, "examples": []} == {**listed[1], "examples": []}
    assert themes("match", "It has not arrived.").out.startswith("late ")
    matched = themes("match", "--json", stdin=b"It has not arrived.")
    assert json.loads(matched.out)[0]["theme"] == "late"


def test_nothing_new_is_said(themes: Run) -> None:
    """The second time there is nothing left to find."""
    themes("find")
    again = themes("find")
    assert again.status == 0
    assert "No new theme was found." in again.out


def test_mistakes_of_the_file_are_told_with_their_place(themes: Run, desk: ThemesDesk) -> None:
    """And the exit status says that there are some."""
    assert themes("check").out == f"{desk.config.themes_path}: all 2 themes can be used.\n"
    desk.write(FILE.replace('"refund"', '"(("'))
    checked = themes("check")
    assert checked.status == 1
    assert "refund.words.en[0]" in checked.out
    desk.config.themes_path.unlink()
    assert "shipped themes count" in themes("check").out


def test_the_shipped_themes_can_be_copied(themes: Run, desk: ThemesDesk) -> None:
    """Once."""
    assert themes("copy").status == 1
    desk.config.themes_path.unlink()
    copied = themes("copy")
    assert copied.out == f"Change them here: {desk.config.themes_path}\n"
    assert themes("check").status == 0


def test_words_can_be_tried(themes: Run) -> None:
    """In either language; where no theme covers a text the exit status says so."""
    matched = themes("match", stdin="El pedido no ha llegado todavía.".encode())
    assert (matched.status, matched.out) == (0, 'late  1.5  "no ha llegado"\n')
    matched = themes("match", "--language", "en", stdin=b"Do you open on Sunday?")
    assert (matched.status, matched.out) == (1, "No theme covers it.\n")
    assert themes("match", "--language", "xx", stdin=b"?").status == 2


def test_a_desk_may_look_for_none(run: Run, desk: ThemesDesk) -> None:
    """Then nobody can make it."""
    path = desk.config.path
    path.write_text(path.read_text().replace("semantic = false", "discover = false"))
    found = run("--config", str(path), "themes", "find")
    assert (found.status, found.out) == (1, "")
    assert "discover = true" in found.err
