import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import trustme
from servers.dovecot import Dovecot, MailUser
from servers.nameserver import SILENT, Nameserver
from servers.scripted import IMAP_GREETING, ScriptedServer, imap_rules
from servers.smtp_sink import SmtpSink

from mailresponder import config
from mailresponder.clock import utc_now
from mailresponder.demo.server import SentMail
from mailresponder.jobs import checking
from mailresponder.jobs.checking import check
from mailresponder.jobs.results import CheckResult
from mailresponder.jobs.trial import Trial
from mailresponder.policy.identifiers import Signer
from mailresponder.store import leases, mailboxes, refusals
from mailresponder.store.database import Store
from mailresponder.store.mailboxes import Way
from mailresponder.store.refusals import Refusal
from mailresponder.transport.dns import Dns

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""A Monday."""
HOUR = timedelta(hours=1)
CONFIG = """\
[desk]
name = "Acme Support"
timezone = "Europe/Madrid"

[[escalation]]
after = "0m"
to = ["lead@example.com"]

[[mailbox]]
name = "support"
address = "{user}"
{drafts}

[mailbox.imap]
host = "{host}"
port = {imap}
security = "{security}"
username = "{user}"
password_env = "MAIL_PASSWORD"
ca_file = "{ca_file}"
{imap_folders}

[mailbox.smtp]
host = "127.0.0.1"
port = {smtp}
security = "{smtp_security}"
username = "{smtp_user}"
ca_file = "{ca_file}"
"""
OF_THE_DESK = [
    *("configuration", "secret", "database", "integrity", "disk", "permissions", "learnt"),
    *("themes", "templates", "calendar", "clock", "staff", "escalation"),
]
READING = [
    *("support.imap_network", "support.imap_tls", "support.imap", "support.capabilities"),
    *("support.folder", "support.sent_folder", "support.keywords", "support.idle"),
    *("support.quota", "support.ledger"),
]
WRITING = ["support.smtp_network", "support.smtp", "support.smtp_limits"]
NAMES = [*OF_THE_DESK, *READING, *WRITING, "support.clock", "example.test.dns"]


class Desk:
    """A desk on real servers, to be checked with one thing or another wrong."""

    def __init__(self, folder: Path, dovecot: Dovecot, user: MailUser, smtp_port: int) -> None:
        self.path = folder / "config.toml"
        self.environ = {"MAIL_PASSWORD": user.password}
        self.user = user
        self._given = {
            "user": user.name,
            "host": "127.0.0.1",
            "imap": dovecot.imaps_port,
            "security": "tls",
            "ca_file": dovecot.ca_file,
            "smtp": smtp_port,
            "smtp_security": "none",
            "smtp_user": "",
            "imap_folders": "",
            "drafts": "",
        }

    def check(
        self,
        *,
        more: str = "",
        now: datetime = NOON,
        trial: Trial | None = None,
        clock: Callable[[], datetime] | None = None,
        dns: Dns | None = None,
        only: Sequence[str] = (),
        **given: object,
    ) -> dict[str, CheckResult]:
        """The results by name; of several with one name, the last."""
        self.path.write_text(CONFIG.format(**(self._given | given)) + more, encoding="utf-8")
        results = check(
            config.load(self.path),
            clock=clock or (lambda: now),
            environ=self.environ,
            trial=trial,
            dns=dns,
            only=only,
        )
        return {result.name: result for result in results}


@pytest.fixture
def desk(tmp_path: Path, dovecot: Dovecot, dovecot_user: MailUser, smtp_sink: SmtpSink) -> Desk:
    """A desk that is well."""
    return Desk(tmp_path, dovecot, dovecot_user, smtp_sink.port)


def failing(results: dict[str, CheckResult]) -> list[str]:
    return [name for name, result in results.items() if not result.ok]


def test_everything_is_tried(desk: Desk, smtp_sink: SmtpSink) -> None:
    """A desk that is well passes every check, and no mail is sent."""
    results = desk.check()

    assert list(results) == NAMES
    assert failing(results) == []
    assert all(result.detail for result in results.values())
    assert smtp_sink.received == []


def test_the_themes_are_checked(desk: Desk) -> None:
    """How many there are and how others are found; each mistake of the file with its place."""
    result = desk.check()["themes"]
    assert result.ok
    assert "shipped" in result.detail
    themes = desk.path.with_name("themes.toml")
    themes.write_text('[late]\nname.en = "Late"\nwords.en = ["delay"]\n')
    assert desk.check()["themes"].detail.startswith(f"1 in {themes}")
    themes.write_text("[late]\nname = 7\n")
    result = desk.check()["themes"]
    assert not result.ok
    assert "late.name" in result.detail


def test_shown_keys_are_the_interface_s(desk: Desk) -> None:
    """A result has the interface's keys; mend is null where there is nothing to mend."""
    shown = [result.shown() for result in desk.check().values()]

    assert all(list(result) == ["name", "ok", "detail", "mend", "warning"] for result in shown)
    assert shown[2]["mend"] is None


