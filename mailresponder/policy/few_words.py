"""What the few words of a reply are: a signature, a word to us, a pointer to what stands below.

English and Spanish. Each looks at a text and at who wrote it, and decides nothing.
"""

import re

from mailresponder.mail.message import Address
from mailresponder.policy.orders import WORDS

_SIGNS_OFF = re.compile(
    r"(?:(?:kind|best|warm|many)? ?regards|best(?: wishes)?|cheers|sincerely(?: yours)?|"
    r"yours(?: sincerely| faithfully| truly)?|many thanks|thanks|thank you|"
    r"(?:un )?(?:cordial |atento )?saludos?(?: cordial(?:es)?)?|atentamente|gracias|"
    r"muchas gracias|(?:un )?abrazo)[ ,.!]*",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"@|https?://|www\.|\+?\d[\d ()/.-]{6,}\d")
_POINTS_BELOW = re.compile(
    r"\b(?:answer(?:s|ed)?|repl(?:y|ies|ied)|comments?|responses?|respuestas?|comentarios?|"
    r"contesto|respondo|contestad[oa]s?|respondid[oa]s?)\b[^.!?\n]{0,40}\b"
    r"(?:below|in ?line|in (?:red|blue|green|bold)|(?:m[aá]s )?abajo|debajo|en (?:rojo|azul|verde|"
    r"negrita)|entre l[ií]neas|intercalad[oa]s?)\b",
    re.IGNORECASE,
)
_SIGNATURE_LINES = 8
_SHORT = 300
_REACTED = re.compile(
    r"\breacted (?:via|to your|to this)\b|\bha reaccionado\b|\breaccionó\b", re.IGNORECASE
)
_RECALLS = re.compile(r"\s*(?:recall|recuperar|recuperación)\s*:", re.IGNORECASE)
_FEW_WORDS = 8
_ORDER_WORDS = 3
_ORDERS = frozenset(name for names in WORDS.values() for name in names) | {"mio", "mia"}
_TO_US = re.compile(
    r"(?:(?:ok|okay|yes|sure|thanks|thank you|thx|vale|de acuerdo|sí|gracias|bien|perfecto) ?)*"
    r"(?:done|on it|i m on it|will do|noted|got it|received|solved|resolved|fixed|handled|"
    r"(?:i ll|i will|let me) (?:do|take|handle|answer|look at|see to|check|deal with|"
    r"take care of|call)(?: (?:it|this|that|him|her|them|this one|care of it|care of this))?"
    r"(?: today| now| tomorrow)?|"
    r"hecho|listo|anotado|recibido|entendido|voy|ya está|resuelto|solucionado|"
    r"(?:ya )?(?:me encargo|me ocupo|lo miro|la miro|lo llevo|lo veo|lo hago|le llamo|la llamo|"
    r"le contesto|le respondo|lo contesto|yo me encargo|yo me ocupo)(?: yo)?"
    r"(?: hoy| ahora| mañana)?)?"
)
"""What staff say to a notice, in words without their marks."""


def is_signature(words: str, by: Address) -> bool:
    """Is it nothing but a leave, a name and how to reach its owner?"""
    lines = [line.strip() for line in words.split("\n") if line.strip()]
    if len(lines) > _SIGNATURE_LINES:
        return False
    while lines and _SIGNS_OFF.fullmatch(lines[0]):
        del lines[0]
    if not lines:
        return True
    first = set(_words(lines[0]))
    is_name = bool(first) and first <= _name(by)
    rest = all(_CONTACT.search(line) or len(line.split()) <= 4 for line in lines[1:])
    says_something = any(line.endswith(("?", "!", ".", ":")) for line in lines)
    return is_name and rest and not says_something


def is_meant_for_us(words: str, by: Address) -> bool:
    """Is it what staff say to a notice, or a command without its mark?"""
    name = _name(by)
    lines = [_words(line) for line in words.split("\n") if not _SIGNS_OFF.fullmatch(line)]
    said = [word for line in lines if not set(line) <= name for word in line]
    if not 0 < len(said) <= _FEW_WORDS:
        return not said
    is_order = said[0] in _ORDERS and len(said) <= _ORDER_WORDS
    return is_order or _TO_US.fullmatch(" ".join(said)) is not None


def is_reaction(text: str) -> bool:
    """Is it what Gmail and Outlook send where somebody puts a thumb below a mail?"""
    return len(text) < _SHORT and _REACTED.search(text) is not None


def is_recall(subject: str) -> bool:
    """Does Outlook ask for a mail back that it sent?"""
    return _RECALLS.match(subject) is not None


def points_below(text: str) -> bool:
    """Does it say that the answers stand elsewhere in the mail?"""
    return _POINTS_BELOW.search(text) is not None


def _name(by: Address) -> set[str]:
    return set(_words(f"{by.name} {by.email.partition('@')[0]}"))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
