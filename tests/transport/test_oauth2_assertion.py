"""A service account's key."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from servers.oauth import OAuthServer
from tracebacks import all_of

from mailresponder.errors import (
    ConfigError,
)
from mailresponder.transport import oauth2
from mailresponder.transport.grants import Client, SignIn
from mailresponder.transport.oauth2 import GrantRefused

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_service_account(server: OAuthServer, client: Client, tmp_path: Path) -> None:
    """A service account's key brings a token in the name of the mailbox."""
    client = keyed(server, client, tmp_path)

    grant = oauth2.service_account(client, now=now())

    assert grant.access_token in server.given
    assert "client_secret" not in server.asked[0][1]


def test_service_account_with_another_key(
    server: OAuthServer, client: Client, tmp_path: Path
) -> None:
    """A key that was deleted is told, with what to look at, and nobody is asked to log in."""
    client = keyed(server, client, tmp_path)
    keyed(server, client, tmp_path, 1)

    with pytest.raises(GrantRefused, match="Invalid JWT Signature") as caught:
        oauth2.service_account(client, now=now())

    assert "key" in caught.value.mend
    assert "mailresponder login" not in caught.value.mend


@pytest.mark.parametrize("minutes", [-25, 25])
def test_clock_that_is_a_little_wrong(
    server: OAuthServer, client: Client, tmp_path: Path, minutes: int
) -> None:
    """A clock half an hour slow does no harm; one that is fast is told as the clock's."""
    client = keyed(server, client, tmp_path)

    if minutes < 0:
        assert oauth2.service_account(client, now=now() + timedelta(minutes=minutes))
        return
    with pytest.raises(GrantRefused) as caught:
        oauth2.service_account(client, now=now() + timedelta(minutes=minutes))
    assert "clock" in caught.value.mend


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        ("{}", "not the key"),
        ("not json", "not the key"),
        ('{"client_email": "a", "private_key": "-----BEGIN SECRET WORDS"}', "not an RSA key"),
    ],
)
def test_key_file_that_is_none(
    client: Client, tmp_path: Path, content: str | None, words: str
) -> None:
    """A key file that is missing or wrong is a mistake in the configuration; it is not
    shown."""
    path = tmp_path / "key.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(ConfigError, match=words) as caught:
        oauth2.service_account(replace(client, service_account_file=path), now=NOW)

    assert "SECRET WORDS" not in all_of(caught.value)


def keyed(server: OAuthServer, client: Client, folder: Path, number: int = 0) -> Client:
    """The desk as a service account that the server trusts from now on."""
    path = folder / f"key{number}.json"
    server.trust_key_in(path, number)
    return replace(client, sign_in=SignIn.SERVICE_ACCOUNT, service_account_file=path)


def now() -> datetime:
    return datetime.now(tz=UTC)
