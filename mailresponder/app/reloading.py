"""Reads the configuration anew when a running process is told to.

All of it is taken over or, where anything about it is wrong, nothing: the process goes on by the
one it has, and says so.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, Self

from mailresponder.app import App
from mailresponder.app.standing import program_fault
from mailresponder.app.supervisor import Supervisor
from mailresponder.clock import utc_now
from mailresponder.config import Config
from mailresponder.errors import ConfigError, MailresponderError
from mailresponder.jobs.work import log
from mailresponder.store import refusals
from mailresponder.store.database import Store
from mailresponder.store.refusals import Refusal

_NAMED = 3
"""Mailboxes, or mistakes, named in a line."""


class Desk(Protocol):
    """What goes by a configuration; `App` provides it."""

    @property
    def config(self) -> Config: ...
    @property
    def store(self) -> Store: ...
    def reload(self, config: Config) -> None: ...


class Reloads:
    """A thread that reads the configuration whenever it is asked for, as long as the block."""

    def __init__(
        self,
        desk: Desk,
        read: Callable[[Config], Config],
        *,
        command: str,
        supervisor: Supervisor,
        status: Callable[[], str],
    ) -> None:
        """`read` gives the configuration as it is now, checked whole, in place of the one it is
        handed; it raises MailresponderError where that cannot be used. `command`: what this process
        is, as `run`. `status` says in a sentence how it does."""
        self._desk = desk
        self._read = read
        self._process = f"{command} at {socket.gethostname()}"
        self._supervisor = supervisor
        self._status = status
        self._asked = threading.Semaphore(0)
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="reload", daemon=True)

    def __enter__(self) -> Self:
        # A start says as much as a reload does: this file can be used.
        self._settle()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._asked.release()
        self._thread.join()

    def ask(self) -> None:
        """Read it anew, soon. Never waits; any thread may ask, a signal's handler too."""
        self._asked.release()

    def _run(self) -> None:
        while self._asked.acquire():
            # Whoever asks several times wants what the file holds now.
            while self._asked.acquire(blocking=False):
                continue
            if self._ended:
                return
            self._supervisor.reloading()
            self._supervisor.remark = self._reload()
            self._supervisor.ready(self._status())

    def _reload(self) -> str:
        """Read and take over; returns why it was refused, in a sentence, or nothing."""
        try:
            config = self._read(self._desk.config)
            self._desk.reload(config)
        except MailresponderError as error:
            return self._refuse(error)
        except Exception as error:  # whatever it is, the desk goes on
            return self._refuse(program_fault(error))
        log.info("reloaded", mailboxes=len(config.mailboxes))
        for warning in config.warnings:
            log.warning("configuration", reason=warning)
        self._settle()
        return ""

    def _refuse(self, error: MailresponderError) -> str:
        why = _mistakes(error)
        log.error("reload_refused", reason=why, mend=error.mend or "mend the file and reload again")
        now = utc_now()
        # Without the database the log has it.
        with suppress(MailresponderError), self._desk.store.begin() as conn:
            refusals.note(conn, Refusal(process=self._process, why=why, at=now))
        zone = self._desk.config.desk.timezone
        at = f"{now.astimezone(zone):%Y-%m-%d %H:%M}"
        return f"the configuration read at {at} was refused, the one before it holds: {why}"

    def _settle(self) -> None:
        with suppress(MailresponderError), self._desk.store.begin() as conn:
            refusals.settle(conn, self._process)


def in_words(app: App) -> str:
    """How a desk does whose passes this process makes, in a sentence: without a word of a server
    or a customer."""
    runners = list(app.mailboxes.values())
    ours = [runner for runner in runners if app.instance.is_ours(runner.name)]
    count = f"{len(ours)} mailbox{'' if len(ours) == 1 else 'es'}"
    if len(ours) < len(runners):
        count += f" of {len(runners)}"
    failing = [(one.name, what) for one in ours if (what := one.standing.failing())]
    if not failing:
        return f"{count}, all is well"
    named = "; ".join(f"{name}: {', '.join(what)}" for name, what in failing[:_NAMED])
    more = f"; and {len(failing) - _NAMED} more" if len(failing) > _NAMED else ""
    return f"{count}, failing: {named}{more}"


def _mistakes(error: MailresponderError) -> str:
    """What is wrong, in one line; no value of the file is in it."""
    if not isinstance(error, ConfigError):
        return error.message
    named = [f"{one.path}: {one.message}" for one in error.problems[:_NAMED]]
    if len(error.problems) > _NAMED:
        named.append(f"and {len(error.problems) - _NAMED} more mistakes")
    return "; ".join(named)
