"""Looks at what people write: which themes each of their mails is about.

The last step of a pass, for all mailboxes at once, and a little in each: mail never waits behind
it. A mail is first held against the words of the kept themes. What none of them covers, or not for
sure, is held against the themes that were found before; what none covers is looked through for new
ones once a day (`finding`).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

from mailresponder.config import Config, themes_file
from mailresponder.errors import MailresponderError, TemporaryFailure
from mailresponder.jobs import finding
from mailresponder.jobs.finding import Found
from mailresponder.jobs.kept_themes import keep_those_written
from mailresponder.jobs.only_one import only_one
from mailresponder.jobs.theming_progress import Progress, fingerprint
from mailresponder.jobs.work import Work
from mailresponder.listening import discovery, praise, space, themes
from mailresponder.listening.discovery import Centroid
from mailresponder.listening.taxonomy import Taxonomy, taxonomy
from mailresponder.store import template_files, theming
from mailresponder.store.database import Store, set_desk_value
from mailresponder.store.template_files import Stamp
from mailresponder.store.theming import About, Looked, Said

KEY = "theming"
"""What the progress is noted under, and the turn is taken by."""
SECONDS = 1.0
"""Of one pass, at most but for a batch: no mail is to wait for it."""
_BATCH = 200
"""Messages of one transaction."""
_STRETCH = 5000
"""Rows that one statement goes through."""
_PART = 60.0
"""Seconds in which somebody who waits for it looks at messages in one turn."""
_PLACED_AT_ONCE = 8
"""Giving a message its place takes some 30 ms."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ears:
    """What is listened for, and how."""

    taxonomy: Taxonomy
    written: str
    """Tells all that stands in it from anything else."""
    space: str | None
    """Where uncovered messages are compared by what they mean; None: by their words."""
    language: str
    """Of messages whose language is not known."""


def ears(config: Config) -> Ears:
    """What this desk listens for now. Raises ConfigError with every mistake of its file."""
    listened, written = _read(config.themes_path, template_files.stamp_of(config.themes_path))
    wanted = config.themes.semantic
    by_meaning = config.themes.discover and (space.is_installed() if wanted is None else wanted)
    return Ears(
        taxonomy=listened,
        written=written,
        space=space.SPACE if by_meaning else None,
        language=config.desk.languages[0],
    )


@lru_cache(maxsize=8)
def _read(path: Path, _stamp: Stamp | None) -> tuple[Taxonomy, str]:
    """The themes of a file as it was when it had this stamp."""
    listened = themes_file.taxonomy_at(path)
    return listened, fingerprint(listened)


def run(work: Work, *, steady: Callable[[], float] = time.monotonic) -> None:
    """Look at some of the messages that were not looked at yet, and for new themes if a day has
    passed. `steady` counts seconds that nobody can set.

    Raises ConfigError where the desk's file of themes has mistakes.
    """
    config, now = work.config, work.clock()
    heard = ears(config)
    if not _is_due(work.store, config, heard, now):
        return
    with only_one(work.store, KEY, work.owner, now) as mine:
        if mine:
            until = steady() + SECONDS
            look(work.store, config, now=now, go_on=lambda: steady() < until)


def find_now(store: Store, config: Config, *, owner: str, now: datetime) -> Found:
    """Look at all messages that were not looked at yet, and for new themes, however long that
    takes.

    Raises ConfigError where the desk's file of themes has mistakes; MailresponderError where no
    others are to be looked for; TemporaryFailure where somebody is at it.
    """
    if not config.themes.discover:
        raise MailresponderError(
            "this desk looks for no themes but its own",
            mend="[themes] discover = true in the configuration lets it",
        )
    heard = ears(config)
    while True:
        # Taken anew for each part of it: a turn ends after minutes.
        with only_one(store, KEY, owner, now) as mine:
            if not mine:
                raise TemporaryFailure(
                    "a pass of the desk is looking at messages just now", mend="try again"
                )
            looking = _Looking(store, heard, now)
            looking.begin()
            until = time.monotonic() + _PART
            has_time = partial(_is_before, until)
            looking.look(has_time)
            looking.place_those_left(has_time)
            if not looking.is_done:
                continue
            found = looking.find()
            if found is not None:
                return found


def look(store: Store, config: Config, *, now: datetime, go_on: Callable[[], bool]) -> None:
    """As `run`, for whoever has the turn: as long as it is to `go_on`."""
    heard = ears(config)
    looking = _Looking(store, heard, now)
    looking.begin()
    looking.look(go_on)
    if config.themes.discover and go_on() and looking.progress.is_search_due(now):
        looking.place_those_left(go_on)
        if looking.is_done:
            looking.find()


def _is_due(store: Store, config: Config, heard: Ears, now: datetime) -> bool:
    """Is there anything to do? Asks one statement."""
    with store.read() as conn:
        standing = theming.standing(conn, KEY)
    progress = Progress.from_json(standing.noted)
    changed = (heard.taxonomy.digest, heard.written, heard.space, standing.last) != (
        progress.taxonomy,
        progress.written,
        progress.space,
        progress.looked,
    )
    search = config.themes.discover and progress.is_search_due(now)
    return changed or progress.below > 0 or progress.owing or search


def _is_before(until: float) -> bool:
    return time.monotonic() < until


