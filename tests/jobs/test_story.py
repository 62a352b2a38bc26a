"""How angry what is still unanswered is: by which mail, and whether it rises."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import cases
import databases
import pytest
from servers.postgres import Postgres

from mailresponder.jobs import story, view
from mailresponder.mail.message import Address
from mailresponder.policy.facts import Outcome
from mailresponder.policy.lifecycle import Unanswered
from mailresponder.policy.ticket import OtherTickets, Participant, Role, Ticket
from mailresponder.store import labels, messages, outbox, tickets
from mailresponder.store.database import Store
from mailresponder.store.labels import Label
from mailresponder.store.messages import MessageRecord

MINUTE = timedelta(minutes=1)
ANSWER = cases.NOON - MINUTE
CALM, UPSET, ANGRY = 0.05, 0.5, 0.9


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, on either database."""
    if request.param == "sqlite":
        opened = databases.open_new(tmp_path / "desk.db")
        yield opened
        opened.close()
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    opened = Store.open(postgres.create("story", template="model"))
    yield opened
    opened.close()
    postgres.drop("story")


def wrote(
    store: Store,
    *scores: float,
    reasons: dict[int, str] | None = None,
    **changes: object,
) -> Ticket:
    """A ticket with a mail a minute, from noon on, each heard with its score."""
    with store.begin() as conn:
        ticket = tickets.add_ticket(conn, replace(cases.open_ticket("MR-22222"), **changes))
        for number, score in enumerate(scores):
            record = MessageRecord(
                dedup_key=str(number),
                mailbox="support",
                ticket_id=ticket.id,
                direction="in",
                kind="human",
                outcome=Outcome.FOLLOWED_UP if number else Outcome.OPENED,
                message_id=f"<{number}@customer.test>",
                from_="emma@customer.test" if number % 2 else "boss@customer.test",
                to="",
                subject="",
                new_text="",
                at=cases.NOON + number * MINUTE,
                language="en",
                anger=score,
                angry=score >= ANGRY,
                because=((str(number), 1.0),),
                reasons=(reasons[number],) if number in (reasons or {}) else (),
            )
            messages.record_message(conn, record)
    return ticket


def left(store: Store, ticket: Ticket, *, answered: int | None = None) -> Unanswered:
    """What an answer to one of the mails, written before all of them, leaves."""
    ids = () if answered is None else (f"<{answered}@customer.test>",)
    with store.read() as conn:
        rest = story.unanswered(conn, ticket, since=ANSWER, answered_ids=ids)
    assert rest is not None
    return rest


@pytest.mark.parametrize(
    ("scores", "answered", "worst", "rising"),
    [
        ((CALM, UPSET, ANGRY), None, 2, True),
        ((CALM, ANGRY, UPSET), None, 1, False),
        ((ANGRY, CALM, UPSET), 0, 2, True),
        ((CALM, UPSET, ANGRY), 2, 1, True),
        ((CALM, ANGRY), 0, 1, False),
        ((ANGRY, ANGRY), None, 0, False),
    ],
)
def test_the_angriest_of_what_is_left_counts(
    store: Store, scores: tuple[float, ...], answered: int | None, worst: int, rising: bool
) -> None:
    """What was answered counts no more, whoever wrote it; the newest is held against the rest."""
    rest = left(store, wrote(store, *scores), answered=answered)

    assert rest.anger.because == ((str(worst), 1.0),)
    assert (rest.anger.score, rest.anger.angry) == (scores[worst], scores[worst] == ANGRY)
    assert rest.rising == rising


def test_thanks_and_programs_count_for_nothing(store: Store) -> None:
    """Nobody waits after them: they are neither the angriest nor the newest."""
    ticket = wrote(store, CALM, UPSET, ANGRY, reasons={2: story.ONLY_THANKS})
    rest = left(store, ticket)

    assert (rest.anger.score, rest.anger.angry, rest.rising) == (UPSET, False, True)


def test_what_staff_called_not_angry_is_no_measure(store: Store) -> None:
    """After their word the newest upset mail is the angriest, and rises above the rest."""
    ticket = wrote(store, CALM, ANGRY, UPSET, calm_until=cases.NOON + MINUTE, judged_by="ana")
    rest = left(store, ticket)

    assert (rest.anger.score, rest.anger.angry) == (UPSET, False)
    assert (rest.rising, rest.judged) == (True, False)


def test_each_message_has_the_band_it_counts_as(store: Store) -> None:
    """By its label, else by what staff said of the ticket since, else as it was heard."""
    ticket = wrote(store, CALM, UPSET, ANGRY, ANGRY, calm_until=cases.NOON + 2 * MINUTE)
    with store.begin() as conn:
        [first, *_] = messages.of_ticket(conn, ticket.id)
        labels.put(conn, Label(message_row=first.id, angry=True, by="ana", at=cases.NOON))
        shown = view.ticket(conn, ticket.reference)

    assert shown is not None
    assert [message["band"] for message in shown["messages"]] == ["angry", "calm", "calm", "angry"]


