import json
from pathlib import Path

import cases
import pytest

from mailresponder.policy.ticket import TicketState
from mailresponder.store import labels
from mailresponder.store.database import Store


@pytest.fixture
def two(store: Store) -> Store:
    """A store with a calm ticket, MR-22222, and an angry one, MR-33333."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-22222"), "Hello")
        cases.add(conn, cases.angry_ticket("MR-33333"), "Never again!!!")
    return store


@pytest.mark.parametrize(
    ("command", "reference", "angry"),
    [("angry", "MR-22222", True), ("not-angry", "[mr-33333]", False)],
)
def test_what_staff_say_is_shown_and_kept(
    run, desk_file: Path, two: Store, command: str, reference: str, angry: bool
) -> None:
    """The ticket, its message and the story say it, and it is there to be learnt from."""
    done = run("--config", str(desk_file), command, reference)

    verdict = "angry" if angry else "not angry"
    assert done.status == 0
    assert f" is marked as {verdict}, due 2026-11-" in done.out
    told = run("--config", str(desk_file), "ticket", reference)
    assert f"{verdict}, as " in told.out
    assert f"Staff said: {verdict}" in told.out
    shown = json.loads(run("--config", str(desk_file), "ticket", reference, "--json").out)
    assert shown["angry"] is angry
    assert shown["judged_by"].endswith("(command line)")
    assert [message["judged"] for message in shown["messages"]] == [angry]
    assert shown["events"][-1]["what"] == f"judged_{verdict.replace(' ', '_')}"
    with two.read() as conn:
        assert [said.angry for said in labels.labelled(conn)] == [angry]


def test_the_list_says_who_judged(run, desk_file: Path, two: Store) -> None:
    """`tickets --json` tells a person's verdict from the program's."""
    run("--config", str(desk_file), "not-angry", "MR-33333")

    listed = json.loads(run("--config", str(desk_file), "tickets", "--json").out)

    judges = {ticket["reference"]: ticket["judged_by"] for ticket in listed}
    assert judges["MR-22222"] is None
    assert judges["MR-33333"]


def test_the_same_again_says_so(run, desk_file: Path, two: Store) -> None:
    """Nothing is written down twice."""
    run("--config", str(desk_file), "angry", "MR-22222")
    again = run("--config", str(desk_file), "angry", "MR-22222")
    assert (again.status, again.out) == (0, "MR-22222 was marked as angry before.\n")


def test_a_settled_ticket_can_be_judged(run, desk_file: Path, store: Store) -> None:
    """There is no deadline to name."""
    settled = cases.open_ticket("MR-44444", state=TicketState.CLOSED, due_at=None)
    with store.begin() as conn:
        cases.add(conn, settled, "Hello")
    done = run("--config", str(desk_file), "angry", "44444")
    assert done.out == "MR-44444 is marked as angry, to learn from; nobody waits for an answer.\n"


def test_an_unknown_ticket_is_named(run, desk_file: Path, two: Store) -> None:
    """A mistyped reference is status 1 and a sentence."""
    done = run("--config", str(desk_file), "angry", "MR-99999")
    assert done.status == 1
    assert "MR-99999" in done.err
