"""The body of a message: which part is what the sender wrote, and what else was there.

Text parts are read, everything else becomes an Attachment without content. Notes say in words
for staff what could not be read, and hold nothing the sender wrote.
"""

import re
from dataclasses import dataclass, field

from mailresponder.mail.charsets import clean, decode, decode_words, is_known
from mailresponder.mail.html import html_to_text
from mailresponder.mail.message import Attachment
from mailresponder.mail.mime import Part, read

_TEXT_LIMIT = 100_000
_MACHINE_PARTS = frozenset(
    {
        *("message/delivery-status", "message/global-delivery-status", "text/rfc822-headers"),
        *("message/disposition-notification", "message/feedback-report"),
    }
)
_SIGNATURES = frozenset(
    {
        *("application/pgp-signature", "application/pkcs7-signature"),
        *("application/x-pkcs7-signature", "application/pgp-encrypted"),
    }
)
_READ_AS_TEXT = frozenset(
    {"text/plain", "text/html", "text/enriched", "text/richtext", "text/x-amp"}
)
_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(r"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_MARKUP = re.compile(r"<{1,2}/?[A-Za-z][^<>]{0,200}>")


@dataclass(slots=True)
class Body:
    """What was found in the parts of one message."""

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)


def read_body(root: Part) -> Body:
    """The text as its sender wrote it, the attachments, and notes about the rest."""
    body = Body()
    text = "\n\n".join(piece for piece in _texts(root, body) if piece.strip())
    if not text:
        text = _forwarded_text(root, body)
    if len(text) > _TEXT_LIMIT:
        text = text[:_TEXT_LIMIT]
        body.note("The text is very long: only its beginning was read.")
    body.text = text.strip("\n")
    if "\ufffd" in body.text:
        body.note("Some characters of the text could not be read.")
    if root.cut:
        body.note("It has too many parts or levels: not all of them were read.")
    if not body.text.strip():
        body.note(_nothing_but(root, body))
    return body


def _texts(part: Part, body: Body) -> list[str]:
    """The texts below a part in reading order; what is no text goes to the attachments."""
    kind = part.content_type
    if not part.children:
        return _leaf(part, body)
    if kind == "multipart/alternative":
        return _alternative(part, body)
    if kind == "multipart/report":
        texts = _texts(part.children[0], body)
        for child in part.children[1:]:
            _texts(child, body)
        return texts
    return [text for child in part.children for text in _texts(child, body)]


def _alternative(part: Part, body: Body) -> list[str]:
    """Plain text where it says something, else the richest other (RFC 2046 §5.1.4)."""
    best: list[str] = []
    plain = next((c for c in part.children if c.content_type == "text/plain"), None)
    if plain is not None:
        best = [text for text in _leaf(plain, body) if text.strip()]
    for child in reversed(part.children):
        if child is plain:
            continue
        if best and child.content_type in _READ_AS_TEXT:
            continue
        # Even where its text is not needed, a branch may hold attachments.
        texts = _texts(child, body)
        best = best or [text for text in texts if text.strip()]
    return best


def _leaf(part: Part, body: Body) -> list[str]:
    kind = part.content_type
    if kind in _MACHINE_PARTS or kind in _SIGNATURES or kind.startswith("multipart/"):
        return []
    disposition, parameters = part.disposition() if part.raw("content-disposition") else ("", {})
    filename = parameters.get("filename") or part.parameters.get("name") or ""
    if kind in _READ_AS_TEXT and disposition != "attachment" and not (disposition and filename):
        return [_read_text(part, body)]
    body.attachments.append(
        Attachment(filename=decode_words(filename)[:300], content_type=kind, size=len(part.body))
    )
    return []


def _read_text(part: Part, body: Body) -> str:
    declared = part.parameters.get("charset")
    content = part.content()
    is_html = part.content_type == "text/html"
    if is_html and not is_known(declared or ""):
        match = _META_CHARSET.search(content[:4_000])
        declared = match[1].decode("ascii") if match else declared
    if declared and not is_known(declared) and not content.isascii():
        body.note("The mail names no character set that is known: the text may hold wrong letters.")
    text = decode(content, declared)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if is_html or _LOOKS_LIKE_HTML.match(text[:500]):
        return html_to_text(text)
    if part.content_type in ("text/enriched", "text/richtext"):
        return _MARKUP.sub("", text)
    if part.parameters.get("format", "").lower() == "flowed":
        text = _unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return text.replace("\xa0", " ")


def _unflow(text: str, *, delete_space: bool) -> str:
    """Lines that were broken for transport put together again (RFC 3676 §4)."""
    done: list[str] = []
    held = ""
    held_depth = -1
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        flowed = bare.endswith(" ") and bare != "-- "
        if held_depth >= 0 and (depth != held_depth or bare == "-- "):
            done.append(_quoted(held, held_depth))
            held, held_depth = "", -1
        if flowed:
            held += bare[:-1] if delete_space else bare
            held_depth = depth
        else:
            done.append(_quoted(held + bare, depth))
            held, held_depth = "", -1
    if held_depth >= 0:
        done.append(_quoted(held, held_depth))
    return "\n".join(done)


def _quoted(text: str, depth: int) -> str:
    return f"{'>' * depth} {text}" if depth else text


def _forwarded_text(root: Part, body: Body) -> str:
    """The text of an attached message where there is nothing else to read."""
    inner = next((p for p in root.walk() if p.content_type == "message/rfc822"), None)
    if inner is None or root.content_type == "multipart/report":
        return ""
    message = read(inner.content())
    text = "\n\n".join(piece for piece in _texts(message, Body()) if piece.strip())
    if text:
        body.note("It has no text of its own: the text is that of the attached message.")
        subject = clean(decode_words(message.value("subject")))
        return f"{subject}\n\n{text}" if subject else text
    return ""


def _nothing_but(root: Part, body: Body) -> str:
    """What a mail without text consists of."""
    kinds = {part.content_type for part in root.walk()}
    if "multipart/encrypted" in kinds or "application/pgp-encrypted" in kinds:
        return "It is encrypted (PGP): its text cannot be read here."
    if kinds & {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
        return "It is encrypted or signed with S/MIME: its text cannot be read here."
    if kinds & {"application/ms-tnef", "application/vnd.ms-tnef"}:
        return "Its text is packed in a winmail.dat file (TNEF), which cannot be read here."
    if "text/calendar" in kinds:
        return "It has no text, only a calendar invitation."
    if not body.attachments:
        return "It has no text."
    count = len(body.attachments)
    return f"It has no text, only {count} attachment{'s' if count > 1 else ''}."
