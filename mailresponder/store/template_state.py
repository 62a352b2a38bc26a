"""How it stands with a template: which file serves, and what is wrong with the admin's."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from mailresponder.store.template_places import Place
from mailresponder.templating import TemplateError


class State(StrEnum):
    """Which file serves a notice in a language."""

    SHIPPED = "shipped"
    CHANGED = "changed"
    """The admin's."""
    BROKEN = "broken"
    """The admin's cannot be used, or failed on a real mail."""


class InUse(StrEnum):
    """What the next mail is written with."""

    OWN = "own"
    """The file of this place."""
    LAST_GOOD = "last good"
    """The newest version of that file that can be used."""
    DESK = "desk"
    """The whole desk's file, for want of the mailbox's own."""
    SHIPPED = "shipped"
    """The shipped one in this language, else what stands in for the language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateProblem:
    """Why a file in the admin's folder is not used."""

    path: Path
    line: int
    message: str
    place: Place | None
    """None where nobody would ever read the file, or it is a folder that cannot be read."""
    using: InUse | None
    """What serves in its place; OWN: it fails on some mails only, which get the shipped one."""

    digest: str
    """SHA-256 of the file in hexadecimal digits; empty where it is not read."""
    others: tuple[TemplateError, ...] = ()
    """What else is wrong with it, further down."""

    @property
    def meanwhile(self) -> str:
        """What happens until it is mended, as a sentence."""
        match self.using:
            case None:
                return "nothing uses it"
            case InUse.OWN:
                return "mails on which it fails are written with the shipped one"
            case InUse.LAST_GOOD:
                return "until it is mended, its last good version is used"
            case InUse.DESK:
                return "until it is mended, the whole desk's template is used"
            case InUse.SHIPPED:
                return "until it is mended, the shipped template is used"


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateInfo:
    """One template file that is there or could be."""

    place: Place
    state: State
    path: Path
    """The admin's file where there is one, else the shipped one."""
    problem: TemplateProblem | None
    in_use: InUse
    changed_at: datetime | None
    """None for a shipped one that was never changed."""
    changed_by: str
    """As in `Version.by`; empty where it was never changed."""
