"""Signing in by a token: at a real Dovecot and at an SMTP server, in both mechanisms."""

import base64
from collections.abc import Iterator

import pytest
from servers.accounts import ImapAccount, SmtpAccount
from servers.dovecot import Dovecot, MailUser
from servers.oauth import OAuthServer
from servers.scripted import ScriptedServer
from servers.smtp_sink import SmtpSink

from mailresponder.errors import ServerUnavailable, SignInRefused
from mailresponder.transport.credentials import BearerDialogue, BearerToken, mechanism_of
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.smtp import SmtpSender

SUPPORT = "support@example.test"


class Tokens:
    """Gives these, one after another, and the last one for ever."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens)
        self.refused: list[str] = []

    def token(self, *, refused: str = "") -> str:
        if refused:
            self.refused.append(refused)
            self._tokens = self._tokens[1:] or self._tokens
        return self._tokens[0]


@pytest.fixture(scope="module")
def oauth() -> Iterator[OAuthServer]:
    with OAuthServer() as server:
        yield server


@pytest.fixture(params=["XOAUTH2", "OAUTHBEARER"])
def mechanism(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The only one this side knows."""
    name = str(request.param)
    monkeypatch.setattr("mailresponder.transport.credentials._MECHANISMS", (name,))
    return name


def test_a_token_lets_in(
    dovecot: Dovecot, dovecot_user: MailUser, oauth: OAuthServer, mechanism: str
) -> None:
    """Dovecot verifies the token and opens the mailbox, in either mechanism."""
    settings = ImapAccount(port=dovecot.imap_port, username=dovecot_user.name)
    tokens = Tokens(oauth.token(dovecot_user.name))
    with ImapMailbox.connect(settings, tokens) as mailbox:
        assert mailbox.select("INBOX", readonly=False).keywords
    assert tokens.refused == []
    log = (dovecot.home / "dovecot.log").read_text()
    assert f"user=<{dovecot_user.name}>, method={mechanism}" in log


def test_a_token_that_is_refused_is_had_anew(
    dovecot: Dovecot, dovecot_user: MailUser, oauth: OAuthServer, mechanism: str
) -> None:
    """One that is over or was revoked is not the end: the next one is tried at once."""
    settings = ImapAccount(port=dovecot.imap_port, username=dovecot_user.name)
    over = oauth.token(dovecot_user.name, lifetime=-60)
    tokens = Tokens(over, oauth.token(dovecot_user.name))
    ImapMailbox.connect(settings, tokens).close()
    assert tokens.refused == [over]


def test_somebody_elses_token(
    dovecot: Dovecot, dovecot_user: MailUser, oauth: OAuthServer, mechanism: str
) -> None:
    """What the server answers to a token is told without it, with what may be wrong."""
    settings = ImapAccount(port=dovecot.imap_port, username=dovecot_user.name)
    token = oauth.token("somebody@example.test")
    with pytest.raises(SignInRefused, match=r"refused the token: .*\(status ") as caught:
        ImapMailbox.connect(settings, Tokens(token))
    assert token not in str(caught.value)
    assert "IMAP" in caught.value.mend


def test_sending_by_a_token(oauth: OAuthServer, mechanism: str) -> None:
    """The SMTP server verifies it likewise."""
    with SmtpSink(lets_in=oauth.lets_in) as sink:
        settings = SmtpAccount(port=sink.port, username=SUPPORT)
        with SmtpSender(settings, Tokens(oauth.token(SUPPORT))) as sender:
            sender.check()
    assert sink.signed_in == [f"{mechanism} {SUPPORT}"]


def test_a_long_token(mechanism: str) -> None:
    """One that makes the command longer than RFC 5321 allows waits until it is asked for."""
    token = "t" * 2_000
    with SmtpSink(lets_in=lambda _, said: said == token) as sink:
        settings = SmtpAccount(port=sink.port, username=SUPPORT)
        with SmtpSender(settings, Tokens(token)) as sender:
            sender.check()
    assert sink.signed_in == [f"{mechanism} {SUPPORT}"]


