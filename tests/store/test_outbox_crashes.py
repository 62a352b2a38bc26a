"""The table in `store.outbox`, row by row: the state is left behind by commits and nothing else,
and then another process starts."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import cases
import pytest

from mailresponder.store import outbox, outbox_view, withdrawn
from mailresponder.store.database import Store
from mailresponder.store.outbox import Claimed

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
LEASE = timedelta(minutes=10)
OVER = timedelta(0)
"""A lease that has ended when it begins: on PostgreSQL the database's clock counts, not `now`."""


class Died(BaseException):
    """Ends a transaction before its commit."""


@dataclass(frozen=True)
class Owners:
    """One that dies with a mail in its hands, and the next."""

    store: Store
    id: int

    def claim(self, owner: str = "dead", *, now: datetime = NOW) -> list[Claimed]:
        """As a pass does. What the one that dies holds on PostgreSQL has ended when it is dead."""
        is_over = owner == "dead" and self.store.dialect == "postgresql"
        lease = OVER if is_over else LEASE
        with self.store.begin() as conn:
            return outbox.claim(conn, "support", owner=owner, now=now, lease=lease, limit=10)

    def do(self, step: Any, *given: Any, **more: Any) -> Any:
        """One step of the dead one, committed."""
        with self.store.begin() as conn:
            return step(conn, self.id, "dead", *given, **more)

    def start_again(self, *, now: datetime = NOW) -> list[tuple[str, int, bool]]:
        """What the next one is handed at its start: Message-ID, attempts, and is it a repeat?"""
        if self.store.dialect == "sqlite":
            with self.store.begin() as conn:
                outbox.release_dead(conn, "next")
        found = self.claim("next", now=now)
        return [(mail.message_id, mail.attempts, mail.repeat) for mail in found]

    @property
    def row(self) -> outbox_view.OutboxRow | None:
        """The mail as it stands."""
        with self.store.read() as conn:
            return outbox_view.row(conn, self.id)

    @property
    def state(self) -> str:
        """Its state."""
        assert self.row is not None
        return self.row.state


@pytest.fixture
def owners(store: Store) -> Owners:
    """A mail is queued: intake has committed (2)."""
    draft = cases.draft(
        "one",
        kind="answers_unseen",
        recipient="jane@example.com",
        message_id="<one@example.test>",
        content=b"Subject: x\r\n\r\n",
    )
    with store.begin() as conn:
        new = outbox.enqueue(conn, draft, NOW)
    assert new is not None
    return Owners(store, new)


ONE = "<one@example.test>"


def test_2_what_was_queued_is_claimed_for_the_first_time(owners: Owners) -> None:
    """Nobody had it: it is no repeat."""
    assert owners.start_again() == [(ONE, 1, False)]


def test_2_a_claim_that_was_not_committed_never_was(owners: Owners) -> None:
    """The attempt it counted is not counted."""
    with suppress(Died), owners.store.begin() as conn:
        outbox.claim(conn, "support", owner="dead", now=NOW, lease=LEASE, limit=10)
        raise Died
    assert owners.start_again() == [(ONE, 1, False)]


def test_3_4_5_what_was_claimed_is_a_repeat(owners: Owners) -> None:
    """Whether it was begun, refused or taken: the row is the same, and so is what follows."""
    owners.claim()
    assert owners.state == "sending"
    assert owners.start_again() == [(ONE, 2, True)]


def test_5_the_owner_that_lives_keeps_what_it_holds(owners: Owners) -> None:
    """Nothing is repeated because of somebody else's crash."""
    owners.claim("next")
    assert owners.start_again() == []


def test_5_who_lost_only_the_database_takes_up_its_own(owners: Owners) -> None:
    """At once, as a repeat; what another has in its hands, or another mailbox, is left alone."""
    owners.claim("next")
    with owners.store.begin() as conn:
        assert outbox.release_left(conn, "support", "another") == 0
        assert outbox.release_left(conn, "sales", "next") == 0
        assert outbox.release_left(conn, "support", "next") == 1
    assert owners.start_again() == [(ONE, 2, True)]


def test_6_what_is_sent_is_never_claimed_again(owners: Owners) -> None:
    """Not at the next start and not later."""
    owners.claim()
    assert owners.do(outbox.sent, NOW)
    assert owners.start_again() == owners.start_again(now=LATER) == []
    assert owners.state == "sent"


