"""How right the language of short messages is told, how fast and at what cost.

    python tests/bench/languages.py [--data DIR]

Prints one JSON object a line: for each set its size, the share left open ("unsure"), and of those
answered the share that is right. The sets are the invented messages that nothing was tuned on;
with --data also every `<language>_*.jsonl.gz` there (`{"t": text}` a line), whole and cut to their
first one to three words. The last line has microseconds a message, and milliseconds and megabytes
until the first answer.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

MESSAGES = Path(__file__).parent.parent / "listening" / "messages"
DESK = ("en", "es")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
NOISE = re.compile(r"[@#]\w+|https?://\S+")
MOST = 5000
"""Messages of each file of --data."""


def megabytes() -> float:
    """Resident memory now."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def kept() -> Iterator[tuple[str, str, str]]:
    """Set, language and text of the invented messages."""
    for path in sorted(MESSAGES.glob("*.txt")):
        text = path.read_text(encoding="utf-8").partition("# kept for the final figure\n")[2]
        language = path.stem.removesuffix("_short")
        for line in text.splitlines():
            yield f"invented {path.stem}", language, line


def labelled(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Set, language and text of public messages, whole and cut."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        language = path.name.partition("_")[0]
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for _, line in zip(range(MOST), lines, strict=False):
                text = " ".join(NOISE.sub(" ", json.loads(line)["t"]).split())
                count = len(WORD.findall(text))
                if not count:
                    continue
                yield f"public {language} {'4+' if count > 3 else '1-3'} words", language, text
                for cut in (1, 2, 3):
                    begun = " ".join(text.split()[:cut])
                    if count > cut and len(WORD.findall(begun)) == cut:
                        yield f"public {language} cut to {cut}", language, begun


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    folder = parser.parse_args().data
    sets: dict[str, list[tuple[str, str]]] = {}
    for name, language, text in [*kept(), *(labelled(folder) if folder else ())]:
        sets.setdefault(name, []).append((language, text))
    before, started = megabytes(), time.perf_counter()
    from mailresponder.listening.language import detect

    detect("4711 xyz", DESK)
    first = time.perf_counter() - started
    cost = megabytes() - before
    started = time.perf_counter()
    answers = {name: [(lang, detect(t, DESK)) for lang, t in rows] for name, rows in sets.items()}
    seconds = time.perf_counter() - started
    for name, found in answers.items():
        open_ = sum(answer is None for _, answer in found)
        right = sum(answer == language for language, answer in found)
        # Of a language that the desk does not speak, to leave it open is right.
        known = found[0][0] in DESK
        print_line(
            set=name,
            messages=len(found),
            unsure=round(open_ / len(found), 4),
            right_where_answered=round(right / max(1, len(found) - open_), 4) if known else None,
        )
    total = sum(map(len, answers.values()))
    print_line(
        messages=total,
        microseconds=round(seconds / total * 1e6, 1),
        first_answer_milliseconds=round(first * 1000),
        megabytes=round(cost, 1),
    )


def print_line(**figures: object) -> None:
    """One object."""
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
