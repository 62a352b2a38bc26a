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


def test_patience_is_counted_from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several without end, none is waited for again that had its time while another was."""
    now = [0.0]
    monkeypatch.setattr("mailresponder.jobs.side_by_side.time.monotonic", lambda: now[0])
    all_begun, over = threading.Barrier(3), threading.Event()

    def first() -> Iterator[str]:
        all_begun.wait(10)
        now[0] = 100
        yield "first"

    def endless() -> Iterator[str]:
        all_begun.wait(10)
        over.wait(2)
        yield "waited for"

    def given_up(number: int) -> str:
        if number == 2:
            over.set()
        return f"{number} late"

    works = [first, endless, endless]
    found = list(side_by_side(works, at_once=3, patience=10, given_up=given_up))

    assert found == ["first", "1 late", "2 late"]


def test_what_goes_wrong_is_raised() -> None:
    """Where it happened in a thread, too."""

    def wrong() -> Iterator[str]:
        yield "a"
        raise LookupError("b")

    with pytest.raises(LookupError, match="b"):
        run(wrong)
