"""`privacy`: what the desk holds, whose it is and how long, as it is configured."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from mailresponder.config import Config
from mailresponder.store.holdings import HOLDINGS, Holding, Whose

KEYS = ("sent_mail", "events", "text", "tickets")
"""Of `[retention]`, in the order in which a mail meets them."""

BESIDE = (
    ("the mailboxes", "every mail as it came and went: yours, and nothing is deleted there"),
    (
        "the log",
        "ids, states and reasons, no text of a customer; a mail server that refuses may name one",
    ),
    ("backups", "copies of all this, from before whatever was deleted since"),
    ("the configuration", "addresses that you wrote there yourself, as in blocked_senders"),
    ("mail that was sent", "lies with whoever got it: digests and reports name customers"),
)
"""What lies outside of the database: where, and what."""


def periods(config: Config) -> dict[str, dict[str, str]]:
    """How long anything is kept: by mailbox, by key of `[retention]`, as `730d`."""
    return {
        one.name: {key: _days(getattr(config.retention_of(one.name), key)) for key in KEYS}
        for one in config.mailboxes
    }


def until(holding: Holding, config: Config) -> str:
    """What ends a table's rows; where mailboxes differ, the longest and the shortest time."""
    return holding.until.format(**dict(_spans(config)))


def shown(config: Config) -> dict[str, Any]:
    """All of it, as JSON has it."""
    return {
        "kept": periods(config),
        "tables": [
            {
                "table": one.table,
                "what": one.what,
                "until": until(one, config),
                "erase": one.erase,
                "columns": {name: whose.value for name, whose in one.columns.items()},
            }
            for one in HOLDINGS
        ],
        "beside": [{"where": where, "what": what} for where, what in BESIDE],
    }


def is_personal(holding: Holding) -> bool:
    """Does a table hold anything of customers?"""
    of_customers = {Whose.CUSTOMER, Whose.WORDS, Whose.JUDGED}
    return not of_customers.isdisjoint(holding.columns.values())


def _spans(config: Config) -> Iterator[tuple[str, str]]:
    for key in KEYS:
        each = {getattr(config.retention_of(one.name), key) for one in config.mailboxes}
        shortest, longest = min(each), max(each)
        same = shortest == longest
        yield key, _days(shortest) if same else f"{_days(shortest)} to {_days(longest)}"


def _days(period: timedelta) -> str:
    return f"{period.days}d"
