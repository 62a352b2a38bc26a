"""One process, as the others on the same database see it: what it holds, and that it lives.

On SQLite all are on one machine, and a lock on a file tells at once who is dead. On PostgreSQL
each shows a sign of life in the database every few seconds (`SharedInstance`).
"""

import os
import secrets
import socket
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailresponder.app.sharing import share
from mailresponder.clock import Clock
from mailresponder.errors import MailboxInHand, MailresponderError
from mailresponder.jobs.work import log
from mailresponder.store import leases, outbox, taking_over
from mailresponder.store.database import Store
from mailresponder.store.leases import InstanceLock

LEASE = timedelta(minutes=2)
"""How long a mailbox on SQLite stays ours without a word."""

_RENEWED_AFTER = timedelta(seconds=10)
"""What was ours so short a time ago needs no new word: SQLite waits for the disk at each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tempo:
    """How soon instances on PostgreSQL notice one another. Whoever dies is found dead after
    `lease` at the latest, and what it held is taken over within one more `beat`."""

    lease: timedelta = timedelta(seconds=30)
    """How long a sign of life holds, by the database's clock."""
    beat: timedelta = timedelta(seconds=10)
    """How often it is given. Two may fail before the instance is taken for dead."""


TEMPO = Tempo()


class Instance:
    """A process that holds a mailbox for the time of a pass."""

    def __init__(self, store: Store, clock: Clock, *, lock: InstanceLock | None) -> None:
        """`lock`: shared with all other processes on this SQLite database; None: nobody else
        works on it, or this process makes no passes."""
        self._store = store
        self._clock = clock
        self._file_lock = lock
        self._renewed: dict[str, datetime] = {}
        self._process = f"{socket.gethostname()}:{os.getpid()}"
        self.owner = self._new_owner()
        """As leases and rows of the outbox name it."""

    def _new_owner(self) -> str:
        return f"{self._process}:{secrets.token_hex(4)}"

    def free_the_dead(self) -> None:
        """Where no other process lives, whatever others have claimed was left by the dead and is
        freed at once."""
        if self._file_lock is None:
            return
        with self._file_lock.alone() as alone:
            if alone:
                with self._store.begin() as conn:
                    outbox.release_dead(conn, self.owner)
                    leases.release_dead(conn, self.owner)

    def take(self, mailbox: str) -> str:
        """Hold a mailbox; returns the owner that holds it. Raises MailboxInHand."""
        self.free_the_dead()
        self._renewed.pop(mailbox, None)
        if not self.keeps(mailbox, self.owner):
            raise self._in_hand(mailbox)
        return self.owner

    def keeps(self, mailbox: str, owner: str) -> bool:
        """Is the mailbox still this owner's? Asked now and then while it is worked on."""
        now, renewed = self._clock(), self._renewed.get(mailbox)
        if renewed is not None and timedelta() <= now - renewed < _RENEWED_AFTER:
            return True
        with self._store.begin() as conn:
            held = leases.acquire(conn, leases.of_mailbox(mailbox), owner, LEASE, now)
        if held:
            self._renewed[mailbox] = now
        return held

    def release(self, mailbox: str, owner: str) -> None:
        """The pass has ended."""
        with self._store.begin() as conn:
            leases.release(conn, leases.of_mailbox(mailbox), owner)

    def is_ours(self, mailbox: str) -> bool:  # noqa: ARG002 - here they all are
        """Are the passes over this mailbox ours to make?"""
        return True

    def serve(self, mailboxes: Collection[str], changed: Callable[[Collection[str]], None]) -> None:
        """Work all the time from now on. `changed` is called in any thread, with the names of
        mailboxes that became ours or are to be ours no more; it must not wait."""

    def change(self, mailboxes: Collection[str]) -> None:
        """The desk has other mailboxes than those it was to `serve`. Those that are gone are ours
        no more: `let_go` of each once no pass over it is under way."""

    def let_go(self, mailbox: str) -> None:
        """A mailbox that is not ours any more is worked on no longer."""

    def close(self) -> None:
        """Give back what is held."""
        if self._file_lock is not None:
            self._file_lock.release()

    def _in_hand(self, mailbox: str) -> MailboxInHand:
        with self._store.read() as conn:
            # As `host:process:…`; gone, perhaps, since we asked.
            owner = leases.owner_of(conn, leases.of_mailbox(mailbox), self._clock())
        return MailboxInHand(
            "another mailresponder has this mailbox in hand "
            f"({owner or 'another mailresponder'}); nothing to do"
        )


