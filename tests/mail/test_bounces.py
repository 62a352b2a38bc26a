"""Bounces and delays in words: each family of mail systems, and people who write about one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.mail.automatic import Kind, classify
from mailresponder.mail.bounces import recipients_in, resembles_bounce, status_in
from mailresponder.mail.message import InboundMessage, RawMessage, ReportKind
from mailresponder.mail.parse import parse

RETURNED = (
    "Return-Path: <support@shop.example>\nReceived: from mail.shop.example ([192.0.2.7])\n"
    "\tby mx.example.net with SMTP; Mon, 2 Nov 2026 09:00:00 +0000\n"
    "Message-ID: <ours@shop.example>\nFrom: support@shop.example\nSubject: Order\n\nHello\n"
)


def mail(sender: str, subject: str, body: str, *headers: str) -> InboundMessage:
    head = [f"From: {sender}", f"Subject: {subject}", *headers]
    content = "\n".join([*head, "", body]).encode()
    return parse(RawMessage(uid=1, received_at=datetime(2026, 11, 2, tzinfo=UTC), content=content))


QMAIL = mail(
    "MAILER-DAEMON@mx.example.net",
    "failure notice",
    "Hi. This is the qmail-send program at mx.example.net.\n"
    "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
    "<Jo@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
    f"--- Below this line is a copy of the message.\n\n{RETURNED}",
)
EXIM = mail(
    "Mail Delivery System <Mailer-Daemon@mx.example.net>",
    "Mail delivery failed: returning message to sender",
    "This message was created automatically by mail delivery software.\n\n"
    "A message that you sent could not be delivered to one or more of its\n"
    "recipients. This is a permanent error. The following address(es) failed:\n\n"
    "  jo@example.net\n    host mx.example.net [192.0.2.1]: 550 5.1.1 unknown user\n\n"
    f"------ This is a copy of the message, including all the headers. ------\n\n{RETURNED}",
    "X-Failed-Recipients: jo@example.net",
)
EXCHANGE = mail(
    "System Administrator <postmaster@example.net>",
    "Undeliverable: Order",
    "Your message\n\n  To:      jo@example.net\n  Subject: Order\n\n"
    "did not reach the following recipient(s):\n\njo@example.net on Mon, 2 Nov 2026\n"
    f"    The recipient name is not recognized 5.1.1\n\n{RETURNED}",
)
DOMINO = mail(
    "Postmaster@example.net",
    "DELIVERY FAILURE: User jo not listed in Directory",
    "Your message\n\n  Subject: Order\n\nwas not delivered to:\n\n  jo@example.net\n\n"
    f"because:\n\n  550 5.1.1 User not listed\n\n{RETURNED}",
)
IMAIL = mail(
    '"Postmaster" <postmaster@example.net>',
    "Undeliverable Mail",
    f"Unknown user 5.1.1: jo@example.net\n\n\nOriginal message follows.\n\n{RETURNED}",
)
GATEWAY = mail(
    "E1_SMTP_Mail_Service@example.net",
    "Returned Mail - Error During Delivery",
    "------ Failed Recipients ------\n\n<jo@example.net>: mailbox unavailable 5.1.1\n"
    f"-------- Returned Mail --------\n\n{RETURNED}",
)
JAPANESE = mail(
    "no-reply@example.net",
    "=?utf-8?b?44Oh44O844Or44Ko44Op44O86YCa55+l?=",
    "次のあて先へのメッセージはエラーのため送信できませんでした。\n\n"
    f"<jo@example.net>: 550 5.1.1 user unknown\n\n{RETURNED}",
    "Content-Type: text/plain; charset=utf-8",
)
SPANISH = mail(
    "postmaster@example.net",
    "No se puede entregar: Pedido",
    "Su mensaje no ha podido ser entregado a los siguientes destinatarios:\n\n"
    "jo@example.net (5.1.1: usuario desconocido)\n\n"
    f"----- Mensaje original adjunto -----\n{RETURNED}",
)
FRENCH = mail(
    "Internet Mail Delivery <relay@example.net>",
    "Non remis : Order",
    f"Votre message n'a pas pu être délivré à jo@example.net\n550 5.1.1 inconnu\n\n{RETURNED}",
    "Content-Type: text/plain; charset=utf-8",
)
FAMILIES = [QMAIL, EXIM, EXCHANGE, DOMINO, IMAIL, GATEWAY, JAPANESE, SPANISH, FRENCH]


@pytest.mark.parametrize("message", FAMILIES)
def test_families(message: InboundMessage) -> None:
    """A bounce in words says which mail failed, for whom and why, as a delivery status would."""
    found = classify(message)
    report = message.report

    assert found.kind is Kind.BOUNCE
    assert found.reasons[0] == "bounce_wording"
    assert report is not None
    assert (report.kind, report.in_words) == (ReportKind.FAILED, True)
    assert report.original_ids == ("<ours@shop.example>",)
    assert report.recipients == ("jo@example.net",)
    assert report.status == "5.1.1"


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (
            "Mailer-Daemon@mx.example.net",
            "Warning: message 1aBcDe-0000 delayed 24 hours",
            "A message that you sent has not yet been delivered to jo@example.net.",
        ),
        (
            "postmaster@example.net",
            "Mail Delivery Warning",
            (
                "Delivery of email to this address\n\n  jo@example.net\n\nhas been postponed.\n"
                "We will continue to try to deliver your message."
            ),
        ),
        (
            "AntiVirus_for_SMTP_Gateways@example.net",
            "Delivery failure notification",
            (
                "Your message with Subject: Order could not be delivered to:\n\njo@example.net\n\n"
                "Delivery attempts will continue to be made for 5 day(s)."
            ),
        ),
    ],
)
def test_delays(sender: str, subject: str, body: str) -> None:
    """A warning that delivery goes on is no failure."""
    message = mail(sender, subject, body)

    assert classify(message).kind is Kind.DELAY
    assert message.report is not None
    assert message.report.recipients == ("jo@example.net",)


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        (
            "Message-ID: <rewritten@provider.example>\nX-Mailresponder-ID: <ours@shop.example>",
            ("<ours@shop.example>", "<rewritten@provider.example>"),
        ),
        (
            "X-Microsoft-Original-Message-ID:\n <ours@shop.example>\nMessage-ID: <new@x.example>",
            ("<new@x.example>", "<ours@shop.example>"),
        ),
        ("> Message-Id:<ours@shop.example>", ("<ours@shop.example>",)),
        ("In-Reply-To: <theirs@customer.test>\nReferences: <theirs@customer.test>", ()),
    ],
)
def test_ids_of_the_returned_mail(returned: str, expected: tuple[str, ...]) -> None:
    """Our own copy of the id goes first, then Message-ID, then what providers kept of it."""
    message = mail(
        "MAILER-DAEMON@mx.example.net",
        "failure notice",
        f"Unable to deliver message to the following address(es).\n\n<jo@example.net>:\n550 no\n\n"
        f"--- Original message follows.\n\n{returned}\n",
        "Message-ID: <bounce@mx.example.net>",
        "In-Reply-To: <other@shop.example>",
        "References: <other@shop.example>",
    )

    assert message.report is not None
    assert message.report.original_ids == expected


def test_returned_as_a_part() -> None:
    """The mail that came back as a part of its own is found, and so is its header alone."""
    for kind in ("message/rfc822", "text/rfc822-headers"):
        message = mail(
            "MAILER-DAEMON@mx.example.net",
            "Undeliverable mail",
            f"--b\n\nFailed to deliver to '<jo@example.net>'\n550 unknown user\n"
            f"--b\nContent-Type: {kind}\n\n{RETURNED}\n--b--\n",
            "Content-Type: multipart/mixed; boundary=b",
        )

        assert message.report is not None
        assert message.report.original_ids == ("<ours@shop.example>",)
        assert message.report.status == "5.0.0"


PASTED = "This is the mail system at host mx.example.net.\n<jo@example.net>: 550 5.1.1 unknown user"


@pytest.mark.parametrize(
    "message",
    [
        mail("postmaster@customer.test", "Your mails", "Hello, we cannot reach your server."),
        mail(
            "postmaster@customer.test",
            "Mail problem",
            "Hello, your messages could not be delivered to our users: 550 5.7.1 SPF. Please help.",
        ),
        mail("postmaster@customer.test", "RE: Undelivered Mail", f"Hi, we fixed it.\n\n{PASTED}"),
        mail("postmaster@customer.test", "Fwd: failure notice", PASTED),
        mail("service@customer.test", "RV: failure notice", f"¿Qué hago?\n\n{PASTED}"),
        mail("service@customer.test", "My invoice", f"I got this from you:\n\n{PASTED}"),
        mail("ana@customer.test", "failure notice", f"Hello, I get this:\n\n{PASTED}"),
        mail(
            "ana@customer.test",
            "Delivery failure: order 7",
            "The courier says: address unknown, returned to sender.",
            "Return-Path: <>",
        ),
        mail(
            "ana@customer.test",
            "Delayed delivery of my sofa",
            "The delivery of the sofa has been delayed again. I will not wait.",
            "Return-Path: <>",
        ),
        mail(
            "ana@customer.test",
            "Pedido no entregado",
            "El pedido no ha podido ser entregado, dice el repartidor.",
            "Return-Path: <>",
        ),
    ],
)
def test_people(message: InboundMessage) -> None:
    """Who writes about a bounce, pastes or forwards one, from whatever address, is a person."""
    assert classify(message).kind is Kind.HUMAN
    assert message.report is None


def test_a_pasted_bounce_without_a_word() -> None:
    """A bounce that a person's address sends on without a word is a ticket, but gets no answer."""
    message = mail("ana@customer.test", "failure notice", PASTED)

    assert classify(message).kind is Kind.HUMAN
    assert resembles_bounce(message.subject, message.text)


