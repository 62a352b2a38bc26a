"""Looks for secrets in whatever a run left behind, however they may be written."""

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote, quote_plus


def forms(secret: bytes) -> set[bytes]:
    """The ways it may be written: as it is, in hexadecimal digits, in a URL, in JSON, in base64
    with anything before and after it, as a name and a NUL in SASL PLAIN (RFC 4616)."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        pass
    else:
        found |= {quote(text, safe="").encode(), quote_plus(text).encode(), quote(text).encode()}
        found |= {json.dumps(text)[1:-1].encode(), repr(text)[1:-1].encode(), ascii(text).encode()}
    for before in range(3):
        written = base64.b64encode(bytes(before) + secret)
        # Of the first letter and the last ones other bytes decide too.
        whole = written[(0, 2, 3)[before] : (before + len(secret)) * 8 // 6]
        found |= {whole, whole.replace(b"+", b"-").replace(b"/", b"_")}
    return {form for form in found if len(form) >= 8}


def leaks(secrets: Mapping[str, bytes], left: Mapping[str, bytes]) -> list[str]:
    """Which secret is where, by their names."""
    return [
        f"{name} in {place}"
        for name, secret in secrets.items()
        for place, content in left.items()
        if any(form in content for form in forms(secret))
    ]


class CommandLines:
    """Every command line that the machine shows anybody while the block lasts."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="ps")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.2):
            self.seen |= set(_command_lines())


def _command_lines() -> Iterator[bytes]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            yield (process / "cmdline").read_bytes()
        except OSError:
            # It has ended meanwhile.
            continue
