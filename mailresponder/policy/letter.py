"""An answer of staff as the mail that brings it to the customer: their words, our address.

Nothing is added to the words. It is a person's mail: no header says that a program sent it.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape

from mailresponder.mail.message import File, OutboundMessage
from mailresponder.policy import variables
from mailresponder.policy.desk import Desk
from mailresponder.policy.ticket import Ticket
from mailresponder.policy.variables import Original

_REPLIES = re.compile(r"^(?:(?:re|rv|aw|sv|fwd?) ?: *)+", re.IGNORECASE)
_PARAGRAPHS = re.compile(r"\n{2,}")


def answer(
    text: str,
    ticket: Ticket,
    *,
    answering: Original,
    files: Sequence[File] = (),
    desk: Desk,
    message_id: str,
    now: datetime,
) -> OutboundMessage:
    """The mail to the ticket's customer, in the thread of the mail of theirs it answers."""
    subject = _REPLIES.sub("", variables.subject(ticket, desk))
    return OutboundMessage(
        message_id=message_id,
        date=now,
        from_=desk.address,
        to=ticket.customer,
        subject=f"Re: {subject} [{ticket.reference}]" if subject else f"Re: [{ticket.reference}]",
        text=text,
        html=_html(text),
        in_reply_to=answering.message_id,
        references=answering.references,
        files=tuple(files),
    )


def _html(text: str) -> str:
    """The same as paragraphs. Links stay text: mail programs make their own of them."""
    paragraphs = (
        escape(paragraph, quote=False).replace("\n", "<br>\n")
        for paragraph in _PARAGRAPHS.split(text.strip("\n"))
    )
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )
