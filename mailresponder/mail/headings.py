"""What stands above a quoted mail: the line `On … somebody wrote:`, or a block of header fields.

The line may be wrapped, and be in any language: a date, a time and an address before a colon say
as much as the verb does. What a customer tells in the same words ("on Monday you wrote:") is none.
"""

import re
from collections.abc import Sequence

from mailresponder.mail import marks
from mailresponder.mail.marks import Field, plain

_BLOCK_LINES = 10
WRAPPED = 6
"""Lines that an `attribution` takes at most."""
_JOINED = 700

_OPENING = re.compile(
    r"[\s*_>]{0,4}(?:on|el|le|am|il|il giorno|em|no dia|op|den|d\.|på|dne|dňa|dnia|w dniu|în|pe|"
    r"ma|в|у|v|dana|στις|на|at|a las|a|às|o|vào|pada|pada tanggal|tanggal|في|בתאריך|ב|在|于|於|"
    r"missatge de|wiadomość napisana|quoting|zitat von|citando a|citando)\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"\b(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mi[ée]|jue|vie|s[áa]b|dom|mo|di|mi|do|fr|sa|so|"
    r"seg|ter|qua|qui|sex|mer|jeu|ven|sam|dim|gio|ma|wo|vr|zo|pn|wt|śr|czw|pt|sob|ndz)",
    re.IGNORECASE,
)
_WORD_AND_DAY = re.compile(r"[*_(]{0,3}[^\W\d_]{1,16}\.?,? {1,2}(?:[^\W\d_]{1,12}\.? )?\d{1,4}\b")
_DATE = re.compile(
    r"\b(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[-/.]\s?(?:\d{1,2}|[^\W\d_]{3,9})[-/.]\s?\d{2,4}\b|"
    r"\d{4}년"
)
_DATE_FIRST = re.compile(
    r"[*_(]{0,3}(?:\d{4}\s?[-/.年년]\s?\d{1,2}\s?[-/.月월]|\d{1,2}[-/.]\s?(?:\d{1,2}|"
    r"[^\W\d_]{3,9})[-/.]\s?\d{2,4}|"
    r"\d{1,2}\.? [^\W\d_]{3,12}\.?,? (?:de )?\d{4})"
)
_TIME = re.compile(
    r"(?<![\d.:])\d{1,2}(?:[:.]\d{2}(?![\d.]\d)|[hH時时시]\d{0,2}\b|:\d{2}| ?[ap]\.?m\b)"
)
_ZONE = re.compile(r"[+-]\d{4}\b|\b(?:GMT|UTC)\b|\b(?:mon|tue|wed|thu|fri|sat|sun)\w{0,6}, ", re.I)
_ADDRESS = re.compile(r"[^\s<>()\[\]@:]@[^\s<>()\[\]@]")
_WHOLE_ADDRESS = re.compile(r"[^\s<>()\[\]@:,;]{1,100}@[^\s<>()\[\]@:,;]{1,200}")
_BRACKETED = re.compile(r"[<(\[] ?(?:mailto:)?[^<>()@:]{0,100}@")
_ADDRESS_LAST = re.compile(
    r"[<(\[]\s?(?:mailto:)?[^\s<>()@]{1,100}@[^\s<>()]{1,200}[>)\]]{1,3}\s?:?$"
)
_DASHED = re.compile(r"[-_]{2,60} ?(?P<inside>\S.{1,400}?) ?:? ?[-_]{2,60}$")
_TEXT_BEHIND = re.compile(r"([^<>]{10,200}<[^<>@]{1,100}@[^<>]{1,200}>\)?[^:<>]{1,40}:) {2}")
_GLUED = re.compile(
    r"(?<=\S)[ -]{1,6}(?=(?:On|El|Am|Le|Il|Em|Op|Den) (?:[^\W\d_]{2,4}[,.]? |[^\W\d_]{5,9}, |\d))"
)
_NAME_ADDRESS_VERB = re.compile(
    r"[^<>@:]{1,80}<[^<>@\s]{1,100}@[^<>\s]{1,200}>[^<>:]{1,25}:$|"
    r"[^\W\d_]{4,10}(?: [^\W\d_]{1,4})? [^<>@:]{0,80}<[^<>@\s]{1,100}@[^<>\s]{1,200}>:$"
)
_CLOSING = "*_ \u2028"
_TOKEN = re.compile(r"[^\W\d_]+")
_AUXILIARY_WORDS = (
    "a|ha|va|har|het|hat|heeft|ezt|hau|je|si|şunu|volgende|følgende|följande|med|hatte"
)
_AUXILIARY = frozenset(_AUXILIARY_WORDS.split("|"))


def attribution(lines: Sequence[str], index: int) -> int:
    """How many lines a line like `On … somebody wrote:` takes that begins here; 0 if none does.

    Without a quote below, it must name a person and a time as mail programs do: what follows
    is then lost.
    """
    first = plain(lines[index])
    if _goes_on(first):
        return 1
    if first.startswith("--"):
        return _dashed_length(lines, index)
    if not _may_open(first):
        return 0
    joined = ""
    for length in range(1, WRAPPED + 1):
        if index + length > len(lines):
            return 0
        line = plain(lines[index + length - 1])
        if not line:
            if _address_comes(joined, lines, index + length):
                continue
            return 0
        begins_anew = length > 1 and _is_opening(line) and not marks.says(joined)
        if begins_anew or len(joined) > _JOINED:
            return 0
        joined = f"{joined} {line}".strip()
        if not _closes(joined, lines, index + length):
            continue
        if length > 1 and not _continues(first, line):
            return 0
        quoted = _quote_follows(lines, index + length)
        # Without a colon it might be a line of a list: it must stand apart.
        apart = joined.endswith(":") or index == 0 or not lines[index - 1].strip()
        certain = _is_attribution(joined) if quoted else apart and _is_certain(joined)
        return length if certain else 0
    return 0


def may_attribute(line: str) -> bool:
    """Has this (plain) line what one of those of an `attribution` must have?"""
    return ":" in line or "@" in line or line.startswith("--")


def separated(text: str) -> list[str]:
    """The lines of a text, with an attribution on a line of its own, each as in `unglued`."""
    lines = text.split("\n")
    if ":\n" not in text and not text.endswith(":"):
        return lines
    return [piece for line in lines for piece in (unglued(line) if line[-1:] == ":" else (line,))]


def unglued(line: str) -> list[str]:
    """A line, or two where an attribution stands behind somebody's own words on one line."""
    if len(line) > marks.TESTED or not line.endswith(":") or not marks.says(line):
        return [line]
    match = _GLUED.search(line)
    if match is None or not _is_certain(line[match.end() :]):
        return [line]
    if _OPENING.fullmatch(line[: match.start()]):
        return [line]  # "El El lun, 2 nov", as some write it
    return [line[: match.start()], line[match.end() :]]


def _goes_on(line: str) -> bool:
    """Yahoo's telephone program writes the quoted text behind the colon, after three spaces."""
    if ":  " not in line:
        return False
    match = _TEXT_BEHIND.match(line)
    return match is not None and _is_opening(line) and _is_certain(match[1])


def _may_open(line: str) -> bool:
    return "@" in line or _is_opening(line) or (line.endswith(":") and marks.says(line))


def _is_opening(line: str) -> bool:
    """Does the line begin with a date, as "On Mon, 2 Nov" or "2026-11-02" does?"""
    if _DATE_FIRST.match(line):
        return True
    match = _OPENING.match(line)
    if match is not None:
        rest = line[match.end() : match.end() + 40]
        return any(map(str.isdigit, rest)) or _WEEKDAY.match(rest.strip()) is not None
    return _WORD_AND_DAY.match(line) is not None and _DATE.search(line[:60]) is not None


def _address_comes(joined: str, lines: Sequence[str], index: int) -> bool:
    """Some converters put `<`, the address and `> wrote:` on lines of their own."""
    return (
        index < len(lines)
        and lines[index].lstrip().startswith("<")
        and _DATE.search(joined) is not None
        and _TIME.search(joined) is not None
    )


def _closes(joined: str, lines: Sequence[str], below: int) -> bool:
    """At a colon; Gmail once wrote "2026/11/2 Acme <s@example.com>" without one."""
    end = joined.rstrip(_CLOSING)
    if end.endswith(":"):
        return True
    apart = below >= len(lines) or lines[below].strip()[:1] in ("", ">", "|")
    return (
        apart
        and _DATE_FIRST.match(end) is not None
        and _ADDRESS_LAST.search(end[-320:]) is not None
    )


def _continues(first: str, last: str) -> bool:
    """Is the last line the end of the first, rather than an attribution below somebody's words?"""
    return _is_opening(first) or marks.says(first) or len(_TOKEN.findall(last)) <= 4


def _is_attribution(joined: str) -> bool:
    """With a quote below: it says who, or when and with which address."""
    if marks.is_told(joined):
        return False
    addressed = _ADDRESS.search(joined) is not None
    dated = _DATE.search(joined) is not None or _TIME.search(joined) is not None
    if addressed and dated:
        return True
    if not marks.says(joined):
        return False
    return addressed or dated or len(_TOKEN.findall(joined)) <= 2 or _names(joined)


def _is_certain(joined: str) -> bool:
    """Without a quote below: it says who and when as only mail programs do."""
    if marks.is_told(joined):
        return False
    addressed = _ADDRESS.search(joined) is not None
    dated = _DATE.search(joined) is not None
    timed = _TIME.search(joined) is not None
    if marks.says(joined):
        if _BRACKETED.search(joined):
            named = _NAME_ADDRESS_VERB.match(joined) is not None
            return dated or timed or _is_opening(joined) or named
        return dated and (timed or _WEEKDAY.search(joined[:40]) is not None) and _names(joined)
    # Gmail in Russian, Japanese and other languages: date, time, name, address, no verb.
    begins = _DATE_FIRST.match(joined) or (
        _WORD_AND_DAY.match(joined) and not _OPENING.match(joined)
    )
    if not (begins and addressed and dated and _ADDRESS_LAST.search(joined[-320:])):
        return False
    return (timed or not joined.endswith(":")) and joined[: joined.rfind("@")].count(" ") <= 14


def _names(joined: str) -> bool:
    """Is a name or an address next to the verb? "Ana wrote", not "the driver wrote"."""
    if marks.is_owned(joined):
        return False
    tokens = _TOKEN.findall(_WHOLE_ADDRESS.sub("Name", joined))
    for number, token in enumerate(tokens):
        if marks.says(token):
            before = [t for t in tokens[:number] if t.casefold() not in _AUXILIARY][-1:]
            after = tokens[number + 1 : number + 2]
            if any(not name.islower() for name in (*before, *after)):
                return True
    return not any(c.isascii() and c.isalpha() for c in joined)


def _dashed_length(lines: Sequence[str], index: int) -> int:
    """`---- On … somebody wrote ----`, as Zoho and Lotus Notes write it, on up to three lines."""
    joined = ""
    for length in range(1, min(3, len(lines) - index) + 1):
        line = plain(lines[index + length - 1])
        joined = f"{joined} {line}".strip()
        match = _DASHED.match(joined)
        if match is not None:
            inside = match["inside"]
            named = _DATE.search(inside) is not None or len(inside) < 80
            return length if named and marks.says(inside) and not marks.is_told(inside) else 0
        if not line or len(joined) > _JOINED:
            return 0
    return 0


def _quote_follows(lines: Sequence[str], index: int) -> bool:
    for line in lines[index : index + 3]:
        if line.strip():
            return line.lstrip().startswith(">")
    return False


def is_header_block(lines: Sequence[str], index: int, *, ruled: bool = False) -> bool:
    """Do the header lines of a quoted mail stand here, as Outlook writes them?

    An author, and a subject or an address, and three different fields in all within a few
    lines, and something that only mails have: "From: Madrid, To: Lisbon, Date: Friday" is
    somebody's journey. Two fields are enough if they hold an address and a full date.
    `ruled`: Outlook's line stands above; then the language need not be known.
    """
    while index < len(lines) and not lines[index].strip() and ruled:
        index += 1
    if index >= len(lines):
        return False
    if marks.field_of(plain(lines[index])) is None:
        return ruled and _is_foreign_block(lines, index)
    fields = _fields(lines, index)
    kinds = {field for field, _ in fields}
    texts = " ".join(line for _, line in fields)
    addressed = _ADDRESS.search(texts) is not None
    dated = _DATE.search(texts) is not None and _TIME.search(texts) is not None
    if len(kinds) >= 3 and (Field.SUBJECT in kinds or addressed):
        styled = ruled or fields[0][1].startswith("*")
        return Field.AUTHOR in kinds and (
            styled or addressed or any(_is_mails_date(*one) for one in fields)
        )
    apart = index == 0 or not lines[index - 1].strip() or ruled
    full = dated and _ZONE.search(texts) is not None
    return apart and Field.DATE in kinds and len(kinds) >= 2 and addressed and full


def _is_mails_date(field: Field, line: str) -> bool:
    """ "Sent: …", or a date and time that begin with the day of the week."""
    if field is not Field.DATE:
        return False
    value = line.partition(":")[2].strip(" *_")
    timed = _DATE.search(value) is not None and _TIME.search(value) is not None
    return marks.is_sent(line) or (timed and value[:1].isalpha())


def _fields(lines: Sequence[str], index: int) -> list[tuple[Field, str]]:
    found: list[tuple[Field, str]] = []
    strangers = 0
    for raw in lines[index : index + _BLOCK_LINES]:
        line = plain(raw)
        field = marks.field_of(line) if line else None
        if field is not None:
            found.append((field, line))
            strangers = 0
        elif line:
            strangers += 1
            if strangers > 2:
                break
    return found


def _is_foreign_block(lines: Sequence[str], index: int) -> bool:
    """Three or more `Word: value` below each other, with an address and a date near the top."""
    labelled: list[str] = []
    for raw in lines[index : index + _BLOCK_LINES]:
        line = plain(raw)
        if not line or not marks.is_labelled(line):
            break
        labelled.append(line)
    top = " ".join(labelled[:3])
    return (
        len(labelled) >= 3
        and _ADDRESS.search(top) is not None
        and (_DATE.search(top) is not None or _TIME.search(top) is not None)
    )
