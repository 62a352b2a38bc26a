"""How much is imported at a time, without what that costs for nothing: what packages import along
for uses that are not ours, and the search for garbage among modules."""

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder


class _Absent(MetaPathFinder):
    """These packages are not installed, as far as the thread that makes it can tell."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._thread = threading.get_ident()

    def find_spec(self, fullname: str, *_: object) -> None:
        """Raises ModuleNotFoundError for one of them."""
        if fullname in self._names and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{fullname} is not wanted here", name=fullname)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Imports that find none of these packages, unless they are imported already. For a package
    that asks politely for another one and does without."""
    absent = _Absent(names)
    sys.meta_path.insert(0, absent)
    try:
        yield
    finally:
        sys.meta_path.remove(absent)


@contextmanager
def uncollected() -> Iterator[None]:
    """Imports of a great deal. Modules are no garbage: to look for some in them while they are
    made, and again at each later turn, is a fifth of the time to the first mail. So nothing is
    collected in the block, and what exists at its end is not looked at any more."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
