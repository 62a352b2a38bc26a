"""Tells the admins by mail when something breaks and when it is well again, once each."""

from sqlalchemy import Connection

from mailresponder.errors import PermanentFailure
from mailresponder.jobs.work import Work, log, post
from mailresponder.mail.message import Address
from mailresponder.policy import notices
from mailresponder.templating import TemplateError


def tell_admins(
    conn: Connection, work: Work, event: str, *, key: str, detail: str, via: Work | None = None
) -> None:
    """Queue one mail to each admin about this mailbox; the same `key` is told once. `via`: the
    mailbox it leaves from, where this one may not be able to send.

    Raises nothing but what the store does: what broke must not be made worse by telling of it.
    """
    sender = via or work
    try:
        with conn.begin_nested():
            for address in work.config.admin.addresses:
                sheet = sender.sheet(Address(email=address))
                notice = notices.admin(sheet, event, detail, mailbox=work.desk.mailbox)
                post(
                    conn,
                    sender,
                    notice,
                    kind="admin",
                    dedup_key=f"admin:{key}:{address}",
                    ticket=None,
                )
    except (PermanentFailure, TemplateError) as error:
        log.error("admins_not_told", told_event=event, reason=error.message)
