"""What stands below somebody's words: signatures, advertisements of telephones, disclaimers.

It looks from the end upwards, and only at the end: the same line in the middle of a text is text.
A name under the words without a separator is kept, as it tells who wrote.
"""

import re
from collections.abc import Sequence

from mailresponder.mail.marks import plain
from mailresponder.mail.phrases import Late, folded

_SIGNATURE_LINES = 15
"""What goes on for longer below a separator is text that somebody structured so."""
_PARAGRAPH_LINES = 60
_PARAGRAPH_CHARS = 6_000

_SEPARATOR = re.compile(r"(?:--|—) ?$")
_SENTENCE = re.compile(r"(?:\S+ +){2}.*[.?!]$|.{100}")
_ABBREVIATION = re.compile(
    r"\b(?:inc|ltd|co|corp|llc|jr|sr|dr|s\.? ?l|s\.? ?a|\w)\.$", re.IGNORECASE
)
_CONTACT = re.compile(r"@|https?://|www\.|\+?\d[\d ()/.-]{6,}\d|\|")
RULE = re.compile(r"[\s*]*[-_=~#]{2,}[\s*]*$")

_DEVICE = (
    r"iphon|ipad|ipod|android|blackberry|samsung|galaxy|huawei|xiaomi|redmi|htc|nokia|lumia|"
    r"oneplus|pixel|motorola|xperia|alcatel|oppo|vivo|realme|windows|macbook|\bmac\b|outlook|gmail|"
    r"yahoo|\bmail\b|e-?mail|mailbox|airmail|aol|proton|protonmail|tutanota|tuta|zoho|spark|newton|"
    r"acompli|bluemail|typeapp|superhuman|spike|polymail|mailspring|"
    r"boxer|aqua ?mail|k-9|k9|thunderbird|fairemail|\bgmx\b|web\.de|verizon|t-mobile|"
    r"at&t|vodafone|orange|mobile|mobil\w{0,20}|smartphone|cell ?phone|\bphone|\bcell\b|tablet|"
    r"device|m[óo]vil|celular|tel[ée]fono|dispositivo|t[ée]l[ée]phone|appareil|handy|gerät|"
    r"cellulare|telefon\w{0,8}|telemóvel|telefoon|toestel|puheli\w{0,8}|laitte\w{0,6}|"
    r"urządzeni\w{0,4}|"
    r"komórk\w{0,4}|zařízení|zariadeni\w{0,4}|készülék\w{0,12}|dispozitiv|устройств\w{0,3}|"
    r"телефон\w{0,3}|смартфон\w{0,3}|пристро\w{0,4}|cihaz\w{0,8}|συσκευή|κινητό|手机|手機|携帯|"
    r"スマートフォン|휴대전화|스마트폰|gailu\w{0,6}|mòbil|dispositiu"
)
_SENT = (
    r"(?:sent|get|composed|written|typed|posted|delivered) (?:from|via|with|using|on|by)|"
    r"enviad[oa] (?:desde|con|por|a través de|do|da|de|a partir d[eo]|pelo|pela|com|via)|"
    r"envoyé (?:de(?:puis)?|à partir d|avec|par|via)|gesendet (?:von|mit|über)|"
    r"diese (?:e-?mail|nachricht|mail) wurde (?:von|mit)|von meinem|von unterwegs|"
    r"inviat[oa] (?:da|dal|con|tramite)|ver(?:zonden|stuurd) (?:van|met|via|vanaf|vanuit)|"
    r"skickat (?:från|med|via)|sendt (?:fra|med|via)|lähetetty|wysłan[eoy] (?:z|za pomocą|przez)|"
    r"odesláno|odoslané|küldve|elküldve|trimis (?:de pe|din|cu|prin)|отправлено (?:с|из|через)|"
    r"надіслано (?:з|із|через)|poslan[oa] (?:s|sa|z|iz|putem)|στάλθηκε|εστάλη|发自|發自|從我|从我|"
    r"enviat (?:des d|amb|per)|saadetud|gửi từ|dikirim dari|נשלח|أرسلت|ส่งจาก|nire"
)
_SENT_AFTER = (
    r"gesendet|küldve|gönderildi|から送信|에서 보냄|bidalia|bidalita|傳送|发送|發送|iletildi|"
    r"beziehen"
)
_MY = (
    r"my|mi|mis|mon|meinem|meiner|il mio|mio|mijn|min|mitt|meu|minha|moj\w{0,3}|мо\w{1,3}|我的|나의"
)
_MOBILE = Late(
    rf"(?:{_SENT})[^.,;!?]{{0,40}}?(?:{_DEVICE})[^.,;!?]{{0,50}}(?:[.!]|"
    rf"[.!] get the app.{{0,20}})?$|"
    rf"(?:{_SENT}) (?:{_MY}) (?:[^\s.,;!?]+ ?){{1,6}}\.?$|"
    rf".{{0,60}}?(?:{_DEVICE}).{{0,60}}?(?:{_SENT_AFTER})\.?$|"
    rf"(?:from|desde|de|von|da|depuis|do|van) (?:{_MY}) (?:{_DEVICE})[^.,;!?]{{0,20}}$|"
    r"\S{1,20} (?:from|desde)(?: el)? (?:mobile|m[óo]vil|celular|iphone|ipad|phone)$|"
    r"(?:\S+ ){0,4}outlook (?:for|para|für|pour|per|voor|för|til|for|dla|pro|pre|для|için|за|על) "
    r"(?:ios|android|mac|windows|iphone)\b.{0,20}$|"
    r"yahoo mail: .{0,60}$|"
    r"(?=.{0,90}?(?:virus.?free|libre de virus|virenfrei|sans virus|senza virus|privo di virus|"
    r"livre de v[íi]rus|virusvrij|scanned|checked|comprobado|analizado|geprüft|überprüft|analys|"
    r"vérifi|verificat)).{0,90}?\b(?:avast|avg)\b.{0,40}$"
)
_EXCUSE = re.compile(
    r"[.,;:(\s-]{1,4}(?:please )?(?:excuse|pardon|forgive|apolog|sorry|perdon|disculp|entschuldig|"
    r"bitte entschuld|veuillez excuser|scus|desculp|excuus).{0,80}$"
)
_LINK = re.compile(r"[\s(<\[]*https?://\S{1,300}$")
_MARKDOWN = re.compile(r"\[([^\[\]]{1,60})\]\(https?://[^\s()]{1,300}\)")
_WRAPPING = "*_<>()[]{}|~-–—•' \t"

