"""Who runs a mailbox is guessed from its address."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from servers.nameserver import BROKEN, Nameserver

from mailresponder.errors import TemporaryFailure
from mailresponder.jobs import guessing
from mailresponder.jobs.guessing import Guess, provider_of
from mailresponder.jobs.presets import Server
from mailresponder.transport.dns import Dns


@pytest.fixture(scope="module")
def server() -> Iterator[Nameserver]:
    """A DNS of its own."""
    with Nameserver() as nameserver:
        yield nameserver


@pytest.fixture
def dns(server: Nameserver) -> Dns:
    """Asks that one, which knows nothing yet."""
    server.records.clear()
    return Dns(servers=(server.host,), port=server.port)


def test_a_providers_own_domain_is_known_without_asking(server: Nameserver, dns: Dns) -> None:
    """Nobody is asked about gmail.com."""
    server.asked.clear()
    assert provider_of("acme@GMail.com", dns).provider == "gmail"
    assert server.asked == []


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("ASPMX.L.GOOGLE.COM.", "gmail"),
        ("acme-example.mail.protection.outlook.com.", "microsoft365"),
        ("acme-example.o-v1.mx.microsoft.", "microsoft365"),
        ("in1-smtp.messagingengine.com.", "fastmail"),
        ("mx01.mail.icloud.com.", "icloud"),
        ("mx1.mail.ovh.net.", "ovh"),
        ("mx00.ionos.es.", "ionos"),
        ("mta-gw.infomaniak.ch.", "infomaniak"),
        ("mx.zoho.eu.", "zoho"),
        ("notgoogle.com.", "generic"),
        ("google.com.evil.test.", "generic"),
    ],
)
def test_who_receives_the_mail_runs_the_mailbox(
    server: Nameserver, dns: Dns, host: str, provider: str
) -> None:
    """A host below a provider's name is the provider's; one that only looks so is not."""
    server.records["acme.test", "MX"] = [f"10 {host}"]
    assert provider_of("help@acme.test", dns).provider == provider


def test_a_domain_names_its_own_servers(server: Nameserver, dns: Dns) -> None:
    """SRV records (RFC 6186): the lowest priority, TLS from the first byte before STARTTLS."""
    server.records["acme.test", "MX"] = ["10 mail.acme.test."]
    server.records["_imaps._tcp.acme.test", "SRV"] = [
        "20 0 993 spare.acme.test.",
        "10 1 9993 mail.acme.test.",
    ]
    server.records["_imap._tcp.acme.test", "SRV"] = ["0 0 143 mail.acme.test."]
    server.records["_submission._tcp.acme.test", "SRV"] = ["0 0 587 out.acme.test."]
    assert provider_of("help@acme.test", dns) == Guess(
        provider="generic",
        why="acme.test names mail.acme.test:9993 and out.acme.test:587 (SRV records)",
        imap=Server(host="mail.acme.test", port=9993, security="tls"),
        smtp=Server(host="out.acme.test", port=587, security="starttls"),
    )


def test_a_service_that_is_not_there_is_not_taken(server: Nameserver, dns: Dns) -> None:
    """A single dot as host says "not here" (RFC 6186 §3.4)."""
    server.records["_imaps._tcp.acme.test", "SRV"] = ["0 0 0 ."]
    server.records["_imap._tcp.acme.test", "SRV"] = ["0 0 143 mail.acme.test."]
    guess = provider_of("help@acme.test", dns)
    assert guess.imap == Server(host="mail.acme.test", port=143, security="starttls")
    assert guess.smtp is None


def test_a_domain_that_says_nothing_is_anybodys(dns: Dns) -> None:
    """Then there is nothing to say either."""
    assert provider_of("help@acme.test", dns) == Guess(provider="generic", why="")


def test_no_answer_is_not_nothing(server: Nameserver, dns: Dns) -> None:
    """A DNS that fails is told as such."""
    server.records["acme.test", "MX"] = BROKEN
    with pytest.raises(TemporaryFailure, match="did not answer"):
        provider_of("help@acme.test", dns)


@pytest.mark.parametrize(
    ("machine", "zone"),
    [("America/Lima", "America/Lima"), ("Etc/UTC", "x"), ("UTC", "x"), (None, "x")],
)
def test_only_a_place_is_a_time_zone(machine: str | None, zone: str) -> None:
    """A machine on UTC says nothing of where its owner is."""
    assert guessing.time_zone(machine, otherwise="x") == zone


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"LANG": "es_ES.UTF-8"}, ("es", "en")),
        ({"LANG": "es_ES.UTF-8", "LC_ALL": "C"}, ("en", "es")),
        ({}, ("en", "es")),
    ],
)
def test_the_machines_language_comes_first(
    environ: dict[str, str], expected: tuple[str, ...]
) -> None:
    """LC_ALL counts before LANG."""
    assert guessing.languages(environ, otherwise=("en", "es")) == expected


def test_the_country_of_a_time_zone() -> None:
    """For the proposal of public holidays; not every zone has one."""
    assert guessing.country_of(ZoneInfo("Europe/Madrid").key) == "ES"
    assert guessing.country_of("America/Mexico_City") == "MX"
    assert guessing.country_of("Etc/UTC") == ""
