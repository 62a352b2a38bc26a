"""Mail that staff pass on to the desk is the mail of whom it was first from.

The answer goes to an address that is only named in a text, so all of it must be certain: that
staff sent it, that they meant it as a forward, and who wrote. In doubt it stays the mail of its
sender, or, where staff said that it is a forward, a ticket of nobody that a person looks at.
"""

from dataclasses import replace

from mailresponder.mail import automatic, forwarding
from mailresponder.mail.authentication import authenticated
from mailresponder.mail.forwarding import Forwarded
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.mail.quoting import new_text
from mailresponder.policy.desk import Desk

UNPROVEN = "It is marked as forwarded, but nothing proves that staff sent it."
UNCLEAR = "Staff passed it on, but whose mail it was is not clear: a person must look at it."

_KEPT = ("delivered-to", "x-original-to", "envelope-to")
"""Headers that say how the forward reached us."""
_OURS = (*_KEPT, "authentication-results", "return-path")
"""Headers that our own border and servers write, which in an attached mail are somebody else's."""


def unwrapped(message: InboundMessage, desk: Desk) -> InboundMessage:
    """The mail that this one passes on, as if it had come by itself; else the message as it is.

    It counts as passed on where `@fwd` is the first line, or where there is nothing but a forward,
    from staff whom our own border vouches for, to one of our addresses.
    """
    author = message.author
    if author is None or not (desk.is_staff(author) or desk.is_own(author)):
        return message
    if not any(desk.is_own(address) for address in message.to):
        return message
    marked = forwarding.is_marked(message)
    if not marked and not forwarding.is_bare(message):
        return message
    border = authenticated(message, trusted_authserv_id=desk.staff.trusted_authserv_id)
    if not border.passed:
        return _noted(message, UNPROVEN) if marked else message
    found = forwarding.forwarded(message)
    if found is None or not _is_outsider(found.author, desk):
        return _of_nobody(message, author) if marked else message
    return _as_sent_by(message, found, author)


def _is_outsider(author: Address, desk: Desk) -> bool:
    return not (desk.is_own(author) or desk.is_staff(author) or automatic.is_no_reply(author))


def _as_sent_by(message: InboundMessage, found: Forwarded, by: Address) -> InboundMessage:
    thread = (*message.in_reply_to, *message.references)
    inner = found.mail
    passed_on = replace(
        message,
        from_=(found.author,),
        sender=None,
        reply_to=(),
        subject=found.subject,
        text=found.text,
        new_text=new_text(found.text),
        headers={name: message.headers[name] for name in _KEPT if name in message.headers},
        # Mail programs name the mail that they forward as if they answered it.
        message_id=message.in_reply_to[0] if message.in_reply_to else None,
        references=tuple(dict.fromkeys((*message.references, *message.in_reply_to))),
        attached=None,
        forwarded_by=by,
        remark=found.remark,
    )
    if inner is None:
        return passed_on
    theirs = {name: value for name, value in inner.headers.items() if name not in _OURS}
    own_id = (inner.message_id,) if inner.message_id else ()
    return replace(
        passed_on,
        reply_to=inner.reply_to,
        new_text=inner.new_text,
        headers={**theirs, **passed_on.headers},
        message_id=inner.message_id,
        in_reply_to=(*own_id, *inner.in_reply_to),
        references=tuple(dict.fromkeys((*thread, *inner.references))),
        attachments=inner.attachments,
        report=inner.report,
        calendar_method=inner.calendar_method,
    )


def _of_nobody(message: InboundMessage, by: Address) -> InboundMessage:
    return replace(
        _noted(message, UNCLEAR),
        from_=(),
        sender=None,
        reply_to=(),
        headers={name: message.headers[name] for name in _KEPT if name in message.headers},
        forwarded_by=by,
    )


def _noted(message: InboundMessage, words: str) -> InboundMessage:
    return replace(message, notes=(*message.notes, words))