_THIS_MAIL = Late(
    r"this (?:e-?mail|message|communication|transmission|mail)|(?:in|of|from) this (?:e-?mail|"
    r"message)|"
    r"est[ea] (?:mensaje|correo|e-?mail|comunicaci[óo]n|mail|transmisi[óo]n)|"
    r"diese[rs]? (?:e-?mail|nachricht|mail)|"
    r"ce(?:t)? (?:message|e-?mail|courriel|mail)|quest[ao] (?:messaggio|e-?mail|comunicazione|"
    r"mail)|"
    r"il presente messaggio|la presente (?:e-?mail|comunicazione)|el presente (?:mensaje|correo)|"
    r"le présent (?:message|courriel)|est[ea] (?:mensagem|e-?mail)|dit (?:bericht|e-?mail)|"
    r"deze e-?mail|"
    r"de(?:nne|tta) (?:e-?mail|meddelelse|melding|mail|meddelande|e-?post)|det här (?:mejlet|"
    r"meddelandet)|"
    r"tämä (?:viesti|sähköposti)|niniejsza (?:wiadomość|korespondencja)|ta wiadomość|t(?:ato|ento) "
    r"(?:zpráva|e-?mail|správa)|ez (?:az e-?mail|az üzenet)|acest (?:mesaj|e-?mail)|"
    r"(?:это|данное) (?:сообщение|письмо)|це повідомлення|ова порука|ova poruka|bu (?:e-?posta|"
    r"mesaj|ileti)|"
    r"aquest (?:missatge|correu)|mezu hau|本邮件|此邮件|本郵件|このメール|本メール|이 (?:메일|"
    r"이메일)"
)
_LEGAL = re.compile(
    r"confiden\w+|confiden[cz]ial\w*|vertraulich|vertrouwelijk|riservat|fortroli|konfiden\w+|"
    r"luottamuksel|poufn|důvěrn|dôvern|bizalmas|конфиденциальн|конфіденційн|povjerljiv|gizli|"
    r"intended (?:recipient|only|solely|for)|solely for|privileged|addressee|"
    r"received (?:this|it) .{0,30}(?:error|mistake)|in error|unauthori[sz]ed|disclos|"
    r"(?:legally|by law)|liab(?:le|ility)|virus|delete (?:it|this|the)|destinatari\w+|"
    r"destinat[áa]ri\w+|destinataire\w*|por error|recibido .{0,40}error|privilegiad|prohibid|"
    r"proh[ií]be|divulga|difusi[óo]n|protecci[óo]n de datos|rgpd|lopd|gdpr|dsgvo|empfänger|"
    r"irrtümlich|unbefugt|gestattet|erreur|divulgation|interdit|errore|vietat|divulg|"
    r"geadresseerde|bestemd|ontvanger|mottagare|modtager|mottaker|vastaanottaj|adresat|adresát|"
    r"címzett|destinatarul|адресат|получател|alıcı|保密|机密|機密|기밀"
)
_IN_ERROR = Late(
    r"(?:received|receive|got) (?:this|it)\b.{0,40}\b(?:error|mistake)|"
    r"(?:recibid[oa]|recibe|llegado).{0,40}\berror|irrtümlich|par erreur|per errore|por engano"
)
"""What nobody says of a mail they wrote themselves."""
_LEGAL_HEADING = Late(
    r"[\W_]{0,6}(?:(?:aviso|nota) (?:legal|de confidencialidad(?:e)?|de privacidad)|"
    r"cláusula de confidencialidad|(?:legal|confidentiality|privacy) (?:notice|disclaimer|"
    r"statement|note|warning)|"
    r"(?:e-?mail )?disclaimer|confidential(?:ity)?|protección de datos|"
    r"información básica sobre protección|"
    r"avis (?:de confidentialité|juridique|légal|important)|confidentialité|haftungsausschluss|"
    r"vertraulichkeitshinweis|rechtlicher hinweis|avvertenze? legal[ei]|nota legale|"
    r"informativa (?:sulla )?privacy|aviso de confidencialidade|aviso legal|vertrouwelijkheid)\b"
)
_ENVIRONMENT = Late(
    r"(?=.{0,80}(?:\bprint|imprim|drucken|ausdruck|stampa|afdrukt|skriver ut|udskriver|tulosta|"
    r"drukuj|vytisk))"
    r"(?=.{0,120}(?:environment|medio ?ambiente|medi ambient|umwelt|environnement|ambiente|milieu|"
    r"miljø|miljö|ympäristö|środowisk|prostředí|planet|bäume|árboles|trees))(?!.{400})"
)
_FIRST_PERSON = re.compile(
    r"\bI\b(?!\.)|\b(?:my|yo|mis?|ich|meine?[nmrs]?|mon|mijn|minha|meu|mio|mia)\b"
)
_LIST = re.compile(r"mailing list|lista de correo|/listinfo|unsubscribe|@lists\.|groups\.google")
_LIST_FOOTER = re.compile(
    r"you (?:received|are receiving) this (?:message|e-?mail) because you are subscribed|"
    r"has recibido este mensaje porque|to unsubscribe from this (?:group|list)|"
    r"para cancelar la suscripción a este grupo"
)


