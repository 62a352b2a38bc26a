"""Send mail over SMTP on a kept connection.

It translates the protocol and its errors and decides nothing: what is sent, to whom and when to
try again is said by the caller. PIPELINING and CHUNKING save round trips where the server has them
and are never needed. One SmtpSender belongs to one thread.
"""

import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Self

from mailresponder.errors import ServerUnavailable, TemporaryFailure, Throttled
from mailresponder.transport.connection import ServerSettings, network_failure
from mailresponder.transport.credentials import Credential
from mailresponder.transport.smtp_session import (
    MailRefused,
    disconnected,
    expect,
    not_understood,
    open_session,
    recipient_refused,
    refused,
    sender_refused,
)

FINAL_REPLY_TIMEOUT = 300.0
"""Seconds to wait for the reply to the final dot. RFC 5321 §4.5.3.2.6 grants the server ten
minutes; whoever gives up too soon sends the mail twice."""

# RFC 5321 §4.1.2, with letters beyond ASCII as RFC 6531 §3.3 has them.
_ADDRESS = re.compile(
    r"""(?P<local>[^\s()<>\[\]:;@\\,"]+|"(?:[^"\\]|\\.)*")@(?P<domain>[^\s()<>@,;"\\]+)"""
)


_DATA = "DATA"


class ReplyLost(TemporaryFailure):
    """The connection broke after the mail was handed over: it may have been accepted or not."""


class OwnershipLost(TemporaryFailure):
    """`before_data` said no: the mail was not sent."""


