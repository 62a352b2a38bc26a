"""A short storm in every test run; hundreds of rounds are for `storm.py` by hand."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from chaos.storm import storm
from chaos.world import World
from nursery import Nursery
from program import ROOT
from servers.dovecot import Dovecot, MailUser
from servers.postgres import Postgres

_databases = count(1)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Who starts the program."""
    started = Nursery(ROOT)
    yield started
    started.close()


# By these seeds it is killed while it reads, while it sends and when a mail was just taken, and
# frozen once.
@pytest.mark.parametrize(
    ("database", "seed", "rounds"), [("sqlite", 147, 4), ("postgresql", 654, 2)]
)
def test_nothing_is_lost_and_nothing_repeated(
    database: str,
    seed: int,
    rounds: int,
    tmp_path: Path,
    dovecot: Dovecot,
    new_dovecot_user: Callable[[], MailUser],
    nursery: Nursery,
    request: pytest.FixtureRequest,
) -> None:
    """Killed and frozen at moments that its servers choose, the program acknowledges everybody
    once, flags the angry, tells of what is late and of nothing else, and files what it sent."""
    url = f"sqlite:///{tmp_path / 'mailresponder.db'}"
    if database == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create(f"chaos{next(_databases)}", template="model")
    user = new_dovecot_user()
    with World(tmp_path, dovecot, user, database=url, connections=4, nursery=nursery) as world:
        report = storm(world, seed=seed, rounds=rounds)

    assert report.problems == []
    assert report.rounds == rounds
    assert report.accepted >= rounds
    assert report.kills
    assert report.freezes
