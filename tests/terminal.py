"""A command on a terminal of its own, and a person who reads what it says and types."""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from program import ROOT, surroundings

PATIENCE = 60.0
"""Seconds to wait for words; more than a busy machine takes."""

CTRL_C = "\x03"
CTRL_D = "\x04"


class Terminal:
    """Started on entering; ended on leaving, if it is still there."""

    def __init__(self, *arguments: str, folder: Path, environ: Mapping[str, str] | None = None):
        self.screen = ""
        """All that was printed, with what was typed where it was echoed."""
        self._read_until = 0
        self._arguments = arguments
        self._folder = folder
        self._environ = environ or {}

    def __enter__(self) -> Self:
        self._master, slave = os.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mailresponder", *self._arguments],
            cwd=self._folder,
            env={**surroundings(), "PYTHONPATH": str(ROOT), **self._environ},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_at_a_terminal,
        )
        os.close(slave)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._master)

    def answer(self, prompt: str, line: str) -> str:
        """Wait for these words, type a line and Enter; gives what was printed before them."""
        said = self.expect(prompt)
        self.type(f"{line}\n")
        return said

    def expect(self, words: str) -> str:
        """Wait for these words, after those that were waited for before."""
        ends = time.monotonic() + PATIENCE
        while (at := self.screen.find(words, self._read_until)) < 0:
            if not self._more(ends):
                raise AssertionError(f"never said: {words}\n{self.screen}")
        said = self.screen[self._read_until : at]
        self._read_until = at + len(words)
        return said

    def type(self, keys: str) -> None:
        """Press keys; a byte that is no text is written as `surrogateescape` has it."""
        os.write(self._master, keys.encode("utf-8", "surrogateescape"))

    def end(self) -> int:
        """Read to the end; the exit status."""
        ends = time.monotonic() + PATIENCE
        while self._more(ends):
            continue
        return self._process.wait(PATIENCE)

    def leave(self, key: str) -> int:
        """Press a key that ends it; the exit status. It is pressed again where nothing follows:
        readline does not hear a Ctrl-C between writing its prompt and waiting."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and self._process.poll() is None:
            with contextlib.suppress(OSError):
                self.type(key)
            while self._more(time.monotonic() + 0.5):
                continue
        return self.end()

    def _more(self, ends: float) -> bool:
        """Read what there is; False at the end of it and of patience."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, ends - time.monotonic()))
        if not ready:
            return False
        try:
            said = os.read(self._master, 65536)
        except OSError:
            # Linux's way to say that nobody has the other side open.
            return False
        self.screen += said.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(said)


def _at_a_terminal() -> None:
    # Without it there is no Ctrl-C, and passwords are asked for on standard input.
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # Who runs the tests in the background has it ignored, and so would we.
    signal.signal(signal.SIGINT, signal.default_int_handler)
