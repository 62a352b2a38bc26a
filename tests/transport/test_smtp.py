"""Sending to a real SMTP server that answers as the test tells it to."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
from servers.accounts import SmtpAccount
from servers.dovecot import free_ports
from servers.proxy import Proxy
from servers.scripted import Reply, ScriptedServer
from servers.smtp_sink import DROP, KEEP_AND_DROP, SmtpSink

from mailresponder.errors import (
    MailresponderError,
    ServerUnavailable,
    SignInRefused,
    TemporaryFailure,
)
from mailresponder.transport.smtp import MailRefused, OwnershipLost, ReplyLost, SmtpSender
from mailresponder.transport.smtp_session import RecipientRefused

CONTENT = b"Subject: We have it\r\n\r\nYour case is MR-7F3K2.\r\n.\r\n..dots\r\n"


@pytest.fixture(params=[False, True], ids=["one by one", "pipelining"])
def smtp_sink(request: pytest.FixtureRequest) -> Iterator[SmtpSink]:
    """A server that takes everything, commands one by one or several at once."""
    with SmtpSink(pipelining=request.param) as sink:
        yield sink


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def send(
    sender: SmtpSender,
    recipient: str = "ana@example.com",
    *,
    content: bytes = CONTENT,
    before_data: Callable[[], bool] | None = None,
) -> None:
    sender.send(
        envelope_sender="support@example.test",
        recipient=recipient,
        content=content,
        before_data=before_data,
    )


def test_many_mails_on_one_connection(smtp_sink: SmtpSink) -> None:
    """Mails arrive as they were, lines with dots too, all on one connection."""
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        for number in range(3):
            send(sender, f"customer{number}@example.com")
    assert [mail.recipient for mail in smtp_sink.received] == [
        f"customer{number}@example.com" for number in range(3)
    ]
    assert {mail.content for mail in smtp_sink.received} == {CONTENT}
    assert {mail.sender for mail in smtp_sink.received} == {"support@example.test"}
    assert smtp_sink.connections == 1
    assert f"SIZE={len(CONTENT)}" in smtp_sink.options


def test_null_return_path(smtp_sink: SmtpSink) -> None:
    """An empty envelope sender is the null return path."""
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        sender.send(envelope_sender="", recipient="ana@example.com", content=CONTENT)
    assert smtp_sink.received[0].sender == ""


def test_no_second_mail_in_the_first(smtp_sink: SmtpSink) -> None:
    """Bare line feeds cannot end the mail early and start another."""
    smuggled = (
        b"Subject: x\r\n\r\nhello\n.\nMAIL FROM:<evil@example.com>\nRCPT TO:<a@b.test>\nDATA\nX"
    )
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        send(sender, content=smuggled)
    (mail,) = smtp_sink.received
    assert b"\r\n.\r\nMAIL FROM" in mail.content


def test_before_data_says_yes(smtp_sink: SmtpSink) -> None:
    """`before_data` is asked when the recipient is accepted, before DATA."""
    seen: list[list[str]] = []

    def ours() -> bool:
        seen.append(list(smtp_sink.commands))
        return True

    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        send(sender, before_data=ours)
    # The sink notes DATA when the mail has come.
    assert seen == [["MAIL", "RCPT"]]
    assert len(smtp_sink.received) == 1


def test_before_data_says_no(smtp_sink: SmtpSink) -> None:
    """Whoever lost the mail sends nothing. The connection serves the next one, unless the server
    was told of the mail already and waits for it."""
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        with pytest.raises(OwnershipLost):
            send(sender, before_data=lambda: False)
        assert smtp_sink.received == []
        send(sender)
    assert len(smtp_sink.received) == 1
    assert smtp_sink.connections == (2 if smtp_sink.pipelining else 1)


def test_before_data_fails(smtp_sink: SmtpSink) -> None:
    """Where the question itself fails, nothing is sent and the next mail goes out."""

    def broken() -> bool:
        raise RuntimeError("database gone")

    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        with pytest.raises(RuntimeError):
            send(sender, before_data=broken)
        send(sender, "eva@example.com")
    assert [mail.recipient for mail in smtp_sink.received] == ["eva@example.com"]


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_refused_for_good(smtp_sink: SmtpSink, command: str) -> None:
    """A 5xx reply is about this mail only, told with the server's code and words, cut short."""
    smtp_sink.answer(command, "550 5.1.1 no such user " + "x" * 300)
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        with pytest.raises(MailRefused, match=r"550 5\.1\.1 no such user") as caught:
            send(sender)
        assert len(caught.value.message) < 300
        send(sender, "eva@example.com")
    assert [mail.recipient for mail in smtp_sink.received] == ["eva@example.com"]
    assert smtp_sink.connections == 1


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.7.1 not your address",
        "553 5.1.8 sender domain not found",
        "554 5.7.1 suspended",
        "535 5.7.8 who are you",
        "521 5.3.2 no mail here",
        "501 5.1.7 bad sender",
    ],
)
def test_sender_refused(smtp_sink: SmtpSink, reply: str) -> None:
    """A 5xx reply to MAIL FROM is about our address or account: no mail is given up for it."""
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        send(sender)
        smtp_sink.answer("MAIL", reply, times=9)
        with pytest.raises(ServerUnavailable, match="our sender address") as caught:
            send(sender)
        assert reply[:3] in caught.value.message
        assert "address" in caught.value.mend
        # Asked once: another connection would hear the same.
        assert smtp_sink.commands.count("MAIL") == 2
        assert "DATA" not in smtp_sink.commands[smtp_sink.commands.index("MAIL", 1) :]


