"""People at their mail clients: new mails, replies and forwards as Outlook, Outlook for telephones,
Gmail, Thunderbird and Apple Mail write them, and the replies they send while nobody is there.

How each of them quotes, heads and names things is in `client_outlook` and `client_others`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from typing import Any

from client_others import AppleMail, Gmail, Thunderbird
from client_outlook import Outlook, OutlookMobile
from client_writing import ZONE, Above, Draft

WHEN = datetime(2025, 3, 10, 9, 0, tzinfo=UTC)
PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002"
)
"""Enough of a GIF for a logo in a signature."""
CLIENTS: dict[str, type[Draft]] = {
    "outlook": Outlook,
    "outlook_mobile": OutlookMobile,
    "gmail": Gmail,
    "thunderbird": Thunderbird,
    "apple_mail": AppleMail,
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who writes with one mail client."""

    name: str
    email: str
    client: str = "gmail"
    """One of CLIENTS."""
    language: str = "en"
    """Of the client: "en" or "es"."""
    signature: str = ""
    logo: bool = False
    """With a picture in the signature (Outlook)."""
    keeps_references: bool = True
    """Some servers drop References from what Outlook sends, and leave In-Reply-To."""
    bottom_posting: bool = False
    """Writes below the quote (Thunderbird)."""
    headers: tuple[tuple[str, str], ...] = ()
    """What the servers on the way add, as Authentication-Results."""

    def write(
        self,
        to: str | Sequence[str],
        subject: str,
        text: str,
        *,
        cc: Sequence[str] = (),
        attachments: Sequence[str] = (),
        at: datetime = WHEN,
    ) -> bytes:
        """A new mail."""
        to = (to,) if isinstance(to, str) else to
        return self._mail(text, to=to, new_subject=subject, cc=cc, attachments=attachments, at=at)

    def reply(
        self,
        mail: EmailMessage | bytes,
        text: str,
        *,
        subject: str = "",
        everybody: bool = False,
        to: Sequence[str] = (),
        cc: Sequence[str] = (),
        attachments: Sequence[str] = (),
        at: datetime = WHEN,
    ) -> bytes:
        """A reply, or a reply-all to `everybody`. `to`: others than the client would choose;
        `subject`: another one than the client's."""
        read = _read(mail)
        chosen = _addresses(read, "Reply-To") or _addresses(read, "From")
        copied: list[str] = []
        if everybody:
            others = [a for a in _addresses(read, "To") if not self._mine(a)]
            copied = [a for a in _addresses(read, "Cc") if not self._mine(a)]
            if self.client == "gmail":
                copied = others + copied
            else:
                chosen = chosen + others
        return self._mail(
            text,
            new_subject=subject,
            above=Above.of(read),
            to=to or chosen,
            cc=[*copied, *cc],
            attachments=attachments,
            at=at,
            answered=read,
        )

    def forward(
        self,
        mail: EmailMessage | bytes,
        to: str | Sequence[str],
        text: str = "",
        *,
        cc: Sequence[str] = (),
        attachments: Sequence[str] = (),
        at: datetime = WHEN,
    ) -> bytes:
        """A forward, with the mail below the text."""
        read = _read(mail)
        return self._mail(
            text,
            above=Above.of(read, forward=True),
            to=(to,) if isinstance(to, str) else to,
            cc=cc,
            attachments=attachments,
            at=at,
            answered=read,
        )

    @property
    def address(self) -> str:
        """`Name <address>`."""
        return str(Address(self.name, addr_spec=self.email))

    def _mine(self, address: str) -> bool:
        return self.email.casefold() in address.casefold()

    def _draft(self, text: str, *, to: Sequence[str], at: datetime, **more: Any) -> Draft:
        return CLIENTS[self.client](
            email=self.email,
            language=self.language,
            text=text,
            to=", ".join(to),
            at=at,
            signature=self.signature,
            logo=self.logo,
            bottom=self.bottom_posting,
            **more,
        )

    def _mail(
        self,
        text: str,
        *,
        to: Sequence[str],
        cc: Sequence[str],
        attachments: Sequence[str],
        at: datetime,
        answered: EmailMessage | None = None,
        **more: Any,
    ) -> bytes:
        draft = self._draft(text, to=to, at=at, **more)
        mail = self._headed(draft, answered)
        if cc:
            mail["Cc"] = ", ".join(cc)
        for name, value in draft.headers.items():
            mail[name] = value
        plain, html = draft.body()
        if draft.flowed:
            mail.set_content(plain, params={"format": "flowed"})
        else:
            mail.set_content(plain)
        if html:
            mail.add_alternative(html, subtype="html")
            if self.logo:
                part = mail.get_payload()[1]
                part.add_related(PIXEL, "image", "gif", cid="<image001.gif@01DB91A0>")
        for filename in attachments:
            mail.add_attachment(
                b"%PDF-1.4 " + filename.encode(),
                maintype="application",
                subtype="pdf",
                filename=filename,
            )
        return mail.as_bytes()

    def _headed(self, draft: Draft, answered: EmailMessage | None) -> EmailMessage:
        mail = EmailMessage(policy=policy.SMTP)
        for name, value in self.headers:
            mail[name] = value
        mail["From"] = self.address
        mail["To"] = draft.to
        mail["Subject"] = draft.subject
        mail["Date"] = format_datetime(draft.at.astimezone(ZONE))
        mail["Message-ID"] = draft.message_id
        if answered is not None and answered["Message-ID"]:
            mail["In-Reply-To"] = answered["Message-ID"]
            if self.keeps_references:
                before = str(answered.get("References", "")).split()
                mail["References"] = " ".join([*before, answered["Message-ID"]])
        return mail


def out_of_office(
    person: Person, mail: EmailMessage | bytes, *, headers: bool = True, at: datetime = WHEN
) -> bytes:
    """What a person's server answers while they are away; without `headers` only its words and
    its subject tell, as from servers that set no Auto-Submitted (RFC 3834)."""
    read = _read(mail)
    spanish = person.language == "es"
    prefix = "Respuesta automática" if spanish else "Automatic reply"
    text = (
        "Hola:\n\nEstoy fuera de la oficina hasta el lunes y no podré leer su correo hasta mi"
        f" regreso.\n\nUn saludo,\n{person.name}\n"
        if spanish
        else "Hello,\n\nI am out of the office until Monday and will read your email when I am"
        f" back.\n\nKind regards,\n{person.name}\n"
    )
    subject = f"{prefix}: {read.get('Subject', '')}"
    draft = person._draft(text, to=_addresses(read, "From"), at=at, new_subject=subject)
    answer = person._headed(draft, read)
    if headers:
        answer["Auto-Submitted"] = "auto-replied"
        answer["X-Auto-Response-Suppress"] = "All"
    answer.set_content(text)
    return answer.as_bytes()


def _read(mail: EmailMessage | bytes) -> EmailMessage:
    if isinstance(mail, EmailMessage):
        return mail
    read = message_from_bytes(mail, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def _addresses(mail: EmailMessage, header: str) -> list[str]:
    values = [str(value) for value in mail.get_all(header, [])]
    return [
        str(Address(name, addr_spec=email)) if name else email
        for name, email in getaddresses(values)
        if email
    ]
