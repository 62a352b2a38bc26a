"""What the template of the morning digest is told: its lists and figures as variables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailresponder.policy.desk import Desk
from mailresponder.policy.digest import Digest, Some, Unsent
from mailresponder.policy.staff_variables import ListedTicket, listed
from mailresponder.policy.ticket import Ticket
from mailresponder.policy.variables import Variables, of_desk
from mailresponder.templating import Own, Worded
from mailresponder.templating.values import one_line, shorten

_LONGEST_WHY = 200
_KINDS: Mapping[str, Mapping[str, str]] = {
    "acknowledgement": {"en": "acknowledgement", "es": "acuse de recibo"},
    "follow_up": {"en": "word that a further mail came", "es": "aviso de que llegó otro correo"},
    "closing_question": {"en": "question whether it is solved", "es": "pregunta de cierre"},
    "fixed": {"en": "word that it is fixed", "es": "aviso de que está arreglado"},
    "relay": {"en": "answer of ours", "es": "respuesta nuestra"},
    "escalation": {"en": "escalation", "es": "aviso de caso sin respuesta"},
    "assignment": {"en": "word of a ticket given to them", "es": "aviso de caso asignado"},
    "escalation_list": {"en": "list of escalations", "es": "lista de casos sin respuesta"},
    "not_sent": {"en": "returned reply", "es": "respuesta devuelta"},
    "unreachable": {"en": "word of an unreachable customer", "es": "aviso de cliente ilocalizable"},
    "answers_unseen": {"en": "word of an answer not seen", "es": "aviso de respuesta no vista"},
    "command_report": {"en": "report on commands", "es": "informe de órdenes"},
    "digest": {"en": "morning digest", "es": "resumen de la mañana"},
    "report": {"en": "listening report", "es": "informe de escucha"},
    "admin": {"en": "mail to the admins", "es": "correo a administración"},
    "test": {"en": "test mail", "es": "correo de prueba"},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedUnsent:
    """One line about a mail of ours that was given up."""

    kind: Own
    to: str
    reference: Own | None
    why: str


def for_digest(
    told: Digest, *, desk: Desk, desk_of: Callable[[str], Desk], now: datetime
) -> Variables:
    """What the template of a digest knows; `desk_of` gives the desk as a mailbox sees it."""

    def lines(some: Some[Ticket]) -> list[ListedTicket]:
        return [listed(one, desk=desk_of(one.mailbox), now=now) for one in some.first]

    standing, answers = told.standing, told.answers
    every = (told.angry, told.late, told.due_today, told.unreachable, told.unacknowledged)
    return {
        **of_desk(desk, now),
        "since": told.since,
        "quiet": told.quiet,
        "unread_mailboxes": [Own(name) for name in told.unread],
        "open": standing.open,
        "open_angry": standing.angry,
        "late": standing.late,
        "due_today": standing.due_today,
        "snoozed": standing.snoozed,
        "angry_tickets": lines(told.angry),
        "more_angry": told.angry.more,
        "late_tickets": lines(told.late),
        "more_late": told.late.more,
        "due_tickets": lines(told.due_today),
        "more_due": told.due_today.more,
        "unreachable": lines(told.unreachable),
        "more_unreachable": told.unreachable.more,
        "unacknowledged": lines(told.unacknowledged),
        "more_unacknowledged": told.unacknowledged.more,
        "unsent": [_unsent(one) for one in told.unsent.first],
        "more_unsent": told.unsent.more,
        "answered": answers.number,
        "answered_in_time": answers.in_time,
        "usual_wait": answers.usual,
        "slowest_wait": answers.slowest,
        "example": next((Own(some.first[0].reference) for some in every if some.first), None),
    }


def kind_in_words(kind: str) -> Worded:
    """What a mail of ours is; a kind without words stands for itself."""
    return Worded(kind, _KINDS.get(kind, {}))


def _unsent(one: Unsent) -> ListedUnsent:
    return ListedUnsent(
        kind=kind_in_words(one.kind),
        to=one.recipient,
        reference=Own(one.reference) if one.reference else None,
        why=shorten(one_line(one.why), _LONGEST_WHY),
    )
