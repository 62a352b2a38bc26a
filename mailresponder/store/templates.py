"""Where templates come from: the admin's folder over the shipped one.

A file in the admin's folder counts from the moment it is saved, unless it cannot be used: then
its last good version serves, else the shipped one, and `problems()` says why. A typing mistake
stops no mail.
"""

from collections.abc import Iterable
from copy import copy
from pathlib import Path

from mailresponder.config import Config
from mailresponder.errors import MailresponderError
from mailresponder.logs import log
from mailresponder.policy.notices import NAMES
from mailresponder.printable import clean
from mailresponder.store.template_files import create_file, is_inside, require_inside
from mailresponder.store.template_history import BY_HAND, Failure, History
from mailresponder.store.template_places import (
    ENGLISH,
    LAYOUT,
    Place,
    languages_in,
    layout_places,
    place_of,
    places_for,
    template_files,
)
from mailresponder.store.template_shelf import Held, Shelf, Usable
from mailresponder.store.template_state import InUse, State, TemplateInfo, TemplateProblem
from mailresponder.store.template_trials import Trials
from mailresponder.templating import Layout, Template, TemplateError

_PACKAGE = Path(__file__).parent.parent


__all__ = ["InUse", "State", "TemplateFolder", "TemplateInfo", "TemplateProblem"]


