"""Who changed what on the page, and who came in: for the page that shows it, and for the log."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from mailresponder.jobs.work import log
from mailresponder.store import audit as store
from mailresponder.store.audit import Entry

_A_DAY = timedelta(days=1)
_REFUSALS_A_DAY = 20
"""Strangers can make no more rows than that, and so push nothing off the page overnight."""


class Deed(StrEnum):
    """What can be done on the page; to a defect or a person, anywhere. Each has words in
    `web/words/*/audit.toml`."""

    SIGNED_IN = "signed_in"
    SIGNED_IN_BY_LINK = "signed_in_by_link"
    SIGNED_OUT = "signed_out"
    SIGN_IN_REFUSED = "sign_in_refused"
    """A wrong name or password."""
    TEMPLATE_SAVED = "template_saved"
    TEMPLATE_RESTORED = "template_restored"
    TEMPLATE_REVERTED = "template_reverted"
    """Back to the shipped one."""
    TEST_SENT = "test_sent"
    TICKET_ANSWERED = "ticket_answered"
    TICKET_WAITS = "ticket_waits"
    TICKET_CLOSED = "ticket_closed"
    TICKET_SNOOZED = "ticket_snoozed"
    TICKET_ASSIGNED = "ticket_assigned"
    TICKET_NOTED = "ticket_noted"
    TICKET_ANGRY = "ticket_angry"
    TICKET_NOT_ANGRY = "ticket_not_angry"
    TICKET_SPAM = "ticket_spam"
    TICKET_NOT_SPAM = "ticket_not_spam"
    TICKET_LINKED = "ticket_linked"
    """To a defect."""
    DEFECT_ADDED = "defect_added"
    DEFECT_CHANGED = "defect_changed"
    DEFECT_KNOWN = "defect_known"
    """What acknowledgements say of it."""
    DEFECT_FIXED = "defect_fixed"
    DEFECT_REOPENED = "defect_reopened"
    DEFECT_REMOVED = "defect_removed"
    DEFECT_ANNOUNCED = "defect_announced"
    MAIL_RETRIED = "mail_retried"
    MAILS_RETRIED = "mails_retried"
    THEME_KEPT = "theme_kept"
    THEME_MERGED = "theme_merged"
    THEME_DISMISSED = "theme_dismissed"
    THEME_RESTORED = "theme_restored"
    PERSON_ERASED = "person_erased"
    PERSON_EXPORTED = "person_exported"
    """About both a receipt stands in place of the address, and counts."""


def note(conn: Connection, *, by: str, what: Deed, about: str = "", now: datetime) -> None:
    """Write down what somebody did, in the transaction that does it.

    `about` says which template, ticket, defect or address: nothing that a customer wrote.
    """
    store.add(conn, Entry(at=now, by=by, what=what, about=about))
    log.info("page", what=str(what), by=by, about=about or None)


def refused(conn: Connection, *, by: str, about: str, now: datetime) -> None:
    """Log that somebody was not let in, and write it down; of many in a day, only the first.

    `by` is empty for a name that nobody has: it may be a password in the wrong field.
    """
    what = Deed.SIGN_IN_REFUSED
    log.warning("page", what=str(what), by=by or None, about=about)
    if store.count_since(conn, what, now - _A_DAY) < _REFUSALS_A_DAY:
        store.add(conn, Entry(at=now, by=by, what=what, about=about))


def latest(conn: Connection, *, limit: int = 100) -> list[Entry]:
    """What was done last, the newest first."""
    return store.latest(conn, limit=limit)
