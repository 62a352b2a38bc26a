"""Closed days: a country's public holidays and the days an admin adds.

The `holidays` package (0.3 s to import and build a country) is loaded when a country is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

_ANY_YEAR = 2026


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedDays:
    """The days on which the desk does not work. A year is reckoned when it is first asked for."""

    country: str = ""
    """ISO 3166-1 alpha-2, as `ES`; empty: no public holidays."""
    subdivision: str = ""
    """As the `holidays` package names it: the second half of ISO 3166-2, as `MD`."""
    extra: frozenset[date] = frozenset()

    def __contains__(self, day: object) -> bool:
        """Is the desk closed on that day?"""
        if not isinstance(day, date):
            return False
        if day in self.extra:
            return True
        return bool(self.country) and day in public_holidays(
            self.country, self.subdivision, day.year
        )

    def name(self, day: date, language: str) -> str:
        """What a public holiday is called; empty where that language has no name for it, and for
        any other day."""
        if not self.country:
            return ""
        return holiday_names(self.country, self.subdivision, day.year, language).get(day, "")


@cache
def public_holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    """A year's public holidays. Raises NotImplementedError for a place the package lacks."""
    return frozenset(_reckoned(country, subdivision, year))


@cache
def holiday_names(country: str, subdivision: str, year: int, language: str) -> Mapping[date, str]:
    """What a year's public holidays are called in a language; nothing where the package has no
    such names. Where two fall on one day it is the first; what a name says of having been moved
    (`Independence Day (observed)`) is left out."""
    # A country speaks its own kind of a language rather than another country's.
    own = _reckoned(country, subdivision, year)
    spoken = sorted(own.supported_languages, key=lambda code: (code != own.default_language, code))
    fits = [code for code in spoken if code.partition("_")[0] == language]
    if not fits:
        return {}
    named = _reckoned(country, subdivision, year, language=fits[0])
    return {day: named.get_list(day)[0].partition(" (")[0] for day in named}


def _reckoned(
    country: str, subdivision: str, year: int, *, language: str | None = None
) -> "HolidayBase":
    from holidays import country_holidays

    # One year at a time, without `expand`: the package's own growing dictionary is not safe to
    # share between threads.
    return country_holidays(
        country, subdiv=subdivision or None, years=year, expand=False, language=language
    )


def check_country(country: str) -> str:
    """The country as given. Raises ValueError(message, hint) for an unknown one."""
    try:
        public_holidays(country, "", _ANY_YEAR)
    except NotImplementedError:
        hint = 'two capital letters, as "ES" (ISO 3166)'
        raise ValueError("no holidays are known for this country", hint) from None
    return country


def check_subdivision(country: str, subdivision: str) -> str:
    """The subdivision as given. Raises ValueError(message, hint) for an unknown one."""
    from holidays import country_holidays

    try:
        public_holidays(country, subdivision, _ANY_YEAR)
    except NotImplementedError:
        known = country_holidays(country, years=_ANY_YEAR).subdivisions
        near = get_close_matches(subdivision, known, n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(known) or 'none'}"
        raise ValueError(f"no such subdivision of {country}", hint) from None
    return subdivision
