"""`compact`."""

import re
from pathlib import Path

import pytest
from cases import NOON, queue_mail
from sqlalchemy import insert, select

from mailresponder import config
from mailresponder.store.database import Store
from mailresponder.store.schema import audit, outbox


def test_it_says_what_is_gone_and_how_large_the_database_is(
    run, desk_file: Path, store: Store
) -> None:
    """Old bytes go at once, and the sizes before and after are told."""
    with store.begin() as conn:
        number = queue_mail(conn)
        conn.execute(
            outbox.update().values(state="sent", settled_at=NOON.replace(year=2020), attempts=1)
        )
        old = {"at": NOON.replace(year=2020), "by": "ana", "what": "x", "about": "y" * 2_000}
        conn.execute(insert(audit), [old] * 1_200)

    done = run("--config", str(desk_file), "compact")

    assert done.status == 0, done.err
    assert "the bytes of 1 sent mails, 0 events of closed tickets and 1200 lines" in done.out
    before, after = map(float, re.findall(r"(\d+\.\d) MB", done.out))
    assert after < before - 1
    with store.read() as conn:
        assert conn.execute(select(outbox.c.content).where(outbox.c.id == number)).scalar() == b""


def test_nothing_old_is_no_failure(run, desk_file: Path, store: Store) -> None:
    """On a new desk it does nothing, and says so."""
    done = run("--config", str(desk_file), "compact")

    assert done.status == 0
    assert "the bytes of 0 sent mails" in done.out


def test_the_configuration_is_read_once(
    run, desk_file: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is changed meanwhile does not count for half of it."""
    read = []
    load = config.load
    monkeypatch.setattr(config, "load", lambda path: read.append(path) or load(path))

    assert run("--config", str(desk_file), "compact").status == 0
    assert read == [desk_file]


def test_no_database_is_made(run, desk_file: Path) -> None:
    """Where there is none, a wrong folder say, that is said and none is made."""
    done = run("--config", str(desk_file), "compact")

    assert done.status == 1
    assert "there is no database" in done.err
    assert list(desk_file.parent.glob("*.db")) == []
