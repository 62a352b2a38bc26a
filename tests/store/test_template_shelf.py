"""What a file of the admin's is worth while it changes."""

import os
from pathlib import Path

import pytest
from making import NOON
from own_templates import BROKEN, GOOD, acknowledged, put

from mailresponder.store import template_files
from mailresponder.store.template_keeping import keep_changes
from mailresponder.store.template_places import Place
from mailresponder.store.templates import InUse, State, TemplateFolder

FILE = "en/acknowledgement.md.j2"
PLACE = Place(name="acknowledgement", language="en")


@pytest.fixture
def admin(tmp_path: Path) -> Path:
    """The admin's folder, not made yet."""
    return tmp_path / "templates"


def subject(folder: TemplateFolder, **ticket: object) -> str:
    """The subject of an acknowledgement, without the reference that is added to it."""
    return acknowledged(folder, **ticket).subject.removesuffix(" [MR-7F3K2]")


def test_a_file_that_breaks_gives_way_to_its_last_good_version(admin: Path) -> None:
    """The change that broke it costs that change alone, and what is wrong is told."""
    folder = TemplateFolder(admin)
    path = put(admin, FILE, GOOD)
    assert subject(folder) == "ours"
    path.write_text(BROKEN, encoding="utf-8")

    assert subject(folder) == "ours"
    [problem] = folder.problems()
    assert (problem.path, problem.line, problem.place) == (path, 3, PLACE)
    assert "did you mean" in problem.message
    assert problem.using is InUse.LAST_GOOD
    assert "last good version" in problem.meanwhile
    info = folder.info(PLACE)
    assert (info.state, info.in_use, info.problem) == (State.BROKEN, InUse.LAST_GOOD, problem)
    assert folder.text(PLACE) == BROKEN
    assert folder.good_text(PLACE) == GOOD

    path.write_text(GOOD.replace("ours", "mended"), encoding="utf-8")
    assert subject(folder) == "mended"
    assert folder.problems() == []


def test_another_process_knows_the_last_good_version(admin: Path) -> None:
    """What was kept while it was good serves after a restart."""
    path = put(admin, FILE, GOOD)
    keep_changes(TemplateFolder(admin), NOON)
    path.write_text(BROKEN, encoding="utf-8")

    again = TemplateFolder(admin)
    assert subject(again) == "ours"
    assert again.info(PLACE).in_use is InUse.LAST_GOOD


def test_a_file_that_was_never_good_gives_way_to_the_shipped_one(admin: Path) -> None:
    """As before anything was changed."""
    put(admin, FILE, BROKEN)
    folder = TemplateFolder(admin)

    assert subject(folder).startswith("Re: ")
    assert folder.info(PLACE).in_use is InUse.SHIPPED
    assert folder.good_text(PLACE) == folder.shipped_text(PLACE)


def test_what_was_given_up_does_not_come_back(admin: Path) -> None:
    """After a file was removed, a broken one in its place gives way to the shipped one."""
    folder = TemplateFolder(admin)
    path = put(admin, FILE, GOOD)
    keep_changes(folder, NOON)
    path.unlink()
    keep_changes(folder, NOON)
    path.write_text(BROKEN, encoding="utf-8")

    for which in (folder, TemplateFolder(admin)):
        assert subject(which).startswith("Re: ")


def test_versions_that_a_newer_program_does_not_take_are_passed_over(admin: Path) -> None:
    """The newest version that can be used serves."""
    folder = TemplateFolder(admin)
    for text, good in ((GOOD, True), (GOOD.replace("ours", "x"), False), (BROKEN, True)):
        folder.history.append(PLACE, at=NOON, by="a", note="", text=text, good=good)
    put(admin, FILE, "nothing")

    assert subject(folder) == "ours"


def test_a_folder_that_keeps_no_history_serves_what_this_process_saw(admin: Path) -> None:
    """Where nothing can be written beside the templates, memory is all there is."""
    folder = TemplateFolder(admin)
    path = put(admin, FILE, GOOD)
    (admin / ".history").write_text("in the way", encoding="utf-8")
    keep_changes(folder, NOON)
    assert subject(folder) == "ours"
    path.write_text(BROKEN, encoding="utf-8")

    assert subject(folder) == "ours"
    assert subject(TemplateFolder(admin)).startswith("Re: ")


