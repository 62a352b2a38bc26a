"""A batch of mails in one transaction."""

import re
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import letters
import pytest
from counting import counted
from offices import EMMA, MONDAY, PROVEN, SUPPORT, Office, answer, complaint
from servers.postgres import Postgres
from sqlalchemy import select

from mailresponder.jobs import batches, customers, intake, ordering, reading, taking
from mailresponder.jobs.customers import open_ticket
from mailresponder.jobs.step import Step, Taken
from mailresponder.policy import decisions
from mailresponder.policy.facts import Outcome
from mailresponder.store import messages, schema
from mailresponder.store.messages import MessageRecord

NOAH, MIA, LIA = "noah@customer.test", "mia@customer.test", "lia@customer.test"
_NEVER = ("id", "content", "argument", "dedup_key", "sent_as")
"""Columns that are counted, say what others say, or hold what is random."""
_REFERS = {"ticket_id": "tickets", "message_row": "messages", "outbox_id": "outbox"}
_NUMBERED = frozenset(_REFERS.values())
_OF_THE_DATABASE = frozenset({"desk", "leases"})
_databases = count(1)


def replies(number: int, text: str = "One more thing.\n", **more: str) -> bytes:
    """Emma writes again in the thread of her first mail."""
    return complaint(number=number, text=text, In_Reply_To="<emma-1@customer.test>", **more)


def fill(office: Office) -> None:
    """Mails that have to do with one another, all of them within a batch: copies, replies to the
    one before, more of the same people, answers of staff, machines, and strangers among them."""
    moments = (MONDAY.replace(minute=minute) for minute in range(60))
    for mail in (
        complaint(),
        complaint(NOAH, subject="Another order"),
        complaint(),
        replies(2, "And it was order 20418, please look it up.\n"),
        complaint(number=3),
        complaint(number=4, subject="A lamp is broken"),
        letters.mailing_list(),
        complaint(MIA),
    ):
        office.receive(mail, at=next(moments))
    seen = answer(sender="Ana <ana@example.com>", Cc=SUPPORT, Authentication_Results=PROVEN)
    office.receive(seen, folder="Sent", at=next(moments))
    office.receive(seen, at=next(moments))
    said = answer(MIA, in_reply_to="<mia-1@customer.test>", number=2)
    office.receive(said, folder="Sent", at=next(moments))
    for mail in (
        replies(5, "Thanks a lot!\n"),
        letters.angry_english(),
        letters.spanish(),
        letters.out_of_office(),
        letters.bounce(),
        complaint(MIA, number=2, In_Reply_To="<mia-1@customer.test>", Cc=LIA),
        complaint("boss@example.com", subject="From staff, unproven"),
        complaint(LIA, subject="Hm", text="Hola, no sé.\n"),
        complaint(LIA, subject="Hm?", text="Ok?\n", number=2),
        *(complaint(NOAH, subject=f"Order {n}", number=n) for n in range(2, 6)),
        complaint("zoe@customer.test", subject="Last"),
    ):
        office.receive(mail, at=next(moments))


def read(office: Office) -> intake.IntakeReport:
    """Reading alone: nothing is sent, and nothing changes on the server."""
    runner = office.app.mailboxes["support"]
    with runner.connect() as mailbox:
        return intake.run(runner.work, mailbox, go_on=lambda: True)


def written(office: Office) -> dict[str, list[dict[str, Any]]]:
    """All rows there are, in their order, as far as they are not random; ids are counted."""
    with office.app.store.read() as conn:
        found: dict[str, Sequence[Any]] = {
            table.name: conn.execute(select(table).order_by(*table.primary_key)).mappings().all()
            for table in schema.metadata.sorted_tables
            if table.name not in _OF_THE_DATABASE
        }
    numbers = {name: {row["id"]: n for n, row in enumerate(found[name])} for name in _NUMBERED}
    references = {row["reference"]: f"#{n}" for n, row in enumerate(found["tickets"])}

    def plain(column: str, value: Any) -> Any:
        if column in _REFERS and value is not None:
            return numbers[_REFERS[column]][value]
        if not isinstance(value, str):
            return value
        ours = re.sub(r"<mr\.[^>]*>", "<ours>", value)
        return re.sub(r"\bMR-\w{5}\b", lambda match: references.get(match[0], match[0]), ours)

    told = {
        name: [{c: plain(c, v) for c, v in row.items() if c not in _NEVER} for row in rows]
        for name, rows in found.items()
    }
    # A set of people has no order.
    told["participants"].sort(key=repr)
    return told