class SmtpSender:
    """Connects when first needed, and again when the server has closed the connection."""

    def __init__(
        self, settings: ServerSettings, credential: Credential | None, *, timeout: float = 60.0
    ) -> None:
        """`timeout` in seconds, for each step. `credential` is None where `username` is empty."""
        self._settings = settings
        self._credential = "" if credential is None else credential
        self._timeout = timeout
        self._server = f"{settings.host}:{settings.port}"
        self._smtp: smtplib.SMTP | None = None
        self._unanswered = 0
        """Commands that were said and whose answers are still to come."""
        self._used = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Say QUIT and close; never raises."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        with suppress(OSError, smtplib.SMTPException, ValueError):
            _set_timeout(smtp, 2.0)
            smtp.quit()
        smtp.close()

    def rest(self) -> None:
        """Close the connection unless `send` was called since the last `rest`."""
        used, self._used = self._used, False
        if not used:
            self.close()

    def check(self) -> None:
        """Connect, sign in and hear from the server. Raises as `send` does."""
        self.close()
        smtp = self._connected()
        with self._translated():
            expect(smtp.noop(), 250)

    def send(
        self,
        *,
        envelope_sender: str,
        recipient: str,
        content: bytes,
        before_data: Callable[[], bool] | None = None,
    ) -> None:
        """Send one mail to one recipient. An empty `envelope_sender` is the null return path.

        `before_data` is called when the recipient is accepted, just before the mail is handed over;
        False ends the transaction. Raises MailRefused (5xx), of which RecipientRefused is one;
        ServerUnavailable (Throttled: our account has sent enough) and SignInRefused where no mail
        could have been sent now, or not from this sender; TemporaryFailure where this one was not
        (4xx, a connection broken on the way), of which ReplyLost and OwnershipLost are two.
        """
        self._used = True
        sender = _on_the_wire(envelope_sender) if envelope_sender else ""
        recipient = _on_the_wire(recipient)
        smtp = self._begin(sender, recipient, content)
        try:
            with self._translated():
                if not self._unanswered:
                    self._say(smtp, _rcpt(recipient))
                expect(self._answer(smtp), 250, 251)
        except MailRefused as error:
            raise recipient_refused(error) from error
        except Throttled:
            raise
        except ServerUnavailable as error:
            # It may be this one recipient that breaks the server, so it counts as an attempt.
            raise TemporaryFailure(error.message, mend=error.mend) from error
        if before_data is not None and not self._asked(before_data):
            raise OwnershipLost(f"{self._server}: not sent: somebody else has taken this mail over")
        self._data(smtp, content)

    def _begin(self, sender: str, recipient: str, content: bytes) -> smtplib.SMTP:
        """MAIL FROM, on a new connection if the server has dropped the kept one. Where the server
        takes more than one command at once (RFC 2920), RCPT and DATA go with it: their answers come
        next. Not DATA where the server has CHUNKING, which needs none."""
        kept = self._smtp is not None
        try:
            smtp = self._connected()
            with self._translated():
                options = self._mail_options(smtp, sender, recipient, content)
                mail = " ".join([f"MAIL FROM:<{sender}>", *options])
                together = [_rcpt(recipient)] if smtp.has_extn("pipelining") else []
                if together and not smtp.has_extn("chunking"):
                    together.append(_DATA)
                self._say(smtp, mail, *together)
                expect(self._answer(smtp), 250)
        except ServerUnavailable:
            # Nothing has been handed over yet, so a second attempt cannot send twice.
            if not kept:
                raise
            return self._begin(sender, recipient, content)
        except MailRefused as error:
            if (about_us := sender_refused(error, self._server)) is None:
                raise
            raise about_us from error
        return smtp

    def _mail_options(
        self, smtp: smtplib.SMTP, sender: str, recipient: str, content: bytes
    ) -> list[str]:
        options = [f"SIZE={len(content)}"] if smtp.has_extn("size") else []
        if not content.isascii() and smtp.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        if not (sender + recipient).isascii():
            if not smtp.has_extn("smtputf8"):
                raise MailRefused(
                    f"{self._server}: the server takes no address with letters beyond ASCII"
                )
            options.append("SMTPUTF8")
        return options

    def _asked(self, before_data: Callable[[], bool]) -> bool:
        """Whether to go on; the transaction ends if not, or if the question itself fails."""
        go_on = False
        try:
            go_on = before_data()
        finally:
            if not go_on:
                self._reset()
        return go_on

    def _data(self, smtp: smtplib.SMTP, content: bytes) -> None:
        # RFC 5321 §2.3.8: no bare CR or LF. A server that takes one for a line end could be made
        # to see a second mail in the first.
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
        _set_timeout(smtp, max(self._timeout, FINAL_REPLY_TIMEOUT))
        try:
            with self._translated():
                expect(self._hand_over(smtp, content), 250)
        except Throttled:
            raise
        except ServerUnavailable as error:
            if isinstance(error.__cause__, smtplib.SMTPResponseException):
                raise TemporaryFailure(error.message, mend=error.mend) from error
            raise ReplyLost(error.message, mend=error.mend) from error
        finally:
            _set_timeout(smtp, self._timeout)

    def _hand_over(self, smtp: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
        """The mail itself, and the server's answer to it."""
        if smtp.has_extn("chunking"):
            # RFC 3030: it goes with the command, where DATA waits to be told to go on.
            smtp.send(b"BDAT %d LAST\r\n" % len(content) + content)
            return smtp.getreply()
        if not self._unanswered:
            self._say(smtp, _DATA)
        expect(self._answer(smtp), 354)
        smtp.send(_dotted(content))
        return smtp.getreply()

    def _say(self, smtp: smtplib.SMTP, *commands: str) -> None:
        self._unanswered += len(commands)
        smtp.send("".join(f"{command}\r\n" for command in commands).encode())

    def _answer(self, smtp: smtplib.SMTP) -> tuple[int, bytes]:
        self._unanswered -= 1
        return smtp.getreply()

    # --- the connection

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        self._smtp = open_session(self._settings, self._credential, timeout=self._timeout)
        self._unanswered = 0
        return self._smtp

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of a transaction. Drops the connection unless the server can go on after RSET."""
        try:
            yield
        except smtplib.SMTPServerDisconnected as error:
            self._drop()
            raise disconnected(error, self._server) from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code == 421:
                self._drop()
            else:
                self._reset()
            raise refused(error, self._server) from error
        except smtplib.SMTPException as error:
            self._drop()
            raise not_understood(self._server) from error
        except OSError as error:
            self._drop()
            raise network_failure(error, self._server) from error

    def _reset(self) -> None:
        """Leave the transaction; where that fails, the connection."""
        if self._smtp is None:
            return
        if self._smtp.sock is None:
            self._drop()
            return
        code = 0
        try:
            # What was said already is answered all the same; all that matters is whether the server
            # now waits for a mail (RFC 2920 §3.1). It gets none: a dot alone could be taken for
            # one, while a mail that breaks off before its dot is never delivered.
            rest = [self._answer(self._smtp)[0] for _ in range(self._unanswered)]
            if 354 not in rest:
                code, _ = self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            code = 0
        if code != 250:
            self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _rcpt(recipient: str) -> str:
    # Not smtplib's own rcpt(): it reads the address again, and may read another one.
    return f"RCPT TO:<{recipient}>"


def _dotted(content: bytes) -> bytes:
    """The mail as it goes after DATA: with its lines' first dots doubled, and one at its end
    (RFC 5321 §4.5.2)."""
    lines = (b"\r\n" + content).replace(b"\r\n.", b"\r\n..").removeprefix(b"\r\n")
    return lines + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")


def _set_timeout(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _on_the_wire(address: str) -> str:
    """The address with its domain as A-labels (RFC 5891); MailRefused where it is none."""
    found = _ADDRESS.fullmatch(address)
    if found is None or not address.isprintable():
        raise MailRefused("the recipient or the sender is not a mail address")
    try:
        return f"{found['local']}@{found['domain'].encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise MailRefused("the domain of the mail address cannot exist") from error
