"""Which folder is Sent, and which is Drafts, from a listing alone."""

import pytest

from mailresponder.transport.special_folders import (
    DRAFTS_NAMES,
    SENT_NAMES,
    Folder,
    find_drafts_folder,
    find_sent_folder,
)


def folder(name: str, *flags: str, delimiter: str = "/") -> Folder:
    return Folder(name=name, delimiter=delimiter, flags=frozenset(flags))


def test_marked_folder_wins_over_a_name() -> None:
    r"""The folder marked \Sent is taken whatever it is called."""
    listing = [folder("Sent"), folder("[Gmail]/Gesendet", "\\sent"), folder("INBOX")]
    assert find_sent_folder(listing) == "[Gmail]/Gesendet"


@pytest.mark.parametrize("name", SENT_NAMES)
def test_known_names(name: str) -> None:
    """Every known name is found in any case, at the top or under INBOX."""
    assert find_sent_folder([folder("INBOX"), folder(name.upper())]) == name.upper()
    under = folder(f"INBOX.{name}", delimiter=".")
    assert find_sent_folder([folder("INBOX"), under]) == f"INBOX.{name}"


def test_likelier_name_wins() -> None:
    """With several names the likelier one is taken."""
    assert find_sent_folder([folder("Elementos enviados"), folder("Sent")]) == "Sent"


def test_somebodys_archive_is_not_sent() -> None:
    """A folder of that name inside another folder is not ours, nor one that holds no mail."""
    listing = [folder("Customers/Acme/Sent"), folder("Old/Sent"), folder("Sent", "\\noselect")]
    assert find_sent_folder(listing) is None


def test_flat_store() -> None:
    """A server without hierarchy has no delimiter."""
    assert find_sent_folder([folder("Enviados", delimiter="")]) == "Enviados"


def test_drafts_are_found_likewise() -> None:
    r"""The folder marked \Drafts is taken, else the one with the likeliest name; never Sent."""
    assert find_drafts_folder([folder("Drafts"), folder("Notas", "\\drafts")]) == "Notas"
    assert find_drafts_folder([folder("Sent"), folder("Borradores")]) == "Borradores"
    assert find_drafts_folder([folder("Sent", "\\sent"), folder("Customers/Drafts")]) is None


@pytest.mark.parametrize("name", DRAFTS_NAMES)
def test_known_names_of_drafts(name: str) -> None:
    """Every known name is found in any case, at the top or under INBOX."""
    assert find_drafts_folder([folder(name.upper())]) == name.upper()
    assert find_drafts_folder([folder(f"INBOX.{name}", delimiter=".")]) == f"INBOX.{name}"
