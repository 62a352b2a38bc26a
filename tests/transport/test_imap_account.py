from datetime import UTC, datetime, timedelta

from servers.accounts import ImapAccount as Settings
from servers.dovecot import Dovecot, MailUser
from servers.scripted import IMAP_GREETING, ScriptedServer, imap_rules

from mailresponder.transport.imap_account import ImapAccount, Quota

MAIL = b"From: a@example.com\r\nSubject: x\r\nMessage-ID: <x@example.com>\r\n\r\nHello\r\n"


def connected(dovecot: Dovecot, user: MailUser) -> ImapAccount:
    """A connection to Dovecot."""
    settings = Settings(port=dovecot.imap_port, username=user.name)
    return ImapAccount.connect(settings, user.password)


def test_what_a_server_can_do(dovecot: Dovecot, dovecot_user: MailUser) -> None:
    """As it says after sign-in."""
    with connected(dovecot, dovecot_user) as account:
        assert {"IDLE", "UIDPLUS", "MOVE", "QUOTA"} <= account.capabilities()


def test_how_much_room_there_is(dovecot: Dovecot) -> None:
    """Each limit with what is used of it; none where none is set."""
    user = dovecot.add_user("quota@example.test", quota="*:messages=4:storage=2M")
    dovecot.deliver(user.name, MAIL)

    with connected(dovecot, user) as account:
        found = account.quotas()

    assert found is not None
    assert Quota(resource="MESSAGE", used=1, limit=4) in found
    assert [one.limit for one in found if one.resource == "STORAGE"] == [2048]
    with connected(dovecot, dovecot.add_user("none@example.test")) as account:
        assert account.quotas() == []


def test_a_server_that_tells_no_quota() -> None:
    """It has no QUOTA, or refuses to say."""
    refused = [(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 QUOTA\r\n{tag} OK x\r\n")]
    refused.append((b"GETQUOTAROOT", b"{tag} NO [NOPERM] not for you\r\n"))
    for rules in ([], refused):
        with (
            ScriptedServer(greeting=IMAP_GREETING, rules=imap_rules(*rules)) as server,
            ImapAccount.connect(Settings(port=server.port), "x") as account,
        ):
            assert account.quotas() is None


def test_when_the_newest_mail_came(dovecot: Dovecot, dovecot_user: MailUser) -> None:
    """By the server's clock; an empty folder has none."""
    with connected(dovecot, dovecot_user) as account:
        account.select("INBOX", readonly=True)
        assert account.newest_at() is None
        dovecot.deliver(dovecot_user.name, MAIL)
        account.select("INBOX", readonly=True)
        newest = account.newest_at()
        assert account.received_at(99) is None

    assert newest is not None
    assert abs(newest - datetime.now(UTC)) < timedelta(minutes=10)
