"""The five lines of what matters first: what is new, what grew, how angry people are, who waits
longest, what got better.

A line that says that something changed must be more than noise, by a measure of its own: a team
reads these every week, and acts on them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mailresponder.reports import comparing
from mailresponder.reports.comparing import discoveries
from mailresponder.reports.lines import NEW_FROM, Told
from mailresponder.reports.report import Figure, Headline, Persistent, Verdict, Week

MOST = 5
SURE = 0.001
"""How likely noise alone may be to make what is told of anger."""
STEADILY = 3.3
"""Standard deviations by which anger must rise or fall over the weeks."""
_FALSE_ALARMS = 0.05
"""Of the themes that are called new, more or less. What is claimed of one must hold twice, by time
and as a share, so far fewer are false."""
_MOST_TURNS = 2
_ENDS = 4
"""Weeks at either end of the longer view that are held against each other."""
_ONE_DAY = 86_400


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the lines are made of."""

    figures: Mapping[str, Figure]
    themes: Mapping[str, Told]
    weeks: Sequence[Week]
    angry_lately: tuple[int, int]
    """Angry mails of how many in the windows just before the period."""
    longest: tuple[str, float] | None
    """The reference of who waits longest, and seconds by the clock."""
    persistent: Sequence[Persistent] = field(default=())
    holiday: bool
    """Does a holiday lie in the period?"""
    holiday_before: bool


def headlines(known: Known) -> tuple[Headline, ...]:
    """The lines, the most important first."""
    if not known.figures["messages"].value:
        return tuple(_waits(known)) or (Headline(kind="silent", values={}),)
    new, grew, better = _turns(known)
    mood = _mood(known)
    first = [*new, *grew][: _MOST_TURNS + 1]
    answers = list(_answers(known))
    slower = [one for one in answers if not one.good and one.kind != "answered"]
    good = [*better, *(one for one in answers if one.good)]
    # 1. One of each kind, in the order in which people act on them.
    chosen = [*first[:_MOST_TURNS], *_waits(known)[:1], *mood[:1], *(good or slower)[:1]]
    # 2. What room is left goes to what else there is.
    others = [
        *first[_MOST_TURNS:],
        *slower,
        *good,
        *_volume(known),
        *mood[1:],
        *(one for one in answers if one.kind == "answered"),
        *_persistent(known),
        *_praise(known),
    ]
    chosen += [one for one in others if one not in chosen][: max(0, MOST - len(chosen))]
    return tuple(chosen[:MOST])


def _turns(known: Known) -> tuple[list[Headline], list[Headline], list[Headline]]:
    """New themes, those that grew, and those that got fewer."""
    new = {
        key: told.new
        for key, told in known.themes.items()
        if told.new is not None and len({row.person for row in told.rows}) >= NEW_FROM
    }
    turned = {
        key: told.turn.chance
        for key, told in known.themes.items()
        if told.turn is not None and key not in new
    }
    # All that might have been claimed counts, not only what looks as if it could be.
    quiet = dict.fromkeys(known.themes.keys() - new.keys() - turned.keys(), 1.0)
    believed = discoveries(new | turned | quiet, _FALSE_ALARMS)
    news = [_new(known.themes[key]) for key in sorted(believed & new.keys(), key=new.__getitem__)]
    grew, better = [], []
    for key in sorted(believed & turned.keys(), key=turned.__getitem__):
        told = known.themes[key]
        if told.turn is None:
            continue
        if told.turn.up and not known.holiday_before:
            grew.append(_turned("grew", told))
        elif not told.turn.up and not known.holiday:
            better.append(_turned("better", told))
    return news, grew, better


def _new(told: Told) -> Headline:
    values: dict[str, str | int | float] = {
        "theme": told.called.key,
        "count": len(told.rows),
        "people": len({row.person for row in told.rows}),
        "languages": ",".join(sorted({row.language for row in told.rows})),
    }
    return Headline(kind="new", values=values, theme=told.called.key)


def _turned(kind: str, told: Told) -> Headline:
    values: dict[str, str | int | float] = {
        "theme": told.called.key,
        "count": len(told.rows),
        "people": len({row.person for row in told.rows}),
        "usual": told.turn.usual if told.turn is not None else 0.0,
    }
    return Headline(kind=kind, values=values, theme=told.called.key, good=kind == "better")


