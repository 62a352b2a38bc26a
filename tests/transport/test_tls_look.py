import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from servers.accounts import ImapAccount, SmtpAccount
from servers.dovecot import Dovecot, free_ports
from servers.scripted import ScriptedServer
from servers.smtp_sink import SmtpSink

from mailresponder.errors import ServerUnavailable
from mailresponder.transport.tls_look import BadCertificate, look

NOW = datetime.now(UTC)
"""OpenSSL goes by the real clock."""
DAY = timedelta(days=1)


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """What a server with this certificate speaks TLS by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    """The test authority's own certificate."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def test_a_server_s_certificate_is_read(dovecot: Dovecot) -> None:
    """Over TLS and STARTTLS: for which names, by whom, until when; and the version of TLS."""
    for port, security in ((dovecot.imaps_port, "tls"), (dovecot.imap_port, "starttls")):
        account = ImapAccount(port=port, security=security, ca_file=dovecot.ca_file)
        seen = look(account, "imap")
        assert seen.addresses == ("127.0.0.1",)
        assert seen.version.startswith("TLSv1.")
        assert seen.certificate is not None
        assert set(seen.certificate.names) == {"localhost", "127.0.0.1"}
        assert seen.certificate.issuer.startswith("trustme")
        assert seen.certificate.begins < NOW < seen.certificate.ends
        assert seen.greeting.startswith("* OK")


def test_a_server_without_tls_shows_its_greeting(smtp_sink: SmtpSink) -> None:
    """And no certificate."""
    seen = look(SmtpAccount(port=smtp_sink.port), "smtp")

    assert seen.greeting.startswith("220 ")
    assert (seen.version, seen.certificate, seen.time) == ("", None, None)


def test_smtp_is_looked_at_over_both_kinds_of_tls(authority: trustme.CA, ca_file: Path) -> None:
    """A certificate is read there, too."""
    context = serving(authority.issue_cert("127.0.0.1"))
    for security, offered in (("tls", {"tls": context}), ("starttls", {"starttls": context})):
        with SmtpSink(**offered) as sink:
            seen = look(SmtpAccount(port=sink.port, security=security, ca_file=ca_file), "smtp")
        assert seen.certificate is not None
        assert seen.certificate.names == ("127.0.0.1",)


def test_refused_certificates_are_read_all_the_same(authority: trustme.CA, ca_file: Path) -> None:
    """One that has ended, one for another name and one of nobody's are told with their names and
    times, over TLS and STARTTLS."""
    ended = authority.issue_cert("127.0.0.1", not_before=NOW - 90 * DAY, not_after=NOW - 3 * DAY)
    other = authority.issue_cert("mail.example.com", organization_name="Other")
    unknown = trustme.CA(organization_name="Own CA").issue_cert("127.0.0.1")
    for certificate, said, names in (
        (ended, "has expired", ("127.0.0.1",)),
        (other, "is for another host name", ("mail.example.com",)),
        (unknown, "signed by nobody", ("127.0.0.1",)),
    ):
        context = serving(certificate)
        for security, offered in (("tls", {"tls": context}), ("starttls", {"starttls": context})):
            with SmtpSink(**offered) as sink:
                account = SmtpAccount(port=sink.port, security=security, ca_file=ca_file)
                with pytest.raises(BadCertificate, match=said) as caught:
                    look(account, "smtp")
            assert caught.value.certificate is not None
            assert caught.value.certificate.names == names
    assert caught.value.certificate.issuer == "Own CA"


