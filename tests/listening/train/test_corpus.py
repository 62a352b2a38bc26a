"""The labelled messages: their files, and what our own hold."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from mailresponder.errors import MailresponderError
from mailresponder.listening.train import corpus

LANGUAGES = ("en", "es")
OWN = corpus.own()
HOWS = {
    *("accusation", "apologetic", "cancel", "complaint", "confused", "disappointed"),
    *("exasperated", "exclaim", "implicit", "indignation", "info", "insult", "irony", "joke"),
    *("legal-calm", "mixed", "order", "polite-furious", "praise", "problem", "question"),
    *("refund", "relief", "reply", "reproach", "request", "rhetorical", "sad", "shouting"),
    *("strong-words", "thanks", "thanks-furious", "threat", "urgent", "worried"),
}
"""The ways of saying it that the model card breaks its figures down by."""


def test_a_file_is_read_block_by_block() -> None:
    """A block is its label, the way it is said, its topic, and the text below."""
    angry, calm = corpus.blocks("notes\n\n@@ A irony bank\nLovely.\n\nReally.\n@@ C sad shop\nOh\n")
    assert (angry.text, angry.angry, angry.kind) == ("Lovely.\n\nReally.", True, "angry")
    assert (angry.how, angry.topic) == ("irony", "bank")
    assert (calm.text, calm.angry, calm.kind) == ("Oh", False, "calm")


@pytest.mark.parametrize("block", ["@@ X irony bank\nHi", "@@ A irony\nHi", "@@ A irony bank\n \n"])
def test_a_malformed_block_is_refused(block: str, tmp_path: Path) -> None:
    """An unknown label, a missing word and an empty text are mistakes, and the head is named."""
    (tmp_path / "en_x.txt").write_text(block, encoding="utf-8")
    with pytest.raises(MailresponderError, match="@@"):
        corpus.own(tmp_path)


def test_a_folder_without_messages_is_refused(tmp_path: Path) -> None:
    """Neither public sets nor our own messages may be missing."""
    for read in (corpus.own, corpus.public):
        with pytest.raises(MailresponderError):
            read(tmp_path)


def test_public_sets_know_whether_they_may_be_trained_on(tmp_path: Path) -> None:
    """Name and language are those of the file; without a licence a set is only measured on."""
    for name in ("en_email", "es_support"):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write(json.dumps({"t": "¿Hola?", "y": 1, "s": "angry"}) + "\n")
    email, support = corpus.public(tmp_path)
    assert (email.title, email.language, email.trainable, email.own) == (
        "en_email",
        "en",
        True,
        False,
    )
    assert (support.name, support.trainable) == ("support", False)
    assert support.messages[0].text == "¿Hola?"
    assert support.messages[0].angry is True


@pytest.mark.parametrize(
    "content", [b"no gzip", gzip.compress(b"[1]\n", mtime=0), gzip.compress(b"{}\n", mtime=0)]
)
def test_a_spoilt_public_set_is_refused(content: bytes, tmp_path: Path) -> None:
    """What is no set of labelled messages is named, not guessed at."""
    (tmp_path / "en_email.jsonl.gz").write_bytes(content)
    with pytest.raises(MailresponderError, match="en_email"):
        corpus.public(tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_we_wrote_enough(language: str) -> None:
    """At least 800 messages of each language, of several writers, a fair share of each kind."""
    sources = [source for source in OWN if source.language == language]
    kinds = Counter(message.kind for source in sources for message in source.messages)
    assert kinds.total() >= 800
    assert len(sources) >= 5
    assert set(kinds) == {"angry", "calm", "neutral", "happy"}
    assert min(kinds.values()) > kinds.total() / 10


def test_every_way_of_saying_it_is_known() -> None:
    """No misspelt one has a row of its own in the model card."""
    assert {message.how for source in OWN for message in source.messages} <= HOWS


def test_no_message_is_there_twice() -> None:
    """A text met twice would be in training and validation both."""
    texts = Counter(
        " ".join(message.text.lower().split()) for source in OWN for message in source.messages
    )
    assert [text for text, times in texts.items() if times > 1] == []


@pytest.mark.parametrize(
    "pattern",
    [r"\w@\w", r"(?i)https?:|www\.|\w\.(com|es|org|net)\b", r"\+\d{2,}[ \d]{6,}"],
    ids=["e-mail address", "URL", "telephone number"],
)
def test_no_message_leads_to_anybody(pattern: str) -> None:
    """No e-mail address, URL or telephone number is in what we ship."""
    found = [
        match[0]
        for source in OWN
        for message in source.messages
        if (match := re.search(pattern, message.text))
    ]
    assert found == []
