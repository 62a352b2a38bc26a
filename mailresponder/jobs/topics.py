"""What is explained at length, `mailresponder help TOPIC` and `/help/TOPIC`: a file a topic in
`help/`, and in `help/LANGUAGE/` what is there in another language than English."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from mailresponder.jobs.manual_page import filled

_SUFFIX = ".md"
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

    @property
    def title(self) -> str:
        """Its first line."""
        return self.text.partition("\n")[0].removeprefix("# ")


def topics(language: str = _ENGLISH) -> dict[str, Topic]:
    """Every topic by its name, in the order of the alphabet; in English where it is not there in
    the language."""
    folder = resources.files("mailresponder") / "help"
    found = {name: Topic(name, _ENGLISH, filled(text)) for name, text in _texts(folder)}
    if language != _ENGLISH and language.isalpha():
        own = dict(_texts(folder / language))
        found |= {name: Topic(name, language, filled(own[name])) for name in found if name in own}
    return found


def _texts(folder: Traversable) -> Iterator[tuple[str, str]]:
    """Name and text of each file; nothing where there is no such folder."""
    for file in sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else ():
        if file.name.endswith(_SUFFIX):
            yield file.name.removesuffix(_SUFFIX), file.read_text("utf-8")
