"""Once a day lets go of what the desk need not keep any longer, as `[retention]` says, and
`[mailbox.retention]` of one mailbox.

A little in each pass, so that no mail waits behind it: what is left is for the next one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from mailresponder.config import Config
from mailresponder.jobs.only_one import only_one
from mailresponder.jobs.story import FORWARDED, NOTE, RELAYED
from mailresponder.jobs.work import Work, log
from mailresponder.policy.identifiers import Signer
from mailresponder.store import compacting, trimming
from mailresponder.store.database import Store, desk_value, set_desk_value
from mailresponder.store.trimming import Before, Stretch

EVERY = timedelta(days=1)
BATCH = 500
"""Rows looked at in one transaction."""
BATCHES = 20
"""Transactions of one pass."""
GRACE = timedelta(days=14)
"""How long a desk that is older than `text` and `tickets` of `[retention]` keeps what it kept for
ever until then, where the configuration does not give these: time to say otherwise."""

_DONE_AT, _PLACE, _TEXTS_FROM = "trimmed_at", "trimming_from", "trimming_texts_from"
_TURN = "trimming"
_KEPT = (NOTE, RELAYED, "relay_failed", "closed")
"""Events that say what a colleague wrote, who wrote an answer, and why an answer that still comes
in is not passed on."""
_WRITTEN = (NOTE, FORWARDED, "noted")
"""Events in which a person's words stand, or a mail's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """How far it has come: which table is walked through, and the last row looked at."""

    step: int = 0
    after: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Trimmed:
    """What was let go of."""

    bodies: int = 0
    """Mails whose bytes were."""
    events: int = 0
    audit: int = 0
    texts: int = 0
    """Tickets of which what people wrote was."""
    tickets: int = 0
    messages: int = 0
    """Those that belonged to no ticket."""
    left: Place | None = None
    """Where to go on; None where all was looked at."""


def run(work: Work) -> Trimmed | None:
    """Let go of some of what is old, if a day has passed since all of it was; None: it has not, or
    somebody else is at it."""
    now = work.clock()
    if not _is_due(work, now):
        return None
    with only_one(work.store, _TURN, work.owner, now) as mine:
        # Who was at it a moment ago may have done all of it.
        return _in_turn(work, now) if mine and _is_due(work, now) else None


def _is_due(work: Work, now: datetime) -> bool:
    with work.store.read() as conn:
        done = desk_value(conn, _DONE_AT)
    return done is None or not timedelta(0) <= now - datetime.fromisoformat(done) < EVERY


def _in_turn(work: Work, now: datetime) -> Trimmed:
    with work.store.read() as conn:
        begin = _place(desk_value(conn, _PLACE))
    trimmed = trim(work.store, work.config, work.signer, now=now, begin=begin, batches=BATCHES)
    if trimmed.left is None:
        compacting.give_back(work.store)
    left = trimmed.left or Place()
    with work.store.begin() as conn:
        set_desk_value(conn, _PLACE, f"{left.step}:{left.after}")
        if trimmed.left is None:
            set_desk_value(conn, _DONE_AT, now.isoformat())
    if (begins := grace(work.store, work.config, now=now)) is not None:
        log.warning("retention_begins", mailbox=work.desk.mailbox, at=begins.isoformat())
    if trimmed != Trimmed(left=trimmed.left):
        work.tell(
            "trimmed",
            bodies=trimmed.bodies,
            events=trimmed.events,
            audit=trimmed.audit,
            texts=trimmed.texts,
            tickets=trimmed.tickets,
            messages=trimmed.messages,
        )
    return trimmed


def grace(store: Store, config: Config, *, now: datetime) -> datetime | None:
    """Until when what people wrote, and old tickets, are kept though `[retention]` has times for
    them that nobody gave; None: what it says is done."""
    if not _not_given(config):
        return None
    with store.read() as conn:
        ends = _grace_ends(conn, config, now)
    return ends if now < ends else None


def _not_given(config: Config) -> set[str]:
    return {"text", "tickets"} - config.retention.model_fields_set


def _grace_ends(conn: Connection, config: Config, now: datetime) -> datetime:
    """Settled when this is first asked: only a desk that has something old has an older program
    behind it, or years of mail that it was made to read."""
    known = desk_value(conn, _TEXTS_FROM)
    if known is not None:
        return datetime.fromisoformat(known)
    ends = now + GRACE
    old = ends - min(config.retention.text, config.retention.tickets)
    return ends if trimming.is_anything_from(conn, before=old) else now


def _place(kept: str | None) -> Place:
    if kept is None:
        return Place()
    step, after = map(int, kept.split(":"))
    return Place(step=step, after=after)


def trim(
    store: Store,
    config: Config,
    signer: Signer,
    *,
    now: datetime,
    begin: Place = Place(),
    batches: int | None = None,
) -> Trimmed:
    """Let go of what is old by `now`, in at most so many transactions; None: all of it."""
    with store.begin() as conn:
        ends = _grace_ends(conn, config, now)
        set_desk_value(conn, _TEXTS_FROM, ends.isoformat())
    kept_yet = _not_given(config) if now < ends else set()
    until = _before(config, "events", now)
    kept = _before(config, "tickets", now)
    steps: dict[str, Callable[..., Stretch]] = {
        "bodies": partial(trimming.sent_bodies, before=_before(config, "sent_mail", now)),
        "events": partial(trimming.told, before=until, keep=_KEPT),
        "audit": partial(trimming.audited, before=until.desk),
        "tickets": partial(
            trimming.whole_tickets, before=kept, tombstone=signer.tombstone, now=now
        ),
        "texts": partial(trimming.texts, before=_before(config, "text", now), written=_WRITTEN),
        "messages": partial(
            trimming.loose_messages, before=kept, tombstone=signer.tombstone, now=now
        ),
    }
    left_out = {"text": {"texts"}, "tickets": {"tickets", "messages"}}
    skipped = {step for key in kept_yet for step in left_out[key]}
    names = list(steps)
    gone = dict.fromkeys(names, 0)
    place, done = begin, 0
    while place.step < len(names) and done != batches:
        name = names[place.step]
        if name in skipped:
            place = Place(step=place.step + 1)
            continue
        # What comes meanwhile must not be let go of with what is old.
        with store.begin(snapshot=True) as conn:
            stretch = steps[name](conn, after=place.after, limit=BATCH)
        done += 1
        gone[name] += stretch.gone
        if stretch.last is None:
            place = Place(step=place.step + 1)
        else:
            place = replace(place, after=stretch.last)
    return Trimmed(**gone, left=place if place.step < len(names) else None)


def _before(config: Config, key: str, now: datetime) -> Before:
    desk = getattr(config.retention, key)
    others = {one.name: getattr(config.retention_of(one.name), key) for one in config.mailboxes}
    return Before(
        desk=now - desk,
        of_mailboxes={name: now - kept for name, kept in others.items() if kept != desk},
    )
