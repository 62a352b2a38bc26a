"""The rules of the house that a tool can hold: style, types, floors, what a wheel contains."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy"],
        ["lint-imports"],
    ],
    ids=" ".join,
)
def test_tools_find_nothing(command: list[str]) -> None:
    """Formatting, lint, strict types and the floors of the house all hold."""
    tool = Path(sys.executable).with_name(command[0])

    result = subprocess.run(
        [tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr


def test_wheel_holds_what_the_program_opens(wheel: Path) -> None:
    """Templates, migrations, lexicons, weights, messages and help texts are in the wheel."""
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = [
        path.relative_to(ROOT).as_posix()
        for pattern in (
            "mailresponder/**/*.toml",
            "mailresponder/**/*.md",
            "mailresponder/**/*.tsv",
            "mailresponder/**/*.txt",
            "mailresponder/**/*.yml",
            "mailresponder/**/*.py",
            "mailresponder/**/*.mako",
        )
        for path in ROOT.glob(pattern)
    ]
    shipped += [f"mailresponder/{p.relative_to(ROOT)}" for p in ROOT.glob("templates/**/*.j2")]

    assert not sorted(set(shipped) - names)
    for ending in (".md.j2", "model/weights.tsv", "messages/README.md"):
        assert any(name.endswith(ending) for name in names), ending


def test_modules_can_be_read_in_one_sitting() -> None:
    """No module of the package is longer than 350 lines."""
    long = [
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob("mailresponder/**/*.py")
        if len(path.read_text(encoding="utf-8").splitlines()) > 350
    ]

    assert not long
