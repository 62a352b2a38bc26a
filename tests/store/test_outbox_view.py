from datetime import UTC, datetime, timedelta

from mailresponder.store import outbox, outbox_view
from mailresponder.store.database import Store
from mailresponder.store.outbox import Draft
from mailresponder.store.outbox_view import OutboxRow, WholeMail

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=10)


def queue(
    store: Store,
    key: str,
    *,
    recipient: str = "ana@example.com",
    at: datetime = NOW,
    kind: outbox.Kind = "escalation",
) -> int:
    draft = Draft(
        mailbox="support",
        ticket_id=None,
        kind=kind,
        recipient=recipient,
        message_id=f"<{key}@example.test>",
        dedup_key=key,
        content=key.encode(),
        subject_key="",
    )
    with store.begin() as conn:
        new = outbox.enqueue(conn, draft, at)
    assert new is not None
    return new


def send(store: Store, outbox_id: int, at: datetime) -> None:
    with store.begin() as conn:
        outbox.sent(conn, outbox_id, "me", at)


def test_a_mail_can_be_looked_up(store: Store) -> None:
    """By id and by Message-ID, with everything but its content; the content apart."""
    new = queue(store, "a")
    row = OutboxRow(
        id=new,
        mailbox="support",
        ticket_id=None,
        kind="escalation",
        recipient="ana@example.com",
        message_id="<a@example.test>",
        dedup_key="a",
        state="queued",
        attempts=0,
        created_at=NOW,
        next_attempt_at=NOW,
        settled_at=None,
        last_error=None,
    )
    with store.read() as conn:
        assert outbox_view.row(conn, new) == row
        assert outbox_view.row(conn, new + 1) is None
        mail = WholeMail(message_id="<a@example.test>", content=b"a", settled_at=None)
        assert outbox_view.whole(conn, [new, new + 1]) == {new: mail}
        assert outbox_view.sizes(conn, [new, new + 1]) == {new: 1}


def test_a_list_can_be_narrowed_to_states(store: Store) -> None:
    """All mails, or those in the states asked for, oldest first; `sent_at` only where sent."""
    waiting, gone, done = queue(store, "a"), queue(store, "b"), queue(store, "c")
    send(store, done, NOW + MINUTE)
    with store.begin() as conn:
        outbox.claim(conn, "support", owner="me", now=NOW, lease=LEASE, limit=5)
        outbox.failed(conn, gone, "me", "550", NOW)
        outbox.defer(conn, [waiting], "me", NOW)
    with store.read() as conn:
        everything = outbox_view.rows(conn)
        assert [row.id for row in everything] == [waiting, gone, done]
        assert [row.sent_at for row in everything] == [None, None, NOW + MINUTE]
        assert [row.id for row in outbox_view.rows(conn, ["queued", "failed"])] == [waiting, gone]


def test_what_could_be_claimed_is_counted(store: Store) -> None:
    """Due mail and mail whose lease has ended; not what waits and not what is being sent."""
    queue(store, "a")
    queue(store, "later", at=NOW + MINUTE)
    with store.begin() as conn:
        assert outbox_view.due_count(conn, "support", NOW) == 1
        assert outbox_view.due_count(conn, "billing", NOW) == 0
        outbox.claim(conn, "support", owner="me", now=NOW, lease=LEASE, limit=1)
        assert outbox_view.due_count(conn, "support", NOW) == 0
        outbox.release_dead(conn, "other")
        assert outbox_view.due_count(conn, "support", NOW) == 1


def test_what_was_sent_lately_is_counted_by_mailbox(store: Store) -> None:
    """After the moment, not at it; waiting mail does not count."""
    queue(store, "waiting")
    send(store, queue(store, "a"), NOW)
    send(store, queue(store, "b"), NOW + MINUTE)
    with store.read() as conn:
        assert outbox_view.sent_since(conn, "support", NOW - MINUTE) == 2
        assert outbox_view.sent_since(conn, "support", NOW) == 1
        assert outbox_view.sent_since(conn, "billing", NOW - MINUTE) == 0


def test_what_a_person_gets_is_counted_by_address(store: Store) -> None:
    """In any spelling; waiting mail counts however old it is, failed mail never; what answers
    their own mail is counted apart."""
    queue(store, "waiting", recipient="Ana@Example.com", at=NOW - 500 * MINUTE)
    send(store, queue(store, "old"), NOW - MINUTE)
    send(store, queue(store, "new"), NOW + MINUTE)
    failed = queue(store, "failed", at=NOW - 600 * MINUTE)
    with store.begin() as conn:
        outbox.claim(conn, "support", owner="me", now=NOW, lease=LEASE, limit=1)
        assert outbox.failed(conn, failed, "me", "550", NOW + MINUTE)
        # What waits counts as sent at the moment of asking.
        later = NOW + 5 * MINUTE
        times = outbox_view.notices_to(conn, "ANA@example.com", since=NOW, now=later)
        assert sorted(times) == [NOW + MINUTE, later]
        assert outbox_view.notices_to(conn, "bo@example.com", since=NOW, now=NOW) == []
        assert outbox_view.replies_to(conn, "ANA@example.com", since=NOW, now=later) == []
    queue(store, "report", recipient="ana@example.com", kind="command_report")
    with store.read() as conn:
        assert len(outbox_view.replies_to(conn, "ana@example.com", since=NOW, now=later)) == 1
        assert len(outbox_view.notices_to(conn, "ana@example.com", since=NOW, now=later)) == 2


def test_the_next_attempt_is_known(store: Store) -> None:
    """The earliest of what waits; nothing where nothing does."""
    with store.read() as conn:
        assert outbox_view.next_attempt_at(conn, "support") is None
    queue(store, "b", at=NOW + 2 * MINUTE)
    first = queue(store, "a", at=NOW + MINUTE)
    with store.read() as conn:
        assert outbox_view.next_attempt_at(conn, "support") == NOW + MINUTE
    send(store, first, NOW)
    with store.read() as conn:
        assert outbox_view.next_attempt_at(conn, "support") == NOW + 2 * MINUTE


def test_what_was_written_lately_is_counted_by_kind(store: Store) -> None:
    """Sent or not, since a moment, of one kind."""
    queue(store, "old", at=NOW - MINUTE)
    queue(store, "a", at=NOW + MINUTE)
    send(store, queue(store, "b", at=NOW + MINUTE), NOW + MINUTE)

    with store.read() as conn:
        assert outbox_view.written_since(conn, "escalation", NOW) == 2
        assert outbox_view.written_since(conn, "admin", NOW) == 0
