"""How mail programs and calendars report for their user: mail read, invitation answered."""

import re

_READ_SUBJECT = re.compile(
    r"(?:read|le[íi]do|gelesen|lu|letto|lida|lido|gelezen|llegit|irakurrita|läst|læst|lest|luettu|"
    r"przeczytano|přečteno|prečítané|olvasva|citit|прочитано|прочтено|okundu|διαβάστηκε|"
    r"開封済み|已读|"
    r"읽음|not read|no le[íi]do|ungelesen|non lu|non letto|não lida|delivered|entregado)\s?[:：] ",
    re.IGNORECASE,
)
_READ_TEXT = re.compile(
    r"\bwas (?:read|deleted|opened|displayed) on\b|was deleted without being read|"
    r"\b(?:se ley[óo]|(?:fue|ha sido) le[íi]do) |se elimin[óo] sin leer|"
    r"wurde am .{4,40} gelesen|a été (?:lu|supprimé)|è stat[oa] lett[oa]|foi lida|is gelezen|"
    r"lästes|ble lest|blev læst|this is a receipt for|"
    r"return receipt (?:only|displays|for the mail)|acuse de recibo (?:de|del) (?:correo|mensaje)",
    re.IGNORECASE,
)
_INVITATION_SUBJECT = re.compile(
    r"\s*(?:(?:tentatively )?accepted|declined|tentative|acept(?:ad[oa]|ada provisionalmente)|"
    r"rechazad[oa]|provisional|zugesagt|abgelehnt|mit vorbehalt|accepté|refusé|provisoire|"
    r"accettato|rifiutato|aceite|recusado|geaccepteerd|geweigerd|accepterat|avböjt|"
    r"acceptat|refusat|zaakceptowano|odrzucono|принято|отклонено|updated invitation|"
    r"meeting forward notification|notificaci[óo]n de reenv[íi]o de reuni[óo]n)\s?:",
    re.IGNORECASE,
)
_INVITATION_TEXT = re.compile(
    r"\bha(?:s|ve)? (?:tentatively )?(?:accepted|declined|aceptado|rechazado)\b.{0,40}"
    r"\b(?:invitation|meeting|event|invitaci[óo]n|reuni[óo]n|evento)|"
    r"your meeting was forwarded|reenvi[óo] su convocatoria",
    re.IGNORECASE,
)
_SHORT = 1_000
"""Characters: receipts are no longer."""


def is_read_receipt(subject: str, text: str, *, prompted: bool) -> bool:
    """Is it a read receipt that has lost its form on the way?

    `prompted`: something beside the words speaks for a machine, as an answer's thread does.
    """
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
