"""What was done on the page, by whom and when: written once, never changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from mailresponder.store.schema import audit as rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing that was done."""

    at: datetime
    by: str
    what: str
    """A name, as `template_saved`."""
    about: str
    """Which one: a template, a ticket's reference, an address; may be empty."""


def add(conn: Connection, entry: Entry) -> None:
    """Write down what was done."""
    values = {"at": entry.at, "by": entry.by, "what": entry.what, "about": entry.about}
    conn.execute(insert(rows).values(values))


def latest(conn: Connection, *, limit: int) -> list[Entry]:
    """What was done last, the newest first."""
    query = select(rows).order_by(rows.c.id.desc()).limit(limit)
    return [
        Entry(at=row.at, by=row.by, what=row.what, about=row.about) for row in conn.execute(query)
    ]


def count_since(conn: Connection, what: str, since: datetime) -> int:
    """How often something was done since then."""
    query = select(func.count()).where(rows.c.what == what, rows.c.at >= since)
    return int(conn.execute(query).scalar_one())
