"""The words by which machines without any header give themselves away, in the usual languages.

Strict on purpose: a machine that is taken for a person costs one mail and meets the caps; a
person taken for a machine is ignored. So a subject must begin as a mail system writes it and
something else must speak for a machine too; and a text alone must say two things that
out-of-office notes say, be short and ask nothing. People complain of automatic replies as well,
and in just these words.
"""

import re

_PREFIX = (
    r"auto[ -]?(?:reply|response|antwort|svar)|automat(?:ic|ed)[ -](?:e-?mail )?(?:reply|response)|"
    r"automatische antwort|(?:respuesta|contestaci[óo]n|resposta) autom[àáa]tica|"
    r"erantzun automatikoa|réponse automatique|risposta automatica|automatisch antwoord|"
    r"automatiskt? svar|automaattinen vastaus|automatyczna odpowied[źz]|"
    r"odpowied[źz] automatyczna|autoodpowied[źz]|automatick[áa] odpov[eě][ďd]|"
    r"automatikus v[áa]lasz|r[ăa]spuns automat|otomatik yan[ıi]t|автоматический ответ|автоответ|"
    r"автоматична відповідь|αυτόματη απάντηση|"
    r"(?:[āa]rpus biroja atra[šs]an[āa]s )?autom[āa]tisk[āa] atbilde|"
    r"自動応答|自動返信|自动回复|自動回覆|자동 회신|תשובה אוטומטית"
)
_ABSENCE = (
    r"out[ -]of[ -](?:the[ -])?office(?: auto ?reply)?|ooo|vacation (?:reply|response)|"
    r"away from (?:the|my) (?:office|desk|mail)|fuera de (?:la )?oficina|"
    r"(?:aviso|mensaje|notificaci[óo]n) de ausencia|ausente(?: de la oficina)?|"
    r"fora d(?:o|a|el|e l') ?(?:escrit[óo]rio|oficina|despatx)|abwesenheitsnotiz|"
    r"abwesenheitsbenachrichtigung|abwesenheit|abwesend|absence du bureau|absente? du bureau|"
    r"fuori (?:ufficio|sede)|afwezig(?:heid)?|niet op kantoor|frånvaro|fravær|"
    r"ikke til stede|poza biurem|nieobecno[śs][ćc]|poissa toimistosta|poissaolo|не в офисе|不在"
)
_TAG = r"\s*(?:\[[^\[\]]{1,80}\]\s*)?"
_RESPONDER_SUBJECT = re.compile(
    rf"\s*\[(?:{_PREFIX})\]|{_TAG}(?:{_PREFIX})\s*(?:[:：]|[-–—]\s|$)", re.IGNORECASE
)
_ABSENCE_SUBJECT = re.compile(
    rf"\s*\[(?:{_ABSENCE})\]|{_TAG}(?:{_ABSENCE})\s*(?:[:：]|[-–—]\s|$)", re.IGNORECASE
)
_REPLY_PREFIX = re.compile(r"\s*(?:re|rv|fwd?|aw|wg|sv|tr|rif|antw)\s*:", re.IGNORECASE)

