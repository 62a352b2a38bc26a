"""Several works at once, each giving results one after another, none waited for without end."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class _End:
    """The end of a work."""


@dataclass(slots=True)
class _Work(Generic[T]):
    run: Callable[[], Iterator[T]]
    began: SimpleQueue[float] = field(default_factory=SimpleQueue)
    """When it did, by the steady clock."""
    given: SimpleQueue[T | _End | BaseException] = field(default_factory=SimpleQueue)

    def do(self) -> None:
        """Run it to its end, in a thread."""
        self.began.put(time.monotonic())
        try:
            for result in self.run():
                self.given.put(result)
        except BaseException as error:
            self.given.put(error)
        else:
            self.given.put(_End())


def side_by_side(
    works: Sequence[Callable[[], Iterator[T]]],
    *,
    at_once: int,
    patience: float,
    given_up: Callable[[int], T],
) -> Iterator[T]:
    """The results of all works, work by work in their order, while others run already.

    A work that has not ended `patience` seconds after it began is left behind, with `given_up` of
    its number as its last result: its thread ends with the program. Raises what a work raises.
    """
    waiting = deque(_Work(work) for work in works)
    begun = list(waiting)
    lock = threading.Lock()

    def next_one() -> _Work[T] | None:
        with lock:
            return waiting.popleft() if waiting else None

    def work_off() -> None:
        while (work := next_one()) is not None:
            work.do()

    def one_more() -> None:
        # Not a pool's: those are waited for when the program ends.
        threading.Thread(target=work_off, name="check", daemon=True).start()

    for _ in range(min(at_once, len(begun))):
        one_more()
    for number, work in enumerate(begun):
        # Not since it is looked at: of several without end each would be waited for in turn.
        ends = work.began.get() + patience
        while True:
            try:
                result = work.given.get(timeout=max(ends - time.monotonic(), 0.001))
            except Empty:
                yield given_up(number)
                one_more()
                break
            if isinstance(result, _End):
                break
            if isinstance(result, BaseException):
                raise result
            yield result
