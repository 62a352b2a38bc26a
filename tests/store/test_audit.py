from datetime import timedelta

from cases import NOON

from mailresponder.store import audit
from mailresponder.store.audit import Entry
from mailresponder.store.database import Store


def test_what_was_done_last_stands_first(store: Store) -> None:
    """Entries come back as they were written, the newest first, no more than asked for."""
    done = [
        Entry(at=NOON, by="ana (web)", what="template_saved", about=f"es/{number}.md.j2")
        for number in range(3)
    ]
    with store.begin() as conn:
        for entry in done:
            audit.add(conn, entry)
    with store.read() as conn:
        assert audit.latest(conn, limit=2) == [done[2], done[1]]


def test_one_kind_is_counted_since_a_time(store: Store) -> None:
    """What was done before, and what is of another kind, does not count."""
    an_hour_ago = NOON - timedelta(hours=1)
    with store.begin() as conn:
        for what, at in (("a", NOON), ("a", an_hour_ago), ("b", NOON)):
            audit.add(conn, Entry(at=at, by="ana", what=what, about=""))
        assert audit.count_since(conn, "a", NOON) == 1
        assert audit.count_since(conn, "a", an_hour_ago) == 2
