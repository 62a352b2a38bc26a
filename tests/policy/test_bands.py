"""Calm, upset, angry, and rising: what a score is called, and what staff's word does to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import a_ticket

from mailresponder.errors import MailresponderError
from mailresponder.listening.anger import Band
from mailresponder.policy import bands
from mailresponder.policy.bands import Heat

CALM, UPSET, ANGRY = Band.CALM, Band.UPSET, Band.ANGRY


def test_a_ticket_is_called_what_was_heard() -> None:
    """Calm, upset or angry by the score and the verdict, in either language."""
    for language in ("en", "es"):
        heard = ((0.01, False), (0.5, False), (0.95, True), (0.5, True))
        told = [
            bands.of_ticket(a_ticket(language=language, anger=score, angry=angry)).band
            for score, angry in heard
        ]
        assert told == [CALM, UPSET, ANGRY, ANGRY]


@given(score=st.floats(0, 1), angry=st.booleans())
def test_what_staff_said_outweighs_every_score(score: float, angry: bool) -> None:
    """Judged angry is angry and judged not angry is calm, however it was heard."""
    told = bands.of_ticket(a_ticket(anger=score, angry=angry, judged_by="ana"))

    assert told == Heat(score=score if angry else 0.0, band=ANGRY if angry else CALM)


def test_a_language_nobody_listens_in_has_no_bands() -> None:
    """It is an error, not a calm customer."""
    with pytest.raises(MailresponderError):
        bands.heat(0.5, "xx", angry=False)


@pytest.mark.parametrize(
    ("before", "latest", "rises"),
    [
        ((0.1, CALM), (0.2, UPSET), True),
        ((0.6, UPSET), (0.65, ANGRY), True),
        ((0.7, UPSET), (0.6, ANGRY), True),
        ((0.2, UPSET), (0.36, UPSET), True),
        ((0.2, UPSET), (0.34, UPSET), False),
        ((0.75, ANGRY), (0.95, ANGRY), True),
        ((0.9, ANGRY), (0.6, UPSET), False),
        ((0.03, ANGRY), (0.7, UPSET), False),
        ((0.0, CALM), (0.17, CALM), False),
    ],
)
def test_anger_rises_by_a_band_or_clearly(
    before: tuple[float, Band], latest: tuple[float, Band], rises: bool
) -> None:
    """A higher band, or 0.15 more in the same one, and never among calm mails."""
    first, then = (Heat(score=score, band=band) for score, band in (before, latest))
    assert bands.is_rising(first, then) == rises
