"""Where Google's and Microsoft's authorization servers are, and what mail has to be asked for."""

from dataclasses import dataclass

from mailresponder.transport.grants import SignIn


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoints:
    """Addresses of an authorization server; empty: it has none."""

    token_url: str
    device_url: str = ""
    authorization_url: str = ""
    revocation_url: str = ""


# https://developers.google.com/identity/protocols/oauth2/native-app. Its device flow grants no
# mail: https://developers.google.com/identity/protocols/oauth2/limited-input-device#allowedscopes
_GOOGLE = Endpoints(
    token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
    authorization_url="https://accounts.google.com/o/oauth2/v2/auth",
    revocation_url="https://oauth2.googleapis.com/revoke",
)
# https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
_GOOGLE_MAIL = "https://mail.google.com/"

# https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
_MICROSOFT_PERSON = (
    "https://outlook.office.com/IMAP.AccessAsUser.All",
    "https://outlook.office.com/SMTP.Send",
    # https://learn.microsoft.com/entra/identity-platform/scopes-oidc
    "offline_access",
    "openid",
    "profile",
)
_MICROSOFT_APPLICATION = ("https://outlook.office365.com/.default",)


def endpoints(provider: str, tenant: str) -> Endpoints | None:
    """The addresses of `google` or `microsoft`; None for any other, which must be configured.

    `tenant`: for Microsoft, the organisation's id or domain, `organizations`, `consumers` or
    `common`.
    """
    if provider == "google":
        return _GOOGLE
    if provider == "microsoft":
        # https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
        base = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
        return Endpoints(
            token_url=f"{base}/token",
            device_url=f"{base}/devicecode",
            authorization_url=f"{base}/authorize",
        )
    return None


def scopes(provider: str, sign_in: SignIn) -> tuple[str, ...]:
    """What IMAP and SMTP need; a person's also ask who signed in. Empty: must be configured."""
    if provider == "google":
        person = (_GOOGLE_MAIL, "openid", "email")
        return person if sign_in is SignIn.PERSON else (_GOOGLE_MAIL,)
    if provider == "microsoft":
        return _MICROSOFT_PERSON if sign_in is SignIn.PERSON else _MICROSOFT_APPLICATION
    return ()
