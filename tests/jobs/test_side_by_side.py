import threading
from collections.abc import Callable, Iterator

import pytest

from mailresponder.jobs.side_by_side import side_by_side


def giving(*results: str) -> Callable[[], Iterator[str]]:
    """A work with these results."""
    return lambda: iter(results)


def run(*works: Callable[[], Iterator[str]], at_once: int = 2, patience: float = 10) -> list[str]:
    """What comes of them."""
    return list(
        side_by_side(works, at_once=at_once, patience=patience, given_up=lambda n: f"{n} late")
    )


def test_results_come_in_the_order_of_the_works() -> None:
    """Whichever of them is done first, and though one gives none."""
    first_may_end = threading.Event()

    def slow() -> Iterator[str]:
        assert first_may_end.wait(10)
        yield "a"

    def quick() -> Iterator[str]:
        yield "b"
        first_may_end.set()

    assert run(slow, quick, giving(), giving("c", "d")) == ["a", "b", "c", "d"]
    assert run() == []


def test_a_work_without_end_is_left_behind() -> None:
    """With what it gave until then; those that wait behind it are done all the same."""
    never = threading.Event()

    def endless() -> Iterator[str]:
        yield "begun"
        never.wait(30)

    found = run(endless, endless, giving("a"), at_once=1, patience=0.05)
    never.set()

    assert found == ["begun", "0 late", "begun", "1 late", "a"]


def test_what_goes_wrong_is_raised() -> None:
    """Where it happened in a thread, too."""

    def wrong() -> Iterator[str]:
        yield "a"
        raise LookupError("b")

    with pytest.raises(LookupError, match="b"):
        run(wrong)
