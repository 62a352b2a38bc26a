"""What a customer is called: their display name as far as it may pass for one, and the first name
a letter would greet them with.

A wrong first name is worse than none. Where the order of the names, or whether they are a person's
at all, is not plain, there is none.
"""

import re
import unicodedata

from mailresponder.templating.values import defuse, one_line


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_LONGEST = 60
_MOST_WORDS = 6
_BESIDES_NAMES = re.compile(r"[@<>\[\]:/\\]")
_ASIDE = re.compile(r"\s*(?:\([^()]*\)|\s[|–—-]\s.*|\b(?:via|vía)\s.*)$", re.IGNORECASE)
_BEHIND_A_COMMA = _words(
    "jr sr ii iii iv phd md mba esq cpa bsc msc sl sa slu ltd inc llc gmbh co corp"
)
"""What stands behind a comma and is no first name."""
_TITLES = _words(
    "mr mrs ms miss mx dr dra doctor doctora prof profa profesor profesora professor rev sir dame "
    "sr sra srta señor señora señorita ing lic arq abg herr frau madame monsieur mme mlle "
    "lord lady king queen father brother sister padre fray sor hermano hermana"
)
"""What stands before a surname as well as before a first name."""
_FIRST_NAME_TITLES = frozenset(("d", "dª", "dña", "doña"))
"""What stands before a first name only. `Don` is one itself, in English."""
_NOT_A_PERSON = _words(
    # English
    "the your our a an and of for from at customer client service services support help helpdesk "
    "desk team sales info office admin administrator accounts accounting billing orders shop store "
    "company group holding partners solutions systems software bank hotel university school "
    "college church club foundation association society department international global media "
    "news newsletter noreply no-reply mailer postmaster webmaster hello contact reception dear "
    "restaurant clinic hospital council city county school inc ltd llc llp plc corp co gmbh don "
    "unknown anonymous test user guest mail email enquiries inquiries marketing hr it reply "
    "undefined null none nan undisclosed recipients family "
    # Spanish
    "el la los las un una de del y e su sus nuestro nuestra cliente clientes servicio servicios "
    "atención atencion soporte ayuda equipo ventas oficina administración administracion "
    "contabilidad facturación facturacion pedidos tienda empresa grupo banco universidad colegio "
    "escuela instituto fundación fundacion asociación asociacion comunidad ayuntamiento "
    "departamento hospital clínica clinica restaurante talleres taller hermanos hijos correo "
    "información informacion contacto recepción recepcion sl sa slu slp sc cb familia "
    "administrador administradora secretaría secretaria presidencia dirección direccion gerencia "
    "recursos humanos compras construcciones muebles bufete despacho abogados asociados asesoría "
    "asesoria gestoría gestoria notaría notaria farmacia"
)
_NO_FIRST_NAMES = _words(
    # Surnames, which stand first in China, Korea, Vietnam, Japan and Hungary, and in many a list
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo ng wong "
    "kim park lee choi jung nguyen nguyễn tran trần le lê pham phạm yamada tanaka suzuki sato "
    "watanabe ito nakamura kobayashi nagy kovács szabó tóth horváth varga "
    "garcía garcia gonzález gonzalez rodríguez rodriguez fernández fernandez lópez lopez martínez "
    "martinez sánchez sanchez pérez perez gómez gomez ruiz hernández hernandez díaz diaz álvarez "
    "alvarez muñoz romero gutiérrez gutierrez torres vázquez vazquez ramírez ramirez "
    # Halves of one, and an abbreviation
    "abd abdul fco san santa saint"
)
"""What may begin a name and does not greet anybody by itself."""
_SECOND_NAMES = {
    **dict.fromkeys(
        ("maría", "maria", "ana"),
        _words(
            "josé jose luisa teresa carmen isabel dolores pilar jesús jesus belén belen elena "
            "cristina victoria eugenia antonia ángeles angeles mercedes rosa paz sol"
        ),
    ),
    **dict.fromkeys(
        ("josé", "jose", "juan", "luis", "miguel", "francisco", "carlos", "víctor", "victor"),
        _words(
            "maría maria carlos luis antonio manuel ángel angel pablo miguel ramón ramon ignacio "
            "francisco javier alberto josé jose jesús jesus alfonso enrique andrés andres"
        ),
    ),
}
"""Second halves of double names, by the first: `María José` is called both."""


