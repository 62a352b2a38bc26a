"""From where a request comes, as a browser tells it: by which name it asks for us, and whether a
form was filled in on a page of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from mailresponder.config.fields import is_loopback

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - names what is listened on, binds nothing


@dataclass(frozen=True, slots=True)
class Home:
    """The names of the page."""

    host: str
    """Where it listens."""
    url: str = ""
    """How it is reached through a reverse proxy; empty: without one."""

    @property
    def secure(self) -> bool:
        """Does it only travel encrypted?"""
        return self.url.startswith("https://")

    def is_asked_for(self, host: str) -> bool:
        """Is this `Host` header one of our names?

        A stranger's name that leads to this machine is none: a page that was loaded under it could
        read ours (DNS rebinding). An address can be nobody's name.
        """
        name = _name(host)
        if name in (self.host.lower(), _name(self._netloc)) or is_loopback(name):
            return bool(name)
        return self.host in _EVERYWHERE and _is_address(name)

    def sent(self, headers: Mapping[str, str]) -> bool | None:
        """Was a form filled in on a page of ours? None where the browser does not say.

        `headers` by lower-case name. Sec-Fetch-Site comes first: neither a script nor a reverse
        proxy that changes `Host` can make it wrong.
        """
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in ("same-origin", "none")
        origin, host = headers.get("origin"), headers.get("host")
        if origin is None:
            return None
        direct = "" if host == self._netloc else f"http://{host}"
        return bool(origin) and origin in (self.url, direct)

    def came_from(self, headers: Mapping[str, str]) -> str:
        """The path of the page of ours that a request comes from, with its query; empty where the
        browser names none. `headers` by lower-case name."""
        try:
            page = urlsplit(headers.get("referer", ""))
        except ValueError:
            return ""
        path = f"{page.path}?{page.query}" if page.query else page.path
        ours = page.netloc in (headers.get("host"), self._netloc)
        return path if page.netloc and ours and is_ours(path) else ""

    @property
    def _netloc(self) -> str:
        return urlsplit(self.url).netloc


def is_ours(path: str) -> bool:
    """May a visitor be sent there: does the path stay on this site?"""
    # A browser reads \\ as / and drops control characters: //evil.test is another site.
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return plain and path.startswith("/") and not path.startswith("//")


def _name(host: str) -> str:
    """A `Host` header without its port, in lower case; IPv6 without brackets."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
