"""Sends what a template makes as a marked test, at once, to whoever is trying it.

It passes by the outbox: it is no notice, nobody is owed it, and a failure is told to who asked. Its
Message-ID is a test mail's, so that a reply to it is recorded and acted upon by nobody.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from html import escape
from textwrap import fill

from mailresponder import printable
from mailresponder.errors import MailresponderError
from mailresponder.jobs.previewing import Preview
from mailresponder.jobs.trial import Sends
from mailresponder.jobs.work import Work
from mailresponder.mail.compose import compose
from mailresponder.mail.message import Address, OutboundMessage
from mailresponder.policy.identifiers import TEST_MAIL

TEST_HEADER = "X-Mailresponder-Test"
"""Names the template; no other mail of ours bears it."""
ME = "me"
"""Stands for the first of `[admin] addresses`."""

_WIDTH = 76
"""Of the text part, as notices are laid."""
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_NOTE = (
    '<p style="margin: 0; padding: 10px 20px; background-color: #fff3c4; color: #3d2f00; '
    'font-family: Helvetica, Arial, sans-serif; font-size: 14px; line-height: 1.4">{}</p>'
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    mark: str
    """Begins the subject."""
    note: str
    """Stands above the mail; `{}` is what the template is called."""


_WORDS: Mapping[str, _Words] = {
    "en": _Words(
        mark="[Test]",
        note="This is a test of the template “{}”. No customer got it, and nothing comes of a "
        "reply to it.",
    ),
    "es": _Words(
        mark="[Prueba]",
        note="Esto es una prueba de la plantilla «{}». No la ha recibido ningún cliente, y si "
        "responde a este correo no ocurrirá nada.",
    ),
}


def send(
    work: Work,
    open_sender: Callable[[], AbstractContextManager[Sends]],
    preview: Preview,
    *,
    to: str,
    title: str = "",
) -> str:
    """Send a preview as a marked test; gives the address it went to.

    Args:
        work: Of the mailbox that sends it.
        open_sender: As `MailboxRunner.open_sender`.
        preview: What is sent; whom it says it is to gets nothing.
        to: One of `readers`, any other address of staff, or `ME`.
        title: What the template is called in the mail's first language; else its name.

    Raises MailresponderError for anybody else, and whatever sending raises.
    """
    reader = _reader(work, to)
    mail = marked(
        preview,
        to=reader,
        title=title,
        at=work.clock(),
        message_id=work.signer.message_id(
            reference=TEST_MAIL, domain=work.desk.domain, nonce=secrets.token_bytes(16)
        ),
    )
    with open_sender() as sender:
        sender.send(
            envelope_sender=work.settings.envelope_sender,
            recipient=reader.email,
            content=compose(mail),
        )
    work.tell("template_test_sent", template=preview.name, language=preview.languages[0])
    return reader.email


def readers(work: Work) -> tuple[str, ...]:
    """Whom a test may be offered to: the admins, then those of staff whom the configuration names,
    each once."""
    found: dict[str, str] = {}
    for one in (*work.config.admin.addresses, *sorted(work.desk.people)):
        found.setdefault(one.casefold(), one)
    return tuple(found.values())


def marked(
    preview: Preview, *, to: Address, title: str = "", at: datetime, message_id: str
) -> OutboundMessage:
    """The mail of a preview, to somebody else and in no thread, with words that say it is a test
    in its subject and above it."""
    words = _WORDS.get(preview.languages[0], _WORDS["en"])
    note = words.note.format(title or preview.name)
    head = _BODY.search(preview.html)
    above = head.end() if head else 0
    return OutboundMessage(
        message_id=message_id,
        date=at,
        from_=preview.from_,
        to=to,
        subject=f"{words.mark} {preview.subject}",
        text=f"{fill(note, _WIDTH)}\n\n{preview.text}",
        html=f"{preview.html[:above]}\n{_NOTE.format(escape(note))}{preview.html[above:]}",
        auto_submitted="auto-generated",
        headers={TEST_HEADER: preview.name},
    )


def _reader(work: Work, to: str) -> Address:
    admins = work.config.admin.addresses
    if to == ME:
        if not admins:
            raise MailresponderError(
                "nobody knows who you are: [admin] addresses is empty",
                mend="write your address there, or name one of staff",
            )
        return Address(email=admins[0])
    reader = Address(email=to.strip())
    if reader.key not in {one.casefold() for one in admins} and not work.desk.is_staff(reader):
        raise MailresponderError(
            f"a test mail goes to admins and staff alone, not to {printable.clean(to)}",
            mend="name one of [admin] addresses or [staff] addresses",
        )
    return reader
