from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from unicodedata import normalize

import cases
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailresponder.mail.message import Address
from mailresponder.policy.ticket import TicketState
from mailresponder.store import searching
from mailresponder.store.database import Store
from mailresponder.store.searching import NOBODY, Found, Mark, Show, Wanted

NOW = cases.NOON + timedelta(hours=9)
"""An hour after an ordinary ticket is due."""
HOUR = timedelta(hours=1)


def settled(reference: str, state: TicketState, **changes: Any) -> Any:
    return cases.open_ticket(reference, state=state, due_at=None, waiting_since=None, **changes)


@pytest.fixture
def full(store: Store) -> Store:
    """A ticket of each sort."""
    with store.begin() as conn:
        for ticket in (
            cases.open_ticket("MR-LATE2"),
            cases.open_ticket("MR-LATE3", due_at=NOW - 2 * HOUR),
            cases.open_ticket("MR-CALM2", due_at=NOW + HOUR, language="es"),
            cases.angry_ticket("MR-ANGRY", due_at=NOW + HOUR),
            cases.angry_ticket("MR-SLEEP", snoozed_until=NOW + HOUR),
            cases.open_ticket("MR-AWAKE", snoozed_until=NOW, due_at=NOW + 3 * HOUR),
            settled("MR-DONE2", TicketState.ANSWERED, assigned_to="jane@example.com"),
            settled("MR-SHUT2", TicketState.CLOSED, angry=True, assigned_to="gone@example.com"),
            settled("MR-SHUT3", TicketState.CLOSED, opened_at=cases.NOON + HOUR, mailbox="sales"),
        ):
            cases.add(conn, ticket)
    return store


def found(store: Store, offset: int = 0, **wanted: Any) -> Found:
    with store.read() as conn:
        return searching.find(conn, Wanted(**wanted), now=NOW, offset=offset)


def references(store: Store, **wanted: Any) -> list[str]:
    return [row.ticket.reference.removeprefix("MR-") for row in found(store, **wanted).rows]


def test_who_waits_comes_first_the_angry_and_the_latest_on_top(full: Store) -> None:
    """Then what was put off, then the answered, then the closed, of which the newest."""
    assert references(full, show=Show.ALL) == [
        *("ANGRY", "LATE3", "LATE2", "CALM2", "AWAKE", "SLEEP", "DONE2", "SHUT3", "SHUT2")
    ]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["ANGRY", "LATE3", "LATE2", "CALM2", "AWAKE"]),
        ({"show": Show.SNOOZED}, ["SLEEP"]),
        ({"show": Show.ANSWERED}, ["DONE2"]),
        ({"show": Show.CLOSED}, ["SHUT3", "SHUT2"]),
        ({"marks": frozenset({Mark.ANGRY})}, ["ANGRY"]),
        ({"marks": frozenset({Mark.OVERDUE})}, ["LATE3", "LATE2"]),
        ({"marks": frozenset({Mark.OVERDUE}), "show": Show.SNOOZED}, ["SLEEP"]),
        ({"marks": frozenset({Mark.UNACKNOWLEDGED})}, ["ANGRY"]),
        ({"marks": frozenset({Mark.UNACKNOWLEDGED, Mark.OVERDUE})}, []),
        ({"language": "es"}, ["CALM2"]),
        ({"mailbox": "sales", "show": Show.ALL}, ["SHUT3"]),
        ({"whose": "Jane@example.com", "show": Show.ALL}, ["DONE2"]),
        ({"whose": NOBODY, "show": Show.CLOSED}, ["SHUT3"]),
    ],
)
def test_tickets_can_be_chosen(full: Store, wanted: dict[str, Any], expected: list[str]) -> None:
    """By where they stand, by what sets them apart, and by whose they are."""
    assert references(full, **wanted) == expected


def test_what_there_would_be_otherwise_is_counted(full: Store) -> None:
    """Each other choice says how many it would show, with all else as it is."""
    shown = found(full, marks=frozenset({Mark.OVERDUE}))

    assert shown.number == 2
    assert [shown.by_show[show] for show in Show] == [2, 1, 0, 0, 3]
    assert [shown.by_mark[mark] for mark in Mark] == [0, 2, 0, 0]


def test_who_was_not_told_on_purpose_was_not_left_out(store: Store) -> None:
    """Where acknowledgements are off, or an answer came first, nobody is unacknowledged."""
    with store.begin() as conn:
        for number, reason in enumerate(("answered_first", "acknowledgements_disabled")):
            ticket = cases.open_ticket(f"MR-2222{number}", suppressed_by=(reason,))
            cases.add(conn, ticket)

    assert found(store).by_mark[Mark.UNACKNOWLEDGED] == 0


