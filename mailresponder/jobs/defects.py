"""What staff do to named defects and to the tickets that complain of them, each within an open
transaction: for the command line, for mail and for the page alike."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailresponder.config import Config
from mailresponder.config.themes_file import taxonomy_for
from mailresponder.errors import MailresponderError
from mailresponder.jobs import audit, known_problems
from mailresponder.jobs.acts import Done, Hand, Impossible
from mailresponder.jobs.audit import Deed
from mailresponder.jobs.kept_themes import no_such_theme
from mailresponder.policy import defects as policy
from mailresponder.policy.defects import (
    Defect,
    DefectState,
    How,
    LinkState,
    Words,
)
from mailresponder.policy.orders import Obstacle
from mailresponder.policy.ticket import Ticket
from mailresponder.store import announcing, messages, themes
from mailresponder.store import defects as rows

LINKED, UNLINKED, REFUSED = "defect_linked", "defect_unlinked", "defect_refused"
"""The events of a ticket that staff link to a defect or take from it."""


class Unnamed(Impossible):
    """There is no such defect, or there are several; `names` are those to choose from."""

    def __init__(self, obstacle: Obstacle, message: str, names: Sequence[str]) -> None:
        quoted = ", ".join(f"“{name}”" for name in names)
        mend = f"there are {quoted}" if quoted else "`mailresponder defect add` makes one"
        super().__init__(obstacle, message, mend=mend)
        self.names = tuple(names)


def named(conn: Connection, said: str) -> Defect:
    """The defect of a name, a unique beginning of one, or a number. Raises Unnamed."""
    known = rows.all_defects(conn)
    found = policy.meant(known, said)
    if len(found) == 1:
        return found[0]
    names = policy.offered(known, said)
    if found:
        raise Unnamed(Obstacle.SEVERAL_DEFECTS, f"several defects begin with “{said}”", names)
    raise Unnamed(Obstacle.NO_DEFECT, f"there is no defect “{said}”", names)


def add(
    hand: Hand, name: str, *, owner: str = "", theme: str | None = None, words: Words | None = None
) -> Defect:
    """Make a defect. Raises MailresponderError for a name that is taken, or for words that are
    none."""
    with _sensible():
        defect = Defect(
            name=policy.checked_name(name),
            owner=" ".join(owner.split()),
            theme=theme or None,
            words=policy.checked_words(words or {}),
            known={},
            opened_at=hand.now,
            opened_by=hand.by,
        )
    added = rows.add(hand.conn, defect)
    if added is None:
        raise _taken(hand, defect.name)
    _note(hand, Deed.DEFECT_ADDED, added)
    return added


def named_or_new(hand: Hand, name: str) -> Defect:
    """The defect of exactly this name, made where there is none. Raises Impossible for what can be
    no name."""
    try:
        wanted = policy.checked_name(name)
    except ValueError as error:
        raise Impossible(Obstacle.NO_NAME, str(error)) from None
    if (found := _of_name(hand, wanted)) is not None:
        return found
    try:
        return add(hand, name)
    except MailresponderError:
        # Somebody has named it so since.
        if (found := _of_name(hand, wanted)) is None:
            raise
        return found


def edit(
    hand: Hand,
    defect: Defect,
    *,
    name: str | None = None,
    owner: str | None = None,
    theme: str | None = None,
    words: Words | None = None,
) -> Defect:
    """Change what is given; an empty theme takes it away, and `words` are changed in the languages
    that they name. Raises MailresponderError as `add`."""
    with _sensible():
        after = replace(
            defect,
            name=defect.name if name is None else policy.checked_name(name),
            owner=defect.owner if owner is None else " ".join(owner.split()),
            theme=defect.theme if theme is None else theme or None,
            words=policy.checked_words({**defect.words, **(words or {})}),
        )
    there = _of_name(hand, after.name)
    if there is not None and there.id != defect.id:
        raise _taken(hand, after.name)
    return _changed(hand, defect, after, Deed.DEFECT_CHANGED)


def know(
    hand: Hand, defect: Defect, sentences: Mapping[str, str], *, until: datetime | None = None
) -> Defect:
    """Have acknowledgements of complaints about it carry a sentence, each language its own, before
    `until` or while it is open; none at all: they carry none. Raises MailresponderError."""
    if sentences and defect.state is DefectState.FIXED:
        raise MailresponderError(
            f"“{defect.name}” is fixed: there is no known problem to tell of",
            mend="`mailresponder defect reopen` opens it again",
        )
    if until is not None and until <= hand.now:
        raise MailresponderError("that time has passed", mend="name a day that is ahead")
    with _sensible():
        known = policy.checked_sentences(sentences)
    if known and not _listens(defect):
        raise MailresponderError(
            f"nothing tells which mails are about “{defect.name}”",
            mend="give it words or a theme first: `mailresponder defect edit`",
        )
    after = replace(defect, known=known, known_until=until if known else None)
    return _changed(hand, defect, after, Deed.DEFECT_KNOWN)


def fix(hand: Hand, defect: Defect) -> Defect:
    """It is mended: nobody is told of it as a known problem any more, and nothing is proposed.
    Who complained is told when it is announced."""
    if defect.state is DefectState.FIXED:
        return defect
    after = replace(defect, state=DefectState.FIXED, fixed_at=hand.now, fixed_by=hand.by)
    return _changed(hand, defect, after, Deed.DEFECT_FIXED)


def reopen(hand: Hand, defect: Defect) -> Defect:
    """It is wrong after all. What is announced and has not left is taken back."""
    if defect.state is DefectState.OPEN:
        return defect
    stop(hand, defect)
    after = replace(defect, state=DefectState.OPEN, fixed_at=None, fixed_by=None)
    return _changed(hand, defect, after, Deed.DEFECT_REOPENED)


def stop(hand: Hand, defect: Defect) -> int:
    """End the announcement of a defect, and take back what has not left. How many mails were."""
    gone = announcing.stop(hand.conn, defect.id, at=hand.now)
    messages.forget(hand.conn, gone)
    return len(gone)


def remove(hand: Hand, defect: Defect) -> None:
    """Remove one that was made by mistake. Raises MailresponderError where a ticket is linked to
    it, or it was announced."""
    if not rows.remove(hand.conn, defect.id):
        raise MailresponderError(
            f"“{defect.name}” has tickets or was announced: it stays",
            mend="unlink its tickets first, or mark it as fixed",
        )
    known_problems.say_no_more(hand.conn, defect, now=hand.now)
    _note(hand, Deed.DEFECT_REMOVED, defect)


def link(hand: Hand, defect: Defect, ticket: Ticket, *, how: How = How.HAND) -> Done:
    """A ticket complains of it: proposed before, or not."""
    return _put(hand, defect, ticket, LinkState.LINKED, how, LINKED)


def refuse(hand: Hand, defect: Defect, ticket: Ticket) -> Done:
    """A ticket does not complain of it, and is never proposed again. What its customer was to be
    told and has not left is taken back."""
    _tell_nobody(hand, defect, ticket)
    return _put(hand, defect, ticket, LinkState.REFUSED, How.HAND, REFUSED)


def unlink(hand: Hand, defect: Defect, ticket: Ticket) -> Done:
    """A ticket has nothing to do with it; it may be proposed. What its customer was to be told and
    has not left is taken back."""
    _tell_nobody(hand, defect, ticket)
    changed = rows.drop_link(hand.conn, defect.id, ticket.id)
    if changed:
        hand.event(ticket, UNLINKED, defect.name)
    return Done(ticket=ticket, changed=changed)


def proposed(conn: Connection, defect: Defect) -> list[str]:
    """The references of the tickets that are proposed to it, the newest first."""
    return [link.reference for link in rows.links(conn, defect.id, LinkState.PROPOSED)]


def require_theme(conn: Connection, config: Config, key: str) -> None:
    """Raises MailresponderError where there is no theme of this key."""
    known = {theme.key for theme in taxonomy_for(config).themes}
    if key not in known and not themes.exists(conn, key):
        raise no_such_theme(key)


def shown(defect: Defect, counts: rows.Counts) -> dict[str, Any]:
    """A defect as JSON has it."""
    return {
        "id": defect.id,
        "name": defect.name,
        "owner": defect.owner or None,
        "state": defect.state.value,
        "theme": defect.theme,
        "words": {language: list(words) for language, words in defect.words.items()},
        "known": dict(defect.known),
        "known_until": defect.known_until,
        "opened_at": defect.opened_at,
        "opened_by": defect.opened_by,
        "fixed_at": defect.fixed_at,
        "fixed_by": defect.fixed_by,
        "tickets": counts.linked,
        "proposed": counts.proposed,
        "refused": counts.refused,
        "people": counts.people,
        "told": counts.told,
    }


def listing(conn: Connection, *, everything: bool = False) -> list[dict[str, Any]]:
    """The open defects, or all of them, the oldest first, as JSON has them."""
    counts = rows.counts(conn)
    found = rows.all_defects(conn, None if everything else DefectState.OPEN)
    return [shown(one, counts.get(one.id, rows.Counts())) for one in found]


def whole(conn: Connection, defect: Defect) -> dict[str, Any]:
    """One defect with its tickets, the newest first, and its announcements, as JSON has it."""
    counts = rows.counts(conn).get(defect.id, rows.Counts())
    return {
        **shown(defect, counts),
        "links": [
            {
                "reference": link.reference,
                "state": link.state.value,
                "how": link.how.value,
                "by": link.by,
                "at": link.at,
            }
            for link in rows.links(conn, defect.id)
        ],
        "announcements": [
            {
                "words": dict(one.said.words),
                "names": dict(one.said.names),
                "most": one.most,
                "by": one.by,
                "at": one.at,
                "finished_at": one.finished_at,
            }
            for one in announcing.of_defect(conn, defect.id)
        ],
    }


def _put(
    hand: Hand, defect: Defect, ticket: Ticket, state: LinkState, how: How, event: str
) -> Done:
    changed = rows.put_link(
        hand.conn, defect.id, ticket.id, state=state, how=how, by=hand.by, at=hand.now
    )
    if changed:
        hand.event(ticket, event, defect.name)
    return Done(ticket=ticket, changed=changed)


def _tell_nobody(hand: Hand, defect: Defect, ticket: Ticket) -> None:
    messages.forget(hand.conn, announcing.take_back(hand.conn, ticket.id, defect.id))


@contextmanager
def _sensible() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise MailresponderError(str(error)) from None


def _listens(defect: Defect) -> bool:
    return bool(defect.words or defect.theme)


def _changed(hand: Hand, before: Defect, after: Defect, deed: Deed) -> Defect:
    if after != before:
        try:
            saved = rows.save(hand.conn, after)
        except LookupError:
            raise MailresponderError(
                f"“{before.name}” was removed meanwhile", mend="`mailresponder defect add` makes it"
            ) from None
        if not saved:
            raise _taken(hand, after.name)
        _note(hand, deed, after)
        if (before.known, before.known_until) != (after.known, after.known_until) or (
            before.state is not after.state
        ):
            known_problems.say_no_more(hand.conn, before, now=hand.now)
    return after


def _note(hand: Hand, deed: Deed, defect: Defect) -> None:
    audit.note(hand.conn, by=hand.by, what=deed, about=defect.name, now=hand.now)


def _of_name(hand: Hand, name: str) -> Defect | None:
    key = policy.key_of(name)
    return next(
        (one for one in rows.all_defects(hand.conn) if policy.key_of(one.name) == key), None
    )


def _taken(hand: Hand, name: str) -> MailresponderError:
    there = _of_name(hand, name)
    return MailresponderError(
        f"there is a defect “{there.name if there else name}” already",
        mend="`mailresponder defect edit` changes it, `link` adds tickets to it",
    )
