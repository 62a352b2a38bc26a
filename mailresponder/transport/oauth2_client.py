"""How a mailbox's settings name this desk to an authorization server: the addresses and scopes of
the providers, and what is configured over them.

Google: https://developers.google.com/identity/protocols/oauth2/native-app and
https://developers.google.com/workspace/gmail/imap/xoauth2-protocol. Its device flow allows no scope
for mail (https://developers.google.com/identity/protocols/oauth2/limited-input-device). Microsoft:
https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
"""

from collections.abc import Mapping
from pathlib import Path

from mailresponder.config import Mailbox, OAuth2Settings
from mailresponder.errors import PermanentFailure
from mailresponder.transport.grants import Client, SignIn
from mailresponder.transport.secrets import COMMAND_TIMEOUT, client_secret

_WHO = ("openid", "email")
"""They let the server say who signed in (OpenID Connect Core §5.4)."""

_GOOGLE = {
    "token_url": "https://oauth2.googleapis.com/token",
    "authorization_url": "https://accounts.google.com/o/oauth2/v2/auth",
    "revocation_url": "https://oauth2.googleapis.com/revoke",
}
_GOOGLE_SCOPE = "https://mail.google.com/"

_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/{what}"
_MICROSOFT_SCOPES = (
    "https://outlook.office.com/IMAP.AccessAsUser.All",
    "https://outlook.office.com/SMTP.Send",
    "offline_access",
)
_MICROSOFT_OWN = "https://outlook.office365.com/.default"
"""What an organisation's own application is granted, by its admin."""


def provider_of(mailbox: Mailbox) -> str:
    """Whose token the mailbox signs in with; empty: nobody's."""
    return mailbox.imap.oauth2 or mailbox.smtp.oauth2 or ""


def client_of(
    mailbox: Mailbox, *, environ: Mapping[str, str], command_timeout: float = COMMAND_TIMEOUT
) -> Client:
    """This desk as the mailbox's authorization server knows it, with its secret.

    Raises as `secrets.password`, and PermanentFailure where the mailbox signs in by a password.
    """
    provider, settings = provider_of(mailbox), mailbox.oauth2
    if not provider or settings is None:
        raise PermanentFailure(
            f"mailbox {mailbox.name} signs in by a password",
            mend='set oauth2 = "google", "microsoft" or "other" in [mailbox.imap]; '
            "see: mailresponder help sign-in",
        )
    secret = ""
    if settings.has_client_secret:
        secret = client_secret(settings, environ=environ, command_timeout=command_timeout)
    urls = _urls(provider, settings)
    return Client(
        provider=provider,
        sign_in=SignIn(settings.sign_in),
        client_id=settings.client_id,
        client_secret=secret,
        token_url=urls.get("token_url", ""),
        device_url=urls.get("device_url", ""),
        authorization_url=urls.get("authorization_url", ""),
        revocation_url=urls.get("revocation_url", ""),
        scopes=settings.scopes or _scopes(provider, settings),
        account=settings.account or mailbox.imap.username,
        service_account_file=(
            Path(settings.service_account_file) if settings.service_account_file else None
        ),
        ca_file=Path(settings.ca_file) if settings.ca_file else None,
    )


def _urls(provider: str, settings: OAuth2Settings) -> dict[str, str]:
    usual: dict[str, str] = {}
    if provider == "google":
        usual = dict(_GOOGLE)
    elif provider == "microsoft":
        tenant = settings.tenant or "common"
        ends = {"token_url": "token", "device_url": "devicecode", "authorization_url": "authorize"}
        usual = {key: _MICROSOFT.format(tenant=tenant, what=end) for key, end in ends.items()}
    keys = ("token_url", "device_url", "authorization_url", "revocation_url")
    own = {key: value for key in keys if (value := getattr(settings, key))}
    return usual | own


def _scopes(provider: str, settings: OAuth2Settings) -> tuple[str, ...]:
    by_person = settings.sign_in == "person"
    if provider == "google":
        return (_GOOGLE_SCOPE, *_WHO) if by_person else (_GOOGLE_SCOPE,)
    if provider == "microsoft":
        return (*_MICROSOFT_SCOPES, *_WHO) if by_person else (_MICROSOFT_OWN,)
    return ("offline_access", *_WHO) if by_person else ()