def test_wrong_password_fails_alone(desk: Desk) -> None:
    """A refused sign-in is one failing check; what needs no IMAP is still tried."""
    desk.environ["MAIL_PASSWORD"] = "wrong"

    results = desk.check()

    assert failing(results) == ["support.imap"]
    assert "refused" in results["support.imap"].detail
    assert "wrong" not in results["support.imap"].detail
    assert results["support.smtp"].ok


def test_missing_password_is_named(desk: Desk) -> None:
    """An environment variable that is not set is named, and what to do about it."""
    desk.environ.clear()

    result = desk.check()["support.imap"]

    assert "MAIL_PASSWORD" in result.detail
    assert "export MAIL_PASSWORD=" in result.mend


def test_plain_text_is_no_mistake_to_mend(desk: Desk, dovecot: Dovecot) -> None:
    """That a connection is not encrypted is part of what was found."""
    results = desk.check(imap=dovecot.imap_port, security="none")

    for name in ("support.imap", "support.smtp"):
        assert results[name].ok
        assert "not encrypted" in results[name].detail
        assert results[name].mend == ""


def test_key_that_cannot_be_written_is_reported_once(desk: Desk) -> None:
    """The database is checked all the same, without the key."""
    desk.path.write_text("", encoding="utf-8")
    (desk.path.parent / "mailresponder.secret").mkdir()

    results = desk.check()

    assert failing(results) == ["secret"]
    assert results["database"].ok


@pytest.mark.parametrize("port", ["imap", "smtp"])
def test_test_mail_that_could_not_be_tried(desk: Desk, smtp_sink: SmtpSink, port: str) -> None:
    """A test mail that was asked for and not sent is a failing check of its own."""
    results = desk.check(trial=Trial(), **{port: 1})

    assert failing(results) == [f"support.{port}", "support.test_mail"]
    assert f"support.{port} failed" in results["support.test_mail"].detail
    assert smtp_sink.received == []


def test_servers_that_are_not_there(desk: Desk) -> None:
    """Nobody listening on a port fails with what to do about it."""
    results = desk.check(imap=1, smtp=1)

    assert failing(results) == ["support.imap", "support.smtp"]
    assert "127.0.0.1:1" in results["support.smtp"].detail


def test_unknown_certificate_fails(desk: Desk) -> None:
    """A certificate of an authority nobody knows is not accepted."""
    results = desk.check(ca_file="")

    assert failing(results) == ["support.imap"]
    assert "certificate" in results["support.imap"].detail


@pytest.mark.parametrize(
    ("key", "name"), [("folder", "support.folder"), ("sent_folder", "support.sent_folder")]
)
def test_folder_that_is_not_there(desk: Desk, key: str, name: str) -> None:
    """A folder the server does not have fails by its own name."""
    results = desk.check(imap_folders=f'{key} = "Nowhere"')

    assert name in failing(results)
    assert "Nowhere" in results[name].detail


def test_folder_for_angry_mail_must_be_there(desk: Desk) -> None:
    """`move_to` is tried where it is set."""
    assert desk.check(more='\n[anger]\nmove_to = "Sent"\n')["support.move_to"].ok
    results = desk.check(more='\n[anger]\nmove_to = "Hot"\n')
    assert failing(results) == ["support.move_to"]


def test_folder_for_drafts_must_be_there(desk: Desk) -> None:
    """It is looked for where drafts are turned on, and the folders that are there are named."""
    found = desk.check(drafts='drafts = "all"')["support.drafts_folder"]
    assert not found.ok
    assert "Sent" in found.mend
    results = desk.check(drafts='drafts = "all"', imap_folders='drafts_folder = "Sent"')
    assert results["support.drafts_folder"].ok


