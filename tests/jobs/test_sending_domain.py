from collections.abc import Iterator

import pytest
from servers.nameserver import BROKEN, SILENT, Nameserver

from mailresponder.jobs.results import CheckResult
from mailresponder.jobs.sending_domain import SendingDomain, checked
from mailresponder.transport.dns import Dns

NAME = "acme.test"
KEY = "v=DKIM1; k=rsa; p=" + "A" * 392
"""As long as one of 2048 bits."""
OWN = ("mail.acme.test",)
PUBLIC = "8.8.4.4"
"""Addresses for documentation are no public ones, and those are all that an SPF record is about."""


@pytest.fixture
def server() -> Iterator[Nameserver]:
    """A DNS server for a domain in order, whose own server sends."""
    with Nameserver() as server:
        server.txt(NAME, "v=spf1 a:mail.acme.test -all", "site-verification=1")
        server.txt(f"_dmarc.{NAME}", "v=DMARC1; p=reject; rua=mailto:d@acme.test")
        server.txt(f"default._domainkey.{NAME}", KEY)
        server.records["mail.acme.test", "A"] = [PUBLIC]
        server.records[NAME, "MX"] = ["10 mail.acme.test.", "20 spare.acme.test."]
        yield server


def results(
    server: Nameserver, hosts: tuple[str, ...] = OWN, name: str = NAME, *, patience: float = 3.0
) -> dict[str, CheckResult]:
    """The results of the domain, by what they are of; `patience` in seconds, for one question."""
    found = checked(SendingDomain(name=name, hosts=hosts), server.resolver(patience=patience))
    return {result.name.removeprefix(f"{name}."): result for result in found}


def failing(found: dict[str, CheckResult]) -> list[str]:
    return [what for what, result in found.items() if not result.ok]


def warned(found: dict[str, CheckResult]) -> list[str]:
    return [what for what, result in found.items() if result.warning]


def test_a_domain_in_order(server: Nameserver) -> None:
    """SPF names the server, a key is there, DMARC is strict: nothing fails and nothing warns."""
    found = results(server)

    assert list(found) == ["mx", "spf", "dkim", "dmarc"]
    assert failing(found) == warned(found) == []
    assert found["mx"].detail == "mail for it goes to mail.acme.test, spare.acme.test"
    assert found["spf"].detail == "there is one record; others are refused (-all)"
    assert found["dkim"].detail == "keys: default (RSA 2048)"
    assert found["dmarc"].detail == "p=reject"


def test_nothing_published_is_a_warning(server: Nameserver) -> None:
    """The desk works all the same; what to publish is named, word for word."""
    server.records.clear()
    server.records["mail.acme.test", "A"] = [PUBLIC]

    found = results(server)

    assert failing(found) == []
    assert warned(found) == ["mx", "spf", "dmarc"]
    assert "customers cannot write to it" in found["mx"].detail
    assert '"v=spf1 a:mail.acme.test ~all"' in found["spf"].mend
    assert '_dmarc.acme.test: "v=DMARC1; p=none' in found["dmarc"].mend
    assert "s= in its DKIM-Signature" in found["dkim"].mend


@pytest.mark.parametrize(
    ("texts", "detail"),
    [
        (["v=spf1 -all", "v=spf1 ~all"], "there are 2 records"),
        (["v=spf1 a:mail.acme.test +all"], "lets everybody"),
        (["v=spf1 all"], "lets everybody"),
        (["v=spf1 includes:x.test -all"], '"includes:x.test"'),
        (["v=spf1 include:nothing.test -all"], "nothing.test, which has no SPF records"),
        (["v=spf1 " + "a:mail.acme.test " * 11 + "-all"], "more than 10 times"),
        (["v=spf1 redirect=open.test"], "lets everybody"),
        (["v=spf1 include:loop.test -all"], "more than 10 times"),
    ],
)
def test_void_spf_fails(server: Nameserver, texts: list[str], detail: str) -> None:
    """What receivers ignore, or what lets everybody in, is a failing check with its reason."""
    server.txt("open.test", "v=spf1 +all")
    server.txt("loop.test", "v=spf1 " + "include:loop.test " * 12)
    server.txt(NAME, *texts)

    found = results(server)

    assert failing(found) == ["spf"]
    assert detail in found["spf"].detail
    assert found["spf"].mend


