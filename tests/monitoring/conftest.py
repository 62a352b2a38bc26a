"""A desk whose process is watched."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from asking import answers
from desks import eventually
from offices import Office
from servers.dovecot import free_ports

from mailresponder import monitoring
from mailresponder.monitoring import looking


@pytest.fixture
def watched(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """Opens the desk with these sections and serves it, every look a fresh one; gives the port."""
    monkeypatch.setattr(looking, "KEPT_FOR", -1.0)
    with ExitStack() as up:

        def serve(**sections: str) -> int:
            app, [port] = office.open(**sections), free_ports(1)
            up.enter_context(monitoring.serving(app, host="127.0.0.1", port=port))
            eventually(lambda: answers(port))
            return port

        yield serve
