"""Template files compiled and kept: each admin's file as it stands now, or its last good version.

A file counts from the moment it is saved. Per mail only its stamp is asked for.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mailresponder.store import template_files
from mailresponder.store.template_files import Content
from mailresponder.store.template_history import FOLDER, Failure, History, Version
from mailresponder.store.template_places import LAYOUT, Place
from mailresponder.store.template_trials import Trials
from mailresponder.templating import (
    Layout,
    Shape,
    Template,
    TemplateError,
    compile_layout,
    compile_template,
)
from mailresponder.templating.sandbox import MAX_SOURCE

Usable = Template | Layout

_SETTLES_AFTER = 3.0
"""Seconds; longer than the tick of any file system's clock (FAT: 2). Until then a file is read
again for each mail, since a second change may have left its stamp as it was."""
_MOST_TRIED = 5
"""Versions of a history that are tried for one that a newer mailresponder still takes."""
_SHIPPED = "shipped "
_PROBE = "<p>content</p>"
_SPOKEN = ("en", "es")
"""Languages a layout is tried in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """An admin's file as it was last read."""

    content: Content | None
    """None where it cannot be read."""
    own: Usable | TemplateError
    """Compiled, or why it cannot be used."""
    usable: Usable | None
    """`own`, or the last good version; None where there is neither."""
    text: str
    """The source of `usable`; empty where there is none."""
    since: float = 0.0
    """The monotonic moment of its first reading."""
    settled: bool = False
    """Its stamp tells whether it changed."""

    @property
    def problem(self) -> TemplateError | None:
        """Why it cannot be used; None where it can."""
        return self.own if isinstance(self.own, TemplateError) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """What an admin's file held when this process could last use it."""

    usable: Usable
    text: str
    number: int
    """Of the newest version in its history at that moment; 0: there was none."""


