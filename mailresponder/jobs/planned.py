"""What waits to be sent and to be done in the mailboxes, in words: what a dry run shows."""

from dataclasses import dataclass
from typing import assert_never

from mailresponder.store import mailbox_tasks, outbox_view
from mailresponder.store.database import Store
from mailresponder.store.mailbox_tasks import DueTask
from mailresponder.store.outbox_view import OutboxRow


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
        copied = {
            task.id: outbox_view.row(conn, task.outbox_id) for task in tasks if task.outbox_id
        }
    return [Plan(key=f"mail:{row.id}", what=f"send {_named(row)}") for row in mails] + [
        Plan(key=f"task:{task.id}", what=_in_words(task, copied.get(task.id))) for task in tasks
    ]


def _in_words(task: DueTask, mail: OutboxRow | None) -> str:
    where = f"message {task.uid} in {task.folder} of {task.mailbox}"
    match task.kind:
        case "flag":
            return f"flag {where}: {' '.join(task.argument)}"
        case "unflag":
            return f"take away from {where} what we have set of {' '.join(task.argument)}"
        case "move":
            return f"move {where} to {' '.join(task.argument)}"
        case "sent_copy":
            what = _named(mail) if mail else "a mail"
            return f"file a copy of {what} in Sent of {task.mailbox}"
        case "draft":
            return f"put a draft of an answer into Drafts of {task.mailbox}"
        case "undraft":
            return f"take a draft that nobody needs out of Drafts of {task.mailbox}"
        case _:
            assert_never(task.kind)


def _named(mail: OutboxRow) -> str:
    return f"{mail.kind} to {mail.recipient}"
