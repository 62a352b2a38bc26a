"""The files of an answer that is to be passed on."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.mail.attachments import (
    LOGO,
    PICTURE,
    Enclosed,
    Obstacle,
    enclosed,
    safe_filename,
)
from mailresponder.mail.message import File

LIMIT = 1_000_000
IMAGE = b"GIF89a" + bytes(30)


def a_mail(html: str = "") -> EmailMessage:
    """Text, and HTML if there is any."""
    mail = EmailMessage()
    mail["Subject"] = "Re: Unanswered"
    mail.set_content("It arrives on Friday.\n")
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def files(mail: EmailMessage, *, limit: int = LIMIT) -> Enclosed:
    """What is found in it."""
    return enclosed(mail.as_bytes(), limit=limit)


def test_files_keep_their_kind_their_name_and_every_byte() -> None:
    """Text is no file unless it is sent as one; then its charset counts."""
    mail = a_mail("<p>It arrives.</p>")
    mail.add_attachment(bytes(range(256)), maintype="image", subtype="png", filename="Foto ñ.png")
    mail.add_attachment("año\n", charset="iso-8859-1", filename="list.txt")

    found = files(mail)

    assert found.obstacle is None
    assert found.files[0] == File(
        filename="Foto ñ.png", content_type="image/png", content=bytes(range(256))
    )
    assert (found.files[1].charset, found.files[1].content) == ("iso-8859-1", b"a\xf1o\n")


def test_pictures_of_a_signature_are_left_out() -> None:
    """Only where the HTML text shows them: Apple Mail sends photographs inline, too."""
    mail = a_mail('<p>Hello</p><img src="CID:logo@x">')
    html = mail.get_payload()[1]
    html.add_related(IMAGE, "image", "gif", cid="<logo@x>", filename="logo.gif")
    mail.add_attachment(IMAGE, "image", "gif", disposition="inline", filename="photo.gif")

    assert [file.filename for file in files(mail).files] == ["photo.gif"]


def test_pictures_within_the_text_are_told_from_it() -> None:
    """Whose size and place say what they are; what the quote shows is nobody's concern."""
    mail = a_mail(
        '<p>See:</p><img alt="x" src="cid:shot@x"><p>Lena</p><IMG SRC="cid:logo@x">'
        '<img src="https://example.com/x.png"><blockquote><img src="cid:quoted@x"></blockquote>'
    )
    html = mail.get_payload()[1]
    for name, size in (("shot", 60_000), ("logo", 600), ("quoted", 60_000)):
        html.add_related(bytes(size), "image", "png", cid=f"<{name}@x>")

    found = files(mail)

    assert found.files == ()
    assert "".join(found.pictured.split()) == f"See:{PICTURE}Lena{LOGO}"


@pytest.mark.parametrize(
    ("kind", "name", "obstacle"),
    [
        ("application/octet-stream", "setup.exe", Obstacle.KIND),
        ("application/octet-stream", "photo\u202egpj.EXE ", Obstacle.KIND),
        ("application/ms-tnef", "winmail.dat", Obstacle.KIND),
        ("text/calendar", "invite.ics", Obstacle.CALENDAR),
        ("application/octet-stream", "invite.ics", Obstacle.CALENDAR),
        ("application/pkcs7-mime", "smime.p7m", Obstacle.SEALED),
        ("application/pgp-signature", "signature.asc", Obstacle.SEALED),
        ("application/octet-stream", "notice.eml", Obstacle.ATTACHED_MAIL),
        ("application/vnd.ms-outlook", "notice.msg", Obstacle.ATTACHED_MAIL),
        ("application/pdf", "invoice.pdf", None),
        ("application/zip", "photos.zip", None),
    ],
)
def test_kinds_that_are_not_passed_on(kind: str, name: str, obstacle: Obstacle | None) -> None:
    """By what they say they are, and by what their name would make of them."""
    mail = a_mail()
    main, sub = kind.split("/")
    mail.add_attachment(b"x", maintype=main, subtype=sub, filename=name)

    assert files(mail).obstacle is obstacle


def test_attached_mail_is_not_passed_on() -> None:
    """It may be the notice itself, with all that is for staff."""
    mail = a_mail()
    mail.add_attachment(a_mail())

    assert files(mail).obstacle is Obstacle.ATTACHED_MAIL


def test_signed_mail_is_not_passed_on() -> None:
    """Its signature would not hold."""
    signed = (
        b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=b\n\n'
        b"--b\nContent-Type: text/plain\n\nHello\n"
        b"--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nabc\n--b--\n"
    )

    assert enclosed(signed, limit=LIMIT).obstacle is Obstacle.SEALED


@pytest.mark.parametrize(("sizes", "fits"), [((400, 600), True), ((400, 601), False)])
def test_all_files_together_count(sizes: tuple[int, ...], fits: bool) -> None:
    """As they are, not as they are encoded."""
    mail = a_mail()
    for size in sizes:
        mail.add_attachment(bytes(size), maintype="image", subtype="png", filename="a.png")

    assert (files(mail, limit=1000).obstacle is None) is fits


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\offer.pdf", "offer.pdf"),
        ("=?utf-8?b?RmFjdHVyYSDDsS5wZGY=?=", "Factura ñ.pdf"),
        ("photo\u202egpj.exe", "photo gpj.exe"),
        ('a"b\r\nContent-Type: x;.pdf', "a_b Content-Type_ x;.pdf"),
        ("...", "attachment"),
        ("", "attachment"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_names_do_no_harm(written: str, safe: str) -> None:
    """No folder, no control or direction mark, no more than a screen shows."""
    assert safe_filename(written) == safe


@given(st.text(max_size=400))
def test_no_name_holds_what_a_header_or_a_folder_could_be_broken_with(written: str) -> None:
    """Whatever it was."""
    name = safe_filename(written)

    assert 0 < len(name) <= 120
    assert not set(name) & set('\r\n\0"/\\<>\u202e')


@given(st.binary(max_size=2_000))
def test_no_mail_makes_it_fail(content: bytes) -> None:
    """Nothing raises on what is no mail."""
    assert isinstance(enclosed(content, limit=100), Enclosed)
