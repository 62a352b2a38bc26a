"""Texts and times as every surface shows them."""

from datetime import timedelta

import pytest

from mailresponder.printable import how_long


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (3599, "59 min"), (7200, "2 h"), (90000, "1 d")],
)
def test_durations_have_one_unit(seconds: int, words: str) -> None:
    """The largest unit that fits is enough to act on."""
    assert how_long(timedelta(seconds=seconds)) == words