@pytest.mark.parametrize(
    "reply",
    [
        "552 5.3.4 too large",
        "523 too large",
        "554 5.3.4 message size exceeds the limit",
        "555 5.5.4 unknown option",
        "553 5.6.7 letters beyond ASCII",
    ],
)
def test_mail_refused_at_once(smtp_sink: SmtpSink, reply: str) -> None:
    """A 5xx reply to MAIL FROM about the size, options or letters of this mail is about it only."""
    smtp_sink.answer("MAIL", reply)
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        with pytest.raises(MailRefused, match=reply[:3]):
            send(sender)
        send(sender, "eva@example.com")
    assert [mail.recipient for mail in smtp_sink.received] == ["eva@example.com"]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("code", ["550", "450"])
def test_no_address_in_errors(smtp_sink: SmtpSink, command: str, code: str) -> None:
    """Whatever a server repeats in its reply, no mail address gets into our errors."""
    smtp_sink.answer(command, f"{code} 5.1.1 <ana@example.com>: Recipient unknown")
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        with pytest.raises(MailresponderError, match="<address>: Recipient unknown") as caught:
            send(sender)
        assert "ana" not in str(caught.value)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_refused_for_now(smtp_sink: SmtpSink, command: str) -> None:
    """A 4xx reply is temporary, about this mail, and the connection stays good."""
    smtp_sink.answer(command, "451 4.3.0 try later")
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        with pytest.raises(TemporaryFailure, match=r"451 4\.3\.0 try later") as caught:
            send(sender)
        assert not isinstance(caught.value, ServerUnavailable | ReplyLost)
        send(sender, "eva@example.com")
    assert [mail.recipient for mail in smtp_sink.received] == ["eva@example.com"]
    assert smtp_sink.connections == 1


def test_idle_connection_dropped(smtp_sink: SmtpSink) -> None:
    """A kept connection that the server has closed is opened again unnoticed."""
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        send(sender)
        smtp_sink.drop_connections()
        send(sender)
    assert len(smtp_sink.received) == 2
    assert smtp_sink.connections == 2


def test_a_connection_nobody_needs_is_closed(smtp_sink: SmtpSink) -> None:
    """What was used since the last rest is kept, what was not is closed, and opened when needed."""
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        send(sender)
        sender.rest()
        send(sender)
        assert smtp_sink.connections == 1
        sender.rest()
        sender.rest()
        send(sender)
    assert smtp_sink.connections == 2


def test_server_tired_of_a_connection(smtp_sink: SmtpSink) -> None:
    """421 on a kept connection means: a new one, at once."""
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        send(sender)
        smtp_sink.answer("MAIL", "421 4.7.0 too many mails on this connection")
        send(sender)
        smtp_sink.answer("MAIL", "421 4.7.0 go away", times=2)
        with pytest.raises(ServerUnavailable, match="421"):
            send(sender)
    assert len(smtp_sink.received) == 2


def test_dropped_at_the_recipient(smtp_sink: SmtpSink) -> None:
    """A connection lost at RCPT counts against the mail: it may be this recipient's fault."""
    smtp_sink.answer("RCPT", DROP)
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        with pytest.raises(TemporaryFailure) as caught:
            send(sender)
        assert not isinstance(caught.value, ServerUnavailable | ReplyLost)
        send(sender)
    assert len(smtp_sink.received) == 1


def test_reply_lost(smtp_sink: SmtpSink) -> None:
    """A connection lost after the final dot is told apart: the mail may have been accepted."""
    smtp_sink.answer("DATA", KEEP_AND_DROP)
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender, pytest.raises(ReplyLost):
        send(sender)
    assert len(smtp_sink.received) == 1


