"""How fast anger is heard.

    python tests/bench/anger.py [--messages 10000]

Prints one JSON object a line. For each language: milliseconds the listener takes for a mail of 200
words, made of our own messages (the median mail, the best of five rounds, one core). Then for
`score --jsonl`, run as its users run it on as many of our own messages: messages a second of the
whole run and once it has started, milliseconds until the first answer, and its peak memory.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from mailresponder.listening.listener import Listener
from mailresponder.listening.train.corpus import blocks
from mailresponder.listening.weights import folder

MESSAGES = Path(str(folder())).with_name("messages")
WORDS = 200
MAILS = 200
ROUNDS = 5
RUN = "from mailresponder.cli import main; main()"
PEAK = """
import atexit, sys
from pathlib import Path

def peak():
    status = Path("/proc/self/status").read_text(encoding="ascii")
    sys.stderr.write(status.split("VmHWM:")[1].split()[0])

atexit.register(peak)
"""


def messages(language: str) -> Iterator[str]:
    """Our own messages of a language, file by file."""
    for path in sorted(MESSAGES.glob(f"{language}_*.txt")):
        for message in blocks(path.read_text(encoding="utf-8")):
            yield message.text


def mails(language: str) -> list[str]:
    """Mails of WORDS words: messages one below the other, the last one cut."""
    made: list[str] = []
    lines: list[str] = []
    count = 0
    for text in messages(language):
        for line in text.split("\n"):
            words = line.split()[: WORDS - count]
            lines.append(" ".join(words))
            count += len(words)
            if count == WORDS:
                made.append("\n".join(lines))
                lines, count = [], 0
    return made[:MAILS]


def milliseconds(language: str) -> float:
    """What the listener takes for a mail."""
    listener = Listener(language)
    found = mails(language)
    taken: list[list[float]] = [[] for _ in found]
    for _ in range(ROUNDS):
        for rounds, text in zip(taken, found, strict=True):
            begun = time.perf_counter()
            listener.analyze(text)
            rounds.append(time.perf_counter() - begun)
    return 1000 * statistics.median(map(min, taken))


def run(count: int) -> dict[str, float]:
    """`score --jsonl` on so many messages, the languages in turn."""
    both = [iter(cycle(list(messages(language)))) for language in ("en", "es")]
    texts = (text for pair in zip(*both, strict=True) for text in pair)
    lines = [json.dumps({"text": text}) + "\n" for text in islice(texts, count)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as given:
        given.writelines(lines[:1])
        first, _ = _timed(given)
        given.writelines(lines[1:])
        whole, peak = _timed(given)
    return {
        "messages": count,
        "per_second": round(count / whole),
        "per_second_once_started": round((count - 1) / (whole - first)),
        "first_answer_milliseconds": round(1000 * first),
        "peak_megabytes": round(peak / 1024, 1),
    }


def _timed(given: "tempfile._TemporaryFileWrapper[str]") -> tuple[float, int]:
    """Seconds and peak kilobytes of a run on this input."""
    given.seek(0)
    environ = {k: v for k, v in os.environ.items() if not k.startswith("MAILRESPONDER_")}
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PEAK + RUN, "score", "--jsonl"],
        stdin=given,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environ,
        text=True,
        check=True,
    )
    return time.perf_counter() - begun, int(done.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=10_000)
    options = parser.parse_args()
    for code in ("en", "es"):
        figure = {"language": code, "words": WORDS, "milliseconds": round(milliseconds(code), 3)}
        print(json.dumps(figure))
    print(json.dumps(run(options.messages)))