def test_where_mail_goes(server: Nameserver) -> None:
    """To the domain's own address where no server is named; nowhere where it says so."""
    server.records[NAME, "MX"] = ["0 ."]
    assert "takes no mail" in results(server)["mx"].detail
    del server.records[NAME, "MX"]
    server.records[NAME, "A"] = [PUBLIC]
    found = results(server)["mx"]
    assert "mail goes there" in found.detail
    assert not found.warning


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.5", "relay"])
def test_a_relay_in_the_own_network_is_no_sender(server: Nameserver, host: str) -> None:
    """The world sees another address: so the record is not blamed, and none names it."""
    assert warned(results(server, (host,))) == []
    del server.records[NAME, "TXT"]
    assert '"v=spf1 mx ~all"' in results(server, (host,))["spf"].mend


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v=spf1 ip4:8.8.4.0/24 -all", ""),
        ("v=spf1 mx ~all", ""),
        ("v=spf1 a:other.test/16 ~all", ""),
        ("v=spf1 include:nested.test ~all", ""),
        ("v=spf1 redirect=nested.test", ""),
        ("v=spf1 exists:%{i}.spf.test ~all", ""),
        ("v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 ~all", "does not name what we send by"),
        ("v=spf1 -ip4:8.8.4.4 ~all", "does not name what we send by"),
        ("v=spf1 a:mail.acme.test ?all", "says nothing of those"),
        ("v=spf1 a:mail.acme.test", "says nothing of those"),
    ],
)
def test_who_sends_must_be_named(server: Nameserver, text: str, expected: str) -> None:
    """By address, host, mail server or another one's record, at whatever depth; what only a mail
    can decide is not held against the record."""
    server.records[NAME, "MX"] = ["10 mail.acme.test."]
    server.records["other.test", "A"] = ["8.8.200.1"]
    server.txt("nested.test", "v=spf1 include:inner.test ~all")
    server.txt("inner.test", "v=spf1 ip4:8.8.4.4 -all")
    server.txt(NAME, text)

    found = results(server)

    assert failing(found) == []
    assert warned(found) == (["spf"] if expected else [])
    assert expected in found["spf"].detail


def test_a_provider_of_whom_nothing_is_known_is_not_guessed_at(server: Nameserver) -> None:
    """Its servers for customers need not be those that mail leaves by."""
    server.records["smtp.provider.test", "A"] = ["8.8.8.8"]

    assert warned(results(server, ("smtp.provider.test",))) == []


@pytest.mark.parametrize(
    ("name", "host", "own"),
    [
        ("acme.co.test", "mail.acme.co.test", True),
        ("acme.co.test", "mail.other.co.test", False),
        ("help.acme.test", "mail.acme.test", True),
    ],
)
def test_an_organisation_is_known_by_its_last_labels(
    server: Nameserver, name: str, host: str, own: bool
) -> None:
    """Only of its own server the address counts."""
    server.txt(name, "v=spf1 ip4:192.0.2.1 -all")
    server.records[host, "A"] = [PUBLIC]

    assert results(server, (host,), name)["spf"].warning is own


def test_a_provider_of_several_names_says_which_is_ours(server: Nameserver) -> None:
    """All of them are told, with its own page."""
    mend = results(server, ("smtp.ionos.es",))["spf"].mend

    assert "include:_spf-eu.ionos.com; IONOS says whether it is that or _spf-us" in mend
    assert "https://www.ionos.com/help/" in mend


def test_a_provider_must_be_included(server: Nameserver) -> None:
    """Its own name for that is known, and is what the mend says."""
    hosts = ("smtp.office365.com",)
    server.txt("spf.protection.outlook.com", "v=spf1 ip4:192.0.2.0/24 -all")
    server.txt(f"selector2._domainkey.{NAME}", KEY)
    assert (
        "add to the record: include:spf.protection.outlook.com"
        in results(server, hosts)["spf"].mend
    )

    server.txt(NAME, "v=spf1 include:spf.protection.outlook.com -all")

    found = results(server, hosts)
    assert warned(found) == []
    assert found["spf"].detail == "Microsoft may send; others are refused (-all)"
    assert found["dkim"].detail == "keys: selector2 (RSA 2048)"


