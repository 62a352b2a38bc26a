"""What stood in each template file, who put it there and when: one file beside the templates for
each of them, one JSON object a line, only ever added to.

It judges nothing: whether a version can be used is written down by whoever adds it.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from mailresponder.logs import log
from mailresponder.store import template_files
from mailresponder.store.template_files import Stamp
from mailresponder.store.template_places import Place, place_of

FOLDER = ".history"
BY_HAND = "file"
"""Who made a change that was not made with this program."""
MOST = 500
"""Versions kept of each template; the oldest give way."""
_MOST_BYTES = 8_000_000
"""Of a history no more is read, the end of it; one that is longer loses its older half."""
_VERSIONS = ".jsonl"
_FAILURE = ".failed.json"
_YEARS = range(1970, 9999)
"""Any time zone can show them."""
_DAMAGES = (ValueError, LookupError, TypeError, RecursionError, OverflowError)
"""What reading may make of a file that something else has written in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """What stood in a template file from some moment on."""

    number: int
    """From 1."""
    at: datetime
    by: str
    """Who saved it, or `BY_HAND`."""
    note: str
    text: str | None
    """None: the file was removed, and the shipped template serves again."""
    good: bool
    """It passed the checks at that time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A template that passed the checks and failed on a real mail."""

    digest: str
    """SHA-256 of the file that did."""
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class History:
    """The histories of one templates folder. Safe among threads; who adds holds `locked`."""

    folder: Path
    """Need not exist."""
    _read: dict[Path, tuple[Stamp, tuple[Version, ...]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _complaints: set[str] = field(default_factory=set, repr=False, compare=False)

    def versions(self, place: Place) -> tuple[Version, ...]:
        """The versions of a template, oldest first; none where they cannot be read."""
        path = self._path(place, _VERSIONS)
        try:
            stamp = template_files.stamp_of(path)
            if stamp is None:
                return ()
            known = self._read.get(path)
            if known is None or known[0] != stamp:
                known = (stamp, tuple(_parsed(_end_of(path))))
                self._read[path] = known
        except OSError:
            return ()
        return known[1]

    def newest(self, place: Place) -> Version | None:
        """The latest version, or None."""
        return next(iter(self.versions(place)[-1:]), None)

    def append(
        self, place: Place, *, at: datetime, by: str, note: str, text: str | None, good: bool
    ) -> Version:
        """Add a version. Raises OSError."""
        before = self.versions(place)
        number = before[-1].number + 1 if before else 1
        version = Version(number=number, at=at, by=by, note=note, text=text, good=good)
        path = self._path(place, _VERSIONS)
        stamp = template_files.stamp_of(path)
        if stamp is not None and stamp[2] > _MOST_BYTES:
            before = before[len(before) // 2 :]
            template_files.replace_file(path, "".join(map(_line, [*before, version])))
        elif len(before) >= MOST:
            kept = [*before[-(MOST - 1) :], version]
            template_files.replace_file(path, "".join(map(_line, kept)))
        else:
            _append(path, _line(version))
        return version

    def places(self) -> Iterator[Place]:
        """Every template that has a history."""
        for path in sorted(self.folder.rglob(f"*{_VERSIONS}")):
            place = place_of(Path(str(path.relative_to(self.folder)).removesuffix(_VERSIONS)))
            if isinstance(place, Place):
                yield place

    def failure(self, place: Place) -> Failure | None:
        """How a file of this place failed on a real mail, if any did."""
        try:
            held = json.loads(self._path(place, _FAILURE).read_bytes())
            return Failure(
                digest=str(held["digest"]), line=int(held["line"]), message=str(held["message"])
            )
        except (OSError, *_DAMAGES):
            return None

    def set_failure(self, place: Place, failure: Failure) -> None:
        """Write down how a file failed. Raises OSError."""
        path = self._path(place, _FAILURE)
        held = {"digest": failure.digest, "line": failure.line, "message": failure.message}
        template_files.replace_file(path, json.dumps(held, ensure_ascii=False) + "\n")

    def locked(self, *, patient: bool) -> AbstractContextManager[bool]:
        """The desk's one lock on its templates, as `template_files.lock`."""
        return template_files.lock(self.folder / "lock", patient=patient)

    def complain(self, error: OSError) -> None:
        """Log, once for each reason, that something could not be kept."""
        reason = f"{error.filename or self.folder}: {error.strerror}"
        if reason not in self._complaints:
            self._complaints.add(reason)
            log.info("template_history_not_kept", reason=reason)

    def obstacle(self) -> str:
        """Why nothing can be added; empty where it can. Writes nothing."""
        path = self.folder
        for path in (self.folder, *self.folder.parents):
            if path.exists():
                break
        if not path.is_dir():
            return f"{path} is no folder"
        if not os.access(path, os.W_OK | os.X_OK):
            return f"{path} cannot be written"
        for kept in sorted(self.folder.rglob("*")):
            if not os.access(kept, os.W_OK):
                return f"{kept} cannot be written"
        return ""

    def _path(self, place: Place, suffix: str) -> Path:
        relative = place.relative
        return self.folder / relative.with_name(f"{relative.name}{suffix}")


def _line(version: Version) -> str:
    held = {
        "number": version.number,
        "at": version.at.isoformat(),
        "by": version.by,
        "note": version.note,
        "text": version.text,
        "good": version.good,
    }
    return json.dumps(held, ensure_ascii=False) + "\n"


def _append(path: Path, line: str) -> None:
    template_files.make_folder(path.parent)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    is_new = not path.exists()
    with os.fdopen(os.open(path, flags, 0o666), "ab+") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            if file.read(1) != b"\n":
                # A writer died in the middle of its line.
                line = f"\n{line}"
        file.write(line.encode("utf-8", errors="replace"))
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        template_files.sync_folder(path.parent)


def _end_of(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _MOST_BYTES))
        return file.read(_MOST_BYTES)


def _parsed(content: bytes) -> Iterator[Version]:
    """What can be read of a history; a torn line is passed over."""
    number = 0
    for line in content.split(b"\n"):
        with suppress(*_DAMAGES):
            version = _version(json.loads(line), number + 1)
            number = version.number
            yield version


def _version(held: Mapping[str, Any], number: int) -> Version:
    at, text, given = datetime.fromisoformat(held["at"]), held["text"], held.get("number")
    if at.tzinfo is None or at.year not in _YEARS or not isinstance(text, str | None):
        raise ValueError("this is no version")
    by, note = str(held.get("by", "")), str(held.get("note", ""))
    # Half a character, which JSON can write, is an error to whoever shows it.
    f"{by}{note}{text}".encode()
    return Version(
        number=given if isinstance(given, int) and given > number else number,
        at=at,
        by=by,
        note=note,
        text=text,
        good=held.get("good", True) is True,
    )
