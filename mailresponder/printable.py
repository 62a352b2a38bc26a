"""What no screen should obey, taken out of a text: for terminals, pages and mail alike."""

import re

# C0 and C1 controls but for newline and tab, overrides of the writing direction, and halves of
# surrogate pairs, which no encoding can print.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")


def clean(text: str) -> str:
    """The text without anything a terminal would obey; lines and tabs stay."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text))
