"""What must hold whatever was killed, frozen, refused or dropped: pure functions over what the
servers saw, what the mailbox holds and what the database says. Each gives sentences of what is
wrong, and none where all is well."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from chaos.people import Letter
from chaos.server import Accepted
from chaos.world import Mail, Rows

ANGRY = {"\\Flagged", "$Angry"}
ESCALATIONS = ("escalation", "escalation_list")


@dataclass(frozen=True, kw_only=True, slots=True)
class Freeze:
    """The program was frozen, and another did its work before it went on."""

    at: int
    filing: frozenset[str]
    """Message-IDs of the copies for Sent that it may have had in its hands."""


@dataclass(kw_only=True, slots=True)
class Seen:
    """Everything known at one moment."""

    letters: Sequence[Letter]
    accepted: Sequence[Accepted]
    refused: frozenset[str]
    """Recipients of whom the server refused a mail for good."""
    settled: Mapping[str, int]
    """When a mail of ours (Message-ID) was first found to be written down as sent."""
    kills: Sequence[int]
    """When the program had been killed, and all that it had said until then was heard."""
    freezes: Sequence[Freeze]
    rows: Mapping[str, Rows]
    """The database, by table."""
    inbox: Sequence[Mail] = ()
    sent: Sequence[Mail] = ()
    log: str = ""
    outgoing: dict[str, Any] = field(init=False)
    """Rows of the outbox by Message-ID."""
    ticket_of: dict[str, int] = field(init=False)
    """The ticket of each matter, by the Message-ID that began it."""

    def __post_init__(self) -> None:
        self.outgoing = {row.message_id: row for row in self.rows["outbox"]}
        self.ticket_of = {
            row.message_id: row.ticket_id for row in self.rows["messages"] if row.direction == "in"
        }

    def copies(self, message_id: str) -> list[Accepted]:
        """How often the server took this mail."""
        return [one for one in self.accepted if one.message_id == message_id]

    def answers(self, matter: Letter) -> list[Letter]:
        """What staff answered."""
        kinds = ("answer", "relay")
        return [a for a in self.letters if a.kind in kinds and a.matter == matter.matter]


def being_filed(rows: Mapping[str, Rows]) -> frozenset[str]:
    """Message-IDs of the copies for Sent that were handed out and are not done."""
    handed_out = {
        task.outbox_id
        for task in rows["mailbox_tasks"]
        if task.kind == "sent_copy" and task.state == "pending" and task.attempts
    }
    return frozenset(row.message_id for row in rows["outbox"] if row.id in handed_out)


def after_each_round(seen: Seen) -> Iterator[str]:
    """The cheap ones, which hold at any moment."""
    yield from _repeated_otherwise(seen)
    yield from _unknown_mail(seen)


def at_the_end(seen: Seen) -> Iterator[str]:
    """All of them, once everything is worked off."""
    yield from chain(
        after_each_round(seen),
        lost_mail(seen),
        lost_acknowledgements(seen),
        wrong_escalations(seen),
        _flags(seen),
        _sent_folder(seen),
        _ledger(seen),
        _left_over(seen),
        _log(seen),
    )


def lost_mail(seen: Seen) -> Iterator[str]:
    """Every person's mail belongs to exactly one ticket, that of its thread, and no other does."""
    found: dict[str, Rows] = defaultdict(list)
    for row in seen.rows["messages"]:
        found[row.message_id].append(row)
    for letter in seen.letters:
        rows = found[letter.message_id]
        if len(rows) != 1:
            yield f"{letter.message_id} was recorded {len(rows)} times"
        elif letter.kind == "machine":
            if rows[0].ticket_id is not None:
                yield f"{letter.message_id} of a machine has a ticket"
        elif rows[0].ticket_id is None:
            yield f"{letter.message_id} has no ticket"
        elif rows[0].ticket_id != seen.ticket_of.get(letter.matter):
            yield f"{letter.message_id} is not on the ticket of its thread"
    matters = [letter for letter in seen.letters if letter.kind == "matter"]
    opened = {seen.ticket_of.get(letter.matter) for letter in matters}
    if not len(matters) == len(opened) == len(seen.rows["tickets"]):
        yield f"{len(matters)} matters, {len(seen.rows['tickets'])} tickets"


