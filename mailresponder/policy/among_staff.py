"""What staff say to each other about a customer, in reply to a notice that went to one of them.

English and Spanish. A few words only, as a letter to a customer is longer or greets them.
"""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from mailresponder.mail.message import Address
from mailresponder.mail.phrases import Late
from mailresponder.policy.few_words import above_signature, is_greeting, plain_words

_TALK_WORDS = 14
_ABOUT_WORDS = 80
"""Words in which they speak of the customer as of somebody else."""
_NAMED_WORDS = 8
"""Words in which a colleague's name means that they are about or for that colleague."""
_VOCATIVE_WORDS = 3
_LEAST_NAME = 3
"""Letters of what counts as a name in an address."""
_GROUP = frozenset({"all", "everyone", "everybody", "team", "guys", "folks", "colleagues"}) | {
    *("todos", "todas", "equipo", "chicos", "chicas", "companeros", "companeras"),
}
_GREETING = frozenset({"hi", "hello", "hey", "dear", "hola", "buenos", "buenas", "good"}) | {
    *("dias", "tardes", "morning", "afternoon", "a", "querido", "querida", "estimado", "estimada"),
}
_SECOND_PERSON = frozenset({"you", "your", "yours", "usted", "ustedes", "te", "tu", "tus", "os"})
_ROLES = frozenset({"support", "sales", "orders", "order", "returns", "billing", "service"}) | {
    *("warehouse", "shipping", "accounts", "office", "info", "help", "team", "customer", "refunds"),
    *("soporte", "ventas", "pedidos", "almacen", "facturas", "facturacion", "oficina", "envios"),
}
"""What addresses are called after that are no person's."""
_DOES = frozenset({"is", "has", "s", "does", "lo", "la", "se", "tiene", "esta"})
_HEAD = re.compile(r"([,:;!?.\n])")
_TO_CUSTOMER = frozenset({"you", "your", "yours", "le", "les", "su", "sus", "usted", "ustedes"})
_TIME = (
    r"(?: (?:already|yet|today|now|tomorrow|later|soon|yesterday|just now|please|thanks|thank you|"
    r"all good|ya|ayer|hoy|ahora|antes|luego|manana|yo|gracias|por (?:telefono|correo)|"
    r"by (?:phone|mail|email)|esta (?:manana|tarde)|el \w+|en un \w+|"
    r"(?:in|on|after|before|at|this|next|last) (?:a |the )?\w+))*"
)
_IT = r"(?: (?:this|it|that|her|him|them)(?: one)?)"
_ASKS = Late(
    r"\bwho (?:(?:is|s|will|can|wants to|should|else) )*(?:handl|tak|answer|own|deal|look|work|do|"
    rf"has|got)\w*(?: (?:at|into|after|with|on|care of))?{_IT}\b|"
    r"\bquien (?:(?:lo|la|se|le|puede|va a|esta) )*(?:llev(?:a|ar|e|ando)|encarg\w+|ocup\w+|"
    r"contest(?:a|ar)|respond(?:e|er)|atiende|atender|mira|coge)\b|"
    r"\b(?:can|could|would|will) (?:you|some(?:one|body)|any(?:one|body))(?: else)?(?: please)? "
    r"(?:take|handle|answer|own|deal with|help with|look (?:at|into|after)|see to|take care of|"
    rf"reply to|respond to){_IT}(?: over)?(?: for me)?{_TIME}$|"
    r"\b(?:can|could) you (?:please )?(?:call|tell|write to|refund|ask) (?:her|him|them)\b|"
    r"^(?:any(?:one|body)|alguien)$|"
    r"\b(?:do|does|has|have) any(?:one|body) (?:know|seen|answered)\b|"
    r"\bpuede alguien\b|"
    r"\balguien (?:sabe|lleva|lo (?:mira|lleva|coge|contesta)|se (?:encarga|ocupa)|"
    r"puede (?:contestar|responder|encargarse|mirar|llevar|atender|coger)\w*)\b|"
    r"\b(?:te|os) (?:encargas|encargais|ocupas|ocupais|haces cargo)\b|"
    r"\b(?:encargate|encargaos|ocupate|pasaselo|pasasela|diselo)\b|"
    r"\bpuedes (?:encargarte|ocuparte|(?:mirar|llevar|coger)(?:l[oa]| esto)|contestar(?:l[eoa]s?)?|"
    r"responder(?:l[eoa]s?)?)\b|"
    r"\b(?:take me off|stop sending me|why (?:am i|do i|are we|did i) (?:get|receiv)\w*|"
    r"dejad? de (?:enviarme|mandarme)|por que (?:me llegan?|recibo))\b"
)
"""Who is to answer? Also below a greeting, unless that names the customer."""
_TELLS = Late(
    r".*\bnot (?:mine|ours|my (?:department|ticket|job|customer|case))\b.*|"
    r".*\bno es (?:mi[oa]|nuestr[oa]|de mi departamento|mi (?:cliente|tema))\b.*|"
    r"yo no llevo .*|wrong department|unsubscribe|"
    r"(?:(?:i|we|ve|have|ya|yo|already|le|les|la|lo|he|esta) )*(?:answered|replied|responded|"
    r"called|phoned|spoke|conteste|respondi|contestad[oa]|respondid[oa]|llame|hable)"
    rf"(?: (?:to|with|con))?{_IT}?(?: (?:esto|el|ella|ellos))?{_TIME}|"
    r"(?:(?:all|ya|already|just|esta|es|it s a) )*(?:sorted|closed|cerrad[oa]|seen|read|leido|"
    r"visto|enterad[oa]|in progress|en (?:curso|proceso)|duplicate|duplicad[oa]|test|prueba|fyi|"
    rf"done|hecho|lo hice|no idea|ni idea|no se|i don t know){_TIME}|"
    rf"i (?:have )?(?:already )?(?:did|done){_IT}?{_TIME}|"
    r"(?:(?:i|m|am|still|estoy|sigo|me pongo) )*(?:looking (?:at|into)|working on|dealing with|"
    rf"handling|taking|checking|con|en)(?:{_IT}| ello| esto| eso){_TIME}|"
    r"(?:i ll|i will|will|let me) (?:look (?:at|into)|get (?:back )?to|take|check|see to|handle|"
    rf"answer|reply(?: to)?|deal with){_IT}?{_TIME}|"
    r"(?:(?:manana|luego|hoy|ya|ahora|yo) )*(?:l[oae] )?(?:contesto|respondo|miro|reviso|atiendo)"
    rf"{_TIME}|"
    r"(?:can be closed|(?:you can|can you|puedes|se puede|podemos) (?:close|cerrar(?:l[oa])?)"
    rf"{_IT}?(?: the ticket| esto)?{_TIME})|"
    r"(?:just |please |por favor )?(?:(?:refund|tell|answer|ignore) them|"
    r"(?:give|offer|send) them (?:an?|the|their|another)|(?:tell|give|ask|call) (?:her|him))\b.*|"
    r"(?:dile|diles|decidle|devuelvele|devuelveles|dales? (?:el|la|un|una|su|lo)|enviale|mandale|"
    r"llamale|contestale|contestadle|respondele|ofrecele|escribele)\b.*|"
    rf"i can t answer{_IT}.*"
)
"""What became of it, and whose it is."""
_TELLS_UNLESS_TO_THEM = Late(
    r"(?:waiting for|pending|esperando|pendiente|a la espera)\b.*|"
    r"(?:i (?:ve|have) )?(?:forwarded|passed|reenviado|pasado|lo paso|lo reenvio)(?: this| it)?"
    r"(?: on)? (?:to|a)\b.*"
)

