"""`templates copy`, `diff`, `history`, `restore` and `revert` as an admin uses them."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from own_templates import put


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
    """A file that is there stays as it is; the other language is still copied. Where all are there,
    nothing was copied, and that is no success."""
    before = broken.read_text(encoding="utf-8")

    done = run("--config", str(desk_file), "templates", "copy", "acknowledgement")

    assert done.status == 0
    assert f"Note: {broken} is there already and stays as it is." in done.err
    assert broken.read_text(encoding="utf-8") == before
    assert (broken.parent.parent / "es" / broken.name).is_file()
    again = run("--config", str(desk_file), "templates", "copy", "acknowledgement")
    assert (again.status, again.out) == (1, "")
    assert again.err.count("Error:") == 2


def test_copy_layout(run, desk_file: Path) -> None:
    """The layout is copied once, for all languages."""
    done = run("--config", str(desk_file), "templates", "copy", "layout")

    assert done.status == 0
    assert (desk_file.parent / "templates" / "layout.html.j2").is_file()


def test_a_copy_for_a_mailbox_is_of_what_the_desk_uses(templates, desk_file: Path) -> None:
    """It begins where the desk's own text ends."""
    text = "Subject: Desk\n\nThe desk's.\n"
    put(desk_file.parent / "templates", "en/follow_up.md.j2", text)

    done = templates("copy", "follow_up", "--mailbox", "billing", "--language", "en")

    copied = desk_file.parent / "templates/mailboxes/billing/en/follow_up.md.j2"
    assert (done.status, done.out) == (0, f"Change it here: {copied}\n")
    assert copied.read_text(encoding="utf-8") == text


def test_diff_is_what_a_patch_takes(templates, desk_file: Path) -> None:
    """Against the shipped text, with status 1; without a difference there is none, and 0."""
    templates("copy", "follow_up")
    same = templates("diff", "follow_up")
    assert (same.status, same.out) == (0, "")
    path = desk_file.parent / "templates/es/follow_up.md.j2"
    shipped = path.read_text(encoding="utf-8")
    path.write_text(shipped.replace("Hola", "Buenas"), encoding="utf-8")

    done = templates("diff", "follow_up")

    assert done.status == 1
    head = done.out.splitlines()[:3]
    assert head[:2] == ["--- shipped/es/follow_up.md.j2", f"+++ {path}"]
    assert head[2].startswith("@@ -")
    changed = [line for line in done.out.splitlines() if line[0] in "+-"][2:]
    assert [line[:5] for line in changed] == ["-Hola", "+Buen"]
    assert templates("diff", "follow_up", "--language", "en").status == 0


def test_diff_of_a_mailbox_is_against_the_desks(templates, desk_file: Path) -> None:
    """What it would have without its own file: the desk's where there is one, else the shipped."""
    folder = desk_file.parent / "templates"
    put(folder, "mailboxes/billing/en/test.md.j2", "Subject: Ours\n\nMine.\n")
    wanted = ("diff", "test", "--mailbox", "billing", "--language", "en")
    assert templates(*wanted).out.startswith("--- shipped/en/test.md.j2\n")

    desks = put(folder, "en/test.md.j2", "Subject: Desk\n\nMine.\n")
    done = templates(*wanted)
    assert done.status == 1
    assert done.out.startswith(f"--- {desks}\n")
    assert "\n-Subject: Desk\n+Subject: Ours\n" in done.out


@pytest.mark.parametrize(
    "arguments", [("follow-up",), ("follow_up", "--language", "e/s"), ("test", "--mailbox", "x")]
)
def test_diff_of_what_is_none_is_trouble(templates, arguments) -> None:
    """Status 2, so that 1 always means a difference."""
    assert templates("diff", *arguments).status == 2


def test_diff_is_coloured_on_a_terminal(templates, desk_file: Path) -> None:
    """Added lines green, removed ones red; never in a pipe."""
    put(desk_file.parent / "templates", "en/test.md.j2", "Subject: Mine\n\nMine.\n")
    assert "\x1b" not in templates("diff", "test").out
    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "mailresponder", "--config", str(desk_file)]
    command += ["templates", "diff", "test", "--language", "en"]
    done = subprocess.run(command, stdout=terminal, timeout=60)
    os.close(terminal)
    out = os.read(main, 4000).decode()
    os.close(main)

    assert done.returncode == 1
    assert "\x1b[32m\x1b[1m+Subject: Mine" in out
    assert "\x1b[31m\x1b[1m-Subject: " in out


