"""Connecting, signing in, and everything that can go wrong with it, in plain words."""

import select
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from servers.accounts import ImapAccount
from servers.dovecot import Dovecot, MailUser, free_ports
from servers.scripted import IMAP_GREETING, Reply, ScriptedServer, imap_rules

from mailresponder.errors import (
    ExitStatus,
    PermanentFailure,
    ServerUnavailable,
    SignInRefused,
    TemporaryFailure,
)
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.imap_idle import Heard

NOW = datetime.now(UTC)


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_dovecot(dovecot: Dovecot, dovecot_user: MailUser, security: str) -> None:
    """A real server is reached by TLS, by STARTTLS and in the clear."""
    settings = ImapAccount(
        host="localhost",
        port=dovecot.imaps_port if security == "tls" else dovecot.imap_port,
        security=security,
        username=dovecot_user.name,
        ca_file=dovecot.ca_file,
    )
    with ImapMailbox.connect(settings, dovecot_user.password) as mailbox:
        assert mailbox.select("INBOX", readonly=False).keywords
        assert mailbox.watch("INBOX")
        mailbox.noop()


@pytest.mark.parametrize("password", ["contraseña ☂", 'qu"ote\\d', "spaced out", "a" * 300])
def test_any_password(dovecot: Dovecot, password: str) -> None:
    """Any password signs in, whatever letters it has."""
    user = dovecot.add_user(f"user-{password.encode().hex()[:20]}@example.test", password)
    settings = ImapAccount(port=dovecot.imap_port, username=user.name)
    ImapMailbox.connect(settings, password).close()


def test_server_stops(dovecot: Dovecot) -> None:
    """A server that goes away during IDLE or between commands is told, and closing never raises."""
    with Dovecot() as server:
        user = server.add_user("support@example.test")
        settings = ImapAccount(port=server.imap_port)
        mailboxes = [ImapMailbox.connect(settings, user.password) for _ in range(2)]
        for mailbox in mailboxes:
            mailbox.select("INBOX", readonly=True)
        assert mailboxes[0].watch("INBOX")
        server.stop()
        poll = select.poll()
        poll.register(mailboxes[0], select.POLLIN)
        assert poll.poll(10_000)
        assert mailboxes[0].heard() is Heard.GONE
        with pytest.raises(ServerUnavailable):
            mailboxes[0].noop()
        with pytest.raises(ServerUnavailable):
            mailboxes[1].uids_after(0)
        for mailbox in mailboxes:
            mailbox.close()
        with pytest.raises(ServerUnavailable, match="connection refused") as caught:
            ImapMailbox.connect(settings, user.password)
    assert caught.value.exit_status is ExitStatus.TEMPORARY


def certificate(authority: trustme.CA, kind: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    match kind:
        case "expired":
            cert = authority.issue_cert("localhost", not_after=NOW - timedelta(days=1))
        case "early":
            cert = authority.issue_cert(
                "localhost",
                not_before=NOW + timedelta(days=2),
                not_after=NOW + timedelta(days=9),
            )
        case "other":
            cert = authority.issue_cert("mail.example.org")
        case _:
            cert = authority.issue_cert("localhost")
    cert.configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("expired", "has expired"),
        ("early", "is not valid yet"),
        ("other", "is for another host name"),
        ("untrusted", "is signed by nobody this machine trusts"),
    ],
)
def test_bad_certificate(authority: trustme.CA, tmp_path: Path, kind: str, said: str) -> None:
    """A bad certificate is told by what is wrong with it and how to mend it."""
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with ScriptedServer(
        greeting=IMAP_GREETING, rules=imap_rules(), tls=certificate(authority, kind)
    ) as server:
        settings = ImapAccount(
            host="localhost",
            port=server.port,
            security="tls",
            ca_file="" if kind == "untrusted" else ca_file,
        )
        with pytest.raises(ServerUnavailable, match=said) as caught:
            ImapMailbox.connect(settings, "secret")
    assert caught.value.mend
    assert server.lines == []


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_bad_ca_file(tmp_path: Path, content: str | None) -> None:
    """A ca_file that is missing or holds no certificate is named."""
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)
    with pytest.raises(ServerUnavailable, match=r"ca\.pem") as caught:
        ImapMailbox.connect(ImapAccount(port=1, security="tls", ca_file=ca_file), "secret")
    assert "ca_file" in caught.value.mend


