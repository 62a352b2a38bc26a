"""The weights of the shipped model, as files and as numbers."""

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

from mailresponder.listening import weights
from mailresponder.listening.lexicon import load as load_lexicon
from mailresponder.listening.words import fold

LANGUAGES = ("en", "es")
MODEL = Path(str(weights.folder()))


def test_the_model_is_small() -> None:
    """Weights and settings together stay under 200 kB."""
    assert sum((MODEL / name).stat().st_size for name in ("weights.tsv", "model.toml")) < 200_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_language_is_whole(language: str) -> None:
    """Every number is finite, and angry begins above upset."""
    found = weights.load(language)
    assert 0 < found.upset < found.threshold < 1
    assert found.slope > 0
    assert all(map(math.isfinite, [found.bias, found.intercept, *found.of.values()]))
    assert len(found.of) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feature_can_be_met(language: str) -> None:
    """A feature is a sign, one or two folded words, the beginning of a word or of a sentence."""
    for name in weights.load(language).of:
        if re.fullmatch(r"<[^<>\s]+( [^<>\s]+)*>", name):
            continue
        words = name.removeprefix("^").removesuffix("*").split(" ")
        assert 1 <= len(words) <= 2, name
        assert len(words) == 1 or name[0] != "^", name
        assert all(word == "#" or (word and (word == fold(word))) for word in words), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_feature_is_a_number_or_a_mention(language: str) -> None:
    """Nothing that belongs to one message only, as an order number or a name, has a weight."""
    for name in weights.load(language).of:
        if name[0] != "<":
            assert not re.search(r"\d|@", name), name
            assert "user" not in name.strip("^*").split(" "), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cues_of_the_model_are_those_of_the_lexicon(language: str) -> None:
    """No sign has a weight whose group the lexicon no longer has."""
    groups = {group.name for group in load_lexicon(language).groups}
    known = {*groups, *(f"not {g}" for g in groups), *(f"bare {g}" for g in groups)}
    known |= {*("address", "reproach", "shouting", "capitals", "masked", "!", "?", "!!", "??")}
    known.add("...")
    signs = {name.strip("<>") for name in weights.load(language).of if name[0] == "<"}
    assert not signs - known


def test_a_long_text_is_scaled_down() -> None:
    """Up to its length words count in full; of four times as many each counts half."""
    found = replace(weights.load("en"), length=20.0)
    assert found.scale(0) == found.scale(20) == 1.0
    assert found.scale(80) == pytest.approx(0.5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_untrained_language_is_heard_by_hand(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without trained weights, those that the lexicon names are used."""
    (tmp_path / "model.toml").write_text("", encoding="utf-8")
    (tmp_path / "weights.tsv").write_text("", encoding="utf-8")
    monkeypatch.setattr(weights, "folder", lambda: tmp_path)
    lexicon = load_lexicon(language)
    found = weights.load.__wrapped__(language)
    assert found.of == weights.by_hand(lexicon)
    assert (found.bias, found.threshold) == (lexicon.bias, lexicon.threshold)


@pytest.mark.parametrize("name", ["model.toml", "weights.tsv"])
def test_another_model_has_another_fingerprint(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fingerprint follows the content of both files."""
    for file in ("model.toml", "weights.tsv"):
        (tmp_path / file).write_bytes((MODEL / file).read_bytes())
    monkeypatch.setattr(weights, "folder", lambda: tmp_path)
    assert weights.fingerprint.__wrapped__() == weights.fingerprint()
    with (tmp_path / name).open("a", encoding="utf-8") as file_:
        file_.write("# other")
    assert weights.fingerprint.__wrapped__() != weights.fingerprint()
