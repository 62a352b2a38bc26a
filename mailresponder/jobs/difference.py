"""Two texts line by line, for the page and the terminal."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_CONTEXT = 3
"""Lines shown around each change."""
_MOST = 400 * 400
"""Pairs of lines that are compared; where lines repeat, it takes ten times as long for twice as
many lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffLine:
    """One line of a comparison."""

    kind: Literal["same", "added", "removed", "gap"]
    """"gap": lines that are the same in both are left out here."""
    left_no: int | None
    """Counted from 1; None where the line is not in the text before."""
    right_no: int | None
    text: str


def difference(before: str, after: str) -> list[DiffLine]:
    """The lines of two texts side by side, with three lines around each change; empty where they
    are the same. Of texts that differ in hundreds of lines, all between the first and the last of
    them counts as changed."""
    left, right = lines(before), lines(after)
    shown: list[DiffLine] = []
    ended = 0
    for group in _matcher(left, right).get_grouped_opcodes(_CONTEXT):
        if group[0][1] > ended:
            shown.append(DiffLine(kind="gap", left_no=None, right_no=None, text=""))
        for tag, left_from, left_to, right_from, right_to in group:
            if tag == "equal":
                shown += [
                    DiffLine(kind="same", left_no=i + 1, right_no=j + 1, text=left[i])
                    for i, j in zip(
                        range(left_from, left_to), range(right_from, right_to), strict=True
                    )
                ]
                continue
            shown += [
                DiffLine(kind="removed", left_no=i + 1, right_no=None, text=left[i])
                for i in range(left_from, left_to)
            ]
            shown += [
                DiffLine(kind="added", left_no=None, right_no=j + 1, text=right[j])
                for j in range(right_from, right_to)
            ]
        ended = group[-1][2]
    if shown and ended < len(left):
        shown.append(DiffLine(kind="gap", left_no=None, right_no=None, text=""))
    return shown


def _matcher(left: list[str], right: list[str]) -> SequenceMatcher[str | int]:
    """Compares only what lies between the lines with which both begin and those with which both
    end: a number stands for each of these."""
    room = min(len(left), len(right))
    head = next((i for i in range(room) if left[i] != right[i]), room)
    room -= head
    tail = next((i for i in range(room) if left[-1 - i] != right[-1 - i]), room)
    ours: list[str | int] = [*left[head : len(left) - tail]]
    theirs: list[str | int] = [*right[head : len(right) - tail]]
    if len(ours) * len(theirs) > _MOST:
        ours = [len(left) + i for i in range(len(ours))]
        theirs = [2 * len(left) + i for i in range(len(theirs))]
    begin, end = range(head), range(-tail, 0)
    return SequenceMatcher(None, [*begin, *ours, *end], [*begin, *theirs, *end], autojunk=False)


def lines(text: str) -> list[str]:
    """The lines of a text, as an editor and a template's mistakes count them."""
    return text.removesuffix("\n").split("\n") if text else []
