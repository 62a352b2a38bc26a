"""What one person is handed of all that is held of them."""

from typing import Any

import cases
from sqlalchemy import JSON, Boolean, Float, Integer, Table, select

from mailresponder.policy.persons import Person
from mailresponder.store import exporting
from mailresponder.store.column_types import Key, SafeText
from mailresponder.store.database import Store
from mailresponder.store.holdings import HOLDINGS, Whose
from mailresponder.store.schema import messages, outbox, tickets

EMMA = "emma@customer.test"
OURS = {
    "tickets.subject_key": "its subject once more, to compare it",
    "messages.dedup_key": "its Message-ID once more, to compare it",
    "outbox.recipient_key": "the recipient once more",
    "outbox.subject_key": "our own subject",
    "outbox.content": "its text is among the mails of the ticket",
    "outbox.dedup_key": "the reason why we wrote",
    "outbox.message_id": "ours",
    "outbox.sent_as": "ours",
}
"""Columns that are left out, and why."""
KEPT = frozenset(
    {"tickets.reference", "tickets.customer_email", "messages.from", "messages.to"}
    | {"outbox.recipient", "tickets.language", "messages.language"}
)
"""Columns by which the person is found, or whose values are few."""


def marks(table: Table, number: float) -> dict[str, Any]:
    """A value for each column that is somebody's, to be known again where it is found."""
    [whose] = [one.columns for one in HOLDINGS if one.table == table.name]
    of_them = {Whose.CUSTOMER, Whose.WORDS, Whose.JUDGED}
    values: dict[str, Any] = {}
    for column in table.columns:
        name = f"{table.name}.{column.name}"
        if whose[column.name] not in of_them or name in KEPT | OURS.keys():
            continue
        mark = f"mark of {name}"
        match column.type:
            case Key() | SafeText():
                values[column.name] = mark
            case JSON():
                values[column.name] = [mark]
            case Boolean():
                values[column.name] = True
            case Float() | Integer():
                values[column.name] = number
    return values


def test_all_that_is_somebodys_is_handed_to_them(store: Store) -> None:
    """Of their ticket, their mail and ours to them every column is in it that the list of holdings
    calls a customer's; one that is added is missed here."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        cases.queue_mail(conn, recipient=EMMA, recipient_key=EMMA)
        put = {table.name: marks(table, 0.25) for table in (tickets, messages, outbox)}
        for table in (tickets, messages, outbox):
            conn.execute(table.update().values(put[table.name]))
        held = exporting.held(conn, Person(addresses=(EMMA,)), notes=frozenset())
        reference = conn.execute(select(tickets.c.reference)).scalar_one()

    [ticket], [mail] = held.tickets, held.mails
    [message] = ticket["messages"]
    assert ticket["reference"] == reference
    given = {
        "tickets": {**ticket, "customer_name": ticket["customer"]["name"]},
        "messages": message,
        "outbox": mail,
    }
    for table, values in put.items():
        for name, value in values.items():
            assert given[table].get(name) == value, f"{table}.{name}"
