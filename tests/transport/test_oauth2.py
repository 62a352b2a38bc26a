"""Tokens from an authorization server that is a real one, on the loopback."""

import json
import os
import socket
import ssl
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from servers import oauth
from servers.dovecot import free_ports
from servers.oauth import OAuthServer

from mailresponder.errors import ConfigError, ServerUnavailable, TemporaryFailure
from mailresponder.transport import oauth2
from mailresponder.transport.grants import Client, Grant, SignIn
from mailresponder.transport.loopback import Loopback
from mailresponder.transport.oauth2 import GrantRefused, Pending
from mailresponder.transport.oauth2_http import post

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    """An authorization server without TLS."""
    with OAuthServer() as running:
        yield running


@pytest.fixture
def client(server: OAuthServer) -> Client:
    """The desk as that server knows it."""
    return client_of(server)


def client_of(server: OAuthServer, **changed: object) -> Client:
    known = Client(
        provider="other",
        sign_in=SignIn.PERSON,
        client_id=server.client_id,
        client_secret=server.client_secret,
        token_url=server.url("token"),
        device_url=server.url("device"),
        authorization_url=server.url("authorize"),
        revocation_url=server.url("revoke"),
        scopes=("mail",),
        account="support@example.test",
    )
    return replace(known, **changed)  # type: ignore[arg-type]


def signed_in(server: OAuthServer) -> Grant:
    return Grant(
        access_token="spent",
        expires_at=NOW,
        refresh_token=server.sign_in(),
        obtained_at=NOW - timedelta(days=3),
    )


def told(error: BaseException) -> str:
    """All that a log could show of it."""
    return "".join(traceback.format_exception(error)) + repr(error)


class TestRefresh:
    def test_next_grant_has_the_rotated_refresh_token(
        self, server: OAuthServer, client: Client
    ) -> None:
        """A refresh brings an access token by our clock, the new refresh token, who it is and when
        they signed in."""
        first = signed_in(server)

        second = oauth2.refresh(client, first, now=NOW)
        third = oauth2.refresh(client, second, now=NOW)

        assert second.expires_at == NOW + timedelta(hours=1)
        assert second.obtained_at == first.obtained_at
        assert second.account == "support@example.test"
        assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3

    def test_end_that_the_server_names_is_kept(self, server: OAuthServer, client: Client) -> None:
        """When the server says when a refresh token is over, that is known from then on."""
        server.ends_in = 7 * 24 * 3600
        first = oauth2.refresh(client, signed_in(server), now=NOW)
        server.ends_in = 0
        second = oauth2.refresh(client, first, now=NOW + timedelta(days=1))

        assert first.ends_at == second.ends_at == NOW + timedelta(days=7)

    def test_refresh_token_that_is_not_rotated_stays(
        self, server: OAuthServer, client: Client
    ) -> None:
        """Where the server gives no new refresh token, the old one is kept."""
        server.misdeeds.append(oauth.saying(b'{"access_token": "next", "expires_in": "60"}'))
        first = signed_in(server)

        second = oauth2.refresh(client, first, now=NOW)

        assert second.refresh_token == first.refresh_token
        assert second.expires_at == NOW + timedelta(seconds=60)

    def test_old_refresh_token_is_refused(self, server: OAuthServer, client: Client) -> None:
        """A refresh token used twice is over, and the error says to sign in again."""
        first = signed_in(server)
        oauth2.refresh(client, first, now=NOW)

        with pytest.raises(GrantRefused, match="used before") as caught:
            oauth2.refresh(client, first, now=NOW)

        assert caught.value.over
        assert "mailresponder login" in caught.value.mend

    def test_wrong_client_secret_does_not_end_the_grant(
        self, server: OAuthServer, client: Client
    ) -> None:
        """A wrong client secret is told as such; what we hold may still be good."""
        with pytest.raises(GrantRefused) as caught:
            oauth2.refresh(replace(client, client_secret="wrong"), signed_in(server), now=NOW)

        assert not caught.value.over
        assert "client_secret" in caught.value.mend

    def test_token_without_a_lifetime_is_taken_for_ten_minutes(
        self, server: OAuthServer, client: Client
    ) -> None:
        """Where the server does not say, or says nonsense, how long a token lasts, it is not
        trusted for long."""
        for expires in ("null", '"soon"', "1e999", "true"):
            server.misdeeds.append(
                oauth.saying(b'{"access_token": "a", "expires_in": %s}' % expires.encode())
            )
            grant = oauth2.refresh(client, signed_in(server), now=NOW)
            assert grant.expires_at == NOW + timedelta(minutes=10), expires


