"""What the page and the command line do with templates: open, save, restore, compare.

Nothing is overwritten that its author has not seen, and what a file held is in its history before
anything else takes its place.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from mailresponder.errors import MailresponderError
from mailresponder.jobs.difference import DiffLine, difference
from mailresponder.policy.notices import TemplateSource
from mailresponder.printable import clean
from mailresponder.store import template_files
from mailresponder.store.template_history import BY_HAND, Version
from mailresponder.store.template_keeping import keep
from mailresponder.store.template_places import Place
from mailresponder.store.templates import InUse, State, TemplateFolder, TemplateProblem
from mailresponder.templating import TemplateError

__all__ = [
    "BrokenText",
    "Conflict",
    "DiffLine",
    "Opened",
    "Problem",
    "Version",
    "difference",
    "opened",
    "problem_of",
    "restore",
    "restored",
    "revert",
    "save",
    "try_text",
]

_LONGEST_NOTE = 500
_AGAIN = "version {} again"
"""The note of a restore for which nobody gave one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why a text cannot be used."""

    line: int
    message: str


class BrokenText(MailresponderError):  # noqa: N818 - what it is, not what the program did
    """A text that cannot be used is not saved."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"line {problem.line}: {problem.message}")
        self.problem = problem


class Conflict(MailresponderError):  # noqa: N818 - the field's standard term
    """The file has changed since it was opened; nothing was written."""

    def __init__(self, *, theirs: str, digest: str, by: str, at: datetime | None) -> None:
        super().__init__(
            "the template has been changed meanwhile", mend="look at both texts and save again"
        )
        self.theirs = theirs
        """What the file says now; what is in use where it is gone."""
        self.digest = digest
        """What to expect when the choice is made."""
        self.by = by
        """As in `Version.by`."""
        self.at = at
        """None where that is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A template as its editor shows it."""

    place: Place
    state: State
    text: str
    """What the admin's file says, even where it is broken; without one, what is in use."""
    digest: str
    """SHA-256 of the admin's file in hexadecimal digits; empty where there is none."""
    shipped: str
    """The shipped text; empty where none is shipped in this language."""
    problem: TemplateProblem | None
    in_use: InUse
    changed_by: str
    """Who wrote what the file says, as in `Version.by`; empty for the shipped text."""
    versions: tuple[Version, ...]
    """Newest first."""


def opened(folder: TemplateFolder, place: Place) -> Opened:
    """A template with all that is known of it. Raises MailresponderError for a mailbox there is
    none of."""
    folder.require(place)
    info = folder.info(place)
    text, digest = folder.snapshot(place)
    return Opened(
        place=place,
        state=info.state,
        text=text,
        digest=digest,
        shipped=folder.shipped_text(place),
        problem=info.problem,
        in_use=info.in_use,
        changed_by=info.changed_by,
        versions=folder.history.versions(place)[::-1],
    )


def problem_of(folder: TemplateFolder, place: Place, text: str) -> Problem | None:
    """Why this text could not be used as the file of this place; None where it could."""
    try:
        text.encode("utf-8")
        folder.check(place, text)
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        return Problem(line=line, message="a character here is none")
    except TemplateError as error:
        return Problem(line=error.line, message=error.message)
    return None


def try_text(folder: TemplateFolder, place: Place, text: str) -> TemplateSource:
    """The folder with this one text in place of the file. Raises TemplateError where it does not
    compile; what fails on a mail is raised there, and no shipped text hides it."""
    return folder.with_text(place, template_files.with_plain_line_ends(text))


def save(
    folder: TemplateFolder,
    place: Place,
    text: str,
    *,
    expected: str,
    by: str,
    note: str,
    now: datetime,
) -> Version:
    """Put a text in the place of the admin's file; it counts from the next mail on.

    Args:
        folder: The desk's templates.
        place: Which of them.
        text: A browser's line ends are made plain.
        expected: `Opened.digest` of what the author saw.
        by: Who saves it.
        note: Why; may be empty.
        now: When.

    Raises:
        BrokenText: The text cannot be used.
        Conflict: The file is another one than its author saw.
        MailresponderError: It cannot be written.
    """
    folder.require(place)
    text = template_files.with_plain_line_ends(text)
    problem = problem_of(folder, place, text)
    if problem is not None:
        raise BrokenText(problem)
    with _turn(folder, place, expected, text) as is_new:
        newest = folder.history.newest(place)
        if not is_new and newest is not None and newest.text == text:
            return newest
        if is_new:
            template_files.replace_file(folder.path(place), text)
        return _add(folder, place, at=now, by=by, note=note, text=text)


