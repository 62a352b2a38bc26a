"""How mail systems say that a mail did not arrive, or not yet, in the usual languages.

Parcels, orders and refunds do not arrive either, and people write about that in the same words.
So every phrase here is about a mail, and none of them makes a mail a bounce by itself: that takes
a second sign, which `bounces` looks for.
"""

import re

from mailresponder.mail.phrases import Late, Phrases

_MARK = r"\s*(?:\[[^\[\]]{1,40}\]\s*|\*+\s*|warning:\s*|virus:\s*){0,3}"
_END = r"\s*(?:$|[:：;,.!(\[\"'–—-])"
_SUBJECT = Late(
    rf"{_MARK}(?:"
    # The fixed forms of sendmail, Postfix, Exim, qmail, Exchange, Domino and the gateways.
    r"undeliver(?:able|ed)(?: (?:mail|message|e-?mail|report))?(?: returned to sender)?(?:$|"
    r"\s*[:,(\"]"
    r"| - )|returned (?:mail|message|e-?mail)\b|(?:mail|message|e-?mail) returned to "
    r"sender|"
    r"\[bounce\]|returning message to sender|"
    rf"(?:permanent |temporary )?(?:delivery (?:has )?fail(?:ure|ed)|failed delivery|"
    rf"failure delivery|"
    rf"failure notice|failed mail)(?: (?:notice|notification|report|message))?{_END}|"
    r"failed mail to |delivery (?:report|status|notification)\b|non[- ]?deliver(?:y|able)|"
    rf"(?:error|problem)s? (?:delivering|sending) (?:your |the )?(?:mail|message|e-?mail){_END}|"
    r"(?:there was an error|problem) (?:delivering|sending) your (?:mail|message|e-?mail)|"
    r"(?:mail|message|e-?mail)s? (?:could not|cannot|can't|was not|not) (?:be )?(?:delivered|sent)|"
    r"(?:could not|unable to|cannot|can't) (?:deliver|send) (?:your )?(?:mail|message|e-?mail)|"
    r"(?:mail|message|e-?mail) (?:delivery|status|transmission|system)(?: status| system| report)? "
    r"?[-–:]? ?(?:fail|error|problem|notif|report|warning|failure)\w*|"
    r"(?:mail|message|e-?mail) failure|notice: mail delivery status|postmaster notify|"
    r"(?:message|mail|e-?mail) you sent (?:was )?(?:blocked|rejected)|"
    r"considered unsolicited bulk|banned (?:file|contents?)|(?:mail|message) rejected\b|"
    r"rejected mail|automatically rejected mail|smtp (?:mail )?(?:failure|error)|"
    # Spanish, Catalan, Galician, Portuguese.
    r"no (?:se (?:puede|pudo|ha podido) )?entrega[rd]\w*|(?:mensaje|correo|mail)(?: \w+)? no "
    r"(?:entrega|envia|se (?:puede|pudo|ha podido) entrega)\w*|"
    r"(?:error|fallo|problema)s? (?:en|de|al|en la) (?:la )?(?:entreg|env[ií])\w*(?: d\w+)* "
    r"(?:correo|mensaje|mail)|(?:correo|mensaje) devuelto|devoluci[óo]n de(?:l)? (?:correo|"
    r"mensaje)|"
    r"notificaci[óo]n (?:del? estado de (?:la )?entrega|de (?:error|fallo))|no s'ha pogut lliurar|"
    r"n[ãa]o foi poss[íi]vel entregar|(?:mensagem|e-?mail) n[ãa]o (?:entregue|enviad)\w*|"
    r"(?:falha|erro) (?:na|de|no) (?:entrega|envio)(?: d\w+ (?:mensagem|e-?mail))?\s*(?:$|:)|"
    # French, Italian, German, Dutch.
    r"non remis|non[- ]distribuable|message non (?:remis|distribu|délivr)\w*|"
    r"[ée]chec (?:de (?:la )?)?(?:remise|distribution|livraison) (?:du|de votre) (?:message|"
    r"courri)|"
    r"mancat[oa] (?:recapito|consegna)|impossibile (?:recapitare|consegnare)|"
    r"non recapitabile|unzustellbar|(?:nachricht|e-?mail|mail) (?:konnte )?nicht (?:zugestellt|"
    r"zustellbar)|zustell(?:ung)?(?:fehler|s?benachrichtigung| fehlgeschlagen)|"
    r"onbestelbaar|(?:bericht|e-?mail) niet (?:bezorgd|afgeleverd)|kan niet worden bezorgd|"
    # The north and the east.
    r"det går inte att leverera|kunne ikke leveres|kan ikke leveres|ulevert|ikke levert|"
    r"ikke leveret|olevererbar|toimitus epäonnistui|ei voi toimittaa|ei voitu toimittaa|"
    r"kohaletoimetamatu|niedostarczon|nie można dostarczyć|nedoručiteln|nelze doručit|"
    r"nedoručen|kézbesíthetetlen|sikertelen kézbesítés|nelivrabil|nu poate fi livrat|teslim "
    r"edilemedi|iletilemedi|не удалось доставить|недоставлен|не доставлен|невозможно доставить|"
    r"не вдалося доставити|недоставлено|δεν είναι δυνατή η παράδοση|δεν παραδόθηκε|"
    r"(?:メール|メッセージ)[^ ]{0,12}(?:エラー|配[信送達]でき|失敗|送信でき|戻)|"
    r"配[信送達](?:不能|不可|エラー)|配信に失敗|未配[信達]|宛先不明|エラー通知|"
    r"(?:邮件|郵件|信件|消息)[^ ]{0,6}(?:失败|失敗|退|无法|無法|未能)|退信|无法(?:投递|送达|"
    r"传递|发送)|"
    r"無法(?:傳遞|傳送|投遞)|系统退信|未送达|未传递|배달(?:되지|할 수| 실패)|전송 실패|반송|"
    r"לא ניתן למסור|تعذر (?:تسليم|التسليم))",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r":\s*(?:non remis|not delivered)\b[^:]{0,30}$", re.IGNORECASE)