_SALUTATION = (
    r"(?:(?:hi|hello|dear|hola|buenos d[íi]as|buenas tardes|estimad\w+|hallo|bonjour)\b"
    r"[^\n.!]{0,60}[\n.!,:]\s*)?"
    r"(?:(?:thank you|thanks|(?:muchas )?gracias)\b[^\n.!]{0,80}[\n.!,]\s*)?"
)
_ABSENCE_TEXT = re.compile(
    rf"\s*{_SALUTATION}(?:i(?: am|['’]m| will be|['’]ll be)(?: currently| now)?"
    r" (?:out of (?:the )?office|away from (?:the|my) (?:office|desk)|on (?:annual leave|"
    r"vacation|holidays?|(?:maternity|parental|sick) leave)|away (?:until|from))|"
    r"(?:actualmente |en este momento )?(?:estoy|estar[ée]|me encuentro|me encontrar[ée])"
    r"(?: actualmente)? (?:fuera de (?:la |mi )?oficina|ausente|de (?:vacaciones|baja|"
    r"permiso|viaje)))",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"limited access|no access to|(?:during|in) my absence|(?:up)?on my return\b|"
    r"\bi (?:will|shall) (?:reply|respond|answer)|(?:for|if)\b.{0,30}\burgent|"
    r"please contact (?!me\b|us\b)|acceso limitado|sin acceso|(?:en|durante) mi ausencia|"
    r"a mi (?:regreso|vuelta) |\b(?:responder[ée]|contestar[ée])\b|"
    r"(?:si|para|en caso)\b.{0,40}\burgen|"
    r"(?:puede|pueden|por favor)\b.{0,20}contact(?!\w*me\b|\w*nos\b)",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\?|\b(?:my|our|mi|nuestr[oa]) (?:order|parcel|package|refund|invoice|account|delivery|"
    r"booking|room|pedido|paquete|reembolso|factura|cuenta|entrega|env[íi]o|reserva)|"
    r"please (?:send|deliver|cancel|refund|ship|hold|change|call me)|"
    r"\b(?:env[íi]en|entreguen|cancelen|devuelvan|ll[áa]men)(?:me|lo|la|nos)?\b",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"\b(?:i|we)(?: am| are| will be| shall be|['’](?:m|re|ll be))(?: \w+){0,2} (?:out\b|away|"
    r"absent|on (?:\w+ )?(?:leave|vacation|holidays?|business|trip)|travel+ing|unavailable|"
    r"back|returning)|\bi (?:will|shall) (?:return|respond|reply|answer|get back)|"
    r"(?:limited|intermittent|no) access to|(?:in|during) my absence|(?:up)?on my return|"
    r"when i (?:return|get back|am back)|"
    r"\b(?:estoy|estar[ée]|me encuentro|me encontrar[ée])\b.{0,25}(?:fuera|ausente|vacaciones|"
    r"de (?:baja|permiso|viaje))|acceso limitado|(?:en|durante) mi ausencia|"
    r"a mi (?:regreso|vuelta)|cuando (?:vuelva|regrese)|\b(?:volver[ée]|regresar[ée]|"
    r"me reincorpor\w+|responder[ée]|contestar[ée])\b|"
    r"\b(?:estic|estaré)\b.{0,25}(?:fora|vacances|absent)|la meva absència|"
    r"\bich (?:bin|werde)\b.{0,40}(?:nicht im|abwesend|urlaub|außer haus|zurück)|"
    r"je suis\b.{0,40}(?:absente?|en (?:congés?|vacances|déplacement))|mon (?:absence|retour)|"
    r"\bsono\b.{0,30}(?:fuori|assente|ferie)|mia assenza|mio (?:rientro|ritorno)|"
    r"\b(?:estou|estarei)\b.{0,30}(?:ausente|fora|f[ée]rias)|minha aus[êe]ncia|"
    r"\bik ben\b.{0,40}(?:afwezig|niet|vakantie|verlof)|mijn afwezigheid",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rf"\s*{_SALUTATION}(?:thank you for|thanks for|gracias por|vielen dank für|merci (?:de|pour)|"
    r"grazie per|obrigad[oa] p)",
    re.IGNORECASE,
)

_ASKED = (
    r"(?:requests?|messages?|e-?mails?|mails?|enquir(?:y|ies)|inquir(?:y|ies)|query|ticket|"
    r"support request|solicitud|mensaje|correo|consulta|petici[óo]n|incidencia|e-?mail)"
)
_SENTENCE = r"(?:^|[\n.!,]\s{0,3}|\band |\by )"
_RECEIVED = re.compile(
    rf"{_SENTENCE}(?:(?:we(?: have|['’]ve)?|this is to confirm that we(?: have|['’]ve)?) "
    rf"(?:successfully )?(?:received|got) your (?:\w+ )?{_ASKED}\b|"
    rf"your (?:\w+ )?{_ASKED}\b.{{0,40}}\b(?:has been|was) (?:successfully )?"
    r"(?:received|submitted|logged|registered)|"
    rf"(?:le informamos (?:de )?que )?hemos recibido (?:correctamente )?(?:su|tu|vuestr[oa]) "
    rf"{_ASKED}\b|(?:su|tu) {_ASKED}\b.{{0,40}}\bha sido (?:recibid|registrad))",
    re.IGNORECASE,
)
_AUTOMATIC_TEXT = re.compile(
    r"\b(?:this is an auto(?:matic(?:ally[ -]generated)?|mated)(?: e-?mail)? "
    r"(?:reply|response|message|e-?mail|answer|notification|confirmation)|"
    r"[ée]st[ea] es una? (?:mensaje|correo|respuesta|notificaci[óo]n|e-?mail)"
    r"(?: electr[óo]nic[oa])? (?:autom[áa]tic[oa]|generad[oa] autom[áa]ticamente))\b"
    r"(?!\s*,?\s*(?:you|not|that|which|again|que|y no)\b)",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(
    r"do not (?:reply|respond|answer)(?: directly)?(?: to)? (?:this|it)?\s*"
    r"(?:(?:automated |automatic )?(?:e-?mail|message|address|notification|mailbox)\b|[.!\n]|$)|"
    r"\bno (?:lo )?(?:respond(?:a|an|as)|contest(?:e|en|es))"
    r"(?: (?:directamente )?a est[ea] (?:mensaje|correo|direcci[óo]n|e-?mail|notificaci[óo]n)|"
    r"[.!\n]|$)|"
    r"(?:mailbox|address|buz[óo]n) (?:is )?(?:not monitored|unmonitored|no (?:se|es) atendid)",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"(?:get back|respond|reply) to you\b|\b(?:contact you|be in touch)\b|"
    r"\b(?:responderemos|contestaremos|atenderemos)\b|nos pondremos en contacto|"
    r"ser[áa] (?:atendid|revisad)|"
    r"(?:ticket|case|request)\b.{0,40}\b(?:has been|was) (?:created|opened|assigned)|"
    r"your (?:ticket|case|request|reference) (?:number|id|no)\b|"
    r"se ha (?:creado|abierto|registrado|generado)\b.{0,40}(?:ticket|caso|incidencia|solicitud)|"
    r"(?:su|tu) n[úu]mero de (?:ticket|caso|incidencia|solicitud|referencia)|"
    r"reply above this line|respuesta (?:por )?encima de esta l[íi]nea",
    re.IGNORECASE,
)
_TICKET_NUMBER = re.compile(
    r"\[[^\[\]]{0,80}#\s?\d+\]|\b(?:ticket|case|request|caso|solicitud|incidencia|consulta)\s?"
    r"(?:#|n[.º°]+)\s?\d+",
    re.IGNORECASE,
)
_CLOSED_SUBJECT = re.compile(
    r"\s*\[[^\[\]]{0,100}#\s?\d+\]\s*(?:resolved|closed|solved|auto-?reply|resuelto|cerrado|"
    r"solucionado|gelöst)\s*:",
    re.IGNORECASE,
)
_CLOSED_TEXT = re.compile(
    r"(?:request|ticket|case|solicitud|caso|incidencia)\b.{0,40}\b(?:resolved|closed|solved|"
    r"resuelt[oa]|cerrad[oa]|solucionad[oa])\b",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"(?:click|follow)\b[^.]{0,60}\blink\b[^.]{0,80}"
    r"(?:\byour (?:e-?mail )?address[^.]{0,60}\b(?:allowed|white|approved senders?) ?list|"
    r"\bdelivery of your (?:e-?mail|message)|\byou are (?:not )?a (?:human|spammer))|"
    r"haga clic\b[^.]{0,60}\benlace\b[^.]{0,80}\bsu (?:direcci[óo]n|correo)[^.]{0,60}\blista",
    re.IGNORECASE,
)
_READ_SUBJECT = re.compile(
    r"(?:read|le[íi]do|gelesen|lu|letto|lida|gelezen|llegit|not read|no le[íi]do)\s?: ",
    re.IGNORECASE,
)
_READ_TEXT = re.compile(
    r"\bwas (?:read|deleted|opened|displayed) on\b|\b(?:se ley[óo]|(?:fue|ha sido) le[íi]do) |"
    r"wurde am .{4,40} gelesen|a été lu|this is a receipt for",
    re.IGNORECASE,
)
_INVITATION_SUBJECT = re.compile(
    r"\s*(?:(?:tentatively )?accepted|declined|tentative|acept(?:ad[oa]|ada provisionalmente)|"
    r"rechazad[oa]|provisional|zugesagt|abgelehnt|accepté|refusé)\s?:",
    re.IGNORECASE,
)
_INVITATION_TEXT = re.compile(
    r"\bha(?:s|ve)? (?:tentatively )?(?:accepted|declined|aceptado|rechazado)\b.{0,40}"
    r"\b(?:invitation|meeting|event|invitaci[óo]n|reuni[óo]n|evento)",
    re.IGNORECASE,
)
_NO_REPLY = re.compile(
    r"(?:^|[._+=-])(?:"
    r"(?:no|do[._-]?not|dont|never|cannot)[._-]?(?:repl(?:y|ies)|respond|answer)|"
    r"no[._-]?(?:responde[rs]?|respond[ae]s?|contest(?:ar?|e|es)|resposta|responga)|"
    r"n[aã]o[._-]?respond[ae]r?|ne[._-]?pas[._-]?r[eé]pondre|pas[._-]?de[._-]?r[eé]ponse|"
    r"(?:nicht|keine)[._-]?antwort(?:en)?|non[._-]?rispondere|niet[._-]?(?:be)?antwoorden|"
    r"devnull|unattended)(?:$|[^a-z]|to|mail)",
    re.IGNORECASE,
)
_FAILURE_SUBJECT = re.compile(
    r"\s*(?:undeliver(?:able|ed)|delivery (?:status notification|failure|has failed)|"
    r"(?:mail|message) (?:delivery|status)\b.{0,20}(?:fail|error)|failure notice|"
    r"returned mail|mail (?:could not be|system error)|no se (?:puede|ha podido) entregar|"
    r"correo no entregado|unzustellbar|non remis|mancato recapito)",
    re.IGNORECASE,
)
_DELAY_SUBJECT = re.compile(
    r"(?:delayed (?:mail|delivery)|delivery (?:status notification )?\(?delay|"
    r"warning: (?:could not send|message)|message (?:delayed|still undelivered)|entrega retrasada)",
    re.IGNORECASE,
)
_SHORT = 1_000
"""Characters: notes of absence and receipts are no longer."""


def is_out_of_office(subject: str, text: str, *, prompted: bool) -> bool:
    """Is it an automatic reply or a note of absence, by two signs at least?

    `prompted`: something beside the words speaks for a machine, as an answer's thread does.
    """
    opening = text[:400]
    if is_responder_subject(subject):
        said = (_AWAY, _OPENING, _RECEIVED, _AUTOMATIC_TEXT, _NO_ANSWER)
        return prompted or any(pattern.search(opening) for pattern in said)
    if _ABSENCE_SUBJECT.match(subject[:200]):
        return prompted or (_AWAY.search(opening) is not None and not _asks(text))
    if len(text) > _SHORT or not _ABSENCE_TEXT.match(text):
        return False
    return _INSTEAD.search(text) is not None and not _asks(text)


def _asks(text: str) -> bool:
    """Does the writer want something of us? Notes of absence do not."""
    return _REQUEST.search(text[:2_000]) is not None


def is_responder_subject(subject: str) -> bool:
    """Does the subject begin as mail systems begin that of an automatic reply?"""
    return _RESPONDER_SUBJECT.match(subject[:200]) is not None


def is_challenge(text: str) -> bool:
    """Does it ask us to prove that we are human before our mail is delivered?"""
    head = text[:1_500]
    return "li" in head and _CHALLENGE.search(head) is not None


def is_closing(subject: str, text: str, *, prompted: bool) -> bool:
    """Is it another helpdesk's note that a case is closed? `prompted` as above."""
    return is_closing_subject(subject) and (
        prompted or _CLOSED_TEXT.search(text[:_SHORT]) is not None
    )


def is_closing_subject(subject: str) -> bool:
    """Does the subject say "resolved" or the like of a numbered case, as helpdesks write it?"""
    return _CLOSED_SUBJECT.match(subject[:300]) is not None


def is_acknowledgement(subject: str, text: str) -> bool:
    """Does another helpdesk say that it received something, by two signs at least?

    One of them must be that it did, that it is a machine, or that nobody is to answer.
    """
    words = f"{subject[:300]}\n{text[:1_500]}"
    clear = sum(p.search(words) is not None for p in (_RECEIVED, _AUTOMATIC_TEXT, _NO_ANSWER))
    if clear != 1:
        return clear > 1
    # A customer's reply keeps the number of the case in its subject.
    numbered = not _REPLY_PREFIX.match(subject) and _TICKET_NUMBER.search(subject[:300])
    return bool(numbered or _PROMISE.search(words))


def is_read_receipt(subject: str, text: str, *, prompted: bool) -> bool:
    """Is it a read receipt that has lost its form on the way? `prompted` as above."""
    if not _READ_SUBJECT.match(subject[:100]):
        return False
    if not text.strip():
        return prompted
    return len(text) <= _SHORT and _READ_TEXT.search(text) is not None


def is_invitation_reply(subject: str, text: str, *, prompted: bool) -> bool:
    """Is it the answer to an invitation, as calendars write it? `prompted` as above."""
    if not _INVITATION_SUBJECT.match(subject[:100]):
        return False
    if not text.strip():
        return prompted
    return _INVITATION_TEXT.search(text[:_SHORT]) is not None


def is_no_reply(local: str) -> bool:
    """Does this local part of an address say that nobody reads what is sent to it?"""
    return _NO_REPLY.search(local) is not None


def is_failure_subject(subject: str) -> bool:
    """Does the subject say that a mail could not be delivered?"""
    return _FAILURE_SUBJECT.match(subject[:200]) is not None


def is_delay_subject(subject: str) -> bool:
    """Does the subject say that a mail is still on its way?"""
    return _DELAY_SUBJECT.search(subject[:200]) is not None