class TemplateFolder:
    """The templates of a desk; a `policy.notices.TemplateSource`. Safe among threads."""

    def __init__(
        self,
        admin: Path,
        shipped: Path | None = None,
        *,
        mailboxes: Iterable[str] | None = None,
    ) -> None:
        """`admin` need not exist. `mailboxes` are the names that may have templates of their own;
        None: not known, any may."""
        self.admin = admin
        self.mailboxes = None if mailboxes is None else frozenset(mailboxes)
        self.mailbox = ""
        """Whose overrides are looked at first."""
        self._shelf = Shelf(admin, shipped or _shipped())
        self._shipped_only = False
        self._given: tuple[Place, Usable] | None = None

    @classmethod
    def of_desk(cls, config: Config) -> "TemplateFolder":
        """The templates a configuration names."""
        names = (mailbox.name for mailbox in config.mailboxes)
        return cls(config.templates_folder, mailboxes=names)

    def of(self, mailbox: str) -> "TemplateFolder":
        """The same templates as a mailbox sees them: its overrides first."""
        other = copy(self)
        other.mailbox = mailbox
        return other

    def with_text(self, place: Place, text: str) -> "TemplateFolder":
        """The same templates with this text in the place of a file, wherever that would serve.
        Raises TemplateError where it does not compile; it is not tried on the samples."""
        other = copy(self)
        other._given = (place, self._shelf.parsed(place, text))
        return other

    def template(self, name: str, language: str) -> Template:
        """The template of one of `names()`: in this language, else in English.

        Raises MailresponderError for a name there is none of.
        """
        for places in places_for(name, language, self.mailbox):
            held = self._first(places)
            if held is not None:
                assert isinstance(held, Template)  # noqa: S101 - by its place
                return held
        raise _incomplete(name)

    def layout(self) -> Layout:
        """The page around every notice."""
        held = self._first(layout_places(self.mailbox))
        if held is None:
            raise _incomplete(LAYOUT)
        assert isinstance(held, Layout)  # noqa: S101 - by its place
        return held

    def fallback(self, error: TemplateError) -> "TemplateFolder":
        """The shipped templates alone, for a mail on which the admin's failed though the samples
        passed: `problems()` tells of it from then on. Raises `error` where these are the shipped
        ones, or a text that is being tried."""
        if self._shipped_only or self._given is not None:
            raise error
        log.error("template_failed", template=error.name, line=error.line, reason=error.message)
        if isinstance(place := place_of(Path(error.name)), Place):
            self._shelf.failed(place, error)
        other = copy(self)
        other._shipped_only = True
        return other

    def names(self) -> tuple[str, ...]:
        """Every notice there is."""
        return NAMES

    def languages(self) -> tuple[str, ...]:
        """The languages with at least one template, English first."""
        found = languages_in(self._shelf.shipped) | languages_in(self.admin)
        return tuple(sorted(found, key=lambda language: (language != ENGLISH, language)))

    def listing(self, mailboxes: Iterable[str] = ()) -> list[TemplateInfo]:
        """Every notice in every language it has a file for, the layout, and then each override
        that these mailboxes have."""
        languages = self.languages()
        places = [
            *(Place(name=name, language=code) for name in NAMES for code in languages),
            Place(name=LAYOUT, language=""),
        ]
        wanted = frozenset(mailboxes)
        own = [place for _, place in self._files() if isinstance(place, Place)]
        listed = [self.info(place) for place in places if self._exists(place)]
        return [*listed, *(self.info(place) for place in own if place.mailbox in wanted)]

    def info(self, place: Place) -> TemplateInfo:
        """How it stands with the template of a place."""
        held = self._shelf.held(place)
        newest = self._shelf.history.newest(place)
        path, at, by = self._shelf.path(place), None, ""
        if held is None:
            state = State.SHIPPED
            path = self._shelf.shipped / place.desks.relative
            if newest is not None and newest.text is None:
                at, by = newest.at, newest.by
        else:
            state = State.CHANGED
            if held.content is not None:
                at, by = held.content.changed_at, BY_HAND
                if newest is not None and newest.text == held.content.shown():
                    at, by = newest.at, newest.by
        problem = self.problem(place)
        return TemplateInfo(
            place=place,
            state=State.BROKEN if problem is not None else state,
            path=path,
            problem=problem,
            in_use=self._in_use(place, held),
            changed_at=at,
            changed_by=by,
        )

    def problem(self, place: Place) -> TemplateProblem | None:
        """What is wrong with the admin's file of a place; None where nothing is, or none."""
        held = self._shelf.held(place)
        if held is None:
            return None
        failure = held.problem
        if failure is not None:
            line, message = failure.line, failure.message
        elif (failed := self._shelf.failure(place, held)) is not None:
            line, message = failed.line, f"it failed on a mail: {failed.message}"
        else:
            return None
        return TemplateProblem(
            path=self._shelf.path(place),
            line=line,
            message=message,
            place=place,
            using=self._in_use(place, held),
            digest="" if held.content is None else held.content.digest,
            others=failure.others if failure is not None else (),
        )

    def problems(self) -> list[TemplateProblem]:
        """What in the admin's folder is not used, or failed on a mail, and why."""
        found: list[TemplateProblem] = []
        for path, place in self._files():
            if isinstance(place, Place):
                problem = self.problem(place)
            else:
                problem = TemplateProblem(
                    path=path, line=1, message=place, place=None, using=None, digest=""
                )
            if problem is not None:
                found.append(problem)
        return found

    def where(self, problem: TemplateProblem) -> str:
        """Where its file lies in the admin's folder, on one line and as it can be shown; the
        folder itself by its whole path."""
        path = problem.path
        shown = path if path == self.admin else path.relative_to(self.admin)
        return " ".join(clean(str(shown)).splitlines())

    def text(self, place: Place) -> str:
        """What the admin's file of a place says, even where it is broken; without one, what is in
        use there. What a link leads to elsewhere and is no template is nobody's to see."""
        return self.snapshot(place)[0]

    def snapshot(self, place: Place) -> tuple[str, str]:
        """`text`, and the digest of the file it was read from at that moment: SHA-256 in
        hexadecimal digits, empty where there is none."""
        held = self._shelf.held(place)
        if held is None or held.content is None:
            return self.good_text(place), ""
        if held.problem is not None and not is_inside(self._shelf.path(place), self.admin):
            return self.good_text(place), held.content.digest
        return held.content.shown(), held.content.digest

    def shipped_text(self, place: Place) -> str:
        """The shipped text; empty where none is shipped."""
        return self._shelf.shipped_text(place)

    def good_text(self, place: Place) -> str:
        """What the next mail is written with, in this language or what stands in for it."""
        if place.name == LAYOUT:
            groups: tuple[tuple[Place, ...], ...] = (layout_places(place.mailbox),)
        else:
            groups = places_for(place.name, place.language, place.mailbox)
        for places in groups:
            for candidate in places:
                held = self._shelf.held(candidate)
                if held is not None and held.usable is not None:
                    return held.text
            if text := self._shelf.shipped_text(places[-1]):
                return text
        raise _incomplete(place.name)

    def held(self, place: Place) -> Held | None:
        """The admin's file as it stands now; None where there is none."""
        return self._shelf.held(place)

    def path(self, place: Place) -> Path:
        """The admin's file of a place, whether it is there or not."""
        return self._shelf.path(place)

    def places(self) -> list[Place]:
        """Every template the admin has a file for."""
        return [place for _, place in self._files() if isinstance(place, Place)]

    @property
    def history(self) -> History:
        """What stood in the admin's files before."""
        return self._shelf.history

    @property
    def trials(self) -> Trials:
        """Which texts have passed."""
        return self._shelf.trials

    def unkept_failures(self) -> list[tuple[Place, Failure]]:
        """What failed on a real mail in this process, and other processes cannot know yet."""
        return self._shelf.unkept_failures()

    def check(self, place: Place, text: str) -> None:
        """Raise TemplateError where this text could not be used as the file of this place."""
        self._shelf.compiled(place, text)

    def require(self, place: Place) -> None:
        """Raise MailresponderError for a place of a mailbox there is none of."""
        if place.mailbox and self.mailboxes is not None and place.mailbox not in self.mailboxes:
            raise MailresponderError(f'no mailbox is named "{place.mailbox}"')

    def copy(self, name: str, language: str, mailbox: str = "") -> Path:
        """Put the shipped template into the admin's folder, to be changed there; for a mailbox,
        the one that the desk uses.

        Raises MailresponderError where a file is there already or none is shipped.
        """
        place = Place(name=name, language="" if name == LAYOUT else language, mailbox=mailbox)
        self.require(place)
        text = self.good_text(place.desks) if mailbox else self.shipped_text(place)
        if not text:
            raise MailresponderError(
                f"no {place.relative} is shipped", mend="copy it in en or es, and move that file"
            )
        target = self.path(place)
        try:
            require_inside(target, self.admin)
            create_file(target, text)
        except FileExistsError:
            raise MailresponderError(
                f"{target} is there already", mend="change that file"
            ) from None
        except OSError as error:
            raise MailresponderError(f"{target} cannot be written: {error.strerror}") from None
        return target

    def _first(self, places: tuple[Place, ...]) -> Usable | None:
        """The first that can be used of a mailbox's, the desk's and the shipped template."""
        desks = places[-1]
        if self._given is not None and self._given[0].desks == desks:
            return self._given[1]
        if not self._shipped_only:
            for place in places:
                held = self._shelf.held(place)
                if held is not None and held.usable is not None:
                    return held.usable
        return self._shelf.shipped_one(desks)

    def _in_use(self, place: Place, held: Held | None) -> InUse:
        if held is not None and held.usable is not None:
            return InUse.OWN if held.problem is None else InUse.LAST_GOOD
        if place.mailbox:
            desks = self._shelf.held(place.desks)
            if desks is not None and desks.usable is not None:
                return InUse.DESK
        return InUse.SHIPPED

    def _exists(self, place: Place) -> bool:
        return self._shelf.held(place) is not None or bool(self._shelf.shipped_text(place))

    def _files(self) -> list[tuple[Path, Place | str]]:
        """The admin's files, each with its place or why nobody would ever read it; so are folders
        that cannot be read."""
        found: list[tuple[Path, Place | str]] = []
        for path, place in template_files(self.admin):
            if isinstance(place, Place):
                try:
                    self.require(place)
                except MailresponderError as error:
                    place = error.message
            found.append((path, place))
        return found


def _incomplete(name: str) -> MailresponderError:
    return MailresponderError(f"the template {name} is nowhere", mend="install mailresponder again")


def _shipped() -> Path:
    """In the wheel, the package holds the templates; in a checkout they lie beside it."""
    inside = _PACKAGE / "templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"