_DELAY_SUBJECT = Late(
    r"delayed (?:mail|message)\b|(?:mail|message)(?: delivery)? (?:is )?delayed|"
    r"delivery (?:status )?notification:? \(?(?:mail delivery |delivery (?:has been |is )?)?delay|"
    r"delivery delayed:|delivery of your (?:mail|message) (?:is |has been )?delayed|"
    r"warning: (?:could not send|message)|"
    r"(?:message|mail|e-?mail) (?:still undelivered|not yet delivered|delivery (?:delay|warning))|"
    r"(?:correo|mensaje) (?:retrasad|demorad|aplazad)o|entrega retrasada:|"
    r"retraso en la entrega del? (?:correo|mensaje)|zustellung verzögert:|"
    r"verzögerte zustellung|remise (?:retardée|différée):|consegna ritardata:|"
    r"доставка отложена",
    re.IGNORECASE,
)
_NOT = r"(?:could|can|was|were|has|have|had|did|is|are)(?: ?not|n['’]t)"
_SENTENCES = Phrases(
    r"(?:"
    # What only programs say.
    r"this is (?:the|an?) [^\n]{0,50}(?:qmail-send|deliver|postfix|mailer-daemon|mail (?:system|"
    r"server|gateway|delivery)|delivery (?:status|failure))|"
    r"(?:created|generated) (?:automatically|by)[^\n]{0,20} (?:by )?(?:the )?(?:e?mail|mail|"
    r"message|delivery)|transcript of (?:the )?session|permanent (?:fatal |delivery )?errors?\b|"
    r"non-?delivery (?:report|notification|message)|undeliver(?:able|ed) (?:mail|message|e-?mail|"
    r"to)|"
    r"failed recipients?\b|failure reasons?\b|(?:encountered (?:a )?|had |mail )delivery "
    r"problems?\b|"
    r"addresses that were\s+incorrectly|"
    r"did not reach the following recipient|\n\s{0,8}(?:was|were|has) not (?:been )?delivered to:|"
    r"the following recipients? (?:did not|could not|failed)|"
    r"the following (?:address(?:es)?|recipients?|destination)(?:\(e?s\))?[^.\n]{0,40}\b(?:fail|"
    r"error|"
    r"problem|reject|not (?:be )?(?:deliver|reach))|"
    rf"(?:message|mail)\b.{{0,200}}?\b{_NOT}(?: yet)?(?: be(?:en)?)?(?: successfully)?(?:\s+be)? "
    r"(?:delivered|sent) to|"
    rf"(?:message|e-?mail|mail)(?: (?:with|to|for|that|which|you|from|"
    rf"sent)\b[^\n]{{0,120}})?\s+{_NOT}"
    r"(?: yet)?\s+(?:be(?:en)?\s+)?(?:delivered|sent)\b|message not delivered to|"
    r"(?:unable to|not able to|failed to|could not|cannot|couldn['’]t|can['’]t|wasn['’]t able to|"
    r"weren['’]t able to) (?:deliver|send|transmit) (?:(?:(?:your|the|this|that|an?) "
    r")?(?:e-?mail|mail|"
    r"message)|to (?:the following|this address|these|['\"<]))|"
    r"trouble delivering (?:your|the) (?:mail|message|e-?mail)|"
    r"(?:attempting|attempt|error|problem|while) (?:to )?deliver(?:ing)? (?:a|your|the|this) "
    r"(?:message|mail|e-?mail)|"
    r"delivery (?:of (?:(?:your|the|this|an?) )?(?:e-?mail|message|mail)|to the following|"
    r"to (?:this|these) (?:address|recipient))\b[^\n]{0,100}\s(?:has |have |was )?(?:been )?"
    r"(?:failed|postponed|delayed|not possible)|"
    r"delivery (?:has )?failed (?:permanently|(?:to|for) (?:these|the following))|"
    r"delivery failed: [^\s@]{1,100}@|"
    r"(?:message|e-?mail|mail)\b[^\n]{0,100}\b(?:encountered|has (?:had )?)[^\n]{0,20} "
    r"(?:delivery problem|problem delivering)|"
    r"(?:message|e-?mail|mail)\b[^\n]{0,100}\b(?:is being|has been|was|is) (?:automatically "
    r")?(?:returned|"
    r"rejected|bounced|blocked|refused|undeliverable)|"
    r"recipient (?:address )?rejected|the following recipients?\b[^.\n]{0,40}\b(?:could not be "
    r"reached|"
    r"(?:was|were) affected|has been (?:postponed|delayed))|recipients? of your message have been "
    r"processed|(?:mail|message)\b[^\n]{0,40} returned to (?:the )?sender|"
    # Other languages.
    r"(?:mensaje|correo|e-?mail)(?: electr[óo]nico)?\b[^\n]{0,80}\bno (?:ha podido|pudo|se ha "
    r"podido|"
    r"se pudo|puede|ha sido|fue)(?: ser)? ?(?:entregad|enviad|entregar|enviar)\w*|"
    r"no (?:se )?(?:ha podido|pudo|ha sido posible|fue posible|es posible|pudimos|hemos podido) "
    r"(?:entregar|enviar) (?:el|su|tu|este) (?:mensaje|correo|e-?mail)|"
    r"(?:error|fallo) (?:en|al|de)(?: la)? (?:entreg|env)\w+ (?:de(?:l)?|el|su) "
    r"(?:mensaje|correo)|(?:missatge|correu)\b[^\n]{0,60}\bno s'ha pogut (?:lliurar|entregar)|"
    r"mensage[mn]s?\b[^\n]{0,60}\bn[ãa]o (?:p[ôo]de|foi|pode) (?:ser )?(?:entregue|enviada)|"
    r"n[ãa]o foi poss[íi]vel (?:entregar|enviar) (?:a |sua |o )*(?:mensagem|e-?mail)|"
    r"message\b[^\n]{0,60}\bn['’](?:a|ont) pas (?:pu )?(?:[êe]tre |[ée]t[ée] )?(?:d[ée]livr|remis|"
    r"distribu|achemin|envoy)\w*|[ée]chec de la remise|la remise [^\n]{0,40} [ée]chou|"
    r"messaggio\b[^\n]{0,60}\bnon (?:[èe]['’]? stato|pu[òo]['’]? essere|ha potuto essere) "
    r"(?:possibile )?(?:consegn|recapit|invi)\w*|impossibile (?:recapitare|consegnare) il|"
    r"(?:nachricht|e-?mail|mail)\b[^\n]{0,100}\bnicht (?:zugestellt|ausgeliefert|[üu]ber\w+) "
    r"werden|"
    r"zustellung [^\n]{0,60} fehlgeschlagen|nicht zustellbar|"
    r"bericht\b[^\n]{0,60}\bniet (?:worden )?(?:bezorgd|afgeleverd)|"
    r"meddelande\w*\b[^\n]{0,60}\binte (?:kunde )?lever|(?:besked|melding)\w*\b[^\n]{0,60}\bikke "
    r"(?:kunne )?lever|viesti\w*\b[^\n]{0,60}\bei voi(?:tu|da)? toimittaa|kohale ?toimeta|"
    r"wiadomoś\w+\b[^\n]{0,60}\bnie (?:mogła|może|została)|zpráv\w+\b[^\n]{0,60}\b(?:nelze|nebyla) "
    r"doruč|üzenet\w*\b[^\n]{0,60}\bnem (?:sikerült|lehet) kézbesíteni|mesaj\w*\b[^\n]{0,60}\bnu a "
    r"putut fi|ileti\w*\b[^\n]{0,60}\b(?:teslim edile|ulaştırıla)m|(?:письм|"
    r"сообщени)\w+\b[^\n]{0,80}"
    r"\bне (?:может быть|могло быть|было|удалось) достав|не удалось доставить|"
    r"не вдалося доставити|"
    r"(?:メール|メッセージ)[^\n]{0,40}(?:送信|配信|配送|配達|"
    r"お届け)(?:することが)?でき(?:ません|ず)|"
    r"(?:配信|送信)に失敗|(?:邮件|郵件|信件)[^\n]{0,30}(?:退回|未能|无法|無法|失败|失敗)|"
    r"(?:메일|메시지)[^\n]{0,30}(?:배달|전송|전달)(?:되지|하지|할 수))",
    words="mail|messag|recipient|transcript of|permanent |failure reason|addresses that|"
    "the following|send to|transmit to|this is the |this is a|ated automatically|ated by|"
    "n-delivery|nondelivery|undeliver|delivery problem|delivered to|deliver to|delivery to th|"
    "delivery failed|delivery has|mensa|correo|correu|missatge|la remise|impossibile |nachricht|"
    "zustell|bericht|meddelande|besked|melding|viesti|kohale|wiadomo|zpráv|üzenet|mesaj|ileti|"
    "письм|сообщени|достав|メール|メッセージ|配信|送信|邮件|郵件|信件|메일|메시지",
)
_DELAY_TEXT = Late(
    r"(?:you )?(?:do|should)(?: ?not|n['’]t) (?:need to )?resend|no need to resend|"
    r"this is (?:only|just) a (?:warning|notification about a delay)|advisory-only|"
    r"not yet been delivered|(?:message|it) will be retried|delivery attempts will continue|"
    r"(?:continue|keep) (?:to )?(?:try|attempt)\w*(?: to)? (?:deliver|send|for (?:up to "
    r")?(?:another )?\d)|"
    r"(?:message|mail)\b[^\n]{0,40}\b(?:has been|is) delayed|still awaiting delivery|"
    r"delivery of (?:your|the|this)? ?(?:e-?mail|message|mail)[^\n]{0,60}\b(?:delayed|postponed)|"
    r"se (?:seguir[áa]|continuar[áa])n? (?:intent|reintent)\w+|"
    r"zustellung ihrer (?:nachricht|e-?mail)[^\n]{0,40}verzögert|попытки доставки "
    r"[^\n]{0,30}продолж",
    re.IGNORECASE,
)
_FINAL_TEXT = Late(
    r"(?:giv(?:en|ing) up|permanent(?:ly)? |no (?:further|more) attempts|not be retried|"
    r"will not (?:be )?(?:re)?tr(?:y|ied)|has failed|timeout exceeded|too long)",
    re.IGNORECASE,
)
_REASON = Late(
    r"(?<![\d.])[45]\.[0-7]\.\d{1,3}(?![\d.])|(?<![\d.\w])[45][0-5]\d(?:[ -](?=[#\d<\"a-z])|$)|"
    r"\b(?:unknown|no such|not (?:found|listed|exist|known|recognized)|does ?n[o']t exist|rejected|"
    r"unavailable|disabled|discontinued|quota|mailbox (?:is )?full|full mailbox|exceed\w*|"
    r"suspended|"
    r"timed out|refused|invalid|desconocid[oa]|no existe|llen[oa]|agotado|inconnu|unbekannt)\b",
    re.IGNORECASE | re.MULTILINE,
)
_STOCK = Phrases(
    r"hi[.!]\s{1,12}(?=this is the)|i['’]m (?:sorry to have to inform you|not going to try again)|"
    r"i['’]m afraid i (?=wasn)|\b(?:i|we) (?:was|wasn['’]t|were|weren['’]t)(?: not)? (?:un)?able "
    r"to|"
    r"i['’]ve given up|i couldn['’]t (?:find|establish)|after i sent|\S{1,100}@\S{1,100}",
    words="hi.|hi!|to inform you|going to try again|afraid i|able to|given up|i couldn|"
    "after i sent|@",
)
"""What qmail, Postfix and OpenSMTPD say as if they were persons, and addresses."""
_PERSON = Late(
    # Most words are told by their first letter.
    r"\b(?=[bdeghijmnotuwy])"
    r"(?:i|i['’](?:m|ve|d|ll)|me|my|mine|we|our|ours|us|hi|hello|dear|hey|yo|mi|mis|me|nos|"
    r"nuestr\w+|hola|buen[oa]s|estimad[oa]s?|gracias|thanks|ich|mein\w*|wir|je|mon|ma|nous|io|mio|"
    r"eu|meu|minha)\b|[?¿]",
    re.IGNORECASE,
)
_OPENING = 200
_EXPLANATION = 3_000


