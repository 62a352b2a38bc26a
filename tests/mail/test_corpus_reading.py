"""Real mails that nobody here wrote, read: time, memory, subjects, senders, words."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from corpus import content, corpus, entries
from measuring import peak_megabytes

from mailresponder.mail.message import InboundMessage, RawMessage
from mailresponder.mail.parse import parse

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECONDS = 1.0
MEGABYTES = 200

Read = tuple[dict[str, Any], InboundMessage, float]


@pytest.fixture(scope="module")
def mails() -> list[Read]:
    """Each mail of the corpus as it is read, and the seconds that took."""
    return list(_read())


def _read() -> Iterator[Read]:
    for entry in entries():
        raw = RawMessage(uid=1, received_at=NOW, content=content(entry))
        start = time.process_time()
        message = parse(raw)
        yield entry, message, time.process_time() - start


def test_time(mails: list[Read]) -> None:
    """Nothing raises, and no mail takes a second."""
    assert mails
    slow = [entry["path"] for entry, _, taken in mails if taken >= SECONDS]
    assert not slow


def test_memory() -> None:
    """The whole corpus is read in less than 200 MB."""
    assert peak_megabytes(_READS_ALL, corpus()) < MEGABYTES


_READS_ALL = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from mailresponder.mail.message import RawMessage
from mailresponder.mail.parse import parse

for path in Path(sys.argv[1]).glob("*/*"):
    received = datetime(2026, 1, 1, tzinfo=UTC)
    parse(RawMessage(uid=1, received_at=received, content=path.read_bytes()))
"""


def test_subjects_and_senders(mails: list[Read]) -> None:
    """Of the subjects and senders that are known for sure at least 98 % are right."""
    right = claimed = 0
    for entry, message, _ in mails:
        expected = entry["expected"]
        if expected["authority"].startswith("best-effort"):
            continue
        claimed += 1
        right += _words(expected["subject"] or "") == _words(message.subject)
        if expected.get("from_email"):
            claimed += 1
            right += expected["from_email"].casefold() == _sender(message)

    assert claimed > 0
    assert right / claimed >= 0.98


def _words(text: str) -> str:
    return " ".join(text.split())


def _sender(message: InboundMessage) -> str:
    """From, or Reply-To where that is missing; a local part alone is no address of ours."""
    if message.author is not None:
        return message.author.key
    if message.reply_to:
        return message.reply_to[0].key
    found = re.match(r"[\w.+-]+", message.header("from") or "")
    return found[0].casefold() if found else ""


def test_no_word_of_a_person_is_lost(mails: list[Read]) -> None:
    """No character of what people wrote is unreadable or was decoded in a wrong charset."""
    people = [(e, m) for e, m, _ in mails if e["class"] == "HUMAN"]
    assert people
    broken = [
        entry["path"]
        for entry, message in people
        if "\ufffd" in message.subject + message.text
        or re.search("Ã[\x80-¿]|â€.|Â[\x80-¿]", message.subject + message.text)
    ]
    assert not broken


def test_first_words(mails: list[Read]) -> None:
    """Nearly always the text begins as another, lenient reader says; it is not always right."""
    agreed = claimed = 0
    for entry, message, _ in mails:
        expected = _plain(entry["expected"]["body_first"])[:30]
        if entry["class"] == "HUMAN" and expected:
            claimed += 1
            agreed += expected in _plain(message.text[:5_000])

    assert claimed > 0
    assert agreed / claimed >= 0.8


def _plain(text: str) -> str:
    """Words without the signs that stand for layout."""
    return " ".join(re.sub(r"[\s>*_|-]+", " ", text).split()).casefold()
