"""The tokens of a mailbox: had in good time, kept before they are used, another where one was
refused; what is found out before mail stops."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from servers.misdeeds import saying
from servers.oauth import OAuthServer

from mailresponder.errors import (
    ConfigError,
    ConfigProblem,
    ServerUnavailable,
    SignInRefused,
    TemporaryFailure,
)
from mailresponder.transport.grants import Client, Grant, SignIn
from mailresponder.transport.kept_grants import Kept, keep
from mailresponder.transport.token_store import TokenStore, store_for
from mailresponder.transport.tokens import MailboxTokens, Use

START = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)


@dataclass
class Desk:
    """One mailbox's sign-in, with a clock that a test sets."""

    server: OAuthServer
    path: Path
    sign_in: SignIn = SignIn.PERSON
    client_secret: str = "a client secret"
    now: datetime = START
    tokens: MailboxTokens = field(init=False)
    store: TokenStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = store_for(self.path, kind="file", wait=5)
        self.server.clock = lambda: self.now.timestamp()
        self.tokens = self.start()

    @property
    def client(self) -> Client:
        return Client(
            provider="other",
            sign_in=self.sign_in,
            client_id="desk",
            token_url=self.server.url("token"),
            scopes=("mail",),
            account="support@example.test",
        )

    def start(self, use: Use = Use.STAYING) -> MailboxTokens:
        """As another process would."""
        return MailboxTokens(
            "support",
            client=self.client,
            secret=lambda: replace(self.client, client_secret=self.client_secret),
            store=lambda: self.store,
            clock=lambda: self.now,
            use=use,
        )

    def login(self, *, ends_in: timedelta | None = None) -> str:
        """Somebody signs in; gives the access token."""
        grant = Grant(
            access_token=self.server.token("support@example.test"),
            expires_at=self.now + timedelta(hours=1),
            refresh_token=self.server.sign_in(),
            obtained_at=self.now,
            ends_at=None if ends_in is None else self.now + ends_in,
        )
        self.store.save("support", keep(self.client, grant, now=self.now))
        return grant.access_token

    @property
    def kept(self) -> Kept:
        kept = self.store.read("support")
        assert kept is not None
        return kept

    def questions(self) -> int:
        return len(self.server.asked)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with OAuthServer() as server:
        yield Desk(server, tmp_path / "mailresponder.tokens")


def test_a_token_is_used_for_half_of_its_life(desk: Desk) -> None:
    """Nobody is asked before; then the next one is had, and the rotated refresh token kept."""
    first = desk.login()
    desk.now += HALF - timedelta(seconds=1)
    assert desk.tokens.token() == first
    assert desk.questions() == 0
    before = desk.kept.grant.refresh_token
    desk.now += timedelta(seconds=1)
    second = desk.tokens.token()
    assert second != first
    assert desk.kept.grant.access_token == second
    assert desk.kept.grant.refresh_token != before
    assert desk.tokens.given_at() == START
    assert desk.questions() == 1


def test_rotation_goes_on_and_on(desk: Desk) -> None:
    """Each next refresh token is the last one kept, over restarts too: none is used twice."""
    desk.login()
    for _ in range(5):
        desk.now += timedelta(hours=3)
        assert desk.server.lets_in("support@example.test", desk.start().token())


