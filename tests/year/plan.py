"""What is true of the shop's year: how much is written about what in which week, and how angrily.

The planted truths stand here, and so does what must not be taken for one. Weeks are counted from 1
to 52 and begin on Mondays; shares are of the matters of an ordinary week.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Madrid")
FIRST_MONDAY = date(2024, 12, 30)
WEEKS = 52

DEFECT = "app-white-screen"
"""Begins in both languages with an update of the shop's app."""
DEFECT_WEEK = 31
DEFECT_DAY = 1
"""The Tuesday."""
MENDED = "coffee-lid"
"""A defect of which nobody hears any more soon after it is fixed."""
MENDED_FROM = 10
MENDED_WEEK = 24
ANGER_FROM = 20
"""Up to this week one in ten is angry; from then on it rises evenly to one in five."""
HOLIDAY = 16
"""The week before Easter: few mails, and few people who answer."""
CHRISTMAS = (48, 51)
"""First and last week of the rush."""
SERIAL_THEME = "serial"
"""What the one writes who writes every week: about one thing, and alone."""
JUMPY = "gift-card"
"""Few a week, and never evenly: some weeks none, some weeks many."""
SEASONAL = "return-label"
"""Many after Christmas, as every year."""
BUSY = "wrong-item"
BUSY_WEEK = 27
"""A week in which a few more write about this than in others, by chance."""
PRAISE = "staff-praise"
CHATTER = "chatter"
"""No theme at all."""

SHARES: Mapping[str, float] = MappingProxyType(
    {
        "late-delivery": 0.14,
        "broken-item": 0.09,
        "refund": 0.09,
        SEASONAL: 0.07,
        BUSY: 0.06,
        "invoice": 0.06,
        "login": 0.06,
        "discount-code": 0.05,
        "out-of-stock": 0.05,
        "size": 0.05,
        "address-change": 0.045,
        "opening-hours": 0.04,
        "spare-part": 0.04,
        PRAISE: 0.035,
        "subscription": 0.03,
        JUMPY: 0.006,
        DEFECT: 0.055,
        MENDED: 0.04,
        CHATTER: 0.06,
    }
)
THEMES = tuple(theme for theme in SHARES if theme != CHATTER)

_SPANISH = 0.52
_ANGRIER: Mapping[str, float] = MappingProxyType(
    {PRAISE: 0.0, "opening-hours": 0.2, "out-of-stock": 0.4, "size": 0.4, "address-change": 0.4}
    | {"spare-part": 0.4, CHATTER: 0.4, "refund": 1.8, "late-delivery": 1.6, DEFECT: 1.4}
)
"""How angry people are about it, against how they are on the whole."""
_SEASONS: Mapping[str, Mapping[int, float]] = MappingProxyType(
    {
        SEASONAL: {1: 2.4, 2: 2.2, 3: 1.6, 4: 1.2, 52: 2.4},
        "late-delivery": {49: 1.2, 50: 1.4, 51: 1.5},
        "discount-code": {48: 2.2, 49: 1.3},
    }
)
_VOLUMES: Mapping[int, float] = MappingProxyType(
    {HOLIDAY: 0.4, 17: 0.9, 33: 0.9, 34: 0.9, 48: 1.3, 49: 1.4, 50: 1.55, 51: 1.5, 52: 0.8}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A year of so many messages of people."""

    messages: int

    @property
    def matters(self) -> float:
        """How many matters an ordinary week has; a matter is 1.45 messages on average, and the year
        is 54.6 ordinary weeks."""
        return self.messages / 1.45 / 54.6

    def expected(self, theme: str, week: int, language: str | None = None) -> float:
        """How many matters of a theme a week has on average."""
        mean = self.matters * volume(week) * SHARES[theme] * season(theme, week)
        if language is None:
            return mean
        return mean * (_SPANISH if language == "es" else 1 - _SPANISH)

    def busier(self, theme: str, week: int, language: str) -> float:
        """What chance adds in the busy week: as much as one in six weeks has anyway."""
        if (theme, week) != (BUSY, BUSY_WEEK):
            return 0.0
        return float(self.expected(theme, week, language) ** 0.5)

    @property
    def serial_mails(self) -> float:
        """How many the one writes in a week: one or two, fewer in a small year."""
        return min(1.2, self.messages / 2500)

    def chance_of_anger(self, theme: str, week: int) -> float:
        """How likely a mail about this is angry."""
        mix = {name: self.expected(name, week) for name in SHARES}
        mean = sum(_ANGRIER.get(name, 1.0) * many for name, many in mix.items())
        return anger(week) * _ANGRIER.get(theme, 1.0) * sum(mix.values()) / mean


def monday(week: int) -> date:
    """The day a week begins."""
    return FIRST_MONDAY + timedelta(weeks=week - 1)


def week_of(at: datetime) -> int:
    """The week a moment is in, where the shop is."""
    return (at.astimezone(ZONE).date() - FIRST_MONDAY).days // 7 + 1


def volume(week: int) -> float:
    """How much is written in a week, against an ordinary one."""
    return _VOLUMES.get(week, 1.0)


def season(theme: str, week: int) -> float:
    """How much of it is about this, against an ordinary week."""
    if theme == DEFECT:
        begun = 1 - DEFECT_DAY / 7
        return 0.0 if week < DEFECT_WEEK else begun if week == DEFECT_WEEK else 1.0
    if theme == MENDED:
        if week < MENDED_FROM:
            return 0.0
        return {MENDED_WEEK: 0.35, MENDED_WEEK + 1: 0.1}.get(week, float(week < MENDED_WEEK))
    return _SEASONS.get(theme, {}).get(week, 1.0)


def anger(week: int) -> float:
    """How many of all that is written in a week is angry."""
    return 0.1 + 0.1 * max(0, week - ANGER_FROM) / (WEEKS - ANGER_FROM)
