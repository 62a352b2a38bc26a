"""Tells the admins by mail when something breaks and when it is well again, once each."""

from mailresponder.errors import MailresponderError
from mailresponder.jobs.work import Work, log, post
from mailresponder.mail.message import Address
from mailresponder.policy import notices


def tell_admins(work: Work, event: str, *, key: str, detail: str) -> None:
    """Queue one mail to each admin; the same `key` is told once. Never raises: whatever broke
    must not be made worse by telling of it."""
    try:
        with work.store.begin() as conn:
            for address in work.config.admin.addresses:
                notice = notices.admin(
                    event,
                    desk=work.desk,
                    templates=work.templates,
                    to=Address(email=address),
                    message_id=work.message_id(),
                    now=work.clock(),
                    detail=detail,
                )
                post(
                    conn,
                    work,
                    notice,
                    kind="admin",
                    dedup_key=f"admin:{key}:{address}",
                    ticket=None,
                )
    except MailresponderError as error:
        log.error("admins_not_told", event_told=event, reason=error.message)
