"""What single values of the configuration look like, and what is said where they do not.

A validator raises ValueError with a message and, where there is advice, a hint as its second
argument; neither ever holds the value itself, for it may be a secret.
"""

import re
import shlex
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from mailresponder.config.password_hash import PasswordHash
from mailresponder.policy.deadlines import MIDNIGHT, Window, parse_duration

_Item = TypeVar("_Item")

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"*?]+@[^\W_](?:[\w.-]*[^\W_])?")
_PATTERN = re.compile(r"[^\s@<>()\[\]\\,;:\"?]+@[\w.*-]+")
_WINDOW = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})")
_A_YEAR = timedelta(days=366)
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,9}")


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


def _named(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return _one_line(text.strip())


def _address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    try:
        domain.encode("idna")
    except UnicodeError:
        domain = ""
    if not domain or not _ADDRESS.fullmatch(text):
        raise ValueError("not an e-mail address", "the address alone, as name@example.com")
    if not local.isascii():
        raise ValueError(
            "no mail can be sent to an address with such letters before the @",
            "an address of plain letters, as name@example.com",
        )
    return f"{local}@{domain.lower()}"


def _pattern(text: str) -> str:
    if not _PATTERN.fullmatch(text):
        raise ValueError(
            "neither an e-mail address nor a pattern", "as name@example.com or *@example.com"
        )
    return text.casefold()


def _staff_pattern(text: str) -> str:
    pattern = _pattern(text)
    if not pattern.rpartition("@")[2].strip("*."):
        raise ValueError("everybody in the world would be staff", "name a domain: *@example.com")
    return pattern


def _duration(value: object) -> timedelta:
    if not isinstance(value, str):
        raise ValueError("must be a duration in quotes", "as 90s, 30m, 8h or 2d")  # noqa: TRY004 - pydantic reports no TypeError
    return parse_duration(value)


def _some_days(value: timedelta) -> timedelta:
    if value < timedelta(days=1):
        raise ValueError("must be at least a day", "as 90d")
    return value


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("not a date", "as 2027-05-15") from None


def _start_from(value: object) -> object:
    if value in ("now", "all"):
        return value
    try:
        return _day(value)
    except ValueError:
        raise ValueError('must be "now", "all" or a date', "as 2027-05-15") from None


def _zone(value: object) -> ZoneInfo:
    name = value if isinstance(value, str) else ""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = get_close_matches(name, sorted(available_timezones()), n=1)
        hint = f'did you mean "{near[0]}"?' if near else "as Europe/Madrid (IANA names)"
        raise ValueError("unknown time zone", hint) from None


def _language(code: str) -> str:
    from mailresponder.listening.lexicon import available

    known = available()
    if code not in known:
        raise ValueError("there is no lexicon for this language", f"known: {', '.join(known)}")
    return code


def _something(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
    # Not pydantic's min_length, which counts the right items only.
    if not items:
        raise ValueError("must not be empty")
    return items


def _languages(codes: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(codes)) < len(codes):
        raise ValueError("names a language twice")
    return codes


def _host(host: str) -> str:
    try:
        # Python asks for no other name, and says so in an error that is not of the network.
        host.encode("idna")
    except UnicodeError:
        host = ""
    if not host or re.search(r"[\s/@\[\]]", host) or host.count(":") == 1:
        raise ValueError("must be a host name, without scheme and port", "as imap.example.com")
    return _one_line(host)


def _prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text):
        raise ValueError("must be one to ten capital letters and digits, a letter first")
    return text


def _command(text: str) -> str:
    try:
        words = shlex.split(text)
    except ValueError:
        raise ValueError("a quotation mark is not closed") from None
    if not words:
        raise ValueError("must not be empty")
    return text


def _beside_the_file(path: str, info: ValidationInfo) -> str:
    folder = (info.context or {}).get("folder", Path())
    return str(folder / path) if path else ""


def _readable(path: str) -> str:
    try:
        there = not path or Path(path).is_file()
    except OSError as error:
        raise ValueError(f"it cannot be looked for: {error.strerror}") from error
    if not there:
        raise ValueError("there is no such file")
    return path


def _database(url: str) -> str:
    if url.startswith("sqlite:///") and url.strip("/") not in ("sqlite:", "sqlite:///:memory:"):
        return url
    if url.startswith("postgresql://"):
        return url
    raise ValueError(
        "must be sqlite:/// and a file, or postgresql:// and a server",
        "as sqlite:///mailresponder.db or postgresql://user@host/database",
    )


def _open_hours(value: object) -> tuple[Window, ...]:
    """A day's windows in order. Raises ValueError where they are empty or overlap."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("must be a list of windows in quotes", 'as ["09:00-14:00"]')
    windows = sorted(_window(item) for item in value)
    for (_, closes), (opens, _) in pairwise(windows):
        if closes == MIDNIGHT or closes > opens:
            raise ValueError("windows overlap")
    return tuple(windows)


def _window(text: str) -> Window:
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a window", "as 09:00-14:00")
    hours, minutes, until_hours, until_minutes = (int(group) for group in match.groups())
    if (until_hours, until_minutes) == (24, 0):
        until_hours = 0
    try:
        opens, closes = time(hours, minutes), time(until_hours, until_minutes)
    except ValueError:
        raise ValueError("no such time of day", "00:00 to 24:00") from None
    if opens == closes != MIDNIGHT:
        raise ValueError("a window is empty")
    if opens > closes != MIDNIGHT:
        hint = "a night is two windows: until 24:00, and from 00:00 on the next day"
        raise ValueError("a window ends before it begins", hint)
    return opens, closes


def _time_of_day(value: object) -> time:
    if isinstance(value, time):
        return value
    try:
        return time.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("no time of day", 'as "08:30"') from None


def _time_of_week(value: object) -> tuple[int, time]:
    """The weekday, Monday being 0, and the time."""
    if isinstance(value, tuple):
        return value
    day, _, at = value.strip().lower().partition(" ") if isinstance(value, str) else ("", "", "")
    if day not in WEEK:
        raise ValueError("no weekday and time", f'as "mon 08:30" ({", ".join(WEEK)})')
    return WEEK.index(day), _time_of_day(at.strip())


def _whole_days(length: timedelta) -> timedelta:
    if length % timedelta(days=1) or not timedelta(0) < length <= _A_YEAR:
        raise ValueError("must be whole days, 366 at most", "as 7d or 28d")
    return length


def _scrypt_hash(text: str) -> str:
    try:
        PasswordHash.read(text)
    except ValueError as error:
        raise ValueError(str(error), "`mailresponder web --hash` prints one") from None
    return text


def _origin(url: str) -> str:
    """Scheme, host and port, in lower case; empty for none."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        # As browsers name it (RFC 5891 §4.4).
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in ("https", "http") or not host or "@" in parts.netloc:
        raise ValueError("must be https:// and a host name", "as https://desk.example.com")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            "must end with the host name: the page cannot lie below a path",
            "give it a host name of its own, as https://desk.example.com",
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("passwords would cross the network readable by anyone", "use https://")
    usual = {"https": 443, "http": 80}[parts.scheme]
    name = f"[{host}]" if ":" in host else _host(host)
    return f"{parts.scheme}://{name}" + (f":{port}" if port not in (None, usual) else "")


def is_loopback(host: str) -> bool:
    """Does the name or address stand for this machine?"""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


# A TOML list is a Python list; the rest of the model is strict, so that "993" is no port.
_List = Field(strict=False)

Several = Annotated[tuple[_Item, ...], _List]
AtLeastOne = Annotated[tuple[_Item, ...], _List, AfterValidator(_something)]

OneLine = Annotated[str, AfterValidator(_one_line)]
Named = Annotated[str, AfterValidator(_named)]
Names = Several[Named]
Email = Annotated[str, AfterValidator(_address)]
Emails = Several[Email]
SomeEmails = AtLeastOne[Email]
Patterns = Several[Annotated[str, AfterValidator(_pattern)]]
StaffPatterns = Several[Annotated[str, AfterValidator(_staff_pattern)]]
Languages = Annotated[
    AtLeastOne[Annotated[str, AfterValidator(_language)]], AfterValidator(_languages)
]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
WholeDays = Annotated[Duration, AfterValidator(_whole_days)]
SomeTime = Annotated[Duration, Field(gt=timedelta(0))]
SomeDays = Annotated[Duration, AfterValidator(_some_days)]
Days = Several[Annotated[date, BeforeValidator(_day)]]
StartFrom = Annotated[date | Literal["now", "all"], BeforeValidator(_start_from)]
TimeOfWeek = Annotated[tuple[int, time], BeforeValidator(_time_of_week)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
OpenHours = Annotated[tuple[Window, ...], BeforeValidator(_open_hours)]
Host = Annotated[str, AfterValidator(_host)]
Origin = Annotated[str, AfterValidator(_origin)]
ScryptHash = Annotated[str, AfterValidator(_scrypt_hash)]
Port = Annotated[int, Field(ge=1, le=65535)]
Prefix = Annotated[str, AfterValidator(_prefix)]
Command = Annotated[str, AfterValidator(_command)]
Secret = Annotated[str, Field(min_length=1)]
FilePath = Annotated[str, AfterValidator(_beside_the_file)]
CaFile = Annotated[FilePath, AfterValidator(_readable)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
