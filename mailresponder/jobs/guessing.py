"""Who runs a mailbox, and how does its owner like to read and write? Guesses from an address and
from what a machine knows of itself; a person says whether they are right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Protocol

from mailresponder.jobs.presets import GENERIC, Server, presets


class Dns(Protocol):
    """Who answers for domains. Satisfied by `transport.dns.Dns`."""

    def mx(self, domain: str) -> Sequence[tuple[int, str]]:
        """Preference and host of who receives its mail."""

    def srv(self, name: str) -> Sequence[tuple[int, int, int, str]]:
        """Priority, weight, port and host of a service, the best first; an empty host is none."""


# RFC 6186 §3.2 and RFC 8314 §5.1; TLS from the first byte is to be preferred (RFC 8314 §3).
_IMAP = (("_imaps._tcp", "tls"), ("_imap._tcp", "starttls"))
_SMTP = (("_submissions._tcp", "tls"), ("_submission._tcp", "starttls"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Guess:
    """What an address tells of its mailbox."""

    provider: str
    """The name of a preset."""
    why: str
    """In words; empty where nothing was found."""
    imap: Server | None = None
    """What the domain itself says; None: nothing."""
    smtp: Server | None = None


def provider_of(address: str, dns: Dns) -> Guess:
    """Guess from the domain, from who receives its mail, and from its SRV records (RFC 6186).

    What `dns` raises passes.
    """
    domain = address.rpartition("@")[2].lower()
    known = of_domain(domain)
    if known is not None:
        return Guess(provider=known, why=f"{domain} is theirs")
    for _, host in dns.mx(domain):
        for preset in presets().values():
            if any(host == end or host.endswith(f".{end}") for end in preset.mx):
                return Guess(provider=preset.name, why=f"mail to {domain} is received by {host}")
    imap, smtp = _best(domain, _IMAP, dns), _best(domain, _SMTP, dns)
    found = " and ".join(str(server) for server in (imap, smtp) if server)
    return Guess(
        provider=GENERIC,
        why=f"{domain} names {found} (SRV records)" if found else "",
        imap=imap,
        smtp=smtp,
    )


def of_domain(domain: str) -> str | None:
    """The provider whose own domain it is: its other addresses are other people's."""
    return next((p.name for p in presets().values() if domain.lower() in p.domains), None)


def _best(domain: str, services: Sequence[tuple[str, str]], dns: Dns) -> Server | None:
    """The first host of the first service that is there (RFC 6186 §3.4, §4)."""
    for service, security in services:
        for _, _, port, host in dns.srv(f"{service}.{domain}"):
            if host:
                return Server(host=host, port=port, security=security)
    return None


def time_zone(name: str | None, *, otherwise: str) -> str:
    """The machine's zone where it names a place; machines in data centres are kept on UTC."""
    if not name or "/" not in name or name.startswith("Etc/"):
        return otherwise
    return name


def languages(environ: Mapping[str, str], *, otherwise: Sequence[str]) -> tuple[str, ...]:
    """Those of `otherwise`, the machine's own first (POSIX §8.2)."""
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    own = locale[:2].lower()
    return tuple(sorted(otherwise, key=lambda code: code != own))


@cache
def country_of(zone: str) -> str:
    """The country a time zone lies in (ISO 3166), empty where it is not known."""
    file = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    for line in file.read_text("utf-8").splitlines():
        if not line.startswith("#") and line.split("\t")[2] == zone:
            return line.split("\t")[0]
    return ""
