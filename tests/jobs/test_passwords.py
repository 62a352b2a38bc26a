"""Passwords that are looked up before anything is begun."""

import os
from pathlib import Path

import pytest
from offices import Office
from servers.dovecot import MailUser

from mailresponder import config
from mailresponder.jobs import passwords


@pytest.mark.parametrize("commands", [True, False])
def test_commands_are_run_where_that_is_wanted(
    office: Office, dovecot_user: MailUser, tmp_path: Path, commands: bool
) -> None:
    """A worker, which may have thousands, runs none of them at its start."""
    ran = tmp_path / "ran"
    office.configure()
    text = office.path.read_text(encoding="utf-8")
    given = f"password_command = \"sh -c 'touch {ran}; echo secret'\""
    office.path.write_text(text.replace(f'password = "{dovecot_user.password}"', given))

    passwords.require(config.load(office.path), environ=os.environ, commands=commands)

    assert ran.exists() == commands
