"""What the DNS of a domain must say so that a provider may send in its name: data, each with the
provider's own page it is taken from."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class SendingProvider:
    """One provider of SMTP."""

    name: str
    hosts: tuple[str, ...]
    """Its SMTP servers' names end so."""
    includes: tuple[str, ...]
    """A domain's SPF record names one of these: the first, or which of them the provider says."""
    selectors: tuple[str, ...] = ()
    """Under which its DKIM keys stand, of which at least one is there; empty: each customer has
    others."""
    domains: tuple[str, ...] = ()
    """Domains of addresses that are the provider's own."""
    source: str


_PROVIDERS = (
    SendingProvider(
        name="Google",
        hosts=("gmail.com", "google.com"),
        includes=("_spf.google.com",),
        selectors=("google",),
        domains=("gmail.com", "googlemail.com"),
        source="https://support.google.com/a/answer/174126",
    ),
    SendingProvider(
        name="Microsoft",
        hosts=("office365.com", "outlook.com"),
        includes=("spf.protection.outlook.com",),
        selectors=("selector1", "selector2"),
        domains=("outlook.com", "hotmail.com", "live.com", "msn.com", "onmicrosoft.com"),
        source="https://learn.microsoft.com/defender-office-365/email-authentication-about",
    ),
    SendingProvider(
        name="Fastmail",
        hosts=("fastmail.com", "messagingengine.com"),
        includes=("spf.messagingengine.com",),
        selectors=("fm1", "fm2", "fm3"),
        domains=("fastmail.com", "fastmail.fm"),
        source="https://www.fastmail.help/hc/en-us/articles/360060591153",
    ),
    SendingProvider(
        name="iCloud",
        hosts=("mail.me.com",),
        includes=("icloud.com",),
        selectors=("sig1",),
        domains=("icloud.com", "me.com", "mac.com"),
        source="https://support.apple.com/en-us/102374",
    ),
    SendingProvider(
        name="IONOS",
        hosts=("ionos.com", "ionos.de", "ionos.es", "ionos.fr", "ionos.it", "ionos.co.uk"),
        includes=("_spf-eu.ionos.com", "_spf-us.ionos.com"),
        selectors=("s1-ionos", "s2-ionos"),
        source="https://www.ionos.com/help/domains/configuring-mail-servers-and-other-related-"
        "records/using-an-spf-record-to-prevent-spam/",
    ),
    SendingProvider(
        name="OVHcloud",
        hosts=("mail.ovh.net", "ovh.net"),
        includes=("mx.ovh.com",),
        source="https://help.ovhcloud.com/csm/en-dns-zone-dkim?id=kb_article_view"
        "&sysparm_article=KB0058258",
    ),
    SendingProvider(
        name="mailbox.org",
        hosts=("mailbox.org",),
        includes=("mailbox.org",),
        selectors=("MBO0001", "MBO0002", "MBO0003", "MBO0004"),
        domains=("mailbox.org",),
        source="https://kb.mailbox.org/de/privat/e-mail-mit-eigener-domain/"
        "spam-reputation-der-eigenen-domain-verbessern-mit-spf-dkim-und-dmarc",
    ),
    SendingProvider(
        name="Zoho",
        hosts=("zoho.com",),
        includes=("zoho.com", "one.zoho.com", "zohomail.com"),
        source="https://www.zoho.com/mail/help/adminconsole/spf-configuration.html",
    ),
    SendingProvider(
        name="Zoho",
        hosts=("zoho.eu",),
        includes=("zohomail.eu", "zoho.eu", "spf.zoho.eu", "one.zoho.eu"),
        source="https://www.zoho.com/mail/help/adminconsole/spf-configuration.html",
    ),
)


def provider_of(smtp_host: str) -> SendingProvider | None:
    """Whose SMTP server this is; None: nobody's that is known here."""
    return next((p for p in _PROVIDERS if _is_under(smtp_host, p.hosts)), None)


def owner_of(domain: str) -> SendingProvider | None:
    """The provider whose own domain this is; None: it is a customer's."""
    return next((p for p in _PROVIDERS if _is_under(domain, p.domains)), None)


def _is_under(name: str, domains: tuple[str, ...]) -> bool:
    folded = name.casefold().rstrip(".")
    return any(folded == domain or folded.endswith(f".{domain}") for domain in domains)
