"""Themes as rows: what customers write about, kept by the desk's people or found in their mail.

A theme is dismissed or merged by what its row says; messages go on being found about it, and who
counts them asks `resolved` what that counts as.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select, update

from mailresponder.store.inserting import insert_or
from mailresponder.store.schema_themes import themes as rows

_FOUND = "found-"


class State(StrEnum):
    """What became of a theme."""

    KEPT = "kept"
    """It stands in themes.toml."""
    FOUND = "found"
    """In customers' mail, and nobody has decided about it."""
    DISMISSED = "dismissed"
    """It is nobody's business, and is not to be found again."""
    MERGED = "merged"
    """It counts as another one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ThemeRow:
    """A theme as the store has it."""

    key: str
    state: State
    merged_into: str | None = None
    """A key; never that of a merged theme."""
    names: Mapping[str, str] = field(default_factory=dict)
    """By language."""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By language, as a theme of the taxonomy has them."""
    space: str | None = None
    """The space it lies in; None: it was never found, but written by people."""
    centroid: bytes | None = None
    size: int = 0
    """How many messages it was made of."""
    found_at: datetime
    """When it was first met."""
    changed_at: datetime
    changed_by: str


def all_themes(conn: Connection) -> list[ThemeRow]:
    """Every theme there ever was, by key."""
    return [_row(row) for row in conn.execute(select(rows).order_by(rows.c.key))]


def resolved(themes: Iterable[ThemeRow]) -> dict[str, str | None]:
    """By the key of each theme, the one that its messages count for; None: for none."""
    by_key = {theme.key: theme for theme in themes}
    return {key: _counts_for(theme, by_key) for key, theme in by_key.items()}


def exists(conn: Connection, key: str) -> bool:
    """Has there ever been a theme of this key?"""
    return conn.execute(select(rows.c.key).where(rows.c.key == key)).first() is not None


def merged_into(key: str) -> Select[str]:
    """The keys of the themes that were merged into one; as a query, also for a condition."""
    return select(rows.c.key).where(rows.c.merged_into == key)


def same(conn: Connection, key: str) -> list[str]:
    """The keys that a theme goes by: its own, and those of what was merged into one with it."""
    query = select(rows.c.merged_into).where(rows.c.key == key)
    whole = conn.execute(query).scalar_one_or_none() or key
    return [whole, *conn.execute(merged_into(whole)).scalars()]


def put(conn: Connection, theme: ThemeRow) -> None:
    """Write a theme, over an earlier row of its key."""
    values = {
        "state": theme.state,
        "merged_into": theme.merged_into,
        "names": dict(theme.names),
        "words": {language: list(words) for language, words in theme.words.items()},
        "space": theme.space,
        "centroid": theme.centroid,
        "size": theme.size,
        "found_at": theme.found_at,
        "changed_at": theme.changed_at,
        "changed_by": theme.changed_by,
    }
    statement = insert_or(conn, rows).values(key=theme.key, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))


def remove(conn: Connection, key: str) -> None:
    """Forget a theme; the messages found about it stay as they are."""
    conn.execute(delete(rows).where(rows.c.key == key))


def grow(conn: Connection, key: str, *, centroid: bytes, size: int) -> None:
    """A found theme got messages: it lies elsewhere from now on."""
    conn.execute(update(rows).where(rows.c.key == key).values(centroid=centroid, size=size))


def merge(conn: Connection, theme: ThemeRow, into: str, *, by: str, now: datetime) -> None:
    """Have a theme, and whatever was merged into it, count as another one that is not merged."""
    earlier = rows.c.merged_into == theme.key
    conn.execute(update(rows).where(earlier).values(merged_into=into))
    merged = replace(theme, state=State.MERGED, merged_into=into, changed_at=now, changed_by=by)
    put(conn, merged)


def next_key(themes: Iterable[ThemeRow]) -> str:
    """The key of a theme that is found beside these."""
    numbers = [theme.key.removeprefix(_FOUND) for theme in themes if theme.key.startswith(_FOUND)]
    last = max((int(number) for number in numbers if number.isdecimal()), default=0)
    return f"{_FOUND}{last + 1}"


def _counts_for(theme: ThemeRow, by_key: Mapping[str, ThemeRow]) -> str | None:
    if theme.state is State.MERGED:
        into = by_key.get(theme.merged_into or "")
        # The one it was merged into may have been merged or dismissed since.
        if into is None or into.state is State.MERGED:
            return None
        theme = into
    return None if theme.state is State.DISMISSED else theme.key


def _row(row: Row[Any]) -> ThemeRow:
    return ThemeRow(
        key=row.key,
        state=State(row.state),
        merged_into=row.merged_into,
        names=row.names,
        words={language: tuple(words) for language, words in row.words.items()},
        space=row.space,
        centroid=row.centroid,
        size=row.size,
        found_at=row.found_at,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )
