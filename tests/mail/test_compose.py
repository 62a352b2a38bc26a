"""What we send: valid, ASCII, marked as automatic, and nothing a customer wrote breaks out."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.errors import PermanentFailure
from mailresponder.mail.compose import compose, reply_references
from mailresponder.mail.message import Address, File, OutboundMessage, Picture, RawMessage
from mailresponder.mail.parse import parse

NOTICE = OutboundMessage(
    message_id="<ack.1@example.com>",
    date=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
    from_=Address(email="support@example.com", name="Acme, Support"),
    to=Address(email="ana@example.net", name="Ana García"),
    subject="[MR-7F3K2] Señal débil",
    text="Hola, Ana:\n\nAtenderemos su señal. \n.\nFrom here on\n" + "palabra " * 40,
    html="<p>Hola, Ana: señal</p>",
    in_reply_to="<one@example.net>",
    references=("<zero@example.net>", "<one@example.net>"),
    auto_submitted="auto-replied",
    headers={"X-Desk": "Acme"},
)


def reread(message: OutboundMessage) -> EmailMessage:
    parsed = message_from_bytes(compose(message), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_shape() -> None:
    """Another program reads every field as it was meant."""
    mail = reread(NOTICE)
    assert mail["Subject"] == NOTICE.subject
    assert mail["From"].addresses[0].display_name == "Acme, Support"
    assert mail["To"].addresses[0].display_name == "Ana García"
    assert mail["To"].addresses[0].addr_spec == "ana@example.net"
    assert mail["Date"].datetime == NOTICE.date
    assert mail["Message-ID"] == mail["X-Mailresponder-ID"] == "<ack.1@example.com>"
    assert mail["In-Reply-To"] == "<one@example.net>"
    assert mail["References"].split() == ["<zero@example.net>", "<one@example.net>"]
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"
    assert mail["X-Desk"] == "Acme"
    text, html = mail.iter_parts()
    assert text.get_content().replace("\r\n", "\n").rstrip("\n") == NOTICE.text
    assert html.get_content().strip() == NOTICE.html
    assert mail.get_content_type() == "multipart/alternative"
    assert not mail.defects


def test_wire_form() -> None:
    """On the wire there are CRLF line ends, ASCII and lines of at most 78 characters."""
    content = compose(NOTICE)
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 78


def test_our_own_parser_knows_it_for_a_machine() -> None:
    """Two desks that write to each other fall silent."""
    raw = RawMessage(uid=1, received_at=NOTICE.date, content=compose(NOTICE))
    assert parse(raw).header("Auto-Submitted") == "auto-replied"


def test_a_persons_answer_is_not_marked() -> None:
    """What a person wrote goes out without the marks of a machine."""
    mail = reread(replace(NOTICE, auto_submitted=None))
    assert mail["Auto-Submitted"] is None
    assert mail["X-Auto-Response-Suppress"] is None


def test_header_injection() -> None:
    """Line ends and NUL in a subject or a name do not make a header."""
    evil = "x\r\nBcc: thief@example.org\n\nbody\0"
    mail = reread(
        replace(NOTICE, subject=evil, to=Address(email="ana@example.net", name=evil), headers={
            "X-Desk": evil
        })
    )  # fmt: skip
    assert mail["Bcc"] is None
    assert mail["Subject"] == "x Bcc: thief@example.org body"
    assert mail["To"].addresses[0].addr_spec == "ana@example.net"
    assert len(mail["To"].addresses) == 1


def test_foreign_message_ids() -> None:
    """A Message-ID that cannot stand in a header is left out of ours."""
    evil = ("<a@x>\r\nBcc: t@example.org", "<ñ@x>", "<ok@x>", "no brackets")
    mail = reread(replace(NOTICE, in_reply_to=evil[0], references=evil))
    assert mail["In-Reply-To"] is None
    assert mail["References"] == "<ok@x>"
    assert mail["Bcc"] is None


def test_long_chain_is_trimmed_in_the_middle() -> None:
    """Of a long thread its root and its latest mails remain."""
    chain = tuple(f"<{n}@example.net>" for n in range(500))
    kept = reread(replace(NOTICE, references=chain))["References"].split()
    assert kept[0] == chain[0]
    assert kept[-1] == chain[-1]
    assert len(kept) == 20


def test_long_subject_is_cut() -> None:
    """A subject of a novel's length is cut to a sane one."""
    subject = str(reread(replace(NOTICE, subject="ñ" * 5_000))["Subject"])
    assert len(subject) == 200
    assert subject.endswith("…")


def test_international_domain() -> None:
    """A non-ASCII domain goes out as A-labels."""
    mail = reread(replace(NOTICE, to=Address(email="ana@exämple.net")))
    assert mail["To"].addresses[0].addr_spec == "ana@xn--exmple-cua.net"


