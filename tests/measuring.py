"""What a piece of work needs at its peak, measured in a child of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

_PEAK = """
from pathlib import Path

# Not ru_maxrss, which begins with what the parent had when it forked.
status = Path("/proc/self/status").read_text()
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


def peak_megabytes(code: str, *arguments: object) -> int:
    """The peak resident memory of a Python that runs this code, its imports included.

    The arguments are in its `sys.argv`; modules of the tests can be imported.
    """
    child = subprocess.run(
        [sys.executable, "-c", code + _PEAK, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    return int(child.stdout)


def cost(work: Callable[[], object]) -> float:
    """Seconds of the processor that it takes: the least of three tries, as others may be at it."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)
