"""Which template a file is: its notice, its language, its mailbox, and where it lies for that."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mailresponder.errors import MailresponderError
from mailresponder.policy.notices import NAMES

LAYOUT = "layout"
ENGLISH = "en"
"""What a language without templates of its own gets."""
_SUFFIX = ".md.j2"
_LAYOUT_FILE = "layout.html.j2"
_MAILBOXES = "mailboxes"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
# A mailbox's name may be any text, a folder's may not: a leading dot hides it, a slash leads away.
_FOLDER = re.compile(r"[\w@+](?:[\w .@+-]{0,58}[\w@+-])?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Names one template file. Raises MailresponderError where there can be no such file."""

    name: str
    """One of `notices.NAMES`, or "layout"."""
    language: str
    """As "es"; empty for the layout."""
    mailbox: str = ""
    """Whose override it is; empty: the whole desk's."""

    def __post_init__(self) -> None:
        if self.name == LAYOUT:
            if self.language:
                raise MailresponderError("the layout is one for all languages")
        else:
            known(self.name)
            if not is_language(self.language):
                raise MailresponderError(f"{self.language} is no language", mend="write en or es")
        if self.mailbox and not has_folder(self.mailbox):
            raise MailresponderError(
                f'the name of the mailbox "{self.mailbox}" cannot be that of a folder',
                mend="name it with letters, digits and .@+- to give it templates of its own",
            )

    @property
    def relative(self) -> Path:
        """Where its file lies in a templates folder, as `mailboxes/support/es/admin.md.j2`."""
        above = Path(_MAILBOXES, self.mailbox) if self.mailbox else Path()
        if self.name == LAYOUT:
            return above / _LAYOUT_FILE
        return above / self.language / f"{self.name}{_SUFFIX}"

    @property
    def desks(self) -> "Place":
        """The whole desk's place of the same template."""
        return Place(name=self.name, language=self.language)


def known(name: str) -> None:
    """Raise MailresponderError for a notice there is none of."""
    if name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, n=1)
        raise MailresponderError(
            f"there is no notice named {name}",
            mend=f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMES)}",
        )


def is_language(code: str) -> bool:
    """Can a folder of templates be named by this?"""
    return _LANGUAGE.fullmatch(code) is not None


def has_folder(mailbox: str) -> bool:
    """Can the mailbox of this name have templates of its own?"""
    return _FOLDER.fullmatch(mailbox) is not None


@lru_cache(maxsize=1000)
def places_for(name: str, language: str, mailbox: str = "") -> tuple[tuple[Place, ...], ...]:
    """Where a notice's template is looked for: for each language that may stand in, the best
    first, the mailbox's place and the desk's."""
    known(name)
    spoken = dict.fromkeys((language, re.split("[-_]", language)[0], ENGLISH))
    return tuple(
        tuple(
            Place(name=name, language=code, mailbox=whose)
            for whose in dict.fromkeys((mailbox if has_folder(mailbox) else "", ""))
        )
        for code in spoken
        if is_language(code)
    )


@lru_cache(maxsize=1000)
def layout_places(mailbox: str = "") -> tuple[Place, ...]:
    """As `places_for`, of the layout."""
    whose = dict.fromkeys((mailbox if has_folder(mailbox) else "", ""))
    return tuple(Place(name=LAYOUT, language="", mailbox=owner) for owner in whose)


def place_of(relative: Path) -> Place | str:
    """Which template lies there in a templates folder, or why nobody would ever read it."""
    parts, mailbox = relative.parts, ""
    if parts[0] == _MAILBOXES:
        if len(parts) == 2:
            return "it must lie in a folder named by its mailbox, as mailboxes/support"
        mailbox, parts = parts[1], parts[2:]
        if not has_folder(mailbox):
            return f'no mailbox can have the name of the folder "{mailbox}"'
    if parts == (_LAYOUT_FILE,):
        return Place(name=LAYOUT, language="", mailbox=mailbox)
    if parts[-1] == _LAYOUT_FILE:
        return "the layout is one for all languages and lies beside their folders"
    if len(parts) != 2 or not is_language(parts[0]):
        return "it must lie in a folder named by its language, as en or es"
    name = parts[1].removesuffix(_SUFFIX)
    if name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, n=1)
        hint = f"; did you mean {near[0]}{_SUFFIX}?" if near else ""
        return f"no notice has this name{hint}"
    return Place(name=name, language=parts[0], mailbox=mailbox)


def template_files(folder: Path) -> Iterator[Path]:
    """Every file of a templates folder that looks like a template; what is hidden is none, and a
    folder that cannot be read has none."""
    for above in (folder, *_folders(folder / _MAILBOXES)):
        yield from _templates_in(above)
        for language in _folders(above):
            if above != folder or language.name != _MAILBOXES:
                yield from _templates_in(language)
    yield from _templates_in(folder / _MAILBOXES)


def languages_in(folder: Path) -> set[str]:
    """The languages with a template for the whole desk."""
    return {
        inner.name
        for inner in _folders(folder)
        if is_language(inner.name)
        and any(path.name.endswith(_SUFFIX) for path in _templates_in(inner))
    }


def _templates_in(folder: Path) -> list[Path]:
    return [
        path
        for path in _entries(folder)
        if path.name.endswith(_SUFFIX) or path.name == _LAYOUT_FILE
    ]


def _folders(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if path.is_dir()]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []
