"""Which defect a name means, and which sentence an acknowledgement carries."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.policy.defects import (
    MAX_SENTENCE,
    Defect,
    DefectState,
    KnownProblems,
    checked_name,
    checked_sentences,
    checked_words,
    key_of,
    meant,
    offered,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LOGIN, START, LATE = "App crashes on login", "App crashes on start", "Envío tardío"
KNOWN = {"en": "We know that it crashes.", "es": "Sabemos que se cierra."}
CRASHES = {"en": ("crash",), "es": ("se cierra",)}


def defect(number: int, name: str, **changes: Any) -> Defect:
    """A defect that complaints of crashes are about."""
    given = {"words": CRASHES, "known": KNOWN, "opened_at": NOW, "opened_by": "ana@example.com"}
    return Defect(id=number, name=name, **{**given, **changes})


ALL = (defect(1, LOGIN), defect(2, START), defect(12, LATE))


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("App crashes on login", [LOGIN]),
        ("APP  crashes, on Login.", [LOGIN]),
        ("app crashes on l", [LOGIN]),
        ("envio", [LATE]),
        ("12", [LATE]),
        ("#2", [START]),
        ("app crash", [LOGIN, START]),
        ("crashes", []),
        ("3", []),
        ("", []),
        ("…", []),
    ],
)
def test_a_defect_is_meant_by_its_name_a_beginning_or_its_number(
    said: str, names: list[str]
) -> None:
    """Case, accents and marks do not matter; what several begin with means several."""
    assert [one.name for one in meant(ALL, said)] == names


def test_a_whole_name_means_itself_where_another_goes_on() -> None:
    """Though the longer one begins so too."""
    both = (defect(1, "Late"), defect(2, "Late again"))

    assert [one.name for one in meant(both, "late")] == ["Late"]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("app", (LOGIN, START)),
        ("Ap crashes on logn", (LOGIN, START)),
        ("zzz", (LATE, START, LOGIN)),
    ],
)
def test_names_to_choose_from_are_offered(said: str, names: tuple[str, ...]) -> None:
    """Those that begin so, else the most alike, else the newest."""
    assert offered(ALL, said) == names


@given(st.text(max_size=30), st.text(max_size=30))
def test_what_begins_a_name_means_it(head: str, tail: str) -> None:
    """Any beginning of whole words of a name that can be given means that defect, alone."""
    try:
        name = checked_name(f"{head} {tail}")
    except ValueError:
        return
    words = name.split()
    for end in range(1, len(words) + 1):
        found = meant([defect(7, name)], " ".join(words[:end]))
        assert [one.name for one in found] in ([name], [])
    assert meant([defect(7, name)], name)


@pytest.mark.parametrize("name", ["", "  ", "…", "12", "x" * 121, "a\x00b"])
def test_what_can_be_no_name_is_refused(name: str) -> None:
    """Nobody could name it, or it would be a number."""
    with pytest.raises(ValueError, match="name"):
        checked_name(name)


def test_words_and_sentences_are_kept_as_they_are_meant() -> None:
    """Without spaces around them, each once, and no language without any."""
    assert checked_words({"en": [" crash ", "crash", ""], "es": [""]}) == {"en": ("crash",)}
    assert checked_sentences({"en": " We\nknow. ", "es": ""}) == {"en": "We know."}
    with pytest.raises(ValueError, match="one sentence"):
        checked_sentences({"en": "x" * (MAX_SENTENCE + 1)})
    with pytest.raises(ValueError, match="lexicon"):
        checked_words({"xx": ["crash"]})


def sentence(*defects: Defect, text: str, language: str, now: datetime = NOW) -> object:
    """What the acknowledgement in this language says."""
    found = KnownProblems(defects=defects, themes={"log-in": {"en": ("log in",)}}).told(
        text, language, now=now
    )
    return found and found.sentence.in_(language)


@pytest.mark.parametrize(
    ("changes", "language", "text", "said"),
    [
        ({}, "en", "Crash!\nIt crashes.", KNOWN["en"]),
        ({}, "es", "Hola\nLa aplicación se cierra.", KNOWN["es"]),
        ({}, "en", "Hello\nWhere is my order?", None),
        ({}, "fr", "Hello\nIt crashes.", None),
        ({"known": {"es": KNOWN["es"]}}, "en", "Crash\nIt crashes.", None),
        ({"known": {}}, "en", "Crash\nIt crashes.", None),
        ({"state": DefectState.FIXED}, "en", "Crash\nIt crashes.", None),
        ({"known_until": NOW}, "en", "Crash\nIt crashes.", None),
        ({"known_until": NOW + timedelta(seconds=1)}, "en", "It crashes.", KNOWN["en"]),
        ({"words": {}, "theme": "log-in"}, "en", "Hi\nI cannot log in", KNOWN["en"]),
        ({"words": {}, "theme": "other"}, "en", "Hi\nI cannot log in", None),
    ],
)
def test_an_acknowledgement_says_what_is_known(
    changes: dict[str, Any], language: str, text: str, said: str | None
) -> None:
    """Of an open defect that the mail is about, in the customer's language, while it lasts."""
    assert sentence(defect(1, LOGIN, **changes), text=text, language=language) == said


def test_of_two_defects_one_sentence_is_said() -> None:
    """That of the one the mail is most about, or the one that has a sentence."""
    other = defect(2, LATE, words={"en": ("crash login",)}, known={"en": "Other."})
    text = "It crashes on login, it crashes."

    assert sentence(defect(1, LOGIN), other, text=text, language="en") == "Other."
    mute = defect(2, LATE, words={"en": ("crash",)}, known={"es": "Otra."})
    assert sentence(mute, defect(3, START), text=text, language="en") == KNOWN["en"]


def test_names_that_differ_in_a_mark_at_the_end_of_a_word_are_two() -> None:
    """As those of programming languages; other marks tell nothing."""
    assert key_of("C# fails") != key_of("C++ fails") != key_of("C fails")
    assert key_of("App crashes!") == key_of("app: crashes") == key_of("#App crashes")
    assert key_of("Login+App") == key_of("login app")
    sharp, plus = defect(1, "C# fails"), defect(2, "C++ fails")
    assert meant([sharp, plus], "c++ FAILS") == (plus,)
    assert meant([sharp, plus], "c# f") == (sharp,)
