"""The past of a batch of mails that are decided one after the other in one transaction.

Of most mails nothing is known yet, and one question about all of them tells which these are. What
is known of the others is looked up when each is decided, so it tells what came of those before.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    or_,
    select,
    union_all,
)

from mailresponder.policy.facts import Facts, Questions
from mailresponder.store.column_types import as_key
from mailresponder.store.facts import facts
from mailresponder.store.gathering import gathered
from mailresponder.store.schema import erased, messages, outbox, participants, tickets

_MANY = 20
"""Who asks for more names than these is not asked about beforehand: something will be known."""
_A_DAY = timedelta(days=1)


class Past:
    """Tells the facts of one mail after the other."""

    def __init__(self, conn: Connection, asked: Sequence[Questions]) -> None:
        """`asked`: of all mails of the batch, in the order in which they are decided."""
        self._conn = conn
        self._left = deque((one, frozenset(map(as_key, _names(one)))) for one in asked)
        self._known: frozenset[str] = frozenset()
        self._as_of: int | None = None

    def facts(self) -> Facts:
        """The facts about the next mail. What became of the one before is gathered or written."""
        rows = gathered(self._conn)
        questions, names = self._left[0]
        with rows.about(self._conn, names):
            is_new = self._are_new(names, as_of=rows.said)
            self._left.popleft()
            return Facts() if is_new else facts(self._conn, questions)

    def _are_new(self, names: frozenset[str], *, as_of: int) -> bool:
        """Does none of the names of the next mail lead to anything?"""
        if len(names) > _MANY or not self._known.isdisjoint(names):
            return False
        if self._as_of != as_of:
            if len(self._left) == 1:
                return False  # not known: to ask for its facts costs no more
            few = [questions for questions, names in self._left if len(names) <= _MANY]
            self._known, self._as_of = _known(self._conn, few), as_of
        return self._known.isdisjoint(names)


def _names(questions: Questions) -> Iterable[str]:
    """All by which `facts` finds anything."""
    yield questions.dedup_key
    yield from questions.tombstones
    yield from _message_ids(questions)
    yield from _references(questions)
    yield from _people(questions)


def _message_ids(questions: Questions) -> Iterable[str]:
    return (*questions.message_ids, *questions.reported_ids)


def _references(questions: Questions) -> Iterable[str]:
    return (*questions.references, *questions.quoted, *questions.addressed)


def _people(questions: Questions) -> Iterable[str]:
    writer = questions.correspondent
    return questions.recipients if writer is None else (writer.key, *questions.recipients)


def _known(conn: Connection, asked: Sequence[Questions]) -> frozenset[str]:
    """Those of the names that lead to anything."""
    names = {
        "dedup_keys": [one.dedup_key for one in asked],
        "tombstones": [name for one in asked for name in one.tombstones],
        "message_ids": [name for one in asked for name in _message_ids(one)],
        "references": [name for one in asked for name in _references(one)],
        "people": [name for one in asked for name in _people(one)],
    }
    since = min(one.now for one in asked) - _A_DAY
    return frozenset(conn.execute(_NAMED, {**names, "since": since}).scalars())


def _named() -> CompoundSelect[str]:
    def among(column: ColumnElement[str], names: str) -> Select[str]:
        return select(column).where(column.in_(bindparam(names, expanding=True)))

    # What staff were sent longer ago is much, and no fact.
    lately = or_(outbox.c.settled_at.is_(None), outbox.c.settled_at > bindparam("since"))
    return union_all(
        among(messages.c.dedup_key, "dedup_keys"),
        among(erased.c.key, "tombstones"),
        among(messages.c.message_id, "message_ids"),
        among(outbox.c.message_id, "message_ids"),
        among(outbox.c.sent_as, "message_ids"),
        among(tickets.c.reference, "references"),
        among(participants.c.address, "people"),
        among(outbox.c.recipient_key, "people").where(lately),
    )


# Built once: building a statement costs several times what SQLite takes to run it.
_NAMED = _named()