def restore(
    folder: TemplateFolder,
    place: Place,
    number: int,
    *,
    expected: str,
    by: str,
    note: str,
    now: datetime,
) -> Version:
    """Save an earlier version anew; without a note, the note is which one it was. Raises as `save`,
    and MailresponderError for a number there is none of."""
    note = note or _AGAIN.format(number)
    versions = folder.history.versions(place)
    wanted = next((version for version in versions if version.number == number), None)
    if wanted is None:
        known = f"there are {versions[0].number} to {versions[-1].number}" if versions else ""
        raise MailresponderError(f"there is no version {number} of this template", mend=known)
    if wanted.text is None:
        return revert(folder, place, expected=expected, by=by, note=note, now=now)
    return save(folder, place, wanted.text, expected=expected, by=by, note=note, now=now)


def restored(note: str) -> int | None:
    """The number of the version that a restore brought back, by the note it made itself; None for
    any other note."""
    found = re.fullmatch(_AGAIN.format(r"(\d+)"), note)
    return int(found[1]) if found else None


def revert(
    folder: TemplateFolder, place: Place, *, expected: str, by: str, note: str, now: datetime
) -> Version:
    """Remove the admin's file, so that the shipped template serves again, or for a mailbox the
    desk's; the history keeps the text. Raises as `save`, and MailresponderError where there is no
    file."""
    folder.require(place)
    with _turn(folder, place, expected, None) as is_new:
        newest = folder.history.newest(place)
        if is_new:
            template_files.remove_file(folder.path(place))
        elif newest is None:
            raise MailresponderError("this template was never changed")
        elif newest.text is None:
            return newest
        return _add(folder, place, at=now, by=by, note=note, text=None)


@contextmanager
def _turn(
    folder: TemplateFolder, place: Place, expected: str, wanted: str | None
) -> Iterator[bool]:
    """Have the templates alone, with the file as its author saw it and kept in its history; yields
    whether it holds anything else than what is wanted."""
    path = folder.path(place)
    try:
        template_files.require_inside(path, folder.admin)
        with folder.history.locked(patient=True) as had:
            if not had:
                raise MailresponderError(
                    "somebody else is saving templates at this moment", mend="try again"
                )
            found = _content(folder, place)
            text = None if found is None else found.shown()
            if found is not None and found.too_long:
                raise MailresponderError(
                    f"{path} is longer than any template", mend="move that file away"
                )
            if text == wanted:
                yield False
                return
            if ("" if found is None else found.digest) != expected:
                raise _conflict(folder, place, found)
            if found is not None:
                # Raises where it cannot be kept: then it is not overwritten.
                keep(folder, place, found)
            yield True
    except OSError as error:
        where = error.filename or path
        raise MailresponderError(
            f"{where} cannot be written: {error.strerror}",
            mend="the templates folder must be writable for the user mailresponder runs as",
        ) from error


def _content(folder: TemplateFolder, place: Place) -> template_files.Content | None:
    path = folder.path(place)
    return template_files.read(path) if path.exists() else None


def _conflict(
    folder: TemplateFolder, place: Place, found: template_files.Content | None
) -> Conflict:
    newest = folder.history.newest(place)
    if found is None:
        gone = newest if newest is not None and newest.text is None else None
        return Conflict(
            theirs=folder.good_text(place),
            digest="",
            by=gone.by if gone else BY_HAND,
            at=gone.at if gone else None,
        )
    text = found.shown()
    known = newest is not None and newest.text == text
    return Conflict(
        theirs=text,
        digest=found.digest,
        by=newest.by if newest is not None and known else BY_HAND,
        at=newest.at if newest is not None and known else found.changed_at,
    )


def _add(
    folder: TemplateFolder, place: Place, *, at: datetime, by: str, note: str, text: str | None
) -> Version:
    """The version that is in force now; a history that cannot be written costs no more."""
    by, note = clean(by), " ".join(clean(note).split())[:_LONGEST_NOTE]
    try:
        return folder.history.append(place, at=at, by=by, note=note, text=text, good=True)
    except OSError as error:
        folder.history.complain(error)
        number = len(folder.history.versions(place)) + 1
        return Version(number=number, at=at, by=by, note=note, text=text, good=True)
