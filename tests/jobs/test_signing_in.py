"""How a person lets the desk in, with an authorization server on the loopback."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from servers import browser, misdeeds
from servers.oauth import OAuthServer

from mailresponder.errors import (
    MailresponderError,
    PermanentFailure,
    ServerUnavailable,
    SignInRefused,
    TemporaryFailure,
)
from mailresponder.jobs import signing_in
from mailresponder.jobs.signing_in import Attempt, Farewell, Way
from mailresponder.transport.grants import Client, Grant
from mailresponder.transport.oauth2 import DeviceCode, GrantRefused, refresh
from mailresponder.transport.token_store import TokenStore, store_for

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    """An authorization server."""
    with OAuthServer() as running:
        yield running


@pytest.fixture
def client(server: OAuthServer) -> Client:
    """The desk as that server knows it."""
    return server.client(account="")


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    """An empty token store."""
    return store_for(tmp_path / "mailresponder.tokens", kind="file")


@dataclass
class Somebody:
    """A person, and the clock of the machine they sit at."""

    on_code: Callable[[DeviceCode], None] = lambda _: None
    on_wait: Callable[[int], None] = lambda _: None
    typed: int | None = None
    now: datetime = NOW
    waited: list[float] = field(default_factory=list)

    def enter(self, code: DeviceCode) -> None:
        self.on_code(code)

    def visit(self, address: str) -> None:
        browser.visit(address)

    def mistyped(self) -> None:
        raise AssertionError("nobody types here")

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)
        self.on_wait(len(self.waited))

    def sign_in(self, client: Client, chosen: Way = Way.DEVICE) -> Grant:
        return signing_in.sign_in(client, chosen, self, clock=lambda: self.now, wait=self.wait)


def test_code_that_is_entered_later_brings_a_grant(server: OAuthServer, client: Client) -> None:
    """The server is asked once an interval, more slowly once it says so, until the code was
    entered."""
    codes: list[DeviceCode] = []
    server.polls.extend(["authorization_pending", "slow_down"])

    def enters_at_the_third(number: int) -> None:
        if number == 3:
            server.approve(codes[0].user_code, "ana@example.test")

    person = Somebody(codes.append, enters_at_the_third)

    grant = person.sign_in(client)

    assert grant.account == "ana@example.test"
    assert person.waited == [1, 1, 6]


def test_code_that_nobody_enters_is_waited_for_in_vain(server: OAuthServer, client: Client) -> None:
    """After the code's time nobody asks any more."""
    server.device_lifetime = 20
    person = Somebody()

    with pytest.raises(TemporaryFailure, match="not entered in time"):
        person.sign_in(client)

    assert sum(person.waited) == 20


def test_interval_is_no_longer_than_the_code_lasts(server: OAuthServer, client: Client) -> None:
    """A server that wants to be asked in years keeps nobody waiting for years."""
    server.device_lifetime, server.interval = 20, 10**9
    person = Somebody(lambda code: server.approve(code.user_code))

    assert person.sign_in(client)

    assert person.waited == [20]


def test_no_ends_the_wait(server: OAuthServer, client: Client) -> None:
    """Who says no is asked no more."""
    person = Somebody(lambda code: server.deny(code.user_code))

    with pytest.raises(GrantRefused, match="access_denied"):
        person.sign_in(client)

    assert len(person.waited) == 1


def test_server_in_trouble_is_asked_less_often(server: OAuthServer, client: Client) -> None:
    """A server that is away while somebody signs in costs them nothing."""

    def breaks(code: DeviceCode) -> None:
        server.approve(code.user_code)
        server.misdeeds.extend([misdeeds.saying(b"", status=503), misdeeds.saying(b"<html>")])

    person = Somebody(breaks)

    grant = person.sign_in(client)

    assert grant.refresh_token in server.given
    assert person.waited == [1, 2, 4]


def test_server_that_stays_away_is_told(server: OAuthServer, client: Client) -> None:
    """A server that is away until the code is over is told as what was wrong."""

    def breaks(_: DeviceCode) -> None:
        server.misdeeds.extend([misdeeds.saying(b"", status=503)] * 30)

    with pytest.raises(ServerUnavailable, match="HTTP 503"):
        Somebody(breaks).sign_in(client)


def test_browser_brings_a_grant(server: OAuthServer, client: Client) -> None:
    """A browser that comes back to this machine brings a grant; Microsoft's comes to localhost."""
    for provider, host in (("other", "127.0.0.1"), ("microsoft", "localhost")):
        grant = Somebody().sign_in(replace(client, provider=provider), Way.BROWSER)

        assert grant.account == server.person
        path, fields = server.asked[-2]
        assert path == "/authorize"
        assert fields["redirect_uri"].startswith(f"http://{host}:")


