"""Open an IMAP connection, sign in, and say in plain words what goes wrong on it.

What is done with the mail on it stands in imap.py.
"""

import imaplib
import logging
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError

from mailresponder.errors import (
    MailboxFull,
    MailresponderError,
    PermanentFailure,
    ServerUnavailable,
    SignInRefused,
    TemporaryFailure,
    Throttled,
    TooManyConnections,
)
from mailresponder.transport import throttling
from mailresponder.transport.connection import (
    ServerSettings,
    network_failure,
    prepare_socket,
    server_words,
    tls_context,
)
from mailresponder.transport.credentials import (
    SHARED,
    BearerDialogue,
    BearerToken,
    Credential,
    mechanism_of,
    signing_in,
    takes_no_token,
    token_refused,
)
from mailresponder.transport.patience import PatientClient

# imapclient hands every line it sees to its logger at DEBUG: mail, and on some paths passwords.
logging.getLogger("imapclient").setLevel(logging.WARNING)

# imaplib gives up on a line of a million bytes and leaves its rest unread. A BODYSTRUCTURE is one
# line, and as long as whoever wrote the mail likes: no mail may break every connection anew.
vars(imaplib)["_MAXLINE"] = 64 * 1024 * 1024

FAREWELL = 2.0
"""Seconds for a server to let us go."""

NOT_UNDERSTOOD = (
    *(ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError),
    OverflowError,
)
"""What imapclient's and imaplib's parsers raise on an answer that they cannot read."""

_TEMPORARY_CODES = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "OVERQUOTA", "SERVERBUG"})
"""Response codes that may pass by themselves (RFC 5530 §3, RFC 9051 §7.1)."""


class ImapSettings(ServerSettings, Protocol):
    """What must be known of an IMAP account. Satisfied by the configuration's `mailbox.imap`."""

    @property
    def sent_folder(self) -> str:
        """Empty: it is looked for."""

    @property
    def drafts_folder(self) -> str:
        """Likewise."""


def open_session(
    settings: ImapSettings, credential: Credential, *, connect_timeout: float, timeout: float
) -> IMAPClient:
    """Connect, secure and sign in. Timeouts are in seconds.

    Raises ServerUnavailable or SignInRefused, and what having a token raises.
    """
    return signing_in(
        credential, lambda secret: _opened(settings, secret, connect_timeout, timeout)
    )


def _opened(
    settings: ImapSettings, secret: str | BearerToken, connect_timeout: float, timeout: float
) -> IMAPClient:
    server = f"{settings.host}:{settings.port}"
    client: IMAPClient | None = None
    try:
        client = _connect(settings, server, connect_timeout, timeout)
        with translated(server):
            if isinstance(secret, BearerToken):
                _sign_in_by_token(client, settings, secret, server)
            else:
                _sign_in(client, settings.username, secret, server)
            client._imap.patience.settle()
    except BaseException as error:
        if client is not None:
            hang_up(client)
        if isinstance(error, PermanentFailure) and not isinstance(error, SignInRefused):
            # `* BYE too busy` and the like: nothing was tried, so nothing failed for good.
            raise ServerUnavailable(error.message, mend=error.mend) from error
        raise
    return client


def _connect(
    settings: ImapSettings, server: str, connect_timeout: float, timeout: float
) -> IMAPClient:
    context = None if settings.security == "none" else tls_context(settings.ca_file)
    with translated(server):
        client = PatientClient(
            settings.host,
            port=settings.port,
            ssl=settings.security == "tls",
            ssl_context=context,
            timeout=SocketTimeout(connect=connect_timeout, read=timeout),
        )
    # imapclient turns on imaplib's debugging, which formats every line whether logged or not.
    client._imap.debug = 0
    client.normalise_times = False
    if settings.security == "starttls":
        try:
            with translated(server):
                _starttls(client, context, server)
        except BaseException:
            hang_up(client)
            raise
    prepare_socket(client.socket())
    return client


def hang_up(client: IMAPClient) -> None:
    """Close the socket without a word to the server; never raises."""
    try:
        client.shutdown()
    except (OSError, imaplib.IMAP4.error):
        return


def log_out(client: IMAPClient) -> None:
    """Leave politely if the server lets us, and close; never raises, and takes seconds at most."""
    try:
        client.socket().settimeout(FAREWELL)
        client._imap.patience.hurry(FAREWELL)
        client.logout()
    except (OSError, imaplib.IMAP4.error, ValueError, AttributeError):
        hang_up(client)


def _starttls(client: IMAPClient, context: object, server: str) -> None:
    try:
        client.starttls(context)
    except CapabilityError as error:
        raise ServerUnavailable(
            f"{server}: the server does not offer STARTTLS",
            mend='set security = "tls" and the port for TLS, usually 993',
        ) from error


