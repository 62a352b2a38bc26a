"""Rows gathered within a write transaction and written together: saying fifty things to a database
costs many times what saying one thing about fifty rows does.

Nobody can miss a gathered row: before anything else is said over the same connection all are
written, and so they are before the transaction is committed. Only who knows by which names alone a
question finds rows may ask it before. Where another process was faster with what must be unique,
that is heard of when the rows are written: as IntegrityError.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count

from sqlalchemy import Connection, Executable, Table, event, func, insert, select

from mailresponder.store.column_types import as_key
from mailresponder.store.inserting import insert_missing
from mailresponder.store.schema import (
    events,
    mailbox_tasks,
    messages,
    outbox,
    participants,
    sightings,
    tickets,
)

WRITES = "mailresponder_writes"
"""The option of a connection of `Store.begin()`."""
_OPTION = "mailresponder_gathered"
_STOCK = 50
"""How many ids are taken from a sequence at once."""

# In an order in which each row finds those that it refers to.
_ORDER = (tickets, participants, messages, outbox, events, sightings, mailbox_tasks)
_INSERT = {table: insert(table) for table in _ORDER}
_KEPT = frozenset({participants, sightings, mailbox_tasks})
"""Where a row that is there already stays as it is."""
_NAMES = {
    tickets: ("reference",),
    participants: ("address",),
    messages: ("dedup_key", "message_id"),
    outbox: ("message_id", "recipient_key"),
}
"""The columns by which the rows are looked for when a mail is decided."""


class Gathered:
    """What one write transaction has still to write."""

    def __init__(self) -> None:
        self.said = 0
        """How much was written so far: who looked something up can tell that it may have changed
        since."""
        self._rows: dict[Table, list[Mapping[str, object]]] = {}
        self._names: set[str] = set()
        self._ids: dict[Table, Iterator[int]] = {}
        self._is_unheard = False

    def add(self, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        """Have rows written later. All of one table have the same columns."""
        if rows:
            self._rows.setdefault(table, []).extend(rows)
        for column in _NAMES.get(table, ()):
            self._names.update(as_key(str(row[column])) for row in rows if row[column] is not None)

    def add_new(self, conn: Connection, table: Table, row: Mapping[str, object]) -> int:
        """As `add`, of one row that is given its `id` at once."""
        new = next(self._ids.get(table, iter(())), None)
        if new is None:
            with self.about(conn, ()):
                self._ids[table] = _stock(conn, table)
            new = next(self._ids[table])
        self.add(table, [{"id": new, **row}])
        return new

    def write(self, conn: Connection) -> None:
        """Write all rows. Raises IntegrityError; then what they belong to must be rolled back."""
        rows = self._rows
        if not rows:
            return
        self.forget()
        self.said += 1
        with self._unheard():
            for table in (table for table in _ORDER if table in rows):
                if table in _KEPT:
                    insert_missing(conn, table, rows[table])
                else:
                    conn.execute(_INSERT[table], rows[table])

    def forget(self) -> None:
        """Write none of the rows: what they belong to was rolled back."""
        self._rows, self._names = {}, set()

    @contextmanager
    def about(self, conn: Connection, names: Iterable[str]) -> Iterator[None]:
        """Ask what depends on rows with these names alone, and change nothing: all other rows stay
        unwritten meanwhile."""
        if not self._names.isdisjoint(map(as_key, names)):
            self.write(conn)
        with self._unheard():
            yield

    def hear(self, conn: Connection, statement: Executable) -> None:
        """Make way for a statement that is about to be executed."""
        if self._is_unheard:
            return
        self.write(conn)
        if getattr(statement, "is_select", False):
            return
        self.said += 1
        if not (getattr(statement, "is_update", False) or getattr(statement, "is_delete", False)):
            # It may be an INSERT of rows that SQLite numbers by what is there.
            self._ids.clear()

    @contextmanager
    def _unheard(self) -> Iterator[None]:
        before, self._is_unheard = self._is_unheard, True
        try:
            yield
        finally:
            self._is_unheard = before


def gathered(conn: Connection) -> Gathered:
    """What this connection gathers. Raises RuntimeError unless it is one of `Store.begin()`: of no
    other would the rows ever be written."""
    options = conn.get_execution_options()
    found = options.get(_OPTION)
    if found is None:
        if not options.get(WRITES):
            raise RuntimeError("rows can be gathered in a write transaction only")
        found = Gathered()
        conn.execution_options(**{_OPTION: found})
        # On this connection alone: with a listener on the engine, each statement of any takes a
        # quarter longer.
        event.listen(conn, "before_execute", _before)
        event.listen(conn, "rollback_savepoint", _rolled_back)
    assert isinstance(found, Gathered)  # noqa: S101 - it was made here
    return found


def written_out(conn: Connection) -> None:
    """Write what this connection has gathered, if it has."""
    if _OPTION in conn.get_execution_options():
        gathered(conn).write(conn)


def _before(conn: Connection, statement: Executable, *_: object) -> None:
    gathered(conn).hear(conn, statement)


def _rolled_back(conn: Connection, *_: object) -> None:
    gathered(conn).forget()


def _stock(conn: Connection, table: Table) -> Iterator[int]:
    """The next ids of a table, that nobody else will be given."""
    if conn.dialect.name == "sqlite":
        # There is one writer, and no row is numbered otherwise than by counting on.
        return count((conn.execute(select(func.max(table.c.id))).scalar_one() or 0) + 1)
    sequence = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
    query = select(sequence).select_from(func.generate_series(1, _STOCK))
    return iter(conn.execute(query).scalars().all())