@pytest.mark.parametrize(
    ("scope", "missing"),
    [
        ("https://outlook.office365.com/IMAP.AccessAsUser.All", "SMTP.Send"),
        ("openid email", "IMAP.AccessAsUser.All"),
        ("https://outlook.office.com/imap.accessasuser.all https://x/SMTP.Send", ""),
        ("", ""),
    ],
)
def test_permission_that_was_unticked_is_told(
    server: OAuthServer, client: Client, scope: str, missing: str
) -> None:
    """A grant without what mail needs is none, and says what is missing."""
    base = "https://outlook.office.com"
    wanted = (f"{base}/IMAP.AccessAsUser.All", f"{base}/SMTP.Send", "openid")
    client = replace(client, scopes=wanted)
    server.scope = scope

    if not missing:
        assert Somebody().sign_in(client, Way.BROWSER)
        return
    with pytest.raises(GrantRefused, match=missing) as caught:
        Somebody().sign_in(client, Way.BROWSER)
    assert "box" in caught.value.mend


def test_grant_that_cannot_be_renewed_is_told(server: OAuthServer, client: Client) -> None:
    """A grant without a refresh token would end within the hour: it is not taken."""
    server.gives_refresh_tokens = False

    with pytest.raises(GrantRefused, match="no refresh token"):
        Somebody().sign_in(client, Way.BROWSER)


def test_easier_way_is_taken(client: Client) -> None:
    """A code where the server has one, else a browser; the way that was wanted, if there is."""
    google = replace(client, provider="google", device_url="")

    assert signing_in.way(client, None) is Way.DEVICE
    assert signing_in.way(client, Way.BROWSER) is Way.BROWSER
    assert signing_in.way(google, None) is Way.BROWSER
    with pytest.raises(PermanentFailure, match="Google gives no device codes"):
        signing_in.way(google, Way.DEVICE)
    with pytest.raises(PermanentFailure, match="no address for that way"):
        signing_in.way(replace(client, authorization_url=""), Way.BROWSER)


@pytest.mark.parametrize(
    ("imap", "smtp", "kept"),
    [
        (None, None, True),
        (SignInRefused("no"), None, True),
        (None, SignInRefused("no"), True),
        (SignInRefused("no"), SignInRefused("no"), False),
        (SignInRefused("no"), ServerUnavailable("away"), False),
        (ServerUnavailable("away"), ServerUnavailable("away"), True),
    ],
)
def test_grant_is_of_use_where_a_server_takes_it(
    imap: MailresponderError | None, smtp: MailresponderError | None, kept: bool
) -> None:
    """One server that lets us in shows that it is the right account; a refusal alone that it is
    not; servers that are away show nothing."""
    attempts = [
        Attempt(name=name, server="mail.example.com:1", error=error)
        for name, error in (("imap", imap), ("smtp", smtp))
    ]

    assert signing_in.is_of_use(attempts) is kept


class TestSignOut:
    def test_grant_is_ended_and_forgotten(self, client: Client, store: TokenStore) -> None:
        """After a logout neither we nor who has a copy of the token gets another."""
        grant = Somebody().sign_in(client, Way.BROWSER)
        signing_in.keep(store, "support", client, grant, now=NOW)

        assert signing_in.sign_out(store, "support", client) is Farewell.GIVEN_BACK

        assert store.read("support") is None
        with pytest.raises(GrantRefused):
            refresh(client, grant, now=NOW)
        assert signing_in.sign_out(store, "support", client) is Farewell.NONE

    def test_server_without_an_end_is_told(self, client: Client, store: TokenStore) -> None:
        """Where the server takes nothing back, that is said and the grant is forgotten."""
        signing_in.keep(store, "support", client, Somebody().sign_in(client, Way.BROWSER), now=NOW)
        client = replace(client, revocation_url="")

        assert signing_in.sign_out(store, "support", client) is Farewell.FORGOTTEN
        assert store.read("support") is None

    def test_another_server_is_not_shown_it(
        self, server: OAuthServer, client: Client, store: TokenStore
    ) -> None:
        """Where the configuration names another provider by now, the old one's token stays here."""
        signing_in.keep(store, "support", client, Somebody().sign_in(client, Way.BROWSER), now=NOW)
        asked = len(server.asked)
        other = replace(client, token_url="https://login.example.com/token")

        assert signing_in.sign_out(store, "support", other) is Farewell.FORGOTTEN
        assert store.read("support") is None
        assert len(server.asked) == asked

    def test_server_in_trouble_does_not_keep_us_signed_in(
        self, server: OAuthServer, client: Client, store: TokenStore
    ) -> None:
        """Where the server cannot be asked, the grant is forgotten even so, and it is told."""
        signing_in.keep(store, "support", client, Somebody().sign_in(client, Way.BROWSER), now=NOW)
        server.misdeeds.append(misdeeds.saying(b"", status=503))

        with pytest.raises(ServerUnavailable):
            signing_in.sign_out(store, "support", client)

        assert store.read("support") is None


@pytest.mark.parametrize(
    ("provider", "days", "words"),
    [
        ("google", 6, "ends in 6 days"),
        ("google", 0, "Testing"),
        ("microsoft", 0, "90 days"),
        ("other", 0, "until somebody revokes it"),
    ],
)
def test_end_is_told(client: Client, provider: str, days: int, words: str) -> None:
    """Who signs in hears until when it lasts."""
    ends = NOW + timedelta(days=days, hours=1) if days else None
    grant = Grant(access_token="a", expires_at=NOW, obtained_at=NOW, ends_at=ends)

    assert words in signing_in.told_of_end(grant, replace(client, provider=provider), now=NOW)
