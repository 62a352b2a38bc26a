import sys

import pytest

from mailresponder.errors import MailresponderError
from mailresponder.listening.space import embed, is_installed, points


def test_the_same_matter_lies_near_in_two_languages() -> None:
    """Nearer than another matter in one language."""
    texts = [
        "The lid of my coffee machine leaks hot water.",
        "La tapa de mi cafetera pierde agua caliente.",
        "La app se queda en blanco desde la actualización.",
    ]
    kept = embed(texts, ["en", "es", "es"])
    lid, tapa, app = points(kept)
    assert [len(one) for one in kept] == [384] * 3
    assert float(lid @ tapa) > 0.45 > float(tapa @ app)


def test_nothing_to_embed_is_nothing() -> None:
    """No texts, no points."""
    assert embed([], []) == []


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing, and what to do about it."""
    assert is_installed()
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(MailresponderError, match="extra `themes`"):
        embed(["hello"], ["en"])
