"""What a piece of work asks of the database, counted: statements and transactions."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event


@dataclass(slots=True)
class Asked:
    """What was asked of all databases of this process, in all its threads."""

    said: list[str] = field(default_factory=list)
    """Each statement as it went to the database, but for BEGIN; many rows at once are one."""
    transactions: int = 0
    """Those that were committed: each may wait for a disk."""

    @property
    def statements(self) -> int:
        """How many."""
        return len(self.said)

    def about(self, *words: str) -> int:
        """How many hold all these words."""
        return sum(all(word in one for word in words) for one in self.said)

    def table(self) -> list[tuple[str, int]]:
        """Each different statement by how it begins, and how often, for whoever looks into it."""
        return Counter(" ".join(one.split())[:90] for one in self.said).most_common()


@contextmanager
def counted() -> Iterator[Asked]:
    """Count while the block lasts."""
    asked = Asked()

    def hear(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            asked.said.append(statement)

    def commit(_conn: Any) -> None:
        asked.transactions += 1

    event.listen(Engine, "before_cursor_execute", hear)
    event.listen(Engine, "commit", commit)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
        event.remove(Engine, "commit", commit)