def name(written: str) -> str:
    """A display name where it may pass for one; `García, Ana` becomes `Ana García`."""
    text = one_line(written)
    last, comma, first = text.partition(", ")
    if comma and _is_first(first) and f"{last}{first}".replace(" ", "").replace("-", "").isalpha():
        text = f"{first} {last}"
    # A name that is an address, or an advertisement, greets nobody.
    odd = _BESIDES_NAMES.search(text) or len(text) > _LONGEST or defuse(text) != text
    return "" if odd else text


def first_name(written: str) -> str:
    """The first name in a display name, as a letter would greet with; empty where unsure.

    `García López, María José` gives `María José`, `Dr. Ana García` and `ANA GARCÍA` give `Ana`;
    `Sra. García`, `Acme, Inc.` and `IBM` give nothing.
    """
    if not name(written):
        return ""
    # An accent may come as a character of its own.
    text = unicodedata.normalize("NFC", one_line(written)).strip("\"'‘’“”` ")
    text = _ASIDE.sub("", text)
    words = text.split()
    if _about_others(words) or _are_two(words):
        return ""
    last, comma, given = text.partition(", ")
    if comma and not _is_first(given):
        words = last.split()
    elif comma:
        # Both halves must be names, or this is a firm or a place.
        words = given.split()
        if not 1 <= len(words) <= 2 or not all(map(_is_name, [*words, *last.split()])):
            return ""
        return " ".join(map(_capitalized, words))
    return _leading(words) if len(words) <= _MOST_WORDS else ""


def _leading(words: list[str]) -> str:
    """The first name that words in their usual order begin with."""
    titled = False
    while words and _plain(words[0]) in _TITLES | _FIRST_NAME_TITLES:
        titled = titled or _plain(words[0]) in _TITLES
        words = words[1:]
    if not words or (titled and len(words) < 2):
        return ""
    loud = [word.isupper() and len(_plain(word)) > 1 for word in words]
    if any(loud) and not all(loud) and loud[0]:
        # Surnames in capitals come first: `GARCÍA Ana`. `JR Smith` begins with initials.
        if not all(_is_name(word) and len(word) > 2 for word in words[: loud.index(False)]):
            return ""
        words = words[loud.index(False) :]
    elif len(words) == 1 and (loud[0] or words[0].islower()):
        # `IBM`, `jsmith`: a mark or a login as well as a name.
        return ""
    if not _is_name(words[0]) or (words[0].islower() and not all(map(str.islower, words))):
        return ""
    if words[0].lower() in _NO_FIRST_NAMES:
        return ""
    first = _capitalized(words[0])
    if len(words) > 2 and words[1].lower() in _SECOND_NAMES.get(first.lower(), ()):
        return f"{first} {_capitalized(words[1])}"
    return first


def _is_first(behind_a_comma: str) -> bool:
    return _plain(behind_a_comma) not in _BEHIND_A_COMMA


def _about_others(words: list[str]) -> bool:
    """Do the words name a firm, an office or a machine?"""
    plain = [_plain(word) for word in words]
    # `de` and `la` may stand within a surname, but no name begins with them, unless turned round.
    within = {"de", "del", "la", "las", "los", "y", "e", "a", "co"}
    first = [] if any(word.endswith(",") for word in words[:-1]) else plain[:1]
    named = first + [word for word in plain if word not in within]
    return any(word in _NOT_A_PERSON for word in named) or any(
        character.isdigit() or character in "&+*#!?=_" for word in words for character in word
    )


def _are_two(words: list[str]) -> bool:
    """`Ana y Luis García`; an `y` further on is a surname's."""
    return len(words) > 2 and words[1].lower() in ("y", "e")


def _is_name(word: str) -> bool:
    """Is it written as a name is, in letters of ours? The order of others is not known."""
    parts = re.split(r"[-'’]", word)
    letters = "".join(parts)
    return (
        len(letters) > 1
        and letters.isalpha()
        and all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
        # `PayPal` and `AnaGarcia` are no first names.
        and (word.isupper() or not any(letter.isupper() for p in parts for letter in p[1:]))
    )


def _capitalized(word: str) -> str:
    if not (word.isupper() or word.islower()):
        return word
    return re.sub(r"[^-'’]+", lambda part: part[0][:1].upper() + part[0][1:].lower(), word)


def _plain(word: str) -> str:
    return word.lower().replace(".", "").strip(",;")
