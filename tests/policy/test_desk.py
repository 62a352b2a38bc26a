"""Whose an address is."""

import pytest
from making import ALIAS, SALES, SUPPORT, a_desk

from mailresponder.mail.message import Address


@pytest.mark.parametrize(
    ("email", "own", "detail"),
    [
        (SUPPORT, True, ""),
        ("Support+Web@example.com", True, "web"),
        ("support+a+b@example.com", True, "a+b"),
        ("help+x@example.com", True, "x"),
        ("support+web@elsewhere.test", False, ""),
        ("xsupport+web@example.com", False, ""),
        ("ana+web@example.com", False, ""),
        (f"sales+web@{SALES.partition('@')[2]}", False, ""),
    ],
)
def test_addresses_with_a_detail_are_ours(email: str, own: bool, detail: str) -> None:
    """Of this mailbox, where its server delivers them (RFC 5233); another's may be somebody's."""
    desk = a_desk(subaddress="+")

    assert desk.is_own(Address(email=email)) is own
    assert desk.detail(Address(email=email)) == detail
    if detail:
        assert not desk.is_staff(Address(email=email))


def test_without_subaddresses_they_are_nobodys() -> None:
    """Then no such mail is ours, and no address can prove anything."""
    desk = a_desk()

    assert not desk.is_own(Address(email="support+web@example.com"))
    assert desk.answered_at("token") is None


def test_address_for_answers_is_no_longer_than_allowed() -> None:
    """A local part has 64 octets at most (RFC 5321 §4.5.3.1.1)."""
    desk = a_desk(subaddress="+")

    assert desk.answered_at("t" * 56) == Address(
        email=f"support+{'t' * 56}@example.com", name=desk.address.name
    )
    assert desk.answered_at("t" * 57) is None
    assert ALIAS in desk.addresses
