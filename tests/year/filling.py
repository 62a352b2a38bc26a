"""Puts the year into a store, a week at a time, and keeps what is true of it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random

from year import plan
from year.matters import Act, Hear, Matters
from year.people import SERIAL, Cast, Person
from year.plan import Plan
from year.recording import Label
from year.rows import Rows
from year.writing import Writer

from mailresponder.config import Config
from mailresponder.listening import anger
from mailresponder.listening.anger import Anger
from mailresponder.mail.automatic import Kind
from mailresponder.store.database import Store

ORDINARY = tuple(
    theme
    for theme in plan.THEMES
    if theme not in (plan.PRAISE, plan.DEFECT, plan.MENDED, plan.JUMPY)
)
"""What somebody may mention beside what they write about."""

_DAYS = (1.25, 1.15, 1.1, 1.05, 1.0, 0.75, 0.7)
_MACHINES = (Kind.AUTO_REPLY, Kind.BULK, Kind.LIST, Kind.RECEIPT, Kind.DELAY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """What is true of the messages in the store."""

    plan: Plan
    labels: dict[int, Label]
    """Of each message of a person, by its row."""

    def rows(self, theme: str) -> set[int]:
        """The messages that are about a theme."""
        return {row for row, label in self.labels.items() if theme in label.themes}


def heard(text: str, language: str, meant: bool) -> Anger:
    """How angry a text is, as the program hears it."""
    return anger.hear(text, language)


def as_meant(text: str, language: str, meant: bool) -> Anger:
    """How angry a text was meant to be, which takes no time."""
    return Anger(score=0.9 if meant else 0.05, angry=meant, because=())


def fill(
    store: Store, config: Config, *, messages: int, seed: int = 8, hear: Hear = heard
) -> Truth:
    """The whole year at once."""
    year = Year(store, config, messages=messages, seed=seed, hear=hear)
    for week in range(1, plan.WEEKS + 1):
        year.live_through(week)
    return year.truth


class Year:
    """The year as it goes by: the store knows nothing of what is still to come."""

    def __init__(
        self,
        store: Store,
        config: Config,
        *,
        messages: int,
        seed: int = 8,
        hear: Hear = heard,
    ) -> None:
        self._store = store
        self._random = random = Random(seed)
        self._rows = Rows()
        self._cast = Cast(random)
        desks = {mailbox.name: config.desk_for(mailbox.name) for mailbox in config.mailboxes}
        self._matters = Matters(random, self._rows, desks, Writer(random), hear)
        self.truth = Truth(plan=Plan(messages=messages), labels=self._matters.labels)

    def live_through(self, week: int) -> datetime:
        """Write a week into the store; weeks come one after another. Returns the moment it ends."""
        for when, act in self._planned(week):
            self._matters.at(when, act)
        end = _midnight(plan.monday(week + 1))
        self._matters.go_on(end)
        with self._store.begin() as conn:
            self._rows.write(conn)
        return end

    def _planned(self, week: int) -> Iterator[tuple[datetime, Act]]:
        for theme in plan.SHARES:
            for language in ("en", "es"):
                for _ in range(self._many(theme, week, language)):
                    first = plan.DEFECT_DAY if (theme, week) == (plan.DEFECT, 31) else 0
                    yield self._some_time(week, first), self._beginning(theme, week, language)
        for _ in range(poisson(self._random, self.truth.plan.serial_mails)):
            yield self._some_time(week), self._beginning(plan.SERIAL_THEME, week, "es", SERIAL)
        for _ in range(poisson(self._random, 0.1 * self.truth.plan.matters)):
            kind = self._random.choice(_MACHINES)
            yield self._some_time(week), partial(self._matters.machine, kind)

    def _many(self, theme: str, week: int, language: str) -> int:
        random, expected = self._random, self.truth.plan
        mean = expected.expected(theme, week, language)
        if theme == plan.JUMPY:
            return poisson(random, mean / 0.4) if random.random() < 0.4 else 0
        return poisson(random, mean) + round(expected.busier(theme, week, language))

    def _beginning(self, theme: str, week: int, language: str, person: Person | None = None) -> Act:
        random = self._random
        if theme == plan.SERIAL_THEME:
            angry = random.random() < 0.3
        else:
            angry = random.random() < self.truth.plan.chance_of_anger(theme, week)
        themes: tuple[str, ...] = (theme,)
        if theme in ORDINARY and random.random() < 0.07:
            themes = (theme, random.choice([other for other in ORDINARY if other != theme]))
        writer = person or self._cast.somebody(language)
        return lambda at: self._matters.begin(writer, themes, angry=angry, at=at)

    def _some_time(self, week: int, first_day: int = 0) -> datetime:
        """Some moment of a week, mostly by day, at the weekend less often."""
        random = self._random
        [day] = random.choices(range(first_day, 7), weights=_DAYS[first_day:])
        midnight = _midnight(plan.monday(week) + timedelta(days=day))
        return midnight + timedelta(seconds=int(random.triangular(0, 86_399, 41_000)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=plan.ZONE).astimezone(UTC)


def poisson(random: Random, mean: float) -> int:
    """A number drawn from the Poisson distribution of this mean."""
    if mean > 50:
        return max(0, round(random.gauss(mean, mean**0.5)))
    limit, product, number = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        number += 1
    return number