def lost_acknowledgements(seen: Seen) -> Iterator[str]:
    """Who began a ticket is acknowledged under one Message-ID, but for whom the server refuses
    and whom staff answered first."""
    mails: dict[int, set[str]] = defaultdict(set)
    for row in seen.outgoing.values():
        if row.kind == "acknowledgement":
            mails[row.ticket_id].add(row.message_id)
    for letter in seen.letters:
        if letter.kind != "matter":
            continue
        own = mails[seen.ticket_of.get(letter.matter, 0)]
        if len(own) > 1:
            yield f"{letter.message_id} has {len(own)} different acknowledgements"
        excused = letter.sender in seen.refused or bool(seen.answers(letter))
        if not excused and not any(seen.copies(message_id) for message_id in own):
            yield f"{letter.message_id} was never acknowledged"


def repeats(seen: Seen) -> list[tuple[Accepted, bool]]:
    """Each mail that the server took again, and whether that was in the window: between the final
    dot and our commit.

    Something must have happened meanwhile: a kill, a freeze, or a reply that was not given. And the
    window was over once the client spoke again on the connection that had taken the mail
    before, or once the database said that it was sent. A process that was frozen behind its last
    question, which it asks when it is told that the recipient is accepted, may send what another
    has sent meanwhile.
    """
    found = []
    before: dict[str, list[Accepted]] = defaultdict(list)
    for mail in seen.accepted:
        earlier = before[mail.message_id]
        if earlier:
            settled_at = seen.settled.get(mail.message_id, mail.begun_at)
            cuts = [*seen.kills, *(frozen.at for frozen in seen.freezes)]
            was_cut = not earlier[-1].told or any(
                earlier[-1].allowed_at <= cut < mail.begun_at for cut in cuts
            )
            is_open = settled_at >= mail.begun_at and all(
                one.followed_at is None or one.followed_at > mail.at for one in earlier
            )
            was_frozen = any(
                mail.allowed_at <= frozen.at < earlier[-1].at for frozen in seen.freezes
            )
            found.append((mail, (was_cut and is_open) or was_frozen))
        earlier.append(mail)
    return found


def _repeated_otherwise(seen: Seen) -> Iterator[str]:
    for mail, in_window in repeats(seen):
        if not in_window:
            copies = [
                f"{one.allowed_at}-{one.begun_at}-{one.at}-{one.followed_at} on {one.connection}"
                for one in seen.copies(mail.message_id)
            ]
            frozen_at = [frozen.at for frozen in seen.freezes if frozen.at < mail.at]
            killed_at = [kill for kill in seen.kills if kill < mail.at]
            told = f"{', '.join(copies)}; frozen at {frozen_at}, killed at {killed_at}"
            yield f"{mail.message_id} was sent again at {mail.at} ({told})"


def _unknown_mail(seen: Seen) -> Iterator[str]:
    """Whatever the server took is known: no answer to it would be a stranger's."""
    for message_id in sorted({m.message_id for m in seen.accepted} - seen.outgoing.keys()):
        yield f"{message_id} was accepted, and the outbox knows nothing of it"


