"""What staff may say in a mail: commands in its first lines, and the text below them.

    #snooze 2d #mine
    #note Called them, they send a photo.

    Dear Ms Vega, …

A line of commands begins with `#`; blank lines may stand above and between them. Each word that
begins with `#` is a command up to the next one, but a note runs to the end of its paragraph, or to
a line that begins with a command. A command may name its ticket (`#close MR-7F3K2`). What stands
below is `rest`, text for the customer. Whatever is not understood is a mistake, with which nothing
of the mail is to be done: better one more mail to staff than a slip of theirs sent to a customer.

Pure: no ticket is known here and no clock is read. Never raises and takes linear time.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from mailresponder.policy.arguments import (
    MAX_WRITTEN,
    WRAPPING,
    key,
    on_a_line,
    order_named,
    read,
    reference_in,
)
from mailresponder.policy.orders import (
    MAX_COMMANDS,
    Command,
    Fault,
    Mistake,
    Order,
    Orders,
    Until,
)

__all__ = ["Command", "Fault", "Mistake", "Order", "Orders", "Until", "parse"]

_FIRST_WORDS = ("", "not", "no", "new", "nuevo")
_IN_TWO_WORDS = (Order.NOT_ANGRY, Order.NOT_SPAM, Order.NEW_DEFECT)
_MAX_MARKS = 8
"""Marks between the beginning of a word and its `#`."""
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0f\ufeff]")
_WORD = re.compile(r"\S+")


def parse(text: str) -> Orders:
    """Read what the writer newly wrote: no quotes, no signature. Never raises."""
    lines = text.splitlines()
    commands: list[Command] = []
    mistakes: list[Mistake] = []
    number = 0
    while number < len(lines):
        line = _command_line(lines[number])
        if line is None:
            if lines[number].strip():
                break
            number += 1
            continue
        number += 1
        for word, argument, is_note in _split(line):
            paragraph = [argument]
            while is_note and number < len(lines) and _continues(lines[number]):
                paragraph.append(lines[number])
                number += 1
            for found in read(word, "\n".join(paragraph)):
                if isinstance(found, Command):
                    commands.append(found)
                else:
                    mistakes.append(found)
        if len(commands) + len(mistakes) > MAX_COMMANDS:
            mistakes = [*mistakes[:MAX_COMMANDS], Mistake(fault=Fault.TOO_MANY, written="")]
            break
    rest = "\n".join(lines[number:]).strip()
    if (astray := _astray(rest)) is not None:
        mistakes.append(astray)
    return Orders(commands=tuple(commands), mistakes=tuple(mistakes), rest=rest)


def _command_line(line: str) -> str | None:
    """The line from its `#` on, or None where it is none of commands."""
    head = line.lstrip(WRAPPING + "\u00a0\u00ad\u200b\ufeff\u200e\u200f\u2060")
    if not head.startswith(("#", "＃")):
        return None
    # Some keyboards write it full width; two of them are one to who writes them.
    return "#" + _INVISIBLE.sub("", head).replace("＃", "#").lstrip("#")


def _continues(line: str) -> bool:
    """Does a note go on in this line? Not after a blank one, nor where a command begins."""
    command = _command_line(line)
    first = _WORD.match(command) if command is not None else None
    if command is not None and first is not None and _order(command, first.span())[0]:
        return False
    return bool(_INVISIBLE.sub("", line).strip())


def _split(line: str) -> Iterator[tuple[str, str, bool]]:
    """The commands of a line: the word, what stands behind it, and whether it is a note, which
    takes all the rest."""
    starts: list[tuple[int, int]] = []
    """Where each command begins, and where its name ends."""
    for match in _WORD.finditer(line):
        begin = match.start()
        while (begin := line.find("#", begin, match.end())) >= 0:
            if len(starts) > MAX_COMMANDS:
                break
            if starts and _order(line, starts[-1])[0] is Order.NOTE:
                break
            end = line.find("#", begin + 1, match.end())
            end = match.end() if end < 0 else end
            if _begins(line, match.start(), (begin, end), starts):
                starts.append((begin, end))
            begin = end
    bounds = [*starts, (len(line), len(line))]
    for start, following in pairwise(bounds):
        order, behind = _order(line[: following[0]], start)
        is_note = order is Order.NOTE
        yield line[start[0] : behind].strip(), line[behind : following[0]], is_note


def _begins(line: str, word: int, name: tuple[int, int], before: Sequence[tuple[int, int]]) -> bool:
    """Is a `#` within a word the beginning of a command? It is at the word's own beginning, and
    where another ends (`#close,#mine`); but `#MR-7F3K2` behind a command is its ticket."""
    begin, end = name
    if before and reference_in(line[begin:end]) and not order_named(line[begin:end]):
        return False
    is_first = begin - word <= _MAX_MARKS and not line[word:begin].strip(WRAPPING)
    return is_first or bool(before and before[-1][1] == begin)


def _order(line: str, start: tuple[int, int]) -> tuple[Order | None, int]:
    """Which command begins there, and where its argument does: `#not angry` is one in two words,
    and so is `# close`."""
    begin, end = start
    name = key(line[begin:end])
    if (order := order_named(name)) is not None:
        return order, end
    following = _WORD.search(line, end) if name in _FIRST_WORDS else None
    if following is not None:
        order = order_named(line[begin : following.end()])
        if order in _IN_TWO_WORDS or (order and not name):
            return order, following.end()
    return None, end


def _astray(rest: str) -> Mistake | None:
    """The first command that stands where nothing but text should: it would be sent with it."""
    start = -1
    while (start := rest.find("#", start + 1)) >= 0:
        before = rest[start - 1 : start] if start else ""
        match = _WORD.match(rest[start : start + MAX_WRITTEN])
        is_word = not before or before.isspace() or before in WRAPPING
        if is_word and match is not None and order_named(match[0]):
            return Mistake(fault=Fault.BELOW_TEXT, written=on_a_line(match[0]))
    return None
