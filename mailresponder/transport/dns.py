"""Questions to the DNS: where a domain's mail goes, which servers it names, what it says of itself.

"There is none" and "nobody answered" are two things: the first is an empty list, the second is
DnsUnanswered. It decides nothing, and asks for no longer than its patience.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from mailresponder.errors import TemporaryFailure
from mailresponder.transport.connection import server_words

if TYPE_CHECKING:
    from dns.rdata import Rdata

T = TypeVar("T")

PATIENCE = 3.0
"""Seconds for one answer, over all servers and repetitions."""

MOST_RECORDS = 50
"""Records of an answer that are looked at; no name of an honest domain has more."""

LONGEST_TEXT = 4_000
"""Characters of a TXT record that are read."""

_RESERVED = frozenset({"test", "example", "invalid", "localhost", "local", "internal"})
"""Top-level names that are nobody's (RFC 2606 §2, RFC 6762 §3, ICANN's private-use name)."""
_RESERVED_DOMAINS = frozenset({"example.com", "example.net", "example.org", "home.arpa"})
"""RFC 2606 §3, RFC 8375."""


class DnsUnanswered(TemporaryFailure):
    """Nobody gave a usable answer in time: nothing is known of the name."""


def is_reserved(domain: str) -> bool:
    """Is the domain one that the public DNS knows nothing of, whoever is asked?"""
    labels = domain.casefold().rstrip(".").split(".")
    return labels[-1] in _RESERVED or ".".join(labels[-2:]) in _RESERVED_DOMAINS


@dataclass(frozen=True, kw_only=True, slots=True)
class Dns:
    """Whom to ask, and for how long. Threads may share it."""

    servers: tuple[str, ...] = ()
    """IP addresses; empty: whom this machine asks."""
    port: int = 53
    """Of `servers`."""
    patience: float = PATIENCE
    """Seconds for one answer."""

    def mx(self, domain: str) -> list[tuple[int, str]]:
        """Preference and host of each server for the domain's mail, the preferred first (RFC 5321
        §5.1). `(0, "")` alone: the domain takes no mail (RFC 7505). Raises DnsUnanswered."""
        return sorted(
            self._asked(domain, "MX", lambda r: (int(r.preference), _host(r.exchange)))  # type: ignore[attr-defined]
        )

    def srv(self, name: str) -> list[tuple[int, int, int, str]]:
        """Priority, weight, port and host of each server of a service, as `_imaps._tcp.DOMAIN` (RFC
        2782, RFC 6186), the lowest priority and the greatest weight first. `(0, 0, 0, "")` alone:
        the domain has no such service. Raises DnsUnanswered."""
        found = self._asked(
            name,
            "SRV",
            lambda r: (int(r.priority), int(r.weight), int(r.port), _host(r.target)),  # type: ignore[attr-defined]
        )
        return sorted(found, key=lambda one: (one[0], -one[1], one[3], one[2]))

    def txt(self, name: str) -> list[str]:
        """The TXT records, each in one piece (RFC 7208 §3.3). Raises DnsUnanswered."""
        return self._asked(
            name,
            "TXT",
            lambda r: b"".join(r.strings).decode("utf-8", "replace")[:LONGEST_TEXT],  # type: ignore[attr-defined]
        )

    def addresses(self, host: str) -> list[str]:
        """The IPv4 and then the IPv6 addresses of a host. Raises DnsUnanswered."""
        return [
            address
            for kind in ("A", "AAAA")
            for address in self._asked(host, kind, lambda r: str(r.address))  # type: ignore[attr-defined]
        ]

    def _asked(self, name: str, kind: str, read: "Callable[[Rdata], T]") -> list[T]:
        # dnspython and its imports take as long as a small command: only who asks pays.
        import dns.exception
        import dns.name
        import dns.resolver

        try:
            asked = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError):
            return []  # No domain can have such a name.
        try:
            resolver = dns.resolver.Resolver(configure=not self.servers)
            if self.servers:
                resolver.nameservers, resolver.port = list(self.servers), self.port
            # A lost packet is asked for again within the patience.
            resolver.timeout = self.patience / 2
            answer = resolver.resolve(asked, kind, lifetime=self.patience, search=False)
            return [read(record) for record in list(answer)[:MOST_RECORDS]]
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise DnsUnanswered(
                f"the DNS did not answer for {server_words(name)} ({kind})",
                mend="check this machine's DNS (/etc/resolv.conf); nothing is known of the domain "
                "until it answers",
            ) from error


def _host(name: object) -> str:
    """As `mx.example.com`; empty for the root, which means none."""
    return str(name).rstrip(".").casefold()
