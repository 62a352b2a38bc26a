"""Templates opened, saved, restored and given up."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from making import HOUR, NOON
from own_templates import BROKEN, GOOD, acknowledged, put

from mailresponder.errors import MailresponderError
from mailresponder.jobs import editing
from mailresponder.jobs.editing import BrokenText, Conflict, Opened, Version
from mailresponder.store.template_places import Place
from mailresponder.store.templates import InUse, State, TemplateFolder
from mailresponder.templating import TemplateError

PLACE = Place(name="acknowledgement", language="en")
FILE = "en/acknowledgement.md.j2"
NEXT = GOOD.replace("ours", "next")


@pytest.fixture
def folder(tmp_path: Path) -> TemplateFolder:
    """A desk's templates, all of them shipped."""
    return TemplateFolder(tmp_path / "templates", mailboxes=["support"])


def save(folder: TemplateFolder, text: str, opened: Opened | None = None, **given: Any) -> Version:
    """What Ana saves, who saw the file as it is unless it is said what she saw."""
    expected = (opened or editing.opened(folder, PLACE)).digest
    known = {"expected": expected, "by": "ana", "note": "", "now": NOON}
    return editing.save(folder, PLACE, text, **{**known, **given})


def revert(folder: TemplateFolder) -> Version:
    """Ana gives the changes up."""
    expected = editing.opened(folder, PLACE).digest
    return editing.revert(folder, PLACE, expected=expected, by="ana", note="", now=NOON)


def restore(folder: TemplateFolder, number: int) -> Version:
    """Ana takes a version back."""
    expected = editing.opened(folder, PLACE).digest
    return editing.restore(folder, PLACE, number, expected=expected, by="bo", note="", now=NOON)


def kept(folder: TemplateFolder) -> list[str | None]:
    """The texts of the history, oldest first."""
    return [version.text for version in folder.history.versions(PLACE)]


def test_a_shipped_template_is_opened(folder: TemplateFolder) -> None:
    """With its text, and nothing else to tell of it."""
    opened = editing.opened(folder, PLACE)

    assert opened.text == opened.shipped == folder.shipped_text(PLACE)
    assert (opened.state, opened.in_use) == (State.SHIPPED, InUse.SHIPPED)
    assert (opened.digest, opened.problem, opened.versions) == ("", None, ())


def test_what_is_saved_serves_the_next_mail(folder: TemplateFolder) -> None:
    """In this process and in one that runs already; who saved it, when and why is kept."""
    running = TemplateFolder(folder.admin)
    assert acknowledged(running).subject.startswith("Re: ")
    version = save(folder, GOOD, note="friendlier\n words")

    for which in (folder, running):
        assert acknowledged(which).subject.startswith("ours")
    opened = editing.opened(folder, PLACE)
    assert opened.versions == (version,)
    assert (version.number, version.by, version.at) == (1, "ana", NOON)
    assert (version.note, version.text, version.good) == ("friendlier words", GOOD, True)
    assert (opened.state, opened.in_use, opened.text) == (State.CHANGED, InUse.OWN, GOOD)
    info = folder.info(PLACE)
    assert (info.changed_at, info.changed_by) == (NOON, "ana")


def test_a_browsers_line_ends_are_made_plain(folder: TemplateFolder) -> None:
    """The file is as if it had been written by hand."""
    save(folder, GOOD.replace("\n", "\r\n"))
    assert folder.path(PLACE).read_bytes() == GOOD.encode()


@pytest.mark.parametrize(
    ("text", "line"),
    [(BROKEN, 3), ("Hello", 1), ("Subject: a\n\n{% if x %}\n", 3), ("Subject: a\n\n\ud800\n", 3)],
)
def test_what_cannot_be_used_is_not_saved(folder: TemplateFolder, text: str, line: int) -> None:
    """The line and the reason are told, the same as for the text alone; nothing is written."""
    with pytest.raises(BrokenText) as caught:
        save(folder, text)

    assert caught.value.problem == editing.problem_of(folder, PLACE, text)
    assert caught.value.problem.line == line
    assert not folder.admin.exists()
    assert editing.problem_of(folder, PLACE, GOOD) is None


def test_the_second_of_two_is_told(folder: TemplateFolder) -> None:
    """Nothing is overwritten: they get to see the other's text, whose it is, and what to expect
    when they have made up their mind."""
    opened = editing.opened(folder, PLACE)
    save(folder, GOOD, opened, by="bo", now=NOON - HOUR)
    with pytest.raises(Conflict) as caught:
        save(folder, NEXT, opened)

    conflict = caught.value
    assert (conflict.theirs, conflict.by, conflict.at) == (GOOD, "bo", NOON - HOUR)
    assert folder.path(PLACE).read_text(encoding="utf-8") == GOOD
    save(folder, NEXT, expected=conflict.digest)
    assert kept(folder) == [GOOD, NEXT]


