"""What is kept of changes made by hand."""

import threading
from pathlib import Path

import pytest
from making import HOUR, NOON
from own_templates import BROKEN, GOOD, PICKY, acknowledged, put

from mailresponder.policy.samples import TIMEZONE
from mailresponder.store.template_keeping import keep_changes
from mailresponder.store.template_places import Place
from mailresponder.store.templates import InUse, State, TemplateFolder
from mailresponder.templating import TemplateError

FILE = "en/acknowledgement.md.j2"
PLACE = Place(name="acknowledgement", language="en")


@pytest.fixture
def admin(tmp_path: Path) -> Path:
    """The admin's folder, with one template."""
    put(tmp_path / "templates", FILE, GOOD)
    return tmp_path / "templates"


def texts(folder: TemplateFolder) -> list[str | None]:
    """The texts of the history, oldest first."""
    return [version.text for version in folder.history.versions(PLACE)]


def failure_of(folder: TemplateFolder, language: str) -> TemplateError:
    """How the template of a language fails on a mail without variables."""
    with pytest.raises(TemplateError) as caught:
        folder.template("acknowledgement", language).render(
            {}, layout=folder.layout(), language=language, timezone=TIMEZONE
        )
    return caught.value


def test_each_good_content_is_kept_once(admin: Path) -> None:
    """With the moment the file was changed; what cannot be used is not kept for later."""
    folder = TemplateFolder(admin)
    for text in (GOOD, GOOD, BROKEN, GOOD, GOOD.replace("ours", "next")):
        put(admin, FILE, text)
        keep_changes(folder, NOON)
        keep_changes(TemplateFolder(admin), NOON)

    assert texts(folder) == [GOOD, GOOD.replace("ours", "next")]
    newest = folder.history.newest(PLACE)
    assert newest is not None
    assert (newest.by, newest.note, newest.good) == ("file", "", True)
    assert newest.at.timestamp() == pytest.approx((admin / FILE).stat().st_mtime)


def test_that_a_file_is_gone_is_kept(admin: Path) -> None:
    """Once, with the moment it was noticed; the listing says since when the shipped one serves."""
    folder = TemplateFolder(admin)
    keep_changes(folder, NOON)
    (admin / FILE).unlink()
    for _ in range(2):
        keep_changes(folder, NOON + HOUR)

    assert texts(folder) == [GOOD, None]
    info = folder.info(PLACE)
    assert (info.state, info.changed_at, info.changed_by) == (State.SHIPPED, NOON + HOUR, "file")


def test_nothing_is_written_where_nothing_was_changed(tmp_path: Path) -> None:
    """A desk that has only the shipped templates gets no folder of them."""
    keep_changes(TemplateFolder(tmp_path / "templates"), NOON)
    assert not (tmp_path / "templates").exists()


def test_a_mail_that_fails_is_told_of_until_the_file_changes(admin: Path) -> None:
    """The template is used for the others; other processes hear of it, and so does the next."""
    path = put(admin, FILE, PICKY)
    folder = TemplateFolder(admin).of("support")
    assert folder.problems() == []
    assert acknowledged(folder, reference="MR-9ZZZZ").subject.startswith("Re: ")

    assert acknowledged(folder).subject.startswith("ours")
    keep_changes(folder, NOON)
    for which in (folder, TemplateFolder(admin)):
        [problem] = which.problems()
        assert (problem.path, problem.line, problem.using) == (path, 1, InUse.OWN)
        assert problem.message == "it failed on a mail: the subject comes out empty"
        assert "shipped" in problem.meanwhile
        assert which.info(PLACE).state is State.BROKEN

    put(admin, FILE, GOOD)
    for which in (folder, TemplateFolder(admin)):
        assert which.problems() == []


def test_a_layout_that_fails_on_a_mail_is_told_of(admin: Path) -> None:
    """As a template is: the mail has the shipped one, and the file is named."""
    failing = "{% if language == 'de' %}{{ subject | duration }}{% endif %}"
    source = f"<html><body>{{{{ content }}}}{failing}</body></html>"
    path = put(admin, "mailboxes/support/layout.html.j2", source)
    folder = TemplateFolder(admin)
    assert folder.problems() == []

    acknowledged(folder.of("support"), language="de")
    [problem] = folder.problems()
    assert (problem.path, problem.using) == (path, InUse.OWN)


def test_a_failure_of_a_text_that_is_gone_is_not_kept_again(admin: Path) -> None:
    """Of two processes, each with a mail that failed, the one that saw the file as it now stands
    is believed; the other does not write its own over it."""
    put(admin, FILE, PICKY)
    one, other = TemplateFolder(admin), TemplateFolder(admin)
    acknowledged(one, reference="MR-9ZZZZ")
    keep_changes(one, NOON)
    put(admin, FILE, f"{PICKY}More.\n")
    acknowledged(other, reference="MR-9ZZZZ")
    keep_changes(other, NOON)
    keep_changes(one, NOON)

    assert one.unkept_failures() == []
    for which in (one, other, TemplateFolder(admin)):
        assert len(which.problems()) == 1


def test_a_file_that_an_editor_moves_away_first_is_not_gone(admin: Path) -> None:
    """Until it is written anew, and broken in addition, its history goes on."""
    folder, path = TemplateFolder(admin), admin / FILE
    keep_changes(folder, NOON)
    path.rename(f"{path}~")
    keep_changes(folder, NOON, pause=lambda _: put(admin, FILE, BROKEN) and None)

    assert texts(folder) == [GOOD]
    assert acknowledged(folder).subject.startswith("ours")


def test_a_failure_of_the_shipped_ones_is_nobodys_file(admin: Path) -> None:
    """Only what an admin changed is an admin's to mend."""
    folder = TemplateFolder(admin)
    shipped = folder.fallback(failure_of(folder, "es"))
    assert shipped.template("acknowledgement", "en") is not folder.template("acknowledgement", "en")
    assert folder.problems() == []


def test_whoever_is_saving_is_not_waited_for(admin: Path) -> None:
    """A pass goes on, and the next one keeps what this one could not."""
    folder = TemplateFolder(admin)
    with folder.history.locked(patient=True):
        other = threading.Thread(target=keep_changes, args=(TemplateFolder(admin), NOON))
        other.start()
        other.join()
        assert texts(folder) == []
    keep_changes(folder, NOON)
    assert texts(folder) == [GOOD]


def test_a_folder_that_cannot_be_written_costs_its_history(
    admin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said once, and the template is used all the same."""
    (admin / ".history").write_text("in the way", encoding="utf-8")
    folder = TemplateFolder(admin)
    for _ in range(3):
        keep_changes(folder, NOON)

    assert capsys.readouterr().out.count("template_history_not_kept") == 1
    assert acknowledged(folder).subject.startswith("ours")
    assert ".history" in folder.history.obstacle()
