"""Figures, against small cases worked out by hand and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.listening.train.figures import (
    interval,
    pr_auc,
    recall_at,
    reliability,
    roc_auc,
    threshold_at,
)

SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
ANGRY = np.array([True, False, True, True, False])
CASES = st.lists(
    st.tuples(st.integers(-5, 5).map(float), st.booleans()), min_size=2, max_size=30
).filter(lambda rows: len({angry for _, angry in rows}) == 2)


def test_a_case_worked_out_by_hand() -> None:
    """4 of 6 pairs in order; precision 1, 2/3 and 3/4 where recall grows by a third."""
    assert roc_auc(SCORES, ANGRY) == pytest.approx(4 / 6)
    assert pr_auc(SCORES, ANGRY) == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert recall_at(0.9, SCORES, ANGRY) == pytest.approx(1 / 3)
    assert recall_at(0.75, SCORES, ANGRY) == pytest.approx(1.0)


def test_ties_count_half() -> None:
    """Where all score the same, nothing is told apart."""
    same = np.zeros(5)
    assert roc_auc(same, ANGRY) == pytest.approx(0.5)
    assert pr_auc(same, ANGRY) == pytest.approx(3 / 5)
    assert recall_at(0.9, same, ANGRY) == 0.0


@given(CASES)
def test_the_chance_that_an_angry_one_scores_above_another(rows: list[tuple[float, bool]]) -> None:
    """ROC-AUC is what counting all pairs gives, and turns over with the scores."""
    scores, angry = (np.array(column) for column in zip(*rows, strict=True))
    pairs = [(a > b) + (a == b) / 2 for a in scores[angry] for b in scores[~angry]]
    assert roc_auc(scores, angry) == pytest.approx(np.mean(pairs))
    assert roc_auc(-scores, angry) == pytest.approx(1 - roc_auc(scores, angry))


@given(CASES)
def test_figures_do_not_hang_on_the_order(rows: list[tuple[float, bool]]) -> None:
    """Messages in another order give the same figures, all of them shares."""
    scores, angry = (np.array(column) for column in zip(*rows, strict=True))
    for figure in (roc_auc, pr_auc, lambda s, a: recall_at(0.9, s, a)):
        assert 0 <= figure(scores, angry) <= 1
        assert figure(scores[::-1], angry[::-1]) == pytest.approx(figure(scores, angry))


def test_a_threshold_is_as_precise_as_it_was_asked_to_be() -> None:
    """It is the lowest one, between two scores; what a message counts is heeded."""
    once = np.ones(5)
    assert threshold_at(0.75, SCORES, ANGRY, once) == pytest.approx(0.55)
    assert threshold_at(0.9, SCORES, ANGRY, once) == pytest.approx(0.85)
    assert threshold_at(0.75, SCORES, ANGRY, np.array([1, 9, 1, 1, 1])) == pytest.approx(0.85)


def test_an_interval_holds_its_figure_and_is_the_same_each_time() -> None:
    """The bootstrap is seeded; more messages narrow it."""
    scores, angry = np.tile(SCORES, 10), np.tile(ANGRY, 10)
    low, high = interval(roc_auc, scores, angry, rounds=100)
    assert low < roc_auc(scores, angry) < high
    assert (low, high) == interval(roc_auc, scores, angry, rounds=100)
    few = interval(roc_auc, scores[:10], angry[:10], rounds=100)
    assert high - low < few[1] - few[0]


def test_reliability_counts_every_message_once() -> None:
    """The last range holds its end; an empty one is left out."""
    scores = np.array([0.0, 0.1, 0.5, 1.0])
    table = reliability(
        scores, np.array([False, True, True, True]), np.ones(4), (0.0, 0.2, 0.4, 0.5, 1.0)
    )
    assert [(low, high, n) for low, high, n, _, _ in table] == [(0.0, 0.2, 2), (0.5, 1.0, 2)]
    assert [share for *_, share in table] == [0.5, 1.0]
    assert [mean for *_, mean, _ in table] == pytest.approx([0.05, 0.75])
