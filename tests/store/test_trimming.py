"""Letting go of what has served its time."""

from datetime import datetime, timedelta
from typing import Any

import cases
import pytest
from sqlalchemy import Connection, select

from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import (
    audit,
    labels,
    mailbox_tasks,
    outbox,
    outbox_view,
    tickets,
    trimming,
)
from mailresponder.store.audit import Entry
from mailresponder.store.database import Store
from mailresponder.store.labels import Label
from mailresponder.store.mailbox_tasks import Task
from mailresponder.store.messages import of_ticket
from mailresponder.store.schema import erased, messages
from mailresponder.store.schema import mailbox_tasks as task_rows
from mailresponder.store.schema import outbox as outbox_rows
from mailresponder.store.trimming import Before

NOW = cases.NOON
LATER = NOW + timedelta(days=1)
MINUTE = timedelta(minutes=1)


def sent(store: Store, key: str, *, copy: str | None = None) -> int:
    """A mail that was sent now; `copy`: its task to lie in Sent, in this state."""
    with store.begin() as conn:
        mail = cases.draft(key, message_id=f"<{key}@example.com>")
        number = outbox.enqueue(conn, mail, NOW) or 0
        outbox.claim(conn, "support", owner="me", now=NOW, lease=MINUTE, limit=1)
        outbox.sent(conn, number, owner="me", now=NOW)
        if copy is not None:
            task = Task(mailbox="support", kind="sent_copy", outbox_id=number, dedup_key=key)
            mailbox_tasks.add(conn, task, NOW)
            if copy == "done":
                mailbox_tasks.done(conn, [t.id for t in mailbox_tasks.pending(conn)])
    return number


def content(store: Store, number: int) -> bytes:
    with store.read() as conn:
        return outbox_view.whole(conn, [number])[number].content


def emptied(conn: Connection, before: datetime) -> int:
    """How many mails lose their bytes."""
    return trimming.sent_bodies(conn, before=Before(desk=before), after=0, limit=9).gone


def test_a_mail_sent_long_ago_loses_its_bytes_alone(store: Store) -> None:
    """Its row stays, so that nothing is sent twice and a bounce of it is known."""
    number = sent(store, "old", copy="done")
    with store.begin() as conn:
        found = [emptied(conn, before) for before in (NOW, LATER, LATER)]
        assert conn.execute(select(task_rows.c.id)).all() == []
        row = outbox_view.row(conn, number)

    assert found == [0, 1, 0]
    assert content(store, number) == b""
    assert row is not None
    assert (row.state, row.message_id) == ("sent", "<old@example.com>")


def test_a_mail_whose_copy_is_still_owed_keeps_its_bytes(store: Store) -> None:
    """What is to be put into Sent must still be there when Sent can be reached again."""
    number = sent(store, "old", copy="pending")

    with store.begin() as conn:
        assert emptied(conn, LATER) == 0

    assert content(store, number)


def test_a_mail_that_was_not_sent_keeps_its_bytes(store: Store) -> None:
    """Whoever tries a failed mail again sends what was written."""
    with store.begin() as conn:
        number = cases.queue_mail(conn)
        outbox.claim(conn, "support", owner="me", now=LATER, lease=MINUTE, limit=1)
        outbox.failed(conn, number, owner="me", error="550", now=NOW)
        assert emptied(conn, LATER) == 0

    assert content(store, number)


@pytest.mark.parametrize("state", list(TicketState))
def test_only_closed_tickets_lose_their_story(store: Store, state: TicketState) -> None:
    """Of a ticket that may go on, every event is kept."""
    with store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket("MR-23456", state=state), "Hello")
        before = tickets.events(conn, ticket.id)
        gone = trimming.told(conn, before=Before(desk=LATER), keep=(), after=0, limit=9).gone
        after = tickets.events(conn, ticket.id)

    assert before
    assert (gone, after) == ((len(before), []) if state is TicketState.CLOSED else (0, before))


