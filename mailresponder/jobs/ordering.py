"""In which order the messages of INBOX and Sent are taken: as one story, as it was written.

Neither folder may be read ahead of the other. An answer that is read before its question belongs
to no ticket, so its customer is told to wait and staff are called late; a reply that is read before
the answer it replies to is taken for more of the old matter.
"""

from collections.abc import Iterator, Sequence

from mailresponder.jobs.reading import BATCH, Fetched, Reader


def in_order(readers: Sequence[Reader]) -> Iterator[list[Fetched]]:
    """All that the readers have, in the order in which it was written, in batches; an empty one
    where a folder cannot be read any further. Within one folder mail keeps its order there."""
    while True:
        for reader in readers:
            while reader.is_hungry:
                if not reader.refill():
                    yield []
                    return
        batch: list[Fetched] = []
        while len(batch) < BATCH and not any(reader.is_hungry for reader in readers):
            waiting = [reader for reader in readers if reader.fetched]
            if not waiting:
                break
            batch.append(_first(waiting).fetched.popleft())
        if not batch:
            return
        yield batch


def _first(waiting: Sequence[Reader]) -> Reader:
    """Whose next message comes before those of the others: the earlier one, unless it replies to a
    message that still waits there. A copy in Sent bears the time of somebody's own clock."""
    by_date = sorted(waiting, key=lambda reader: reader.fetched[0].raw.received_at)
    for reader in by_date:
        message = reader.fetched[0].message
        named = {*message.in_reply_to, *message.references}
        others = (one for other in waiting if other is not reader for one in other.fetched)
        if not named or not any(one.message.message_id in named for one in others):
            return reader
    return by_date[0]
