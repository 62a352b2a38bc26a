"""A DNS server on the loopback, over UDP and TCP, that answers as a test tells it to."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable
from typing import Any, Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from mailresponder.transport.dns import Dns

SILENT = "silent"
"""An answer: none at all."""
BROKEN = "broken"
"""An answer: SERVFAIL."""
GARBAGE = "garbage"
"""An answer: bytes that are no DNS message."""
ENDLESS = "endless"
"""An answer, over TCP: the length of a long message, and then a byte now and again for ever."""

_UDP_LIMIT = 512
_LONGEST_CHAIN = 20


class Nameserver:
    """Serves while entered. `records`: (name, type) to the records' texts, or one of the above;
    a name that has none at all is NXDOMAIN."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str] | str] = {}
        self.asked: list[tuple[str, str, str]] = []
        """Name, type, and `udp` or `tcp`."""
        self._ending = threading.Event()

    def __enter__(self) -> Self:
        self._udp, self._tcp = self._bound()
        self.port: int = self._udp.server_address[1]
        self._threads = []
        for server in (self._udp, self._tcp):
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join(10)

    def _bound(self) -> tuple[socketserver.UDPServer, socketserver.TCPServer]:
        """Both on one port, which somebody else may have for one of them."""
        while True:
            udp = socketserver.ThreadingUDPServer((self.host, 0), _handler(self._over_udp))
            try:
                tcp = socketserver.ThreadingTCPServer(udp.server_address, _handler(self._over_tcp))
            except OSError:
                udp.server_close()
            else:
                return udp, tcp

    def resolver(self, *, patience: float = 2.0) -> Dns:
        """Who asks this server."""
        return Dns(servers=(self.host,), port=self.port, patience=patience)

    def txt(self, name: str, *texts: str) -> None:
        """Have a name TXT records, each cut into strings of 255 bytes."""
        self.records[name, "TXT"] = [
            " ".join(f'"{text[at : at + 255]}"' for at in range(0, max(len(text), 1), 255))
            for text in texts
        ]

    def _over_udp(self, request: Any) -> None:
        content, sock = request.request
        reply = self._reply(content, "udp")
        if isinstance(reply, dns.message.Message):
            wire = reply.to_wire()
            if len(wire) > _UDP_LIMIT:
                reply.answer.clear()
                reply.flags |= dns.flags.TC
                wire = reply.to_wire()
            sock.sendto(wire, request.client_address)
        elif reply == GARBAGE:
            sock.sendto(b"\0garbage", request.client_address)

    def _over_tcp(self, request: Any) -> None:
        with contextlib.suppress(OSError):
            size = int.from_bytes(request.request.recv(2, socket.MSG_WAITALL))
            reply = self._reply(request.request.recv(size, socket.MSG_WAITALL), "tcp")
            if isinstance(reply, dns.message.Message):
                wire = reply.to_wire()
                request.request.sendall(len(wire).to_bytes(2) + wire)
            elif reply == ENDLESS:
                request.request.sendall(b"\xff\xff")
                while not self._ending.wait(0.05):
                    request.request.sendall(b"\0")

    def _reply(self, content: bytes, way: str) -> "dns.message.Message | str":
        query = dns.message.from_wire(content)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind, way))
        reply = dns.message.make_response(query)
        known = {key: value for key, value in self.records.items() if key[0] == name}
        if not known:
            reply.set_rcode(dns.rcode.NXDOMAIN)
            return reply
        texts = known.get((name, kind), known.get((name, "CNAME"), []))
        if texts == BROKEN:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif texts == ENDLESS and way == "udp":
            reply.flags |= dns.flags.TC
        elif isinstance(texts, str):
            return texts
        elif texts:
            self._fill(reply, question.name, kind)
        return reply

    def _fill(self, reply: dns.message.Message, name: dns.name.Name, kind: str) -> None:
        """The records, or an alias and then what stands under it."""
        key = name.to_text(omit_final_dot=True).lower()
        own, alias = self.records.get((key, kind)), self.records.get((key, "CNAME"))
        if own:
            reply.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, own))
        elif alias and len(reply.answer) < _LONGEST_CHAIN:
            reply.answer.append(dns.rrset.from_text_list(name, 60, "IN", "CNAME", alias))
            self._fill(reply, dns.name.from_text(alias[0]), kind)


def _handler(serve: Callable[[Any], None]) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            serve(self)

    return Handler
