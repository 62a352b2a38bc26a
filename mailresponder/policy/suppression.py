"""Why a person who wrote to us gets no automatic mail: one function a reason.

A function's name is the reason as it is recorded and shown; the order of RULES is the order of
evaluation. What makes a mail a machine's is in `mail.automatic`; a reason here never makes a
person's mail less of a ticket.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from mailresponder.mail import automatic, suspicion
from mailresponder.mail.compose import takes_mail
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy.desk import Desk, matches
from mailresponder.policy.facts import SentCounts

DELIVERY_HEADERS = (
    "delivered-to",
    "x-delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
)
"""Where a mail server says whom it delivered to."""
MAX_SAME_SUBJECT = 2
"""Automatic mails to one address with the same normalised subject in 180 minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """All a rule may look at."""

    message: InboundMessage
    desk: Desk
    correspondent: Address | None
    """Whom the automatic mail would go to."""
    sent: SentCounts
    spam_before: bool = False
    """Did staff say of earlier mail of the correspondent that it is spam?"""


Rule = Callable[[Case], bool]


def acknowledgements_disabled(case: Case) -> bool:
    """The configuration says so: `[acknowledge] enabled = false`."""
    return not case.desk.acknowledging.enabled


def no_correspondent(case: Case) -> bool:
    """There is no address an answer could go to."""
    return case.correspondent is None


def needs_smtputf8(case: Case) -> bool:
    """RFC 6531 §3.5: an address with a non-ASCII local part can be reached only through servers
    that all know SMTPUTF8, which nobody can promise; RFC 6532 lets it stand in a header."""
    return case.correspondent is not None and not _local_part(case.correspondent).isascii()


def unusable_address(case: Case) -> bool:
    """RFC 5321 §4.1.2: what the mail gives as an address is none that SMTP can take."""
    if case.correspondent is None:
        return False
    return not takes_mail(case.correspondent) and not needs_smtputf8(case)


def null_return_path(case: Case) -> bool:
    """RFC 3834 §2: never answer a null return path. A person's mail may have one all the same."""
    return suspicion.null_return_path(case.message)


def not_addressed_to_us(case: Case) -> bool:
    """RFC 3834 §2, RFC 5230 §4.5: only mail that names one of our addresses is answered."""
    known = case.desk.addresses
    if not known or automatic.list_id(case.message) in case.desk.own_lists:
        return False
    named = [address.key for address in case.message.recipients]
    for name in DELIVERY_HEADERS:
        for value in case.message.headers.get(name, ()):
            # Only its first word: some servers add a remark.
            named += [word.casefold() for word in re.split(r"[\s<>]+", value.strip(" <\t"))[:1]]
    return not any(_without_detail(address) in known or address in known for address in named)


def suppression_requested(case: Case) -> bool:
    """MS-OXCMAIL 2.1.3.2.20: X-Auto-Response-Suppress asks for no automatic answer."""
    return automatic.suppression_requested(case.message)


def looks_automatic(case: Case) -> bool:
    """It reads as if a program had written it, and an answer could start a loop. That alone makes
    it no machine's: a person may write in just these words."""
    return suspicion.looks_automatic(case.message)


def role_address(case: Case) -> bool:
    """RFC 2142 §4, §5: abuse, root, postmaster and hostmaster answer for machines. A person who
    writes from there has a ticket all the same."""
    return suspicion.role_address(case.message)


def nobody_reads_answers(case: Case) -> bool:
    """Their Reply-To, or the no-reply address they write from, says that nobody reads answers."""
    return suspicion.nobody_reads_answers(case.message)


def blocked_sender(case: Case) -> bool:
    """The configuration lists the sender: `[acknowledge] blocked_senders`."""
    people = (case.message.author, case.correspondent)
    patterns = case.desk.acknowledging.blocked_senders
    return any(matches(person, patterns) for person in people if person is not None)


def marked_as_spam(case: Case) -> bool:
    """Our own server marked it as spam (X-Spam-Flag and the like): the sender is likely forged, and
    an answer would go to somebody who wrote nothing. `[acknowledge] spam` allows it."""
    return not case.desk.acknowledging.spam and suspicion.marked_as_spam(case.message)


def reported_as_spam(case: Case) -> bool:
    """Staff said of earlier mail from there that it is spam (`#spam`): an answer would only show
    that somebody reads here. `#not-spam` takes that back."""
    return case.spam_before


def hourly_cap(case: Case) -> bool:
    """They had as much automatic mail in an hour as one address may get: `[acknowledge]
    max_per_recipient_per_hour`. So a loop that no other rule sees ends (RFC 3834 §2)."""
    return case.sent.last_hour >= case.desk.acknowledging.max_per_recipient_per_hour


def daily_cap(case: Case) -> bool:
    """The same in a day, for slow loops: `[acknowledge] max_per_recipient_per_day`."""
    return case.sent.last_day >= case.desk.acknowledging.max_per_recipient_per_day


def same_subject_cap(case: Case) -> bool:
    """They had two automatic mails about the same subject in three hours: it is a loop, or a person
    who needs no further receipt."""
    return case.sent.same_subject >= MAX_SAME_SUBJECT


RULES: tuple[Rule, ...] = (
    acknowledgements_disabled,
    no_correspondent,
    needs_smtputf8,
    unusable_address,
    null_return_path,
    not_addressed_to_us,
    suppression_requested,
    looks_automatic,
    role_address,
    nobody_reads_answers,
    blocked_sender,
    marked_as_spam,
    reported_as_spam,
    hourly_cap,
    daily_cap,
    same_subject_cap,
)


def reasons(case: Case) -> tuple[str, ...]:
    """The names of all rules that forbid an automatic answer; empty: it may be sent."""
    return tuple(rule.__name__ for rule in RULES if rule(case))


def _local_part(address: Address) -> str:
    return address.email.rpartition("@")[0]


def _without_detail(address: str) -> str:
    """`support+orders@example.com` -> `support@example.com` (RFC 5233)."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
