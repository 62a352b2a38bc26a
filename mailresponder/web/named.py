"""What themes and defects are called, by their keys, for pages that only name them."""

from collections.abc import Mapping

from sqlalchemy import Connection

from mailresponder.config import Config
from mailresponder.errors import ConfigError
from mailresponder.jobs import theming
from mailresponder.listening.taxonomy import Theme
from mailresponder.store import defects as defect_rows
from mailresponder.store.themes import State, all_themes


def themes(conn: Connection, config: Config, language: str) -> dict[str, str]:
    """The names of all themes in a language, or in another where they have none in it."""
    names = {theme.key: name_in(theme.names, language) or theme.key for theme in all_themes(conn)}
    return names | {theme.key: theme.name(language) for theme in _kept(config)}


def choices(conn: Connection, config: Config, language: str) -> list[tuple[str, str]]:
    """The keys and names of the themes that count, by name: what people keep, then what was
    found."""
    rows = all_themes(conn)
    gone = {theme.key for theme in rows if theme.state in (State.DISMISSED, State.MERGED)}
    kept = [(one.key, one.name(language)) for one in _kept(config) if one.key not in gone]
    found = [
        (theme.key, name_in(theme.names, language) or theme.key)
        for theme in rows
        if theme.state is State.FOUND
    ]
    return [*sorted(kept, key=_by_name), *sorted(found, key=_by_name)]


def name_in(names: Mapping[str, str], language: str) -> str:
    """The name in a language, else in the first that there is; empty for none."""
    return names.get(language) or next(filter(None, names.values()), "")


def defects(conn: Connection) -> dict[int, str]:
    """The names of defects."""
    return {defect.id: defect.name for defect in defect_rows.all_defects(conn)}


def _kept(config: Config) -> tuple[Theme, ...]:
    try:
        return theming.ears(config).taxonomy.themes
    except ConfigError:
        # Somebody is editing the file; the names in the store stand in for those in it.
        return ()


def _by_name(one: tuple[str, str]) -> str:
    return one[1].casefold()
