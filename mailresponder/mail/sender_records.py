"""What a domain says in the DNS of mail in its name: SPF (RFC 7208), DKIM keys (RFC 6376) and
DMARC (RFC 7489); and whose a DKIM-Signature is. Texts in, what they say out; nothing is looked up.
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MECHANISMS = frozenset({"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"})
_NEEDS_VALUE = frozenset({"include", "ip4", "ip6", "exists"})
_MECHANISM = re.compile(r"([+?~-]?)([a-z0-9]+)(?:[:/](.*))?", re.IGNORECASE)
_MODIFIER = re.compile(r"([a-z][a-z0-9._-]*)=(.*)", re.IGNORECASE)
_RSA_OVERHEAD = 34
"""Bytes of an RSA key, coded as in the DNS (RFC 5280 §4.1.2.7), that are not the modulus: at least
so many, and a few more for longer keys."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One mechanism of an SPF record (RFC 7208 §5)."""

    qualifier: str
    """`+`, `-`, `~` or `?`."""
    name: str
    value: str
    """A domain, network or prefix length; empty: the domain itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spf:
    """One SPF record."""

    terms: tuple[Term, ...]
    redirect: str = ""
    """Whose record counts where none of the terms matches (RFC 7208 §6.1)."""
    wrong: str = ""
    """The first part that no receiver understands, which makes the whole record void."""

    @property
    def all(self) -> str:
        """The qualifier for everybody else; empty: none is named."""
        return next((term.qualifier for term in self.terms if term.name == "all"), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class DkimKey:
    """A public key that mail is signed by."""

    kind: str
    """`rsa` or `ed25519`."""
    bits: int
    """In steps of 128; 0: it was withdrawn (RFC 6376 §3.6.1)."""
    testing: bool
    """The domain asks that its signatures be ignored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dmarc:
    """What receivers are to do with mail that neither SPF nor DKIM proves."""

    policy: str
    """`none`, `quarantine` or `reject`."""
    subdomains: str
    """The same, for the domains below."""
    reports: bool
    """Is anybody sent the receivers' reports?"""


def is_spf(text: str) -> bool:
    """Is the TXT record one of SPF (RFC 7208 §4.5)?"""
    return text.casefold() == "v=spf1" or text.casefold().startswith("v=spf1 ")


def spf(text: str) -> Spf:
    """Read an SPF record."""
    terms: list[Term] = []
    redirect = wrong = ""
    for word in text.split()[1:]:
        if (modifier := _MODIFIER.fullmatch(word)) is not None:
            redirect = modifier[2] if modifier[1].casefold() == "redirect" else redirect
        elif (term := _term(word)) is not None:
            terms.append(term)
        else:
            wrong = wrong or word
    # `all` ends the record, and what follows it never counts (RFC 7208 §5.1).
    ends = next((n for n, term in enumerate(terms, 1) if term.name == "all"), len(terms))
    has_all = any(term.name == "all" for term in terms)
    return Spf(terms=tuple(terms[:ends]), redirect="" if has_all else redirect, wrong=wrong)


def network(term: Term) -> Network | None:
    """The network of an `ip4` or `ip6` term; None for another one, or where it is none."""
    if term.name not in ("ip4", "ip6"):
        return None
    try:
        found = ipaddress.ip_network(term.value, strict=False)
    except ValueError:
        return None
    return found if f"ip{found.version}" == term.name else None


def dkim_key(texts: Iterable[str]) -> DkimKey | None:
    """The key among the TXT records of a selector; None where there is none."""
    for text in texts:
        tags = _tags(text)
        if "p" not in tags or tags.get("v", "DKIM1") != "DKIM1":
            continue
        kind = tags.get("k", "rsa").casefold()
        try:
            content = base64.b64decode("".join(tags["p"].split()), validate=True)
        except (binascii.Error, ValueError):
            continue
        bits = 256 if kind == "ed25519" else _rsa_bits(len(content))
        testing = "y" in tags.get("t", "").casefold().split(":")
        return DkimKey(kind=kind, bits=bits if content else 0, testing=testing)
    return None


def is_dmarc(text: str) -> bool:
    """Is the TXT record one of DMARC (RFC 7489 §6.6.3)?"""
    return re.match(r"v\s*=\s*DMARC1\s*(;|$)", text) is not None


def dmarc(text: str) -> Dmarc | None:
    """Read a DMARC record; None where it names no policy that there is."""
    tags = _tags(text)
    policy = tags.get("p", "").casefold()
    if policy not in ("none", "quarantine", "reject"):
        return None
    return Dmarc(
        policy=policy,
        subdomains=tags.get("sp", policy).casefold(),
        reports="mailto:" in tags.get("rua", "").casefold(),
    )


def _rsa_bits(size: int) -> int:
    return max(round((size - _RSA_OVERHEAD) * 8 / 128), 1) * 128


def signer(signature: str) -> tuple[str, str]:
    """Domain and selector of a DKIM-Signature header (RFC 6376 §3.5); empty where it names none."""
    tags = _tags(" ".join(signature.split()))
    return tags.get("d", "").casefold(), tags.get("s", "")


def _term(word: str) -> Term | None:
    found = _MECHANISM.fullmatch(word)
    if found is None or (name := found[2].casefold()) not in _MECHANISMS:
        return None
    value = found[3] or ""
    if name in _NEEDS_VALUE and not value:
        return None
    if "/" in word[: len(word) - len(value)]:
        value = f"/{value}"  # `a/24`: of the domain itself
    term = Term(qualifier=found[1] or "+", name=name, value=value)
    return None if name in ("ip4", "ip6") and network(term) is None else term


def _tags(text: str) -> dict[str, str]:
    """A list of tags (RFC 6376 §3.2); of two with one name the first."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip(), value.strip())
    return tags
