"""What somebody answers when a desk is set up, and what stands there until they do."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from mailresponder.config.sections import WEEK
from mailresponder.jobs import guessing
from mailresponder.jobs.presets import GENERIC, Preset, Server

_SIESTA = ("09:00-14:00", "15:00-18:00")
WORKING_WEEK: Mapping[str, tuple[str, ...]] = MappingProxyType(dict.fromkeys(WEEK[:5], _SIESTA))

EXAMPLE = "support@example.com"
"""The address that texts are written for."""

_DIGITS = 5
"""Of a port, at most."""

_A_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_SOME_DAYS = re.compile(r"(?P<first>[a-z]{3})(?:\s*-\s*(?P<last>[a-z]{3}))?\s+(?P<windows>.+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """All that is asked. The defaults are examples, good enough for a file that loads."""

    preset: Preset
    imap: Server
    smtp: Server
    sign_in: str
    """`password`, `google` or `microsoft`."""
    address: str = EXAMPLE
    username: str = ""
    """Empty: the address."""
    password: tuple[str, str] = ("password_env", "SUPPORT_PASSWORD")
    """The key and its value: where the password is, never the password."""
    ca_file: str = ""
    """Whom the servers' certificates are signed by; empty: somebody this machine trusts."""
    sent_folder: str = ""
    """Empty: it is found."""
    client_id: str = "00000000-0000-0000-0000-000000000000"
    tenant: str = ""
    account: str = ""
    """Who signs in with OAuth 2.0; empty: the user name."""
    client_secret: tuple[str, str] | None = None
    """As `password`; None: the provider gave none."""
    name: str = "Acme Support"
    timezone: str = "Europe/Madrid"
    languages: tuple[str, ...] = ("en", "es")
    hours: Mapping[str, tuple[str, ...]] | None = field(default_factory=lambda: WORKING_WEEK)
    """The windows of each weekday that has any; None: around the clock."""
    holidays: tuple[str, str] = ("", "")
    """Country and subdivision."""
    staff: tuple[str, ...] = ("*@example.com",)
    lead: tuple[str, ...] = ("lead@example.com",)
    """Who is told when a deadline has passed; empty: nobody."""
    admins: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()
    """The fields that somebody has answered."""

    @property
    def mailbox(self) -> str:
        """What the mailbox is called: the address without its domain."""
        return self.address.partition("@")[0]

    @property
    def file_name(self) -> str:
        """What a file of this mailbox's begins with. An address may hold what parts folders."""
        return re.sub(r"[^\w-]", "-", self.mailbox, flags=re.ASCII)


FIELDS = frozenset(each.name for each in fields(Answers)) - {"preset", "given"}


def first_steps(answers: Answers) -> list[str]:
    """What to do at the provider before anything works, for this mailbox."""
    return [text.replace(EXAMPLE, answers.address) for text in answers.preset.first]


def for_preset(preset: Preset) -> Answers:
    """The examples for a provider."""
    way = preset.sign_in[0]
    answers = Answers(preset=preset, imap=preset.imap, smtp=preset.smtp, sign_in=way)
    return for_sign_in(answers, way)


def for_sign_in(answers: Answers, way: str) -> Answers:
    """The answers for another way to sign in. Raises ValueError where the provider has it not."""
    ways = {"password", *answers.preset.sign_in}
    if way not in ways and answers.preset.name != GENERIC:
        raise ValueError(f"no way to sign in there: {way}", f"there are: {', '.join(sorted(ways))}")
    # Google gives its desktop applications a secret, Microsoft gives public clients none.
    secret = ("client_secret_env", "SUPPORT_CLIENT_SECRET") if way == "google" else None
    return replace(answers, sign_in=way, client_secret=secret)


class SecurityUnknown(ValueError):  # noqa: N818 - as what it says
    """A server's port tells nothing of TLS."""


def for_address(answers: Answers, address: str) -> Answers:
    """The answers for another address, with what follows from it: everybody in its domain is
    staff, unless the domain is a provider's, and nobody is told of what is late."""
    domain = address.rpartition("@")[2].lower()
    own = _A_DOMAIN.fullmatch(domain) and guessing.of_domain(domain) is None
    following: dict[str, Any] = {"staff": (f"*@{domain}",) if own else (), "lead": ()}
    for name in answers.given & following.keys():
        del following[name]
    return replace(answers, address=address, given=answers.given | {"address"}, **following)


