"""Which template a file is: its notice, its language, its mailbox, and where it lies for that."""

import difflib
import os
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
_BEGUN = 3
"""Letters from which on a word may be the beginning of a name."""
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
        if not self.mailbox:
            return self
        return Place(name=self.name, language=self.language)


def known(name: str) -> None:
    """Raise MailresponderError for a notice there is none of."""
    if name not in NAMES:
        near = _nearest(name)
        raise MailresponderError(
            f"there is no notice named {name}",
            mend=f"did you mean {near}?" if near else f"there are {', '.join(NAMES)}",
        )


def _nearest(word: str) -> str:
    """The name that this begins, or that is most like it; empty where none is."""
    folded = word.casefold()
    begun = [name for name in NAMES if len(folded) >= _BEGUN and name.startswith(folded)]
    near = begun[:1] or difflib.get_close_matches(folded, NAMES, n=1)
    return near[0] if near else ""


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
    if parts[:1] == (_MAILBOXES,):
        if len(parts) < 3:
            return "it must lie in a folder named by its mailbox, as mailboxes/support"
        mailbox, parts = parts[1], parts[2:]
        if not has_folder(mailbox):
            return f'no mailbox can have the name of the folder "{mailbox}"'
    if parts == (_LAYOUT_FILE,):
        return Place(name=LAYOUT, language="", mailbox=mailbox)
    if parts[-1:] == (_LAYOUT_FILE,):
        return "the layout is one for all languages and lies beside their folders"
    if len(parts) != 2 or not is_language(parts[0]):
        return "it must lie in a folder named by its language, as en or es"
    name = parts[1].removesuffix(_SUFFIX)
    if name not in NAMES:
        near = _nearest(name)
        hint = f"; did you mean {near}{_SUFFIX}?" if near else ""
        return f"no notice has this name{hint}"
    return Place(name=name, language=parts[0], mailbox=mailbox)


def template_files(folder: Path) -> Iterator[tuple[Path, Place | str]]:
    """Every file of a templates folder that looks like a template, with its place or why nobody
    would ever read it, and each folder of it that cannot be read, with the reason. What is hidden
    is none."""
    yield from _files_below(folder, folder)


def languages_in(folder: Path) -> set[str]:
    """The languages with a template for the whole desk; none in a folder that cannot be read."""
    try:
        return {
            inner.name
            for inner in _entries(folder)
            if is_language(inner.name)
            and any(entry.name.endswith(_SUFFIX) for entry in _entries(Path(inner.path)))
        }
    except OSError:
        return set()


def _files_below(root: Path, folder: Path) -> Iterator[tuple[Path, Place | str]]:
    relative = folder.relative_to(root)
    try:
        entries = _entries(folder)
    except OSError as error:
        if _holds_templates(relative):
            yield folder, f"this folder cannot be read: {error.strerror}"
        return
    for entry in entries:
        path = folder / entry.name
        if entry.name.endswith(_SUFFIX) or entry.name == _LAYOUT_FILE:
            yield path, place_of(relative / entry.name)
        elif _holds_folders(relative) and _is_folder(entry):
            yield from _files_below(root, path)


def _holds_folders(relative: Path) -> bool:
    return not relative.parts or (relative.parts[0] == _MAILBOXES and len(relative.parts) < 3)


def _holds_templates(relative: Path) -> bool:
    """Is it a folder of ours, and not what others put there, as `lost+found`?"""
    match relative.parts:
        case () | ("mailboxes",):
            return True
        case (language,) | ("mailboxes", _, language):
            return is_language(language)
        case ("mailboxes", mailbox):
            return has_folder(mailbox)
        case _:
            return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A link: why it cannot be followed is told by who reads what it leads to.
        return True


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder and not hidden; nothing where there is no folder. Raises OSError. None
    of it is asked for more than its name: that takes another right than reading the folder."""
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not entry.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(entries, key=lambda entry: entry.name)
