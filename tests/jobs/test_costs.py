"""What a mail and an idle pass ask of the database and the servers, counted and never timed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from counting import Asked, counted
from offices import MONDAY, Office, answer, complaint
from servers.dovecot import Dovecot, MailUser
from servers.postgres import Postgres
from servers.proxy import Proxy, Traffic
from sqlalchemy import Engine, event

from mailresponder.jobs import delivery, filing, intake

NEW_MAIL = 8
"""Statements: one question to the past; ticket, participants, mail, events, acknowledgement twice
(as a mail to send and as a message) and ledger."""
SENT = 4
"""Is it ours; it is sent, acknowledged, and an event says so. Filing a copy is one more."""
OWN_COPY = 3
READ_ROUND_TRIPS = 8
"""The capabilities; both folders listed, selected and searched; two for the mails."""
IDLE = 40
IDLE_ROUND_TRIPS = 7
GROWING = (
    *("tickets", "participants", "messages", "outbox", "events", "sightings", "mailbox_tasks"),
    *("answers", "drafts", "labels", "notice_tickets", "themed", "message_themes"),
)
"""Tables with a row or more for each mail."""
EVERYTHING_ON = {
    "mailbox": 'answered_flag = true\ndrafts = "all"',
    "acknowledge": '[closing]\nask_after = "3d"\nafter = "10d"\n[digest]\nto = ["a@example.com"]',
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Costs:
    """What a piece of work cost."""

    asked: Asked
    imap: Traffic
    smtp: Traffic


class Wired:
    """An office whose connections are counted."""

    def __init__(self, office: Office, user: MailUser, dovecot: Dovecot) -> None:
        self.office, self._user, self._dovecot = office, user, dovecot
        self.imap, self.smtp = Proxy(office.imap_port), Proxy(office.smtp_port)

    def receive(self, count: int, *, start: int = 0) -> None:
        """So many people write, each for the first time."""
        mails = [
            complaint(f"person{start + number}@customer.test", subject=f"Order {start + number}")
            for number in range(count)
        ]
        self._dovecot.fill(self._user.name, mails, received_at=MONDAY.timestamp() + start)

    def read(self) -> Costs:
        """What reading what is new costs."""
        runner = self.office.app.mailboxes["support"]
        with runner.connect() as mailbox:
            return self._cost(lambda: intake.run(runner.work, mailbox, go_on=lambda: True))

    def send(self) -> Costs:
        """What sending what waits costs."""
        runner = self.office.app.mailboxes["support"]
        with runner.open_sender() as sender:
            sender.check()
            return self._cost(lambda: delivery.run(runner.work, [sender]))

    def file(self) -> Costs:
        """What filing what was sent costs."""
        runner = self.office.app.mailboxes["support"]
        with runner.connect() as mailbox:
            mailbox.sent_folder()
            return self._cost(lambda: filing.run(runner.work, mailbox))

    def idle(self) -> Costs:
        """What a pass costs in which there is nothing to do, after one in which there was."""
        self.office.run_well()
        # Nobody is asked anything in a minute in which much is sent.
        self.office.clock.advance(minutes=2)
        self.office.run_well()
        return self._cost(self.office.run_well)

    def _cost(self, do: Callable[[], object]) -> Costs:
        self.imap.reset()
        self.smtp.reset()
        with counted() as asked:
            do()
        return Costs(asked=asked, imap=replace(self.imap.traffic), smtp=replace(self.smtp.traffic))


@pytest.fixture
def wired(office: Office, dovecot: Dovecot, dovecot_user: MailUser) -> Iterator[Wired]:
    wired = Wired(office, dovecot_user, dovecot)
    with wired.imap, wired.smtp:
        office.imap_port, office.smtp_port = wired.imap.port, wired.smtp.port
        yield wired


def test_a_mail_costs_few_statements_and_round_trips(wired: Wired) -> None:
    """Mails are read in one transaction and two round trips a batch, sent in a transaction and four
    round trips each, and filed all at once; in statements each costs what stands above."""
    wired.read()  # Where a folder is first read from is written down once.
    wired.receive(5)
    read, sent = wired.read(), wired.send()
    wired.receive(20, start=5)
    more_read, more_sent, filed = wired.read(), wired.send(), wired.file()

    # What lies shortly below the cursor is looked at again, in one statement.
    assert more_read.asked.statements - read.asked.statements <= 15 * NEW_MAIL + 1
    assert more_read.asked.transactions == read.asked.transactions
    assert more_read.imap.round_trips == read.imap.round_trips <= READ_ROUND_TRIPS
    assert more_sent.asked.statements - sent.asked.statements <= 15 * (SENT + 1)
    assert more_sent.asked.transactions - sent.asked.transactions == 15
    assert more_sent.smtp.round_trips - sent.smtp.round_trips == 15 * 4
    assert filed.asked.statements <= 6
    assert filed.imap.round_trips <= 2


def test_our_own_copy_costs_little_to_read(wired: Wired) -> None:
    """What lies in Sent because we put it there is looked up and entered in the ledger."""
    wired.receive(5)
    wired.office.run_well()
    few = wired.read()
    wired.receive(15, start=5)
    wired.office.run_well()
    more = wired.read()
    # What lies shortly below the cursor is looked at again, in one statement.
    assert more.asked.statements - few.asked.statements <= 10 * OWN_COPY + 1


def test_an_idle_pass_costs_the_same_whatever_there_is(wired: Wired) -> None:
    """A pass with nothing to do asks the same of database and server after five mails and after
    thirty."""
    wired.office.open(**EVERYTHING_ON)
    wired.receive(5)
    few = wired.idle()
    wired.receive(25, start=5)
    many = wired.idle()

    assert dict(many.asked.table()) == dict(few.asked.table())
    assert many.asked.statements <= IDLE
    assert many.imap.round_trips == few.imap.round_trips <= IDLE_ROUND_TRIPS
    assert many.imap.to_server + many.imap.to_client < 5000
    assert many.smtp.round_trips == 0


def plans(wired: Wired, prefix: str) -> dict[str, list[str]]:
    """How the database goes about each statement of a pass."""
    said: dict[str, Any] = {}

    def hear(*given: Any) -> None:
        said[given[2]] = given[3]

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        wired.office.run_well()
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    asked = {s: p for s, p in said.items() if s.startswith(("SELECT", "WITH", "UPDATE", "DELETE"))}
    found = {}
    with wired.office.app.store.begin() as conn:
        if prefix == "EXPLAIN ":
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in asked.items():
            rows = conn.exec_driver_sql(prefix + statement, parameters)
            found[statement] = [str(row[-1]) for row in rows]
    return found


def walks(plans: dict[str, list[str]]) -> list[str]:
    """The steps of SQLite's plans that go through a table that grows, or through all of it that is
    the mailbox's."""
    return [
        f"{step}: {statement}"
        for statement, plan in plans.items()
        for step in plan
        if any(f" {table}" in step.partition(" USING")[0] for table in GROWING)
        and (step.startswith("SCAN") or step.endswith("(mailbox=?)"))
    ]


