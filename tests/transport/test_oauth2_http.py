"""How an authorization server is asked: in the open to nobody, and never for ever."""

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from servers import misdeeds
from servers.dovecot import free_ports
from servers.oauth import OAuthServer
from tracebacks import all_of

from mailresponder.errors import (
    ConfigError,
    ServerUnavailable,
)
from mailresponder.transport import oauth2
from mailresponder.transport.grants import Client
from mailresponder.transport.oauth2_http import post

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_answer_that_is_no_http_is_not_quoted(server: OAuthServer, client: Client) -> None:
    """What a broken server says may be a token: no error shows it."""
    server.misdeeds.append(lambda handler: handler.wfile.write(b"SECRET WORDS\r\n\r\n"))

    with pytest.raises(ServerUnavailable, match="not be understood") as caught:
        oauth2.refresh(client, server.grant(NOW), now=NOW)

    assert "SECRET WORDS" not in all_of(caught.value)


def test_redirect_is_not_followed(server: OAuthServer, client: Client) -> None:
    """A redirect would carry the refresh token elsewhere: it is an answer not understood."""
    server.misdeeds.append(misdeeds.saying(b"", status=307, Location=server.url("revoke")))

    with pytest.raises(ServerUnavailable, match="HTTP 307"):
        oauth2.refresh(client, server.grant(NOW), now=NOW)

    assert server.asked == []


def test_endless_answer_is_cut(server: OAuthServer, client: Client) -> None:
    """No more is read than an answer can have."""
    server.misdeeds.append(misdeeds.endless)

    with pytest.raises(ServerUnavailable, match="no end"):
        oauth2.refresh(client, server.grant(NOW), now=NOW)


def test_dripping_answer_has_an_end(server: OAuthServer) -> None:
    """A server that sends a byte ever and again is waited for as long as any other."""
    server.misdeeds.append(misdeeds.dripping)

    with pytest.raises(ServerUnavailable, match="no answer in time"):
        post(server.url("token"), {}, ca_file=None, patience=0.1)


def test_handshake_has_an_end() -> None:
    """A server that takes the connection and never speaks TLS is waited for no longer."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/token"

        with pytest.raises(ServerUnavailable, match="no answer in time"):
            post(url, {}, ca_file=None, patience=0.1)


def test_nobody_there(client: Client) -> None:
    """A server that is down is told as a server that is down."""
    [port] = free_ports(1)
    client = replace(client, token_url=f"http://127.0.0.1:{port}/token")

    with pytest.raises(ServerUnavailable, match="connection refused"):
        oauth2.client_credentials(client, now=NOW)


@pytest.mark.parametrize(
    "url", ["http://login.example.com/token", "ftp://127.0.0.1/", "https://", "http://[::1"]
)
def test_secret_goes_nowhere_in_the_clear(client: Client, url: str) -> None:
    """A secret is sent over TLS or stays on this machine."""
    with pytest.raises(ConfigError):
        oauth2.client_credentials(replace(client, token_url=url), now=NOW)


def test_certificate_is_verified(authority: trustme.CA, tmp_path: Path) -> None:
    """TLS with a certificate nobody vouches for is refused; with ca_file it is taken."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with OAuthServer(tls=context) as server:
        client = server.client()
        with pytest.raises(ServerUnavailable, match="signed by nobody"):
            oauth2.client_credentials(client, now=NOW)

        grant = oauth2.client_credentials(replace(client, ca_file=ca_file), now=NOW)

    assert grant.access_token
