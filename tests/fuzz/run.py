"""Fuzz a part of the program with atheris, which looks where the code has not been yet.

    python tests/fuzz/run.py mail --seconds 3600 [--corpus FOLDER]

Prints what libFuzzer prints. Ends with status 77 at the first input that breaks a promise, and
writes that input to the current folder; `run.py TARGET --once FILE` tries it again.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent)]

with atheris.instrument_imports(include=["mailresponder", "imapclient"]):
    from fuzz.targets import TARGETS


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", choices=list(TARGETS))
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--runs", type=int, default=-1, help="so many inputs; -1: as time goes")
    parser.add_argument("--slowest", type=int, default=5, help="seconds one input may take")
    parser.add_argument("--corpus", type=Path, help="where inputs are kept from run to run")
    parser.add_argument("--once", type=Path, help="try this file and no other")
    asked = parser.parse_args()
    target = TARGETS[asked.target]
    if asked.once:
        target.run(asked.once.read_bytes())
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.corpus or Path(temporary) / "corpus"
        folder.mkdir(exist_ok=True)
        for number, seed in enumerate(target.seeds()):
            (folder / f"seed-{number}").write_bytes(seed)
        words = Path(temporary) / "words"
        words.write_text(
            "".join('"' + "".join(f"\\x{b:02x}" for b in word) + '"\n' for word in target.words)
        )
        options = [
            f"-max_total_time={asked.seconds}",
            f"-runs={asked.runs}",
            f"-timeout={asked.slowest}",
            f"-dict={words}",
            "-max_len=20000",
            "-rss_limit_mb=1500",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *options, str(folder)], target.run)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
