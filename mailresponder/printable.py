"""Texts and times as terminals, pages and mail show them alike: without what no screen should
obey, and lengths of time and numbers of bytes in short."""

import re
from datetime import timedelta

# C0 and C1 controls but for newline and tab, overrides of the writing direction, and halves of
# surrogate pairs, which no encoding can print.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")


def clean(text: str) -> str:
    """The text without anything a terminal would obey; lines and tabs stay."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text))


def how_long(duration: timedelta) -> str:
    """A duration in its two largest units, rounded to the lesser: `1 h 59 min`, `2 h`, `3 d`."""
    seconds = round(abs(duration).total_seconds())
    if seconds < _MINUTE:
        return f"{seconds} s"
    minutes = round(seconds / _MINUTE)
    if minutes < _DAY // _MINUTE:
        return _both(minutes, 60, "h", "min")
    return _both(round(seconds / _HOUR), 24, "d", "h")


def how_much(count: int) -> str:
    """A number of bytes in short: `812 kB`, `12.5 MB`, `3.2 GB`."""
    for unit, size in (("GB", 1_000_000_000), ("MB", 1_000_000)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count / 1_000:.0f} kB"


def _both(count: int, size: int, larger: str, lesser: str) -> str:
    """So many of the lesser unit, of which `size` are one of the larger."""
    whole, rest = divmod(count, size)
    return " ".join(f"{n} {unit}" for n, unit in ((whole, larger), (rest, lesser)) if n)
