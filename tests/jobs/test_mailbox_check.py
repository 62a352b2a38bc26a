"""A mailbox that signs in by a token, as `check` sees it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from servers.dovecot import Dovecot, MailUser
from servers.oauth import OAuthServer
from servers.smtp_sink import SmtpSink

from mailresponder import config
from mailresponder.clock import utc_now
from mailresponder.jobs.checking import check
from mailresponder.jobs.results import CheckResult, status_by_cause
from mailresponder.transport.grants import Grant
from mailresponder.transport.kept_grants import keep
from mailresponder.transport.oauth2_client import public_client_of
from mailresponder.transport.token_store import store_for

CONFIG = """\
[desk]
name = "Acme Support"
[[mailbox]]
name = "support"
address = "{user}"
[mailbox.imap]
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{user}"
oauth2 = "other"
[mailbox.smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
[mailbox.oauth2]
client_id = "desk"
client_secret_env = "CLIENT_SECRET"
scopes = ["mail"]
token_url = "{token_url}"
device_url = "{device_url}"
"""


@pytest.fixture
def oauth() -> Iterator[OAuthServer]:
    """An authorization server."""
    with OAuthServer() as running:
        yield running


def test_a_token_is_told_before_it_stops_mail(
    tmp_path: Path, dovecot: Dovecot, dovecot_user: MailUser, oauth: OAuthServer
) -> None:
    """Both servers are signed in to by it; that no next one is to be had is a refused sign-in while
    mail still flows, as it is where nobody has signed in."""
    environ = {"CLIENT_SECRET": oauth.client_secret}
    path = tmp_path / "config.toml"

    def checked(smtp: SmtpSink) -> dict[str, CheckResult]:
        text = CONFIG.format(
            user=dovecot_user.name,
            imap=dovecot.imap_port,
            smtp=smtp.port,
            token_url=oauth.url("token"),
            device_url=oauth.url("device"),
        )
        path.write_text(text, encoding="utf-8")
        found = check(config.load(path), clock=utc_now, environ=environ)
        return {result.name: result for result in found}

    with SmtpSink(lets_in=oauth.lets_in) as sink:
        results = checked(sink)
        assert not results["support.imap"].ok
        assert results["support.imap"].status == 77
        assert "mailresponder login support" in results["support.imap"].mend

        desk = config.load(path)
        now = utc_now()
        grant = Grant(
            access_token="old",
            expires_at=now - timedelta(minutes=1),
            obtained_at=now - timedelta(hours=1),
            refresh_token=oauth.sign_in(dovecot_user.name),
        )
        kept = keep(public_client_of(desk.mailboxes[0]), grant, now=now - timedelta(hours=1))
        store = store_for(desk.tokens_path, kind="file")
        store.save("support", kept)
        results = checked(sink)
        assert [result for result in results.values() if not result.ok] == []
        assert "tokens are renewed by themselves" in results["support.sign_in"].detail
        assert results["support.smtp"].detail.startswith("signed in at")
        assert "XOAUTH2" in results["support.smtp_limits"].detail

        oauth.revoke_all()
        good = replace(
            grant,
            access_token=oauth.token(dovecot_user.name),
            expires_at=now + timedelta(minutes=20),
        )
        store.save("support", replace(kept, grant=good, renewed_at=now - timedelta(minutes=40)))
        results = checked(sink)
        assert [name for name, result in results.items() if not result.ok] == ["support.sign_in"]
        assert results["support.sign_in"].status == 77
        assert "mail stops at" in results["support.sign_in"].detail
        assert status_by_cause(results.values()) == 77
