"""Asks a process as a monitoring system does."""

import urllib.error
import urllib.request
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came back."""

    status: int
    text: str
    kind: str


def ask(port: int, path: str, method: str = "GET") -> Answer:
    """One request."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            said = response.read().decode()
            return Answer(status=response.status, text=said, kind=response.headers["Content-Type"])
    except urllib.error.HTTPError as error:
        with error:
            kind = error.headers["Content-Type"]
            return Answer(status=error.code, text=error.read().decode(), kind=kind)


def samples(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Each series by its name and the values of its labels, the mailbox first."""
    return {
        (sample.name, _values(sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _values(labels: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        labels[name] for name in sorted(labels, key=lambda name: (name != "mailbox", name))
    )


def answers(port: int) -> bool:
    """Does somebody listen there?"""
    try:
        return ask(port, "/").status == 404
    except OSError:
        return False