def test_what_colleagues_wrote_is_kept(store: Store) -> None:
    """Events by names that are to be kept stay with a closed ticket, the young ones too."""
    with store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket("MR-23456", state=TicketState.CLOSED))
        for what, at in (("note", NOW), ("closed", NOW), ("closed", LATER)):
            tickets.add_event(conn, ticket.id, at=at, what=what, why="", by="ana@example.com")
        trimming.told(conn, before=Before(desk=LATER), keep=("note",), after=0, limit=9)
        kept = [(event.what, event.at) for event in tickets.events(conn, ticket.id)]

    assert kept == [("note", NOW), ("closed", LATER)]


def test_a_stretch_follows_another(store: Store) -> None:
    """No transaction looks at more rows than its limit, what was kept included; the next one goes
    on behind them, and the walk ends where all is young."""
    with store.begin() as conn:
        for at in (LATER, NOW, NOW, LATER, LATER, LATER):
            audit.add(conn, Entry(at=at, by="ana", what="signed_in", about=f"{at:%a}"))
        walked = []
        after: int | None = 0
        while after is not None:
            stretch = trimming.audited(conn, before=LATER, after=after, limit=2)
            walked.append(stretch.gone)
            after = stretch.last
        left = [entry.about for entry in audit.latest(conn, limit=9)]

    assert walked == [1, 1, 0]
    assert left == [f"{LATER:%a}"] * 4


def rested(conn: Connection, reference: str = "MR-23456", **changes: Any) -> Ticket:
    """A ticket of noon, closed, with a mail, a note, a label and a mail of ours that was sent."""
    given = {"state": TicketState.CLOSED, "angry": True, "because": (("never", 1.0),), **changes}
    ticket = cases.add(conn, cases.open_ticket(reference, **given), "Never again!")
    told = {"at": NOW, "by": "ana@example.com"}
    tickets.add_event(conn, ticket.id, what="note", why="She is cross.", **told)
    tickets.add_event(conn, ticket.id, what="closed", why="by hand", **told)
    labels.put(conn, Label(message_row=message_rows(conn)[-1], angry=True, by="ana", at=NOW))
    cases.queue_mail(conn, key=reference, ticket_id=ticket.id, state="sent", settled_at=NOW)
    return ticket


def message_rows(conn: Connection) -> list[int]:
    return list(conn.execute(select(messages.c.id).order_by(messages.c.id)).scalars())


def texts(conn: Connection, before: Before) -> int:
    """How many tickets lose what was written in them."""
    return trimming.texts(conn, before=before, written=("note",), after=0, limit=9).gone


def test_what_people_wrote_goes_and_the_figures_stay(store: Store) -> None:
    """Subject, text, the words heard in it, a note and the bytes of our mail go once; who wrote
    when, how it was judged, and that it was closed and why, stays."""
    with store.begin() as conn:
        ticket = rested(conn)
        gone = [texts(conn, Before(desk=at)) for at in (NOW, LATER, LATER)]
        [message] = of_ticket(conn, ticket.id)
        [left] = tickets.load(conn)
        told = [(event.what, event.why) for event in tickets.events(conn, ticket.id)]
        [mail] = outbox_view.rows(conn)
        content = outbox_view.whole(conn, [mail.id])[mail.id].content

    assert gone == [0, 1, 0]
    assert (message.subject, message.new_text, message.because) == ("", "", ())
    assert (message.from_, message.at, message.judged) == ("emma@customer.test", NOW, True)
    assert (left.subject, left.because, left.angry) == ("", (), True)
    assert told == [("opened", "human mail"), ("note", ""), ("closed", "by hand")]
    assert content == b""


