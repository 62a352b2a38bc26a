"""Why a server grants nothing, in words that help."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_plus, urlencode

import pytest
from servers import misdeeds
from servers.oauth import OAuthServer
from tracebacks import all_of

from mailresponder.errors import (
    ServerUnavailable,
)
from mailresponder.transport import oauth2
from mailresponder.transport.grants import Client
from mailresponder.transport.oauth2 import GrantRefused

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_busy_server_is_asked_later(server: OAuthServer, client: Client, status: int) -> None:
    """A server in trouble refuses nothing, whatever it says, and its Retry-After is heard."""
    body = b'{"error": "invalid_grant"}'
    server.misdeeds.append(misdeeds.saying(body, status=status, Retry_After="120"))

    with pytest.raises(ServerUnavailable) as caught:
        oauth2.refresh(client, server.grant(NOW), now=NOW)

    assert caught.value.retry_after == timedelta(minutes=2)


def test_no_error_repeats_a_secret(server: OAuthServer, client: Client) -> None:
    """A server that repeats all it was sent in its error, as it is or as it came in the form, makes
    no error of ours show it."""
    # As Google's are.
    grant = replace(server.grant(NOW), refresh_token="1//0a+b=")
    form = urlencode({"refresh_token": grant.refresh_token, "secret": client.client_secret})
    sent = {"error": "invalid_grant"}
    sent["error_description"] = f"not {grant.refresh_token} of {client.client_secret}: {form}"
    server.misdeeds.append(misdeeds.saying(json.dumps(sent).encode(), status=400))

    with pytest.raises(GrantRefused) as caught:
        oauth2.refresh(client, grant, now=NOW)

    for secret in (grant.refresh_token, client.client_secret):
        assert secret not in all_of(caught.value)
        assert quote_plus(secret) not in all_of(caught.value)
        assert secret not in repr(client) + repr(grant)


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        (700082, "invalid_grant", "90 days"),
        (7000218, "invalid_client", "Allow public client flows"),
        (7000222, "invalid_client", "expired"),
        (7000215, "invalid_client", "not its id"),
        (700016, "unauthorized_client", "check client_id and tenant"),
        (90094, "invalid_grant", "admin must consent"),
        (53003, "access_denied", "Conditional Access"),
    ],
)
def test_microsofts_usual_mistakes_are_all_of(
    server: OAuthServer, client: Client, code: int, error: str, words: str
) -> None:
    """Microsoft's number chooses what to do about it, from `error_codes` or from the text."""
    microsoft = replace(client, provider="microsoft")
    for more in ({"error_codes": [code]}, {}):
        answer = {"error": error, "error_description": f"AADSTS{code}: No.\r\nTrace", **more}
        server.misdeeds.append(misdeeds.saying(json.dumps(answer).encode(), status=400))

        with pytest.raises(GrantRefused, match=f"AADSTS{code}") as caught:
            oauth2.refresh(microsoft, server.grant(NOW), now=NOW)

        assert words in caught.value.mend


def test_googles_seven_days_are_all_of(server: OAuthServer, client: Client) -> None:
    """A Google grant that is over says that an application in Testing loses it each week."""
    server.revoke_all()
    grant = replace(server.grant(NOW), refresh_token="unknown")

    with pytest.raises(GrantRefused) as caught:
        oauth2.refresh(replace(client, provider="google"), grant, now=NOW)

    assert "7 days" in caught.value.mend
    assert "Testing" in caught.value.mend
