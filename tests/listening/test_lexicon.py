"""Lexicons: found, read, and refused where they are malformed."""

import tomllib
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from mailresponder.errors import MailresponderError
from mailresponder.listening.cues import find
from mailresponder.listening.lexicon import Group, Index, Role, available, load, phrases, read
from mailresponder.listening.words import split


def found(written: str, text: str) -> list[str]:
    """The words that a phrase matches in a text."""
    group = Group(name="any", role=Role.HEAT, weight=1.0, negatable=False)
    words = split(text)
    hits = find(words, Index((phrase, group) for phrase in phrases(written)))
    return [words.quote(hit.start, hit.end) for hit in hits]


def parsed(language: str) -> dict[str, Any]:
    """A shipped lexicon as TOML."""
    folder = resources.files("mailresponder.listening") / "lexicons"
    return tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))


def test_english_and_spanish_are_there() -> None:
    """Both languages of the product have a lexicon, and all that are there can be loaded."""
    assert {"en", "es"} <= set(available())
    assert [load(language).language for language in available()] == list(available())


def test_an_unknown_language_is_refused() -> None:
    """The error names the language and says which there are."""
    with pytest.raises(MailresponderError, match=r"'tlh'.*en, es"):
        load("tlh")


@pytest.mark.parametrize(
    ("written", "text", "expected"),
    [
        ("liar|liars", "You LIARS!", ["LIARS"]),
        ("scam*", "scammers and a scam", ["scammers", "scam"]),
        ("don't care", "You dont care", ["dont care"]),
        ("don't care", "You don’t care", ["don’t care"]),
        ("how (very) can", "how can", ["how can"]),
        ("how (very) can", "how very can", ["how very can"]),
        ("worst .. ever", "the worst bank I ever saw", ["worst bank I ever"]),
        ("worst .. ever", "worst a b c d ever", []),
        ("worst .. ever", "The worst. Have I ever", []),
        ("qué asco", "que asco", ["que asco"]),
    ],
)
def test_the_notation_of_phrases(written: str, text: str, expected: list[str]) -> None:
    """Choices, beginnings, optional words and gaps match what they say, within a sentence."""
    assert found(written, text) == expected


def test_the_longest_phrase_wins() -> None:
    """At one place, the longer of two phrases is found."""
    group = Group(name="any", role=Role.HEAT, weight=1.0, negatable=False)
    index = Index((p, group) for w in ("never", "never again") for p in phrases(w))
    assert [(h.start, h.end) for h in find(split("never again, never"), index)] == [(0, 2), (2, 3)]


@pytest.mark.parametrize("written", ["", ".. ever", "worst ..", "a|", "*", "how (on earth) can"])
def test_a_phrase_that_could_match_anything_is_refused(written: str) -> None:
    """Empty words, and gaps at an edge, are mistakes of the lexicon."""
    with pytest.raises(ValueError, match=r"word"):
        list(phrases(written))


def _without_bias(data: dict[str, Any]) -> None:
    del data["anger"]["bias"]


def _unknown_role(data: dict[str, Any]) -> None:
    data["anger"]["cues"]["insult"]["role"] = "rage"


def _unknown_shape(data: dict[str, Any]) -> None:
    data["anger"]["shape"]["volume"] = 1.0


@pytest.mark.parametrize("spoil", [_without_bias, _unknown_role, _unknown_shape])
def test_a_malformed_lexicon_is_not_read(spoil: Callable[[dict[str, Any]], None]) -> None:
    """A missing key, an unknown role and an unknown key are mistakes, not defaults."""
    data = parsed("en")
    spoil(data)
    with pytest.raises((KeyError, TypeError, ValueError)):
        read("en", data)


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_phrase_is_an_exact_copy_in_two_groups(language: str) -> None:
    """A phrase weighs once: no two groups of cues list the same one."""
    seen: dict[str, str] = {}
    for name, table in parsed(language)["anger"]["cues"].items():
        for written in table["phrases"]:
            assert seen.setdefault(written, name) == name, written
