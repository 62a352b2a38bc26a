"""What every connection to a mail server shares: TLS, and failures of the network in plain words.

It knows no protocol. Whatever keeps us from speaking to a server is ServerUnavailable, a bad
certificate too: somebody will renew it, and no mail may be given up until then.
"""

import errno
import re
import socket
import ssl
from pathlib import Path
from typing import Protocol

from mailresponder.errors import ServerUnavailable


class ServerSettings(Protocol):
    """What must be known of a server: the configuration's `mailbox.imap` and `mailbox.smtp`."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def security(self) -> str:
        """`tls`, `starttls` or `none`."""

    @property
    def username(self) -> str:
        """Empty, for SMTP only: no authentication."""

    @property
    def ca_file(self) -> str | Path | None: ...


SERVER_TEXT_LIMIT = 200
"""Characters of a server's own words that are passed on."""

_READ_LIMIT = 1_000
"""Characters of them that are looked at."""

_ADDRESS = re.compile(
    r"""<?(?:"[^"]*"|[^\s<>()\[\],;:"@]+)(?:@|%40)(?:\[[^\]\s]*\]|[^\s<>()\[\],;:"]+)>?""",
    re.IGNORECASE,
)

# OpenSSL's X509_V_ERR_* numbers, as `ssl.SSLCertVerificationError.verify_code`.
_EXPIRED = 10
_NOT_YET_VALID = 9
_SELF_SIGNED = frozenset({18, 19})
_BROKEN_CHAIN = frozenset({20, 21})
_OTHER_NAME = frozenset({62, 64})

_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST"})
_OLD_TLS = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"})


def tls_context(ca_file: str | Path | None) -> ssl.SSLContext:
    """A context that verifies certificate and host name, against `ca_file` or the system's CAs.

    Raises ServerUnavailable where the file cannot be read or holds no certificate.
    """
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError as error:  # ssl.SSLError, for a file that holds no certificate, is one too
        reason = (
            "it holds no certificate in PEM form"
            if isinstance(error, ssl.SSLError)
            else error.strerror or "it cannot be read"
        )
        raise ServerUnavailable(
            f"{ca_file}: {reason}", mend="check ca_file in the configuration"
        ) from error


def prepare_socket(sock: socket.socket) -> None:
    """Send small commands at once, and let the system notice a peer that is gone."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


def server_words(text: bytes | str) -> str:
    """What a server said, on one line, without control characters, cut to a sane length.

    Mail addresses are replaced: these words go to logs and screens, customers' addresses do not.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(line) > _READ_LIMIT:
        # Not in the middle of a word: it may be an address.
        line = line[:_READ_LIMIT].rpartition(" ")[0] + " …"
    line = _ADDRESS.sub("<address>", line)
    return line if len(line) <= SERVER_TEXT_LIMIT else line[: SERVER_TEXT_LIMIT - 1] + "…"


def network_failure(error: OSError, server: str) -> ServerUnavailable:
    """Say what went wrong between us and `server` (`host:port`)."""
    match error:
        case ssl.SSLCertVerificationError():
            return _bad_certificate(error, server)
        case ssl.SSLError():
            return _tls_failure(error, server)
        case socket.gaierror():
            return ServerUnavailable(
                f"{server}: the host name is not known",
                mend="check host in the configuration, and this machine's DNS",
            )
        case TimeoutError():
            return ServerUnavailable(
                f"{server}: no answer in time",
                mend="check host, port and security in the configuration, and any firewall",
            )
        case ConnectionRefusedError():
            return ServerUnavailable(
                f"{server}: connection refused",
                mend="check host and port in the configuration; the server may be down",
            )
        case OSError(errno=errno.EHOSTUNREACH | errno.ENETUNREACH):
            return ServerUnavailable(
                f"{server}: there is no way to this host", mend="check this machine's network"
            )
        case _:
            return ServerUnavailable(
                f"{server}: the connection broke: {server_words(error.strerror or str(error))}"
            )


def _bad_certificate(error: ssl.SSLCertVerificationError, server: str) -> ServerUnavailable:
    code = error.verify_code
    if code == _EXPIRED:
        message, mend = "has expired", "the server's certificate must be renewed"
    elif code == _NOT_YET_VALID:
        message, mend = "is not valid yet", "check this machine's clock"
    elif code in _OTHER_NAME:
        message = "is for another host name"
        mend = "set host to the name that the certificate is for"
    elif code in _SELF_SIGNED:
        message = "is signed by nobody this machine trusts"
        mend = "set ca_file to the certificate of your own authority, if you have one"
    elif code in _BROKEN_CHAIN:
        message = "is signed by nobody this machine trusts, as far as the server shows"
        mend = (
            "the server must send the certificates between its own and the authority's as well "
            "(fullchain.pem); or set ca_file to the certificate of your own authority"
        )
    else:
        message, mend = f"is not good: {server_words(error.verify_message)}", ""
    return ServerUnavailable(f"{server}: the server's certificate {message}", mend=mend)


def _tls_failure(error: ssl.SSLError, server: str) -> ServerUnavailable:
    reason = error.reason or ""
    if reason in _NOT_TLS:
        return ServerUnavailable(
            f"{server}: the server does not speak TLS on this port",
            mend='set security = "starttls", or the port for TLS',
        )
    if reason in _OLD_TLS:
        return ServerUnavailable(
            f"{server}: the server speaks only outdated versions of TLS",
            mend="the server must offer TLS 1.2 or newer",
        )
    return ServerUnavailable(f"{server}: TLS failed: {server_words(reason or str(error))}")
