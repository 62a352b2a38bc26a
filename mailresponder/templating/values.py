"""How a value may stand in a template: whose text it is, and how it is made harmless.

A plain `str` is taken for the customer's. Forgetting to say whose a text is therefore errs on the
safe side.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from mailresponder.printable import clean


class Own(str):
    """Text of the desk: its addresses are left whole, and it may be part of a link's target."""

    __slots__ = ()


class Worded(Own):
    """A name of ours that has words: templates ask for the name and write the words."""

    __slots__ = ("_words",)
    _words: Mapping[str, str]

    def __new__(cls, name: str, words: Mapping[str, str]) -> "Worded":
        """`words` by language, as `en`."""
        made = super().__new__(cls, name)
        made._words = words
        return made

    def in_language(self, language: str) -> Own:
        """The words in a language, else in English, else the name."""
        return Own(self._words.get(language) or self._words.get("en") or self)


class Trusted(Own):
    """A link's target that we built ourselves, percent-encoded (RFC 3986)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class EachLanguage:
    """A text of the desk that languages have words of their own for: a template sees its own
    language's, or nothing."""

    words: Mapping[str, str]
    """By language code."""

    def in_(self, language: str) -> Own | None:
        """The words of a language; None where it has none."""
        words = self.words.get(language)
        return Own(words) if words else None


class Fields:
    """Several values under one name: a template writes `customer.name`."""

    __slots__ = ("_values",)

    def __init__(self, **values: object) -> None:
        self._values = values

    def __getattr__(self, name: str) -> object:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def has(self, name: str) -> bool:
        """Is there a value of this name?"""
        return name in self._values

    def names(self) -> tuple[str, ...]:
        """What there is."""
        return tuple(self._values)


class Lined(Own):
    """Text of the desk whose line ends stay."""

    __slots__ = ()


class Quoted(str):
    """Somebody's words, line by line, already defused: for a block quote."""

    __slots__ = ()


# The top-level domains that mail programs turn into links without being asked. A whole list would
# hit many a sentence whose full stop lost its space.
_TOP_LEVEL = (
    "com|net|org|info|biz|name|mobi|app|dev|shop|store|online|site|xyz|top|club|live|link|click|"
    "website|tech|pro|cloud|support|help|test|io|co|me|tv|cc|ly|gl|gd|to|ws|us|ca|mx|ar|br|cl|pe|"
    "uy|ve|ec|es|cat|eu|uk|ie|de|at|ch|fr|be|nl|lu|it|pt|dk|se|fi|pl|cz|ro|gr|ru|su|ua|tr|cn|jp|kr|"
    "in|au|nz|za|tk|ml|ga|cf|gq"
)
_ADDRESS = re.compile(
    rf"""
      (?<=://)\S+                                        # the rest of anything with a scheme
    | (?<![\w.@-])www\.\S+
    | (?<![\w.@-])(?:[\w-]{{1,63}}\.)+
      (?: (?:{_TOP_LEVEL})(?![\w@-])(?:[/:?\#]\S*)?
        | [a-z]{{2,24}}(?:/|:\d)\S* )                    # any other, if a path or a port follows
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DOT_INSIDE = re.compile(r"\.(?=\w)")
_FILE_SHARE = re.compile(r"\\\\(?=\w)")


def one_line(text: str) -> str:
    """The text on one line, without what cannot be printed."""
    # Most are already: of all spaces only the ordinary one is printable.
    if text.isprintable() and "  " not in text and text == text.strip():
        return str(text)
    text = " ".join(text.split())
    return text if text.isprintable() else clean(text)


def lines(text: str) -> list[str]:
    """The text's lines, each as `one_line` gives it."""
    return [one_line(line) for line in text.splitlines()]


def defuse(text: str) -> str:
    """Web addresses written so that no mail program makes a link of them.

    `https://shop.example/a` becomes `https[:]//shop[.]example/a`. Mail addresses stay.
    """
    if "." not in text and "\\" not in text and "://" not in text:
        return text
    # Most full stops end a sentence: then no address has one to be changed.
    if _DOT_INSIDE.search(text):
        text = _ADDRESS.sub(lambda found: _DOT_INSIDE.sub("[.]", found[0]), text)
    return _FILE_SHARE.sub(r"[\\\\]", text.replace("://", "[:]//"))


def shown(target: str) -> str:
    """A link's target for people: of a mailto link, the address alone (RFC 6068 §2)."""
    if not target.startswith("mailto:"):
        return target
    return unquote(target.removeprefix("mailto:").partition("?")[0])


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words where there is a gap in the last third."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    gap = cut.rfind(" ")
    return (cut[:gap] if gap > limit * 2 // 3 else cut).rstrip() + "…"
