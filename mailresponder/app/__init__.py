"""Wires configuration, store, transport and jobs together, once, for everything above."""

import threading
from collections.abc import Callable
from functools import cache, partial

from mailresponder.app.instance import TEMPO, Instance, SharedInstance, Tempo
from mailresponder.app.passes import PassReport
from mailresponder.app.runner import MailboxRunner
from mailresponder.app.tally import Tally
from mailresponder.clock import Clock, steady_seconds, utc_now
from mailresponder.config import Config, Mailbox
from mailresponder.jobs.work import Work
from mailresponder.policy.identifiers import Signer
from mailresponder.store import secret
from mailresponder.store.database import Store
from mailresponder.store.leases import InstanceLock
from mailresponder.store.templates import TemplateFolder
from mailresponder.transport.token_store import store_for

__all__ = ["App", "MailboxRunner", "PassReport", "Tempo"]

FEW_MAILBOXES = 10
"""Up to so many, each keeps its SMTP connections for as long as every pass needs them; of more,
each closes them at the end of a pass."""


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
        tempo: Tempo,
    ) -> None:
        """`steady` gives seconds that nobody can set; without it a clock of one's own is believed
        whatever it says."""
        self.config = config
        self.clock = clock
        self.store = store
        self.templates = TemplateFolder.of_desk(config)
        self.dry = dry
        self.stopping = threading.Event()
        self.signer = signer
        self.instance = self._instance(tempo) if passes and not dry else self._guest()
        self.tally = Tally()
        """What the passes of this process have done."""
        self._steady = steady or (steady_seconds if clock is utc_now else self._as_the_clock)
        self.mailboxes = self._runners()
        self.on_reload: Callable[[], None] = lambda: None
        """Called when the configuration is another one: whoever begins the passes sets it."""

    @classmethod
    def open(
        cls,
        config: Config,
        *,
        dry: bool = False,
        clock: Clock = utc_now,
        steady: Callable[[], float] | None = None,
        passes: bool = True,
        tempo: Tempo = TEMPO,
    ) -> "App":
        """Open the store and the desk's key. With `dry`, nothing is changed or created. Without
        `passes` none may be run: that such a process lives says nothing of what others hold.
        `tempo` must be the same in all instances on a PostgreSQL database; tests hurry it.

        Raises ConfigError where the key is not the database's, TemporaryFailure where the
        database cannot be used now.
        """
        url = config.database_url()
        store = Store.open_copy(url) if dry else Store.open(url)
        try:
            with store.begin() as conn:
                signer = secret.of_desk(conn, config.secret_path, create=not dry)
            return cls(
                config,
                store,
                signer,
                dry=dry,
                clock=clock,
                steady=steady,
                passes=passes,
                tempo=tempo,
            )
        except BaseException:
            store.close()
            raise

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def reload(self, config: Config) -> None:
        """Go by another configuration of the same desk from now on.

        A pass under way ends by the old one. Its mailbox's next runner takes over from it, in the
        mailbox's turn: whoever makes the passes sees to that.
        """
        self.config = config
        self.templates = TemplateFolder.of_desk(config)
        before, runners = self.mailboxes, self._runners()
        for name in before.keys() & runners.keys():
            # Whoever asks how it does hears of the pass under way, and of the one before.
            runners[name].progress = before[name].progress
            runners[name].standing.take_over(before[name].standing)
        self.mailboxes = runners
        self.on_reload()

    def close(self) -> None:
        """Let go of every connection, lease and lock."""
        for runner in self.mailboxes.values():
            runner.close()
        self.instance.close()
        self.store.close()

    @property
    def owner(self) -> str:
        """This process, as leases name it now."""
        return self.instance.owner

    def free_the_dead(self) -> None:
        """Free what dead processes hold on an SQLite database, as each pass does."""
        self.instance.free_the_dead()

    def _runners(self) -> dict[str, MailboxRunner]:
        few = len(self.config.mailboxes) <= FEW_MAILBOXES
        place, kind = self.config.tokens_path, self.config.desk.token_store
        # Not before a mailbox signs in by a token: it may be a key store that asks a person.
        token_store = cache(partial(store_for, place, kind=kind))
        return {
            mailbox.name: MailboxRunner(
                self._work(mailbox),
                dry=self.dry,
                stopping=self.stopping,
                instance=self.instance,
                keeps_senders=few,
                token_store=token_store,
                others=partial(self._works_beside, mailbox.name),
                steady=self._steady,
            )
            for mailbox in self.config.mailboxes
        }

    def _instance(self, tempo: Tempo) -> Instance:
        path = self.config.database_path()
        if path is None:
            return SharedInstance(self.store, self.clock, tempo=tempo)
        lock = InstanceLock(path.with_name(f"{path.name}.lock"))
        return Instance(self.store, self.clock, lock=lock)

    def _guest(self) -> Instance:
        return Instance(self.store, self.clock, lock=None)

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
