"""Texts and times as every surface shows them."""

from datetime import timedelta

import pytest

from mailresponder.printable import how_long


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((0, "0 s"), (59, "59 s"), (60, "1 min"), (89, "1 min"), (3569, "59 min"), (3599, "1 h")),
        *((5400, "1 h 30 min"), (7198, "2 h"), (7141, "1 h 59 min"), (7200, "2 h")),
        *((86369, "23 h 59 min"), (86399, "1 d"), (90000, "1 d 1 h"), (172000, "2 d")),
    ],
)
def test_durations_have_two_units_at_most(seconds: float, words: str) -> None:
    """Nothing is cut off: what is almost two hours is two."""
    assert how_long(timedelta(seconds=seconds)) == words
    assert how_long(-timedelta(seconds=seconds)) == words
