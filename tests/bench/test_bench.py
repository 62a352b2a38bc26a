"""The benchmarks still run, and what they count is right; how quick we are is looked at by hand."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from servers.postgres import binaries_or_skip

needs_dovecot = pytest.mark.usefixtures("dovecot")
"""They start their own, but say here whether it is missing."""


def printed(script: str, *arguments: str) -> list[dict[str, Any]]:
    """The objects that a benchmark prints."""
    path = Path(__file__).with_name(script)
    done = subprocess.run(
        [sys.executable, path, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@needs_dovecot
def test_throughput_is_measured() -> None:
    """A short run on PostgreSQL, with copies, has figures for us and for the bare loop."""
    binaries_or_skip()

    [figures] = printed("throughput.py", "--messages", "20", "--postgres", "--save-copy")

    assert (figures["messages"], figures["database"]) == (20, "postgresql")
    assert figures["flagged"] > 0
    assert figures["per_second"] > 0
    assert figures["bare_per_second"] > 0
    assert figures["peak_megabytes"] > 10


@needs_dovecot
def test_distant_servers_are_measured() -> None:
    """The bare loop waits for more answers than there are mails, and we use as many connections as
    we are told to."""
    bare, ours = printed(
        *("latency.py", "--messages", "12", "--round-trip", "4", "--connections", "2")
    )

    assert bare["smtp_round_trips"] > 4 * 12
    assert (ours["connections"], ours["smtp_connections"]) == (2, 2)
    assert ours["imap_round_trips"] > 0


@needs_dovecot
def test_an_attachment_costs_nothing_to_read() -> None:
    """A file of a megabyte adds less than two kilobytes to what is read of the mail."""
    without, with_file = printed("attachments.py", "--mails", "1", "--megabytes", "1")

    assert with_file["attached_megabytes"] == 1
    assert with_file["bytes_read"] - without["bytes_read"] < 2000


@needs_dovecot
def test_an_idle_poll_costs_the_same_whatever_the_mailbox_holds() -> None:
    """With ten times the mail, a pass in which nothing is new waits for the server as often, and
    asks the database as much."""
    small, large, daemon = printed(
        *("idle.py", "--messages", "20", "200", "--polls", "2", "--seconds", "1")
    )

    assert small["round_trips"] == large["round_trips"] > 0
    assert small["statements"] == large["statements"] > 0
    assert large["bytes_read"] - small["bytes_read"] < 50
    assert daemon["cpu_ms"] > 0


@needs_dovecot
def test_promptness_is_measured() -> None:
    """A mail that comes while `run` waits is acknowledged after the server has told of it."""
    [figures] = printed("promptness.py", "--mails", "1")

    assert 0 < figures["median_ms"] <= figures["worst_ms"]


def test_languages_are_measured() -> None:
    """The benchmark of languages has a figure for every set, and what it costs."""
    *sets, cost = printed("languages.py")

    figures = {found["set"]: found for found in sets}
    assert figures["invented es_short"]["right_where_answered"] >= 0.95
    assert figures["invented pt"]["unsure"] >= 0.8
    assert cost["microseconds"] > 0


def test_hearing_anger_is_measured() -> None:
    """The benchmark of anger has a figure for each language, and for `score --jsonl`."""
    english, spanish, run = printed("anger.py", "--messages", "100")

    assert 0 < english["milliseconds"] < 20
    assert 0 < spanish["milliseconds"] < 20
    assert run["per_second_once_started"] > run["per_second"] > 0
    assert run["peak_megabytes"] > 10


def test_growth_is_measured() -> None:
    """A database that was trimmed after two years is smaller, and still holds every message."""
    young, old = printed("growth.py", "--tickets", "20")

    assert young["tickets"] == old["tickets"] > 0
    assert old["megabytes_for_100000"] < young["megabytes_for_100000"]
    assert old["by_table"]["messages"] == young["by_table"]["messages"]


def test_stages_are_measured() -> None:
    """The benchmark of stages has a figure for each stage of a mail, and what it costs to begin."""
    *stages, begun = printed("stages.py", "--messages", "10")

    named = {found["stage"]: found["microseconds"] for found in stages}
    assert list(named) == ["parse", "triage", "hear", "notice", "compose", "all"]
    assert min(named.values()) > 0
    assert begun["imports_seconds"] > 0
    assert begun["first_mails_seconds"] > 0
    assert begun["peak_megabytes"] > 10


def test_the_report_is_measured() -> None:
    """A report on a small year is made by the command, on mail that was looked at before."""
    database, looking, report = printed(
        *("report.py", "--messages", "300", "--extras", "no", "--periods", "week"),
        *("--formats", "text"),
    )

    assert looking["looked_at"] == database["messages"] > 200
    assert looking["ms_a_message"] > 0
    assert report["bytes"] > 100
    assert report["peak_megabytes"] > 10
