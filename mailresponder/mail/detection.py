"""In which charset is this text? For bytes that are not UTF-8 and whose declared charset lies.

Western European text is known by a rule of our own, because statistics take its one accented
letter in thirty for anything; what cannot be Western is weighed by chardet among the charsets
that mail is written in. Nothing is decoded here.
"""

import re

_SAMPLE = 2_000
"""Bytes that are looked at."""

_SHORT = 16
"""Bytes; chardet guesses at fewer."""

_SINGLE_BYTE = frozenset(
    {"windows-1251", "koi8-r", "koi8-u", "windows-1253", "windows-1255", "windows-1256", "cp874"}
)
_LATIN = ("windows-1250", "iso-8859-2", "windows-1252", "windows-1254")
_ALL = (
    *("cp932", "euc-jp", "gb18030", "big5", "cp949", "koi8-r", "koi8-u", "windows-1251"),
    *("windows-1253", "windows-1255", "windows-1256", "cp874", *_LATIN),
)
"""What mail is written in."""

_FREQUENT = frozenset("оеаинтсрвлкмдпу")

_UPPER = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽŸ"
_OPENING = "¡¿«‹“‘„‚–—…€£§©®°•·\xa0"
_CLOSING = "»›”’“‘–—…€£ºª°²³™©®•·%\xa0"
_WITHIN = "’‘´·–—…¿«»\xad\xa0"
"""What may stand between two letters without a space."""

_LETTERS = re.compile(rb"[\x80-\x9f\xc0-\xff]")
"""Without any of these a text has no letter in any charset, only ornaments."""
_RUN = re.compile(r"[^\x00-\x7f]+")
_UMLAUTS = re.compile("[äöüßÄÖÜ]+")
_HARD = re.compile(r"[¢¤¥¯±³µ¶¸¹º¼½¾ª²×÷ƒ†‡ˆ‰˜ðÐþÞÿ\x80-\x9f\ufffd]")
"""No letter of any Western language, or one of Icelandic alone."""
_ACUTE = re.compile("[áéíóúæ]")
"""Letters that Icelandic and Spanish have, and Turkish and Danish have not."""
_TURKISH = "ðÐþÞýÝ"
"""As windows-1254 looks in windows-1252."""
_AFTER_ENYE = frozenset("aeiouáéíóúAEIOU")

_CENTRAL_WORD = re.compile(
    r"\b(?:jest|przez|bardzo|dobry|dobrý|prosz|jsem|jsou|jste|bych|prosím|hogy|egy|csak|kérem|napot)"
    r"(?:\b|(?<=prosz)ê)",
    re.IGNORECASE,
)
"""Everyday words of Polish, Czech, Slovak and Hungarian, as they look in windows-1252."""
_LATIN_2_ONLY = re.compile(rb"[A-Za-z\xc0-\xff][\xa1\xa6\xa9\xab\xac\xae\xb1\xb6\xb9\xbb\xbc\xbe]")
_POLISH = re.compile(rb"[\xb3\xea\xbf\xf1]")


def guess(data: bytes, *, certain: bool = False) -> str | None:
    """The charset of bytes that are not UTF-8, as a name Python knows; None for Western text.

    With `certain` only what is not Western beyond doubt is taken for something else: for bytes
    that say of themselves they are Latin-1. Takes about 0.3 ms where the text is not Western.
    """
    sample = _sample(data)
    if not _LETTERS.search(sample):
        return None
    text = sample.decode("cp1252", "replace")
    foreign, seen = _foreign(text)
    if foreign == sum(text.count(sign) for sign in _TURKISH) > 0 and not _ACUTE.search(text):
        return "cp1254"
    if foreign * 3 > seen * (2 if certain else 1):
        return _japanese(sample) or _weighed(sample, _ALL)
    doubtful = foreign > 1 and foreign * 6 > seen
    if (doubtful or _CENTRAL_WORD.search(text)) and not certain:
        return _weighed(sample, _LATIN)
    return None


