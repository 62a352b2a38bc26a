"""A month of a desk: whatever customers, staff, machines and servers do, nobody is forgotten,
nobody is accused who answered, and nothing goes to a customer that was not meant for them."""

import os

import pytest
from month_world import World
from offices import Office

SEEDS = int(os.environ.get("MAILRESPONDER_MONTHS", "2"))
"""How many months are played; more by hand."""


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_month_of_a_desk(office: Office, seed: int) -> None:
    """The invariants hold after every pass and at the end."""
    world = World(office, seed)

    world.play()

    kinds = {sent.kind for sent in world.oracle.sent}
    assert {"acknowledgement", "follow_up", "escalation", "unreachable"} <= kinds
    assert len(world.oracle.matters) > 100
