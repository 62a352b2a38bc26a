"""The words that mail programs put around a quoted or forwarded mail, in some thirty languages.

A vocabulary and the questions asked of one line: is this a field of a header block, the heading
of an original or a forwarded message, does it say that somebody wrote? What a line means where it
stands is decided in quoting.py.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum, auto

from mailresponder.mail.phrases import Phrases, folded

TESTED = 500
"""Characters of a line that are looked at; no mark is longer."""

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")


def plain(line: str) -> str:
    """A line as its marks are looked for: composed, visible characters, at most 500 of them."""
    line = line[:TESTED]
    if not line.isascii():
        # What is invisible, or a space that does not break, is not printable.
        if not line.isprintable():
            line = _INVISIBLE.sub("", line)
        line = unicodedata.normalize("NFC", line)
        line = line.replace("\xa0", " ").replace("\u202f", " ").replace("：", ":")
    return line.strip()


class Field(Enum):
    """What a line of a header block tells."""

    AUTHOR = auto()
    DATE = auto()
    TO = auto()
    SUBJECT = auto()


_FIELDS = {
    Field.AUTHOR: (
        "from|de|von|da|van|från|fra|od|от|от кого|від|від кого|lähettäjä|feladó|expéditeur|"
        "remitente|remetente|mittente|absender|afzender|avsändare|afsender|avsender|nadawca|"
        "odesílatel|odosielateľ|de la|expeditor|kimden|gönderen|από|发件人|寄件者|寄件人|差出人|"
        "送信元|"
        "送信者|보낸 사람|보낸사람|보낸이|발신|šalje|pošiljatelj|pošilja|saatja|nuo|nork|igorlea|"
        "מאת|من|từ|"
        "dari|จาก"
    ),
    Field.DATE: (
        "date|sent|sent at|sent on|fecha|fecha de envío|enviado|enviado el|enviado a las|"
        "enviado em|enviada|enviada em|data|datum|dato|gesendet|gesendet am|envoyé|envoyé le|"
        "envoyée|date d'envoi|inviato|inviato il|verzonden|verzonden op|skickat|sendt|"
        "lähetetty|päivämäärä|pvm|wysłano|wysłane|data wysłania|odesláno|odoslané|dátum|elküldve|"
        "küldve|küldés dátuma|trimis|dată|дата|отправлено|отправлен|дата отправки|надіслано|"
        "відправлено|poslano|poslato|tarih|gönderilen|gönderildi|gönderme tarihi|"
        "gönderilme tarihi|ημερομηνία|στάλθηκε|εστάλη|αποστολή|发送时间|发送日期|日期|时间|"
        "寄件日期|"
        "傳送時間|傳送日期|送信日時|送信日|日時|日付|보낸 날짜|보낸날짜|보낸 시간|날짜|보냄|enviat|"
        "enviat el|"
        "bidalia|bidalita|noiz|saadetud|kuupäev|išsiųsta|תאריך|נשלח|التاريخ|تاريخ|ngày|đã gửi|"
        "tanggal|dikirim|วันที่|изпратено"
    ),
    Field.TO: (
        "to|para|an|à|a|pour|aan|till|til|kenelle|vastaanottaja|do|komu|pro|pre|adresát|címzett|"
        "către|catre|кому|prima|za|kome|kime|alıcı|προς|收件人|收件者|宛先|送信先|받는 사람|"
        "받는사람|"
        "받는이|수신|per a|nori|saaja|kam|אל|إلى|đến|tới|kepada|ถึง|до|destinatario|destinatari|"
        "destinataire|destinatário|empfänger|odbiorca|cc|c.c.|bcc|cco|ccn|cci|kopie|kopie (cc)|"
        "kopia|kopi|kopio|kópia|copia|copie|copie à|cópia|másolat|másolatot kap|копия|копія|"
        "bilgi|κοιν|κοινοποίηση|抄送|抄送人|副本|参照|참조|dw|udw|còpia|koopia|עותק"
    ),
    Field.SUBJECT: (
        "subject|asunto|betreff|objet|sujet|oggetto|onderwerp|assunto|ämne|emne|temat|předmět|"
        "predmet|тема|тема письма|aihe|otsikko|tárgy|assumpte|subiect|subiectul|konu|θέμα|主题|"
        "主題|"
        "主旨|标题|件名|제목|gaia|teema|tema|zadeva|относно|נושא|الموضوع|chủ đề|tiêu đề|subjek|"
        "perihal|"
        "เรื่อง"
    ),
}
_LABELS = {label: field for field, labels in _FIELDS.items() for label in labels.split("|")}
_LABEL = re.compile(r"[\s*_|]{0,8}(?P<label>[^\W\d_][^:*_|\n]{0,24})[\s*_]{0,4}:")
_ANY_LABELLED = re.compile(r"[\s*_]{0,4}[^\W\d_][^:*_\n]{0,24}[*_]? ?:[*_]{0,2} ?\S")
_DATED = frozenset(
    {
        *("date", "data", "datum", "dato", "fecha", "dátum", "дата", "tarih", "kuupäev"),
        *(
            "日期",
            "日付",
            "日時",
            "时间",
            "날짜",
            "tanggal",
            "ngày",
            "วันที่",
            "תאריך",
            "التاريخ",
            "dată",
        ),
    }
)
_SENT = frozenset(_FIELDS[Field.DATE].split("|")) - _DATED


def field_of(line: str) -> Field | None:
    """The field of a header block that this (plain) line begins with."""
    match = _LABEL.match(line)
    return _LABELS.get(folded(match["label"].strip())) if match else None


def is_sent(line: str) -> bool:
    """Does this field say "sent", which mails are, rather than "date", which much has?"""
    match = _LABEL.match(line)
    return match is not None and folded(match["label"].strip()) in _SENT


def is_labelled(line: str) -> bool:
    """Is this (plain) line `Word: value` in whatever language?"""
    return _ANY_LABELLED.match(line) is not None


_ORIGINAL_WORDS = (
    r"original (?:message|appointment|meddelelse|melding|mail)|original e-?mail|"
    r"(?:mensaje|correo|missatge|mesaj|message|courriel|mail) original|reply message|"
    r"mensaje de respuesta|mensagem original|ursprüngliche (?:nachricht|mail|e-mail)|"
    r"original-?nachricht|originalmeddelande|originalmeddelelse|messaggio originale|"
    r"message (?:d.origine|initial)|oorspronkelijk bericht|origineel bericht|"
    r"opprinnelig melding|ursprungligt meddelande|oprindelig (?:meddelelse|besked)|"
    r"alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní (?:zpráva|e-?mail)|"
    r"pôvodná správa|pôvodný e-?mail|eredeti üzenet|mesajul original|исходное (?:сообщение|письмо)|"
    r"(?:оригинальное|первоначальное) сообщение|вихідне повідомлення|оригінальне повідомлення|"
    r"(?:izvorna|originalna) poruka|izvirno sporočilo|orijinal (?:mesaj|ileti)|"
    r"özgün (?:ileti|mesaj)|asıl ileti|αρχικό μήνυμα|πρωτότυπο μήνυμα|原始(?:邮件|郵件|信件)|"
    r"原(?:邮件|郵件)|元のメッセージ|元のメール|원본 ?(?:메시지|메일)|jatorrizko mezua|thư gốc|"
    r"pesan asli|"
    r"הודעה מקורית|الرسالة الأصلية|оригинално съобщение"
)
_ORIGINAL = re.compile(rf"[-_*=\s]{{2,60}}(?:{_ORIGINAL_WORDS})\s{{0,3}}[-_*=]{{2,60}}")
_ORIGINAL_BARE = re.compile(rf"[*_]?(?:{_ORIGINAL_WORDS})[*_]? ?:?$")
_FORWARD_STEM = (
    r"forwarded|reenviad|reenviat|(?:re)?encaminhad|weitergeleitet|transf[ée]r[ée]|transmis|"
    r"réexpédié|inoltrat|doorgestuur|vidarebefordra|videresend|välitet|edelleenlähete|przekaz|"
    r"przesłan|přepos|prepos|továbbít|redirec[țţt]ion|пересыла|пересила|пересла|переадрес|перенаправл|"
    r"proslij?e|prosle[dđ]|posredovan|yönlendiril|iletil|προωθ|转发|轉寄|轉發|転送|전달|edastat|"
    r"препратен|birbidali|chuyển tiếp|diteruskan|הועבר|معاد"
)
_FORWARD_HEADING = re.compile(
    rf"[-_=*]{{2,60}}[^-_=]{{0,40}}(?:{_FORWARD_STEM}|"
    rf"original message follows)[^-_=]{{0,40}}[-_=]{{2}}"
)
_FORWARD_BEGINS = re.compile(
    rf"(?:begin|start|inici|anfang|début|inizio|início|začátek|začiatok|począt|kezdet|începe|"
    rf"начало|початок|započni|početak|başla|αρχή|vidarebefordra|videresend|välitet|továbbít|"
    rf"przekaz|iletil|开始|下面|以下|転送|전달).{{0,40}}:$|(?:{_FORWARD_STEM})[^:]{{0,30}}(?:alkaa|"
    rf"kezdete):?$"
)
_FORWARD = re.compile(_FORWARD_STEM)
_FORWARD_ALONE = re.compile(
    rf"(?:[^\W\d_]{{1,12}} )?(?:{_FORWARD_STEM})[^\W\d_]{{0,12}}(?: [^\W\d_]{{1,12}})?:$"
)
"""MailMate and Sparrow write no dashes. Taken for one, any line only keeps what follows it."""
_DASHES = str.maketrans("‐‑‒–—―", "------")
_HEADING_BEGINS = tuple("-_=*‐‑‒–—―")
_FORWARD_SUBJECT = re.compile(
    r"\s*(?:fwd?|rv|tr|wg|enc|doorst|vb|vs|vl|pd|rvf|ilt|i)\s*:\s*", re.IGNORECASE
)
_DASHED = re.compile(r"-{5,60} ?\w[^-]{3,60}\w ?-{5,60}\s*$")


def is_original(line: str) -> bool:
    """`-----Original Message-----`: from here on the mail that is answered."""
    return line[:1] in "-_*=" and _ORIGINAL.match(folded(line)) is not None


def is_bare_original(line: str) -> bool:
    """The same words without dashes, which say it only above a header block."""
    return len(line) < 50 and _ORIGINAL_BARE.match(folded(line)) is not None


def is_forward(line: str) -> bool:
    """`---------- Forwarded message ---------`, or Apple's `Begin forwarded message:`."""
    line = line.strip("<>")
    if line.startswith(_HEADING_BEGINS):
        return _FORWARD_HEADING.match(folded(line[:120].translate(_DASHES))) is not None
    # Nearly every line of every mail comes here: most are told by their end.
    if len(line) >= 70 or not line.endswith((":", "a", "e", "A", "E")):
        return False
    line = folded(line)
    if not line.endswith((":", "alkaa", "kezdete")):
        return False
    if _FORWARD_ALONE.match(line):
        return True
    return _FORWARD_BEGINS.match(line) is not None and _FORWARD.search(line) is not None