def _japanese(sample: bytes) -> str | None:
    """Kana stand in every Japanese sentence, and nowhere else."""
    for name in ("cp932", "euc_jp"):
        try:
            signs = [sign for sign in sample.decode(name) if sign > "\x7f"]
        except UnicodeDecodeError:
            continue
        if sum("\u3040" <= sign <= "\u30ff" for sign in signs) * 5 >= len(signs) * 2:
            return name
    return None


def _weighed(sample: bytes, candidates: tuple[str, ...]) -> str | None:
    # Imported where it is needed: 30 ms that few programs ever spend.
    import chardet

    found = chardet.detect(
        sample,
        include_encodings=candidates,
        no_match_encoding="windows-1252",
        prefer_superset=True,
    )
    name = (found["encoding"] or "").lower()
    if name in ("windows-1250", "iso-8859-2"):
        return _central_european(sample)
    if len(sample) <= _SHORT and name in _SINGLE_BYTE:
        name = _cyrillic(sample) or name
    return None if name in ("", "windows-1252", "cp1252", "ascii") else name


def _cyrillic(sample: bytes) -> str | None:
    """Of few letters no statistics can be made; that nearly all are frequent ones says enough."""
    shares = {}
    for name in ("koi8-r", "cp1251"):
        letters = [sign for sign in sample.decode(name, "replace") if sign > "\x7f"]
        shares[name] = sum(sign.lower() in _FREQUENT for sign in letters) / max(len(letters), 1)
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= 0.8 else None


def _sample(data: bytes) -> bytes:
    """The first lines that hold more than ASCII: markup and quoted headers say nothing."""
    if len(data) <= _SAMPLE:
        return data
    lines: list[bytes] = []
    size = 0
    for line in data[: 100 * _SAMPLE].split(b"\n"):
        if not line.isascii():
            lines.append(line[:_SAMPLE])
            size += len(line)
            if size >= _SAMPLE:
                break
    return b"\n".join(lines)[:_SAMPLE]


def _foreign(text: str) -> tuple[int, int]:
    """Of a text read as windows-1252: how many signs no Western writer sets, of how many."""
    foreign = seen = 0
    acute = _ACUTE.search(text) is not None
    for match in _RUN.finditer(text):
        run = match[0]
        before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() :][:1]
        core = run.lstrip(_OPENING).rstrip(_CLOSING)
        in_word = before.isalpha() or after.isalpha()
        if not core:
            if _between_letters(run, before, after):
                foreign, seen = foreign + len(run), seen + len(run)
            continue
        seen += len(core)
        if _UMLAUTS.fullmatch(core) or (core == core[0] * len(core) and not in_word):
            continue
        if len(core) > 2 or (len(core) == 2 and not in_word):
            foreign += len(core)
        else:
            foreign += _is_foreign(core[0], before, core[1:] or after, acute)
            foreign += len(core) == 2 and _is_foreign(core[1], core[0], after, acute)
    return foreign, seen


def _between_letters(marks: str, before: str, after: str) -> bool:
    return before.isalpha() and after.isalpha() and not set(marks) <= set(_WITHIN)


def _is_foreign(sign: str, before: str, after: str, acute: bool) -> bool:
    """Is this a sign that does not stand there in a Western text?"""
    if sign in _TURKISH:
        return not acute
    if _HARD.match(sign):
        return before.isalpha() or after.isalpha() or sign == "\ufffd"
    if sign in _UPPER:
        return before.islower()
    if sign == "ñ":
        return after not in _AFTER_ENYE
    if sign in "ìù":
        return after.isalpha()
    return (sign == "ø" and acute) or (sign == "õ" and after.isalpha() and after != "e")


def _central_european(sample: bytes) -> str:
    """ISO 8859-2 or windows-1250, which differ in the letters of Latin-2 that are not Latin-1."""
    if re.search(rb"[\x80-\x9f]", sample):
        return "cp1250"
    found = {match[0][1:] for match in _LATIN_2_ONLY.finditer(sample)}
    if found == {b"\xb9"}:
        # š of Latin-2 or ą of windows-1250, which only Polish has.
        return "cp1250" if _POLISH.search(sample) else "iso8859_2"
    return "iso8859_2"
