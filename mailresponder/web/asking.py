"""What a page is asked, and by whom: plain data, so that a page is a plain function."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from mailresponder.web.words import Words


class Role(IntEnum):
    """What somebody may do; each may what those before it may."""

    NOBODY = 0
    """Not signed in."""
    VIEWER = 1
    """Looks at everything, changes nothing."""
    ADMIN = 2
    """Edits templates, acts on tickets, sends again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """Who asks."""

    name: str
    """As histories and stories name them; empty for nobody."""
    role: Role
    token: str
    """What their forms must bring along, so that no other site can send one in their name."""
    session: str = ""
    """Names this sign-in; it lets nobody in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request, read whole."""

    path: Mapping[str, str]
    """What the route's placeholders matched."""
    query: Mapping[str, str]
    form: Mapping[str, str]
    """The fields of a form; empty for a GET."""
    upload: bytes | None
    """A file in the field `file`; None where none was chosen."""
    visitor: Visitor
    words: Words
    """The page's words in the visitor's language."""
    now: datetime
    address: str = ""
    """Where they ask from."""
    known: str = ""
    """What this browser was given when somebody signed in with it, as it sends it back."""

    @property
    def by(self) -> str:
        """The visitor, as stories and histories name who did something."""
        return on_the_page(self.visitor.name)


def on_the_page(name: str) -> str:
    """Somebody, as who did something here and not by mail or on the command line."""
    return f"{name} (web)"
