"""`[mailbox.oauth2]`: what stands in it, what is said where it is wrong."""

from pathlib import Path
from textwrap import dedent

import pytest

from mailresponder.config import Config, load
from mailresponder.errors import ConfigError

DESK = """
[desk]
name = "Acme Support"
{desk}
[[mailbox]]
name = "support"
address = "support@example.com"
[mailbox.imap]
host = "imap.example.com"
username = "support@example.com"
{imap}
[mailbox.smtp]
host = "smtp.example.com"
{smtp}
{oauth2}
"""

OTHER = 'oauth2 = "other"'
MICROSOFT = 'oauth2 = "microsoft"'
ID = 'client_id = "desk"'
TOKEN_URL = 'token_url = "https://login.example.com/token"'


def read(folder: Path, **parts: str) -> Config:
    path = folder / "config.toml"
    given = {"desk": "", "imap": 'oauth2 = "google"', "smtp": "", "oauth2": ""} | parts
    path.write_text(dedent(DESK).format(**given))
    return load(path)


def section(*lines: str) -> str:
    return "\n".join(["[mailbox.oauth2]", *lines])


def test_sending_signs_in_as_reading_does(tmp_path: Path) -> None:
    """What SMTP does not say it has from IMAP: the user name and the provider."""
    config = read(tmp_path, oauth2=section('client_id = "desk"'))
    smtp = config.mailboxes[0].smtp
    assert (smtp.username, smtp.oauth2) == ("support@example.com", "google")


def test_sending_may_have_a_password(tmp_path: Path) -> None:
    """A server that takes no token signs in by a password of its own."""
    config = read(tmp_path, smtp='password_env = "PW"', oauth2=section('client_id = "desk"'))
    assert (config.mailboxes[0].smtp.oauth2, config.mailboxes[0].smtp.password_env) == (None, "PW")


@pytest.mark.parametrize(
    ("provider", "username"),
    [("microsoft", "ana@example.com"), ("other", "support@example.com")],
)
def test_who_signs_in_to_send_from_a_shared_mailbox(
    tmp_path: Path, provider: str, username: str
) -> None:
    """At Microsoft the person does, as themselves; reading is by the shared address everywhere."""
    lines = [ID, 'account = "ana@example.com"']
    if provider == "other":
        lines += [TOKEN_URL, 'device_url = "https://login.example.com/device"']
    config = read(tmp_path, imap=f'oauth2 = "{provider}"', oauth2=section(*lines))
    mailbox = config.mailboxes[0]
    assert (mailbox.imap.username, mailbox.smtp.username) == ("support@example.com", username)


def test_its_secrets_stay_out_of_sight(tmp_path: Path) -> None:
    """A Config that ends up in a log holds the client's secret back."""
    config = read(tmp_path, oauth2=section('client_id = "desk"', 'client_secret = "t0p"'))
    assert "t0p" not in repr(config)


def test_a_file_that_others_can_read_is_told(tmp_path: Path) -> None:
    """A service account's key is a secret like any other."""
    key = tmp_path / "key.json"
    key.write_text("{}")
    key.chmod(0o644)
    lines = ('sign_in = "service_account"', 'service_account_file = "key.json"')
    config = read(tmp_path, oauth2=section(*lines))
    assert any(str(key) in warning for warning in config.warnings)


MISTAKES = {
    "nobody uses it": ('password_env = "PW"', "", section(ID), "oauth2", "nothing signs in"),
    "missing": ('oauth2 = "google"', "", "", "oauth2", "is missing"),
    "two": (f'{MICROSOFT}\npassword = "x"', "", section(ID), "imap", "password and oauth2"),
    "two providers": (MICROSOFT, OTHER, section(ID), "smtp.oauth2", "the same"),
    "no client": (MICROSOFT, "", section(), "oauth2.client_id", "is missing"),
    "two secrets": (
        *(MICROSOFT, ""),
        section(ID, 'client_secret = "a"', 'client_secret_env = "B"'),
        *("oauth2", "client_secret and client_secret_env"),
    ),
    "tenant of Google": ('oauth2 = "google"', "", section(ID, 'tenant = "x"'), "oauth2.tenant", ""),
    "tenant": (MICROSOFT, "", section(ID, 'tenant = "a/b"'), "oauth2.tenant", "directory"),
    "no token url": (OTHER, "", section(ID), "oauth2.token_url", "is missing"),
    "no way to sign in": (OTHER, "", section(ID, TOKEN_URL), "oauth2.authorization_url", "missing"),
    "plain http": (
        *(OTHER, "", section(ID, 'token_url = "http://login.example.com/"')),
        *("oauth2.token_url", "readable by anyone"),
    ),
    "no url": (OTHER, "", section(ID, 'token_url = "login"'), "oauth2.token_url", "https://"),
    "everybody's credentials": (
        *(MICROSOFT, ""),
        section(ID, 'sign_in = "client_credentials"', 'client_secret = "x"'),
        *("oauth2.tenant", "own directory"),
    ),
    "no secret": (
        *(MICROSOFT, ""),
        section(ID, 'sign_in = "client_credentials"', 'tenant = "example.com"'),
        *("oauth2", "no client_secret"),
    ),
    "Google's credentials": (
        *('oauth2 = "google"', ""),
        section(ID, 'sign_in = "client_credentials"', 'client_secret = "x"'),
        *("oauth2.sign_in", "no client credentials"),
    ),
    "Microsoft's service account": (
        *(MICROSOFT, "", section('sign_in = "service_account"', 'service_account_file = "x"')),
        *("oauth2.sign_in", "no service accounts"),
    ),
    "no key": (
        *('oauth2 = "google"', "", section('sign_in = "service_account"')),
        *("oauth2.service_account_file", "is missing"),
    ),
}


@pytest.mark.parametrize(
    ("imap", "smtp", "oauth2", "path", "says"), MISTAKES.values(), ids=list(MISTAKES)
)
def test_mistakes(tmp_path: Path, imap: str, smtp: str, oauth2: str, path: str, says: str) -> None:
    """Each mistake is told at its key."""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, imap=imap, smtp=smtp, oauth2=oauth2)
    told = {problem.path: problem.message for problem in caught.value.problems}
    assert says in told[f"mailbox[0].{path}"]


def test_http_is_for_this_machine(tmp_path: Path) -> None:
    """An authorization server on the loopback needs no TLS."""
    lines = (ID, 'token_url = "http://127.0.0.1:8080/t"', 'device_url = "http://localhost/d"')
    config = read(tmp_path, imap=OTHER, oauth2=section(*lines))
    client = config.mailboxes[0].oauth2
    assert client is not None
    assert client.token_url == "http://127.0.0.1:8080/t"