@pytest.mark.parametrize(
    "email",
    [
        *("ñ@example.net", "ana@", "@example.net", "ana", "a b@example.net", "a@x.net>,<b@y.net"),
        *("a\r\n@example.net", f"ana@{'ñ' * 70}.net", ""),
    ],
)
def test_impossible_recipients(email: str) -> None:
    """An address that cannot be written to fails for good, without repeating it."""
    with pytest.raises(PermanentFailure) as failure:
        compose(replace(NOTICE, to=Address(email=email)))
    assert not email or email not in str(failure.value)


def test_reply_references() -> None:
    """References of a reply are theirs and their Message-ID (RFC 5322 §3.6.4)."""

    def chain(head: str) -> tuple[str, ...]:
        raw = RawMessage(uid=1, received_at=NOTICE.date, content=f"{head}\n\nx".encode())
        return reply_references(parse(raw))

    assert chain("Message-ID: <b@x>\nReferences: <r@x> <a@x>") == ("<r@x>", "<a@x>", "<b@x>")
    assert chain("Message-ID: <b@x>\nIn-Reply-To: <a@x>") == ("<a@x>", "<b@x>")
    assert chain("Message-ID: <b@x>\nReferences: <b@x> <a@x>") == ("<a@x>", "<b@x>")
    assert chain("References: <a@x>") == ("<a@x>",)
    assert chain("Subject: x") == ()


@settings(max_examples=150)
@given(subject=st.text(max_size=120), name=st.text(max_size=60), text=st.text(max_size=200))
def test_round_trip(subject: str, name: str, text: str) -> None:
    """Whatever the words are, our own parser reads them back, on one line each."""
    message = replace(
        NOTICE, subject=subject, to=Address(email="ana@example.net", name=name), text=text
    )
    content = compose(message)
    assert content.isascii()
    read = parse(RawMessage(uid=1, received_at=NOTICE.date, content=content))
    assert [a.email for a in read.to] == ["ana@example.net"]
    assert set(read.headers) == {
        *("date", "from", "to", "message-id", "x-mailresponder-id", "subject", "in-reply-to"),
        *(
            "references",
            "auto-submitted",
            "x-auto-response-suppress",
            "x-desk",
            "mime-version",
            "content-type",
        ),
    }
    if subject.isprintable():
        assert read.subject == " ".join(subject.split())


def test_files_stand_behind_the_words() -> None:
    """A mail program finds text and HTML first, and each file under its own name."""
    file = File(filename="Foto ñ.png", content_type="image/png", content=bytes(range(256)) * 20)
    plain = File(filename="a b.txt", content_type="text/plain", content=b"hi", charset="utf-8")
    mail = reread(replace(NOTICE, files=(file, plain)))

    assert mail.get_content_type() == "multipart/mixed"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").rstrip("\n") == NOTICE.text
    first, second = mail.iter_attachments()
    assert (first.get_filename(), first.get_content()) == (file.filename, file.content)
    assert (second.get_filename(), second.get_content().strip()) == ("a b.txt", "hi")
    assert not [part.defects for part in mail.walk() if part.defects]


def test_file_can_set_no_header() -> None:
    """Neither its name nor its type may end the line it stands in."""
    file = File(filename='a"\r\nX-Evil: 1\r\n\r\nx', content_type="x\r\nX-Evil: 1", content=b"")
    content = compose(replace(NOTICE, files=(file,)))

    assert b"\nX-Evil" not in content
    assert b"application/octet-stream" in content


def test_reply_to_is_written_where_there_is_one() -> None:
    """Answers go there instead."""
    mail = reread(replace(NOTICE, reply_to=Address(email="support+t@example.com", name="Acme")))

    assert mail["Reply-To"] == "Acme <support+t@example.com>"
    assert reread(NOTICE)["Reply-To"] is None


PICTURE = Picture(
    cid="weeks@example.com", filename="weeks.png", content_type="image/png", content=b"\x89PNG\r\n"
)


def test_pictures_belong_to_the_html() -> None:
    """They stand beside it within the alternative, so that who reads text gets none as a file."""
    mail = reread(replace(NOTICE, pictures=(PICTURE,)))
    assert [part.get_content_type() for part in mail.walk()] == [
        *("multipart/alternative", "text/plain"),
        *("multipart/related", "text/html", "image/png"),
    ]
    *_, image = mail.walk()
    assert image["Content-ID"] == "<weeks@example.com>"
    assert image.get_content_disposition() == "inline"
    assert image.get_content() == PICTURE.content
    html = mail.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == NOTICE.html
    assert not any(part.defects for part in mail.walk())


def test_pictures_and_files() -> None:
    """Files stand behind all of it."""
    file = File(filename="a.pdf", content_type="application/pdf", content=b"%PDF")
    mail = reread(replace(NOTICE, pictures=(PICTURE,), files=(file,)))
    words, attached = mail.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    assert attached.get_filename() == "a.pdf"
    assert [one.get_filename() for one in mail.iter_attachments()] == ["a.pdf"]


def test_a_name_of_a_picture_can_set_no_header() -> None:
    """It is refused: it is ours, and a mistake."""
    with pytest.raises(ValueError, match="Content-ID"):
        compose(replace(NOTICE, pictures=(replace(PICTURE, cid="a@b>\nX-Evil: 1"),)))
