"""What is fuzzed: each target takes any bytes, hands them to a part of the program that strangers
can reach, and raises where a promise about that part is broken."""

import asyncio
import atexit
import base64
import email.policy
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from email import message_from_bytes
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import letters
from fuzz import wire
from imapclient.exceptions import ProtocolError
from imapclient.response_parser import parse_fetch_response
from making import NOON, a_desk, a_ticket
from program import ROOT
from safety import assert_safe
from sites import Hosted, hosted
from starlette.routing import Route

from mailresponder import config
from mailresponder.config import themes_file
from mailresponder.errors import ConfigError
from mailresponder.listening.language import detect
from mailresponder.listening.masking import masked
from mailresponder.mail.attachments import enclosed
from mailresponder.mail.authentication import authenticated
from mailresponder.mail.compose import compose, reply_references, takes_mail
from mailresponder.mail.html import html_to_text
from mailresponder.mail.message import InboundMessage, RawMessage
from mailresponder.mail.parse import parse
from mailresponder.mail.quoting import new_text, reply
from mailresponder.mail.tnef import read_tnef
from mailresponder.policy import commands, notices, parties, triage
from mailresponder.policy.decisions import OpenTicket
from mailresponder.policy.facts import Facts
from mailresponder.policy.identifiers import Signer
from mailresponder.policy.notices import Sheet
from mailresponder.policy.variables import Original
from mailresponder.store.templates import TemplateFolder
from mailresponder.templating import Budget, TemplateError, compile_template
from mailresponder.transport import throttling
from mailresponder.transport.connection import server_words
from mailresponder.transport.imap_session import NOT_UNDERSTOOD
from mailresponder.transport.imap_structure import read_structure, rebuild, wanted

NOW = NOON
DESK = a_desk()
SIGNER = Signer(b"k" * 32)
SHIPPED = TemplateFolder(Path("does-not-exist"))
_MOST_LETTERS = 2_000_000
"""Of a mail that a fuzzer makes, no text is longer, decoded and unpacked."""
_OURS = {
    *("from", "to", "subject", "date", "message-id", "in-reply-to", "references"),
    *("auto-submitted", "x-auto-response-suppress", "reply-to"),
    *("mime-version", "content-type", "content-transfer-encoding", "content-language"),
    "x-mailresponder-id",
}
"""The header fields that mail of ours may have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One part of the program."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    words: tuple[bytes, ...] = ()
    """What is worth putting in."""


def mail(data: bytes) -> None:
    """Any mail gives a decision, and its acknowledgement goes to its writer alone, with no header
    field that is not ours."""
    message = parse(RawMessage(uid=1, received_at=NOW, content=data))
    safe(message)
    decision = triage.decide(message, Facts(), DESK, SIGNER)
    if isinstance(decision, OpenTicket) and not decision.suppressed_by:
        acknowledged(message)


def safe(message: InboundMessage) -> None:
    """It is safe, and none of its strings is longer than what came in can explain."""
    assert all(len(string) < _MOST_LETTERS for string in assert_safe(message))


def acknowledged(message: InboundMessage) -> None:
    """The acknowledgement of a mail that gets one."""
    customer = parties.correspondent(message, DESK)
    assert customer is not None
    assert takes_mail(customer)
    ticket = a_ticket(customer.email, subject=message.subject)
    sheet = Sheet(
        desk=DESK, templates=SHIPPED, to=ticket.customer, message_id="<ours@example.com>", now=NOW
    )
    original = Original(
        message_id=message.message_id,
        references=reply_references(message),
        new_text=message.new_text,
    )
    written = compose(notices.acknowledgement(sheet, ticket, original, quote=True))
    head, _, body = written.partition(b"\r\n\r\n")
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert b"\r" not in written.replace(b"\r\n", b"")
    assert max(map(len, written.split(b"\r\n"))) <= 998
    read = message_from_bytes(written, policy=email.policy.default)
    assert {name.lower() for name in read} <= _OURS
    assert len(read.get_all("to", [])) == 1
    assert len(read["to"].addresses) == 1
    assert not re.search(rb"^(?:bcc|cc|resent)", head, re.I | re.M)
    assert body


def files(data: bytes) -> None:
    """The files of any mail are named by names, and no more than were asked for."""
    for content in (data, _winmail(data)):
        found = enclosed(content, limit=50_000)
        assert sum(len(file.content) for file in found.files) <= 50_000
        for file in found.files:
            assert file.filename
            assert len(file.filename) <= 120
            assert not set(file.filename) & set('/\\\r\n\0"<>:')
        safe(parse(RawMessage(uid=1, received_at=NOW, content=content)))
    read_tnef(_TNEF + data)


def vouching(data: bytes) -> None:
    """Whatever a header claims, it proves nothing where it is not our own server's."""
    said = data.replace(b"\n", b" ").replace(b"\r", b" ")
    head = b"From: Ana <ana@example.com>\r\nAuthentication-Results: "
    for server, trusted in ((b"evil.test; ", "mx.example.com"), (b"mx.example.com; ", "")):
        mail = parse(
            RawMessage(uid=1, received_at=NOW, content=head + server + said + b"\r\n\r\nx")
        )
        assert not authenticated(mail, trusted_authserv_id=trusted).passed
    ours = parse(
        RawMessage(uid=1, received_at=NOW, content=head + b"mx.example.com; " + said + b"\r\n\r\nx")
    )
    if authenticated(ours, trusted_authserv_id="mx.example.com").passed:
        # Bytes that no header may hold are dropped as it is read.
        assert b"pass" in said.replace(b"\0", b"").lower()


