"""The words by which machines without any header give themselves away, in the usual languages.

Strict on purpose: a machine that is taken for a person costs one mail and meets the caps; a
person taken for a machine is ignored. So a subject must stand as a mail system writes it, and a
text must say two things that out-of-office notes say and ask nothing.
"""

import re

_AUTOMATIC_REPLY = (
    r"auto(?:matic|mated|matisch\w*)?[ -]?(?:reply|response|respon[sd]er?|antwort|svar|respuesta)|"
    r"respuesta autom[áa]tica|contestaci[óo]n autom[áa]tica|resposta autom[àáa]tica|"
    r"erantzun automatikoa|réponse automatique|risposta automatica|automatisch antwoord|"
    r"automatiskt? svar|automaattinen vastaus|automatyczna odpowied[źz]|autoodpowied[źz]|"
    r"automatick[áa] odpove?[ďd]|automatická odpověď|automatikus v[áa]lasz|r[ăa]spuns automat|"
    r"otomatik yan[ıi]t|автоматический ответ|автоответ|автоматична відповідь|"
    r"αυτόματη απάντηση|automātiska atbilde|automatiska atbilde|自動応答|自動返信|自动回复|"
    r"自動回覆|자동 회신|תשובה אוטומטית"
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
_AUTOMATIC_SUBJECT = re.compile(
    rf"[\s\W]{{0,4}}(?:\[[^\[\]]{{1,80}}\]\s*)?(?:.{{0,30}}\b)?(?:{_AUTOMATIC_REPLY})\s*"
    r"(?:[:：\]\-–—(]|$)",
    re.IGNORECASE,
)
_ABSENCE_SUBJECT = re.compile(
    rf"[\s\W]{{0,4}}(?:{_ABSENCE})\s*(?:[:：\]\-–—(]|$)",
    re.IGNORECASE,
)
_REPLY_PREFIX = re.compile(r"\s*(?:re|rv|fwd?|aw|wg|sv|tr|rif|antw)\s*:", re.IGNORECASE)

_SALUTATION = (
    r"(?:(?:hi|hello|dear|hola|buenos d[íi]as|buenas tardes|estimad\w+|hallo|bonjour)\b"
    r"[^\n.!]{0,60}[\n.!,:]\s*)?"
    r"(?:(?:thank you|thanks|(?:muchas )?gracias)\b[^\n.!]{0,80}[\n.!,]\s*)?"
)
_AUTOMATIC_TEXT = re.compile(
    rf"\s*{_SALUTATION}(?:this is an auto(?:matic(?:ally generated)?|mated)"
    r"(?: e-?mail)? (?:reply|response|message|e-?mail|answer)|"
    r"[ée]st[ea] es una? (?:mensaje|correo|respuesta|e-?mail)"
    r"(?: electr[óo]nico)? (?:autom[áa]tic[oa]|generad[oa] autom[áa]ticamente))",
    re.IGNORECASE,
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
    r"limited access|no access to|(?:during|in) my absence|(?:up)?on my return|when i (?:return|"
    r"get back|am back)|i will (?:reply|respond|answer|be back|return)|(?:for|if)\b.{0,30}urgent|"
    r"please contact|acceso limitado|sin acceso|(?:en|durante) mi ausencia|a mi (?:regreso|vuelta)|"
    r"cuando (?:vuelva|regrese)|responder[ée]|contestar[ée]|(?:si|para|en caso)\b.{0,40}urgen|"
    r"(?:puede|pueden|por favor)\b.{0,20}contact",
    re.IGNORECASE,
)
_HELPDESK_SUBJECT = re.compile(
    r"\s*\[[^\[\]]{0,100}#\s?\d+\]\s*(?:resolved|closed|solved|auto-?reply|resuelto|cerrado|"
    r"solucionado|gelöst)\s*:",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"(?:to (?:have|ensure|complete)|verify|confirm|please click|haga clic|confirme)"
    r".{0,200}(?:delivery of your|(?:allowed|white|approved senders?) ?list|lista blanca|"
    r"you are (?:not )?a (?:human|spammer))",
    re.IGNORECASE | re.DOTALL,
)
_CHALLENGE_WORDS = ("list", "delivery of your", "spammer", "a human")
_READ_SUBJECT = re.compile(
    r"(?:read|le[íi]do|gelesen|lu|letto|lida|gelezen|llegit|not read|no le[íi]do)\s?: ",
    re.IGNORECASE,
)
_READ_TEXT = re.compile(
    r"was (?:read|deleted|opened) on|(?:se ley[óo]|fue le[íi]do|ha sido le[íi]do|le[íi]do el)|"
    r"wurde am .{4,40} gelesen|a été lu|is no guarantee|return receipt",
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


def is_automatic_subject(subject: str) -> bool:
    """Does the subject say "automatic reply" or "out of office" as a mail system writes it?"""
    if _REPLY_PREFIX.match(subject):
        return False
    head = subject[:200]
    return bool(_AUTOMATIC_SUBJECT.match(head) or _ABSENCE_SUBJECT.match(head))


def is_automatic_text(text: str) -> bool:
    """Do the first words say that a machine answers, or that nobody is there?"""
    head = text[:800]
    if _AUTOMATIC_TEXT.match(head):
        return True
    asks = "?" in text[:2_000]
    return not asks and bool(_ABSENCE_TEXT.match(head) and _INSTEAD.search(head))


def is_helpdesk_wording(subject: str, text: str) -> bool:
    """Is it another helpdesk's acknowledgement, or a question whether we are human?"""
    if _HELPDESK_SUBJECT.match(subject[:300]):
        return True
    head = text[:1_500].lower()
    return any(word in head for word in _CHALLENGE_WORDS) and bool(_CHALLENGE.search(head))


def is_read_receipt(subject: str, text: str) -> bool:
    """Is it a read receipt that has lost its form on the way?"""
    if not _READ_SUBJECT.match(subject[:100]):
        return False
    return not text.strip() or _READ_TEXT.search(text[:1_000]) is not None


def is_failure_subject(subject: str) -> bool:
    """Does the subject say that a mail could not be delivered?"""
    return _FAILURE_SUBJECT.match(subject[:200]) is not None


def is_delay_subject(subject: str) -> bool:
    """Does the subject say that a mail is still on its way?"""
    return _DELAY_SUBJECT.search(subject[:200]) is not None
