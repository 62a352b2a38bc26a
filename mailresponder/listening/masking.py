"""Takes out of a text what tells who wrote it or what it is about: names, addresses, numbers.

A quote in a report is read by many. Whatever may name a person, a place to live, an account or an
order is replaced by what it is, as `[name]`; the rest stays readable. Rather too much is masked
than too little: a word with a capital inside a sentence is taken for a name unless it is known.
Sums of money, times and days stay.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from mailresponder.listening import persons
from mailresponder.listening.speech import Speech, load

_LONGEST = 20_000
_EMAIL = re.compile(
    r"[^\s<>()\[\]\",;:@]{1,80}\s?(?:@|\((?:at|arroba)\)|\[(?:at|arroba)\])\s?"
    r"[^\W_][\w-]{0,60}(?:\.[\w-]{1,60})+"
)
_HANDLE = re.compile(r"(?<!\w)@\w{2,}")
_LINK = re.compile(
    r"(?:https?|ftp)://\S+|\bwww\.\S+|\b(?:[a-z0-9-]{1,60}\.){1,4}"
    r"(?:com|org|net|edu|gov|info|biz|io|app|dev|shop|store|test|example|es|uk|ie|eu|de|fr|it|pt|us"
    r"|mx|ar|cl|co|pe|uy|cat)\b(?:/\S*)?",
    re.IGNORECASE,
)
_IBAN = re.compile(
    r"\b[A-Z]{2}\d{2}(?:[ -]?(?=[A-Z]{0,3}\d)[A-Z0-9]{4}){2,7}(?:[ -]?\d{1,3})?\b", re.IGNORECASE
)
_IBAN_DIGITS = 12
_MONEY = re.compile(
    r"[£$€]\s?\d{1,6}(?:[.,]\d{2,3})*\b"
    r"|(?<![\d.,/-])(?<!\d )\d{1,6}(?:[.,]\d{2,3})*\s?"
    r"(?:[£$€%]|(?:euros?|eur|pounds?|dollars?|pesos|cents?|c[eé]ntimos)\b)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<![\w./-])(?:\d{1,2}([./-])\d{1,2}\1(?:20)?\d\d|20\d\d-\d\d-\d\d)(?![\w/-])(?!\.\d)"
)
_TIME = re.compile(
    r"(?<![\d:.])\d{1,2}:\d\d(?![\d:])|(?<![\d.])\d{1,2}\.\d\d\s?(?:am|pm|h)\b", re.I
)
_UNITS = re.compile(
    r"(?<![\w-])\d{1,4}(?:[.,]\d{1,2})?"
    r"(?:mm|cm|m|km|kg|g|gb|mb|tb|ml|l|w|v|mah|hz|h|hs|min|am|pm|th|st|nd|rd|s|x|p|px|k|in|ft)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGITS = re.compile(r"(?<!\w)[+(]{0,2}\d(?:[ \t./()-]{0,2}\d){3,}")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b", re.IGNORECASE)
_CODE = re.compile(r"(?<![\w-])[A-Za-z0-9][\w-]{3,60}(?![\w-])")
_CODE_DIGITS = 3
_CARD = (13, 19)
"""Digits of a card's number, at least and at most."""
_PHONE = (9, 15)
"""Digits of a telephone number with its area (E.164)."""
_VOWELS = {"a": "[aá]", "e": "[eé]", "i": "[ií]", "o": "[oó]", "u": "[uúü]"}
_KINDS = ("name", "email", "phone", "card", "bank", "number", "link", "address", "user")
_MARKS = {kind: chr(0xE020 + n) for n, kind in enumerate(_KINDS)}
"""What stands for what is masked while more is looked for: private characters, in no word."""
_MARK = re.compile(r"[\ue020-\ue02f]")
_TWICE = re.compile(r"([\ue020-\ue02f])(?:[ \t,]{0,2}\1)+")
_HIDDEN = {ord("0") + n: chr(0xE010 + n) for n in range(10)}
"""Digits that stay, while numbers are looked for."""
_SHOWN = {ord(hidden): chr(digit) for digit, hidden in _HIDDEN.items()}
_PRIVATE = re.compile(r"[\ue000-\ue0ff]")
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_DASHES = re.compile(r"(?<=\d)[\u2010-\u2015\u2212\u00b7\u2022](?=\d)")
"""Word processors and telephones put them between digits."""


