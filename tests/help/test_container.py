"""The container file fits the checkout it is built from."""

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = (files("mailresponder") / "help" / "containerfile.txt").read_text(encoding="utf-8")
TEXT = (files("mailresponder") / "help" / "container.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def instructions(name: str) -> list[str]:
    """What follows an instruction, each on one line."""
    return re.findall(rf"^{name} +(.*)", FILE.replace("\\\n", " "), re.MULTILINE)


def test_what_it_copies_is_there() -> None:
    """Every source is in the checkout, and all that the wheel needs is copied."""
    sources = [
        source
        for copied in instructions("COPY")
        if not copied.startswith("--from")
        for source in copied.split()[:-1]
    ]
    assert all((ROOT / source).exists() for source in sources)
    assert {"pyproject.toml", "README.md", "templates", "mailresponder"} == set(sources)


def test_it_installs_extras_that_there_are() -> None:
    """Those named in it and in its help are the project's."""
    [built] = re.findall(r"^ARG EXTRAS=(.*)", FILE, re.MULTILINE)
    named = {*built.split(","), *re.findall(r"EXTRAS=([\w,]+)", TEXT)[0].split(",")}
    assert named <= set(PROJECT["optional-dependencies"])
    assert {"metrics", "web"} <= set(built.split(","))


def test_it_is_nobody_and_listens_to_signals_itself() -> None:
    """The program is the first process, without a shell, as a user with no name and no rights."""
    assert instructions("USER") == ["10001:10001"]
    assert instructions("STOPSIGNAL") == ["SIGTERM"]
    assert json.loads(instructions("ENTRYPOINT")[0]) == ["mailresponder"]
    assert json.loads(instructions("CMD")[-1]) == ["--log-format", "json", "run"]


def test_its_health_check_asks_where_the_help_says() -> None:
    """The command is Python that compiles, and asks the port that the help has set."""
    [command] = re.findall(r"HEALTHCHECK .*? CMD (\[.*\])", FILE.replace("\\\n", " "))
    python, option, code = json.loads(command)
    assert (python, option) == ("python", "-c")
    compile(code, "health check", "exec")
    [port] = re.findall(r"METRICS_PORT=(\d+)", FILE)
    assert f"port = {port}" in TEXT


def test_its_python_is_one_that_the_project_takes() -> None:
    """The tag of the base image lies within requires-python."""
    assert PROJECT["requires-python"] == ">=3.11,<3.14"
    assert re.findall(r"FROM \S+/python:([\d.]+)-slim", FILE) == ["3.13", "3.13"]
