"""How automatic replies and notes of absence begin, in the usual languages.

Strict on purpose: a machine that is taken for a person costs one mail and meets the caps; a
person taken for a machine is ignored. So a subject must begin as a mail system writes it and
something else must speak for a machine too; and a text alone must say two things that
out-of-office notes say, be short and ask nothing. People complain of automatic replies as well,
and in just these words; and they write that they go on holiday because a booking must change.
"""

import re

from mailresponder.mail.phrases import Late, Phrases
from mailresponder.mail.wording.helpdesk import says_automatic

_PREFIX = (
    r"auto[ -]?(?:matic )?(?:reply|respons(?:e|der)?|antwort|svar)|autoreply message|"
    r"automat(?:ic|ed)[ -](?:e-?mail )?(?:reply|response)|"
    r"automatische (?:r[üu]ck)?antwort|(?:respuesta|contestaci[óo]n|resposta) autom[àáa]tica|"
    r"erantzun automatikoa|réponse automatique|risposta automatica|"
    r"automatisch(?:e)? (?:antwoord|reactie)|automatiskt? svar|autosvar|"
    r"automaattinen vastaus|automaatvastus|automatyczna odpowied[źz]|"
    r"odpowied[źz] automatyczna|autoodpowied[źz]|automatick[áaé] odpov[eě][ďd]|"
    r"automatikus v[áa]lasz|r[ăa]spuns automat|otomatik yan[ıi]t|автоматический ответ|автоответ|"
    r"автоматична відповідь|автоматичен отговор|автоматски одговор|automatski odgovor|"
    r"samodejni odgovor|automatinis atsakymas|αυτόματη απάντηση|"
    r"(?:[āa]rpus biroja atra[šs]an[āa]s )?autom[āa]tisk[āa] atbilde|"
    r"自動応答|自動返信|自動回答|自动回复|自動回覆|自动答复|자동 ?(?:회신|응답|답장)|"
    r"תשובה אוטומטית|מענה אוטומטי|رد تلقائي|الرد التلقائي|trả lời tự động|balasan otomatis"
)
_ABSENCE = (
    # As Lotus Notes names its user.
    r"(?:auto: )?[^:\n]{2,60} (?:(?:is|will be) (?:currently )?out of (?:the )?office|"
    r"est[áa] (?:ausente|fuera) de la oficina|ist (?:außer haus|nicht im büro)|"
    r"est absente? du bureau)(?:\.|\s+(?:until|from|till|hasta|bis|jusqu|\()[^:]{0,60})?|"
    r"out[ -]of[ -](?:the[ -])?office(?: auto ?(?:matic )?reply| notification| message)?|ooo|"
    r"vacation (?:reply|response|auto-?reply|message)|absence (?:notice|notification)|"
    r"away from (?:the|my) (?:office|desk|mail)|fuera de (?:la )?oficina|"
    r"(?:aviso|mensaje|notificaci[óo]n) de (?:ausencia|vacaciones)|ausente(?: de la oficina)?|"
    r"fora d(?:o|a|el|e l['’]) ?(?:escrit[óo]rio|oficina|despatx)|bulegotik kanpo|"
    r"abwesenheits(?:notiz|benachrichtigung|meldung|nachricht|assistent)|abwesenheit|abwesend|"
    r"nicht im b[üu]ro|(?:message d['’])?absence(?: du bureau)?|absente? du bureau|"
    r"(?:avis|notification) d['’]absence|fuori (?:ufficio|sede)|assenza dall['’]ufficio|"
    r"(?:mensagem|aviso) de aus[êe]ncia|afwezig(?:heid(?:sbericht)?)?|niet op kantoor|"
    r"fr[åa]nvaro(?:meddelande)?|inte p[åa] kontoret|frav[æa]r(?:sbesked|smelding)?|"
    r"ikke (?:til stede|p[åa] kontoret)|poza biurem|nieobecno[śs][ćc]|"
    r"poissa (?:toimistosta|konttorilta)|poissaolo(?:ilmoitus)?|mimo kancel[áa][řr](?:e|iu)?|"
    r"nepřítomnost|neprítomnosť|házon kívül|irodán kívül|távollét|absen[țt][ăa] din birou|"
    r"prombūtnē?|[āa]rpus biroja|nesu biure|kontorist väljas|odsut(?:an|na)|izvan ureda|odsotnost|"
    r"извън офиса|ofis dışında|вне офиса|не в офисе|отсутствую|поза офісом|відсутн(?:ій|ість)|"
    r"εκτός γραφείου|不在(?:通知|のお知らせ|です)?|外出中|부재 ?중|休假通知|不在办公室|"
    r"מחוץ למשרד|خارج المكتب"
)
_LEAVE = (
    r"(?:on |annual |maternity )?(?:vacation|holidays?|leave)|away until [^:]{1,30}|i['’]?a?m away|"
    r"(?:de |estoy de )?vacaciones|de baja|(?:de )?vacances|(?:im )?urlaub|en (?:congés?|vacances)|"
    r"in ferie|(?:de )?f[ée]rias|(?:met )?vakantie|(?:p[åa] )?semester|p[åa] ferie|urlop|"
    r"dovolen[áéa]|szabads[áa]g|concediu|lomalla|отпуск|в отпуске|відпустка|izindeyim|"
    r"atvalin[āa]jums|休暇|휴가|休假"
)
_TAG = r"\s*(?:\[[^\[\]]{1,80}\]\s*)?"
_END = r"(?:\s*(?:[:：]|[-–—]\s|$)|\s+re\s?:)"


