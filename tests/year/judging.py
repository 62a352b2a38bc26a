"""How well the listening report found what is true of the year, and what it claimed that is not.

Themes are judged by their messages: a theme is about what most of its messages are about. Claims
are judged by the plan: what was planned to grow did grow, and everything else was chance.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from sqlalchemy import Connection, select
from year import plan
from year.filling import Truth
from year.people import SERIAL
from year.plan import Plan

from mailresponder.reports.report import Headline, Report
from mailresponder.store.schema import tickets
from mailresponder.store.schema_themes import message_themes, themes

PURE = 0.5
"""A theme is about something if at least so many of its messages are."""
GROWTH = 1.25
"""What was planned to be so much more than in the four weeks before did grow."""
_BEFORE = 4
_NOTHING = 0.03
"""A change in all mail that was not planned as one."""
_FURTHER = 0.4
"""Further mails of customers, for each matter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundTheme:
    """A theme of the program, held against what its messages are about."""

    key: str
    state: str
    """`kept` or `found`."""
    messages: int
    about: str | None
    """The planted theme most of it is about; None: no one thing."""
    purity: float
    """How many of its messages are about that."""
    recall: float
    """How many of all messages about that are in it."""
    by_language: Mapping[str, float]
    """The same for each language."""
    first_week: int
    """Of its first message."""
    expected: Mapping[int, float]
    """How many messages it should have in each week by the plan, given how much of what it
    holds."""


class Says(StrEnum):
    """What a report claims."""

    NEW = "new"
    MORE = "more"
    LESS = "less"
    ANGRIER = "angrier"
    CALMER = "calmer"
    SLOWER = "slower"
    """Customers wait longer for an answer, or more of them for too long."""
    FASTER = "faster"
    MORE_MAIL = "more_mail"
    LESS_MAIL = "less_mail"


KINDS: Mapping[str, Says] = MappingProxyType(
    {
        "new": Says.NEW,
        "grew": Says.MORE,
        "better": Says.LESS,
        "better_none": Says.LESS,
        "angrier": Says.ANGRIER,
        "angrier_steadily": Says.ANGRIER,
        "calmer": Says.CALMER,
        "calmer_steadily": Says.CALMER,
        "slower": Says.SLOWER,
        "late": Says.SLOWER,
        "faster": Says.FASTER,
        "punctual": Says.FASTER,
        "more_mail": Says.MORE_MAIL,
        "less_mail": Says.LESS_MAIL,
    }
)
"""What headlines of these kinds claim."""
STATEMENTS = frozenset(
    {"longest", "mood", "answered", "persistent", "persistent_unclear", "praise", "silent"}
)
"""Kinds of headlines that say how things are, not that they have changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One thing that the report of a week says has changed."""

    week: int
    says: Says
    theme: str | None = None
    """The key of the theme it names, if it names one."""
    about: str | None = None
    """What that is about in truth; None: no one thing."""
    trend: float = 1.0
    """How much more of it was planned than in the weeks before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What was found, when it was told, and what was claimed besides. Weeks: None for never."""

    defect: tuple[FoundTheme, ...]
    """The themes about the defect, the largest first: one, where all is well."""
    mended: tuple[FoundTheme, ...]
    defect_told: int | None
    """When it was first told as new or growing."""
    mended_begun: int | None
    mended_told: int | None
    """When it was first told that there is less of it."""
    anger_told: int | None
    serial_told: int | None
    invented: tuple[str, ...]
    """Found themes that are about no one thing."""
    claims: int
    untrue: tuple[Claim, ...]

    @property
    def precision(self) -> float:
        """How many of the claims are true; 1 where nothing was claimed."""
        return 1 - len(self.untrue) / self.claims if self.claims else 1.0

    @property
    def recall(self) -> float:
        """How many of the five planted truths were told, and in time."""
        told = (
            _within(self.defect_told, plan.DEFECT_WEEK, plan.DEFECT_WEEK + 1),
            _within(self.mended_begun, plan.MENDED_FROM, plan.MENDED_FROM + 2),
            _within(self.mended_told, plan.MENDED_WEEK, plan.MENDED_WEEK + 2),
            self.anger_told is not None,
            self.serial_told is not None,
        )
        return sum(told) / len(told)


