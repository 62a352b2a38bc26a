"""The words without which a list of phrases is not looked for."""

import re
from collections.abc import Iterable
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from mailresponder.mail import marks, returned
from mailresponder.mail.phrases import Late, Phrases, comparable, how_many
from mailresponder.mail.wording import absence, failure, helpdesk

FOUND = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (absence, failure, helpdesk, marks, returned)
    for name, value in vars(module).items()
    if isinstance(value, Phrases)
}
ANYTHING = "\0"
"""Stands for a character of which a pattern leaves open which one it is."""


class Written:
    """All that a pattern may match, but for the texts that have one of the words in them.

    Of each such text only the end is kept with which one of the words may begin.
    """

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words
        self._begun = {word[:end] for word in words for end in range(len(word))}

    def after(self, pattern: Iterable[Any], begun: set[str]) -> set[str]:
        """How the texts that begin so may end, below this (parsed) pattern."""
        for kind, what in pattern:
            if kind is sre.LITERAL:
                begun = self._with(begun, [chr(what)])
            elif kind is sre.IN:
                begun = self._with(begun, _characters(what))
            elif kind in (sre.ANY, sre.NOT_LITERAL):
                begun = self._with(begun, [ANYTHING])
            elif kind is sre.BRANCH:
                begun = set().union(*(self.after(branch, begun) for branch in what[1]))
            elif kind is sre.SUBPATTERN:
                begun = self.after(what[3], begun)
            elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
                begun = self._repeated(*what, begun)
            else:
                assert kind in (sre.AT, sre.ASSERT, sre.ASSERT_NOT), kind
        return begun

    def _repeated(self, least: int, most: int, pattern: Iterable[Any], begun: set[str]) -> set[str]:
        ends = set(begun) if least == 0 else set()
        for count in range(1, int(most) + 1):
            begun = self.after(pattern, begun)
            if count > least and begun <= ends:
                break
            if count >= least:
                ends |= begun
        return ends

    def _with(self, begun: set[str], characters: Iterable[str]) -> set[str]:
        longer = {text + comparable(one) for text in begun for one in characters}
        return {self._end(text) for text in longer if not text.endswith(self._words)}

    def _end(self, text: str) -> str:
        return next(text[at:] for at in range(len(text) + 1) if text[at:] in self._begun)


def _characters(members: list[Any]) -> list[str]:
    listed = all(kind is sre.LITERAL for kind, _ in members)
    return [chr(what) for _, what in members] if listed else [ANYTHING]


@pytest.mark.parametrize("phrases", FOUND.values(), ids=FOUND)
def test_each_text_that_a_pattern_matches_has_one_of_its_words(phrases: Phrases) -> None:
    """Whatever way a pattern goes, it meets a word: where there is none, nothing is missed."""
    pattern = parser.parse(phrases.pattern, phrases.flags)

    assert Written(phrases.words).after(pattern, {""}) == set()


def test_words_are_met_in_all_spellings_of_a_pattern() -> None:
    """What `re` takes for a letter of a word, without regard to case, is that letter here too."""
    letters = {letter for phrases in FOUND.values() for letter in "".join(phrases.words)}
    every = "".join(map(chr, range(0x110000)))
    alike = set(re.findall(f"[{re.escape(''.join(letters))}]", every, re.IGNORECASE))

    for letter in letters:
        spelt = [one for one in alike if re.match(re.escape(letter), one, re.IGNORECASE)]
        assert {comparable(one) for one in spelt} == {letter}


def test_a_phrase_is_found_where_it_stands() -> None:
    """In capitals too; and a word that a phrase needs is no phrase yet."""
    phrases = Phrases(r"\bdo not (?:reply|answer)\b", words="not reply|not answer")

    found = phrases.search("Please DO NOT ANSWER this.")

    assert found is not None
    assert found.span() == (7, 20)
    assert phrases.search("I do not answering machines.") is None
    assert phrases.search("Hello.") is None


def test_of_many_phrases_it_is_known_how_many_stand_in_a_text() -> None:
    """Each counts once, however often it stands there."""
    one, other = Phrases(r"\bone\b", words="one"), Phrases(r"\bóther\b", words="óther")

    assert how_many((one, other), "ONE and one") == 1
    assert how_many((one, other), "One and ÓTHER") == 2
    assert how_many((one, other), "Phones and others") == 0


def test_a_late_pattern_is_compiled_when_it_is_first_tried() -> None:
    """A broken one says so only then, and a good one finds what `re` finds."""
    broken = Late("(")
    with pytest.raises(re.error):
        broken.search("(")
    late, pattern = Late("a+|Ä", re.IGNORECASE), re.compile("a+|Ä", re.IGNORECASE)
    for text in ("baa", "AA", "ä", "x", ""):
        for method in ("match", "search", "fullmatch"):
            found, expected = getattr(late, method)(text), getattr(pattern, method)(text)
            assert (found and found.span()) == (expected and expected.span())
