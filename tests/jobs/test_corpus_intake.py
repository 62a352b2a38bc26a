"""Every real person's mail through real servers: a ticket each, and an acknowledgement."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from corpus import content, entries
from offices import Office
from servers.dovecot import Dovecot, MailUser
from servers.smtp_sink import SmtpSink

from mailresponder.mail.message import RawMessage
from mailresponder.mail.parse import parse

US = "support@example.com"
BATCH = 60
"""Mails in one mailbox: below what it may send in a minute."""


def strangers(mails: list[bytes]) -> list[list[bytes]]:
    """Batches in which no mail has to do with another: neither sender nor Message-ID twice."""
    batches: list[tuple[set[str], list[bytes]]] = []
    for mail in mails:
        read = parse(RawMessage(uid=0, received_at=datetime(2025, 1, 1, tzinfo=UTC), content=mail))
        people = {address.key for address in (*read.from_, *read.reply_to)}
        ids = {read.message_id or "", *read.in_reply_to, *read.references} - {""}
        for known, batch in batches:
            if len(batch) < BATCH and not known & (people | ids):
                known |= people | ids
                batch.append(mail)
                break
        else:
            batches.append((people | ids, [mail]))
    return [batch for _, batch in batches]


def test_everyone_has_a_ticket_and_nearly_everyone_an_acknowledgement(
    tmp_path: Path,
    dovecot: Dovecot,
    new_dovecot_user: Callable[[], MailUser],
    smtp_sink: SmtpSink,
) -> None:
    """Of the corpus's human mails each opens a ticket, and at least 99 % are acknowledged, each
    once; all of it over IMAP and SMTP."""
    people = [e for e in entries() if e["class"] == "HUMAN"]
    mails = [b"Delivered-To: %s\r\n%s" % (US.encode(), content(entry)) for entry in people]
    tickets = acknowledged = 0
    for number, batch in enumerate(strangers(mails)):
        folder = tmp_path / str(number)
        folder.mkdir()
        office = Office(folder, dovecot, smtp_sink)
        office.add_mailbox(new_dovecot_user())
        office.receive(*batch)
        office.run_well()
        tickets += len(office.tickets())
        acknowledged += sum(t.acknowledged_at is not None for t in office.tickets())
        office.close()

    assert tickets == len(people)
    assert acknowledged >= 0.99 * len(people)
    assert len(smtp_sink.received) == acknowledged