def is_failure_subject(subject: str) -> bool:
    """Is the subject that of a mail which came back?"""
    head = subject[:300]
    return _SUBJECT.match(head) is not None or _SUFFIX.search(head) is not None


def is_delay_subject(subject: str) -> bool:
    """Does the subject say that a mail is still on its way?"""
    return _DELAY_SUBJECT.search(subject[:200]) is not None


def says_failure(text: str) -> bool:
    """Does it say near its beginning that a mail did not arrive?"""
    return _SENTENCES.search(text[:_EXPLANATION]) is not None


def says_reason(text: str) -> bool:
    """Does it give a reason as servers do: a code (RFC 5321 §4.2, RFC 3463) or in words?"""
    return _REASON.search(text[:_EXPLANATION]) is not None


def says_delay(text: str) -> bool:
    """Does it say near its beginning that delivery goes on?"""
    head = text[:_EXPLANATION]
    return _DELAY_TEXT.search(head) is not None and _FINAL_TEXT.search(head) is None


def speaks_as_a_person(text: str) -> bool:
    """Does its beginning greet, ask or say "I"? Who forwards or pastes a bounce says first what
    it is and what they want."""
    opening = text.lstrip()[:_OPENING]
    whole_words = opening.rpartition(" ")[0] if len(opening) == _OPENING else opening
    return _PERSON.search(_STOCK.sub("", whole_words)) is not None


def opens_with_failure(text: str) -> bool:
    """Is that the first it says, with no word of a person before it or beside it?"""
    opening = text.lstrip()[:_OPENING]
    return _SENTENCES.search(opening) is not None and not speaks_as_a_person(text)
