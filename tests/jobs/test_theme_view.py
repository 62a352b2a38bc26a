"""Themes as people look at them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import cases
import pytest
from themes_desk import ThemesDesk, opened

from mailresponder.errors import MailresponderError
from mailresponder.jobs import theme_view, theming_changes
from mailresponder.store.themes import State

BY = {"by": "ana", "now": cases.NOON}
LONG_AGO = cases.NOON - timedelta(weeks=5)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ThemesDesk]:
    """A desk with three late deliveries of the last weeks, one of them also a refund, and an old
    refund."""
    desk = opened(tmp_path)
    desk.receive("Refund me, please.", at=LONG_AGO)
    desk.receive(
        "The parcel has not arrived and I want a refund.",
        "This is Person3 Vega: order 77123456 has not arrived, call me at +34 600 123 456.",
    )
    desk.receive("El pedido no ha llegado.", language="es")
    desk.look()
    yield desk
    desk.store.close()


def views(desk: ThemesDesk) -> dict[str, theme_view.ThemeView]:
    return {
        view.row.key: view for view in theme_view.listed(desk.store, desk.config, now=cases.NOON)
    }


def test_themes_are_listed_with_the_messages_of_four_weeks(desk: ThemesDesk) -> None:
    """Those that are met most first, each with its owner."""
    found = views(desk)
    assert [(key, view.messages, view.owner) for key, view in found.items()] == [
        ("late", 3, "ana@example.com"),
        ("refund", 1, ""),
    ]


def test_what_was_merged_counts_with_the_other_one(desk: ThemesDesk) -> None:
    """Once, where a message is about both; merged and dismissed themes are listed last."""
    theming_changes.merge(desk.store, desk.config, "late", "refund", **BY)
    found = views(desk)
    assert [(key, view.messages, view.row.state) for key, view in found.items()] == [
        ("refund", 3, State.KEPT),
        ("late", 3, State.MERGED),
    ]
    assert found["refund"].merged == ("late",)
    theming_changes.dismiss(desk.store, desk.config, "refund", **BY)
    assert [view.row.state for view in views(desk).values()] == [State.DISMISSED, State.MERGED]


def test_examples_tell_nobody_who_wrote_them(desk: ThemesDesk) -> None:
    """Two of each language at most, without names and numbers."""
    view = theme_view.shown(desk.store, desk.config, "late", now=cases.NOON)
    assert [example.language for example in view.examples] == ["en", "en", "es"]
    said = " ".join(example.text for example in view.examples)
    assert "not arrived" in said
    assert not [private for private in ("Vega", "77123456", "600") if private in said]


def test_the_sentence_that_is_about_the_theme_is_its_example(desk: ThemesDesk) -> None:
    """Not the courtesy that a mail begins with."""
    desk.receive("Hello, I hope you are well. I bought a lamp. I want a refund for it. Goodbye.")
    desk.look()
    view = theme_view.shown(desk.store, desk.config, "refund", now=cases.NOON)
    assert "I want a refund for it." in [example.text for example in view.examples]


def test_a_theme_has_no_row_before_the_first_pass_and_is_listed_all_the_same(
    desk: ThemesDesk, tmp_path: Path
) -> None:
    """The desk's file says what is listened for."""
    new = tmp_path / "new"
    new.mkdir()
    other = opened(new)
    assert [view.messages for view in views(other).values()] == [0, 0]
    assert other.rows() == {}
    other.store.close()


def test_a_file_with_mistakes_hides_nothing(desk: ThemesDesk) -> None:
    """What was met before can be looked at, without owners."""
    desk.write("[late]\nname = 7\n")
    assert [(view.row.key, view.messages, view.owner) for view in views(desk).values()] == [
        ("late", 3, ""),
        ("refund", 1, ""),
    ]


def test_an_unknown_theme_is_said(desk: ThemesDesk) -> None:
    """With where to look."""
    with pytest.raises(MailresponderError, match="no theme 'nothing'"):
        theme_view.shown(desk.store, desk.config, "nothing", now=cases.NOON)


def test_it_can_be_read_by_programs(desk: ThemesDesk) -> None:
    """All of it, as JSON has it."""
    view = views(desk)["refund"]
    assert view.shown() == {
        "key": "refund",
        "state": "kept",
        "merged_into": None,
        "names": {"en": "Refunds", "es": "Reembolsos"},
        "words": {"en": ["refund"], "es": ["reembolso"]},
        "owner": "",
        "messages": 1,
        "merged": [],
        "found_at": cases.NOON,
        "changed_at": cases.NOON,
        "changed_by": "themes.toml",
        "examples": [{"language": "en", "text": view.examples[0].text}],
    }
    assert replace(view, examples=()).shown()["examples"] == []