def test_sending_by_a_token_that_is_refused(oauth: OAuthServer, mechanism: str) -> None:
    """The server's reason is heard out, and the next token tried once."""
    bad = oauth.token("somebody@example.test")
    with SmtpSink(lets_in=oauth.lets_in) as sink:
        settings = SmtpAccount(port=sink.port, username=SUPPORT)
        tokens = Tokens("over", oauth.token(SUPPORT))
        with SmtpSender(settings, tokens) as sender:
            sender.check()
        assert tokens.refused == ["over"]
        with (
            SmtpSender(settings, Tokens(bad)) as sender,
            pytest.raises(SignInRefused, match="refused the token: 535") as caught,
        ):
            sender.check()
    assert bad not in str(caught.value)


def test_sending_is_switched_off() -> None:
    """Exchange Online's commonest refusal says who must do what."""
    reply = (
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the "
        "Tenant. Visit https://aka.ms/smtp_auth_disabled for more information."
    )
    with SmtpSink(lets_in=lambda *_: True) as sink:
        sink.answer("AUTH", reply, times=2)
        settings = SmtpAccount(port=sink.port, username=SUPPORT)
        with SmtpSender(settings, Tokens("token")) as sender, pytest.raises(SignInRefused) as said:
            sender.check()
    assert "Authenticated SMTP" in said.value.mend


def test_a_server_that_takes_no_token(smtp_sink: SmtpSink) -> None:
    """It is told before a token is said."""
    imap = [(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK done\r\n")]
    with ScriptedServer(greeting=b"* OK hello\r\n", rules=imap) as server:
        with pytest.raises(SignInRefused, match="takes no token"):
            ImapMailbox.connect(ImapAccount(port=server.port), Tokens("t0ken"))
        assert not any(b"AUTHENTICATE" in line for line in server.lines)
    with SmtpSink(users={SUPPORT: "x"}) as sink:
        settings = SmtpAccount(port=sink.port, username=SUPPORT)
        with (
            SmtpSender(settings, Tokens("t0ken")) as sender,
            pytest.raises(SignInRefused, match="takes no token"),
        ):
            sender.check()
    assert sink.commands == []


CAPABLE = (b"CAPABILITY", b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n{tag} OK done\r\n")


@pytest.mark.parametrize(
    ("challenge", "says"),
    [
        (b'{"status": "400", "schemes": "Bearer"}', "status 400"),
        (
            b'{"status": "invalid_token", "scope": "a b"}',
            "status invalid_token, it wants the scope a b",
        ),
        (b'{"status": "x\\r\\ny", "scope": 7}', ""),
        (b'["status"]', ""),
        (b"[" * 50_000, ""),
        (b"\xff", ""),
        (b"", ""),
    ],
)
def test_what_a_challenge_says(challenge: bytes, says: str) -> None:
    """Whatever a server puts into it, only its status and scope are passed on."""
    dialogue = BearerDialogue("XOAUTH2", ImapAccount(port=143), BearerToken("t0ken"))
    assert dialogue.refusal(challenge) == b""
    assert dialogue.said == says


def test_challenges_without_end() -> None:
    """A server that goes on asking is left alone."""
    rules = [CAPABLE, (b"AUTHENTICATE", b"+ \r\n"), (b"", b"+ e30=\r\n")]
    with (
        ScriptedServer(greeting=b"* OK hello\r\n", rules=rules) as server,
        pytest.raises(ServerUnavailable, match="not be understood"),
    ):
        ImapMailbox.connect(ImapAccount(port=server.port), Tokens("t0ken"), timeout=2)


def test_the_words_of_rfc_7628() -> None:
    """The initial response is that of the RFC's example (§4.1)."""
    settings = ImapAccount(host="server.example.com", port=143, username="user@example.com")
    token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="
    said = BearerDialogue("OAUTHBEARER", settings, BearerToken(token)).first
    expected = (
        "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyI"
        "HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
    )
    assert base64.b64encode(said).decode() == expected


def test_a_name_with_signs_of_its_own() -> None:
    """A comma or an equals sign in a user name ends no field (RFC 5801 §4)."""
    settings = ImapAccount(port=143, username="a=b,c@example.com")
    said = BearerDialogue("OAUTHBEARER", settings, BearerToken("t")).first
    assert said.startswith(b"n,a=a=3Db=2Cc@example.com,\x01")


def test_the_mechanism_that_both_providers_describe_comes_first() -> None:
    """Of both offered, XOAUTH2; of neither, none."""
    assert mechanism_of(["PLAIN", "OAUTHBEARER", "xoauth2"]) == "XOAUTH2"
    assert mechanism_of(["PLAIN", "OAUTHBEARER"]) == "OAUTHBEARER"
    assert mechanism_of(["PLAIN"]) == ""
