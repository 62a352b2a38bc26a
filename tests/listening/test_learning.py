"""What is learnt from labels, and what is not."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.listening import validation
from mailresponder.listening.correction import MOST_WEIGHTS
from mailresponder.listening.learning import Sample, fit, held_out, tacit_weight

HALF = {"en": 0.5, "es": 0.5}


def sample(
    customer: str, *words: str, angry: bool | None, log_odds: float = 0.0, language: str = "en"
) -> Sample:
    features = {f"{language}:{word}": 1.0 for word in words}
    return Sample(
        customer=customer,
        language=language,
        log_odds=log_odds,
        features=features,
        heard=log_odds >= 0,
        angry=angry,
    )


def chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def letters(number: int) -> str:
    """A word that no other number has, without digits."""
    return "".join(chr(97 + int(digit)) for digit in str(number))


def a_desk(
    seed: int, *, labels: int = 120, word: str = "claim", is_calm: bool = True
) -> list[Sample]:
    """A desk where a word of the trade sounds angry to the model, which is otherwise right, among
    thirty other words a mail; with `is_calm` false the model is right about that word as well."""
    chosen = random.Random(seed)
    made = []
    for number in range(labels + 300):
        words = {letters(int(300 * chosen.random() ** 2)) for _ in range(30)}
        truth = chosen.gauss(-1.0, 1.8)
        heard = truth
        if chosen.random() < 0.4:
            words.add(word)
            heard += 2.5
        angry = chosen.random() < chance(truth if is_calm else heard)
        known = number < labels
        made.append(
            sample(
                f"c{number % (labels // 2)}" if known else f"t{number}",
                *words,
                angry=angry if known else None,
                log_odds=heard,
            )
        )
    return made


def is_better(samples: Sequence[Sample]) -> bool:
    compared = validation.compare(held_out(samples, model="m"), HALF)
    assert compared is not None
    return compared.is_better


@pytest.mark.parametrize("word", ["siniestro", "claim"])
def test_a_word_of_the_trade_is_learnt_to_be_calm(word: str) -> None:
    """A desk where the word sounds angry and is not takes it back, and proves it on others."""
    samples = a_desk(1, word=word)
    correction = fit(samples, model="m")

    assert correction.weights[f"en:{word}"] < -0.7
    assert min(correction.weights, key=correction.weights.__getitem__) == f"en:{word}"
    assert is_better(samples)


def test_noise_is_not_believed() -> None:
    """Where the model is right already, what is learnt is chance, and mostly seen to be."""
    believed = [is_better(a_desk(seed, is_calm=False)) for seed in range(20)]
    assert sum(believed) <= 2


def test_labels_thrown_at_random_are_not_believed() -> None:
    """Labels that have nothing to do with the words teach no words."""
    chosen = random.Random(7)
    believed = 0
    for seed in range(10):
        samples = [
            s if s.angry is None else replace(s, angry=chosen.random() < chance(s.log_odds))
            for s in a_desk(100 + seed)
        ]
        believed += is_better(samples)
    assert believed <= 1


@settings(max_examples=15)
@given(st.randoms(use_true_random=False))
def test_the_order_of_labels_does_not_matter(chosen: random.Random) -> None:
    """The same labels give the same numbers to the last digit."""
    samples = a_desk(3, labels=60)
    shuffled = samples[:]
    chosen.shuffle(shuffled)

    assert fit(shuffled, model="m") == fit(samples, model="m")
    assert held_out(shuffled, model="m") == held_out(samples, model="m")


@settings(max_examples=40)
@given(st.integers(0, 30), st.integers(5, 30))
def test_more_calm_labels_never_make_a_word_angrier(more: int, fewer: int) -> None:
    """Each further customer who is calm beside a word weighs it down, or leaves it."""

    def weight(calm: int) -> float:
        others = [sample(f"o{n}", "other", angry=n % 2 == 0) for n in range(20)]
        beside = [sample(f"c{n}", "claim", angry=False) for n in range(calm)]
        found = fit([*others, *beside], model="m")
        return found.weights.get("en:claim", 0.0) + found.bias["en"]

    assert weight(fewer + more) <= weight(fewer) + 1e-4


def test_few_labels_do_not_turn_a_verdict_around() -> None:
    """Two customers who are calm beside a word leave a text angry that the model is sure of."""
    few = [sample(f"c{n}", "claim", angry=False, log_odds=2.0) for n in range(2)]
    moved = fit(few, model="m").shift(few[0].features, "en")
    assert -1.9 < moved < -0.3


def test_what_nobody_objected_to_holds_the_model() -> None:
    """Labels that correct one-sidedly move the model less where much was let stand."""
    labels = [sample(f"c{n}", "x", angry=False, log_odds=1.0) for n in range(60)]
    tacit = [sample(f"t{n}", "y", angry=None, log_odds=1.0) for n in range(300)]
    alone = fit(labels, model="m").bias["en"]
    held = fit([*labels, *tacit], model="m").bias["en"]
    assert alone < held < 0


def sought_out(seed: int, *, is_calm: bool) -> list[Sample]:
    """Of a desk as `a_desk` makes it only the mistakes are labelled, the rest was let stand."""
    made = [s for n in range(4) for s in a_desk(seed + 1000 * n, labels=240, is_calm=is_calm)]
    wrong = [s for s in made if s.angry is not None and s.angry is not s.heard]
    tacit = [replace(s, customer=f"u{n}") for n, s in enumerate(made) if s.angry is None]
    return [*(replace(s, customer=f"m{n}") for n, s in enumerate(wrong[:90])), *tacit]


def test_mistakes_alone_do_not_teach_that_the_model_is_wrong() -> None:
    """Where staff label nothing but the few mistakes of a model that is right, nothing is taken;
    where it is wrong about a word, the word is learnt from them all the same."""
    assert not any(is_better(sought_out(seed, is_calm=False)) for seed in range(4))
    samples = sought_out(1, is_calm=True)
    assert is_better(samples)
    assert fit(samples, model="m").weights["en:claim"] < -0.3


def test_labels_without_regard_to_mistakes_are_not_held_back() -> None:
    """Staff who label whatever comes, right or wrong, are believed at once; what nobody objected
    to then counts the least."""
    fair = [sample(f"c{n}", angry=n % 10 == 0, log_odds=-2.2) for n in range(100)]
    tacit = [sample(f"t{n}", angry=None, log_odds=-2.2) for n in range(500)]
    sought = [replace(s, angry=True) for s in fair]
    assert tacit_weight([*fair, *tacit]) == pytest.approx(0.05)
    assert tacit_weight([*sought, *tacit]) == 1.0
    assert tacit_weight(fair) == 0.0


@pytest.mark.parametrize("customers", [1, 2])
def test_what_few_customers_write_is_not_learnt(customers: int) -> None:
    """A word may enter only if three customers use it, however often one of them does."""
    beside = [sample(f"c{n % customers}", "kettle", angry=False, log_odds=2.0) for n in range(40)]
    others = [sample(f"o{n}", "other", angry=True) for n in range(20)]
    assert "en:kettle" not in fit([*others, *beside], model="m").weights


def test_three_customers_suffice_for_a_word() -> None:
    """The same word of five customers is learnt."""
    beside = [sample(f"c{n % 5}", "kettle", angry=False, log_odds=2.0) for n in range(40)]
    others = [sample(f"o{n}", "other", angry=True) for n in range(20)]
    assert "en:kettle" in fit([*others, *beside], model="m").weights


@pytest.mark.parametrize(
    "word",
    [
        *("order20417", "٣٤", "a@b", "laura", "hola laura", "LAURA", "laur*"),
        *("o'brien", "mr o'brien", "^o'brien"),
        *("#", "the", "my", "^you", "of the"),
    ],
)
def test_names_numbers_addresses_and_empty_words_are_not_learnt(word: str) -> None:
    """They are somebody's, whoever uses them, or nobody's trade."""
    beside = [sample(f"c{n}", word, "kettle", angry=False, log_odds=2.0) for n in range(40)]
    others = [sample(f"o{n}", "other", angry=True) for n in range(20)]
    learnt = fit([*others, *beside], model="m", private={"laura", "o'brien"}).weights
    assert f"en:{word}" not in learnt
    assert "en:kettle" in learnt


def test_a_correction_stays_small() -> None:
    """However many words lean to one side, only the strongest are kept."""
    words = [letters(n) for n in range(MOST_WEIGHTS + 50)]
    calm = [sample(f"c{n}", *words, angry=False, log_odds=1.0) for n in range(30)]
    angry = [sample(f"o{n}", angry=True, log_odds=1.0) for n in range(30)]
    assert len(fit([*calm, *angry], model="m").weights) == MOST_WEIGHTS


def test_each_language_has_its_own_bias() -> None:
    """One that is judged too harshly is calmed, and the other is left."""
    english = [sample(f"c{n}", angry=False, log_odds=2.0) for n in range(30)]
    spanish = [sample(f"s{n}", angry=n % 2 == 0, language="es") for n in range(30)]
    bias = fit([*english, *spanish], model="m").bias
    assert bias["en"] < -1
    assert abs(bias["es"]) < 0.05


def test_the_unit_of_a_feature_is_kept() -> None:
    """A feature that comes in hundreds is corrected as much as one that comes in ones."""

    def moved(unit: float) -> float:
        made = [
            Sample(
                customer=f"c{n}",
                language="en",
                log_odds=1.0,
                features={"shape:long": unit} if n % 2 else {},
                heard=True,
                angry=n % 2 == 0,
            )
            for n in range(60)
        ]
        return fit(made, model="m").shift({"shape:long": unit}, "en")

    assert moved(100.0) == pytest.approx(moved(1.0), abs=1e-3)


def test_no_customer_is_on_both_sides() -> None:
    """Each labelled mail is tried once, by what was learnt without its customer: one who alone
    uses a word, against everybody, gains nothing by having used it before."""
    samples = [sample(f"o{n}", "other", angry=n % 2 == 0) for n in range(40)]
    samples.append(sample("loud", *"abc", angry=None, log_odds=-3.0))
    loud = [sample("loud", *"abc", angry=True, log_odds=-3.0) for _ in range(10)]
    tried = held_out([*samples, *loud], model="m")

    assert len(tried) == 51
    moved = {z - s.log_odds for s, z in tried if s.customer == "loud"}
    assert len(moved) == 1
    assert abs(moved.pop()) < 0.3


def test_one_customer_alone_cannot_be_held_out() -> None:
    """Then nothing is tried, and nothing is compared."""
    samples = [sample("only", "x", angry=n % 2 == 0) for n in range(50)]
    assert held_out(samples, model="m") == []
    assert validation.compare([], HALF) is None