def found_themes(conn: Connection, truth: Truth) -> dict[str, FoundTheme]:
    """The themes of the store by their keys, merged ones followed and dismissed ones left out."""
    rows = {row.key: row for row in conn.execute(select(themes))}
    states = {key: str(row.state) for key, row in rows.items()}
    held: dict[str, set[int]] = defaultdict(set)
    for row in conn.execute(select(message_themes.c.theme, message_themes.c.message_row)):
        key = row.theme
        while key in rows and rows[key].merged_into:
            key = rows[key].merged_into
        if row.message_row in truth.labels and states.get(key) != "dismissed":
            held[key].add(row.message_row)
    return themes_of(held, states, truth)


def themes_of(
    held: Mapping[str, set[int]], states: Mapping[str, str], truth: Truth
) -> dict[str, FoundTheme]:
    """Themes by the messages that each holds; those without a state are kept ones."""
    every = Counter(theme for label in truth.labels.values() for theme in label.themes or (None,))
    return {
        key: _judged(key, states.get(key, "kept"), rows, truth, every) for key, rows in held.items()
    }


def claims(week: int, report: Report, found: Mapping[str, FoundTheme]) -> list[Claim]:
    """What the headlines of a week's report say has changed. What only states how things are, as
    who waits longest, is no claim. Raises ValueError for a headline of a kind that is not known."""
    said = []
    for headline in report.headlines:
        says = _says(headline)
        if says is not None:
            theme = found.get(headline.theme or "")
            about = theme.about if theme is not None else None
            trend = _trend(theme.expected, week) if theme is not None else 1.0
            said.append(Claim(week=week, says=says, theme=headline.theme, about=about, trend=trend))
    return said


def is_true(claim: Claim) -> bool:
    """Was that planned?"""
    week, about = claim.week, claim.about
    match claim.says:
        case Says.ANGRIER:
            return week > plan.ANGER_FROM
        case Says.CALMER:
            return False
        case Says.NEW:
            begins = {plan.DEFECT: plan.DEFECT_WEEK, plan.MENDED: plan.MENDED_FROM}
            return about in begins and begins[about] <= week <= begins[about] + 1
        case Says.MORE:
            return claim.trend >= GROWTH
        case Says.LESS:
            return week != plan.HOLIDAY and claim.trend <= 1 / GROWTH
        case Says.SLOWER:
            return week in (plan.HOLIDAY, plan.HOLIDAY + 1)
        case Says.FASTER:
            return week in (plan.HOLIDAY + 1, plan.HOLIDAY + 2)
        case Says.MORE_MAIL:
            return _mail(week) > _mail(week - 1) * (1 + _NOTHING)
        case Says.LESS_MAIL:
            return _mail(week) < _mail(week - 1) * (1 - _NOTHING)
        case _:
            assert_never(claim.says)


def judge(
    reports: Mapping[int, Report],
    found: Mapping[str, FoundTheme],
    serial_tickets: Iterable[str],
) -> Judgement:
    """The year's weekly reports, by their week.

    `serial_tickets`: the references of the one who writes every week, as `serial_references` has
    them.
    """
    said = [claim for week in sorted(reports) for claim in claims(week, reports[week], found)]
    true = [claim for claim in said if is_true(claim)]
    growing = (Says.NEW, Says.MORE)
    theirs = frozenset(serial_tickets)
    serial = (
        week
        for week in sorted(reports)
        if any(theirs.intersection(one.references) for one in reports[week].persistent)
    )
    return Judgement(
        defect=_about(found, plan.DEFECT),
        mended=_about(found, plan.MENDED),
        defect_told=_first(true, growing, plan.DEFECT),
        mended_begun=_first(true, growing, plan.MENDED),
        mended_told=_first(true, (Says.LESS,), plan.MENDED),
        anger_told=_first(true, (Says.ANGRIER,), None),
        serial_told=next(serial, None),
        invented=tuple(
            sorted(key for key, one in found.items() if one.about is None and one.state == "found")
        ),
        claims=len(said),
        untrue=tuple(claim for claim in said if not is_true(claim)),
    )


