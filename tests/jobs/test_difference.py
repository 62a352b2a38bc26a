"""Two texts line by line."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.jobs.difference import DiffLine, difference


def shown(before: str, after: str) -> list[str]:
    """As a unified diff shows it."""
    sign = {"same": " ", "added": "+", "removed": "-", "gap": "@"}
    return [sign[line.kind] + line.text for line in difference(before, after)]


def test_equal_texts_have_no_difference() -> None:
    """However long they are."""
    assert difference("a\nb\n", "a\nb\n") == difference("", "") == []


def test_changes_stand_among_what_is_the_same() -> None:
    """Three lines around each change, and a gap for what is left out."""
    before = [str(number) for number in range(1, 31)]
    after = [*before[:9], "new", *before[10:24], *before[25:]]
    assert shown("\n".join(before), "\n".join(after)) == [
        "@",
        *(" 7", " 8", " 9", "-10", "+new", " 11", " 12", " 13"),
        "@",
        *(" 22", " 23", " 24", "-25", " 26", " 27", " 28"),
        "@",
    ]


def test_lines_are_numbered_on_both_sides() -> None:
    """Counted from 1; what is on one side only has no number on the other."""
    assert difference("a\nb\n", "x\na\n") == [
        DiffLine(kind="added", left_no=None, right_no=1, text="x"),
        DiffLine(kind="same", left_no=1, right_no=2, text="a"),
        DiffLine(kind="removed", left_no=2, right_no=None, text="b"),
    ]


def test_lines_are_those_of_an_editor() -> None:
    """What only Unicode calls the end of a line is none."""
    assert shown("a\u2028b\n", "a\u2028c") == ["-a\u2028b", "+a\u2028c"]


@settings(database=None)
@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=12),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=12),
    st.booleans(),
)
def test_every_line_is_told_of(left: list[str], right: list[str], long: bool) -> None:
    """With its number, whatever was changed: those shown, and those left out as the same."""
    most = [] if not long else [str(number) for number in range(500)]
    before, after = [*left, *most, *left], [*right, *reversed(most), *left]
    told = difference("\n".join(before) + "\n", "\n".join(after) + "\n")

    for line in told:
        assert line.left_no is None or before[line.left_no - 1] == line.text
        assert line.right_no is None or after[line.right_no - 1] == line.text
        assert (line.left_no is None) == (line.kind in ("added", "gap"))
        assert (line.right_no is None) == (line.kind in ("removed", "gap"))
    gaps = len(before) - sum(line.left_no is not None for line in told)
    assert gaps == len(after) - sum(line.right_no is not None for line in told)
    assert (gaps > 0) == any(line.kind == "gap" for line in told) if told else before == after


def test_lines_that_repeat_are_compared_within_bounds() -> None:
    """A file of thousands of blank lines is opened as quickly as any."""
    before = "\n".join("<br>" if number % 2 else "" for number in range(20_000))
    after = "\n".join("<br>" if number % 3 else "" for number in range(20_000))
    began = time.process_time()
    told = difference(before, after)

    assert time.process_time() - began < 2
    assert [line.kind for line in told[:2]] == ["same", "same"]
    assert told[2].kind == "removed"
