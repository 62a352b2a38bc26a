"""Where templates come from: the admin's folder over the shipped one.

A file in the admin's folder counts from the moment it is saved, unless it cannot be used: then
the shipped one serves and `problems()` says why. A typing mistake stops no mail.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import structlog

from mailresponder.errors import MailresponderError
from mailresponder.policy.notices import NAMES
from mailresponder.policy.samples import TIMEZONE, samples
from mailresponder.templating import (
    Layout,
    Template,
    TemplateError,
    compile_layout,
    compile_template,
)
from mailresponder.templating.sandbox import MAX_SOURCE

_SUFFIX = ".md.j2"
_LAYOUT = "layout.html.j2"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_ENGLISH = "en"
_PACKAGE = Path(__file__).parent.parent

log = structlog.get_logger("mailresponder")


class State(StrEnum):
    """Which file serves a notice in a language."""

    SHIPPED = "shipped"
    CHANGED = "changed"
    """The admin's."""
    BROKEN = "broken"
    """The admin's cannot be used; the shipped one serves, or English where there is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateInfo:
    """One notice in one language."""

    name: str
    language: str
    """Empty for the layout."""
    state: State
    path: Path
    """The admin's file where there is one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateProblem:
    """Why a file in the admin's folder is not used."""

    path: Path
    line: int
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cached:
    stamp: tuple[int, int]
    """Modification time in nanoseconds, and size."""
    held: Template | Layout | TemplateError


