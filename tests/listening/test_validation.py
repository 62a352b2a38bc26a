import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.listening.learning import Sample
from mailresponder.listening.validation import Comparison, compare, is_angry

THRESHOLDS = {"en": 0.5}


def tried(*mails: tuple[str, bool | None, float, float]) -> Comparison:
    """Of mails as (customer, angry, log-odds before, log-odds after)."""
    found = compare(
        [
            (
                Sample(
                    customer=who,
                    language="en",
                    log_odds=before,
                    features={},
                    heard=before >= 0,
                    angry=angry,
                ),
                after,
            )
            for who, angry, before, after in mails
        ],
        THRESHOLDS,
    )
    assert found is not None
    return found


def test_figures_count_what_was_called_what() -> None:
    """Precision and recall at the threshold, with the numbers they are of."""
    found = tried(
        ("a", True, 1.0, 1.0),
        ("b", True, -1.0, 1.0),
        ("c", False, 1.0, -1.0),
        ("d", False, -1.0, -1.0),
        ("e", False, -1.0, 1.0),
    )
    before, after = found.before, found.after
    assert (before.found, before.missed, before.false_alarms, before.left_alone) == (1, 1, 1, 2)
    assert (before.precision, before.recall) == (0.5, 0.5)
    assert (after.precision, after.recall) == (pytest.approx(2 / 3), 1.0)


def test_one_kind_alone_has_no_auc_and_nothing_called_no_precision() -> None:
    """What cannot be said is None, not a number."""
    figures = tried(("a", False, -1.0, -1.0), ("b", False, -2.0, -1.0)).before
    assert (figures.roc_auc, figures.precision, figures.recall) == (None, None, None)


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(-3, 3).map(float)), min_size=2, max_size=30
    ).filter(lambda mails: len({angry for angry, _ in mails}) == 2)
)
def test_auc_is_how_often_angry_scores_above_calm(mails: list[tuple[bool, float]]) -> None:
    """As counted over all pairs, ties for half."""
    pairs = [(a, c) for yes, a in mails if yes for no, c in mails if not no]
    wins = sum(1.0 if a > c else 0.5 if a == c else 0.0 for a, c in pairs)
    found = tried(*((f"c{n}", angry, z, z) for n, (angry, z) in enumerate(mails)))
    assert found.before.roc_auc == pytest.approx(wins / len(pairs))


def test_log_loss_is_that_of_the_probabilities() -> None:
    """A coin costs log 2; certainty that is wrong costs much and never infinity."""
    found = tried(("a", True, 0.0, -1000.0))
    assert found.before.log_loss == pytest.approx(math.log(2))
    assert found.after.log_loss == pytest.approx(1000.0)


def test_a_gain_at_every_customer_is_better() -> None:
    """And the other way round it is not."""
    gains = [(f"c{n}", True, 0.0, 1.0 + n / 100) for n in range(20)]
    losses = [(who, not angry, before, after) for who, angry, before, after in gains]
    assert tried(*gains).is_better
    assert not tried(*losses).is_better


def test_a_gain_at_one_customer_is_chance() -> None:
    """However many mails of theirs there are: customers count, not mails."""
    one = [("one", True, -2.0, 2.0)] * 30
    rest = [(f"c{n}", True, 0.0, -0.01) for n in range(20)]
    found = tried(*one, *rest)
    assert found.gain > 0
    assert not found.is_better


def test_no_change_is_not_better() -> None:
    """A correction that moves nothing proves nothing."""
    assert not tried(*((f"c{n}", True, 1.0, 1.0) for n in range(20))).is_better


def test_too_few_customers_prove_nothing() -> None:
    """Four may agree by chance."""
    found = tried(*((f"c{n}", True, 0.0, 2.0) for n in range(4)))
    assert (found.error, found.is_better) == (None, False)


@pytest.mark.parametrize(("log_odds", "angry"), [(-1e9, False), (0.0, True), (1e3, True)])
def test_a_verdict_is_by_the_score(log_odds: float, angry: bool) -> None:
    """At the threshold it is angry, as it is for whoever listens."""
    assert is_angry(log_odds, 0.5) is angry


def test_what_nobody_objected_to_can_only_lose() -> None:
    """It is in no figure; moving away from what was heard there costs, and may cost the gain."""
    gains = [(f"c{n}", True, -1.0, 0.5 + n / 100) for n in range(20)]
    left = [(f"t{n}", None, -1.0, -1.0) for n in range(60)]
    moved = [(f"t{n}", None, -1.0, 2.0) for n in range(60)]
    assert tried(*gains, *left).is_better
    assert not tried(*gains, *moved).is_better
    assert tried(*gains, *moved).before == tried(*gains).before