def test_a_change_by_hand_is_no_less_a_conflict(folder: TemplateFolder) -> None:
    """A file changed, made or removed while it was open in the page."""
    opened = editing.opened(folder, PLACE)
    put(folder.admin, FILE, BROKEN)
    with pytest.raises(Conflict) as caught:
        save(folder, GOOD, opened)
    assert (caught.value.theirs, caught.value.by) == (BROKEN, "file")

    opened = editing.opened(folder, PLACE)
    folder.path(PLACE).unlink()
    with pytest.raises(Conflict) as caught:
        save(folder, GOOD, opened)
    assert (caught.value.theirs, caught.value.by) == (folder.shipped_text(PLACE), "file")
    assert (caught.value.digest, caught.value.at) == ("", None)


def test_who_reverted_meanwhile_is_named(folder: TemplateFolder) -> None:
    """As who changed it is."""
    save(folder, GOOD)
    opened = editing.opened(folder, PLACE)
    revert(folder)
    with pytest.raises(Conflict) as caught:
        save(folder, NEXT, opened)
    assert (caught.value.by, caught.value.at) == ("ana", NOON)


def test_saving_the_same_twice_is_no_conflict(folder: TemplateFolder) -> None:
    """A button pressed twice makes one version."""
    opened = editing.opened(folder, PLACE)
    first = save(folder, GOOD, opened)
    assert save(folder, GOOD, opened) == first
    assert kept(folder) == [GOOD]


def test_what_was_changed_by_hand_is_kept_before_it_is_overwritten(folder: TemplateFolder) -> None:
    """Even what could not be used: its author may want the words; an old encoding loses none."""
    path = put(folder.admin, FILE, "")
    path.write_bytes("año".encode("latin-1"))
    save(folder, GOOD)

    by_hand, saved = folder.history.versions(PLACE)
    assert (by_hand.text, by_hand.by, by_hand.good) == ("año", "file", False)
    assert (saved.text, saved.by) == (GOOD, "ana")


def test_a_version_is_taken_back(folder: TemplateFolder) -> None:
    """As a new version; that there was no file is a version too."""
    save(folder, GOOD)
    save(folder, NEXT)
    revert(folder)
    assert acknowledged(folder).subject.startswith("Re: ")

    version = restore(folder, 1)
    assert (version.number, version.by, version.text) == (4, "bo", GOOD)
    assert acknowledged(folder).subject.startswith("ours")
    assert restore(folder, 3).text is None
    assert not folder.path(PLACE).exists()
    assert kept(folder) == [GOOD, NEXT, None, GOOD, None]


def test_a_version_there_is_none_of(folder: TemplateFolder) -> None:
    """The numbers there are are named."""
    with pytest.raises(MailresponderError, match="no version 1"):
        restore(folder, 1)
    save(folder, GOOD)
    with pytest.raises(MailresponderError) as caught:
        restore(folder, 2)
    assert caught.value.mend == "there are 1 to 1"


def test_a_version_that_cannot_be_used_is_not_taken_back(folder: TemplateFolder) -> None:
    """Its mistake is told as of any other text."""
    put(folder.admin, FILE, BROKEN)
    save(folder, GOOD)
    with pytest.raises(BrokenText, match="line 3"):
        restore(folder, 1)


def test_giving_up_what_was_never_changed(folder: TemplateFolder) -> None:
    """There is nothing to give up; doing it twice does no more."""
    with pytest.raises(MailresponderError, match="never changed"):
        revert(folder)
    save(folder, GOOD)
    assert revert(folder) == revert(folder)
    assert kept(folder) == [GOOD, None]


def test_a_broken_file_can_be_given_up(folder: TemplateFolder) -> None:
    """The way out of it, and its text is kept."""
    put(folder.admin, FILE, BROKEN)
    revert(folder)
    assert folder.problems() == []
    assert kept(folder) == [BROKEN, None]


def test_a_mailbox_there_is_none_of(folder: TemplateFolder) -> None:
    """A place comes from a page: it leads to no folder nobody configured."""
    place = Place(name="admin", language="en", mailbox="sales")
    with pytest.raises(MailresponderError, match="no mailbox"):
        editing.opened(folder, place)
    with pytest.raises(MailresponderError, match="no mailbox"):
        editing.save(folder, place, GOOD, expected="", by="a", note="", now=NOON)


def test_a_mailboxs_own_begins_as_the_desks(folder: TemplateFolder) -> None:
    """It is opened with what serves it now, and saving makes a file of its own."""
    save(folder, GOOD)
    place = Place(name="acknowledgement", language="en", mailbox="support")
    opened = editing.opened(folder, place)
    assert (opened.text, opened.digest, opened.in_use) == (GOOD, "", InUse.DESK)

    editing.save(folder, place, NEXT, expected="", by="ana", note="", now=NOON)
    assert acknowledged(folder.of("support")).subject.startswith("next")
    assert acknowledged(folder).subject.startswith("ours")
    editing.revert(
        folder, place, expected=editing.opened(folder, place).digest, by="a", note="", now=NOON
    )
    assert acknowledged(folder.of("support")).subject.startswith("ours")


