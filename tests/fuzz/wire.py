"""Fuzzed here is what servers may say to us: of mail, of authorization, of the DNS. Each input is
what a server says in turn, and what comes of it is an answer, or an error in words."""

import contextlib
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from making import NOON

from mailresponder.config import ImapSettings, SmtpSettings
from mailresponder.errors import MailresponderError
from mailresponder.mail import sender_records
from mailresponder.transport import oauth2
from mailresponder.transport.grants import Client, Grant, SignIn
from mailresponder.transport.imap_account import ImapAccount
from mailresponder.transport.oauth2_http import is_loopback
from mailresponder.transport.smtp import SmtpSender

_NEXT = b"\x1e"
"""Between what is said to one line of the client's and to the next."""
_TAG = b"TAG"


def imap(data: bytes) -> None:
    """Whatever an IMAP server says, each step gives what its types say, or an error in words."""

    def use(port: int) -> None:
        settings = ImapSettings(
            host="127.0.0.1", port=port, security="none", username="ana", password="x"
        )
        with contextlib.closing(
            ImapAccount.connect(settings, "x", connect_timeout=2, timeout=0.2)
        ) as mailbox:
            for step in _steps(mailbox):
                with contextlib.suppress(MailresponderError):
                    step()

    _said(data, use, tagged=True)


def _steps(mailbox: ImapAccount) -> list[Callable[[], object]]:
    def read() -> None:
        state = mailbox.select("INBOX", readonly=False)
        for number in (state.uidvalidity, state.uidnext, state.exists):
            assert isinstance(number, int)
            assert 0 <= number < 2**63
        for uid in mailbox.uids_after(3, since=NOON.date()):
            assert 3 < uid < 2**63
        for mail in mailbox.fetch([7, 8]):
            assert isinstance(mail.content, bytes)
            assert mail.received_at.utcoffset() == timedelta(0)

    return [
        mailbox.folders,
        mailbox.sent_folder,
        read,
        lambda: mailbox.flags([7]),
        lambda: mailbox.add_flags([7], ["\\Flagged", "$Angry"]),
        lambda: mailbox.find("Sent", "<a@example.com>", readonly=True),
        lambda: mailbox.fetch_whole(7, limit=1_000),
        lambda: mailbox.append("Sent", b"Subject: x\r\n\r\nx\r\n", at=NOON),
        lambda: mailbox.append_all("Sent", [(b"Subject: x\r\n\r\nx\r\n", NOON)] * 2),
        mailbox.quotas,
        mailbox.newest_at,
        lambda: mailbox.watch("INBOX") and mailbox.heard(),
        mailbox.noop,
    ]


def smtp(data: bytes) -> None:
    """The same of an SMTP server, which is asked twice on one connection."""

    def use(port: int) -> None:
        settings = SmtpSettings(
            host="127.0.0.1", port=port, security="none", username="ana", password="x"
        )
        with SmtpSender(settings, "x", timeout=0.2) as sender:
            for _ in range(2):
                sender.offers()
                with contextlib.suppress(MailresponderError):
                    sender.send(
                        envelope_sender="a@example.com",
                        recipient="b@example.com",
                        content=b"Subject: x\r\n\r\n.x\r\n",
                    )

    _said(data, use, tagged=False)


def authorization(data: bytes) -> None:
    """Whatever an authorization server answers, no grant can end a line or a SASL field."""

    def use(port: int) -> None:
        url = f"http://127.0.0.1:{port}/"
        client = Client(
            provider="other",
            sign_in=SignIn.PERSON,
            client_id="id",
            token_url=url,
            device_url=url,
            scopes=("mail",),
        )
        code = None
        with contextlib.suppress(MailresponderError):
            code = oauth2.start_device(client, now=NOON)
        if code is not None:
            to = urlsplit(code.address)
            assert to.hostname
            assert to.scheme == "https" or is_loopback(to.hostname)
            assert code.user_code.isprintable()
            with contextlib.suppress(MailresponderError):
                oauth2.poll_device(client, code, now=NOON)
        old = Grant(access_token="a", refresh_token="b", expires_at=NOON, obtained_at=NOON)
        grant = oauth2.refresh(client, old, now=NOON)
        for told in (grant.access_token, grant.refresh_token, grant.account):
            assert told.isprintable()
        assert grant.access_token

    _said(data, use, tagged=False)


