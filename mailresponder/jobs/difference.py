"""Two texts line by line, for the page and the terminal."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_CONTEXT = 3
"""Lines shown around each change."""


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
    are the same."""
    left, right = lines(before), lines(after)
    shown: list[DiffLine] = []
    ended = 0
    for group in SequenceMatcher(None, left, right, autojunk=False).get_grouped_opcodes(_CONTEXT):
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


def lines(text: str) -> list[str]:
    """The lines of a text, as an editor and a template's mistakes count them."""
    return text.removesuffix("\n").split("\n") if text else []
