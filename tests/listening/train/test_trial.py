"""Trying a model on what it has not met, and calibrating it."""

import numpy as np
import pytest
from small import source

from mailresponder.listening.train import trial
from mailresponder.listening.train.figures import roc_auc

OWN = [trial.read(source("en", name)) for name in ("one", "two", "three")]


def test_a_source_without_topics_keeps_messages_and_readings_together() -> None:
    """Messages on these topics are gone, and so is what was read of them."""
    kept = OWN[0].without(frozenset({"bank"}))
    assert {m.topic for m in kept.source.messages} == {"parcel"}
    assert len(kept.readings) == len(kept.source.messages) < len(OWN[0].readings)
    for message, reading in zip(kept.source.messages, kept.readings, strict=True):
        assert reading.words.text == message.text


@pytest.mark.parametrize("topics", [False, True])
def test_what_is_unseen_was_not_trained_on(topics: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model scores a source whose writer, or with `topics` whose topics, it has met."""
    reads = [trial.read(source("en", name, topic)) for name, topic in PAIRS]
    met = []
    fit = trial.train

    def watched(sources):
        met.append(sources)
        return fit(sources)

    monkeypatch.setattr(trial, "train", watched)
    found = trial.unseen(reads, topics=topics)
    assert list(found) == [read.source.name for read in reads]
    for held, others in zip(reads, met, strict=True):
        about = {m.topic for m in held.source.messages}
        assert held.source.name not in {other.source.name for other in others}
        heard = {m.topic for other in others for m in other.source.messages}
        assert topics is not bool(about & heard)


PAIRS = [("one", "bank"), ("two", "bank"), ("three", "parcel"), ("four", "parcel")]


def test_unseen_messages_are_told_apart() -> None:
    """What one writer's messages teach holds for another's."""
    found = trial.unseen(OWN, topics=False)
    assert all(roc_auc(found[read.source.name], read.angry) > 0.8 for read in OWN)


def test_a_quarter_of_all_is_angry() -> None:
    """Whatever the share of angry messages, they count for a quarter."""
    angry = np.array([True, True, True, False])
    counted = trial.counted(angry)
    assert counted[angry].sum() / counted.sum() == pytest.approx(0.25)
    assert counted.sum() == pytest.approx(4)


def test_calibration_gives_chances_in_order() -> None:
    """Higher log-odds are higher chances; angry begins above upset; a quarter is angry."""
    random = np.random.default_rng(1)
    angry = random.random(2000) < 0.4
    log_odds = random.normal(2.0 * angry, 1.5)
    weights = trial.calibrated(trial.train(OWN), log_odds, angry)
    likely = trial.probability(weights, log_odds)
    assert (np.argsort(likely) == np.argsort(log_odds)).all()
    assert 0 < weights.upset < weights.threshold < 1
    assert np.average(likely, weights=trial.counted(angry)) == pytest.approx(0.25, abs=0.01)
    flagged = likely >= weights.threshold
    assert np.average(angry[flagged], weights=trial.counted(angry)[flagged]) >= 0.78
