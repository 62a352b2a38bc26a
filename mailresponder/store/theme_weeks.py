"""How often each theme was met: week by week, and since some time."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from mailresponder.store.schema import messages, tickets
from mailresponder.store.schema_themes import message_themes


def by_week(
    conn: Connection, begins: Sequence[datetime], *, counts_for: Mapping[str, str | None]
) -> dict[str, list[int]]:
    """The messages about each theme in each of some weeks, by its key.

    `begins`: when each begins, in order; the last has no end. `counts_for`: by key, the theme that
    counts instead, as `store.themes.resolved`; what counts for none is left out. A message that two
    merged themes were met in counts once.
    """
    query = (
        select(message_themes.c.theme, message_themes.c.message_row, messages.c.at)
        .join(messages, messages.c.id == message_themes.c.message_row)
        .where(messages.c.at >= begins[0])
    )
    seen = {
        (whole, row.message_row, row.at)
        for row in conn.execute(query)
        if (whole := counts_for.get(row.theme, row.theme)) is not None
    }
    found: dict[str, list[int]] = {}
    for whole, _, at in seen:
        weeks = found.setdefault(whole, [0] * len(begins))
        weeks[bisect_right(begins, at) - 1] += 1
    return found


def rows_by_theme(conn: Connection, since: datetime) -> dict[str, set[int]]:
    """By theme, the rows of its messages since then. A message about two stands in both."""
    query = (
        select(message_themes.c.theme, message_themes.c.message_row)
        .join(messages, messages.c.id == message_themes.c.message_row)
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(messages.c.at >= since, ~tickets.c.spam)
    )
    found: dict[str, set[int]] = {}
    for theme, row in conn.execute(query):
        found.setdefault(theme, set()).add(row)
    return found
