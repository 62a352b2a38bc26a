"""Themes as people look at them: how often each was met lately, and what customers said of it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from mailresponder.config import Config, themes_file
from mailresponder.errors import ConfigError
from mailresponder.jobs import finding
from mailresponder.jobs.kept_themes import brought_up, no_such_theme
from mailresponder.listening import showing
from mailresponder.store import theme_weeks, theming
from mailresponder.store import themes as rows
from mailresponder.store.database import Store
from mailresponder.store.themes import State, ThemeRow
from mailresponder.store.theming import Said

LATELY = timedelta(weeks=4)
_OF = 60
"""The last messages about a theme, of which the examples are chosen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A sentence of a customer, with all masked that would tell who they are."""

    language: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ThemeView:
    """A theme, and how it is met."""

    row: ThemeRow
    owner: str
    messages: int
    """Of the last four weeks, with those of what was merged into it."""
    merged: tuple[str, ...] = ()
    """The keys of what counts as it."""
    examples: tuple[Example, ...] = ()
    """Two of each language at most."""

    def shown(self) -> dict[str, Any]:
        """As JSON has it."""
        row = self.row
        return {
            "key": row.key,
            "state": row.state.value,
            "merged_into": row.merged_into,
            "names": dict(row.names),
            "words": {code: list(words) for code, words in row.words.items()},
            "owner": self.owner,
            "messages": self.messages,
            "merged": list(self.merged),
            "found_at": row.found_at,
            "changed_at": row.changed_at,
            "changed_by": row.changed_by,
            "examples": [{"language": one.language, "text": one.text} for one in self.examples],
        }


def listed(
    store: Store, config: Config, *, now: datetime, examples_of: Collection[State] = tuple(State)
) -> list[ThemeView]:
    """Every theme: those that are met most first, then the dismissed and the merged ones; with
    examples, which take most of the time, of those in some states."""
    with store.read() as conn:
        themes = _Themes(conn, config, now)
        views = [
            themes.view(row, each=1 if row.state in examples_of else 0)
            for row in themes.rows.values()
        ]
    order = list(State)
    return sorted(
        views,
        key=lambda one: (max(1, order.index(one.row.state)), -one.messages, one.row.key),
    )


def shown(store: Store, config: Config, key: str, *, now: datetime) -> ThemeView:
    """One theme. Raises MailresponderError where there is none of that key."""
    with store.read() as conn:
        themes = _Themes(conn, config, now)
        if key not in themes.rows:
            raise no_such_theme(key)
        return themes.view(themes.rows[key], each=2)


class _Themes:
    """All themes of the desk, as the store has them."""

    def __init__(self, conn: Connection, config: Config, now: datetime) -> None:
        self._conn = conn
        self._language = config.desk.languages[0]
        there = rows.all_themes(conn)
        try:
            taxonomy = themes_file.taxonomy_for(config)
        except ConfigError:
            # What stands in the store can be looked at all the same.
            self.rows, self._owners = {row.key: row for row in there}, {}
        else:
            self.rows = brought_up(there, taxonomy, now=now)
            self._owners = {theme.key: theme.owner for theme in taxonomy.themes}
        self._lately = theme_weeks.rows_by_theme(conn, now - LATELY)

    def view(self, row: ThemeRow, *, each: int) -> ThemeView:
        """A theme with so many examples of each language."""
        merged = tuple(key for key, one in self.rows.items() if one.merged_into == row.key)
        keys = (row.key, *merged)
        return ThemeView(
            row=row,
            owner=self._owners.get(row.key, ""),
            messages=len(set().union(*(self._lately.get(key, ()) for key in keys))),
            merged=merged,
            examples=tuple(self._examples(row.key, merged, each)) if each else (),
        )

    def _examples(self, key: str, merged: Sequence[str], each: int) -> Iterator[Example]:
        found: dict[str, list[Said]] = {}
        for said in theming.of_themes(self._conn, (key, *merged), _OF):
            if finding.words(said):
                language = finding.language_of(said, self._language)
                found.setdefault(language, []).append(said)
        for language, some in sorted(found.items()):
            words = [
                word for one in (key, *merged) for word in self.rows[one].words.get(language, ())
            ]
            texts = [finding.words(one) for one in some]
            names = [finding.names_of(one) for one in some]
            for text in showing.sentences(texts, language, words, names=names, most=each):
                yield Example(language=language, text=text)
