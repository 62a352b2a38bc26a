"""What providers say when they have had enough, in their own words."""

from datetime import timedelta

import pytest
from servers.accounts import ImapAccount, SmtpAccount
from servers.scripted import IMAP_GREETING, ScriptedServer, imap_rules
from servers.smtp_sink import SmtpSink

from mailresponder.errors import ServerUnavailable, TemporaryFailure, Throttled, TooManyConnections
from mailresponder.transport import throttling
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.smtp import SmtpSender
from mailresponder.transport.smtp_session import MailRefused, RecipientRefused

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)

ACCOUNT_LIMITS = [
    ("550 5.4.5 Daily user sending limit exceeded. For more information, visit x - gsmtp", HOUR),
    ("550-5.4.5 Daily SMTP relay limit exceeded for user - gsmtp", HOUR),
    ("550 5.7.1 Daily SMTP relay limit exceeded for customer. - gsmtp", HOUR),
    ("450 4.2.1 Peak SMTP relay limit exceeded for this customer. - gsmtp", QUARTER),
    (
        (
            "550 5.7.1 Our system has detected an unusual rate of unsolicited mail originating from"
            " your IP address."
        ),
        HOUR,
    ),
    (
        (
            "550 5.1.90 Your message can't be sent because you've reached your daily limit for"
            " message recipients"
        ),
        HOUR,
    ),
    ("550 5.7.232 Your message can't be sent because your trial tenant has exceeded its", HOUR),
    ("550 5.7.233 Your message can't be sent because your tenant has exceeded its", HOUR),
    ("550 5.7.705 Access denied, tenant has exceeded threshold. AS831", HOUR),
    ("550 5.2.251 Sender throttled due to continuous mailbox full errors.", HOUR),
    ("554 5.2.0 STOREDRV.Submission.Exception:ErrorExceededMessageLimit; Failed to process", HOUR),
    (
        (
            "554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException."
            "MapiExceptionShutoffQuotaExceeded"
        ),
        HOUR,
    ),
    ("550 5.4.5 <a@example.com>: Recipient address rejected: Domain Sending Quota Exceeded", HOUR),
    (
        (
            "550 Domain example.com has exceeded the max emails per hour (125/100 (125%)) allowed."
            " Message discarded."
        ),
        HOUR,
    ),
]
ABOUT_ONE_MAIL = [
    "450 4.2.1 The user you are trying to contact is receiving mail too quickly.",
    "450 4.2.1 The user you are trying to contact is receiving email at a rate that prevents",
    "451 4.5.1 The recipient <a@example.com> has exceeded their message rate limit. Try again",
    "452 4.2.2 The recipient's inbox is out of storage space.",
    "452 4.3.1 Insufficient system storage",
    "552 5.2.2 mailbox quota exceeded",
    "552 5.3.4 Message size exceeds fixed limit",
    "550 5.1.1 The email account that you tried to reach does not exist.",
    "550 5.7.1 Message rejected: it is likely unsolicited",
    "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded",
    "421 4.7.0 Try again later, closing connection.",
]


def send(sender: SmtpSender, recipient: str = "ana@example.com") -> None:
    sender.send(
        envelope_sender="support@example.com", recipient=recipient, content=b"Subject: x\r\n\r\n"
    )


@pytest.mark.parametrize(("reply", "pause"), ACCOUNT_LIMITS)
def test_a_limit_of_the_account_is_known(reply: str, pause: timedelta) -> None:
    """Each is about us, whatever its code says, and names how long to leave it."""
    assert throttling.sending_pause(reply) == pause


@pytest.mark.parametrize("reply", ABOUT_ONE_MAIL)
def test_what_is_about_one_mail_is_none(reply: str) -> None:
    """A recipient's own limit, a full mailbox, a size and a bad address stop nobody else's mail."""
    assert throttling.sending_pause(reply) is None
    assert not throttling.too_many_connections(reply)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    "reply",
    [ACCOUNT_LIMITS[0][0], ACCOUNT_LIMITS[5][0], ACCOUNT_LIMITS[9][0], ACCOUNT_LIMITS[10][0]],
)
def test_no_mail_fails_for_a_limit_of_the_account(
    smtp_sink: SmtpSink, command: str, reply: str
) -> None:
    """At whatever command it comes: the server takes nothing for an hour, and no customer is held
    for unreachable, though 5.1.x and 5.2.x say so of others."""
    smtp_sink.answer(command, reply)
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        with pytest.raises(Throttled, match=reply[:9]) as caught:
            send(sender)
        assert caught.value.retry_after == HOUR
        assert not isinstance(caught.value, MailRefused)
        send(sender)
    assert len(smtp_sink.received) == 1


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_too_many_connections_are_told_apart(smtp_sink: SmtpSink, command: str) -> None:
    """Fewer of them would do, so it is no limit of the account."""
    smtp_sink.answer(command, "432 4.3.2 Concurrent connections limit exceeded.")
    with (
        SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender,
        pytest.raises(TooManyConnections, match="432") as caught,
    ):
        send(sender)
    assert caught.value.retry_after is None


