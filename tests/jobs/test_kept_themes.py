"""The themes of the desk's file as rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import cases
import pytest

from mailresponder.jobs.kept_themes import BY_FILE, brought_up, keep_those_written
from mailresponder.listening.taxonomy import Theme, taxonomy
from mailresponder.store import themes
from mailresponder.store.database import Store
from mailresponder.store.themes import State, ThemeRow


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'mailresponder.db'}")
    yield opened
    opened.close()


LATER = cases.NOON + timedelta(hours=1)
LATE = Theme(key="late", names={"en": "Late"}, words={"en": ("delay",)})
REFUND = Theme(key="refund", names={"en": "Refund"}, words={"en": ("refund",)})


def row(theme: Theme, **changes: Any) -> ThemeRow:
    made = ThemeRow(
        key=theme.key,
        state=State.KEPT,
        names=theme.names,
        words=theme.words,
        found_at=cases.NOON,
        changed_at=cases.NOON,
        changed_by=BY_FILE,
    )
    return replace(made, **changes)


def found(theme: Theme, **changes: Any) -> ThemeRow:
    given = {
        "state": State.FOUND,
        "space": "e5",
        "centroid": b"\x01",
        "changed_by": "mailresponder",
    }
    return row(theme, **(given | changes))


def up(*there: ThemeRow, written: tuple[Theme, ...] = (LATE, REFUND)) -> dict[str, ThemeRow]:
    return brought_up(there, taxonomy(written), now=LATER)


def test_a_theme_has_a_row_from_when_it_is_first_met() -> None:
    """And keeps that moment."""
    assert up(row(LATE)) == {
        "late": row(LATE),
        "refund": row(REFUND, found_at=LATER, changed_at=LATER),
    }


def test_names_and_words_are_those_of_the_file() -> None:
    """Nobody has decided anything anew by that."""
    assert up(row(LATE, names={"en": "Delays"}), row(REFUND))["late"] == row(LATE)


def test_a_found_theme_that_is_written_is_kept() -> None:
    """Under its key; where it lies stays."""
    kept = up(found(LATE))["late"]
    assert kept == found(LATE, state=State.KEPT, changed_at=LATER, changed_by=BY_FILE)


@pytest.mark.parametrize(
    "changes", [{"state": State.DISMISSED}, {"state": State.MERGED, "merged_into": "refund"}]
)
def test_what_was_decided_stays_decided(changes: dict[str, object]) -> None:
    """The file says nothing about that."""
    before = row(LATE, **changes)
    assert up(before)["late"] == before


def test_a_theme_that_is_no_longer_written_is_found_again_or_gone() -> None:
    """Found, where it was found at first."""
    after = up(row(LATE), found(REFUND, state=State.KEPT), written=())
    assert list(after) == ["refund"]
    assert after["refund"].state is State.FOUND


def test_what_was_merged_into_it_is_free_again() -> None:
    """Kept, found or gone, as it is by itself."""
    merged = {"state": State.MERGED, "merged_into": "gone"}
    other = Theme(key="other", names={}, words={})
    gone = row(Theme(key="gone", names={}, words={}))
    after = up(gone, row(LATE, **merged), found(other, **merged))
    assert (after["late"].state, after["late"].merged_into) == (State.KEPT, None)
    assert (after["other"].state, after["other"].merged_into) == (State.FOUND, None)
    assert "gone" not in after


def test_the_store_is_brought_up_to_it(store: Store) -> None:
    """Rows are written, changed and removed."""
    with store.begin() as conn:
        keep_those_written(conn, taxonomy([LATE]), now=cases.NOON)
        after = keep_those_written(conn, taxonomy([REFUND]), now=LATER)
        assert {one.key: one for one in themes.all_themes(conn)} == after
        assert list(after) == ["refund"]
