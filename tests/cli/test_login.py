"""`login` and `logout` as somebody at a terminal sees them; the whole story is told elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import misdeeds
from servers.dovecot import Dovecot, MailUser, free_ports
from servers.oauth import OAuthServer

from mailresponder.transport.token_store import store_for

SERVERS = """
[desk]
name = "Acme Support"
timezone = "Europe/Madrid"

[[mailbox]]
name = "support"
address = "support@example.com"

[mailbox.imap]
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{user}"
oauth2 = "other"

[mailbox.smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"

[mailbox.oauth2]
client_id = "desk"
client_secret = "a client secret"
sign_in = "{sign_in}"
service_account_file = "key.json"
token_url = "{token}"
device_url = "{device}"
revocation_url = "{revoke}"

[staff]
addresses = ["*@example.com"]
"""


class Desk:
    """A desk whose mailbox signs in at a server where a person enters each code at once."""

    def __init__(self, server: OAuthServer, dovecot: Dovecot, user: MailUser, folder: Path) -> None:
        self.server = server
        self.file = folder / "config.toml"
        self.tokens = folder / "mailresponder.tokens"
        self.imap, self.user = dovecot.imap_port, user
        [self.closed] = free_ports(1)
        self.configure()

    def configure(self, *, sign_in: str = "person", imap: int = 0) -> None:
        urls = {name: self.server.url(name) for name in ("token", "device", "revoke")}
        text = SERVERS.format(
            imap=imap or self.imap, smtp=self.closed, user=self.user.name, sign_in=sign_in, **urls
        )
        self.file.write_text(text)
        self.file.chmod(0o600)


@pytest.fixture
def desk(dovecot: Dovecot, dovecot_user: MailUser, tmp_path: Path) -> Iterator[Desk]:
    with OAuthServer(person=dovecot_user.name, at_once=True) as server:
        yield Desk(server, dovecot, dovecot_user, tmp_path)


def test_server_that_is_down_is_told_and_the_sign_in_kept(run, desk: Desk) -> None:
    """IMAP lets the desk in, SMTP cannot be reached: the sign-in is kept, and 75 says try again."""
    done = run("--config", str(desk.file), "login", "support")

    assert done.status == 75
    assert "1. go to" in done.out
    assert f"Signed in at the provider as {desk.user.name}." in done.out
    assert "ok      imap" in done.out
    assert "FAILED  smtp" in done.out
    kept = store_for(desk.tokens, kind="file").read("support")
    assert kept is not None
    assert kept.grant.account == desk.user.name


def test_account_that_may_not_read_is_not_kept(run, desk: Desk) -> None:
    """Who signs in as somebody else is told so, and the sign-in from before goes on."""
    run("--config", str(desk.file), "login", "support")
    kept = desk.tokens.read_bytes()
    desk.server.person = "eve@example.test"

    done = run("--config", str(desk.file), "login", "support")

    assert done.status == 77
    assert f"That is not {desk.user.name}" in done.out
    assert "FAILED  imap" in done.out
    assert "not kept" in done.err
    assert desk.tokens.read_bytes() == kept


def test_what_could_not_be_kept_is_told_first(run, desk: Desk) -> None:
    """Where a sign-in cannot be kept nobody is asked to sign in."""
    text = desk.file.read_text().replace("[desk]", '[desk]\ntoken_file = "missing/tokens"', 1)
    desk.file.write_text(text)

    done = run("--config", str(desk.file), "login", "support")

    assert done.status == 75
    assert "cannot be written" in done.err
    assert desk.server.asked == []


def test_no_is_status_77(run, desk: Desk) -> None:
    """Who says no is told what that means, and nothing is kept."""
    desk.server.polls.append("access_denied")

    done = run("--config", str(desk.file), "login", "support", "--device")

    assert done.status == 77
    assert "said no" in done.err
    assert not desk.tokens.exists()


@pytest.mark.parametrize("sign_in", ["client_credentials", "service_account"])
def test_organisation_needs_nobody(run, desk: Desk, sign_in: str) -> None:
    """With an organisation's secret or key `login` tries what `run` will do, and keeps nothing."""
    desk.configure(sign_in=sign_in)
    desk.server.trust_key_in(desk.file.with_name("key.json"))

    done = run("--config", str(desk.file), "login", "support")

    assert "ok      imap" in done.out
    assert "Nobody needs to sign in" in done.out
    assert not desk.tokens.exists()


def test_way_that_is_not_there(run, desk: Desk) -> None:
    """A way that the provider has not, and two ways at once, are told."""
    browser = run("--config", str(desk.file), "login", "support", "--browser")
    both = run("--config", str(desk.file), "login", "support", "--device", "--browser")

    assert browser.status == 1
    assert "authorization_url" in browser.err
    assert both.status == 2


def test_mailbox_with_a_password_needs_no_login(run, desk_file: Path) -> None:
    """`login` for a mailbox that signs in by a password says what to set."""
    done = run("--config", str(desk_file), "login", "support")

    assert done.status == 1
    assert "signs in by a password" in done.err
    assert "oauth2" in done.err


def test_logout_tells_what_became_of_it(run, desk: Desk) -> None:
    """`logout` ends the sign-in; again there is none; one that could not be ended is forgotten and
    told with where to end it."""
    run("--config", str(desk.file), "login", "support")
    ended = run("--config", str(desk.file), "logout", "support")
    again = run("--config", str(desk.file), "logout", "support")
    run("--config", str(desk.file), "login", "support")
    desk.server.misdeeds.append(misdeeds.saying(b"", status=503))
    failed = run("--config", str(desk.file), "logout", "support")

    assert (ended.status, again.status, failed.status) == (0, 0, 75)
    assert "the provider knows" in ended.out
    assert "was not signed in" in again.out
    assert "could not be ended" in failed.out
    assert "end it there yourself" in failed.err
    assert store_for(desk.tokens, kind="file").read("support") is None


def test_logout_of_who_never_signs_in_ends_nothing_for_good(run, desk: Desk) -> None:
    """An organisation's application has the next token by itself, and that is said."""
    desk.configure(sign_in="client_credentials")
    run("--config", str(desk.file), "check")

    done = run("--config", str(desk.file), "logout", "support")

    assert done.status == 0
    assert "is signed out" in done.out
    assert "`run` asks for another token" in done.out
