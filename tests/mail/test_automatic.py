"""Machines are told from people, and every reason has its name."""

from datetime import UTC, datetime

import pytest

from mailresponder.mail.automatic import (
    RULES,
    Kind,
    classify,
    is_no_reply,
    responder_subject,
    suppression_requested,
)
from mailresponder.mail.message import Address, InboundMessage, RawMessage
from mailresponder.mail.parse import parse

TEXT = "My order did not arrive. When will it?"
THREAD = "In-Reply-To: <ours@example.net>"


def mail(
    *headers: str, body: str = TEXT, subject: str = "Order", author: str = ""
) -> InboundMessage:
    head = [f"From: {author or 'Ana <ana@example.com>'}", f"Subject: {subject}", *headers]
    content = "\n".join([*head, "", body]).encode()
    return parse(RawMessage(uid=1, received_at=datetime(2026, 11, 2, tzinfo=UTC), content=content))


def report(kind: str, part: str) -> InboundMessage:
    body = f"--b\n\nx\n--b\nContent-Type: {kind}\n\n{part}\n--b--\n"
    return mail("Content-Type: multipart/report; boundary=b", body=body)


def delivery(action: str) -> InboundMessage:
    return report("message/delivery-status", f"Final-Recipient: rfc822; a@b.test\nAction: {action}")


