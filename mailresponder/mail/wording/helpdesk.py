"""How other helpdesks and spam filters write: case received, case closed, prove you are human.

The same care as in `absence`: people quote these sentences, and are angry about them.
"""

import re

from mailresponder.mail.phrases import Phrases, how_many

_ASKED = (
    r"(?:requests?|messages?|e-?mails?|mails?|enquir(?:y|ies)|inquir(?:y|ies)|query|ticket|"
    r"support request|case|"
    r"solicitud|mensaje|correo(?: electr[óo]nico)?|consulta|petici[óo]n|incidencia|caso|"
    r"sol·licitud|missatge|correu|anfrage|nachricht|demande|message|richiesta|messaggio|"
    r"pedido de (?:suporte|assistência)|mensagem|solicitação|aanvraag|bericht|verzoek|ärende|"
    r"meddelande|henvendelse|viesti|zgłoszenie|wiadomość|požadavek)"
)
_SENTENCE = r"(?:^|[\n.!,:]\s{0,3}|\band |\by )"
_RECEIVED = Phrases(
    r"^\[?(?:(?:support )?(?:request|ticket|case) (?:received|created|opened)|"
    r"(?:solicitud|ticket|caso|incidencia) (?:recibid|cread)[oa])\b|"
    rf"{_SENTENCE}(?:(?:we(?: have|['’]ve)?|this is to confirm that we(?: have|['’]ve)?) "
    rf"(?:successfully )?(?:received|got) your (?:\w+ )?{_ASKED}\b|"
    rf"your (?:\w+ )?{_ASKED}\b.{{0,40}}\b(?:has been|was) (?:successfully )?"
    r"(?:received|submitted|logged|registered)|"
    rf"(?:le informamos (?:de )?que )?hemos recibido (?:correctamente )?(?:su|tu|vuestr[oa]) "
    rf"{_ASKED}\b|(?:su|tu) {_ASKED}\b.{{0,40}}\bha sido (?:recibid|registrad)|"
    rf"hem rebut (?:la |el )?(?:seva |seu |teva |teu )?{_ASKED}|wir haben ihre {_ASKED} erhalten|"
    rf"ihre {_ASKED} (?:ist (?:bei uns )?eingegangen|wurde (?:registriert|empfangen))|"
    rf"nous avons (?:bien )?reçu votre {_ASKED}|votre {_ASKED} a (?:bien )?été (?:reçue?|"
    rf"enregistrée?)|"
    rf"abbiamo ricevuto la (?:sua|tua) {_ASKED}|la (?:sua|tua) {_ASKED} è stata (?:ricevuta|"
    rf"registrata)|"
    rf"recebemos (?:a sua |o seu |sua |seu ){_ASKED}|wij? hebben uw {_ASKED} ontvangen|"
    rf"uw {_ASKED} (?:is|werd) ontvangen|vi har (?:mottagit|mottatt|modtaget) (?:ditt|"
    rf"din) {_ASKED}|"
    r"(?:thank you|thanks) for (?:contacting|reaching out to|getting in touch with)\b(?! me\b)|"
    r"gracias por (?:contactar|ponerse en contacto|comunicarse|escribirnos)\b(?! conmigo\b)|"
    rf"otrzymaliśmy (?:twoje |państwa |pana )?{_ASKED})",
    words="received| crea| opened|recibid|submitted| logged|regist|successfully|got your|"
    "hem rebut|wir haben ihre|angen|reçu|abbiamo ricevuto|ricevuta|recebemos|hebben uw|mottagit|"
    "mottatt|modtaget|for contacting|for reaching|for getting|gracias por c|gracias por p|"
    "gracias por escribirnos|otrzymaliśmy",
)
_AUTOMATIC_TEXT = Phrases(
    r"\b(?:this is an auto(?:matic(?:ally[ -]generated)?|mated)(?: e-?mail)? "
    r"(?:reply|response|message|e-?mail|answer|notification|confirmation)|"
    r"[ée]st[ea] es una? (?:mensaje|correo|respuesta|notificaci[óo]n|e-?mail)"
    r"(?: electr[óo]nic[oa])? (?:autom[áa]tic[oa]|generad[oa] autom[áa]ticamente)|"
    r"aquest(?:a)? és una? (?:missatge|resposta|correu) (?:automàtica?|generada?)|"
    r"dies ist eine automatisch(?:e| generierte| erstellte) (?:nachricht|antwort|e-?mail)|"
    r"diese (?:nachricht|e-?mail) wurde automatisch (?:erstellt|generiert|versendet)|"
    r"this (?:message|e-?mail) (?:was|is|has been) (?:automatically )?generated automatically|"
    r"this (?:message|e-?mail) (?:was|is|has been) automatically (?:generated|sent)|"
    r"est[ea] (?:mensaje|correo) (?:ha sido|fue|se ha) (?:generado|enviado) autom[áa]ticamente|"
    r"(?:ta|niniejsza) wiadomość została wygenerowana automatycznie|"
    r"это автоматическ(?:ое|ий) (?:уведомление|сообщение|письмо|ответ)|"
    r"ceci est (?:un (?:message|e-?mail)|une réponse) automatique|"
    r"quest[oa] è un[ao']? ?(?:messaggio|risposta|e-?mail) (?:automatic[oa]|generat[oa] )|"
    r"est[ae] é uma? (?:mensagem|resposta|e-?mail) autom[áa]tic[oa]|"
    r"dit is een automatisch(?:e)? (?:bericht|antwoord|gegenereerd))\b"
    r"(?!\s*,?\s*(?:you|not|that|which|again|que|y no)\b)",
    words="autom|generad|generat|автоматическ",
)
_NO_ANSWER = Phrases(
    r"do not (?:reply|respond|answer)(?: directly)?(?: to)? (?:this|it)?\s*"
    r"(?:(?:automated |automatic )?(?:e-?mail|message|address|notification|mailbox)\b|[.!\n]|$)|"
    r"\bno (?:lo )?(?:respond(?:a|an|as)|contest(?:e|en|es))"
    r"(?: (?:directamente )?a est[ea] (?:mensaje|correo|direcci[óo]n|e-?mail|notificaci[óo]n)|"
    r"[.!\n]|$)|"
    r"(?:mailbox|address|buz[óo]n) (?:is )?(?:not monitored|unmonitored|no (?:se|es) atendid)|"
    r"(?:antworten sie (?:bitte )?nicht auf diese|bitte nicht auf diese (?:e-?mail|nachricht) "
    r"antworten)|"
    r"(?:merci de |veuillez )?ne pas répondre à ce (?:message|courriel|mail|e-?mail)|"
    r"(?:si prega di )?non rispondere a quest[ao] (?:messaggio|e-?mail|mail)|"
    r"n[ãa]o responda a est[ae] (?:mensagem|e-?mail)|"
    r"(?:prosimy )?nie odpowiada[jć]\w* na t[ęe] wiadomość|"
    r"не отвечайте на это (?:письмо|сообщение)|"
    r"(?:请|請)(?:勿|不要)(?:直接)?(?:回复|回覆)|返信(?:しない|なさらない|いただけ)|회신하지 마|"
    r"(?:gelieve )?niet (?:te )?(?:antwoorden|reageren) op (?:deze|dit) (?:e-?mail|bericht)",
    words="do not re|do not answer|no responda|no lo responda|no conteste|no lo conteste|monitored|"
    "es atendid|se atendid|nicht auf diese|ne pas répondre|non rispondere|responda a est|"
    "nie odpowiada|не отвечайте|回复|回覆|返信|회신하지|en op de|en op di",
)
_WRITTEN_BY = re.compile(
    "自動(?:送信|配信|返信)|(?:系统|系統)?自(?:动|動)(?:发送|發送|生成|回复|回覆)|"
    "자동 ?(?:발송|회신)"
)
"""The same where words are not set apart."""
_PROMISE = re.compile(
    r"(?:get back|respond|reply) to you\b|\b(?:contact you|be in touch)\b|"
    r"\b(?:responderemos|contestaremos|atenderemos)\b|nos pondremos en contacto|"
    r"ser[áa] (?:atendid|revisad)|"
    r"(?:ticket|case|request)\b.{0,40}\b(?:has been|was) (?:created|opened|assigned)|"
    r"your (?:ticket|case|request|reference) (?:number|id|no)\b|"
    r"se ha (?:creado|abierto|registrado|generado)\b.{0,40}(?:ticket|caso|incidencia|solicitud)|"
    r"(?:su|tu) n[úu]mero de (?:ticket|caso|incidencia|solicitud|referencia)|"
    r"reply above this line|respuesta (?:por )?encima de esta l[íi]nea|"
    r"werden uns\b.{0,60}\b(?:melden|kümmern)|in bearbeitung|ticketnummer|vorgangsnummer|"
    r"dans les (?:meilleurs|plus brefs) délais|numéro de (?:ticket|dossier)|"
    r"il prima possibile|numero (?:di )?(?:ticket|pratica)|o mais breve possível|zo (?:snel|"
    r"spoedig) "
    r"mogelijk|så snart som möjligt|hurtigst muligt",
    re.IGNORECASE,
)
_TICKET_NUMBER = re.compile(
    r"\[[^\[\]]{0,80}#\s?\d+\]|\b(?:ticket|case|request|caso|solicitud|incidencia|consulta|"
    r"vorgang|dossier|demande|pratica)\s?(?:#|n[.º°]+)\s?\d+",
    re.IGNORECASE,
)
_REPLY_PREFIX = re.compile(r"\s*(?:re|rv|fwd?|aw|wg|sv|tr|rif|antw)\s*:", re.IGNORECASE)
_CLOSED_SUBJECT = re.compile(
    r"\s*(?:\[[^\[\]]{0,100}#\s?\d+\]|\(?(?:ticket|case|caso|request|solicitud|"
    r"incidencia)?\s?#\s?\d+\)?)"
    r"\s*[-:–]?\s*(?:resolved|closed|solved|auto-?reply|resuelt[oa]|cerrad[oa]|solucionad[oa]|"
    r"tancad[oa]|"
    r"resolt[a]?|gel[öo]st|geschlossen|résolu|clos|clôturé|fermé|risolto|chiuso|resolvid[oa]|"
    r"fechad[oa]|opgelost|gesloten|löst|stängt|løst|lukket|rozwiązan[ey]|zamknięt[ey]|решен[ао]?|"
    r"закрыт[ао]?)\s*(?::|$)",
    re.IGNORECASE,
)
_CLOSED_TEXT = re.compile(
    r"(?:request|ticket|case|solicitud|caso|incidencia|sol·licitud|anfrage|vorgang|demande|"
    r"richiesta|pedido|aanvraag)\b.{0,40}\b(?:resolved|closed|solved|"
    r"resuelt[oa]|cerrad[oa]|solucionad[oa]|resolta|tancad[oa]|gelöst|geschlossen|résolu|clos|"
    r"clôtur|"
    r"risolt[oa]|chius[oa]|resolvid[oa]|fechad[oa]|opgelost|gesloten)",
    re.IGNORECASE,
)
_CHALLENGE = Phrases(
    r"(?:click|follow)\b[^.]{0,60}\blink\b[^.]{0,80}"
    r"(?:\byour (?:e-?mail )?address[^.]{0,60}\b(?:allowed|white|approved senders?) ?list|"
    r"\bdelivery of your (?:e-?mail|message)|\byou are (?:not )?a (?:human|spammer))|"
    r"haga clic\b[^.]{0,60}\benlace\b[^.]{0,80}\bsu (?:direcci[óo]n|correo)[^.]{0,60}\blista|"
    r"(?:your|the) (?:e-?mail|message)\b[^.]{0,60}\b(?:is being held|will not be delivered|has "
    r"been "
    r"(?:held|quarantined))[^.]{0,40} (?:until|unless|pending) [^.]{0,80}\b(?:confirm|verif|"
    r"authori|"
    r"click|reply|respond)|"
    r"\b(?:only (?:allow|accept)|(?:allow|accept) incoming (?:mail|messages) only)\b[^.]{0,40}"
    r"\bsenders (?:that )?(?:i|we) (?:have )?approved|added to my list of (?:approved|allowed) "
    r"senders|(?:message|mail)\b[^.]{0,80}\bis being held because\b|"
    r"protecting my(?:self| mailbox) from (?:junk|spam)|"
    r"(?:one-time|sender) (?:verification|authorization) (?:process|request|required)|"
    r"(?:su|tu) (?:correo|mensaje)\b[^.]{0,60}\b(?:retenido|no ser[áa] entregado)[^.]{0,80}"
    r"\b(?:confirm|verific|haga clic)",
    words="white|allowedlist|allowed list|allowed sender|approved sender|delivery of your|you are |"
    "haga clic|is being held|will not be deliv|been held|been quarantined|only allow|only accept|"
    "incoming m|protecting my|ion process|cation request|zation request|ion required|retenido|"
    "no será entreg|no sera entreg",
)
_SHORT = 1_000


