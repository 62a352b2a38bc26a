"""The alert rules ask for what the program tells."""

import re
import shutil
import subprocess
from importlib.resources import as_file, files
from typing import Any

import pytest
from offices import Office

from mailresponder.monitoring.exposition import registry_of
from mailresponder.monitoring.looking import Looker

RULES = files("mailresponder") / "help" / "alerts.yml"
TEXT = RULES.read_text(encoding="utf-8")
WATCHING = (files("mailresponder") / "help" / "watching.md").read_text(encoding="utf-8")
EXPRESSIONS = re.findall(r"expr: (?:>-\n)?(.*?)\n        (?:for|labels):", TEXT, re.DOTALL)


def exported(office: Office) -> dict[str, Any]:
    """Each series by its name, one sample of it."""
    app = office.open()
    app.tally.count(office.run_well(), 0.1)
    registry = registry_of(app, Looker(app))
    return {sample.name: sample for family in registry.collect() for sample in family.samples}


def test_every_metric_in_a_rule_is_told(office: Office) -> None:
    """Each name in an expression is exported, each label of it is one it has, with that value."""
    known = exported(office)
    used = re.findall(r"(mailresponder_\w+)(?:\{(\w+)=\"(\w+)\"\})?", " ".join(EXPRESSIONS))

    assert len(EXPRESSIONS) == TEXT.count("- alert: ") > 10
    assert {name for name, _, _ in used} <= known.keys()
    app = office.app
    values = {
        (sample.name, label, value)
        for family in registry_of(app, Looker(app)).collect()
        for sample in family.samples
        for label, value in sample.labels.items()
    }
    assert {one for one in used if one[1]} <= values


def test_every_metric_is_explained(office: Office) -> None:
    """The help names every metric that is exported, and no other."""
    told = {
        re.sub("_(bucket|sum|count)$", "", name)
        for name in exported(office)
        if name.startswith("mailresponder_")
    }
    explained = set(re.findall(r"^\| `(mailresponder_\w+)`", WATCHING, re.MULTILINE))

    assert explained == told


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_promtool_takes_the_rules() -> None:
    """Prometheus itself can read the file."""
    with as_file(RULES) as path:
        done = subprocess.run(
            ["promtool", "check", "rules", path], capture_output=True, text=True, check=False
        )

    assert done.returncode == 0, done.stdout + done.stderr
