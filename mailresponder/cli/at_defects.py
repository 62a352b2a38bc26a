"""The desk's store as the commands about defects open it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from mailresponder.cli.tickets import who
from mailresponder.policy.identifiers import full_reference

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailresponder.config import Config
    from mailresponder.jobs.acts import Hand
    from mailresponder.policy.defects import Defect
    from mailresponder.policy.ticket import Ticket


@dataclass(frozen=True, kw_only=True, slots=True)
class At:
    """Whoever does something to defects at the command line."""

    config: "Config"
    conn: "Connection"
    hand: "Hand"

    def defect(self, said: str) -> "Defect":
        """The defect that is meant."""
        from mailresponder.jobs import defects

        return defects.named(self.conn, said)

    def ticket(self, reference: str) -> "Ticket":
        """The ticket that is meant."""
        from mailresponder.jobs import acts

        return acts.named(self.conn, full_reference(reference, self.config.desk.reference_prefix))


@contextmanager
def at_defects(ctx: click.Context) -> Iterator[At]:
    """Open the desk's store for one change."""
    from mailresponder.cli.context import open_store
    from mailresponder.clock import utc_now
    from mailresponder.jobs.acts import Hand

    with open_store(ctx) as (config, store), store.begin() as conn:
        yield At(config=config, conn=conn, hand=Hand(conn=conn, now=utc_now(), by=who()))
