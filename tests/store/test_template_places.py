"""Which template a file is, by where it lies."""

from pathlib import Path

import pytest

from mailresponder.errors import MailresponderError
from mailresponder.policy.notices import NAMES
from mailresponder.store.template_places import (
    Place,
    has_folder,
    known,
    languages_in,
    layout_places,
    place_of,
    places_for,
    template_files,
)

EVERY = [
    *(
        Place(name=name, language=language, mailbox=mailbox)
        for name in NAMES
        for language in ("en", "es-MX")
        for mailbox in ("", "support", "Atención al cliente", "help@example.com")
    ),
    Place(name="layout", language=""),
    Place(name="layout", language="", mailbox="support"),
]


@pytest.mark.parametrize("place", EVERY, ids=str)
def test_a_place_is_known_again_by_its_file(place: Place) -> None:
    """Each place has a file of its own, and the file tells the place."""
    assert place_of(place.relative) == place


def test_files_lie_where_the_help_says() -> None:
    """By language; a mailbox's below `mailboxes`; the layout beside the languages."""
    assert str(EVERY[0].relative) == "en/acknowledgement.md.j2"
    support = Place(name="admin", language="es", mailbox="support")
    assert str(support.relative) == "mailboxes/support/es/admin.md.j2"
    assert str(Place(name="layout", language="").relative) == "layout.html.j2"
    assert str(EVERY[-1].relative) == "mailboxes/support/layout.html.j2"


@pytest.mark.parametrize(
    ("name", "language", "mailbox", "said"),
    [
        ("acknowledgment", "en", "", "did you mean acknowledgement"),
        ("../../etc/passwd", "en", "", "no notice"),
        ("admin", "../..", "", "no language"),
        ("admin", "", "", "no language"),
        ("layout", "en", "", "one for all languages"),
        ("admin", "en", "..", "cannot be that of a folder"),
        ("admin", "en", "a/b", "cannot be that of a folder"),
        ("admin", "en", ".hidden", "cannot be that of a folder"),
        ("admin", "en", "a\nb", "cannot be that of a folder"),
        ("admin", "en", "x" * 61, "cannot be that of a folder"),
    ],
)
def test_a_place_leads_nowhere_else(name: str, language: str, mailbox: str, said: str) -> None:
    """What is no notice, no language or no name for a folder is refused, with the reason."""
    with pytest.raises(MailresponderError, match=said):
        Place(name=name, language=language, mailbox=mailbox)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("acknowledgement.md.j2", "named by its language"),
        ("in english/admin.md.j2", "named by its language"),
        ("es/deep/admin.md.j2", "named by its language"),
        ("es/acknowledgment.md.j2", "did you mean acknowledgement.md.j2?"),
        ("es/poem.md.j2", "no notice has this name"),
        ("es/ack.md.j2", "did you mean acknowledgement.md.j2?"),
        ("es/layout.html.j2", "beside their folders"),
        ("mailboxes/admin.md.j2", "named by its mailbox"),
        ("mailboxes/layout.html.j2", "named by its mailbox"),
        ("mailboxes/ support/es/admin.md.j2", "no mailbox can have the name"),
        ("mailboxes/support/admin.md.j2", "named by its language"),
    ],
)
def test_a_file_nobody_reads_is_told_why(path: str, said: str) -> None:
    """A wrong place and a wrong name are said in words."""
    found = place_of(Path(path))
    assert isinstance(found, str)
    assert said in found


def test_the_mailbox_comes_before_the_desk_and_the_language_before_its_stand_ins() -> None:
    """First the language, then the language it is a variant of, then English; in each the
    mailbox's own first."""
    found = places_for("admin", "es-MX", "support")
    assert [[str(place.relative) for place in places] for places in found] == [
        ["mailboxes/support/es-MX/admin.md.j2", "es-MX/admin.md.j2"],
        ["mailboxes/support/es/admin.md.j2", "es/admin.md.j2"],
        ["mailboxes/support/en/admin.md.j2", "en/admin.md.j2"],
    ]
    assert len(places_for("admin", "en")) == 1


def test_a_mailbox_whose_name_is_no_folder_has_the_desks_templates() -> None:
    """Any name may be configured; only such as can be a folder's have overrides."""
    assert not has_folder("a/b")
    assert places_for("admin", "en", "a/b") == places_for("admin", "en")
    assert layout_places("a/b") == layout_places()


def test_hidden_files_and_other_files_are_no_templates(tmp_path: Path) -> None:
    """The history, an editor's swap files and notes are left alone; each template is found once."""
    wanted = ["layout.html.j2", "en/admin.md.j2", "mailboxes/b/es/test.md.j2", "stray.md.j2"]
    for name in (*wanted, ".history/en/admin.md.j2", "en/.admin.md.j2.swp", "en/a.md.j2~", "x.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")

    found = [str(path.relative_to(tmp_path)) for path, _ in template_files(tmp_path)]
    assert sorted(found) == sorted(wanted)
    assert list(template_files(tmp_path / "missing")) == []


@pytest.mark.parametrize("name", ["es", "mailboxes", "mailboxes/support", "mailboxes/support/es"])
def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    """The others are read all the same; what is no folder of ours may be as it likes."""
    for found in (tmp_path / "en" / "admin.md.j2", tmp_path / name, tmp_path / "lost+found"):
        found.parent.mkdir(parents=True, exist_ok=True)
        # Such links cannot be followed, whoever reads them.
        found.symlink_to("x" * 300)

    assert dict(template_files(tmp_path)) == {
        tmp_path / "en" / "admin.md.j2": Place(name="admin", language="en"),
        tmp_path / name: "this folder cannot be read: File name too long",
    }
    assert languages_in(tmp_path) == ({"en"} if name != "es" else set())


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("ack", "did you mean acknowledgement?"),
        ("Closing", "did you mean closing_question?"),
        ("folow_up", "did you mean follow_up?"),
        ("a", "there are acknowledgement, "),
        ("xyzzy", "there are acknowledgement, "),
    ],
)
def test_an_unknown_name_is_told_the_one_that_is_meant(word: str, said: str) -> None:
    """The name that it begins or is like; every name where there is no such."""
    with pytest.raises(MailresponderError) as raised:
        known(word)
    assert raised.value.mend.startswith(said)
