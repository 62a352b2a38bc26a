"""Proposes tickets to open defects: those whose messages say a defect's words, or are about its
theme. Staff accept or refuse them; nobody is told anything on a proposal alone.

The pass over the first mailbox does it for the whole desk, a little in each, so that no mail waits
behind it. What lies further back than `BACK` is left alone.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailresponder.jobs.work import Work
from mailresponder.listening.lexicon import available
from mailresponder.listening.taxonomy import Taxonomy
from mailresponder.listening.themes import match
from mailresponder.policy.defects import Defect, DefectState, How, listened
from mailresponder.store import proposing as rows
from mailresponder.store import themes
from mailresponder.store.database import desk_value, set_desk_value
from mailresponder.store.defects import all_defects
from mailresponder.store.proposing import Heard

BACK = timedelta(days=90)
"""How old a complaint is proposed when a defect is made."""
BATCH = 500
"""Messages looked at in one transaction."""
BATCHES = 4
"""Transactions of one pass."""
EVERY = timedelta(minutes=10)
"""How often themes are asked for: they are found in messages some time after these came."""

_KEY = "proposing"
_AGAIN = 100
"""So many rows are looked at again when new ones come: of two that were written at once, the
earlier may be seen later (PostgreSQL)."""
_BY = "mailresponder"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """How far it has come."""

    digest: str = ""
    """Of what was listened for."""
    row: int = 0
    """The last message looked at."""
    themes_at: str = ""
    """When themes were last asked for."""


def run(work: Work) -> None:
    """Look at what came since the last pass. Cheap where nothing did, and without defects."""
    if work.desk.mailbox != work.config.mailboxes[0].name:
        return
    now = work.clock()
    with work.store.read() as conn:
        open_ = all_defects(conn, DefectState.OPEN)
        if not any(one.words or one.theme for one in open_):
            return
        place = _place(desk_value(conn, _KEY))
    listening = listened(one for one in open_ if one.words)
    # Who removes a defect and makes it anew looks back again, though it may get the same number.
    newest = max(one.opened_at for one in open_)
    digest = f"{listening.digest} {newest.isoformat()}"
    if digest != place.digest:
        place = replace(place, digest=digest, row=0, themes_at="")
    for _ in range(BATCHES if listening.themes else 0):
        after = _by_words(work, listening, place, now=now)
        if after is None:
            break
        place = after
    themed = [one for one in open_ if one.theme]
    if themed and not _is_recent(place.themes_at, now):
        _by_themes(work, themed, place, now=now)


def _by_words(work: Work, listening: Taxonomy, place: _Place, *, now: datetime) -> _Place | None:
    """Look at the next messages; None where there are none."""
    with work.store.read() as conn:
        newest = rows.last_heard(conn)
        if newest <= place.row:
            return None
        heard = rows.heard(
            conn, after=max(0, place.row - _AGAIN), since=now - BACK, limit=BATCH + _AGAIN
        )
    found = {(defect, one.ticket_id) for one in heard for defect in _about(one, listening)}
    done = len(heard) < BATCH + _AGAIN
    after = replace(place, row=newest if done else heard[-1].row)
    with work.store.begin() as conn:
        rows.propose(conn, sorted(found), how=How.WORDS, by=_BY, at=now)
        _keep(conn, after)
    return after


def _about(heard: Heard, listening: Taxonomy) -> Sequence[int]:
    if heard.language not in available():
        return ()
    return [int(found.theme) for found in match(heard.text, heard.language, listening)]


def _by_themes(work: Work, themed: Sequence[Defect], place: _Place, *, now: datetime) -> None:
    with work.store.begin() as conn:
        for defect in themed:
            keys = themes.same(conn, defect.theme or "")
            about = rows.about_themes(conn, defect.id, keys, since=now - BACK, limit=BATCH)
            found = [(defect.id, ticket_id) for ticket_id in about]
            rows.propose(conn, found, how=How.THEME, by=_BY, at=now)
        _keep(conn, replace(place, themes_at=now.isoformat()))


def _is_recent(at: str, now: datetime) -> bool:
    return bool(at) and timedelta(0) <= now - datetime.fromisoformat(at) < EVERY


def _place(kept: str | None) -> _Place:
    return _Place(**json.loads(kept)) if kept else _Place()


def _keep(conn: Connection, place: _Place) -> None:
    set_desk_value(conn, _KEY, json.dumps(asdict(place)))
