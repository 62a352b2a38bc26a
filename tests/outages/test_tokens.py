"""A mailbox that signs in by a token: at a Dovecot that verifies it, through a day of the desk, and
what the admins hear when the sign-in ends."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from breaking import Outage
from desks import text_of
from offices import EMMA, OPS, Office, complaint, subjects
from servers.dovecot import MailUser
from servers.oauth import OAuthServer
from servers.smtp_sink import SmtpSink
from structlog.typing import EventDict

from mailresponder import config
from mailresponder.app import App
from mailresponder.errors import TemporaryFailure
from mailresponder.jobs import checking, health
from mailresponder.jobs.health import Trouble
from mailresponder.jobs.results import CheckResult
from mailresponder.store.mailboxes import Way
from mailresponder.transport.grants import Grant
from mailresponder.transport.kept_grants import Kept, keep
from mailresponder.transport.oauth2_client import public_client_of
from mailresponder.transport.token_store import FileStore, store_for

Lines = Callable[[str], list[EventDict]]

OAUTH2 = """
[mailbox.oauth2]
client_id = "desk"
client_secret = "a client secret"
sign_in = "{sign_in}"
account = "ana@example.com"
token_url = "{token}"
device_url = "{device}"
"""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A desk that reads and sends by a person's token, for a mailbox that is not that person's."""

    outage: Outage
    server: OAuthServer
    sink: SmtpSink
    user: MailUser

    @property
    def office(self) -> Office:
        return self.outage.office

    def open(self, *, sign_in: str = "person") -> None:
        office = self.office
        office.configure()
        text = office.path.read_text()
        text = text.replace('password = "correct horse"', 'oauth2 = "other"')
        text = text.replace('username = ""\n', "")
        urls = {"token": self.server.url("token"), "device": self.server.url("device")}
        text = text.replace("\n[staff]", OAUTH2.format(sign_in=sign_in, **urls) + "[staff]")
        office.path.write_text(text)
        office._apps.append(App.open(config.load(office.path), clock=office.clock))

    def login(self) -> None:
        """Ana signs in."""
        loaded = self.office.app.config
        now = self.office.clock.now
        grant = Grant(
            access_token=self.server.token("ana@example.com"),
            expires_at=now + timedelta(hours=1),
            refresh_token=self.server.sign_in("ana@example.com"),
            obtained_at=now,
        )
        kept = keep(public_client_of(loaded.mailboxes[0]), grant, now=now)
        store_for(loaded.tokens_path, kind="file").save("support", kept)

    def hang_up(self) -> None:
        """As a provider does with a connection whose token has ended."""
        self.outage.runner().close()

    def troubles(self) -> list[Trouble]:
        app = self.office.app
        with app.store.read() as conn:
            found = health.look(conn, app.config, broken=0, now=self.office.clock.now)
        return [finding.trouble for finding in found.findings]


@pytest.fixture
def desk(outage: Outage, dovecot_user: MailUser) -> Iterator[Desk]:
    with OAuthServer() as server, SmtpSink(lets_in=server.lets_in) as sink:
        server.opens = {"ana@example.com": dovecot_user.name}
        outage.smtp.server_port = sink.port
        outage.office.sink = sink
        yield Desk(outage=outage, server=server, sink=sink, user=dovecot_user)


def test_a_persons_token_opens_the_shared_mailbox(desk: Desk) -> None:
    """The user name is the shared address, the token Ana's: mail is read, acknowledged and filed,
    and hours later, on a new connection, with the next token."""
    desk.open()
    desk.login()
    desk.office.receive(complaint())
    desk.office.run_well()
    assert len(desk.office.sent_to(EMMA)) == 1
    assert desk.sink.signed_in == [f"XOAUTH2 {desk.user.name}"]

    desk.hang_up()
    desk.office.clock.advance(hours=5)
    desk.office.receive(complaint("eva@customer.test", subject="Broken"))
    desk.office.run_well()
    assert len(desk.office.sent_to("eva@customer.test")) == 1


def test_who_has_not_signed_in_is_told_the_command(desk: Desk, said: Lines) -> None:
    """One mailbox without a sign-in is an outage of that mailbox, and the first pass after somebody
    signed in ends it."""
    desk.open()
    report = desk.outage.tick()
    assert report.exit_status == 77
    fault = desk.outage.fault(Way.READING)
    assert fault is not None
    assert "mailresponder login support" in fault.why
    assert len(said("failing")) == 2  # reading, sending

    desk.login()
    assert desk.outage.minutes_until_well(Way.READING) == 0


def test_a_revoked_sign_in_is_told_before_mail_stops(desk: Desk, said: Lines) -> None:
    """Half an hour before the end the admins get one mail that says what to do; mail flows until
    then, and signing in in time makes no outage of it."""
    desk.open()
    desk.login()
    desk.outage.tick()
    desk.server.revoke_all()
    desk.office.clock.advance(minutes=31)
    desk.office.receive(complaint())
    desk.outage.tick()

    assert len(desk.office.sent_to(EMMA)) == 1
    [told] = desk.office.sent_to(OPS)
    assert told["Subject"] == ("Acme Support: the sign-in of the mailbox support is about to end")
    text = " ".join(text_of(told).split())
    assert "mailresponder login support" in text
    assert "until 2025-03-10 11:00" in text
    assert desk.troubles() == [Trouble.SIGN_IN_ENDING]
    desk.outage.ticks(3)
    assert len(said("sign_in_ending")) == 1

    desk.login()
    desk.hang_up()
    desk.outage.tick()
    assert subjects(desk.office.sent_to(OPS))[1:] == [
        "Acme Support: the sign-in of the mailbox support is in order again"
    ]
    assert desk.troubles() == []
    assert said("failing") == []


