"""Download messages in few commands, a bounded number of bytes at a time.

It marks nothing: BODY.PEEK leaves \\Seen as it is (RFC 9051 §6.4.5). Of a large message only the
header and the text parts are downloaded (imap_structure.py), so attachments cost nothing.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient

from mailresponder.errors import PermanentFailure, ServerUnavailable, TemporaryFailure
from mailresponder.mail.message import UNDATED, RawMessage
from mailresponder.transport.imap_session import NOT_UNDERSTOOD, translated
from mailresponder.transport.imap_structure import WHOLE_LIMIT, read_structure, rebuild, wanted

BATCH_MESSAGES = 200
"""Messages named by one command: some servers refuse longer lists."""

BATCH_BYTES = 4 * 1024 * 1024
"""Bytes held in memory at a time."""

_WHOLE = "BODY.PEEK[]"
_BEGINNING = f"BODY.PEEK[]<0.{WHOLE_LIMIT}>"

_HEADER_LIMIT = 64 * 1024
_HEADER = f"BODY.PEEK[HEADER]<0.{_HEADER_LIMIT}>"


def fetch_messages(client: IMAPClient, server: str, uids: Sequence[int]) -> Iterator[RawMessage]:
    """The messages of the selected folder, in the order of `uids`.

    One that is gone is left out; one that the server cannot give comes without content. Raises
    TemporaryFailure when the connection is gone.
    """
    for batch, sizes in _batches(client, server, uids):
        large = [uid for uid in batch if sizes[uid] > WHOLE_LIMIT]
        small = [uid for uid in batch if sizes[uid] <= WHOLE_LIMIT]
        found = _bodies(client, server, small, _WHOLE)
        found |= _without_attachments(client, server, large)
        empty = [uid for uid in found if sizes[uid] and not found[uid].content]
        gone = _gone(client, server, empty) if empty else frozenset()
        for uid in batch:
            if uid in found and uid not in gone:
                yield found[uid]


def fetch_whole(client: IMAPClient, server: str, uid: int, *, limit: int) -> bytes | None:
    """One message with all that it holds; None where it is larger than `limit` bytes by the
    server's word or in truth, where it is gone, and where the server refuses to give it.

    Raises TemporaryFailure when the connection is gone.
    """
    sizes = _sizes(client, server, [uid])
    if sizes.get(uid, limit + 1) > limit:
        return None
    answer = _tried(client, server, [uid], f"BODY.PEEK[]<0.{limit + 1}>")
    found = _raw_message(uid, (answer or {}).get(uid, {}), _WHOLE)
    return found.content if found is not None and len(found.content) <= limit else None


def _batches(
    client: IMAPClient, server: str, uids: Sequence[int]
) -> Iterator[tuple[list[int], Mapping[int, int]]]:
    """Groups of messages still there, each small enough to hold, with their sizes."""
    for start in range(0, len(uids), BATCH_MESSAGES):
        asked = list(uids[start : start + BATCH_MESSAGES])
        sizes = _sizes(client, server, asked)
        batch: list[int] = []
        total = 0
        for uid in (uid for uid in asked if uid in sizes):
            bytes_read = min(sizes[uid], WHOLE_LIMIT)
            if batch and total + bytes_read > BATCH_BYTES:
                yield batch, sizes
                batch, total = [], 0
            batch.append(uid)
            total += bytes_read
        if batch:
            yield batch, sizes


def _sizes(client: IMAPClient, server: str, uids: Sequence[int]) -> dict[int, int]:
    """Of each message that is there; what a server says that is no size counts as a large one."""
    answer = _fetch(client, server, uids, "RFC822.SIZE")
    told = {uid: data[b"RFC822.SIZE"] for uid, data in answer.items() if b"RFC822.SIZE" in data}
    return {uid: size if isinstance(size, int) else sys.maxsize for uid, size in told.items()}


def _gone(client: IMAPClient, server: str, uids: Sequence[int]) -> frozenset[int]:
    """Those that were expunged since their size was asked for. Servers go on to show them until
    they have told of it, with NIL for what they no longer have."""
    with translated(server):
        client.noop()
    return frozenset(uids) - _fetch(client, server, uids, "RFC822.SIZE").keys()


def _without_attachments(
    client: IMAPClient, server: str, uids: Sequence[int]
) -> dict[int, RawMessage]:
    """Large messages; of one that the server cannot take apart, the beginning."""
    found: dict[int, RawMessage] = {}
    for uid, data in _described(client, server, uids).items():
        content = _texts_only(client, server, uid, data)
        if content is not None:
            found[uid] = RawMessage(
                uid=uid,
                received_at=_aware(data.get(b"INTERNALDATE")),
                content=content,
                truncated=True,
            )
    rest = [uid for uid in uids if uid not in found]
    return found | _bodies(client, server, rest, _BEGINNING)


def _described(client: IMAPClient, server: str, uids: Sequence[int]) -> dict[int, dict[bytes, Any]]:
    """Header and BODYSTRUCTURE of each, as far as the server and our parser manage."""
    found = _tried(client, server, uids, "BODYSTRUCTURE", "INTERNALDATE", _HEADER)
    if found is None and len(uids) > 1:
        found = {}
        for uid in uids:
            found |= _described(client, server, [uid])
    return {uid: data for uid, data in (found or {}).items() if uid in uids}


def _texts_only(
    client: IMAPClient, server: str, uid: int, data: Mapping[bytes, Any]
) -> bytes | None:
    """The message without its attachments; None where it cannot be had like that."""
    root, header = read_structure(data.get(b"BODYSTRUCTURE")), _section(data, "HEADER")
    if root is None or not header or len(header) >= _HEADER_LIMIT:
        return None
    if root.kind.startswith(("text/", "message/")):
        return None
    limits = wanted(root)
    contents: dict[str, bytes] = {}
    if limits:
        items = [f"BODY.PEEK[{section}]<0.{limit}>" for section, limit in limits.items()]
        answer = (_tried(client, server, [uid], *items) or {}).get(uid, {})
        contents = {section: _section(answer, section)[: limits[section]] for section in limits}
    if any(node.octets and not contents.get(node.section, b"x") for node in root.walk()):
        # The server did not give what it has described.
        return None
    return rebuild(header, root, contents)


def _section(data: Mapping[bytes, Any], section: str) -> bytes:
    wanted_key = f"BODY[{section}]".encode("ascii")
    value = next((value for key, value in data.items() if key.startswith(wanted_key)), b"")
    return value if isinstance(value, bytes) else b""


def _tried(
    client: IMAPClient, server: str, uids: Sequence[int], *items: str
) -> dict[int, dict[bytes, Any]] | None:
    """None where the server refuses or the answer makes no sense: there is another way.

    ServerUnavailable where the connection is gone.
    """
    try:
        with translated(server):
            return dict(client.fetch(uids, items))
    except ServerUnavailable as error:
        if isinstance(error.__cause__, NOT_UNDERSTOOD):
            return None
        raise
    except (PermanentFailure, TemporaryFailure):
        return None


def _bodies(
    client: IMAPClient, server: str, uids: Sequence[int], item: str
) -> dict[int, RawMessage]:
    """One command for all; where the server refuses that, one for each.

    Some servers refuse a whole FETCH for one message they cannot read.
    """
    try:
        fetched = _fetch(client, server, uids, item, "INTERNALDATE")
    except PermanentFailure:
        if len(uids) > 1:
            found: dict[int, RawMessage] = {}
            for uid in uids:
                found |= _bodies(client, server, [uid], item)
            return found
        without = _fetch(client, server, uids, "INTERNALDATE")
        fetched = {uid: {**data, b"BODY[]": b""} for uid, data in without.items()}
    messages = (_raw_message(uid, data, item) for uid, data in fetched.items())
    return {message.uid: message for message in messages if message is not None}


def _fetch(
    client: IMAPClient, server: str, uids: Sequence[int], *items: str
) -> dict[int, dict[bytes, Any]]:
    with translated(server):
        return dict(client.fetch(uids, items))


def _raw_message(uid: int, data: Mapping[bytes, Any], item: str) -> RawMessage | None:
    """None where the answer holds no body: the message is gone."""
    bodies = [value for key, value in data.items() if key.startswith(b"BODY[")]
    if not bodies:
        return None
    content = bodies[0] if isinstance(bodies[0], bytes) else b""
    return RawMessage(
        uid=uid,
        received_at=_aware(data.get(b"INTERNALDATE")),
        content=content,
        truncated=item == _BEGINNING and len(content) >= WHOLE_LIMIT,
    )


def _aware(internal_date: datetime | None) -> datetime:
    """In UTC; UNDATED where the server gave no date that can be read."""
    try:
        return internal_date.astimezone(UTC) if internal_date else UNDATED
    except OverflowError:
        return UNDATED
