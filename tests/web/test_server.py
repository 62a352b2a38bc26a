"""The HTTP server: whoever is slow, or many, or speaks no HTTP."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sites import Hosted, hosted, user
from structlog.testing import capture_logs

from mailresponder.errors import PermanentFailure, TemporaryFailure
from mailresponder.web import server
from mailresponder.web.asking import Role
from mailresponder.web.server import Server

FORM = (
    b"POST /login HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
)
ASK = b"GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hosted]:
    """A page that waits for a fraction of a second."""
    monkeypatch.setattr(server, "ASKS_WITHIN", 0.2)
    monkeypatch.setattr(server, "DONE_WITHIN", 0.4)
    with hosted(tmp_path) as site:
        yield site


def connect(site: Hosted) -> socket.socket:
    return socket.create_connection(("127.0.0.1", site.port), timeout=10)


def left(connection: socket.socket) -> bytes:
    """What still comes until the other side hangs up."""
    found = b""
    try:
        while more := connection.recv(65536):
            found += more
    except ConnectionResetError:
        pass
    return found


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ",
        FORM + b"Content-Length: 100\r\n\r\nname=",
    ],
    ids=["nothing", "half a header", "half a line", "half a form"],
)
def test_who_sends_no_end_is_hung_up_on(impatient: Hosted, begun: bytes) -> None:
    """A request that does not come to its end is not waited for."""
    with connect(impatient) as slow:
        slow.sendall(begun)
        assert left(slow) == b""


def test_who_sends_a_byte_now_and_then_is_hung_up_on(impatient: Hosted) -> None:
    """Each byte buys no more time: what counts is the whole request."""
    with connect(impatient) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        slow.settimeout(0.05)
        while not hung_up(slow):
            with suppress(ConnectionError):
                slow.sendall(b"a")


def hung_up(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_who_reads_nothing_is_hung_up_on(impatient: Hosted) -> None:
    """Answers that nobody takes are not kept for ever."""
    with connect(impatient) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        # More than any buffers between hold, which may be several megabytes.
        with pytest.raises(ConnectionError):
            deaf.sendall(ASK * 1_000_000)
    assert impatient.guest().get("/queue").status == 200


def test_a_connection_may_be_used_again(site: Hosted) -> None:
    """One connection serves one request after another."""
    with closing(HTTPConnection("127.0.0.1", site.port, timeout=10)) as kept:
        for _ in range(3):
            kept.request("GET", "/login")
            used = kept.sock
            assert b"Sign in" in kept.getresponse().read()
            assert kept.sock is used


def test_one_connection_too_many_is_told_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Over the limit the answer is 503, at once; when some have gone it is served again."""
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 10)
    with hosted(tmp_path) as site, ExitStack() as crowd:
        for _ in range(10):
            crowd.enter_context(connect(site)).sendall(b"GET / HTTP/1.1\r\n")
        with connect(site) as late:
            late.sendall(ASK)
            assert late.recv(65536).startswith(b"HTTP/1.1 503")
        crowd.close()
        with connect(site) as later:
            later.sendall(ASK)
            assert later.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /\r\n\r\n",
        b"\0" * 2000,
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        FORM + b"Content-Length: -1\r\n\r\n",
        FORM + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=[
        "tls", "http/0.9", "zeros", "two hosts", "no host", "negative", "two lengths",
        "long header", "long path",
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(site: Hosted, sent: bytes) -> None:
    """TLS, garbage, two names, two lengths, a header without end: refused, and no more is read."""
    with connect(site) as odd:
        odd.sendall(sent)
        odd.shutdown(socket.SHUT_WR)
        answered = left(odd)
    # Of a header without end the rest may still have been on its way: then the line is just cut.
    assert answered.startswith(b"HTTP/1.1 400") or (answered == b"" and len(sent) > 50_000)
    assert answered.count(b"HTTP/1.1 ") <= 1
    assert site.guest().get("/queue").status == 200


def test_nobody_says_for_whom_they_ask_unless_there_is_a_proxy(tmp_path: Path) -> None:
    """X-Forwarded-For from anybody would give a guesser as many addresses as they like."""
    for name, more in (("alone", user("ana")), ("behind", PROXIED)):
        (tmp_path / name).mkdir()
        with hosted(tmp_path / name, more=more) as site:
            guest = site.guest(Role.NOBODY)
            refused = [
                guest.sign_in("ana", "wrong", X_Forwarded_For=f"198.51.100.{n}").status
                for n in range(6)
            ]
        assert refused[-1] == (401 if name == "behind" else 429)


PROXIED = f'[web]\nurl = "https://desk.example.com"\n{user("ana")}'


def test_a_proxy_is_believed_only_as_to_its_own_client(tmp_path: Path) -> None:
    """What a client puts into X-Forwarded-For itself stands before what the proxy adds."""
    with hosted(tmp_path, more=PROXIED) as site:
        guest = site.guest(Role.NOBODY)
        refused = [
            guest.sign_in("ana", "wrong", X_Forwarded_For=f"198.51.100.{n}, 192.0.2.1").status
            for n in range(6)
        ]
    assert refused == [401] * 5 + [429]


def test_an_address_that_is_none_is_written_nowhere(tmp_path: Path) -> None:
    """A proxy that hands on what a client made up does not put that into our log."""
    with hosted(tmp_path, more=PROXIED) as site, capture_logs() as logged:
        site.guest(Role.NOBODY).sign_in("ana", "wrong", X_Forwarded_For="<script>, a b=c")

    assert [line["about"] for line in logged] == [""]


def test_a_port_that_is_taken_is_said_so(site: Hosted) -> None:
    """Where another program listens, the error is a sentence with a way out."""
    with pytest.raises(TemporaryFailure, match="another program does") as caught:
        Server(None, host="127.0.0.1", port=site.port)  # type: ignore[arg-type]
    assert "--port" in caught.value.mend


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "a..b", "x" * 70])
def test_an_address_that_is_not_ours_is_said_so(host: str) -> None:
    """Another machine's address, or a name without one, is nowhere to listen."""
    with pytest.raises(PermanentFailure, match=f"cannot listen on {host}") as caught:
        Server(None, host=host, port=0)  # type: ignore[arg-type]
    assert "an address of this machine" in caught.value.mend


def test_it_listens_on_ipv6(tmp_path: Path) -> None:
    """The other loopback will do as well."""
    with hosted(tmp_path) as site:
        other = Server(site.application, host="::1", port=0)
        with other.serving(), socket.create_connection(("::1", other.port), timeout=10) as there:
            there.sendall(b"GET /login HTTP/1.1\r\nHost: [::1]\r\n\r\n")
            assert there.recv(65536).startswith(b"HTTP/1.1 200")
