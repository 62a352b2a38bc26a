"""The words of a report in each language it speaks: sentences from `sentences/`, numbers, times.

Whoever shows a report says its values with these, so that mail, page and terminal speak alike.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from mailresponder.printable import how_long
from mailresponder.reports.figures import SMALL
from mailresponder.reports.report import Change, Figure, Headline, Quote, Report, Unit, Verdict
from mailresponder.templating import wording

LANGUAGES = ("en", "es")
"""What reports speak; the first stands in for any other."""

_HOURS = 24
_COUNTS = (Unit.MESSAGES, Unit.TICKETS, Unit.PEOPLE, Unit.MAILS)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        """The words of a key, as `report.title`, with its values in braces; with a value `count`
        of 1 those of `<key>_one` where there are any. Raises KeyError for a key without words."""
        known = _sentences(self.language)
        one = f"{key}_one"
        words = known[one if values.get("count") == 1 and one in known else key]
        said = {name: self._value(value) for name, value in values.items()}
        return words.format_map(said) if said else words

    # --- figures

    def name(self, key: str) -> str:
        """What a figure is called."""
        return self(f"figure.{key}.name")

    def definition(self, key: str) -> str:
        """What a figure counts, and what it does not."""
        return self(f"figure.{key}.counts")

    def figure(self, figure: Figure, *, brief: bool = False) -> str:
        """A figure's value, as `1,204`, `12% (30 of 250)`, `3 of 7` or `2 hours and 10 minutes`;
        `brief`: times as `2 h 10 min`."""
        if figure.unit is Unit.SHARE and figure.of is not None:
            return self.share(figure.part or 0, figure.of)
        if figure.value is None:
            return self("value.unknown")
        return self._of(figure.unit, figure.value, brief=brief)

    def change(self, change: Change | None, unit: Unit) -> str:
        """How a figure of this unit compares with the time before; empty where it does not."""
        if change is None or change.before is None:
            return ""
        before = self.before(change, unit)
        match change.verdict:
            case Verdict.TOO_FEW if unit is Unit.SHARE:
                return self("change.too_few_of")
            case Verdict.TOO_FEW:
                return self("change.too_few", before=before)
            case Verdict.ALIKE:
                return self("change.alike", before=before)
            case Verdict.MORE | Verdict.LESS:
                return self._changed(change, unit, before)

    def before(self, change: Change | None, unit: Unit, *, brief: bool = False) -> str:
        """A figure of the time before; of how many a share was is not known, so that of few is
        not told."""
        if change is None or change.before is None:
            return self("value.unknown")
        if unit is Unit.SHARE and change.verdict is Verdict.TOO_FEW:
            return self("value.of_few")
        return self._of(unit, change.before, brief=brief)

    # --- lines

    def headline(self, headline: Headline, report: Report) -> str:
        """One of the lines of what matters first."""
        given = dict(headline.values)
        values: dict[str, object] = dict(given)
        if "theme" in given:
            values["theme"] = self.theme(str(given["theme"]), report)
        if "of" in given:
            values["share"] = self.share(int(given["part"]), int(given["of"]))
        if "of_before" in given:
            part, of = int(given["part_before"]), int(given["of_before"])
            values["share_before"] = self.share(part, of)
        if "seconds" in given:
            values["duration"] = self.duration(float(given["seconds"]))
        if "languages" in given:
            spoken = (self.language_name(code) for code in str(given["languages"]).split(","))
            values["languages"] = self("value.and").join(spoken)
        if "usual" in given:
            usual = round(float(given["usual"]))
            values["usual"] = self("value.about", number=usual) if usual else self("value.hardly")
        if headline.kind in ("slower", "faster"):
            values["before"] = self.duration(float(given["before"]))
        elif headline.kind in ("late", "punctual"):
            values["before"] = self.percent(float(given["before"]))
        key = f"headline.{headline.kind}"
        few = {0: f"{key}_none", 1: f"{key}_one"}.get(int(given.get("people", 2)), key)
        return self(few if few in _sentences(self.language) else key, **values)

    def incomplete(self, name: str) -> str:
        """What a report does not know."""
        return self(f"incomplete.{name}")

    def theme(self, key: str, report: Report) -> str:
        """What a theme of a report is called."""
        names = next((line.names for line in report.themes if line.key == key), {})
        return self.named(names) or key.replace("-", " ")

    def named(self, names: Mapping[str, str]) -> str:
        """The reader's own name of something, else any; empty where there is none."""
        return names.get(self.language) or next(iter(names.values()), "")

    def language_name(self, code: str) -> str:
        """What a language is called; its code where we do not speak it."""
        return _sentences(self.language).get(f"language.{code}", code)

    def example(self, quotes: Sequence[Quote]) -> Quote | None:
        """One of some quotes: in the reader's own language where there is one."""
        own = (quote for quote in quotes if quote.language == self.language)
        return next(own, quotes[0] if quotes else None)

    # --- values

    def number(self, value: float) -> str:
        """A number as this language writes it, with one decimal where it has any."""
        exact = round(value, 1)
        text = f"{exact:,.0f}" if exact == round(exact) else f"{exact:,.1f}"
        signs = {",": self("value.thousands"), ".": self("value.decimal")}
        return "".join(signs.get(sign, sign) for sign in text)

    def share(self, part: int, of: int) -> str:
        """So many of so many; of few without per cent."""
        if not of:
            return self("value.none")
        if of < SMALL:
            return self("value.few", part=part, of=of)
        return self("value.share", percent=self._percents(part / of), part=part, of=of)

    def percent(self, share: float) -> str:
        """A share (0..1) in per cent."""
        return self("value.percent", percent=self._percents(share))

    def duration(self, seconds: float) -> str:
        """A length of time in its two largest units, as `2 hours and 10 minutes`."""
        spoken = wording.WORDS[self.language]
        minutes = round(seconds / 60)
        if not minutes:
            return spoken.moment
        day, hour, minute = spoken.units
        hours, minutes_left = divmod(minutes, 60)
        parts = [(hours, hour), (minutes_left, minute)]
        if hours >= _HOURS:
            days, hours_left = divmod(round(minutes / 60), _HOURS)
            parts = [(days, day), (hours_left, hour)]
        return spoken.and_.join(f"{n} {names[n != 1]}" for n, names in parts if n)

    def date(self, day: date | datetime, zone: ZoneInfo | None = None) -> str:
        """A day as `28 July 2025`; of a moment the day that it is in this zone."""
        if isinstance(day, datetime):
            day = day.astimezone(zone).date()
        month = wording.WORDS[self.language].months[day.month - 1]
        return _sentences(self.language)["value.date"].format(
            day=day.day, month=month, year=day.year
        )

    def period(self, report: Report) -> str:
        """From which day to which a report tells."""
        return self._days("report.period", report.since, report.until, report.zone)

    def compared(self, report: Report) -> str:
        """With which days it is compared."""
        return self._days("report.compared", report.before, report.since, report.zone)

    def _days(self, key: str, since: datetime, until: datetime, zone: ZoneInfo) -> str:
        last = until.astimezone(zone) - timedelta(microseconds=1)
        return self(key, since=self.date(since, zone), until=self.date(last, zone))

    def _of(self, unit: Unit, value: float, *, brief: bool = False) -> str:
        match unit:
            case Unit.SHARE:
                return self.percent(value)
            case Unit.SECONDS if brief:
                return how_long(timedelta(seconds=value))
            case Unit.SECONDS:
                return self.duration(value)
            case _:
                return self.number(value)

    def _changed(self, change: Change, unit: Unit, before: str) -> str:
        is_more = change.verdict is Verdict.MORE
        way = "more" if is_more else "less"
        low, high = change.low, change.high
        if unit in _COUNTS:
            if low is None or (low <= 1 if is_more else (high or 1) >= 1):
                return self(f"change.{way}", before=before)
            if high is None:
                return self("change.count_more_open", before=before, low=low)
            return self(f"change.count_{way}", before=before, low=_rough(low), high=_rough(high))
        if low is None or high is None or low * high <= 0:
            return self(f"change.{way}", before=before)
        least, most = sorted((abs(low), abs(high)))
        if unit is Unit.SHARE:
            bounds = {"low": self._percents(least), "high": self._percents(most)}
            return self(f"change.share_{way}", before=before, **bounds)
        times = {"low": self.duration(least), "high": self.duration(most)}
        return self(f"change.seconds_{way}", before=before, **times)

    def _percents(self, share: float) -> str:
        return self.number(round(share * 100, 1) if share < 0.1 else round(share * 100))

    def _value(self, value: object) -> str:
        return self.number(value) if isinstance(value, int | float) else str(value)


def spoken(wanted: str) -> Words:
    """The language somebody reads, as `es` or `es-MX`; English where reports do not speak it."""
    known = wanted.partition("-")[0].strip().lower()
    return Words(known if known in LANGUAGES else LANGUAGES[0])


def _rough(ratio: float) -> float:
    """A ratio as nobody needs it more exactly."""
    return round(ratio, 1) if ratio >= 0.1 else round(ratio, 2)


@cache
def _sentences(language: str) -> Mapping[str, str]:
    file = files("mailresponder.reports") / "sentences" / f"{language}.toml"
    found: dict[str, str] = {}

    def add(prefix: str, held: Mapping[str, object]) -> None:
        for name, value in held.items():
            key = f"{prefix}{name}"
            if isinstance(value, Mapping):
                add(f"{key}.", value)
            else:
                found[key] = str(value)

    add("", tomllib.loads(file.read_text(encoding="utf-8")))
    return found
