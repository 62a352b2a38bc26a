"""The words of the page, in each language it speaks: one file a page, `words/<language>/`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = {"en": "English", "es": "Español"}
"""What the page speaks, each by its own name; the first stands in for any other."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        """The words of a key, as `queue.title`, with its values in braces.

        With a value `count` of 1, the words of `<key>_one` where there are any. Raises KeyError
        for a key without words.
        """
        known = _words(self.language)
        one = f"{key}_one"
        words = known[one if values.get("count") == 1 and one in known else key]
        return words.format_map(values) if values else words

    def get(self, key: str) -> str | None:
        """The words of a key that may have none: a name from elsewhere, as an event's."""
        return _words(self.language).get(key)

    def page(self, name: str) -> dict[str, str]:
        """All words of a file, as they are written there."""
        begin = f"{name}."
        return {
            key.removeprefix(begin): words
            for key, words in _words(self.language).items()
            if key.startswith(begin)
        }


def spoken(wanted: list[str]) -> Words:
    """The first of these languages that the page speaks, as `es` or `es-MX`; else English."""
    for language in wanted:
        known = language.partition("-")[0].strip().lower()
        if known in LANGUAGES:
            return Words(known)
    return Words(next(iter(LANGUAGES)))


def title_in(language: str, name: str) -> str:
    """What the notice of this name is called in a language, or in one that stands in for it."""
    return spoken([language])(f"templates.name_{name}")


@cache
def _words(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    folder = files("mailresponder.web") / "words" / language
    for file in folder.iterdir():
        if file.name.endswith(".toml"):
            page = file.name.removesuffix(".toml")
            held = tomllib.loads(file.read_text(encoding="utf-8"))
            found |= {f"{page}.{key}": str(words) for key, words in held.items()}
    return found
