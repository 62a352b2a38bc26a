"""The body of a message: which part is what the sender wrote, and what else was there.

Text parts are read, everything else becomes an Attachment without content. Notes say in words
for staff what could not be read, and hold nothing the sender wrote.
"""

import re
from dataclasses import dataclass, field

from mailresponder.mail.charsets import clean, is_printable
from mailresponder.mail.encoded_words import decode_words
from mailresponder.mail.message import Attachment
from mailresponder.mail.mime import Part, read
from mailresponder.mail.smime import signed_entity
from mailresponder.mail.text_part import ENCRYPTED, READABLE, TOO_LONG, html_part, read_text
from mailresponder.mail.tnef import Packed, read_tnef

BORROWED = "It has no text of its own: the text is that of the attached message."

NO_TEXT = "It has no text."
"""The note about a mail whose body is empty."""

_TEXT_LIMIT = 100_000
_TEXTS_LIMIT = 600_000
"""Bytes of all text parts together, unless the first is longer."""
_WEIGHED_LIMIT = 20
"""Parts of which the charset is weighed where it lies."""
_OPENED_LIMIT = 10
"""Attached messages, signatures and winmail.dat files that are looked into."""
_NESTED_LIMIT = 3
_MACHINE_PARTS = frozenset(
    {
        *("message/delivery-status", "message/global-delivery-status", "text/rfc822-headers"),
        *("message/disposition-notification", "message/feedback-report"),
        *("message/global-headers", "message/global-disposition-notification"),
    }
)
_SIGNATURES = frozenset(
    {
        *("application/pgp-signature", "application/pkcs7-signature"),
        *("application/x-pkcs7-signature", "application/pgp-encrypted", "application/applefile"),
    }
)
_MESSAGES = frozenset({"message/rfc822", "message/global"})
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_STUB = re.compile(
    r"\bhtml\b|\bbrowser\b|navegador|navigateur|view (?:it|this|the) (?:message|e-?mail) online|"
    r"no (?:puede|pudo) mostrar",
    re.IGNORECASE,
)
_STUB_LENGTH = 400
_MARKS = re.compile(r"\[(?:cid|image)[^\[\]\n]{0,200}\]|https?://\S{1,2000}", re.IGNORECASE)
_WORD = re.compile(r"\w")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
"""What is no text, and what a terminal would obey."""
_KINDS = (
    ("application/pdf", "PDF document"),
    ("message/rfc822", "attached message"),
    ("text/calendar", "calendar entry"),
    ("text/vcard", "contact"),
    ("text/x-vcard", "contact"),
    ("image/", "picture"),
    ("audio/", "sound recording"),
    ("video/", "video"),
    ("text/", "text file"),
)


@dataclass(slots=True)
class Body:
    """What was found in the parts of one message."""

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bytes_read: int = 0
    """Of text parts, as transferred."""
    weighed: int = 0
    opened: int = 0
    packed: list[Packed] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    """Text parts that came as files without being called attachments."""

    def note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)

    def may_open(self) -> bool:
        """May one more container be looked into? Counts it."""
        self.opened += 1
        return self.opened <= _OPENED_LIMIT


def read_body(root: Part) -> Body:
    """The text as its sender wrote it, the attachments, and notes about the rest."""
    body = Body()
    text = _joined(_texts(root, body)) or _packed_text(body)
    if not text and root.content_type != "multipart/report":
        text = _filed_text(body) or _forwarded_text(root, body, level=1)
    if len(text) > _TEXT_LIMIT:
        text = text[:_TEXT_LIMIT]
        body.note(TOO_LONG)
    if not is_printable(text):
        text = _CONTROLS.sub("", text)
    body.text = text.strip("\n")
    if "\ufffd" in body.text:
        body.note("Some characters of the text could not be read.")
    if root.cut:
        body.note("It has too many parts or levels: not all of them were read.")
    if not body.text.strip():
        body.note(_nothing_but(root, body))
    elif any(part.content_type == "multipart/encrypted" for part in root.walk()):
        body.note(ENCRYPTED)
    return body


def _joined(texts: list[str]) -> str:
    return "\n\n".join(text for text in texts if text.strip())


def _texts(part: Part, body: Body) -> list[str]:
    """The texts below a part in reading order; what is no text goes to the attachments."""
    kind = part.content_type
    if not part.children:
        return _leaf(part, body)
    if kind == "multipart/alternative":
        return _alternative(part, body)
    children = part.children
    if kind == "multipart/related":
        # The root may stand behind what it refers to (RFC 2387 §3.2).
        start = part.parameters.get("start", "").strip()
        children = tuple(
            sorted(children, key=lambda c: not start or c.value("content-id") != start)
        )
    if kind == "multipart/report":
        texts = _texts(children[0], body)
        for child in children[1:]:
            _texts(child, body)
        return texts
    return [text for child in children for text in _texts(child, body)]


def _alternative(part: Part, body: Body) -> list[str]:
    """Plain text where it says something, else the richest other (RFC 2046 §5.1.4)."""
    best: list[str] = []
    plain = next((c for c in part.children if c.content_type == "text/plain"), None)
    if plain is not None:
        best = [text for text in _leaf(plain, body) if text.strip()]
    is_stub = _is_stub("\n".join(best)) if best else False
    for child in reversed(part.children):
        if child is plain:
            continue
        if best and not is_stub and child.content_type in READABLE:
            continue
        # Even where its text is not needed, a branch may hold attachments.
        texts = [text for text in _texts(child, body) if text.strip()]
        if not best or (is_stub and sum(map(len, texts)) > sum(map(len, best))):
            best, is_stub = texts, False
    return best


