"""The mails of the demo's morning: invented people writing to an invented shop."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

SUPPORT = "support@shop.example"
LEAD = "lead@shop.example"
STAFF = "ana@shop.example"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A mail somebody writes."""

    who: str
    """As the story names them."""
    sender: str
    """As it stands in From."""
    subject: str
    text: str
    message_id: str
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        """`local@domain` of the sender."""
        return self.sender.rpartition("<")[2].rstrip(">")

    def written(self, at: datetime) -> bytes:
        """The mail as a server would deliver it."""
        mail = EmailMessage()
        mail["From"] = self.sender
        mail["To"] = SUPPORT
        mail["Subject"] = self.subject
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = self.message_id
        for name, value in self.headers:
            mail[name] = value
        mail.set_content(self.text)
        return mail.as_bytes()


def answer(letter: Letter, text: str, *, at: datetime) -> bytes:
    """What Ana's mail client files in Sent when she answers a letter."""
    mail = EmailMessage()
    mail["From"] = f"Ana Ruiz <{SUPPORT}>"
    mail["To"] = letter.sender
    mail["Subject"] = f"Re: {letter.subject}"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = letter.message_id.replace("@", ".answer@shop.example.")
    mail["In-Reply-To"] = letter.message_id
    mail["References"] = letter.message_id
    mail.set_content(text)
    return mail.as_bytes()


def reply(notice: EmailMessage, text: str, *, at: datetime) -> bytes:
    """What the lead's mail client sends when they reply to a notice of ours."""
    mail = EmailMessage()
    mail["From"] = f"Marta Vidal <{LEAD}>"
    mail["To"] = str(notice["Reply-To"] or notice["From"])
    mail["Subject"] = f"Re: {notice['Subject']}"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = "<reply-1@shop.example>"
    mail["In-Reply-To"] = mail["References"] = str(notice["Message-ID"])
    body = notice.get_body(("plain",))
    quoted = body.get_content().splitlines() if body is not None else []
    below = "\n".join(f"> {line}".rstrip() for line in quoted)
    mail.set_content(f"{text}\nEl {at:%d/%m/%Y}, {SUPPORT} escribió:\n\n{below}\n")
    return mail.as_bytes()


EMMA = Letter(
    who="Emma",
    sender="Emma Clarke <emma@customer.example>",
    subject="Where is my order 20417?",
    text=(
        "Hello,\n\nI ordered a kettle last Monday and the tracking page has shown\n"
        "nothing since. Could you tell me when it will arrive?\n\nMany thanks,\nEmma\n"
    ),
    message_id="<emma-1@customer.example>",
)
LUCIA = Letter(
    who="Lucía",
    sender="Lucía Fernández <lucia@cliente.example>",
    subject="Factura con el NIF equivocado",
    text=(
        "Buenos días:\n\nLa factura del pedido 20388 lleva un NIF que no es el mío."
        "\n¿Podrían enviármela corregida?\n\nUn saludo,\nLucía Fernández\n"
    ),
    message_id="<lucia-1@cliente.example>",
)
JAVIER = Letter(
    who="Javier",
    sender="Javier Molina <javier@cliente.example>",
    subject="TERCERA VEZ QUE ESCRIBO",
    text=(
        "Es la tercera vez que les escribo y nadie me contesta. ¡Esto es una\n"
        "vergüenza! Me cobraron dos veces, y lo suyo es una tomadura de pelo. Si\n"
        "mañana no tengo mi dinero, les pongo una denuncia.\n"
    ),
    message_id="<javier-1@cliente.example>",
)
OUT_OF_OFFICE = Letter(
    who="a machine",
    sender="Tom Baker <tom@supplier.example>",
    subject="Automatic reply: Price list",
    text="I am out of the office until Monday and will read your mail then.\n",
    message_id="<ooo-1@supplier.example>",
    headers=(("Auto-Submitted", "auto-replied"),),
)
NEWSLETTER = Letter(
    who="a newsletter",
    sender="Packaging Weekly <news@list.example>",
    subject="Ten boxes you will love",
    text="This week: boxes.\n",
    message_id="<news-1@list.example>",
    headers=(("List-Id", "<weekly.list.example>"), ("Precedence", "bulk")),
)