class Shelf:
    """The templates of one folder over the shipped ones. Safe among threads."""

    def __init__(self, admin: Path, shipped: Path) -> None:
        self.admin = admin
        self.shipped = shipped
        self.history = History(admin / FOLDER)
        layout = shipped / Place(name=LAYOUT, language="").relative
        self.trials = Trials(admin / FOLDER / "passed.json", layout)
        self._held: dict[Place, Held] = {}
        self._paths: dict[Place, Path] = {}
        self._shipped: dict[Place, Usable] = {}
        self._good: dict[Place, _Seen] = {}
        self._stand_ins: dict[Place, tuple[tuple[Version, ...], tuple[Usable | None, str]]] = {}
        self._failures: dict[Place, Failure] = {}

    def path(self, place: Place) -> Path:
        """The admin's file of a place, whether it is there or not."""
        return self._paths.get(place) or self._paths.setdefault(place, self.admin / place.relative)

    def held(self, place: Place) -> Held | None:
        """The admin's file; None where there is none."""
        path, before = self.path(place), self._held.get(place)
        try:
            stamp = template_files.stamp_of(path)
            if stamp is not None and before is not None and before.settled:
                assert before.content is not None  # noqa: S101 - else it never settles
                if before.content.stamp == stamp:
                    return before
            content = None if stamp is None else template_files.read(path)
        except FileNotFoundError:
            content = None
        except OSError as error:
            reason = f"it cannot be read: {error.strerror}"
            usable, text = self._stand_in(place)
            problem = TemplateError(str(place.relative), 1, reason)
            return Held(content=None, own=problem, usable=usable, text=text)
        if content is None:
            self._held.pop(place, None)
            self._good.pop(place, None)
            return None
        held = self._reread(before, content) or self._loaded(place, content)
        self._held[place] = held
        return held

    def shipped_text(self, place: Place) -> str:
        """The shipped source; empty where none is shipped. Raises TemplateError where it cannot be
        read."""
        path = self.shipped / place.desks.relative
        try:
            content = template_files.read(path)
            _require_text(content, _shipped_name(place))
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except OSError as error:
            reason = f"it cannot be read: {error.strerror}"
            raise TemplateError(_shipped_name(place), 1, reason) from None
        return content.shown()

    def shipped_one(self, place: Place) -> Usable | None:
        """The shipped template, compiled once; None where none is shipped. Raises TemplateError."""
        place = place.desks
        if place not in self._shipped:
            text = self.shipped_text(place)
            if not text:
                return None
            # The shipped ones are known to pass the trial.
            self._shipped[place] = _compiled(place, text, _shipped_name(place))
        return self._shipped[place]

    def parsed(self, place: Place, text: str) -> Usable:
        """A text compiled but not tried. Raises TemplateError."""
        return _compiled(place, text, str(place.relative))

    def compiled(self, place: Place, text: str) -> Usable:
        """A text as the file of this place would be loaded. Raises TemplateError."""
        name = str(place.relative)
        try:
            usable = _compiled(place, text, name)
            if not self.trials.passed(place, text):
                self._try(place, usable)
                self.trials.note(place, text)
        except TemplateError:
            raise
        except Exception as error:  # whatever a library makes of it, a file stops no mail
            message = f"it cannot be used ({type(error).__name__})"
            raise TemplateError(name, 1, message) from None
        return usable

    def failed(self, place: Place, error: TemplateError) -> None:
        """Remember that the admin's file failed on a real mail."""
        held = self.held(place)
        if held is not None and held.content is not None and held.problem is None:
            self._failures[place] = Failure(
                digest=held.content.digest, line=error.line, message=error.message
            )

    def failure(self, place: Place, held: Held) -> Failure | None:
        """How the file as it stands failed on a real mail, in this process or another."""
        if held.content is None:
            return None
        for failure in (self._failures.get(place), self.history.failure(place)):
            if failure is not None and failure.digest == held.content.digest:
                return failure
        return None

    def unkept_failures(self) -> list[tuple[Place, Failure]]:
        """What failed in this process, as its file still stands, and others cannot know yet."""
        found = []
        for place, failure in list(self._failures.items()):
            held, kept = self.held(place), self.history.failure(place)
            is_so = held is not None and held.content and held.content.digest == failure.digest
            if is_so and (kept is None or kept.digest != failure.digest):
                found.append((place, failure))
        return found

    def _try(self, place: Place, usable: Usable) -> None:
        if isinstance(usable, Layout):
            for language in _SPOKEN:
                usable.render(_PROBE, subject="subject", language=language)
        else:
            from mailresponder.policy.trying import try_template

            layout = self.shipped_one(Place(name=LAYOUT, language=""))
            assert isinstance(layout, Layout)  # noqa: S101 - by its place
            try_template(usable, place.name, place.language, layout)

    def _reread(self, before: Held | None, content: Content) -> Held | None:
        """What is known of a file that holds the same as before."""
        if before is None or before.content is None or before.content.data != content.data:
            return None
        now = time.monotonic()
        if before.content.stamp != content.stamp:
            return replace(before, content=content, since=now, settled=False)
        return replace(before, settled=now - before.since >= _SETTLES_AFTER)

    def _loaded(self, place: Place, content: Content) -> Held:
        since = time.monotonic()
        try:
            _require_text(content, str(place.relative))
            text = content.shown()
            own = self.compiled(place, text)
        except TemplateError as error:
            usable, text = self._stand_in(place)
            return Held(content=content, own=error, usable=usable, text=text, since=since)
        self._good[place] = _Seen(usable=own, text=text, number=self._newest(place))
        return Held(content=content, own=own, usable=own, text=text, since=since)

    def _stand_in(self, place: Place) -> tuple[Usable | None, str]:
        """The last good version of a file that cannot be used, and its source."""
        versions, seen = self.history.versions(place), self._good.get(place)
        if seen is not None and seen.number == self._newest(place):
            # It changed again before it was written down, or nothing can be.
            return seen.usable, seen.text
        known = self._stand_ins.get(place)
        if known is None or known[0] != versions:
            known = (versions, self._last_good(place, versions))
            self._stand_ins[place] = known
        return known[1]

    def _newest(self, place: Place) -> int:
        newest = self.history.newest(place)
        return newest.number if newest is not None else 0

    def _last_good(self, place: Place, versions: tuple[Version, ...]) -> tuple[Usable | None, str]:
        tried = 0
        for version in reversed(versions):
            if version.text is None or tried == _MOST_TRIED:
                break
            if not version.good:
                continue
            tried += 1
            try:
                return self.compiled(place, version.text), version.text
            except TemplateError:
                continue
        return None, ""


def _compiled(place: Place, text: str, name: str) -> Usable:
    if place.name == LAYOUT:
        return compile_layout(text, name=name)
    return compile_template(text, name=name, known=lambda: _known(place.name))


def _known(name: str) -> Mapping[str, Shape]:
    """What the templates of a notice know."""
    # Needs every sample, which no shipped template asks for.
    from mailresponder.policy.trying import variables_of

    return variables_of(name)


def _require_text(content: Content, name: str) -> None:
    """Raise TemplateError for what cannot be the text of a template."""
    if content.too_long:
        raise TemplateError(name, 1, f"it is longer than {MAX_SOURCE} characters")
    try:
        content.data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.data.count(b"\n", 0, error.start) + 1
        raise TemplateError(name, line, "it is not saved as UTF-8") from None


def _shipped_name(place: Place) -> str:
    """What a shipped template is called, so that its failure is not taken for the admin's."""
    return f"{_SHIPPED}{place.desks.relative}"
