"""Invented mails as ordinary clients write them, one of each kind a support mailbox gets."""

from email.message import EmailMessage

SUPPORT = "support@example.com"


def letter(
    *,
    sender: str,
    subject: str,
    text: str,
    to: str = SUPPORT,
    message_id: str | None = None,
    html: str | None = None,
    attachment: bytes | None = None,
    charset: str = "utf-8",
    **headers: str,
) -> bytes:
    """A mail. Further headers are keywords, `_` standing for `-`."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    if message_id is not None:
        mail["Message-ID"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    if html is not None and not text:
        mail.set_content(html, subtype="html", charset=charset)
    else:
        mail.set_content(text, charset=charset)
        if html is not None:
            mail.add_alternative(html, subtype="html")
    if attachment is not None:
        mail.add_attachment(
            attachment, maintype="application", subtype="pdf", filename="invoice.pdf"
        )
    return mail.as_bytes()


def english() -> bytes:
    """A calm question."""
    return letter(
        sender="Emma Clarke <emma@customer.test>",
        subject="Where is my order 20417?",
        text="Hello,\n\nmy order has not arrived yet. Could you tell me when it will?\n\nEmma\n",
        message_id="<emma-1@customer.test>",
    )


def spanish() -> bytes:
    """A calm question in Spanish, in a charset of old."""
    return letter(
        sender="Lucía Fernández <lucia@cliente.test>",
        subject="Duda sobre mi factura",
        text="Buenos días:\n\nla última factura no es correcta. ¿Podrían revisarla?\n\nLucía\n",
        message_id="<lucia-1@cliente.test>",
        charset="iso-8859-1",
    )


def html_only() -> bytes:
    """A mail that has no text part."""
    return letter(
        sender="Noah <noah@customer.test>",
        subject="Change of address",
        text="",
        html="<html><body><p>Hi,</p><p>send it to <b>12 Elm Street</b>, please.</p></body></html>",
        message_id="<noah-1@customer.test>",
    )


def with_attachment() -> bytes:
    """A mail with a file."""
    return letter(
        sender="Carla <carla@cliente.test>",
        subject="Adjunto el justificante",
        text="Hola:\n\nles adjunto el justificante de la transferencia que me pidieron.\n\nCarla\n",
        attachment=b"%PDF-1.4 nothing in it",
        message_id="<carla-1@cliente.test>",
    )


def angry_english() -> bytes:
    """A furious customer."""
    return letter(
        sender="Oliver <oliver@customer.test>",
        subject="Absolutely unacceptable",
        text=(
            "This is the THIRD TIME I write and nobody answers. This is outrageous, you are"
            " incompetent liars!!!\nRefund me now or I will report you and sue you.\n"
        ),
        message_id="<oliver-1@customer.test>",
    )


def angry_spanish() -> bytes:
    """A furious customer in Spanish."""
    return letter(
        sender="Javier <javier@cliente.test>",
        subject="Esto es una vergüenza",
        text=(
            "Es la tercera vez que escribo y nadie me contesta. ¡Es indignante, son unos"
            " sinvergüenzas!\nSi no me devuelven el dinero ya, les pongo una denuncia.\n"
        ),
        message_id="<javier-1@cliente.test>",
    )


def happy() -> bytes:
    """Praise."""
    return letter(
        sender="Sofia <sofia@customer.test>",
        subject="Lovely service",
        text="I just wanted to say that the new kettle is wonderful. You made my week.\n\nSofia\n",
        message_id="<sofia-1@customer.test>",
    )


def out_of_office() -> bytes:
    """A machine that says so."""
    return letter(
        sender="Tom <tom@supplier.test>",
        subject="Automatic reply: your enquiry",
        text="I am out of the office until Monday.\n",
        message_id="<ooo-1@supplier.test>",
        Auto_Submitted="auto-replied",
    )


def bounce() -> bytes:
    """A delivery status notification (RFC 3464)."""
    return (
        b"From: Mail Delivery System <MAILER-DAEMON@relay.test>\r\n"
        b"To: support@example.com\r\n"
        b"Subject: Undelivered Mail Returned to Sender\r\n"
        b"Message-ID: <dsn-1@relay.test>\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n'
        b"\r\n"
        b"--B\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
        b"--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; relay.test\r\n\r\n"
        b"Final-Recipient: rfc822; nobody@customer.test\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"\r\n--B\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        b"Message-ID: <somebody-elses@relay.test>\r\nSubject: hello\r\n\r\n--B--\r\n"
    )


def mailing_list() -> bytes:
    """A list's mail."""
    return letter(
        sender="News <news@list.test>",
        subject="This week",
        text="News.\n",
        message_id="<list-1@list.test>",
        List_Id="<weekly.list.test>",
        List_Unsubscribe="<https://list.test/bye>",
    )


def no_reply() -> bytes:
    """A sender that reads no answers."""
    return letter(
        sender="Parcel Service <no-reply@parcels.test>",
        subject="Your parcel is on its way",
        text="It will arrive tomorrow.\n",
        message_id="<parcel-1@parcels.test>",
    )


def own_address() -> bytes:
    """Somebody writes in our own name."""
    return letter(
        sender=f"Support <{SUPPORT}>",
        subject="Test",
        text="Does this work?\n",
        message_id="<own-1@example.com>",
    )


PEOPLE = {
    "emma@customer.test": ("en", english),
    "lucia@cliente.test": ("es", spanish),
    "noah@customer.test": ("en", html_only),
    "carla@cliente.test": ("es", with_attachment),
    "oliver@customer.test": ("en", angry_english),
    "javier@cliente.test": ("es", angry_spanish),
    "sofia@customer.test": ("en", happy),
}
"""Who writes as a person: the language, and the mail."""

ANGRY = {"oliver@customer.test", "javier@cliente.test"}

MACHINES = (out_of_office, bounce, mailing_list, no_reply, own_address)
"""Mails that nobody waits for an answer to."""
