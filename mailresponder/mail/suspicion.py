"""What speaks against an automatic answer without making a mail a machine's.

A person may be behind each of these, so the mail stays a ticket; but where no person is, an
answer could start a loop, go to a victim, or reach nobody.
"""

import re
from collections.abc import Callable

from mailresponder.mail import automatic, senders
from mailresponder.mail.bounces import resembles_bounce
from mailresponder.mail.message import InboundMessage
from mailresponder.mail.wording import absence, bulk, helpdesk, receipts

_CALENDAR = frozenset({"application/ms-tnef", "application/vnd.ms-tnef", "text/calendar"})
_SPAM_YES = (
    *("x-spam-flag", "x-spam-status", "x-spam"),
    *("x-barracuda-spam-flag", "x-barracuda-spam-status"),
)
"""SpamAssassin, Rspamd's extended headers and Barracuda write Yes or No."""
_SPAM_NAMED = ("x-bogosity", "x-dspam-result", "x-crm114-status")
"""Bogofilter, DSPAM and CRM114 name the class."""
_RSPAMD_ACTIONS = frozenset({"add header", "rewrite subject", "quarantine", "reject"})
_FOREFRONT_SPAM = re.compile(r"(?:^|;)\s*SFV:SPM\s*(?:;|$)", re.IGNORECASE)
_SPAM_CONFIDENCE = 5


def null_return_path(message: InboundMessage) -> bool:
    """`Return-Path: <>`: whoever sent it wants no answer (RFC 3834 §2)."""
    return senders.has_null_return_path(message.headers)


def role_address(message: InboundMessage) -> bool:
    """Written from abuse@, root@, postmaster@ or the like, with no customer in Reply-To."""
    author = message.author
    if author is None or not senders.is_role(author):
        return False
    others = [a for a in message.reply_to if a.key != author.key and not senders.is_role(a)]
    return len(others) != 1


def nobody_reads_answers(message: InboundMessage) -> bool:
    """Reply-To is a no-reply address, or a no-reply sender has answers sent to its own house.

    A form on our own site writes from our own domain, and so may its customer.
    """
    replies, author = message.reply_to, message.author
    if replies and all(senders.is_no_reply(a) for a in replies):
        return True
    if author is None or not senders.is_no_reply(author):
        return False
    at_home = [a for a in message.recipients if senders.is_same_organisation(a, author)]
    return not at_home and any(senders.is_same_organisation(a, author) for a in replies)


def marked_as_spam(message: InboundMessage) -> bool:
    """Marked by a spam filter on the way, in one of the headers that say yes or no."""
    headers = message.headers
    if any(v.strip().lower().startswith("yes") for n in _SPAM_YES for v in headers.get(n, ())):
        return True
    named = (v.strip().lower() for n in _SPAM_NAMED for v in headers.get(n, ()))
    if any(value.startswith(("spam", "yes")) for value in named):
        return True
    actions = headers.get("x-rspamd-action", ())
    if any(value.strip().lower() in _RSPAMD_ACTIONS for value in actions):
        return True
    # Exchange removes these two from mail that comes in, so they are its own.
    reports = headers.get("x-forefront-antispam-report", ())
    if any(_FOREFRONT_SPAM.search(value[:4_000]) for value in reports):
        return True
    levels = headers.get("x-ms-exchange-organization-scl", ())
    return any(v.strip().isdecimal() and int(v.strip()[:3]) >= _SPAM_CONFIDENCE for v in levels)


def calendar_reply(message: InboundMessage) -> bool:
    """An invitation accepted or declined (RFC 5546 §3.2.3), by a calendar in its user's name."""
    if message.calendar_method == "REPLY":
        return True
    attached = any(part.content_type in _CALENDAR for part in message.attachments)
    prompted = attached or automatic.is_prompted(message)
    return receipts.is_invitation_reply(message.subject, message.new_text, prompted=prompted)


def newsletter(message: InboundMessage) -> bool:
    """Offers to unsubscribe, from a sender or with a return path as mass mail has it."""
    author = message.author
    is_mass = bulk.is_return_address(message.header("return-path") or "") or (
        author is not None
        and (senders.is_no_reply(author) or bulk.is_sender(senders.local_part(author)))
    )
    # Its words last: to look through a whole text takes longer.
    return is_mass and bulk.offers_to_unsubscribe(message.new_text)


def closing_note(message: InboundMessage) -> bool:
    """Another helpdesk says that a case is closed."""
    return helpdesk.is_closing_subject(message.subject)


def foreign_acknowledgement(message: InboundMessage) -> bool:
    """Another helpdesk says that it received something: the two would thank each other."""
    return helpdesk.is_acknowledgement(message.subject, message.new_text)


def challenge(message: InboundMessage) -> bool:
    """It asks to prove that a person wrote to it, or somebody tells of such a demand."""
    return helpdesk.is_challenge(message.new_text)


def automatic_note(message: InboundMessage) -> bool:
    """In a thread, it says that a program wrote it, in its subject's end or its first words."""
    if not automatic.is_prompted(message):
        return False
    ending = absence.ends_as_responder(message.subject)
    return ending or helpdesk.is_automatic_note(message.new_text)


def absence_note(message: InboundMessage) -> bool:
    """It says that its writer is away until some day, and no more."""
    return absence.resembles_absence(message.subject, message.new_text)


def bounce_like(message: InboundMessage) -> bool:
    """It reads like a bounce from the first word on, though no mail system sent it."""
    return resembles_bounce(message.subject, message.text)


SIGNS: tuple[Callable[[InboundMessage], bool], ...] = (
    automatic.responder_subject,
    calendar_reply,
    newsletter,
    closing_note,
    challenge,
    foreign_acknowledgement,
    automatic_note,
    absence_note,
    bounce_like,
)


def looks_automatic(message: InboundMessage) -> bool:
    """Words or parts as a program writes them, too weak to make the mail a machine's."""
    return any(sign(message) for sign in SIGNS)
