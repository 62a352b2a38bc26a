"""What is heard in IDLE from servers that speak oddly."""

import select
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from servers.accounts import ImapAccount
from servers.scripted import IMAP_GREETING, Reply, ScriptedServer, imap_rules

from mailresponder.errors import ServerUnavailable
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.imap_idle import Heard

IDLING: tuple[bytes, Reply] = (b"IDLE", b"+ idling\r\n")


@contextmanager
def connected(
    *rules: tuple[bytes, Reply], tls: ssl.SSLContext | None = None, ca_file: str | Path = ""
) -> Iterator[tuple[ScriptedServer, ImapMailbox]]:
    """A server with these rules and a connection to it, signed in."""
    with ScriptedServer(greeting=IMAP_GREETING, rules=imap_rules(*rules), tls=tls) as server:
        security = "tls" if tls else "none"
        settings = ImapAccount(
            host="localhost", port=server.port, security=security, ca_file=ca_file
        )
        with ImapMailbox.connect(settings, "secret", timeout=2) as mailbox:
            yield server, mailbox


def heard(mailbox: ImapMailbox) -> Heard:
    """What there is to hear once the socket is readable."""
    poll = select.poll()
    poll.register(mailbox, select.POLLIN)
    assert poll.poll(10_000)
    return mailbox.heard()


@pytest.mark.parametrize(
    "reply", [b"{tag} NO not now\r\n", b"* 1 EXISTS\r\n+ idling\r\n", b"{tag} OK done\r\n", None]
)
def test_idle_that_does_not_begin(reply: Reply) -> None:
    """A server that does not go into IDLE is ServerUnavailable: a new connection mends it."""
    with connected((b"IDLE", reply)) as (_, mailbox), pytest.raises(ServerUnavailable):
        mailbox.watch("INBOX")


def test_idle_that_does_not_end() -> None:
    """A server that hangs up at DONE is gone."""
    with connected(IDLING, (b"DONE", None)) as (_, mailbox):
        assert mailbox.watch("INBOX")
        with pytest.raises(ServerUnavailable):
            mailbox.noop()


def test_news_in_one_packet_with_the_answer_to_idle() -> None:
    """News that came together with the answer to IDLE is heard though the socket is silent."""
    with connected((b"IDLE", b"+ idling\r\n* 2 EXISTS\r\n")) as (_, mailbox):
        assert mailbox.watch("INBOX")
        assert mailbox.heard() is Heard.MAIL
        assert mailbox.heard() is Heard.NOTHING


def test_news_in_two_pieces() -> None:
    """Half a line is no news and no lost connection; with its other half it is news."""
    with connected(IDLING) as (server, mailbox):
        assert mailbox.watch("INBOX")
        server.say(b"* 2 EXI")
        assert heard(mailbox) is Heard.NOTHING
        server.say(b"STS\r\n")
        assert heard(mailbox) is Heard.MAIL
        mailbox.noop()


def test_the_other_half_comes_at_the_end() -> None:
    """A line of which one half is heard and the other comes after DONE breaks nothing."""
    with connected(IDLING, (b"DONE", b"STS\r\n{tag} OK done\r\n")) as (server, mailbox):
        assert mailbox.watch("INBOX")
        server.say(b"* 2 EXI")
        assert heard(mailbox) is Heard.NOTHING
        mailbox.noop()
        mailbox.noop()


@pytest.mark.parametrize(
    "said", [b"* OK Still here\r\n", b"* 1 FETCH (FLAGS (\\Seen))\r\n", b"* 1 EXPUNGE\r\n"]
)
def test_no_news(said: bytes) -> None:
    """A flag, a deleted message or a sign of life wakes nobody."""
    with connected(IDLING) as (server, mailbox):
        assert mailbox.watch("INBOX")
        server.say(said)
        assert heard(mailbox) is Heard.NOTHING
        mailbox.noop()


@pytest.mark.parametrize("said", [b"* BYE Server shutting down.\r\n", b"x" * 100_000])
def test_a_connection_that_is_no_good_any_more(said: bytes) -> None:
    """A server that says goodbye, or talks without end, is gone."""
    with connected(IDLING) as (server, mailbox):
        assert mailbox.watch("INBOX")
        server.say(said)
        told = Heard.NOTHING
        while told is Heard.NOTHING:
            told = heard(mailbox)
        assert told is Heard.GONE


@pytest.mark.parametrize("secure", [True, False])
def test_silence_is_no_end(secure: bool, authority: trustme.CA, tmp_path: Path) -> None:
    """With TLS and without, nothing said is nothing heard, and a hang-up is heard as one."""
    context: ssl.SSLContext | None = None
    ca_file: str | Path = ""
    if secure:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost").configure_cert(context)
        ca_file = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(str(ca_file))
    with connected(IDLING, tls=context, ca_file=ca_file) as (server, mailbox):
        assert mailbox.watch("INBOX")
        assert mailbox.heard() is Heard.NOTHING
        server.say(b"* 2 EXISTS\r\n")
        assert heard(mailbox) is Heard.MAIL
        assert mailbox.heard() is Heard.NOTHING
        server.__exit__()
        told = Heard.NOTHING
        while told is Heard.NOTHING:
            told = heard(mailbox)
        assert told is Heard.GONE
