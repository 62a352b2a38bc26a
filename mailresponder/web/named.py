"""What themes and defects are called, by their keys, for pages that only name them."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from mailresponder.listening.taxonomy import Taxonomy
from mailresponder.store.schema_themes import defects as defect_rows
from mailresponder.store.themes import State, all_themes


def themes(conn: Connection, language: str) -> dict[str, str]:
    """The names of themes in a language, or in another where they have none in it."""
    return {theme.key: name_in(theme.names, language) or theme.key for theme in all_themes(conn)}


def name_in(names: Mapping[str, str], language: str) -> str:
    """The name in a language, else in the first that there is; empty for none."""
    return names.get(language) or next(filter(None, names.values()), "")


def defects(conn: Connection) -> dict[int, str]:
    """The names of defects."""
    rows = conn.execute(select(defect_rows.c.id, defect_rows.c.name))
    return {row.id: row.name for row in rows}


def choices(conn: Connection, taxonomy: Taxonomy, language: str) -> list[tuple[str, str]]:
    """The keys and names of all themes that count, by name: what people keep, then what was
    found."""
    rows = all_themes(conn)
    states = {theme.key: theme.state for theme in rows}
    gone = {State.DISMISSED, State.MERGED}
    kept = [(one.key, one.name(language)) for one in taxonomy.themes]
    kept = [(key, name) for key, name in kept if states.get(key) not in gone]
    found = [
        (theme.key, name_in(theme.names, language) or theme.key)
        for theme in rows
        if theme.state is State.FOUND
    ]
    return [*sorted(kept, key=_by_name), *sorted(found, key=_by_name)]


def _by_name(one: tuple[str, str]) -> str:
    return one[1].casefold()