def test_two_at_once_ask_once(desk: Desk) -> None:
    """Of threads and processes that find a token due at once, one refreshes: a refresh token that
    came twice would end the sign-in for good."""
    desk.login()
    desk.now += HALF
    got: list[str] = []
    others = [desk.start() for _ in range(6)]
    threads = [threading.Thread(target=lambda o=o: got.append(o.token())) for o in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 6
    assert len(set(got)) == 1
    assert desk.questions() == 1


def test_nobody_has_signed_in(desk: Desk) -> None:
    """It is said with the command that mends it."""
    with pytest.raises(SignInRefused, match="nobody has signed in for mailbox support") as caught:
        desk.tokens.token()
    assert "mailresponder login support" in caught.value.mend


def test_another_clients_grant_is_none(desk: Desk) -> None:
    """After client_id was changed somebody must sign in again; the old token goes nowhere."""
    desk.login()
    desk.store.save("support", replace(desk.kept, given_to="other person another"))
    with pytest.raises(SignInRefused, match="nobody has signed in"):
        desk.tokens.token()
    assert desk.questions() == 0


def test_an_authorization_server_that_is_away_stops_nothing(desk: Desk) -> None:
    """The present token does until it is over, and only then is the failure told."""
    first = desk.login()
    desk.now += HALF
    desk.server.misdeeds.extend([saying(b"", status=503)] * 2)
    assert desk.tokens.token() == first
    assert desk.tokens.look_ahead() is None
    desk.now += HALF
    with pytest.raises(ServerUnavailable):
        desk.start().token()
    desk.now += timedelta(minutes=6)
    assert desk.tokens.token() != first


def test_a_sign_in_that_was_revoked_is_found_out_in_time(desk: Desk) -> None:
    """Half of a token's life before mail stops it is known, by whoever looks ahead; until then the
    token is used, and the authorization server is not asked each time."""
    first = desk.login()
    desk.server.revoke_all()
    desk.now += HALF
    ending = desk.tokens.look_ahead()
    assert ending is not None
    assert ending.until == START + timedelta(hours=1)
    assert "mailresponder login support" in ending.why
    assert desk.tokens.token() == first
    desk.now += timedelta(minutes=1)
    again = desk.tokens.look_ahead()
    assert again is not None
    assert again.since == ending.since == START + HALF
    assert desk.questions() == 1
    desk.now += HALF
    with pytest.raises(SignInRefused, match="expired or revoked"):
        desk.tokens.token()


def test_signing_in_again_mends_it(desk: Desk) -> None:
    """What another process saves is used at once."""
    desk.login()
    desk.server.revoke_all()
    desk.now += timedelta(hours=2)
    with pytest.raises(SignInRefused):
        desk.tokens.token()
    fresh = desk.login()
    assert desk.tokens.token() == fresh
    assert desk.tokens.look_ahead() is None


def test_what_was_said_before_somebody_signed_in_is_forgotten(desk: Desk) -> None:
    """A token of a few seconds is renewed minutes after nobody had signed in."""
    with pytest.raises(SignInRefused):
        desk.tokens.token()
    desk.now += timedelta(seconds=10)
    first = desk.login()
    desk.store.save(
        "support",
        replace(
            desk.kept, grant=replace(desk.kept.grant, expires_at=desk.now + timedelta(seconds=20))
        ),
    )
    desk.now += timedelta(seconds=12)
    assert desk.tokens.token() != first
    assert desk.tokens.look_ahead() is None


def test_a_token_that_a_server_refused_is_had_anew(desk: Desk) -> None:
    """Before its time is over; but one that was had just now is not the reason, and nobody is
    asked for another."""
    first = desk.login()
    desk.now += timedelta(minutes=10)
    second = desk.tokens.token(refused=first)
    assert second != first
    assert desk.tokens.token(refused=second) == second
    assert desk.questions() == 1


def test_a_clock_that_was_put_back(desk: Desk) -> None:
    """Nobody knows then when a token ends, so the next one is had."""
    first = desk.login()
    desk.now -= timedelta(days=1)
    assert desk.tokens.token() != first


def test_what_cannot_be_written_down_is_not_asked_for(desk: Desk) -> None:
    """While the present token does, no new refresh token is risked, and somebody hears of it."""
    first = desk.login()
    desk.now += HALF
    store = _Full(desk.store)
    desk.store = store
    assert desk.tokens.token() == first
    ending = desk.tokens.look_ahead()
    assert ending is not None
    assert ending.until == START + timedelta(hours=1)
    assert "no room" in ending.why
    assert desk.questions() == 0
    store.room = True
    assert desk.tokens.token() != first
    assert desk.tokens.look_ahead() is None


def test_a_process_that_hangs_holds_nobody_up(desk: Desk) -> None:
    """Who has a sign-in in hand and does not go on is waited for once; the present token does."""
    first = desk.login()
    desk.store = store_for(desk.path, kind="file", wait=0.1)
    desk.now += HALF
    with desk.store.alone("support"):
        assert desk.tokens.token() == first
    with store_for(desk.path, kind="file").alone("support"):
        desk.store = _Untouched(desk.store)
        assert desk.tokens.token() == first


def test_what_could_not_be_written_down_is_not_lost(desk: Desk) -> None:
    """A refresh token that came as the disk was full is used by this process, told, and written
    down as soon as there is room."""
    desk.login()
    desk.now += timedelta(hours=2)
    store = _Full(desk.store)
    desk.store = store
    second = desk.tokens.token()
    ending = desk.tokens.look_ahead()
    assert ending is not None
    assert "no room" in ending.why
    assert desk.tokens.token() == second
    store.room = True
    assert desk.tokens.look_ahead() is None
    assert desk.kept.grant.access_token == second
    assert desk.questions() == 1


def test_what_was_not_written_down_gives_way_to_a_new_sign_in(desk: Desk) -> None:
    """A grant that a process still holds does not overwrite what somebody gave since."""
    desk.login()
    desk.now += timedelta(hours=2)
    whole, store = desk.store, _Full(desk.store)
    desk.store = store
    desk.tokens.token()
    desk.now += timedelta(minutes=1)
    desk.store = whole
    fresh = desk.login()
    kept = desk.kept
    assert desk.tokens.token() == fresh
    assert desk.tokens.look_ahead() is None
    assert desk.kept == kept


def test_who_ends_soon_asks_for_nothing_that_cannot_be_written_down(desk: Desk) -> None:
    """A check beside a service, on a full disk: the refresh token it would get ends with it, and
    the one that the service has is not to be used twice."""
    desk.login()
    desk.now += timedelta(hours=2)
    desk.store = _Full(desk.store)
    with pytest.raises(TemporaryFailure, match="no room"):
        desk.start(Use.PASSING).token()
    assert desk.questions() == 0


def test_a_dry_run_changes_no_token(desk: Desk) -> None:
    """The present one is used up to its end; the next one is kept, as it is the sign-in then."""
    first = desk.login()
    desk.path.with_name(f"{desk.path.name}.lock").unlink()
    before = desk.path.stat()
    desk.now += HALF + timedelta(minutes=20)
    assert desk.start(Use.DRY).token() == first
    assert desk.path.stat() == before
    assert [path.name for path in desk.path.parent.iterdir()] == [desk.path.name]

    desk.now += HALF
    second = desk.start(Use.DRY).token()
    assert desk.kept.grant.access_token == second != first

    desk.now += timedelta(hours=2)
    desk.server.revoke_all()
    kept = desk.kept
    with pytest.raises(SignInRefused):
        desk.start(Use.DRY).token()
    assert desk.kept == kept


class _Untouched:
    """A store whose lock nobody may ask for."""

    def __init__(self, store: TokenStore) -> None:
        self.read, self.save, self.forget = store.read, store.save, store.forget

    def alone(self, mailbox: str) -> AbstractContextManager[None]:
        raise AssertionError(mailbox)


class _Full:
    """A store without room."""

    def __init__(self, store: TokenStore) -> None:
        self._store = store
        self.read, self.forget, self.alone = store.read, store.forget, store.alone
        self.room = False

    def save(self, mailbox: str, kept: Kept) -> None:
        if not self.room:
            raise TemporaryFailure("no room")
        self._store.save(mailbox, kept)


def test_an_application_needs_nobody(tmp_path: Path) -> None:
    """With client credentials the first token is had as every other one, and kept for the next
    process."""
    with OAuthServer() as server:
        desk = Desk(server, tmp_path / "tokens", sign_in=SignIn.CLIENT_CREDENTIALS)
        first = desk.tokens.token()
        assert server.lets_in("support@example.test", first)
        assert desk.start().token() == first
        desk.now += HALF
        assert desk.tokens.token() != first
        assert [fields["grant_type"] for _, fields in server.asked] == ["client_credentials"] * 2
        assert desk.tokens.given_at() is None


def test_a_dry_run_keeps_no_token_of_an_application(tmp_path: Path) -> None:
    """It has one for itself, and makes no file."""
    with OAuthServer() as server:
        folder = tmp_path / "desk"
        folder.mkdir()
        desk = Desk(server, folder / "tokens", SignIn.CLIENT_CREDENTIALS)
        tokens = desk.start(Use.DRY)
        assert tokens.token() == tokens.token()
        assert tokens.token(refused="another") == tokens.token()
        assert desk.questions() == 1
        assert list(folder.iterdir()) == []


def test_an_application_whose_secret_has_ended(tmp_path: Path) -> None:
    """It is told in time as well, with where to mend it."""
    with OAuthServer() as server:
        desk = Desk(server, tmp_path / "tokens", sign_in=SignIn.CLIENT_CREDENTIALS)
        desk.tokens.token()
        desk.now += HALF
        desk.client_secret = "an old one"
        ending = desk.tokens.look_ahead()
    assert ending is not None
    assert "client_secret" in ending.why


@pytest.mark.parametrize("moves", [False, True])
def test_a_sign_in_that_ends_by_itself(desk: Desk, *, moves: bool) -> None:
    """Google ends that of an application in testing after seven days: it is told two days before,
    or a quarter of the time. One whose end moves on with each use is no reason to tell anybody."""
    week = timedelta(days=7)
    desk.login(ends_in=week)
    told = []
    for day in range(1, 7):
        desk.now = START + timedelta(days=day)
        desk.server.ends_in = int((week if moves else START + week - desk.now).total_seconds())
        told.append(desk.tokens.look_ahead())
    if moves:
        assert told == [None] * 6
        return
    assert told[:5] == [None] * 5
    assert told[5] is not None
    assert told[5].until == START + week
    assert "mailresponder login support" in told[5].why


def test_a_client_secret_that_is_gone_is_told_in_time(desk: Desk) -> None:
    """Whatever keeps the next token from being had, and will not pass by itself, is told."""
    desk.login()
    desk.now += HALF

    def gone() -> Client:
        raise ConfigError([ConfigProblem(path="client_secret_file", message="no such file")])

    tokens = MailboxTokens(
        "support",
        client=desk.client,
        secret=gone,
        store=lambda: desk.store,
        clock=lambda: desk.now,
    )
    ending = tokens.look_ahead()
    assert ending is not None
    assert "client_secret_file: no such file" in ending.why