def serial_references(conn: Connection) -> list[str]:
    """The tickets of the one who writes every week."""
    theirs = select(tickets.c.reference).where(tickets.c.customer_email == SERIAL.email)
    return list(conn.execute(theirs).scalars())


def _says(headline: Headline) -> Says | None:
    if headline.kind in STATEMENTS:
        return None
    if headline.kind not in KINDS:
        raise ValueError(f"nobody has said what a headline of kind {headline.kind} claims")
    return KINDS[headline.kind]


def planned(year: Plan, label: str | None, week: int) -> float:
    """How many messages about this a week has by the plan; None: about nothing planned."""
    if label is None:
        further = _FURTHER * year.matters * plan.volume(week)
        return year.expected(plan.CHATTER, week) + further
    return year.serial_mails if label == plan.SERIAL_THEME else year.expected(label, week)


def _judged(
    key: str, state: str, held: set[int], truth: Truth, every: Mapping[str | None, int]
) -> FoundTheme:
    """A theme by its messages. The languages of a thing are those it is written about in."""
    about = Counter(theme for row in held for theme in truth.labels[row].themes)
    [(most, many)] = about.most_common(1) or [("", 0)]
    purity = many / len(held)
    wanted = truth.rows(most) if purity >= PURE else set()
    languages: dict[str, set[int]] = defaultdict(set)
    for row in wanted:
        languages[truth.labels[row].language].add(row)
    return FoundTheme(
        key=key,
        state=state,
        messages=len(held),
        about=most if purity >= PURE else None,
        purity=purity,
        recall=len(wanted & held) / len(wanted) if wanted else 0.0,
        by_language={
            code: len(rows & held) / len(rows) for code, rows in sorted(languages.items())
        },
        first_week=min(truth.labels[row].week for row in held),
        expected=_expected(held, truth, every),
    )


def _expected(held: set[int], truth: Truth, every: Mapping[str | None, int]) -> dict[int, float]:
    """A theme that takes a third of what is written about something grows as that grows."""
    mine = Counter(theme for row in held for theme in truth.labels[row].themes or (None,))
    return {
        week: sum(mine[one] / every[one] * planned(truth.plan, one, week) for one in mine)
        for week in range(1, plan.WEEKS + 1)
    }


def _trend(expected: Mapping[int, float], week: int) -> float:
    """How much more was planned than in the weeks before, the holiday left out: people write no
    more after one than they did before."""
    weeks = [w for w in range(week - _BEFORE, week) if w >= 1 and w != plan.HOLIDAY]
    if not weeks:
        return 1.0
    before = sum(expected[w] for w in weeks) / len(weeks)
    return expected[week] / before if before else float("inf") if expected[week] else 1.0


def _mail(week: int) -> float:
    """All that is written in a week, against what is written in an ordinary one."""
    shares = sum(plan.SHARES[theme] * plan.season(theme, week) for theme in plan.SHARES)
    return plan.volume(week) * shares


def _about(found: Mapping[str, FoundTheme], theme: str) -> tuple[FoundTheme, ...]:
    about = [one for one in found.values() if one.about == theme]
    return tuple(sorted(about, key=lambda one: -one.messages))


def _first(claims: Iterable[Claim], says: tuple[Says, ...], about: str | None) -> int | None:
    return next((c.week for c in claims if c.says in says and c.about == about), None)


def _within(week: int | None, first: int, last: int) -> bool:
    return week is not None and first <= week <= last
