"""What the few words of a reply are: a signature, a word to us, a pointer to what stands below.

English and Spanish. Each looks at a text and at who wrote it, and decides nothing.
"""

import re
import unicodedata
from collections.abc import Sequence

from mailresponder.mail.message import Address
from mailresponder.policy.orders import WORDS

_SIGNS_OFF = re.compile(
    r"(?:(?:kind|best|warm|many)? ?regards|(?:all the )?best(?: wishes)?|cheers|br|kr|"
    r"sincerely(?: yours)?|yours(?: sincerely| faithfully| truly)?|many thanks|thanks|thank you|"
    r"(?:un )?(?:cordial |atento |afectuoso )?saludos?(?: cordial(?:es)?)?|slds|atentamente|"
    r"(?:muchas )?gracias(?: y (?:un )?saludos?)?|(?:un )?abrazo)"
)
_GREETS = re.compile(
    r"(?:dear|hi|hello|hey|good (?:morning|afternoon|evening|day)|hola|buen(?:os|as)(?: dias| "
    r"tardes| noches)?|estimad[oa]s?|apreciad[oa]s?|querid[oa]s?)\b"
)
_GREETING_WORDS = 6
_NAME_WORDS = 3
_ADDRESS = re.compile(r"\S{1,64}@\S{1,254}")
_CONTACT = re.compile(r"@|https?://|www\.|\+?\d[\d ()/.-]{6,}\d|\|")
_POINTS_BELOW = re.compile(
    r"\b(?:answer(?:s|ed)?|repl(?:y|ies|ied)|comments?|responses?|respuestas?|comentarios?|"
    r"contesto|respondo|contestad[oa]s?|respondid[oa]s?)\b[^.!?\n]{0,40}\b"
    r"(?:below|in ?line|in (?:red|blue|green|bold|capitals|caps)|(?:m[aá]s )?abajo|debajo|"
    r"en (?:rojo|azul|verde|negrita|may[uú]sculas)|entre l[ií]neas|intercalad[oa]s?)\b",
    re.IGNORECASE,
)
_ONLY_POINTS = re.compile(
    r"(?:please |por favor )?(?:see|ver|vea|mire|mira)? ?(?:my |mis )?(?:comments? |comentarios? )?"
    r"(?:below|in ?line|abajo|mas abajo|debajo|entre lineas)"
)
_WRAPPING = " \t\r*_"
"""Around a line in bold type."""
_ENDS = (".", "?", "!", ":")
"""A sentence."""
_ABBREVIATED = re.compile(
    r"\b(?:inc|ltd|co|corp|llc|jr|sr|dr|gmbh|s\. ?l|s\. ?a|\w)\.$", re.IGNORECASE
)
_SIGNATURE_LINES = 12
_FEW_BESIDE = 3
"""Words in small letters beside an address or a number, as in "office: at 600 000 000"."""
_LONG_WORD = 4
"""Letters from which on a word begins with a capital in a name, a title or an address."""
_MOSTLY = 0.75
"""So many of them do where a signature begins; further down half of them."""
_LINE_WORDS = 12
_SHORT = 300
_REACTED = re.compile(
    r"\breacted (?:via|to your|to this)\b|\bha reaccionado\b|\breaccionó\b", re.IGNORECASE
)
_RECALLS = re.compile(r"\s*(?:recall|recuperar|recuperación)\s*:", re.IGNORECASE)
_FEW_WORDS = 8
_ORDER_WORDS = 3
_TALK_WORDS = 12
"""Words in which staff speak of a customer, and not to them."""
_THIRD_PERSON = re.compile(
    r"\b(?:her|him|she|he|ticket|spam|(?:the|this|a) customer(?! (?:service|care|support))|"
    r"(?:el|la|este|esta|un|una) client[ea]|tique|correo basura)\b"
)
_SECOND_PERSON = frozenset({"you", "your", "yours", "u"}) | {
    *("le", "les", "su", "sus", "usted", "ustedes", "te", "tu", "tus", "ti", "os", "vuestro"),
}
_FILLING = frozenset(
    {"please", "pls", "ok", "okay", "por", "favor", "the", "this", "it", "thanks", "to", "a"}
)
_ORDERS = frozenset({"mio", "mia", "asigna", "asignalo", "asignala", "asignaselo", "cierra"}) | {
    *("cierralo", "cierrala", "cerradlo", "cerradla", "unelo", "ignore", "ignorar", "delete"),
}
_TO_US = re.compile(
    r"(?:(?:ok|okay|yes|sure|thanks|thank you|thx|perfect|great|vale|de acuerdo|si|gracias|bien|"
    r"perfecto|genial|muchas gracias) ?)*"
    r"(?:done|on it|i m on it|will do|noted|got it|received|solved|resolved|fixed|handled|"
    r"(?:i ll|i will|let me) (?:do|take|handle|answer|look at|see to|check|deal with|"
    r"take care of|call)(?: (?:it|this|that|him|her|them|this one|care of it|care of this))?|"
    r"hecho|listo|anotado|recibido|entendido|voy|ya esta|resuelto|solucionado|"
    r"(?:ya )?(?:me encargo|me ocupo|lo miro|la miro|lo llevo|lo veo|lo hago|le llamo|la llamo|"
    r"le contesto|le respondo|lo contesto|yo me encargo|yo me ocupo)(?: yo)?)?"
    r"(?: ?(?:right )?(?:today|now|tomorrow|later|soon|asap|already|hoy|ahora(?: mismo)?|manana|"
    r"luego|ya|enseguida))?"
)
"""What staff say to a notice, in words without their marks and accents."""