def test_unknown_host() -> None:
    """A host name that does not exist is told, and may exist tomorrow."""
    with pytest.raises(ServerUnavailable, match="host name is not known"):
        ImapMailbox.connect(ImapAccount(host="nowhere.invalid", port=993, security="tls"), "secret")


def test_refused_connection() -> None:
    """Nobody listening is told with what to check."""
    (port,) = free_ports(1)
    with pytest.raises(ServerUnavailable, match="connection refused"):
        ImapMailbox.connect(ImapAccount(port=port), "secret")


def test_tls_on_a_plain_port(dovecot: Dovecot) -> None:
    """TLS on a port that speaks none says which key to change."""
    with pytest.raises(ServerUnavailable, match="does not speak TLS") as caught:
        ImapMailbox.connect(ImapAccount(port=dovecot.imap_port, security="tls"), "secret")
    assert "starttls" in caught.value.mend


def test_silent_server() -> None:
    """A server that never greets is given up after the timeout."""
    with (
        ScriptedServer(greeting=b"", rules=[]) as server,
        pytest.raises(ServerUnavailable, match="no answer in time"),
    ):
        ImapMailbox.connect(ImapAccount(port=server.port), "secret", connect_timeout=0.3)


@pytest.mark.parametrize(
    "greeting",
    [None, b"* BYE too busy\r\n", b"SSH-2.0-x\r\n", b"\x00\xff\r\n", b"HTTP/1.1 400 Bad\r\n\r\n"],
)
def test_strange_greetings(greeting: Reply) -> None:
    """Whatever a server says instead of a greeting is one of our errors."""
    with ScriptedServer(greeting=greeting, rules=[]) as server, pytest.raises(ServerUnavailable):
        ImapMailbox.connect(ImapAccount(port=server.port), "secret", connect_timeout=2, timeout=2)


def test_no_starttls() -> None:
    """Where STARTTLS is wanted and not offered, no password leaves the house."""
    with ScriptedServer(greeting=IMAP_GREETING, rules=imap_rules()) as server:
        with pytest.raises(ServerUnavailable, match="does not offer STARTTLS"):
            ImapMailbox.connect(ImapAccount(port=server.port, security="starttls"), "secret")
        assert not any(b"secret" in line for line in server.lines)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (b"{tag} NO [AUTHENTICATIONFAILED] no\r\n", SignInRefused),
        (b"{tag} NO Invalid credentials (Failure)\r\n", SignInRefused),
        (b"{tag} BAD what\r\n", SignInRefused),
        (b"{tag} NO [UNAVAILABLE] try later\r\n", ServerUnavailable),
        (b"{tag} NO [ALERT] Too many simultaneous connections\r\n", ServerUnavailable),
        (b"* BYE shutting down\r\n", ServerUnavailable),
        (None, ServerUnavailable),
    ],
)
def test_answers_to_login(reply: Reply, expected: type[Exception]) -> None:
    """Only a server that says no refuses the sign-in; one that is in trouble is unavailable."""
    rules = imap_rules((b"LOGIN", reply))
    with ScriptedServer(greeting=IMAP_GREETING, rules=rules) as server:
        with pytest.raises(expected) as caught:
            ImapMailbox.connect(ImapAccount(port=server.port), "secret", timeout=2)
        assert "secret" not in str(caught.value)


