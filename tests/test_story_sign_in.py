"""A mailbox that signs in without a password, from the first login to the last logout: the
installed program, a Dovecot that verifies tokens, and an authorization server."""

import re
import stat
from collections.abc import Callable, Iterator

import letters
import pytest
from desks import LiveDesk
from servers import browser
from servers.oauth import OAuthServer

OAUTH2 = """
[mailbox.oauth2]
client_id = "{client_id}"
client_secret = "{client_secret}"
token_url = "{token}"
device_url = "{device}"
authorization_url = "{authorize}"
revocation_url = "{revoke}"
"""

CODE = re.compile(r"2\. enter +(\S+)")
ADDRESS = re.compile(r"^(http\S+)$", re.MULTILINE)


@pytest.fixture
def server(desk: LiveDesk) -> Iterator[OAuthServer]:
    """The authorization server that the desk's mailbox signs in at, for reading and sending."""
    with OAuthServer(person=desk.user.name) as server:
        urls = {name: server.url(name) for name in ("token", "device", "authorize", "revoke")}
        desk.configure()
        path = desk.program.folder / "config.toml"
        text = path.read_text()
        text = text.replace('password_env = "SUPPORT_PASSWORD"', 'oauth2 = "other"')
        text = text.replace('username = ""\n', "")
        section = OAUTH2.format(
            client_id=server.client_id, client_secret=server.client_secret, **urls
        )
        path.write_text(text.replace("\n[staff]", f"{section}[staff]"))
        # It holds the client secret.
        path.chmod(0o600)
        desk.sink.lets_in = server.lets_in
        yield server


def login(
    desk: LiveDesk, *options: str, until: re.Pattern[str], enter: Callable[[str], None]
) -> str:
    """`login`, and what somebody does with what it shows; gives all it printed."""
    process = desk.program.start("login", "support", *options)
    assert process.stdout is not None
    said = ""
    while not (shown := until.search(said)):
        line = process.stdout.readline()
        assert line, process.communicate()
        said += line
    enter(shown[1])
    rest, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return said + rest + errors


def test_from_login_to_logout(desk: LiveDesk, server: OAuthServer) -> None:
    """A code entered once lets the desk read and send from then on with one token after another;
    when the sign-in is revoked the run says which command mends it, and after that command, in a
    browser this time, nothing was lost. No output and no log shows a secret."""
    # So short for the desk that each run has the next one, however quick it is.
    server.expires_in = 0
    said = login(desk, until=CODE, enter=server.approve)
    assert f"as {desk.user.name}" in said
    assert "ok      imap" in said
    assert "ok      smtp" in said
    tokens = desk.program.folder / "mailresponder.tokens"
    assert stat.S_IMODE(tokens.stat().st_mode) == 0o600

    for number, write in enumerate((letters.english, letters.spanish), 1):
        desk.deliver(write())
        said += desk.once()
        assert len(desk.sink.received) == number
        assert len(desk.tickets()) == number
    assert len(refreshed(server)) == len(set(refreshed(server))) >= 2
    assert set(desk.sink.signed_in) == {f"XOAUTH2 {desk.user.name}"}

    server.revoke_all()
    desk.deliver(letters.happy())
    refused = desk.program.run("run", "--once")
    assert refused.returncode == 77, refused.stderr
    assert "mailresponder login support" in refused.stdout + refused.stderr
    said += refused.stdout + refused.stderr

    # The desk has it for an hour from now on, and asks no further.
    server.expires_in = 3600
    browsed = login(
        desk, "--no-browser", until=ADDRESS, enter=lambda address: browser.visit(address).page()
    )
    asked = len(server.asked)
    said += browsed + desk.once()
    assert len(desk.tickets()) == 3
    assert len(server.asked) == asked

    out = desk.program.run("logout", "support")
    assert out.returncode == 0, out.stderr
    assert "signed out" in out.stdout
    gone = desk.program.run("run", "--once")
    assert gone.returncode == 77
    said += out.stdout + gone.stdout + gone.stderr
    held = tokens.read_text()
    for secret in (*server.given, server.client_secret):
        assert secret not in said
        assert secret not in held


def refreshed(server: OAuthServer) -> list[str]:
    """The refresh tokens that the server was shown."""
    return [fields["refresh_token"] for _, fields in server.asked if "refresh_token" in fields]
