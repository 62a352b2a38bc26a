from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import databases
import pytest
from making import NOON
from structlog.testing import capture_logs

from mailresponder.jobs import audit
from mailresponder.jobs.audit import Deed
from mailresponder.store.database import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = databases.open_new(tmp_path / "desk.db")
    yield opened
    opened.close()


def test_what_is_done_is_written_down_and_logged(store: Store) -> None:
    """A deed is kept with who did it and about what, and the log says the same."""
    with store.begin() as conn, capture_logs() as logged:
        audit.note(conn, by="ana (web)", what=Deed.TICKET_CLOSED, about="MR-22222", now=NOON)
        [entry] = audit.latest(conn)

    assert (entry.by, entry.what, entry.about) == ("ana (web)", "ticket_closed", "MR-22222")
    assert logged == [
        {
            "event": "page",
            "log_level": "info",
            "what": "ticket_closed",
            "by": "ana (web)",
            "about": "MR-22222",
        }
    ]


def test_strangers_cannot_fill_the_list(store: Store) -> None:
    """Of a thousand refused sign-ins in a day twenty are kept, and all are logged, so that what
    admins did stays to be seen; a day later there is room."""
    with store.begin() as conn, capture_logs() as logged:
        for minute in range(1000):
            now = NOON + timedelta(minutes=minute)
            audit.refused(conn, by="", about="192.0.2.1", now=now)
        assert len(audit.latest(conn, limit=1000)) == 20
        assert [line["log_level"] for line in logged] == ["warning"] * 1000

        audit.refused(conn, by="ana", about="192.0.2.1", now=NOON + timedelta(days=1, minutes=1000))
        assert audit.latest(conn)[0].by == "ana"