def masked(text: str, language: str, names: Iterable[str] = ()) -> str:
    """The text (20,000 characters of it) without what is private; the same if masked again.

    `names` are known ones, as of `names_of`: the writer's, and the part of their address before the
    @. Those
    that are words of the language too are masked where they have a capital.
    Raises MailresponderError where nothing is known of the language.
    """
    speech = load(language)
    text = _PRIVATE.sub("", unicodedata.normalize("NFC", text[:_LONGEST]))
    # No number escapes for how it is set.
    text = _DASHES.sub("-", _SPACES.sub(" ", _UNSEEN.sub("", text))).replace("＠", "@")
    for kind, mask in speech.masks.items():
        text = text.replace(mask, _MARKS[kind])
    text = _EMAIL.sub(_MARKS["email"], text)
    text = _LINK.sub(_MARKS["link"], text)
    text = _HANDLE.sub(_MARKS["user"], text)
    text = _users(speech).sub(rf"\1{_MARKS['user']}", text)
    text = _places(speech).sub(_MARKS["address"], text)
    text = _IBAN.sub(_bank, text)
    text = _references(speech).sub(rf"\1{_MARKS['number']}", text)
    for pattern in (_MONEY, _DATE, _TIME, _UNITS):
        text = pattern.sub(lambda found: found[0].translate(_HIDDEN), text)
    text = _DIGITS.sub(_number, text)
    text = _POSTCODE.sub(_MARKS["address"], text)
    text = _CODE.sub(_code, text)
    text = persons.masked(text, speech, names, _MARKS["name"])
    text = _TWICE.sub(r"\1", text).translate(_SHOWN)
    return _MARK.sub(lambda found: speech.masks[_KINDS[ord(found[0]) - 0xE020]], text)


def names_of(name: str, address: str) -> tuple[str, ...]:
    """What a writer of this name and address is called, as `masked` takes it."""
    return tuple(filter(None, (name, address.partition("@")[0])))


def _bank(found: re.Match[str]) -> str:
    """Two letters, two digits and more: an account where enough of it is digits."""
    digits = sum(sign.isdigit() for sign in found[0])
    return _MARKS["bank"] if digits >= _IBAN_DIGITS else found[0]


def _number(found: re.Match[str]) -> str:
    """What a run of digits is."""
    written = found[0]
    digits = [int(sign) for sign in written if sign.isdigit()]
    if _YEAR.fullmatch(written):
        return written
    if _CARD[0] <= len(digits) <= _CARD[1] and _is_luhn(digits):
        return _MARKS["card"]
    if written.startswith(("+", "(")) or _PHONE[0] <= len(digits) <= _PHONE[1]:
        return _MARKS["phone"]
    return _MARKS["number"]


def _code(found: re.Match[str]) -> str:
    digits = sum(sign.isdigit() for sign in found[0])
    is_code = digits >= _CODE_DIGITS and not _YEAR.fullmatch(found[0])
    return _MARKS["number"] if is_code else found[0]


def _is_luhn(digits: list[int]) -> bool:
    """The check of a card's number (ISO/IEC 7812-1, annex B)."""
    total = 0
    for n, digit in enumerate(reversed(digits)):
        double = 2 * digit if n % 2 else digit
        total += double - 9 if double > 9 else double
    return total % 10 == 0


@cache
def _references(speech: Speech) -> re.Pattern[str]:
    """A word such as "order", or a sign, and the number behind it."""
    return re.compile(
        rf"((?:\b(?:{_any(speech.references)})\b[ \t:#.º°ª-]{{1,3}}){{1,3}}|#|\bn[.º°]{{1,2}}\s?)"
        # Not the first digits of more: those are a card's or a telephone's.
        r"(?:[A-Z]{1,6}[/-]?)?\d[\w/-]{0,60}+(?![ ]?\d)",
        re.IGNORECASE,
    )


@cache
def _users(speech: Speech) -> re.Pattern[str]:
    """ "user name", and what it is."""
    return re.compile(
        rf"(\b(?:{_any(speech.users)})(?:\s?[:=]\s?|\s(?:is|es|was)\s[\"“'«]?))"
        r"[^\s\"”'»,;]{0,60}[^\s\"”'»,;.!?]",
        re.IGNORECASE,
    )


@cache
def _places(speech: Speech) -> re.Pattern[str]:
    """A street with its number, and what else belongs to the address."""
    words = _any(speech.streets)
    if speech.streets_first:
        return re.compile(
            rf"(?<!\w)(?i:{words})(?:\.|\b|(?<=/))\s?(?:[^\W\d][\w.'’-]{{0,30}}\s){{0,5}}"
            r"[^\W\d][\w.'’-]{0,30},?\s{1,2}(?i:n\.?\s?[º°]?\s?|num\.?\s?|n[uú]mero\s)?\d{1,4}\b"
            r"(?:,?\s(?i:piso|puerta|esc\.?|portal)?\s?\d{1,2}\s?[ºª°](?:\s?[-,]?\s?(?i:[a-z]\b|izq\w*|dcha|derecha))?\.?)?"
            r"(?:(?:[,.]?\s\d{5}\b,?\s|,\s)\(?[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{1,30}\b\)?|[,.]?\s\d{5}\b)?"
        )
    return re.compile(
        rf"\b(?:(?i:flat|apt|unit)\s\w{{1,4}},?\s)?\d{{1,4}}[a-z]?,?\s(?:[\w.'’-]{{1,30}}\s){{1,3}}"
        rf"(?i:{words})\b\.?(?:,\s[A-Z][\w'-]{{1,30}}(?:\s[A-Z][a-z'-]{{1,30}})?){{0,3}}"
    )


def _any(words: Iterable[str]) -> str:
    """A pattern that meets any of these folded words, with their accents too."""
    spelled = ("".join(_VOWELS.get(sign, re.escape(sign)) for sign in word) for word in words)
    return "|".join(sorted(spelled, key=lambda word: (-len(word), word)))
