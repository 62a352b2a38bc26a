"""Which mails in the outbox can be claimed, asked so that an index answers.

Built once for each dialect, with the parameters `its_mailbox`, `now` and, for the first ones,
`most`: to build them takes longer than to run them.
"""

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, select, union_all

from mailresponder.store.column_types import UtcDateTime
from mailresponder.store.leases import lease_clock
from mailresponder.store.schema import outbox


def first_due(dialect: str) -> Select[int]:
    """The ids of up to `most` mails of a mailbox that can be claimed, the longest due first; as a
    query for a statement that claims them."""
    most = bindparam("most", type_=Integer())
    # As CTEs, because PostgreSQL may run a subquery more than once and lock more than `most`.
    found = [
        select(outbox.c.next_attempt_at, outbox.c.id)
        .where(which)
        .order_by(outbox.c.next_attempt_at, outbox.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte(name)
        for name, which in claimable(dialect).items()
    ]
    both = union_all(*map(select, found)).order_by("next_attempt_at", "id").limit(most).subquery()
    return select(both.c.id)


def claimable(dialect: str) -> dict[str, ColumnElement[bool]]:
    """Those that are due, and those in the hands of somebody whose lease has ended. Each is a
    search of an index; with an OR between them neither would be."""
    ours = outbox.c.mailbox == bindparam("its_mailbox")
    now = bindparam("now", type_=UtcDateTime())
    return {
        "due": and_(ours, outbox.c.state == "queued", outbox.c.next_attempt_at <= now),
        "let_go": and_(
            ours, outbox.c.state == "sending", outbox.c.lease_expires_at <= lease_clock(dialect)
        ),
    }
