"""The themes that a desk listens for, read from `themes.toml` beside the configuration.

Where there is no such file, the taxonomy that comes with the package counts. Like the
configuration it is read as a whole, and every mistake in it is told at once.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any

from mailresponder.config.settings import Config
from mailresponder.errors import ConfigError, ConfigProblem
from mailresponder.listening.lexicon import available
from mailresponder.listening.taxonomy import Taxonomy, Theme, checked, taxonomy

_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_KEY = 60
_PARTS = ("name", "words", "owner")


def taxonomy_for(config: Config) -> Taxonomy:
    """The desk's own themes, else those of the package. Raises ConfigError with every mistake in
    the file."""
    return taxonomy_at(config.themes_path)


def taxonomy_at(path: Path) -> Taxonomy:
    """The themes of a file; those of the package where there is none.

    Raises ConfigError with every mistake.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return parsed(shipped(), source="the shipped themes")
    except OSError as error:
        problem = ConfigProblem(path="the file", message=error.strerror or "cannot be read")
        raise ConfigError([problem], source=str(path)) from error
    return read(content, source=str(path))


def shipped() -> str:
    """The file that comes with the package, comments and all: what an admin's copy begins as."""
    folder = resources.files("mailresponder.listening").joinpath("taxonomies")
    return folder.joinpath("default.toml").read_text(encoding="utf-8")


def read(content: bytes, *, source: str) -> Taxonomy:
    """The taxonomy of a file with this content; `source` names it in errors.

    Raises ConfigError with every mistake.
    """
    try:
        # Some editors begin a file with a byte order mark, which TOML does not know.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problem = ConfigProblem(path=f"line {line}", message="is not UTF-8 text")
        raise ConfigError([problem], source=source) from None
    return parsed(text, source=source)


def parsed(text: str, *, source: str) -> Taxonomy:
    """The same, of a file that is read already."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).removesuffix(")").partition(" (at ")
        problem = ConfigProblem(path=place or "the file", message=message)
        raise ConfigError([problem], source=source) from None
    problems: list[ConfigProblem] = []
    themes = [theme for key, table in raw.items() for theme in _theme(key, table, problems)]
    if problems:
        raise ConfigError(problems, source=source)
    return taxonomy(themes)


def _theme(key: str, table: Any, problems: list[ConfigProblem]) -> Iterator[Theme]:
    """The theme of a section, unless it is no section; its mistakes are added to `problems`."""
    if not _KEY.fullmatch(key) or len(key) > _LONGEST_KEY:
        message = "must be small letters and digits, joined by hyphens"
        problems.append(ConfigProblem(path=key, message=message, hint="as late-delivery"))
    if not isinstance(table, dict):
        problems.append(ConfigProblem(path=key, message="must be a section", hint=f"[{key}]"))
        return
    for part in table:
        if part not in _PARTS:
            near = get_close_matches(part, _PARTS, n=1)
            hint = f'did you mean "{near[0]}"?' if near else ""
            problem = ConfigProblem(path=f"{key}.{part}", message="unknown key", hint=hint)
            problems.append(problem)
    owner = table.get("owner", "")
    if not isinstance(owner, str) or not owner.isprintable():
        message = "must be one line of text in quotes"
        problems.append(ConfigProblem(path=f"{key}.owner", message=message))
        owner = ""
    names = dict(_names(f"{key}.name", table.get("name"), problems))
    words = dict(_words(f"{key}.words", table.get("words"), problems))
    yield Theme(key=key, names=names, words=words, owner=owner.strip())


def _names(path: str, table: Any, problems: list[ConfigProblem]) -> Iterator[tuple[str, str]]:
    for language, name in _by_language(path, table, problems):
        if not isinstance(name, str) or not name.strip() or not name.isprintable():
            message = "must be one line of text in quotes"
            problems.append(ConfigProblem(path=f"{path}.{language}", message=message))
        else:
            yield language, name.strip()


def _words(
    path: str, table: Any, problems: list[ConfigProblem]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for language, said in _by_language(path, table, problems):
        here = f"{path}.{language}"
        if not isinstance(said, list) or not said:
            message, hint = "must be a list of words in square brackets", 'as ["late", "delay"]'
            problems.append(ConfigProblem(path=here, message=message, hint=hint))
            continue
        kept = []
        for n, phrase in enumerate(said):
            try:
                kept.append(checked(phrase if isinstance(phrase, str) else "", language))
            except ValueError as error:
                problems.append(ConfigProblem(path=f"{here}[{n}]", message=str(error)))
        yield language, tuple(kept)


def _by_language(path: str, table: Any, problems: list[ConfigProblem]) -> Iterator[tuple[str, Any]]:
    """What a table says for each language that is known."""
    if not isinstance(table, Mapping) or not table:
        problem = ConfigProblem(
            path=path, message="must be given by language", hint=f"as {path}.en"
        )
        problems.append(problem)
        return
    known = available()
    for language, value in table.items():
        if language in known:
            yield language, value
        else:
            message, hint = "there is no lexicon for this language", f"known: {', '.join(known)}"
            problem = ConfigProblem(path=f"{path}.{language}", message=message, hint=hint)
            problems.append(problem)
