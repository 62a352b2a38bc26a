"""Looks after a mailbox's tokens while it is well: has the next one in time, and tells the admins
of a sign-in that is about to end before mail stops, once, and once when it is in order again.

What is over already is an outage like any other (`standing`).
"""

from datetime import datetime

from sqlalchemy import Connection

from mailresponder.app.accounts import Accounts
from mailresponder.app.standing import Standing
from mailresponder.errors import MailresponderError
from mailresponder.jobs.work import Work, log
from mailresponder.store import sign_ins
from mailresponder.store.sign_ins import SignInEnding


class SignInWatch:
    """Of one mailbox. One thread at a time."""

    def __init__(self, work: Work, accounts: Accounts, standing: Standing) -> None:
        self._work = work
        self._accounts = accounts
        self._standing = standing
        self._obtained_at: datetime | None = None
        """When somebody signed in, as of the last look."""

    def is_new(self) -> bool:
        """Has somebody signed in since this was last asked? Then what was refused is to be tried
        at once."""
        if self._accounts.tokens is None:
            return False
        try:
            held = self._accounts.tokens.held()
        except MailresponderError:
            return False
        before, self._obtained_at = self._obtained_at, held.grant.obtained_at if held else None
        return self._obtained_at not in (None, before)

    def look(self) -> None:
        """After a pass that could read. Raises nothing but what the store does."""
        if self._accounts.tokens is None:
            return
        try:
            ahead = self._accounts.tokens.look_ahead()
        except MailresponderError:
            # Whoever signs in next says so.
            return
        found = None
        if ahead is not None:
            found = SignInEnding(since=ahead.since, until=ahead.until, why=ahead.why)
        work, name = self._work, self._work.settings.name
        with work.store.read() as conn:
            known = sign_ins.ending(conn, name)
        if found == known:
            return
        with work.store.begin() as conn:
            sign_ins.save_ending(conn, name, found)
            if found is not None and (known is None or known.since != found.since):
                until = found.until.astimezone(work.config.desk.timezone)
                detail = f"until {until:%Y-%m-%d %H:%M}; {found.why}"
                self._tell(conn, "sign_in_ending", since=found.since, detail=detail)
                log.warning("sign_in_ending", mailbox=name, until=str(until), reason=found.why)
            elif found is None and known is not None:
                self._tell(conn, "sign_in_well", since=known.since, detail="")
                log.info("sign_in_well", mailbox=name)

    def _tell(self, conn: Connection, event: str, *, since: datetime, detail: str) -> None:
        key = f"{event}:{self._work.settings.name}:{since.isoformat()}"
        self._standing.tell(conn, event, key=key, detail=detail)