def records(data: bytes) -> None:
    """Any TXT record is read: what a domain says of who may send for it."""
    text = data.decode("utf-8", "replace")
    for term in sender_records.spf("v=spf1 " + text).terms:
        sender_records.network(term)
    sender_records.dkim_key([text, "v=DKIM1; p=" + text])
    sender_records.dmarc("v=DMARC1; " + text)
    assert not any(sign in part for part in sender_records.signer(text) for sign in "\r\n")


def _said(data: bytes, use: Callable[[int], None], *, tagged: bool) -> None:
    """Have a client talk to a server that says the parts of `data` in turn, and then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=[listener, data.split(_NEXT), tagged])
    thread.start()
    try:
        with contextlib.suppress(MailresponderError):
            use(listener.getsockname()[1])
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def _serve(listener: socket.socket, answers: list[bytes], tagged: bool) -> None:
    with contextlib.suppress(OSError, ValueError):
        while True:
            sock, _ = listener.accept()
            with sock, sock.makefile("rb") as lines, contextlib.suppress(OSError):
                sock.settimeout(0.05)
                sock.sendall(answers[0])
                for answer in answers[1:]:
                    said = lines.readline()
                    if not said:
                        break
                    if tagged:
                        end = b"" if _TAG in answer else b"TAG OK x\r\n"
                        answer = (answer + end).replace(_TAG, said.split(b" ")[0].strip() or b"*")
                    sock.sendall(answer)


def _turns(*said: bytes) -> bytes:
    return _NEXT.join(said)


_SELECTED = b"* 2 EXISTS\r\n* OK [UIDVALIDITY 5] x\r\n* OK [UIDNEXT 9] x\r\n"
_AT = b'INTERNALDATE "01-Jan-2026 10:00:00 +0000"'
IMAP = _turns(
    b"* OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE QUOTA MULTIAPPEND] hi\r\n",
    b"",
    b"* CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE QUOTA MULTIAPPEND\r\n",
    b'* LIST (\\HasNoChildren \\Sent) "/" "Sent"\r\n* LIST () NIL INBOX\r\n',
    b'* LIST (\\HasNoChildren \\Sent) "/" "Sent"\r\n',
    _SELECTED + b"* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n",
    b"* SEARCH 7 8\r\n",
    b"* 1 FETCH (UID 7 RFC822.SIZE 300000)\r\n* 2 FETCH (UID 8 RFC822.SIZE 10)\r\n",
    b"* 2 FETCH (UID 8 " + _AT + b" BODY[] {3}\r\nabc)\r\n",
    b"* 1 FETCH (UID 7 "
    + _AT
    + b' BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 12 1) BODY[HEADER]<0> {3}\r\nA:b)\r\n',
    b'* 1 FETCH (UID 7 BODY[]<0> "x" ' + _AT + b")\r\n",
    b"* 1 FETCH (UID 7 FLAGS (\\Seen))\r\n",
    b"",
    _SELECTED,
    b"* SEARCH 7\r\n",
    b"* 1 FETCH (UID 7 RFC822.SIZE 3)\r\n",
    b"* 1 FETCH (UID 7 BODY[]<0> {3}\r\nabc)\r\n",
    b"+ go\r\nTAG",
    b"TAG OK\r\n",
    b'* QUOTAROOT INBOX ""\r\n* QUOTA "" (STORAGE 10 512)\r\n',
    b"* SEARCH 8\r\n",
    b"* 2 FETCH (UID 8 " + _AT + b")\r\n",
    _SELECTED,
    b"+ idling\r\n* 3 EXISTS\r\nTAG",
)
SMTP = [
    _turns(
        b"220 hi\r\n",
        b"250-x\r\n250-SIZE 100\r\n250-PIPELINING\r\n250 AUTH " + mechanism + b"\r\n",
        *(b"235 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 ok\r\n"),
        *(b"250 ok\r\n", b"550 5.1.1 no\r\n", b"354 x\r\n", b"250 x\r\n"),
    )
    for mechanism in (b"PLAIN", b"CRAM-MD5", b"LOGIN")
]
_JSON = (
    b'{"access_token": "t", "expires_in": 3600, "refresh_token": "r", "scope": "mail", '
    b'"device_code": "d", "user_code": "AB", "verification_uri": "https://a.test/", "interval": 1}'
)
ANSWER = _turns(
    b"", b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(_JSON) + _JSON, b"", b"", b"", b""
)
RECORDS = [
    b"include:a.test ip4:192.0.2.0/24 ip6:2001:db8::/32 redirect=b.test -all",
    b"v=DKIM1; k=rsa; t=y; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ==",
    b"p=reject; sp=none; aspf=s; adkim=r; pct=50",
]
