"""Texts and times as terminals, pages and mail show them alike: without what no screen should
obey, and a length of time in short."""

import re
from datetime import timedelta

# C0 and C1 controls but for newline and tab, overrides of the writing direction, and halves of
# surrogate pairs, which no encoding can print.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_SECONDS = ((86400, "d"), (3600, "h"), (60, "min"))
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")


def clean(text: str) -> str:
    """The text without anything a terminal would obey; lines and tabs stay."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text))


def how_long(duration: timedelta) -> str:
    """A duration in its largest unit, as `3 h`."""
    seconds = int(abs(duration).total_seconds())
    for size, unit in _SECONDS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