def test_no_statement_of_an_idle_pass_walks_through_sqlite(wired: Wired) -> None:
    """Each finds what it wants by an index, and none by the mailbox alone, in which all lies."""
    wired.office.open(**EVERYTHING_ON)
    wired.receive(3)
    wired.idle()
    found = plans(wired, "EXPLAIN QUERY PLAN ")
    assert len(found) > 20
    assert walks(found) == []


def test_no_statement_of_an_idle_pass_walks_through_postgresql(
    wired: Wired, postgres: Postgres
) -> None:
    """The same on PostgreSQL, told to avoid it where it can."""
    url = postgres.create("costs", template="model")
    address = url.replace("+psycopg", "").replace(":@", "@")
    wired.office.open(**EVERYTHING_ON, desk=f'database = "{address}"')
    wired.receive(3)
    wired.idle()
    found = plans(wired, "EXPLAIN ")
    assert len(found) > 20
    assert [
        f"{step}: {statement}"
        for statement, plan in found.items()
        for step in plan
        if any(f"Seq Scan on {table}" in step for table in GROWING)
    ] == []


def test_no_mail_makes_sqlite_walk(wired: Wired) -> None:
    """To take a customer's first mail, a further one and an answer of staff costs the same however
    many tickets there are, open ones too."""
    office = wired.office
    office.receive(complaint())
    office.run_well()
    office.clock.advance(minutes=1)
    office.receive(complaint(number=2, In_Reply_To="<emma-1@customer.test>"))
    office.receive(complaint("noah@customer.test"))
    office.receive(answer(), folder="Sent")
    found = plans(wired, "EXPLAIN QUERY PLAN ")
    assert len(found) > 30
    assert walks(found) == []
    [past] = [plan for statement, plan in found.items() if "AS same_matter" in statement]
    assert [step for step in past if "state=?" in step] == []
