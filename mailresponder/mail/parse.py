"""Bytes to InboundMessage. Never raises: unreadable mail still becomes a message, with notes.

The house's only reader of mail: header fields here, structure in mime.py, text in body.py, what
is new in quoting.py. It decides nothing about who wrote or what becomes of it.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from mailresponder.mail import senders
from mailresponder.mail.addresses import parse_addresses
from mailresponder.mail.body import Body, read_body
from mailresponder.mail.bounces import read_bounce
from mailresponder.mail.charsets import clean, decode, is_ascii_or_utf8, is_known, settle, undoubled
from mailresponder.mail.dates import date_of
from mailresponder.mail.encoded_words import decode_words
from mailresponder.mail.marks import is_forward_subject
from mailresponder.mail.message import Address, InboundMessage, RawMessage, Report
from mailresponder.mail.mime import Part, read
from mailresponder.mail.quoting import new_text
from mailresponder.mail.reports import read_report

_BYTES_LIMIT = 8_000_000
_REFERENCES_LIMIT = 100
_ID = re.compile(r"<([^<>]{1,900})>")
_ID_LIMIT = 900
_HINT_LIMIT = 2_000
_HINT_HEADERS = 200
_WORDED = frozenset({"subject", "from", "sender", "reply-to", "to", "cc"})
_DIGESTED = ("from", "date", "subject")
_METHOD = re.compile(rb"^METHOD:([A-Za-z-]{1,40})\s*$", re.MULTILINE | re.IGNORECASE)


def parse(raw: RawMessage) -> InboundMessage:
    """Read a message as far as it can be read. Never raises; what was in the way is in `notes`.

    `digest` is the SHA-256 of the raw From, Date and Subject, of the text without regard to white
    space, and of what is attached by name; of the raw body where there is no text. Relays may
    encode a mail anew on the way to one of two addresses, and it is one mail still. Where neither
    Message-ID nor Date is there, INTERNALDATE joins in: two short equal mails of one sender are
    then two, not one.
    """
    return _parse(raw, depth=0)


def _parse(raw: RawMessage, *, depth: int) -> InboundMessage:
    content = raw.content[:_BYTES_LIMIT]
    root = read(content)
    fallback = _charset_hint(root)
    headers = _headers(root, fallback)
    from_ = parse_addresses(headers.get("from", ()), fallback)
    sender = _first(parse_addresses(headers.get("sender", ()), fallback))
    subject = undoubled(decode_words(_topmost(headers, "subject"), fallback, weigh=True))
    author = from_[0] if from_ else sender
    body = read_body(root)
    report = _report(root, author, headers, subject, body.text)
    if raw.truncated or len(raw.content) > len(content):
        body.note(
            "The mail is very large: its attachments were not downloaded, and of a very long text "
            "only the beginning."
        )
    if author is None:
        body.note("It has no usable sender address.")
    return InboundMessage(
        message_id=_message_id(_topmost(headers, "message-id")),
        in_reply_to=_ids(headers.get("in-reply-to", ())),
        references=_ids(headers.get("references", ())),
        from_=from_,
        sender=sender,
        reply_to=parse_addresses(headers.get("reply-to", ()), fallback),
        to=parse_addresses(headers.get("to", ()), fallback),
        cc=parse_addresses(headers.get("cc", ()), fallback),
        bcc=parse_addresses(headers.get("bcc", ()), fallback),
        resent_to=parse_addresses(
            headers.get("resent-to", ()) + headers.get("resent-cc", ()), fallback
        ),
        subject=subject,
        sent_at=date_of(_topmost(headers, "date")),
        received_at=raw.received_at,
        headers=headers,
        text=body.text,
        new_text=new_text(body.text, forwarded=is_forward_subject(subject)),
        attachments=tuple(body.attachments),
        report=report,
        digest=_digest(root, body, raw.received_at),
        calendar_method=_calendar_method(root),
        notes=tuple(body.notes),
        unreadable=author is None and _is_blank(body),
        attached=_attached(root, raw) if depth == 0 else None,
    )


def _attached(root: Part, raw: RawMessage) -> InboundMessage | None:
    """The only mail attached to this one; of several nobody can say which one is meant."""
    if root.content_type in ("multipart/report", "message/rfc822"):
        return None
    found = [part for part in root.walk() if part.content_type == "message/rfc822"]
    if len(found) != 1 or not found[0].body:
        return None
    return _parse(replace(raw, content=found[0].content()), depth=1)


def _headers(root: Part, fallback: str | None) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, value in root.headers:
        charset = None if value.isascii() or is_ascii_or_utf8(value) else fallback
        found.setdefault(name, []).append(clean(decode(value, charset)))
    return {name: tuple(values) for name, values in found.items()}


def _charset_hint(root: Part) -> str | None:
    """The charset of raw 8-bit headers: that of the first text part if they can be in it.

    Where no part names one, the words of the headers and of the body are weighed together.
    """
    texts = (part for part in root.walk() if not part.children)
    named = ((part, part.parameters.get("charset")) for part in texts)
    first, declared = next(
        ((part, name) for part, name in named if name and is_known(name)), (root, None)
    )
    raw = b"\n".join(
        value[:_HINT_LIMIT]
        for name, value in root.headers[:_HINT_HEADERS]
        if name in _WORDED and not value.isascii()
    )
    if is_ascii_or_utf8(raw):
        raw = b""
        if declared is not None:
            return declared
    if declared is None:
        raw += b"\n" + first.content()[:_HINT_LIMIT]
    return settle(raw, declared) if not is_ascii_or_utf8(raw) else declared


def _calendar_method(root: Part) -> str:
    """What a calendar part is for (RFC 6047 §2.4), from its parameter or else its content."""
    for part in root.walk():
        if part.content_type in ("text/calendar", "application/ics"):
            inside = _METHOD.search(part.content()[:4_000])
            method = part.parameters.get("method") or (inside[1].decode("ascii") if inside else "")
            if method:
                return method.strip().upper()[:40]
    return ""


def _topmost(headers: dict[str, tuple[str, ...]], name: str) -> str:
    return headers.get(name, ("",))[0]


def _first(addresses: tuple[Address, ...]) -> Address | None:
    return addresses[0] if addresses else None


def _report(
    root: Part,
    author: Address | None,
    headers: dict[str, tuple[str, ...]],
    subject: str,
    text: str,
) -> Report | None:
    """What a mail system says about a mail, in a report or else in words."""
    from_system = senders.is_mail_system(author, headers)
    return read_report(root, text=text, from_system=from_system) or read_bounce(
        root, author=author, headers=headers, subject=subject, text=text
    )


def _message_id(value: str) -> str | None:
    """The msg-id with its brackets (RFC 5322 §3.6.4), which some senders forget."""
    found = _ids((value,))
    if found:
        return found[0]
    bare = value.strip("<> ")
    return f"<{bare}>" if bare and " " not in bare and len(bare.encode()) <= _ID_LIMIT else None


def _ids(values: Iterable[str]) -> tuple[str, ...]:
    """Each msg-id once, in order. Of a very long chain the first and the latest are kept."""
    found: dict[str, None] = {}
    for value in values:
        # Python's own mail writer folds a long msg-id into encoded words against RFC 2047 §5.
        plain = decode_words(value) if "=?" in value else value
        for match in _ID.finditer(plain):
            inner = "".join(match[1].split())
            if inner and len(inner.encode()) <= _ID_LIMIT:
                found[f"<{inner}>"] = None
    ids = tuple(found)
    return ids if len(ids) <= _REFERENCES_LIMIT else ids[:1] + ids[1 - _REFERENCES_LIMIT :]


def _digest(root: Part, body: Body, received_at: datetime) -> str:
    digest = sha256()
    told = [(key, value) for key, value in root.headers if key in _DIGESTED]
    for name in _DIGESTED:
        for key, value in told:
            if key == name:
                digest.update(b"%s:%s\n" % (name.encode(), b" ".join(value.split())))
    if not root.raw("message-id").strip() and not root.raw("date").strip():
        digest.update(received_at.astimezone(UTC).isoformat().encode())
    digest.update(b"\n")
    if _is_blank(body):
        digest.update(root.body.replace(b"\r", b"\n").rstrip())
    else:
        digest.update(" ".join(body.text.split()).encode())
        for part in body.attachments:
            digest.update(f"\n{part.content_type} {part.filename}".encode())
    return digest.hexdigest()


def _is_blank(body: Body) -> bool:
    return not body.text.strip()