class TestHostile:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>sign in to this network</html>",
            b"[" * 60_000,
            b"[]",
            b'{"access_token": 7}',
            b'{"access_token": "a\\u0001auth=Bearer b"}',
            b'{"access_token": "a", "refresh_token": "b\\r\\nA2 LOGOUT"}',
            b"\xff\xfe",
        ],
        ids=["nothing", "page", "deep", "list", "number", "control", "line", "no-text"],
    )
    def test_garbage_is_no_token_and_no_refusal(
        self, server: OAuthServer, client: Client, body: bytes
    ) -> None:
        """An answer that is no grant ends nothing: it is tried again later."""
        server.misdeeds.append(oauth.saying(body))

        with pytest.raises(ServerUnavailable):
            oauth2.refresh(client, signed_in(server), now=NOW)

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_busy_server_is_asked_later(
        self, server: OAuthServer, client: Client, status: int
    ) -> None:
        """A server in trouble refuses nothing, whatever it says, and its Retry-After is heard."""
        body = b'{"error": "invalid_grant"}'
        server.misdeeds.append(oauth.saying(body, status=status, Retry_After="120"))

        with pytest.raises(ServerUnavailable) as caught:
            oauth2.refresh(client, signed_in(server), now=NOW)

        assert caught.value.retry_after == timedelta(minutes=2)

    def test_redirect_is_not_followed(self, server: OAuthServer, client: Client) -> None:
        """A redirect would carry the refresh token elsewhere: it is an answer not understood."""
        server.misdeeds.append(oauth.saying(b"", status=307, Location=server.url("revoke")))

        with pytest.raises(ServerUnavailable, match="HTTP 307"):
            oauth2.refresh(client, signed_in(server), now=NOW)

        assert server.asked == []

    def test_endless_answer_is_cut(self, server: OAuthServer, client: Client) -> None:
        """No more is read than an answer can have."""
        server.misdeeds.append(oauth.endless)

        with pytest.raises(ServerUnavailable, match="no end"):
            oauth2.refresh(client, signed_in(server), now=NOW)

    def test_dripping_answer_has_an_end(self, server: OAuthServer) -> None:
        """A server that sends a byte ever and again is waited for as long as any other."""
        server.misdeeds.append(oauth.dripping)

        with pytest.raises(ServerUnavailable, match="no answer in time"):
            post(server.url("token"), {}, ca_file=None, patience=0.1)

    def test_handshake_has_an_end(self) -> None:
        """A server that takes the connection and never speaks TLS is waited for no longer."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"https://127.0.0.1:{silent.getsockname()[1]}/token"

            with pytest.raises(ServerUnavailable, match="no answer in time"):
                post(url, {}, ca_file=None, patience=0.1)

    def test_nobody_there(self, client: Client) -> None:
        """A server that is down is told as a server that is down."""
        [port] = free_ports(1)
        client = replace(client, token_url=f"http://127.0.0.1:{port}/token")

        with pytest.raises(ServerUnavailable, match="connection refused"):
            oauth2.client_credentials(client, now=NOW)

    @pytest.mark.parametrize(
        "url", ["http://login.example.com/token", "ftp://127.0.0.1/", "https://", "http://[::1"]
    )
    def test_secret_goes_nowhere_in_the_clear(self, client: Client, url: str) -> None:
        """A secret is sent over TLS or stays on this machine."""
        with pytest.raises(ConfigError):
            oauth2.client_credentials(replace(client, token_url=url), now=NOW)

    def test_certificate_is_verified(self, authority: trustme.CA, tmp_path: Path) -> None:
        """TLS with a certificate nobody vouches for is refused; with ca_file it is taken."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        ca_file = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(str(ca_file))
        with OAuthServer(tls=context) as server:
            client = client_of(server)
            with pytest.raises(ServerUnavailable, match="signed by nobody"):
                oauth2.client_credentials(client, now=NOW)

            grant = oauth2.client_credentials(replace(client, ca_file=ca_file), now=NOW)

        assert grant.access_token

    def test_no_error_repeats_a_secret(self, server: OAuthServer, client: Client) -> None:
        """A server that repeats all it was sent in its error makes no error of ours show it."""
        grant = signed_in(server)
        sent = {"error": "invalid_grant"}
        sent["error_description"] = f"not {grant.refresh_token} of {client.client_secret}"
        server.misdeeds.append(oauth.saying(json.dumps(sent).encode(), status=400))

        with pytest.raises(GrantRefused) as caught:
            oauth2.refresh(client, grant, now=NOW)

        for secret in (grant.refresh_token, client.client_secret):
            assert secret not in told(caught.value)
            assert secret not in repr(client) + repr(grant)


