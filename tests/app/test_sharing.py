"""Who works on which mailbox, decided by each for itself."""

from itertools import pairwise

import pytest

from mailresponder.app.sharing import Share, share

HUNDRED = [f"box{number}" for number in range(100)]


def test_the_only_instance_takes_all() -> None:
    """An instance without others has every mailbox."""
    assert set(share(HUNDRED, {}, owner="a", instances=1).take) == set(HUNDRED)


@pytest.mark.parametrize(("instances", "fair"), [(2, 50), (3, 34), (7, 15), (200, 1)])
def test_nobody_takes_more_than_its_share(instances: int, fair: int) -> None:
    """Of free mailboxes an instance takes its part, rounded up."""
    assert len(share(HUNDRED, {}, owner="a", instances=instances).take) == fair


def test_who_has_too_many_gives_up_the_rest() -> None:
    """When a second instance comes, the first one gives up half, and takes nothing."""
    due = share(HUNDRED, dict.fromkeys(HUNDRED, "a"), owner="a", instances=2)
    assert (len(due.give), due.take) == (50, ())


def test_what_others_hold_is_left_to_them() -> None:
    """Only free mailboxes are taken, never one that somebody holds."""
    holders = dict.fromkeys(HUNDRED[:60], "b")
    due = share(HUNDRED, holders, owner="a", instances=2)
    assert set(due.take) == set(HUNDRED[60:])
    assert due.give == ()


def test_who_has_its_share_changes_nothing() -> None:
    """Nothing moves while nobody comes or goes."""
    holders = dict.fromkeys(HUNDRED[:34], "a") | dict.fromkeys(HUNDRED[34:], "b")
    assert share(HUNDRED, holders, owner="a", instances=3) == Share()


def test_instances_come_and_go() -> None:
    """However many come and go, in the end each mailbox is held by one of the living, no two of
    which differ by more than what rounding makes, and after that nothing moves."""
    holders: dict[str, str] = {}
    for living in ["a", "ab", "abc", "bc", "c", "cdefg"]:
        # The leases of the dead end.
        holders = {name: owner for name, owner in holders.items() if owner in living}
        for _ in range(3):
            for owner in living:
                due = share(HUNDRED, holders, owner=owner, instances=len(living))
                holders |= dict.fromkeys(due.take, owner)
                for name in due.give:
                    del holders[name]
        assert sorted(holders) == sorted(HUNDRED)
        fair = -(-100 // len(living))
        counts = [list(holders.values()).count(owner) for owner in living]
        assert max(counts) <= fair
        for owner in living:
            assert share(HUNDRED, holders, owner=owner, instances=len(living)) == Share()


def test_two_that_take_at_once_rarely_want_the_same() -> None:
    """Each instance begins elsewhere."""
    firsts = [share(HUNDRED, {}, owner=owner, instances=100).take for owner in "abcdefgh"]
    assert any(one != other for one, other in pairwise(firsts))