def test_7_what_waits_for_another_attempt_goes_on_waiting(owners: Owners) -> None:
    """A crash after a 4xx makes it neither sooner nor a repeat."""
    owners.claim()
    owners.do(outbox.retry_later, "451 busy", LATER)
    assert owners.start_again() == []
    assert owners.start_again(now=LATER) == [(ONE, 2, False)]


def test_7_what_was_given_back_has_not_been_tried(owners: Owners) -> None:
    """The attempt does not count after a crash either."""
    owners.claim()
    with owners.store.begin() as conn:
        outbox.defer(conn, [owners.id], "dead", NOW)
    assert owners.start_again() == [(ONE, 1, False)]


def test_8_a_lost_reply_that_was_written_down_waits_as_a_repeat(owners: Owners) -> None:
    """It is not due at once because of the crash, and it stays a repeat."""
    owners.claim()
    owners.do(outbox.retry_later, "connection lost", LATER, maybe_sent=True)
    assert owners.start_again() == []
    assert owners.start_again(now=LATER) == [(ONE, 2, True)]


def test_9_what_was_given_up_stays_so(owners: Owners) -> None:
    """Until somebody says otherwise."""
    owners.claim()
    owners.do(outbox.failed, "550 no", NOW)
    assert owners.start_again(now=LATER) == []
    with owners.store.begin() as conn:
        assert outbox.retry_now(conn, owners.id, NOW)
    assert owners.start_again() == [(ONE, 1, False)]


def test_10_the_new_words_are_what_is_sent(owners: Owners) -> None:
    """A crash after it was written anew does not bring the old promise back."""
    owners.claim()
    owners.do(outbox.rewrite, b"other words", None)
    assert owners.start_again() == [(ONE, 2, True)]
    with owners.store.read() as conn:
        assert outbox_view.whole(conn, [owners.id])[owners.id].content == b"other words"


def test_11_what_may_have_been_sent_is_not_withdrawn(owners: Owners) -> None:
    """An answer to it must find it."""
    owners.claim()
    owners.start_again()
    with owners.store.begin() as conn:
        outbox.retry_later(conn, owners.id, "next", "451", NOW)
        withdrawn.with_keys(conn, ["one"])
    assert owners.state == "queued"


def test_11_what_was_withdrawn_is_gone(owners: Owners) -> None:
    """Nobody is handed it."""
    with owners.store.begin() as conn:
        withdrawn.with_keys(conn, ["one"])
    assert owners.row is None
    assert owners.start_again() == []


def test_12_what_is_overtaken_is_never_claimed_again(owners: Owners) -> None:
    """Nor can anybody retry it; the row stays."""
    owners.claim()
    owners.start_again()
    with owners.store.begin() as conn:
        assert not outbox.overtaken(conn, owners.id, "dead", NOW)
        assert outbox.overtaken(conn, owners.id, "next", NOW)
        assert not outbox.retry_now(conn, owners.id, NOW)
    assert owners.start_again(now=LATER) == []
    assert owners.state == "overtaken"


def test_the_frozen_owner_finds_out_before_data(owners: Owners) -> None:
    """Its mail was handed to the next one, so it is not its own, whatever it believes."""
    owners.claim()
    assert owners.start_again() == [(ONE, 2, True)]
    with owners.store.read() as conn:
        assert not outbox.owns(conn, owners.id, "dead", NOW)


def test_frozen_behind_that_question_it_is_believed_once(owners: Owners) -> None:
    """Both sent it: the first to say so is believed, and the second is told."""
    owners.claim()
    owners.start_again()
    with owners.store.begin() as conn:
        assert outbox.sent(conn, owners.id, "next", NOW)
    assert not owners.do(outbox.sent, NOW)
    assert owners.state == "sent"
    assert not owners.do(outbox.retry_later, "late", NOW)
    assert not owners.do(outbox.failed, "late", NOW)
    assert owners.state == "sent"


def test_what_was_overtaken_and_yet_sent_is_sent(owners: Owners) -> None:
    """A frozen owner that goes on and had sent it after all is believed."""
    owners.claim()
    owners.start_again()
    with owners.store.begin() as conn:
        outbox.overtaken(conn, owners.id, "next", NOW)
    assert owners.do(outbox.sent, NOW)
    assert owners.state == "sent"
