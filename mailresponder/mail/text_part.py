"""One text part to text: charset, HTML, flowed lines, and what is no text taken out of it."""

import re
from dataclasses import dataclass, field
from html import unescape

from mailresponder.mail.charsets import decode, is_known
from mailresponder.mail.html import html_to_text
from mailresponder.mail.mime import Part
from mailresponder.mail.uuencode import without_files

_BYTES_LIMIT = 500_000
_RICH = frozenset({"text/enriched", "text/richtext"})
READABLE = frozenset({"text/plain", "text/html", "text/x-amp-html", "text/markdown"}) | _RICH
"""Types of which the content is words that their sender wrote."""

_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_BEGINS_AS_HTML = re.compile(
    r"\s*<(?:!doctype html|html|head|body|div|table|p|span|font|meta|style)\b", re.IGNORECASE
)
_HTML_TAG = re.compile(r"<[!/]?[a-z][^<>]{0,2000}>", re.IGNORECASE)
_MARKUP = re.compile(r"<{1,2}/?[A-Za-z][^<>]{0,200}>")
_QUOTES = re.compile(r"(?:> ?)*")
_PGP_BLOCKS = ("MESSAGE", "PUBLIC KEY BLOCK")
_BLOCKS_LIMIT = 20

TOO_LONG = "The text is very long: only its beginning was read."
UNKNOWN_CHARSET = "The mail names no character set that is known: the text may hold wrong letters."
ENCRYPTED = "Part of it is encrypted (PGP): that cannot be read here."


@dataclass(frozen=True, kw_only=True, slots=True)
class TextPart:
    """What was read from one text part."""

    text: str
    """With `\\n` line ends."""
    notes: list[str] = field(default_factory=list)
    files: list[tuple[str, int]] = field(default_factory=list)
    """Name and size of the uuencoded files that stood in it."""


def read_text(part: Part, *, weigh: bool) -> TextPart:
    """The words in a text part. `weigh`: a charset that lies may be weighed (charsets.decode)."""
    declared = part.parameters.get("charset")
    content = part.content(3 * _BYTES_LIMIT)
    notes = []
    if len(content) > _BYTES_LIMIT:
        content = content[:_BYTES_LIMIT]
        notes.append(TOO_LONG)
    is_html = part.content_type == "text/html"
    if declared and not is_known(declared):
        if is_html:
            declared = _meta_charset(content) or declared
        if not is_known(declared) and not content.isascii():
            notes.append(UNKNOWN_CHARSET)
    elif is_html and not declared:
        declared = _meta_charset(content)
    text = _one_line_end(decode(content, declared, weigh=weigh))
    files: list[tuple[str, int]] = []
    if is_html or _is_html(text):
        text = html_text(text)
    elif part.content_type in _RICH:
        text = _MARKUP.sub("", text)
    else:
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
        text, files = without_files(text.replace("\xa0", " "))
    text, has_secrets = _without_pgp(text)
    if has_secrets:
        notes.append(ENCRYPTED)
    return TextPart(text=text, notes=notes, files=files)


def html_part(content: bytes, charset: str | None, *, weigh: bool) -> str:
    """The text of an HTML document in bytes, which may name its charset itself."""
    content = content[:_BYTES_LIMIT]
    return html_text(decode(content, _meta_charset(content) or charset, weigh=weigh))


def html_text(text: str) -> str:
    """The text of what calls itself HTML, which some senders call their plain text as well."""
    if _HTML_TAG.search(text):
        return html_to_text(text)
    return unescape(text).replace("\xa0", " ").replace("\x00", "")


def _meta_charset(content: bytes) -> str | None:
    match = _META_CHARSET.search(content[:4_000])
    return match[1].decode("ascii", "replace") if match else None


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _is_html(text: str) -> bool:
    """Plain text that is HTML begins as such and is closed as such."""
    if not _BEGINS_AS_HTML.match(text[:500]):
        return False
    return "</" in text or text[:500].lstrip()[:9].lower() in ("<!doctype", "<html>")


def unflow(text: str, *, delete_space: bool) -> str:
    """Lines that were broken for transport put together again (RFC 3676 §4)."""
    done: list[str] = []
    held: list[str] = []
    held_depth = -1
    for line in text.split("\n"):
        quotes = _QUOTES.match(line)
        depth = quotes[0].count(">") if quotes else 0
        bare = line[quotes.end() :] if quotes and depth else line.removeprefix(" ")
        flowed = bare.endswith(" ") and bare != "-- "
        if held and (depth != held_depth or bare == "-- "):
            done.append(_quoted("".join(held), held_depth))
            held = []
        held.append(bare[:-1] if flowed and delete_space else bare)
        held_depth = depth
        if not flowed:
            done.append(_quoted("".join(held), depth))
            held = []
    if held:
        done.append(_quoted("".join(held), held_depth))
    return "\n".join(done)


def _quoted(text: str, depth: int) -> str:
    return f"{'>' * depth} {text}" if depth else text


def _without_pgp(text: str) -> tuple[str, bool]:
    """A text without armoured blocks that nobody can read (RFC 9580 §6.2); were there any secret?

    What is only signed is left as it is.
    """
    encrypted = False
    for name in _PGP_BLOCKS:
        head, tail = f"-----BEGIN PGP {name}-----", f"-----END PGP {name}-----"
        for _ in range(_BLOCKS_LIMIT):
            start = text.find(head)
            if start < 0:
                break
            encrypted = encrypted or name == _PGP_BLOCKS[0]
            end = text.find(tail, start)
            text = text[:start] + ("" if end < 0 else text[end + len(tail) :])
    return text, encrypted
