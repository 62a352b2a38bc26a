"""A process that stays is told to read its configuration anew."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
from managers import Manager
from nursery import Forked, Nursery
from offices import EMMA, Office, complaint
from servers.dovecot import MailUser

from mailresponder import config
from mailresponder.clock import utc_now
from mailresponder.demo.server import SentMail
from mailresponder.store import refusals
from mailresponder.store.database import Store

SOON = 20
"""Seconds; polling, once an hour, is never so soon."""
PEOPLE = {name: f"of-{name}@customer.test" for name in ("support", "sales")}


class Service:
    """`mailresponder run` under a service manager."""

    def __init__(self, office: Office, process: Forked, manager: Manager) -> None:
        self.office, self.process, self.manager = office, process, manager
        self.sent: SimpleQueue[SentMail] = SimpleQueue()
        office.sink.deliver = self.sent.put

    def reload(self) -> str:
        """Have it read its configuration; returns its status then."""
        os.kill(self.process.pid, signal.SIGHUP)
        self.manager.until("RELOADING=1")
        _, status = self.manager.until("READY=1")
        return status

    def answers(self, mailbox: str, person: str) -> None:
        """A mail at this mailbox is answered at once, and nothing else is."""
        to = f"{mailbox}@example.com"
        self.office.receive(complaint(person, to=to), mailbox=mailbox, at=utc_now())
        assert self.sent.get(timeout=SOON).recipient == person


@pytest.fixture
def service(office: Office, forking: Nursery, tmp_path: Path) -> Iterator[Service]:
    """At work with one mailbox."""
    office.configure(start_from='"all"')
    with Manager() as manager:
        process = forking.start(
            ["--config", str(office.path), "run"],
            cwd=tmp_path,
            environ=manager.environ(pings_within=0.3),
            log=tmp_path / "log",
        )
        try:
            assert manager.until("READY=1") == ["READY=1", "STATUS=1 mailbox, all is well"]
            yield Service(office, process, manager)
        finally:
            os.kill(process.pid, signal.SIGTERM)
            manager.until("STOPPING=1")
            assert process.wait() == 0


def test_what_is_right_counts_and_what_is_wrong_does_not(
    service: Service, new_dovecot_user: Callable[[], MailUser], tmp_path: Path
) -> None:
    """A mailbox that was added is read and watched, one that was taken out is left alone. A file
    with a mistake changes nothing: it is told by status, log and Health until it is mended. All
    the while the process gives signs of life."""
    office = service.office
    service.answers("support", EMMA)
    assert service.manager.until("WATCHDOG=1")

    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    office.configure()
    assert service.reload() == "STATUS=2 mailboxes, all is well"
    service.answers("sales", PEOPLE["sales"])
    service.answers("support", PEOPLE["support"])

    good = office.path.read_text(encoding="utf-8")
    store = Store.open(config.load(office.path).database_url())
    office.path.write_text(good.replace('address = "sales@example.com"', 'adress = "x"'))
    status = service.reload()
    assert status.startswith("STATUS=2 mailboxes, all is well; the configuration read at ")
    assert status.endswith("mailbox[1].address: is missing; mailbox[1].adress: unknown key")
    assert "reload_refused" in (tmp_path / "log").read_text()
    service.answers("sales", "still@customer.test")
    with store.read() as conn:
        [refusal] = refusals.noted(conn, now=utc_now())
    assert refusal.why == "mailbox[1].address: is missing; mailbox[1].adress: unknown key"

    office._users.pop("support")
    office.configure()
    assert service.reload() == "STATUS=1 mailbox, all is well"
    with store.read() as conn:
        assert refusals.noted(conn, now=utc_now()) == []
    office.receive(complaint("gone@customer.test"), mailbox="support", at=utc_now())
    service.answers("sales", "last@customer.test")
    store.close()
