"""The parser: any bytes become an InboundMessage, and a careful reader's words come out."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailresponder.mail.addresses import parse_addresses
from mailresponder.mail.message import Address, InboundMessage, RawMessage, ReportKind
from mailresponder.mail.parse import parse

RECEIVED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def read(content: bytes | str, *, truncated: bool = False) -> InboundMessage:
    data = content.encode() if isinstance(content, str) else content
    return parse(RawMessage(uid=7, received_at=RECEIVED, content=data, truncated=truncated))


ORDINARY = """\
Return-Path: <ana@example.com>
From: =?utf-8?q?Ana_Garc=C3=ADa?= <Ana@Example.COM>
To: "Support, Acme" <support@example.test>, =?utf-8?b?w5FhbmR1?= <n@example.test>
Cc: team: x@example.test, y@example.test;
Subject: =?utf-8?q?Factura_n=C3=BAmero?=
 =?utf-8?q?_12?=
Date: Mon, 2 Nov 2026 10:29:00 +0100
Message-ID: <one@example.com>
In-Reply-To: <zero@example.test>
References: <root@example.test>
 <zero@example.test>
Content-Type: text/plain; charset=utf-8

Buenos días:

la factura está mal.

El lun, 2 nov 2026 a las 9:00, Acme <support@example.test> escribió:

