"""A person replies to the test mail from their client: is it seen, and by which way?

The reply goes to somebody outside of the mailbox, as an answer to a customer does, so that it is
seen here only by the ways by which answers are seen.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from mailresponder.config import Mailbox
from mailresponder.errors import PermanentFailure
from mailresponder.jobs.results import Found
from mailresponder.jobs.trial import Trial
from mailresponder.mail.authentication import authenticated
from mailresponder.mail.message import InboundMessage, RawMessage
from mailresponder.mail.parse import parse
from mailresponder.policy.desk import Desk
from mailresponder.transport.imap import FolderState

GRACE = timedelta(seconds=30)
"""How long after the mark a copy may still come: clients file what they sent a little later."""
_TOLD_EVERY = timedelta(minutes=1)
_SENT_COPIES = (
    "keep what is sent in the Sent folder of this mailbox (Exchange: Set-Mailbox {address} "
    "-MessageCopyForSentAsEnabled $true -MessageCopyForSendOnBehalfEnabled $true)"
)
_COPY_RULE = "put {address} in copy (Cc or Bcc) of every answer, by a rule say"
_NO_COPIES = (
    "a copy (Cc or Bcc) of the answer, which counts once [staff] trusted_authserv_id names your"
    " mail server, and not before"
)


class Way(Enum):
    """How a reply was seen, the best first."""

    SENT = auto()
    """It lies in Sent."""
    COPY = auto()
    """A copy came into the mailbox, and is believed to be staff's."""
    UNPROVEN_COPY = auto()
    """A copy came, and nothing proves that staff wrote it."""
    MARK = auto()
    r"""The test mail is marked \Answered, and that is all."""


class Watched(Protocol):
    """What is needed of an IMAP connection; `transport.imap` provides it."""

    def select(self, folder: str, *, readonly: bool) -> FolderState: ...
    def sent_folder(self) -> str | None: ...
    def find(self, folder: str, message_id: str, *, readonly: bool) -> list[int]: ...
    def replies(self, folder: str, message_id: str) -> list[int]: ...
    def fetch(self, uids: Sequence[int]) -> Iterator[RawMessage]: ...
    def flags(self, uids: Sequence[int]) -> dict[int, frozenset[str]]: ...


def await_reply(
    trial: Trial,
    *,
    message_id: str,
    mailbox: Mailbox,
    desk: Desk,
    reply_to: str,
    clock: Callable[[], datetime],
    imap: Watched,
) -> Found:
    """Ask for a reply to the test mail and wait for it; gives how it was seen.

    Raises PermanentFailure that says what to do where it was not seen, or by a way that does not
    count, and whatever the mailbox raises.
    """
    ends = clock() + trial.reply_within
    whom = f"It goes to {reply_to}. " if reply_to else ""
    trial.say(
        f"{mailbox.name}: now open the test mail in {desk.address.email} and reply to it as you"
        f" answer customers. {whom}Waiting for up to {_minutes(trial.reply_within)}."
    )
    say_again = clock() + _TOLD_EVERY
    marked_until: datetime | None = None
    while True:
        way = _way(imap, mailbox, desk, message_id)
        now = clock()
        if way is Way.MARK and marked_until is None:
            marked_until = min(now + GRACE, ends)
        is_certain = way in (Way.SENT, Way.COPY)
        if is_certain or now >= ends or (marked_until is not None and now >= marked_until):
            return _told(way, mailbox, desk, trial, reply_to=reply_to)
        if now >= say_again:
            trial.say(f"{mailbox.name}: no reply seen yet; {_minutes(ends - now)} left.")
            say_again += _TOLD_EVERY
        trial.pause(trial.reply_every)


def _way(imap: Watched, mailbox: Mailbox, desk: Desk, message_id: str) -> Way | None:
    inbox, sent = mailbox.imap.folder, imap.sent_folder()
    if sent is not None and sent != inbox and imap.replies(sent, message_id):
        return Way.SENT
    copies = [parse(raw) for raw in imap.fetch(imap.replies(inbox, message_id))]
    # What was addressed to us is here because of that, and an answer to a customer would not be.
    copies = [copy for copy in copies if not any(desk.is_own(to) for to in copy.to)]
    if any(_is_believed(copy, desk) for copy in copies):
        return Way.COPY
    if copies:
        return Way.UNPROVEN_COPY
    flags = imap.flags(imap.find(inbox, message_id, readonly=True))
    marked = any("\\answered" in {flag.casefold() for flag in some} for some in flags.values())
    return Way.MARK if marked else None


def _is_believed(copy: InboundMessage, desk: Desk) -> bool:
    author = copy.author
    if author is None or not (desk.is_own(author) or desk.is_staff(author)):
        return False
    return authenticated(copy, trusted_authserv_id=desk.staff.trusted_authserv_id).passed


def _told(way: Way | None, mailbox: Mailbox, desk: Desk, trial: Trial, *, reply_to: str) -> Found:
    address = desk.address.email
    copies = _SENT_COPIES.format(address=address)
    rule = _COPY_RULE.format(address=address) if desk.staff.trusted_authserv_id else _NO_COPIES
    match way:
        case Way.SENT:
            return "the reply was seen: it lies in Sent", ""
        case Way.COPY:
            return "the reply was seen: a copy came into the mailbox", f"surer still: {copies}"
        case Way.UNPROVEN_COPY:
            raise PermanentFailure(
                "a copy of the reply came, but nothing proves that staff wrote it: it does not"
                " count as an answer",
                mend="under [staff] set trusted_authserv_id to the name by which your mail server"
                f" signs Authentication-Results, and addresses to staff's; or {copies}",
            )
        case Way.MARK if desk.answered_flag:
            return r"the reply was seen by the \Answered mark alone", f"surer: {copies}"
        case Way.MARK:
            raise PermanentFailure(
                r"the reply was not seen, only that the test mail was marked \Answered",
                mend=f"{copies}; or {rule}; or let the mark count: answered_flag = true for"
                f" [[mailbox]] {mailbox.name}",
            )
        case None:
            mend = f"if somebody did reply: {copies}; or {rule}"
            if not reply_to:
                mend += (
                    ". Copies cannot be tried as it is: the reply goes to this very mailbox. With"
                    " [admin] addresses it goes to the first of them"
                )
            raise PermanentFailure(
                f"no reply was seen within {_minutes(trial.reply_within)}", mend=mend
            )


def _minutes(length: timedelta) -> str:
    minutes, seconds = divmod(max(int(length.total_seconds()), 0), 60)
    if not minutes:
        return f"{seconds} s"
    return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
