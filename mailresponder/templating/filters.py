"""The filters of mail templates: words for times and durations, and the quoting of customers."""

from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.exceptions import FilterArgumentError
from jinja2.runtime import Context, Undefined

from mailresponder.templating.names import Kind
from mailresponder.templating.values import (
    Lined,
    Own,
    Quoted,
    Worded,
    defuse,
    lines,
    one_line,
    shorten,
)
from mailresponder.templating.wording import ENGLISH, WORDS

LOCALE = "_locale"
"""Where a template's context keeps the `Locale`; templates cannot name it themselves."""
_LONGEST_JOIN = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Locale:
    """Whose language and whose clock a template speaks."""

    language: str
    """A language without words here gets ISO 8601 dates and English durations."""
    timezone: ZoneInfo
    now: datetime | None
    """A date of another year than this one's names its year; None: every date does."""


def _locale(context: Context) -> Locale:
    found = context.parent[LOCALE]
    if not isinstance(found, Locale):
        raise FilterArgumentError("times need a locale")
    return found


def _local(locale: Locale, value: object, name: str) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(locale.timezone)
    raise FilterArgumentError(f"{name} needs a time, and this is {_other(value)}")


def _other(value: object) -> str:
    return "nothing: ask `{% if … %}` first" if value is None else "none"


def _date_in_words(locale: Locale, local: datetime) -> str:
    words = WORDS.get(locale.language)
    day: date = local.date()
    if words is None:
        return day.isoformat()
    text = words.date.format(
        weekday=words.days[day.weekday()], day=day.day, month=words.months[day.month - 1]
    )
    if locale.now is not None and locale.now.astimezone(locale.timezone).year == day.year:
        return text
    return text + words.year.format(year=day.year)


def day_and_time_in(locale: Locale, value: object) -> Own:
    """`day_and_time`, for a locale at hand."""
    local = _local(locale, value, "day_and_time")
    words = WORDS.get(locale.language)
    if words is None:
        return Own(f"{local:%Y-%m-%d %H:%M}")
    at = words.at_one if local.hour == 1 else words.at
    return Own(_date_in_words(locale, local) + at.format(time=f"{local:%H:%M}"))


