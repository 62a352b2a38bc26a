"""What every mail client does when it writes, whichever it is: what it takes from the mail it
answers, and how lines are cut, quoted and made HTML."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from html import escape, unescape
from textwrap import wrap
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Madrid")
DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
}
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre"
    " noviembre diciembre",
}
_PREFIX = re.compile(r"^(?:re|aw|rv|fw|fwd|wg): *", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Above:
    """The mail that a reply or forward has below it."""

    name: str
    email: str
    to: str
    cc: str
    subject: str
    when: datetime
    text: str
    forward: bool

    @classmethod
    def of(cls, mail: EmailMessage, *, forward: bool = False) -> "Above":
        """What is quoted of a mail."""
        [(name, email), *_] = getaddresses([str(mail["From"])])
        return cls(
            name=name or email,
            email=email,
            to=str(mail.get("To", "")),
            cc=str(mail.get("Cc", "")),
            subject=str(mail.get("Subject", "")),
            when=parsedate_to_datetime(str(mail["Date"])).astimezone(ZONE),
            text=_text_of(mail),
            forward=forward,
        )

    @property
    def who(self) -> str:
        """`Name <address>`."""
        return f"{self.name} <{self.email}>"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A mail that is being written; each client is a class below this one."""

    email: str
    """The writer's."""
    language: str
    text: str
    to: str
    at: datetime
    new_subject: str = ""
    """Where nothing is above, or the writer changed it."""
    above: Above | None = None
    signature: str = ""
    logo: bool = False
    bottom: bool = False
    """The text stands below the quote."""

    flowed = False
    reply_prefix = "Re: "
    forward_prefixes = ("Fwd: ", "Fwd: ")

    @property
    def subject(self) -> str:
        """With the prefix that this client puts before it."""
        if self.above is None or self.new_subject:
            return self.new_subject
        bare = without_prefix(self.above.subject)
        return (
            self.say(*self.forward_prefixes) if self.above.forward else self.reply_prefix
        ) + bare

    @property
    def seed(self) -> str:
        """Hexadecimal digits that no other mail has."""
        above = self.above.text if self.above is not None else ""
        said = (self.email, self.to, self.at.isoformat(), self.subject, self.text, above)
        return hashlib.sha1("\n".join(said).encode()).hexdigest()

    @property
    def message_id(self) -> str:
        """As the client, or its server, makes it."""
        seed = self.seed
        unique = "-".join((seed[:8], seed[8:12], seed[12:16], seed[16:20], seed[20:32]))
        return f"<{unique}@{self.email.partition('@')[2]}>"

    @property
    def headers(self) -> dict[str, str]:
        """What else stands in the header."""
        return {}

    def body(self) -> tuple[str, str]:
        """The text part, and the HTML part or ""."""
        raise NotImplementedError

    def say(self, english: str, spanish: str) -> str:
        """In the client's language."""
        return spanish if self.language == "es" else english

    def day(self, when: datetime) -> str:
        """The day of the week."""
        return DAYS[self.language].split()[when.weekday()]

    def month(self, when: datetime) -> str:
        """The month."""
        return MONTHS[self.language].split()[when.month - 1]


def without_prefix(subject: str) -> str:
    """A subject without the first "Re:" or "Fwd:"."""
    return _PREFIX.sub("", subject)


def _text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain", "html"))
    text = "" if body is None else str(body.get_content())
    if body is not None and body.get_content_subtype() == "html":
        text = unescape(
            re.sub(r"<[^>]{0,500}>", "", re.sub(r"<(?:br|/p|/div)[^>]{0,99}>", "\n", text))
        )
    if body is not None and body.get_param("format") == "flowed":
        text = re.sub(r"(?<!^--) \n(?!\n)", " ", text, flags=re.MULTILINE)
    return text.replace("\r\n", "\n").strip()


def broken(text: str) -> str:
    """Lines as HTML."""
    return "<br>".join(escape(line) for line in text.split("\n"))


def cited(text: str) -> str:
    """As Apple quotes in HTML."""
    return f'<blockquote type="cite"><div dir="ltr">{broken(text)}</div></blockquote>'


def cut(text: str, width: int) -> str:
    """With no line longer than `width`."""
    return "\n".join(piece for line in text.split("\n") for piece in wrap(line, width) or [""])


def flowed(text: str) -> str:
    """Paragraphs in lines that end with a space where they go on (RFC 3676 §4.1)."""
    return "\n".join(" \n".join(wrap(line, 71)) for line in text.split("\n"))


def quoted(text: str, *, stuffed: bool = False) -> str:
    """With `>` before each line; `stuffed`: without a space before what is empty."""
    lines = []
    for line in text.split("\n"):
        tight = line.startswith(">") or (stuffed and not line)
        lines.append(f">{line}" if tight else f"> {line}")
    return "\n".join(lines)
