"""Servers that mean harm: none keeps us for good, fills our memory or learns the password."""

import socket
import ssl
from collections.abc import Callable
from contextlib import closing, suppress
from typing import cast

import pytest
import trustme
from measuring import peak_megabytes
from servers.ill_willed import IllWilled, Talk

from mailresponder.config import ImapSettings, SmtpSettings
from mailresponder.errors import MailresponderError, ServerUnavailable, TemporaryFailure
from mailresponder.transport import imap_session, patience
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.patience import AnswerWithoutEnd, Patience
from mailresponder.transport.smtp import SmtpSender

PASSWORD = "open sesame"
SELECTED = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 5] x\r\n* OK [UIDNEXT 8] x\r\n"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience that ends while a test waits."""
    monkeypatch.setattr(patience, "SECONDS", 0.3)
    monkeypatch.setattr(patience, "BYTES", 2_000_000)
    monkeypatch.setattr(patience, "LINES", 20_000)


def imap(server: IllWilled, security: str = "none") -> ImapMailbox:
    settings = ImapSettings(
        host=server.host, port=server.port, security=security, username="ana", password=PASSWORD
    )
    return ImapMailbox.connect(settings, PASSWORD, connect_timeout=5, timeout=5)


def send(server: IllWilled, security: str = "none") -> None:
    settings = SmtpSettings(
        host=server.host, port=server.port, security=security, username="ana", password=PASSWORD
    )
    with SmtpSender(settings, PASSWORD, timeout=5) as sender:
        sender.send(
            content=b"Subject: x\r\n\r\nx\r\n",
            envelope_sender="a@example.com",
            recipient="b@example.com",
        )


