"""What people decide about themes, on the command line and on the page: kept, merged, dismissed.

Keeping writes the desk's file of themes; merging and dismissing are noted in the store alone. Each
is written down with who did it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection

from mailresponder.config import Config, themes_file
from mailresponder.config.themes_writing import with_theme
from mailresponder.errors import MailresponderError, PermanentFailure, TemporaryFailure
from mailresponder.jobs import audit
from mailresponder.jobs.audit import Deed
from mailresponder.jobs.kept_themes import keep_those_written, no_such_theme
from mailresponder.listening.taxonomy import Theme
from mailresponder.store import template_files
from mailresponder.store import themes as rows
from mailresponder.store.database import Store
from mailresponder.store.themes import State, ThemeRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A theme that stands in the desk's file."""

    theme: Theme
    path: Path


def keep(
    store: Store,
    config: Config,
    key: str,
    *,
    names: Mapping[str, str] = MappingProxyType({}),
    words: Mapping[str, Sequence[str]] = MappingProxyType({}),
    owner: str | None = None,
    by: str,
    now: datetime,
) -> Kept:
    """Write a theme into the desk's file, under its key: one that was found with its telling words,
    one that is kept as it is. What is given by language counts instead; `owner`: None leaves it.

    A file is made from the shipped themes where there is none. Its comments stay.
    Raises ConfigError where the file has mistakes, or would have with this; MailresponderError
    where there is no such theme, or the file cannot be written.
    """
    path = config.themes_path
    with store.begin() as conn:
        row = _themes(conn, config, now).one(key)
    with _alone(path):
        text = _text(path)
        taxonomy = themes_file.parsed(text, source=str(path))
        before = next((theme for theme in taxonomy.themes if theme.key == key), None)
        theme = Theme(
            key=key,
            names={**row.names, **(before.names if before else {}), **names},
            words={
                **row.words,
                **(before.words if before else {}),
                **{language: tuple(said) for language, said in words.items()},
            },
            owner=owner if owner is not None else before.owner if before else "",
        )
        changed = with_theme(text, theme)
        themes_file.parsed(changed, source=str(path))
        _replace(path, changed)
    with store.begin() as conn:
        _put(conn, _themes(conn, config, now).one(key), State.KEPT, by=by, now=now)
        audit.note(conn, by=by, what=Deed.THEME_KEPT, about=key, now=now)
    return Kept(theme=theme, path=path)


def merge(store: Store, config: Config, key: str, into: str, *, by: str, now: datetime) -> ThemeRow:
    """Have a theme count as another one, or as what that was merged into. Hands back that one.

    Raises ConfigError where the desk's file has mistakes; MailresponderError where there is no such
    theme, or both are one.
    """
    with store.begin() as conn:
        themes = _themes(conn, config, now)
        row, target = themes.one(key), themes.one(into)
        if target.merged_into is not None:
            target = themes.one(target.merged_into)
        if target.key == row.key:
            raise MailresponderError(f"{key} and {into} are one theme already")
        if target.state is State.DISMISSED:
            raise MailresponderError(
                f"{target.key} was dismissed: what is merged into it would count for nothing",
                mend=f"restore it first: mailresponder themes restore {target.key}",
            )
        rows.merge(conn, row, target.key, by=by, now=now)
        about = f"{row.key}: {target.key}"
        audit.note(conn, by=by, what=Deed.THEME_MERGED, about=about, now=now)
    return target


def dismiss(store: Store, config: Config, key: str, *, by: str, now: datetime) -> None:
    """Have a theme count for nothing, and not be found again. Raises as `merge`."""
    with store.begin() as conn:
        row = _themes(conn, config, now).one(key)
        _put(conn, row, State.DISMISSED, by=by, now=now)
        audit.note(conn, by=by, what=Deed.THEME_DISMISSED, about=key, now=now)


def restore(store: Store, config: Config, key: str, *, by: str, now: datetime) -> ThemeRow:
    """Have a theme that was dismissed or merged count for itself again. Raises as `merge`, also
    where it was neither."""
    with store.begin() as conn:
        themes = _themes(conn, config, now)
        row = themes.one(key)
        if row.state not in (State.DISMISSED, State.MERGED):
            raise MailresponderError(f"{key} was neither dismissed nor merged")
        state = State.KEPT if key in themes.written else State.FOUND
        free = _put(conn, row, state, by=by, now=now)
        audit.note(conn, by=by, what=Deed.THEME_RESTORED, about=key, now=now)
    return free


def copy(config: Config) -> Path:
    """Put the shipped themes where they can be changed. Raises MailresponderError where a file is
    there already, or cannot be written."""
    path = config.themes_path
    with _alone(path):
        if path.exists():
            raise MailresponderError(f"{path} is there already and stays as it is")
        _replace(path, themes_file.shipped())
    return path


@dataclass(frozen=True, kw_only=True, slots=True)
class _Themes:
    """All themes of the desk."""

    rows: Mapping[str, ThemeRow]
    written: frozenset[str]
    """The keys in the desk's file."""

    def one(self, key: str) -> ThemeRow:
        """The row of a key. Raises MailresponderError where there is none."""
        if key in self.rows:
            return self.rows[key]
        raise no_such_theme(key)


def _themes(conn: Connection, config: Config, now: datetime) -> _Themes:
    taxonomy = themes_file.taxonomy_for(config)
    there = keep_those_written(conn, taxonomy, now=now)
    return _Themes(rows=there, written=frozenset(theme.key for theme in taxonomy.themes))


def _put(conn: Connection, row: ThemeRow, state: State, *, by: str, now: datetime) -> ThemeRow:
    changed = replace(row, state=state, merged_into=None, changed_at=now, changed_by=by)
    rows.put(conn, changed)
    return changed


def _text(path: Path) -> str:
    try:
        # Some editors begin a file with a byte order mark; a mistake in its encoding is told below.
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return themes_file.shipped()
    except UnicodeDecodeError:
        themes_file.taxonomy_at(path)
        raise
    except OSError as error:
        raise PermanentFailure(f"{path}: {error.strerror}") from error


def _replace(path: Path, text: str) -> None:
    try:
        # A link stays one: what it leads to is written.
        template_files.replace_file(path.resolve(), text)
    except OSError as error:
        raise PermanentFailure(
            f"{path} cannot be written: {error.strerror}",
            mend="it and its folder must be writable for the user this runs as",
        ) from error


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Be the only one to write a file of themes."""
    try:
        with template_files.lock(path.with_name(f".{path.name}.lock"), patient=True) as mine:
            if not mine:
                raise TemporaryFailure(f"somebody else is changing {path}")
            yield
    except OSError as error:
        raise PermanentFailure(
            f"{path} cannot be changed: {error.strerror}",
            mend="its folder must be writable for the user this runs as",
        ) from error