def test_recipients_and_status() -> None:
    """Addresses are taken from where bounces name them, and a plain code gives a class."""
    words = "From: me@shop.example\nUser unknown: Jo@Example.net\n  al@example.net\n421 busy"

    assert recipients_in(words) == ("jo@example.net", "al@example.net")
    assert status_in(words) == "4.0.0"
    assert status_in("450 busy\n551 not our customer") == "5.0.0"
    assert status_in("<jo@example.net>: 552 5.2.2 over quota at 192.5.1.1") == "5.2.2"
    assert status_in("no code, only 192.5.1.1 and order 5501") is None
    assert len(recipients_in("\n".join(f"a{n}@example.net" for n in range(200)))) == 50


@given(st.text(max_size=400), st.text(max_size=2_000))
def test_any_text(subject: str, text: str) -> None:
    """Whatever the words are, they are judged."""
    assert resembles_bounce(subject, text) in (True, False)


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (
            "System Administrator <tom@customer.test>",
            "Rejected mail",
            "Your mail to tom@customer.test was rejected by our filter. Please send it as PDF.",
        ),
        (
            "service@customer.test",
            "Mail not delivered",
            "Your invoice mail was not delivered. Please send it again to tom@customer.test.",
        ),
    ],
)
def test_ordinary_addresses_are_peoples(sender: str, subject: str, body: str) -> None:
    """A name or a house's common address makes no mail system of a person who writes of mail."""
    assert classify(mail(sender, subject, body)).kind is Kind.HUMAN


def test_a_mail_system_that_gives_an_address_and_a_reason() -> None:
    """From postmaster, whom and why says enough."""
    found = mail("postmaster@mx.example.com", "Status", "jo@example.net\n550 mailbox unavailable")

    assert classify(found).kind is Kind.BOUNCE
