from pathlib import Path

import cases
import databases
import pytest
from cases import NOON

from mailresponder.jobs.retrying import Retried, retry
from mailresponder.store import outbox_view


@pytest.mark.parametrize(
    ("state", "came"),
    [
        ("failed", Retried.DUE),
        ("queued", Retried.DUE),
        ("sending", Retried.SENDING),
        ("sent", Retried.SENT),
    ],
)
def test_what_comes_of_a_retry(tmp_path: Path, state: str, came: Retried) -> None:
    """What was given up or waits is due at once; what is under way or sent is left alone."""
    store = databases.open_new(tmp_path / "desk.db")
    with store.begin() as conn:
        number = cases.queue_mail(conn, state=state, attempts=9, last_error="550 no")

        assert retry(conn, number, now=NOON) is came
        assert retry(conn, number + 1, now=NOON) is Retried.UNKNOWN
        row = outbox_view.row(conn, number)
    store.close()
    assert row is not None
    was_retried = (row.state, row.attempts, row.last_error) == ("queued", 0, None)
    assert was_retried == (came is Retried.DUE)
