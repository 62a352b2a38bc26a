"""Tickets by what their customers wrote about, and when."""

from dataclasses import replace
from datetime import timedelta

import cases
import pytest
from sqlalchemy import select

from mailresponder.policy.ticket import TicketState
from mailresponder.store import searching, themes
from mailresponder.store.database import Store
from mailresponder.store.schema import messages, tickets
from mailresponder.store.schema_themes import defect_tickets, defects, message_themes, themed
from mailresponder.store.searching import Show, Wanted
from mailresponder.store.searching_about import NO_THEME, About
from mailresponder.store.theme_weeks import by_week
from mailresponder.store.themes import State, ThemeRow, resolved

DAY = timedelta(days=1)
NOW = cases.NOON + timedelta(hours=1)
LID = ThemeRow(
    key="lid", state=State.KEPT, found_at=NOW, changed_at=NOW, changed_by="ana@example.com"
)
WRITTEN = {"MR-LID22": ("lid", 1), "MR-CAP22": ("cap", 4), "MR-NOISE": (None, 9)}
"""About which theme, how many days ago."""


@pytest.fixture
def full(store: Store) -> Store:
    """A theme and one that was merged into it, a defect, and a mail about nothing."""
    with store.begin() as conn:
        themes.put(conn, LID)
        themes.put(conn, replace(LID, key="cap", state=State.MERGED, merged_into="lid"))
        defect = {"id": 1, "name": "Lid", "name_key": "lid", "owner": "", "state": "open"}
        told = {"words": {}, "known": {}, "opened_at": NOW, "opened_by": "ana@example.com"}
        conn.execute(defects.insert().values(defect | told))
        for reference, (theme, days) in WRITTEN.items():
            at = NOW - days * DAY
            ticket = cases.open_ticket(reference, opened_at=at, waiting_since=at)
            stored = cases.add(conn, ticket, "The lid.", "Again, the lid.")
            first, *_ = conn.execute(
                select(messages.c.id).where(messages.c.ticket_id == stored.id).order_by("id")
            ).scalars()
            looked = {"message_row": first, "taxonomy": "t", "praise": 0.0, "at": NOW}
            conn.execute(themed.insert().values(looked))
            if theme is not None:
                about = {"message_row": first, "theme": theme, "how": "words", "weight": 1.0}
                conn.execute(message_themes.insert().values(about))
            link = {"defect_id": 1, "ticket_id": stored.id, "how": "hand", "by": "", "at": NOW}
            state = "linked" if theme == "lid" else "proposed"
            conn.execute(defect_tickets.insert().values(link | {"state": state}))
        done = cases.open_ticket(
            "MR-DONE2", state=TicketState.ANSWERED, waiting_since=None, opened_at=NOW - 9 * DAY
        )
        cases.add(conn, done)
    return store


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (About(theme="lid"), {"LID22", "CAP22"}),
        (About(theme="cap"), {"CAP22"}),
        (About(theme="lid", since=NOW - 2 * DAY), {"LID22"}),
        (About(theme="lid", until=NOW - 2 * DAY), {"CAP22"}),
        (About(theme=NO_THEME), {"NOISE"}),
        (About(theme=NO_THEME, since=NOW - DAY), set()),
        (About(since=NOW - 5 * DAY, until=NOW), {"LID22", "CAP22"}),
        (About(defect=1), {"LID22"}),
        (About(defect=2), set()),
        (About(waits="1d"), set()),
        (About(waits="3d"), {"LID22"}),
        (About(waits="7d"), {"CAP22"}),
        (About(waits="more"), {"NOISE"}),
        (About(), {"LID22", "CAP22", "NOISE", "DONE2"}),
    ],
)
def test_tickets_are_found_by_what_was_written(
    full: Store, about: About, expected: set[str]
) -> None:
    """Theme and time must hold of one mail; what was merged into a theme counts for it."""
    with full.read() as conn:
        found = searching.find(conn, Wanted(show=Show.ALL, about=about), now=NOW)

    assert {row.ticket.reference.removeprefix("MR-") for row in found.rows} == expected
    assert found.number == len(expected)


def test_themes_are_counted_by_week(full: Store) -> None:
    """A message counts once for a theme, however many that were merged into it were met."""
    with full.begin() as conn:
        row = conn.execute(
            select(messages.c.id).join(tickets).where(tickets.c.reference == "MR-CAP22")
        ).scalars()
        also = {"message_row": next(row), "theme": "lid", "how": "words", "weight": 1.0}
        conn.execute(message_themes.insert().values(also))
    begins = [NOW - 5 * DAY, NOW - 2 * DAY]

    with full.read() as conn:
        counted = by_week(conn, begins, counts_for=resolved(themes.all_themes(conn)))
        dismissed = by_week(conn, begins, counts_for={"lid": None, "cap": None})

    assert counted == {"lid": [1, 1]}
    assert dismissed == {}
