"""Put messages into folders, move and delete them, in as few commands as the server allows.

Errors leave as imapclient raises them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from imaplib import IMAP4

from imapclient import IMAPClient

from mailresponder.transport.imap_fetch import BATCH_MESSAGES


def append_all(client: IMAPClient, folder: str, mails: Sequence[tuple[bytes, datetime]]) -> None:
    """Put mails into a folder, marked \\Seen, with their INTERNALDATEs: in one command where the
    server has MULTIAPPEND (RFC 3502), which takes all of them or none."""
    seen = ("\\Seen",)
    if len(mails) > 1 and client.has_capability("MULTIAPPEND"):
        given = [{"msg": mail, "flags": seen, "date": at} for mail, at in mails]
        status, said = client.multiappend(folder, given)
        # imapclient leaves it to us to look at the answer.
        if status != "OK":
            raise IMAP4.error(f"APPEND command error: {status} {said!r}")
        return
    for mail, at in mails:
        client.append(folder, mail, flags=seen, msg_time=at)


def move(client: IMAPClient, uids: Sequence[int], folder: str) -> None:
    """Move messages from the selected folder (RFC 6851; else COPY and delete)."""
    if client.has_capability("MOVE"):
        client.move(uids, folder)
        return
    client.copy(uids, folder)
    delete(client, uids)


def delete(client: IMAPClient, uids: Sequence[int]) -> None:
    """Delete messages from the selected folder; without UIDPLUS they are only marked."""
    client.delete_messages(uids, silent=True)
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(uids)


def chunks(uids: Sequence[int]) -> Iterator[list[int]]:
    """The UIDs in runs that one command may name."""
    for start in range(0, len(uids), BATCH_MESSAGES):
        yield list(uids[start : start + BATCH_MESSAGES])