> Su factura.
"""


def test_ordinary_mail() -> None:
    """Every field of an ordinary mail is read."""
    message = read(ORDINARY.replace("\n", "\r\n"))
    assert message.from_ == (Address(email="Ana@example.com", name="Ana García"),)
    assert message.to == (
        Address(email="support@example.test", name="Support, Acme"),
        Address(email="n@example.test", name="Ñandu"),
    )
    assert [a.email for a in message.cc] == ["x@example.test", "y@example.test"]
    assert message.subject == "Factura número 12"
    assert message.message_id == "<one@example.com>"
    assert message.in_reply_to == ("<zero@example.test>",)
    assert message.references == ("<root@example.test>", "<zero@example.test>")
    assert message.sent_at == datetime(2026, 11, 2, 9, 29, tzinfo=UTC)
    assert message.received_at == RECEIVED
    assert message.new_text == "Buenos días:\n\nla factura está mal."
    assert "> Su factura." in message.text
    assert message.header("Return-Path") == "<ana@example.com>"
    assert (message.notes, message.unreadable, message.report) == ((), False, None)


@pytest.mark.parametrize(
    ("declared", "data", "expected"),
    [
        ("utf-8", "señal ñandú".encode(), "señal ñandú"),
        ("iso-8859-1", "señal ñandú".encode("latin-1"), "señal ñandú"),
        ("us-ascii", "señal ñandú".encode(), "señal ñandú"),
        ("iso-8859-1", "señal ñandú".encode(), "señal ñandú"),
        ("utf-8", "señal ñandú".encode("cp1252"), "señal ñandú"),
        ("", "precio: 5 € “ya”".encode("cp1252"), "precio: 5 € “ya”"),
        ("3D", "acción".encode("cp1252"), "acción"),
        ("X-UNKNOWN", "acción".encode(), "acción"),
        ("gb2312", "中文鎔".encode("gb18030"), "中文鎔"),
        ("shift_jis", "ｱ①日本".encode("cp932"), "ｱ①日本"),
        ("iso-2022-jp", "日本語".encode("iso2022_jp"), "日本語"),
        ("utf-7", b"+AOk-t+AOk-", "été"),
        ("rot13", b"hola", "hola"),
        ("idna", "año".encode(), "año"),
    ],
)
def test_charsets(declared: str, data: bytes, expected: str) -> None:
    """The right words come out although the declared charset is wrong, unknown or missing."""
    head = f'From: a@example.com\nContent-Type: text/plain; charset="{declared}"\n\n'
    assert read(head.encode() + data + b"\n").text == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"=?utf-8?q?Hola=2C_se=C3=B1or?=", "Hola, señor"),
        (b"=?utf-8?B?w7E?= =?utf-8?b?w7E=?=", "ññ"),
        (b"=?utf-8?b?w7E=?=", "ñ"),
        (b"=?utf-8?b?ww==?= =?utf-8?b?sQ==?=", "ñ"),
        (b"a =?iso-8859-1?q?=F1?= b", "a ñ b"),
        (b"=?iso-8859-1*es?q?a=F1o?=", "año"),
        (b"=?utf-8?q?two words?=", "two words"),
        (b"=?utf-8?q?Why??=", "Why?"),
        (b"=?utf-8?q?a=0D=0ABcc:_x@example.com=00?=", "a  Bcc: x@example.com"),
        ("Envío".encode(), "Envío"),
        ("Reclamación aquí".encode("latin-1"), "Reclamación aquí"),
        (b"=?nonsense?x?abc?=", "=?nonsense?x?abc?="),
        (b"=?utf-8?b?!!!?=", ""),
        (b"=?x-unknown?q?=F6=C1=CC=CF=C2=C1?=", "Жалоба"),
        (b"=?us-ascii?q?=CF=F0=E8=E2=E5=F2=2C_=E4=F0=F3=E3?=", "Привет, друг"),
        (b"=?utf-8?q?Reclamaci=C3=83=C2=B3n?=", "Reclamación"),
        ("注文した商品がまだ届きません".encode("cp932"), "注文した商品がまだ届きません"),
    ],
)
def test_subjects(raw: bytes, expected: str) -> None:
    """Encoded words and raw bytes in a subject are read, and nothing breaks out of its line."""
    assert read(b"From: a@example.com\nSubject: " + raw + b"\n\nx\n").subject == expected


def test_raw_header_weighed_with_the_body() -> None:
    """Where nothing names a charset, the words of header and body tell it together."""
    head = "From: Иван <i@example.com>\nSubject: Жалоба\n\nМой заказ до сих пор не пришёл.\n"
    for charset in ("koi8-r", "cp1251"):
        message = read(head.encode(charset))
        assert (message.subject, message.from_[0].name) == ("Жалоба", "Иван")
        assert message.text == "Мой заказ до сих пор не пришёл."


def test_raw_header_in_another_charset_than_the_body() -> None:
    """A header that cannot be in the charset of the body is not read in it."""
    for declared in ("us-ascii", "utf-8", "iso-2022-jp"):
        head = (
            "From: a@example.com\nSubject: 注文した商品がまだ届きません\nContent-Type: text/plain;"
        )
        message = read(head.encode("cp932") + f" charset={declared}\n\nx\n".encode())
        assert message.subject == "注文した商品がまだ届きません"
    utf8 = "Subject: Жалоба\nContent-Type: text/plain; charset=koi8-r\n\n".encode()
    message = read(utf8 + "Жалоба".encode("koi8-r"))
    assert (message.subject, message.text) == ("Жалоба", "Жалоба")


def test_raw_header_in_the_charset_of_the_body() -> None:
    """Raw 8-bit header bytes that are no UTF-8 are read in the charset that the body declares."""
    subject = "Жалоба".encode("koi8-r")
    message = read(
        b"From: a@example.com\nSubject: " + subject + b"\nContent-Type: text/plain;"
        b" charset=koi8-r\n\nx\n"
    )
    assert message.subject == "Жалоба"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("jane@example.com", [("jane@example.com", "")]),
        ("Jane Doe <jane@example.com>", [("jane@example.com", "Jane Doe")]),
        ('"boss@example.net" <thief@example.com>', [("thief@example.com", "boss@example.net")]),
        (
            "=?utf-8?q?boss=40example=2Enet?= <a@example.com>",
            [("a@example.com", "boss@example.net")],
        ),
        ("=?utf-8?q?a=40example=2Ecom?=", []),
        ("=?utf-8?q?Doe,_Jane?= <j@example.com>", [("j@example.com", "Doe, Jane")]),
        ("Doe, Jane <j@example.com>", [("j@example.com", "Doe, Jane")]),
        ("jane@example.com (Jane)", [("jane@example.com", "Jane")]),
        ("<@relay.test:jane@example.com>", [("jane@example.com", "")]),
        ("Undisclosed recipients:;", []),
        ("a@b@example.com", []),
        ("nobody, <>", []),
        ("<a@example.com>, b@example.com; c@example.com", ["a", "b", "c"]),
        ("Ünï <ü@exämple.com>", [("ü@exämple.com", "Ünï")]),
        ('"never ends <jane@example.com>', [("jane@example.com", "never ends")]),
        ('"jane doe"@example.com', []),
        ('<"jane,doe"@example.com>', []),
        ("jane@[192.0.2.1]", []),
        ("<\u200bjane@example.com\u202c>", [("jane@example.com", "")]),
    ],
)
def test_addresses(raw: str, expected: list[tuple[str, str] | str]) -> None:
    """Addresses are found before names are decoded, and only usable ones are kept."""
    wanted = [(f"{e}@example.com", "") if isinstance(e, str) else e for e in expected]
    found = read(f"To: {raw}\n\nx\n").to
    assert [(a.email, a.name) for a in found] == wanted


@given(st.text(max_size=30), st.text(max_size=30))
@example('"a b', 'c"@example.com')
@example("", "a@[192.0.2.1]")
@example("", "a\x01b@example.com")
@example("", "a@b\x85.example")
def test_no_address_holds_what_would_end_it(before: str, after: str) -> None:
    """An address holds no space, control or invisible character, bracket or comma."""
    for raw in (before + after, f"{before}<{after}>", f"{before}@{after}", f'<"{before}"@{after}>'):
        for address in parse_addresses([raw]):
            assert not set(address.email) & set("<>()[]{},;: "), address
            assert not re.search(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f]", address.email), address


def test_calendar_method() -> None:
    """What a calendar part is for stands in its type or, where a client forgot it, inside."""
    head = "From: a@example.com\nContent-Type: "
    assert read(f"{head}text/calendar; method=reply\n\nx\n").calendar_method == "REPLY"
    inside = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    assert read(f"{head}application/ics\n\n{inside}").calendar_method == "REQUEST"
    assert read(f"{head}text/plain\n\n{inside}").calendar_method == ""
    forwarded = f"{head}message/rfc822\n\n{head}text/calendar; method=REPLY\n\nx\n"
    assert read(forwarded).calendar_method == ""


def test_author_among_several() -> None:
    """Where From names several, Sender is the author (RFC 5322 §3.6.2)."""
    message = read("From: a@example.com, b@example.com\nSender: b@example.com\n\nx\n")
    assert message.author == Address(email="b@example.com")


def test_html_only() -> None:
    """A mail in HTML only is read as text, its quote left out of what is new."""
    message = read(
        "From: a@example.com\nContent-Type: text/html; charset=utf-8\n\n"
        "<html><head><style>p{}</style></head><body><p>No llega &amp; no llega.</p>"
        '<div class="gmail_quote"><div>On Mon, Nov 2, 2026 at 9:00 AM Acme &lt;s@example.test&gt;'
        " wrote:<br></div><blockquote>Hello</blockquote></div></body></html>"
    )
    assert message.new_text == "No llega & no llega."
    assert "> Hello" in message.text


def test_alternative_mixed_attachment() -> None:
    """Plain text is preferred, an HTML sibling is not repeated, attachments keep their name."""
    message = read(
        "From: a@example.com\nContent-Type: multipart/mixed; boundary=o\n\n--o\n"
        "Content-Type: multipart/alternative; boundary=i\n\n--i\n\nplain words\n--i\n"
        "Content-Type: text/html\n\n<p>rich words</p>\n--i--\n--o\n"
        "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
        "Content-Disposition: attachment; filename*0*=utf-8''a%C3%B1o; filename*1=.pdf\n\n"
        "AAAA\n--o--\n"
    )
    assert message.text == "plain words"
    (attachment,) = message.attachments
    assert (attachment.filename, attachment.content_type) == ("año.pdf", "application/pdf")
    assert attachment.size == 4


def test_empty_plain_alternative() -> None:
    """Where the plain alternative is blank the HTML one is read."""
    message = read(
        "From: a@example.com\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\n \n--i\n"
        "Content-Type: text/html\n\n<p>rich words</p>\n--i--\n"
    )
    assert message.text == "rich words"


def test_format_flowed() -> None:
    """Flowed lines are put together again (RFC 3676 §4), with DelSp without their space."""
    head = "From: a@example.com\nContent-Type: text/plain; format=flowed"
    assert read(f"{head}\n\none \ntwo\n> q \n> r\n-- \nme\n").text == "one two\n> q r\n-- \nme"
    assert read(f"{head}; delsp=yes\n\nan \nother\n").text == "another"


@pytest.mark.parametrize(
    ("content_type", "words"),
    [
        ("multipart/encrypted; boundary=b", "encrypted (PGP)"),
        ("application/pkcs7-mime", "S/MIME"),
        ("application/ms-tnef; name=winmail.dat", "TNEF"),
        ("text/calendar; charset=utf-8", "calendar"),
        ("application/pdf", "only 1 attachment"),
    ],
)
def test_what_cannot_be_read_is_noted(content_type: str, words: str) -> None:
    """A mail without readable text says in a note what was there."""
    body = "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--\n"
    message = read(f"From: a@example.com\nContent-Type: {content_type}\n\n{body}")
    assert any(words in note for note in message.notes)
    assert message.text == ""
    assert not message.unreadable


def test_attached_message_is_read_where_nothing_else_is() -> None:
    """A mail that is only an attached message is read through it; otherwise it is not."""
    inner = "Content-Type: message/rfc822\n\nFrom: b@example.com\nSubject: Inner\n\ninner words\n"
    head = "From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    only = read(f"{head}{inner}--b--\n")
    assert only.text == "Inner\n\ninner words"
    assert only.from_[0].email == "a@example.com"
    assert read(f"{head}\nouter words\n--b\n{inner}--b--\n").text == "outer words"


def report(parts: str, kind: str = "delivery-status") -> InboundMessage:
    return read(
        "From: MAILER-DAEMON@example.com\nSubject: Undelivered\n"
        f"Content-Type: multipart/report; report-type={kind}; boundary=b\n\n"
        f"--b\n\nIt failed.\n--b\n{parts}\n--b\nContent-Type: message/rfc822\n\n"
        "Message-ID: <ours@example.test>\nSubject: Ours\n\ngone\n--b--\n"
    )


def status(action: str, code: str = "5.1.1") -> str:
    return (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n"
        f"Final-Recipient: rfc822; jane@example.com\nAction: {action}\nStatus: {code} (x)\n"
    )


@pytest.mark.parametrize(
    ("action", "code", "kind"),
    [
        ("failed", "5.1.1", ReportKind.FAILED),
        ("Delayed", "4.4.7", ReportKind.DELAYED),
        ("delivered", "2.0.0", ReportKind.DELIVERED),
        ("relayed", "2.0.0", ReportKind.DELIVERED),
    ],
)
def test_delivery_status(action: str, code: str, kind: ReportKind) -> None:
    """A delivery status says what became of which recipient and links to our mail."""
    found = report(status(action, code)).report
    assert found is not None
    assert (found.kind, found.recipients, found.status, found.original_ids) == (
        kind,
        ("jane@example.com",),
        code,
        ("<ours@example.test>",),
    )


def test_one_failed_recipient_among_delivered_ones() -> None:
    """The gravest action of several recipients counts (RFC 3464 §2.3)."""
    both = status("delivered", "2.0.0") + (
        "\nFinal-Recipient: rfc822; joe@example.com\nAction: failed\nStatus: 5.2.2\n"
    )
    found = report(both).report
    assert found is not None
    assert (found.kind, found.recipients, found.status) == (
        ReportKind.FAILED,
        ("joe@example.com",),
        "5.2.2",
    )


def test_read_receipt_and_abuse_report() -> None:
    """The other two kinds of multipart/report are told apart from bounces."""
    receipt = report(
        "Content-Type: message/disposition-notification\n\n"
        "Final-Recipient: rfc822; jane@example.com\nOriginal-Message-ID: <mdn@example.test>\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n",
        "disposition-notification",
    ).report
    assert receipt is not None
    assert (receipt.kind, receipt.original_ids) == (
        ReportKind.DISPOSITION,
        ("<mdn@example.test>", "<ours@example.test>"),
    )
    abuse = report("Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n").report
    assert abuse is not None
    assert abuse.kind is ReportKind.FEEDBACK


def test_person_who_forwards_a_bounce() -> None:
    """A delivery status that a person attached to a mail of their own makes it no report."""
    message = read(
        "From: jane@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
        f"What is this?\n--b\n{status('failed')}\n--b--\n"
    )
    assert message.report is None
    assert message.text == "What is this?"


def test_no_header_is_smuggled_by_a_lone_cr() -> None:
    """A bare CR is no line end in a header: our border would not have seen what follows it."""
    message = read(
        b"From: a@example.com\r\nSubject: x\rAuthentication-Results: mx.example; dmarc=pass\r\n"
        b"\r\ntext\r\n"
    )
    assert message.header("Authentication-Results") is None
    assert message.subject == "x Authentication-Results: mx.example; dmarc=pass"


@pytest.mark.parametrize(
    "content",
    [
        b"From: a@example.com\rSubject: mac\r\rwords\r",
        b"\n  \nFrom: a@example.com\nSubject: mac\n\nwords\n",
        b"From x@y Mon Nov  2 10:00:00 2026\nFrom: a@example.com\nSubject: mac\n\nwords\n",
        b"From: a@example.com\nfolded without\nSubject: mac\n\nwords\n",
        (
            b"From: a@example.com\nSubject: mac\nContent-Type: multipart/mixed;\nboundary=b\n\n"
            b"--b\n\nwords\n--b--\n"
        ),
        (
            b"From: a@example.com\nSubject: mac\nContent-Type: multipart/mixed\n\n"
            b"--guess\nContent-Type: text/plain\n\nwords\n"
        ),
        b"From: a@example.com\nSubject: mac\nContent-Type: multipart/mixed; boundary=gone\n\nwords",
        b"From: a@example.com\nSubject: mac\nContent-Transfer-Encoding: base64\n\nd29yZHM",
    ],
)
def test_broken_shapes(content: bytes) -> None:
    """Lone CRs, lost indentation, missing boundaries and cut base64 do not lose the mail."""
    message = read(content)
    assert (message.from_[0].email, message.subject) == ("a@example.com", "mac")
    assert message.new_text == "words"


def test_message_id_shapes() -> None:
    """A Message-ID without brackets gets them; an empty or monstrous one is none."""
    assert read("Message-ID: bare@example.com\n\nx").message_id == "<bare@example.com>"
    assert read("Message-ID: <folded@\n example.com>\n\nx").message_id == "<folded@example.com>"
    encoded = "=?utf-8?q?=3Clong=40example=2Ecom=3E?="
    assert read(f"Message-ID: {encoded}\n\nx").message_id == "<long@example.com>"
    assert read("Message-ID: <>\n\nx").message_id is None
    assert read(f"Message-ID: <{'x' * 5000}@example.com>\n\nx").message_id is None


@pytest.mark.parametrize("date", ["yesterday", "", "Mon, 99 Foo 2026", "31 Dec 9999 23:59 -1200"])
def test_hopeless_dates(date: str) -> None:
    """A date that is none is None; INTERNALDATE is what counts anyway."""
    assert read(f"Date: {date}\n\nx").sent_at is None


def test_digest() -> None:
    """Copies have one digest whatever their line ends; another text or date has another."""
    one = read(ORDINARY)
    assert read(ORDINARY.replace("\n", "\r\n") + "\r\n\r\n").digest == one.digest
    assert read("Received: by us\n" + ORDINARY).digest == one.digest
    assert read(ORDINARY.replace("está mal", "está bien")).digest != one.digest
    assert read(ORDINARY.replace("10:29", "10:30")).digest != one.digest


def test_a_relay_may_encode_a_copy_anew() -> None:
    """The same words in quoted-printable, base64 or 8bit, wrapped or not, are one mail."""
    head = b"From: a@customer.test\nDate: Mon, 23 Nov 2026 09:00:00 +0000\nSubject: x\n"
    text = "El paquete llegó roto y nadie contesta."
    plain = b"Content-Type: text/plain; charset=utf-8\n"
    copies = [
        plain + b"Content-Transfer-Encoding: 8bit\n\n" + text.encode(),
        plain + b"Content-Transfer-Encoding: base64\n\n" + b64encode(text.encode()),
        plain
        + b"Content-Transfer-Encoding: quoted-printable\n\n"
        + b"El paquete lleg=C3=B3=\n roto y\nnadie contesta.\n",
        b"Content-Type: text/plain; charset=iso-8859-1\n\n" + text.encode("latin-1"),
    ]

    digests = {read(head + copy).digest for copy in copies}

    assert len(digests) == 1
    assert read(head + copies[0] + b" Gracias.").digest not in digests


def test_what_is_attached_tells_mails_apart() -> None:
    """Equal words with another file are another mail; without words the bytes decide."""

    def mail(words: bytes, name: bytes, content: bytes) -> str:
        return read(
            b"From: a@customer.test\nMessage-ID: <one@customer.test>\n"
            b'Content-Type: multipart/mixed; boundary="B"\n\n'
            b"--B\n\n" + words + b"\n--B\nContent-Type: application/pdf; name=" + name + b"\n\n"
            b"" + content + b"\n--B--\n"
        ).digest

    assert mail(b"See.", b"a.pdf", b"1") != mail(b"See.", b"b.pdf", b"1")
    assert mail(b"", b"a.pdf", b"1") != mail(b"", b"a.pdf", b"2")


def test_digest_without_id_and_date() -> None:
    """Without Message-ID and Date INTERNALDATE tells two equal mails apart."""
    raw = RawMessage(uid=1, received_at=RECEIVED, content=b"From: a@example.com\n\nhelp\n")
    later = replace(raw, received_at=RECEIVED + timedelta(minutes=1))
    assert parse(raw).digest == parse(replace(raw, uid=2)).digest
    assert parse(raw).digest != parse(later).digest


def test_unreadable() -> None:
    """Without sender and body a mail is unreadable, with one of both it is not."""
    assert read(b"").unreadable
    assert read("Subject: only this\n\n \n").unreadable
    assert not read("Subject: x\n\nwords\n").unreadable
    assert not read("From: a@example.com\n\n").unreadable


def test_truncated_is_noted() -> None:
    """A mail that was not downloaded whole says so, and keeps what came."""
    head = b"From: a@example.com\nContent-Type: text/plain; charset=utf-8\n\n"
    message = read(head + "más ñ".encode()[:-1], truncated=True)
    assert message.text.strip() == "más"
    assert any("very large" in note for note in message.notes)


def test_limits() -> None:
    """Deep nesting, many parts, a huge To and endless headers are read quickly and noted."""
    deep = b"From: a@example.com\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1000)
    )
    assert any("parts or levels" in note for note in read(deep + b"\nx\n" * 50_000).notes)
    many = b"From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n"
    message = read(many + b"--b\nContent-Type: image/png\n\nx\n" * 5_000)
    assert len(message.attachments) < 300
    wide = ", ".join(f"u{n}@example.com" for n in range(6_000))
    assert len(read(f"To: {wide}\n\nx\n").to) == 6_000
    assert read(b'To: "' + b'\\"' * 60_000 + b"\n\nx\n").to == ()
    assert read(b"Subject: " + b"=?a?q?" * 20_000 + b"\n\nx\n").text == "x"
    assert read(b"X-A: b\n" * 100_000 + b"\nx\n").message_id is None


HEADERS = st.sampled_from(
    [b"From", b"To", b"Subject", b"Content-Type", b"Date", b"Message-ID", b"References"]
)
VALUES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"multipart/mixed; boundary=b",
            b'text/html; charset="utf-7"',
            b"multipart/report; boundary=b",
            b"=?utf-8?b?AA==?= <a@example.com>",
        ]
    ),
)
PIECES = st.one_of(st.binary(max_size=80), st.sampled_from([b"--b\n", b"--b--", b"\n\n", b"<div>"]))


@settings(max_examples=200)
@given(st.lists(st.tuples(HEADERS, VALUES), max_size=8), st.lists(PIECES, max_size=8))
def test_never_raises(fields: list[tuple[bytes, bytes]], body: list[bytes]) -> None:
    """Whatever bytes arrive, a message comes out whose strings are safe to store and to send."""
    head = b"\n".join(name + b": " + value for name, value in fields)
    message = read(head + b"\n\n" + b"".join(body))
    strings = [message.subject, *(v for vs in message.headers.values() for v in vs)]
    strings += [s for a in (*message.from_, *message.to) for s in (a.email, a.name)]
    strings += [*message.references, message.message_id or ""]
    assert not any(c in s for s in strings for c in "\r\n\0")
    for text in (*strings, message.text, message.new_text):
        assert "\0" not in text
        text.encode()


@pytest.mark.parametrize("mark", ["From ana@customer.test  Mon Nov 23 09:00:00 2026", ">From ana"])
def test_a_mailbox_files_separator_is_no_part_of_a_field(mark: str) -> None:
    """The line between two mails of a file (RFC 4155) may stand among the fields: it is passed
    over, and the field above keeps its value."""
    mail = read(f"Delivered-To: support@example.com\n{mark}\nFrom: a@customer.test\n\nhello\n")

    assert mail.header("delivered-to") == "support@example.com"
    assert [a.email for a in mail.from_] == ["a@customer.test"]
