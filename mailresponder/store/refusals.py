"""Configurations that running processes were told to take over and refused: kept until the same
process takes one, so that whoever looks at the desk hears of it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from mailresponder.store.database import set_desk_value
from mailresponder.store.schema import desk

LASTS = timedelta(days=7)
"""A process that has not been heard of since, in a container say, is likely gone."""
_PREFIX = "refused_configuration:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """One process that goes by an older configuration than it was to."""

    process: str
    """As `run at HOST`."""
    why: str
    """What is wrong with the file, without a value of it."""
    at: datetime


def note(conn: Connection, refusal: Refusal) -> None:
    """A process has refused a configuration; over what it refused before."""
    value = json.dumps({"why": refusal.why, "at": refusal.at.isoformat()})
    set_desk_value(conn, f"{_PREFIX}{refusal.process}", value)


def settle(conn: Connection, process: str) -> None:
    """It goes by what its file holds."""
    conn.execute(delete(desk).where(desk.c.key == f"{_PREFIX}{process}"))


def noted(conn: Connection, *, now: datetime) -> list[Refusal]:
    """What was refused within `LASTS` and not settled since, by the process's name."""
    query = select(desk).where(desk.c.key.startswith(_PREFIX, autoescape=True))
    found = []
    for row in conn.execute(query.order_by(desk.c.key)):
        kept = json.loads(row.value)
        at = datetime.fromisoformat(kept["at"])
        if now - at <= LASTS:
            process = row.key.removeprefix(_PREFIX)
            found.append(Refusal(process=process, why=kept["why"], at=at))
    return found
