"""The correction that staff have taught, as whoever listens is handed it.

One that was learnt on another model than today's is left out: it must be learnt anew.
"""

from sqlalchemy import Connection

from mailresponder.errors import MailresponderError
from mailresponder.jobs.work import log
from mailresponder.listening import anger
from mailresponder.listening.correction import Correction
from mailresponder.store import corrections
from mailresponder.store.corrections import CorrectionRow


def current(conn: Connection) -> Correction | None:
    """The correction to listen with; None: the shipped model stands alone.

    One that cannot be used is logged and left out: it must not keep a mail from being read.
    """
    row = corrections.in_force(conn)
    if row is None or not fits(row):
        return None
    try:
        return Correction.from_json(row.content)
    except MailresponderError as error:
        log.error("correction_not_used", correction=row.id, reason=error.message)
        return None


def fits(row: CorrectionRow) -> bool:
    """Was it learnt on the model of today?"""
    return row.model == anger.fingerprint()
