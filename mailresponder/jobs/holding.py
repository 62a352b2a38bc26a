"""Keeps back what a mail server refused while the desk was open until it is open again: staff are
told nothing of tickets while they rest, and no customer is asked anything, or told what nobody
waits for, at night."""

from mailresponder.jobs.work import Work
from mailresponder.store import outbox
from mailresponder.store.outbox import Claimed

WHILE_OPEN: tuple[outbox.Kind, ...] = (
    "escalation",
    "escalation_list",
    "unreachable",
    "closing_question",
    "fixed",
)
"""Kinds that anybody gets in working time only."""


def held_back(work: Work, row: Claimed) -> bool:
    """Put a claimed mail off to the next working time where it is not to leave now."""
    now, hours = work.clock(), work.desk.deadlines.hours
    if row.kind not in WHILE_OPEN or hours.is_open(now):
        return False
    with work.store.begin() as conn:
        outbox.defer(conn, [row.id], owner=work.owner, until=hours.next_open(now))
    return True
