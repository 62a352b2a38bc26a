"""Does mail find its way to a domain, and may we send in its name, as far as its DNS says? MX, SPF,
DKIM and DMARC, as other servers look them up. That the DNS does not answer fails nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailresponder.config import Mailbox
from mailresponder.errors import PermanentFailure
from mailresponder.jobs.results import CheckResult, Concern, Found, tried
from mailresponder.jobs.sending_providers import SendingProvider, owner_of, provider_of
from mailresponder.jobs.sending_spf import spf_of
from mailresponder.mail import sender_records
from mailresponder.mail.sender_records import DkimKey
from mailresponder.transport.connection import server_words
from mailresponder.transport.dns import Dns, DnsUnanswered, is_reserved

SHORTEST_KEY = 1024
"""Bits of an RSA key; receivers take no shorter one (RFC 8301 §3.2)."""
GOOD_KEY = 2048
"""Bits that they should have."""

_USUAL_SELECTORS = ("default", "dkim", "mail", "selector1", "s1", "k1", "google")
"""Where nothing is known of the server: what many are set up with."""
_NAMED = 5
"""Servers for mail that are told."""
_PARENTS = 4
"""Domains above one, whose DMARC record counts for it, that are asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SendingDomain:
    """A domain of our addresses, and by which SMTP servers mail in its name leaves."""

    name: str
    """As A-labels."""
    hosts: tuple[str, ...]


def sending_domains(mailboxes: Iterable[Mailbox]) -> list[SendingDomain]:
    """The domains of the mailboxes, each once, in their order."""
    hosts: dict[str, list[str]] = {}
    for mailbox in mailboxes:
        domain = mailbox.address.rpartition("@")[2].casefold().encode("idna").decode("ascii")
        hosts.setdefault(domain, []).append(mailbox.smtp.host.casefold())
    return [
        SendingDomain(name=name, hosts=tuple(dict.fromkeys(some))) for name, some in hosts.items()
    ]


def checked(domain: SendingDomain, dns: Dns) -> Iterator[CheckResult]:
    """MX, SPF, DKIM and DMARC of a domain, one result each, or why none was looked up."""
    name = domain.name
    owner = owner_of(name)
    if is_reserved(name) and not dns.servers:
        yield _result(f"{name}.dns", "nobody's domain (RFC 2606): nothing is looked up")
    elif owner is not None:
        yield tried(f"{name}.dns", lambda: _owned(owner, domain))
    else:
        yield from _looked_up(domain, dns)


def _owned(owner: SendingProvider, domain: SendingDomain) -> Found | Concern:
    """An address at a provider, whose domain is not ours to publish anything of."""
    others = [host for host in domain.hosts if provider_of(host) is not owner]
    if not others:
        return f"{owner.name}'s own: SPF, DKIM and DMARC are its business", ""
    return Concern(
        detail=f"{owner.name}'s own, and mail in its name leaves by {', '.join(others)}: receivers "
        "take it for a forgery",
        mend=f"send by {owner.name}'s SMTP server, or use an address of your own domain",
    )


def _result(name: str, detail: str) -> CheckResult:
    return CheckResult(name=name, ok=True, detail=detail)


def _looked_up(domain: SendingDomain, dns: Dns) -> Iterator[CheckResult]:
    name = domain.name
    texts: list[str] = []

    def found() -> Found | Concern:
        texts.extend(dns.txt(name))
        return "", ""

    first = tried(f"{name}.dns", _asked(found))
    if first.warning:
        # Whoever does not answer this would be waited for at each further question.
        yield first
        return
    yield tried(f"{name}.mx", _asked(lambda: _mx(name, dns)))
    yield tried(f"{name}.spf", _asked(lambda: spf_of(name, domain.hosts, texts, dns)))
    keys: dict[str, DkimKey] = {}
    yield tried(f"{name}.dkim", _asked(lambda: _dkim(domain, dns, keys)))
    has_spf = any(sender_records.is_spf(text) for text in texts)
    yield tried(f"{name}.dmarc", _asked(lambda: _dmarc(name, dns, proven=has_spf or bool(keys))))


def _asked(attempt: Callable[[], Found | Concern]) -> Callable[[], Found | Concern]:
    """The attempt, where no answer is nothing worse than that."""

    def asked() -> Found | Concern:
        try:
            return attempt()
        except DnsUnanswered as error:
            return Concern(detail=error.message, mend=error.mend)

    return asked


def _mx(domain: str, dns: Dns) -> Found | Concern:
    """Can customers' mail find its way?"""
    found = dns.mx(domain)
    hosts = [server_words(host) for _, host in found if host]
    if hosts:
        return f"mail for it goes to {', '.join(hosts[:_NAMED])}", ""
    if found:
        detail = "it says that it takes no mail (RFC 7505)"
    elif dns.addresses(domain):
        return "it names no server for mail, and has an address: mail goes there", ""
    else:
        detail = "the DNS knows no server for its mail: customers cannot write to it"
    return Concern(detail=detail, mend=f"publish an MX record of {domain}, or ask who keeps it")


