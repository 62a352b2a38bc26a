"""One mail of a customer: greeting, what they have to say, anger, a second matter, the mistakes
that people make, and a name."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from year.people import Person
from year.plan import PRAISE, SERIAL_THEME
from year.wording import Wording, sections, values

_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
        *("septiembre", "octubre", "noviembre", "diciembre"),
    ),
}
_ACCENTS = str.maketrans("áéíóúüÁÉÍÓÚÜ", "aeiouuAEIOUU", "¿¡")
_BY_GENDER = {
    "el": ("el", "la"),
    "El": ("El", "La"),
    "un": ("un", "una"),
    "uno": ("uno", "una"),
    "del": ("del", "de la"),
    "al": ("al", "a la"),
    "este": ("este", "esta"),
    "lo": ("lo", "la"),
    "Lo": ("Lo", "La"),
    "él": ("él", "ella"),
    "o": ("o", "a"),
}
"""Spanish words and endings that go by the gender of a thing."""
_STOPS = (".", "!", "?", ":", ",", "…", ")")
_WORD = re.compile(r"[a-záéíóúñ]{5,}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """What somebody wrote."""

    subject: str
    body: str


def _joined(sentences: Iterable[str]) -> str:
    """Sentences one after another; who forgets the full stop takes a new line."""
    text = ""
    for sentence in sentences:
        text += f"{' ' if text.endswith(_STOPS) else chr(10)}{sentence}" if text else sentence
    return text


def _led_in(words: str, said: str) -> str:
    """A second matter: behind a comma, it does not begin with a capital."""
    first = said.split(" ")[0]
    if words.endswith((":", ".")) or first == "I" or first.startswith("I'") or first.isupper():
        return f"{words} {said}"
    return f"{words} {said[:1].lower()}{said[1:]}"


class Slots:
    """What the slots of one mail hold: the same thing and order throughout."""

    def __init__(self, random: Random, person: Person, theme: str, day: date) -> None:
        self._random = random
        self._person = person
        self._day = day
        self._things: list[str] = []
        self._held: dict[str, str] = {}
        for slot, pool in (("thing", "wear" if theme == "size" else "thing"), ("other", "thing")):
            left = [one for one in values(person.language, pool) if one not in self._things]
            self._things.append(random.choice(left))
            self._name_thing(slot, self._things[-1], "2" if slot == "other" else "")

    def __call__(self, name: str) -> str:
        """What a slot holds."""
        if name not in self._held:
            self._held[name] = self._new(name)
        return self._held[name]

    def _new(self, name: str) -> str:
        random, person = self._random, self._person
        made: Mapping[str, Callable[[], str]] = {
            "order": lambda: str(random.randint(30000, 99999)),
            "code": lambda: f"{random.choice('ABKMRT')}{random.randint(10000, 99999)}",
            "days": lambda: str(random.randint(4, 12)),
            "years": lambda: str(random.randint(2, 15)),
            "house": lambda: str(random.randint(2, 140)),
            "postcode": lambda: str(random.randint(10000, 49999)),
            "tel": self._telephone,
            "iban": lambda: (
                f"ES{random.randint(10, 99)} 2100 0418 45{random.randint(10**9, 10**10 - 1)}"
            ),
            "amount": self._amount,
            "date": self._date,
            "later": lambda: self._date(ahead=True),
            "mail": lambda: person.email,
            "a": lambda: person.gender,
        }
        if name in made:
            return made[name]()
        return random.choice(values(person.language, name))

    def _telephone(self) -> str:
        # Numbers for fiction (Ofcom), and Spanish ones that are given to nobody.
        rest = self._random.randint(100, 999)
        return f"07700 900{rest}" if self._person.language == "en" else f"600 000 {rest}"

    def _amount(self) -> str:
        whole, cents = self._random.randint(8, 240), self._random.choice(("00", "50", "90", "95"))
        return f"£{whole}.{cents}" if self._person.language == "en" else f"{whole},{cents} €"

    def _date(self, *, ahead: bool = False) -> str:
        days = timedelta(days=self._random.randint(4, 40))
        day = self._day + days if ahead else self._day - days
        month = _MONTHS[self._person.language][day.month - 1]
        if self._person.language == "es":
            return f"{day.day} de {month}"
        end = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10 if day.day not in (11, 12, 13) else 0)
        return f"{day.day}{end or 'th'} {month}"

    def _name_thing(self, slot: str, name: str, end: str) -> None:
        """What it is called, and the words that go by its gender; those of the second thing end in
        a 2."""
        if self._person.language == "en":
            self._held[slot] = name
            return
        name, _, gender = name.rpartition(" ")
        at = 0 if gender == "m" else 1
        self._held |= {slot: name} | {word + end: both[at] for word, both in _BY_GENDER.items()}


class Writer:
    """Writes the mails of a year."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def first(
        self,
        person: Person,
        themes: tuple[str, ...],
        *,
        angry: bool,
        day: date,
        upset: bool = False,
    ) -> Text:
        """A mail that begins a matter about these themes, the main one first."""
        random, language = self._random, person.language
        slots = Slots(random, person, themes[0], day)
        words, words_of_all = sections(themes[0]), sections("frames")
        said = self._one(words[language, "said"], slots)
        length = random.choices((0, 1, 2, 3), weights=(25, 44, 23, 8))[0]
        more = words[language, "more"]
        after = [one.filled(random, slots) for one in random.sample(more, length)]
        for _ in range(self._asides(length) if themes[0] != SERIAL_THEME else 0):
            place = random.choice((said, *after))
            pool = words_of_all[language, "context"]
            context = self._one(pool if angry else pool + words_of_all[language, "calm"], slots)
            said, after = self._beside(place, context, said, after)
        if angry:
            said, after = self._angrily(language, slots, said, after, length)
        elif upset:
            after.append(self._frame(language, "upset", slots))
        paragraphs = [_joined((said, *after))]
        for other in themes[1:]:
            its_slots = Slots(random, person, other, day)
            again = self._one(sections(other)[language, "said"], its_slots)
            paragraphs.append(_led_in(self._frame(language, "mixed", slots), again))
        body = "\n\n".join(paragraphs)
        subject = self._one(words[language, "subject"], slots)
        with_frame = length > 0 or random.random() < 0.3
        return self._sent(person, subject, body, slots, frame=with_frame, angry=angry)

    def reply(self, person: Person, kind: str, *, angry: bool, day: date) -> Text:
        """A further mail: `thanks`, `again` or `unsolved`."""
        slots = Slots(self._random, person, PRAISE, day)
        said = self._one(sections("replies")[person.language, kind], slots)
        if angry:
            said = f"{said} {self._frame(person.language, 'angry', slots)}"
        frame = self._random.random() < 0.4 and kind != "thanks"
        return self._sent(person, "", said, slots, frame=frame, angry=angry)

    def answer(self, person: Person, day: date) -> str:
        """What staff write."""
        slots = Slots(self._random, person, PRAISE, day)
        return self._one(sections("replies")[person.language, "staff"], slots)

    def _one(self, wordings: tuple[Wording, ...], slots: Slots) -> str:
        return self._random.choice(wordings).filled(self._random, slots)

    def _frame(self, language: str, kind: str, slots: Slots) -> str:
        return self._one(sections("frames")[language, kind], slots)

    def _asides(self, length: int) -> int:
        """How much they tell beside the matter."""
        if length == 3:
            return self._random.randint(2, 3)
        return int(length > 0 and self._random.random() < 0.7)

    def _beside(
        self, place: str, context: str, said: str, after: list[str]
    ) -> tuple[str, list[str]]:
        """The context before what they say, or behind one of the sentences."""
        if place is said:
            return f"{context} {said}", after
        # What announces something stands before it.
        if context.endswith(":"):
            return f"{context} {said}", after
        return said, [*after, context]

    def _angrily(
        self, language: str, slots: Slots, said: str, after: list[str], length: int
    ) -> tuple[str, list[str]]:
        count = self._random.choice((1, 2) if length < 2 else (2, 3))
        found = self._random.sample(sections("frames")[language, "angry"], count)
        angry = [one.filled(self._random, slots) for one in found]
        if self._random.random() < 0.3:
            return f"{angry[0]} {said}", [*after, *angry[1:]]
        return said, [*after, *angry]

    def _sent(
        self, person: Person, subject: str, body: str, slots: Slots, *, frame: bool, angry: bool
    ) -> Text:
        random = self._random
        lines = [body]
        if frame and random.random() < 0.85:
            lines.insert(0, self._frame(person.language, "greeting", slots))
        if frame and random.random() < 0.75 and not (angry and random.random() < 0.5):
            lines.append(self._frame(person.language, "closing", slots))
        text = self._carelessly("\n\n".join(lines), person.language, angry=angry)
        if frame and person.signs:
            text = f"{text}\n{person.name}"
        return Text(subject=subject, body=text)

    def _carelessly(self, text: str, language: str, *, angry: bool) -> str:
        random = self._random
        if language == "es" and random.random() < 0.2:
            text = text.translate(_ACCENTS)
        if language == "en" and random.random() < 0.12:
            text = text.replace("'", "")
        if random.random() < 0.1:
            text = text.lower()
        elif angry and random.random() < 0.08:
            text = text.upper()
        if random.random() < 0.2:
            for _ in range(random.randint(1, 2)):
                text = self._slip(text)
        return text

    def _slip(self, text: str) -> str:
        """One slip of the fingers in a longer word."""
        found = list(_WORD.finditer(text))
        if not found:
            return text
        word = self._random.choice(found)
        at = self._random.randrange(word.start() + 1, word.end() - 1)
        left, right = text[at], text[at + 1]
        slipped = self._random.choice((right + left, left, left + left + right))
        return text[:at] + slipped + text[at + 2 :]
