"""Which texts have passed the trial on the samples, so that the next process need not try them
once more: with every template changed that takes seconds, and cron starts a process each minute.

It is believed only by the very program that tried them, and only of the very text. A mail on which
a template fails all the same is written with the shipped one, as ever.
"""

import hashlib
import json
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mailresponder.store import template_files
from mailresponder.store.template_places import Place

_PACKAGE = Path(__file__).parent.parent
_LIBRARIES = ("css-inline", "jinja2", "markdown-it-py", "markupsafe", "nh3", "selectolax")
"""Those that make mail of a template."""


class Trials:
    """What has passed, of one templates folder. Safe among threads; who keeps it holds the
    folder's lock."""

    def __init__(self, path: Path, layout: Path) -> None:
        """`path` is where it is kept, `layout` the shipped one, with which templates are tried."""
        self._path = path
        self._layout = layout
        self._before: dict[str, str] | None = None
        self._new: dict[str, str] = {}

    def passed(self, place: Place, text: str) -> bool:
        """Has this text passed in this place, as far as is known?"""
        if self._before is None:
            self._before = self._read()
        key = str(place.relative)
        return _digest(text) in (self._new.get(key), self._before.get(key))

    def note(self, place: Place, text: str) -> None:
        """It has passed just now. Of each place the latest such text is remembered."""
        self._new[str(place.relative)] = _digest(text)

    def unkept(self) -> bool:
        """Would the next process try something once more?"""
        return bool(self._new)

    def keep(self) -> None:
        """Write it down for other processes and the next one. Raises OSError."""
        new = dict(self._new)
        passed = self._read() | new
        held = {"program": _program(self._layout), "passed": passed}
        template_files.replace_file(self._path, json.dumps(held, indent=1) + "\n")
        self._before = passed
        for key in new:
            self._new.pop(key, None)

    def _read(self) -> dict[str, str]:
        """What was kept by this very program; nothing where that cannot be told."""
        try:
            held = json.loads(self._path.read_bytes())
            if held["program"] != _program(self._layout):
                return {}
            return {str(key): str(digest) for key, digest in held["passed"].items()}
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()


@cache
def _program(layout: Path) -> str:
    """Another one wherever a trial could end otherwise: our own code, the shipped layout, the
    libraries, Python. Our version alone would not tell a checkout from the next."""
    told = hashlib.sha256(sys.version.encode())
    for library in _LIBRARIES:
        try:
            told.update(f"{library} {version(library)}\n".encode())
        except PackageNotFoundError:
            continue
    for path in (layout, *sorted(_PACKAGE.rglob("*.py"))):
        told.update(hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()
