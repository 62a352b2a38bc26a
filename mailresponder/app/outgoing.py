"""The SMTP connections of one mailbox, kept from pass to pass, and as many as the server bears."""

from collections.abc import Callable
from datetime import datetime, timedelta

from mailresponder.clock import spent
from mailresponder.errors import MailresponderError, TooManyConnections
from mailresponder.jobs import delivery
from mailresponder.jobs.settling import DeliveryReport
from mailresponder.jobs.work import Work
from mailresponder.policy.retries import is_due
from mailresponder.store import outbox
from mailresponder.store.failures import is_of_store
from mailresponder.transport.smtp import SmtpSender

FEWER_FOR = timedelta(minutes=15)
"""How long one connection less is used after the server has complained of their number."""


class Outgoing:
    """What a mailbox sends over. One thread at a time."""

    def __init__(self, work: Work, make: Callable[[int], list[SmtpSender]]) -> None:
        """`make` gives so many connections, not yet open, with the password as it is now."""
        self._work = work
        self._make = make
        self._senders: list[SmtpSender] = []
        self._fewer: tuple[int, datetime] | None = None
        """How many connections to use, and until when."""
        self._broke_off = False
        """Did the last sending end before it was written down what became of each mail?"""

    def send(
        self,
        work: Work,
        report: DeliveryReport,
        *,
        filed: Callable[[str], bool] | None,
        go_on: Callable[[], bool],
        prove: bool,
    ) -> None:
        """Send what is due, as `delivery.run`, and add it to the report, where it stands too why
        the server could not be used. `prove`: where nothing was due, speak to the server anyway.
        """
        if self._broke_off:
            with work.store.begin() as conn:
                outbox.release_left(conn, work.desk.mailbox, work.owner)
        self._broke_off = True
        try:
            self._senders += self._make(self._most() - len(self._senders))
            self._run(work, report, filed, go_on)
            self._broke_off = False
            if prove and report.error is None and not report.sent:
                self._senders[0].check()
        except MailresponderError as error:
            if is_of_store(error):
                raise
            report.error = error
        finally:
            if report.error is not None:
                # Those that are made next time look the password up anew.
                self.close()

    def rest(self, *, keep: bool) -> None:
        """A pass has ended: close the connections, but where they are to be kept those that it has
        used. Servers close what is idle, and each is one of those they allow us."""
        for sender in self._senders:
            if keep:
                sender.rest()
            else:
                sender.close()

    def close(self) -> None:
        """Let go of every connection."""
        for sender in self._senders:
            sender.close()
        self._senders.clear()

    def _run(
        self,
        work: Work,
        report: DeliveryReport,
        filed: Callable[[str], bool] | None,
        go_on: Callable[[], bool],
    ) -> None:
        """Over one connection less as long as the server complains of their number."""
        while True:
            part = delivery.run(work, self._senders, spent=spent, filed=filed, go_on=go_on)
            report.count(sent=part.sent, failed=part.failed)
            if not isinstance(part.error, TooManyConnections) or len(self._senders) == 1:
                report.count(postponed=part.postponed)
                report.error = part.error
                return
            self._senders.pop().close()
            self._fewer = len(self._senders), self._work.clock() + FEWER_FOR

    def _most(self) -> int:
        most = self._work.settings.smtp.connections
        if self._fewer is not None and not is_due(self._fewer[1], now=self._work.clock()):
            return min(most, self._fewer[0])
        return most