def _subject(words: str) -> Late:
    return Late(rf"\s*\[(?:{words})\]|{_TAG}(?:{words}){_END}", re.IGNORECASE)


_RESPONDER_SUBJECT = _subject(_PREFIX)
_RESPONDER_ENDING = Late(rf"[\[(–—-]\s?(?:{_PREFIX}|{_ABSENCE})\s?[\])]?\s*$", re.IGNORECASE)
_ABSENCE_SUBJECT = _subject(_ABSENCE)
_LEAVE_SUBJECT = _subject(_LEAVE)

_SALUTATION = (
    r"(?:(?:hi|hello|dear|hola|buenos d[íi]as|buenas tardes|estimad\w+|apreciad\w+|benvolgu\w+|"
    r"bon dia|"
    r"hallo|guten tag|sehr geehrte\w*|liebe\w*|bonjour|madame|buongiorno|gentile|salve|"
    r"ol[áa]|bom dia|prezad\w+|car[oa]s?|beste|geachte|hej|hei|dzień dobry|dobrý den|tisztelt)\b"
    r"[^\n.!]{0,60}[\n.!,:]\s*)?"
    r"(?:(?:thank you|thanks|(?:muchas )?gracias|moltes gràcies|gràcies|vielen dank|danke|merci|"
    r"grazie|obrigad[oa]|bedankt|dank u|tack|tak|takk|kiitos|dziękuję|děkuji|köszönöm)\b"
    r"[^\n.!]{0,80}[\n.!,]\s*)?"
)
_ABSENCE_TEXT = Late(
    rf"\s*{_SALUTATION}(?:i(?: am|['’]m| will be|['’]ll be)(?: currently| now| presently)?"
    r" (?:out of (?:the )?(?:office|country)|away from (?:the|my) (?:office|desk)|"
    r"on (?:annual leave|leave|vacation|holidays?|(?:maternity|parental|sick|paternity) leave)|"
    r"away (?:until|from))|"
    r"(?:actualmente |en este momento )?(?:estoy|estar[ée]|me encuentro|me encontrar[ée])"
    r"(?: actualmente)? (?:fuera de (?:la |mi )?oficina|ausente|de (?:vacaciones|baja|"
    r"permiso|viaje))|"
    r"(?:ara mateix |actualment )?(?:estic|estaré|sóc)(?: actualment)? (?:fora (?:de l['’]oficina|"
    r"del despatx)|de (?:vacances|baixa|permís)|absent)|"
    r"ich bin (?:derzeit |zur ?zeit |momentan |vom |bis |ab |am |erst |aktuell |leider "
    r")?[^\n?]{0,60}"
    r"(?:nicht (?:im (?:büro|hause?)|erreichbar)|außer haus|abwesend|im urlaub|in elternzeit)|"
    r"je (?:suis|serai)(?: actuellement)? (?:absente?|en (?:congés?|vacances|déplacement)|"
    r"hors du bureau)|"
    r"(?:al momento |attualmente )?(?:sono|sarò)(?: attualmente)? (?:fuori (?:ufficio|sede)|"
    r"assente|in ferie)|"
    r"(?:de momento |atualmente )?(?:estou|estarei|encontro-me)(?: atualmente| de momento)? "
    r"(?:ausente|fora do escrit[óo]rio|de (?:f[ée]rias|licença))|"
    r"ik ben (?:momenteel |op dit moment |tot |van )?[^\n.?]{0,40}(?:afwezig|niet (?:op kantoor|"
    r"aanwezig|bereikbaar)|(?:met|op) (?:vakantie|verlof))|"
    r"jag är (?:just nu |för närvarande )?[^\n.?]{0,30}(?:inte på kontoret|på semester|"
    r"frånvarande|borta|bortrest|ledig)|"
    r"jeg er (?:ikke (?:på kontoret|til stede)|på ferie|fraværende|ute av kontoret|bortreist)|"
    r"olen (?:poissa|lomalla|vuosilomalla)|jestem (?:poza biurem|nieobecn[ya]|na urlopie)|"
    r"(?:jsem|budu) (?:mimo kancelář|na dovolené|nepřítom\w+)|(?:som|budem) (?:mimo kancelárie|"
    r"na dovolenke)|(?:jelenleg )?(?:szabadságon vagyok|nem vagyok az irodában)|sunt (?:plecat|în "
    r"concediu)|я (?:сейчас )?(?:нахожусь )?в отпуске|меня (?:сейчас )?(?:нет|не будет) в офисе|"
    r"я (?:зараз )?у відпустці|izindeyim|ofis dışındayım|"
    r"(?:現在|ただいま|只今)[^\n]{0,30}(?:不在|休暇|外出|出張)|我(?:目前|现在|正在)?[^\n]{0,12}"
    r"(?:休假|不在办公室|出差|外出)|(?:현재|저는)[^\n]{0,20}(?:부재|휴가|출장))",
    re.IGNORECASE,
)
_INSTEAD = Late(
    r"limited (?:e-?mail )?access|no access to|(?:during|in) my absence|(?:up)?on my return\b|"
    r"\bi (?:will|shall) (?:reply|respond|answer|get back|return)|(?:for|if)\b.{0,30}\burgent|"
    r"(?:immediate|urgent) (?:assistance|matters?|attention)|"
    r"please (?:contact|e-?mail|call) (?!me\b|us\b|my\b)|acceso limitado|sin acceso|"
    r"(?:en|durante) mi ausencia|a mi (?:regreso|vuelta) |\b(?:responder[ée]|contestar[ée])\b|"
    r"(?:si|para|en caso)\b.{0,40}\burgen|"
    r"(?:puede|pueden|por favor)\b.{0,20}contact(?!\w*me\b|\w*nos\b)|"
    r"la meva absència|(?:si|per a|en cas)\b.{0,40}\burgèn|respondré|contestaré|"
    r"in dringenden|dringende[nr]?\b|meiner abwesenheit|wenden sie sich|"
    r"(?:werde|kann) (?:ich )?[^\n.]{0,60}(?:beantworten|antworten|melden)|"
    r"ihre (?:e-?mail|nachricht)[^\n]{0,30}weitergeleitet|"
    r"mon (?:absence|retour)|en cas d['’]urgence|vous pouvez contacter|je (?:vous )?répondrai|"
    r"mia assenza|mio (?:rientro|ritorno)|per (?:urgenze|questioni urgenti)|risponderò|"
    r"minha aus[êe]ncia|meu regresso|assuntos urgentes|responderei|"
    r"mijn (?:afwezigheid|terugkomst)|dringende|spoed|neem(?:t u)? contact op|"
    r"brådskande|vid (?:akuta|brådskande)|min frånvaro|kontakta|ved (?:hastesaker|haster|akutte)|"
    r"mit fravær|mitt fravær|kontakt venligst|kiireellis|paluuni|pilnych|po powrocie|"
    r"mojej nieobecności|naléhav|po (?:svém )?návratu|sürgős|visszatér|urgen[țt]e|întoarcere|"
    r"срочн|по возвращени|термінов|після повернення|acil|dönüşümde|緊急|お急ぎ|紧急|急事|긴급",
    re.IGNORECASE,
)
_NO_MORE = re.compile(
    r"(?:(?!\b(?:and|but|so|y|e|pero|i|und|aber|et|mais|ma|mas|en|maar)\b)[^.,;!?\n]){0,60}"
    r"[.!]?\s*(?:\n[^.!?]{0,80})?$",
    re.IGNORECASE,
)
"""The rest of one plain sentence, then perhaps a name."""
_REQUEST = Late(
    r"[?¿？]|\b(?:my|our|mi|nuestr[oa]) (?:order|parcel|package|refund|invoice|account|delivery|"
    r"booking|reservation|room|flight|ticket|card|subscription|money|"
    r"pedido|paquete|reembolso|factura|cuenta|entrega|env[íi]o|reserva|"
    r"habitaci[óo]n|vuelo|tarjeta|dinero|suscripci[óo]n|caso|queja)|"
    r"please (?:send|deliver|cancel|refund|ship|hold|change|move|call me|let me|tell|reply|answer)|"
    r"\b(?:deliver|send|cancel|refund|ship|hold|keep|leave|postpone|change|move) (?:it|them|this|"
    r"that|"
    r"after|before|on)\b|"
    r"\bi (?:want|need|would like|expect|ordered|bought|booked|paid|hope|demand)\b|"
    r"\b(?:quiero|quisiera|necesito|exijo|espero|compr[ée]|ped[íi]|reserv[ée]|pagu[ée]|"
    r"me gustar[íi]a)\b|\b(?:so|therefore|as[íi] que|por lo que|por eso|por tanto)\b|"
    r"\bmeine? \w{0,20}(?:paket|bestellung|konto|rechnung|lieferung|buchung|geld)|"
    r"\bich (?:m[öo]chte|will|brauche|erwarte|verlange)\b|"
    r"\b(?:ma|mon|mes) (?:commandes?|colis|factures?|r[ée]servation|argent)|"
    r"je (?:veux|voudrais|souhaite)|\b(?:mio|mia) (?:ordine|pacco|prenotazione|conto)|"
    r"\b(?:vorrei|voglio|pretendo)\b|\b(?:meu|minha) (?:pedido|encomenda|reserva|conta)|"
    r"\b(?:gostaria|quero)\b|\b(?:meu?|meva) (?:comanda|paquet|reserva|compte)|"
    r"\b(?:vull|voldria)\b|\bmijn (?:bestelling|pakket|boeking|rekening|geld)|\bik wil\b|"
    r"\b(?:env[íi]en|entreguen|cancelen|devuelvan|ll[áa]men|c[áa]mbien|resp[óo]ndan)"
    r"(?:me|lo|la|nos)?\b",
    re.IGNORECASE,
)
_AWAY = Late(
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
    r"\bich (?:bin|werde)\b.{0,60}(?:nicht im|abwesend|urlaub|außer haus|zurück|erreichbar)|"
    r"je (?:suis|serai)\b.{0,40}(?:absente?|en (?:congés?|vacances|déplacement))|"
    r"mon (?:absence|retour)|\bsono\b.{0,30}(?:fuori|assente|ferie)|mia assenza|"
    r"mio (?:rientro|ritorno)|"
    r"\b(?:estou|estarei)\b.{0,30}(?:ausente|fora|f[ée]rias)|minha aus[êe]ncia|"
    r"\bik ben\b.{0,40}(?:afwezig|niet|vakantie|verlof)|mijn afwezigheid|"
    r"\bjag (?:är|kommer)\b.{0,40}(?:inte på|semester|frånvarande|åter|tillbaka)|"
    r"\bjeg er\b.{0,40}(?:ikke|ferie|fravær|tilba[gk]e)|\bolen\b.{0,30}(?:poissa|lomalla)|"
    r"jestem.{0,30}(?:nieobecn|urlop|poza)|(?:jsem|budu).{0,30}(?:mimo|dovolen|nepřítom)|"
    r"szabads[áa]gon|concediu|в отпуске|не в офисе|у відпустці|izin(?:de|li)|不在|休暇|休假|"
    r"휴가|부재",
    re.IGNORECASE,
)
_THANKED = Late(
    r"\s*(?:\w[^\n.!?]{0,60}[,.!:\n]\s*)?(?:thank you|thanks|gracias|gràcies|(?:vielen )?dank|"
    r"danke|"
    r"merci|grazie|obrigad[oa]|bedankt|tack|tak|takk)\b[^\n.!?]{0,40}\b(?:e-?mail|message|mail|"
    r"note|"
    r"correo|mensaje|missatge|nachricht|courriel|messaggio|mensagem|bericht|meddelande)\b",
    re.IGNORECASE,
)
_OPENING = Late(
    rf"\s*{_SALUTATION}(?:thank you for|thanks for|gracias por|vielen dank für|merci (?:de|pour)|"
    rf"grazie per|obrigad[oa] p)",
    re.IGNORECASE,
)
_GONE = Phrases(
    r"\bi (?:no longer work|am no longer (?:with|at|employed|working))\b|"
    r"\bi have left (?:the )?(?:company|organi[sz]ation|firm)\b|"
    r"\bth(?:is|e) (?:mailbox|address|e-?mail(?: address)?|account) is no longer "
    r"(?:in use|monitored|active|valid)|\bour offices? (?:is|are|will be) closed\b|"
    r"\bya no (?:formo parte|trabajo|pertenezco)\b|"
    r"\best[ea] (?:correo|buz[óo]n|direcci[óo]n|cuenta)\b[^.]{0,30}\bno (?:est[áa] (?:en uso|activ|"
    r"operativ)|se (?:usa|atiende|utiliza|lee))|"
    r"\bnuestras oficinas (?:est[áa]n|estar[áa]n|permanecer[áa]n) cerradas",
    words="no longer|i have left|closed|ya no|no está|no esta|no se|cerradas",
)
"""Its writer has left, the mailbox is out of use, the house is closed."""
_ELSEWHERE = re.compile(
    r"\b(?:contact|write to|e-?mail) (?!me\b|us\b)|\bwill (?:respond|reply|be back)\b|"
    r"\bescriba|\bescrib(?:ir|an) a\b|\bdir[íi]jan?se\b|\bcontacten? con\b|\bresponderemos\b",
    re.IGNORECASE,
)
_SHORT = 1_000
"""Characters: notes of absence are no longer."""


