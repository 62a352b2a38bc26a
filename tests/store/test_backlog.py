from datetime import timedelta

import cases
from making import NOON

from mailresponder.policy.digest import Some
from mailresponder.store import backlog, drafts, mailbox_tasks
from mailresponder.store.backlog import Backlog
from mailresponder.store.database import Store
from mailresponder.store.drafts import ReplyDraft
from mailresponder.store.mailbox_tasks import Task

NAMES = ["support"]
LATELY = NOON - timedelta(days=3)


def queue(store: Store, key: str, **values: object) -> int:
    """A mail of the support mailbox, with these values in its row."""
    with store.begin() as conn:
        return cases.queue_mail(conn, key=key, **values)


def of_support(store: Store) -> Backlog:
    with store.read() as conn:
        return backlog.backlogs(conn, NAMES, since=LATELY).get("support", Backlog())


def test_an_idle_desk_has_no_backlog(store: Store) -> None:
    """Where nothing waits there is no number, and what was sent is none."""
    queue(store, "sent", state="sent", settled_at=NOON)

    assert of_support(store) == Backlog()


def test_mail_is_counted_by_what_keeps_it(store: Store) -> None:
    """What waits, what no server takes, and what was given up lately are told apart."""
    queue(store, "due")
    queue(store, "sending", state="sending")
    queue(store, "greylisted", attempts=2, last_error="451 later")
    queue(store, "away", last_error="cannot be reached")
    queue(store, "lately", state="failed", settled_at=NOON, attempts=1, last_error="550 no")
    queue(store, "long ago", state="failed", settled_at=LATELY - timedelta(seconds=1))

    assert of_support(store) == Backlog(waiting=4, not_taken=1, why="cannot be reached", failed=1)


def test_what_is_to_be_done_in_the_mailbox_is_counted(store: Store) -> None:
    """Tasks that wait, tasks given up, and drafts that are not in the folder yet."""
    with store.begin() as conn:
        for key in ("a", "b", "c"):
            mailbox_tasks.add(conn, Task(mailbox="support", kind="flag", dedup_key=key), NOON)
        ids = [task.id for task in mailbox_tasks.pending(conn)]
        mailbox_tasks.failed(conn, ids[0], "no such folder")
        mailbox_tasks.done(conn, ids[1:2])
        ticket = cases.add(conn, cases.open_ticket("MR-7F3K2"))
        drafts.add(
            conn,
            ReplyDraft(ticket_id=ticket.id, mailbox="support", message_id="<d@x>", content=b"x"),
        )

    assert of_support(store) == Backlog(tasks=1, tasks_failed=1, drafts=1)


def test_waiting_mail_is_listed_with_its_ticket_the_next_first(store: Store) -> None:
    """Who waits longest leaves first; a list that is cut says how many more there are."""
    with store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket("MR-7F3K2"))
    later = queue(store, "later", next_attempt_at=NOON + timedelta(hours=1))
    first = queue(store, "first", ticket_id=ticket.id)
    queue(store, "gone", state="failed", settled_at=NOON)

    with store.read() as conn:
        both = backlog.waiting(conn, NAMES, most=5)
        cut = backlog.waiting(conn, NAMES, most=1)
    assert [(one.mail.id, one.reference) for one in both.first] == [
        (first, "MR-7F3K2"),
        (later, None),
    ]
    assert (len(cut.first), cut.more) == (1, 1)


def test_mail_given_up_is_listed_the_newest_first(store: Store) -> None:
    """However long ago it was given up, somebody may want to send it again."""
    old = queue(store, "old", state="failed", settled_at=NOON - timedelta(days=90))
    new = queue(store, "new", state="failed", settled_at=NOON)

    with store.read() as conn:
        found = backlog.given_up(conn, NAMES, most=5)
        assert backlog.waiting(conn, NAMES, most=5) == Some()
    assert [one.mail.id for one in found.first] == [new, old]


def test_only_mailboxes_asked_for_count(store: Store) -> None:
    """What is left of a mailbox that is no longer configured is nobody's to look after."""
    queue(store, "old", mailbox="gone")
    queue(store, "older", mailbox="gone", state="failed", settled_at=NOON)

    with store.read() as conn:
        assert backlog.backlogs(conn, NAMES, since=LATELY) == {}
        assert backlog.waiting(conn, NAMES, most=5) == Some()
        assert backlog.given_up(conn, NAMES, most=5) == Some()
