"""OutboundMessage to the bytes that go to SMTP (RFC 5322, MIME, RFC 3834).

Written out by hand: one fixed shape, text and HTML and perhaps files behind them, needs a tenth of
what EmailMessage takes.
Every header value is made one line of ASCII here, whatever it was; nothing is read or sent.
"""

import re
from base64 import encodebytes
from binascii import b2a_base64, b2a_qp
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote

from mailresponder.errors import PermanentFailure
from mailresponder.mail.message import (
    Address,
    File,
    InboundMessage,
    OutboundMessage,
    Picture,
)

OWN_ID_HEADER = "X-Mailresponder-ID"
"""Repeats our Message-ID in every mail we send: some providers replace that one on the way."""

_SUBJECT_LIMIT = 200
_NAME_LIMIT = 100
_REFERENCES_LIMIT = 20
_LINE = 76
_SUPPRESS = "DR, RN, NRN, OOF, AutoReply"
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_LOCAL = re.compile(r"""[!#-'*+/-9=?A-Z^-~.-]+|"[ !#-\[\]-~]+\"""")
_DOMAIN = re.compile(r"[A-Za-z0-9._-]+|\[[A-Za-z0-9.:-]+\]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_PLAIN_FILENAME = re.compile(r"(?!.*=\?)[ !#-\[\]-~]{1,60}")
_CONTENT_ID = re.compile(r"[A-Za-z0-9.-]{1,60}@[A-Za-z0-9.-]{1,250}")
_KIND = re.compile(r"(?!multipart/|message/)[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}")


def compose(message: OutboundMessage, *, marked: bool = True) -> bytes:
    """The mail with CRLF line ends, all ASCII: text and HTML as multipart/alternative in UTF-8,
    with files in a multipart/mixed around it, and the pictures of the HTML beside it in a
    multipart/related (RFC 2387).

    Notices (`auto_submitted`) ask other responders to keep silent (RFC 3834 §5 and
    MS-OXCMAIL §2.1.3.2.20), but not to withhold bounces. `marked`: it bears OWN_ID_HEADER; what a
    person will send themselves must not. Raises PermanentFailure for an address
    that cannot be written without SMTPUTF8 (RFC 6532), or that is none.
    """
    boundary = f"=_{sha256(message.message_id.encode()).hexdigest()[:32]}"
    lines = [
        f"Date: {format_datetime(message.date)}",
        f"From: {_mailbox(message.from_)}",
        f"To: {_mailbox(message.to)}",
        f"Message-ID: {message.message_id}",
        *([f"{OWN_ID_HEADER}: {message.message_id}"] if marked else []),
        f"Subject: {_words(_shortened(message.subject), first=_LINE - 9)}",
    ]
    if message.reply_to is not None:
        lines.append(f"Reply-To: {_mailbox(message.reply_to)}")
    if message.in_reply_to and _MESSAGE_ID.fullmatch(message.in_reply_to):
        lines.append(f"In-Reply-To: {message.in_reply_to}")
    references = _trimmed([r for r in message.references if _MESSAGE_ID.fullmatch(r)])
    if references:
        lines.append("References: " + "\n ".join(references))
    if message.auto_submitted:
        lines.append(f"Auto-Submitted: {_one_line(message.auto_submitted)}")
        lines.append(f"X-Auto-Response-Suppress: {_SUPPRESS}")
    for name, value in message.headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"not a header name: {name!r}")
        lines.append(f"{name}: {_words(_one_line(value), first=_LINE - len(name) - 2)}")
    words = [
        f'Content-Type: multipart/alternative;\n boundary="{boundary}"',
        "",
        *_part(boundary, "plain", message.text),
        *_html(boundary, message.html, message.pictures),
        f"--{boundary}--",
        "",
    ]
    lines += ["MIME-Version: 1.0", *(_mixed(boundary, words, message.files))]
    return "\n".join(lines).replace("\n", "\r\n").encode("ascii")


def reply_references(message: InboundMessage) -> tuple[str, ...]:
    """The References of a reply: theirs and their Message-ID (RFC 5322 §3.6.4)."""
    chain = message.references
    if not chain and len(message.in_reply_to) == 1:
        chain = message.in_reply_to
    if message.message_id is None:
        return chain
    return (
        *(reference for reference in chain if reference != message.message_id),
        message.message_id,
    )


def address_for_envelope(address: Address) -> str:
    """The address with its domain in A-labels, as SMTP takes it (RFC 5321 §4.1.2).

    Raises PermanentFailure where the local part is not ASCII, or it is no address.
    """
    local, _, domain = address.email.rpartition("@")
    if not local.isascii():
        raise PermanentFailure(
            "an address whose part before the @ is not ASCII cannot be written to",
            mend="reply to this person from a mail client and server that speak SMTPUTF8",
        )
    if not domain.isascii():
        try:
            domain = domain[:254].encode("idna").decode("ascii")
        except UnicodeError:
            domain = ""
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise PermanentFailure("the address is not one that mail can be sent to")
    return f"{local}@{domain}"


def takes_mail(address: Address) -> bool:
    """Is it an address that `address_for_envelope` can write?"""
    try:
        address_for_envelope(address)
    except PermanentFailure:
        return False
    return True


def _mailbox(address: Address) -> str:
    email = address_for_envelope(address)
    name = _one_line(address.name)[:_NAME_LIMIT]
    if not name:
        return email
    if not name.isascii():
        name = _words(name, first=_LINE - 6)
    elif not _PLAIN_NAME.fullmatch(name) or "=?" in name:
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    separator = "\n " if len(name) + len(email) > _LINE - 10 else " "
    return f"{name}{separator}<{email}>"


def _one_line(value: str) -> str:
    return " ".join(_CONTROLS.sub(" ", value).split())


def _shortened(subject: str) -> str:
    subject = _one_line(subject)
    return subject if len(subject) <= _SUBJECT_LIMIT else subject[: _SUBJECT_LIMIT - 1] + "…"


def _words(value: str, *, first: int) -> str:
    """A header value as it may stand in a header: folded ASCII, or encoded words (RFC 2047)."""
    if value.isascii() and "=?" not in value:
        return value if len(value) <= first else _folded(value, first=first)
    pieces: list[str] = []
    data = b""
    # An encoded word is at most 75 characters: 12 of frame, 63 of base64, 45 bytes.
    room = min(45, max((first - 12) // 4 * 3, 6))
    for character in value:
        encoded = character.encode("utf-8")
        if len(data) + len(encoded) > room:
            pieces.append(_word(data))
            data, room = b"", 45
        data += encoded
    pieces.append(_word(data))
    return "\n ".join(pieces)


def _word(data: bytes) -> str:
    return f"=?utf-8?b?{b2a_base64(data, newline=False).decode('ascii')}?="


def _folded(value: str, *, first: int) -> str:
    """Broken at spaces (RFC 5322 §2.2.3); a word too long for any line becomes encoded words."""
    lines: list[str] = []
    line = ""
    for word in value.split(" "):
        if len(word) > 900:
            return _words_of_long(value)
        if line and len(line) + 1 + len(word) > (_LINE - 1 if lines else first):
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    return "\n ".join(lines)


def _words_of_long(value: str) -> str:
    data = value.encode("ascii")
    return "\n ".join(_word(data[at : at + 45]) for at in range(0, len(data), 45))


def _trimmed(references: list[str]) -> list[str]:
    """Of a long chain the first and the latest: the thread's root and its living end."""
    if len(references) <= _REFERENCES_LIMIT:
        return references
    return [references[0], *references[1 - _REFERENCES_LIMIT :]]


def _part(boundary: str, subtype: str, text: str) -> list[str]:
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    if not data.endswith(b"\n"):
        data += b"\n"
    return [
        f"--{boundary}",
        f'Content-Type: text/{subtype}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        "",
        b2a_qp(data).decode("ascii"),
    ]


def _html(boundary: str, html: str, pictures: tuple[Picture, ...]) -> list[str]:
    """The HTML, and with it what it shows: within the alternative, for no text needs a picture."""
    if not pictures:
        return _part(boundary, "html", html)
    inner = f"=_r{boundary.removeprefix('=_')}"
    lines = [
        f"--{boundary}",
        f'Content-Type: multipart/related; type="text/html";\n boundary="{inner}"',
        "",
        *_part(inner, "html", html),
    ]
    for picture in pictures:
        if not _CONTENT_ID.fullmatch(picture.cid):
            raise ValueError(f"not a Content-ID: {picture.cid!r}")
        file = File(
            filename=picture.filename, content_type=picture.content_type, content=picture.content
        )
        lines += [f"--{inner}", f"Content-ID: <{picture.cid}>", *_file(file, shown=True)]
    return [*lines, f"--{inner}--", ""]


def _mixed(inner: str, words: list[str], files: tuple[File, ...]) -> list[str]:
    """The words, and behind them the files, if there are any (RFC 2046 §5.1.3)."""
    if not files:
        return words
    boundary = f"=_m{inner.removeprefix('=_')}"
    lines = [f'Content-Type: multipart/mixed;\n boundary="{boundary}"', "", f"--{boundary}", *words]
    for file in files:
        lines += [f"--{boundary}", *_file(file)]
    return [*lines, f"--{boundary}--", ""]


def _file(file: File, *, shown: bool = False) -> list[str]:
    name = _one_line(file.filename)
    kind = file.content_type if _KIND.fullmatch(file.content_type) else "application/octet-stream"
    charset = f'; charset="{file.charset}"' if file.charset else ""
    if _PLAIN_FILENAME.fullmatch(name):
        named, disposition = f'name="{name}"', f'filename="{name}"'
    else:
        # RFC 2231 §4; and encoded words for programs that know no better, as Outlook writes them.
        named = f'name="{_words(name, first=_LINE - 7)}"'
        disposition = f"filename*=utf-8''{quote(name, safe='')}"
    return [
        f"Content-Type: {kind}{charset};\n {named}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {'inline' if shown else 'attachment'};\n {disposition}",
        "",
        encodebytes(file.content).decode("ascii"),
    ]