def without_closing(lines: Sequence[str], *, words_above: bool = False) -> list[str]:
    """Lines without what clients and companies put below them; blank lines and rules at the end go.

    `words_above`: the sender wrote something before these lines, so that a signature may be all
    of them. Looks at a fixed number of lines above the last that it drops.
    """
    kept = list(lines)
    _drop_notices(kept)
    if _drop_signature(kept, words_above=words_above):
        _drop_notices(kept)
    return kept


def has_words(lines: Sequence[str]) -> bool:
    """Is there a line that is neither blank nor a rule?"""
    return any(line and not RULE.match(line[:200]) for line in lines)


def is_mobile(line: str) -> bool:
    """ "Sent from my phone", "Get Outlook for iOS": a line that nobody wrote."""
    if not line or len(line) > 220:
        return False
    line = _LINK.sub("", _MARKDOWN.sub(r"\1", plain(line)).strip(_WRAPPING))
    line = _EXCUSE.sub("", folded(line.strip(_WRAPPING)))
    return 0 < len(line) < 110 and _MOBILE.match(line) is not None


def _drop_notices(kept: list[str]) -> None:
    while True:
        while kept and (_is_empty(kept[-1]) or is_mobile(kept[-1])):
            kept.pop()
        start = _last_paragraph(kept)
        if not start or not _is_disclaimer(" ".join(line.strip() for line in kept[start:])):
            return
        del kept[start:]


