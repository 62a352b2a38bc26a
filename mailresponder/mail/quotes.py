"""The mail that a reply quotes: who is said to have written it, when, and what it said.

Only the topmost quote is read: what that one quotes itself is further down, below a heading of its
own. All of it is the replier's claim.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

from mailresponder.mail import marks
from mailresponder.mail.headings import attribution, is_header_block, separated
from mailresponder.mail.marks import Field

_LINES_LIMIT = 2_000
_BLOCK_LIMIT = 12
_DEEPEST = 2
_RULE = "_" * 32
_MARKS = re.compile(r"(?: ?>){1,9} ?")
_MARK = re.compile(r"^ ?> ?")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'|*]{1,64}@[^\s<>()\[\]:;,\"'|*]{1,255}")

_MONTH_NAMES = (
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "ene feb mar abr may jun jul ago sep oct nov dic",
)
_MONTHS = {name: n for names in _MONTH_NAMES for n, name in enumerate(names.split(), 1)}
_MONTHS["set"] = 9
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})\.? (?:de )?([^\W\d_]{3,10})\.?,? (?:de |del )?(\d{4})(?!\d)", re.IGNORECASE
)
_MONTH_FIRST = re.compile(
    r"(?<!\w)([^\W\d_]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)", re.IGNORECASE
)
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)")
_TIME = re.compile(
    r"(?<![\d:+-])(\d{1,2})[:.](\d{2})(?::\d{2})?(?!\d)(?:\s{0,2}([ap])\.?\s?m\b)?", re.IGNORECASE
)
_OFFSET = re.compile(r"(?<![\d\w])([+-])(\d{2}):?(\d{2})(?!\d)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """A quoted mail."""

    author: str
    """What the heading says of who wrote it: for a header block the field, else the whole line."""
    date: str
    """Likewise, of when."""
    text: str
    """What it said, without what it quotes itself."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The mail addresses in what is said of the author, casefolded."""
        named = self.author.replace("mailto:", " ")
        return tuple(dict.fromkeys(match[0].casefold() for match in _ADDRESS.finditer(named)))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Heading:
    start: int
    end: int
    """The line after its last."""
    depth: int
    """How many quote marks stand before it."""
    author: str
    date: str


def topmost(text: str) -> Quote | None:
    """The first mail that a text quotes below a heading that says whose it is; None: none."""
    lines = separated(text)[:_LINES_LIMIT]
    depths = [_depth(line) for line in lines]
    bare = [lines]
    for _ in range(_DEEPEST):
        bare.append([_MARK.sub("", line) for line in bare[-1]])
    first = _heading(bare, depths, 0)
    if first is None:
        return None
    following = _heading(bare, depths, first.end)
    end = following.start if following is not None else len(lines)
    below = range(first.end, end)
    # A quote with marks ends where they end; one without, where the next begins.
    next_line = next((index for index in below if lines[index].strip(" >")), None)
    marked = next_line is not None and depths[next_line] > first.depth
    least = first.depth + 1 if marked else first.depth
    said = [lines[index].lstrip("> ") for index in below if depths[index] >= least]
    return Quote(author=first.author, date=first.date, text="\n".join(said).strip())


def _heading(bare: Sequence[Sequence[str]], depths: Sequence[int], start: int) -> _Heading | None:
    for index in range(start, len(depths)):
        depth = depths[index]
        lines = bare[min(depth, _DEEPEST)]
        line = marks.plain(lines[index])
        if not line:
            continue
        if line == _RULE or marks.is_original(line):
            if is_header_block(lines, index + 1, ruled=True):
                return _block(lines, index, first=index + 1, depth=depth)
            continue
        if ":" in line and is_header_block(lines, index):
            return _block(lines, index, first=index, depth=depth)
        length = attribution(lines, index)
        if length:
            said = " ".join(marks.plain(one) for one in lines[index : index + length])
            return _Heading(start=index, end=index + length, depth=depth, author=said, date=said)
    return None


def _block(lines: Sequence[str], start: int, *, first: int, depth: int) -> _Heading:
    """The fields from `first` on; a value may go on in the next line."""
    values: dict[Field, str] = {}
    last: Field | None = None
    index = first
    while index < len(lines) and index - first < _BLOCK_LIMIT:
        line = marks.plain(lines[index])
        field = marks.field_of(line) if line else None
        if field is not None:
            values.setdefault(field, line.partition(":")[2].strip("*_ \t"))
            last = field
        elif line and last in (Field.AUTHOR, Field.TO) and "@" in line:
            values[last] = f"{values[last]} {line}"
        elif line or values:
            break
        index += 1
    return _Heading(
        start=start,
        end=index,
        depth=depth,
        author=values.get(Field.AUTHOR, ""),
        date=values.get(Field.DATE, ""),
    )


def _depth(line: str) -> int:
    match = _MARKS.match(line)
    return match[0].count(">") if match else 0


def moments(said: str, zone: tzinfo) -> tuple[datetime, ...]:
    """The moments a date in words may mean, aware: none where it is not understood, two where
    day and month cannot be told apart. English and Spanish; without an offset, in `zone`."""
    said = " ".join(said[: marks.TESTED].replace("\u202f", " ").split())
    timed = _TIME.search(said)
    if timed is None:
        return ()
    hour, minute, half = int(timed[1]), int(timed[2]), (timed[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    offset = _OFFSET.search(said, timed.end())
    if offset is not None:
        shift = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        zone = (
            timezone(shift if offset[1] == "+" else -shift) if shift < timedelta(days=1) else zone
        )
    found: list[datetime] = []
    for year, month, day in dict.fromkeys(_dates(said)):
        try:
            found.append(datetime(year, month, day, hour, minute, tzinfo=zone))
        except ValueError:
            continue
    return tuple(found)


def _dates(said: str) -> list[tuple[int, int, int]]:
    """Year, month and day, of which some may be no date at all."""
    if match := _ISO.search(said):
        return [(int(match[1]), int(match[2]), int(match[3]))]
    for match in _DAY_FIRST.finditer(said):
        if month := _month(match[2]):
            return [(int(match[3]), month, int(match[1]))]
    for match in _MONTH_FIRST.finditer(said):
        if month := _month(match[1]):
            return [(int(match[3]), month, int(match[2]))]
    if match := _NUMERIC.search(said):
        one, other, year = int(match[1]), int(match[2]), int(match[3])
        year += 2000 if year < 100 else 0
        return [(year, other, one), (year, one, other)]
    return []


def _month(word: str) -> int | None:
    return _MONTHS.get(word.casefold()[:3])
