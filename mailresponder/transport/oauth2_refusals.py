"""Why an authorization server grants nothing, and what a person can do about it: pure readings of
its error codes.

Microsoft's numbers and texts may change, as it says itself: nothing is decided by them. They choose
the words that help, and the standard's `error` (RFC 6749 §5.2, §4.1.2.1; RFC 8628 §3.5) decides.
"""

import re
from collections.abc import Collection
from urllib.parse import quote_plus

from mailresponder.errors import MailresponderError, ServerUnavailable, SignInRefused
from mailresponder.transport.connection import server_words
from mailresponder.transport.grants import Client, SignIn
from mailresponder.transport.oauth2_http import Answer


class GrantRefused(SignInRefused):
    """The authorization server gives no token: the grant is over, or it does not know us so."""


_LATER = frozenset({"temporarily_unavailable", "server_error"})

LOGIN = "sign in again: mailresponder login MAILBOX"

_HELP = "see: mailresponder help sign-in"

# https://developers.google.com/identity/protocols/oauth2#expiration
_GOOGLE_ENDS_IT = (
    "Google ends it after 7 days while the application's publishing status is Testing, after six "
    "months without use, and when the account's password changes"
)

# https://developers.google.com/identity/protocols/oauth2/service-account#jwt-error-codes
_SERVICE_ACCOUNT = {
    "invalid_grant": "is the key still valid, does the account exist, is the clock here right?",
    "unauthorized_client": "delegate the scope https://mail.google.com/ to the service account's "
    "client ID: Admin console, Security, API controls, Domain-wide delegation",
}

_STANDARD = {
    "invalid_grant": LOGIN,
    "interaction_required": LOGIN,
    "consent_required": LOGIN,
    "login_required": LOGIN,
    "authorization_declined": "whoever signed in said no; try again",
    "access_denied": "whoever signed in said no, or an admin forbids it; try again",
    "expired_token": "the code was not entered in time; start mailresponder login again",
    "invalid_client": "check client_id and client_secret under [mailbox.oauth2]",
    "unauthorized_client": "the application is not registered for this way of signing in; " + _HELP,
    "unsupported_grant_type": "the server does not know this way of signing in; "
    "choose another sign_in under [mailbox.oauth2]",
    "invalid_scope": "check scopes under [mailbox.oauth2]",
    "admin_policy_enforced": "an admin of this Google Workspace must allow the application: "
    "Admin console, Security, API controls",
    "org_internal": "only accounts of the application's own organisation may use it",
    "deleted_client": "the application was deleted: register another one",
    "redirect_uri_mismatch": "register the application as a desktop app",
}

_MICROSOFT = {
    # https://learn.microsoft.com/entra/identity-platform/reference-error-codes
    50020: "the account is not one of this tenant's: check tenant, or sign in with another account",
    50034: "the tenant has no such account: check tenant and the address",
    50057: "the account is disabled: an admin must enable it",
    50076: "it wants a second factor now: sign in again: mailresponder login MAILBOX",
    50079: "the account must set up a second factor first: sign in in a browser, then here again",
    50105: "the account is not assigned to the application: an admin must do it",
    50173: "the password was changed or sign-ins were revoked: mailresponder login MAILBOX",
    50194: "the application is for one organisation only: set tenant to its id or domain",
    53000: "the organisation lets in managed devices only: an admin must make an exception",
    # https://learn.microsoft.com/entra/identity/conditional-access/policy-block-authentication-flows
    53003: "a Conditional Access policy blocks it: try login --browser, in case only codes are "
    "blocked; else an admin must make an exception for the account",
    65001: "nobody has consented to the application yet: sign in again, or let an admin consent",
    70011: "check scopes under [mailbox.oauth2]",
    70043: "a Conditional Access policy ends sign-ins after a time: mailresponder login MAILBOX",
    70019: "the code was not entered in time; start mailresponder login again",
    90002: "there is no such tenant: check tenant",
    90094: "an admin must consent to the application: Entra, Enterprise applications, Permissions",
    500011: "the tenant has no Exchange Online, or the scope names another service: check scopes",
    700016: "the tenant does not know the application: check client_id and tenant",
    700025: "the application is registered as a public client: take client_secret out",
    700082: "it was not used for 90 days: sign in again: mailresponder login MAILBOX",
    7000112: "the application is disabled: an admin must enable it in Entra",
    7000215: "client_secret is wrong: it is the secret's value, not its id",
    7000218: "set Allow public client flows to Yes under the application's Authentication, or "
    "set client_secret",
    7000222: "client_secret has expired: make a new one under Certificates & secrets",
    9001023: "tenant must be your organisation's id or domain, not common or consumers",
}

_MICROSOFT_CODE = re.compile(r"AADSTS(\d{4,8})")


def refusal(answer: Answer, client: Client, *, secrets: Collection[str]) -> MailresponderError:
    """What an answer without a token means. `secrets`: what we sent and no error may repeat."""
    code = answer.text("error")
    said = _words(answer, secrets)
    if answer.status >= 500 or answer.status == 429 or code in _LATER:
        return ServerUnavailable(
            f"{answer.server}: no token just now: {said}", retry_after=answer.retry_after
        )
    if not code:
        return ServerUnavailable(
            f"{answer.server}: the server's answer could not be understood (HTTP {answer.status})",
            mend="check the addresses under [mailbox.oauth2]",
        )
    return GrantRefused(f"{answer.server}: no token: {said}", mend=_mend(answer, client))


def _mend(answer: Answer, client: Client) -> str:
    code = answer.text("error")
    if client.sign_in is SignIn.SERVICE_ACCOUNT:
        return _SERVICE_ACCOUNT.get(code) or _STANDARD.get(code, _HELP)
    if client.provider == "microsoft" and (mend := _MICROSOFT.get(_microsoft_number(answer))):
        return mend
    if client.provider == "google" and code == "invalid_grant":
        return f"{LOGIN}; {_GOOGLE_ENDS_IT}"
    return _STANDARD.get(code, _HELP)


def _words(answer: Answer, secrets: Collection[str]) -> str:
    code, description = answer.text("error"), answer.text("error_description")
    text = f"{code}: {description}" if code and description else code or description
    for secret in filter(None, secrets):
        # As it is, and as it stood in the form that was sent.
        text = text.replace(secret, "…").replace(quote_plus(secret), "…")
    return server_words(text) if text else f"HTTP {answer.status}"


def _microsoft_number(answer: Answer) -> int:
    """The first number that Microsoft names; 0: none."""
    codes = answer.fields.get("error_codes")
    if isinstance(codes, list) and codes and isinstance(codes[0], int):
        return codes[0]
    found = _MICROSOFT_CODE.search(answer.text("error_description"))
    return int(found.group(1)) if found else 0
