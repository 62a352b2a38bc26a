"""Who writes to the shop: invented people of two languages, some of them again and again."""

from dataclasses import dataclass
from random import Random

from year.wording import values

AGAIN = 0.3
"""How many of the matters come from somebody who had one before."""
_RECENT = 400
"""Who had one lately has the next rather than somebody from long ago."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A customer."""

    name: str
    email: str
    language: str
    gender: str
    """`o` or `a`, as Spanish adjectives end; empty where they do not."""
    signs: bool
    """Do they put their name below?"""


SERIAL = Person(
    name="Fulgencio Barrios",
    email="fulgencio.barrios@cliente.test",
    language="es",
    gender="o",
    signs=True,
)
"""The one who writes every week of the year about the same."""

_DOMAINS = {"en": "customer.test", "es": "cliente.test"}
_ASCII = str.maketrans("áéíóúüñÁÉÍÓÚÜÑ", "aeiouunAEIOUUN")


class Cast:
    """Everybody who has written so far."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._known: dict[str, list[Person]] = {"en": [], "es": []}

    def somebody(self, language: str) -> Person:
        """Who writes next: mostly somebody new."""
        known = self._known[language]
        if known and self._random.random() < AGAIN:
            return self._random.choice(known[-_RECENT:])
        return self.newcomer(language)

    def newcomer(self, language: str) -> Person:
        """Somebody who has not written before."""
        known = self._known[language]
        known.append(self._invented(language, len(known) + 1))
        return known[-1]

    def _invented(self, language: str, number: int) -> Person:
        first, _, gender = self._random.choice(values(language, "first")).partition(" ")
        last = self._random.choice(values(language, "last"))
        local = f"{first}.{last}{number}".translate(_ASCII).lower()
        return Person(
            name=f"{first} {last}",
            email=f"{local}@{_DOMAINS[language]}",
            language=language,
            gender=gender,
            signs=self._random.random() < 0.8,
        )
