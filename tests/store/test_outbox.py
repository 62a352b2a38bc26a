import threading
from datetime import UTC, datetime, timedelta

from mailresponder.store import leases, outbox, outbox_view
from mailresponder.store.database import Store
from mailresponder.store.outbox import Claimed, Draft

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
LEASE = timedelta(minutes=10)
OVER = timedelta(0)
"""A lease that has ended when it begins: on PostgreSQL the database's clock counts, not `now`."""


def draft(key: str, *, mailbox: str = "support", promise_until: datetime | None = None) -> Draft:
    return Draft(
        mailbox=mailbox,
        ticket_id=None,
        kind="acknowledgement",
        recipient="Ana@example.com",
        message_id=f"<{key}@example.test>",
        dedup_key=key,
        content=b"Subject: \xff\x00\r\n\r\n",
        subject_key="broken kettle",
        promise_until=promise_until,
    )


def queue(store: Store, *keys: str) -> list[int]:
    with store.begin() as conn:
        return [outbox.enqueue(conn, draft(key), NOW) or 0 for key in keys]


def claim(
    store: Store, owner: str, *, now: datetime = NOW, lease: timedelta = LEASE, limit: int = 10
) -> list[Claimed]:
    with store.begin() as conn:
        leases.acquire(conn, leases.of_instance(owner), owner, LEASE, now)
        return outbox.claim(conn, "support", owner=owner, now=now, lease=lease, limit=limit)


def state(store: Store, outbox_id: int) -> tuple[str, int, str | None]:
    with store.read() as conn:
        row = outbox_view.row(conn, outbox_id)
    assert row is not None
    return row.state, row.attempts, row.last_error


def test_a_claimed_mail_is_the_one_that_was_queued(store: Store) -> None:
    """What was written comes back byte for byte, with its first attempt counted."""
    with store.begin() as conn:
        new = outbox.enqueue(conn, draft("a", promise_until=LATER), NOW)
    assert new is not None
    assert claim(store, "me") == [
        Claimed(
            id=new,
            mailbox="support",
            ticket_id=None,
            kind="acknowledgement",
            recipient="Ana@example.com",
            dedup_key="a",
            message_id="<a@example.test>",
            content=b"Subject: \xff\x00\r\n\r\n",
            promise_until=LATER,
            attempts=1,
            repeat=False,
            created_at=NOW,
        )
    ]


def test_a_reason_makes_one_mail(store: Store) -> None:
    """A second draft with the same key is dropped, even when the first is sent."""
    (first,) = queue(store, "a")
    assert queue(store, "a") == [0]
    claim(store, "me")
    with store.begin() as conn:
        assert outbox.sent(conn, first, "me", NOW)
    assert queue(store, "a") == [0]


def test_a_claim_takes_what_is_due_longest_first(store: Store) -> None:
    """Only this mailbox's, only what is due, no more than asked for."""
    with store.begin() as conn:
        outbox.enqueue(conn, draft("later"), LATER)
        outbox.enqueue(conn, draft("other", mailbox="billing"), NOW)
        second = outbox.enqueue(conn, draft("second"), NOW)
        first = outbox.enqueue(conn, draft("first"), NOW - LEASE)
        outbox.enqueue(conn, draft("third"), NOW)
    assert [mail.id for mail in claim(store, "me", limit=2)] == [first, second]


def test_nobody_else_gets_a_claimed_mail(store: Store) -> None:
    """While the lease runs it is its owner's alone."""
    (first,) = queue(store, "a")
    claim(store, "me")
    assert claim(store, "you") == []
    with store.read() as conn:
        assert outbox.owns(conn, first, "me", NOW)
        assert not outbox.owns(conn, first, "you", NOW)


def test_a_lease_that_ended_is_claimed_again_as_a_repeat(store: Store) -> None:
    """The next owner is told that the mail may have been sent; the late one owns it no more."""
    (first,) = queue(store, "a")
    claim(store, "late", lease=OVER)
    with store.read() as conn:
        assert not outbox.owns(conn, first, "late", NOW)
    (again,) = claim(store, "next")
    assert (again.attempts, again.repeat) == (2, True)
    with store.begin() as conn:
        assert not outbox.retry_later(conn, first, "late", "busy", LATER)
        assert not outbox.failed(conn, first, "late", "refused", NOW)
        assert not outbox.rewrite(conn, first, "late", b"other", None)
        assert outbox.defer(conn, [first], "late", LATER) == 0
        assert outbox.owns(conn, first, "next", NOW)