def is_out_of_office(subject: str, text: str, *, prompted: bool) -> bool:
    """Is it an automatic reply or a note of absence, by two signs at least?

    `prompted`: something beside the words speaks for a machine, as an answer's thread does.
    """
    opening = text[:400]
    if is_responder_subject(subject):
        return (
            prompted
            or _AWAY.search(opening) is not None
            or _OPENING.match(opening) is not None
            or says_automatic(opening)
        )
    if not prompted:
        # Who tells us when they are away, so that the parcel comes another day, is a person.
        return False
    if _ABSENCE_SUBJECT.match(subject[:200]):
        return True
    if _LEAVE_SUBJECT.match(subject[:200]):
        says_both = _AWAY.search(opening) is not None and _INSTEAD.search(opening) is not None
        return says_both and _goes_on_without_asking(text)
    return _says_instead(text) and _goes_on_without_asking(text)


def resembles_absence(subject: str, text: str) -> bool:
    """Does it say only that its writer is away, or what to do meanwhile, or thank for a mail
    first? Evidence against an automatic answer only: a person may write no more than that."""
    if _ABSENCE_SUBJECT.match(subject[:200]) and _AWAY.search(text[:400]) and not _asks(text):
        return True
    if len(text) > _SHORT:
        return False
    gone = _GONE.search(text[:300])
    if gone and _ELSEWHERE.search(text, gone.end()) and not _asks(text):
        return True
    text = text.strip()
    away = _ABSENCE_TEXT.match(text)
    if away is None or _asks(text):
        return False
    more = (_INSTEAD.search(text), _NO_MORE.match(text, away.end()), _THANKED.match(text))
    return any(more)


def is_responder_subject(subject: str) -> bool:
    """Does the subject begin as mail systems begin that of an automatic reply?"""
    return _RESPONDER_SUBJECT.match(subject[:200]) is not None


def ends_as_responder(subject: str) -> bool:
    """Does the subject end so: `Re: Order (Automatic reply)`?"""
    return _RESPONDER_ENDING.search(subject[-100:]) is not None


def _says_instead(text: str) -> bool:
    head = text[:_SHORT]
    return _ABSENCE_TEXT.match(head) is not None and _INSTEAD.search(head) is not None


def _goes_on_without_asking(text: str) -> bool:
    return len(text) <= _SHORT and not _asks(text)


def _asks(text: str) -> bool:
    """Does the writer want something of us? Notes of absence do not."""
    return _REQUEST.search(text[:2_000]) is not None
