from datetime import timedelta
from pathlib import Path
from typing import Any

import cases
import databases
from counting import counted
from making import NOON
from sqlalchemy import event

from mailresponder.policy.ticket import TicketState
from mailresponder.store import gauges, mailbox_tasks, mailboxes
from mailresponder.store.database import Store
from mailresponder.store.gauges import Gauges, Mails, OpenTickets, Tasks
from mailresponder.store.mailbox_tasks import Task

LATER = NOON + timedelta(hours=9)


def read(store: Store) -> Gauges:
    with store.read() as conn:
        return gauges.read(conn, now=LATER)


def test_an_idle_desk_has_none(store: Store) -> None:
    """What was answered, closed, sent, done or is spam is none that somebody waits for."""
    with store.begin() as conn:
        mailboxes.well(conn, "support", NOON)
        for number, state in enumerate([TicketState.ANSWERED, TicketState.CLOSED]):
            cases.add(conn, cases.open_ticket(f"MR-2222{number}", state=state))
        cases.add(conn, cases.open_ticket("MR-22229", spam=True))
        cases.queue_mail(conn, key="sent", state="sent", settled_at=NOON)
        mailbox_tasks.add(conn, Task(mailbox="support", kind="flag", dedup_key="a"), NOON)
        mailbox_tasks.done(conn, [task.id for task in mailbox_tasks.pending(conn)])

    assert read(store) == Gauges(tickets=(), mails=(), tasks=())


def test_open_tickets_are_counted_by_mailbox_and_anger(store: Store) -> None:
    """How many, how many of them late and snoozed, and who has waited longest."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-22222"))
        cases.add(conn, cases.open_ticket("MR-22223", due_at=LATER + timedelta(hours=1)))
        snoozed = {"snoozed_until": LATER + timedelta(hours=1)}
        cases.add(conn, cases.open_ticket("MR-22224", waiting_since=NOON, **snoozed))
        cases.add(conn, cases.angry_ticket("MR-22225", mailbox="sales"))

    found = read(store).tickets

    assert {(one.mailbox, one.angry): (one.number, one.overdue, one.snoozed) for one in found} == {
        ("support", False): (3, 1, 1),
        ("sales", True): (1, 1, 0),
    }
    assert all(isinstance(one, OpenTickets) and one.waiting_since == NOON for one in found)


def test_mails_and_tasks_are_counted_by_state(store: Store) -> None:
    """Those that wait with the moment the first is due, and those given up."""
    with store.begin() as conn:
        mailboxes.well(conn, "support", NOON)
        cases.queue_mail(conn, key="1")
        cases.queue_mail(conn, key="2", next_attempt_at=LATER)
        cases.queue_mail(conn, key="3", state="failed")
        for key in ("a", "b", "c"):
            mailbox_tasks.add(conn, Task(mailbox="support", kind="flag", dedup_key=key), NOON)
        [first, *_] = [task.id for task in mailbox_tasks.pending(conn)]
        mailbox_tasks.failed(conn, first, "no such folder")

    found = read(store)

    assert sorted(found.mails, key=lambda one: one.state) == [
        Mails(mailbox="support", state="failed", number=1, next_attempt_at=NOON),
        Mails(mailbox="support", state="queued", number=2, next_attempt_at=NOON),
    ]
    assert found.tasks == (Tasks(mailbox="support", pending=2, failed=1),)


def test_no_table_that_grows_is_walked_through(tmp_path: Path) -> None:
    """Three statements however many mailboxes; each is led by an index to what is open or waits,
    and the outbox is not opened at all."""
    asked: list[tuple[str, Any]] = []

    def hear(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    store = databases.open_new(tmp_path / "desk.db")
    with store.begin() as conn:
        for name in ("support", "sales", "billing"):
            mailboxes.well(conn, name, NOON)
    with store.begin() as conn:
        event.listen(conn, "before_cursor_execute", hear)
        with counted() as count:
            gauges.read(conn, now=LATER)
        event.remove(conn, "before_cursor_execute", hear)
        plans = [
            [row[-1] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given)]
            for said, given in asked
        ]
    store.close()

    assert count.statements == 3
    tickets, mails, tasks = ["; ".join(plan) for plan in plans]
    assert "SEARCH tickets USING INDEX ix_tickets_state_due_at (state=?)" in tickets
    assert "SEARCH outbox USING COVERING INDEX ix_outbox_state_mailbox" in mails
    assert tasks.count("SEARCH mailbox_tasks USING COVERING INDEX") == 2
    assert "SCAN" not in f"{tickets}{mails}"
    assert "SCAN mailbox_tasks" not in tasks