# --- DKIM


def _dkim(domain: SendingDomain, dns: Dns, keys: dict[str, DkimKey]) -> Found | Concern:
    """Fills `keys` with those that are found, by selector."""
    providers = list(dict.fromkeys(map(provider_of, domain.hosts)))
    known = [one for one in providers if one is not None and one.selectors]
    selectors = [s for one in known for s in one.selectors] or _USUAL_SELECTORS
    for selector in selectors:
        key = sender_records.dkim_key(dns.txt(f"{selector}._domainkey.{domain.name}"))
        if key is not None:
            keys[selector] = key
    if not keys:
        return _no_key(domain.name, known)
    told = ", ".join(f"{selector} ({_told(key)})" for selector, key in keys.items())
    worst = _worst(keys)
    if worst:
        return Concern(detail=f"{told}: {worst[0]}", mend=worst[1])
    return f"keys: {told}", ""


def _no_key(domain: str, known: Sequence[SendingProvider]) -> Found | Concern:
    if known:
        names = " and ".join(f"{one.selectors[0]}._domainkey.{domain}" for one in known)
        return Concern(
            detail=f"{' and '.join(one.name for one in known)} has no key there: {names}",
            mend=f"turn DKIM on for {domain} at {known[0].name}, and publish the records that it "
            f"names ({known[0].source})",
        )
    tried_ones = ", ".join(_USUAL_SELECTORS)
    mend = (
        "look at a mail of ours that was received elsewhere: s= in its DKIM-Signature is the "
        "selector; without that header turn DKIM on at the server"
    )
    return f"no key under the usual selectors ({tried_ones}), and others cannot be guessed", mend


def _told(key: DkimKey) -> str:
    return f"{key.kind.upper()} {key.bits}" if key.bits else "withdrawn"


def _worst(keys: dict[str, DkimKey]) -> tuple[str, str] | None:
    """What is amiss with keys, and what to do: only with all of one kind is anything amiss, for
    an old key may stand beside the new one."""
    usable = [key for key in keys.values() if key.bits]
    if not usable:
        return "no key is left to prove our mail by", "publish the key that the server signs with"
    if all(key.kind == "rsa" and key.bits < SHORTEST_KEY for key in usable):
        return (
            f"receivers take no key under {SHORTEST_KEY} bits (RFC 8301)",
            f"have the server sign with a key of {GOOD_KEY} bits",
        )
    if all(key.testing for key in usable):
        return "marked as a test (t=y): receivers ignore the signatures", "remove t=y"
    return None


# --- DMARC


def _dmarc(domain: str, dns: Dns, *, proven: bool) -> Found | Concern:
    """`proven`: something in the DNS can prove our mail."""
    where, texts = _dmarc_texts(domain, dns)
    if not texts:
        return Concern(
            detail="there is no record: large providers refuse mail of such domains in quantity",
            mend=f'publish a TXT record of _dmarc.{domain}: "v=DMARC1; p=none; '
            f'rua=mailto:postmaster@{domain}", and raise p when the reports are clean',
        )
    if len(texts) > 1:
        raise PermanentFailure(
            f"there are {len(texts)} records at _dmarc.{where}: receivers take none of them",
            mend="leave one (RFC 7489 §6.6.3)",
        )
    found = sender_records.dmarc(texts[0])
    if found is None:
        raise PermanentFailure(
            f"the record at _dmarc.{where} names no policy that receivers know",
            mend="write p=none, p=quarantine or p=reject after v=DMARC1;",
        )
    policy = found.policy if where == domain else found.subdomains
    at = "" if where == domain else f" (by {where})"
    if policy != "none" and not proven:
        raise PermanentFailure(
            f"p={policy}{at}, and neither SPF nor a DKIM key that is known proves our mail: "
            "receivers are told to turn it away",
            mend="publish SPF and DKIM first, or p=none until then",
        )
    mend = ""
    if policy == "none":
        mend = "raise it to p=quarantine when the reports show that all our mail passes"
        if not found.reports:
            mend = f"have reports sent: rua=mailto:postmaster@{where}; {mend}"
    return f"p={policy}{at}", mend


def _dmarc_texts(domain: str, dns: Dns) -> tuple[str, list[str]]:
    """The nearest domain with a record, and its records."""
    labels = domain.split(".")
    for above in range(min(len(labels) - 1, _PARENTS + 1)):
        where = ".".join(labels[above:])
        texts = [text for text in dns.txt(f"_dmarc.{where}") if sender_records.is_dmarc(text)]
        if texts:
            return where, texts
    return domain, []