def wrong_escalations(seen: Seen) -> Iterator[str]:
    """Nobody is told of what was answered before the mail about it was begun, nor of what is not
    overdue; of what is, the lead is told once."""
    named: dict[int, list[int]] = defaultdict(list)
    for row in seen.rows["notice_tickets"]:
        named[row.ticket_id].append(row.outbox_id)
    not_passed_on = Counter(
        row.ticket_id
        for row in seen.outgoing.values()
        if row.kind == "relay" and row.state == "failed"
    )
    by_id = {row.id: row for row in seen.outgoing.values() if row.kind in ESCALATIONS}
    for letter in seen.letters:
        if letter.kind != "matter":
            continue
        ticket = seen.ticket_of.get(letter.matter, 0)
        mails = [by_id[outbox_id].message_id for outbox_id in named[ticket] if outbox_id in by_id]
        told = [mail for mail in mails if seen.copies(mail)]
        answered_at = [a.delivered_at for a in seen.answers(letter) if a.kind == "answer"]
        for mail in told:
            for copy in seen.copies(mail):
                if answered_at and copy.begun_at > answered_at[0]:
                    yield f"{mail} told of {letter.message_id} after it was answered"
        if not letter.late and told:
            yield f"{letter.message_id} was escalated before its time"
        # An answer that the desk could not pass on answered nothing: the lead hears of it anew.
        if letter.late and len(told) > 1 + not_passed_on[ticket]:
            yield f"{letter.message_id} was escalated {len(told)} times"
        if letter.late and not told and not answered_at:
            yield f"{letter.message_id} is overdue and nobody was told"


def _flags(seen: Seen) -> Iterator[str]:
    letters = {letter.message_id: letter for letter in seen.letters}
    for mail in seen.inbox:
        letter = letters[mail.message_id]
        if mail.flags & ANGRY != (ANGRY if letter.angry else set()):
            yield f"{mail.message_id} has the flags {sorted(mail.flags)}, angry: {letter.angry}"
        if ("\\Seen" in mail.flags) != letter.seen:
            yield f"\\Seen of {mail.message_id} was changed"


def _sent_folder(seen: Seen) -> Iterator[str]:
    """One copy of each mail that was sent, and what staff put there. A process that was frozen
    with copies in its hands may add each of these once more, when another has filed it meanwhile.
    """
    there = Counter(mail.message_id for mail in seen.sent)
    theirs = Counter(letter.message_id for letter in seen.letters if letter.folder == "Sent")
    ours = Counter(row.message_id for row in seen.outgoing.values() if row.state == "sent")
    for message_id, count in (there - theirs - ours).items():
        if count > sum(message_id in frozen.filing for frozen in seen.freezes):
            yield f"{count} copies too many of {message_id} in Sent"
    for message_id in (theirs + ours) - there:
        yield f"no copy of {message_id} in Sent"


def _ledger(seen: Seen) -> Iterator[str]:
    """Every UID of both folders is in the ledger, and nothing is left to be read."""
    known = {(row.folder, row.uid) for row in seen.rows["sightings"]}
    cursors = {row.folder: row.last_uid for row in seen.rows["folders"]}
    for folder, mails in (("INBOX", seen.inbox), ("Sent", seen.sent)):
        for mail in mails:
            if (folder, mail.uid) not in known:
                yield f"UID {mail.uid} of {folder} was skipped"
        if mails and cursors.get(folder) != mails[-1].uid:
            yield f"{folder} was read to {cursors.get(folder)}, and ends at {mails[-1].uid}"


def _left_over(seen: Seen) -> Iterator[str]:
    for row in seen.outgoing.values():
        if row.state in ("sending", "queued"):
            yield f"{row.kind} {row.message_id} is left {row.state}"
        if row.state == "sent" and not seen.copies(row.message_id):
            yield f"{row.kind} {row.message_id} counts as sent, and the server never took it"
        if row.state == "failed" and row.recipient not in seen.refused:
            yield f"{row.kind} {row.message_id} was given up: {row.last_error}"
    for row in seen.rows["mailbox_tasks"]:
        if row.state != "done":
            yield f"{row.kind} of {row.dedup_key} is left {row.state}: {row.last_error}"


def _log(seen: Seen) -> Iterator[str]:
    for word in ("Traceback", "message_not_handled", "message_not_ticketed", "idle_failed"):
        if word in seen.log:
            yield f"the log says {word}"