def test_broken_template_is_named(desk: Desk) -> None:
    """Each broken template is a failing check with its file and line."""
    folder = desk.path.parent / "templates" / "en"
    folder.mkdir(parents=True)
    (folder / "follow_up.md.j2").write_text("Hello", encoding="utf-8")

    results = desk.check()

    assert failing(results) == ["templates"]
    assert "follow_up.md.j2, line 1" in results["templates"].detail
    assert "the shipped template is used" in results["templates"].mend


def test_templates_whose_history_cannot_be_kept_are_well_all_the_same(desk: Desk) -> None:
    """It is said what is in the way, and what that costs; no check fails."""
    folder = desk.path.parent / "templates" / "en"
    folder.mkdir(parents=True)
    (folder / "follow_up.md.j2").write_text("Subject: a\n\nHello.\n", encoding="utf-8")
    (folder.parent / ".history").write_text("", encoding="utf-8")

    results = desk.check()

    assert failing(results) == []
    assert ".history is no folder" in results["templates"].detail
    assert "last good version" in results["templates"].mend


def test_another_desk_s_key_is_refused(desk: Desk) -> None:
    """A database begun with another key fails, and the key is said to be the reason."""
    desk.check()
    secret = desk.path.parent / "mailresponder.secret"
    secret.write_bytes(b"x" * 32)

    results = desk.check()

    assert failing(results) == ["database"]
    assert "key" in results["database"].detail


def test_key_that_others_can_read(desk: Desk) -> None:
    """A readable key is a warning, with what to do."""
    desk.check()
    (desk.path.parent / "mailresponder.secret").chmod(0o644)

    result = desk.check()["secret"]

    assert result.ok
    assert result.warning
    assert "chmod 600" in result.mend


def test_database_that_cannot_be_opened(desk: Desk) -> None:
    """A file that is no database fails by itself."""
    (desk.path.parent / "mailresponder.db").write_text("no database " * 100, encoding="utf-8")

    assert failing(desk.check()) == ["database"]


def test_database_that_can_only_be_read(desk: Desk) -> None:
    """A file that nobody may write to is no database to work with."""
    path = desk.path.parent / "mailresponder.db"
    desk.check()
    with path.open("r+b") as file:
        # By this version number SQLite takes a file for one that it can read only, also as root.
        file.seek(18)
        file.write(b"\x03")

    result = desk.check()["database"]

    assert not result.ok
    assert "read-only" in result.detail


@pytest.mark.parametrize(("hour", "said"), [(12, "open now"), (20, "opens 2026-11-24 09:00")])
def test_calendar_says_when_the_desk_opens(desk: Desk, hour: int, said: str) -> None:
    """The next opening stands there in the desk's zone, and the next closed day."""
    hours = "\n[deadlines.hours]\nmon = ['09:00-18:00']\ntue = ['09:00-18:00']\n"
    holidays = "[deadlines.holidays]\ncountry = 'ES'\nsubdivision = 'MD'\n"

    result = desk.check(more=hours + holidays, now=NOON.replace(hour=hour))["calendar"]

    assert result.ok
    assert said in result.detail
    assert "ES-MD" in result.detail
    assert "2026-12-07" in result.detail


def test_calendar_of_a_mailbox_is_told_where_it_differs(desk: Desk) -> None:
    """A mailbox with another zone, other hours or other holidays has a line of its own; one with
    the desk's calendar has none."""
    assert "support.calendar" not in desk.check(more='[mailbox.deadlines]\nanswer_within = "1h"\n')
    own = """
    [mailbox.deadlines]
    timezone = "Atlantic/Canary"
    [mailbox.deadlines.hours]
    mon = ["09:00-11:00"]
    [mailbox.deadlines.holidays]
    country = "ES"
    subdivision = "CN"
    """

    results = desk.check(more=own)

    assert results["calendar"].detail == "open now (Europe/Madrid), no public holidays"
    assert results["support.calendar"].detail == (
        "opens 2026-11-30 09:00 (Atlantic/Canary), holidays of ES-CN, next closed day 2026-12-08"
    )


