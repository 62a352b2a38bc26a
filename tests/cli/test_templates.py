from pathlib import Path

import pytest


@pytest.fixture
def broken(desk_file: Path) -> Path:
    """An admin's acknowledgement that asks for a variable there is none of, on line 3."""
    path = desk_file.parent / "templates" / "en" / "acknowledgement.md.j2"
    path.parent.mkdir(parents=True)
    path.write_text("Subject: We heard you\n\nHello {{ custmer_name }}\n", encoding="utf-8")
    return path


def test_list_names_every_template(run, desk_file: Path) -> None:
    """Each notice stands there in both languages, and the layout."""
    done = run("--config", str(desk_file), "templates", "list")

    listed = [line.split()[:3] for line in done.out.splitlines()]
    assert done.status == 0
    for language in ("en", "es"):
        assert ["acknowledgement", language, "shipped"] in listed
        assert ["escalation", language, "shipped"] in listed
    assert ["layout", "all", "shipped"] in listed


def test_shipped_templates_are_well(run, desk_file: Path) -> None:
    """Without an admin's folder there is nothing to mend."""
    assert run("--config", str(desk_file), "templates", "check").status == 0


def test_check_names_file_and_line_of_a_mistake(run, desk_file: Path, broken: Path) -> None:
    """A broken template ends with status 1, its file, its line and the nearest right name."""
    done = run("--config", str(desk_file), "templates", "check")

    assert done.status == 1
    assert f"{broken}:3: " in done.out
    assert "customer_name" in done.out


def test_preview_of_a_broken_template_says_so(run, desk_file: Path, broken: Path) -> None:
    """The shipped stand-in is not passed off as the admin's own."""
    done = run("--config", str(desk_file), "templates", "preview", "acknowledgement")

    assert (done.status, done.out) == (1, "")
    assert f"{broken}:3" in done.err


@pytest.mark.parametrize(("language", "month"), [("en", "November"), ("es", "noviembre")])
def test_preview_shows_subject_and_text(run, desk_file: Path, language: str, month: str) -> None:
    """A preview is the mail as a customer would read it, in the language asked for."""
    done = run(
        *("--config", str(desk_file), "templates", "preview", "acknowledgement"),
        *("--language", language),
    )

    assert done.status == 0
    assert done.out.startswith("Subject: ")
    assert "MR-7F3K2" in done.out
    assert month in done.out


def test_preview_writes_html(run, desk_file: Path) -> None:
    """`--html FILE` writes the HTML part beside printing the text."""
    target = desk_file.parent / "preview.html"

    done = run(
        *("--config", str(desk_file), "templates", "preview", "escalation", "--html", str(target))
    )

    assert done.status == 0
    assert "</html>" in target.read_text(encoding="utf-8")


def test_preview_into_a_folder_that_is_not_there(run, desk_file: Path) -> None:
    """A file that cannot be written is a sentence."""
    done = run(
        *("--config", str(desk_file), "templates", "preview", "test"),
        *("--html", str(desk_file.parent / "none" / "a.html")),
    )

    assert done.status == 1
    assert "cannot be written" in done.err


def test_preview_in_a_language_there_is_none_of(run, desk_file: Path) -> None:
    """English stands in, and that is said."""
    done = run("--config", str(desk_file), "templates", "preview", "test", "--language", "fr")

    assert done.status == 0
    assert "no test in fr" in done.err


@pytest.mark.parametrize("command", ["preview", "copy"])
def test_unknown_template_is_a_sentence(run, desk_file: Path, command: str) -> None:
    """A name that is none ends with status 1 and the nearest right one."""
    done = run("--config", str(desk_file), "templates", command, "acknowledgment")

    assert done.status == 1
    assert "acknowledgement" in done.err


def test_copy_puts_files_where_they_can_be_changed(run, desk_file: Path) -> None:
    """`copy` writes every language of the desk, and what is copied is used and sound."""
    done = run("--config", str(desk_file), "templates", "copy", "follow_up")

    folder = desk_file.parent / "templates"
    assert done.status == 0
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.j2")) == [
        "en/follow_up.md.j2",
        "es/follow_up.md.j2",
    ]
    assert run("--config", str(desk_file), "templates", "check").status == 0


def test_copy_never_overwrites(run, desk_file: Path, broken: Path) -> None:
    """A file that is there stays as it is; the other language is still copied."""
    before = broken.read_text(encoding="utf-8")

    done = run("--config", str(desk_file), "templates", "copy", "acknowledgement")

    assert done.status == 1
    assert "there already" in done.err
    assert broken.read_text(encoding="utf-8") == before
    assert (broken.parent.parent / "es" / broken.name).is_file()


def test_copy_layout(run, desk_file: Path) -> None:
    """The layout is copied once, for all languages."""
    done = run("--config", str(desk_file), "templates", "copy", "layout")

    assert done.status == 0
    assert (desk_file.parent / "templates" / "layout.html.j2").is_file()