def test_a_template_is_taken_back_and_restored(templates, desk_file: Path) -> None:
    """`revert` says how to take that back, and `restore` does; the history tells it all."""
    text = "Subject: Mine\n\nMine.\n"
    path = put(desk_file.parent / "templates", "es/test.md.j2", text)

    gone = templates("revert", "test", "--note", "too short")
    assert gone.status == 0
    assert not path.exists()
    assert gone.out.splitlines()[1] == (
        "To take it back: mailresponder templates restore test 1 --language es"
    )
    assert "Mine" not in templates("preview", "test", "--language", "es").out
    assert templates("restore", "test", "1", "--language", "es").status == 0
    assert path.read_text(encoding="utf-8") == text

    rows = templates("history", "test").out.splitlines()[1:]
    assert [(row.split()[0], "file" in row, "removed" in row) for row in rows] == [
        ("3", False, False),
        ("2", False, True),
        ("1", True, False),
    ]
    assert "too short" in rows[1]
    assert "version 1 again" in rows[0]
    assert templates("history", "test", "--show", "1").out == text


def test_what_was_broken_is_not_promised_back(templates, desk_file: Path) -> None:
    """`restore` would refuse it; the command that shows it is named instead, and works."""
    put(desk_file.parent / "templates", "es/test.md.j2", "Subject: Mine\n\n{{ nothing }}\n")

    said = templates("revert", "test").out
    command = said.partition("It was broken. To read what it said: mailresponder templates ")[2]
    assert "nothing" in templates(*command.split()).out


def test_what_two_languages_have_must_be_named(templates, desk_file: Path) -> None:
    """Nobody takes back more than they meant."""
    for language in ("en", "es"):
        put(desk_file.parent / "templates", f"{language}/test.md.j2", "Subject: Mine\n\nMine.\n")

    done = templates("revert", "test")
    assert done.status == 2
    assert "--language en or es" in done.err
    assert "never changed" in templates("revert", "test", "--mailbox", "billing").err

    assert templates("revert", "test", "--language", "en").status == 0
    again = templates("revert", "test", "--language", "en")
    assert again.status == 1
    assert "the shipped text is in use already" in again.err
    assert sorted(desk_file.parent.rglob("test.md.j2")) == [
        desk_file.parent / "templates/es/test.md.j2"
    ]


def test_restoring_what_there_is_none_of(templates, desk_file: Path) -> None:
    """A number, or a history, that is not there is a sentence."""
    assert "never changed" in templates("history", "test").out
    for command in (
        ["restore", "test", "1"],
        ["revert", "test"],
        ["history", "test", "--show", "1"],
    ):
        done = templates(*command)
        assert done.status == 1
        assert "never changed" in done.err
    put(desk_file.parent / "templates", "en/test.md.j2", "Subject: Mine\n\nMine.\n")
    templates("revert", "test")
    for command in (["restore", "test", "9"], ["history", "test", "--show", "9"]):
        done = templates(*command)
        assert (done.status, done.out) == (1, "")
        assert "1 to 2" in done.err
    assert "removed" in templates("history", "test", "--show", "2").err


def test_what_an_editor_changed_stands_in_the_history(templates, desk_file: Path) -> None:
    """Without a pass in between; a text that cannot be used is no version to go back to."""
    for text in ("Subject: One\n\nOne.\n", "Subject: Two\n\n{{ nothing }}\n"):
        path = put(desk_file.parent / "templates", "en/test.md.j2", text)
        shown = templates("history", "test").out

    assert [line.split()[:2] for line in shown.splitlines()[1:]] == [["1", "en"]]
    assert templates("history", "test", "--show", "1").out.startswith("Subject: One")
    assert path.read_text(encoding="utf-8").startswith("Subject: Two")


def test_a_history_that_cannot_be_written_is_said(templates, desk_file: Path) -> None:
    """Where nothing can be kept, the command does not claim that nothing was changed."""
    put(desk_file.parent / "templates", "en/test.md.j2", "Subject: Mine\n\nMine.\n")
    kept = put(desk_file.parent / "templates", ".history", "a file, no folder")

    done = templates("history", "test")

    assert (done.status, done.out) == (0, "Nothing was kept of test.\n")
    assert f"no history is kept: {kept}" in done.err