def told(store: Store, ticket: Ticket) -> list[tuple[str, str, bool]]:
    """The story as staff are told it: what it is, the text, whether it waits."""
    with store.read() as conn:
        found = story.history_of(conn, ticket)
    return [(one.kind.value, one.text, one.unanswered) for one in found]


def add(store: Store, ticket: Ticket, minute: int, text: str, **changes: object) -> None:
    """Another mail of a ticket, so many minutes past noon."""
    given = {
        "dedup_key": text,
        "mailbox": "support",
        "ticket_id": ticket.id,
        "direction": "in",
        "kind": "human",
        "outcome": Outcome.FOLLOWED_UP,
        "message_id": None,
        "from_": "emma@customer.test",
        "to": "",
        "subject": "",
        "new_text": text,
        "at": cases.NOON + minute * MINUTE,
    }
    with store.begin() as conn:
        messages.record_message(conn, MessageRecord(**{**given, **changes}))  # type: ignore[arg-type]


def queue(store: Store, ticket: Ticket, minute: int, text: str, *, by: str) -> None:
    """An answer that we pass on for somebody of staff."""
    at = cases.NOON + minute * MINUTE
    message_id = f"<{text.replace(' ', '-')}@example.com>"
    draft = outbox.Draft(
        mailbox="support",
        ticket_id=ticket.id,
        kind="relay",
        recipient="emma@customer.test",
        message_id=message_id,
        dedup_key=text,
        content=b"",
        subject_key="",
    )
    given = {"direction": "out", "kind": "own", "message_id": message_id}
    add(store, ticket, minute, text, outcome=Outcome.RECORDED, **given)
    with store.begin() as conn:
        outbox.enqueue(conn, draft, at)
        tickets.add_event(conn, ticket.id, at=at, what="relayed", why="", by=by)


def test_who_wrote_an_answer_that_we_passed_on(store: Store) -> None:
    """It went out from our address, and the story names the person."""
    ticket = wrote(store, CALM)
    queue(store, ticket, 1, "yes", by="ana@example.com")
    queue(store, ticket, 9, "no", by="jane@example.com")
    with store.read() as conn:
        _, *answers = story.history_of(conn, ticket)

    assert [(one.text, one.who) for one in answers] == [
        ("yes", "ana@example.com"),
        ("no", "jane@example.com"),
    ]


def test_the_story_is_what_people_said_and_noted(store: Store) -> None:
    """In order; what came since the customer waits is marked. Not what programs wrote, what a
    colleague's mail to nobody said, or what proves nothing."""
    with store.begin() as conn:
        waits = cases.NOON + 3 * MINUTE
        given = cases.open_ticket("MR-22222", waiting_since=waits)
        ticket = tickets.add_ticket(conn, given)
        for minute, what in ((2, "note"), (4, "note"), (4, "snoozed")):
            at = cases.NOON + minute * MINUTE
            tickets.add_event(conn, ticket.id, at=at, what=what, why=f"{minute}", by="ana")
    staff = {"direction": "staff"}
    add(store, ticket, 5, "again")
    add(store, ticket, 0, "first", outcome=Outcome.OPENED)
    add(store, ticket, 3, "second")
    add(store, ticket, 1, "our answer", outcome=Outcome.ANSWERED, **staff)
    queue(store, ticket, 2, "passed on", by="jane")
    add(store, ticket, 1, "came back", outcome=Outcome.RETURNED, **staff)
    add(store, ticket, 1, "unproven", outcome=Outcome.UNPROVEN)
    add(store, ticket, 6, "away", outcome=Outcome.RECORDED, kind="auto_reply")

    assert told(store, ticket) == [
        ("customer", "first", False),
        ("staff", "our answer", False),
        ("staff", "passed on", False),
        ("note", "2", False),
        ("customer", "second", True),
        ("note", "4", False),
        ("customer", "again", True),
    ]


@pytest.mark.parametrize("email", ["", "no-reply@shop.test"])
def test_an_address_of_many_has_no_other_tickets(store: Store, email: str) -> None:
    """Behind no address, and behind a form's, stand strangers."""
    customer = Address(email=email)
    people = frozenset({Participant(address=email, role=Role.CUSTOMER)})
    with store.begin() as conn:
        first, second = (
            tickets.add_ticket(
                conn, cases.open_ticket(f"MR-{n}", customer=customer, participants=people)
            )
            for n in (1, 2)
        )
        assert story.others_of(conn, first) == OtherTickets()
        assert second.id != first.id
