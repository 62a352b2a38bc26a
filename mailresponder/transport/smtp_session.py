"""Open an SMTP connection, sign in, and say in plain words what goes wrong on it.

What is sent on it stands in smtp.py.
"""

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from mailresponder.errors import (
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
    decoded,
    mechanism_of,
    signing_in,
    takes_no_token,
    token_refused,
)
from mailresponder.transport.patience import PatientSmtp, PatientSmtpTls

_COMMAND_LIMIT = 512
"""Bytes of a command with its line end (RFC 5321 §4.5.3.1.4)."""


class MailRefused(PermanentFailure):
    """The server will never take this one mail: a 5xx reply to its sender, recipient or content."""


class RecipientRefused(MailRefused):
    """It will never take mail to this recipient (RFC 3463 §3.2, §3.3: 5.1.x and 5.2.x)."""


_ABOUT_THE_RECIPIENT = re.compile(r"55[013](?:[ -](?:5\.[12]\.\d+\b|(?!\d\.\d)))")
"""A reply to RCPT by code and, where there is one, enhanced status code."""

_ABOUT_THE_MAIL = frozenset({523, 552, 555})
"""Replies to MAIL FROM that are about the one mail."""

_ABOUT_ITS_SIZE_OR_LETTERS = re.compile(r"5\d\d[ -]5\.(?:2\.3|3\.4|6\.\d+)\b")
"""The same by enhanced status code (RFC 3463 §3.3, §3.4, §3.7)."""


def open_session(
    settings: ServerSettings, credential: Credential, *, timeout: float
) -> smtplib.SMTP:
    """Connect, secure and sign in. `timeout` in seconds, for each step.

    Raises ServerUnavailable or SignInRefused, and what having a token raises.
    """
    return signing_in(credential, lambda secret: _opened(settings, secret, timeout))


def _opened(settings: ServerSettings, secret: str | BearerToken, timeout: float) -> smtplib.SMTP:
    server = f"{settings.host}:{settings.port}"
    context = None if settings.security == "none" else tls_context(settings.ca_file)
    with _connecting(server):
        smtp = _connect(settings, context, timeout)
    try:
        with _connecting(server):
            _greet(smtp)
            if settings.security == "starttls":
                _starttls(smtp, context, server)
            if isinstance(secret, BearerToken):
                _sign_in_by_token(smtp, settings, secret, server)
            elif settings.username:
                _sign_in(smtp, settings.username, secret, server)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _connect(
    settings: ServerSettings, context: ssl.SSLContext | None, timeout: float
) -> smtplib.SMTP:
    host, port, name = settings.host, settings.port, _own_name()
    if settings.security == "tls":
        return PatientSmtpTls(host, port, name, timeout=timeout, context=context)
    return PatientSmtp(host, port, name, timeout=timeout)


def _starttls(smtp: smtplib.SMTP, context: ssl.SSLContext | None, server: str) -> None:
    if not smtp.has_extn("starttls"):
        raise ServerUnavailable(
            f"{server}: the server does not offer STARTTLS",
            mend='set security = "tls" and the port for TLS, usually 465',
        )
    expect(smtp.starttls(context=context), 220)
    _greet(smtp)


def _own_name() -> str:
    """For EHLO (RFC 5321 §4.1.1.1). smtplib's own default asks the DNS, which can take seconds."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


def _greet(smtp: smtplib.SMTP) -> None:
    if smtp.sock is not None:
        prepare_socket(smtp.sock)
    smtp.ehlo_or_helo_if_needed()


def expect(reply: tuple[int, bytes], *codes: int) -> None:
    """Raise smtplib's exception for a reply with any other code."""
    code, text = reply
    if code == -1:
        raise smtplib.SMTPServerDisconnected("the server closed the connection")
    if code not in codes:
        raise smtplib.SMTPResponseException(code, text)