def is_forward_subject(subject: str) -> bool:
    """`Fwd: …` and what other languages put there; "Re: Fwd:" is a reply."""
    return _FORWARD_SUBJECT.match(subject) is not None


def without_forward_prefix(subject: str) -> str:
    """`Fwd: Where is it?` -> `Where is it?`."""
    return _FORWARD_SUBJECT.sub("", subject, count=1)


def is_dashed(line: str) -> bool:
    """A heading between dashes in a language that is not known here."""
    return line.startswith("-----") and _DASHED.match(line) is not None


_REPLY = (
    r"reply|replies|type|write|respon[ds]|repond|répond|enter your|antwort|schreiben|conteste|"
    r"contesta|escrib[ae]|rispond|scriv|antwoord|typ |reageer|svar|skriv|vasta|kirjoita|odpow|"
    r"odpis|"
    r"odpov|ответ|пиш|відпов|yanıt|cevap|回复|回覆|返信|답장|answer|odgovor|răspun|válasz"
)
_LINE = (
    r"above (?:this|the dotted) line|(?:encima|arriba) (?:de )?esta l[íi]nea|sobre esta l[íi]nea|"
    r"au.dessus de cette ligne|"
    r"(?:oberhalb|über) diese[rs]? (?:linie|zeile)|sopra (?:a )?questa (?:riga|linea)|"
    r"acima d(?:esta|a) linha|boven deze (?:lijn|regel)|ovanför (?:den här |denna )?(?:linjen|"
    r"raden|linje|rad)|"
    r"over denne (?:linjen|linje)|tämän (?:rivin|viivan) yläpuolelle|powyżej tej lini|"
    r"nad (?:tento řádek|touto (?:čarou|čárou|čiarou)|tento riadok)|(?:выше|над) этой (?:линии|"
    r"строки|линией|строкой)|"
    r"вище цього рядка|bu satırın üst|此行(?:之)?上方|この(?:行|線)(?:より|の)上|이 (?:줄|선) 위|"
    r"(?:sobre|damunt) d.aquesta línia|deasupra acestei linii|iznad ove linije|fölé"
)
_ABOVE_THIS = Phrases(
    _LINE,
    case=True,
    words="lin|líne|ligne|zeile|riga|lijn|regel|ovanför|yläpuolelle|řádek|čarou|čárou|čiarou|"
    "riadok|лини|строк|рядка|satirin|此行|この行|この線|줄 위|선 위|línia|fölé",
)
_REPLIES = re.compile(_REPLY)
_ORDINARY = re.compile(r"\b(?:i|we|you|he|she|they|yo|nosotros|ich|wir|je|nous|ho|eu)\b|[.!?] \w")