def test_clock_of_another_century_fails(desk: Desk) -> None:
    """A machine that thinks it is 1970 cannot keep a deadline."""
    assert failing(desk.check(now=datetime(1970, 1, 1, tzinfo=UTC))) == ["clock"]


def test_what_the_service_remembers_of_an_outage_is_said(desk: Desk) -> None:
    """Since when, why, and when it tries again; reading is tried now and fails no check by that,
    but nothing is sent, and so a check fails where nothing could be."""
    desk.check()
    database = f"sqlite:///{desk.path.parent}/mailresponder.db"
    with closing(Store.open(database)) as store, store.begin() as conn:
        mailboxes.failed(conn, "support", NOON - HOUR, "no more today", Way.SENDING)
        mailboxes.rest(conn, "support", NOON + HOUR, Way.SENDING)
        mailboxes.failed(conn, "support", NOON - HOUR, "went away", Way.READING)
    results = desk.check()

    said = results["support.sending"]
    assert said.detail == "failing since 2026-11-23 12:00: no more today"
    assert "tries again at 2026-11-23 14:00" in said.mend
    assert results["support.reading"].detail == "failing since 2026-11-23 12:00: went away"
    assert failing(results) == ["support.sending"]


def test_who_has_a_mailbox_in_hand_is_said(desk: Desk) -> None:
    """By machine and process, with the mailboxes, of which few are named; a lease that has ended is
    nobody's."""
    assert "instances" not in desk.check()
    database = f"sqlite:///{desk.path.parent}/mailresponder.db"
    names = ["support", *(f"box{number}" for number in range(6))]
    with closing(Store.open(database)) as store, store.begin() as conn:
        for name in names:
            assert leases.acquire(conn, leases.of_mailbox(name), "desk1:812:x", HOUR, NOON)
        sales = leases.of_mailbox("sales")
        assert leases.acquire(conn, sales, "desk2:7:x", HOUR, NOON - HOUR)
    said = desk.check()["instances"]

    assert said.ok
    assert said.detail == "desk1, process 812: box0, box1, box2, box3, box4 and 2 more"


def test_a_configuration_that_was_refused_is_said(desk: Desk) -> None:
    """It fails nothing: the process goes on by the one before."""
    assert "reload" not in desk.check()
    database = f"sqlite:///{desk.path.parent}/mailresponder.db"
    with closing(Store.open(database)) as store, store.begin() as conn:
        refusals.note(conn, Refusal(process="run at desk1", why="desk.name: missing", at=NOON))
    said = desk.check()["reload"]

    assert (said.ok, said.warning) == (True, True)
    assert "run at desk1 refused the configuration at 2026-11-23 13:00" in said.detail
    assert "desk.name: missing" in said.detail


