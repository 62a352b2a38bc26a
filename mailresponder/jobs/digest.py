"""Writes the morning digest: one mail a working day to each person the configuration names, about
the whole desk.

The pass over the first mailbox does it. The day is part of the mail's `dedup_key`, so passes,
restarts and instances write one. It comes once a day, so no cap holds it back.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.errors import PermanentFailure
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.work import Work, log, post
from mailresponder.mail.message import Address
from mailresponder.policy import digest, notices
from mailresponder.policy.desk import Desk
from mailresponder.policy.digest import Digest, Morning
from mailresponder.store import mailboxes, withdrawn
from mailresponder.store.overview import Overview, last_digest, number_written
from mailresponder.templating import TemplateError


def run(work: Work) -> None:
    """Write today's digest where it is due and not yet written; one commit for all who get it."""
    config = work.config
    people = {to.casefold(): to for to in config.digest.to}
    if not people or work.desk.mailbox != config.mailboxes[0].name:
        return
    desks: dict[str, Desk] = {}

    def desk_of(mailbox: str) -> Desk:
        return desks.setdefault(mailbox, config.desk_for(mailbox))

    this = digest.morning(
        work.clock(),
        at=config.digest.at,
        zone=config.desk.timezone,
        calendars=lambda: (desk_of(one.name).deadlines.hours for one in config.mailboxes),
    )
    if this is None:
        return
    keys = {f"digest:{this.day}:{key}": to for key, to in people.items()}
    with work.store.read() as conn:
        if number_written(conn, keys) == len(keys):
            return
    with work.store.begin() as conn:
        # What an earlier one told and nobody got, this one tells.
        withdrawn.late(conn, "digest", now=work.clock())
    with work.store.read() as conn:
        told = _gather(conn, work, this, desk_of)
    with work.store.begin() as conn:
        for key, recipient in keys.items():
            _write(
                conn, work, told, recipient, key=key, until=this.at + digest.LATEST, desk_of=desk_of
            )


def _gather(conn: Connection, work: Work, this: Morning, desk_of: Callable[[str], Desk]) -> Digest:
    names = [one.name for one in work.config.mailboxes]
    since = digest.since(
        this,
        last=last_digest(conn, before=this.at),
        zone=work.config.desk.timezone,
        calendars=(desk_of(name).deadlines.hours for name in names),
    )
    found = Overview(conn, names, now=work.clock(), ends=this.ends, since=since)
    standing = found.standing()
    states = mailboxes.states(conn)
    return Digest(
        since=since,
        standing=standing,
        angry=found.angry(standing),
        late=found.late(standing),
        due_today=found.due_today(standing),
        unreachable=found.unreachable(),
        unacknowledged=found.unacknowledged(),
        unsent=found.unsent(),
        answers=digest.answers(found.answered(), lambda name: desk_of(name).deadlines.hours),
        unread=tuple(name for name in names if name in states and states[name].reading),
    )


def _write(
    conn: Connection,
    work: Work,
    told: Digest,
    recipient: str,
    *,
    key: str,
    until: datetime,
    desk_of: Callable[[str], Desk],
) -> None:
    try:
        with conn.begin_nested():
            sheet = work.sheet(Address(email=recipient))
            # It is about the whole desk, so its times are the desk's and not this mailbox's.
            hours = replace(sheet.desk.deadlines.hours, timezone=work.config.desk.timezone)
            deadlines = replace(sheet.desk.deadlines, hours=hours)
            sheet = replace(sheet, desk=replace(sheet.desk, deadlines=deadlines))
            notice = notices.digest(sheet, told, desk_of=desk_of)
            if post(
                conn,
                work,
                notice,
                kind="digest",
                dedup_key=key,
                ticket=None,
                promise_until=until,
            ):
                work.tell("digest", open=told.standing.open, late=told.standing.late)
    except (PermanentFailure, TemplateError) as error:
        log.error("digest_not_written", mailbox=work.desk.mailbox, reason=error.message)
        tell_admins(
            conn,
            work,
            "digest_not_written",
            key=f"not_written:{key}",
            detail=f"{recipient}: {error.message}",
        )
