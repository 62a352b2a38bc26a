"""What Authentication-Results (RFC 8601) lets us believe about From.

Only the topmost header of our own border is believed; what stands below it may be the sender's
invention. Nothing is verified here: no DNS, no signatures. In doubt the answer is no.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailresponder.mail.message import InboundMessage

_LENGTH_LIMIT = 20_000
# A value may mix both: `"x@good.example"@bad.example` is an address at bad.example.
_PAIR = re.compile(r'([A-Za-z0-9._/-]+)\s*=\s*((?:"(?:[^"\\]|\\.)*"|[^\s;"])+)')
_ID = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^\s;="]+)(?:\s+\d+)?\s*(?:;|$)')
_COMMENT = re.compile(r"\([^()]*\)")
_NONE = "!none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Authentication:
    """Whether From is proven, and by what."""

    passed: bool
    why: str
    """In words for staff and the log; holds nothing the sender wrote."""
    refuted: bool = False
    """Our border looked, and what it found speaks against From: worse than having no proof."""
    doubted: bool = False
    """Our border looked at a mail from outside and nothing spoke for From. Mail that never
    crossed the border, as between colleagues of one server, is not doubted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Result:
    """One method's result and its properties (RFC 8601 §2.2)."""

    method: str
    result: str
    properties: dict[str, str]


def authenticated(message: InboundMessage, *, trusted_authserv_id: str) -> Authentication:
    """Does our own border say that the mail comes from From's domain?

    It does by `dmarc=pass`, or by `dkim=pass` or `spf=pass` for a domain that is From's, above
    or below it (relaxed alignment, RFC 7489 §3.1). `trusted_authserv_id` is our border's id;
    empty: nobody is believed; `!none`: our border's header has no id, and is believed only where
    no Authentication-Results header stands above it (RFC 8601 §5).
    """
    if not trusted_authserv_id:
        return _no("no authserv-id is trusted")
    if len(message.from_) != 1 or len(message.headers.get("from", ())) != 1:
        # Whoever writes so comes from outside: no mail program does.
        return _no("From does not name exactly one address", refuted=True, doubted=True)
    header = _border_header(message.headers.get("authentication-results", ()), trusted_authserv_id)
    if header is None:
        return _no("it has no Authentication-Results header of the trusted server")
    domain = _ascii(message.from_[0].email.rsplit("@", 1)[1])
    results = list(_results(header))
    dmarc = [result for result in results if result.method == "dmarc"]
    if dmarc:
        named = {
            _domain(r.properties["header.from"]) for r in dmarc if "header.from" in r.properties
        }
        if all(r.result == "pass" for r in dmarc) and named <= {domain}:
            return Authentication(passed=True, why="dmarc=pass")
        if any(r.result in ("fail", "reject", "quarantine", "pass") for r in dmarc):
            return _no("DMARC did not pass for From's domain", refuted=True, doubted=True)
    for result in results:
        if result.result != "pass":
            continue
        for name in _IDENTITIES.get(result.method, ()):
            value = result.properties.get(name)
            if value and _aligned(_domain(value), domain):
                return Authentication(passed=True, why=f"{result.method}=pass, aligned with From")
    failed = any(result.result in ("fail", "softfail") for result in results)
    # Exchange Online also writes its header, without an SPF result, into what stays inside.
    crossed = trusted_authserv_id != _NONE or any(result.method == "spf" for result in results)
    return _no(
        "neither DMARC nor an aligned DKIM or SPF passed", refuted=failed, doubted=failed or crossed
    )


_IDENTITIES = {
    "dkim": ("header.d", "header.i"),
    # Older Google and Exchange borders write smtp.mail for smtp.mailfrom.
    "spf": ("smtp.mailfrom", "smtp.mail"),
}


def _no(why: str, *, refuted: bool = False, doubted: bool = False) -> Authentication:
    return Authentication(passed=False, why=why, refuted=refuted, doubted=doubted)


def _border_header(values: tuple[str, ...], trusted: str) -> str | None:
    """The one header that counts, without comments and without its authserv-id."""
    for value in values:
        plain = _without_comments(value[:_LENGTH_LIMIT])
        match = _ID.match(plain)
        if trusted == _NONE:
            return None if match else plain
        if match and _unquoted(match[1]).casefold() == trusted.casefold():
            return plain[match.end() :]
    return None


def _without_comments(value: str) -> str:
    """The header without its comments, which nest and do not count inside quotes (RFC 5322)."""
    if '"' not in value and "\\" not in value:
        plain = _COMMENT.sub(" ", value)
        # What is left open or stands inside another is for the slow way.
        if "(" not in plain:
            return plain
    kept: list[str] = []
    depth = 0
    in_quotes = escaped = False
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\" and (in_quotes or depth):
            escaped = True
        elif character == '"' and not depth:
            in_quotes = not in_quotes
        elif character == "(" and not in_quotes:
            depth += 1
            continue
        elif character == ")" and depth:
            depth -= 1
            kept.append(" ")
            continue
        if not depth:
            kept.append(character)
    return "".join(kept)


def _results(plain: str) -> Iterator[_Result]:
    for section in _sections(plain):
        pairs = [(m[1].lower(), _unquoted(m[2])) for m in _PAIR.finditer(section)]
        if not pairs or "." in pairs[0][0]:
            continue
        method, result = pairs[0]
        properties: dict[str, str] = {}
        for name, value in pairs[1:]:
            properties.setdefault(name, value)
        yield _Result(method=method.split("/", 1)[0], result=result.lower(), properties=properties)


def _sections(plain: str) -> Iterator[str]:
    """The parts between semicolons that stand outside quotes."""
    if '"' not in plain:
        yield from plain.split(";")
        return
    start = 0
    in_quotes = False
    for index, character in enumerate(plain):
        if character == '"' and (index == 0 or plain[index - 1] != "\\"):
            in_quotes = not in_quotes
        elif character == ";" and not in_quotes:
            yield plain[start:index]
            start = index + 1
    yield plain[start:]


def _unquoted(value: str) -> str:
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _domain(value: str) -> str:
    """The domain of a domain, an address or `@domain`."""
    return _ascii(value.strip("<>").rsplit("@", 1)[-1])


def _ascii(domain: str) -> str:
    """Lower case, without a final dot, in A-labels, so that two spellings compare equal."""
    domain = domain.rstrip(".").lower()
    if domain.isascii() or len(domain) > 253:
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _aligned(one: str, other: str) -> bool:
    """The same domain, or one below the other; a top-level domain is above nobody."""
    if one == other:
        return "." in one
    shorter, longer = sorted((one, other), key=len)
    return "." in shorter and longer.endswith(f".{shorter}")
