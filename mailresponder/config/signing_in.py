"""`[mailbox.oauth2]`: how a mailbox signs in by a token in place of a password (OAuth 2.0).

What its keys must know of one another, and of the sections beside it, stands here too.
"""

import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from mailresponder.config import fields
from mailresponder.config.extras import how_to_install
from mailresponder.config.section import Section
from mailresponder.errors import ConfigProblem

PASSWORD_KEYS = ("password", "password_env", "password_file", "password_command")
SIGN_IN_KEYS = (*PASSWORD_KEYS, "oauth2")
"""What a server's section signs in with: one of them."""
CLIENT_SECRET_KEYS = (
    *("client_secret", "client_secret_env", "client_secret_file", "client_secret_command"),
)

Provider = Literal["google", "microsoft", "other"]

Table = Mapping[str, object]

_TENANT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_ANY_TENANT = frozenset({"common", "organizations", "consumers"})
_HELP = "see `mailresponder help sign-in`"


def _url(url: str) -> str:
    """Empty for none."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("https", "http") or not host or "@" in parts.netloc:
        raise ValueError("must be https:// and a host name", "as https://login.example.com/token")
    if parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("is not an address of a server")
    if parts.scheme == "http" and not fields.is_loopback(host):
        raise ValueError("tokens would cross the network readable by anyone", "use https://")
    return url


def _tenant(text: str) -> str:
    if text and not _TENANT.fullmatch(text):
        raise ValueError(
            "must be the directory's id or one of its domains", "as contoso.onmicrosoft.com"
        )
    return text


Url = Annotated[str, AfterValidator(_url)]


class OAuth2Settings(Section):
    """`[mailbox.oauth2]`"""

    client_id: fields.OneLine = ""
    client_secret: fields.Secret | None = Field(None, repr=False)
    client_secret_env: fields.Named | None = None
    client_secret_file: fields.FilePath | None = None
    """Absolute."""
    client_secret_command: fields.Command | None = Field(None, repr=False)
    tenant: Annotated[str, AfterValidator(_tenant)] = ""
    """Microsoft's only; empty: anybody's who signs in."""
    sign_in: Literal["person", "client_credentials", "service_account"] = "person"
    account: fields.Email | Literal[""] = ""
    """Who signs in; empty: the user name of `[mailbox.imap]`."""
    service_account_file: fields.FilePath = ""
    """Absolute."""
    scopes: fields.Names = ()
    """Empty: the provider's usual ones."""
    token_url: Url = ""
    device_url: Url = ""
    authorization_url: Url = ""
    revocation_url: Url = ""
    """Each empty: the provider's own, if it has one."""
    ca_file: fields.CaFile = ""
    """Absolute; empty: the system's certificates."""

    @property
    def has_client_secret(self) -> bool:
        """Does a key say where it is?"""
        return any(getattr(self, key) is not None for key in CLIENT_SECRET_KEYS)


def amiss(path: str, mailbox: Table) -> Iterator[ConfigProblem]:
    """Mistakes between the sections of one mailbox, as they stand in the file. `path`: where the
    mailbox stands, as `mailbox[0]`."""
    yield from _passwords(path, mailbox)
    section = mailbox.get("oauth2")
    providers = {
        name: server["oauth2"]
        for name in ("imap", "smtp")
        if isinstance(server := mailbox.get(name), dict) and "oauth2" in server
    }
    if not providers:
        if section is not None:
            yield ConfigProblem(
                path=f"{path}.oauth2",
                message="nothing signs in with it",
                hint='set oauth2 = "google", "microsoft" or "other" in [mailbox.imap] in place of '
                "the password",
            )
        return
    named = list(dict.fromkeys(map(str, providers.values())))
    if len(named) > 1:
        yield ConfigProblem(
            path=f"{path}.smtp.oauth2",
            message="must be the same as in [mailbox.imap]",
            hint="a mailbox signs in with one provider; the other server may have a password",
        )
    elif section is None and named[0] in get_args(Provider):
        yield ConfigProblem(
            path=f"{path}.oauth2",
            message="is missing: how the desk is known to the provider",
            hint=f"write a section [mailbox.oauth2] with client_id; {_HELP}",
        )
    elif isinstance(section, dict):
        yield from _section(f"{path}.oauth2", section, named[0])