def test_closing_reply_to_data_is_no_loss(smtp_sink: SmtpSink) -> None:
    """421 after the final dot is a clear no."""
    smtp_sink.answer("DATA", "421 4.3.2 shutting down")
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        with pytest.raises(TemporaryFailure, match="421") as caught:
            send(sender)
        assert not isinstance(caught.value, ReplyLost)


@pytest.mark.parametrize(("pipelining", "round_trips"), [(False, 4), (True, 2)])
def test_round_trips(pipelining: bool, round_trips: int) -> None:
    """A mail costs a round trip for each command and one for itself; where the server takes
    several commands at once, they are one."""
    with (
        SmtpSink(pipelining=pipelining) as sink,
        Proxy(sink.port) as proxy,
        SmtpSender(SmtpAccount(port=proxy.port), None) as sender,
    ):
        sender.check()
        proxy.reset()
        for _ in range(3):
            send(sender)
        assert proxy.traffic.round_trips == 3 * round_trips
    assert len(sink.received) == 3


def pipelining_server(**replies: Reply) -> ScriptedServer:
    """A server with PIPELINING that takes every mail, but for what these commands are answered."""
    usual: dict[str, Reply] = {
        "EHLO": b"250-x\r\n250 PIPELINING\r\n",
        "MAIL": b"250 ok\r\n",
        "RCPT": b"250 ok\r\n",
        "DATA": b"354 go on\r\n",
        "RSET": b"250 ok\r\n",
        "QUIT": b"221 bye\r\n",
    }
    rules = [(verb.encode(), reply) for verb, reply in (usual | replies).items()]
    rules += [(verb.lower(), reply) for verb, reply in rules]
    return ScriptedServer(
        greeting=b"220 x\r\n", rules=[*rules, (b".\r\n", b"250 taken\r\n")], otherwise=b""
    )


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        ({"RCPT": b"550 5.1.1 unknown\r\n"}, RecipientRefused),
        ({"RCPT": b"450 4.2.1 later\r\n"}, TemporaryFailure),
        ({"MAIL": b"552 5.3.4 too large\r\n", "RCPT": b"503 no\r\n"}, MailRefused),
        ({"RCPT": 9000 * b"x" + b"\r\n"}, TemporaryFailure),
    ],
    ids=["refused", "postponed", "refused at once", "no answer"],
)
def test_nothing_goes_to_who_waits_for_a_mail_after_a_refusal(
    replies: dict[str, Reply], error: type[MailresponderError]
) -> None:
    """A server that refuses a mail and asks for it all the same gets nothing, not even the dot
    that would end an empty mail; the next mail goes over another connection."""
    with (
        pipelining_server(**replies) as server,
        SmtpSender(SmtpAccount(port=server.port), None, timeout=5) as sender,
    ):
        for _ in range(2):
            with pytest.raises(MailresponderError) as caught:
                send(sender)
            assert type(caught.value) is error
    verbs = [line.split()[0].upper() for line in server.lines]
    assert verbs == 2 * [b"EHLO", b"MAIL", b"RCPT", b"DATA"]


def test_a_connection_goes_on_after_a_refusal() -> None:
    """Where DATA is refused with the recipient, as most servers do, the connection stays."""
    with (
        pipelining_server(RCPT=b"550 5.1.1 unknown\r\n", DATA=b"503 nobody\r\n") as server,
        SmtpSender(SmtpAccount(port=server.port), None, timeout=5) as sender,
    ):
        for _ in range(2):
            with pytest.raises(RecipientRefused, match="unknown"):
                send(sender)
    verbs = [line.split()[0].upper() for line in server.lines]
    assert verbs == [b"EHLO", *(2 * [b"MAIL", b"RCPT", b"DATA", b"RSET"]), b"QUIT"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"554 5.6.0 no\r\n", MailRefused),
        (b"451 4.3.0 later\r\n", TemporaryFailure),
        (b"421 4.3.2 shutting down\r\n", TemporaryFailure),
        (None, ReplyLost),
    ],
)
def test_not_asked_for(reply: Reply, error: type[MailresponderError]) -> None:
    """A mail that the server does not ask for after DATA is not sent."""
    with (
        pipelining_server(DATA=reply) as server,
        SmtpSender(SmtpAccount(port=server.port), None, timeout=5) as sender,
        pytest.raises(MailresponderError) as caught,
    ):
        send(sender)
    assert type(caught.value) is error
    assert not any(b"Subject" in line for line in server.lines)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b".\r\n.a\r\n\r\n..\r\n", b"..\r\n..a\r\n\r\n...\r\n.\r\n"),
        (b"a.\r\nno end", b"a.\r\nno end\r\n.\r\n"),
    ],
)
def test_dots(content: bytes, lines: bytes) -> None:
    """A dot that begins a line is doubled, also in the first and where several stand together, and
    the last line ends before the dot that ends the mail."""
    with (
        pipelining_server() as server,
        SmtpSender(SmtpAccount(port=server.port), None, timeout=5) as sender,
    ):
        send(sender, content=content)
    sent = b"".join(server.lines)
    assert sent.partition(b"DATA\r\n")[2].removesuffix(b"quit\r\n") == lines