_TNEF = bytes.fromhex("789f3e22 0100")


def _winmail(data: bytes) -> bytes:
    coded = base64.encodebytes(_TNEF + data).replace(b"\n", b"\r\n")
    return (
        b"From: a@example.com\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + coded
    )


def _files() -> list[bytes]:
    part = (
        b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
        b'Content-Disposition: attachment; filename="a.pdf"\r\n\r\nabc\r\n--b--\r\n'
    )
    return [part, b"\x01" + bytes.fromhex("0690080004000000010000000100")]


def reply_text(data: bytes) -> None:
    """What of a text is new is told of any text, and is made of its lines."""
    text = data.decode("utf-8", "replace").replace("\0", "")
    found = reply(text)
    assert len(new_text(text)) <= len(text) + 1
    for forwarded in (False, True):
        new_text(text, forwarded=forwarded)
    assert found is not None
    detect(text[:2_000], ("en", "es"))
    masked(text[:2_000], "en")


def html(data: bytes) -> None:
    """Any HTML becomes text without a tag's remains that could be markup elsewhere."""
    text = html_to_text(data.decode("utf-8", "replace"))
    assert "\0" not in text
    text.encode()


def command(data: bytes) -> None:
    """Any text is read: commands, mistakes, or none of both."""
    orders = commands.parse(data.decode("utf-8", "replace"))
    for one in orders.commands:
        assert one.order


def template(data: bytes) -> None:
    """Any source is refused in words, or fills in within its budget, and reaches nothing."""
    source = data.decode("utf-8", "replace")
    try:
        made = compile_template(source, name="acknowledgement")
        made.render(
            {"customer_name": "<b>[x](https://evil.test)", "reference": "MR-7F3K2", "items": ["a"]},
            layout=SHIPPED.layout(),
            language="en",
            timezone=DESK.deadlines.hours.timezone,
            budget=Budget(20_000),
        )
    except TemplateError as error:
        _refused(str(error))


def structure(data: bytes) -> None:
    """Any answer of an IMAP server about a message is taken apart, or refused as no answer."""
    try:
        found = parse_fetch_response([b"1 (UID 7 BODYSTRUCTURE (" + data + b"))"])
    except (ProtocolError, *NOT_UNDERSTOOD):
        return
    for values in found.values():
        root = read_structure(dict(values).get(b"BODYSTRUCTURE"))
        if root is not None:
            sections = wanted(root)
            made = rebuild(b"Subject: x\r\n\r\n", root, dict.fromkeys(sections, b"some text"))
            if made is not None:
                safe(parse(RawMessage(uid=1, received_at=NOW, content=made)))


