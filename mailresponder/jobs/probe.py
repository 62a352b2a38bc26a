"""Is the service doing its work? What `/healthz` tells, decided from what is stored.

It says no for what a person has to see to: passes that hang or do not come, a mailbox that has been
out for as long as the admins hear of, a sign-in that is refused. What mends itself within minutes
is no news. Asks no server and changes nothing.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailresponder.config import Mailbox
from mailresponder.jobs.health import missed
from mailresponder.policy import retries
from mailresponder.printable import clean
from mailresponder.store.mailboxes import Fault, MailboxState, Way

_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")


class Ill(StrEnum):
    """What is wrong with a mailbox, the gravest first."""

    STUCK = "stuck"
    """A pass over it hangs."""
    NEVER = "never"
    """No pass over it has ended yet."""
    LATE = "late"
    """The last one is too long ago."""
    READING = "reading"
    """It cannot be read."""
    SENDING = "sending"
    """It cannot send."""


OF_PASSES = frozenset({Ill.STUCK, Ill.NEVER, Ill.LATE})
"""Then nobody works on it, whatever its servers do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """One thing that is wrong."""

    mailbox: str
    ill: Ill
    since: datetime | None = None
    refused: bool = False
    """Is it the sign-in that is refused?"""
    why: str = ""
    """What the server said, without any address in it."""


def complaints(
    configured: Iterable[Mailbox],
    states: Mapping[str, MailboxState],
    *,
    at_work: Collection[str],
    stuck: Collection[str],
    refused: Mapping[str, Collection[Way]],
    started_at: datetime,
    now: datetime,
) -> list[Complaint]:
    """What is wrong, in the order of the configuration.

    `at_work` are mailboxes with a pass under way in this process, however long it takes, `stuck`
    those of them whose pass hangs, `refused` what could not sign in when it was tried here last, by
    mailbox; `started_at` is when this process began: what was not done before is given as long as a
    pass may take to come.
    """
    found = []
    for mailbox in configured:
        state = states.get(mailbox.name) or MailboxState(name=mailbox.name)
        if mailbox.name in stuck:
            found.append(Complaint(mailbox=mailbox.name, ill=Ill.STUCK, since=state.last_pass_at))
        elif mailbox.name not in at_work and missed(
            state, every=mailbox.poll_every, now=now, begun=started_at
        ):
            ill = Ill.LATE if state.last_pass_at else Ill.NEVER
            found.append(Complaint(mailbox=mailbox.name, ill=ill, since=state.last_pass_at))
        for way, ill in ((Way.READING, Ill.READING), (Way.SENDING, Ill.SENDING)):
            fault = state.fault(way)
            no = way in refused.get(mailbox.name, ())
            if fault is not None and _is_long(fault, refused=no, now=now):
                found.append(
                    Complaint(
                        mailbox=mailbox.name,
                        ill=ill,
                        since=fault.since,
                        refused=no,
                        why=without_addresses(fault.why),
                    )
                )
    return found


def _is_long(fault: Fault, *, refused: bool, now: datetime) -> bool:
    # Whoever was told of it knows more than this process may: that a sign-in was refused to
    # another one.
    told = fault.told_at is not None
    return told or retries.is_overdue(fault.since, refused=refused, now=now)


def without_addresses(text: str) -> str:
    """A reason in one line, and nobody's address in it."""
    return " ".join(clean(_ADDRESS.sub("<address>", text)).split())


def in_words(complaint: Complaint) -> str:
    """It in one line, for people and for who reads only that."""
    since = f" since {complaint.since:%Y-%m-%d %H:%M} UTC" if complaint.since else ""
    match complaint.ill:
        case Ill.STUCK:
            said = f"a pass hangs; the last one ended{since.replace('since', 'at')}"
            said = said if since else "the first pass hangs"
        case Ill.NEVER:
            said = "no pass has ended yet"
        case Ill.LATE:
            said = f"no pass{since}"
        case Ill.READING | Ill.SENDING:
            what = "be read" if complaint.ill is Ill.READING else "send"
            no = "; the sign-in is refused" if complaint.refused else ""
            said = f"cannot {what}{since}{no}: {complaint.why}"
    return f"{complaint.mailbox}: {said}"