def test_a_recipient_who_gets_too_much_waits_alone(smtp_sink: SmtpSink) -> None:
    """Gmail's 450 4.2.1 to RCPT postpones that mail, and the next one goes out."""
    smtp_sink.answer("RCPT", ABOUT_ONE_MAIL[0])
    with SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender:
        with pytest.raises(TemporaryFailure) as caught:
            send(sender)
        assert not isinstance(caught.value, ServerUnavailable)
        send(sender, "eva@example.com")
    assert len(smtp_sink.received) == 1


def test_a_full_mailbox_of_the_recipient_is_theirs(smtp_sink: SmtpSink) -> None:
    """Without STOREDRV.Submission, 5.2.2 is about the recipient."""
    smtp_sink.answer("RCPT", "550 5.2.2 mailbox full")
    with (
        SmtpSender(SmtpAccount(port=smtp_sink.port), None) as sender,
        pytest.raises(RecipientRefused),
    ):
        send(sender)


@pytest.mark.parametrize(
    ("reply", "kind", "pause"),
    [
        ("454 4.7.0 Too many login attempts, please try again later.", ServerUnavailable, QUARTER),
        ("432 4.3.2 Concurrent connections limit exceeded.", TooManyConnections, None),
        ("421 4.3.2 Service not available", ServerUnavailable, None),
    ],
)
def test_sign_ins_that_are_too_many(
    reply: str, kind: type[ServerUnavailable], pause: timedelta | None
) -> None:
    """They are no wrong password."""
    with SmtpSink(users={"support": "secret"}) as sink:
        sink.answer("AUTH", reply)
        account = SmtpAccount(port=sink.port, username="support")
        with SmtpSender(account, "secret") as sender, pytest.raises(kind) as caught:
            send(sender)
    assert type(caught.value) is kind
    assert caught.value.retry_after == pause


@pytest.mark.parametrize(
    ("reply", "kind", "pause"),
    [
        (
            (
                b"{tag} BAD Request is throttled. Suggested Backoff Time: 299910 milliseconds\r\n"
                b"* BYE Connection closed. 14\r\n"
            ),
            Throttled,
            timedelta(seconds=299.91),
        ),
        (
            b"{tag} NO Request is throttled. Suggested Backoff Time: 89117 milliseconds\r\n",
            Throttled,
            timedelta(seconds=89.117),
        ),
        (
            b"{tag} NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)\r\n",
            Throttled,
            None,
        ),
        (b"{tag} BAD User is authenticated but not connected.\r\n", Throttled, None),
        (b"{tag} NO Server Unavailable. 15\r\n", Throttled, None),
        (
            b"{tag} NO [ALERT] Too many simultaneous connections. (Failure)\r\n",
            TooManyConnections,
            None,
        ),
        (
            (
                b"{tag} NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded "
                b"(mail_max_userip_connections=10)\r\n"
            ),
            TooManyConnections,
            None,
        ),
        (b"* BYE Too many simultaneous connections. (Failure)\r\n", TooManyConnections, None),
        (b"{tag} NO [UNAVAILABLE] Temporary failure\r\n", TemporaryFailure, None),
    ],
)
def test_imap_servers_that_have_had_enough(
    reply: bytes, kind: type[TemporaryFailure], pause: timedelta | None
) -> None:
    """While a folder is opened: it passes, and what the server suggests is kept."""
    rules = imap_rules((b"EXAMINE", reply))
    with (
        ScriptedServer(greeting=IMAP_GREETING, rules=rules) as server,
        ImapMailbox.connect(
            ImapAccount(port=server.port, username="support"), "secret", timeout=2
        ) as mailbox,
        pytest.raises(kind) as caught,
    ):
        mailbox.select("INBOX", readonly=True)
    assert type(caught.value) is kind
    assert caught.value.retry_after == pause


def test_sign_in_over_imap_that_is_too_much() -> None:
    """Gmail refuses the sixteenth connection at its sign-in."""
    rules = imap_rules(
        (b"LOGIN", b"{tag} NO [ALERT] Too many simultaneous connections. (Failure)\r\n")
    )
    with (
        ScriptedServer(greeting=IMAP_GREETING, rules=rules) as server,
        pytest.raises(TooManyConnections),
    ):
        ImapMailbox.connect(ImapAccount(port=server.port, username="support"), "secret", timeout=2)
