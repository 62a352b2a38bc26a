import json
from pathlib import Path

import cases
import pytest

from mailresponder.store import mailboxes, outbox_view
from mailresponder.store.database import Store
from mailresponder.store.schema import outbox as rows


def set_state(store: Store, number: int, **values: object) -> None:
    with store.begin() as conn:
        conn.execute(rows.update().where(rows.c.id == number).values(**values))


def test_json_is_the_interface_s(run, desk_file: Path, store: Store) -> None:
    """`outbox --json` is a list of objects with the interface's keys."""
    with store.begin() as conn:
        number = cases.queue_mail(conn)

    done = run("--config", str(desk_file), "outbox", "--json")

    [mail] = json.loads(done.out)
    assert done.status == 0
    assert list(mail) == cases.OUTBOX_KEYS
    assert (mail["id"], mail["to"], mail["state"]) == (number, "ops@example.com", "queued")
    assert mail["last_error"] is None


def test_failed_mail_is_listed_with_its_error(run, desk_file: Path, store: Store) -> None:
    """A mail that was given up is listed, with what the server said and what to do."""
    with store.begin() as conn:
        number = cases.queue_mail(conn)
    set_state(store, number, state="failed", last_error="550 no such user")

    out = run("--config", str(desk_file), "outbox").out

    assert "550 no such user" in out
    assert "retry" in out


def test_nothing_waiting_is_said(run, desk_file: Path, store: Store) -> None:
    """An empty outbox is a sentence for people and a list for programs."""
    assert "Nothing waits" in run("--config", str(desk_file), "outbox").out
    assert json.loads(run("--config", str(desk_file), "outbox", "--json").out) == []


def test_retry_makes_a_failed_mail_due(run, desk_file: Path, store: Store) -> None:
    """`retry` queues a mail that was given up."""
    with store.begin() as conn:
        number = cases.queue_mail(conn)
    set_state(store, number, state="failed", attempts=9, settled_at=cases.NOON)

    done = run("--config", str(desk_file), "retry", str(number))

    with store.read() as conn:
        mail = outbox_view.row(conn, number)
    assert done.status == 0
    assert (mail.state, mail.attempts) == ("queued", 0)


@pytest.mark.parametrize(("state", "said"), [("sent", "was sent"), ("sending", "is being sent")])
def test_retry_never_sends_twice(run, desk_file: Path, store: Store, state: str, said: str) -> None:
    """A mail that was sent, or is under way, stays as it is."""
    with store.begin() as conn:
        number = cases.queue_mail(conn)
    set_state(store, number, state=state, lease_expires_at=cases.NOON)

    done = run("--config", str(desk_file), "retry", str(number))

    assert done.status == 1
    assert said in done.err


def test_retry_of_nothing_is_a_sentence(run, desk_file: Path, store: Store) -> None:
    """An id that is not there ends with status 1."""
    done = run("--config", str(desk_file), "retry", "999")

    assert done.status == 1
    assert "999" in done.err


@pytest.mark.parametrize("number", ["x", "-1", "٣", str(2**70)])
def test_retry_wants_a_number(run, desk_file: Path, store: Store, number: str) -> None:
    """What cannot be an id is a usage error, in words that say where to find one."""
    done = run("--config", str(desk_file), "retry", "--", number)

    assert done.status == 2
    assert "write the number that `mailresponder outbox` shows" in done.err


def test_why_a_mailbox_fails_stands_beside_its_mail(run, desk_file: Path, store: Store) -> None:
    """What waits because its server is not there has no error of its own: the mailbox has."""
    with store.begin() as conn:
        cases.queue_mail(conn)
        mailboxes.failed(conn, "support", cases.NOON, "mail.example.com:993: no such host")

    out = run("--config", str(desk_file), "outbox").out

    assert out.splitlines()[-1] == "mailbox support: mail.example.com:993: no such host"


def test_mailbox_that_is_well_is_not_spoken_of(run, desk_file: Path, store: Store) -> None:
    """An error that has passed is not shown."""
    with store.begin() as conn:
        cases.queue_mail(conn)
        mailboxes.failed(conn, "support", cases.NOON, "no such host")
        mailboxes.well(conn, "support", cases.NOON)

    assert "mailbox support" not in run("--config", str(desk_file), "outbox").out
