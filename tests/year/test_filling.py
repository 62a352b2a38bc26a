"""The year in the store is what the plan says, and what the program itself would have written."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select
from year import filling, plan
from year.desk import shop
from year.filling import Truth, Year
from year.people import SERIAL
from year.recording import Label

from mailresponder.policy.ticket import TicketState
from mailresponder.store import answers, messages, outbox_view, tickets
from mailresponder.store.database import Store
from mailresponder.store.schema import events
from mailresponder.store.schema import messages as rows

WEEKS = range(22, 34)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Truth]]:
    """Twelve weeks of a small shop."""
    folder = tmp_path_factory.mktemp("year")
    store = Store.open(f"sqlite:///{folder / 'desk.db'}")
    year = Year(store, shop(folder), messages=4000, hear=filling.as_meant)
    for week in WEEKS:
        year.live_through(week)
    yield store, year.truth
    store.close()


@pytest.fixture
def conn(filled: tuple[Store, Truth]) -> Iterator[Connection]:
    """What is in the store."""
    with filled[0].read() as conn:
        yield conn


@pytest.fixture
def truth(filled: tuple[Store, Truth]) -> Truth:
    """What is true of it."""
    return filled[1]


def test_every_message_of_a_person_is_labelled(conn: Connection, truth: Truth) -> None:
    """The labels are of the messages of people, each as it is in the store."""
    found = conn.execute(
        select(rows.c.id, rows.c.new_text, rows.c.language, rows.c.angry).where(
            rows.c.direction == "in", rows.c.kind == "human"
        )
    ).all()

    assert {row.id: (row.new_text, row.language, row.angry) for row in found} == {
        row: (label.text, label.language, label.angry) for row, label in truth.labels.items()
    }


def test_the_truths_are_in_the_messages(truth: Truth) -> None:
    """The defect is written about from week 31 on in both languages, the mended one up to week 25,
    and the one who complains every week is one person."""
    begun = Counter(
        (label.language, label.week)
        for row, label in truth.labels.items()
        if _is(label, plan.DEFECT)
    )
    ended = {label.week for label in truth.labels.values() if _is(label, plan.MENDED)}
    serial = [label for label in truth.labels.values() if _is(label, plan.SERIAL_THEME)]

    assert min(week for _, week in begun) == plan.DEFECT_WEEK
    assert {language for language, _ in begun} == {"en", "es"}
    assert ended <= {22, 23, 24, 25}
    assert {label.customer for label in serial} == {SERIAL.email}
    assert len({label.week for label in serial}) > 6


def test_nothing_is_written_before_its_time(conn: Connection) -> None:
    """After a week has gone by, the store holds nothing that came later."""
    [last] = conn.execute(select(func.max(rows.c.at))).scalars()

    assert last.replace(tzinfo=last.tzinfo or UTC) < datetime(2025, 8, 18, tzinfo=UTC)


def test_tickets_are_as_the_program_has_them(conn: Connection) -> None:
    """What waits has a deadline, what is answered has an answer, what is closed waits for nobody;
    each has its first message and the story of what was done."""
    found = tickets.load(conn)
    given = Counter(row.ticket_id for row in answers.between(conn, _ever(1), _ever(60)))

    assert {ticket.state for ticket in found} == set(TicketState)
    for ticket in found[::25]:
        first = messages.of_ticket(conn, ticket.id)[0]
        assert first.subject == ticket.subject
        assert first.from_ == ticket.customer.email
        assert tickets.events(conn, ticket.id)[0].what == "opened"
        waits = ticket.state is TicketState.OPEN
        assert waits == (ticket.due_at is not None)
        assert ticket.answered_at is None or given[ticket.id] > 0


def test_some_answers_are_late_and_staff_hear_of_it(conn: Connection) -> None:
    """About one answer in ten comes after its deadline, and every late one was escalated."""
    given = answers.between(conn, _ever(1), _ever(60))
    late = [one for one in given if one.due_at is not None and one.answered_at > one.due_at]
    escalated = set(
        conn.execute(select(events.c.ticket_id).where(events.c.what == "escalated")).scalars()
    )

    assert 0.04 < len(late) / len(given) < 0.2
    assert {one.ticket_id for one in late} <= escalated
    assert {"acknowledgement", "escalation", "closing_question"} <= {
        row.kind for row in outbox_view.rows(conn)
    }


def test_the_holiday_is_quiet_and_slow(tmp_path: Path) -> None:
    """In the week before Easter less than half is written, and customers wait longer."""
    store = Store.open(f"sqlite:///{tmp_path / 'desk.db'}")
    year = Year(store, shop(tmp_path), messages=3000, hear=filling.as_meant)
    for week in range(plan.HOLIDAY - 2, plan.HOLIDAY + 2):
        year.live_through(week)
    with store.read() as conn:
        given = answers.between(conn, _ever(1), _ever(60))
    store.close()

    weeks = Counter(label.week for label in year.truth.labels.values())
    waited: dict[bool, list[float]] = {True: [], False: []}
    for one in given:
        is_holiday = plan.week_of(one.waiting_since) == plan.HOLIDAY
        waited[is_holiday].append((one.answered_at - one.waiting_since).total_seconds())
    assert weeks[plan.HOLIDAY] < 0.6 * weeks[plan.HOLIDAY - 1]
    assert _median(waited[True]) > 1.5 * _median(waited[False])


def test_one_seed_makes_one_year(tmp_path: Path) -> None:
    """The same seed writes the same mails, another one others."""
    texts = []
    for number, seed in enumerate((1, 1, 2)):
        store = Store.open(f"sqlite:///{tmp_path / f'{number}.db'}")
        year = Year(store, shop(tmp_path), messages=600, seed=seed, hear=filling.as_meant)
        year.live_through(5)
        store.close()
        texts.append([label.text for label in year.truth.labels.values()])

    assert texts[0] == texts[1] != texts[2]


def _is(label: Label, theme: str) -> bool:
    return theme in label.themes


def _ever(week: int) -> datetime:
    day = plan.monday(week)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
