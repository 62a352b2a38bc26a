"""Finds themes in messages that no kept theme covers, and keeps what was found before as it was:
a theme has its key for ever, however it grows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from mailresponder.jobs.step import words_of
from mailresponder.jobs.theming_progress import Progress
from mailresponder.jobs.work import log
from mailresponder.listening import discovery, gratitude, masking, solved, themes
from mailresponder.listening.discovery import Centroid, Discovery, Item
from mailresponder.listening.lexicon import available
from mailresponder.listening.taxonomy import Taxonomy, Theme, taxonomy
from mailresponder.policy.facts import Outcome
from mailresponder.store import themes as rows
from mailresponder.store import theming
from mailresponder.store.database import Store, desk_value, set_desk_value, take_turns
from mailresponder.store.themes import State, ThemeRow
from mailresponder.store.theming import About, Said

WINDOW = timedelta(weeks=12)
"""How far back new themes are looked for."""
_MOST = 2000
"""Messages that are looked through at once."""
_OTHERS = 300
"""Messages of each language that they are compared with."""
BY_MAILRESPONDER = "mailresponder"
_NOTHING = Discovery(assigned={}, grown=(), new=())


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a search for themes brought."""

    looked_through: int
    """Messages that no theme covered."""
    new: tuple[ThemeRow, ...]
    """The largest first."""
    grown: int
    """How many messages belong to themes that were found before."""

    def shown(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "looked_through": self.looked_through,
            "grown": self.grown,
            "new": [
                {
                    "key": theme.key,
                    "messages": theme.size,
                    "names": dict(theme.names),
                    "words": {code: list(words) for code, words in theme.words.items()},
                }
                for theme in self.new
            ],
        }


def find(
    store: Store,
    space: str | None,
    progress: Progress,
    *,
    language: str,
    now: datetime,
    key: str,
) -> Found | None:
    """Look for themes now. None: somebody else did so meanwhile, and what was found here is let go
    of. `key`: what the progress is noted under; `language`: of messages whose own is not known."""
    since = now - WINDOW
    with store.read() as conn:
        found = theming.uncovered(conn, since=since, limit=_MOST, space=space)
        said = [one for one in found if is_looked_through(one)]
        placed = [one for one in said if space is None or one.vector is not None]
        items = [item(one, language) for one in reversed(placed)]
        before = known(conn)
        own = {one.row for one in items}
        others = {
            code: [
                text_of(one) for one in theming.latest(conn, code, _OTHERS) if one.row not in own
            ]
            for code in {one.language for one in items}
        }
    result = _NOTHING
    if items and (before or len(items) >= discovery.MIN_MESSAGES):
        result = discovery.discover(items, before, others)
    also = _also_about(store, result, space, since=since, language=language)
    with store.begin() as conn:
        take_turns(conn, key)
        if Progress.from_json(desk_value(conn, key)).finds != progress.finds:
            return None
        new = _written(conn, result, also.near, now=now)
        theming.owe(conn, also.owing, space)
        theming.forget_places(conn, since)
        after = replace(progress.searched(now), owing=bool(also.owing))
        set_desk_value(conn, key, after.to_json())
    if items:
        log.info("themes_looked_for", messages=len(items), found=len(new))
    return Found(looked_through=len(said), new=new, grown=len(result.assigned))


def known(conn: Connection) -> tuple[Centroid, ...]:
    """Where the themes lie that were ever found: also those that count for nothing, which are not
    to be found again."""
    return tuple(
        Centroid(theme=row.key, space=row.space, value=row.centroid, size=row.size)
        for row in rows.all_themes(conn)
        if row.space is not None and row.centroid is not None
    )


def words_of_known(conn: Connection) -> Taxonomy:
    """What messages about these themes say."""
    return taxonomy(
        Theme(key=row.key, names={}, words=row.words)
        for row in rows.all_themes(conn)
        if row.space is not None and row.state is not State.KEPT
    )


def put_near(conn: Connection, near: Mapping[int, tuple[str, float]]) -> None:
    """Write down which found themes messages are near to, and how much."""
    theming.near(
        conn,
        {
            row: About(theme=theme, how="alike", weight=alike)
            for row, (theme, alike) in near.items()
        },
    )


def words(said: Said) -> str:
    """What somebody wrote themselves; empty where a mail had no words."""
    return words_of(said.new_text).strip()


def is_looked_through(said: Said) -> bool:
    """Is it looked through for new themes? What people write further ("any news?") is alike
    whatever it is about, and so is a mail that only says thank you, or that all is solved."""
    if said.outcome is not Outcome.OPENED or not (text := words(said)):
        return False
    language = said.language if said.language in available() else None
    return language is None or not (
        gratitude.only_thanks(text, language, writer=said.name)
        or solved.read(text, language, writer=said.name) is solved.Said.SOLVED
    )


def text_of(said: Said) -> str:
    """What is held against themes: a reply is about what its ticket was opened with."""
    return f"{said.subject}\n{words(said)}".strip()


def language_of(said: Said, default: str) -> str:
    """One that we have words of."""
    return said.language if said.language in available() else default


def names_of(said: Said) -> tuple[str, ...]:
    """What the writer is called: that is nothing to name a theme after, and is masked."""
    return masking.names_of(said.name, said.person)


def item(said: Said, default: str) -> Item:
    """A message as themes are found in it."""
    return Item(
        row=said.row,
        person=said.person,
        text=text_of(said),
        language=language_of(said, default),
        at=said.at,
        vector=said.vector,
        names=names_of(said),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Also:
    """Messages that kept themes cover, none for sure, and that say words of a new theme."""

    near: Mapping[int, tuple[str, float]]
    """Those that are near one, by their rows: the number of the theme and how near."""
    owing: tuple[int, ...] = ()
    """The rows of those that are to be given a place first."""


def _also_about(
    store: Store, result: Discovery, space: str | None, *, since: datetime, language: str
) -> _Also:
    if not result.new:
        return _Also(near={})
    with store.read() as conn:
        found = theming.unsure(conn, since=since, limit=_MOST, most=themes.WEAK)
    told = taxonomy(
        Theme(key=str(number), names={}, words=theme.words)
        for number, theme in enumerate(result.new)
    )
    items = [item(one, language) for one in found if is_looked_through(one)]
    items = [one for one in items if themes.match(one.text, one.language, told)]
    numbered = (
        replace(theme.centroid, theme=str(number)) for number, theme in enumerate(result.new)
    )
    owing = [one.row for one in items if space is not None and one.vector is None]
    return _Also(
        near=discovery.assign([one for one in items if one.row not in owing], numbered),
        owing=tuple(owing),
    )


def _written(
    conn: Connection,
    result: Discovery,
    also: Mapping[int, tuple[str, float]],
    *,
    now: datetime,
) -> tuple[ThemeRow, ...]:
    there = rows.all_themes(conn)
    new: list[ThemeRow] = []
    for grown in result.grown:
        rows.grow(conn, grown.theme, centroid=grown.value, size=grown.size)
    put_near(conn, result.assigned)
    for theme in result.new:
        row = ThemeRow(
            key=rows.next_key([*there, *new]),
            state=State.FOUND,
            names=theme.names,
            words=theme.words,
            space=theme.centroid.space,
            centroid=theme.centroid.value,
            size=theme.centroid.size,
            found_at=now,
            changed_at=now,
            changed_by=BY_MAILRESPONDER,
        )
        rows.put(conn, row)
        put_near(conn, dict.fromkeys(theme.rows, (row.key, 1.0)))
        new.append(row)
    put_near(conn, {row: (new[int(number)].key, near) for row, (number, near) in also.items()})
    return tuple(new)
