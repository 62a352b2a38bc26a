"""Words that say what a message is about. Whoever writes of a parcel is not angrier for it."""

import tomllib
from functools import cache
from importlib import resources

from mailresponder.listening.lexicon import load
from mailresponder.listening.words import fold

_MARKS = "^*"


@cache
def _stems(language: str) -> tuple[str, ...]:
    path = resources.files("mailresponder.listening.train").joinpath("topics.toml")
    stems = tomllib.loads(path.read_text("utf-8")).get(language, [])
    return tuple(fold(stem) for stem in stems)


@cache
def is_topical(feature: str, language: str) -> bool:
    """Does a feature consist of words of topics, numbers and function words, with one topic?"""
    if feature[0] == "<":
        return False
    words = [word.strip(_MARKS) for word in feature.split(" ")]
    stems = _stems(language)
    about = [word.startswith(stems) for word in words]
    if feature.endswith("*"):
        # The beginning of a word may be shorter than the stem that it begins.
        about = [any(stem.startswith(words[0]) for stem in stems) or about[0]]
    function_words = load(language).function_words
    rest = (w for w, topical in zip(words, about, strict=True) if not topical)
    return any(about) and all(word in function_words or word == "#" for word in rest)
