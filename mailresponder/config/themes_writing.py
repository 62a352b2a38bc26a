"""A theme written into the text of a file of themes: all else that stands there stays as it is."""

from typing import Any

import tomlkit
from tomlkit.items import Array, Table

from mailresponder.listening.taxonomy import Theme

_LINE = 80
"""Longer lists of words take a line for each."""


def with_theme(text: str, theme: Theme) -> str:
    """The text with this theme in it, in the place of the section of its key or behind all others.

    The text must be that of a file of themes without mistakes.
    """
    document = tomlkit.parse(text)
    if theme.key not in document:
        if document.body:
            document.add(tomlkit.nl())
        document.add(theme.key, _section(theme))
        return tomlkit.dumps(document)
    table: Any = document[theme.key]
    if table.get("owner", "") != theme.owner:
        table["owner"] = theme.owner
    for code, name in theme.names.items():
        if table["name"].get(code) != name:
            table["name"][code] = name
    for code, words in theme.words.items():
        # Written anew, a list would lose its comments.
        if list(table["words"].get(code, ())) != list(words):
            table["words"][code] = _words(words)
    return tomlkit.dumps(document)


def _section(theme: Theme) -> Table:
    table = tomlkit.table()
    table.add("owner", theme.owner)
    names = tomlkit.inline_table()
    names.update(theme.names)
    table.add("name", names)
    for code, words in theme.words.items():
        table.add(tomlkit.key(["words", code]), _words(words))
    return table


def _words(words: tuple[str, ...]) -> Array:
    array = tomlkit.array()
    array.extend(words)
    return array.multiline(sum(map(len, words)) + 4 * len(words) > _LINE)
