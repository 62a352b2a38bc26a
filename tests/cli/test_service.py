"""`run` and `demo` as they begin and as they report."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from offices import Office, complaint
from program import ROOT
from sites import Guest
from sqlalchemy import text

from mailresponder import config
from mailresponder.app import App
from mailresponder.clock import utc_now
from mailresponder.store import leases
from mailresponder.store.database import Store
from mailresponder.store.migrating import revision

PASSWORD = 'password = "correct horse"'


@pytest.fixture
def no_password(desk_file: Path) -> Path:
    """A configuration whose password is to come from a variable that nobody has set."""
    text = desk_file.read_text(encoding="utf-8").replace('username = ""', 'username = "ana"')
    text = text.replace(PASSWORD, 'password_env = "NO_SUCH_VARIABLE"')
    desk_file.write_text(text, encoding="utf-8")
    return desk_file


@pytest.mark.parametrize("options", [["--once"], ["--dry-run"]])
def test_missing_password_is_reported_once(run, no_password: Path, options: list[str]) -> None:
    """A variable that is not set ends with 78 and one problem, at the section that names it."""
    done = run("--config", str(no_password), "run", *options)

    assert (done.status, done.out) == (78, "")
    assert done.err.count("NO_SUCH_VARIABLE is not set") == 1
    assert "mailbox[0].imap.password_env" in done.err
    assert str(no_password) in done.err
    assert "export NO_SUCH_VARIABLE=" in done.err


def test_job_does_not_start_without_its_password(no_password: Path) -> None:
    """`run` ends at once instead of failing for ever."""
    done = subprocess.run(
        [sys.executable, "-m", "mailresponder", "--config", no_password, "run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 78
    assert done.stderr.count("NO_SUCH_VARIABLE is not set") == 1


def test_each_missing_password_is_named(run, no_password: Path) -> None:
    """Two sections with passwords of their own are two problems in one report."""
    text = no_password.read_text(encoding="utf-8")
    text = text.replace('username = "ana"', 'username = "ana"\npassword_env = "NOR_THIS_ONE"')
    no_password.write_text(text, encoding="utf-8")

    done = run("--config", str(no_password), "run", "--once")

    assert done.status == 78
    assert "mailbox[0].imap.password_env" in done.err
    assert "mailbox[0].smtp.password_env" in done.err
    assert done.err.count("Configuration:") == 1


def test_failing_password_command_is_told_once(run, desk_file: Path) -> None:
    """It may work later, so the status is 75; reading and sending fail in one sentence."""
    text = desk_file.read_text(encoding="utf-8").replace('username = ""', 'username = "ana"')
    desk_file.write_text(text.replace(PASSWORD, 'password_command = "false"'), encoding="utf-8")

    done = run("--config", str(desk_file), "run", "--once")

    assert done.status == 75
    assert done.err.count("the password command failed") == 1


def test_mailbox_in_another_s_hand_is_nothing_to_worry_about(run, desk_file: Path) -> None:
    """Overlapping runs say who has the mailbox, in one line; the status is 75."""
    with App.open(config.load(desk_file)) as first:
        first.free_the_dead()
        with first.store.begin() as conn:
            ttl = timedelta(minutes=2)
            assert leases.acquire(conn, "mailbox:support", first.owner, ttl, utc_now())

        done = run("--config", str(desk_file), "run", "--once")

    assert (done.status, done.err) == (75, "")
    said = f"another mailresponder has this mailbox in hand ({first.owner}); nothing to do"
    assert done.out == f"support: {said}\n"


def test_own_copies_are_not_counted_as_new(run, office: Office) -> None:
    """What we sent and filed in Sent ourselves is named apart from what came."""
    office.configure()
    office.receive(complaint())

    first = run("--config", str(office.path), "run", "--once")
    second = run("--config", str(office.path), "run", "--once")

    assert "support: read 1 new (1 opened);" in first.out
    assert "support: read 0 new, 2 of our own;" in second.out


@pytest.mark.parametrize("absent", ["pymap", "aiosmtpd"])
def test_demo_without_its_extra(absent: str) -> None:
    """It says what is not installed and how to install it, and blames no configuration."""
    code = f"""
import sys
sys.modules[{absent!r}] = None
sys.argv = ["mailresponder", "demo"]
from mailresponder.cli import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout) == (78, "")
    assert "not installed" in done.stderr
    assert "-m pip install '.[demo]'" in done.stderr
    assert "Configuration" not in done.stderr


def test_demo_stays_up_with_its_page(tmp_path: Path) -> None:
    """`demo --stay` ends with a link to the page of its desk, where its tickets are."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mailresponder", "demo", "--stay"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        link = next(line for line in process.stdout if "one browser" in line).split()[-1]
        address, _, path = link.partition("/enter")
        guest = Guest(int(address.rpartition(":")[2]))
        assert guest.get(f"/enter{path}").status == 303
        assert guest.get("/queue").status == 200
    finally:
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints) == (0, "")


@pytest.mark.parametrize("command", [["run"], ["run", "--once"], ["web"], ["tickets"]])
def test_a_database_of_a_newer_program_is_left_alone(
    run, desk_file: Path, store: Store, command: list[str]
) -> None:
    """Whatever is asked for ends with 78, says which program made it and what to do, and has
    changed nothing."""
    with store.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    done = run("--config", str(desk_file), *command)

    assert (done.status, done.out) == (78, "")
    assert "the database has version 9999, made by a newer mailresponder" in done.err
    assert "install the newer version again, or restore the backup made before it" in done.err
    with store.read() as conn:
        assert revision(conn) == "9999"