def test_what_a_late_owner_sent_is_sent(store: Store) -> None:
    """The one who sent it says so although the lease is gone, and the next one is stopped."""
    (first,) = queue(store, "a")
    claim(store, "late", lease=OVER)
    claim(store, "next")
    with store.begin() as conn:
        assert outbox.sent(conn, first, "late", NOW)
        assert not outbox.owns(conn, first, "next", NOW)
        assert not outbox.sent(conn, first, "next", NOW)
    assert state(store, first) == ("sent", 2, None)


def test_a_temporary_failure_waits(store: Store) -> None:
    """It is due again later and not before; the attempt counts; it is no repeat."""
    (first,) = queue(store, "a")
    claim(store, "me")
    with store.begin() as conn:
        assert outbox.retry_later(conn, first, "me", "451 busy", LATER)
    assert state(store, first) == ("queued", 1, "451 busy")
    assert claim(store, "me") == []
    (again,) = claim(store, "me", now=LATER)
    assert (again.attempts, again.repeat) == (2, False)


def test_a_lost_reply_makes_every_later_attempt_a_repeat(store: Store) -> None:
    """Once a mail may have been sent, a failure that is certain does not make it unsent."""
    (first,) = queue(store, "a")
    claim(store, "me")
    with store.begin() as conn:
        assert outbox.retry_later(conn, first, "me", "connection lost", NOW, maybe_sent=True)
    (second,) = claim(store, "me")
    with store.begin() as conn:
        outbox.retry_later(conn, first, "me", "451 busy", NOW)
    (third,) = claim(store, "me")
    assert (second.repeat, third.repeat) == (True, True)


def test_a_deferred_mail_has_not_been_tried(store: Store) -> None:
    """Given back untried, it comes again later with the same count, and is no repeat."""
    first, second = queue(store, "a", "b")
    claim(store, "me")
    with store.begin() as conn:
        assert outbox.defer(conn, [first, second], "me", LATER) == 2
    assert state(store, first) == ("queued", 0, None)
    assert claim(store, "me") == []
    again = claim(store, "me", now=LATER)
    assert [(mail.attempts, mail.repeat) for mail in again] == [(1, False), (1, False)]


def test_a_mail_given_up_is_not_tried_again(store: Store) -> None:
    """`failed` is the end unless somebody says otherwise."""
    (first,) = queue(store, "a")
    claim(store, "me")
    with store.begin() as conn:
        assert outbox.failed(conn, first, "me", "550 no such user", NOW)
    assert state(store, first) == ("failed", 1, "550 no such user")
    assert claim(store, "me", now=LATER) == []


def test_retrying_makes_a_mail_due_at_once(store: Store) -> None:
    """A failed mail starts afresh, a waiting one waits no longer, others are left alone."""
    gone, waiting, sending, done = queue(store, "a", "b", "c", "d")
    claim(store, "me")
    with store.begin() as conn:
        outbox.failed(conn, gone, "me", "550", NOW)
        outbox.retry_later(conn, waiting, "me", "451", LATER)
        outbox.sent(conn, done, "me", NOW)
        ids = (gone, waiting, sending, done, -1)
        assert [outbox.retry_now(conn, one, NOW) for one in ids] == [
            True, True, False, False, False,
        ]  # fmt: skip
    assert {mail.id for mail in claim(store, "me")} == {gone, waiting}


def test_a_mail_written_anew_keeps_its_name(store: Store) -> None:
    """Other words, the same Message-ID."""
    (first,) = queue(store, "a")
    claim(store, "me", lease=OVER)
    with store.begin() as conn:
        assert outbox.rewrite(conn, first, "me", b"other words", None)
    (again,) = claim(store, "me")
    assert (again.content, again.message_id) == (b"other words", "<a@example.test>")


def test_a_dead_owner_s_mail_is_free_at_once(store: Store) -> None:
    """What another held is claimed again as a repeat; what we hold stays ours."""
    theirs, ours = queue(store, "a", "b")
    claim(store, "dead", limit=1)
    claim(store, "alive")
    with store.begin() as conn:
        assert outbox.release_dead(conn, "alive") == 1
        assert outbox.owns(conn, ours, "alive", NOW)
    (again,) = claim(store, "alive")
    assert (again.id, again.repeat) == (theirs, True)


def test_eight_threads_claim_nothing_twice(store: Store) -> None:
    """500 mails claimed by eight threads at once: each is claimed, none by two."""
    with store.begin() as conn:
        for number in range(500):
            outbox.enqueue(conn, draft(f"mail {number}"), NOW)
    claims: list[Claimed] = []
    start = threading.Barrier(8)

    def work(owner: str) -> None:
        start.wait()
        while got := claim(store, owner, limit=7):
            claims.extend(got)

    threads = [threading.Thread(target=work, args=(f"owner {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claims) == 500
    assert len({mail.id for mail in claims}) == 500
    assert not any(mail.repeat for mail in claims)
