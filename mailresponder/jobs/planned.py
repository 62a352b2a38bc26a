"""What waits to be sent and to be done in the mailboxes, in words: what a dry run shows."""

from dataclasses import dataclass

from mailresponder.store import mailbox_tasks, outbox_view
from mailresponder.store.database import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One thing that a pass would do."""

    key: str
    what: str


def planned(store: Store) -> list[Plan]:
    """Everything queued, mail first."""
    with store.read() as conn:
        mails = outbox_view.rows(conn, ["queued"])
        tasks = mailbox_tasks.pending(conn)
    return [
        Plan(key=f"mail:{row.id}", what=f"send {row.kind} to {row.recipient}") for row in mails
    ] + [
        Plan(
            key=f"task:{task.id}",
            what=f"{task.kind} {task.mailbox} {task.folder} uid {task.uid}",
        )
        for task in tasks
    ]
