"""What the database holds, table by table and column by column: whose it is, what for, and what
ends it. A test holds this list against the schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Whose(StrEnum):
    """Whose data a column holds."""

    CUSTOMER = "customer"
    """Identifies somebody who wrote to the desk, or whom they named."""
    WORDS = "words"
    """What people wrote, or what stands in it word by word."""
    JUDGED = "judged"
    """What was concluded about them."""
    STAFF = "staff"
    """Identifies somebody of staff."""
    NOBODY = "nobody"
    """Times, states, numbers: of a person only together with the rest of the row."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """One table."""

    table: str
    what: str
    until: str
    """What ends it, beside `erase`: the names of keys in [retention] stand in braces."""
    erase: str
    """What `erase` does to it."""
    columns: Mapping[str, Whose]


def _columns(**whose: str) -> dict[str, Whose]:
    return {name: Whose(kind) for kind, names in whose.items() for name in names.split()}


_WITH_TICKET = "with its ticket: {tickets} after the last mail"
_WITH_TEXT = "text {text}, the rest {tickets} after the last mail of a ticket that waits for nobody"
_OUT = "taken out"
_NAMED = "taken out where it names them"

HOLDINGS: tuple[Holding, ...] = (
    Holding(
        table="tickets",
        what="each matter: whose, since when, who waits, how angry",
        until=_WITH_TEXT,
        erase=f"{_OUT}; where others wrote in it, it stays without the person",
        columns=_columns(
            customer="reference customer_email customer_name linked_to merged_into",
            words="subject subject_key because",
            judged="language anger angry anger_rising suppressed_by language_from spam solved",
            staff="assigned_to judged_by",
            nobody="id mailbox state opened_at waiting_since due_at answered_at escalation_level"
            " escalated_at next_escalation_at snoozed_until acknowledged_at unreachable_at"
            " unreachable_told_at calm_until warned_at rests_since asked_at",
        ),
    ),
    Holding(
        table="participants",
        what="the addresses that take part in a ticket",
        until=_WITH_TICKET,
        erase=_OUT,
        columns=_columns(customer="address", nobody="ticket_id role"),
    ),
    Holding(
        table="messages",
        what="each mail: from, to, subject, its new text without quotes, what was heard in it",
        until=f"{_WITH_TEXT}; mail of no ticket, of which no text is kept, {{tickets}}",
        erase=f"{_OUT}; in mails of others their address and full name",
        columns=_columns(
            customer="dedup_key message_id in_reply_to references from to",
            words="subject new_text because",
            judged="language anger angry reasons",
            nobody="id mailbox ticket_id direction kind outcome at",
        ),
    ),
    Holding(
        table="sightings",
        what="where each mail lies in the mailbox, so that none is taken twice",
        until="never: numbers only, once its message is gone",
        erase="stays, without the message",
        columns=_columns(
            nobody="mailbox folder uidvalidity uid message_row outcome at",
        ),
    ),
    Holding(
        table="erased",
        what="a keyed hash of each mail that was taken out, so that no copy of it comes back",
        until="never: without mail and secret file it says nothing",
        erase="one more line for each mail",
        columns=_columns(nobody="key at"),
    ),
    Holding(
        table="labels",
        what="what staff said of the anger in a mail",
        until=_WITH_TICKET,
        erase=_OUT,
        columns=_columns(judged="angry", staff="by", nobody="message_row at"),
    ),
    Holding(
        table="corrections",
        what="what was learnt from labels: weights of features, no texts",
        until="never; `mailresponder learn` makes the next one",
        erase="taken out where one of their mails was among the lessons, and learnt anew",
        columns=_columns(
            judged="content labels figures", staff="by undone_by", nobody="id model at undone_at"
        ),
    ),
    Holding(
        table="answers",
        what="when a customer who waited was answered, and how",
        until=_WITH_TICKET,
        erase=_OUT,
        columns=_columns(
            judged="angry",
            staff="by",
            nobody="id ticket_id waiting_since due_at answered_at how outbox_id",
        ),
    ),
    Holding(
        table="untold",
        what="who of staff is still to hear of a ticket",
        until="when they have heard",
        erase=_OUT,
        columns=_columns(staff="recipient_key recipient", nobody="ticket_id"),
    ),
    Holding(
        table="drafts",
        what="the draft of an answer that lies in the Drafts folder",
        until="emptied when the ticket is answered; the row with its ticket",
        erase=f"{_OUT}; the draft in the folder stays there",
        columns=_columns(
            customer="message_id",
            words="content",
            nobody="ticket_id mailbox state folder uidvalidity uid",
        ),
    ),
    Holding(
        table="events",
        what="what was done to a ticket and why, notes of staff among it",
        until="{events} where the ticket is closed; notes as texts {text}; all with its ticket",
        erase=_OUT,
        columns=_columns(words="why", staff="by", nobody="id ticket_id at what"),
    ),
    Holding(
        table="outbox",
        what="mail of ours on its way and sent: acknowledgements, notices to staff, answers passed"
        " on with their attachments",
        until="its bytes {sent_mail} after it was sent; the row with its ticket, that of a mail to"
        " staff about none never; the bytes of one given up {text}, of an overview {sent_mail}",
        erase=f"{_OUT}; mails to staff that name them are emptied, or taken back if they wait",
        columns=_columns(
            customer="recipient recipient_key message_id sent_as dedup_key",
            words="subject_key content last_error",
            nobody="id mailbox ticket_id kind promise_until state attempts maybe_sent owner"
            " lease_expires_at created_at next_attempt_at settled_at",
        ),
    ),
    Holding(
        table="notice_tickets",
        what="which tickets a mail to staff names",
        until=_WITH_TICKET,
        erase=_OUT,
        columns=_columns(nobody="outbox_id ticket_id"),
    ),
    Holding(
        table="mailbox_tasks",
        what="flags, moves and copies still to be made in the mailbox",
        until="with the bytes of its mail, {sent_mail}; of flags the place stays",
        erase="taken out with its mail",
        columns=_columns(
            words="argument last_error",
            nobody="id mailbox kind folder uidvalidity uid outbox_id dedup_key state attempts"
            " next_attempt_at",
        ),
    ),
    Holding(
        table="themes",
        what="what customers write about: names, and words that many of them use",
        until="never; a theme that nobody kept goes when it is not found again",
        erase=_NAMED,
        columns=_columns(
            words="names words centroid",
            staff="changed_by",
            nobody="key state merged_into space size found_at changed_at",
        ),
    ),
    Holding(
        table="themed",
        what="where a mail stands among the others by what it means: a vector",
        until="vector {text}, the row {tickets} after the last mail",
        erase=_OUT,
        columns=_columns(words="vector", judged="praise", nobody="message_row taxonomy space at"),
    ),
    Holding(
        table="message_themes",
        what="what a mail is about",
        until=_WITH_TICKET,
        erase=_OUT,
        columns=_columns(judged="theme how weight", nobody="message_row"),
    ),
    Holding(
        table="defects",
        what="what staff named as wrong with the product",
        until="when staff remove it",
        erase=_NAMED,
        columns=_columns(
            words="name name_key words known",
            staff="owner opened_by fixed_by",
            nobody="id state theme known_until opened_at fixed_at",
        ),
    ),
    Holding(
        table="defect_tickets",
        what="which tickets complain of a defect",
        until=_WITH_TICKET,
        erase=_OUT,
        columns=_columns(judged="defect_id state how", staff="by", nobody="ticket_id at"),
    ),
    Holding(
        table="announcements",
        what="what everyone who complained of a defect is told",
        until="with its defect",
        erase=_NAMED,
        columns=_columns(words="words", staff="by", nobody="id defect_id at finished_at"),
    ),
    Holding(
        table="announced",
        what="who was told that a defect is mended, so that nobody is told twice",
        until=_WITH_TICKET,
        erase=_OUT,
        columns=_columns(customer="customer_key", nobody="defect_id ticket_id outbox_id at"),
    ),
    Holding(
        table="audit",
        what="who of staff did what on the page, and sign-ins",
        until="{events}",
        erase=f"{_NAMED}; that somebody was erased stands here by a keyed hash",
        columns=_columns(customer="about", staff="by", nobody="id at what"),
    ),
    Holding(
        table="ended_sessions",
        what="sign-ins to the page that were ended before their time",
        until="when they would have ended",
        erase="untouched",
        columns=_columns(staff="session", nobody="until"),
    ),
    Holding(
        table="mailboxes",
        what="how reading and sending of each mailbox stands",
        until="never; errors when it works again",
        erase=_NAMED,
        columns=_columns(
            words="error send_error",
            nobody="name started_at last_pass_at last_ok_at failing_since told_at failures"
            " retry_at send_failures send_retry_at send_failing_since send_told_at"
            " reconciled_at start_from",
        ),
    ),
    Holding(
        table="folders",
        what="how far each folder was read",
        until="never",
        erase="untouched",
        columns=_columns(nobody="mailbox folder uidvalidity last_uid floor first_uid compared_uid"),
    ),
    Holding(
        table="leases",
        what="which process works on which mailbox",
        until="after minutes",
        erase="untouched",
        columns=_columns(nobody="name owner expires_at"),
    ),
    Holding(
        table="desk",
        what="when daily work was done, and how far",
        until="never",
        erase=_NAMED,
        columns=_columns(nobody="key value"),
    ),
)
