"""The unit for systemd."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mailresponder import config
from mailresponder.cli.unit import unit

ANALYZE = shutil.which("systemd-analyze")


def keys(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if line[:1].isupper())


@pytest.mark.parametrize("command", ["run", "web", "worker"])
@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
def test_systemd_takes_it_as_it_is(run, desk_file: Path, command: str, tmp_path: Path) -> None:
    """Not a key or value that systemd does not know, and its own measure of exposure finds little:
    what is left is the network, which is what the program is for."""
    done = run("--config", str(desk_file), "unit", command, "--user", "root")
    assert (done.status, done.err) == (0, "")
    # The program that the tests run is no file that could be executed.
    text = done.out.replace(keys(done.out)["ExecStart"].split()[0], sys.executable)
    path = tmp_path / "mailresponder.service"
    path.write_text(text)

    verified = subprocess.run(
        [ANALYZE, "verify", "--man=no", path], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    exposed = subprocess.run(
        [ANALYZE, "security", "--offline=yes", "--threshold=25", path.name],
        cwd=tmp_path,
        env={"SYSTEMD_UNIT_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert exposed.returncode == 0, exposed.stdout[-200:] + exposed.stderr


def test_it_names_what_is_there(desk_file: Path, tmp_path: Path) -> None:
    """The program, the configuration and what may be written; what is special to systemd in their
    names is quoted."""
    folder = tmp_path / 'a "b" 100% $x'
    folder.mkdir()
    path = folder / "config.toml"
    text = desk_file.read_text().replace(
        "[desk]",
        '[desk]\ndatabase = "sqlite:///data/d.db"\ntemplates = "/srv/templates"\n'
        'token_file = "/srv/tokens/desk"',
    )
    path.write_text(f'{text}\n[themes]\nfile = "/srv/themes/themes.toml"\n')
    path.chmod(0o600)

    found = keys(unit(config.load(path), "web", user="desk", program=["/opt/m r"]))

    there = str(folder).replace('"', '\\"').replace("%", "%%")
    in_command = there.replace("$", "$$")
    assert found["ExecStart"] == f'"/opt/m r" --config "{in_command}/config.toml" web'
    for writable in (f'-"{there}"', "-/srv/templates", "-/srv/tokens", "-/srv/themes"):
        assert writable in found["ReadWritePaths"]
    assert found["WorkingDirectory"] == str(folder).replace("%", "%%")
    assert (found["User"], found["ProtectHome"]) == ("desk", "yes")
    assert "postgresql" not in found["After"]


def test_a_desk_at_home_can_be_read_there(desk_file: Path) -> None:
    """Homes are hidden from it, but where the program lies in one; a server that keeps the
    database is waited for."""
    text = desk_file.read_text().replace("[desk]", '[desk]\ndatabase = "postgresql:///desk"')
    desk_file.write_text(text)
    loaded = config.load(desk_file)

    found = keys(unit(loaded, "run", user="ana", program=["/home/ana/bin/mailresponder"]))

    assert found["ProtectHome"] == "read-only"
    assert found["After"].endswith("postgresql.service")


def test_passwords_at_home_can_be_read_there(desk_file: Path) -> None:
    """A file with a password is no less needed than the program."""
    loaded = config.load(desk_file)
    [mailbox] = loaded.mailboxes
    smtp = mailbox.smtp.model_copy(update={"password_file": "/root/password"})
    at_home = replace(loaded, mailboxes=(mailbox.model_copy(update={"smtp": smtp}),))

    for one, hidden in ((loaded, "yes"), (at_home, "read-only")):
        found = keys(unit(one, "run", user="ana", program=["/usr/bin/mailresponder"]))
        assert found["ProtectHome"] == hidden
