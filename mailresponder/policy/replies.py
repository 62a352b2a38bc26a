"""What a short reply of a customer says: thanks and no more, or whether the matter is solved.

A doubt counts against both: a file, or a subject of their own, may be what they really wrote about.
"""

import re

from mailresponder.listening import gratitude, solved
from mailresponder.listening.anger import Anger
from mailresponder.listening.solved import Said
from mailresponder.mail.body import NO_TEXT
from mailresponder.mail.message import Attachment, InboundMessage
from mailresponder.policy.desk import Desk
from mailresponder.policy.identifiers import subject_key
from mailresponder.policy.ticket import Ticket

ONLY_THANKS = "only_thanks"
"""Why a mail that says thank you and no more starts no clock."""
SOLVED = "solved"
"""Why one that says that the matter is solved starts none."""

_SILENT = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "text/vcard",
        "text/x-vcard",
    }
)
"""What mail programs attach by themselves."""
_LARGEST_LOGO = 20_000
"""Bytes of a picture that may belong to a signature; what people take or scan is larger."""
_PICTURE = re.compile(r"\[(?:cid|image|imagen): ?[^\]\n]{1,200}\]")
"""Where Outlook and Gmail leave one out of the plain text; itself it is a file (RFC 2392)."""


def only_thanks(message: InboundMessage, ticket: Ticket, desk: Desk) -> bool:
    """Does a further mail in a ticket say thank you and nothing else, in any of our languages?
    Where the body is empty, the subject may say it."""
    if _has_files(message):
        return False
    # 1. The subject: a reply's is somebody else's words, a new one the writer's own.
    key = subject_key(message.subject, desk.reference_prefix)
    fresh = bool(key) and key != ticket.subject_key
    own = fresh and key == " ".join(message.subject.casefold().split())
    # 2. The text, where there is one.
    if not message.new_text.strip():
        is_empty = {NO_TEXT}.issuperset(message.notes)
        return fresh and is_empty and gratitude.only_thanks_in(key, desk.languages)
    if own and not gratitude.only_thanks_in(message.subject, desk.languages):
        return False
    text = _PICTURE.sub("", message.new_text)
    return gratitude.only_thanks_in(text, desk.languages, writer=_writer(message))


def on_being_asked(message: InboundMessage, anger: Anger, desk: Desk) -> Said:
    """What a reply to our question says. Who is angry about it has nothing solved."""
    if anger.angry:
        return Said.NOT_SOLVED
    writer, text = _writer(message), _PICTURE.sub("", message.new_text)
    words = {solved.read(text, code, writer=writer) for code in desk.languages}
    if Said.SOLVED in words and Said.NOT_SOLVED not in words and not _has_files(message):
        return Said.SOLVED
    return Said.NOT_SOLVED if Said.NOT_SOLVED in words else Said.UNCLEAR


def _writer(message: InboundMessage) -> str:
    author = message.author
    return f"{author.name} {author.email.partition('@')[0]}" if author is not None else ""


def _has_files(message: InboundMessage) -> bool:
    return not all(map(_says_nothing, message.attachments))


def _says_nothing(attachment: Attachment) -> bool:
    is_logo = attachment.content_type.startswith("image/") and attachment.size <= _LARGEST_LOGO
    return is_logo or attachment.content_type in _SILENT
