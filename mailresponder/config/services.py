"""The sections of the configuration file about what the desk does beside answering: closing,
letting go of what is old, telling how it stands, listening, the page. As `sections`."""

from datetime import time, timedelta
from typing import Literal

from pydantic import Field

from mailresponder.config import fields
from mailresponder.config.section import Section


class ClosingSettings(Section):
    """`[closing]`"""

    after: fields.SomeTime | None = None
    ask_after: fields.SomeTime | None = None


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


class ThemesSettings(Section):
    """`[themes]`"""

    file: str = Field("themes.toml", min_length=1)
    """The themes the desk listens for; the shipped ones where there is no such file."""
    discover: bool = True
    """Are others looked for, in messages that none of them covers?"""
    semantic: bool | None = None
    """By what messages mean, over all languages at once? Needs the extra `themes`; None: where
    that is installed."""


class DefectSettings(Section):
    """`[defects]`"""

    announce_per_hour: int = Field(200, ge=1)
    """How many people are told in an hour that a defect is mended, over all mailboxes."""


class WebUser(Section):
    """`[[web.user]]`"""

    name: fields.Named
    role: Literal["admin", "viewer"] = "viewer"
    password_hash: fields.ScryptHash = Field(repr=False)
    """As `mailresponder web --hash` prints it."""


class WebSettings(Section):
    """`[web]`"""

    host: fields.Host = "127.0.0.1"
    port: fields.Port = 8025
    url: fields.Origin = ""
    """How the page is reached through a reverse proxy, as https://desk.example.com."""
    user: fields.Several[WebUser] = ()