def test_a_mailbox_that_has_a_password_now_has_no_sign_in_to_end(desk: Desk) -> None:
    """What was known of its tokens is forgotten with the first pass of the changed desk."""
    desk.open()
    desk.login()
    desk.outage.tick()
    desk.server.revoke_all()
    desk.office.clock.advance(minutes=31)
    desk.outage.tick()
    assert desk.troubles() == [Trouble.SIGN_IN_ENDING]
    desk.office.reopen()
    desk.outage.tick()
    assert desk.troubles() == []


def test_a_sign_in_that_is_over_stops_one_mailbox_only_until_login(desk: Desk, said: Lines) -> None:
    """What was not mended in time is an outage that says what to do, told once."""
    desk.open()
    desk.login()
    desk.outage.tick()
    desk.server.revoke_all()
    desk.hang_up()
    desk.office.clock.advance(hours=2)
    desk.outage.ticks(3, minutes=20)
    fault = desk.outage.fault(Way.READING)
    assert fault is not None
    assert "mailresponder login support" in fault.why
    assert Trouble.FAILING in desk.troubles()
    assert Trouble.SIGN_IN_ENDING not in desk.troubles()

    desk.login()
    assert desk.outage.minutes_until_well(Way.READING) == 0
    assert len(said("failing")) == 2  # reading, sending


def test_an_authorization_server_that_is_away_is_no_outage(desk: Desk) -> None:
    """While the token does, nobody is told of anything."""
    desk.open()
    desk.login()
    desk.outage.tick()
    desk.server.misdeeds.extend([lambda handler: handler.close_connection] * 50)
    desk.office.clock.advance(minutes=31)
    desk.office.receive(complaint())
    desk.outage.ticks(3)
    assert len(desk.office.sent_to(EMMA)) == 1
    assert desk.office.sent_to(OPS) == []


def test_an_organisations_own_application_needs_no_login(desk: Desk) -> None:
    """Client credentials let it in from the first pass on."""
    desk.server.person = desk.user.name
    desk.open(sign_in="client_credentials")
    desk.office.receive(complaint())
    desk.office.run_well()
    assert len(desk.office.sent_to(EMMA)) == 1


def test_a_reload_goes_on_with_what_could_not_be_written_down(desk: Desk) -> None:
    """A refresh token that is on no disk outlives SIGHUP; another client begins anew."""
    desk.open()
    desk.login()
    desk.outage.tick()
    desk.hang_up()
    desk.office.clock.advance(hours=2)
    app, before = desk.office.app, desk.outage.runner()
    with pytest.MonkeyPatch.context() as full:
        full.setattr(FileStore, "save", _no_room)
        desk.outage.tick()
        asked = len(desk.server.asked)

        app.reload(config.load(desk.office.path))
        after = desk.outage.runner()
        after.take_over(before)
        assert after is not before
        assert after.run_pass().exit_status == 0
        assert len(desk.server.asked) == asked

    text = desk.office.path.read_text()
    desk.office.path.write_text(text.replace('client_id = "desk"', 'client_id = "another"'))
    app.reload(config.load(desk.office.path))
    another = desk.outage.runner()
    another.take_over(after)
    assert another.run_pass().exit_status == 77


def _no_room(store: FileStore, mailbox: str, kept: Kept) -> None:
    raise TemporaryFailure("no room")


def test_no_token_is_where_it_does_not_belong(desk: Desk, said: Lines) -> None:
    """Neither the database nor the log nor a mail holds any secret of a whole run, refusals
    included; the token file holds the present ones alone."""
    desk.open()
    desk.login()
    desk.outage.tick()
    for _ in range(3):
        desk.hang_up()
        desk.office.clock.advance(hours=2)
        desk.outage.tick()
    desk.server.revoke_all()
    desk.hang_up()
    desk.office.clock.advance(hours=2)
    desk.outage.tick()
    secrets = [*desk.server.given, "a client secret"]
    assert len(secrets) > 8
    folder = desk.office.path.parent
    loaded = desk.office.app.config
    desk.office._close_apps()
    database = b"".join(path.read_bytes() for path in folder.glob("mailresponder.db*"))
    mails = b"".join(mail.content for mail in desk.sink.received)
    for secret in secrets:
        assert secret.encode() not in database
        assert secret.encode() not in mails
    kept = loaded.tokens_path.read_text()
    assert sum(secret in kept for secret in set(desk.server.given)) == 2


def checked(desk: Desk) -> CheckResult:
    app = desk.office.app
    results = checking.check(app.config, clock=desk.office.clock, environ={})
    return next(result for result in results if result.name == "support.sign_in")


def test_check_says_whether_a_sign_in_goes_on(desk: Desk) -> None:
    """Who gave it and when; and, once it is refused, until when mail flows and what to do."""
    desk.open()
    desk.login()
    well = checked(desk)
    assert well.ok
    assert well.detail == (
        "somebody at the provider signed in on 2025-03-10; tokens are renewed by themselves"
    )
    desk.office.clock.advance(minutes=31)
    assert checked(desk).detail.startswith("ana@example.com at the provider signed in")

    desk.server.revoke_all()
    desk.office.clock.advance(minutes=31)
    refused = checked(desk)
    assert not refused.ok
    assert refused.detail.startswith("mail stops at 2025-03-10 11:31")
    assert "mailresponder login support" in refused.detail
