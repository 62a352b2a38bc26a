"""How the mailboxes of a desk are spread over the instances that work on it.

Decides only. Each instance decides for itself by what all see in the database, so two may want the
same mailbox: its lease says who gets it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What an instance is to change about what it holds."""

    take: tuple[str, ...] = ()
    """Mailboxes that are free, as many as it lacks."""
    give: tuple[str, ...] = ()
    """Mailboxes that it holds beyond its share, for others to take."""


def share(
    mailboxes: Collection[str], holders: Mapping[str, str], *, owner: str, instances: int
) -> Share:
    """The share of `owner` among so many living instances, itself included.

    `holders`: who holds a mailbox, by its name; one that is free is not there.
    """
    # Rounded up, so that all mailboxes together are never more than all shares.
    fair = -(-len(mailboxes) // max(1, instances))
    # Each instance has an order of its own: two that take at once seldom take the same.
    ordered = sorted(mailboxes, key=lambda name: crc32(f"{owner} {name}".encode()))
    held = [name for name in ordered if holders.get(name) == owner]
    free = [name for name in ordered if name not in holders]
    return Share(take=tuple(free[: max(0, fair - len(held))]), give=tuple(held[fair:]))
