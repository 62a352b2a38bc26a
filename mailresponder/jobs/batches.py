"""Takes a batch of messages into the store, in one transaction with how far each folder was read.

All at once, as that costs least. Where that fails they are taken one by one, and only the message
that is to be blamed is given up: it never keeps the next from being taken.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from mailresponder.errors import TemporaryFailure
from mailresponder.jobs import taking
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.reading import Fetched, Reader
from mailresponder.jobs.step import Place
from mailresponder.jobs.work import Work, log
from mailresponder.mail.message import InboundMessage
from mailresponder.policy.facts import Outcome
from mailresponder.store.facts import facts as look_up
from mailresponder.store.gathering import gathered
from mailresponder.store.past import Past

_COLLISIONS = 3
"""How often a message is taken anew because something in its rows was to be unique and was not."""


def take(work: Work, batch: Sequence[Fetched]) -> list[str]:
    """Take messages and move the cursors past them, in one transaction. Gives their outcomes."""
    try:
        return _taken(work, batch, _at_once)
    except (TemporaryFailure, OperationalError):
        raise
    except Exception as error:  # one message must not block the others
        work.tell("batch_taken_anew", messages=len(batch), reason=type(error).__name__)
        return _taken(work, batch, _one_by_one)


def _taken(
    work: Work,
    batch: Sequence[Fetched],
    take_all: Callable[[Connection, Sequence[Fetched]], list[str]],
) -> list[str]:
    with work.store.begin() as conn:
        outcomes = take_all(conn, batch)
        for reader in dict.fromkeys(one.reader for one in batch):
            reader.save(conn)
    return outcomes


def _at_once(conn: Connection, batch: Sequence[Fetched]) -> list[str]:
    asked = [one.reader.ask(one.message) for one in batch]
    past = Past(conn, [one.questions for one in asked])
    return [
        one.reader.take(conn, one, what, past.facts())
        for one, what in zip(batch, asked, strict=True)
    ]


def _one_by_one(conn: Connection, batch: Sequence[Fetched]) -> list[str]:
    return [_guarded(conn, one) for one in batch]


def _guarded(conn: Connection, one: Fetched) -> str:
    """Take one message alone; one that cannot be handled is given up."""
    reader = one.reader

    def taken() -> str:
        asked = reader.ask(one.message)
        return reader.take(conn, one, asked, look_up(conn, asked.questions))

    try:
        for _ in range(_COLLISIONS):
            # Another process has taken a copy since, which is found now; or there is a ticket of
            # this reference, and the next one is not likely to be another's again.
            with suppress(IntegrityError):
                return _apart(conn, taken)
        return _apart(conn, taken)
    except (TemporaryFailure, OperationalError):
        raise
    except Exception as error:  # one message must not block the next
        return _give_up(conn, reader, reader.place(one.raw.uid), one.message, error)


def _apart(conn: Connection, take_one: Callable[[], str]) -> str:
    """Take a message behind a savepoint, and write all its rows there."""
    with conn.begin_nested():
        outcome = take_one()
        gathered(conn).write(conn)
    return outcome


def _give_up(
    conn: Connection, reader: Reader, place: Place, message: InboundMessage, error: Exception
) -> str:
    """Open a ticket with nothing but the sender, so that a person looks at the mail."""
    work, name = reader.work, type(error).__name__
    log.error("message_not_handled", folder=place.folder, uid=place.uid, error=name)
    bare = replace(
        message,
        subject="",
        text="",
        new_text="",
        in_reply_to=(),
        references=(),
        unreadable=True,
        notes=(*message.notes, f"This mail could not be handled ({name}): read it yourself."),
    )

    def taken() -> str:
        asked = reader.ask(bare)
        facts = look_up(conn, asked.questions)
        return taking.take(conn, work, asked, facts, place, quiet=True).counted_as

    try:
        return _apart(conn, taken)
    except (TemporaryFailure, OperationalError):
        raise
    except Exception as second:  # then the ledger and the admins are what is left
        again = type(second).__name__
        where = f"folder {place.folder}, UID {place.uid}: {again}"
        log.error("message_not_ticketed", folder=place.folder, uid=place.uid, error=again)
        tell_admins(conn, work, "message_not_ticketed", key=f"message:{where}", detail=where)
        taking.note_place(
            conn, work, place, row=None, outcome=Outcome.RECORDED, at=message.received_at
        )
        return Outcome.RECORDED
