"""Connections to a server that are gone when they are wanted again."""

from collections.abc import Iterator

import pytest
from servers.postgres import Postgres
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from mailresponder.store import pinging


class Clock:
    """Seconds that only a test lets pass."""

    now = 0.0

    def __call__(self) -> float:
        """The seconds by now."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands."""
    return Clock()


@pytest.fixture
def engine(postgres: Postgres, clock: Clock) -> Iterator[Engine]:
    """An engine as the store's, whose one connection the server has ended while it was idle."""
    engine = create_engine(postgres.url("shared"))
    pinging.listen(engine, trusted=1.0, steady=clock)
    with engine.connect() as conn:
        number = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
    postgres.execute(f"SELECT pg_terminate_backend({number}, 10000)")
    yield engine
    engine.dispose()


def is_answered(engine: Engine) -> bool:
    """Does a transaction get an answer?"""
    with engine.connect() as conn:
        return bool(conn.execute(text("SELECT true")).scalar_one())


def test_what_was_idle_is_replaced_where_it_is_gone(engine: Engine, clock: Clock) -> None:
    """Whoever wants the connection gets another one and notices nothing."""
    clock.now = 1.0
    assert is_answered(engine)


def test_what_worked_just_now_is_not_asked(engine: Engine, clock: Clock) -> None:
    """It is believed to work: where it does not, one transaction fails, and the next does not."""
    clock.now = 0.9
    with pytest.raises(OperationalError):
        is_answered(engine)
    assert is_answered(engine)