MACHINES = [
    ("abuse_report", Kind.ABUSE_REPORT, report("message/feedback-report", "Feedback-Type: abuse")),
    (
        "complaint",
        Kind.ABUSE_REPORT,
        mail(
            "Content-Type: multipart/mixed; boundary=b",
            subject="complaint about message from 192.0.2.7",
            body="--b\nContent-Type: message/rfc822\n\nSubject: Order\n\nHello\n--b--\n",
        ),
    ),
    (
        "aggregate_report",
        Kind.ABUSE_REPORT,
        mail(subject="Report Domain: shop.example Submitter: example.net Report-ID: <1>"),
    ),
    ("delivery_failed", Kind.BOUNCE, delivery("failed")),
    ("delivery_delayed", Kind.DELAY, delivery("delayed")),
    ("delivery_reported", Kind.RECEIPT, delivery("delivered")),
    (
        "delivery_delayed",
        Kind.DELAY,
        mail(
            author="postmaster@example.com",
            subject="Delayed mail (still being retried)",
            body="Your message has not yet been delivered. You do not need to resend it.",
        ),
    ),
    (
        "read_receipt",
        Kind.RECEIPT,
        report("message/disposition-notification", "Disposition: manual-action; displayed"),
    ),
    ("read_receipt", Kind.RECEIPT, mail(subject="Leído: Pedido", body="El mensaje fue leído hoy.")),
    ("mailer_daemon", Kind.BOUNCE, mail(author="Mail Delivery <MAILER-DAEMON@example.com>")),
    ("mailer_daemon", Kind.BOUNCE, mail(author="MAILER-DAEMON <>")),
    ("mailer_daemon", Kind.BOUNCE, mail(author='<"System Administrator"@example.com>')),
    ("mailer_daemon", Kind.BOUNCE, mail("X-MS-Exchange-Message-Is-Ndr:")),
    (
        "bounce_wording",
        Kind.BOUNCE,
        mail(
            "Return-Path: <>",
            subject="Undeliverable: Order",
            author="System@example.com",
            body="Your message could not be delivered to jo@example.net.",
        ),
    ),
    ("auto_submitted", Kind.AUTO_REPLY, mail("Auto-Submitted: auto-replied")),
    ("auto_submitted", Kind.AUTO_REPLY, mail("auto-submitted: (x) Auto-Generated; owner=y")),
    ("auto_submitted", Kind.AUTO_REPLY, mail("Auto-Submitted: (a (b) c) auto-notified")),
    (
        "auto_submitted",
        Kind.AUTO_REPLY,
        mail("Auto-Submitted: no", "Auto-Submitted: auto-replied"),
    ),
    ("responder_marker", Kind.AUTO_REPLY, mail("X-Autoreply: yes")),
    ("responder_marker", Kind.AUTO_REPLY, mail("X-Autorespond: Order")),
    ("responder_marker", Kind.AUTO_REPLY, mail("X-Loop: somebody@example.com")),
    ("responder_marker", Kind.AUTO_REPLY, mail("X-FC-MachineGenerated: true")),
    ("responder_marker", Kind.AUTO_REPLY, mail("Delivered-To: Autoresponder")),
    ("list_header", Kind.LIST, mail("List-Id: <talk.example.com>")),
    ("list_header", Kind.LIST, mail("List-Unsubscribe: <mailto:x@example.com>")),
    ("precedence", Kind.BULK, mail("Precedence: Bulk")),
    ("precedence", Kind.BULK, mail("Precedence: auto_reply")),
    ("bulk_header", Kind.BULK, mail("X-CSA-Complaints: complaints@example.org")),
    ("bulk_header", Kind.BULK, mail("X-Campaign: spring")),
    ("bulk_header", Kind.BULK, mail("X-Facebook-Notify: note_reply")),
    ("bulk_header", Kind.BULK, mail("X-Mailer: phpList 3.6")),
    (
        "bulk_header",
        Kind.BULK,
        mail("X-MLServer: fml [fml 4.0.3]", author="talk-admin@example.com"),
    ),
    ("list_software", Kind.BULK, mail(author="owner-talk@example.com")),
    ("list_software", Kind.BULK, mail(author="talk-request@example.com")),
    ("list_software", Kind.BULK, mail(author="talk-bounces@example.com")),
    ("list_software", Kind.BULK, mail(author="bounces+123-ana=example.net@example.com")),
    ("list_software", Kind.BULK, mail(author="majordomo@example.com")),
    ("list_software", Kind.BULK, mail("Sender: owner-talk@lists.example")),
    ("list_software", Kind.BULK, mail("Return-Path: <talk-bounces@lists.example>")),
    ("no_reply_sender", Kind.BULK, mail(author="No-Reply <noreply@example.com>")),
    (
        "no_reply_sender",
        Kind.BULK,
        mail("Reply-To: do-not-reply@example.com", author="noreply@example.com"),
    ),
    (
        "no_reply_sender",
        Kind.BULK,
        mail(
            "Reply-To: news@example.com",
            "To: noreply@example.com",
            author="noreply@example.com",
        ),
    ),
    (
        "read_receipt",
        Kind.RECEIPT,
        mail(
            subject="Read: Order",
            body="Your message\n\n   To: Ana\n   Subject: Order\n\nwas read on Monday.",
        ),
    ),
    ("read_receipt", Kind.RECEIPT, mail(THREAD, subject="Read: Order", body="")),
    (
        "read_receipt",
        Kind.RECEIPT,
        mail("Content-Type: application/ms-tnef; name=winmail.dat", subject="Read: Order"),
    ),
    (
        "helpdesk_wording",
        Kind.AUTO_REPLY,
        mail(THREAD, subject="[acme.example #412] Resolved: Order", body=""),
    ),
    (
        "helpdesk_wording",
        Kind.AUTO_REPLY,
        mail(subject="[acme #412] Closed: Order", body="Your request has been closed."),
    ),
    (
        "helpdesk_wording",
        Kind.AUTO_REPLY,
        mail(
            THREAD, body="Please click on this link to have your address added to the allowed list."
        ),
    ),
    *(
        ("out_of_office_wording", Kind.AUTO_REPLY, mail(THREAD, subject=subject))
        for subject in (
            "Automatic reply: Order",
            "[EXTERNAL] Automatic reply: Order",
            "Respuesta automática: Pedido",
            "[Respuesta automática] Pedido",
            "Fuera de la oficina",
            "Out of Office AutoReply: Order",
            "Abwesenheitsnotiz: Bestellung",
            "Réponse automatique : commande",
            "自動応答: 注文",
        )
    ),
    *(
        ("out_of_office_wording", Kind.AUTO_REPLY, mail(subject=subject, body=body))
        for subject, body in (
            ("Automatic reply: Order", "Hello,\nI am away and will be back on Monday."),
            ("Automatic reply: Order", "Thank you for your message. We will read it soon."),
            ("AutoReply: Order", "***Stop.***\n\nI will be traveling for work until July."),
            ("Respuesta automática: Pedido", "Estaré de vacaciones hasta el lunes."),
            ("Respuesta automática: Pedido", "Hemos recibido su correo."),
        )
    ),
    (
        "out_of_office_wording",
        Kind.AUTO_REPLY,
        mail(
            "X-Auto-Response-Suppress: All",
            subject="Automatic reply: Order",
            body="See you in July.",
        ),
    ),
    *(
        ("out_of_office_wording", Kind.AUTO_REPLY, mail(THREAD, subject="Re: Order", body=body))
        for body in (
            "Hello,\nI am out of the office until Friday with limited access to mail.",
            "Hola:\nEstaré fuera de la oficina hasta el lunes. Si es urgente, llame a Ana.",
            "I am on annual leave until May. Please contact Bob in my absence.",
        )
    ),
]


