"""Help as it is read: its text, with the tables that are made of data, as of
`help/variables.toml`."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from mailresponder.jobs import providers_page
from mailresponder.jobs.manual import load, said, type_in_words

_LANGUAGE = "en"
"""The help is in English, like the command line."""
_WIDTH = 100


def filled(text: str) -> str:
    """A help text with a table in place of each of its lines `<!-- notices -->`,
    `<!-- variables -->`, `<!-- filters -->` and `<!-- providers -->`."""
    tables = {
        "notices": _notices,
        "variables": _variables,
        "filters": _filters,
        "providers": providers_page.lines,
    }
    for name, table in tables.items():
        marker = f"<!-- {name} -->"
        if marker in text:
            text = text.replace(marker, "\n".join(table()))
    return text


def _notices() -> Iterator[str]:
    yield from ("| file | what it is |", "|---|---|")
    for name, told in load()["notices"].items():
        yield f"| `{name}` | {said(told, _LANGUAGE)} |"


def _filters() -> Iterator[str]:
    yield from ("| filter | of | what it makes |", "|---|---|---|")
    for name, told in load()["filters"].items():
        written = str(told.get("insert", name)).removeprefix("| ")
        names = f"`{name}`" if name == written else f"`{name}`, `{written}`"
        of = said(load()["types"][told["on"]], _LANGUAGE)
        yield f"| {names} | {of} | {_cell(said(told, _LANGUAGE))} |"


def _variables() -> Iterator[str]:
    for part in load()["part"]:
        where = ", ".join(f"`{name}`" for name in part["notices"]) or "every notice"
        yield from (f"### In {part.get('title', where)}", "")
        if "title" in part:
            yield from (*_wrapped(f"These are {where}."), "")
        yield from _table(part["variables"])
        yield ""
    for record in load()["records"].values():
        one = record["one"]
        yield from (f"### Behind the dot of `{one}`", "")
        yield from _wrapped(f"Here `{one}` is one item of {_listed(_holders(record))}.")
        yield ""
        yield from _table({f"{one}.{name}": told for name, told in record["fields"].items()})
        yield ""


def _table(variables: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield from ("| variable | type | what it is |", "|---|---|---|")
    for name, told in variables.items():
        yield f"| `{name}` | {_type(told)} | {_cell(said(told, _LANGUAGE))} |"


def _type(told: Mapping[str, Any]) -> str:
    """What it is; of a list also of what, of several values nothing."""
    if "insert" in told:
        return ""
    words = type_in_words(told, _LANGUAGE)
    each = load()["records"].get(told.get("each"))
    if told["type"] != "list":
        return words
    return f"{words} of `{each['one']}`" if each else f"{words} of text"


def _holders(record: Mapping[str, Any]) -> list[str]:
    """The lists that hold such items."""
    return list(
        dict.fromkeys(
            name
            for part in load()["part"]
            for name, told in part["variables"].items()
            if load()["records"].get(told.get("each")) is record
        )
    )


def _listed(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_long_words=False)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
