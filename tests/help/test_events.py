"""The help lists the log's events as the code writes them: read from its syntax trees."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

from mailresponder.policy.facts import Outcome

PACKAGE = Path(str(files("mailresponder")))
HELP = (PACKAGE / "help" / "events.md").read_text(encoding="utf-8")
LEVELS = {"debug", "info", "warning", "error", "critical"}

Event = tuple[frozenset[str], frozenset[str]]
"""Its levels and its fields."""


@cache
def written() -> dict[str, Event]:
    """Every event in the code, by its name."""
    levels, fields = defaultdict(set), defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            for name, level, given in _logged(call, call.func):
                levels[name].add(level)
                fields[name] |= given
    return {name: (frozenset(levels[name]), frozenset(fields[name])) for name in levels}


def _logged(call: ast.Call, asked: ast.Attribute) -> Iterator[tuple[str, str, set[str]]]:
    given = {keyword.arg for keyword in call.keywords if keyword.arg}
    if "exc_info" in given:
        given = given - {"exc_info"} | {"error", "where", "trace"}
    on = ast.unparse(asked.value).rpartition(".")[2]
    if on == "log" and asked.attr in LEVELS:
        level, name = asked.attr, call.args[0]
    elif on == "log" and asked.attr == "log":
        level, name = "as theirs", call.args[1]
    elif on in ("work", "_work") and asked.attr == "tell":
        level, name, given = "info", call.args[0], given | {"mailbox"}
    else:
        return
    for one in _names(name):
        yield one, level, given


def _names(name: ast.expr) -> list[str]:
    """An event is named where it is logged, but for three places."""
    match ast.unparse(name):
        case "outcome.value":
            return [outcome.value for outcome in Outcome]
        case written if written.startswith("Outcome."):
            return [Outcome[written.split(".")[1]].value]
        case "silent":
            return ["not_reported", "not_returned"]
        case "event":
            # `Work.tell` itself.
            return []
    assert isinstance(name, ast.Constant), ast.unparse(name)
    return [name.value]


def listed() -> dict[str, Event]:
    """Every row of the help."""
    rows = re.findall(r"^\| `(\w+)` \| ([\w, ]+) \| (.*?) ?\| .+ \|$", HELP, re.MULTILINE)
    assert len(rows) == len({name for name, _, _ in rows}) == HELP.count("\n| `")
    return {
        name: (frozenset(levels.split(", ")), frozenset(re.findall(r"`(\w+)`", fields)))
        for name, levels, fields in rows
    }


def test_every_event_is_listed_with_its_level_and_fields() -> None:
    """What a program that reads the log may rely on is what the code writes."""
    assert listed() == written()


def test_events_named_by_a_variable_are_those_the_code_passes_on() -> None:
    """The two that `answer_writer` is handed are named by who calls it."""
    passed = {
        keyword.value.value
        for path in (PACKAGE / "jobs").glob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "silent" and isinstance(keyword.value, ast.Constant)
    }
    assert passed == {"not_reported", "not_returned"}


def test_no_field_is_named_like_one_that_every_line_has() -> None:
    """A field would take the place of the time, the level or the name of its event."""
    assert not [
        name for name, (_, fields) in written().items() if fields & {"timestamp", "level", "event"}
    ]