@pytest.mark.parametrize(
    ("changes", "goes"),
    [
        ({"state": TicketState.CLOSED}, True),
        ({"state": TicketState.ANSWERED}, True),
        ({"state": TicketState.OPEN}, False),
    ],
)
def test_only_where_nobody_waits(store: Store, changes: dict[str, Any], goes: bool) -> None:
    """A ticket that is open keeps everything, however old it is."""
    with store.begin() as conn:
        rested(conn, **changes)

        assert texts(conn, Before(desk=LATER)) == goes
        out = {"tombstone": str.upper, "now": NOW, "after": 0, "limit": 9}
        assert trimming.whole_tickets(conn, before=Before(desk=LATER), **out).gone == goes
        assert len(tickets.load(conn)) == (not goes)


@pytest.mark.parametrize("later", ["message", "event"])
def test_time_runs_from_the_last_that_happened(store: Store, later: str) -> None:
    """A mail or a deed of yesterday keeps all of an old ticket."""
    with store.begin() as conn:
        ticket = rested(conn)
        if later == "event":
            tickets.add_event(conn, ticket.id, at=LATER, what="closed", why="", by="ana")
        else:
            conn.execute(messages.update().values(at=LATER))

        assert texts(conn, Before(desk=LATER)) == 0


def test_each_mailbox_has_its_own_time(store: Store) -> None:
    """Where a mailbox says otherwise, that holds for its tickets, mails and messages."""
    before = Before(desk=NOW, of_mailboxes={"billing": LATER})
    with store.begin() as conn:
        rested(conn)
        rested(conn, "MR-34567", mailbox="billing")
        conn.execute(outbox_rows.update().values(mailbox="billing"))
        conn.execute(outbox_rows.update().where(outbox_rows.c.id == 1).values(mailbox="support"))

        assert texts(conn, before) == 1
        assert trimming.told(conn, before=before, keep=(), after=0, limit=99).gone == 3
        out = {"tombstone": str.upper, "now": NOW, "after": 0, "limit": 9}
        assert trimming.whole_tickets(conn, before=before, **out).gone == 1
        assert [ticket.mailbox for ticket in tickets.load(conn)] == ["support"]


def test_mail_of_no_ticket_goes_and_is_known_again(store: Store) -> None:
    """After its time only a tombstone is left of it, and of a ticket's mail none goes this way."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456"), "Hello", "Hello?")
        first, second = message_rows(conn)
        loose = messages.c.id == first
        conn.execute(messages.update().where(loose).values(ticket_id=None, dedup_key="key"))
        out = {"tombstone": str.upper, "now": NOW, "after": 0, "limit": 9}
        gone = trimming.loose_messages(conn, before=Before(desk=LATER), **out).gone

        assert (gone, message_rows(conn)) == (1, [second])
        assert conn.execute(select(erased.c.key)).scalars().all() == ["KEY"]


def test_a_ticket_whose_answer_is_still_to_be_sent_stays(store: Store) -> None:
    """An answer that could not be sent for as long as a ticket is kept is not lost with it."""
    old = Before(desk=NOW + timedelta(days=9))
    with store.begin() as conn:
        ticket = cases.add(
            conn, cases.open_ticket("MR-23456", state=TicketState.ANSWERED, waiting_since=None), "?"
        )
        mail = cases.queue_mail(conn, kind="relay", ticket_id=ticket.id)
        given = {"tombstone": str, "now": NOW, "after": 0, "limit": 9}
        found = []
        for state in ("queued", "sending", "sent"):
            conn.execute(outbox_rows.update().where(outbox_rows.c.id == mail).values(state=state))
            found.append(trimming.whole_tickets(conn, before=old, **given).gone)

    assert found == [0, 0, 1]


@pytest.mark.parametrize("state", ["failed", "overtaken"])
def test_a_mail_that_was_not_sent_loses_its_bytes_too(store: Store, state: str) -> None:
    """A digest that was given up is not kept for ever, and not sent again without its words."""
    with store.begin() as conn:
        mail = cases.queue_mail(conn, kind="digest", state=state, settled_at=NOW)
        found = [emptied(conn, before) for before in (NOW, LATER)]
        again = outbox.retry_now(conn, mail, LATER)

    assert (found, again, content(store, mail)) == ([0, 1], False, b"")
