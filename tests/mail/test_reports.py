"""Reports for machines: what they are about, in whichever part it stands."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.mail.message import RawMessage, Report, ReportKind
from mailresponder.mail.parse import parse

STATUS = (
    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n"
    "X-Original-Message-ID: <kept@shop.example>\n\n"
    "Original-Recipient: rfc822; Jo@Shop.example\nFinal-Recipient: rfc822; jo@relay.example\n"
    "Action: failed\nStatus: 5.1.1\n"
)
RETURNED = (
    "Content-Type: message/rfc822\n\nReceived: from a by b; Mon, 2 Nov 2026 09:00:00 +0000\n"
    "Message-ID: <rewritten@provider.example>\nX-Mailresponder-ID: <ours@shop.example>\n"
    "References: <theirs@customer.test>\nSubject: Order\n\nHello\n"
)
HEADER = RETURNED.replace("message/rfc822", "text/rfc822-headers")


def report(
    *parts: str,
    kind: str = "multipart/report; report-type=delivery-status",
    sender: str = "MAILER-DAEMON@mx.example.com",
) -> Report | None:
    head = (
        f"From: {sender}\nSubject: Undelivered\nMessage-ID: <bounce@mx.example.com>\n"
        f"In-Reply-To: <other@shop.example>\nContent-Type: {kind}; boundary=b\n\n"
    )
    body = "".join(f"--b\n{part}\n" for part in parts) + "--b--\n"
    raw = RawMessage(
        uid=1, received_at=datetime(2026, 11, 2, tzinfo=UTC), content=(head + body).encode()
    )
    return parse(raw).report


@pytest.mark.parametrize("returned", [RETURNED, HEADER, RETURNED.replace("\n", "\r\n")])
def test_original_ids(returned: str) -> None:
    """Our own copy goes before a rewritten Message-ID; the bounce's own thread is not asked."""
    found = report("\nIt failed.", STATUS, returned)

    assert found is not None
    assert found.original_ids == (
        "<ours@shop.example>",
        "<rewritten@provider.example>",
        "<kept@shop.example>",
    )


def test_header_in_the_words() -> None:
    """Where no part returns the mail, its header may stand in the explanation."""
    found = report("\nIt failed.\n\nMessage-ID:\n <ours@shop.example>", STATUS)

    assert found is not None
    assert found.original_ids == ("<ours@shop.example>", "<kept@shop.example>")
    assert not found.in_words


def test_header_as_that_of_a_part() -> None:
    """Some gateways put the returned header where the part's own belongs."""
    found = report("\nIt failed.", STATUS, "Message-ID: <ours@shop.example>\nSubject: Order\n\nHi")

    assert found is not None
    assert found.original_ids == ("<ours@shop.example>", "<kept@shop.example>")


def test_no_more_than_ten_ids() -> None:
    """A bounce that names hundreds of ids costs no more than one that names ten."""
    many = "\n".join(f"Message-ID: <{n}@shop.example>" for n in range(300))

    found = report(f"\n{many}", STATUS)

    assert found is not None
    assert len(found.original_ids) == 10


def test_final_and_original_recipients() -> None:
    """Forwarding changes the final recipient: the original one, which we know, is there too."""
    found = report("\nIt failed.", STATUS, RETURNED)

    assert found is not None
    assert found.recipients == ("jo@shop.example", "jo@relay.example")


def test_only_recipients_that_failed() -> None:
    """Of several recipients those are named that share the gravest action, at most 50."""
    delivered = "\nFinal-Recipient: rfc822; al@shop.example\nAction: delivered\nStatus: 2.0.0\n"
    failed = "".join(
        f"\nFinal-Recipient: rfc822; a{n}@shop.example\nAction: failed\nStatus: 5.1.1\n"
        for n in range(80)
    )

    few, many = report("\nx", STATUS + delivered), report("\nx", STATUS + failed)

    assert few is not None
    assert few.recipients == ("jo@shop.example", "jo@relay.example")
    assert many is not None
    assert len(many.recipients) == 50


def test_status_announced_but_said_in_words() -> None:
    """A report that promises a delivery status and has none is read like a bounce in words."""
    found = report("\nYour message failed:\n<jo@shop.example>: 550 5.1.1 user unknown", RETURNED)

    assert found is not None
    assert (found.kind, found.recipients, found.status) == (
        ReportKind.FAILED,
        ("jo@shop.example",),
        "5.1.1",
    )


@pytest.mark.parametrize(
    ("sender", "expected"),
    [("postmaster@mx.example.com", True), ("<>", True), ("jane@example.com", False)],
)
def test_status_outside_a_report(sender: str, *, expected: bool) -> None:
    """A mail system's delivery status counts in any multipart, a person's attachment does not."""
    found = report("\nSee this.", STATUS, kind="multipart/mixed", sender=sender)

    assert (found is not None) is expected


def test_read_receipt_and_feedback() -> None:
    """The other reports name the mail and the address they are about in the same way."""
    receipt = report(
        "\nRead.",
        "Content-Type: message/disposition-notification\n\n"
        "Final-Recipient: rfc822; Jo@shop.example\n"
        "Original-Message-ID: <ours@shop.example>\nDisposition: manual-action; displayed",
        kind="multipart/report; report-type=disposition-notification",
    )
    feedback = report(
        "\nAbuse.",
        "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
        "Original-Rcpt-To: <jo@shop.example>",
        RETURNED,
        kind="multipart/report; report-type=feedback-report",
    )

    assert receipt is not None
    assert (receipt.kind, receipt.original_ids) == (
        ReportKind.DISPOSITION,
        ("<ours@shop.example>",),
    )
    assert receipt.recipients == ("jo@shop.example",)
    assert feedback is not None
    assert feedback.kind is ReportKind.FEEDBACK
    assert feedback.original_ids[0] == "<ours@shop.example>"
    assert feedback.recipients == ("jo@shop.example",)


@given(st.lists(st.sampled_from([STATUS, RETURNED, HEADER, "\nx", ""]) | st.text(), max_size=8))
def test_any_parts(parts: list[str]) -> None:
    """Whatever parts stand in whatever order, the limits hold."""
    found = report(*(part.encode("utf-8", "replace").decode() for part in parts))

    assert found is not None
    assert len(found.original_ids) <= 10
    assert len(found.recipients) <= 50


def test_reports_without_their_container() -> None:
    """A receipt or a complaint is one in any multipart, as nobody attaches such a part; a delivery
    status may be attached by a person who asks about it."""
    receipt = (
        "Content-Type: message/disposition-notification\n\n"
        "Final-Recipient: rfc822; jo@shop.example\nDisposition: manual-action; displayed\n"
    )
    complaint = "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
    found = [
        report("\nHello.", part, kind="multipart/mixed", sender="jo@shop.example")
        for part in (receipt, complaint, STATUS)
    ]

    assert [one and one.kind for one in found] == [
        ReportKind.DISPOSITION,
        ReportKind.FEEDBACK,
        None,
    ]
