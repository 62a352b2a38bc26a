"""Two texts line by line."""

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