@pytest.fixture
def other_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty one, on the server that a test asks for."""
    name = f"batches{next(_databases)}"
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / name}.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    yield server.create(name, template="model").replace("+psycopg", "")
    server.drop(name)


@pytest.mark.parametrize("other_database", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("fails", [False, True], ids=["at_once", "one_by_one"])
def test_a_batch_leaves_what_its_mails_would_leave_one_after_the_other(
    office: Office, monkeypatch: pytest.MonkeyPatch, other_database: str, fails: bool
) -> None:
    """The same rows in the same order, whether fifty mails are taken in a transaction or each in
    one of its own, and where taking them at once has failed."""
    caps = "max_per_recipient_per_hour = 2\nfollow_up_notice = true"
    office.open(acknowledge=caps)
    fill(office)
    with monkeypatch.context() as patched:
        patched.setattr(reading, "BATCH", 1)
        patched.setattr(ordering, "BATCH", 1)
        alone, report = read(office), written(office)
    office.reopen(desk=f'database = "{other_database}"')

    if fails:

        def fail(*given: Any) -> list[str]:
            taken_at_once(*given)
            raise RuntimeError("a mistake of ours")

        taken_at_once = batches._at_once
        monkeypatch.setattr(batches, "_at_once", fail)
    assert read(office) == alone
    assert written(office) == report
    outcomes = dict(alone.outcomes)
    assert outcomes.keys() >= {"opened", "followed_up", "answered", "duplicate", "recorded"}
    office._close_apps()


def test_a_mail_that_cannot_be_handled_spoils_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our code fails on the second of three mails: the batch is taken anew, the others have a
    ticket and an acknowledgement each, once, and the second a ticket for a person to look at."""

    def fail(step: Step, decision: decisions.OpenTicket) -> Taken:
        if "lamp" in step.message.subject:
            raise RuntimeError("a mistake of ours")
        return open_ticket(step, decision)

    monkeypatch.setattr(taking, "open_ticket", fail)
    office.receive(complaint(), complaint(NOAH, subject="A lamp"), complaint(MIA))
    report = office.run_well()

    assert report.intake.outcomes == (("opened", 3),)
    assert [ticket.customer.email for ticket in office.tickets()] == [EMMA, NOAH, MIA]
    assert [t.suppressed_by for t in office.tickets()] == [(), ("not_handled",), ()]
    assert [len(office.sent_to(person)) for person in (EMMA, NOAH, MIA)] == [1, 0, 1]
    assert [len(office.messages(ticket)) for ticket in office.tickets()] == [2, 1, 2]
    assert office.events(office.tickets()[0]).count("opened") == 1


def test_a_reference_that_another_ticket_has_is_drawn_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the other one is of the same batch or of an earlier one: each mail has a ticket of
    its own, and one acknowledgement."""
    drawn = iter(["MR-22222"] * 5 + ["MR-33333"] + ["MR-22222"] * 3 + ["MR-44444"])
    monkeypatch.setattr(customers, "new_reference", lambda *_: next(drawn))
    office.receive(complaint(), complaint(NOAH))
    office.run_well()
    office.receive(complaint(MIA))
    office.run_well()

    assert [t.reference for t in office.tickets()] == ["MR-22222", "MR-33333", "MR-44444"]
    assert [t.suppressed_by for t in office.tickets()] == [(), (), ()]
    assert [len(office.sent_to(person)) for person in (EMMA, NOAH, MIA)] == [1, 1, 1]


@pytest.mark.parametrize("other_database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("first", [1, 2], ids=["at_once", "one_by_one"])
def test_a_mail_that_another_process_takes_meanwhile_is_a_duplicate(
    office: Office, monkeypatch: pytest.MonkeyPatch, other_database: str, first: int
) -> None:
    """Its copy is there when the rows are to be written, and was not when it was looked for: no
    second ticket is opened, and the mail beside it has its own."""
    office.open(desk=f'database = "{other_database}"')
    calls = count(1)

    def taken_meanwhile(step: Step, decision: decisions.OpenTicket) -> Taken:
        call = next(calls)
        if call < first:
            raise RuntimeError("a mistake of ours")
        if call == first:
            with office.app.store.begin() as conn:
                messages.add_message(conn, copy_of(step))
        return open_ticket(step, decision)

    monkeypatch.setattr(taking, "open_ticket", taken_meanwhile)
    office.receive(complaint(), complaint(NOAH))
    report = read(office)
    found = [ticket.customer.email for ticket in office.tickets()]
    office._close_apps()

    assert report.outcomes == (("duplicate", 1), ("opened", 1))
    assert found == [NOAH]


def copy_of(step: Step) -> MessageRecord:
    """What another process writes down of the mail at hand."""
    return MessageRecord(
        dedup_key=step.asked.dedup_key,
        mailbox="support",
        ticket_id=None,
        direction="in",
        kind="human",
        outcome=Outcome.OPENED,
        message_id=step.message.message_id,
        from_=EMMA,
        to="",
        subject="",
        new_text="",
        at=step.now,
    )


def test_only_mails_that_have_to_do_with_each_other_are_asked_about(office: Office) -> None:
    """Of twenty strangers the past is asked once, and once more for one who writes twice."""
    office.open()
    read(office)
    office.receive(*(complaint(f"p{n}@customer.test", subject=f"Order {n}") for n in range(20)))
    with counted() as asked:
        read(office)
    assert (asked.about("UNION ALL"), asked.about("same_matter")) == (1, 0)

    office.receive(*(complaint(f"q{n}@customer.test", subject=f"Order {n}") for n in range(20)))
    office.receive(complaint("q5@customer.test", subject="Another matter", number=2))
    with counted() as asked:
        read(office)
    assert asked.about("same_matter") == 1
