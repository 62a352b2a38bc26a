"""`login` and `logout`: get a grant for a mailbox with somebody's help, and give it back.

How a person is told and asked is the caller's; what a server grants is kept here, once it is known
to be of use.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from mailresponder.config import Mailbox
from mailresponder.errors import (
    MailresponderError,
    PermanentFailure,
    ServerUnavailable,
    SignInRefused,
    TemporaryFailure,
)
from mailresponder.transport import kept_grants, oauth2
from mailresponder.transport.connection import ServerSettings
from mailresponder.transport.grants import Client, Grant, SignIn
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.loopback import Loopback
from mailresponder.transport.oauth2 import DeviceCode, GrantRefused, Pending
from mailresponder.transport.smtp import SmtpSender
from mailresponder.transport.token_store import TokenStore

PATIENCE = timedelta(minutes=15)
"""For a browser to come back: as long as Microsoft's codes last."""

_RENEWED_WELL_BEFORE = timedelta(days=1)


class Way(Enum):
    """How a person lets the desk in."""

    DEVICE = auto()
    """By a code, in a browser on any machine (RFC 8628)."""
    BROWSER = auto()
    """In a browser that comes back to this machine (RFC 8252)."""


class Person(Protocol):
    """Who is asked to sign in."""

    def enter(self, code: DeviceCode) -> None:
        """Show the code and where it is entered."""

    def visit(self, address: str) -> None:
        """Show the address to sign in at, or open it."""

    @property
    def typed(self) -> int | None:
        """Where they can enter the address that the browser ended at: a file descriptor."""

    def mistyped(self) -> None:
        """Say that what they entered is not that address."""


def way(client: Client, wanted: Way | None) -> Way:
    """The way that is wanted, or the easier one that this server has.

    Raises PermanentFailure where the server has not the one that is wanted.
    """
    has = {Way.DEVICE: bool(client.device_url), Way.BROWSER: bool(client.authorization_url)}
    # A code needs no browser on this machine, which is a server's mostly.
    chosen = wanted or (Way.DEVICE if has[Way.DEVICE] else Way.BROWSER)
    if has[chosen]:
        return chosen
    if chosen is Way.DEVICE and client.provider == "google":
        raise PermanentFailure(
            "Google gives no device codes for mail", mend="sign in without --device"
        )
    key = "device_url" if chosen is Way.DEVICE else "authorization_url"
    raise PermanentFailure(
        "this provider has no address for that way of signing in",
        mend=f"set {key} under [mailbox.oauth2], or sign in the other way",
    )


def sign_in(
    client: Client,
    chosen: Way,
    person: Person,
    *,
    clock: Callable[[], datetime],
    wait: Callable[[float], None],
) -> Grant:
    """The grant that a person gives. `wait`: let so many seconds pass.

    Raises GrantRefused where they do not, or where what they grant is not enough; TemporaryFailure
    where they take too long; and ServerUnavailable.
    """
    if chosen is Way.DEVICE:
        grant = _by_device(client, person, clock=clock, wait=wait)
    else:
        grant = _by_browser(client, person, clock=clock)
    if missing := _not_granted(client, grant):
        raise GrantRefused(
            f"not everything was granted: {', '.join(missing)} is missing",
            mend="sign in again and leave every box ticked; the application must have these "
            "permissions too",
        )
    if not grant.refresh_token:
        raise GrantRefused(
            "the server gave no refresh token: the sign-in would be over within the hour",
            mend="the application must be allowed to ask for offline access; "
            "see: mailresponder help sign-in",
        )
    return grant


def grant_of_organisation(client: Client, *, now: datetime) -> Grant:
    """The grant that nobody has to sign in for. Raises what `transport.oauth2` does."""
    if client.sign_in is SignIn.CLIENT_CREDENTIALS:
        return oauth2.client_credentials(client, now=now)
    return oauth2.service_account(client, now=now)


class _Held:
    """A token that was just granted, as a connection wants it."""

    def __init__(self, grant: Grant) -> None:
        self._grant = grant

    def token(self, *, refused: str = "") -> str:  # noqa: ARG002 - there is no other
        return self._grant.access_token


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """A server that was tried with a grant."""

    name: str
    """`imap` or `smtp`."""
    server: str
    error: MailresponderError | None
    """None: it let us in."""


def try_at_servers(mailbox: Mailbox, grant: Grant) -> Iterator[Attempt]:
    """Sign in with the grant wherever the mailbox signs in by one."""
    held = _Held(grant)
    settings = mailbox.imap
    if settings.oauth2:
        yield _tried("imap", settings, lambda: ImapMailbox.connect(settings, held).close())
    if mailbox.smtp.oauth2 and mailbox.smtp.username:
        with SmtpSender(mailbox.smtp, held) as sender:
            yield _tried("smtp", mailbox.smtp, sender.check)


