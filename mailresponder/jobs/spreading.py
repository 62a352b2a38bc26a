"""Spreads mails over connections, each in a thread of its own, as `policy.connections` says."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from mailresponder.clock import Spent
from mailresponder.policy.connections import Pace

_Connection = TypeVar("_Connection")


def spread(
    connections: Sequence[_Connection],
    send_next: Callable[[_Connection], bool],
    *,
    pace: Pace,
    spent: Callable[[], Spent],
) -> Pace:
    """Call `send_next` until it says that there is nothing left to send: on the first connection in
    this thread, whose pace tells how many of the others are used too, each in a thread.

    `pace` is what was known before; returns what is known now. Raises what `send_next` raises.
    """

    def send_all(connection: _Connection) -> None:
        while send_next(connection):
            pass

    first, *others = connections
    with ThreadPoolExecutor(len(connections), thread_name_prefix="smtp") as pool:
        used: list[Future[None]] = []

        def use_more() -> None:
            more = others[len(used) : pace.connections(len(connections)) - 1]
            used.extend(pool.submit(send_all, other) for other in more)

        use_more()
        before = spent()
        while send_next(first):
            after = spent()
            pace = pace.after(
                passed=after.passed - before.passed, worked=after.worked - before.worked
            )
            before = after
            use_more()
        for done in used:
            done.result()
    return pace
