"""A month of a desk: whatever customers, staff, machines and servers do, nobody is forgotten,
nobody is accused who answered, and nothing goes to a customer that was not meant for them."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from month_world import World
from offices import Office
from servers.dovecot import Dovecot, MailUser
from servers.smtp_sink import SmtpSink

SEEDS = int(os.environ.get("MAILRESPONDER_MONTHS", "1"))
"""How many months are played; more by hand."""


_MEMORY = Path("/dev/shm")


@pytest.fixture
def office(dovecot: Dovecot, dovecot_user: MailUser, smtp_sink: SmtpSink) -> Iterator[Office]:
    """A desk whose database lies in memory where that can be: a month has thousands of commits."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        office = Office(Path(folder), dovecot, smtp_sink)
        office.add_mailbox(dovecot_user)
        yield office
        office.close()


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_a_month_of_a_desk(office: Office, seed: int) -> None:
    """The invariants hold after every pass and at the end."""
    world = World(office, seed)

    world.play()

    kinds = {sent.kind for sent in world.oracle.sent}
    assert {"acknowledgement", "follow_up", "escalation", "unreachable"} <= kinds
    assert {"relay", "command_report", "closing_question", "digest"} <= kinds
    assert len(world.oracle.matters) > 60
