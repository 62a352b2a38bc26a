"""When customers were answered."""

from datetime import timedelta

from making import HOUR, NOON, a_ticket

from mailresponder.store import answers, tickets
from mailresponder.store.answers import Answer
from mailresponder.store.database import Store


def an_answer(ticket_id: int, **changes: object) -> Answer:
    """Given at noon, two hours after the question."""
    given = {"waiting_since": NOON - 2 * HOUR, "due_at": NOON + HOUR, "answered_at": NOON}
    told = {"how": "sent_folder", "by": "jane@example.com", "angry": False}
    return Answer(ticket_id=ticket_id, **{**given, **told, **changes})  # type: ignore[arg-type]


def test_answers_are_found_by_when_they_were_given(store: Store) -> None:
    """Of a stretch of time its beginning belongs to it and its end does not."""
    with store.begin() as conn:
        ticket = tickets.add_ticket(conn, a_ticket(id=0))
        for hours in (0, 1, 2):
            answers.add(conn, an_answer(ticket.id, answered_at=NOON + hours * HOUR))

        found = answers.between(conn, NOON, NOON + 2 * HOUR)

    assert [one.answered_at - NOON for one in found] == [timedelta(0), HOUR]
    assert found[0] == an_answer(ticket.id)
