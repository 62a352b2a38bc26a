"""Databases as the program of each revision left them, taken over by this one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from letters import letter
from offices import LEAD, Office
from servers.postgres import Postgres
from upgrades.fixture import REVISIONS, SECRET, dump, restore

from mailresponder.jobs import reports
from mailresponder.policy.ticket import TicketState
from mailresponder.store.migrating import revision as revision_of
from mailresponder.store.schema import REVISION

WRITTEN = datetime(2026, 11, 26, 18, 8, tzinfo=UTC)
"""After the last of them was left."""
NOW = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
EMMA, JAVIER, NOAH = (f"{name}@customer.test" for name in ("emma", "javier", "noah"))


def test_no_revision_is_missing() -> None:
    """Whoever adds one adds the database of the one before: see make.py."""
    assert [int(revision) for revision in REVISIONS] == list(range(1, len(REVISIONS) + 1))
    assert int(REVISION) <= len(REVISIONS) + 1


@pytest.fixture
def database(
    request: pytest.FixtureRequest, tmp_path: Path, revision: str, kind: str
) -> Iterator[str]:
    """The old database, as `[desk]` names it."""
    if kind == "sqlite":
        restore(tmp_path / "mailresponder.db", revision)
        yield ""
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"upgrading{revision}"
    url = server.create(name).replace("+psycopg", "")
    server.execute(dump(revision, "postgresql"), database=name)
    yield f'database = "{url}"'
    server.drop(name)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("revision", REVISIONS)
def test_the_work_goes_on(database: str, office: Office, tmp_path: Path) -> None:
    """Every ticket is there as it was. What waited to be sent is sent, once; a customer's reply to
    what a colleague answered back then joins its ticket and starts its clock; the report counts
    the mails of that day."""
    (tmp_path / "mailresponder.secret").write_bytes(SECRET)
    (tmp_path / "mailresponder.secret").chmod(0o600)
    office.clock.now = NOW

    app = office.open(desk=database, admins="")
    with app.store.read() as conn:
        assert revision_of(conn) == REVISION
    before = {one.customer.email: one for one in office.tickets()}
    assert before.keys() == {EMMA, JAVIER, NOAH}
    assert before[EMMA].state is TicketState.ANSWERED
    assert before[JAVIER].angry
    assert before[JAVIER].escalation_level == 1
    office.receive(
        letter(
            sender=f"Emma Lake <{EMMA}>",
            subject="Re: Where is my order?",
            text="It has not come on Friday either. Where is it?\n",
            message_id="<9@customer.test>",
            In_Reply_To="<4@example.com>",
        ),
        at=WRITTEN,
    )
    office.run_well()

    after = {one.customer.email: one for one in office.tickets()}
    assert {one.reference for one in after.values()} == {one.reference for one in before.values()}
    assert after[EMMA].state is TicketState.OPEN
    assert [mail.recipient for mail in office.sink.received if mail.recipient != LEAD] == [NOAH]
    later = NOW + timedelta(days=1)
    period = reports.period_of(app.config, now=later, since="7d", until=None)
    made = reports.made(app.store, app.config, now=later, period=period)
    assert made.figures["messages"].value == 4