class TestWords:
    @pytest.mark.parametrize(
        ("code", "error", "words"),
        [
            (700082, "invalid_grant", "90 days"),
            (7000218, "invalid_client", "Allow public client flows"),
            (7000222, "invalid_client", "expired"),
            (7000215, "invalid_client", "not its id"),
            (700016, "unauthorized_client", "check client_id and tenant"),
            (90094, "invalid_grant", "admin must consent"),
            (53003, "access_denied", "Conditional Access"),
        ],
    )
    def test_microsofts_usual_mistakes_are_told(
        self, server: OAuthServer, client: Client, code: int, error: str, words: str
    ) -> None:
        """Microsoft's number chooses what to do about it, from `error_codes` or from the text."""
        microsoft = replace(client, provider="microsoft")
        for more in ({"error_codes": [code]}, {}):
            answer = {"error": error, "error_description": f"AADSTS{code}: No.\r\nTrace", **more}
            server.misdeeds.append(oauth.saying(json.dumps(answer).encode(), status=400))

            with pytest.raises(GrantRefused, match=f"AADSTS{code}") as caught:
                oauth2.refresh(microsoft, signed_in(server), now=NOW)

            assert words in caught.value.mend

    def test_googles_seven_days_are_told(self, server: OAuthServer, client: Client) -> None:
        """A Google grant that is over says that an application in Testing loses it each week."""
        server.revoke_all()
        grant = replace(signed_in(server), refresh_token="unknown")

        with pytest.raises(GrantRefused) as caught:
            oauth2.refresh(replace(client, provider="google"), grant, now=NOW)

        assert "7 days" in caught.value.mend
        assert "Testing" in caught.value.mend


class TestDevice:
    def test_person_enters_the_code(self, server: OAuthServer, client: Client) -> None:
        """A code waits until a person enters it, and then brings a grant that says who."""
        code = oauth2.start_device(client, now=NOW)
        waiting = oauth2.poll_device(client, code, now=NOW)
        server.approve(code.user_code, "ana@example.test")
        grant = oauth2.poll_device(client, code, now=NOW)

        assert waiting == Pending(code=code)
        assert isinstance(grant, Grant)
        assert grant.account == "ana@example.test"
        assert grant.refresh_token
        assert code.expires_at == NOW + timedelta(minutes=15)
        assert code.device_code not in repr(code)

    def test_slow_down_lasts(self, server: OAuthServer, client: Client) -> None:
        """Each `slow_down` adds five seconds to the interval, and they stay added."""
        server.polls.extend(["slow_down", "slow_down", "authorization_pending"])
        code = oauth2.start_device(client, now=NOW)
        intervals = []
        for _ in range(3):
            pending = oauth2.poll_device(client, code, now=NOW)
            assert isinstance(pending, Pending)
            code = pending.code
            intervals.append(code.interval.total_seconds())

        assert intervals == [6, 11, 11]

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            ("expired_token", "not entered in time"),
            ("access_denied", "said no"),
            ("authorization_declined", "said no"),
        ],
    )
    def test_no_is_an_end(
        self, server: OAuthServer, client: Client, error: str, words: str
    ) -> None:
        """A code that is refused or too old ends the wait and says why."""
        server.polls.append(error)
        code = oauth2.start_device(client, now=NOW)

        with pytest.raises(GrantRefused) as caught:
            oauth2.poll_device(client, code, now=NOW)

        assert words in caught.value.mend

    @pytest.mark.parametrize(
        "address", ["javascript:alert(1)", "http://evil.example/", "\u001b[2J", "https:"]
    )
    def test_address_is_one_to_go_to(
        self, server: OAuthServer, client: Client, address: str
    ) -> None:
        """A person is sent to no address that is not a secure page."""
        body = {"device_code": "d", "user_code": "ABCD", "verification_uri": address}
        server.misdeeds.append(oauth.saying(json.dumps(body).encode()))

        with pytest.raises(ServerUnavailable):
            oauth2.start_device(client, now=NOW)


