"""A domain's SPF record with all that it includes: by which networks and whose records mail in its
name may come. Asks the DNS; what it means is for `sending_domain` to say.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailresponder.mail import sender_records
from mailresponder.mail.sender_records import Network, Spf, Term
from mailresponder.transport.dns import Dns

LOOKUPS = 10
"""Questions that a receiver asks for one record (RFC 7208 §4.6.4)."""

_ASKING = frozenset({"include", "a", "mx", "ptr", "exists"})


@dataclass(kw_only=True, slots=True)
class Allowed:
    """Who may send in a domain's name."""

    records: int = 0
    """SPF records of the domain itself, of which there must be one."""
    own: Spf | None = None
    """The record."""
    ends_in: str = ""
    """The qualifier for everybody else, its own or that of the record it redirects to."""
    includes: set[str] = field(default_factory=set)
    """Domains whose records count too, at whatever depth."""
    networks: list[Network] = field(default_factory=list)
    unclear: bool = False
    """It also has terms that only a mail can decide (macros, `exists`, `ptr`)."""
    lookups: int = 0
    wrong: str = ""
    """Why receivers take the record for void; empty: they do not."""

    def has_address(self, address: str) -> bool:
        """May mail come from this IP address?"""
        found = ipaddress.ip_address(address)
        return any(found in one for one in self.networks if one.version == found.version)


def allowed_by(domain: str, texts: Sequence[str], dns: Dns) -> Allowed:
    """Read the SPF record among a domain's TXT records, and all that it includes. Raises
    DnsUnanswered."""
    allowed = Allowed()
    texts = [text for text in texts if sender_records.is_spf(text)]
    allowed.records = len(texts)
    if len(texts) == 1:
        allowed.own = sender_records.spf(texts[0])
        allowed.ends_in = allowed.own.all
        _add(allowed, allowed.own, domain, dns, outer=True)
    return allowed


def _add(allowed: Allowed, record: Spf, domain: str, dns: Dns, *, outer: bool) -> None:
    """`outer`: what it says of everybody else counts, as it does not in an include."""
    if record.wrong:
        allowed.wrong = allowed.wrong or f'the record of {domain} has "{record.wrong}" in it'
    for term in record.terms:
        if allowed.wrong:
            return
        _add_term(allowed, term, domain, dns)
    if record.redirect and not allowed.wrong:
        found = _other(allowed, record.redirect, dns)
        if found is not None:
            if outer:
                allowed.ends_in = found.all
            _add(allowed, found, record.redirect, dns, outer=outer)


def _add_term(allowed: Allowed, term: Term, domain: str, dns: Dns) -> None:
    if term.name in _ASKING and not _may_ask(allowed):
        return
    if term.qualifier != "+":
        return
    if "%" in term.value or term.name in ("exists", "ptr"):
        allowed.unclear = True
    elif term.name == "include":
        found = _other(allowed, term.value, dns, counted=True)
        if found is not None:
            _add(allowed, found, term.value, dns, outer=False)
    elif term.name in ("a", "mx"):
        _add_hosts(allowed, term, domain, dns)
    elif (network := sender_records.network(term)) is not None:
        allowed.networks.append(network)


def _other(allowed: Allowed, domain: str, dns: Dns, *, counted: bool = False) -> Spf | None:
    """Another domain's record, once; None where it was read already or is wrong."""
    name = domain.casefold().rstrip(".")
    if not counted and not _may_ask(allowed):
        return None
    if "%" in name:
        allowed.unclear = True
        return None
    texts = [text for text in dns.txt(name) if sender_records.is_spf(text)]
    if len(texts) != 1:
        number = "no" if not texts else str(len(texts))
        allowed.wrong = f"it includes {name}, which has {number} SPF records"
        return None
    if name in allowed.includes:
        return None
    allowed.includes.add(name)
    return sender_records.spf(texts[0])


def _add_hosts(allowed: Allowed, term: Term, domain: str, dns: Dns) -> None:
    """The addresses of a host, or of the servers for a domain's mail, with the networks that they
    stand for."""
    host, _, length = term.value.partition("/")
    host = host or domain
    hosts = [host] if term.name == "a" else [name for _, name in dns.mx(host) if name][:LOOKUPS]
    v4, _, v6 = length.partition("//")
    for one in hosts:
        for address in dns.addresses(one):
            prefix = v6 if ":" in address else v4
            try:
                allowed.networks.append(
                    ipaddress.ip_network(f"{address}/{prefix}" if prefix else address, strict=False)
                )
            except ValueError:
                allowed.wrong = allowed.wrong or f'"{term.name}:{term.value}" is no network'


def _may_ask(allowed: Allowed) -> bool:
    allowed.lookups += 1
    if allowed.lookups > LOOKUPS:
        allowed.wrong = allowed.wrong or (
            f"receivers would have to ask the DNS more than {LOOKUPS} times"
        )
    return not allowed.wrong