def test_the_database_is_opened_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is looked up there, and by how many checks."""
    opened = []
    opening = Store.open
    monkeypatch.setattr(Store, "open", lambda url: opened.append(url) or opening(url))
    results = desk.check()

    assert results["learnt"].ok
    assert results["support.ledger"].ok
    assert len(opened) == 1


def test_test_mail_arrives(tmp_path: Path, dovecot: Dovecot, dovecot_user: MailUser) -> None:
    """A test mail is sent to the mailbox itself, sealed as our own, and seen there."""

    def deliver(mail: SentMail) -> None:
        dovecot.deliver(dovecot_user.name, mail.content)

    with SmtpSink(deliver=deliver) as sink:
        desk = Desk(tmp_path, dovecot, dovecot_user, sink.port)

        results = desk.check(trial=Trial(), clock=utc_now)

    assert list(results) == [
        *(*OF_THE_DESK, *READING, *WRITING),
        *("support.test_mail", "support.signature", "support.clock", "example.test.dns"),
    ]
    assert failing(results) == []
    [mail] = sink.received
    assert mail.recipient == mail.sender == dovecot_user.name
    secret = (tmp_path / "mailresponder.secret").read_bytes()
    message_id = next(
        line.split(b": ")[1].decode()
        for line in mail.content.splitlines()
        if line.lower().startswith(b"message-id")
    )
    assert Signer(secret).verify(message_id)


def test_test_mail_that_never_arrives(desk: Desk, smtp_sink: SmtpSink) -> None:
    """After the patience is over the check fails; it looked again and again until then."""
    ticks = count()
    pauses: list[float] = []

    results = desk.check(
        clock=lambda: NOON + timedelta(seconds=next(ticks)),
        trial=Trial(patience=timedelta(seconds=5), pause=pauses.append),
    )

    assert failing(results) == ["support.test_mail"]
    assert len(smtp_sink.received) == 1
    assert len(pauses) >= 2


def test_test_mail_that_is_refused(desk: Desk, smtp_sink: SmtpSink) -> None:
    """What the server said is told."""
    smtp_sink.answer("RCPT", "550 5.7.1 not allowed")

    results = desk.check(trial=Trial())

    assert failing(results) == ["support.test_mail"]
    assert "550" in results["support.test_mail"].detail


def test_keywords_that_a_server_does_not_speak_of(desk: Desk) -> None:
    """What a server does not say is not held against it: no check fails, and the wording is so."""
    listed = b'* LIST (\\Sent) "/" Sent\r\n{tag} OK done\r\n'
    with ScriptedServer(greeting=IMAP_GREETING, rules=imap_rules((b"LIST", listed))) as server:
        results = desk.check(imap=server.port, security="none")

    assert failing(results) == []
    said = results["support.keywords"].detail
    assert said.startswith("the server does not say that it keeps keywords")


def test_certificates_are_told_in_good_time(
    tmp_path: Path, authority: trustme.CA, smtp_sink: SmtpSink
) -> None:
    """One that ends soon warns, then fails; one that has ended or is another's keeps everybody out,
    and what it says of itself is told, over TLS and STARTTLS."""
    now = utc_now()

    def issued(name: str, days: int) -> trustme.LeafCert:
        begins = now - timedelta(days=80)
        ends = now + timedelta(days=days, hours=1)
        return authority.issue_cert(name, not_before=begins, not_after=ends)

    soon, very_soon, ended, other = (f"127.0.0.{number}" for number in range(2, 6))
    certificates = {
        soon: issued(soon, 10),
        very_soon: issued(very_soon, 1),
        ended: issued(ended, -2),
        other: issued("mail.example.com", 90),
    }
    with Dovecot(authority=authority, certificates=certificates) as server:
        user = server.add_user("support@example.test")
        desk = Desk(tmp_path, server, user, smtp_sink.port)
        starttls = {"imap": server.imap_port, "security": "starttls"}

        results = desk.check(clock=utc_now, host=soon)
        assert failing(results) == []
        assert results["support.imap_tls"].warning
        assert "by trustme" in results["support.imap_tls"].detail
        assert "good for 10 days" in results["support.imap_tls"].detail

        results = desk.check(clock=utc_now, host=very_soon, **starttls)
        assert failing(results) == ["support.imap_tls"]
        assert results["support.imap"].ok

        results = desk.check(clock=utc_now, host=ended, **starttls)
        assert failing(results) == ["support.imap"]
        assert f"has expired: it is for {ended}, by trustme" in results["support.imap"].detail
        assert f"to {now - timedelta(days=2) + HOUR:%Y-%m-%d}" in results["support.imap"].detail

        results = desk.check(clock=utc_now, host=other)
        assert failing(results) == ["support.imap"]
        assert "another host name: it is for mail.example.com" in results["support.imap"].detail


def test_a_mailbox_that_is_nearly_full_warns_and_a_full_one_fails(
    tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    """By Dovecot's quota; the status of a full one is one of those that may pass."""
    mail = b"From: a@example.com\r\nMessage-ID: <%d@example.com>\r\n\r\nHello\r\n"
    user = dovecot.add_user("filling@example.test", quota="*:messages=10")
    desk = Desk(tmp_path, dovecot, user, smtp_sink.port)
    dovecot.deliver(user.name, *(mail % number for number in range(9)))
    found = desk.check(clock=utc_now)["support.quota"]
    assert found.warning
    assert found.detail == "9 of 10 messages (90 %)"

    dovecot.deliver(user.name, mail % 9)
    results = desk.check(clock=utc_now)
    assert failing(results) == ["support.quota"]
    assert results["support.quota"].status == 75


