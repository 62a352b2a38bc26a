"""The mails of the demo's morning."""

import pytest

from mailresponder.demo import letters
from mailresponder.demo.letters import Letter

_ROOM = 72
"""Letters of a line that fit behind a `> ` in a notice of ours."""


@pytest.mark.parametrize(
    "letter", [letters.EMMA, letters.LUCIA, letters.JAVIER], ids=lambda letter: letter.who
)
def test_a_quote_of_it_keeps_its_lines(letter: Letter) -> None:
    """Longer lines would be broken once more where a notice quotes them."""
    assert max(map(len, letter.text.splitlines())) <= _ROOM