def _is_empty(line: str) -> bool:
    return not line.strip() or RULE.match(line[:200]) is not None


def _last_paragraph(kept: Sequence[str]) -> int:
    """Where the last paragraph begins; 0 if it is the only one, or too long to be a notice."""
    start = len(kept)
    size = 0
    while start > 0 and kept[start - 1].strip():
        start -= 1
        size += len(kept[start])
        if len(kept) - start > _PARAGRAPH_LINES or size > _PARAGRAPH_CHARS:
            return 0
    return start


def _is_disclaimer(paragraph: str) -> bool:
    """A block about who may read this mail, in the words of lawyers and in nobody's first person.

    A customer may write "this mail is confidential" too: only a heading that says so, or a
    paragraph full of it, is a disclaimer.
    """
    text = folded(paragraph)
    if _LIST_FOOTER.search(text[:300]):
        return True
    if _FIRST_PERSON.search(paragraph):
        return False
    if _ENVIRONMENT.match(text):
        return True
    hits = len({match[0] for match in _LEGAL.finditer(text)})
    if _LEGAL_HEADING.match(text):
        return hits >= 2 or (len(text) < 40 and text.rstrip(" :.-*").count(" ") < 4)
    if hits < 2 or _THIS_MAIL.search(text[:250]) is None:
        return False
    return (hits > 2 and len(text) >= 120) or _IN_ERROR.search(text) is not None


def _drop_signature(kept: list[str], *, words_above: bool) -> bool:
    """From the highest separator (`-- `, RFC 3676 §4.3) of the last lines on."""
    first = max(len(kept) - _SIGNATURE_LINES - 1, 0)
    for index in range(first, len(kept)):
        if not _separates(kept, index):
            continue
        if words_above or has_words(kept[max(index - 10, 0) : index]):
            del kept[index:]
            return True
    return False


def _separates(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    if line == "-- ":
        return True
    if _SEPARATOR.match(line):
        return _is_signature(lines[index + 1 :])
    # A mailing list puts its own lines below a rule.
    return line.startswith("__") and bool(RULE.match(line[:100])) and _is_list(lines[index + 1 :])


def _is_list(lines: Sequence[str]) -> bool:
    below = " ".join(line[:200] for line in lines if line.strip())
    return len(below) < 500 and _LIST.search(folded(below)) is not None


def _is_signature(lines: Sequence[str]) -> bool:
    """Is it a name and addresses, rather than a sentence or a list below somebody's dashes?"""
    first = next((plain(line) for line in lines if line.strip()), "")
    if any(
        _SEPARATOR.match(line)
        or (
            line.rstrip().endswith(("?", "!", "."))
            and " " in line.strip()
            and not _CONTACT.search(line)
            and not _ABBREVIATION.search(line)
        )
        for line in lines
    ):
        return False
    if _CONTACT.search(first) or _ABBREVIATION.search(first):
        return True
    return _SENTENCE.match(first) is None
