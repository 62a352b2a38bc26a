"""Why an answer of staff goes back to them: the reasons by name, as they are recorded and told."""

from enum import StrEnum

from mailresponder.mail.attachments import Obstacle


class Refusal(StrEnum):
    """Why an answer of staff was not passed on."""

    NOT_PROVEN = "not_proven"
    """Nothing proves that staff wrote it."""
    SHARED_ADDRESS = "shared_address"
    """It was written from our own address, which may be anybody's."""
    AUTOMATIC = "automatic"
    """It reads like an automatic reply, which no customer is to have for an answer."""
    MERGED = "merged"
    """The ticket's mail lies in another ticket now."""
    SPAM = "spam"
    """Staff said that no customer wrote it."""
    NO_ADDRESS = "no_address"
    """The customer has no address that mail can be sent to."""
    UNREACHABLE = "unreachable"
    """Mail to the customer comes back."""
    FORWARDED = "forwarded"
    """It passes a mail on instead of answering one."""
    IN_COPY = "in_copy"
    """It went to people outside as well."""
    TO_COLLEAGUES = "to_colleagues"
    """It went to colleagues as well."""
    OTHER_TICKET = "other_ticket"
    """Its subject names another ticket."""
    ENCRYPTED = "encrypted"
    """Its text is encrypted or signed (PGP)."""
    INCOMPLETE = "incomplete"
    """Part of its text could not be read."""
    EMPTY = "empty"
    """Nothing stands above the quote."""
    ONLY_SIGNATURE = "only_signature"
    """Nothing but a greeting or a signature does."""
    MEANT_FOR_US = "meant_for_us"
    """It reads like a word to us or to colleagues, or a command without its `#`."""
    BELOW_NOTE = "below_note"
    """It stands below a note, and nothing says that it is not part of that."""
    WITHIN_QUOTE = "within_quote"
    """Words stand between or below the lines of the quote."""
    TOO_LONG = "too_long"
    """It is longer than anybody writes."""
    ATTACHMENTS_TOO_LARGE = Obstacle.TOO_LARGE.value
    MAIL_ATTACHED = Obstacle.ATTACHED_MAIL.value
    CALENDAR_ATTACHED = Obstacle.CALENDAR.value
    SEALED = Obstacle.SEALED.value
    ATTACHMENT_NOT_ALLOWED = Obstacle.KIND.value
    PICTURE_IN_TEXT = "picture_in_text"
    """A picture stands within the text, and would be missing there."""
    OWN_ID = "own_id"
    """A Message-ID or a reply address of ours stands in it."""
    OTHER_REFERENCE = "other_reference"
    """A ticket of somebody else is named in it."""
    QUOTES_NOTE = "quotes_note"
    """Words of an internal note stand in it."""
    QUOTES_NOTICE = "quotes_notice"
    """Words of a notice to staff do."""
    QUOTES_STAFF = "quotes_staff"
    """Words do that staff wrote to each other."""
    SENT_BEFORE = "sent_before"
    """The very same was passed on already."""
    ANSWERED_SINCE = "answered_since"
    """A colleague answered after the notice was written."""
    CLOSED_SINCE = "closed_since"
    """The ticket was closed after the notice was written."""
    NOT_DELIVERED = "not_delivered"
    """It was sent, and came back."""


GIVES_AWAY = frozenset(
    {Refusal.QUOTES_NOTE, Refusal.QUOTES_NOTICE, Refusal.QUOTES_STAFF, Refusal.OWN_ID}
)
"""Reasons that lie in what the text itself would tell the customer."""
