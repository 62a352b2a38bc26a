"""Why somebody who wrote to us got no acknowledgement, in words for staff.

The names are those that are recorded with a ticket: the rules of `suppression`, and what else kept
an acknowledgement back. Whether one is sent is decided there, not here.
"""

from collections.abc import Iterable, Mapping

from mailresponder.templating import Worded

_WORDS: Mapping[str, Mapping[str, str]] = {
    "acknowledgements_disabled": {
        "en": "acknowledgements are turned off",
        "es": "los acuses de recibo están desactivados",
    },
    "no_correspondent": {
        "en": "their mail names no address to answer to",
        "es": "su correo no da ninguna dirección a la que responder",
    },
    "needs_smtputf8": {
        "en": "their address has letters that many mail servers do not accept",
        "es": "su dirección tiene letras que muchos servidores de correo no aceptan",
    },
    "unusable_address": {
        "en": "their address is none that mail can be sent to",
        "es": "su dirección no es una a la que se pueda enviar correo",
    },
    "null_return_path": {
        "en": "their mail has no return path, as if from a machine",
        "es": "su correo no tiene remitente de retorno, como si fuera de una máquina",
    },
    "not_addressed_to_us": {
        "en": "their mail does not name our address as a recipient",
        "es": "su correo no nombra nuestra dirección entre los destinatarios",
    },
    "suppression_requested": {
        "en": "their mail asks for no automatic answer",
        "es": "su correo pide que no se le responda de forma automática",
    },
    "looks_automatic": {
        "en": "their mail reads as if a program had written it",
        "es": "su correo parece escrito por un programa",
    },
    "role_address": {
        "en": "their mail comes from a technical address, as abuse@ or postmaster@",
        "es": "su correo viene de una dirección técnica, como abuse@ o postmaster@",
    },
    "nobody_reads_answers": {
        "en": "their mail says that nobody reads answers to it",
        "es": "su correo dice que nadie lee las respuestas",
    },
    "blocked_sender": {
        "en": "the sender is on the list of blocked senders",
        "es": "el remitente está en la lista de bloqueados",
    },
    "marked_as_spam": {
        "en": "our mail server marked their mail as spam",
        "es": "nuestro servidor marcó su correo como no deseado",
    },
    "reported_as_spam": {
        "en": "an earlier mail of theirs was marked as spam here",
        "es": "un correo suyo anterior se marcó aquí como no deseado",
    },
    "hourly_cap": {
        "en": "they had as much automatic mail as one address may get in an hour",
        "es": "ya recibió tanto correo automático como se permite en una hora",
    },
    "daily_cap": {
        "en": "they had as much automatic mail as one address may get in a day",
        "es": "ya recibió tanto correo automático como se permite en un día",
    },
    "same_subject_cap": {
        "en": "they had automatic mail about the same subject just before",
        "es": "acababa de recibir correo automático sobre el mismo asunto",
    },
    "not_handled": {
        "en": "our program could not handle their mail",
        "es": "nuestro programa no pudo tratar su correo",
    },
    "answered_first": {
        "en": "their mail had been answered before an acknowledgement went out",
        "es": "su correo fue respondido antes de que saliera un acuse",
    },
}


def in_words(rules: Iterable[str]) -> list[Worded]:
    """The rules, each with its words; one that has none stands for itself."""
    return [Worded(rule, _WORDS.get(rule, {})) for rule in rules]