def _sign_in(smtp: smtplib.SMTP, username: str, password: str, server: str) -> None:
    """SASL PLAIN in UTF-8 where offered (RFC 4616), else what smtplib knows, in ASCII."""
    _require_auth(smtp, server)
    if "PLAIN" in smtp.esmtp_features["auth"].upper().split():
        token = _base64(f"\0{username}\0{password}".encode())
        code, text = smtp.docmd("AUTH", f"PLAIN {token}")
    elif (username + password).isascii():
        code, text = smtp.login(username, password)
    else:
        raise SignInRefused(
            f"{server}: the server cannot take letters beyond ASCII in user name or password",
            mend="choose a password of plain letters, digits and signs",
        )
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, text)


def _require_auth(smtp: smtplib.SMTP, server: str) -> None:
    if not smtp.has_extn("auth"):
        raise SignInRefused(
            f"{server}: the server offers no sign-in here, but a username is set",
            mend='set security = "tls" or "starttls", or username = "" for none',
        )


def _sign_in_by_token(
    smtp: smtplib.SMTP, settings: ServerSettings, token: BearerToken, server: str
) -> None:
    _require_auth(smtp, server)
    mechanism = mechanism_of(smtp.esmtp_features["auth"].split())
    if not mechanism:
        raise takes_no_token(server)
    dialogue = BearerDialogue(mechanism, settings, token)
    first = _base64(dialogue.first)
    command = f"AUTH {mechanism} {first}"
    if len(command) + 2 > _COMMAND_LIMIT:
        # RFC 4954 §4: what makes the command longer than any may be is sent when it is asked for.
        code, text = smtp.docmd("AUTH", mechanism)
        if code == 334:
            code, text = smtp.docmd(first)
    else:
        code, text = smtp.docmd(command)
    if code == 334:
        code, text = smtp.docmd(_base64(dialogue.refusal(decoded(text))))
    if code in (235, 503):
        return
    error = smtplib.SMTPAuthenticationError(code, text)
    failure = _sign_in_failure(error, server)
    if isinstance(failure, SignInRefused):
        mend = _switched_off(error) or SHARED.format(username=settings.username, protocol="SMTP")
        failure = token_refused(server, _reply(error), dialogue.said, mend)
    raise failure from error


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _switched_off(error: smtplib.SMTPResponseException) -> str:
    """What to do where signing in to send is not allowed at all; empty where that is not said.
    Exchange Online: `535 5.7.139 … SmtpClientAuthentication is disabled for the Tenant`, or `for
    the Mailbox` (https://aka.ms/smtp_auth_disabled)."""
    if "smtpclientauthentication is disabled" not in _reply(error).lower():
        return ""
    return (
        "an admin must switch on Authenticated SMTP for this mailbox: Microsoft 365 admin center, "
        "Active users, Mail, Manage email apps"
    )


