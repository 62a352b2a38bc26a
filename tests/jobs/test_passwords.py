"""Passwords that are looked up before anything is begun."""

import os
from pathlib import Path

import pytest
from offices import Office
from servers.dovecot import MailUser

from mailresponder import config
from mailresponder.errors import ConfigError
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


OAUTH2 = """
[mailbox.oauth2]
client_id = "desk"
client_secret_env = "DESK_CLIENT_SECRET"
token_url = "https://login.example.com/token"
device_url = "https://login.example.com/device"
[staff]
"""


def test_a_client_secret_is_looked_up_too(office: Office, dovecot_user: MailUser) -> None:
    """Where it is missing nothing begins; that nobody has signed in yet keeps nothing from
    beginning."""
    office.configure()
    text = office.path.read_text(encoding="utf-8")
    text = text.replace(f'password = "{dovecot_user.password}"', 'oauth2 = "other"')
    office.path.write_text(text.replace("\n[staff]\n", OAUTH2))
    loaded = config.load(office.path)

    with pytest.raises(ConfigError) as caught:
        passwords.require(loaded, environ={})
    [problem] = caught.value.problems
    assert problem.path == "mailbox[0].oauth2.client_secret_env"

    passwords.require(loaded, environ={"DESK_CLIENT_SECRET": "s3cret"})