class TestBrowser:
    def test_browser_comes_back_with_a_code(self, server: OAuthServer, client: Client) -> None:
        """A code from the loopback and its PKCE verifier bring a grant; a second time they do
        not."""
        fields, verifier, uri = come_back(client)
        code = oauth2.redirected(client, fields)

        grant = oauth2.exchange(client, code, verifier, uri, now=NOW)

        assert grant.account == server.person
        asked = server.asked[0][1]
        assert asked["login_hint"] == client.account
        assert "access_type" not in asked
        with pytest.raises(GrantRefused):
            oauth2.exchange(client, code, verifier, uri, now=NOW)

    def test_google_is_asked_for_a_refresh_token(self, client: Client) -> None:
        """Google gives a refresh token for offline access with a consent only."""
        url, _, _ = oauth2.authorization_request(replace(client, provider="google"), "http://x/")

        assert "access_type=offline" in url
        assert "prompt=consent" in url

    def test_other_verifier_is_refused(self, client: Client) -> None:
        """Who caught the code on its way cannot use it."""
        fields, _, uri = come_back(client)

        with pytest.raises(GrantRefused, match="verifier"):
            oauth2.exchange(client, fields["code"], "x" * 86, uri, now=NOW)

    def test_no_is_told(self, server: OAuthServer, client: Client) -> None:
        """A person who says no in the browser is heard."""
        server.person = ""
        fields, _, _ = come_back(client)

        with pytest.raises(GrantRefused, match="access_denied"):
            oauth2.redirected(client, fields)


class TestLoopback:
    def test_strangers_are_turned_away(self, server: OAuthServer, client: Client) -> None:
        """What comes without the state, or is no request, is answered and does not end the wait."""
        said = []
        with Loopback() as loopback:
            url, state, _ = oauth2.authorization_request(client, loopback.redirect_uri)
            for path in ("/favicon.ico", "/?code=forged&state=other", "/?" + "a&" * 40):
                said += [oauth.visit(loopback.redirect_uri + path)]
            with socket.create_connection(("127.0.0.1", port_of(loopback))) as rude:
                rude.sendall(b"\x16\x03\x01 no request\r\n\r\n")
                said.append(oauth.visit(url))
                fields = loopback.wait(state, seconds=10)

        assert fields["code"] in server.given
        pages = [visit.page() for visit in said]
        assert ["not the answer" in page for page in pages] == [True, True, True, False]
        assert "Close this window" in pages[-1]

    def test_wait_has_an_end(self) -> None:
        """Where nobody signs in, the wait is over after its time."""
        with Loopback() as loopback, pytest.raises(TemporaryFailure, match="in time"):
            loopback.wait("state", seconds=0.01)

    def test_address_can_be_typed_in(self) -> None:
        """Where the browser is on another machine, the address it ended at is entered instead."""
        ours, theirs = socket.socketpair()
        with ours, theirs, Loopback("localhost") as loopback:
            assert loopback.redirect_uri.startswith("http://localhost:")
            theirs.sendall(b"what is this?\nhttp://localhost:1/?state=s&code=c%2F1\n")
            fields = loopback.wait("s", seconds=10, typed=ours.fileno())

        assert fields == {"state": "s", "code": "c/1"}

    def test_end_of_input_is_no_answer(self) -> None:
        """Where nobody can type, the browser is still waited for."""
        with Loopback() as loopback, Path(os.devnull).open() as nobody:
            oauth.visit(loopback.redirect_uri + "/?state=s&code=c")
            assert loopback.wait("s", seconds=10, typed=nobody.fileno())["code"] == "c"


def port_of(loopback: Loopback) -> int:
    return int(loopback.redirect_uri.rpartition(":")[2])