def test_the_layout_is_saved_as_any(folder: TemplateFolder) -> None:
    """With its own checks."""
    place = Place(name="layout", language="")
    with pytest.raises(BrokenText, match="content"):
        editing.save(folder, place, "<html></html>", expected="", by="a", note="", now=NOON)
    text = folder.shipped_text(place).replace("<body", '<body class="ours"')
    editing.save(folder, place, text, expected="", by="a", note="", now=NOON)
    assert 'class="ours"' in acknowledged(folder).html


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_link_is_not_written_over(folder: TemplateFolder, tmp_path: Path, what: str) -> None:
    """What lies elsewhere stays as it is."""
    elsewhere = put(tmp_path, "elsewhere/acknowledgement.md.j2", NEXT)
    folder.admin.mkdir()
    link = folder.path(PLACE) if what == "file" else folder.path(PLACE).parent
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere if what == "file" else elsewhere.parent)

    for do in (lambda: save(folder, GOOD), lambda: revert(folder)):
        with pytest.raises(MailresponderError, match="link"):
            do()
    assert elsewhere.read_text(encoding="utf-8") == NEXT


def test_a_folder_that_cannot_be_written(folder: TemplateFolder) -> None:
    """Where the history cannot be kept, nothing is overwritten; it is told which file is in the
    way."""
    put(folder.admin, FILE, GOOD)
    put(folder.admin, ".history", "in the way")
    for do in (lambda: save(folder, NEXT), lambda: revert(folder)):
        with pytest.raises(MailresponderError, match=r"\.history.* cannot be written"):
            do()
    assert folder.path(PLACE).read_text(encoding="utf-8") == GOOD


def test_what_is_too_long_to_be_kept_is_not_overwritten(folder: TemplateFolder) -> None:
    """A file that is no template at all is for a person to move away."""
    put(folder.admin, FILE, "x" * 500_000)
    with pytest.raises(MailresponderError, match="longer than any template"):
        save(folder, GOOD)


def test_a_text_is_tried_without_being_saved(folder: TemplateFolder) -> None:
    """As the file would serve; the folder is as it was."""
    tried = editing.try_text(folder, PLACE, GOOD.replace("\n", "\r\n"))
    assert acknowledged(tried).subject.startswith("ours")
    assert acknowledged(folder).subject.startswith("Re: ")
    with pytest.raises(TemplateError):
        editing.try_text(folder, PLACE, "Hello")


SAVES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from mailresponder.jobs import editing
from mailresponder.jobs.editing import Conflict
from mailresponder.store.template_places import Place
from mailresponder.store.templates import TemplateFolder

folder, who = TemplateFolder(Path(sys.argv[1])), sys.argv[2]
place = Place(name="test", language="en")
expected, now = "", datetime.now(UTC)
for number in range(15):
    while True:
        try:
            editing.save(folder, place, f"Subject: {who} {number}\\n\\nHello.\\n",
                expected=expected, by=who, note="", now=now)
            break
        except Conflict as conflict:
            expected = conflict.digest
"""


def test_two_processes_that_save_at_once_lose_nothing(folder: TemplateFolder) -> None:
    """Each text that was saved is in the history once, in each one's order, and the last is the
    file."""
    both = [
        subprocess.Popen([sys.executable, "-c", SAVES, str(folder.admin), who])
        for who in ("ana", "bo")
    ]
    assert [process.wait(60) for process in both] == [0, 0]

    place = Place(name="test", language="en")
    versions = folder.history.versions(place)
    assert [version.number for version in versions] == list(range(1, 31))
    for who in ("ana", "bo"):
        assert [v.text for v in versions if v.by == who] == [
            f"Subject: {who} {number}\n\nHello.\n" for number in range(15)
        ]
    assert folder.text(place) == versions[-1].text
    assert sorted(p.name for p in folder.path(place).parent.iterdir()) == ["test.md.j2"]


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from mailresponder.jobs import editing
from mailresponder.store import template_files
from mailresponder.store.template_history import History
from mailresponder.store.template_places import Place
from mailresponder.store.templates import TemplateFolder

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(*{"rename": (Path, "replace"), "history": (History, "append")}[sys.argv[2]], die)
place = Place(name="acknowledgement", language="en")
editing.save(TemplateFolder(Path(sys.argv[1])), place, sys.argv[3], expected=sys.argv[4], by="ana",
    note="", now=datetime.now(UTC))
"""


@pytest.mark.parametrize("when", ["rename", "history"])
def test_killed_while_saving(folder: TemplateFolder, when: str) -> None:
    """The file is the old one or the new one, whole; the lock is free, and the history is told of
    what is there."""
    save(folder, GOOD)
    expected = editing.opened(folder, PLACE).digest
    command = [sys.executable, "-c", KILLED, str(folder.admin), when, NEXT, expected]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL

    there = GOOD if when == "rename" else NEXT
    assert folder.path(PLACE).read_text(encoding="utf-8") == there
    assert kept(folder) == [GOOD]
    last = GOOD.replace("ours", "last")
    save(folder, last)
    assert kept(folder) == [*dict.fromkeys([GOOD, there]), last]
    assert [entry.name for entry in os.scandir(folder.path(PLACE).parent)] == [
        "acknowledgement.md.j2"
    ]
