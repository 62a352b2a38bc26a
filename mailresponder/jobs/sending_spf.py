"""Does a domain's SPF record let us send in its name (RFC 7208)? As receivers read it."""

import ipaddress
from collections.abc import Iterable, Sequence

from mailresponder.errors import PermanentFailure
from mailresponder.jobs.results import Concern, Found
from mailresponder.jobs.sender_policy import Allowed, allowed_by
from mailresponder.jobs.sending_providers import provider_of
from mailresponder.transport.connection import server_words
from mailresponder.transport.dns import Dns

_SHORT = 3
"""Letters of a second label that many domains share, as `co` and `com`."""


def spf_of(domain: str, hosts: Sequence[str], texts: Sequence[str], dns: Dns) -> Found | Concern:
    """What the SPF record among a domain's TXT records means for mail by these SMTP servers.

    Raises PermanentFailure where receivers ignore it or it lets everybody in, and DnsUnanswered.
    """
    allowed = allowed_by(domain, texts, dns)
    wanted = " ".join(dict.fromkeys(_term_for(host) for host in hosts))
    if allowed.records > 1:
        raise PermanentFailure(
            f"there are {allowed.records} records: receivers take them all for void",
            mend="join them into one TXT record that begins with v=spf1 (RFC 7208 §4.5)",
        )
    if allowed.own is None:
        return Concern(
            detail="there is no record: many receivers take our mail for a forgery",
            mend=f'publish one as a TXT record of {domain}: "v=spf1 {wanted} ~all", with all '
            f"else that sends in its name{_choices(hosts)}",
        )
    if allowed.wrong:
        raise PermanentFailure(
            f"receivers take it for void: {server_words(allowed.wrong)}",
            mend=f"mend the TXT record of {domain} that begins with v=spf1",
        )
    if allowed.ends_in == "+":
        raise PermanentFailure(
            "it lets everybody on the internet send in this name (+all)",
            mend="end it in ~all, or -all once you know that all senders are named",
        )
    missing = _missing(domain, hosts, allowed, dns)
    if missing and not allowed.unclear:
        return Concern(
            detail=f"it does not name what we send by: {', '.join(missing)}",
            mend=f"add to the record: {' '.join(dict.fromkeys(map(_term_for, missing)))}"
            f"{_choices(missing)}",
        )
    if allowed.ends_in not in ("-", "~"):
        return Concern(
            detail="it says nothing of those that it does not name, so forgeries pass as well",
            mend="end it in ~all, or -all once you know that all senders are named",
        )
    return f"{_named(hosts)}; others are refused ({allowed.ends_in}all)", ""


def _named(hosts: Iterable[str]) -> str:
    known = [provider.name for host in hosts if (provider := provider_of(host)) is not None]
    return f"{' and '.join(known)} may send" if known else "there is one record"


def _term_for(host: str) -> str:
    """What names a server in an SPF record."""
    if (provider := provider_of(host)) is not None:
        return f"include:{provider.includes[0]}"
    address = _literal(host)
    if address is None:
        return f"a:{host}" if "." in host else "mx"
    # A relay in the own network sends by an address that is not known here.
    return f"ip{address.version}:{address}" if address.is_global else "mx"


def _choices(hosts: Iterable[str]) -> str:
    """Where a provider has several names, who says which is ours."""
    several = [one for host in hosts if (one := provider_of(host)) is not None and one.includes[1:]]
    return "".join(
        f"; {one.name} says whether it is that or {' or '.join(one.includes[1:])} ({one.source})"
        for one in dict.fromkeys(several)
    )


def _missing(domain: str, hosts: Iterable[str], allowed: Allowed, dns: Dns) -> list[str]:
    """The servers that the record does not name, as far as can be told: a server on a private
    address sends by another one, and so may somebody else's."""
    missing = []
    for host in hosts:
        if (provider := provider_of(host)) is not None:
            found = not allowed.includes.isdisjoint(provider.includes)
        elif _literal(host) is None and not _is_one_s_own(host, domain):
            found = True
        else:
            literal = _literal(host)
            addresses = [str(literal)] if literal is not None else _addresses(host, dns)
            public = [a for a in addresses if ipaddress.ip_address(a).is_global]
            found = not public or any(map(allowed.has_address, public))
        if not found:
            missing.append(host)
    return missing


def _is_one_s_own(host: str, domain: str) -> bool:
    """Do both belong to one organisation, by their last labels?"""
    labels = domain.split(".")
    # As `example.co.uk`, where two labels are nobody's.
    number = 3 if len(labels) > 2 and len(labels[-2]) <= _SHORT else 2
    return host.split(".")[-number:] == labels[-number:]


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _addresses(host: str, dns: Dns) -> list[str]:
    return dns.addresses(host) if "." in host else []
