"""Asks whether a connection to a server still stands, where it has lain idle.

SQLAlchemy's own `pool_pre_ping` asks before each transaction: a round trip and a tenth of a
millisecond of processor time, to learn what the last transaction showed a moment ago.
"""

from collections.abc import Callable
from time import monotonic

from sqlalchemy import Dialect, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

TRUSTED = 0.1
"""Seconds for which a connection that worked is believed to work: as long as one transaction
follows the other, and shorter than any server takes to start again."""

_RESTS_SINCE = "rests_since"


def listen(
    engine: Engine, *, trusted: float = TRUSTED, steady: Callable[[], float] = monotonic
) -> None:
    """From now on, replace a connection that is gone before it is used, once it was idle for
    `trusted` seconds; `steady` gives seconds that nobody can set."""

    def rest(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_RESTS_SINCE] = steady()

    def use(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: object) -> None:
        since = entry.info.get(_RESTS_SINCE)
        # None: it was made just now.
        if since is not None and steady() - since >= trusted:
            _ping(engine.dialect, connection)

    event.listen(engine, "checkin", rest)
    event.listen(engine, "checkout", use)


def _ping(dialect: Dialect, connection: DBAPIConnection) -> None:
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        if dialect.is_disconnect(error, connection, None):
            # All that lay idle with it are gone as well: the pool makes new ones.
            raise InvalidatePoolError from error
        raise