@dataclass(frozen=True, slots=True)
class TemplateFolder:
    """The templates of a desk; a `policy.notices.TemplateSource`. Safe among threads."""

    admin: Path
    """Need not exist."""
    shipped: Path = field(default_factory=lambda: _shipped())
    _cache: dict[Path, _Cached] = field(default_factory=dict, repr=False, compare=False)
    _places: dict[tuple[str, str], tuple[tuple[Path, str, bool], ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def template(self, name: str, language: str) -> Template:
        """The template of one of `names()`: in this language, else in English.

        Raises MailresponderError for a name there is none of.
        """
        key = (name, language)
        if key not in self._places:
            _known(name)
            self._places[key] = tuple(self._candidates(name, language))
        for path, spoken, shipped in self._places[key]:
            held = self._load(path, name, spoken)
            if isinstance(held, Template):
                return held
            if isinstance(held, TemplateError) and shipped:
                raise held
        raise _incomplete(f"{name}{_SUFFIX}")

    def layout(self) -> Layout:
        """The page around every notice."""
        for folder in (self.admin, self.shipped):
            held = self._load(folder / _LAYOUT)
            if isinstance(held, Layout):
                return held
            if isinstance(held, TemplateError) and folder == self.shipped:
                raise held
        raise _incomplete(_LAYOUT)

    def fallback(self, error: TemplateError) -> "TemplateFolder":
        """The shipped templates alone, for a mail on which the admin's failed though the samples
        passed. Raises `error` where these are the shipped ones."""
        if self.admin == self.shipped:
            raise error
        log.error("template_failed", template=error.name, line=error.line, reason=error.message)
        return TemplateFolder(self.shipped, self.shipped, self._cache)

    def names(self) -> tuple[str, ...]:
        """Every notice there is."""
        return NAMES

    def languages(self) -> tuple[str, ...]:
        """The languages with at least one template, English first."""
        found = {
            path.name
            for folder in (self.shipped, self.admin)
            for path in (folder.iterdir() if folder.is_dir() else ())
            if path.is_dir() and _LANGUAGE.fullmatch(path.name) and any(path.glob(f"*{_SUFFIX}"))
        }
        return tuple(sorted(found, key=lambda language: (language != _ENGLISH, language)))

    def listing(self) -> list[TemplateInfo]:
        """Every notice in every language it has a file for, and the layout last."""
        listed = [
            info
            for name in NAMES
            for language in self.languages()
            if (info := self._info(name, language)) is not None
        ]
        layout = self._info(_LAYOUT, "")
        return [*listed, *([layout] if layout else [])]

    def problems(self) -> list[TemplateProblem]:
        """What in the admin's folder is not used, and why."""
        found: list[TemplateProblem] = []
        for path in self._admin_files():
            misplaced = self._misplaced(path)
            held = (
                TemplateError(path.name, 1, misplaced)
                if misplaced
                else self._load(path, *_parts(path))
            )
            if isinstance(held, TemplateError):
                found.append(TemplateProblem(path=path, line=held.line, message=held.message))
        return found

    def _misplaced(self, path: Path) -> str:
        """Why nobody would ever read this file; empty where somebody does."""
        name, language = _parts(path)
        if path.name == _LAYOUT:
            return ""
        if path.parent == self.admin or not _LANGUAGE.fullmatch(language):
            return "it must lie in a folder named by its language, as en or es"
        if name not in NAMES:
            near = difflib.get_close_matches(name, NAMES, n=1)
            hint = f"; did you mean {near[0]}{_SUFFIX}?" if near else ""
            return f"no notice has this name{hint}"
        return ""

    def source(self, name: str, language: str) -> str:
        """The text of the template in use; for the layout, name `layout.html.j2`."""
        info = self._info(name, language)
        if info is None:
            raise MailresponderError(f"there is no template {name} in {language or 'any language'}")
        path = (
            info.path
            if info.state is not State.BROKEN
            else self.shipped / _relative(name, language)
        )
        return path.read_text(encoding="utf-8")

    def copy(self, name: str, language: str) -> Path:
        """Put the shipped template into the admin's folder, to be changed there.

        Raises MailresponderError where a file is there already or none is shipped.
        """
        relative = _relative(name, language)
        shipped, target = self.shipped / relative, self.admin / relative
        if not shipped.is_file():
            raise MailresponderError(f"no {relative} is shipped")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8") as file:
                file.write(shipped.read_text(encoding="utf-8"))
        except FileExistsError:
            raise MailresponderError(
                f"{target} is there already", mend="change that file"
            ) from None
        except OSError as error:
            raise MailresponderError(f"{target} cannot be written: {error.strerror}") from None
        return target

    def _candidates(self, name: str, language: str) -> Iterator[tuple[Path, str, bool]]:
        """Where a template may be, the best place first: file, language, shipped or not."""
        for spoken in dict.fromkeys((language, _ENGLISH)):
            if _LANGUAGE.fullmatch(spoken):
                for folder in (self.admin, self.shipped):
                    shipped = folder == self.shipped
                    yield folder / spoken / f"{name}{_SUFFIX}", spoken, shipped

    def _info(self, name: str, language: str) -> TemplateInfo | None:
        relative = _relative(name, language)
        admin, shipped = self.admin / relative, self.shipped / relative
        held = self._load(admin, name, language)
        if held is None:
            if not shipped.is_file():
                return None
            state, path = State.SHIPPED, shipped
        else:
            state = State.BROKEN if isinstance(held, TemplateError) else State.CHANGED
            path = admin
        return TemplateInfo(
            name=name.removesuffix(".html.j2"), language=language, state=state, path=path
        )

    def _admin_files(self) -> list[Path]:
        if not self.admin.is_dir():
            return []
        found = [*self.admin.glob(f"*/*{_SUFFIX}"), *self.admin.glob(f"*{_SUFFIX}")]
        layout = self.admin / _LAYOUT
        return sorted([*found, *([layout] if layout.exists() else [])])

    def _load(
        self, path: Path, name: str = _LAYOUT, language: str = ""
    ) -> Template | Layout | TemplateError | None:
        """The compiled file or what is wrong with it; None where there is no such file."""
        try:
            status = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return TemplateError(path.name, 1, f"it cannot be read: {error.strerror}")
        stamp = (status.st_mtime_ns, status.st_size)
        cached = self._cache.get(path)
        if cached is None or cached.stamp != stamp:
            cached = _Cached(stamp=stamp, held=self._compiled(path, name, language))
            self._cache[path] = cached
        return cached.held

    def _compiled(self, path: Path, name: str, language: str) -> Template | Layout | TemplateError:
        try:
            source = _read(path)
            if path.name == _LAYOUT:
                return compile_layout(source, name=path.name)
            template = compile_template(source, name=path.name)
            # The shipped ones are known to pass, and trying takes a moment.
            if not path.is_relative_to(self.shipped):
                self._try(template, name, language)
        except TemplateError as error:
            return error
        return template

    def _try(self, template: Template, name: str, language: str) -> None:
        layout = compile_layout(_read(self.shipped / _LAYOUT), name=_LAYOUT)
        for variables in samples(name, language).values():
            template.render(variables, layout=layout, language=language, timezone=TIMEZONE)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_SOURCE * 4:
            raise TemplateError(path.name, 1, f"it is longer than {MAX_SOURCE} characters")
        content = path.read_bytes()
        return content.decode("utf-8")
    except OSError as error:
        raise TemplateError(path.name, 1, f"it cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TemplateError(path.name, line, "it is not saved as UTF-8") from None


def _incomplete(file: str) -> MailresponderError:
    return MailresponderError(f"{file} is nowhere", mend="install mailresponder again")


def _known(name: str) -> None:
    if name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, n=1)
        raise MailresponderError(
            f"there is no notice named {name}",
            mend=f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMES)}",
        )


def _relative(name: str, language: str) -> Path:
    if name in (_LAYOUT, "layout"):
        return Path(_LAYOUT)
    _known(name)
    if not _LANGUAGE.fullmatch(language):
        raise MailresponderError(f"{language} is no language", mend="write en or es")
    return Path(language) / f"{name}{_SUFFIX}"


def _parts(path: Path) -> tuple[str, str]:
    """The notice and the language a file is for, by its place."""
    return path.name.removesuffix(_SUFFIX), path.parent.name


def _shipped() -> Path:
    """In the wheel, the package holds the templates; in a checkout they lie beside it."""
    inside = _PACKAGE / "templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"
