"""The themes of themes.toml as rows: each has one from the first time that it is met."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.listening.taxonomy import Taxonomy, Theme
from mailresponder.store import themes as rows
from mailresponder.store.themes import State, ThemeRow

BY_FILE = "themes.toml"


def keep_those_written(conn: Connection, taxonomy: Taxonomy, *, now: datetime) -> None:
    """Bring the rows up to what is written. What was merged or dismissed stays so; a theme that is
    no longer written is a found one again, if it was found, else it is gone."""
    there = {row.key: row for row in rows.all_themes(conn)}
    written = {theme.key: theme for theme in taxonomy.themes}
    for theme in taxonomy.themes:
        before = there.get(theme.key)
        row = _kept(theme, before, now=now)
        if row != before:
            rows.put(conn, row)
    gone = {key for key, row in there.items() if row.state is State.KEPT and key not in written}
    for row in there.values():
        if row.key in gone or row.merged_into in gone:
            _free(conn, row, is_written=row.key in written, now=now)


def _kept(theme: Theme, before: ThemeRow | None, *, now: datetime) -> ThemeRow:
    if before is None:
        before = ThemeRow(
            key=theme.key, state=State.KEPT, found_at=now, changed_at=now, changed_by=BY_FILE
        )
    row = replace(before, names=dict(theme.names), words=dict(theme.words))
    if before.state is State.FOUND:
        row = replace(row, state=State.KEPT, changed_at=now, changed_by=BY_FILE)
    return row


def _free(conn: Connection, row: ThemeRow, *, is_written: bool, now: datetime) -> None:
    """What a row is without the theme that is gone: itself, or what was merged into it."""
    if not is_written and row.centroid is None:
        rows.remove(conn, row.key)
        return
    state = State.KEPT if is_written else State.FOUND
    free = replace(row, state=state, merged_into=None, changed_at=now, changed_by=BY_FILE)
    rows.put(conn, free)
