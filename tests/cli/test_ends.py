"""How the command ends where its output goes nowhere. Run as a process of its own: the
interpreter's own last words are part of what a user sees."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from program import AS_ANYBODY, ROOT

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


@pytest.mark.parametrize("asked", [["--help"], ["--version"], ["help"], ["tickets", "--help"]])
def test_help_that_nobody_reads_is_no_failure(asked: list[str]) -> None:
    """As with `--help | true`."""
    unread, written = os.pipe()
    os.close(unread)
    try:
        done = subprocess.run(
            [*COMMAND, *asked], stdout=written, stderr=subprocess.PIPE, timeout=60, check=False
        )
    finally:
        os.close(written)

    assert (done.returncode, done.stderr) == (0, b"")


def test_configuration_that_may_not_be_read(tmp_path: Path) -> None:
    """Named by --config or by the environment, it ends with 78 and the same sentence."""
    path = tmp_path / "config.toml"
    path.touch(mode=0o000)
    found = [
        subprocess.run(
            [*AS_ANYBODY, *COMMAND, *options, "tickets"],
            cwd=ROOT,
            env=os.environ | environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        for options, environ in (
            (["--config", str(path)], {}),
            ([], {"MAILRESPONDER_CONFIG": str(path)}),
        )
    ]

    assert [done.returncode for done in found] == [78, 78]
    assert found[0].stderr == found[1].stderr
    assert f"{path}\n  the file: Permission denied" in found[0].stderr


def test_full_disk_is_a_sentence() -> None:
    """Output that cannot be written ends with a sentence and no traceback."""
    with Path(os.devnull).with_name("full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "score"], input=b"hello", stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert done.returncode == 75
    assert done.stderr == b"Error: No space left on device\n"
