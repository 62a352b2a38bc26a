"""One command and what stands behind it: its name however it is spelled, and a time, an address,
a ticket or a text. Which words of a mail are commands is told in `commands`."""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from mailresponder.mail.addresses import usable
from mailresponder.policy.deadlines import HORIZON
from mailresponder.policy.identifiers import REFERENCE_ALPHABET, REFERENCE_LENGTH
from mailresponder.policy.orders import (
    MAX_NAME,
    MAX_NOTE,
    WORDS,
    Command,
    Fault,
    Mistake,
    Order,
    Until,
)

_UNITS: Mapping[timedelta, tuple[str, ...]] = {
    timedelta(minutes=1): ("m", "min", "mins", "minute", "minutes", "minuto", "minutos"),
    timedelta(hours=1): ("h", "hr", "hrs", "hour", "hours", "hora", "horas"),
    timedelta(days=1): ("d", "day", "days", "dia", "dias"),
    timedelta(weeks=1): ("w", "week", "weeks", "semana", "semanas"),
}
_WEEKDAYS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            ("monday", "lunes"),
            ("tuesday", "martes"),
            ("wednesday", "miercoles"),
            ("thursday", "jueves"),
            ("friday", "viernes"),
            ("saturday", "sabado"),
            ("sunday", "domingo"),
        )
    )
    for name in names
}
_TOMORROW = ("tomorrow", "manana")
_FILLING = frozenset(
    {"please", "thanks", "for", "until", "till", "to", "into", "with", "on", "and"}
    | {"por", "favor", "gracias", "hasta", "el", "la", "durante", "a", "con", "en", "y"}
)
"""Words around an argument that say nothing. Casefolded, without accents."""

MAX_WRITTEN = 80
"""Characters of a mistake that are repeated to its writer."""
_MAX_ARGUMENT = 400
"""Characters behind a command, but a note's, that are looked at."""
_NEAR = 0.6
"""How alike, 0..1, a command must be to be offered instead (difflib's own default)."""

