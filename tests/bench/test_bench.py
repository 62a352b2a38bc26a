"""The benchmarks still run; what they measure is looked at by hand."""

import json
import subprocess
import sys
from pathlib import Path

from servers.dovecot import Dovecot


def test_throughput_is_measured(dovecot: Dovecot) -> None:
    """A short run of the benchmark ends with a figure for us and one for the bare loop."""
    script = Path(__file__).with_name("throughput.py")

    done = subprocess.run(
        [sys.executable, script, "--messages", "20"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["messages"] == 20
    assert figures["per_second"] > 0
    assert figures["bare_per_second"] > 0


def test_languages_are_measured() -> None:
    """The benchmark of languages has a figure for every set, and what it costs."""
    script = Path(__file__).with_name("languages.py")

    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    *sets, cost = map(json.loads, done.stdout.splitlines())
    figures = {found["set"]: found for found in sets}
    assert figures["invented es_short"]["right_where_answered"] >= 0.95
    assert figures["invented pt"]["unsure"] >= 0.8
    assert cost["microseconds"] > 0


def test_hearing_anger_is_measured() -> None:
    """The benchmark of anger has a figure for each language, and for `score --jsonl`."""
    script = Path(__file__).with_name("anger.py")

    done = subprocess.run(
        [sys.executable, script, "--messages", "100"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    english, spanish, run = map(json.loads, done.stdout.splitlines())
    assert 0 < english["milliseconds"] < 20
    assert 0 < spanish["milliseconds"] < 20
    assert run["per_second_once_started"] > run["per_second"] > 0
    assert run["peak_megabytes"] > 10


def test_stages_are_measured() -> None:
    """The benchmark of stages has a figure for each stage of a mail, and what it costs to begin."""
    script = Path(__file__).with_name("stages.py")

    done = subprocess.run(
        [sys.executable, script, "--messages", "10"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    *stages, begun = map(json.loads, done.stdout.splitlines())
    named = {found["stage"]: found["microseconds"] for found in stages}
    assert list(named) == ["parse", "triage", "hear", "notice", "compose", "all"]
    assert min(named.values()) > 0
    assert begun["imports_seconds"] > 0
    assert begun["first_mails_seconds"] > 0
    assert begun["peak_megabytes"] > 10
