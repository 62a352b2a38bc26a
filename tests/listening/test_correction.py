import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.errors import MailresponderError
from mailresponder.listening import anger
from mailresponder.listening.correction import MOST_SHIFT, MOST_WEIGHTS, Correction

NUMBERS = st.floats(-50, 50)
CALMING = Correction(
    model="m", bias={"en": -0.5, "es": 0.25}, weights={"en:claim": -1.0, "shape:shouting": 0.5}
)


@given(
    st.text(min_size=1),
    st.dictionaries(st.text(min_size=1, max_size=20), NUMBERS),
    st.dictionaries(st.text(min_size=1, max_size=20), NUMBERS),
)
def test_a_correction_is_read_as_it_was_written(
    model: str, bias: dict[str, float], weights: dict[str, float]
) -> None:
    """Nothing is lost on the way through JSON, and equal ones are written alike."""
    correction = Correction(model=model, bias=bias, weights=weights)
    text = correction.to_json()
    assert Correction.from_json(text) == correction
    assert Correction.from_json(text).to_json() == text


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"model": "m", "bias": {}},
        {"model": "m", "bias": {}, "weights": {}, "text": "Hello"},
        {"model": "", "bias": {}, "weights": {}},
        {"model": 7, "bias": {}, "weights": {}},
        {"model": "m", "bias": [], "weights": {}},
        {"model": "m", "bias": {"en": "1"}, "weights": {}},
        {"model": "m", "bias": {"en": True}, "weights": {}},
        {"model": "m", "bias": {"en": math.inf}, "weights": {}},
        {"model": "m", "bias": {}, "weights": {"": 1.0}},
        {"model": "m", "bias": {}, "weights": {"x" * 1000: 1.0}},
        {"model": "m", "bias": {}, "weights": {"x": 1e300}},
        {"model": "m", "bias": {}, "weights": dict.fromkeys(map(str, range(MOST_WEIGHTS + 1)), 1)},
    ],
)
def test_what_is_no_correction_is_refused(content: object) -> None:
    """Three keys and finite numbers; the message says how to go back."""
    with pytest.raises(MailresponderError, match="learn --undo"):
        Correction.from_json(json.dumps(content))


@given(st.text())
def test_no_text_breaks_reading(text: str) -> None:
    """Whatever stands in the database, it is a correction or a sentence."""
    with pytest.raises(MailresponderError):
        Correction.from_json(text)


def test_each_feature_counts_by_its_value_and_the_language_once() -> None:
    """Features without a weight count nothing, and so does a language without a bias."""
    features = {"en:claim": 2.0, "shape:shouting": 1.0, "en:unknown": 9.0}
    assert CALMING.shift(features, "en") == pytest.approx(-0.5 - 2.0 + 0.5)
    assert CALMING.shift({}, "es") == 0.25
    assert CALMING.shift({}, "fr") == 0.0


@given(st.dictionaries(st.sampled_from(["en:claim", "shape:shouting"]), st.floats(-1e9, 1e9)))
def test_no_text_is_moved_without_bound(features: dict[str, float]) -> None:
    """A correction is small whatever the text is."""
    assert abs(CALMING.shift(features, "en")) <= MOST_SHIFT


def test_whoever_listens_is_corrected() -> None:
    """The score moves by the correction's log-odds, and the verdict with it."""
    text = "This is unacceptable. You are liars, I want my money back!"
    before = anger.hear(text, "en")
    observed = anger.observe(text, "en")
    calmer = Correction(model=anger.fingerprint(), bias={"en": -2.5}, weights={})
    after = anger.hear(text, "en", correction=calmer, threshold=before.score)

    assert before.score == pytest.approx(1 / (1 + math.exp(-observed.log_odds)), abs=1e-3)
    assert after.score == pytest.approx(1 / (1 + math.exp(2.5 - observed.log_odds)), abs=1e-3)
    assert not after.angry
