"""Whatever a topic or README tells somebody to type is there: commands, options, keys, topics."""

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

import click
import pytest
from program import ROOT
from pydantic import BaseModel

from mailresponder.cli import COMMANDS
from mailresponder.cli import _main as main
from mailresponder.config.sections import Document
from mailresponder.jobs.topics import topics

LANGUAGES = ("en", "es")
TEXTS = {
    f"{language}/{name}": topic.text
    for language in LANGUAGES
    for name, topic in topics(language).items()
    if topic.language == language and not topic.is_file
} | {"README": (ROOT / "README.md").read_text("utf-8")}
"""All that users are told at length."""
PLACEHOLDER = re.compile(r"[A-Z.]+|…|.*[…<{$].*")
"""What stands for something of one's own, as `REF`."""


def code(text: str) -> list[str]:
    """What is shown to be typed or written: spans, and the lines of blocks."""
    fenced = re.findall(r"^```.*?\n(.*?)^```", text, re.M | re.S)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    indented = re.findall(r"^ {4,}(\S.*)$", rest, re.M)
    prose = re.sub(r"^ {4,}\S.*$", "", rest, flags=re.M)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
    return [*spans, *indented, *(line for block in fenced for line in block.splitlines())]


@cache
def command(*path: str) -> click.Command:
    """The command, or a command of a group. Raises KeyError where there is none."""
    context = click.Context(main)
    found: click.Command = main
    for name in path:
        inner = found.get_command(context, name) if isinstance(found, click.Group) else None
        if inner is None:
            raise KeyError(" ".join(path))
        found = inner
    return found


def options(of: click.Command) -> set[str]:
    return {name for param in of.params for name in (*param.opts, *param.secondary_opts)}


def typed(text: str) -> Iterator[list[str]]:
    """The words of each call of the program, its name and options of the whole left out."""
    for written in code(text):
        line = written.partition("#")[0] if "  #" in written else written
        for part in re.split(r"\s(?:&&|\|)\s", line):
            at = re.match(r"(?:.*[\s/])?mailresponder\s+(?:--config \S+\s+)?(?=[a-z])(.*)", part)
            bare = re.match(r"([a-z-]+) \S", part)
            # Not the arguments of another program, as in `systemctl stop mailresponder …`.
            called = at is not None and not re.search(r"systemctl|useradd|chown", part)
            if not called and (bare is None or bare[1] not in COMMANDS):
                continue
            try:
                yield shlex.split((at[1] if at and called else part).replace("'", "\\'"))
            except ValueError:
                yield (at[1] if at and called else part).split()


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_is_there(name: str) -> None:
    """Each call names a command, of a group one of its own, and options that it has."""
    for words in typed(TEXTS[name]):
        path = [words[0]]
        found = command(*path)
        if isinstance(found, click.Group) and len(words) > 1 and words[1].isalpha():
            path.append(words[1].strip(","))
            found = command(*path)
        known = options(found) | options(main) | {"--help"}
        for word in words[1:]:
            option = re.match(r"\[?(--[a-z][a-z-]*)", word)
            assert option is None or option[1] in known, words
        if path == ["help"] and len(words) > 1 and not PLACEHOLDER.fullmatch(words[1]):
            assert words[1] in topics() or words[1] in COMMANDS, words


def model(annotation: Any) -> type[BaseModel] | None:
    """The section that a key holds, or each of whose items it holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := model(inner))), None)


def unknown(table: Mapping[str, Any], section: type[BaseModel], path: str = "") -> list[str]:
    """The paths of keys that the section has not."""
    found = []
    for key, value in table.items():
        field = section.model_fields.get(key)
        inner = model(field.annotation) if field else None
        items = value if isinstance(value, list) else [value]
        if field is None:
            found.append(f"{path}{key}")
        elif inner is not None:
            for item in items:
                if isinstance(item, dict):
                    found += unknown(item, inner, f"{path}{key}.")
    return found


def test_a_key_that_is_not_there_is_found() -> None:
    """The search for keys knows tables in tables and lists of them."""
    assert unknown({"desk": {"nmae": "x"}}, Document) == ["desk.nmae"]
    assert unknown({"mailbox": [{"imap": {"host": "x", "prot": 1}}]}, Document) == [
        "mailbox.imap.prot"
    ]


def keys(section: type[BaseModel]) -> set[str]:
    """Every key of a section and of those within."""
    found = set(section.model_fields)
    for field in section.model_fields.values():
        inner = model(field.annotation)
        if inner is not None:
            found |= keys(inner)
    return found


def section_named(path: str) -> type[BaseModel]:
    """As `mailbox.imap`. Raises KeyError for no section."""
    found: type[BaseModel] = Document
    for key in path.split("."):
        inner = model(found.model_fields[key].annotation)
        if inner is None:
            raise KeyError(path)
        found = inner
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_every_key_is_there(name: str) -> None:
    """`[section] key`, and each piece of configuration that is shown."""
    for span in code(TEXTS[name]):
        for path, key in re.findall(r"\[\[?([a-z_.]+)\]?\] ([a-z_]+)", span):
            assert key in section_named(path).model_fields, span
    for block in blocks(TEXTS[name]):
        if re.match(r"\[\[?(?:" + "|".join(Document.model_fields) + r")[\].]", block):
            assert unknown(tomllib.loads(block), Document) == [], block


def blocks(text: str) -> list[str]:
    """Indented and fenced blocks, without their indentation."""
    indented = re.findall(r"(?:^    .*\n|^\n(?=    ))+", text, re.M)
    fenced = re.findall(r"^ *```toml\n(.*?)^ *```", text, re.M | re.S)
    return [re.sub("^ {4}", "", block, flags=re.M).strip() for block in indented] + fenced


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "README"])
def test_a_topic_can_be_read_in_a_terminal(name: str) -> None:
    """It begins with its title, and its prose is at most 100 columns wide."""
    text = TEXTS[name]
    wide = [
        line
        for line in text.splitlines()
        if len(line) > 100 and not re.match(r"    | *\||(?:- )?https://\S+$", line)
    ]
    assert re.match(r"# \S.*\n\n", text)
    assert not wide


@pytest.mark.parametrize("name", TEXTS)
def test_cron_is_told_where_the_program_is(name: str) -> None:
    """It looks into /usr/bin and /bin alone."""
    lines = re.findall(r"^ {4}[\d*/]+(?: [\d*/]+){4} \w+ (\S+)", TEXTS[name], re.M)
    assert all(program.startswith("/") for program in lines), lines
    assert lines or name not in {"en/check", "en/operating"}


def test_staff_are_told_the_same_in_both_languages() -> None:
    """The page for staff has the same steps and commands in English and Spanish."""
    english, spanish = TEXTS["en/staff"], TEXTS["es/staff"]
    shape = [re.findall(r"^(\d\.|-|   \|)", text, re.M) for text in (english, spanish)]
    assert shape[0] == shape[1]
    assert len(english.splitlines()) < 70


@pytest.mark.parametrize("name", TEXTS)
def test_every_test_that_is_named_is_there(name: str) -> None:
    """What is said to be shown by a test is: the file has a test of that name."""
    for file, test in re.findall(r"`([\w/]+\.py)::(\w+)`", TEXTS[name]):
        assert f"def {test}(" in (ROOT / "tests" / file).read_text("utf-8"), f"{file}::{test}"
