"""The labelled messages: our own, which lie in `messages/`, and public ones from a folder.

Public sets are named here with their licences. What a licence does not let us ship weights of is
read to be measured on, never to be trained on.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from mailresponder.errors import MailresponderError

_LABELS = {"A": "angry", "C": "calm", "N": "neutral", "H": "happy"}
LICENCES = {
    "goemotions": "GoEmotions, Google Research; Apache-2.0",
    "brighter": "BRIGHTER emotion categories, SemEval 2025 task 11; CC BY 4.0",
    "xed": "XED, Helsinki-NLP, film subtitles; CC BY 4.0",
    "banking77neg": "Banking77, PolyAI; CC BY 4.0",
    "email": "sample mails; written for their benchmark, free",
}
"""The public sets that may be trained on, with attribution, and what to attribute."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One labelled message."""

    text: str
    angry: bool
    kind: str
    """angry, calm (something is wrong, without anger), neutral or happy."""
    how: str = ""
    """Our own only: in which way, as `irony`."""
    topic: str = ""
    """Our own only: the writer's sector."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Messages of one language and one origin."""

    name: str
    """As `goemotions`; of our own the file, as `shops`: one writer, sectors no other has."""
    language: str
    messages: tuple[Message, ...]
    own: bool

    @property
    def title(self) -> str:
        """As `en_goemotions`."""
        return f"{self.language}_{self.name}"

    @property
    def trainable(self) -> bool:
        """May weights that we ship be trained on it?"""
        return self.own or self.name in LICENCES


def own(folder: Traversable | None = None) -> list[Source]:
    """What we wrote ourselves, sorted by file: `<language>_<name>.txt`, of a folder or as shipped.

    Raises MailresponderError where there is none, or where one is malformed.
    """
    folder = folder or resources.files("mailresponder.listening").joinpath("messages")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".txt")), key=lambda f: f.name)
    if not files:
        raise MailresponderError(f"{folder} holds no messages of our own")
    try:
        return [_own(file.name.removesuffix(".txt"), file.read_text("utf-8")) for file in files]
    except ValueError as error:
        raise MailresponderError(f"{folder} holds {error}") from error


def public(folder: Path) -> list[Source]:
    """The sets `<language>_<name>.jsonl.gz` of a folder, sorted; one `{"t", "y", "s"}` a line.

    Raises MailresponderError where there is none, or where one cannot be read.
    """
    files = sorted(folder.glob("*_*.jsonl.gz"))
    if not files:
        raise MailresponderError(
            f"{folder} holds no labelled messages",
            mend="it should hold files such as en_goemotions.jsonl.gz",
        )
    return [_public(file) for file in files]


def _own(title: str, text: str) -> Source:
    language, _, name = title.partition("_")
    return Source(name=name, language=language, messages=tuple(blocks(text)), own=True)


def blocks(text: str) -> Iterator[Message]:
    """The messages of a file: `@@ LABEL HOW TOPIC`, then the text up to the next such line.

    Lines before the first are about the file. Raises ValueError for a malformed block.
    """
    for block in f"\n{text}".split("\n@@ ")[1:]:
        head, _, body = block.partition("\n")
        fields = head.split()
        if len(fields) != 3 or fields[0] not in _LABELS or not body.strip():
            raise ValueError(f"a malformed block: @@ {head}")
        label, how, topic = fields
        yield Message(
            text=body.strip(), angry=label == "A", kind=_LABELS[label], how=how, topic=topic
        )


def _public(file: Path) -> Source:
    language, _, name = file.name.removesuffix(".jsonl.gz").partition("_")
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        messages = tuple(
            Message(text=row["t"], angry=bool(row["y"]), kind=row["s"]) for row in rows
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise MailresponderError(f"{file} is not a set of labelled messages: {error}") from error
    return Source(name=name, language=language, messages=messages, own=False)
