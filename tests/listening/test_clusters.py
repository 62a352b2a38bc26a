import numpy as np

from mailresponder.listening.clusters import clusters, nearest
from mailresponder.listening.space import normalized

RANDOM = np.random.default_rng(3)
MATTER = RANDOM.normal(size=384)
BESIDE = MATTER + 1.2 * RANDOM.normal(size=384)
"""The same matter as another language says it: some way off."""


def _near(middle: np.ndarray, count: int) -> np.ndarray:
    return normalized((middle + 0.7 * RANDOM.normal(size=(count, 384))).astype(np.float32))


def test_scattered_points_are_no_group() -> None:
    """What has nothing in common is left alone."""
    assert clusters(normalized(RANDOM.normal(size=(60, 384)).astype(np.float32)), 8) == []


def test_the_same_matter_in_two_places_is_one_group() -> None:
    """Two languages may lie apart a little: neither half would be large enough."""
    vectors = np.concatenate([_near(MATTER, 5), _near(BESIDE, 5)])
    [found] = clusters(vectors, 8)
    assert sorted(found.members) == list(range(10))


def test_a_point_far_from_all_middles_belongs_to_none() -> None:
    """And without middles, every point does."""
    vectors = _near(MATTER, 3)
    belongs, alike = nearest(vectors, normalized(-MATTER[None, :].astype(np.float32)))
    assert belongs.tolist() == [-1, -1, -1]
    assert float(alike.max()) < 0
    assert nearest(vectors, vectors[:0])[0].tolist() == [-1, -1, -1]
