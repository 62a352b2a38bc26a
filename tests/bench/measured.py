"""Runs `mailresponder` or the bare loop on one core and writes down what it cost.

    python tests/bench/measured.py FIGURES CORE COUNT_SQL mailresponder|bare [ARGUMENT…]

Started by `running.py`. FIGURES is the file for the figures; CORE -1 means any.
"""

import atexit
import json
import os
import sys
import time
from pathlib import Path

statements = 0


def count_sql() -> None:
    """Count every statement from now on."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "before_cursor_execute")
    def _count(*_: object) -> None:
        global statements
        statements += 1


def write_down(path: Path) -> None:
    """CPU time of this process and its peak memory."""
    # Not ru_maxrss, which begins with what the parent had when it forked.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    figures = {
        "cpu_seconds": time.process_time(),
        "peak_megabytes": int(status.split("VmHWM:")[1].split()[0]) / 1024,
        "statements": statements,
    }
    path.write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    _, figures, core, counted, what, *arguments = sys.argv
    if int(core) >= 0:
        os.sched_setaffinity(0, {int(core)})
    atexit.register(write_down, Path(figures))
    if int(counted):
        count_sql()
    sys.argv = [what, *arguments]
    if what == "bare":
        from bare import main
    else:
        from mailresponder.cli import main
    main()
