"""A desk whose customers write alike: some sound angry and are not, as staff have said."""

from collections.abc import Iterator
from itertools import count

import cases
from sqlalchemy import Connection

from mailresponder.mail.message import Address
from mailresponder.store import labels, messages
from mailresponder.store.labels import Label

TRADE = (
    "This is an outrageous case, the third time this year. My claim is for water damage in the"
    " kitchen, it is a disgrace to look at. The assessor came and the photographs are attached."
)
"""How customers of this desk write about damage; they are calm."""
FURY = (
    "You are liars and thieves!!! Nobody answers, you are incompetent and I will never buy"
    " from you again. Give me my money back NOW or I will sue you."
)
QUESTION = "Hello, could you tell me when my order will arrive? Thank you very much, kind regards."

_ALPHABET = "bcdfghjklmnprstvwxz"


def teach(
    conn: Connection,
    number: int,
    *,
    trade: bool | None = False,
    by: str = "ana",
    prefix: str = "q",
) -> None:
    """Add tickets of as many customers, each with one mail that staff have judged: in turn one of
    TRADE, one of FURY, one of QUESTION. `trade`: what was said of TRADE; None: nothing."""
    said = {TRADE: trade, FURY: True, QUESTION: False}
    for n, name in zip(range(number), _names(prefix), strict=False):
        text = list(said)[n % 3]
        reference = f"MR-{name.upper()}"
        customer = Address(email=f"{name}@customer.test", name=name.title())
        ticket = cases.open_ticket(reference, customer=customer, subject="My case")
        stored = cases.add(conn, ticket, text)
        [message] = messages.of_ticket(conn, stored.id)
        angry = said[text]
        if angry is not None:
            label = Label(message_row=message.id, angry=angry, by=by, at=cases.NOON)
            labels.put(conn, label)


def _names(prefix: str) -> Iterator[str]:
    """Invented names, none a word of the texts."""
    for n in count():
        yield prefix + "".join(_ALPHABET[n // 19**place % 19] for place in range(3))
