"""Who somebody is by their addresses, however these are spelled, and their traces in texts.

For `export` and `erase`. A display name identifies only where its bearer takes part: two people
may share one.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

ERASED = "[erased]"
"""What stands in a text where somebody was named."""
_AT = r"(?:@|%40|=40)"
"""As an address stands in text, in a link, and in quoted-printable; in a bounce address (VERP) it
is an equals sign."""
_OTHERS_SINCE = frozenset("ßς\u200c\u200d")
"""Letters that the codec turns into others, as RFC 3490 had it; since RFC 5891 straße.test and
strasse.test are two domains, and may be two people's."""
_DOTS = "[.\u3002\uff0e\uff61]"
_LEAST_NAME = 5
_TELLING = 4
"""Letters of a local part that are seldom met by chance."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person, by the addresses that are given."""

    addresses: tuple[str, ...]
    """`local@domain`, as somebody wrote them; at least one."""

    def is_at(self, address: str | None) -> bool:
        """Is it an address of theirs: in other letters, with the domain in Unicode or A-labels
        (RFC 5891), or with a detail behind a `+` (RFC 5233) that was not asked for?"""
        if not address:
            return False
        spelled = _spelled(address)
        return spelled in self._keys or _without_detail(spelled) in self._keys

    def among(self, addresses: str) -> list[str]:
        """Those of a list, as `messages.to` holds it, that are theirs."""
        return [one for one in listed(addresses) if self.is_at(one)]

    def is_in(self, text: str) -> bool:
        """Does an address of theirs stand in a text?"""
        return self._pattern.search(text) is not None

    def taken_out(self, text: str, others: "Sequence[re.Pattern[str]]" = ()) -> str:
        """The text without their addresses, and without what else is to go."""
        for pattern in (self._pattern, *others):
            text = pattern.sub(ERASED, text)
        return text

    @cached_property
    def needles(self) -> tuple[str, ...]:
        """Plain pieces of which one, in either case, stands in every text that holds an address of
        theirs: for a database to look through quickly."""
        locals_ = sorted({key.rpartition("@")[0] for key in self._keys})
        if not all(local.isascii() for local in locals_):
            return ("@", "=", "%40")
        return tuple(
            f"{local}{end}"
            for local in locals_
            # A short one stands in many a word.
            for end in (("",) if len(local) >= _TELLING else ("@", "+", "=", "%"))
        )

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(map(_spelled, self.addresses))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        each = []
        for key in sorted(self._keys):
            local, _, domain = key.rpartition("@")
            domains = "|".join(re.escape(one) for one in {domain, _in_unicode(domain)})
            detail = "" if "+" in local else r"(?:\+[^@\s<>=%]{0,64})?"
            name = f"{re.escape(local)}{detail}"
            # Mary-Ann and O'Ann are not Ann; what bounces to her has its own words before a hyphen.
            each.append(rf"(?<!\w[-'’])(?:{name}{_AT}(?:{domains}))|{name}=(?:{domains})")
        return re.compile(rf"(?<![\w.+])(?:{'|'.join(each)})(?![\w-]|\.\w)", re.IGNORECASE)


def named(names: Iterable[str]) -> list[re.Pattern[str]]:
    """What finds these display names in texts; only those of several words, as single ones are
    many people's."""
    wanted = {" ".join(name.split()) for name in names}
    full = sorted(
        (name for name in wanted if " " in name and len(name) >= _LEAST_NAME), key=len, reverse=True
    )
    spaced = (r"\s+".join(map(re.escape, name.split())) for name in full)
    return [re.compile(rf"(?<!\w){name}(?!\w)", re.IGNORECASE) for name in spaced]


def exactly(words: Iterable[str]) -> list[re.Pattern[str]]:
    """What finds these words in texts, as ticket references; nothing where there are none."""
    either = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return [re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.IGNORECASE)] if either else []


def listed(addresses: str) -> list[str]:
    """The addresses of a list, as `messages.to` holds it."""
    return [one for one in (part.strip() for part in addresses.split(",")) if one]


def _spelled(address: str) -> str:
    """What all spellings of an address have in common, but for a detail behind a `+`."""
    local, _, domain = address.strip().rpartition("@")
    domain = domain.lower()
    with suppress(UnicodeError):
        domain = ".".join(map(_a_label, re.split(_DOTS, domain)))
    return f"{local.casefold()}@{domain}"


def _a_label(label: str) -> str:
    if _OTHERS_SINCE.isdisjoint(label):
        return label.encode("idna").decode("ascii") if label else ""
    return f"xn--{label.encode('punycode').decode('ascii')}"


def _without_detail(spelled: str) -> str:
    local, _, domain = spelled.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _in_unicode(domain: str) -> str:
    try:
        return ".".join(map(_u_label, domain.split(".")))
    except UnicodeError:
        return domain


def _u_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    return label.removeprefix("xn--").encode("ascii").decode("punycode")
