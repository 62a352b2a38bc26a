"""A process that was frozen in the middle of sending goes on, and another has taken over."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from offices import EMMA, OPS, Office, complaint
from servers.postgres import Postgres
from servers.smtp_sink import SmtpSink
from sqlalchemy import select, update

from mailresponder.store import outbox, schema

_databases = count(1)
HOUR = timedelta(hours=1)


def once(sink: SmtpSink, command: str, act: Callable[[], object]) -> None:
    """Do something when the next client has said this, and before it is answered."""
    told = sink.told

    def hooked(name: str) -> str | None:
        if name == command:
            sink.told = told
            act()
        return told(name)

    sink.told = hooked


def another_claims(office: Office, *, limit: int) -> None:
    """So much time passes that the lease is over, and another process has the first mails."""
    office.clock.advance(hours=1)
    with office.app.store.begin() as conn:
        assert outbox.claim(
            conn, "support", owner="another", now=office.clock.now, lease=HOUR, limit=limit
        )


def three_wait(office: Office) -> None:
    """Three mails that one connection is to send."""
    office.receive(*(complaint(f"c{number}@customer.test") for number in range(3)))


def standing(office: Office) -> list[tuple[str, int, bool]]:
    """State, attempts, and may it have been sent?, of each mail."""
    rows = schema.outbox
    query = select(rows.c.state, rows.c.attempts, rows.c.maybe_sent).order_by(rows.c.id)
    with office.app.store.read() as conn:
        return [(row.state, row.attempts, row.maybe_sent) for row in conn.execute(query)]


def test_who_has_lost_one_mail_gives_the_others_back(office: Office) -> None:
    """The pass sends nothing more; what nobody has taken waits untried, and is no repeat."""
    three_wait(office)
    office.open()
    once(office.sink, "RCPT", lambda: another_claims(office, limit=1))
    assert office.run().delivery.postponed == 2

    assert office.sink.received == []
    assert standing(office) == [("sending", 2, True), ("queued", 0, False), ("queued", 0, False)]


def test_who_was_taken_for_dead_claims_nothing(office: Office, postgres: Postgres) -> None:
    """On PostgreSQL it finds out at the first mail, and leaves them all to who is alive."""
    name = f"frozen{next(_databases)}"
    url = postgres.create(name, template="model").replace("+psycopg", "")
    office.configure(desk=f'database = "{url}"')
    three_wait(office)
    office.open()

    def lapse() -> None:
        with office.app.store.begin() as conn:
            conn.execute(
                update(schema.leases).values(expires_at=office.clock.now - 365 * 24 * HOUR)
            )

    once(office.sink, "RCPT", lapse)
    office.run()
    lost = standing(office)
    office.run_well()
    office._close_apps()
    postgres.drop(name)

    assert lost == [("queued", 0, False)] * 3
    assert len({mail.recipient for mail in office.sink.received}) == 3
    assert len(office.sink.received) == 3


def test_no_lease_ends_while_the_server_takes_the_mail(office: Office) -> None:
    """What a slow server leaves too little of the lease for is not begun, but claimed anew:
    another process could send it at the same time."""
    three_wait(office)
    office.open()
    office.sink.deliver = lambda _: office.clock.advance(minutes=7)
    office.run()
    assert standing(office) == [("sent", 1, False), ("queued", 0, False), ("queued", 0, False)]
    for _ in range(2):
        office.run()
    assert standing(office) == [("sent", 1, False)] * 3
    assert len(office.sink.received) == 3


@pytest.mark.parametrize("reply", ["550 5.1.1 no such user", "451 4.7.1 not now"])
def test_a_refusal_of_what_another_has_taken_is_nothing_to_tell(office: Office, reply: str) -> None:
    """What becomes of the mail is for the other to say: nobody counts as unreachable, and nobody
    hears of a failure."""
    office.receive(complaint())
    office.open()
    once(office.sink, "RCPT", lambda: another_claims(office, limit=1))
    office.sink.answer("RCPT", reply)
    report = office.run()

    assert (report.delivery.failed, report.delivery.postponed) == (0, 0)
    assert standing(office) == [("sending", 2, True)]
    assert "not_delivered" not in office.events()
    assert office.sent_to(OPS) == []
    assert office.outbox("unreachable") == []
    assert office.sent_to(EMMA) == []