@pytest.mark.parametrize(("reason", "kind", "message"), MACHINES)
def test_machines(reason: str, kind: Kind, message: InboundMessage) -> None:
    """Each sign of a machine is noticed, and recorded under its name."""
    found = classify(message)
    assert (found.kind, found.reasons[0]) == (kind, reason)


def test_every_rule_is_shown() -> None:
    """No rule is without an example above."""
    assert {rule.__name__ for rule, _ in RULES} == {reason for reason, _, _ in MACHINES}


@pytest.mark.parametrize(
    "message",
    [
        mail(),
        mail("Auto-Submitted: no"),
        mail("Auto-Submitted: No (a person (really)); owner=ana"),
        mail("X-Auto-Response-Suppress: All"),
        mail("Return-Path: <>"),
        mail("X-Autoreply: no"),
        mail("X-Autogenerated: Mirror"),
        mail("X-Mailer: Apple Mail (2.3654)"),
        mail("Errors-To: webmaster@example.com", "Feedback-ID: 1.eu-west-1:AmazonSES"),
        mail("Return-Path: <bounces+12-us=shop.example@em.example>", "Sender: crm@em.example"),
        mail(author="abuse@example.com"),
        mail(author="postmaster@example.com"),
        mail(author="root@example.com"),
        mail(author="hostmaster@example.com"),
        mail("Precedence: first-class"),
        mail(body="I am taking a vacation in May, so please send my order before that."),
        mail(body="I am out of the office until Friday. When will my order come?"),
        mail(body="I'm on vacation and my room is dirty. I want my money back."),
        mail(body="Estoy de vacaciones y el hotel está cerrado. Exijo una solución."),
        mail(subject="Re: Automatic reply: Order"),
        mail(subject="Automatic reply not working in your app"),
        mail(subject="Out of office chairs still not delivered"),
        mail(subject="Read: chapter five is missing from my book"),
        mail(subject="Read: the terms before you sell"),
        mail(subject="Read: the terms before you sell", body=""),
        mail(subject="Read: the terms", body="A label is no guarantee, says your return receipt."),
        mail(subject="No quiero otra respuesta automática"),
        mail(subject="Sick of your automatic reply"),
        mail(subject="Autoresponder: broken"),
        mail(subject="Fuera de la oficina: llegó mi pedido"),
        mail(
            subject="Fuera de la oficina: llegó mi pedido",
            body="Estaba fuera de la oficina cuando llegó y nadie me avisó.",
        ),
        mail(
            subject="Fuera de la oficina",
            body="Estaré fuera de la oficina hasta el lunes. ¿Pueden entregarlo el martes?",
        ),
        mail(subject="Vacation response (Booking 1234)"),
        mail(
            subject="Ausente",
            body="El repartidor dice que yo estaba ausente. Es falso: estuve en casa todo el día.",
        ),
        mail(
            body="This is an automated message you keep sending me! I want a person. I am furious"
        ),
        mail(
            THREAD,
            subject="Re: Order",
            body="Hello, this is an automatic response, not an answer! I am furious.",
        ),
        mail(body="I am on vacation from Monday. Please contact me by phone before that."),
        mail(body="I am out of the office until Friday with no access to my order. Cancel it."),
        mail(body="I'll be on holiday until May. I will be back on the 10th: deliver after that."),
        mail(body="I am away until Friday, with limited access to mail. " + "It broke. " * 100),
        mail(body="Could you confirm the delivery of your sofa to my house on Monday?"),
        mail(body="Please confirm that our address is on your allowed list."),
        mail(subject="[acme #412] Resolved: not at all", body="It is still broken, I am furious."),
        mail(author="dog-owner@gmail.com"),
        mail(subject="Delivery failure of my parcel"),
        mail(subject="Complaint about message from your driver"),
        mail(subject="Report: domain of my shop is down"),
        mail("Reply-To: ana@example.com", author="Form <no-reply@shop.example>"),
        mail(
            "Reply-To: ana@example.com",
            "To: support@shop.example",
            "Errors-To: webmaster@shop.example",
            author="Form <no-reply@shop.example>",
        ),
        mail(author="reno.reply@example.com"),
        mail(author="abuse.victims@example.com"),
    ],
)
def test_people(message: InboundMessage) -> None:
    """What a person wrote stays a person's, whatever it resembles."""
    found = classify(message)
    assert (found.kind, found.reasons) == (Kind.HUMAN, ())


