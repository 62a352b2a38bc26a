"""What the sender newly wrote: a mail's text without quotes, attribution lines and signature.

Works line by line in linear time with a short look ahead, so that no mail can make it slow. When
in doubt it keeps: a quote too many is read over, a sentence too few is lost. A forwarded mail is
what the sender wants us to read and stays whole.
"""

import re
from collections.abc import Sequence
from enum import Enum, auto

_TESTED = 500
"""Characters of a line that are looked at; no mark is longer."""
_LOOKAHEAD = 10
_SIGNATURE_LINES = 15
_SIGNATURES = 20
"""So many separators are looked at; a text with more of them uses them for something else."""

_VERBS = (
    r"wrote|writes|sent|said|escribi[óo]|ha escrito|va escriure|escreveu|a écrit|schrieb|schreibt|"
    r"ha scritto|schreef|skrev|kirjoitti|napsal\(?a?\)?|napisał\(?a?\)?|pisze|írta|a scris|"
    r"написал[аи]?|пишет|yazdı|έγραψε|написав|写道|寫道|のメール"
)
_SAYS = re.compile(rf"(?:\b|^|\s)(?:{_VERBS})(?:\b|$|\s|:)", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:I|we) (?:wrote|said|sent)\b", re.IGNORECASE)
_OPENING = re.compile(
    r"\*?(?:on|el|le|am|il|em|op|den|på|d\.|dne|dnia|w dniu|ma|в|у|at|a las|"
    r"mon|tue|wed|thu|fri|sat|sun|lun|mar|mi[ée]|jue|vie|s[áa]b|dom)\b",
    re.IGNORECASE,
)
_DATE_AND_ADDRESS = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b[^<>]{0,120}<[^<>@\s]{1,100}@[^<>\s]{1,200}>\s*:?\s*$"
)
_WHEN = re.compile(r"\b\d{4}\b|\d{1,2}[:.]\d{2}")
_DASHED_ATTRIBUTION = re.compile(
    rf"-{{2,}} ?(?:on|el|am|le) .{{5,300}}(?:{_VERBS}) ?-{{2,}}\s*$", re.IGNORECASE
)
_ORIGINAL = re.compile(
    r"\s*[-_*=]{2,}\s*(?:original (?:message|appointment|e?-?mail)|(?:mensaje|correo) original|"
    r"mensagem original|ursprüngliche (?:nachricht|mail)|messaggio originale|message d'origine|"
    r"message original|oorspronkelijk bericht|opprinnelig melding|ursprungligt meddelande|"
    r"oprindelig meddelelse|missatge original|reply message|mensaje de respuesta)\s*[-_*=]{2,}\s*$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"\s*(?:[-_*=]{2,}\s*(?:forwarded|mensaje reenviado|mensagem (?:re)?encaminhada|"
    r"weitergeleitete|message transféré|messaggio inoltrato|doorgestuurd|vidarebefordrat|"
    r"videresend?t|missatge reenviat|przekazana|přeposlan|továbbított|välitetty|"
    r"пересылаемое|переслане|mesaj redirec[țt]ionat|yönlendirilen|iletilen|proslijeđena|"
    r"preposlan|original message follows)"
    r"|begin forwarded message|inicio del mensaje reenviado|anfang der weitergeleiteten|"
    r"début du (?:message|e-mail) (?:transféré|réexpédié)|inizio messaggio inoltrato|"
    r"início da mensagem (?:re)?encaminhada|begin doorgestuurd bericht)",
    re.IGNORECASE,
)
_ABOVE_THIS = re.compile(
    r"\W{0,6}.{0,20}(?:(?:reply|type|write|respond) (?:your (?:reply|response) )?above this line|"
    r"(?:responda|responde|escriba|escribe)\b.{0,30}(?:encima|arriba) de esta l[íi]nea)",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"[\s*_]{0,4}(?:"
    r"(?P<author>from|de|von|da|van|från|fra|od|от|від|lähettäjä|feladó|expéditeur|remitente)|"
    r"(?P<date>sent|date|enviado(?: el)?|enviada(?: em)?|fecha|gesendet|datum|envoyé|data|"
    r"inviato|verzonden|skickat|sendt|dato|wysłano|odesláno|дата|отправлено|päivämäärä|dátum)|"
    r"(?P<to>to|para|an|à|a|aan|till|til|do|komu|кому|vastaanottaja|címzett|cc|kopie|kopia)|"
    r"(?P<subject>subject|asunto|betreff|objet|oggetto|onderwerp|assunto|ämne|emne|temat|"
    r"předmět|тема|aihe|tárgy|asumpte|assumpte)"
    r")\s{0,2}\*?\s?:",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"(?:--|—|__) ?$")
_MOBILE = re.compile(
    r"(?:get outlook for|obt[ée]n(?:er)? outlook para) [^.!?,]{2,30}|"
    r"(?:(?:sent|get) (?:from|via|with|using)|enviado (?:desde|con|por|a través de)|"
    r"von meinem|envoyé de(?:puis)?|enviat des d) (?:mi |my |mon |meinem |el |la |"
    r"yahoo |outlook|mail|iphone|ipad|samsung|huawei|android|proton|gmail|xiaomi|blackberry|"
    r"acompli|mobile|windows|airmail)[^.!?,]{0,60}(?:gesendet)?[.]?\s*(?:<?https?://\S{1,200})?$",
    re.IGNORECASE,
)
_DASHED = re.compile(r"\s*-{5,} ?\w[^-]{3,60}\w ?-{5,}\s*$")
"""A forward's heading in a language that is not known here, if a header block follows."""
_RULE = re.compile(r"[\s*]*[-_=]{3,}[\s*]*$")
_PGP_HEAD = "-----BEGIN PGP SIGNED MESSAGE-----"
_PGP_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_PGP_END = "-----END PGP SIGNATURE-----"


class _Mark(Enum):
    """What a line begins."""

    QUOTE = auto()
    """A line of a quote."""
    ATTRIBUTION = auto()
    """`On … somebody wrote:`, with a quote after it."""
    REST = auto()
    """The beginning of a quoted mail without marks: all that follows is quoted."""
    FORWARD = auto()
    """The beginning of a forwarded mail: all that follows is to be read."""
    SIGNATURE = auto()
    DROPPED = auto()
    """A line of its own that nobody wrote, as "Sent from my phone"."""


def new_text(text: str, *, forwarded: bool = False) -> str:
    """The part of a text that its sender wrote, or forwards.

    `forwarded`: the subject says that this is a forward; then the mail below stays. Where
    everything would go, the whole text is returned: an empty mail tells nobody anything.
    """
    lines = [line.rstrip() for line in _without_armour(text).split("\n")]
    kept: list[str] = []
    last = max((number for number, line in enumerate(lines) if line), default=0)
    signatures = 0
    index = 0
    while index < len(lines):
        mark, length = _mark(lines, index)
        if mark is None:
            kept.append(lines[index])
        elif mark is _Mark.FORWARD or (mark is _Mark.REST and forwarded):
            kept += lines[index:]
            break
        elif mark is _Mark.REST:
            break
        elif mark is _Mark.SIGNATURE:
            signatures += 1
            length = _signature_length(lines, index, last) if signatures < _SIGNATURES else 0
            if length == 0 or not _has_words(kept[-_LOOKAHEAD:]):
                kept.append(lines[index])
                length = 1
        elif kept and kept[-1] and mark is _Mark.QUOTE:
            kept.append("")
        index += length
    return _tidy(kept) or text.strip()


def _mark(lines: Sequence[str], index: int) -> tuple[_Mark | None, int]:
    """What begins at this line, and how many lines it takes."""
    line = lines[index][:_TESTED]
    if not line:
        return None, 1
    if line.startswith(">"):
        # Thunderbird writes ">From" for a line of the sender's own that begins with "From".
        return (None, 1) if line.startswith(">From ") else (_Mark.QUOTE, 1)
    if len(line) < 4 and _SIGNATURE.match(line):
        return _Mark.SIGNATURE, 1
    if _FORWARDED.match(line):
        return _Mark.FORWARD, 1
    if _ORIGINAL.match(line) or _DASHED_ATTRIBUTION.match(line):
        return _Mark.REST, 1
    if ("this line" in line or "esta l" in line) and _ABOVE_THIS.match(line):
        return _Mark.REST, 1
    if _DASHED.match(line) and index + 1 < len(lines) and _is_header_block(lines, index + 1):
        return _Mark.FORWARD, 1
    if len(line) < 120 and _MOBILE.match(line.strip(" *_")):
        return _Mark.DROPPED, 1
    if ":" in line and _is_header_block(lines, index):
        return _Mark.REST, 1
    return _attribution(lines, index)


def _attribution(lines: Sequence[str], index: int) -> tuple[_Mark | None, int]:
    """`On … wrote:` on one line or wrapped over up to four."""
    line = lines[index].strip()[:_TESTED]
    if line[:1].isdigit() or _OPENING.match(line):
        return _wrapped(lines, index)
    if line.endswith((":", ">")) and ("@" in line or _SAYS.search(line)):
        return _wrapped(lines, index)
    return None, 1


def _wrapped(lines: Sequence[str], index: int) -> tuple[_Mark | None, int]:
    joined = ""
    for length in range(1, 5):
        if index + length > len(lines):
            break
        line = lines[index + length - 1].strip()
        if not line or len(joined) > _TESTED:
            break
        joined = f"{joined} {line[:_TESTED]}".strip()
        if not _says_who_wrote(joined):
            continue
        quoted = _next_is_quote(lines, index + length)
        if quoted:
            return _Mark.ATTRIBUTION, length
        certain = "@" in joined or len(_WHEN.findall(joined)) >= 2
        if certain and (_OPENING.match(joined) or joined[:1].isdigit()):
            return _Mark.REST, length
        return None, 1
    return None, 1


def _says_who_wrote(joined: str) -> bool:
    if joined[:4].isdigit() and _DATE_AND_ADDRESS.match(joined):
        return True
    return (
        joined.endswith(":")
        and _SAYS.search(joined) is not None
        and _FIRST_PERSON.search(joined) is None
    )


def _next_is_quote(lines: Sequence[str], index: int) -> bool:
    for line in lines[index : index + 3]:
        if line:
            return line.startswith(">")
    return False


def _is_header_block(lines: Sequence[str], index: int) -> bool:
    """Do the header lines of a quoted mail stand here, as Outlook writes them?

    An author, and a subject or an address, and three different fields in all within a few
    lines: "From: Madrid, To: Lisbon, Date: Friday" is somebody's journey.
    """
    if not _FIELD.match(lines[index]):
        return False
    seen: set[str] = set()
    has_address = False
    strangers = 0
    for line in lines[index : index + _LOOKAHEAD]:
        match = _FIELD.match(line[:_TESTED])
        if match is not None and match.lastgroup is not None:
            seen.add(match.lastgroup)
            has_address = has_address or "@" in line[:_TESTED]
            strangers = 0
        elif line:
            strangers += 1
            if strangers > 2:
                break
    return "author" in seen and len(seen) >= 3 and ("subject" in seen or has_address)


def _signature_length(lines: Sequence[str], index: int, last: int) -> int:
    """How many lines a signature takes: to the next quote or the end; 0 if it is none.

    `last` is the last line with words: what goes on for long is no signature.
    """
    for length in range(1, _SIGNATURE_LINES + 2):
        if index + length >= len(lines):
            return length
        if lines[index + length]:
            mark, _ = _mark(lines, index + length)
            if mark not in (None, _Mark.DROPPED, _Mark.SIGNATURE):
                return length
    return length if last <= index + _SIGNATURE_LINES else 0


def _has_words(lines: Sequence[str]) -> bool:
    return any(line and not _RULE.match(line[:_TESTED]) for line in lines)


def _without_armour(text: str) -> str:
    """The text of a clear-signed mail (RFC 9580 §7)."""
    head = text.find(_PGP_HEAD)
    signature = text.find(_PGP_SIGNATURE, head)
    if head < 0 or signature < 0:
        return text
    start = text.find("\n\n", head)
    if not 0 <= start < signature:
        return text
    end = text.find(_PGP_END, signature)
    after = "" if end < 0 else text[end + len(_PGP_END) :]
    return text[:head] + text[start:signature].strip() + after


def _tidy(kept: list[str]) -> str:
    """Without rules and blank lines at the end, and without more than one blank line between."""
    while kept and (not kept[-1] or _RULE.match(kept[-1][:_TESTED])):
        kept.pop()
    done: list[str] = []
    for line in kept:
        if line or (done and done[-1]):
            done.append(line)
    return "\n".join(done).strip("\n") if _has_words(done) else ""
