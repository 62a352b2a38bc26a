"""The files of a mail that somebody is to be sent, with names that do no harm.

Nothing of a part's own headers is taken over but its type, its charset and its name. What may not
be passed on at all, or could not be passed on as it was meant, is named instead.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mailresponder.mail import quoting
from mailresponder.mail.charsets import is_known
from mailresponder.mail.encoded_words import decode_words
from mailresponder.mail.message import File
from mailresponder.mail.mime import Part, read
from mailresponder.mail.text_part import READABLE, html_part


class Obstacle(StrEnum):
    """Why the files of a mail are not passed on. One for all: half of an answer is none."""

    TOO_LARGE = "attachments_too_large"
    """Together they are larger than is allowed, or more than anybody sends."""
    ATTACHED_MAIL = "mail_attached"
    """One is a mail, perhaps the very notice that was answered."""
    CALENDAR = "calendar_attached"
    """An invitation: the customer's answer to it would go to nobody (RFC 5546)."""
    SEALED = "sealed"
    """Signed or encrypted (RFC 8551, RFC 3156): in a mail of ours neither would hold."""
    KIND = "attachment_not_allowed"
    """A program, or something only certain mail programs can open."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosed:
    """The files of a mail, or why there are none."""

    files: tuple[File, ...] = ()
    obstacle: Obstacle | None = None
    pictured: str = ""
    """What the HTML text has above the quote and the signature, with `LOGO` or `PICTURE` where it
    shows a picture; empty where it shows none."""


LOGO = "[\ue000]"
"""Stands for a picture within the text that is small enough for a signature's."""
PICTURE = "[\ue001]"
"""Stands for a larger one."""
_FILES_LIMIT = 50
_NAME_LIMIT = 120
_LOGO_LIMIT = 50_000
"""Bytes of a picture within the text that may be part of a signature without further signs."""
_IMAGE = re.compile(rb"<img\b[^<>]{0,4000}>", re.IGNORECASE)
_SHOWN_LIMIT = 50
"""Pictures within the text that are looked at; further ones count as large."""
_EXTENSION_LIMIT = 12
_SEALED = frozenset(
    {
        *("multipart/signed", "multipart/encrypted", "application/pgp-encrypted"),
        *("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-signature"),
        *("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-keys"),
    }
)
_SEALED_NAMES = (".p7m", ".p7s", ".asc", ".pgp", ".gpg")
_CALENDAR = frozenset({"text/calendar", "application/ics"})
_UNUSABLE = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_PROGRAMS = frozenset(
    {
        *("ade", "adp", "apk", "app", "appx", "bat", "bin", "chm", "cmd", "com", "cpl", "dll"),
        *("dmg", "exe", "gadget", "hta", "img", "ins", "iso", "isp", "jar", "js", "jse", "lib"),
        *("lnk", "mde", "msc", "msi", "msix", "msp", "mst", "nsh", "ocx", "pif", "ps1", "psm1"),
        *("reg", "scr", "sct", "sh", "shb", "sys", "vb", "vbe", "vbs", "vhd", "vxd", "wsc"),
        *("wsf", "wsh", "xll"),
    }
)
"""Extensions that mail servers refuse or that run where they are opened."""
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*]')
_CHARSET = re.compile(r"[A-Za-z0-9._-]{1,40}")


def enclosed(content: bytes, *, limit: int) -> Enclosed:
    """The files of a mail, `limit` bytes together at most. Never raises.

    Pictures that the HTML text shows are left out: `pictured` says where they stand.
    """
    root = read(content)
    html = _html(root)
    shown: dict[bytes, str] = {}
    files: list[File] = []
    room = limit
    if root.cut:
        return Enclosed(obstacle=Obstacle.TOO_LARGE)
    for part in root.walk():
        if (obstacle := _obstacle(part)) is not None:
            return Enclosed(obstacle=obstacle)
        if part.children or _is_text(part) or part.content_type == "application/applefile":
            continue
        data = part.content()
        if _is_shown(part, html):
            if len(shown) < _SHOWN_LIMIT:
                shown[_content_id(part)] = LOGO if len(data) <= _LOGO_LIMIT else PICTURE
            continue
        room -= len(data)
        if room < 0 or len(files) >= _FILES_LIMIT:
            return Enclosed(obstacle=Obstacle.TOO_LARGE)
        files.append(_file(part, data))
    return Enclosed(files=tuple(files), pictured=_pictured(root, shown) if shown else "")