class _Looking:
    """One turn at it."""

    def __init__(self, store: Store, heard: Ears, now: datetime) -> None:
        self._store = store
        self._heard = heard
        self._now = now
        self._since = now - finding.WINDOW
        self._known: tuple[Centroid, ...] = ()
        self._told = taxonomy(())
        self.progress = Progress()

    def begin(self) -> None:
        """Note what there is to do, and which themes are kept."""
        heard = self._heard
        with self._store.begin() as conn:
            standing = theming.standing(conn, KEY)
            before = Progress.from_json(standing.noted)
            self.progress = before.begun(heard.taxonomy, heard.space, last=standing.last)
            if self.progress.written != before.written:
                keep_those_written(conn, heard.taxonomy, now=self._now)
            if self.progress.space != before.space:
                theming.begin_anew(conn, heard.space, since=self._since)
                self.progress = replace(self.progress, owing=False)
            self._known, self._told = finding.known(conn), finding.words_of_known(conn)
            set_desk_value(conn, KEY, self.progress.to_json())

    def look(self, go_on: Callable[[], bool]) -> None:
        """At what is left, as long as it is to `go_on`."""
        self._walk(go_on)
        if self._heard.space is not None:
            self._place(go_on)

    def place_those_left(self, go_on: Callable[[], bool]) -> None:
        """Give all messages that are to be looked through their place, unless they are too few to
        make a theme."""
        if self._heard.space is None or self.progress.below:
            return
        with self._store.begin() as conn:
            enough = theming.is_placing_due(conn, at_least=discovery.MIN_MESSAGES)
            self.progress = replace(self.progress, owing=enough)
            set_desk_value(conn, KEY, self.progress.to_json())
        self._place(go_on)

    def find(self) -> Found | None:
        """Look for new themes; None: somebody else did so meanwhile."""
        return finding.find(
            self._store,
            self._heard.space,
            self.progress,
            language=self._heard.language,
            now=self._now,
            key=KEY,
        )

    @property
    def is_done(self) -> bool:
        """Is nothing left?"""
        return not (self.progress.below or self.progress.owing)

    def _walk(self, go_on: Callable[[], bool]) -> None:
        """Hold messages against the words of the kept themes, the newest first."""
        while self.progress.below and go_on():
            found, below = self._next(go_on)
            looked = [self._looked_at(one) for one in found]
            bare = [
                one
                for one, seen in zip(found, looked, strict=True)
                if seen.is_open and not one.placed and finding.is_looked_through(one)
            ]
            # Those of meaning are held against them when they have their place.
            alike = {} if self._heard.space else self._near(self._items(bare))
            # As long as there is nothing to hold them against, they wait for the next search.
            owing = bool(self._known) and any(seen.owes for seen in looked)
            self.progress = replace(self.progress, below=below, owing=self.progress.owing or owing)
            with self._store.begin() as conn:
                theming.put(conn, looked, taxonomy=self._heard.taxonomy.digest, at=self._now)
                finding.put_near(conn, alike)
                set_desk_value(conn, KEY, self.progress.to_json())

    def _place(self, go_on: Callable[[], bool]) -> None:
        """Give messages that no kept theme covers their place among the others, the newest
        first, and hold them against the themes that were found before."""
        while self.progress.owing and go_on():
            with self._store.read() as conn:
                found = theming.owing(conn, _PLACED_AT_ONCE)
            telling = [one for one in found if finding.is_looked_through(one)]
            items = self._items(telling)
            vectors = space.embed([one.text for one in items], [one.language for one in items])
            placed = dict(zip((one.row for one in items), vectors, strict=True))
            near = self._near([replace(one, vector=placed[one.row]) for one in items])
            self.progress = replace(self.progress, owing=bool(found))
            with self._store.begin() as conn:
                theming.place(conn, {one.row: placed.get(one.row) for one in found})
                finding.put_near(conn, near)
                set_desk_value(conn, KEY, self.progress.to_json())

    def _next(self, go_on: Callable[[], bool]) -> tuple[list[Said], int]:
        """The next messages to look at, and the row from which on all are; 0: none are left."""
        below, floor = self.progress.below, self.progress.floor
        with self._store.read() as conn:
            while below > floor + 1:
                above = max(floor, below - _STRETCH - 1)
                found = theming.unlooked(
                    conn, self._heard.taxonomy.digest, above=above, below=below, limit=_BATCH
                )
                below = found[-1].row if len(found) == _BATCH else above + 1
                if found or not go_on():
                    return found, below if below > floor + 1 else 0
        return [], 0

    def _looked_at(self, said: Said) -> Looked:
        heard = self._heard
        text, language = finding.text_of(said), finding.language_of(said, heard.language)
        found = themes.match(text, language, heard.taxonomy)
        words = finding.words(said)
        young = said.at >= self._since and not said.placed
        is_open = not themes.is_sure(found) and len(found) < themes.MOST
        # Giving a place takes its time: what a kept theme covers is given one only where it says
        # words of a found one.
        may_be = not found or bool(themes.match(text, language, self._told))
        owes = is_open and may_be and young and finding.is_looked_through(said)
        return Looked(
            row=said.row,
            about=tuple(About(theme=one.theme, how="words", weight=one.weight) for one in found),
            is_open=is_open,
            praise=praise.heard(words, language) if words else 0.0,
            owes=heard.space if owes else None,
        )

    def _near(self, items: list[discovery.Item]) -> Mapping[int, tuple[str, float]]:
        """The found themes that messages belong to, and how alike they are."""
        return discovery.assign(items, self._known) if items and self._known else {}

    def _items(self, found: list[Said]) -> list[discovery.Item]:
        return [finding.item(one, self._heard.language) for one in found]