_ABOUT = Late(
    r"\b(?:(?:the|this|that) (?:customer(?! (?:service|care|support))|woman|man|lady|guy)|"
    r"(?:el|la|este|esta|ese|esa) (?:client[ea]|senora?|tipo|tia|tio|chic[oa])|"
    r"(?:told|asked|called|ignore|refund) (?:her|him)|"
    r"(?:she|he) (?:keeps|always|never|wrote|writes|complain\w*|wants|insists))\b"
)


def names(addresses: Collection[Address]) -> frozenset[str]:
    """The words of names and addresses by which people are called, without their accents."""
    found = (plain_words(f"{a.name} {a.email.partition('@')[0]}") for a in addresses)
    long = {word for words in found for word in words if len(word) >= _LEAST_NAME}
    return frozenset(long - _ROLES)


def is_among_staff(
    words: str, by: Address, *, colleagues: frozenset[str], customer: frozenset[str]
) -> bool:
    """Do staff speak to each other in it? `colleagues` and `customer` are names."""
    lines = above_signature(words, by)
    if not lines:
        return False
    others = colleagues - names([by]) - customer
    if _calls(lines[0], others):
        return True
    greeting = [line for line in lines if is_greeting(line)]
    if _stands_above_letter(lines):
        return True
    said = [word for line in lines if line not in greeting for word in plain_words(line)]
    about = not greeting and len(said) <= _ABOUT_WORDS and not _SECOND_PERSON & set(said)
    if about and _ABOUT.search(" ".join(said)):
        return True
    if len(said) > _TALK_WORDS or any(customer & set(plain_words(line)) for line in greeting):
        return False
    spoken = " ".join(said)
    if _ASKS.search(spoken):
        return True
    if greeting:
        return False
    to_them = bool(_TO_CUSTOMER & set(said))
    if not to_them and len(said) <= _NAMED_WORDS and _names_one(lines, others):
        return True
    telling = _TELLS.fullmatch(spoken) or (not to_them and _TELLS_UNLESS_TO_THEM.fullmatch(spoken))
    return bool(telling)


def _stands_above_letter(lines: Sequence[str]) -> bool:
    """ "Is this right?" above "Dear Emma," asks a colleague to read a draft."""
    begins = next((i for i, line in enumerate(lines) if is_greeting(line)), 0)
    return 0 < begins < len(lines) - 1 and lines[begins].endswith((",", ":"))


def _calls(line: str, others: frozenset[str]) -> bool:
    """Does a mail that begins so speak to a colleague, or to all of them?"""
    if line.startswith("@"):
        return True
    head, mark, _ = _HEAD.split(f"{line.lstrip('¡¿')}\n", maxsplit=1)
    words = plain_words(head)
    called = [word for word in words if word not in _GREETING]
    if not 0 < len(called) <= _VOCATIVE_WORDS:
        return False
    # "Will arrive on Friday" calls no Will.
    is_call = len(called) < len(words) or len(called) == 1 or mark in ",:!?"
    is_group = len(called) == 1 and called[0] in _GROUP
    return is_call and (is_group or called[0] in others)


def _names_one(lines: Sequence[str], others: frozenset[str]) -> bool:
    """Does a colleague's name stand in it, as a name: with a capital that no sentence begins
    with, or as who does something?"""
    words = re.findall(r"[^\W\d_]+", " ".join(lines))
    plain = [" ".join(plain_words(word)) for word in words]
    does = {one for one, then in pairwise(plain) if then in _DOES}
    inside = {one for one, word in zip(plain[1:], words[1:], strict=True) if word[0].isupper()}
    return bool(others & (does | inside))