def chunking_server(bdat_reply: Reply) -> ScriptedServer:
    """A server with CHUNKING, which says this to a mail."""
    rules: list[tuple[bytes, Reply]] = [
        (b"ehlo", b"250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n"),
        (b"MAIL", b"250 ok\r\n"),
        (b"RCPT", b"250 ok\r\n"),
        (b"BDAT", bdat_reply),
        (b"rset", b"250 ok\r\n"),
        (b"quit", b"221 bye\r\n"),
    ]
    return ScriptedServer(greeting=b"220 x\r\n", rules=rules, otherwise=b"")


def test_chunking() -> None:
    """Where the server has CHUNKING, the mail goes with the command, its dots as they are, and not
    before it is said to be ours."""
    asked: list[list[bytes]] = []
    with chunking_server(b"250 ok\r\n") as server:

        def ours() -> bool:
            asked.append([line for line in server.lines if b"BDAT" in line])
            return True

        with SmtpSender(SmtpAccount(port=server.port), None, timeout=5) as sender:
            send(sender, before_data=ours)
        begin, end = (
            server.lines.index(line) for line in (b"BDAT %d LAST\r\n" % len(CONTENT), b"quit\r\n")
        )
        assert b"".join(server.lines[begin + 1 : end]) == CONTENT
    assert asked == [[]]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"554 5.6.0 no\r\n", MailRefused),
        (b"451 4.3.0 later\r\n", TemporaryFailure),
        (None, ReplyLost),
    ],
)
def test_chunk_refused(reply: Reply, error: type[MailresponderError]) -> None:
    """What a server with CHUNKING says of a mail means what it means after the final dot."""
    with (
        chunking_server(reply) as server,
        SmtpSender(SmtpAccount(port=server.port), None, timeout=5) as sender,
        pytest.raises(MailresponderError) as caught,
    ):
        send(sender)
    assert type(caught.value) is error


@pytest.mark.parametrize("mail_reply", [b"550 5.7.1 no\r\n", b"421 4.7.0 no\r\n"])
def test_hangs_up_after_a_refusal(mail_reply: bytes) -> None:
    """A server that refuses the sender and hangs up instead of answering RCPT is understood by
    what it said."""
    rules = [(b"ehlo", b"250-x\r\n250 PIPELINING\r\n"), (b"MAIL", mail_reply), (b"RCPT", None)]
    with (
        ScriptedServer(greeting=b"220 x\r\n", rules=rules) as server,
        SmtpSender(SmtpAccount(port=server.port), None, timeout=5) as sender,
        pytest.raises(ServerUnavailable, match=mail_reply[:3].decode()),
    ):
        send(sender)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls(tls: ssl.SSLContext, ca_file: Path, security: str) -> None:
    """Mail goes out over TLS and STARTTLS, with a password that has letters beyond ASCII."""
    users = {"support": "contraseña ☂"}
    sink = (
        SmtpSink(tls=tls, users=users) if security == "tls" else SmtpSink(starttls=tls, users=users)
    )
    with sink:
        settings = SmtpAccount(
            host="localhost", port=sink.port, security=security, username="support", ca_file=ca_file
        )
        with SmtpSender(settings, "contraseña ☂") as sender:
            sender.check()
            send(sender)
    assert len(sink.received) == 1
    assert "AUTH" in sink.commands


def test_untrusted_certificate(tls: ssl.SSLContext) -> None:
    """A certificate nobody trusts keeps mail waiting, and says what to set."""
    with (
        SmtpSink(tls=tls) as sink,
        SmtpSender(SmtpAccount(port=sink.port, security="tls"), None) as sender,
    ):
        with pytest.raises(ServerUnavailable, match="nobody this machine trusts") as caught:
            send(sender)
        assert "ca_file" in caught.value.mend
    assert sink.received == []


