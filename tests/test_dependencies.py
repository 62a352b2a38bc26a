"""What others wrote and we install."""

import json
import subprocess
import sys
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

_OF_DEVELOPERS = ("test", "train")
"""Extras that nobody runs a desk with."""


def installed_with_us() -> list[str]:
    """Each package that mailresponder brings along with its extras (those of the tests apart), and
    what these bring, as `name==version`."""
    offered = distribution("mailresponder").metadata.get_all("Provides-Extra") or []
    extras = [{"extra": name} for name in ("", *offered) if name not in _OF_DEVELOPERS]
    found: dict[str, str] = {}
    wanted = ["mailresponder"]
    while wanted:
        for line in requires(wanted.pop()) or ():
            needed = Requirement(line)
            if needed.marker and not any(needed.marker.evaluate(one) for one in extras):
                continue
            try:
                version = distribution(needed.name).version
            except ModuleNotFoundError:
                continue
            if needed.name not in found and needed.name != "mailresponder":
                found[needed.name] = version
                wanted.append(needed.name)
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def test_nothing_installed_has_a_known_weakness(tmp_path: Path) -> None:
    """No release of what we bring along is in the advisories; where these cannot be reached, that
    is said."""
    names = installed_with_us()
    assert any(name.startswith("sqlalchemy==") for name in map(str.lower, names))
    listed = tmp_path / "listed.txt"
    listed.write_text("\n".join(names))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip_audit", "--format", "json", "--no-deps"),
            *("--disable-pip", "--timeout", "5", "--progress-spinner", "off"),
            *("--requirement", listed),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    told = json.loads(done.stdout)["dependencies"] if done.stdout.strip() else []
    audited = [one for one in told if "skip_reason" not in one]
    if not audited:
        pytest.skip(f"the advisories cannot be reached: none of {len(names)} packages was audited")

    assert [(one["name"], one["vulns"]) for one in audited if one["vulns"]] == []
