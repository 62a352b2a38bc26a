"""Templates of an admin's own, and the acknowledgements written with them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from making import NOON, a_desk, a_ticket

from mailresponder.mail.message import OutboundMessage
from mailresponder.policy import notices
from mailresponder.policy.notices import Sheet, TemplateSource
from mailresponder.policy.variables import Original

GOOD = "Subject: ours\n\nHello {{ customer_name }}, our own words.\n"
BROKEN = "Subject: ours\n\nHello {{ custmer_name }}.\n"
"""On line 3."""
PICKY = "Subject: {% if reference != 'MR-9ZZZZ' %}ours{% endif %}\n\nOur own words.\n"
"""Passes every sample and fails on the ticket MR-9ZZZZ."""


def put(folder: Path, name: str, source: str) -> Path:
    """Write a template as an admin would."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return path


def acknowledged(templates: TemplateSource, **changes: Any) -> OutboundMessage:
    """What the customer of a ticket gets; the changes are the ticket's."""
    ticket = a_ticket(**changes)
    sheet = Sheet(
        desk=a_desk(),
        templates=templates,
        to=ticket.customer,
        message_id="<ours@example.com>",
        now=NOON + timedelta(seconds=5),
    )
    original = Original(
        message_id="<one@customer.test>", references=(), new_text="Where is it? It is late."
    )
    return notices.acknowledgement(sheet, ticket, original, quote=True)
