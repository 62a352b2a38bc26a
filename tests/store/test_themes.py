"""Themes as rows."""

from dataclasses import replace

import cases
import pytest

from mailresponder.store import themes
from mailresponder.store.database import Store
from mailresponder.store.themes import State, ThemeRow


def theme(key: str, state: State = State.FOUND, into: str | None = None) -> ThemeRow:
    return ThemeRow(
        key=key,
        state=state,
        merged_into=into,
        names={"en": "Login", "es": "Inicio de sesión"},
        words={"en": ("log in", "password"), "es": ("contraseña",)},
        space="e5",
        centroid=b"\x00\x01",
        size=12,
        found_at=cases.NOON,
        changed_at=cases.NOON,
        changed_by="mailresponder",
    )


def test_a_theme_comes_back_as_it_was_put(store: Store) -> None:
    """All of it, and a later row of the same key replaces it."""
    with store.begin() as conn:
        themes.put(conn, theme("found-1"))
        changed = replace(theme("found-1"), state=State.KEPT, names={"en": "Signing in"})
        themes.put(conn, changed)
        themes.put(conn, theme("found-2"))
        assert themes.all_themes(conn) == [changed, theme("found-2")]
        themes.remove(conn, "found-1")
        assert themes.all_themes(conn) == [theme("found-2")]


def test_a_theme_that_grows_lies_elsewhere(store: Store) -> None:
    """Where it lies and its size change, and nothing else."""
    with store.begin() as conn:
        themes.put(conn, theme("found-1"))
        themes.grow(conn, "found-1", centroid=b"\x02", size=20)
        assert themes.all_themes(conn) == [replace(theme("found-1"), centroid=b"\x02", size=20)]


def test_what_was_merged_before_is_merged_too(store: Store) -> None:
    """No chain is longer than a step."""
    with store.begin() as conn:
        for key in ("found-1", "found-2", "late"):
            themes.put(conn, theme(key))
        themes.merge(conn, theme("found-1"), "found-2", by="ana", now=cases.NOON)
        themes.merge(conn, theme("found-2"), "late", by="ana", now=cases.NOON)
        there = themes.all_themes(conn)

    assert {row.key: row.merged_into for row in there} == {
        "found-1": "late",
        "found-2": "late",
        "late": None,
    }
    assert themes.resolved(there) == {"found-1": "late", "found-2": "late", "late": "late"}


@pytest.mark.parametrize(
    ("into", "counts"),
    [
        (theme("late", State.KEPT), "late"),
        (theme("late", State.DISMISSED), None),
        (theme("other"), None),
    ],
    ids=["kept", "dismissed", "gone"],
)
def test_a_merged_theme_counts_as_the_other_one_does(into: ThemeRow, counts: str | None) -> None:
    """For nothing, where that one counts for nothing or is gone."""
    there = [theme("found-1", State.MERGED, "late"), into]
    assert themes.resolved(there)["found-1"] == counts


def test_a_dismissed_theme_counts_for_nothing() -> None:
    """Its key is known all the same."""
    assert themes.resolved([theme("found-1", State.DISMISSED)]) == {"found-1": None}


def test_the_next_theme_has_a_key_that_none_had() -> None:
    """The number follows the highest one; keys that people chose count for nothing."""
    assert themes.next_key([]) == "found-1"
    assert themes.next_key([theme("found-9"), theme("found-10"), theme("found-it")]) == "found-11"
