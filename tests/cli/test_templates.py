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
    """A language without any template is a usage error that names those there are."""
    done = run("--config", str(desk_file), "templates", "preview", "test", "--language", "fr")

    assert (done.status, done.out) == (2, "")
    assert "'fr', only in en, es" in done.err


def test_preview_of_what_a_language_lacks(run, desk_file: Path) -> None:
    """English stands in for the one template an admin has not written, and that is said."""
    folder = desk_file.parent / "templates" / "fr"
    folder.mkdir(parents=True)
    (folder / "follow_up.md.j2").write_text("Subject: Merci\n\nMerci.\n", encoding="utf-8")

    done = run("--config", str(desk_file), "templates", "preview", "test", "--language", "fr")

    assert done.status == 0
    assert "no test in fr" in done.err


CONFIGURED = """
[deadlines]
answer_within = "3h"
[deadlines.hours]
tue = ["10:00-18:00"]
"""


def configured(desk_file: Path, authserv_id: str = "") -> list[str]:
    """The desk of Lima, whose people answer on Tuesdays; gives how to preview its mail."""
    text = desk_file.read_text(encoding="utf-8")
    text = text.replace("Acme Support", "Lima Lamps").replace("support@example.com", "hi@lima.test")
    text = text.replace("Europe/Madrid", "America/Lima")
    text += f'trusted_authserv_id = "{authserv_id}"\n' + CONFIGURED
    desk_file.write_text(text.replace("[[mailbox]]", 'reference_prefix = "LL"\n[[mailbox]]'))
    return ["--config", str(desk_file), "templates", "preview"]


def test_preview_is_the_desk_s_own(run, desk_file: Path) -> None:
    """Name, address, references, hours and zone are the configuration's; which, is said."""
    preview = configured(desk_file)

    done = run(*preview, "acknowledgement")

    assert done.status == 0
    assert "Lima Lamps, mailbox support" in done.err
    assert "Lima Lamps" in done.out
    assert "[LL-7F3K2]" in done.out
    assert "before Tuesday 24 November at 13:00 (Lima time)" in " ".join(done.out.split())
    assert "Acme" not in done.out
    assert "hi@lima.test" in run(*preview, "escalation").out


@pytest.mark.parametrize("authserv_id", ["", "mx.lima.test"])
def test_preview_quotes_only_where_the_desk_would(run, desk_file: Path, authserv_id: str) -> None:
    """Customers are quoted, and a staff mail in copy counts, only where a server is trusted."""
    preview = configured(desk_file, authserv_id)

    acknowledgement = run(*preview, "acknowledgement").out
    escalation = " ".join(run(*preview, "escalation").out.split())

    assert ("I ordered a lamp" in acknowledgement) == bool(authserv_id)
    assert ("in copy" in escalation) == bool(authserv_id)


def test_preview_without_a_configuration(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none is found the shipped template is shown at an invented desk, and that is said."""
    monkeypatch.chdir(tmp_path)

    done = run("templates", "preview", "acknowledgement")

    assert done.status == 0
    assert "Acme Support" in done.out
    assert "no configuration was found" in done.err


def test_preview_with_a_configuration_that_is_not_there(run, tmp_path: Path) -> None:
    """One that is named must be there."""
    missing = str(tmp_path / "none.toml")

    assert run("--config", missing, "templates", "preview", "test").status == 78


@pytest.mark.parametrize("command", ["preview", "copy"])
def test_unknown_template_is_a_sentence(run, desk_file: Path, command: str) -> None:
    """A name that is none ends with status 1 and the nearest right one."""
    done = run("--config", str(desk_file), "templates", command, "acknowledgment")

    assert done.status == 1
    assert "acknowledgement" in done.err
    assert done.err.count("acknowledgment") == 1


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


def test_preview_shows_what_an_unsure_language_gets(run, desk_file: Path) -> None:
    """Every language of the desk, the one asked for above."""
    done = run(
        *("--config", str(desk_file), "templates", "preview", "acknowledgement"),
        *("--unsure", "--language", "es"),
    )

    assert done.status == 0
    assert done.out.index("Hola, Ana") < done.out.index("Hello Ana")


def test_preview_says_what_is_never_in_several_languages(run, desk_file: Path) -> None:
    """Staff's mail has one language."""
    done = run("--config", str(desk_file), "templates", "preview", "escalation", "--unsure")

    assert done.status == 2
    assert "only an acknowledgement" in done.err


def test_preview_of_another_case(run, desk_file: Path) -> None:
    """`--case` shows what an angry customer's ticket makes of the template; a typo lists them."""
    preview = ("--config", str(desk_file), "templates", "preview", "escalation", "--case")
    assert "The customer is angry" in run(*preview, "growing angrier").out
    typo = run(*preview, "angri")
    assert typo.status == 2
    assert "'growing angrier'" in typo.err