def come_back(client: Client) -> tuple[dict[str, str], str, str]:
    """Sign in as a browser does: the fields it brings, the verifier and the redirect URI."""
    with Loopback() as loopback:
        url, state, verifier = oauth2.authorization_request(client, loopback.redirect_uri)
        oauth.visit(url)
        return loopback.wait(state, seconds=10), verifier, loopback.redirect_uri


class TestOrganisation:
    def test_client_credentials(self, server: OAuthServer, client: Client) -> None:
        """An organisation's secret alone brings a token, and no refresh token is kept."""
        grant = oauth2.client_credentials(client, now=NOW)

        assert grant.access_token in server.given
        assert grant.refresh_token == ""

    def test_service_account(self, server: OAuthServer, client: Client, tmp_path: Path) -> None:
        """A service account's key brings a token in the name of the mailbox."""
        client = keyed(server, client, tmp_path)

        grant = oauth2.service_account(client, now=now())

        assert grant.access_token in server.given
        assert "client_secret" not in server.asked[0][1]

    def test_service_account_with_another_key(
        self, server: OAuthServer, client: Client, tmp_path: Path
    ) -> None:
        """A key that was deleted is told, with what to look at, and nobody is asked to log in."""
        client = keyed(server, client, tmp_path)
        keyed(server, client, tmp_path / "other")

        with pytest.raises(GrantRefused, match="Invalid JWT Signature") as caught:
            oauth2.service_account(client, now=now())

        assert not caught.value.over
        assert "key" in caught.value.mend

    @pytest.mark.parametrize("minutes", [-25, 25])
    def test_clock_that_is_a_little_wrong(
        self, server: OAuthServer, client: Client, tmp_path: Path, minutes: int
    ) -> None:
        """A clock half an hour slow does no harm; one that is fast is told as the clock's."""
        client = keyed(server, client, tmp_path)

        if minutes < 0:
            assert oauth2.service_account(client, now=now() + timedelta(minutes=minutes))
            return
        with pytest.raises(GrantRefused) as caught:
            oauth2.service_account(client, now=now() + timedelta(minutes=minutes))
        assert "clock" in caught.value.mend

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (None, "No such file"),
            ("{}", "not the key"),
            ("not json", "not the key"),
            ('{"client_email": "a", "private_key": "-----BEGIN SECRET WORDS"}', "not an RSA key"),
        ],
    )
    def test_key_file_that_is_none(
        self, client: Client, tmp_path: Path, content: str | None, words: str
    ) -> None:
        """A key file that is missing or wrong is a mistake in the configuration; it is not
        shown."""
        path = tmp_path / "key.json"
        if content is not None:
            path.write_text(content)

        with pytest.raises(ConfigError, match=words) as caught:
            oauth2.service_account(replace(client, service_account_file=path), now=NOW)

        assert "SECRET WORDS" not in told(caught.value)


@lru_cache(maxsize=2)
def _key(number: int) -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def keyed(server: OAuthServer, client: Client, folder: Path) -> Client:
    """The desk as a service account that the server trusts from now on."""
    key = _key(int(folder.name == "other"))
    server.public_key = key.public_key()
    folder.mkdir(exist_ok=True)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path = folder / "key.json"
    path.write_text(
        json.dumps({"client_email": "desk@project.example", "private_key": pem, "type": "x"})
    )
    return replace(client, sign_in=SignIn.SERVICE_ACCOUNT, service_account_file=path)


def now() -> datetime:
    return datetime.now(tz=UTC)


class TestRevoke:
    def test_grant_is_given_back(self, server: OAuthServer, client: Client) -> None:
        """After it was given back, a refresh token brings nothing."""
        grant = signed_in(server)

        assert oauth2.revoke(client, grant)

        with pytest.raises(GrantRefused):
            oauth2.refresh(client, grant, now=NOW)

    def test_grant_that_is_over_is_no_failure(self, server: OAuthServer, client: Client) -> None:
        """To give back what is over already, as Google calls it an error, is well."""
        server.misdeeds.append(oauth.saying(b'{"error": "invalid_token"}', status=400))

        assert oauth2.revoke(replace(client, provider="google"), signed_in(server))

    def test_server_that_takes_none_back(self, server: OAuthServer, client: Client) -> None:
        """Microsoft has no address for it: nothing is asked."""
        assert not oauth2.revoke(replace(client, revocation_url=""), signed_in(server))
        assert server.asked == []
