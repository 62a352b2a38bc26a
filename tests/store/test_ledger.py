"""What the ledger knows of a folder."""

from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from mailresponder.policy.facts import Outcome
from mailresponder.store import ledger
from mailresponder.store.database import Store
from mailresponder.store.messages import MessageRecord, record_message, record_sighting
from mailresponder.store.schema import messages, sightings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def seen(
    conn: Connection,
    uid: int,
    *,
    outcome: Outcome = Outcome.OPENED,
    folder: str = "INBOX",
    uidvalidity: int = 5,
    mailbox: str = "support",
    row: int | None = None,
) -> None:
    record_sighting(
        conn,
        mailbox=mailbox,
        folder=folder,
        uidvalidity=uidvalidity,
        uid=uid,
        message_row=row,
        outcome=outcome,
        at=NOW,
    )


def message(conn: Connection, number: int, outcome: Outcome, mailbox: str = "support") -> int:
    return record_message(
        conn,
        MessageRecord(
            dedup_key=f"key {number}",
            mailbox=mailbox,
            ticket_id=None,
            direction="in",
            kind="human",
            outcome=outcome,
            message_id=None,
            from_="ana@example.com",
            to="",
            subject="",
            new_text="",
            at=NOW,
        ),
    )


def test_unknown_uids_are_told_however_many(store: Store) -> None:
    """Of thousands those come back, in order, that were never seen in this folder under this
    UIDVALIDITY."""
    with store.begin() as conn:
        for uid in (1, 3, 4_294_967_295):
            seen(conn, uid)
        seen(conn, 2, folder="Sent")
        seen(conn, 4, uidvalidity=4)
        seen(conn, 5, mailbox="sales")
    with store.read() as conn:
        asked = [*range(1, 5001), 4_294_967_295]
        assert ledger.unknown(conn, "support", "INBOX", 5, asked) == [2, *range(4, 5001)]
        assert ledger.unknown(conn, "support", "INBOX", 5, []) == []


def test_what_was_left_alone_is_forgotten_and_nothing_else(store: Store) -> None:
    """Where the start is moved, messages of before it go with all their places; those of other
    mailboxes, and what was taken, stay."""
    with store.begin() as conn:
        old = message(conn, 1, Outcome.BEFORE_START)
        seen(conn, 1, outcome=Outcome.BEFORE_START, row=old)
        seen(conn, 2, outcome=Outcome.DUPLICATE, row=old)
        seen(conn, 3, row=message(conn, 2, Outcome.OPENED))
        others = message(conn, 3, Outcome.BEFORE_START, mailbox="sales")
        seen(conn, 4, outcome=Outcome.BEFORE_START, row=others, mailbox="sales")
        ledger.forget_before_start(conn, "support")
    with store.read() as conn:
        left = conn.execute(select(sightings.c.uid).order_by(sightings.c.uid)).scalars()
        assert list(left) == [3, 4]
        assert conn.execute(select(func.count()).select_from(messages)).scalar_one() == 2