def test_what_the_smtp_server_takes(desk: Desk, dovecot: Dovecot, dovecot_user: MailUser) -> None:
    """Its certificate, its sign-in, and a limit that is too small for the answers with files."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    dovecot.authority.issue_cert("127.0.0.1").configure_cert(context)
    users = {dovecot_user.name: dovecot_user.password}
    with SmtpSink(starttls=context, users=users, size=5_000_000, smtputf8=True) as sink:
        results = desk.check(smtp=sink.port, smtp_security="starttls", smtp_user=dovecot_user.name)
        assert sink.received == []

    assert failing(results) == []
    assert results["support.smtp_tls"].detail.startswith("TLSv1.3, certificate for 127.0.0.1")
    assert results["support.smtp"].detail.startswith("signed in at")
    limits = results["support.smtp_limits"]
    assert limits.warning
    assert "mails up to 5.0 MB; sign-in by LOGIN PLAIN" in limits.detail
    assert "attachments_mb = 3" in limits.mend


def test_the_clock_of_a_server_that_tells_it(desk: Desk) -> None:
    """In its greeting, as many an SMTP server does: some minutes warn, hours fail."""
    for ours, ok, said in (
        (NOON, True, "within 1 min"),
        (NOON - timedelta(minutes=4), True, "4 min behind"),
        (NOON + 5 * HOUR, False, "5 h ahead"),
    ):
        greeting = b"220 mx ESMTP Exim Mon, 23 Nov 2026 13:00:00 +0100\r\n"
        with ScriptedServer(greeting=greeting, rules=[], otherwise=b"250 ok\r\n") as server:
            found = desk.check(smtp=server.port, now=ours)["support.clock"]
        assert found.ok is ok
        assert said in found.detail


def test_a_mail_from_the_future_tells_of_a_clock(desk: Desk, dovecot: Dovecot) -> None:
    """The server took it later than it is by our clock."""
    mail = b"From: a@example.com\r\nMessage-ID: <a@example.com>\r\n\r\nHello\r\n"
    dovecot.deliver(desk.user.name, mail)

    results = desk.check(now=utc_now() - 2 * HOUR)

    assert failing(results) == ["support.clock"]
    assert "2 h behind" in results["support.clock"].detail


def test_the_domain_is_looked_up_once(desk: Desk) -> None:
    """By whom one names; that nobody answers fails nothing."""
    with Nameserver() as server:
        server.txt("example.test", "v=spf1 -all", "v=spf1 ~all")
        server.txt("_dmarc.example.test", "v=DMARC1; p=none")
        found = desk.check(dns=server.resolver())
        assert failing(found) == ["example.test.spf"]
        assert list(found)[-4:] == [f"example.test.{w}" for w in ("mx", "spf", "dkim", "dmarc")]
        assert server.asked.count(("_dmarc.example.test", "TXT", "udp")) == 1
        dead = server.resolver(patience=0.1)
    results = desk.check(dns=dead)
    assert failing(results) == []
    assert results["example.test.dns"].warning


def test_a_mailbox_may_be_named_as_its_domain(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are looked at; and a DNS that never comes to an end warns and fails nothing."""
    with Nameserver() as server:
        server.records["example.test", "TXT"] = SILENT
        more = SECOND.format(port=1).replace('"slow"', '"example.test"', 1)
        monkeypatch.setattr(checking, "PATIENCE", 2.0)
        results = desk.check(more=more, only=["example.test"], dns=server.resolver(patience=9))

    assert failing(results) == ["example.test.imap", "example.test.smtp"]
    assert results["example.test.timeout"].warning


SECOND = """
[[mailbox]]
name = "slow"
address = "slow@example.test"
[mailbox.imap]
host = "127.0.0.1"
port = {port}
security = "starttls"
username = "slow"
password = "word"
[mailbox.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
"""


def test_a_server_that_never_ends_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check comes to its end, with a test mail too, and says of which mailbox it knows nothing;
    one that was not asked for is not looked at."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        more = SECOND.format(port=silent.getsockname()[1])
        assert failing(desk.check(more=more, only=["support"])) == []
        monkeypatch.setattr(checking, "PATIENCE", 0.5)
        results = desk.check(more=more, only=["slow"])

        tried = desk.check(more=more, only=["slow"], trial=Trial(patience=timedelta()))

    for found in (results, tried):
        assert failing(found) == ["slow.timeout"]
        assert found["slow.timeout"].status == 75
        assert "support.imap" not in found