def test_unreadable() -> None:
    """A mail without sender and body is unreadable, if nothing says more."""
    raw = RawMessage(uid=1, received_at=datetime(2026, 11, 2, tzinfo=UTC), content=b"")
    assert classify(parse(raw)).kind is Kind.UNREADABLE


def test_all_reasons_are_recorded() -> None:
    """The first rule names the kind, all that fire are reasons."""
    found = classify(mail("Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <x.y>"))
    assert found.kind is Kind.AUTO_REPLY
    assert found.reasons == ("auto_submitted", "list_header", "precedence")


def test_own_list() -> None:
    """A list that feeds our mailbox is ours; another sign of a machine still counts."""
    ours = frozenset({"help.example.com"})
    headers = (
        *("List-Id: Help <Help.example.com>", "List-Post: <x>", "Precedence: list"),
        *("Sender: help-bounces@example.com", "Return-Path: <help-bounces@example.com>"),
    )
    assert classify(mail(*headers)).kind is Kind.LIST
    assert classify(mail(*headers), own_lists=ours).kind is Kind.HUMAN
    assert classify(mail("List-Id: <talk.example.com>"), own_lists=ours).kind is Kind.LIST
    assert classify(mail(*headers, "Auto-Submitted: x"), own_lists=ours).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("noreply", True), ("no-reply", True), ("no_reply", True), ("No.Reply", True),
        ("donotreply", True), ("do-not-reply", True), ("noreply-billing", True),
        ("billing-noreply", True), ("billing+no-reply", True), ("no-responder", True),
        ("no_responda", True), ("nocontestar", True), ("nepasrepondre", True),
        ("noreply123", True), ("reply", False), ("noa.replyson", False), ("norah", False),
        ("nora.responder", False), ("piano-reply", False),
    ],
)  # fmt: skip
def test_no_reply_addresses(local: str, *, expected: bool) -> None:
    """No-reply addresses are known in the usual languages, and people's names are not."""
    assert is_no_reply(Address(email=f"{local}@example.com")) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("All", True),
        ("DR, OOF", True),
        ("AutoReply", True),
        ("DR, NDR, RN, NRN", False),
        ("", False),
    ],
)
def test_suppression_requested(value: str, *, expected: bool) -> None:
    """Only All, OOF and AutoReply ask for silence (MS-OXCMAIL §2.1.3.2.20)."""
    assert suppression_requested(mail(f"X-Auto-Response-Suppress: {value}")) is expected


def test_responder_subject() -> None:
    """A responder's subject is known by its beginning, also in a language we cannot read on."""
    assert responder_subject(mail(subject="Automatische Antwort: Bestellung"))
    assert not responder_subject(mail(subject="Your automatic reply: really?"))
