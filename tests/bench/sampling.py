"""Where the CPU time of a run goes: looks at the main thread's stack every two milliseconds of CPU
time and counts. Other threads are not seen, so it wants `connections = 1`; what else runs on the
machine does not disturb it."""

import json
import signal
from collections import Counter
from pathlib import Path
from types import FrameType

EVERY = 0.002
"""Seconds of CPU time."""


class Sampler:
    """Counts from its making until `write`."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._total = 0
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        self._total += 1
        names = set()
        while frame is not None:
            code = frame.f_code
            names.add(f"{_short(code.co_filename)} {getattr(code, 'co_qualname', code.co_name)}")
            frame = frame.f_back
        self._seen.update(names)

    def write(self, path: Path) -> None:
        """Each function's share of all CPU time, what it calls included, the largest first."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        shares = {name: count / self._total for name, count in self._seen.most_common(120)}
        path.write_text(json.dumps(shares), encoding="utf-8")


def _short(filename: str) -> str:
    for part in ("site-packages/", "/mailresponder/", "/lib/"):
        if part in filename:
            return filename.rpartition(part)[2]
    return filename