@contextmanager
def _connecting(server: str) -> Iterator[None]:
    """Errors before any mail: none of them is about a mail."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise _sign_in_failure(error, server) from error
    except smtplib.SMTPServerDisconnected as error:
        raise disconnected(error, server) from error
    except smtplib.SMTPResponseException as error:
        if (limited := _throttled(error, server)) is not None:
            raise limited from error
        # Also a 5xx: a greeting of 554 is often a block that is lifted again.
        raise ServerUnavailable(
            f"{server}: the server does not want to talk to us: {_reply(error)}"
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise SignInRefused(
            f"{server}: the server and this program know no common way to sign in"
        ) from error
    except smtplib.SMTPException as error:
        raise not_understood(server) from error
    except OSError as error:
        raise network_failure(error, server) from error
    except ValueError as error:
        # A challenge that is no base64.
        raise not_understood(server) from error


def not_understood(server: str) -> ServerUnavailable:
    """An answer that is not SMTP."""
    return ServerUnavailable(f"{server}: the server's answer could not be understood")


def disconnected(error: smtplib.SMTPServerDisconnected, server: str) -> ServerUnavailable:
    """The server closed the connection, or did not answer in time."""
    if isinstance(error.__context__, OSError):
        return network_failure(error.__context__, server)
    return ServerUnavailable(f"{server}: the server closed the connection")


def _sign_in_failure(error: smtplib.SMTPAuthenticationError, server: str) -> MailresponderError:
    if (limited := _throttled(error, server)) is not None:
        return limited
    pause = throttling.sign_in_pause(_reply(error))
    if pause or error.smtp_code < 500:
        return ServerUnavailable(
            f"{server}: the server signs nobody in just now: {_reply(error)}", retry_after=pause
        )
    return SignInRefused(
        f"{server}: sign-in refused: {_reply(error)}",
        mend=_switched_off(error)
        or "check username and password; many providers want an app password here, "
        "Microsoft 365 a token: mailresponder help sign-in",
    )


def refused(error: smtplib.SMTPResponseException, server: str) -> MailresponderError:
    """A 4xx or 5xx reply in a transaction. Throttled: it is about our account, at whatever command
    it came."""
    if (limited := _throttled(error, server)) is not None:
        return limited
    if error.smtp_code == 530:  # RFC 4954 §6: authentication required
        return SignInRefused(
            f"{server}: the server wants a sign-in: {_reply(error)}",
            mend="set username and a password for SMTP",
        )
    if error.smtp_code == 421:  # RFC 5321 §3.8: the server closes the connection
        return ServerUnavailable(f"{server}: the server closes the connection: {_reply(error)}")
    if 500 <= error.smtp_code < 600:
        return MailRefused(f"{server}: refused: {_reply(error)}")
    return TemporaryFailure(f"{server}: not now: {_reply(error)}")


def _throttled(error: smtplib.SMTPResponseException, server: str) -> Throttled | None:
    """Has the server had enough of our account? None where the reply is about something else."""
    reply = _reply(error)
    if throttling.too_many_connections(reply):
        return TooManyConnections(
            f"{server}: too many connections are open: {reply}",
            mend="set fewer `connections` under [mailbox.smtp]",
        )
    pause = throttling.sending_pause(reply)
    if pause is None:
        return None
    mend = (
        "nothing is lost: all of it leaves when the provider allows; "
        "for more mail a day ask the provider, or send through another server"
    )
    if "sendasdenied" in reply.lower():
        mend = "an admin must give the account that signs in the right to send as this mailbox"
    return Throttled(
        f"{server}: the account may send no more just now: {reply}", mend=mend, retry_after=pause
    )


def sender_refused(error: MailRefused, server: str) -> ServerUnavailable | None:
    """What a 5xx reply to MAIL FROM means for all mail; None where it is about this one only.

    Mostly our address or account is meant: the next mail would be refused like it, and once that
    is mended all of them go out. About one mail are its size (RFC 1870 §6.1), an option that the
    server does not know (RFC 5321 §4.1.1.11) and letters that it cannot carry (RFC 6531 §3.5).
    """
    reply = error.__cause__
    if not isinstance(reply, smtplib.SMTPResponseException):
        return None
    said = _reply(reply)
    if reply.smtp_code in _ABOUT_THE_MAIL or _ABOUT_ITS_SIZE_OR_LETTERS.match(said):
        return None
    return ServerUnavailable(
        f"{server}: the server does not accept our sender address: {said}",
        mend="check the mailbox's address, and that the account may send from it",
    )


def recipient_refused(error: MailRefused) -> MailRefused:
    """What a 5xx reply to RCPT means: that nobody can be reached there, or that our own server
    refuses the mail for reasons of its own, relaying and policy (5.7.x) among them."""
    reply = error.__cause__
    if not isinstance(reply, smtplib.SMTPResponseException):
        return error
    if _ABOUT_THE_RECIPIENT.match(_reply(reply)) is None:
        return error
    return RecipientRefused(error.message, mend=error.mend)


def _reply(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {server_words(error.smtp_error)}".strip()
