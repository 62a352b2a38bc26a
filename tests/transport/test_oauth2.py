"""Tokens from an authorization server that is a real one, on the loopback."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from servers import browser, misdeeds
from servers.oauth import OAuthServer

from mailresponder.errors import (
    MailresponderError,
    ServerUnavailable,
)
from mailresponder.transport import oauth2
from mailresponder.transport.grants import Client, Grant, SignIn
from mailresponder.transport.loopback import Loopback
from mailresponder.transport.oauth2 import GrantRefused, Pending
from mailresponder.transport.oauth2_http import Answer

FIELDS = st.sampled_from(
    [
        *("access_token", "token_type", "expires_in", "refresh_token", "scope", "id_token"),
        *("refresh_token_expires_in", "error", "error_description", "error_codes"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("bearer"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


class TestRefresh:
    def test_next_grant_has_the_rotated_refresh_token(
        self, server: OAuthServer, client: Client
    ) -> None:
        """A refresh brings an access token by our clock, the new refresh token, who it is and when
        they signed in."""
        first = server.grant(NOW)

        second = oauth2.refresh(client, first, now=NOW)
        third = oauth2.refresh(client, second, now=NOW)

        assert second.expires_at == NOW + timedelta(hours=1)
        assert second.obtained_at == first.obtained_at
        assert second.account == "support@example.test"
        assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3

    def test_end_that_the_server_names_is_kept(self, server: OAuthServer, client: Client) -> None:
        """When the server says when a refresh token is over, that is known from then on."""
        server.ends_in = 7 * 24 * 3600
        first = oauth2.refresh(client, server.grant(NOW), now=NOW)
        server.ends_in = 0
        second = oauth2.refresh(client, first, now=NOW + timedelta(days=1))

        assert first.ends_at == second.ends_at == NOW + timedelta(days=7)

    def test_refresh_token_that_is_not_rotated_stays(
        self, server: OAuthServer, client: Client
    ) -> None:
        """Where the server gives no new refresh token, the old one is kept."""
        server.misdeeds.append(misdeeds.saying(b'{"access_token": "next", "expires_in": "60"}'))
        first = server.grant(NOW)

        second = oauth2.refresh(client, first, now=NOW)

        assert second.refresh_token == first.refresh_token
        assert second.expires_at == NOW + timedelta(seconds=60)

    def test_old_refresh_token_is_refused(self, server: OAuthServer, client: Client) -> None:
        """A refresh token used twice is over, and the error says to sign in again."""
        first = server.grant(NOW)
        oauth2.refresh(client, first, now=NOW)

        with pytest.raises(GrantRefused, match="used before") as caught:
            oauth2.refresh(client, first, now=NOW)

        assert "mailresponder login" in caught.value.mend

    def test_wrong_client_secret_does_not_end_the_grant(
        self, server: OAuthServer, client: Client
    ) -> None:
        """A wrong client secret is told as such; what we hold may still be good."""
        with pytest.raises(GrantRefused) as caught:
            oauth2.refresh(replace(client, client_secret="wrong"), server.grant(NOW), now=NOW)

        assert "client_secret" in caught.value.mend
        assert "mailresponder login" not in caught.value.mend

    def test_token_without_a_lifetime_is_taken_for_ten_minutes(
        self, server: OAuthServer, client: Client
    ) -> None:
        """Where the server does not say, or says nonsense, how long a token lasts, it is not
        trusted for long."""
        for expires in ("null", '"soon"', "1e999", "true"):
            server.misdeeds.append(
                misdeeds.saying(b'{"access_token": "a", "expires_in": %s}' % expires.encode())
            )
            grant = oauth2.refresh(client, server.grant(NOW), now=NOW)
            assert grant.expires_at == NOW + timedelta(minutes=10), expires


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
    server: OAuthServer, client: Client, body: bytes
) -> None:
    """An answer that is no grant ends nothing: it is tried again later."""
    server.misdeeds.append(misdeeds.saying(body))

    with pytest.raises(ServerUnavailable):
        oauth2.refresh(client, server.grant(NOW), now=NOW)


@settings(max_examples=60)
@given(
    fields=st.dictionaries(FIELDS, JSON),
    status=st.sampled_from([200, 400, 401, 500]),
    provider=st.sampled_from(["google", "microsoft", "other"]),
)
def test_any_answer_is_a_grant_or_a_sentence(
    fields: dict[str, object], status: int, provider: str
) -> None:
    """Whatever JSON a server gives is a grant that can be sent, or an error of ours."""
    answer = Answer(server="s:1", status=status, fields=fields, retry_after=None)
    client = Client(
        provider=provider,
        sign_in=SignIn.PERSON,
        client_id="desk",
        token_url="https://login.example.com/token",
        scopes=(),
    )
    try:
        said = oauth2._granted(client, {}, answer, now=NOW).access_token
    except MailresponderError as error:
        said = str(error)

    assert said
    assert said.isprintable()


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
        server.misdeeds.append(misdeeds.saying(json.dumps(body).encode()))

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


def come_back(client: Client) -> tuple[dict[str, str], str, str]:
    """Sign in as a browser does: the fields it brings, the verifier and the redirect URI."""
    with Loopback() as loopback:
        url, state, verifier = oauth2.authorization_request(client, loopback.redirect_uri)
        browser.visit(url)
        return loopback.wait(state, seconds=10), verifier, loopback.redirect_uri


def test_client_credentials(server: OAuthServer, client: Client) -> None:
    """An organisation's secret alone brings a token, and no refresh token is kept."""
    grant = oauth2.client_credentials(client, now=NOW)

    assert grant.access_token in server.given
    assert grant.refresh_token == ""


class TestRevoke:
    def test_grant_is_given_back(self, server: OAuthServer, client: Client) -> None:
        """After it was given back, a refresh token brings nothing."""
        grant = server.grant(NOW)

        assert oauth2.revoke(client, grant)

        with pytest.raises(GrantRefused):
            oauth2.refresh(client, grant, now=NOW)

    def test_grant_that_is_over_is_no_failure(self, server: OAuthServer, client: Client) -> None:
        """To give back what is over already, as Google calls it an error, is well."""
        server.misdeeds.append(misdeeds.saying(b'{"error": "invalid_token"}', status=400))

        assert oauth2.revoke(replace(client, provider="google"), server.grant(NOW))

    def test_server_that_takes_none_back(self, server: OAuthServer, client: Client) -> None:
        """Microsoft has no address for it: nothing is asked."""
        assert not oauth2.revoke(replace(client, revocation_url=""), server.grant(NOW))
        assert server.asked == []
