"""Where a browser comes back to."""

import os
import socket
from pathlib import Path

import pytest
from servers import browser
from servers.oauth import OAuthServer

from mailresponder.errors import (
    TemporaryFailure,
)
from mailresponder.transport import oauth2
from mailresponder.transport.grants import Client
from mailresponder.transport.loopback import Loopback


def test_strangers_are_turned_away(server: OAuthServer, client: Client) -> None:
    """What comes without the state, or is no request, is answered and does not end the wait."""
    said = []
    with Loopback() as loopback:
        url, state, _ = oauth2.authorization_request(client, loopback.redirect_uri)
        for path in ("/favicon.ico", "/?code=forged&state=other", "/?" + "a&" * 40):
            said += [browser.visit(loopback.redirect_uri + path)]
        with socket.create_connection(("127.0.0.1", port_of(loopback))) as rude:
            rude.sendall(b"\x16\x03\x01 no request\r\n\r\n")
            said.append(browser.visit(url))
            fields = loopback.wait(state, seconds=10)

    assert fields["code"] in server.given
    pages = [visit.page() for visit in said]
    assert ["not the answer" in page for page in pages] == [True, True, True, False]
    assert "Close this window" in pages[-1]


def test_wait_has_an_end() -> None:
    """Where nobody signs in, the wait is over after its time."""
    with Loopback() as loopback, pytest.raises(TemporaryFailure, match="in time"):
        loopback.wait("state", seconds=0.01)


def test_address_can_be_typed_in() -> None:
    """Where the browser is on another machine, the address it ended at is entered instead;
    who enters something else is told."""
    ours, theirs = socket.socketpair()
    with ours, theirs, Loopback("localhost") as loopback:
        assert loopback.redirect_uri.startswith("http://localhost:")
        right = b"http://localhost:1/?state=s&code=c%2F1\n"
        theirs.sendall(b"\nwhat is this?\n")
        fields = loopback.wait(
            "s", seconds=10, typed=ours.fileno(), mistyped=lambda: theirs.sendall(right)
        )

    assert fields == {"state": "s", "code": "c/1"}


def test_end_of_input_is_no_answer() -> None:
    """Where nobody can type, the browser is still waited for."""
    with Loopback() as loopback, Path(os.devnull).open() as nobody:
        browser.visit(loopback.redirect_uri + "/?state=s&code=c")
        assert loopback.wait("s", seconds=10, typed=nobody.fileno())["code"] == "c"


def port_of(loopback: Loopback) -> int:
    return int(loopback.redirect_uri.rpartition(":")[2])