WRAPPING = " \t-*•·–—_\\\"'“”‘’«»"
"""What a mail client or a hand puts around a command: bullets, quotes, marks of bold type."""
_TRAILING = WRAPPING + ".,;:!?…)]}>"
_DASHES = re.compile("[\u2010-\u2015\u2212_-]")
_REFERENCE = re.compile(rf"(?:[A-Z0-9]{{1,20}}-)?[{REFERENCE_ALPHABET}]{{{REFERENCE_LENGTH}}}")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]{1,254}@[^\s<>()\[\],;:\"@]{1,254}")
_DURATION = re.compile(r"([0-9]{1,6}) ?([a-z]{1,10})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read(word: str, argument: str) -> Sequence[Command | Mistake]:
    """A command and what stands behind it."""
    order = order_named(word)
    if order is None:
        written = on_a_line(f"{word} {argument}")
        return (Mistake(fault=Fault.UNKNOWN, written=written, nearest=_nearest(word)),)
    command = Command(order=order, written=on_a_line(word).rstrip(_TRAILING))
    if order is Order.NOTE:
        return (_note(command, argument),)
    if order in (Order.DEFECT, Order.NEW_DEFECT):
        return (_defect(command, argument),)
    if len(argument) > _MAX_ARGUMENT:
        return (_wrong(command, Fault.TEXT_BEHIND, argument),)
    words = argument.split()
    references = [found for one in words if (found := reference_in(one))]
    others = [one for one in words if not reference_in(one)]
    telling = [one for one in others if _fold(one) and _fold(one) not in _FILLING]
    match order:
        case Order.MERGE:
            return (_merge(command, references, telling, argument),)
        case Order.SNOOZE:
            until = _until(" ".join(map(_fold, telling)))
            if until is None:
                return (_wrong(command, Fault.NO_TIME, argument),)
            command = replace(command, until=until)
        case Order.ASSIGN:
            assigned = _assigned(command, argument)
            if isinstance(assigned, Mistake):
                return (assigned,)
            command = assigned
        case _ if telling:
            return (_wrong(command, Fault.TEXT_BEHIND, argument),)
        case _:
            pass
    return [replace(command, reference=one) for one in dict.fromkeys(references)] or [command]


def _note(command: Command, argument: str) -> Command | Mistake:
    reference, text = _of_ticket(argument)
    if not text:
        return _wrong(command, Fault.NO_TEXT, argument)
    if len(text) > MAX_NOTE:
        return _wrong(command, Fault.TOO_LONG, argument)
    return replace(command, reference=reference, text=text)


def _defect(command: Command, argument: str) -> Command | Mistake:
    reference, name = _of_ticket(argument)
    # Quotes around it, and the full stop behind, are none of the name.
    name = " ".join(name.split()).strip(WRAPPING + ".:")
    if not name:
        return _wrong(command, Fault.NO_DEFECT, argument)
    if len(name) > MAX_NAME:
        return _wrong(command, Fault.TEXT_BEHIND, argument)
    return replace(command, reference=reference, text=name)


def _of_ticket(argument: str) -> tuple[str | None, str]:
    """The ticket that a text is about, where it begins with one, and the text itself."""
    text = argument.strip(" \t\r\n\u00a0:")
    first, _, behind = text.partition(" ")
    reference = reference_in(first)
    # What has no prefix may be the first word of the text.
    return (reference, behind.strip()) if reference and "-" in reference else (None, text)


def _merge(
    command: Command, references: Sequence[str], telling: Sequence[str], argument: str
) -> Command | Mistake:
    if telling:
        return _wrong(command, Fault.TEXT_BEHIND if references else Fault.NO_REFERENCE, argument)
    match references:
        case [into]:
            return replace(command, into=into)
        case [reference, into]:
            return replace(command, reference=reference, into=into)
        case _:
            return _wrong(command, Fault.NO_REFERENCE, argument)


def _assigned(command: Command, argument: str) -> Command | Mistake:
    """Mail programs write an address twice: `ana@example.com<mailto:ana@example.com>`."""
    found = list(_ADDRESS.finditer(argument))
    addresses = {address.key for m in found if (address := usable(m[0].strip(_TRAILING)))}
    if len(addresses) != 1:
        return _wrong(command, Fault.NO_ADDRESS, argument)
    # A name may stand before the address; behind it there may be an answer that is to go out.
    behind = argument[found[-1].end() :].split()
    if any(_fold(one) not in _FILLING for one in behind if _fold(one) and not reference_in(one)):
        return _wrong(command, Fault.TEXT_BEHIND, argument)
    return replace(command, address=addresses.pop())


def _until(said: str) -> Until | None:
    """`said` is folded and without filling."""
    if said in _WEEKDAYS:
        return Until(weekday=_WEEKDAYS[said])
    if said in _TOMORROW:
        return Until(duration=timedelta(days=1))
    if _DATE.fullmatch(said):
        try:
            return Until(day=date.fromisoformat(said))
        except ValueError:
            return None
    match = _DURATION.fullmatch(said)
    unit = next((one for one, names in _UNITS.items() if match and match[2] in names), None)
    if match is None or unit is None or not 0 < int(match[1]) <= HORIZON / unit:
        return None
    return Until(duration=int(match[1]) * unit)


def _wrong(command: Command, fault: Fault, argument: str) -> Mistake:
    return Mistake(fault=fault, written=on_a_line(f"{command.written} {argument}"))


def on_a_line(written: str) -> str:
    """What was written, on one line, cut."""
    words = " ".join(written[: 4 * MAX_WRITTEN].split())
    return words if len(words) <= MAX_WRITTEN else f"{words[: MAX_WRITTEN - 1].rstrip()}…"


def reference_in(word: str) -> str | None:
    """The ticket reference that a word is, in capitals, from `[mr–7f3k2],` too."""
    if len(word) > MAX_WRITTEN:
        return None
    written = _DASHES.sub("-", word.strip(_TRAILING + "[(<#"))
    bare = written.upper()
    # Five letters without a prefix may be any word; in capitals or with a digit they hardly are.
    telling = "-" in bare or written == bare or any(c.isdigit() for c in bare)
    is_one = telling and _REFERENCE.fullmatch(bare) and _fold(word) not in _FILLING
    return bare if is_one else None


def _fold(word: str) -> str:
    """A word as these tables spell it: casefolded, without accents and what stands around it."""
    decomposed = unicodedata.normalize("NFKD", word[:MAX_WRITTEN].strip(_TRAILING + "[(<#"))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _DASHES.sub("-", plain).casefold()


def order_named(word: str) -> Order | None:
    """The command of this name, with or without its `#`; None: there is none."""
    return _ORDERS.get(key(word))


def key(word: str) -> str:
    """The name of a command as it is looked up, from `#Not–Angry.`: only what is told apart."""
    return "".join(c for c in _fold(word) if c not in "- \u00a0")


_ORDERS: Mapping[str, Order] = {
    key(name): order for order, names in WORDS.items() for name in names
}
_NAMES: Mapping[str, str] = {key(name): name for names in WORDS.values() for name in names}


def _nearest(word: str) -> str:
    near = difflib.get_close_matches(key(word)[:30], _NAMES, n=1, cutoff=_NEAR)
    return f"#{_NAMES[near[0]]}" if near else ""
