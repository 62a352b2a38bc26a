"""The ledger as a whole: which messages of a folder it knows. Single entries are made where the
message is recorded."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, or_, select

from mailresponder.policy.facts import Outcome
from mailresponder.store.schema import messages, sightings

_AT_ONCE = 2000
"""UIDs named by one statement."""

_KNOWN = select(sightings.c.uid).where(
    sightings.c.mailbox == bindparam("mailbox"),
    sightings.c.folder == bindparam("folder"),
    sightings.c.uidvalidity == bindparam("uidvalidity"),
    sightings.c.uid.in_(bindparam("uids", expanding=True)),
)


def unknown(
    conn: Connection, mailbox: str, folder: str, uidvalidity: int, uids: Sequence[int]
) -> list[int]:
    """Those of some UIDs that the ledger does not know, in their order."""
    known: set[int] = set()
    for start in range(0, len(uids), _AT_ONCE):
        asked = {
            "mailbox": mailbox,
            "folder": folder,
            "uidvalidity": uidvalidity,
            "uids": uids[start : start + _AT_ONCE],
        }
        known.update(conn.execute(_KNOWN, asked).scalars())
    return [uid for uid in uids if uid not in known]


def read_at(
    conn: Connection, mailbox: str, folder: str, uidvalidity: int, uids: Sequence[int]
) -> dict[int, tuple[str, str]]:
    """The Message-IDs, and the keys by which copies are told, of what was taken at some UIDs, 2,000
    at most; what had no Message-ID is left out."""
    query = (
        select(sightings.c.uid, messages.c.message_id, messages.c.dedup_key)
        .join(messages, messages.c.id == sightings.c.message_row)
        .where(
            sightings.c.mailbox == mailbox,
            sightings.c.folder == folder,
            sightings.c.uidvalidity == uidvalidity,
            sightings.c.uid.in_(uids),
            messages.c.message_id.is_not(None),
        )
    )
    return {row.uid: (row.message_id, row.dedup_key) for row in conn.execute(query)}


def forget_above(conn: Connection, mailbox: str, folder: str, uidvalidity: int, uid: int) -> None:
    """Forget where messages lay that had higher UIDs: the server gives these to others."""
    conn.execute(
        delete(sightings).where(
            sightings.c.mailbox == mailbox,
            sightings.c.folder == folder,
            sightings.c.uidvalidity == uidvalidity,
            sightings.c.uid > uid,
        )
    )


def forget_before_start(conn: Connection, mailbox: str) -> None:
    """Forget the messages of a mailbox that were left alone because of its start: it has another
    one, and they are to be decided anew."""
    old = select(messages.c.id).where(
        messages.c.mailbox == mailbox, messages.c.outcome == Outcome.BEFORE_START
    )
    conn.execute(
        delete(sightings).where(
            or_(
                sightings.c.message_row.in_(old),
                (sightings.c.mailbox == mailbox) & (sightings.c.outcome == Outcome.BEFORE_START),
            )
        )
    )
    conn.execute(
        delete(messages).where(
            messages.c.mailbox == mailbox, messages.c.outcome == Outcome.BEFORE_START
        )
    )
