"""Desks whose servers fail, and what they log."""

from collections.abc import Callable, Iterator

import pytest
import structlog
from breaking import Outage
from offices import Office
from servers.proxy import Proxy
from servers.smtp_sink import SmtpSink
from structlog.typing import EventDict


@pytest.fixture
def outage(office: Office, smtp_sink: SmtpSink) -> Iterator[Outage]:
    """A desk that reads every minute, still to be opened."""
    with Proxy(office.imap_port) as imap, Proxy(smtp_sink.port) as smtp:
        office.imap_port, office.smtp_port = imap.port, smtp.port
        office.configure(poll_every="1m")
        yield Outage(office=office, imap=imap, smtp=smtp)


@pytest.fixture
def said() -> Iterator[Callable[[str], list[EventDict]]]:
    """The lines of the log with this event, so far."""
    with structlog.testing.capture_logs() as lines:
        yield lambda event: [line for line in lines if line["event"] == event]