def for_provider(answers: Answers, preset: Preset, guess: guessing.Guess | None) -> Answers:
    """The answers for another provider. `guess`: what the domain says of its servers, which counts
    where the provider is any."""
    fresh = for_preset(preset)
    found: dict[str, Any] = {"imap": fresh.imap, "smtp": fresh.smtp}
    given = answers.given - found.keys()
    if preset.name == GENERIC:
        domain = answers.address.rpartition("@")[2] or "example.com"
        for key, server in found.items():
            named = getattr(guess, key, None)
            found[key] = named or replace(server, host=f"{key}.{domain}")
            given |= {key} if named else frozenset()
    return replace(
        answers,
        preset=preset,
        sign_in=fresh.sign_in,
        client_secret=fresh.client_secret,
        given=given,
        **found,
    )


def read_server(text: str, ports: Mapping[str, int], security: str | None = None) -> Server:
    """A server from `HOST` or `HOST:PORT`. `ports`: the usual one for each kind of security, the
    usual kind first: each tells the other.

    Raises ValueError with what is not understood, of which SecurityUnknown is one.
    """
    host, colon, port = text.strip().rpartition(":")
    if not colon or "]" in port or (":" in host and not host.endswith("]")):
        host, port = text.strip(), ""
    host = host.strip("[]")
    if not port:
        kind = security or next(iter(ports))
        return Server(host=host, port=ports[kind], security=kind)
    # int() takes more than digits, and more of them than fit a port.
    if not port.isascii() or not port.isdigit() or len(port) > _DIGITS:
        raise ValueError(f"no port: {port}", "as imap.example.com:993")
    number = int(port)
    known = {usual: kind for kind, usual in ports.items() if kind != "none"}
    if security is None and number not in known:
        raise SecurityUnknown(
            f"it is not known how port {number} is secured",
            "say so by --imap-security or --smtp-security",
        )
    return Server(host=host, port=number, security=security or known[number])


def read_hours(text: str) -> Mapping[str, tuple[str, ...]] | None:
    """Opening hours in words, as `mon-fri 09:00-14:00 15:00-18:00, sat 10:00-13:00`, or `always`.

    Raises ValueError with what is not understood. The windows are not looked into.
    """
    said = text.strip().lower()
    if said == "always":
        return None
    week: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (part.strip() for part in re.split("[,;]", said))):
        match = _SOME_DAYS.fullmatch(part)
        days = _days(match["first"], match["last"]) if match else []
        if match is None or not days:
            raise ValueError(
                f"not understood: {part}",
                'as "mon-fri 09:00-14:00 15:00-18:00, sat 10:00-13:00", or "always"',
            )
        for day in days:
            week[day] = week.get(day, ()) + tuple(match["windows"].split())
    if not week:
        raise ValueError("no opening hours", '"always" is around the clock')
    return {day: week[day] for day in WEEK if day in week}


def said_hours(week: Mapping[str, tuple[str, ...]] | None) -> str:
    """The same in words, to be read back by `read_hours`."""
    if week is None:
        return "always"
    parts: list[tuple[list[str], tuple[str, ...]]] = []
    for day in WEEK:
        windows = week.get(day, ())
        if parts and windows == parts[-1][1]:
            parts[-1][0].append(day)
        else:
            parts.append(([day], windows))
    return ", ".join(_said_days(days, windows) for days, windows in parts if windows)


def _said_days(days: Sequence[str], windows: Sequence[str]) -> str:
    together = f"{days[0]}-{days[-1]}" if len(days) > 1 else days[0]
    return f"{together} {' '.join(windows)}"


def _days(first: str, last: str | None) -> list[str]:
    """The days from one to another, over the end of the week too; empty where one is none."""
    if first not in WEEK or (last or first) not in WEEK:
        return []
    begin, end = WEEK.index(first), WEEK.index(last or first)
    return [WEEK[number % 7] for number in range(begin, (end if end >= begin else end + 7) + 1)]