def _is_stub(text: str) -> bool:
    """Does the plain alternative only say that the mail is to be read elsewhere?"""
    if len(text) > 10 * _STUB_LENGTH:
        return False
    words = _MARKS.sub("", text).strip()
    return len(words) < _STUB_LENGTH and (not _WORD.search(words) or bool(_STUB.search(words)))


def _leaf(part: Part, body: Body) -> list[str]:
    kind = part.content_type
    if kind in _MACHINE_PARTS or kind in _SIGNATURES or kind.startswith("multipart/"):
        return []
    disposition, parameters = part.disposition() if part.raw("content-disposition") else ("", {})
    filename = parameters.get("filename") or part.parameters.get("name") or ""
    is_text = kind in READABLE and part.is_readable()
    if is_text and disposition != "attachment" and not (disposition and filename):
        return _read_text(part, body)
    if kind in _SMIME or filename.endswith(".p7m"):
        signed = _signed_text(part, body)
        if signed is not None:
            return signed
    body.attachments.append(
        Attachment(filename=decode_words(filename)[:300], content_type=kind, size=len(part.body))
    )
    if is_text and (disposition != "attachment" or not filename):
        body.files.append(part)
    if (kind in _TNEF or filename.lower() == "winmail.dat") and body.may_open():
        _unpack(part, body)
    return []


def _read_text(part: Part, body: Body) -> list[str]:
    body.bytes_read += len(part.body)
    if body.bytes_read > max(_TEXTS_LIMIT, len(part.body)):
        body.note(TOO_LONG)
        return []
    body.weighed += 1
    found = read_text(part, weigh=body.weighed <= _WEIGHED_LIMIT)
    for note in found.notes:
        body.note(note)
    for name, size in found.files:
        _attach(body, name, size)
    return [found.text]


def _attach(body: Body, name: str, size: int) -> None:
    """A file that was found inside of something, of which nothing but its name is known."""
    name = clean(name)[:300]
    body.attachments.append(
        Attachment(filename=name, content_type="application/octet-stream", size=size)
    )


def _signed_text(part: Part, body: Body) -> list[str] | None:
    """The texts inside an opaque S/MIME signature (RFC 8551 §3.5.2); None where there is none."""
    entity = signed_entity(part.content()) if body.may_open() else None
    if entity is None:
        return None
    body.note("It is signed with S/MIME; the signature was not checked.")
    return _texts(read(entity), body)


def _unpack(part: Part, body: Body) -> None:
    packed = read_tnef(part.content())
    if packed is not None:
        body.packed.append(packed)
        for name, size in packed.files:
            _attach(body, name, size)


def _packed_text(body: Body) -> str:
    """The text in a winmail.dat, which is wanted where it stands nowhere else."""
    texts = []
    for packed in body.packed:
        text = packed.plain.strip() or html_part(packed.html, packed.charset, weigh=True).strip()
        texts.append(text or packed.rich)
    return _joined(texts)


def _filed_text(body: Body) -> str:
    """The text of text files that came alone, which mail programs show like any text."""
    return _joined([text for part in body.files[:_OPENED_LIMIT] for text in _read_text(part, body)])


def _forwarded_text(root: Part, body: Body, *, level: int) -> str:
    """The texts of attached messages where there is nothing else to read."""
    texts = []
    for part in root.walk():
        if part.content_type not in _MESSAGES or not body.may_open():
            continue
        message = read(part.content())
        inner = Body(opened=body.opened, weighed=body.weighed, bytes_read=body.bytes_read)
        text = _joined(_texts(message, inner)) or _packed_text(inner)
        body.bytes_read = inner.bytes_read
        if not text and level < _NESTED_LIMIT:
            text = _forwarded_text(message, body, level=level + 1)
        if text:
            body.note(BORROWED)
            texts.append(_joined([clean(decode_words(message.value("subject"))), text]))
    return _joined(texts)


def _nothing_but(root: Part, body: Body) -> str:
    """What a mail without text consists of."""
    kinds = {part.content_type for part in root.walk()}
    if "multipart/encrypted" in kinds or "application/pgp-encrypted" in kinds:
        return "It is encrypted (PGP): its text cannot be read here."
    if ENCRYPTED in body.notes:
        body.notes.remove(ENCRYPTED)
        return "It is encrypted (PGP): its text cannot be read here."
    if kinds & _SMIME:
        return "It is encrypted or signed with S/MIME: its text cannot be read here."
    if kinds & _TNEF and not any(packed.files for packed in body.packed):
        return "Its text is packed in a winmail.dat file (TNEF), which cannot be read here."
    if "text/calendar" in kinds:
        return "It has no text, only a calendar invitation."
    if not body.attachments:
        return NO_TEXT
    count = len(body.attachments)
    return f"It has no text, only {count} attachment{'s' if count > 1 else ''}: {_listed(body)}."


def _listed(body: Body) -> str:
    """The kinds of attachments and how many of each; their names are the sender's words."""
    counts: dict[str, int] = {}
    for attachment in body.attachments:
        kind = attachment.content_type
        name = next((name for start, name in _KINDS if kind.startswith(start)), "file")
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts.items())
