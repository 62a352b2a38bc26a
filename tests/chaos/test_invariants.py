"""What a storm would say of mails that were sent twice: it must not excuse too much."""

from types import SimpleNamespace

import pytest
from chaos.invariants import Freeze, Seen, at_the_end, repeats
from chaos.server import Accepted
from chaos.world import Mail

ONE = "<one@example.com>"
TABLES = [
    "outbox",
    "messages",
    "notice_tickets",
    "tickets",
    "mailbox_tasks",
    "sightings",
    "folders",
]


def copy(
    begun_at: int,
    *,
    allowed_at: int | None = None,
    connection: int = 1,
    followed_at: int | None = None,
    told: bool = True,
) -> Accepted:
    """The mail is taken; it takes the server two moments."""
    return Accepted(
        at=begun_at + 2,
        allowed_at=begun_at - 1 if allowed_at is None else allowed_at,
        begun_at=begun_at,
        connection=connection,
        message_id=ONE,
        recipient="emma@customer.test",
        content=b"",
        told=told,
        followed_at=followed_at,
    )


def seen(
    *accepted: Accepted,
    kills: tuple[int, ...] = (),
    frozen: tuple[int, ...] = (),
    filing: frozenset[str] = frozenset(),
    settled: int | None = None,
    copies: int = 1,
) -> Seen:
    """One mail, and as many of its copies in Sent."""
    row = SimpleNamespace(id=1, message_id=ONE, state="sent", kind="admin", ticket_id=None)
    return Seen(
        letters=[],
        accepted=accepted,
        refused=frozenset(),
        settled={} if settled is None else {ONE: settled},
        kills=kills,
        freezes=[Freeze(at=at, filing=filing) for at in frozen],
        rows={table: [row] if table == "outbox" else [] for table in TABLES},
        sent=[Mail(uid=n, message_id=ONE, flags=frozenset()) for n in range(copies)],
    )


@pytest.mark.parametrize(
    ("happened", "excused"),
    [
        (seen(copy(10), copy(30), kills=(20,)), True),
        (seen(copy(10, followed_at=15), copy(30), kills=(20,)), False),
        (seen(copy(10), copy(30), kills=(20,), settled=25), False),
        (seen(copy(10), copy(30, connection=2)), False),
        (seen(copy(10), copy(30, connection=2), kills=(5, 40)), False),
        (seen(copy(10, told=False), copy(30, connection=2)), True),
        (seen(copy(10), copy(30), frozen=(20,)), True),
        (seen(copy(10, allowed_at=7), copy(30), frozen=(8,)), True),
        (seen(copy(20, followed_at=25), copy(30, allowed_at=8), frozen=(9,), settled=28), True),
        (seen(copy(20, followed_at=25), copy(30, allowed_at=9), frozen=(8,), settled=28), False),
        (seen(copy(20, followed_at=25), copy(30, allowed_at=8), frozen=(24,), settled=28), False),
    ],
    ids=[
        "killed before it was written down",
        "the client went on, so it was",
        "the database said so",
        "twice by the same process",
        "killed before and after, not between",
        "the reply was not given",
        "frozen before it was written down",
        "frozen while the server had not read it yet",
        "frozen behind the last question, and another sent it",
        "frozen before the last question",
        "another had sent it before the freeze",
    ],
)
def test_only_the_window_excuses_a_repeat(happened: Seen, excused: bool) -> None:
    """Between the final dot and our commit, where something happened meanwhile."""
    [(_, in_window)] = repeats(happened)
    assert in_window is excused


@pytest.mark.parametrize(
    ("happened", "too_many"),
    [
        (seen(copies=2, frozen=(9,), filing=frozenset({ONE})), False),
        (seen(copies=2, frozen=(9,)), True),
        (seen(copies=3, frozen=(9,), filing=frozenset({ONE})), True),
    ],
    ids=["it had the copy in hand", "it had not", "once only"],
)
def test_only_a_copy_in_hand_is_filed_twice(happened: Seen, too_many: bool) -> None:
    """By a process that was frozen with it."""
    assert any("too many" in problem for problem in at_the_end(happened)) is too_many
