"""How a mailbox's settings name this desk to an authorization server: what is configured, over what
is usual for the provider."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from mailresponder.config import Mailbox
from mailresponder.errors import ConfigError, PermanentFailure
from mailresponder.transport.grants import Client, SignIn
from mailresponder.transport.oauth2_providers import Endpoints, endpoints, scopes
from mailresponder.transport.secrets import COMMAND_TIMEOUT, client_secret

_ANYBODYS = "common"
"""Microsoft's tenant for who has an account anywhere."""


def provider_of(mailbox: Mailbox) -> str:
    """Whose token the mailbox signs in with; empty: nobody's."""
    return mailbox.imap.oauth2 or mailbox.smtp.oauth2 or ""


def client_of(
    mailbox: Mailbox, *, environ: Mapping[str, str], command_timeout: float = COMMAND_TIMEOUT
) -> Client:
    """This desk as the mailbox's authorization server knows it, with its secret.

    Raises as `secrets.client_secret`, and PermanentFailure where the mailbox signs in by a
    password.
    """
    client = public_client_of(mailbox)
    settings = mailbox.oauth2
    if settings is None or not settings.has_client_secret:
        return client
    try:
        secret = client_secret(settings, environ=environ, command_timeout=command_timeout)
    except ConfigError as error:
        path = f"mailbox {mailbox.name}.oauth2"
        raise ConfigError([replace(p, path=f"{path}.{p.path}") for p in error.problems]) from error
    return replace(client, client_secret=secret)


def public_client_of(mailbox: Mailbox) -> Client:
    """As `client_of`, without the secret: none is looked up."""
    provider, settings = provider_of(mailbox), mailbox.oauth2
    if not provider or settings is None:
        raise PermanentFailure(
            f"mailbox {mailbox.name} signs in by a password",
            mend='set oauth2 = "google", "microsoft" or "other" in [mailbox.imap]; '
            "see: mailresponder help sign-in",
        )
    sign_in = SignIn(settings.sign_in)
    usual = endpoints(provider, settings.tenant or _ANYBODYS) or Endpoints(token_url="")
    return Client(
        provider=provider,
        sign_in=sign_in,
        client_id=settings.client_id,
        token_url=settings.token_url or usual.token_url,
        device_url=settings.device_url or usual.device_url,
        authorization_url=settings.authorization_url or usual.authorization_url,
        revocation_url=settings.revocation_url or usual.revocation_url,
        scopes=settings.scopes or scopes(provider, sign_in),
        account=settings.account or mailbox.imap.username,
        service_account_file=_path(settings.service_account_file),
        ca_file=_path(settings.ca_file),
    )


def _path(text: str) -> Path | None:
    return Path(text) if text else None