def words_of_servers(data: bytes) -> None:
    """What a server says is quoted short, on one line, without addresses, and read for hints."""
    said = server_words(data)
    assert len(said) <= 250
    assert not set(said) & set("\r\n\0\x1b")
    text = data.decode("utf-8", "replace")
    throttling.suggested(text)
    throttling.too_many_connections(text)
    throttling.imap_throttled(text)
    throttling.sign_in_pause(text)
    throttling.sending_pause(text)


def configuration(data: bytes) -> None:
    """Any file is a configuration, or a list of mistakes."""
    file = _folder() / "config.toml"
    file.write_bytes(data)
    try:
        config.load(file)
    except ConfigError as error:
        _refused(str(error))


def themes(data: bytes) -> None:
    """Any file is a list of themes, or of mistakes."""
    try:
        themes_file.read(data, source="themes.toml")
    except ConfigError as error:
        _refused(str(error))


def _refused(said: str) -> None:
    """In words, and with no control character of what was given."""
    assert said
    assert not set(said) & set("\0\x1b\r")


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def page(data: bytes) -> None:
    """Any request is answered, never by a mishap, and never with what it said as markup."""
    at, _, rest = data.partition(b"\n")
    query, _, body = rest.partition(b"\n")
    # What comes further than the server's own parser (h11): visible ASCII.
    query = quote_from_bytes(query, safe="%&=+?/-._~!$'()*,;:@").encode()
    status, answer = asyncio.run(_asked(at, query, body))
    assert status < 500, (status, at)
    assert b"<script>alert" not in answer