def is_signature(words: str, by: Address) -> bool:
    """Is there nothing but a greeting, a leave, a name and how to reach its owner?"""
    lines = _lines(words)
    while lines and is_greeting(lines[0]):
        del lines[0]
    return not lines or _signs(lines, _name(by))


def is_meant_for_us(words: str, by: Address) -> bool:
    """Is it what staff say to a notice, or a command without its mark? Its signature counts for
    nothing, as most mail programs put one there."""
    lines = above_signature(words, by)
    if any(is_greeting(line) for line in lines):
        return False
    said = [word for line in lines for word in plain_words(_ADDRESS.sub("", line))]
    if not 0 < len(said) <= _TALK_WORDS:
        return not said
    spoken = " ".join(said)
    if not _SECOND_PERSON & set(said) and _THIRD_PERSON.search(spoken):
        return True
    if len(said) > _FEW_WORDS:
        return False
    telling = [word for word in said if word not in _FILLING]
    if telling and telling[0] in _COMMANDS and len(telling) <= _ORDER_WORDS:
        return True
    return _TO_US.fullmatch(spoken) is not None


def above_signature(words: str, by: Address) -> list[str]:
    """The lines above where somebody takes leave or, after a blank line, a signature begins."""
    name = _name(by)
    lines = [line.strip(_WRAPPING) for line in words.split("\n")]
    left = sum(map(bool, lines))
    for index, line in enumerate(lines):
        left -= bool(line)
        begins = index == 0 or not lines[index - 1] or _leaves(line, name)
        if not line or left >= _SIGNATURE_LINES or not begins:
            continue
        if _signs([one for one in lines[index:] if one], name):
            # What stands for a picture right above it is its logo.
            while index and lines[index - 1].startswith("["):
                index -= 1
            return [one for one in lines[:index] if one]
    return [line for line in lines if line]


def greets(text: str) -> bool:
    """Does it begin as a letter does, with a greeting or at least with a name?"""
    first = next(iter(_lines(text)), "")
    is_name = len(first.split()) <= _NAME_WORDS and first.endswith((",", ":"))
    return _begins_with_greeting(first) or (is_name and _is_titled(first, 1.0))


def is_reaction(text: str) -> bool:
    """Is it what Gmail and Outlook send where somebody puts a thumb below a mail?"""
    return len(text) < _SHORT and _REACTED.search(text) is not None