def test_a_chain_with_a_gap_is_told(authority: trustme.CA, ca_file: Path) -> None:
    """A server that keeps its intermediate certificate to itself is what must be mended."""
    leaf = authority.create_child_ca().issue_cert("127.0.0.1")
    whole, gap = (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for _ in range(2))
    leaf.configure_cert(whole)
    pem = ca_file.with_name("leaf.pem")
    pem.write_bytes(leaf.private_key_pem.bytes() + leaf.cert_chain_pems[0].bytes())
    gap.load_cert_chain(pem)

    with SmtpSink(tls=whole) as sink:
        account = SmtpAccount(port=sink.port, security="tls", ca_file=ca_file)
        assert look(account, "smtp").certificate is not None
    with SmtpSink(tls=gap) as sink:
        account = SmtpAccount(port=sink.port, security="tls", ca_file=ca_file)
        with pytest.raises(BadCertificate, match="as far as the server shows") as caught:
            look(account, "smtp")
    assert "fullchain.pem" in caught.value.mend


def test_the_time_in_a_greeting_is_read() -> None:
    """As many servers say it; a time that cannot be is none."""
    for line, expected in (
        (
            b"220 mx ESMTP Exim 4.96 Thu, 26 Nov 2026 17:00:00 +0100\r\n",
            datetime(2026, 11, 26, 16, tzinfo=UTC),
        ),
        (b"220 mx ready at Thu, 99 Nov 2026 17:00:00 +0100\r\n", None),
        (b"220 mx ready\r\n", None),
    ):
        with ScriptedServer(greeting=line, rules=[], otherwise=b"221 bye\r\n") as server:
            assert look(SmtpAccount(port=server.port), "smtp").time == expected


@pytest.mark.parametrize(
    ("kind", "rules", "said"),
    [
        ("imap", [(b"STARTTLS", b"x BAD what\r\n")], "does not offer STARTTLS"),
        ("smtp", [(b"EHLO", b"250 hello\r\n"), (b"STARTTLS", b"502 no\r\n")], "does not offer"),
        ("imap", [(b"STARTTLS", b"x OK go\r\n* OK [ALERT] injected\r\n")], "more before TLS"),
        (
            "smtp",
            [(b"EHLO", b"250-x\r\n250 y\r\n"), (b"STARTTLS", b"220 go\r\n250 injected\r\n")],
            "more before TLS",
        ),
        ("imap", [(b"STARTTLS", b"* x\r\n" * 20_000)], "the connection broke"),
        ("imap", [(b"STARTTLS", None)], "the connection broke"),
    ],
)
def test_starttls_is_taken_only_as_it_should_be(
    kind: str, rules: list[tuple[bytes, bytes | None]], said: str
) -> None:
    """A server that has none, that injects something, that never ends or hangs up: each is told."""
    greeting = b"* OK ready\r\n" if kind == "imap" else b"220 ready\r\n"
    with ScriptedServer(greeting=greeting, rules=rules) as server:
        account = ImapAccount(port=server.port, security="starttls")
        with pytest.raises(ServerUnavailable, match=said):
            look(account, kind)


def test_a_server_that_says_nothing_is_left_in_time() -> None:
    """What it does not say is waited for no longer than the patience; without TLS that it can be
    reached is all that was asked."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert look(SmtpAccount(port=port), "smtp", patience=0.1).greeting == ""
        for security in ("tls", "starttls"):
            with pytest.raises(ServerUnavailable, match="no answer in time"):
                look(SmtpAccount(port=port, security=security), "smtp", patience=0.1)


def test_nobody_there() -> None:
    """A port on which nobody listens, and a host that cannot be."""
    [port] = free_ports(1)
    with pytest.raises(ServerUnavailable, match="connection refused"):
        look(SmtpAccount(port=port), "smtp")
    with pytest.raises(ServerUnavailable, match="host name is not known"):
        look(SmtpAccount(port=port, host="nowhere.invalid"), "smtp")


def test_each_kind_of_address_is_tried(smtp_sink: SmtpSink, monkeypatch) -> None:
    """One that does not answer is named, and the other one is used."""
    v4 = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", smtp_sink.port))
    v6 = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 1, 0, 0))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [v6, v4])

    seen = look(SmtpAccount(port=smtp_sink.port, host="both.test"), "smtp")

    assert seen.addresses == ("::1", "127.0.0.1")
    assert {*seen.silent, *seen.no_way} == {"::1"}
    assert seen.greeting.startswith("220")
