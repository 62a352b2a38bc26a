"""A test mail from a mailbox to itself: proof that what is sent arrives where mail is read.

It carries one of our Message-IDs, so intake records it as our own and opens no ticket. A reply to
it, which bears that Message-ID, is recorded as one (`triage`) and is nobody's answer.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from mailresponder.config import Mailbox
from mailresponder.errors import PermanentFailure
from mailresponder.mail.compose import compose
from mailresponder.mail.message import Address
from mailresponder.policy import notices
from mailresponder.policy.desk import Desk
from mailresponder.policy.identifiers import TEST_MAIL, Signer


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """How long to wait for a test mail."""

    patience: timedelta = timedelta(seconds=30)
    every: float = 0.5
    """Seconds between two looks."""
    pause: Callable[[float], None] = time.sleep
    reply_within: timedelta = timedelta()
    """How long a person then has to reply to it; 0: none is awaited."""
    reply_every: float = 2.0
    """Seconds between two looks for that reply."""
    say: Callable[[str], None] = lambda _: None
    """Tells that person what to do and how long there is left."""


class Sends(Protocol):
    """What a trial needs of an SMTP connection; `transport.smtp` provides it."""

    def send(self, *, envelope_sender: str, recipient: str, content: bytes) -> None: ...


class Holds(Protocol):
    """What a trial needs of an IMAP connection; `transport.imap` provides it."""

    def contains(self, folder: str, message_id: str) -> bool: ...


def send_and_await(
    trial: Trial,
    *,
    mailbox: Mailbox,
    desk: Desk,
    templates: notices.TemplateSource,
    signer: Signer,
    clock: Callable[[], datetime],
    sender: Sends,
    imap: Holds,
    reply_to: str,
) -> str:
    """Send a test mail and wait for it; gives its Message-ID. Where a reply is awaited, that goes
    to `reply_to`, or to the mailbox itself where that is empty.

    Raises PermanentFailure where it does not arrive in time, and whatever sending raises.
    """
    begun = clock()
    message_id = signer.message_id(
        reference=TEST_MAIL,
        domain=desk.domain,
        nonce=secrets.token_bytes(16),
    )
    notice = notices.test_mail(
        notices.Sheet(
            desk=desk,
            templates=templates,
            to=Address(email=desk.address.email),
            message_id=message_id,
            now=begun,
        ),
        reply=bool(trial.reply_within),
    )
    if trial.reply_within and reply_to:
        notice = replace(notice, headers={"Reply-To": reply_to})
    sender.send(
        envelope_sender=mailbox.envelope_sender,
        recipient=desk.address.email,
        content=compose(notice),
    )
    while not imap.contains(mailbox.imap.folder, message_id):
        if clock() - begun >= trial.patience:
            seconds = trial.patience.total_seconds()
            raise PermanentFailure(
                f"sent, but not in {mailbox.imap.folder} after {seconds:g} s",
                mend=f"is {desk.address.email} delivered to this account, to this folder, and "
                "not held as spam?",
            )
        trial.pause(trial.every)
    return message_id
