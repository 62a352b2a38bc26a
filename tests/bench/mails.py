"""Mails as a support mailbox gets them, thousands at a time: invented people in two languages, one
in eight of them angry, one in twenty a machine; with the headers that real servers add."""

import base64
import quopri
from dataclasses import dataclass
from email.header import Header
from email.utils import formatdate

WORDS = {
    "en": (
        (
            "my order {n} has not arrived and the tracking page shows nothing new since Monday. "
            "I ordered two lamps and a cable for the office, and paid the express delivery on top."
        ),
        "could you tell me when it will come? I am at home on Thursday and Friday only.",
        (
            "This is the third time I write and nobody answers. It is outrageous, I am furious: "
            "you lie about the delivery date and keep my money. I want my refund now, or you will "
            "hear from my lawyer!"
        ),
        "Sent with the address I gave in your shop. Kind regards,",
    ),
    "es": (
        (
            "el pedido {n} no ha llegado y la página de seguimiento no muestra nada nuevo desde el "
            "lunes. Pedí dos lámparas y un cable para la oficina, y pagué además el envío urgente."
        ),
        "¿podrían decirme cuándo va a llegar? Solo estoy en casa el jueves y el viernes.",
        (
            "Es la tercera vez que escribo y nadie contesta. Es indignante, estoy furioso: "
            "mienten con la fecha de entrega y se quedan con mi dinero. ¡Quiero mi reembolso ya, "
            "o hablarán con mi abogado!"
        ),
        "Escribo desde la dirección que di en su tienda. Un saludo,",
    ),
}
NAMES = {"en": ("Emma Clarke", "Owen Hughes"), "es": ("Lucía Fernández", "Íñigo Peña")}
SUBJECTS = {"en": "Where is my order {n}?", "es": "¿Dónde está mi pedido {n}?"}

STYLE = ".c{font-family:Arial,sans-serif;font-size:14px;line-height:1.5;color:#222222}" * 12
MACHINES = (
    "Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\n",
    "List-Id: News <news.shop.test>\nList-Unsubscribe: <mailto:off@shop.test>\nPrecedence: bulk\n",
    "Precedence: auto_reply\nX-Autoreply: yes\n",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """One mail."""

    sender: str
    content: bytes
    angry: bool
    machine: bool
    """A person writes back to no machine, and neither does the program."""


def mails(count: int, *, at: float) -> list[Mail]:
    """As many mails, each from somebody else, received at this moment (seconds since the epoch)."""
    return [_mail(number, at) for number in range(count)]


def _mail(number: int, at: float) -> Mail:
    language = ("en", "es")[number % 2]
    angry, machine = number % 8 == 3, number % 20 == 7
    first, calm, furious, end = WORDS[language]
    name = NAMES[language][number // 2 % 2]
    lines = [first.format(n=20000 + number), furious if angry else calm, end, name]
    sender = f"person{number}@customer.test"
    text = "\n\n".join(lines) + "\n"
    body = _plain(text) if number % 10 in (4, 9) else _alternative(text, lines, number)
    head = (
        _trace(number, sender, at)
        + f"From: {Header(name, 'utf-8' if language == 'es' else 'ascii').encode()} <{sender}>\n"
        + "To: Acme Support <support@example.com>\n"
        + f"Subject: {Header(SUBJECTS[language].format(n=20000 + number), 'utf-8').encode()}\n"
        + f"Date: {formatdate(at)}\n"
        + f"Message-ID: <CAF{number:08d}k3xw@mail.customer.test>\n"
        + "MIME-Version: 1.0\n"
        + (MACHINES[number // 20 % 3] if machine else "X-Mailer: Invented Mail 16.0\n")
    )
    content = (head + body).encode("ascii").replace(b"\n", b"\r\n")
    return Mail(sender=sender, content=content, angry=angry, machine=machine)


def _trace(number: int, sender: str, at: float) -> str:
    """What the servers on the way have added, the last one on top."""
    day = formatdate(at)
    signature = base64.b64encode(number.to_bytes(4) * 64).decode()
    folded = "\n ".join(signature[i : i + 64] for i in range(0, len(signature), 64))
    return (
        f"Return-Path: <{sender}>\n"
        f"Received: from mx.example.com (mx.example.com [192.0.2.10])\n"
        f" by imap.example.com (Postfix) with LMTP id {number:08X}\n"
        f" for <support@example.com>; {day}\n"
        f"Received: from mail.customer.test (mail.customer.test [198.51.100.7])\n"
        f" (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\n"
        f" by mx.example.com (Postfix) with ESMTPS id {number:08x}\n"
        f" for <support@example.com>; {day}\n"
        f"Authentication-Results: mx.example.com;\n"
        f" dkim=pass header.d=customer.test header.s=s1;\n"
        f" spf=pass smtp.mailfrom={sender};\n"
        f" dmarc=pass (policy=none) header.from=customer.test\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=customer.test; s=s1;\n"
        f" h=from:to:subject:date:message-id:mime-version; bh={signature[:43]}=;\n"
        f" b={folded}\n"
        f"Received: by mail.customer.test with SMTP id {number:x}; {day}\n"
    )


def _plain(text: str) -> str:
    return (
        'Content-Type: text/plain; charset="utf-8"\n'
        "Content-Transfer-Encoding: quoted-printable\n\n" + _printable(text)
    )


def _alternative(text: str, lines: list[str], number: int) -> str:
    boundary = f"=_part_{number:08d}"
    paragraphs = "".join(f'<p class="c"><span>{line}</span></p>\n' for line in lines)
    html = (
        f"<!DOCTYPE html><html><head><style>{STYLE}</style></head><body>\n"
        f'<table role="presentation" width="100%"><tr><td>{paragraphs}</td></tr></table>\n'
        f'<p class="c"><a href="https://customer.test/{number}">customer.test</a></p>'
        f"</body></html>\n"
    )
    return (
        f'Content-Type: multipart/alternative; boundary="{boundary}"\n\n'
        f"--{boundary}\n{_plain(text)}\n--{boundary}\n"
        'Content-Type: text/html; charset="utf-8"\n'
        f"Content-Transfer-Encoding: quoted-printable\n\n{_printable(html)}\n--{boundary}--\n"
    )


def _printable(text: str) -> str:
    return quopri.encodestring(text.encode("utf-8")).decode("ascii")