def _passwords(path: str, mailbox: Table) -> Iterator[ConfigProblem]:
    one_of = f"one of {', '.join(PASSWORD_KEYS)}, or oauth2"
    for name in ("imap", "smtp"):
        section = mailbox.get(name)
        if not isinstance(section, dict):
            continue
        given = [key for key in SIGN_IN_KEYS if key in section]
        if len(given) > 1:
            yield ConfigProblem(
                path=f"{path}.{name}", message=f"has {' and '.join(given)}", hint=f"give {one_of}"
            )
        # What the SMTP section lacks it has from the IMAP section.
        elif name == "imap" and not given:
            yield ConfigProblem(
                path=f"{path}.{name}", message="has no password", hint=f"give {one_of}"
            )


def _section(path: str, section: Table, provider: str) -> Iterator[ConfigProblem]:
    sign_in = section.get("sign_in", "person")
    secrets = [key for key in CLIENT_SECRET_KEYS if key in section]
    if len(secrets) > 1:
        yield ConfigProblem(path=path, message=f"has {' and '.join(secrets)}", hint="give one")
    if sign_in == "service_account":
        yield from _service_account(path, section, provider)
    elif not section.get("client_id"):
        yield ConfigProblem(
            path=f"{path}.client_id",
            message="is missing: the name under which the provider knows the desk",
            hint=_HELP,
        )
    if sign_in == "client_credentials":
        yield from _client_credentials(path, section, provider, has_secret=bool(secrets))
    if "tenant" in section and provider != "microsoft":
        yield ConfigProblem(path=f"{path}.tenant", message="is Microsoft's only")
    if provider == "other":
        needed = {"token_url": not section.get("token_url")}
        if sign_in == "person":
            ways = [key for key in ("device_url", "authorization_url") if section.get(key)]
            needed["authorization_url"] = not ways
        for key in (key for key, missing in needed.items() if missing):
            yield ConfigProblem(
                path=f"{path}.{key}",
                message="is missing: this provider's addresses are known to you only",
                hint="its page /.well-known/openid-configuration names them",
            )


def _service_account(path: str, section: Table, provider: str) -> Iterator[ConfigProblem]:
    if provider == "microsoft":
        yield ConfigProblem(
            path=f"{path}.sign_in",
            message="Microsoft has no service accounts",
            hint='sign_in = "client_credentials" is for an organisation\'s own application',
        )
    if not section.get("service_account_file"):
        yield ConfigProblem(
            path=f"{path}.service_account_file",
            message="is missing: the JSON file with the service account's key",
            hint=_HELP,
        )
    if not find_spec("cryptography"):
        yield ConfigProblem(
            path=f"{path}.sign_in",
            message="signing in as a service account is not installed",
            hint=how_to_install("service-account"),
        )


def _client_credentials(
    path: str, section: Table, provider: str, *, has_secret: bool
) -> Iterator[ConfigProblem]:
    if provider == "google":
        yield ConfigProblem(
            path=f"{path}.sign_in",
            message="Google has no client credentials for mail",
            hint='sign_in = "service_account" is for an organisation\'s own application',
        )
    if not has_secret:
        yield ConfigProblem(
            path=path,
            message="has no client_secret",
            hint=f"give one of {', '.join(CLIENT_SECRET_KEYS)}",
        )
    tenant = section.get("tenant", "")
    if provider == "microsoft" and (not tenant or tenant in _ANY_TENANT):
        yield ConfigProblem(
            path=f"{path}.tenant",
            message="must name your own directory",
            hint="its id or one of its domains, as contoso.onmicrosoft.com",
        )