def _waits(known: Known) -> list[Headline]:
    if known.longest is None or known.longest[1] < _ONE_DAY:
        return []
    reference, seconds = known.longest
    number = int(known.figures["waiting"].value or 0)
    values: dict[str, str | int | float] = {
        "ticket": reference,
        "seconds": seconds,
        "count": number,
    }
    return [Headline(kind="longest", values=values)]


def _mood(known: Known) -> list[Headline]:
    """How angry people are, and whether that changed: at once, or over the weeks."""
    angry = known.figures["angry"]
    part, of = angry.part or 0, angry.of or 0
    values: dict[str, str | int | float] = {"part": part, "of": of}
    earlier, earlier_of = known.angry_lately
    at_once = comparing.shares(part, of, earlier, earlier_of)
    weeks = [week for week in known.weeks if week.messages]
    steadily = comparing.trend([w.angry for w in weeks], [w.messages for w in weeks])
    first, last = _ends(known.weeks)
    if at_once.chance < SURE and at_once.before is not None:
        rises = at_once.now > at_once.before
        more = values | {"part_before": earlier, "of_before": earlier_of}
        return [Headline(kind="angrier" if rises else "calmer", values=more, good=not rises)]
    agrees = first[1] and last[1] and (steadily > 0) == (last[0] * first[1] > first[0] * last[1])
    if abs(steadily) > STEADILY and agrees:
        rises = steadily > 0
        kind = "angrier_steadily" if rises else "calmer_steadily"
        more = {
            "part": last[0],
            "of": last[1],
            "part_before": first[0],
            "of_before": first[1],
            "weeks": len(known.weeks),
        }
        return [Headline(kind=kind, values=more, good=not rises)]
    return [Headline(kind="mood", values=values)]


def _ends(weeks: Sequence[Week]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Angry mails of all, in the first weeks and in the last."""
    first, last = weeks[:_ENDS], weeks[-_ENDS:]
    return (
        (sum(week.angry for week in first), sum(week.messages for week in first)),
        (sum(week.angry for week in last), sum(week.messages for week in last)),
    )


def _answers(known: Known) -> Iterator[Headline]:
    """Whether first answers are faster or slower, and else how fast they are."""
    median, share = known.figures["response_median"], known.figures["in_time"]
    if median.value is None:
        return
    values: dict[str, str | int | float] = {
        "seconds": median.value,
        "part": share.part or 0,
        "of": share.of or 0,
    }
    change = median.change
    if change is not None and change.before is not None:
        if change.verdict is Verdict.MORE:
            yield Headline(kind="slower", values=values | {"before": change.before})
            return
        if change.verdict is Verdict.LESS:
            yield Headline(kind="faster", values=values | {"before": change.before}, good=True)
            return
    late = share.change
    if late is not None and late.verdict is Verdict.LESS and late.before is not None:
        yield Headline(kind="late", values=values | {"before": late.before})
    elif late is not None and late.verdict is Verdict.MORE and late.before is not None:
        yield Headline(kind="punctual", values=values | {"before": late.before}, good=True)
    else:
        yield Headline(kind="answered", values=values)


def _volume(known: Known) -> Iterator[Headline]:
    messages = known.figures["messages"]
    change = messages.change
    if change is None or change.before is None:
        return
    kinds = {Verdict.MORE: "more_mail", Verdict.LESS: "less_mail"}
    if change.verdict in kinds:
        values = {"count": int(messages.value or 0), "before": int(change.before)}
        yield Headline(kind=kinds[change.verdict], values={**values})


def _persistent(known: Known) -> Iterator[Headline]:
    if known.persistent:
        one = known.persistent[0]
        values: dict[str, str | int | float] = {"count": one.messages, "tickets": one.tickets}
        if one.themes:
            yield Headline(kind="persistent", values=values | {"theme": one.themes[0]})
        else:
            yield Headline(kind="persistent_unclear", values=values)


def _praise(known: Known) -> Iterator[Headline]:
    praise = known.figures["praise"]
    if praise.part:
        values: dict[str, str | int | float] = {"part": praise.part, "of": praise.of or 0}
        yield Headline(kind="praise", values=values, good=True)
