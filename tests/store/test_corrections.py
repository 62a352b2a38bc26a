from datetime import timedelta

from cases import NOON
from sqlalchemy import Connection

from mailresponder.store import corrections
from mailresponder.store.corrections import CorrectionRow
from mailresponder.store.database import Store

LATER = NOON + timedelta(hours=1)


def learn(conn: Connection, *, content: str = "{}") -> CorrectionRow:
    return corrections.put_into_force(
        conn,
        model="m1",
        content=content,
        labels=50,
        figures={"log_loss": [0.5, 0.4]},
        by="ana",
        at=NOON,
    )


def test_the_last_one_is_in_force(store: Store) -> None:
    """At first there is none; then it is the newest, as it was written."""
    with store.begin() as conn:
        assert corrections.in_force(conn) is None
        learn(conn)
        second = learn(conn, content='{"model": "é"}')
    with store.read() as conn:
        assert corrections.in_force(conn) == second
    assert (second.content, second.figures) == ('{"model": "é"}', {"log_loss": [0.5, 0.4]})


def test_undoing_goes_back_one_at_a_time_down_to_none(store: Store) -> None:
    """Each undoing takes the one in force; then there is nothing left to undo."""
    with store.begin() as conn:
        first, second = learn(conn), learn(conn)
        assert corrections.undo(conn, by="luis", at=LATER) == second
        assert corrections.in_force(conn) == first
        assert corrections.undo(conn, by="luis", at=LATER) == first
        assert corrections.in_force(conn) is None
        assert corrections.undo(conn, by="luis", at=LATER) is None


def test_what_was_undone_stays_in_the_history(store: Store) -> None:
    """Newest first, with who undid it; what is learnt after an undoing comes into force."""
    with store.begin() as conn:
        first = learn(conn)
        corrections.undo(conn, by="luis", at=LATER)
        second = learn(conn)
        told = corrections.history(conn)
        assert corrections.in_force(conn) == second
    assert [one.id for one in told] == [second.id, first.id]
    assert [(one.undone_by, one.undone_at) for one in told] == [(None, None), ("luis", LATER)]
