"""How mass mail gives itself away where it carries no List-* header (RFC 2369)."""

import re

_UNSUBSCRIBE = re.compile(
    r"\b(?:unsubscribe|opt[- ]?out|manage (?:your )?(?:e-?mail )?(?:preferences|subscriptions?)|"
    r"(?:view|read) (?:this|it)(?: e-?mail| message| newsletter)? (?:online|in (?:your|a) browser)|"
    r"view (?:e-?mail )?in (?:your )?browser|remove (?:me|yourself|your (?:e-?mail|address))\b"
    r"[^\n.]{0,30} (?:mailing )?list|"
    r"dar(?:se|te|me) de baja|cancelar (?:su|tu|la) suscripci[óo]n|"
    r"ver (?:este |el )?(?:correo|e-?mail|mensaje)?[^\n.]{0,15}en (?:el|su|tu) navegador|"
    r"se d[ée]sabonner|d[ée]sinscri\w+|newsletter (?:abmelden|abbestellen|abbestellung)|"
    r"(?:hier )?abmelden|abbestellen|cancella\w* (?:l['’])?iscrizione|disiscri\w+|"
    r"cancelar (?:a )?(?:subscri[çc][ãa]o|inscri[çc][ãa]o)|afmelden|uitschrijven|avregistrera|"
    r"afmeld|avmeld|wypisa[ćc]|odhl[áa]sit|отписаться)\b",
    re.IGNORECASE,
)
_SENDER = re.compile(
    r"(?:.{1,40}[-._+])?(?:news(?:letters?|alerts?|flash)?|e-?news|mailings?|marketing|"
    r"promo\w{0,10}|"
    r"offers?|deals|ofertas|noticias|boletin(?:es)?|bulletin|campaigns?|notifications?|alerts?|"
    r"digest|updates?|rundbrief|infobrief|aktion(?:en)?)(?:[-._+].{1,80})?",
    re.IGNORECASE,
)
_RETURN_ADDRESS = re.compile(
    r"\s*<?(?:[\w.+-]{0,60}[-._+])?(?:bounces?|errors?|returns?|verp|nbounce)(?:[-._+=@]|\d)",
    re.IGNORECASE,
)
_TEXT_LIMIT = 20_000


def offers_to_unsubscribe(text: str) -> bool:
    """Does it say, at its beginning or at its end, how to get no more of it?"""
    if len(text) > 2 * _TEXT_LIMIT:
        text = f"{text[:_TEXT_LIMIT]}\n{text[-_TEXT_LIMIT:]}"
    return _UNSUBSCRIBE.search(text) is not None


def is_sender(local: str) -> bool:
    """Is the local part one that newsletters and notifications are sent from?"""
    return _SENDER.fullmatch(local) is not None


def is_return_address(path: str) -> bool:
    """Is it a return path made to count bounces, as mass mailers use it?"""
    return _RETURN_ADDRESS.match(path[:300]) is not None
