"""The themes of themes.toml as rows: each has one from the first time that it is met."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.errors import MailresponderError
from mailresponder.listening.taxonomy import Taxonomy, Theme
from mailresponder.store import themes as rows
from mailresponder.store.themes import State, ThemeRow

BY_FILE = "themes.toml"


def brought_up(
    there: Iterable[ThemeRow], taxonomy: Taxonomy, *, now: datetime
) -> dict[str, ThemeRow]:
    """The rows by key, as they are with what is written. What was merged or dismissed stays so; a
    theme that is no longer written is a found one again, if it was found, else it is gone."""
    before = {row.key: row for row in there}
    written = {theme.key: theme for theme in taxonomy.themes}
    gone = {key for key, row in before.items() if row.state is State.KEPT and key not in written}
    after = {}
    for key, row in before.items():
        if key in gone or row.merged_into in gone:
            if key not in written and row.centroid is None:
                continue
            row = replace(
                row, state=State.FOUND, merged_into=None, changed_at=now, changed_by=BY_FILE
            )
        after[key] = row
    return after | {key: _kept(theme, after.get(key), now=now) for key, theme in written.items()}


def keep_those_written(
    conn: Connection, taxonomy: Taxonomy, *, now: datetime
) -> dict[str, ThemeRow]:
    """Bring the rows of the store up to what is written, and hand them back."""
    before = {row.key: row for row in rows.all_themes(conn)}
    after = brought_up(before.values(), taxonomy, now=now)
    for key in before.keys() - after.keys():
        rows.remove(conn, key)
    for key, row in after.items():
        if row != before.get(key):
            rows.put(conn, row)
    return after


def no_such_theme(key: str) -> MailresponderError:
    """What is said of a key that no theme has."""
    return MailresponderError(
        f"there is no theme {key!r}", mend="`mailresponder themes list` names them"
    )


def _kept(theme: Theme, before: ThemeRow | None, *, now: datetime) -> ThemeRow:
    if before is None:
        before = ThemeRow(
            key=theme.key, state=State.KEPT, found_at=now, changed_at=now, changed_by=BY_FILE
        )
    row = replace(before, names=dict(theme.names), words=dict(theme.words))
    if before.state is State.FOUND:
        row = replace(row, state=State.KEPT, changed_at=now, changed_by=BY_FILE)
    return row
