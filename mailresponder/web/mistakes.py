"""What is wrong with a template, and what a job refuses, said in the visitor's language.

Both say it in English. Their sentences stand in `words/en/mistakes.toml` and `refusals.toml` as
they say them, and are found again by them; one that is not there is shown as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from string import Formatter

from mailresponder.web.words import Words

_ENGLISH = Words("en")
_PAGE = "mistakes"
_REFUSALS = "refusals"
_MEND = "_mend"
_REST = "rest"
"""The field of a sentence that holds another one."""
_KIND = "kind"
"""What the fields begin with that hold words, as `a text or a time`; their words are `kind_…`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A sentence."""

    text: str
    language: str


def told(words: Words, message: str) -> Told:
    """The message in the language of `words` where its sentence is known, else in English."""
    text = _told(words, message)
    if text is None:
        return Told(text=message, language=_ENGLISH.language)
    return Told(text=text, language=words.language)


def refused(words: Words, message: str, mend: str = "") -> tuple[str, str]:
    """What a job refuses and what can be done about it, on the page, in the language of `words`;
    as the job says both where its sentence is not known."""
    for key, pattern in _sentences(_REFUSALS):
        found = pattern.fullmatch(message)
        if found is not None:
            known = words.page(_REFUSALS)
            text = known[key].format_map(found.groupdict())
            return text[:1].upper() + text[1:], known.get(f"{key}{_MEND}", "")
    return message, mend


def _told(words: Words, message: str) -> str | None:
    for key, pattern in _sentences(_PAGE):
        found = pattern.fullmatch(message)
        if found is None:
            continue
        values = found.groupdict()
        if _REST in values:
            rest = _told(words, values[_REST])
            if rest is None:
                return None
            values[_REST] = rest
        for name in values:
            if name.startswith(_KIND):
                values[name] = _kinds(words, values[name])
        return words.page(_PAGE)[key].format_map(values)
    return None


def _kinds(words: Words, kinds: str) -> str:
    """`a text or a time`, in the language; what else stands there is a name, and stays."""
    keys = {v: k for k, v in _ENGLISH.page(_PAGE).items() if k.startswith(f"{_KIND}_")}
    longest_first = sorted(keys, key=len, reverse=True)
    known = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
    return known.sub(lambda found: words(f"{_PAGE}.{keys[found[0]]}"), kinds)


@cache
def _sentences(page: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The sentences in the order of their file."""
    return tuple(
        (key, _pattern(sentence))
        for key, sentence in _ENGLISH.page(page).items()
        if not key.startswith(f"{_KIND}_") and not key.endswith(_MEND)
    )


def _pattern(sentence: str) -> re.Pattern[str]:
    def parts() -> Iterator[str]:
        seen: set[str] = set()
        for before, field, _, _ in Formatter().parse(sentence):
            yield re.escape(before)
            if field is None:
                continue
            held = ".+" if field == _REST else ".+?"
            yield f"(?P={field})" if field in seen else f"(?P<{field}>{held})"
            seen.add(field)

    return re.compile("".join(parts()), re.DOTALL)
