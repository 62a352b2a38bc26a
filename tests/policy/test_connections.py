"""How many connections help."""

import pytest

from mailresponder.policy.connections import Pace


def paced(*mails: tuple[float, float]) -> Pace:
    """After mails that took so long, and so much work."""
    pace = Pace()
    for passed, worked in mails:
        pace = pace.after(passed=passed, worked=worked)
    return pace


def test_the_first_mail_goes_over_one_connection() -> None:
    """Nothing is known before it."""
    assert Pace().connections(4) == 1


@pytest.mark.parametrize(
    ("passed", "worked", "connections"),
    [
        (0.0012, 0.001, 1),
        (0.0019, 0.001, 1),
        (0.0021, 0.001, 2),
        (0.0035, 0.001, 3),
        (0.0041, 0.001, 4),
        (0.061, 0.001, 4),
        (0.061, 0.0, 4),
        (0.001, 0.0011, 1),
    ],
)
def test_as_many_as_can_work_while_others_wait(
    passed: float, worked: float, connections: int
) -> None:
    """Of a mail that takes three times as long as it is worked on, three keep a core busy; never
    more than there may be, and never none."""
    assert paced((passed, worked)).connections(4) == connections


def test_one_mail_is_enough_to_know_a_server_far_away() -> None:
    """From the second mail on all connections are used."""
    assert paced((0.08, 0.02)).connections(4) == 4
    assert paced((0.08, 0.002)).connections(16) == 16


def test_threads_that_wait_for_one_another_bring_in_no_more() -> None:
    """Two that share a core make each mail take twice its work, and two are what is used."""
    assert paced(*[(0.00201, 0.001)] * 20).connections(8) == 2


def test_a_server_that_becomes_slow_is_noticed_soon() -> None:
    """After a hundred quick mails, one slow one counts at once, and one that was a little slow is
    forgotten after some quick ones."""
    quick = [(0.0012, 0.001)] * 100
    assert paced(*quick, (0.06, 0.001)).connections(4) == 4
    assert paced(*quick, (0.006, 0.001)).connections(4) == 2
    assert paced(*quick, (0.006, 0.001), *quick[:10]).connections(4) == 1
