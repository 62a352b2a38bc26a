import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.mail import sender_records
from mailresponder.mail.sender_records import DkimKey, Dmarc, Term


def published(key: rsa.RSAPublicKey) -> str:
    """As a key stands in the DNS."""
    content = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v=spf1", True),
        ("V=SPF1 -all", True),
        ("v=spf10 -all", False),
        ("google-site-verification=x", False),
        ("", False),
    ],
)
def test_spf_records_are_told_from_other_texts(text: str, expected: bool) -> None:
    """By their version alone (RFC 7208 §4.5)."""
    assert sender_records.is_spf(text) is expected


def test_an_spf_record_is_its_terms_in_their_order() -> None:
    """With qualifiers, domains and networks; modifiers are no terms."""
    found = sender_records.spf(
        "v=spf1 a/24 mx:x.test ?include:_spf.Provider.test ip4:192.0.2.0/24 exp=why.test -all"
    )

    assert [(term.qualifier, term.name, term.value) for term in found.terms] == [
        ("+", "a", "/24"),
        ("+", "mx", "x.test"),
        ("?", "include", "_spf.Provider.test"),
        ("+", "ip4", "192.0.2.0/24"),
        ("-", "all", ""),
    ]
    assert (found.all, found.redirect, found.wrong) == ("-", "", "")


def test_what_follows_all_does_not_count() -> None:
    """Nor does a redirect beside it (RFC 7208 §5.1)."""
    found = sender_records.spf("v=spf1 ~all include:x.test redirect=y.test")

    assert [term.name for term in found.terms] == ["all"]
    assert found.redirect == ""
    assert sender_records.spf("v=spf1 redirect=y.test").redirect == "y.test"


@pytest.mark.parametrize(
    "word",
    ["includes:x.test", "include:", "include", "ip4:299.1.1.1", "ip4:2001:db8::1", "ip6", "!"],
)
def test_a_part_that_nobody_understands_is_named(word: str) -> None:
    """It makes the whole record void (RFC 7208 §4.6)."""
    assert sender_records.spf(f"v=spf1 mx {word} -all").wrong == word


def test_networks_of_terms() -> None:
    """Of both families, a single address too; other terms have none."""
    term = Term(qualifier="+", name="ip4", value="192.0.2.7")
    assert str(sender_records.network(term)) == "192.0.2.7/32"
    assert sender_records.network(Term(qualifier="+", name="a", value="192.0.2.7")) is None


@pytest.mark.parametrize("bits", [1024, 2048])
def test_the_length_of_a_key_is_told(bits: int) -> None:
    """Of RSA keys as servers make them."""
    key = rsa.generate_private_key(65537, bits).public_key()

    found = sender_records.dkim_key([f"v=DKIM1; k=rsa; p={published(key)}"])

    assert found == DkimKey(kind="rsa", bits=bits, testing=False)


def test_keys_of_other_kinds() -> None:
    """Ed25519 (RFC 8463), one that was withdrawn, one of a test; and what is no key."""
    raw = ed25519.Ed25519PrivateKey.generate().public_key()
    text = base64.b64encode(raw.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    assert sender_records.dkim_key([f"v=DKIM1; k=ed25519; p={text}"]) == DkimKey(
        kind="ed25519", bits=256, testing=False
    )
    assert sender_records.dkim_key(["v=DKIM1; p="]) == DkimKey(kind="rsa", bits=0, testing=False)
    found = sender_records.dkim_key(["t=y:s; p=" + "A" * 216])
    assert found is not None
    assert found.testing
    for other in ("v=spf1 -all", "v=DKIM2; p=AAAA", "p=not base64!", ""):
        assert sender_records.dkim_key([other]) is None


def test_a_dmarc_record_is_its_policy() -> None:
    """For the domain and those below it, and whether reports go anywhere."""
    text = "v=DMARC1; p=Quarantine; rua=mailto:x@example.com"
    assert sender_records.is_dmarc(text)
    assert sender_records.dmarc(text) == Dmarc(
        policy="quarantine", subdomains="quarantine", reports=True
    )
    assert sender_records.dmarc("v=DMARC1; p=none; sp=reject") == Dmarc(
        policy="none", subdomains="reject", reports=False
    )
    assert sender_records.dmarc("v=DMARC1; p=maybe") is None
    assert not sender_records.is_dmarc("v=DMARC12; p=none")


@settings(max_examples=50)
@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever a domain publishes is read to an end."""
    sender_records.spf(f"v=spf1 {text}")
    sender_records.dmarc(text)
    sender_records.dkim_key([text, f"p={text}"])
    sender_records.is_dmarc(text)
