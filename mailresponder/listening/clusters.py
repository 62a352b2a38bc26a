"""Groups points that lie near each other: messages of any language that say the same.

What lies between groups belongs to none of them. Needs the extra `themes`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailresponder.listening.space import missing, normalized

if TYPE_CHECKING:
    from numpy import intp
    from numpy.typing import NDArray

    from mailresponder.listening.space import Vectors

MOST = 4000
"""Points at once: the distances of all pairs are kept in memory."""
NEAR = 0.45
"""How alike (cosine) a message is to a theme that it belongs to, at least. Tried on two defects of
a shop's invented mail: nine in ten of their messages are nearer, and no other was."""
_SAME = 0.5
"""Two groups whose middles are so near are one: the same in two languages, mostly."""
_COHESION = 0.55
"""How near its messages lie to the middle of a group on average, at least: those of a group of all
sorts lie further apart."""
_APART = 0.7
"""Messages that are further apart (1 - cosine, on average) begin no group together."""
_SEED = 3
"""Messages that others are gathered around, at least."""
_ROUNDS = 3


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Cluster:
    """Points near each other."""

    members: tuple[int, ...]
    """Their numbers, the nearest to the middle first."""
    middle: "Vectors"
    """Of length 1."""


def clusters(vectors: "Vectors", smallest: int) -> list[Cluster]:
    """The groups of at least so many of these points (rows of length 1, `MOST` at most), the
    largest first; no point is in two.

    Raises MailresponderError where the extra is missing.
    """
    import numpy as np

    if len(vectors) < smallest:
        return []
    middles = _merged(vectors, _seeds(vectors))
    for _ in range(_ROUNDS):
        middles = _merged(vectors, nearest(vectors, middles)[0])
    belongs, alike = nearest(vectors, middles)
    found = []
    for number, middle in enumerate(middles):
        members = np.flatnonzero(belongs == number)
        if len(members) >= smallest and alike[members].mean() >= _COHESION:
            order = members[np.argsort(-alike[members], kind="stable")]
            found.append(Cluster(members=tuple(order.tolist()), middle=middle))
    return sorted(found, key=lambda one: -len(one.members))


def nearest(vectors: "Vectors", middles: "Vectors") -> "tuple[NDArray[intp], Vectors]":
    """Of each point the number of the middle it belongs to, or -1, and how near that is."""
    import numpy as np

    if not len(middles) or not len(vectors):
        return np.full(len(vectors), -1), np.zeros(len(vectors), dtype=np.float32)
    alike = vectors @ middles.T
    best = alike.max(axis=1)
    return np.where(best >= NEAR, alike.argmax(axis=1), -1), best


def same(middle: "Vectors", others: "Iterable[Vectors]") -> int | None:
    """The number of the nearest of the other middles, where it is so near that both are of one
    matter: in two languages, mostly."""
    alike = [float(middle @ other) for other in others]
    best = max(range(len(alike)), key=alike.__getitem__, default=None)
    return best if best is not None and alike[best] >= _SAME else None


def _seeds(vectors: "Vectors") -> "NDArray[intp]":
    """The number of the group each point begins in."""
    try:
        from sklearn.cluster import AgglomerativeClustering
    except ImportError as error:
        raise missing(error) from error
    # By average linkage: what chains of neighbours would join, two matters of many messages each
    # for one that stands between, stays apart.
    model = AgglomerativeClustering(
        n_clusters=None, distance_threshold=_APART, metric="cosine", linkage="average"
    )
    groups: NDArray[intp] = model.fit_predict(vectors)
    return groups


def _merged(vectors: "Vectors", groups: "NDArray[intp]") -> "Vectors":
    """The middles of the groups that are large enough, those of one matter as one, the largest
    first."""
    import numpy as np

    numbers, sizes = np.unique(groups[groups >= 0], return_counts=True)
    order = [n for n in np.argsort(-sizes, kind="stable") if sizes[n] >= _SEED]
    kept: list[tuple[int, Vectors]] = []
    for n in order:
        size = int(sizes[n])
        middle = normalized(vectors[groups == numbers[n]].mean(axis=0, keepdims=True))[0]
        place = same(middle, [other for _, other in kept])
        if place is None:
            kept.append((size, middle))
            continue
        others, other = kept[place]
        joined = normalized((size * middle + others * other)[None, :])[0]
        kept[place] = size + others, joined
    return np.array([middle for _, middle in kept], dtype=np.float32)
