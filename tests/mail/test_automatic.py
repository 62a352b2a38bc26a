"""Machines are told from people, and every reason has its name."""

from datetime import UTC, datetime

import pytest

from mailresponder.mail.automatic import (
    RULES,
    Kind,
    classify,
    is_no_reply,
    marked_as_spam,
    null_return_path,
    suppression_requested,
)
from mailresponder.mail.message import Address, InboundMessage, RawMessage
from mailresponder.mail.parse import parse

TEXT = "My order did not arrive. When will it?"


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
    ("delivery_failed", Kind.BOUNCE, delivery("failed")),
    ("delivery_delayed", Kind.DELAY, delivery("delayed")),
    ("delivery_reported", Kind.RECEIPT, delivery("delivered")),
    (
        "delivery_delayed",
        Kind.DELAY,
        mail(author="postmaster@example.com", subject="Delayed mail (still being retried)"),
    ),
    (
        "read_receipt",
        Kind.RECEIPT,
        report("message/disposition-notification", "Disposition: manual-action; displayed"),
    ),
    ("read_receipt", Kind.RECEIPT, mail(subject="Leído: Pedido", body="El mensaje fue leído hoy.")),
    ("mailer_daemon", Kind.BOUNCE, mail(author="Mail Delivery <MAILER-DAEMON@example.com>")),
    ("mailer_daemon", Kind.BOUNCE, mail(author="MAILER-DAEMON <>")),
    (
        "mailer_daemon",
        Kind.BOUNCE,
        mail("Return-Path: <>", subject="Undeliverable: Order", author="System@example.com"),
    ),
    ("auto_submitted", Kind.AUTO_REPLY, mail("Auto-Submitted: auto-replied")),
    ("auto_submitted", Kind.AUTO_REPLY, mail("auto-submitted: (x) Auto-Generated; owner=y")),
    ("responder_marker", Kind.AUTO_REPLY, mail("X-Autoreply: yes")),
    ("responder_marker", Kind.AUTO_REPLY, mail("X-Autorespond: Order")),
    ("responder_marker", Kind.AUTO_REPLY, mail("X-Loop: somebody@example.com")),
    ("responder_marker", Kind.AUTO_REPLY, mail("X-FC-MachineGenerated: true")),
    ("responder_marker", Kind.AUTO_REPLY, mail("Delivered-To: Autoresponder")),
    ("list_header", Kind.LIST, mail("List-Id: <talk.example.com>")),
    ("list_header", Kind.LIST, mail("List-Unsubscribe: <mailto:x@example.com>")),
    ("precedence", Kind.BULK, mail("Precedence: Bulk")),
    ("precedence", Kind.BULK, mail("Precedence: auto_reply")),
    ("role_sender", Kind.BULK, mail(author="owner-talk@example.com")),
    ("role_sender", Kind.BULK, mail(author="talk-bounces@example.com")),
    ("role_sender", Kind.BULK, mail(author="root@example.com")),
    ("no_reply_sender", Kind.BULK, mail(author="No-Reply <noreply@example.com>")),
    (
        "no_reply_sender",
        Kind.BULK,
        mail("Reply-To: do-not-reply@example.com", author="noreply@example.com"),
    ),
    ("helpdesk_wording", Kind.AUTO_REPLY, mail(subject="[acme.example #412] Resolved: Order")),
    (
        "helpdesk_wording",
        Kind.AUTO_REPLY,
        mail(body="Please click on this link to have your address added to the allowed list."),
    ),
    *(
        ("out_of_office_wording", Kind.AUTO_REPLY, mail(subject=subject))
        for subject in (
            "Automatic reply: Order",
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
        ("out_of_office_wording", Kind.AUTO_REPLY, mail(subject="Re: Order", body=body))
        for body in (
            "This is an automated response. We have received your mail.",
            "Este es un mensaje automático, no lo responda.",
            "Hello,\nI am out of the office until Friday with limited access to mail.",
            "Hola:\nEstaré fuera de la oficina hasta el lunes. Si es urgente, llame a Ana.",
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
        mail("X-Auto-Response-Suppress: All"),
        mail("Return-Path: <>"),
        mail("X-Autoreply: no"),
        mail("Precedence: first-class"),
        mail(body="I am taking a vacation in May, so please send my order before that."),
        mail(body="I am out of the office until Friday. When will my order come?"),
        mail(body="I'm on vacation and my room is dirty. I want my money back."),
        mail(body="Estoy de vacaciones y el hotel está cerrado. Exijo una solución."),
        mail(subject="Re: Automatic reply: Order"),
        mail(subject="Automatic reply not working in your app"),
        mail(subject="Out of office chairs still not delivered"),
        mail(subject="Read: chapter five is missing from my book"),
        mail(subject="Delivery failure of my parcel"),
        mail("Reply-To: ana@example.com", author="Form <no-reply@shop.example>"),
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
    headers = ("List-Id: Help <Help.example.com>", "List-Post: <x>", "Precedence: list")
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


def test_evidence_that_makes_no_machine() -> None:
    """A null return path and a spam filter's mark are seen for what they are."""
    assert null_return_path(mail("Return-Path: <>"))
    assert not null_return_path(mail("Return-Path: <ana@example.com>"))
    assert not null_return_path(mail())
    assert marked_as_spam(mail("X-Spam-Flag: YES"))
    assert marked_as_spam(mail("X-Spam-Status: Yes, score=9"))
    assert not marked_as_spam(mail("X-Spam-Status: No, score=0"))
