"""The shapes a message takes on its way through the house. Data only: no parsing, no decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One mailbox address (RFC 5322 §3.4)."""

    email: str
    """`local@domain` as written, the domain in lower case."""
    name: str = ""
    """The display name, decoded (RFC 2047), without control characters; often empty."""

    @property
    def key(self) -> str:
        """What two spellings of one address have in common."""
        return self.email.casefold()

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


UNDATED = datetime.fromtimestamp(0, UTC)
"""What stands for an INTERNALDATE that the server did not give."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawMessage:
    """A message as the IMAP server gave it."""

    uid: int
    received_at: datetime
    """INTERNALDATE, aware; UNDATED where there is none."""
    content: bytes
    """The message, CRLF or LF; where `truncated`, with its text parts only and the others empty,
    or only its beginning."""
    truncated: bool = False
    """True where the message was too large to be downloaded whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A part that is not the body. Its content is never kept."""

    filename: str
    content_type: str
    """Lower-case `type/subtype`."""
    size: int
    """Bytes as transferred, before the transfer encoding is undone."""


class ReportKind(StrEnum):
    """What a multipart/report says (RFC 6522 §3)."""

    FAILED = "failed"
    """A delivery status with an Action of failed (RFC 3464 §2.3.3)."""
    DELAYED = "delayed"
    DELIVERED = "delivered"
    """Delivered, relayed or expanded: good news."""
    DISPOSITION = "disposition"
    """A read receipt (RFC 8098)."""
    FEEDBACK = "feedback"
    """An abuse report (RFC 5965)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a mail system says about a mail, in a form for machines or in words."""

    kind: ReportKind
    original_ids: tuple[str, ...] = ()
    """What the mail it is about may be known by, likeliest first, at most 10: from the returned
    header our own X-Mailresponder-ID, then Message-ID, then what providers kept of it."""
    recipients: tuple[str, ...] = ()
    """All final and original recipients it is about, casefolded, at most 50: where mail was
    forwarded, only the original one is known to us (RFC 3464 §2.3.1)."""
    status: str | None = None
    """The enhanced status code, as `5.1.1` (RFC 3463)."""
    in_words: bool = False
    """True where only its words say so: it has no machine-readable part."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundMessage:
    """A message as far as it could be read. Strings hold no NUL; header strings no CR or LF."""

    message_id: str | None
    """With its angle brackets, `<left@right>`; None where absent or empty."""
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    """Oldest first, as written, each with its angle brackets."""
    from_: tuple[Address, ...]
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    resent_to: tuple[Address, ...]
    """Resent-To and Resent-Cc together."""
    subject: str
    sent_at: datetime | None
    """`Date:`, aware: the sender's claim."""
    received_at: datetime
    """INTERNALDATE, aware: the time everything is reckoned by."""
    headers: Mapping[str, tuple[str, ...]]
    """Lower-case name to its values, unfolded, topmost first. Not RFC 2047-decoded."""
    text: str
    """The body as text, from text/plain or else from HTML, with `\\n` line ends."""
    new_text: str
    """What the sender newly wrote: `text` without quotes and signature."""
    attachments: tuple[Attachment, ...]
    report: Report | None
    digest: str
    """SHA-256 (hex) of From, Date, Subject and content: equal for two copies of one mail."""
    calendar_method: str = ""
    """The METHOD of a calendar part (RFC 6047 §2.4), upper case: `REPLY` answers an invitation."""
    notes: tuple[str, ...] = ()
    """What could not be read, in words for staff; never the sender's text."""
    unreadable: bool = False
    """True where not even a sender or a body could be made out."""
    attached: "InboundMessage | None" = None
    """The mail that is attached (message/rfc822), where it is the only one and no report's."""
    forwarded_by: Address | None = None
    """Who passed it on to us, where it is read as the mail of whom it was first from."""
    remark: str = ""
    """What they wrote above it, for staff alone."""

    def header(self, name: str) -> str | None:
        """The topmost value of a header, or None."""
        values = self.headers.get(name.lower(), ())
        return values[0] if values else None

    @property
    def author(self) -> Address | None:
        """The one who wrote: From, or Sender where From names several (RFC 5322 §3.6.2)."""
        if len(self.from_) > 1 and self.sender is not None:
            return self.sender
        return self.from_[0] if self.from_ else self.sender

    @property
    def recipients(self) -> tuple[Address, ...]:
        """Everyone it was openly or by resending addressed to."""
        return self.to + self.cc + self.bcc + self.resent_to


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A file that a mail of ours carries."""

    filename: str
    """Safe to show and to store: no path, no control character."""
    content_type: str
    """Lower-case `type/subtype`, no multipart and no message."""
    content: bytes = field(repr=False)
    charset: str = ""
    """Of a text, where it said one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture that the HTML of a mail of ours shows, as `<img src="cid:…">` (RFC 2392)."""

    cid: str
    """`left@right` of letters, digits, dots and dashes, without angle brackets (RFC 2045 §7)."""
    filename: str
    """As of a `File`."""
    content_type: str
    """As `image/png`."""
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboundMessage:
    """A mail we send. One recipient; header strings hold no CR, LF or NUL."""

    message_id: str
    date: datetime
    from_: Address
    to: Address
    subject: str
    text: str
    html: str
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    auto_submitted: str | None = None
    """`auto-replied` or `auto-generated` (RFC 3834 §5); None for what a person wrote."""
    reply_to: Address | None = None
    """Where answers are to go, if not to `from_`."""
    files: tuple[File, ...] = ()
    pictures: tuple[Picture, ...] = ()
    """What its HTML shows; part of it, not files of their own."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further headers, trusted text only."""