def _sign_in(client: IMAPClient, username: str, password: str, server: str) -> None:
    """SASL PLAIN where offered (RFC 4616): LOGIN can carry neither every letter nor line ends."""
    try:
        if client.has_capability("AUTH=PLAIN"):
            client.plain_login(username, password)
        elif client.has_capability("LOGINDISABLED"):
            raise SignInRefused(
                f"{server}: the server takes no password on this connection",
                mend='set security = "tls" or "starttls"; some providers want a token: '
                "mailresponder help sign-in",
            )
        elif not (username + password).isascii() or not (username + password).isprintable():
            raise SignInRefused(
                f"{server}: the server cannot take this user name or password: it has letters "
                "beyond ASCII or control characters",
                mend="choose a password of plain letters, digits and signs",
            )
        else:
            quoted = username.replace("\\", "\\\\").replace('"', '\\"')
            client.login(f'"{quoted}"', password)
    except LoginError as error:
        # imapclient calls a connection lost while signing in a LoginError too.
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise error.__context__ from None
        raise _sign_in_failure(str(error), server) from error


def _sign_in_by_token(
    client: IMAPClient, settings: ImapSettings, token: BearerToken, server: str
) -> None:
    offered = (name.decode("ascii", "replace") for name in client.capabilities())
    mechanism = mechanism_of(name.upper().removeprefix("AUTH=") for name in offered)
    if not mechanism:
        raise takes_no_token(server)
    dialogue = BearerDialogue(mechanism, settings, token)
    try:
        client.sasl_login(mechanism, dialogue)
    except LoginError as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise error.__context__ from None
        failure = _sign_in_failure(str(error), server)
        if isinstance(failure, SignInRefused):
            words = server_words(_unwrapped(str(error)))
            mend = SHARED.format(username=settings.username, protocol="IMAP")
            failure = token_refused(server, words, dialogue.said, mend)
        raise failure from error


def _sign_in_failure(said: str, server: str) -> MailresponderError:
    words = server_words(_unwrapped(said))
    if (throttled := _throttled(words, server)) is not None:
        return throttled
    pause = throttling.sign_in_pause(words)
    if pause or _response_code(said) in _TEMPORARY_CODES or "too many" in said.lower():
        return ServerUnavailable(
            f"{server}: the server signs nobody in just now: {words}", retry_after=pause
        )
    return SignInRefused(
        f"{server}: sign-in refused: {words}",
        mend="check username and password; many providers want an app password here, "
        "Microsoft 365 a token: mailresponder help sign-in",
    )


@contextmanager
def translated(server: str) -> Iterator[None]:
    """Turn what imapclient, imaplib and the network raise into our errors."""
    try:
        yield
    except imaplib.IMAP4.readonly as error:
        raise PermanentFailure(
            f"{server}: the folder is read-only for this account",
            mend="give the account the right to change the folder",
        ) from error
    except imaplib.IMAP4.abort as error:
        raise _gone(error, server) from error
    except imaplib.IMAP4.error as error:
        raise _refused(error, server) from error
    except OSError as error:
        raise network_failure(error, server) from error
    except NOT_UNDERSTOOD as error:
        # imapclient's and imaplib's parsers, on an answer that is not IMAP.
        raise ServerUnavailable(f"{server}: the server's answer could not be understood") from error


def _gone(error: imaplib.IMAP4.abort, server: str) -> ServerUnavailable:
    if isinstance(error.__context__, socket.timeout):
        return network_failure(error.__context__, server)
    words = server_words(_unwrapped(str(error)))
    return _throttled(words, server) or ServerUnavailable(
        f"{server}: the server went away: {words}"
    )


def _refused(error: imaplib.IMAP4.error, server: str) -> MailresponderError:
    said = str(error)
    words = server_words(_unwrapped(said))
    if (throttled := _throttled(words, server)) is not None:
        return throttled
    message = f"{server}: the server refused: {words}"
    code = _response_code(said)
    if code == "OVERQUOTA":  # RFC 9208 §4.3.1
        return MailboxFull(message, mend="make room in the mailbox, or get more for it")
    if code in _TEMPORARY_CODES:
        return TemporaryFailure(message)
    return PermanentFailure(message)


def _throttled(words: str, server: str) -> Throttled | None:
    """Has the server had enough of our account? None where it says something else."""
    if throttling.too_many_connections(words):
        return TooManyConnections(
            f"{server}: too many connections are open: {words}",
            mend="close other programs that read this mailbox",
        )
    if not throttling.imap_throttled(words):
        return None
    return Throttled(
        f"{server}: the server wants to be asked less: {words}",
        mend="nothing is lost and it passes; if it does not, does the user name fit the mailbox, "
        "and what else reads it?",
        retry_after=throttling.suggested(words),
    )


def _response_code(said: str) -> str:
    found = re.search(r"\[([A-Z-]+)", said)
    return found.group(1) if found else ""


def _unwrapped(said: str) -> str:
    """imaplib shows bytes by their repr: `b'[NO] words'`."""
    found = re.search(r"b'(.*)'", said) or re.search(r'b"(.*)"', said)
    return found.group(1) if found else said
