"""What staff do to a ticket on the command line, beside what `tickets` shows."""

import json
from pathlib import Path

import cases
import pytest

from mailresponder.policy.ticket import TicketState
from mailresponder.store import outbox_view, tickets
from mailresponder.store.database import Store


@pytest.fixture
def two(store: Store) -> Store:
    """A store with two tickets of one customer, MR-22222 and MR-33333, and one of another's."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-22222"), "Hello")
        cases.add(conn, cases.open_ticket("MR-33333"), "Hello again")
        stranger = cases.open_ticket("MR-44444", participants=frozenset())
        cases.add(conn, stranger, "Hello from elsewhere")
    return store


def shown(run, desk_file: Path, reference: str) -> dict:
    """As `ticket REF --json` prints it."""
    return json.loads(run("--config", str(desk_file), "ticket", reference, "--json").out)


def test_assign_names_a_colleague_and_tells_them(run, desk_file: Path, two: Store) -> None:
    """They get a mail, the queue says whose it is; the second time nothing is written."""
    done = run("--config", str(desk_file), "assign", "22222", "Jane@example.com")

    assert (done.status, done.out) == (
        0,
        "MR-22222 is assigned to jane@example.com, who gets a mail about it.\n",
    )
    ticket = shown(run, desk_file, "MR-22222")
    assert ticket["assigned_to"] == "jane@example.com"
    assert (ticket["events"][-1]["what"], ticket["events"][-1]["why"]) == (
        "assigned",
        "to jane@example.com",
    )
    with two.read() as conn:
        [mail] = outbox_view.rows(conn)
    assert (mail.kind, mail.recipient) == ("escalation", "jane@example.com")
    heading, *listed = run("--config", str(desk_file), "tickets").out.splitlines()
    assert heading.split()[4] == "WHOSE"
    assert sorted(line.split()[-6:-5] for line in listed) == [["-"], ["-"], ["jane@example.com"]]
    again = run("--config", str(desk_file), "assign", "22222", "jane@example.com")
    assert again.out == "MR-22222 is assigned to jane@example.com already.\n"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("eve@evil.test", "eve@evil.test is no address of staff"),
        ("jane", "is no mail address"),
    ],
)
def test_only_staff_can_be_given_a_ticket(
    run, desk_file: Path, two: Store, address: str, said: str
) -> None:
    """A slip of the pen would send a stranger what the customer wrote."""
    done = run("--config", str(desk_file), "assign", "MR-22222", address)
    assert done.status == 1
    assert said in done.err
    assert shown(run, desk_file, "MR-22222")["assigned_to"] is None
    with two.read() as conn:
        assert outbox_view.rows(conn) == []


def test_note_is_shown_with_the_ticket(run, desk_file: Path, two: Store) -> None:
    """In its own place for people, as an event in JSON."""
    done = run("--config", str(desk_file), "note", "MR-22222", " She sends\na photo. ")
    assert (done.status, done.out) == (0, "MR-22222: noted.\n")
    event = shown(run, desk_file, "MR-22222")["events"][-1]
    assert (event["what"], event["why"]) == ("note", "She sends\na photo.")
    told = run("--config", str(desk_file), "ticket", "MR-22222").out
    assert "note of " in told
    assert "  | a photo." in told


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_a_note_has_text_and_an_end(run, desk_file: Path, two: Store, text: str) -> None:
    """As by mail."""
    assert run("--config", str(desk_file), "note", "MR-22222", text).status == 2
    assert shown(run, desk_file, "MR-22222")["events"][-1]["what"] == "opened"


def test_wait_stops_the_clock(run, desk_file: Path, two: Store) -> None:
    """Nothing is due, and nobody has answered."""
    done = run("--config", str(desk_file), "wait", "MR-22222")
    assert done.out == "MR-22222 waits for the customer.\n"
    ticket = shown(run, desk_file, "MR-22222")
    assert (ticket["state"], ticket["due_at"], ticket["answered_at"]) == ("answered", None, None)
    assert ticket["events"][-1]["what"] == "waiting"
    again = run("--config", str(desk_file), "wait", "MR-22222")
    assert again.out == "MR-22222 waits for the customer already.\n"
    run("--config", str(desk_file), "close", "MR-22222")
    assert "is closed" in run("--config", str(desk_file), "wait", "MR-22222").out


def test_spam_closes_and_can_be_taken_back(run, desk_file: Path, two: Store) -> None:
    """Taken back, the customer waits since they wrote."""
    assert run("--config", str(desk_file), "spam", "22222").out == "MR-22222 is marked as spam.\n"
    ticket = shown(run, desk_file, "MR-22222")
    assert (ticket["state"], ticket["spam"]) == ("closed", True)
    assert "closed, spam" in run("--config", str(desk_file), "tickets").out
    assert "already" in run("--config", str(desk_file), "spam", "22222").out

    assert run("--config", str(desk_file), "not-spam", "22222").out == "MR-22222 is open.\n"
    with two.read() as conn:
        back = tickets.ticket_by_reference(conn, "MR-22222")
    assert back is not None
    assert (back.spam, back.waiting_since) == (False, cases.NOON)
    assert run("--config", str(desk_file), "not-spam", "22222").status == 1


def test_merge_makes_one_of_two(run, desk_file: Path, two: Store) -> None:
    """The first is closed and says where it went; whoever names it from then on is told."""
    done = run("--config", str(desk_file), "merge", "22222", "mr-33333")
    assert (done.status, done.out) == (0, "MR-22222 is part of MR-33333 now.\n")
    gone, kept = shown(run, desk_file, "MR-22222"), shown(run, desk_file, "MR-33333")
    assert (gone["state"], gone["merged_into"], gone["messages"]) == ("closed", "MR-33333", [])
    assert [message["new_text"] for message in kept["messages"]] == ["Hello", "Hello again"]
    told = run("--config", str(desk_file), "ticket", "MR-22222").out
    assert "Merged into:   MR-33333" in told

    named = run("--config", str(desk_file), "close", "MR-22222")
    assert named.status == 1
    assert "MR-22222 was merged into MR-33333" in named.err
    again = run("--config", str(desk_file), "merge", "MR-33333", "MR-22222")
    assert "cannot be merged into itself" in again.err


@pytest.mark.parametrize(
    ("into", "said"),
    [
        ("MR-22222", "cannot be merged into itself"),
        ("MR-44444", "is another customer's"),
        ("MR-99999", "there is no ticket MR-99999"),
    ],
)
def test_what_cannot_be_merged_is_a_sentence(
    run, desk_file: Path, two: Store, into: str, said: str
) -> None:
    """And nothing is changed."""
    done = run("--config", str(desk_file), "merge", "MR-22222", into)
    assert done.status == 1
    assert said in done.err
    with two.read() as conn:
        assert {t.state for t in tickets.load(conn)} == {TicketState.OPEN}