class SharedInstance(Instance):
    """A process on PostgreSQL, which may have others beside it on other machines.

    A thread renews all its leases together. Where that fails for so long that they end, as in a
    process that was frozen, it goes on under another owner's name: whatever was begun under the
    old one finds that it holds nothing, and sends nothing.
    """

    def __init__(self, store: Store, clock: Clock, *, tempo: Tempo) -> None:
        super().__init__(store, clock, lock=None)
        self._tempo = tempo
        self._turn = threading.RLock()
        self._ended = threading.Event()
        self._mailboxes: frozenset[str] = frozenset()
        self._held: frozenset[str] = frozenset()
        self._surplus: frozenset[str] = frozenset()
        self._changed: Callable[[Collection[str]], None] | None = None
        with store.begin() as conn:
            self._sign(conn)
        self._thread = threading.Thread(target=self._run, name="instance", daemon=True)
        self._thread.start()

    def take(self, mailbox: str) -> str:
        # In turns: who goes on under another name is seen by nobody else until the commit.
        with self._turn, self._store.begin() as conn:
            if not leases.is_alive(conn, self.owner):
                self._revive(conn)
            owner, name = self.owner, leases.of_mailbox(mailbox)
            held = leases.acquire(conn, name, owner, self._tempo.lease, self._clock())
            if held:
                taking_over.free(conn, mailbox, owner)
        if not held:
            raise self._in_hand(mailbox)
        return owner

    def keeps(self, mailbox: str, owner: str) -> bool:
        # Renewed, never taken anew: what has ended in the middle of a pass stays ended.
        name = leases.of_mailbox(mailbox)
        with self._store.begin() as conn:
            return leases.renew(conn, name, owner, self._tempo.lease, self._clock())

    def release(self, mailbox: str, owner: str) -> None:
        if self._changed is None or owner != self.owner:
            super().release(mailbox, owner)

    def is_ours(self, mailbox: str) -> bool:
        return self._changed is None or mailbox in self._held - self._surplus

    def serve(self, mailboxes: Collection[str], changed: Callable[[Collection[str]], None]) -> None:
        with self._turn:
            self._mailboxes, self._changed = frozenset(mailboxes), changed
            with self._store.begin() as conn:
                self._sign(conn)
        self.beat()

    def change(self, mailboxes: Collection[str]) -> None:
        with self._turn:
            self._mailboxes = frozenset(mailboxes)
            self._held &= self._mailboxes
        # Where the database cannot be asked now, a later beat takes what is new.
        with suppress(MailresponderError):
            self.beat()

    def let_go(self, mailbox: str) -> None:
        if mailbox in self._surplus or mailbox not in self._mailboxes:
            super().release(mailbox, self.owner)

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        # Where the database is gone, they end by themselves.
        with suppress(MailresponderError), self._store.begin() as conn:
            leases.release_all(conn, self.owner)

    def beat(self) -> None:
        """Show a sign of life, and take and give up what belongs to this instance's share."""
        with self._turn:
            before = self._held - self._surplus
            with self._store.begin() as conn:
                renewed = leases.renew_all(conn, self.owner, self._tempo.lease, self._clock())
                if leases.of_instance(self.owner) not in renewed:
                    self._revive(conn)
                holders, instances = leases.holders(conn, self._clock())
            if self._changed is not None:
                self._share(holders, instances)
            changed = before ^ (self._held - self._surplus)
        if changed and self._changed is not None:
            self._changed(changed)

    def _revive(self, conn: Connection) -> None:
        """Go on under another name, as the last sign of life has ended: others may have taken what
        was held under the old one, and must never meet it again."""
        dead, self.owner = self.owner, self._new_owner()
        self._held = self._surplus = frozenset()
        self._sign(conn)
        log.warning("instance_lapsed", owner=dead, now=self.owner)

    def _sign(self, conn: Connection) -> None:
        signs = [leases.of_instance(self.owner)]
        if self._changed is not None:
            signs.append(leases.of_service(self.owner))
        for name in signs:
            leases.acquire(conn, name, self.owner, self._tempo.lease, self._clock())

    def _share(self, holders: Mapping[str, str], instances: int) -> None:
        due = share(self._mailboxes, holders, owner=self.owner, instances=instances)
        held = {name for name in self._mailboxes if holders.get(name) == self.owner}
        for mailbox in due.take:
            # One transaction each: two instances that take at once must not wait for one another.
            with self._store.begin() as conn:
                name = leases.of_mailbox(mailbox)
                if leases.acquire(conn, name, self.owner, self._tempo.lease, self._clock()):
                    held.add(mailbox)
        self._held, self._surplus = frozenset(held), frozenset(due.give)

    def _run(self) -> None:
        is_silent = False
        while not self._ended.wait(self._tempo.beat.total_seconds()):
            try:
                self.beat()
            except Exception as error:  # whatever it is, the next beat may do better
                if not is_silent:
                    log.error("no_sign_of_life", reason=_reason(error))
                is_silent = True
            else:
                if is_silent:
                    log.info("sign_of_life_again")
                is_silent = False


def _reason(error: Exception) -> str:
    return error.message if isinstance(error, MailresponderError) else type(error).__name__
