"""A database that cannot be used for a while, with mail servers that can."""

import sqlite3
from collections.abc import Callable, Iterator

import pytest
from breaking import Outage
from offices import EMMA, complaint
from servers.postgres import Postgres
from sqlalchemy import event
from structlog.typing import EventDict

from mailresponder.store.mailboxes import Way

Lines = Callable[[str], list[EventDict]]


def all_well_again(outage: Outage, said: Lines) -> None:
    """The next pass does what was to be done, once, and of all that the log holds two lines."""
    office = outage.office
    assert outage.tick().exit_status == 0
    assert len(office.sent_to(EMMA)) == 1
    assert [line["what"] for line in said("failing")] == ["pass"]
    assert [line["what"] for line in said("well_again")] == ["pass"]
    assert outage.fault(Way.READING) is outage.fault(Way.SENDING) is None


def test_a_locked_file_is_waited_for(outage: Outage, said: Lines) -> None:
    """Another program writes for minutes: passes end early, and one line says why."""
    office = outage.office
    path = office.path.parent / "locked.db"
    office.open(desk=f'database = "sqlite:///{path}?timeout=0.05"')
    outage.tick()
    office.receive(complaint())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    reports = outage.ticks(2)
    assert {report.exit_status for report in reports} == {75}
    assert "is locked by another program" in reports[0].errors[0].message
    other.execute("ROLLBACK")
    other.close()

    all_well_again(outage, said)


def test_a_full_disk_stops_the_pass_and_room_lets_it_go_on(outage: Outage, said: Lines) -> None:
    """Nothing is taken that could not be written down, and nothing is taken twice after that."""
    office = outage.office
    outage.tick()
    office.receive(complaint("noah@customer.test", text="word " * 4000), complaint())
    full = True

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages if full else 2**30}")

    event.listen(office.app.store._engine, "checkout", limit)
    reports = outage.ticks(2)
    assert {report.exit_status for report in reports} == {75}
    assert "the disk is full" in reports[0].errors[0].message
    assert office.sink.received == []

    full = False
    all_well_again(outage, said)
    assert len(office.tickets()) == 2


def test_a_file_that_becomes_read_only_stops_the_pass(outage: Outage, said: Lines) -> None:
    """As on a file system that the kernel has mounted anew after an error."""
    office = outage.office
    outage.tick()
    office.receive(complaint())
    broken = True

    def protect(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA query_only = {int(broken)}")

    event.listen(office.app.store._engine, "checkout", protect)
    reports = outage.ticks(2)
    assert {report.exit_status for report in reports} == {75}
    assert "is read-only" in reports[0].errors[0].message

    broken = False
    all_well_again(outage, said)


@pytest.fixture
def on_server(outage: Outage, postgres: Postgres) -> Iterator[Postgres]:
    """PostgreSQL holds the desk."""
    url = postgres.create("outages", template="model").replace("+psycopg", "")
    outage.office.open(desk=f'database = "{url}"')
    outage.tick()
    yield postgres
    outage.office._close_apps()
    postgres.drop("outages")


def test_a_server_that_stops_between_passes_is_waited_for(
    outage: Outage, on_server: Postgres, said: Lines
) -> None:
    """Restarted for an update, say: the first pass after it works as if nothing had been."""
    on_server.stop()
    try:
        outage.office.receive(complaint())
        reports = outage.ticks(2)
    finally:
        on_server.start()
    assert {report.exit_status for report in reports} == {75}

    all_well_again(outage, said)


def test_a_restart_between_passes_is_not_noticed(outage: Outage, on_server: Postgres) -> None:
    """Connections that are kept are tried before they are used."""
    on_server.stop()
    on_server.start()
    outage.office.receive(complaint())

    assert outage.tick().exit_status == 0
    assert len(outage.office.sent_to(EMMA)) == 1


def test_a_server_that_stops_while_mail_is_handed_over_repeats_one_mail(
    outage: Outage, on_server: Postgres
) -> None:
    """The mail was taken and nobody could write that down: the next pass sends it again, under the
    same Message-ID, and no other; and what was not begun it sends as well."""
    office = outage.office
    office.receive(complaint(), complaint("noah@customer.test"))

    def stop(_: object) -> None:
        office.sink.deliver = None
        on_server.stop()

    office.sink.deliver = stop
    try:
        assert outage.tick().exit_status == 75
    finally:
        on_server.start()
    assert outage.tick().exit_status == 0

    sent = [mail["Message-ID"] for mail in office.sent_to(EMMA)]
    assert len(sent) == 2
    assert len(set(sent)) == 1
    assert len(office.sent_to("noah@customer.test")) == 1
    assert {row.state for row in office.outbox()} == {"sent"}
