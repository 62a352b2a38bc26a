"""The sections that say who is told of the desk as a whole, and when."""

from datetime import time, timedelta
from typing import Literal

from pydantic import Field

from mailresponder.config import fields
from mailresponder.config.base import Section


class DigestSettings(Section):
    """`[digest]`"""

    to: fields.Emails = ()
    at: fields.TimeOfDay = time(8, 30)
    """In the desk's zone."""


class ReportSettings(Section):
    """`[report]`"""

    to: fields.Emails = ()
    at: fields.TimeOfWeek = (0, time(8, 30))
    """In the desk's zone."""
    since: fields.WholeDays = timedelta(days=7)
    """How long the time is that it tells of, which ends with the midnight before `at`."""
    languages: dict[str, Literal["en", "es"]] = Field(default_factory=dict)
    """Of who reads another language than the desk's first, by their address."""

    def language_of(self, reader: str) -> str | None:
        """The language somebody reads; None: the desk's first."""
        known = {address.casefold(): spoken for address, spoken in self.languages.items()}
        return known.get(reader.casefold())