def test_what_served_a_mail_before_it_was_kept_is_the_last_good_version(admin: Path) -> None:
    """The history has an older one; what another process keeps later counts again."""
    folder = TemplateFolder(admin)
    path = put(admin, FILE, GOOD)
    keep_changes(folder, NOON)
    path.write_text(GOOD.replace("ours", "next"), encoding="utf-8")
    assert subject(folder) == "next"
    path.write_text(BROKEN, encoding="utf-8")
    assert subject(folder) == "next"

    last = GOOD.replace("ours", "last")
    TemplateFolder(admin).history.append(PLACE, at=NOON, by="a", note="", text=last, good=True)
    path.write_text(f"{BROKEN}more", encoding="utf-8")
    assert subject(folder) == "last"


@pytest.mark.parametrize("how", ["folder", "pipe", "loop", "long", "empty", "latin-1"])
def test_whatever_lies_there_the_last_good_version_serves(admin: Path, how: str) -> None:
    """What cannot be read, or is no text, stops no mail and is told."""
    folder = TemplateFolder(admin)
    path = put(admin, FILE, GOOD)
    keep_changes(folder, NOON)
    assert subject(folder) == "ours"
    path.unlink()
    match how:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path)
        case "long":
            path.write_text("Subject: a\n\n" + "x" * 500_000, encoding="utf-8")
        case "empty":
            path.write_bytes(b"")
        case "latin-1":
            path.write_bytes("Subject: año\n\na\n".encode("latin-1"))

    for which in (folder, TemplateFolder(admin)):
        assert subject(which) == "ours"
        assert [problem.path for problem in which.problems()] == [path]
        assert which.text(PLACE) is not None


@pytest.mark.parametrize("way", ["in place", "replaced", "moved away first", "older file"])
def test_however_an_editor_saves_the_next_mail_has_it(admin: Path, way: str) -> None:
    """Written over, swapped in whole, written where the old one was moved away, put back from a
    backup with its old date."""
    folder = TemplateFolder(admin)
    path = put(admin, FILE, GOOD)
    assert subject(folder) == "ours"
    newer = GOOD.replace("ours", "next")
    match way:
        case "in place":
            path.write_text(newer, encoding="utf-8")
        case "replaced":
            put(admin, f"{FILE}.new", newer).replace(path)
        case "moved away first":
            path.rename(f"{path}~")
            assert subject(folder).startswith("Re: ")
            path.write_text(newer, encoding="utf-8")
        case "older file":
            backup = put(admin, f"{FILE}.bak", newer)
            os.utime(backup, (1, 1))
            backup.replace(path)

    assert subject(folder) == "next"


def test_a_change_within_one_tick_of_the_clock_is_seen(
    admin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts of one length saved one upon the other, on a file system (FAT) that tells times by two
    seconds and no more, each count."""
    monkeypatch.setattr(template_files, "_stamp", lambda status: (0, 0, status.st_size, 0))
    folder = TemplateFolder(admin)
    for text in ("ours", "mine", "dear"):
        put(admin, FILE, GOOD.replace("ours", text))
        assert subject(folder) == text
        assert subject(folder) == text


def test_a_file_is_compiled_once(admin: Path) -> None:
    """As long as it stays as it is, every mail has the same template; touching it is no change."""
    path = put(admin, FILE, GOOD)
    folder = TemplateFolder(admin)
    first = folder.template("acknowledgement", "en")
    os.utime(path)

    assert folder.template("acknowledgement", "en") is first
    assert folder.of("support").template("acknowledgement", "en") is first


def test_a_layout_that_breaks_gives_way_to_its_last_good_version(admin: Path) -> None:
    """As any template."""
    folder = TemplateFolder(admin)
    path = put(admin, "layout.html.j2", "<html><body><i>{{ content }}</i></body></html>")
    keep_changes(folder, NOON)
    path.write_text("<html></html>", encoding="utf-8")

    for which in (folder, TemplateFolder(admin)):
        assert "<i><p>x</p></i>" in which.layout().render("<p>x</p>", subject="s", language="en")


def test_all_mistakes_of_a_file_are_told(admin: Path) -> None:
    """The first by its line, also beside a filter that cannot be compiled."""
    text = "Subject: a\n\n{{ customer.frist_name }}\n\n{{ answer_by | zona }}\n{{ anser_by }}\n"
    put(admin, FILE, text)
    [problem] = TemplateFolder(admin).problems()
    assert problem.line == 3
    assert "did you mean `first_name`" in problem.message
    assert [(one.line, one.message.split()[0]) for one in problem.others] == [
        (5, "`zona`"),
        (6, "`anser_by`"),
    ]
