"""What is explained at length, `mailresponder help TOPIC` and `/help/TOPIC`: a file a topic in
`help/`, and in `help/LANGUAGE/` what is there in another language than English."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from mailresponder.jobs.manual_page import filled

_TEXT = ".md"
_FILES = (".yml", ".txt")
"""What is no text but a file to be used as it is printed."""
_ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Topic:
    """Something explained at length."""

    name: str
    """As it is asked for: `staff`."""
    language: str
    """Of its text: English where nobody has written it in the one that was asked for."""
    text: str
    """Markdown with tables; wrapped for a terminal."""
    is_file: bool = False
    """Is it no Markdown but a file to be used as it is?"""

    @property
    def title(self) -> str:
        """Its first line."""
        return self.text.partition("\n")[0].removeprefix("# ")


def topics(language: str = _ENGLISH) -> dict[str, Topic]:
    """Every topic by its name, in the order of the alphabet; in English where it is not there in
    the language."""
    folder = resources.files("mailresponder") / "help"
    found = {topic.name: topic for topic in _read(folder, _ENGLISH)}
    if language != _ENGLISH and language.isalpha():
        found |= {topic.name: topic for topic in _read(folder / language, language)}
    return found


def _read(folder: Traversable, language: str) -> Iterator[Topic]:
    """What a folder explains; nothing where there is no such folder."""
    for file in sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else ():
        name, dot, ending = file.name.partition(".")
        if dot + ending == _TEXT:
            yield Topic(name, language, filled(file.read_text("utf-8")))
        elif dot + ending in _FILES:
            yield Topic(name, language, file.read_text("utf-8"), is_file=True)
