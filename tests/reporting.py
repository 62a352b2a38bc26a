"""A small desk's past for reports: tickets, mails, answers and themes, written as the program
writes them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from making import ANA, NOON, a_ticket
from sqlalchemy import Connection

from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import answers, messages, theming, tickets
from mailresponder.store.answers import Answer
from mailresponder.store.messages import MessageRecord
from mailresponder.store.theming import About, Looked

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TAXONOMY = "0" * 16
CLOSED = {"state": TicketState.CLOSED, "waiting_since": None, "due_at": None}


class Past:
    """What has happened, one mail after another."""

    def __init__(self, conn: Connection, *, first: int = 1) -> None:
        """`first` is the number that tickets and mails are counted from."""
        self._conn = conn
        self._numbers = count(first)

    def ticket(
        self,
        at: datetime,
        *themes: str,
        customer: str | None = None,
        language: str = "en",
        angry: bool = False,
        praise: float | None = 0.0,
        text: str = "My parcel has not arrived, and nobody answers the telephone.",
        answered: timedelta | None = HOUR,
        within: timedelta = 8 * HOUR,
        mailbox: str = "support",
        **changes: object,
    ) -> Ticket:
        """Somebody writes, and is answered after a while; None: nobody has answered yet."""
        number = next(self._numbers)
        given: dict[str, object] = {"waiting_since": at, "due_at": at + within}
        if answered is not None:
            given = CLOSED | {"answered_at": at + answered}
        ticket = tickets.add_ticket(
            self._conn,
            a_ticket(
                f"c{number}@customer.test" if customer is None else customer,
                **{
                    "id": 0,
                    "reference": f"MR-{number:05}",
                    "opened_at": at,
                    "language": language,
                    "mailbox": mailbox,
                    "angry": angry,
                    **given,
                    **changes,
                },
            ),
        )
        self.mail(
            ticket, at, *themes, angry=angry, praise=praise, text=text, outcome=Outcome.OPENED
        )
        if answered is not None:
            self.answer(ticket, at, at + answered, due_at=at + within)
        return ticket

    def mail(
        self,
        ticket: Ticket | None,
        at: datetime,
        *themes: str,
        angry: bool = False,
        praise: float | None = 0.0,
        text: str = "Is there any news?",
        outcome: Outcome = Outcome.FOLLOWED_UP,
        kind: str = "human",
    ) -> int:
        """A mail comes. `praise` None: nobody has looked what it is about."""
        number = next(self._numbers)
        row = messages.record_message(
            self._conn,
            MessageRecord(
                dedup_key=f"key-{number}",
                mailbox=ticket.mailbox if ticket else "support",
                ticket_id=ticket.id if ticket else None,
                direction="in",
                kind=kind,
                outcome=outcome,
                message_id=f"<{number}@customer.test>",
                from_=ticket.customer.email if ticket else ANA,
                to="support@example.com",
                subject="",
                new_text=text,
                at=at,
                language=ticket.language if ticket else None,
                anger=0.9 if angry else 0.1,
                angry=angry,
            ),
        )
        if praise is not None:
            about = tuple(About(theme=key, how="words", weight=1.0) for key in themes)
            looked = Looked(row=row, about=about, is_open=not about, praise=praise)
            theming.put(self._conn, [looked], taxonomy=TAXONOMY, at=at)
        return row

    def answer(
        self, ticket: Ticket, since: datetime, at: datetime, *, due_at: datetime | None
    ) -> None:
        """Staff answer."""
        answers.add(
            self._conn,
            Answer(
                ticket_id=ticket.id,
                waiting_since=since,
                due_at=due_at,
                answered_at=at,
                how="sent_folder",
                by="jane@example.com",
                angry=ticket.angry,
            ),
        )

    def event(self, ticket: Ticket, at: datetime, what: str, why: str = "") -> None:
        """Something is done to a ticket."""
        tickets.add_event(self._conn, ticket.id, at=at, what=what, why=why, by="mailresponder")

    def weeks(self, number: int, each: Sequence[str], *, until: datetime = NOON) -> None:
        """So many ordinary weeks before a moment: in each, one person writes about each of these
        themes."""
        for week in range(number, 0, -1):
            for place, theme in enumerate(each):
                self.ticket(until - week * 7 * DAY + place * HOUR, theme)
