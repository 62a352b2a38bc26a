"""Sign-ins that are refused, passwords that cannot be had, certificates that are wrong, and how
each is mended without the program being touched."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from breaking import Outage
from cases import queue_mail
from offices import EMMA, OPS, Office, complaint, subjects
from servers.dovecot import MailUser
from servers.scripted import IMAP_GREETING, ScriptedServer, imap_rules
from servers.smtp_sink import SmtpSink
from structlog.typing import EventDict

from mailresponder import config
from mailresponder.app import App
from mailresponder.policy.retries import SIGN_IN_PAUSE
from mailresponder.store.mailboxes import Way

Lines = Callable[[str], list[EventDict]]


def configure(outage: Outage, password: str) -> None:
    """Give the desk's IMAP account another line for its password."""
    office = outage.office
    office.configure()
    text = office.path.read_text()
    office.path.write_text(text.replace('password = "correct horse"', password))
    office._apps.append(App.open(config.load(office.path), clock=office.clock))


def test_a_refused_sign_in_rests_and_is_mended_by_the_password_alone(
    outage: Outage, tmp_path: Path, dovecot_user: MailUser, said: Lines
) -> None:
    """A wrong password is tried four times an hour, told at once and once; the right one in its
    file is taken within a quarter of an hour."""
    office = outage.office
    file = tmp_path / "password"
    file.write_text("wrong")
    configure(outage, f'password_file = "{file}"')
    office.receive(complaint())
    reports = outage.ticks(11, minutes=3)

    fault = outage.fault(Way.READING)
    assert fault is not None
    assert fault.failures in (2, 3)
    assert reports[0].exit_status == 77
    assert fault.told_at == fault.since
    assert len(said("failing")) == 1
    assert subjects(office.sent_to(OPS)) == ["Acme Support: the mailbox support cannot be read"]

    file.write_text(dovecot_user.password)
    assert outage.minutes_until_well(Way.READING) <= SIGN_IN_PAUSE * 1.1 / timedelta(minutes=1) + 1
    assert len(office.sent_to(EMMA)) == 1


@pytest.fixture
def guarded(outage: Outage, tmp_path: Path) -> Iterator[SmtpSink]:
    """An SMTP server that wants a sign-in, and a desk with a password in a file."""
    with SmtpSink(users={"support": "right"}) as sink:
        outage.smtp.server_port = sink.port
        office = outage.office
        office.sink = sink
        (tmp_path / "smtp").write_text("wrong")
        office.configure()
        text = office.path.read_text()
        own = f'username = "support"\npassword_file = "{tmp_path / "smtp"}"'
        office.path.write_text(text.replace('username = ""', own))
        office._apps.append(App.open(config.load(office.path), clock=office.clock))
        yield sink


def test_smtp_takes_a_mended_password_too(
    outage: Outage, tmp_path: Path, guarded: SmtpSink, said: Lines
) -> None:
    """Connections that are kept from pass to pass do not keep the wrong one."""
    office = outage.office
    office.receive(complaint())
    outage.ticks(11, minutes=3)
    fault = outage.fault(Way.SENDING)
    assert fault is not None
    assert fault.failures in (2, 3)
    assert len(said("failing")) == 1
    [row] = office.outbox("acknowledgement")
    assert (row.state, row.attempts) == ("queued", 0)

    (tmp_path / "smtp").write_text("right")
    outage.minutes_until_well(Way.SENDING, most=18)
    assert len(office.sent_to(EMMA)) == 1


def test_too_many_sign_ins_are_no_wrong_password(outage: Outage, guarded: SmtpSink) -> None:
    """Gmail's 454 4.7.0 rests a quarter of an hour, and nobody is told that the password is
    wrong."""
    office = outage.office
    guarded.answer("AUTH", "454 4.7.0 Too many login attempts, please try again later.", times=9)
    office.receive(complaint())
    report = outage.tick()

    fault = outage.fault(Way.SENDING)
    assert fault is not None
    assert report.exit_status == 75
    assert fault.told_at is None
    assert fault.retry_at is not None
    assert fault.retry_at - office.clock.now >= timedelta(minutes=15)


def test_a_password_command_that_fails_or_hangs_keeps_from_reading_only(
    outage: Outage, tmp_path: Path
) -> None:
    """A key store that is locked: the mailbox is not read, what it has to say goes out, and once
    the store is open all is well."""
    office = outage.office
    (tmp_path / "command").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "command").chmod(0o700)
    configure(outage, f'password_command = "{tmp_path / "command"}"')
    office.receive(complaint())
    report = outage.tick()
    assert [error.message for error in report.errors] == [
        "the password command failed with exit status 3"
    ]
    assert report.delivery is not None

    (tmp_path / "command").write_text("#!/bin/sh\nexec sleep 600\n")
    office.clock.advance(minutes=1)
    outage.runner().accounts.timeout = 0.2
    outage.tick()
    outage.runner().accounts.timeout = 30
    fault = outage.fault(Way.READING)
    assert fault is not None
    assert "took longer than" in fault.why

    (tmp_path / "command").write_text("#!/bin/sh\necho correct horse\n")
    assert outage.minutes_until_well(Way.READING) <= 3
    assert len(office.sent_to(EMMA)) == 1


def certificate(authority: trustme.CA, kind: str) -> trustme.LeafCert:
    """One that is wrong in one way, or right."""
    name = "mail.example.net" if kind == "other name" else "127.0.0.1"
    ago = datetime.now(UTC) - timedelta(days=2)
    by = trustme.CA() if kind == "unknown issuer" else authority
    return by.issue_cert(name, not_after=ago if kind == "expired" else None)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("expired", "has expired"),
        ("other name", "is for another host name"),
        ("unknown issuer", "is signed by nobody this machine trusts"),
    ],
)
def test_a_wrong_certificate_keeps_all_waiting_and_its_renewal_mends_it(
    office: Office, authority: trustme.CA, tmp_path: Path, kind: str, words: str
) -> None:
    """Over IMAP and over SMTP: nothing is sent in the clear or given up, and each is told."""
    (tmp_path / "ca.pem").write_bytes(authority.cert_pem.bytes())
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate(authority, kind).configure_cert(tls)
    rules = imap_rules((b"LIST", b"{tag} OK done\r\n"), (b"SEARCH", b"* SEARCH\r\n{tag} OK x\r\n"))
    with (
        ScriptedServer(greeting=IMAP_GREETING, rules=rules, tls=tls) as imap,
        SmtpSink(tls=tls) as sink,
    ):
        office.imap_port, office.smtp_port = imap.port, sink.port
        office.configure(poll_every="1m", save_copy="false")
        own = f'security = "tls"\nca_file = "{tmp_path / "ca.pem"}"'
        office.path.write_text(office.path.read_text().replace('security = "none"', own))
        with App.open(config.load(office.path), clock=office.clock) as app:
            runner = app.mailboxes["support"]
            waiting(app, office)
            report = runner.tick()
            assert [words in error.message for error in report.errors] == [True, True]
            assert sink.received == []
            # The server reads its certificate anew.
            certificate(authority, "right").configure_cert(tls)
            office.clock.advance(minutes=1)
            report = runner.tick()
            assert report.errors == ()
            assert report.intake is not None
            assert [b"Subject: hello" in mail.content for mail in sink.received].count(True) == 1


def waiting(app: App, office: Office) -> None:
    """A mail that is to be sent."""
    with app.store.begin() as conn:
        queue_mail(conn, next_attempt_at=office.clock.now)