def may_hold_reply_line(lines: Iterable[str]) -> bool:
    """May there be an `is_reply_line` among these (plain) lines? Known sooner than of each."""
    return _ABOVE_THIS.may_stand_in("\n".join(lines))


def is_reply_line(line: str) -> bool:
    """`##- Please type your reply above this line -##`, as helpdesks write it."""
    if len(line) > 140 or (len(line) >= 80 and line[0].isalpha()):
        return False
    line = folded(line)
    if _ABOVE_THIS.search(line) is None or _REPLIES.search(line) is None:
        return False
    return not line[0].isalpha() or _ORDINARY.search(line) is None


_VERB_WORDS = (
    "wrote|writes|sent|said|schrieb|schreibt|geschrieben|écrit|escribió|escribio|escrito|"
    "escriu|escriure|escreveu|escribiu|scritto|scrive|schreef|schrijft|geschreven|skrev|"
    "skriver|skrifaði|kirjoitti|kirjutas|napsal|napsala|napísal|napísala|napisał|napisała|"
    "pisze|napisao|napisala|piše|írta|scris|scrie|написал|написала|написали|пишет|пише|"
    "написав|написа|писал|yazdı|έγραψε|rakstīja|rašė|viết|menulis|כתב|كتب|quoting|citando|"
    "zitat|selon|cytowanie|idatzi|napisana|missatge|كتابة"
)
_VERBS = frozenset(_VERB_WORDS.split("|"))
_VERBS_IN_WORDS = (
    "写道",
    "寫道",
    "のメール",
    "書きました",
    "書いた",
    "님이",
    "작성",
    "제공",
    "เขียน",
    "בתאריך",
)
_WORDS = re.compile(r"[^\W\d_]+")
_PERSON = (
    r"i|we|you|they|he|she|it|who|nobody|yo|usted|ustedes|me|nos|te|se|le|les|él|ella|ellos|ellas|"
    r"nadie|quien|que|você|vocês|ele|ela|ich|wir|er|sie|du|ihr|j'ai|nous|vous|tu|il|elle|on|lui|"
    r"ci|mi|ti|vi|ik|wij|jij|jullie|u|jeg|jag|dere|han|hun|hon"
)
_TOLD = re.compile(
    rf"\b(?:{_PERSON}) (?:(?:have|has|had|already|also|just|then|only|ha|a|ya|hat|heeft|har) )?"
    r"(?:wrote|writes?|sent|said|escribió|escrito|escreveu|schrieb|écrit|scritto|schreef|skrev)\b|"
    rf"\b(?:schrieb|schreef|skrev|schreibt) (?:{_PERSON})\b"
)
_OWNED = re.compile(
    r"\b(?:your|my|our|su|sus|mis?|nuestr[oa]|vuestr[oa]|ihre?|meine?|unsere?|votre|mon|notre|"
    r"vostr[oa]|suo|mi[oa]|seu|sua|meu|minha|uw|mijn) \w"
)


def says(text: str) -> bool:
    """Is there a word for "wrote"?"""
    text = folded(text)
    return not _VERBS.isdisjoint(_WORDS.findall(text)) or any(w in text for w in _VERBS_IN_WORDS)


def is_told(text: str) -> bool:
    """ "You wrote", "me escribió": somebody tells this; a mail program names a name."""
    return _TOLD.search(folded(text)) is not None


def is_owned(text: str) -> bool:
    """ "Your driver", "mi vecina": nobody is called so."""
    return _OWNED.search(folded(text)) is not None
