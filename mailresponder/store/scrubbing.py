"""Takes somebody's traces out of every text that the database holds, whatever table it stands in.

It walks through all text and JSON columns of the schema, a new one included. Keys of rows are not
texts: rows that are somebody's are taken out whole, by `erasing`. An address that only ends as
somebody's does is another's, who is still to be written to: `a&b@` is not `b@`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    cast,
    or_,
    select,
    update,
)

from mailresponder.policy.persons import ERASED
from mailresponder.store.alike import holds_text
from mailresponder.store.column_types import Key, SafeText
from mailresponder.store.schema import metadata

_AT_ONCE = 20
"""Needles that one statement looks for in each column: SQLite allows 1,000 conditions in a row."""

_ADDRESSES = frozenset({"customer_email", "from", "recipient", "recipient_key"})
"""Columns that hold one address."""
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")

Clean = Callable[[str], str]
"""Gives a text without the traces; the same text where there are none."""


def scrub(conn: Connection, needles: Sequence[str], clean: Clean) -> int:
    """Clean every text that holds one of the needles, in either case. How many rows were changed.

    Every table is read from its beginning to its end.
    """
    return sum(
        _table(conn, table, needles[start : start + _AT_ONCE], clean)
        for table in metadata.sorted_tables
        for start in range(0, len(needles), _AT_ONCE)
    )


def scrub_rows(conn: Connection, table: Table, where: ColumnElement[bool], clean: Clean) -> int:
    """Clean the texts of some rows of a table. How many were changed."""
    return _cleaned(conn, table, where, clean)


def texts(table: Table) -> Iterator[Column[Any]]:
    """The columns of a table that may hold what somebody wrote."""
    for column in table.columns:
        if isinstance(column.type, SafeText | Key | JSON) and not column.primary_key:
            yield column


def _table(conn: Connection, table: Table, needles: Sequence[str], clean: Clean) -> int:
    conditions = [
        holds_text(cast(column, Text) if isinstance(column.type, JSON) else column, needle)
        for column in texts(table)
        for needle in needles
    ]
    if not conditions:
        return 0
    return _cleaned(conn, table, or_(*conditions), clean)


def _cleaned(conn: Connection, table: Table, where: ColumnElement[bool], clean: Clean) -> int:
    # Of many rows that are looked at few are changed: the others are not kept in mind.
    changed = []
    for row in conn.execute(select(table).where(where)):
        changes = {}
        for column in texts(table):
            before = row._mapping[column]
            after = _walked(before, clean)
            if column.name in _ADDRESSES and _ADDRESS.fullmatch(before) and _is_end(after):
                continue
            if after != before:
                # What must be unique stays so.
                changes[column] = f"{after} {row[0]}" if column.unique else after
        if changes:
            changed.append(
                ([column == row._mapping[column] for column in table.primary_key], changes)
            )
    for its, changes in changed:
        conn.execute(update(table).where(*its).values(changes))
    return len(changed)


def _is_end(address: str) -> bool:
    """Was but the end of a local part taken for somebody's, with the domain behind it?"""
    return "@" not in address and address != ERASED


def _walked(value: Any, clean: Clean) -> Any:
    match value:
        case str():
            return clean(value)
        case list() | tuple():
            return [_walked(one, clean) for one in value]
        case dict():
            return {clean(key): _walked(one, clean) for key, one in value.items()}
        case _:
            return value
