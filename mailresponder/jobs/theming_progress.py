"""How far the desk has come with looking at what people write, as it is noted in the store."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Self

from mailresponder.listening.taxonomy import Taxonomy

EVERY = timedelta(days=1)
"""How often new themes are looked for."""
_LATE = 1000
"""Rows below the newest that are looked at again: one of a lower number may be committed later, or
get the number of one that is gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """Rows of messages are walked through from `below` down to `floor`."""

    taxonomy: str = ""
    """The digest of the one that messages are looked at with."""
    written: str = ""
    """That of all that stands in it, names too."""
    space: str | None = None
    """Where uncovered messages are compared; None: by words."""
    looked: int = 0
    """The newest row when the last walk began."""
    below: int = 0
    """The rows below this one are still to be looked at; 0: none."""
    floor: int = 0
    """The rows up to this one were looked at before."""
    owing: bool = False
    """May some be still to be given their place?"""
    found_at: str = ""
    """When new themes were last looked for."""
    found_until: int = 0
    """The newest row that was looked through then."""
    finds: int = 0
    """How often they were looked for: who found some meanwhile has seen the same messages."""

    @classmethod
    def from_json(cls, content: str | None) -> Self:
        """As `to_json` wrote it; nothing was looked at where that is None."""
        held = json.loads(content) if content else {}
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in held.items() if name in known})

    def to_json(self) -> str:
        """For the store."""
        return json.dumps(asdict(self))

    def begun(self, taxonomy: Taxonomy, space: str | None, *, last: int) -> Self:
        """With the messages up to the row `last` that are still to be looked at: the new ones, or,
        with another taxonomy, all."""
        written = fingerprint(taxonomy)
        anew = replace(self, written=written, space=space)
        if taxonomy.digest != self.taxonomy:
            return replace(
                anew, taxonomy=taxonomy.digest, looked=last, below=last + 1 if last else 0, floor=0
            )
        if last == self.looked:
            return anew
        # A walk that is under way begins anew at the top: the newest come first.
        floor = self.floor if self.below else max(0, min(self.looked, last) - _LATE)
        return replace(anew, looked=last, below=last + 1, floor=floor)

    def is_search_due(self, now: datetime) -> bool:
        """Are new themes to be looked for: once a day, when all messages were looked at and there
        are new ones?"""
        if self.below or self.owing or self.looked == self.found_until:
            return False
        since = now - datetime.fromisoformat(self.found_at) if self.found_at else EVERY
        # A day that was noted in the future by mistake puts nothing off.
        return not timedelta(0) <= since < EVERY

    def searched(self, now: datetime) -> Self:
        """New themes were looked for. All messages are walked through once more, for what was
        committed late: those that were looked at cost next to nothing."""
        return replace(
            self,
            found_at=now.isoformat(),
            found_until=self.looked,
            finds=self.finds + 1,
            below=self.looked + 1,
            floor=0,
        )


def fingerprint(taxonomy: Taxonomy) -> str:
    """Tells all that stands in a taxonomy from anything else, names and owners too."""
    said: Sequence[object] = [
        [theme.key, dict(theme.names), dict(theme.words), theme.owner] for theme in taxonomy.themes
    ]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
