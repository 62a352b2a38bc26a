"""Mail that staff pass on to the desk is the mail of whom it was first from.

The answer goes to an address that is only named in a text, so all of it must be certain: that
staff sent it, that they meant it as a forward, and who wrote. In doubt it stays the mail of its
sender, or, where staff said that it is a forward, a ticket of nobody that a person looks at.
"""

from dataclasses import replace

from mailresponder.mail import automatic, forwarding
from mailresponder.mail.authentication import authenticated
from mailresponder.mail.forwarding import Forwarded
from mailresponder.mail.marks import is_forward_subject
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.mail.quoting import new_text
from mailresponder.mail.senders import is_daemon
from mailresponder.policy.desk import Desk
from mailresponder.policy.suppression import DELIVERY_HEADERS

UNPROVEN = (
    "It passes a mail on, but nothing proves that staff sent it: it counts as its sender's own."
)
UNMARKED = (
    "It passes a mail on below other words, and @fwd is not its first word: it counts as its"
    " sender's own."
)
UNCLEAR_WHOSE = (
    "It passes a mail on, but not of a customer whom it names for certain: it counts as its"
    " sender's own."
)
UNCLEAR = "Staff passed it on, but whose mail it was is not clear: a person must look at it."

_OURS = (*DELIVERY_HEADERS, "authentication-results", "return-path")
"""Headers that our own border and servers write, which in an attached mail are somebody else's."""


def unwrapped(message: InboundMessage, desk: Desk) -> InboundMessage:
    """The mail that this one passes on, as if it had come by itself; else the message as it is.

    It counts as passed on where `@fwd` is the first word, or where there is nothing but a forward,
    from staff whom our own border vouches for, to us and to no outsider. A form on our site writes
    from our domain as well, with its visitor's words: a foreign Reply-To or a no-reply sender is
    none of staff's.
    """
    author = message.author
    if author is None or not _may_pass_on(message, author, desk):
        return message
    in_house = all(_is_ours(a, desk) for a in (*message.recipients, *message.reply_to))
    if not in_house or not any(desk.is_own(a) for a in message.recipients):
        return message
    marked = forwarding.is_marked(message)
    if not marked and not forwarding.is_bare(message):
        return _noted(message, UNMARKED) if forwarding.has_forward(message) else message
    border = authenticated(message, trusted_authserv_id=desk.staff.trusted_authserv_id)
    if not border.passed:
        return _noted(message, UNPROVEN)
    found = forwarding.forwarded(message)
    if found is None or not _is_outsider(found, desk):
        return _of_nobody(message, author) if marked else _noted(message, UNCLEAR_WHOSE)
    return _as_sent_by(message, found, author)


def _may_pass_on(message: InboundMessage, author: Address, desk: Desk) -> bool:
    """Staff may; and our own address where a mail program, not a form, wrote in its name."""
    if automatic.is_no_reply(author):
        return False
    in_thread = bool(message.in_reply_to or message.references)
    by_program = in_thread and is_forward_subject(message.subject)
    return desk.is_staff(author) or (desk.is_own(author) and by_program)


def _is_ours(address: Address, desk: Desk) -> bool:
    return desk.is_own(address) or desk.is_staff(address)


def _is_outsider(found: Forwarded, desk: Desk) -> bool:
    """Is it one customer's mail: by Reply-To where it names one, as that of a form does?"""
    replies = found.mail.reply_to if found.mail is not None else ()
    writer = replies[0] if len(replies) == 1 else found.author
    if _is_ours(writer, desk) or automatic.is_no_reply(writer):
        return False
    return not desk.is_own(found.author) and not is_daemon(found.author, {})


def _as_sent_by(message: InboundMessage, found: Forwarded, by: Address) -> InboundMessage:
    # Mail programs name the mail that they forward as if they answered it. What a reply answers
    # is another matter: a notice to staff, whose Message-ID no customer may learn.
    nearest = message.in_reply_to[:1] or message.references[-1:]
    named = nearest if is_forward_subject(message.subject) else ()
    passed_on = replace(
        message,
        from_=(found.author,),
        sender=None,
        reply_to=(),
        subject=found.subject,
        text=found.text,
        new_text=new_text(found.text),
        headers=_ours(message),
        message_id=named[0] if named else None,
        in_reply_to=named,
        references=(),
        attached=None,
        report=None,
        forwarded_by=by,
        remark=found.remark,
    )
    inner = found.mail
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
        references=inner.references,
        attachments=inner.attachments,
        calendar_method=inner.calendar_method,
    )


def _of_nobody(message: InboundMessage, by: Address) -> InboundMessage:
    inner = message.attached.text if message.attached is not None else ""
    text = message.text if inner in message.text else f"{message.text}\n\n{inner}"
    return replace(
        _noted(message, UNCLEAR),
        from_=(),
        sender=None,
        reply_to=(),
        text=text,
        new_text=text,
        headers=_ours(message),
        in_reply_to=(),
        references=(),
        forwarded_by=by,
    )


def _ours(message: InboundMessage) -> dict[str, tuple[str, ...]]:
    """The headers that say how the forward reached us."""
    return {name: message.headers[name] for name in DELIVERY_HEADERS if name in message.headers}


def _noted(message: InboundMessage, words: str) -> InboundMessage:
    return replace(message, notes=(*message.notes, words))
