"""Starts the program again and again in no time: a process that has imported it once, and forks.

A child runs the very command in a process of its own, to be killed and frozen like any other; what
is saved is the time that Python takes to import everything, most of a short round. Run as a script
it is that process; `Nursery` is how the storm talks to it.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


class Forked:
    """A process that was forked, as `subprocess.Popen` shows one that was started."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._status: int | None = None
        self._turn = threading.Lock()

    def poll(self) -> int | None:
        """Its exit status, less than 0 for a signal; None while it runs."""
        with self._turn:
            if self._status is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self._status = os.waitstatus_to_exitcode(status)
            return self._status

    def wait(self, timeout: float = 60.0) -> int:
        """Its exit status, once it has ended. Raises TimeoutError."""
        ends = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > ends:
                raise TimeoutError(f"process {self.pid} goes on")
            time.sleep(0.005)
        return status


class Nursery:
    """The process that forks, as long as the block."""

    def __init__(self, root: Path) -> None:
        # Its children's children are ours once it has let go of them: we can wait for them.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            cwd=root,
            env=os.environ | {"PYTHONPATH": str(root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(
        self, arguments: Sequence[str], *, cwd: Path, environ: Mapping[str, str], log: Path
    ) -> Forked:
        """Run the program with these arguments."""
        order = {
            "arguments": [*arguments],
            "cwd": str(cwd),
            "environ": {**environ},
            "log": str(log),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Forked(int(self._process.stdout.readline()))

    def close(self) -> None:
        """End it; its children are not its own any more."""
        self._process.communicate()


def _serve() -> None:
    _prepare()
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        between = os.fork()
        if between == 0:
            pid = os.fork()
            if pid:
                os.write(writing, str(pid).encode())
                os._exit(0)
            _become(order)
        # Only once that one has ended is its child the storm's.
        os.waitpid(between, 0)
        print(os.read(reading, 20).decode(), flush=True)
        os.close(reading)
        os.close(writing)


def _prepare() -> None:
    """Load what every start loads."""
    import alembic.command  # noqa: F401
    import psycopg  # noqa: F401

    import mailresponder.app
    import mailresponder.cli.context
    import mailresponder.scheduler  # noqa: F401
    from mailresponder.listening import anger, language

    text = "Where is my order? It has not come. ¿Dónde está mi pedido?"
    language.detect(text, ("en", "es"))
    anger.hear_in(["en", "es"], text, threshold=None, correction=None)


def _become(order: Mapping[str, str]) -> None:
    from mailresponder.cli import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(order["cwd"])
    os.environ.update(order["environ"])  # type: ignore[arg-type]
    nothing = os.open(os.devnull, os.O_RDWR)
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number, to in ((0, nothing), (1, nothing), (2, log)):
        os.dup2(to, number)
    sys.argv = ["mailresponder", *order["arguments"]]
    main()


if __name__ == "__main__":
    _serve()
