"""The fit: what it finds, and what it is held to."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from small import source

from mailresponder.listening.train import fitting, trial
from mailresponder.listening.train.topics import is_topical

READ = [trial.read(source("en", name)) for name in ("one", "two", "three")] * 20


def fitted() -> fitting.Fitted:
    """The fit of three small sources, each of them often."""
    return fitting.fit("en", [(read.source, read.vectors()) for read in READ])


def test_the_same_data_give_the_same_weights() -> None:
    """To the last digit, signs and words alike."""
    assert fitted() == fitted()


def test_what_angry_messages_say_weighs_more() -> None:
    """A word of the angry messages alone weighs more than one of the calm ones alone."""
    found = fitted().of
    assert found.get("grumbling", 0) > 0 > found.get("asking", 0)


def test_topics_are_capped() -> None:
    """A word of a topic weighs no more than its cap, though every angry message has it."""
    parcels = [trial.read(source("en", "four", "parcel"))] * 40
    angry = [replace(m, angry=True) for m in parcels[0].source.messages]
    parcels = [
        replace(read, source=replace(read.source, messages=tuple(angry))) for read in parcels
    ]
    reads = [*READ, *parcels]
    found = fitting.fit("en", [(read.source, read.vectors()) for read in reads]).of
    topical = [weight for name, weight in found.items() if is_topical(name, "en")]
    assert topical
    assert max(map(abs, topical)) == fitting._MOST_TOPICAL


def test_no_weight_is_too_small_to_keep() -> None:
    """What says next to nothing is left out, what is kept has two decimals."""
    found = fitted().of.values()
    assert min(map(abs, found)) >= fitting._LEAST - 0.005
    assert all(weight == round(weight, 2) for weight in found)


def test_the_bias_is_the_share_where_nothing_is_told() -> None:
    """Without a feature that tells anything, the log-odds are those of the share."""
    angry = np.array([1.0, 0.0, 0.0, 0.0])
    weights, bias = fitting.logistic(
        csr_matrix(np.zeros((4, 1))), angry, np.ones(4), np.ones(1), np.zeros(4)
    )
    assert weights == pytest.approx([0.0])
    assert bias == pytest.approx(np.log(1 / 3), abs=1e-3)


def test_a_penalty_holds_a_weight_down() -> None:
    """The dearer a weight, the nearer it stays to nought."""
    column, angry = csr_matrix([[1.0], [1.0], [0.0], [0.0]]), np.array([1.0, 1.0, 0.0, 0.0])
    free, dear = (
        fitting.logistic(column, angry, np.ones(4), np.array([cost]), np.zeros(4))[0][0]
        for cost in (0.1, 10.0)
    )
    assert free > dear > 0