async def _asked(at: bytes, query: bytes, body: bytes) -> tuple[int, bytes]:
    site = _site()
    cookie, token = _signed_in()
    method = "POST" if body else "GET"
    path = (b"/" + at.lstrip(b"/")).decode("latin-1")
    headers = [
        (b"host", f"127.0.0.1:{site.port}".encode()),
        (b"cookie", cookie),
        (b"x-token", token),
        (b"sec-fetch-site", b"same-origin"),
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", str(len(body)).encode()),
    ]
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("latin-1"),
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", site.port),
    }
    given = iter([{"type": "http.request", "body": body, "more_body": False}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(given, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    await site.application(scope, receive, send)
    status = next(m["status"] for m in sent if m["type"] == "http.response.start")
    return status, b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")


@cache
def _site() -> Hosted:
    """A desk's page."""
    return _open.enter_context(hosted(_folder()))


@cache
def _signed_in() -> tuple[bytes, bytes]:
    """An admin's cookie and token."""
    guest = _site().guest()
    return guest.cookie.encode(), guest.token().encode()


_open = ExitStack()
atexit.register(_open.close)


def _mails() -> list[bytes]:
    commanded = letters.letter(sender="jane@example.com", subject="Re: x", text="#close\n\n> a")
    made = [*(make() for _, make in letters.PEOPLE.values()), *(m() for m in letters.MACHINES)]
    return [*made, commanded]


def _texts() -> list[bytes]:
    return [
        b"Yes, thanks!\n\nOn Monday, Ana <ana@customer.test> wrote:\n> Is it solved?\n",
        "Hola:\n\nNo.\n\nEl lun, 23 nov 2026, Ana escribió:\n> ¿Está?\n-- \nLuis\n".encode(),
        b"x\n\n-----Original Message-----\nFrom: a@b.test\nSent: today\nSubject: y\n\nz",
        b"#mine #snooze 2d\n#note Called her.\n\nDear Ms Vega,",
        b"#posponer viernes\n#unir MR-7F3K2\n#defecto La app",
    ]


def _templates() -> list[bytes]:
    folder = ROOT / "templates" / "en"
    return [file.read_bytes() for file in sorted(folder.iterdir())][:6]


def _requests() -> list[bytes]:
    """A path, a query and a form of each page."""
    routes = [route for route in _site().application.routes if isinstance(route, Route)]
    return [
        route.path.encode() + b"\nq=a&language=es" + (b"\na=b" if "POST" in route.methods else b"")
        for route in routes
        if route.methods
    ]


STRUCTURE = b'("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 12 1 NIL NIL NIL) "MIXED"'
TARGETS: Mapping[str, Target] = {
    "mail": Target(
        run=mail,
        seeds=_mails,
        words=(b"\r\n", b"--", b"=?utf-8?b?", b"?=", b"<", b"@", b"charset=", b"message/rfc822"),
    ),
    "reply": Target(run=reply_text, seeds=_texts, words=(b"> ", b"wrote:\n", b"-- \n", b"From: ")),
    "html": Target(
        run=html,
        seeds=lambda: [b"<p>Hi <b>you</b><blockquote>x</blockquote><style>y</style>"],
        words=(b"<div>", b"</", b"<!--", b"&#0;", b"<blockquote", b"<table><tr><td>"),
    ),
    "command": Target(run=command, seeds=_texts, words=(b"#close", b"#snooze ", b"#merge MR-")),
    "template": Target(
        run=template, seeds=_templates, words=(b"{{", b"}}", b"{%", b"%}", b"|", b"__class__")
    ),
    "structure": Target(
        run=structure, seeds=lambda: [STRUCTURE], words=(b"(", b")", b"NIL", b'"', b"{3}")
    ),
    "server": Target(
        run=words_of_servers,
        seeds=lambda: [b"432 4.3.2 Concurrent connections limit exceeded. Suggested Backoff: 1000"],
        words=(b"5.4.5", b"Suggested Backoff Time", b"milliseconds"),
    ),
    "configuration": Target(
        run=configuration,
        seeds=lambda: [(ROOT / "config.example.toml").read_bytes()],
        words=(b"[[mailbox]]", b"[desk]", b'"""', b"= 1", b"= []"),
    ),
    "themes": Target(
        run=themes,
        seeds=lambda: [themes_file.shipped().encode()[:2_000]],
        words=(b"words.en = [", b"]", b'"', b"|", b"*"),
    ),
    "files": Target(
        run=files,
        seeds=_files,
        words=(b"filename=", b"name*=utf-8''", b"application/ms-tnef", b"../", b"\x02\x00\x02\x00"),
    ),
    "vouching": Target(
        run=vouching,
        seeds=lambda: [b"dmarc=pass header.from=example.com; spf=pass smtp.mailfrom=example.com"],
        words=(b"; ", b"dkim=pass", b"header.d=", b"(", b")", b'"', b"mx.example.com;", b"\r\n"),
    ),
    "imap": Target(
        run=wire.imap,
        seeds=lambda: [wire.IMAP],
        words=(b"\x1e", b"TAG NO ", b"+ \r\n", b"{3}\r\n", b"NIL", b"9" * 25, b"(5)", b"* BYE\r\n"),
    ),
    "smtp": Target(
        run=wire.smtp,
        seeds=lambda: wire.SMTP,
        words=(b"\x1e", b"334 a\r\n", b"421 x\r\n", b"250-", b"354 ", b"9" * 25),
    ),
    "authorization": Target(
        run=wire.authorization,
        seeds=lambda: [wire.ANSWER, wire.ANSWER + b"\x1e" + wire.ANSWER],
        words=(b"\x1e", b'"error": "', b"\\u0001", b"[" * 9, b"1e999", b"Location: http://"),
    ),
    "records": Target(
        run=wire.records, seeds=lambda: wire.RECORDS, words=(b"include:", b"%{i}", b"/", b"p=")
    ),
    "page": Target(
        run=page, seeds=_requests, words=(b"?", b"&", b"%00", b"..", b"reference=", b"token=")
    ),
}