def test_no_starttls(smtp_sink: SmtpSink) -> None:
    """Where STARTTLS is wanted and not offered, nothing is sent in the clear."""
    sender = SmtpSender(SmtpAccount(port=smtp_sink.port, security="starttls"), None)
    with pytest.raises(ServerUnavailable, match="does not offer STARTTLS"):
        send(sender)
    assert smtp_sink.commands == []


def test_wrong_password() -> None:
    """A wrong password is told as such and stands in no error."""
    with SmtpSink(users={"support": "right"}) as sink:
        sender = SmtpSender(SmtpAccount(port=sink.port, username="support"), "wrong secret")
        with pytest.raises(SignInRefused, match="535") as caught:
            sender.check()
    assert "wrong secret" not in str(caught.value)


def test_sign_in_unavailable() -> None:
    """A 4xx reply to AUTH is the server's trouble, not the password's."""
    with SmtpSink(users={"support": "right"}) as sink:
        sink.answer("AUTH", "454 4.7.0 temporary authentication failure")
        sender = SmtpSender(SmtpAccount(port=sink.port, username="support"), "right")
        with pytest.raises(ServerUnavailable, match="454"):
            send(sender)
        send(sender)
        sender.close()
    assert len(sink.received) == 1


def test_username_without_auth(smtp_sink: SmtpSink) -> None:
    """A username where the server offers no AUTH is an error, never mail without sign-in."""
    sender = SmtpSender(SmtpAccount(port=smtp_sink.port, username="support"), "secret")
    with pytest.raises(SignInRefused, match="offers no sign-in"):
        send(sender)
    assert smtp_sink.received == []


def test_sign_in_wanted(smtp_sink: SmtpSink) -> None:
    """530 to a client without a username says what to set."""
    smtp_sink.answer("MAIL", "530 5.7.0 authentication required")
    with (
        SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender,
        pytest.raises(SignInRefused, match="wants a sign-in"),
    ):
        send(sender)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.com",
        "a b@example.com",
        "a@b@example.com",
        "a@b.test>\r\nRCPT TO:<c@d.test",
    ],
)
def test_not_an_address(smtp_sink: SmtpSink, address: str) -> None:
    """What is no address never reaches the server."""
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender, pytest.raises(MailRefused):
        send(sender, address)
    assert smtp_sink.commands == []


def test_international_domain(smtp_sink: SmtpSink) -> None:
    """A domain beyond ASCII goes out as A-labels, without SMTPUTF8."""
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        send(sender, "ana@españa.example")
    assert smtp_sink.received[0].recipient == "ana@xn--espaa-rta.example"
    assert "SMTPUTF8" not in smtp_sink.options


def test_international_local_part(smtp_sink: SmtpSink) -> None:
    """A local part beyond ASCII needs SMTPUTF8, and is refused where that is not offered."""
    with SmtpSink(smtputf8=True) as sink, SmtpSender(SmtpAccount(port=sink.port), None) as sender:
        send(sender, "señora@example.com")
        assert sink.received[0].recipient == "señora@example.com"
        assert "SMTPUTF8" in sink.options
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender, pytest.raises(MailRefused):
        send(sender, "señora@example.com")
    assert smtp_sink.received == []


def test_server_gone() -> None:
    """A refused connection and an unknown host are ServerUnavailable, with what to check."""
    (port,) = free_ports(1)
    with pytest.raises(ServerUnavailable, match="connection refused"):
        SmtpSender(SmtpAccount(port=port), None).check()
    with pytest.raises(ServerUnavailable, match="host name is not known"):
        SmtpSender(SmtpAccount(host="nowhere.invalid", port=port), None).check()


def test_silent_server() -> None:
    """A server that says nothing is given up after the timeout."""
    with (
        ScriptedServer(greeting=b"", rules=[]) as server,
        pytest.raises(ServerUnavailable, match="no answer in time"),
    ):
        SmtpSender(SmtpAccount(port=server.port), None, timeout=0.3).check()


@pytest.mark.parametrize(
    "greeting",
    [b"554 you are blocked\r\n", b"421 busy\r\n", b"SSH-2.0-x\r\n", b"\x00\xff\r\n", None],
)
def test_strange_greetings(greeting: bytes | None) -> None:
    """Whatever a server says instead of a greeting, no mail is given up for it."""
    with (
        ScriptedServer(greeting=greeting, rules=[]) as server,
        pytest.raises(ServerUnavailable),
    ):
        send(SmtpSender(SmtpAccount(port=server.port), None, timeout=5))
