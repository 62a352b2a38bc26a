"""Who is told that a defect is mended, and who is not and why."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import cases
import pytest
from cases import NOON
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.mail.message import Address
from mailresponder.policy.announcing import (
    MAX_TEXT,
    RULES,
    Audience,
    Complaint,
    Said,
    audience,
    checked,
    meaning,
)
from mailresponder.policy.samples import DESK

EMMA = "emma@customer.test"


def complaint(
    reference: str = "MR-22222",
    *,
    machine: bool = False,
    came_back_at: datetime | None = None,
    **changes: Any,
) -> Complaint:
    """A ticket linked to the defect."""
    ticket = cases.open_ticket(reference, **changes)
    return Complaint(ticket=ticket, machine_wrote=machine, came_back_at=came_back_at)


def of(*complaints: Complaint, told: tuple[str, ...] = ()) -> Audience:
    """Who is told on a desk with this one mailbox."""
    return audience(complaints, told=told, desks={"support": DESK})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"mailbox": "old"}, "mailbox_gone"),
        ({"spam": True}, "marked_as_spam"),
        ({"merged_into": "MR-33333"}, "merged"),
        ({"customer": Address(email="")}, "no_address"),
        ({"customer": Address(email="support@example.com")}, "no_address"),
        ({"unreachable_at": NOON}, "unreachable"),
        ({"suppressed_by": ("hourly_cap",)}, "never_acknowledged"),
        ({"customer": Address(email="no-reply@shop.test")}, "answers_for_machines"),
        ({"machine": True}, "in_a_machine_thread"),
    ],
)
def test_each_reason_leaves_one_out(changes: dict[str, Any], reason: str) -> None:
    """And its name says why."""
    found = of(complaint(**changes))

    assert found.to_tell == ()
    [(_, reasons)] = found.left_out
    assert reason in reasons


def test_nobody_is_told_twice() -> None:
    """Who was told of it is left out, whatever else they complained in."""
    found = of(complaint(), complaint("MR-33333"), told=(EMMA,))

    assert found.to_tell == ()
    assert [reasons for _, reasons in found.left_out] == [("already_told",)]


def test_a_person_is_told_once_in_their_newest_ticket() -> None:
    """Or in the newest that nothing speaks against."""
    newer = complaint("MR-33333", opened_at=NOON + timedelta(days=1))
    newest = complaint("MR-44444", opened_at=NOON + timedelta(days=2), spam=True)

    assert [one.reference for one in of(complaint(), newest, newer).to_tell] == ["MR-33333"]
    assert of(complaint(), newest, newer).left_out == ()


def test_who_cannot_be_reached_is_so_in_every_ticket() -> None:
    """Unless they opened one since mail to them came back."""
    at = NOON + timedelta(hours=1)
    back = complaint(came_back_at=at, unreachable_at=at)
    before = complaint("MR-33333", came_back_at=at, opened_at=NOON + timedelta(minutes=30))
    after = complaint("MR-44444", came_back_at=at, opened_at=NOON + timedelta(hours=2))

    assert of(back, before).to_tell == ()
    assert [one.reference for one in of(back, before, after).to_tell] == ["MR-44444"]


def test_tickets_without_an_address_are_a_person_each() -> None:
    """Nobody knows who wrote them."""
    nobody = Address(email="")
    found = of(complaint(customer=nobody), complaint("MR-33333", customer=nobody))

    assert len(found.left_out) == 2


def test_harmless_reasons_do_not_count() -> None:
    """Whom acknowledgements were turned off for is told all the same."""
    assert of(complaint(suppressed_by=("acknowledgements_disabled",))).to_tell


people = st.sampled_from(["emma@customer.test", "bo@customer.test", "Bo@Customer.test", ""])


@given(st.lists(st.tuples(people, st.booleans(), st.integers(0, 5)), max_size=12))
def test_each_person_stands_in_one_place(given: list[tuple[str, bool, int]]) -> None:
    """Whoever complained is told or left out, and never both or twice."""
    some = [
        complaint(
            f"MR-{number:05}",
            customer=Address(email=email),
            spam=spam,
            opened_at=NOON + timedelta(days=day),
        )
        for number, (email, spam, day) in enumerate(given)
    ]
    found = of(*some)
    tickets = [*found.to_tell, *(ticket for ticket, _ in found.left_out)]
    keys = [one.customer.key or one.reference for one in tickets]

    assert len(set(keys)) == len(keys)
    assert set(keys) == {c.ticket.customer.key or c.ticket.reference for c in some}
    assert all(not one.spam for one in found.to_tell)


def test_every_reason_has_words() -> None:
    """What the command line says is the rule's own."""
    assert all(meaning(rule.__name__).endswith(".") for rule in RULES)
    assert meaning("new") == "new"


def test_sentences_are_kept_without_what_is_empty() -> None:
    """Lines stay in the words and go from the names."""
    said = Said(words={"en": " One.\n\nTwo. ", "es": " "}, names={"en": "It\ncrashed"})

    assert checked(said) == Said(words={"en": "One.\n\nTwo."}, names={"en": "It crashed"})
    with pytest.raises(ValueError, match="at most"):
        checked(replace(said, words={"en": "x" * (MAX_TEXT + 1)}))