def duration_in(locale: Locale, value: object, *, days: bool = True) -> Own:
    """`duration`, for a locale at hand."""
    if not isinstance(value, timedelta):
        raise FilterArgumentError(f"duration needs a length of time, and this is {_other(value)}")
    words = WORDS.get(locale.language, ENGLISH)
    minutes = max(int(value.total_seconds() // 60), 0)
    hours = minutes // 60
    counts = (hours // 24, hours % 24, minutes % 60) if days else (0, hours, minutes % 60)
    first = next((i for i, count in enumerate(counts) if count), None)
    if first is None:
        return Own(words.moment)
    parts = [
        f"{count} {one if count == 1 else many}"
        for count, (one, many) in list(zip(counts, words.units, strict=True))[first : first + 2]
        if count
    ]
    return Own(words.and_.join(parts))


@pass_context
def day_and_time(context: Context, value: object) -> Own:
    """A time as `Monday 23 November at 10:00`, `lunes 23 de noviembre a las 10:00`."""
    return day_and_time_in(_locale(context), value)


@pass_context
def date_(context: Context, value: object) -> Own:
    """A time's date as `Monday 23 November`, `lunes 23 de noviembre`."""
    locale = _locale(context)
    return Own(_date_in_words(locale, _local(locale, value, "date")))


@pass_context
def time_(context: Context, value: object) -> Own:
    """A time of day as `10:00`."""
    return Own(f"{_local(_locale(context), value, 'time'):%H:%M}")


@pass_context
def zone(context: Context, value: object) -> Own:
    """The clock a time is told by, as `Madrid time`, `hora de Madrid` or `UTC`."""
    locale = _locale(context)
    local = _local(locale, value, "zone")
    area, slash, place = locale.timezone.key.rpartition("/")
    words = WORDS.get(locale.language)
    if not slash or area == "Etc" or words is None:
        return Own(local.tzname() or locale.timezone.key)
    place = place.replace("_", " ")
    return Own(words.zone.format(place=words.places.get(place, place)))


@pass_context
def duration(context: Context, value: object, days: bool = True) -> Own:
    """A length of time in its two largest units: `2 hours and 5 minutes`; rounded down. Without
    `days` in hours, however many, as of working time."""
    return duration_in(_locale(context), value, days=days)


def fallback(value: object, text: str) -> object:
    """The value, or `text` where it is nothing or blank."""
    blank = not value.strip() if isinstance(value, str) else value is None
    return text if blank else value


def quote(value: object, characters: int = 3000, rows: int = 60) -> Quoted:
    """Somebody's words as a block quote, cut to so many characters and lines.

    For a line of its own.
    """
    if not isinstance(value, str):
        raise FilterArgumentError(f"quote needs a text, and this is {_other(value)}")
    text = value.strip()
    kept = text[:characters].splitlines()
    cut = len(text) > characters or len(kept) > rows
    kept = [one_line(line) for line in kept[:rows]]
    if not isinstance(value, Own):
        kept = [defuse(line) for line in kept]
    return Quoted("\n".join([*kept, "…"] if cut else kept))


def lines_(value: object) -> Lined:
    """The desk's own words, line by line as they were written.

    A customer's are quoted instead: what stands in a mail of ours without a mark is ours.
    """
    if not isinstance(value, Own):
        nothing = (
            "nothing: ask `{% if … %}` first" if value is None else "a customer's: use `quote`"
        )
        raise FilterArgumentError(f"lines needs a text of the desk, and this is {nothing}")
    return Lined("\n".join(lines(value.strip())))


@pass_context
def join(context: Context, value: Iterable[object], separator: str = "") -> str:
    """The items one after another, with the separator between them."""
    locale = _locale(context)
    parts: list[str] = []
    room = _LONGEST_JOIN
    for item in value:
        words = item.in_language(locale.language) if isinstance(item, Worded) else str(item)
        parts.append(one_line(words[:_LONGEST_JOIN]))
        room -= len(parts[-1]) + len(separator) + 1
        if room < 0:
            break
    return shorten(separator.join(parts), _LONGEST_JOIN)


def count(value: Sized) -> int:
    """How many."""
    return len(value)


def lower(value: object) -> str:
    """In small letters."""
    return str(value).lower()


def upper(value: object) -> str:
    """In capital letters."""
    return str(value).upper()


def capitalize(value: object) -> str:
    """With a capital first letter; the others as they are."""
    text = str(value)
    return text[:1].upper() + text[1:]


def cut(value: object, characters: int) -> str:
    """At most so many characters, cut between words."""
    return shorten(one_line(str(value)), max(characters, 2))


FILTERS: Mapping[str, Callable[..., object]] = {
    "fallback": fallback,
    "day_and_time": day_and_time,
    "date": date_,
    "time": time_,
    "zone": zone,
    "duration": duration,
    "quote": quote,
    "lines": lines_,
    "join": join,
    "count": count,
    "lower": lower,
    "upper": upper,
    "capitalize": capitalize,
    "cut": cut,
}
"""Every filter a template can use."""

_ANYTHING = frozenset(kind for kind in Kind if kind not in (Kind.LIST, Kind.RECORD))
TAKES: Mapping[str, frozenset[Kind]] = {
    **dict.fromkeys(("day_and_time", "date", "time", "zone"), frozenset({Kind.TIME})),
    "duration": frozenset({Kind.LENGTH}),
    **dict.fromkeys(("quote", "lines"), frozenset({Kind.TEXT})),
    **dict.fromkeys(("join", "count"), frozenset({Kind.LIST, Kind.TEXT})),
    **dict.fromkeys(("lower", "upper", "capitalize", "cut"), _ANYTHING),
}
"""What each filter can be put on; `fallback` on anything."""
RESULTS: Mapping[str, Kind] = {
    **dict.fromkeys(FILTERS, Kind.TEXT),
    "count": Kind.NUMBER,
}
"""What comes of it; of `fallback` what was there."""


def written(locale: Locale, value: object) -> str:
    """A value as it stands in a template without a further filter; nothing for None."""
    match value:
        case Quoted() | Lined():
            return value
        case Worded():
            return value.in_language(locale.language)
        case Own():
            return type(value)(one_line(value))
        case str():
            return defuse(one_line(value))
        case None:
            return ""
        case Undefined():
            return str(value)  # raises: the template asked for what is not there
        case datetime():
            return day_and_time_in(locale, value)
        case timedelta():
            return duration_in(locale, value)
        case bool():
            words = WORDS.get(locale.language, ENGLISH)
            return Own(words.yes if value else words.no)
        case int() | float():
            return Own(value)
        case list() | tuple():
            raise FilterArgumentError("this is a list: write its items with `for` or `join`")
        case _:
            raise FilterArgumentError("this is several values: write one of them, by its name")