def says_automatic(opening: str) -> bool:
    """Does it say that something was received, that a program wrote it, or not to answer?"""
    return how_many((_RECEIVED, _AUTOMATIC_TEXT, _NO_ANSWER), opening) > 0


def is_automatic_note(text: str) -> bool:
    """Is it short, and does it say at once that a program wrote it, and ask nothing?"""
    if len(text) > _SHORT or "?" in text:
        return False
    return _AUTOMATIC_TEXT.search(text[:200]) is not None or _WRITTEN_BY.search(text) is not None


def is_challenge(text: str) -> bool:
    """Does it ask us to prove that we are human before our mail is delivered?"""
    return _CHALLENGE.search(text[:1_500]) is not None


def is_closing(subject: str, text: str, *, prompted: bool) -> bool:
    """Is it another helpdesk's note that a case is closed?

    `prompted`: something beside the words speaks for a machine, as an answer's thread does.
    """
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
    clear = how_many((_RECEIVED, _AUTOMATIC_TEXT, _NO_ANSWER), words)
    if clear != 1:
        return clear > 1
    # A customer's reply keeps the number of the case in its subject.
    numbered = not _REPLY_PREFIX.match(subject) and _TICKET_NUMBER.search(subject[:300])
    return bool(numbered or _PROMISE.search(words))
