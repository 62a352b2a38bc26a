"""How the command ends where its output goes nowhere. Run as a process of its own: the
interpreter's own last words are part of what a user sees."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-m", "mailresponder"]


def test_reader_that_leaves_is_no_failure() -> None:
    """As with `| head -1`: status 0 and not a word on standard error."""
    process = subprocess.Popen(
        [*COMMAND, "score", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(b'{"text": "hello"}\n')
    process.stdin.flush()
    assert process.stdout.readline()

    process.stdout.close()
    process.stdin.write(b'{"text": "hello"}\n')
    process.stdin.close()

    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 0
    process.stderr.close()


def test_full_disk_is_a_sentence() -> None:
    """Output that cannot be written ends with a sentence and no traceback."""
    with Path(os.devnull).with_name("full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "score"], input=b"hello", stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert done.returncode == 75
    assert done.stderr == b"Error: No space left on device\n"
