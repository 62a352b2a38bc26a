"""Addresses that speak for machines, and those of people that resemble them."""

import pytest

from mailresponder.mail import senders
from mailresponder.mail.message import Address


def at(local: str, name: str = "") -> Address:
    return Address(email=f"{local}@example.com", name=name)


@pytest.mark.parametrize(
    ("author", "headers", "expected"),
    [
        (at("MAILER-DAEMON"), {}, True),
        (at("Mailer_Daemon"), {}, True),
        (at("mailerdaemon"), {}, True),
        (at("MDaemon"), {}, True),
        (at("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e"), {}, True),
        (None, {"from": ("MAILER-DAEMON <>",)}, True),
        (None, {"from": ('"Mail Delivery System" <MAILER-DAEMON>',)}, True),
        (at("ana"), {"x-ms-exchange-message-is-ndr": ("",)}, True),
        (at("postmaster"), {}, False),
        (at("daemon.hunter"), {}, False),
        (None, {"from": ("Ana <>",)}, False),
        (None, {}, False),
    ],
)
def test_daemon(
    author: Address | None, headers: dict[str, tuple[str, ...]], *, expected: bool
) -> None:
    """The mail system itself is known by its address, by its name and by Exchange's header."""
    assert senders.is_daemon(author, headers) is expected


@pytest.mark.parametrize(
    ("author", "headers", "expected"),
    [
        (at("postmaster"), {}, True),
        (at("mx-postmaster"), {}, True),
        (at("post_master"), {}, True),
        (at("mailadm"), {}, True),
        (at("office", "Mail Delivery System"), {}, True),
        (at("office", "Internet Mail Delivery"), {}, True),
        (at("office", "Content-filter at mx.example.com"), {}, True),
        (at("ana"), {"return-path": ("<>",)}, True),
        (None, {"from": ("<>",)}, True),
        (at("ana", "Ana Postmaster Gil"), {}, False),
        (at("mailadmirer"), {}, False),
        (at("ana"), {"return-path": ("<ana@example.com>",)}, False),
        (None, {}, False),
    ],
)
def test_mail_system(
    author: Address | None, headers: dict[str, tuple[str, ...]], *, expected: bool
) -> None:
    """Postmasters, display names of mail systems and null return paths are one sign of two."""
    assert senders.is_mail_system(author, headers) is expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        *(("Filter_AntiVirus_for_SMTP_Gateways", True), ("E5_SMTP_Mail_Service", True)),
        *(("no-reply", True), ("mailserver", False), ("gateway1", True), ("smith", False)),
        *(("ana.maxwell", False), ("emailia", False)),
    ],
)
def test_technical(local: str, *, expected: bool) -> None:
    """A device for mail names itself; a person's name may begin in the same way."""
    assert senders.is_technical(at(local)) is expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        *(("owner-talk", True), ("talk-request", True), ("talk-bounces", True), ("bounce", True)),
        *(("bounces+1-a=b.test", True), ("listserv", True), ("majordomo", True)),
        *(("dog-owner", False), ("bouncer", False), ("request", False), ("talk-admin", False)),
    ],
)
def test_list_software(local: str, *, expected: bool) -> None:
    """List software writes from addresses that nobody is called by."""
    assert senders.is_list_software(at(local)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a@shop.test", "b@shop.test", True),
        ("a@mail.shop.test", "b@shop.test", True),
        ("a@shop.test", "b@mail.shop.test", True),
        ("a@workshop.test", "b@shop.test", False),
        ("a@shop.test", "b@other.test", False),
    ],
)
def test_same_organisation(one: str, other: str, *, expected: bool) -> None:
    """A subdomain belongs to its domain; a name that merely ends alike does not."""
    assert senders.is_same_organisation(Address(email=one), Address(email=other)) is expected