def test_login_disabled() -> None:
    """LOGINDISABLED is respected: the password is not sent."""
    rules = imap_rules((b"CAPABILITY", b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n{tag} OK x\r\n"))
    with ScriptedServer(greeting=IMAP_GREETING, rules=rules) as server:
        with pytest.raises(SignInRefused, match="takes no password"):
            ImapMailbox.connect(ImapAccount(port=server.port), "secret")
        assert not any(b"secret" in line for line in server.lines)


def test_password_cannot_become_a_command() -> None:
    """Where only LOGIN is offered, a password with a line end is refused before it is sent."""
    with ScriptedServer(greeting=IMAP_GREETING, rules=imap_rules()) as server:
        with pytest.raises(SignInRefused, match="control characters"):
            ImapMailbox.connect(ImapAccount(port=server.port), "secret\r\nx LOGOUT")
        assert not any(b"secret" in line for line in server.lines)


@pytest.fixture
def scripted(request: pytest.FixtureRequest) -> Iterator[ImapMailbox]:
    """A mailbox on a server that keeps to the rules given as the parameter."""
    with (
        ScriptedServer(greeting=IMAP_GREETING, rules=imap_rules(*request.param)) as server,
        ImapMailbox.connect(ImapAccount(port=server.port), "secret", timeout=2) as mailbox,
    ):
        yield mailbox


SIZE = (b"RFC822.SIZE", b"* 1 FETCH (UID 7 RFC822.SIZE 9)\r\n{tag} OK done\r\n")
DATED = (
    b"FETCH 7 (INTERNALDATE)",
    b'* 1 FETCH (UID 7 INTERNALDATE "20-Nov-2026 10:00:00 +0100")\r\n{tag} OK done\r\n',
)


@pytest.mark.parametrize(
    "scripted", [[SIZE, (b"BODY", b"{tag} NO cannot\r\n"), DATED]], indirect=True
)
def test_message_the_server_cannot_give(scripted: ImapMailbox) -> None:
    """A message that the server cannot give still comes, without content, so it blocks nothing."""
    scripted.select("INBOX", readonly=True)
    (message,) = scripted.fetch([7])
    assert message.content == b""
    assert message.received_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "scripted",
    [[SIZE, (b"BODY", b"* 1 FETCH (UID 7 BODY[] {4}\r\nA: b)\r\n{tag} OK x\r\n")]],
    indirect=True,
)
def test_message_without_a_date(scripted: ImapMailbox) -> None:
    """A message without INTERNALDATE comes all the same."""
    scripted.select("INBOX", readonly=True)
    (message,) = scripted.fetch([7])
    assert message.content == b"A: b"
    assert message.received_at.tzinfo is UTC


@pytest.mark.parametrize(
    "scripted",
    [[(b"RFC822.SIZE", None)], [SIZE, (b"BODY", b"* 1 FETCH (UID 7 BODY[] {999}\r\nA: b")]],
    indirect=True,
)
def test_connection_lost_while_reading(scripted: ImapMailbox) -> None:
    """A connection lost in the middle of a message is ServerUnavailable, not half a message."""
    scripted.select("INBOX", readonly=True)
    with pytest.raises(ServerUnavailable):
        list(scripted.fetch([7]))


LARGE = (b"(RFC822.SIZE)", b"* 1 FETCH (UID 7 RFC822.SIZE 999999)\r\n{tag} OK done\r\n")
BEGINNING = (b"BODY.PEEK[]<0.", b"* 1 FETCH (UID 7 BODY[]<0> {4}\r\nA: b)\r\n{tag} OK x\r\n")


def structure(said: bytes) -> tuple[bytes, bytes]:
    """A header and `said` for a BODYSTRUCTURE."""
    header = b'Content-Type: multipart/mixed; boundary="top"\r\n\r\n'
    answer = b"* 1 FETCH (UID 7 BODYSTRUCTURE %b BODY[HEADER]<0> {%d}\r\n%b)\r\n{tag} OK x\r\n"
    return b"BODYSTRUCTURE", answer % (said, len(header), header)


TWO_PARTS = (
    b'(("image" "jpeg" ("name" "%b") NIL NIL "base64" 900000)'
    b'("text" "plain" NIL NIL NIL "7bit" 5 1) "mixed" ("boundary" "top"))'
)


@pytest.mark.parametrize(
    "scripted",
    [
        [LARGE, (b"BODYSTRUCTURE", b"{tag} NO cannot\r\n"), BEGINNING],
        [LARGE, (b"BODYSTRUCTURE", b"{tag} BAD what\r\n"), BEGINNING],
        [LARGE, (b"BODYSTRUCTURE", b"{tag} NO [SERVERBUG] oh\r\n"), BEGINNING],
        [LARGE, (b"BODYSTRUCTURE", b"{tag} OK nothing to say\r\n"), BEGINNING],
        [LARGE, structure(b"()"), BEGINNING],
        [LARGE, structure(b"NIL"), BEGINNING],
        [LARGE, structure(b'("text"'), BEGINNING],
        [LARGE, structure(b"(" * 3000 + b")" * 3000), BEGINNING],
        [LARGE, structure(TWO_PARTS % b"x"), (b"BODY.PEEK[2]", b"{tag} NO cannot\r\n"), BEGINNING],
        [LARGE, structure(TWO_PARTS % b"x"), (b"BODY.PEEK[2]", b"{tag} OK none\r\n"), BEGINNING],
    ],
    indirect=True,
)
def test_large_message_that_cannot_be_taken_apart(scripted: ImapMailbox) -> None:
    """Of a large message that the server cannot describe or give in parts, the beginning comes."""
    scripted.select("INBOX", readonly=True)
    (message,) = scripted.fetch([7])
    assert message.content == b"A: b"
    scripted.noop()


TEXT_PART = (b"BODY.PEEK[2]", b"* 1 FETCH (UID 7 BODY[2]<0> {5}\r\nwords)\r\n{tag} OK x\r\n")


@pytest.mark.parametrize(
    "scripted", [[LARGE, structure(TWO_PARTS % (b"n" * 1_200_000)), TEXT_PART]], indirect=True
)
def test_endless_structure(scripted: ImapMailbox) -> None:
    """A mail with a structure of more than a million bytes does not break the connection."""
    scripted.select("INBOX", readonly=True)
    (message,) = scripted.fetch([7])
    assert message.truncated
    assert b"\r\nwords\r\n--top--" in message.content
    assert len(message.content) < 5_000
    scripted.noop()


@pytest.mark.parametrize("scripted", [[LARGE, (b"BODYSTRUCTURE", None)]], indirect=True)
def test_connection_lost_at_the_structure(scripted: ImapMailbox) -> None:
    """A connection lost while a message is described is ServerUnavailable."""
    scripted.select("INBOX", readonly=True)
    with pytest.raises(ServerUnavailable):
        list(scripted.fetch([7]))


@pytest.mark.parametrize(
    "scripted", [[(b"SEARCH", b"* SEARCH seven (\r\n{tag} OK x\r\n")]], indirect=True
)
def test_answer_that_is_not_imap(scripted: ImapMailbox) -> None:
    """An answer that makes no sense is ServerUnavailable, never a traceback."""
    scripted.select("INBOX", readonly=True)
    with pytest.raises(ServerUnavailable, match="could not be understood"):
        scripted.uids_after(0)


@pytest.mark.parametrize("scripted", [[]], indirect=True)
def test_keywords_left_out(scripted: ImapMailbox) -> None:
    """Where the folder stores no keywords, only the flag is sent."""
    assert not scripted.select("INBOX", readonly=False).keywords
    scripted.add_flags([7], ["$Angry"])
    scripted.add_flags([7], ["\\Flagged", "$Angry"])
    scripted.remove_flags([7], ["$Angry"])
    scripted.remove_flags([7], ["\\Flagged", "$Angry"])


@pytest.mark.parametrize(
    "scripted", [[(b"APPEND", b"{tag} NO [OVERQUOTA] full\r\n")]], indirect=True
)
def test_over_quota(scripted: ImapMailbox) -> None:
    """A full mailbox is temporary, and the connection stays good."""
    with pytest.raises(TemporaryFailure, match="full") as caught:
        scripted.append("Sent", b"A: b\r\n", at=NOW)
    assert not isinstance(caught.value, ServerUnavailable)
    scripted.noop()


@pytest.mark.parametrize(
    "scripted",
    [[(b"SELECT", b"* 1 EXISTS\r\n* OK [UIDVALIDITY 5] x\r\n{tag} OK [READ-ONLY] x\r\n")]],
    indirect=True,
)
def test_folder_read_only_for_us(scripted: ImapMailbox) -> None:
    """A folder that this account may not change is a permanent failure."""
    with pytest.raises(PermanentFailure, match="read-only"):
        scripted.select("INBOX", readonly=False)
