"""An authorization server, and the desk as it knows it."""

from collections.abc import Iterator

import pytest
from servers.oauth import OAuthServer

from mailresponder.transport.grants import Client


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    """An authorization server without TLS."""
    with OAuthServer() as running:
        yield running


@pytest.fixture
def client(server: OAuthServer) -> Client:
    """The desk as that server knows it."""
    return server.client()
