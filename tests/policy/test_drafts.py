"""For which tickets there is a draft of the answer, and what it says."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from making import ANA, NOON, a_desk, a_ticket

from mailresponder.mail.compose import compose
from mailresponder.mail.message import Address
from mailresponder.policy import drafts
from mailresponder.policy.desk import Drafts
from mailresponder.policy.notices import Original, Sheet
from mailresponder.policy.ticket import TicketState
from mailresponder.store.templates import TemplateFolder

TICKET = a_ticket()
ALL = a_desk(drafts=Drafts.ALL)


def test_a_customer_who_waits_gets_a_draft() -> None:
    """Acknowledged or not: caps and settings of automatic mail do not bind a person."""
    assert drafts.is_wanted(TICKET, ALL)
    assert drafts.is_wanted(
        replace(TICKET, suppressed_by=("acknowledgements_disabled", "daily_cap")), ALL
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"state": TicketState.ANSWERED},
        {"state": TicketState.CLOSED},
        {"answered_at": NOON},
        {"spam": True},
        {"merged_into": "MR-9ABCD"},
        {"unreachable_at": NOON},
        {"customer": Address(email="")},
        {"suppressed_by": ("looks_automatic",)},
        {"suppressed_by": ("marked_as_spam",)},
        {"suppressed_by": ("unusable_address",)},
    ],
    ids=repr,
)
def test_who_gets_none(changes: dict[str, Any]) -> None:
    """Whoever waits for nothing, is no customer, or cannot be written to."""
    assert not drafts.is_wanted(replace(TICKET, **changes), ALL)


def test_the_angry_alone() -> None:
    """With `angry` only they get one, and with `none` nobody."""
    furious, angry = replace(TICKET, angry=True), a_desk(drafts=Drafts.ANGRY)
    assert drafts.is_wanted(furious, angry)
    assert not drafts.is_wanted(TICKET, angry)
    assert not drafts.is_wanted(furious, a_desk())


def written(**changes: Any) -> str:
    ticket = replace(TICKET, **changes)
    sheet = Sheet(
        desk=ALL,
        templates=TemplateFolder(Path("/nonexistent")),
        to=ticket.customer,
        message_id="<draft@example.com>",
        now=NOON,
    )
    original = Original(
        message_id="<q@customer.test>",
        references=("<q@customer.test>",),
        new_text="It has not arrived.\n{{ desk }} <b>now</b>",
    )
    draft = drafts.reply_draft(sheet, ticket, original)
    assert draft.to.email == ANA
    assert draft.auto_submitted is None
    assert b"X-Mailresponder-ID" not in compose(draft, marked=False)
    assert "prefers-color-scheme" not in draft.html
    return " ".join(draft.text.split())


@pytest.mark.parametrize("language", ["en", "es"])
def test_two_gaps_are_left_for_a_person(language: str) -> None:
    """In each language, with the customer's words below as they are."""
    text = written(language=language)
    assert text.count("[1:") == text.count("[2:") == 1
    assert "> It has not arrived." in text
    assert "{{ desk }} <b>now</b>" in text


def test_an_apology_stands_where_one_is_due() -> None:
    """To the angry for what happened, to those who waited too long for that."""
    late = {"due_at": NOON}
    assert "sorry" not in written()
    assert "should not have happened" in written(angry=True)
    assert "had to wait" in written(**late)
    assert "wait for an answer to it either" in written(angry=True, **late)