def is_of_use(attempts: Sequence[Attempt]) -> bool:
    """Is it the right account's, as far as the servers say? One that let us in settles it: the
    other may have its protocol switched off."""
    return any(attempt.error is None for attempt in attempts) or not any(
        isinstance(attempt.error, SignInRefused) for attempt in attempts
    )


def _tried(name: str, settings: ServerSettings, attempt: Callable[[], None]) -> Attempt:
    failure: MailresponderError | None = None
    try:
        attempt()
    except MailresponderError as error:
        failure = error
    return Attempt(name=name, server=f"{settings.host}:{settings.port}", error=failure)


def prepare(store: TokenStore, mailbox: str) -> None:
    """Raises what the store does where no grant could be kept: before somebody signs in in vain."""
    with store.alone(mailbox):
        store.read(mailbox)


def keep(store: TokenStore, mailbox: str, client: Client, grant: Grant, *, now: datetime) -> None:
    """Keep a grant in place of what was kept of the mailbox. Raises what the store does."""
    with store.alone(mailbox):
        store.save(mailbox, kept_grants.keep(client, grant, now=now))


class Farewell(Enum):
    """What became of a grant that was let go of here."""

    NONE = auto()
    """There was none."""
    GIVEN_BACK = auto()
    """The server has ended it."""
    FORGOTTEN = auto()
    """It is forgotten here; the server takes none back, or was another one than today's, so it is
    good where a copy of it is."""


def sign_out(store: TokenStore, mailbox: str, client: Client) -> Farewell:
    """Let go of a mailbox's grant, here and at its server.

    Raises MailresponderError where the server could not end it; it is forgotten here even so.
    """
    with store.alone(mailbox):
        kept = store.read(mailbox)
        if kept is None:
            return Farewell.NONE
        given_back = False
        try:
            # To another server than the one that gave it, it is not shown.
            if kept.given_to == kept_grants.name_of(client):
                given_back = oauth2.revoke(client, kept.grant)
        finally:
            store.forget(mailbox)
    return Farewell.GIVEN_BACK if given_back else Farewell.FORGOTTEN


def told_of_end(grant: Grant, client: Client, *, now: datetime) -> str:
    """Until when a person's grant lets us in: a sentence."""
    if grant.ends_at is not None and grant.ends_at > now + _RENEWED_WELL_BEFORE:
        days = (grant.ends_at - now) // timedelta(days=1)
        return f"It ends in {days} days whatever is done, as the server says: sign in again before."
    match client.provider:
        case "microsoft":
            return (
                "It is renewed by itself, until the password changes, an admin revokes it, or it "
                "is not used for 90 days."
            )
        case "google":
            return (
                "It is renewed by itself, until the password changes, somebody revokes it, or it "
                "is not used for six months; after 7 days already while the application's "
                "publishing status is Testing."
            )
        case _:
            return "It is renewed by itself, until somebody revokes it."


def _by_device(
    client: Client,
    person: Person,
    *,
    clock: Callable[[], datetime],
    wait: Callable[[float], None],
) -> Grant:
    code = oauth2.start_device(client, now=clock())
    person.enter(code)
    trouble: MailresponderError | None = None
    while (left := code.expires_at - clock()) > timedelta():
        wait(min(code.interval, left).total_seconds())
        try:
            found = oauth2.poll_device(client, code, now=clock())
        except ServerUnavailable as error:
            # RFC 8628 §3.5: ask less often. The person is at it, and the server comes back.
            trouble, code = error, replace(code, interval=code.interval * 2)
            continue
        if not isinstance(found, Pending):
            return found
        trouble, code = None, found.code
    if trouble is not None:
        raise trouble
    raise TemporaryFailure(
        "the code was not entered in time", mend="start mailresponder login again"
    )


def _by_browser(client: Client, person: Person, *, clock: Callable[[], datetime]) -> Grant:
    # https://learn.microsoft.com/entra/identity-platform/reply-url#localhost-exceptions
    name = "localhost" if client.provider == "microsoft" else "127.0.0.1"
    with Loopback(name) as loopback:
        uri = loopback.redirect_uri
        address, state, verifier = oauth2.authorization_request(client, uri)
        person.visit(address)
        fields = loopback.wait(
            state,
            seconds=PATIENCE.total_seconds(),
            typed=person.typed,
            mistyped=person.mistyped,
        )
    code = oauth2.redirected(client, fields)
    return oauth2.exchange(client, code, verifier, uri, now=clock())


def _not_granted(client: Client, grant: Grant) -> list[str]:
    """What we asked for and did not get: Google lets a person untick each permission.

    Only those that name a service: a server may call the others something else, or not at all.
    """
    if not grant.scope:
        return []  # RFC 6749 §5.1: as it was asked for
    granted = {_last_part(scope) for scope in grant.scope.split()}
    asked = [scope for scope in client.scopes if "://" in scope and not scope.endswith("/.default")]
    return [scope for scope in asked if _last_part(scope) not in granted]


def _last_part(scope: str) -> str:
    """Microsoft answers with another of its host names than it was asked with."""
    return scope.rstrip("/").rpartition("/")[2].casefold()
