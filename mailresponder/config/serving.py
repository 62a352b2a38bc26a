"""Who could reach the page, and is everybody asked for a password who could?

Needs a section whose values are right.
"""

import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

from mailresponder.config.fields import is_loopback
from mailresponder.config.services import WebSettings
from mailresponder.config.settings import Config
from mailresponder.errors import ConfigError, ConfigProblem

_HOW = (
    "give somebody a password: `mailresponder web --hash` asks for one and prints the lines; "
    "or leave the page on this machine: 127.0.0.1"
)


def safely(web: WebSettings) -> Iterator[ConfigProblem]:
    """A page that others can reach and nobody needs a password for; a user who is named twice."""
    elsewhere = {
        "web.host": web.host,
        "web.url": urlsplit(web.url).hostname or "localhost",
    }
    for path, host in elsewhere.items():
        if not web.user and not is_loopback(host):
            yield ConfigProblem(
                path=path, message="others could reach the page, and no user is named", hint=_HOW
            )
    seen: dict[str, str] = {}
    for number, user in enumerate(web.user):
        path = f"web.user[{number}].name"
        first = seen.setdefault(folded(user.name), path)
        if first != path:
            yield ConfigProblem(path=path, message=f"stands at {first} already")


def require_safe_at(config: Config, host: str) -> WebSettings:
    """The page as configured, but for where it listens. Raises ConfigError where it may not listen
    there as it may where the configuration says."""
    web = config.web.model_copy(update={"host": host})
    problems = list(safely(web))
    if problems:
        raise ConfigError(problems, source=str(config.path))
    return web


def folded(name: str) -> str:
    """A user's name however it is typed: in capitals, or with an accent in two parts."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def in_the_open(web: WebSettings) -> Iterator[str]:
    """Warns where passwords and mail would cross the network readable by anyone."""
    if not is_loopback(web.host) and not web.url:
        yield (
            f"[web] the page at {web.host} is not encrypted: put a reverse proxy with TLS in front "
            "of it and say its address in `url`"
        )
