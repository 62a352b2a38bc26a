"""A desk whose servers fail and come back, and a clock that goes on minute by minute."""

from dataclasses import dataclass

from offices import Office
from servers.proxy import Proxy

from mailresponder.app import MailboxRunner, PassReport
from mailresponder.store import mailboxes
from mailresponder.store.mailboxes import Fault, Way


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A desk with a proxy before each of its servers; passes are those of the service."""

    office: Office
    imap: Proxy
    smtp: Proxy

    def runner(self, mailbox: str = "support") -> MailboxRunner:
        """Of one mailbox."""
        return self.office.app.mailboxes[mailbox]

    def tick(self, mailbox: str = "support") -> PassReport:
        """One pass of the service."""
        return self.runner(mailbox).tick()

    def ticks(self, number: int, *, minutes: int = 1) -> list[PassReport]:
        """So many passes, with so many minutes after each."""
        reports = []
        for _ in range(number):
            reports.append(self.tick())
            self.office.clock.advance(minutes=minutes)
        return reports

    def minutes_until_well(self, way: Way, *, most: int = 60) -> int:
        """How many minutes pass until it can be read, or send, again."""
        for minute in range(most):
            self.tick()
            if self.fault(way) is None:
                return minute
            self.office.clock.advance(minutes=1)
        raise AssertionError(f"{way} still fails after {most} minutes: {self.fault(way)}")

    def fault(self, way: Way, mailbox: str = "support") -> Fault | None:
        """What is remembered of it."""
        with self.office.app.store.read() as conn:
            state = mailboxes.state(conn, mailbox)
        assert state is not None
        return state.fault(way)
