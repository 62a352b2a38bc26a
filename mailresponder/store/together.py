"""One transaction for what several threads want to write at the same moment.

SQLite has one writer at a time and waits for the disk at each commit, so threads that stand in line
would wait for the disk one after another. Here the first of them writes for all who stand behind
it. Each goes on when its own is committed and not before, which is sooner than without.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
_Writing = tuple[Callable[[Connection], Any], "Future[Any]"]


class Together:
    """The line in front of one database."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Connection]]) -> None:
        """`begin` opens a write transaction."""
        self._begin = begin
        self._turn = Lock()
        self._line: list[_Writing] = []

    def write(self, write: Callable[[Connection], T]) -> T:
        """Have something written and committed, perhaps with what others want written.

        Where a shared transaction fails, each is written anew in one of its own, and only whose own
        fails hears of it: so `write` may be called twice, changes nothing but the database, and
        does not come here itself. Where none can even be begun, all hear of it.
        """
        written: Future[T] = Future()
        mine = (write, written)
        self._line.append(mine)
        try:
            with self._turn:
                if not written.done():
                    self._write_all([one for one in list(self._line) if not one[1].done()])
        finally:
            self._line.remove(mine)
        return written.result()

    def _write_all(self, line: Sequence[_Writing]) -> None:
        if len(line) > 1:
            begun = False
            try:
                with self._begin() as conn:
                    begun = True
                    results = [write(conn) for write, _ in line]
            except Exception as error:
                if not begun:
                    # Somebody else's lock: each would wait for it as long, one after another.
                    for _, written in line:
                        written.set_exception(error)
                    return
                # It is about one of them: each finds out by itself.
            else:
                for (_, written), result in zip(line, results, strict=True):
                    written.set_result(result)
                return
        for write, written in line:
            try:
                with self._begin() as conn:
                    result = write(conn)
            except Exception as error:  # whoever waits for it is to hear of it
                written.set_exception(error)
            else:
                written.set_result(result)
