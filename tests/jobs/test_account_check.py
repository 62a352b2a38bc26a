import pytest

from mailresponder.errors import MailboxFull
from mailresponder.jobs import account_check
from mailresponder.jobs.results import Concern
from mailresponder.transport.imap_account import Quota


def storage(used: int, limit: int = 1_000_000) -> Quota:
    """In units of 1,024 bytes."""
    return Quota(resource="STORAGE", used=used, limit=limit)


def test_what_the_desk_makes_use_of_is_told() -> None:
    """What is missing, with what happens in its place; nothing else of a long list."""
    detail, _ = account_check.capabilities(frozenset({"UIDPLUS", "IDLE", "X-OTHER", "SPECIAL-USE"}))

    assert detail == "the server has UIDPLUS, SPECIAL-USE, IDLE; no MOVE: mail is moved by copying"
    assert account_check.capabilities(frozenset())[0].startswith("the server has none of")


def test_room_is_told() -> None:
    """In bytes or messages; where there is no limit, or none is told, that."""
    messages = Quota(resource="MESSAGE", used=10, limit=1_000)
    assert account_check.quota([storage(500_000), messages]) == (
        "512.0 MB of 1.0 GB used (50 %), 10 of 1,000 messages (1 %)",
        "",
    )
    assert account_check.quota([storage(5, 0)]) == ("no limit is set", "")
    assert account_check.quota(None)[0].startswith("the server does not tell")  # type: ignore[index]


def test_a_mailbox_that_fills_up_warns_and_a_full_one_fails() -> None:
    """By whichever limit is nearest."""
    found = account_check.quota([storage(1), storage(900_000)])
    assert isinstance(found, Concern)
    assert "90 %" in found.detail
    with pytest.raises(MailboxFull, match="100 %"):
        account_check.quota([storage(1), storage(1_000_000)])


def test_what_an_smtp_server_takes_is_told() -> None:
    """Size, ways to sign in, letters."""
    offers = {"size": "35882577", "auth": "PLAIN LOGIN", "8bitmime": "", "smtputf8": ""}
    assert account_check.sending(offers, attachments_mb=10, signed_in=True) == (
        "mails up to 35.9 MB; sign-in by PLAIN LOGIN",
        "",
    )
    detail = account_check.sending({"auth": "PLAIN"}, attachments_mb=10, signed_in=False)[0]  # type: ignore[index]
    assert "no limit of size is told" in detail
    assert "which is not used" in detail
    assert "no SMTPUTF8" in detail


@pytest.mark.parametrize(
    ("size", "fits"), [("14200000", True), ("14100000", False), ("x", True), ("9" * 5_000, True)]
)
def test_answers_with_files_must_fit(size: str, fits: bool) -> None:
    """Files grow by a third when they are mailed; what to set instead is said."""
    found = account_check.sending({"size": size}, attachments_mb=10, signed_in=True)

    assert isinstance(found, Concern) is not fits
    if isinstance(found, Concern):
        assert "attachments_mb = 9" in found.mend


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["v=1; d=Example.com;\r\n s=one; b=x"], "signed by example.com (selector one)"),
        (
            ["d=example.com; s=a", "d=provider.test; s=b"],
            "signed by example.com (selector a), prov",
        ),
        (["d=provider.test; s=b"], "not by help.example.com: that proves nothing"),
        (["d=ple.com; s=b"], "not by help.example.com: that proves nothing"),
        (["b=x"], "bears no DKIM signature"),
        ([], "bears no DKIM signature"),
    ],
)
def test_whose_signatures_a_mail_bears(headers: list[str], expected: str) -> None:
    """One of our domain, or one above it, proves our address (RFC 7489 §3.1.1)."""
    assert expected in account_check.signature(headers, domain="help.example.com")[0]
