"""The help on signing in shows what the program takes and says."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from mailresponder import config
from mailresponder.cli.login import login_command
from mailresponder.transport.grants import SignIn
from mailresponder.transport.oauth2_client import public_client_of
from mailresponder.transport.oauth2_refusals import _MICROSOFT

HELP = (files("mailresponder") / "help" / "sign-in.md").read_text(encoding="utf-8")

BLOCKS = [
    re.sub("^    ", "", block, flags=re.M)
    for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", HELP, re.M)
    if "[mailbox.oauth2]" in block
]

DESK = """
[desk]
name = "Acme Support"
timezone = "Europe/Madrid"
[[mailbox]]
name = "support"
address = "support@example.com"
{imap}
[mailbox.smtp]
host = "smtp.example.com"
username = ""
{section}
[staff]
addresses = ["*@example.com"]
"""


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_each_configuration_can_be_used(block: str, tmp_path: Path) -> None:
    """What is shown makes a client that knows where its tokens come from."""
    sections, _, oauth2 = block.partition("[mailbox.oauth2]")
    provider = "microsoft" if "tenant" in oauth2 else "google"
    provider = "other" if "token_url" in oauth2 else provider
    imap = f'[mailbox.imap]\nhost = "h"\nusername = "s@example.com"\noauth2 = "{provider}"\n'
    given = sections.partition("[mailbox.smtp]")[0].strip() or imap
    path = tmp_path / "config.toml"
    path.write_text(DESK.format(imap=given, section=f"[mailbox.oauth2]{oauth2}"))

    client = public_client_of(config.load(path).mailboxes[0])

    assert client.provider == provider
    assert client.token_url.startswith("https://")
    assert client.client_id or client.sign_in is SignIn.SERVICE_ACCOUNT


def test_a_way_in_for_each_kind_is_shown() -> None:
    """Every `sign_in` has its example or its command."""
    for kind in SignIn:
        if kind is not SignIn.PERSON:
            assert f'sign_in = "{kind}"' in HELP
    assert "mailresponder login MAILBOX" in HELP
    options = {option for parameter in login_command.params for option in parameter.opts}
    assert set(re.findall(r"--\w[\w-]*", HELP)) <= options


def test_microsofts_numbers_are_those_the_program_knows() -> None:
    """Each number in the table is one that an error of ours explains too, but for what only the
    browser shows."""
    shown = {int(number) for number in re.findall(r"AADSTS(\d+)", HELP)} - {50011}

    assert shown <= set(_MICROSOFT)
