"""What people decide about themes, on the command line and on the page: kept, merged, dismissed.

Keeping writes the desk's file of themes; merging and dismissing are noted in the store alone. Each
is written down with who did it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from mailresponder.config import Config, themes_file
from mailresponder.errors import MailresponderError, PermanentFailure, TemporaryFailure
from mailresponder.jobs import audit
from mailresponder.jobs.audit import Deed
from mailresponder.listening.taxonomy import Taxonomy, Theme
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
    names: Mapping[str, str] = {},
    words: Mapping[str, Sequence[str]] = {},
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
    with store.read() as conn:
        row = _theme(conn, key)
    with _alone(path):
        text = _text(path)
        written = _written(themes_file.parsed(text, source=str(path)), key)
        theme = Theme(
            key=key,
            names={**(written.names if written else row.names), **names},
            words={
                **(written.words if written else row.words),
                **{language: tuple(said) for language, said in words.items()},
            },
            owner=owner if owner is not None else written.owner if written else "",
        )
        # Imported where it is used: nobody else writes this file.
        from mailresponder.config.themes_writing import with_theme

        changed = with_theme(text, theme)
        themes_file.parsed(changed, source=str(path))
        _replace(path, changed)
    with store.begin() as conn:
        row = _theme(conn, key)
        kept = replace(
            row,
            state=State.KEPT,
            merged_into=None,
            names=theme.names,
            words=theme.words,
            changed_at=now,
            changed_by=by,
        )
        rows.put(conn, kept)
        audit.note(conn, by=by, what=Deed.THEME_KEPT, about=key, now=now)
    return Kept(theme=theme, path=path)


def merge(store: Store, key: str, into: str, *, by: str, now: datetime) -> ThemeRow:
    """Have a theme count as another one, or as what that was merged into. Hands back that one.

    Raises MailresponderError where there is no such theme, or both are one.
    """
    with store.begin() as conn:
        row, target = _theme(conn, key), _theme(conn, into)
        if target.merged_into is not None:
            target = _theme(conn, target.merged_into)
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


def dismiss(store: Store, key: str, *, by: str, now: datetime) -> None:
    """Have a theme count for nothing, and not be found again. Raises MailresponderError where
    there is no such theme."""
    with store.begin() as conn:
        row = _theme(conn, key)
        dismissed = replace(
            row, state=State.DISMISSED, merged_into=None, changed_at=now, changed_by=by
        )
        rows.put(conn, dismissed)
        audit.note(conn, by=by, what=Deed.THEME_DISMISSED, about=key, now=now)


def restore(store: Store, config: Config, key: str, *, by: str, now: datetime) -> ThemeRow:
    """Have a theme that was dismissed or merged count for itself again.

    Raises MailresponderError where there is no such theme, or it was neither; ConfigError where the
    desk's file has mistakes.
    """
    is_written = _written(themes_file.taxonomy_for(config), key) is not None
    with store.begin() as conn:
        row = _theme(conn, key)
        if row.state not in (State.DISMISSED, State.MERGED):
            raise MailresponderError(f"{key} was neither dismissed nor merged")
        state = State.KEPT if is_written else State.FOUND
        free = replace(row, state=state, merged_into=None, changed_at=now, changed_by=by)
        rows.put(conn, free)
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


def _theme(conn: Connection, key: str) -> ThemeRow:
    there = {row.key: row for row in rows.all_themes(conn)}
    if key in there:
        return there[key]
    raise MailresponderError(
        f"there is no theme {key!r}", mend="`mailresponder themes list` names them"
    )


def _written(taxonomy: Taxonomy, key: str) -> Theme | None:
    return next((theme for theme in taxonomy.themes if theme.key == key), None)


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