def signed_in(talk: Talk) -> None:
    """Greet, and let the client in."""
    talk.say(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
    while True:
        said = talk.line()
        tag = said.split()[0]
        if b"CAPABILITY" in said:
            talk.say(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK x\r\n")
        else:
            talk.say(tag + b" OK x\r\n")
        if b"LOGIN" in said:
            return


GREETINGS: dict[str, Callable[[Talk], None]] = {
    "a line without end": lambda talk: talk.flood(b"x" * 10_000),
    "a line that drips": lambda talk: talk.drip(b"x"),
    "lines without end": lambda talk: talk.flood(b"* OK wait\r\n220-wait\r\n" * 100),
    "lines that drip": lambda talk: talk.drip(b"220-wait\r\n"),
    "bytes of no protocol": lambda talk: talk.flood(bytes(range(256)) * 40),
}


@pytest.mark.parametrize("name", GREETINGS)
@pytest.mark.parametrize("speak", [imap, send])
def test_a_greeting_without_end_is_given_up(name: str, speak: Callable[..., object]) -> None:
    """Whatever a server greets with, it is a server that cannot be spoken to."""
    with IllWilled(GREETINGS[name]) as server, pytest.raises(ServerUnavailable):
        speak(server)


ANSWERS: dict[str, Callable[[Talk, bytes], None]] = {
    "untagged lines without end": lambda talk, _: talk.flood(b"* OK still here\r\n" * 100),
    "untagged lines that drip": lambda talk, _: talk.drip(b"* 1 EXISTS\r\n"),
    "a line without end": lambda talk, _: talk.flood(b"* LIST () " + b"x" * 10_000),
    "a literal of terabytes": lambda talk, _: talk.flood(b"* 1 FETCH (BODY[] {9999999999999}\r\n"),
    "a literal that drips": lambda talk, _: talk.drip(b"* 1 FETCH (BODY[] {1000000}\r\nx"),
    "literals without end": lambda talk, _: talk.flood(b"* 1 FETCH (BODY[] {3}\r\nabc {3}\r\nabc"),
    "a literal below zero": lambda talk, _: talk.flood(b"* 1 FETCH (BODY[] {-5}\r\n)\r\n"),
    "another command's tag": lambda talk, _: talk.flood(b"ZZZZ9 OK done\r\n"),
    "parentheses without end": lambda talk, tag: talk.say(
        b"* 1 FETCH " + b"(" * 100_000 + b"\r\n" + tag + b" OK x\r\n"
    ),
    "the same message, twice and untrue": lambda talk, tag: talk.say(
        b"* 1 FETCH (UID 7 RFC822.SIZE -3)\r\n* 1 FETCH (UID 7 RFC822.SIZE x)\r\n"
        + tag
        + b" OK\r\n"
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_without_end_or_sense_is_given_up(name: str) -> None:
    """A server that was signed in to holds nobody up, whatever it says to FETCH: what comes out is
    an error of the server, or that there is no such message."""

    def script(talk: Talk) -> None:
        signed_in(talk)
        while b"SELECT" not in (said := talk.line()) and b"EXAMINE" not in said:
            talk.say(said.split()[0] + b" OK x\r\n")
        talk.say(SELECTED + said.split()[0] + b" OK x\r\n")
        while True:
            ANSWERS[name](talk, talk.tag())

    with IllWilled(script) as server:
        mailbox = imap(server)
        with closing(mailbox), suppress(TemporaryFailure):
            mailbox.select("INBOX", readonly=True)
            assert list(mailbox.fetch([7])) == []


FOLDERS: dict[str, bytes] = {
    "no count": b"* OK [UIDVALIDITY 5] x\r\n",
    "a UIDVALIDITY that nobody could store": b"* 1 EXISTS\r\n* OK [UIDVALIDITY "
    + b"9" * 30
    + b"]\r\n",
    "a UIDNEXT that nobody could store": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 5] x\r\n* OK [UIDNEXT "
    + b"9" * 30
    + b"] x\r\n",
    "numbers for flags in the list": b'* LIST (5) "/" "Sent"\r\n',
    "numbers for flags of a message": b"* 1 FETCH (UID 7 FLAGS (5))\r\n",
}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_that_makes_no_sense_is_an_error_of_the_server(name: str) -> None:
    """No mistake of the program's, which its users would be asked to report."""

    def script(talk: Talk) -> None:
        signed_in(talk)
        while True:
            talk.say(FOLDERS[name] + talk.tag() + b" OK x\r\n")

    def asked(mailbox: ImapMailbox) -> None:
        mailbox.sent_folder()
        mailbox.select("INBOX", readonly=True)
        mailbox.flags([7])

    with (
        IllWilled(script) as server,
        closing(imap(server)) as mailbox,
        pytest.raises(ServerUnavailable, match="could not be understood"),
    ):
        asked(mailbox)


def test_numbers_that_nobody_could_store_are_no_messages() -> None:
    """A UID beyond what a database holds is an answer that makes no sense."""

    def script(talk: Talk) -> None:
        signed_in(talk)
        while True:
            talk.say(SELECTED + b"* SEARCH " + b"9" * 30 + b"\r\n" + talk.tag() + b" OK x\r\n")

    with IllWilled(script) as server, closing(imap(server)) as mailbox:
        mailbox.select("INBOX", readonly=True)
        with pytest.raises(ServerUnavailable, match="could not be understood"):
            mailbox.uids_after(3)
        with pytest.raises(ServerUnavailable, match="could not be understood"):
            mailbox.contains("INBOX", "<a@example.com>")


def test_a_date_that_no_clock_shows_is_an_answer_without_sense() -> None:
    """Numbers beyond what a date can hold are no mistake of the program's."""

    def script(talk: Talk) -> None:
        signed_in(talk)
        at = b'INTERNALDATE "01-Jan-' + b"9" * 20 + b' 10:00:00 +0000"'
        while True:
            told = b"* 1 FETCH (UID 7 RFC822.SIZE 3 " + at + b" BODY[] {3}\r\nabc)\r\n"
            talk.say(SELECTED + told + talk.tag() + b" OK x\r\n")

    with IllWilled(script) as server, closing(imap(server)) as mailbox:
        mailbox.select("INBOX", readonly=True)
        with pytest.raises(ServerUnavailable, match="could not be understood"):
            list(mailbox.fetch([7]))


def test_a_farewell_that_drips_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever patience there is otherwise, leaving takes two seconds of it."""
    monkeypatch.setattr(patience, "SECONDS", 300.0)
    monkeypatch.setattr(imap_session, "FAREWELL", 0.2)

    def script(talk: Talk) -> None:
        signed_in(talk)
        talk.line()
        talk.drip(b"* OK still here\r\n")

    with IllWilled(script) as server:
        mailbox = imap(server)
        mailbox.close()
        assert mailbox._client.socket().fileno() == -1
    assert any(b"LOGOUT" in line for line in server.heard)


def test_a_server_that_takes_in_little_by_little_is_given_up() -> None:
    """Within TLS each record has the socket's time: all of what we say has an end of its own."""
    now = 0.0
    left = Patience(seconds=10, most=100, clock=lambda: now)

    class Slow:
        def gettimeout(self) -> float:
            return 10.0

        def send(self, data: memoryview) -> int:
            nonlocal now
            now += 4.0
            return min(1, len(data))

    with pytest.raises(AnswerWithoutEnd, match="to be told"):
        left.send(cast("socket.socket", Slow()), b"x" * 10)


def test_a_challenge_that_is_no_base64_is_an_error_of_the_server() -> None:
    """SASL's challenges are the server's, and as good as it is."""

    def script(talk: Talk) -> None:
        talk.say(b"220 ready\r\n")
        while True:
            is_auth = talk.line().upper().startswith(b"AUTH")
            talk.say(b"334 a\r\n" if is_auth else b"250-x\r\n250 AUTH CRAM-MD5\r\n")

    with IllWilled(script) as server, pytest.raises(ServerUnavailable, match="understood"):
        send(server)


REPLIES: dict[str, Callable[[Talk], None]] = {
    "lines without end": lambda talk: talk.flood(b"250-more\r\n" * 1_000),
    "lines that drip": lambda talk: talk.drip(b"250-more\r\n"),
    "a line without end": lambda talk: talk.flood(b"250 " + b"x" * 10_000),
    "no number": lambda talk: talk.flood(b"okay\r\n"),
}


@pytest.mark.parametrize("name", REPLIES)
@pytest.mark.parametrize("word", [b"EHLO", b"AUTH", b"MAIL", b"DATA", b"."])
def test_a_reply_without_end_is_given_up(name: str, word: bytes) -> None:
    """At every step of sending, a server that never comes to an end is one that is not there."""

    def script(talk: Talk) -> None:
        talk.say(b"220 ready\r\n")
        while True:
            said = talk.line().upper()
            if said.startswith(word):
                REPLIES[name](talk)
            elif said.startswith(b"EHLO"):
                talk.say(b"250-x\r\n250 AUTH PLAIN\r\n")
            elif said.startswith(b"AUTH"):
                talk.say(b"235 x\r\n")
            elif said.startswith(b"DATA"):
                talk.say(b"354 go\r\n")
                while talk.line() != b".\r\n":
                    pass
                REPLIES[name](talk)
            else:
                talk.say(b"250 ok\r\n")

    with IllWilled(script) as server, pytest.raises(TemporaryFailure):
        send(server)


@pytest.fixture
def tls(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate that clients of this test trust."""
    monkeypatch.setattr(patience, "SECONDS", 5.0)
    issuer = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert("127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context()
    issuer.configure_trust(trusting)
    for module in ("imap_session", "smtp_session"):
        monkeypatch.setattr(f"mailresponder.transport.{module}.tls_context", lambda _: trusting)
    return context


def test_what_an_imap_server_says_before_starttls_counts_for_nothing(tls: ssl.SSLContext) -> None:
    """Capabilities, and answers that somebody put behind the go-ahead, are forgotten: what holds
    is said within TLS, and the password is said nowhere else."""

    def script(talk: Talk) -> None:
        talk.say(b"* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready\r\n")
        while b"STARTTLS" not in (said := talk.line()):
            talk.say(
                b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n" + said.split()[0] + b" OK\r\n"
            )
        tag = said.split()[0]
        injected = b"* CAPABILITY IMAP4rev1 INJECTED\r\n* BYE\r\nCCCC OK injected\r\n"
        talk.say(tag + b" OK go\r\n" + injected)
        talk.tls(tls)
        while True:
            said = talk.line().upper()
            told = b"* CAPABILITY IMAP4rev1\r\n" if b"CAPABILITY" in said else b""
            talk.say(told + said.split()[0] + b" OK x\r\n")

    with IllWilled(script) as server:
        try:
            mailbox = imap(server, "starttls")
        except ServerUnavailable:
            pass  # the injected bytes are no TLS: the handshake fails, and nothing was said
        else:
            assert not mailbox._client.has_capability("INJECTED")
            assert any(line.startswith(b"tls ") and b"LOGIN" in line for line in server.heard)
            mailbox.close()
    assert not [line for line in server.heard if line.startswith(b"plain") and b"sesame" in line]


def test_what_an_smtp_server_says_before_starttls_counts_for_nothing(tls: ssl.SSLContext) -> None:
    """The same for the replies behind `220 go`, and for the extensions of the first EHLO."""

    def script(talk: Talk) -> None:
        talk.say(b"220 ready\r\n")
        while b"STARTTLS" not in talk.line():
            talk.say(b"250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n")
        talk.say(b"220 go\r\n250-x\r\n250 AUTH PLAIN\r\n235 injected\r\n")
        talk.tls(tls)
        while True:
            talk.say(
                b"250 no extensions here\r\n" if b"EHLO" in talk.line().upper() else b"250 ok\r\n"
            )

    with IllWilled(script) as server, pytest.raises(MailresponderError):
        send(server, "starttls")
    assert not [line for line in server.heard if b"AUTH" in line]


@pytest.mark.parametrize(
    "answer",
    [b"* PREAUTH you are in\r\n", b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"],
    ids=["PREAUTH", "no STARTTLS"],
)
def test_an_imap_server_cannot_talk_us_out_of_starttls(answer: bytes) -> None:
    """Who says that TLS is not needed, or not there, learns nothing."""

    def script(talk: Talk) -> None:
        talk.say(answer)
        while True:
            said = talk.line().upper()
            told = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" if b"CAPABILITY" in said else b""
            talk.say(told + said.split()[0] + b" OK x\r\n")

    with IllWilled(script) as server, pytest.raises(ServerUnavailable):
        imap(server, "starttls")
    assert not [line for line in server.heard if b"LOGIN" in line or b"AUTHENTICATE" in line]


@pytest.mark.parametrize("reply", [b"454 not now\r\n", b"220 go\r\n250 still in the open\r\n"])
def test_an_smtp_server_cannot_talk_us_out_of_starttls(reply: bytes) -> None:
    """One that offers it and then refuses, or goes on in the open, learns nothing."""

    def script(talk: Talk) -> None:
        talk.say(b"220 ready\r\n")
        while True:
            said = talk.line().upper()
            talk.say(
                reply if b"STARTTLS" in said else b"250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"
            )

    with IllWilled(script) as server, pytest.raises(ServerUnavailable):
        send(server, "starttls")
    assert not [line for line in server.heard if b"AUTH" in line]


def test_patience_is_renewed_by_what_we_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds and bytes are those of one answer, not of a connection."""
    monkeypatch.setattr(patience, "SECONDS", 300.0)
    now = 0.0
    left = Patience(seconds=10, most=100, clock=lambda: now)
    left.spend(90)
    left.renew(10)
    left.spend(90)
    now = 11.0
    with pytest.raises(AnswerWithoutEnd, match="10 s"):
        left.spend(1)
    left.renew(10)
    with pytest.raises(AnswerWithoutEnd, match="100 bytes"):
        left.spend(101)


def test_a_long_answer_has_time_and_a_drip_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who brings 16 KB a second may go on, for five minutes; who brings less may not."""
    monkeypatch.setattr(patience, "SECONDS", 300.0)
    monkeypatch.setattr(patience, "BYTES", 10**9)
    now = 0.0
    left = Patience(seconds=60, most=10**9, clock=lambda: now)
    for _ in range(300):
        now += 1
        left.spend(patience.RATE)
    now += 1
    with pytest.raises(AnswerWithoutEnd, match="300 s"):
        left.spend(patience.RATE)
    left.renew(60)
    now += 61
    with pytest.raises(AnswerWithoutEnd, match="60 s"):
        left.spend(1)


def test_a_sign_in_has_one_time_for_all_its_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it is settled, saying something wins a server no time."""
    monkeypatch.setattr(patience, "SECONDS", 300.0)
    now = 0.0
    left = Patience(seconds=10, most=100, altogether=25, clock=lambda: now)
    for _ in range(3):
        now += 8
        left.spend(1)
        left.renew(10)
    now += 8
    with pytest.raises(AnswerWithoutEnd, match="come to an end"):
        left.spend(1)
    left.settle()
    left.spend(1)


def test_a_flood_fills_no_memory() -> None:
    """With the patience of every day, lines without end cost less than 400 MB."""
    assert peak_megabytes(_FLOODED) < 400


_FLOODED = """
from servers.ill_willed import IllWilled
from transport import test_patience as t

def script(talk):
    t.signed_in(talk)
    while True:
        talk.flood(b"* 1 EXISTS\\r\\n" * 1000)

with IllWilled(script) as server:
    mailbox = t.imap(server)
    try:
        mailbox.select("INBOX", readonly=True)
    except t.ServerUnavailable:
        mailbox.close()
    else:
        raise SystemExit("believed")
"""
