"""Tickets looked for by what their customers wrote about, and when: what stands behind a bar of the
listening report.

Part of `searching`, which adds these conditions to its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import TicketState
from mailresponder.store.messages import OF_PEOPLE
from mailresponder.store.schema import messages, tickets
from mailresponder.store.schema_themes import defect_tickets, message_themes, themed
from mailresponder.store.themes import merged_into

NO_THEME = "-"
"""As `About.theme`: first mails of tickets that were looked at, and that no theme covers."""
WAITS = {
    "1d": (timedelta(0), timedelta(days=1)),
    "3d": (timedelta(days=1), timedelta(days=3)),
    "7d": (timedelta(days=3), timedelta(days=7)),
    "more": (timedelta(days=7), None),
}
"""As the report has them: from so long on, and less than that."""


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What must hold of a ticket; nothing given, nothing must. Theme and time hold of one and the
    same mail of a person."""

    theme: str = ""
    """A key, with what was merged into it; or `NO_THEME`."""
    since: datetime | None = None
    until: datetime | None = None
    """They wrote before it."""
    defect: int | None = None
    """Linked to it."""
    waits: str = ""
    """How long the customer of an open ticket waits by the clock, a key of `WAITS`."""

    def __bool__(self) -> bool:
        return self != ANYTHING


ANYTHING = About()


def conditions(about: About, *, now: datetime) -> Iterator[ColumnElement[bool]]:
    """What must hold of a row of `tickets`."""
    if about.theme or about.since or about.until:
        yield _wrote(about)
    if about.defect is not None:
        linked = select(defect_tickets.c.ticket_id).where(
            defect_tickets.c.defect_id == about.defect, defect_tickets.c.state == "linked"
        )
        yield tickets.c.id.in_(linked)
    if about.waits in WAITS:
        least, most = WAITS[about.waits]
        yield tickets.c.state == TicketState.OPEN
        yield tickets.c.waiting_since <= now - least
        if most is not None:
            yield tickets.c.waiting_since > now - most


def _wrote(about: About) -> ColumnElement[bool]:
    within = and_(
        true(),
        *([messages.c.at >= about.since] if about.since else ()),
        *([messages.c.at < about.until] if about.until else ()),
    )
    if not about.theme:
        # From the ticket to its mails: there is an index that way, and none by time alone.
        return exists().where(messages.c.ticket_id == tickets.c.id, within, *OF_PEOPLE)
    if about.theme == NO_THEME:
        return exists().where(
            messages.c.ticket_id == tickets.c.id,
            within,
            messages.c.outcome == Outcome.OPENED,
            exists().where(themed.c.message_row == messages.c.id),
            ~exists().where(message_themes.c.message_row == messages.c.id),
        )
    merged = merged_into(about.theme)
    about_it = (
        select(messages.c.ticket_id)
        .join(message_themes, message_themes.c.message_row == messages.c.id)
        .where(
            or_(
                message_themes.c.theme == about.theme,
                message_themes.c.theme.in_(merged),
            ),
            within,
        )
    )
    return tickets.c.id.in_(about_it)