def safe_filename(written: str) -> str:
    """A name that is nothing but a name: no folder, no control or direction mark (which could make
    `gpj.exe` look like a picture), no more than a screen shows; never empty."""
    name = unicodedata.normalize("NFC", decode_words(written[:2_000]))
    name = "".join(
        " " if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else one
        for one in name.replace("\\", "/").rpartition("/")[2]
    )
    name = " ".join(_UNSAFE.sub("_", name).split()).strip(". ")
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= _EXTENSION_LIMIT:
        name = f"{stem[: _NAME_LIMIT - len(extension) - 1].rstrip('. ')}.{extension}"
    return name[:_NAME_LIMIT] or "attachment"


def _obstacle(part: Part) -> Obstacle | None:
    kind = part.content_type
    name = _name(part).lower()
    if kind in _SEALED or name.endswith(_SEALED_NAMES):
        return Obstacle.SEALED
    if kind in _CALENDAR or name.endswith(".ics"):
        return Obstacle.CALENDAR
    if kind.startswith("message/") or name.endswith((".eml", ".msg")):
        return Obstacle.ATTACHED_MAIL
    unusable = kind in _UNUSABLE or name == "winmail.dat" or not part.is_readable()
    if unusable or safe_filename(name).rpartition(".")[2].strip() in _PROGRAMS:
        return Obstacle.KIND
    return None


def _is_text(part: Part) -> bool:
    """Is it the mail's text, in one form or another, rather than a text file?"""
    disposition, _ = part.disposition()
    is_file = disposition == "attachment" or bool(disposition and _name(part))
    return part.content_type in READABLE and not is_file


def _is_shown(part: Part, html: bytes) -> bool:
    """Does the HTML text show this picture (RFC 2392)?"""
    content_id = _content_id(part)
    is_picture = part.content_type.startswith("image/")
    return is_picture and bool(content_id) and b"cid:" + content_id in html


def _content_id(part: Part) -> bytes:
    return part.raw("content-id").strip(b" \t<>").lower()


def _pictured(root: Part, shown: Mapping[bytes, str]) -> str:
    def mark(match: re.Match[bytes]) -> bytes:
        tag = match[0].lower()
        if b"cid:" not in tag:
            return match[0]
        marks = (mark for one, mark in shown.items() if b"cid:" + one in tag)
        return next(marks, PICTURE).encode("ascii", "xmlcharrefreplace")

    texts = []
    for part in root.walk():
        if part.content_type == "text/html" and _is_text(part):
            html = _IMAGE.sub(mark, part.content())
            texts.append(html_part(html, part.parameters.get("charset"), weigh=False))
    return quoting.reply("\n".join(texts)).words


def _html(root: Part) -> bytes:
    texts = (p for p in root.walk() if p.content_type == "text/html" and _is_text(p))
    return b"\n".join(part.content() for part in texts).lower()


def _name(part: Part) -> str:
    _, parameters = part.disposition()
    return parameters.get("filename") or part.parameters.get("name") or ""


def _file(part: Part, data: bytes) -> File:
    charset = part.parameters.get("charset", "")
    usable = _CHARSET.fullmatch(charset) and is_known(charset)
    kept = charset if usable and part.content_type.startswith("text/") else ""
    return File(
        filename=safe_filename(_name(part)),
        content_type=part.content_type,
        content=data,
        charset=kept,
    )
