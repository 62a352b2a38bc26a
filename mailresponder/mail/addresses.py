"""Address lists (RFC 5322 §3.4): header text to Address, leniently, in linear time.

Addresses are found first and display names decoded afterwards, so that no encoded word can ever
become an address. What cannot be used to reach anybody is left out.
"""

import re
from collections.abc import Iterable

from mailresponder.mail.charsets import clean
from mailresponder.mail.encoded_words import decode_words
from mailresponder.mail.message import Address

_LIMIT = 10_000
_TOKEN = re.compile(
    r"""(?P<word>=\?[^?\s]{1,80}\?[bBqQ]\?[^?\s]*\?=)
      | (?P<quoted>"(?:[^"\\]|\\.)*+(?P<closed>"?))
      | <(?P<angle>[^<>]*)>?
      | (?P<mark>[,;:()])
      | (?P<atom>(?:(?!=\?)[^\s"<>(),;:])+)
      | (?P<space>\s+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_SIMPLE = re.compile(r'((?:[^\s"<>(),;:=]++ )*+)<([^<>]*+)>')
"""One address as nearly all mails have it: plain words before angle brackets."""
_COMMENT = re.compile(r"\([^()]*\)")
_FORBIDDEN = r"\s\x00-\x1f\x7f-\x9f@<>(){},;:\\\"\[\]"
_USABLE = re.compile(rf'(?:[^{_FORBIDDEN}]+|"[^{_FORBIDDEN}]+")@[^{_FORBIDDEN}]+')
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
"""Marks that are pasted along with an address and are no part of it."""


def parse_addresses(values: Iterable[str], fallback: str | None = None) -> tuple[Address, ...]:
    """The usable addresses of some header values of one name, in order. Never raises.

    `fallback` is the charset for encoded words that name none that is known.
    """
    found: list[Address] = []
    for value in values:
        simple = _SIMPLE.fullmatch(value)
        if simple is not None:
            address = usable(simple[2], simple[1].strip(), fallback)
            read = [address] if address is not None else []
        else:
            reader = _Reader(fallback)
            reader.read(value)
            read = reader.found
        found += read[: _LIMIT - len(found)]
    return tuple(found)


class _Reader:
    """Reads one header value token by token."""

    def __init__(self, fallback: str | None) -> None:
        self.found: list[Address] = []
        self._fallback = fallback
        self._phrase: list[str] = []
        self._comment: list[str] = []
        self._angle: str | None = None
        self._pending = ""
        self._depth = 0

    def read(self, value: str) -> None:
        for match in _TOKEN.finditer(value):
            kind = match.lastgroup
            if kind == "quoted" and not match["closed"]:
                # A quote that never ends is none. What follows is read again without quotes,
                # once: looking for each one's end would take quadratic time.
                self.read(re.sub(r'["\\]', " ", match[0]))
                return
            if kind == "mark":
                self._mark(match["mark"])
            elif self._depth:
                self._comment.append(match[0])
            elif kind == "angle":
                if self._angle is None:
                    self._angle = match["angle"]
            elif kind == "space":
                self._phrase.append(" ")
            elif kind in ("word", "quoted", "atom", "other"):
                self._phrase.append(match[0])
        self._flush()

    def _mark(self, mark: str) -> None:
        if mark == "(":
            self._depth += 1
            if self._depth > 1:
                self._comment.append("(")
        elif mark == ")":
            self._depth = max(0, self._depth - 1)
            if self._depth:
                self._comment.append(")")
        elif self._depth:
            self._comment.append(mark)
        elif mark == ":":
            # The name of a group (RFC 5322 §3.4), or `mailto:`.
            self._phrase = []
            self._pending = ""
        else:
            self._flush(comma=mark == ",")

    def _flush(self, *, comma: bool = False) -> None:
        phrase = "".join(self._phrase).strip()
        angle, comment = self._angle, "".join(self._comment)
        self._phrase, self._comment, self._angle = [], [], None
        if angle is None:
            candidates = [word for word in phrase.split() if "@" in word and word[:2] != "=?"]
            if len(candidates) != 1 and "@" not in phrase and comma and phrase:
                # `Doe, Jane <jane@…>`: a comma where quotes were forgotten.
                self._pending = f"{self._pending}{phrase}, "
                return
            email = candidates[0] if len(candidates) == 1 else phrase.replace(" ", "")
            name = " ".join(w for w in phrase.split() if w != email) if candidates else ""
            name = name or comment
        else:
            email = angle
            name = phrase or comment
        address = usable(email, self._pending + name, self._fallback)
        self._pending = ""
        if address:
            self.found.append(address)


def usable(email: str, name: str = "", fallback: str | None = None) -> Address | None:
    """An Address from an addr-spec and a raw display name, or None where it reaches nobody.

    Its `email` holds no space, control character, bracket, comma, semicolon or colon, so the rare
    quoted local parts and domain literals with these (RFC 5321 §4.1.2) count as unusable.
    """
    email = _INVISIBLE.sub("", email) if not email.isascii() else email
    email = "".join(clean(email).split()) if '"' not in email else clean(email)
    if "(" in email:
        email = _COMMENT.sub("", email)
    if email.startswith("@") and ":" in email:
        email = email.rsplit(":", 1)[1]
    email = email.strip("'").removeprefix("mailto:").rstrip(".")
    if len(email) > 320 or not _USABLE.fullmatch(email):
        return None
    local, domain = email.rsplit("@", 1)
    return Address(email=f"{local}@{domain.lower()}", name=_name(name, fallback))


def _name(raw: str, fallback: str | None) -> str:
    if not raw:
        return ""
    if '"' in raw:
        raw = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda m: re.sub(r"\\(.)", r"\1", m[1]), raw)
    name = " ".join(decode_words(raw, fallback).split()).strip("\"' ")
    return name[:300]
