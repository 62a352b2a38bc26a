"""Wires configuration, store, transport and jobs together, once, for everything above."""

import os
import secrets
import socket
import threading
from collections.abc import Callable
from functools import partial

from mailresponder.app.runner import MailboxRunner, PassReport
from mailresponder.clock import Clock, steady_seconds, utc_now
from mailresponder.config import Config, Mailbox
from mailresponder.jobs.work import Work
from mailresponder.policy.identifiers import Signer
from mailresponder.store import leases, outbox, secret
from mailresponder.store.database import Store
from mailresponder.store.leases import InstanceLock
from mailresponder.store.templates import TemplateFolder

__all__ = ["App", "MailboxRunner", "PassReport"]


class App:
    """A desk ready to work. Close it, or use it in a `with` statement."""

    def __init__(
        self,
        config: Config,
        store: Store,
        signer: Signer,
        *,
        dry: bool,
        clock: Clock,
        steady: Callable[[], float] | None = None,
        passes: bool = True,
    ) -> None:
        """`steady` gives seconds that nobody can set; without it a clock of one's own is believed
        whatever it says."""
        self.config = config
        self.clock = clock
        self.store = store
        self.templates = TemplateFolder.of_desk(config)
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.dry = dry
        self.stopping = threading.Event()
        self.signer = signer
        path = config.database_path() if passes and not dry else None
        self._lock = InstanceLock(path.with_name(f"{path.name}.lock")) if path else None
        self.mailboxes = {
            mailbox.name: MailboxRunner(
                self._work(mailbox),
                dry=dry,
                stopping=self.stopping,
                before=self.free_the_dead,
                others=partial(self._works_beside, mailbox.name),
                steady=steady or (steady_seconds if clock is utc_now else self._as_the_clock),
            )
            for mailbox in config.mailboxes
        }

    @classmethod
    def open(
        cls,
        config: Config,
        *,
        dry: bool = False,
        clock: Clock = utc_now,
        steady: Callable[[], float] | None = None,
        passes: bool = True,
    ) -> "App":
        """Open the store and the desk's key. With `dry`, nothing is changed or created. Without
        `passes` none may be run: that such a process lives says nothing of what others hold.

        Raises ConfigError where the key is not the database's, TemporaryFailure where the
        database cannot be used now.
        """
        signer = secret.signer(config.secret_path, create=not dry)
        url = config.database_url()
        store = Store.open_copy(url) if dry else Store.open(url)
        try:
            with store.begin() as conn:
                secret.require_same(conn, signer)
            return cls(config, store, signer, dry=dry, clock=clock, steady=steady, passes=passes)
        except BaseException:
            store.close()
            raise

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every connection, lease and lock."""
        for runner in self.mailboxes.values():
            runner.close()
        if self._lock is not None:
            self._lock.release()
        self.store.close()

    def free_the_dead(self) -> None:
        """On SQLite, a lock on a file tells whether another process lives: where none does,
        whatever others have claimed was left by the dead and is freed at once."""
        if self._lock is None:
            return
        with self._lock.alone() as alone:
            if alone:
                with self.store.begin() as conn:
                    outbox.release_dead(conn, self.owner)
                    leases.release_dead(conn, self.owner)

    def _as_the_clock(self) -> float:
        return self.clock().timestamp()

    def _works_beside(self, name: str) -> list[Work]:
        return [runner.work for runner in self.mailboxes.values() if runner.name != name]

    def _work(self, settings: Mailbox) -> Work:
        return Work(
            config=self.config,
            settings=settings,
            desk=self.config.desk_for(settings.name),
            store=self.store,
            clock=self.clock,
            templates=self.templates.of(settings.name),
            signer=self.signer,
            owner=self.owner,
        )
