from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import StatementError

from mailresponder.store.column_types import KEY_BYTES, Key, storable
from mailresponder.store.database import Store, desk_value, set_desk_value
from mailresponder.store.schema import mailboxes

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=50)
POSTGRESQL = postgresql.dialect()


def bound(text: str) -> str:
    value = Key().bind_processor(POSTGRESQL)(text)
    assert value is not None
    return value


@given(ANY_TEXT)
def test_storable_text_can_be_stored(text: str) -> None:
    """Whatever a mail holds, what is stored is UTF-8 without NUL."""
    kept = storable(text)
    assert "\0" not in kept
    assert kept.encode().decode() == kept
    assert storable(kept) == kept


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")))
def test_ordinary_text_is_stored_as_it_is(text: str) -> None:
    """Text without NUL and lone surrogates is not changed."""
    assert storable(text) == text


@given(ANY_TEXT, st.integers(min_value=0, max_value=300))
def test_a_key_fits_into_an_index(text: str, times: int) -> None:
    """A key of any length is stored in few enough bytes."""
    assert len(bound(text * times).encode()) <= KEY_BYTES


@given(st.integers(min_value=800, max_value=2000), st.sampled_from("aé☕"), st.text(max_size=5))
def test_long_keys_that_differ_stay_different(length: int, letter: str, tail: str) -> None:
    """Cutting a key does not make two of one."""
    text = letter * length
    assert bound(text) != bound(f"{text}b{tail}")


def test_a_long_key_is_found_again(store: Store) -> None:
    """A key beyond what an index takes is looked up like any other."""
    with store.begin() as conn:
        set_desk_value(conn, "k" * 50_000, "found")
        set_desk_value(conn, "k" * 50_001, "another")
        assert desk_value(conn, "k" * 50_000) == "found"


def test_hostile_text_is_stored(store: Store) -> None:
    """NUL and lone surrogates stop neither database."""
    with store.begin() as conn:
        set_desk_value(conn, "key\0", "a\0b\udc80ñ")
        assert desk_value(conn, "key") == "ab?ñ"


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5, minutes=30))])
def test_times_come_back_in_utc(store: Store, zone: timezone) -> None:
    """An aware time comes back as the same moment, to the microsecond, in UTC."""
    at = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=zone)
    with store.begin() as conn:
        conn.execute(insert(mailboxes).values(name="support", started_at=at))
        back = conn.execute(select(mailboxes.c.started_at)).scalar_one()
        found = conn.execute(select(mailboxes.c.name).where(mailboxes.c.started_at <= at)).all()
    assert back == at
    assert back.tzinfo is UTC
    assert len(found) == 1


def test_a_naive_time_is_refused(store: Store) -> None:
    """A time without a zone never reaches the database."""
    naive = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(StatementError, match="must be aware"), store.begin() as conn:
        conn.execute(insert(mailboxes).values(name="a", started_at=naive))