def is_recall(subject: str) -> bool:
    """Does Outlook ask for a mail back that it sent?"""
    return _RECALLS.match(subject) is not None


def points_below(text: str, by: Address) -> bool:
    """Does it say that the answers stand elsewhere in the mail?"""
    lines = [line for line in above_signature(text, by) if not is_greeting(line)]
    only = _ONLY_POINTS.fullmatch(" ".join(word for line in lines for word in plain_words(line)))
    return only is not None or _POINTS_BELOW.search(text) is not None


def _signs(lines: Sequence[str], name: set[str]) -> bool:
    """Are these lines a signature from the first to the last? One line alone is one only where it
    takes leave or is its writer's name; of several each looks like part of one."""
    first, *others = lines
    if len(others) >= _SIGNATURE_LINES or not all(_is_of_signature(one, name) for one in others):
        return False
    if not others or _leaves(first, name):
        return _leaves(first, name)
    is_name = len(first.split()) > 1 and _is_titled(first, _MOSTLY)
    return is_name and not first.endswith(_ENDS) and not _begins_with_greeting(first)


def _leaves(line: str, name: set[str]) -> bool:
    """Does somebody take leave in it, or is it little more than the writer's name?"""
    said = plain_words(line)
    parts = [" ".join(plain_words(part)) for part in re.split(r"[/,]", line)]
    if said and all(_SIGNS_OFF.fullmatch(part) or set(part.split()) <= name for part in parts):
        return True
    if line.count("|") > 1:
        return True
    begins = bool(said) and said[0] in name and not line.endswith(_ENDS)
    return begins and _is_titled(line, 1.0)


def _is_of_signature(line: str, name: set[str]) -> bool:
    if _leaves(line, name) or _is_contact(line):
        return True
    if _begins_with_greeting(line):
        return False
    ends = line.endswith(_ENDS) and not _ABBREVIATED.search(line)
    return _is_titled(line, _MOSTLY if ends else 0.5, least=3 if ends else 0)


def _is_contact(line: str) -> bool:
    """Does it say how to reach somebody, or stand for a picture, and say little else?"""
    if line.startswith("["):
        return True
    plain = [one for one in line.split() if one.islower() and one.isalpha()]
    return _CONTACT.search(line) is not None and len(plain) <= _FEW_BESIDE


def _is_titled(line: str, share: float, *, least: int = 1) -> bool:
    """Do that many of its longer words begin with a capital, as in names, titles and addresses?"""
    words = [word for word in re.findall(r"[^\W\d_]+", line) if len(word) >= _LONG_WORD]
    if not least <= len(words) <= _LINE_WORDS:
        return False
    capitals = sum(word[0].isupper() for word in words)
    first = line.lstrip("('\"")[:1]
    return capitals >= share * len(words) and (first.isupper() or first.isdigit())


def is_greeting(line: str) -> bool:
    """Is it the line with which a letter begins, and no more?"""
    said = len(plain_words(line))
    is_short = said <= 1 or (said <= _GREETING_WORDS and line.endswith((",", ":", "!", ";")))
    return is_short and _begins_with_greeting(line)


def _begins_with_greeting(line: str) -> bool:
    return _GREETS.match(" ".join(plain_words(line))) is not None


def _lines(text: str) -> list[str]:
    return [line for one in text.split("\n") if (line := one.strip(_WRAPPING))]


def _name(by: Address) -> set[str]:
    return set(plain_words(f"{by.name} {by.email.partition('@')[0]}"))


def plain_words(text: str, *, ending: str = "") -> list[str]:
    """Its words in small letters, without accents; of marks only those of `ending` at their end."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    marks = rf"(?:[{re.escape(ending)}]+(?!\w))?" if ending else ""
    return re.findall(rf"\w+{marks}", plain.casefold())


_COMMANDS = _ORDERS | {" ".join(plain_words(name)) for names in WORDS.values() for name in names}
"""Their names, and what else they are called."""
