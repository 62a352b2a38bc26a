"""Runs `mailresponder` or the bare loop on one core and writes down what it cost.

    python tests/bench/measured.py FIGURES CORE mailresponder|bare [ARGUMENT…]

Started by `running.py`. FIGURES is the file for the figures; CORE -1 means any.
"""

import atexit
import json
import os
import sys
import time
from pathlib import Path
from typing import Self


class Statements:
    """Counts SQL statements of this process while entered."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Self:
        # Not before it is wanted: it would be part of the start that is measured.
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        event.listen(Engine, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *_: object) -> None:
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        event.remove(Engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.count += 1


def write_down(path: Path) -> None:
    """CPU time of this process and its peak memory."""
    # Not ru_maxrss, which begins with what the parent had when it forked.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    figures = {
        "cpu_seconds": time.process_time(),
        "peak_megabytes": int(status.split("VmHWM:")[1].split()[0]) / 1024,
    }
    path.write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    _, figures, core, what, *arguments = sys.argv
    if int(core) >= 0:
        os.sched_setaffinity(0, {int(core)})
    atexit.register(write_down, Path(figures))
    sys.argv = [what, *arguments]
    if what == "bare":
        from bare import main
    else:
        from mailresponder.cli import main
    main()