def test_a_page_holds_fifty(store: Store) -> None:
    """The rest is on the next, and each knows how many there are."""
    with store.begin() as conn:
        for number in range(53):
            cases.add(conn, cases.open_ticket(f"MR-{number:05}"))

    first, second = found(store), found(store, offset=searching.PAGE)

    assert (len(first.rows), len(second.rows)) == (50, 3)
    assert first.number == second.number == 53
    both = {row.ticket.reference for row in (*first.rows, *second.rows)}
    assert len(both) == 53


def test_who_has_tickets_is_listed(full: Store) -> None:
    """But for those whose tickets are all closed."""
    with full.read() as conn:
        assert searching.assignees(conn) == ["jane@example.com"]


LONG = "asociacionaeronauticaeuropeaeindoceanica@eoaeronautica.test"
"""A word of nearly the most letters; with every spelling of each it is a long pattern."""


@pytest.fixture
def told(store: Store) -> Store:
    """Two customers' tickets, and what they wrote."""
    ana = Address(email="ana.nunez@Customer.test", name="Ana Núñez")
    with store.begin() as conn:
        cases.add(
            conn,
            cases.open_ticket("MR-7F3K2", customer=ana, subject=f"¿Dónde está mi LÁMPARA? {LONG}"),
            "El envío nº 4711 llegó roto: 100% roto_",
            "¿Y ahora qué?",
        )
        cases.add(conn, cases.open_ticket("MR-9PQRS"), "The [lamp] is broken * again? A\\B")
    return store


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("7f3k2", ["7F3K2"]),
        ("[MR-7F3K2]", ["7F3K2"]),
        ("nunez", ["7F3K2"]),
        ("NÚÑEZ", ["7F3K2"]),
        ("ANA.NUNEZ@customer", ["7F3K2"]),
        ("donde lampara", ["7F3K2"]),
        ("envio ahora núñez", ["7F3K2"]),
        ("envio again", []),
        ("lamp", ["7F3K2", "9PQRS"]),
        ("100%", ["7F3K2"]),
        ("10%roto", []),
        ("roto_", ["7F3K2"]),
        ("l_mp", []),
        ("l*p", []),
        ("a[a-z]a", []),
        ("l?mp", []),
        ("l.mp", []),
        ("*", ["9PQRS"]),
        ("a\\b", ["9PQRS"]),
        ("again?", ["9PQRS"]),
        ("' OR 1=1 --", []),
        ("4711\0", ["7F3K2"]),
        (" ; ", ["7F3K2", "9PQRS"]),
        (LONG, ["7F3K2"]),
        (f"{LONG[:-1]}x", []),
    ],
)
def test_words_are_found_wherever_they_stand(
    told: Store, words: str, expected: Sequence[str]
) -> None:
    """In reference, customer, subject and text, in either case, with or without accents; a sign
    that a database has a use for is a sign like any other."""
    assert sorted(references(told, words=words)) == expected


@pytest.mark.parametrize("words", ["nunez", "NÚÑEZ", "envio numero", normalize("NFD", "envío")])
def test_an_accent_may_stand_behind_its_letter(store: Store, words: str) -> None:
    """As in what was copied from a PDF: the same words are found."""
    ticket = cases.open_ticket("MR-7F3K2", subject=normalize("NFD", "Pedido de Núñez"))
    with store.begin() as conn:
        cases.add(conn, ticket, normalize("NFD", "¿Qué número de envío tengo?"))

    assert references(store, words=words) == ["7F3K2"]
    assert references(store, words="nunze") == []


def test_our_own_words_are_not_looked_through(store: Store) -> None:
    """Nobody looks for what every acknowledgement says."""
    from mailresponder.store.schema import messages

    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-7F3K2"), "thank you for writing")
        conn.execute(messages.update().values(direction="out"))

    assert references(store, words="writing") == []


def test_a_word_that_is_everywhere_costs_no_more_than_so_much(
    told: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the most that is looked at, it is said that there are more."""
    assert not found(told, words="lamp").cut
    monkeypatch.setattr(searching, "MOST_FOUND", 1)

    cut = found(told, words="lamp")

    assert (cut.number, cut.cut) == (1, True)
    assert cut.rows[0].ticket.reference == "MR-9PQRS"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_no_words_are_too_odd(told: Store, words: str) -> None:
    """Whatever is typed is looked for, and nothing fails."""
    assert found(told, words=words).number in (0, 1, 2)
