"""The corrections that were learnt, as a history: the last one that was not undone is in force.

Whether it fits the model of today is not judged here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from mailresponder.store.schema import corrections as rows

Figures = Mapping[str, Any]
"""What was measured when it was learnt, as JSON has it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionRow:
    """A correction as it was put into force."""

    id: int
    model: str
    """Fingerprint of the model it belongs to."""
    content: str
    """As `Correction.to_json` wrote it."""
    labels: int
    """From how many it was learnt."""
    figures: Figures
    by: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None


def put_into_force(
    conn: Connection,
    *,
    model: str,
    content: str,
    labels: int,
    figures: Figures,
    by: str,
    at: datetime,
) -> CorrectionRow:
    """Add a correction: from now on it is the one in force; those before it stay."""
    statement = insert(rows).returning(rows)
    values = {"model": model, "content": content, "labels": labels, "figures": figures}
    return _row(conn.execute(statement, {**values, "by": by, "at": at}).one())


def in_force(conn: Connection) -> CorrectionRow | None:
    """The last one that was not undone; None: the shipped model stands alone."""
    query = select(rows).where(rows.c.undone_at.is_(None)).order_by(rows.c.id.desc()).limit(1)
    row = conn.execute(query).first()
    return None if row is None else _row(row)


def undo(conn: Connection, *, by: str, at: datetime) -> CorrectionRow | None:
    """Take the one in force out of force and return it; None where there is none."""
    last = in_force(conn)
    if last is not None:
        conn.execute(update(rows).where(rows.c.id == last.id).values(undone_by=by, undone_at=at))
    return last


def history(conn: Connection) -> list[CorrectionRow]:
    """Every correction there was, the newest first."""
    return [_row(row) for row in conn.execute(select(rows).order_by(rows.c.id.desc()))]


def _row(row: Row[Any]) -> CorrectionRow:
    return CorrectionRow(
        id=row.id,
        model=row.model,
        content=row.content,
        labels=row.labels,
        figures=row.figures,
        by=row.by,
        at=row.at,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
    )
