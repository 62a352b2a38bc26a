"""Starts the program again and again in no time: a process that has imported it once, and forks.

A child runs the very command in a process of its own, to be killed and frozen like any other; what
is saved is the time that Python takes to import everything, most of a short command. Run as a
script it is that process; `Nursery` is how the tests talk to it.
"""

import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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

    def __init__(self, root: Path, environ: Mapping[str, str] | None = None) -> None:
        """`root`: the folder that the program is imported from. `environ`: what each child has in
        its environment, and more if it is told so; None: what this process has."""
        # Its children's children are ours once it has let go of them: we can wait for them.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._process = subprocess.Popen(
            # Without -P the modules beside this one could hide what the program imports.
            [sys.executable, "-P", __file__],
            cwd=root,
            env={**(os.environ if environ is None else environ), "PYTHONPATH": str(root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(
        self, arguments: Sequence[str], *, cwd: Path, environ: Mapping[str, str], log: Path
    ) -> Forked:
        """Start the program with these arguments; what it says on stderr is added to a file."""
        return self._start(arguments, cwd, environ, [os.devnull, os.devnull, str(log)])

    def run(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        environ: Mapping[str, str],
        stdin: str,
        timeout: float,
    ) -> subprocess.CompletedProcess[str]:
        """Run the program to its end. Raises TimeoutError, after `timeout` seconds."""
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / name for name in ("in", "out", "err")]
            files[0].write_text(stdin, encoding="utf-8")
            child = self._start(arguments, cwd, environ, [*map(str, files)])
            try:
                status = child.wait(timeout)
            except TimeoutError:
                os.kill(child.pid, signal.SIGKILL)
                child.wait()
                raise
            out, err = (file.read_text(encoding="utf-8") for file in files[1:])
        return subprocess.CompletedProcess([*arguments], status, out, err)

    def _start(
        self, arguments: Sequence[str], cwd: Path, environ: Mapping[str, str], files: list[str]
    ) -> Forked:
        order = {
            "arguments": [*arguments],
            "cwd": str(cwd),
            "environ": {**environ},
            "files": files,
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
        # Only once that one has ended is its child the tests'.
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
    # No child looks through, and so copies, what it has from here.
    gc.collect()
    gc.freeze()


def _become(order: Mapping[str, Any]) -> None:
    from mailresponder.cli import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(order["cwd"])
    os.environ.update(order["environ"])
    for number, file in enumerate(order["files"]):
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT if number else os.O_RDONLY
        os.dup2(os.open(file, flags, 0o600), number)
    # Ours has read its orders from the other one.
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.argv = ["mailresponder", *order["arguments"]]
    main()


if __name__ == "__main__":
    _serve()