def test_a_provider_s_key_that_is_not_there(server: Nameserver) -> None:
    """Its selector is known, so this is a warning, with the provider's own page."""
    found = results(server, ("smtp.fastmail.com", "smtp.fastmail.com"))

    assert found["dkim"].warning
    assert "fm1._domainkey.acme.test" in found["dkim"].detail
    assert "https://www.fastmail.help/" in found["dkim"].mend


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("v=DKIM1; p=", "no key is left"),
        ("v=DKIM1; p=" + "A" * 128, "no key under 1024 bits"),
        ("v=DKIM1; t=y; p=" + "A" * 392, "marked as a test"),
    ],
)
def test_keys_that_prove_nothing(server: Nameserver, key: str, expected: str) -> None:
    """Withdrawn, too short, or marked as a test; unless a good one stands beside it."""
    server.txt(f"default._domainkey.{NAME}", key)
    found = results(server)["dkim"]
    assert found.warning
    assert expected in found.detail

    server.txt(f"s1._domainkey.{NAME}", KEY)
    assert not results(server)["dkim"].warning


def test_dmarc_that_receivers_ignore_fails(server: Nameserver) -> None:
    """Two records, or a policy that there is not."""
    for texts, said in (
        (("v=DMARC1; p=none", "v=DMARC1; p=reject"), "there are 2 records"),
        (("v=DMARC1; p=perhaps",), "no policy"),
    ):
        server.txt(f"_dmarc.{NAME}", *texts)
        found = results(server)
        assert failing(found) == ["dmarc"]
        assert said in found["dmarc"].detail


def test_a_strict_dmarc_with_nothing_to_prove_our_mail_fails(server: Nameserver) -> None:
    """Receivers would turn away all of it."""
    server.txt(NAME, "nothing of the kind")
    server.txt(f"default._domainkey.{NAME}", "nothing of the kind")

    found = results(server)

    assert failing(found) == ["dmarc"]
    assert "turn it away" in found["dmarc"].detail


def test_dmarc_of_the_domain_above_counts(server: Nameserver) -> None:
    """With what it says of domains below it; and no policy is told how to go on."""
    server.txt("help.acme.test", "v=spf1 a:mail.acme.test -all")
    server.txt("_dmarc.acme.test", "v=DMARC1; p=reject; sp=none")

    found = results(server, name="help.acme.test")

    assert found["dmarc"].detail == "p=none (by acme.test)"
    assert "rua=mailto:postmaster@acme.test" in found["dmarc"].mend
    assert not found["dmarc"].warning


@pytest.mark.parametrize("answer", [SILENT, BROKEN])
def test_no_answer_is_no_failure(server: Nameserver, answer: str) -> None:
    """It is said once, as a warning, and nothing else is asked."""
    server.records[NAME, "TXT"] = answer

    found = results(server, patience=0.3)

    assert list(found) == warned(found) == ["dns"]
    assert "did not answer" in found["dns"].detail
    assert {name for name, *_ in server.asked} == {NAME}


def test_one_question_without_an_answer(server: Nameserver) -> None:
    """The others are told all the same."""
    server.txt(NAME, "v=spf1 include:broken.test -all")
    server.records["broken.test", "TXT"] = BROKEN

    found = results(server, patience=0.3)

    assert failing(found) == []
    assert warned(found) == ["spf"]
    assert found["dmarc"].detail == "p=reject"


def test_nobody_s_domain_is_not_asked_for() -> None:
    """Unless somebody names a server that knows it."""
    [found] = checked(SendingDomain(name="example.com", hosts=OWN), Dns())

    assert found.ok
    assert not found.warning
    assert "nobody's domain" in found.detail


def test_a_provider_s_own_domain_is_its_business(server: Nameserver) -> None:
    """Where it also sends the mail; sent by somebody else, that is a mistake to be told."""
    own = results(server, ("smtp.gmail.com",), "gmail.com")
    assert own["dns"].detail.startswith("Google's own")
    assert not own["dns"].warning

    other = results(server, ("smtp.gmail.com", *OWN), "gmail.com")
    assert list(other) == warned(other) == ["dns"]
    assert "leaves by mail.acme.test" in other["dns"].detail
    assert server.asked == []


def test_hostile_texts_stay_on_one_line(server: Nameserver) -> None:
    """Nothing that a domain publishes can move a cursor or begin a line."""
    server.records[NAME, "TXT"] = ['"v=spf1 \\027[2Jx\\010y:z -all"']

    found = results(server)["spf"]

    assert not found.ok
    assert found.detail.isprintable()
