import subprocess
import sys
from collections.abc import Iterator

import pytest
from servers.dovecot import free_ports
from servers.nameserver import BROKEN, ENDLESS, GARBAGE, SILENT, Nameserver

from mailresponder.transport.dns import LONGEST_TEXT, MOST_RECORDS, Dns, DnsUnanswered, is_reserved


@pytest.fixture
def server() -> Iterator[Nameserver]:
    """A DNS server that knows nothing yet."""
    with Nameserver() as server:
        yield server


def test_servers_for_mail_come_in_the_order_of_preference(server: Nameserver) -> None:
    """As preference and host without the final dot; the root means that there is none."""
    server.records["acme.test", "MX"] = ["20 mx2.Acme.test.", "10 mx1.acme.test."]
    server.records["none.test", "MX"] = ["0 ."]
    dns = server.resolver()

    assert dns.mx("acme.test") == [(10, "mx1.acme.test"), (20, "mx2.acme.test")]
    assert dns.mx("none.test") == [(0, "")]


def test_servers_of_a_service_come_with_their_ports(server: Nameserver) -> None:
    """The lowest priority first, and of one priority the greatest weight (RFC 2782)."""
    server.records["_imaps._tcp.acme.test", "SRV"] = [
        "10 5 993 b.acme.test.",
        "0 1 993 c.acme.test.",
        "10 9 1993 a.acme.test.",
    ]

    assert server.resolver().srv("_imaps._tcp.acme.test") == [
        (0, 1, 993, "c.acme.test"),
        (10, 9, 1993, "a.acme.test"),
        (10, 5, 993, "b.acme.test"),
    ]


def test_a_text_is_one_piece(server: Nameserver) -> None:
    """Its strings are joined without anything between them, over TCP where UDP is too small."""
    server.txt("long.test", "x" * 700, "v=spf1 -all")

    assert sorted(server.resolver().txt("long.test")) == ["v=spf1 -all", "x" * 700]
    assert [way for *_, way in server.asked] == ["udp", "tcp"]


def test_an_alias_is_followed(server: Nameserver) -> None:
    """What stands under the other name counts (RFC 1034 §3.6.2)."""
    server.records["s._domainkey.acme.test", "CNAME"] = ["key.provider.test."]
    server.txt("key.provider.test", "v=DKIM1; p=AAAA")

    assert server.resolver().txt("s._domainkey.acme.test") == ["v=DKIM1; p=AAAA"]


@pytest.mark.parametrize("name", ["nothing.test", "other.test", "a..b", "x" * 64 + ".test", ""])
def test_what_is_not_there_is_an_empty_list(server: Nameserver, name: str) -> None:
    """NXDOMAIN, a name with other records only, and names that cannot be."""
    server.records["other.test", "A"] = ["192.0.2.1"]

    assert server.resolver().txt(name) == []
    assert server.resolver().mx(name) == []


def test_addresses_of_both_kinds(server: Nameserver) -> None:
    """IPv4 first."""
    server.records["mail.test", "AAAA"] = ["2001:db8::1"]
    server.records["mail.test", "A"] = ["192.0.2.1"]

    assert server.resolver().addresses("mail.test") == ["192.0.2.1", "2001:db8::1"]


@pytest.mark.parametrize("answer", [SILENT, BROKEN, GARBAGE, ENDLESS])
def test_no_answer_is_no_empty_list(server: Nameserver, answer: str) -> None:
    """Silence, a failing server, garbage and an endless message are DnsUnanswered in time."""
    server.records["acme.test", "TXT"] = answer

    with pytest.raises(DnsUnanswered, match=r"did not answer for acme.test"):
        server.resolver(patience=0.2).txt("acme.test")


def test_nobody_there_is_no_answer() -> None:
    """A port on which nobody listens, and a server that is no address."""
    [port] = free_ports(1)
    for dns in (
        Dns(servers=("127.0.0.1",), port=port, patience=0.2),
        Dns(servers=("no address",), patience=0.2),
    ):
        with pytest.raises(DnsUnanswered):
            dns.mx("acme.test")


def test_a_loop_of_aliases_ends(server: Nameserver) -> None:
    """Two names that stand for each other: nothing usable is answered."""
    server.records["a.test", "CNAME"] = ["b.test."]
    server.records["b.test", "CNAME"] = ["a.test."]

    with pytest.raises(DnsUnanswered):
        server.resolver(patience=0.3).txt("a.test")


def test_an_answer_is_read_up_to_a_limit(server: Nameserver) -> None:
    """Neither a hundred records nor one of many thousand letters is taken whole."""
    server.txt("many.test", *(f"number {number}" for number in range(100)))
    server.txt("long.test", "x" * 20_000)
    dns = server.resolver()

    assert len(dns.txt("many.test")) == MOST_RECORDS
    assert [len(text) for text in dns.txt("long.test")] == [LONGEST_TEXT]


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("desk.test", True),
        ("example.com", True),
        ("Mail.Example.ORG.", True),
        ("localhost", True),
        ("myexample.com", False),
        ("test.com", False),
        ("acme.es", False),
    ],
)
def test_reserved_domains_are_known(domain: str, expected: bool) -> None:
    """Nobody's domains (RFC 2606) are told from somebody's."""
    assert is_reserved(domain) is expected


def test_the_module_itself_imports_no_dnspython() -> None:
    """Only a question does."""
    code = "import sys, mailresponder.transport.dns; assert 'dns.resolver' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
