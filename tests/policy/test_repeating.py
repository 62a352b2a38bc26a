"""Does a text repeat what is not for its reader?"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.policy.repeating import ROW, repeats, without_common_end

SECRET = "We have lost this parcel and will say nothing of it to anybody.\nBlame the courier again."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("we have LOST this parcel, and will say – nothing!", True),
        ("We have lost this parcel, and I am sorry.", False),
        ("No.\nBlame the courier again", True),
        ("Blame the courier", False),
    ],
)
def test_a_line_or_a_row_of_words_gives_it_away(text: str, found: bool) -> None:
    """Whatever stands between the words."""
    assert repeats(text, secret=[SECRET], known=[]) is found


def test_what_is_known_is_no_secret() -> None:
    """A notice repeats what the customer wrote, and that they may be told."""
    assert not repeats(SECRET, secret=[SECRET], known=[SECRET.upper()])
    assert repeats(SECRET, secret=[SECRET], known=[SECRET.partition("\n")[0]])


@given(st.lists(st.sampled_from("abcdefgh"), min_size=ROW), st.text(max_size=50))
def test_a_whole_secret_is_always_found(words: list[str], around: str) -> None:
    """Wherever it stands in a text."""
    secret = " ".join(words)

    assert repeats(f"{around}\n{secret}\n{around}", secret=[secret], known=[])


def test_common_ends_are_short_lines_and_never_all() -> None:
    """A signature is taken away, a sentence is not."""
    signature = "Jane Doe\nAcme Limited"
    other = f"Look at this.\n{signature}"

    assert without_common_end(f"It comes.\n{signature}", [other]) == "It comes."
    assert without_common_end(signature, [other]) == "Jane Doe"
    long = "We will never ever pay this one back to her."
    assert without_common_end(f"Dear Ana,\n{long}", [f"Lena,\n{long}"]).endswith(long)


def test_long_texts_take_no_long_time() -> None:
    """Linear, whatever is repeated in them."""
    start = time.process_time()
    repeats("a b " * 15_000, secret=["b a " * 15_000] * 5, known=["c " * 30_000] * 5)

    assert time.process_time() - start < 5
