"""Only our own border's word proves a sender."""

from datetime import UTC, datetime

import pytest

from mailresponder.mail.authentication import authenticated
from mailresponder.mail.message import RawMessage
from mailresponder.mail.parse import parse

OURS = "mx.example.com"


def believed(*results: str, author: str = "Lea <lea@example.com>", trusted: str = OURS) -> bool:
    head = [*(f"Authentication-Results: {value}" for value in results), f"From: {author}"]
    content = "\n".join([*head, "", "x"]).encode()
    message = parse(
        RawMessage(uid=1, received_at=datetime(2026, 11, 2, tzinfo=UTC), content=content)
    )
    return authenticated(message, trusted_authserv_id=trusted).passed


@pytest.mark.parametrize(
    "result",
    [
        "mx.example.com; dmarc=pass header.from=example.com",
        "MX.Example.com 1; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com",
        '"mx.example.com"; spf=fail smtp.mailfrom=x.test; dmarc=pass',
        "mx.example.com; dkim=pass header.d=example.com header.s=a",
        "mx.example.com; dkim=pass header.i=@mail.example.com",
        "mx.example.com; dkim=fail header.d=example.com; dkim=pass header.d=example.com",
        "mx.example.com; spf=pass smtp.mailfrom=lea@example.com",
        "mx.example.com;\n dmarc=none header.from=example.com;\n spf=pass smtp.mail=example.com",
        'mx.example.com; dkim=pass reason="a; b" header.d="example.com"',
    ],
)
def test_proven(result: str) -> None:
    """DMARC, or DKIM or SPF aligned with From, prove the sender."""
    assert believed(result)


@pytest.mark.parametrize(
    "result",
    [
        "mx.example.com; none",
        "mx.example.com; dmarc=fail header.from=example.com; dkim=pass header.d=example.com",
        "mx.example.com; dmarc=pass header.from=other.test",
        "mx.example.com; dkim=pass header.d=other.test; spf=pass smtp.mailfrom=x@other.test",
        "mx.example.com; dkim=pass header.d=notexample.com",
        "mx.example.com; dkim=pass header.d=com",
        "mx.example.com; spf=pass smtp.helo=example.com",
        "mx.example.com; spf=softfail smtp.mailfrom=lea@example.com",
        "mx.example.com; (dmarc=pass) spf=none",
        'mx.example.com; spf=pass smtp.mailfrom="; dmarc=pass"@other.test',
        'mx.example.com; spf=pass smtp.mailfrom="lea@example.com"@other.test',
        "mx.example.com.other.test; dmarc=pass",
        "other.test; dmarc=pass",
        "dmarc=pass",
        "",
    ],
)
def test_not_proven(result: str) -> None:
    """Anything else does not, however it is dressed up."""
    assert not believed(result)


def test_topmost_of_ours() -> None:
    """What stands below our border's own header is the sender's invention."""
    good, bad = f"{OURS}; dmarc=pass", f"{OURS}; dmarc=fail"
    assert believed("relay.test; dmarc=fail", good, bad)
    assert not believed(bad, good)


def test_several_authors() -> None:
    """More than one author, in one From or in two, proves nobody."""
    assert not believed(f"{OURS}; dmarc=pass", author="a@example.com, b@example.com")
    assert not believed(f"{OURS}; dmarc=pass", author="a@example.com\nFrom: a@example.com")
    assert not believed(f"{OURS}; dmarc=pass", author="nobody")


def test_nobody_is_trusted() -> None:
    """Without a configured authserv-id no header is believed."""
    assert not believed(f"{OURS}; dmarc=pass", trusted="")


def test_border_without_id() -> None:
    """`!none` believes a topmost header without id, unless another stands above it."""
    m365 = "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dmarc=pass action=none"
    assert believed(m365, "mx.other.test; dmarc=fail", trusted="!none")
    assert not believed("mx.other.test; dmarc=fail", m365, trusted="!none")
    assert not believed(f"{OURS}; dmarc=pass", trusted="!none")


def test_international_domain() -> None:
    """A domain is the same in U-labels and in A-labels."""
    assert believed(f"{OURS}; dkim=pass header.d=xn--exmple-cua.test", author="a@exämple.test")
