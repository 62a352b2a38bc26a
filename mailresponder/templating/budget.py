"""What a template may cost, counted in steps: never in seconds, so that the same template on the
same mail is refused always or never.

A step is about a microsecond. What takes longer with a longer text is counted by its length, before
it is done where that is known.
"""

from collections.abc import Callable, Sequence, Sized
from typing import Any

from jinja2 import Environment, nodes, pass_context
from jinja2.exceptions import FilterArgumentError
from jinja2.runtime import Context, markup_join, str_join

BUDGET = "_budget"
"""Where a template's context keeps its `Budget`; templates cannot name it themselves."""
STEPS = 1_500_000
"""Of one mail: about what the processor does in a second."""
_MOST_ITEMS = 500
_SHORT = 100
_CHARACTERS = 16
"""Characters that are passed through a filter, joined or searched, in a step."""


class TooMuch(FilterArgumentError):  # noqa: N818 - what became of a template
    """The budget is spent."""

    def __init__(self) -> None:
        super().__init__("this takes too much work: shorten its loops and texts")


class Budget:
    """What is left of the steps."""

    __slots__ = ("_left", "_of", "_paid")

    def __init__(self, steps: int = STEPS, *, of: "Budget | None" = None) -> None:
        self._left = steps
        self._of = of
        self._paid: set[object] = set() if of is None else of._paid

    def part(self, steps: int) -> "Budget":
        """A budget whose steps are taken off this one too."""
        return Budget(steps, of=self)

    def spend(self, steps: int) -> None:
        """Take steps off; raises TooMuch where not so many are left."""
        self._left -= steps
        if self._left < 0:
            raise TooMuch
        if self._of is not None:
            self._of.spend(steps)

    def spend_once(self, what: object, price: Callable[[], int]) -> None:
        """As `spend`, for work whose result is kept; `what` tells it from other work."""
        if what not in self._paid:
            self._paid.add(what)
            self.spend(price())

    @property
    def left(self) -> int:
        """How many steps are left."""
        return self._left


def passed_through(text: str) -> int:
    """Steps for a text that goes through a filter or into a mail."""
    return len(text) // _CHARACTERS


def charged(name: str, work: Callable[..., object]) -> Callable[..., object]:
    """A filter that pays for what it is put on and for what comes of it."""
    takes_context = getattr(work, "jinja_pass_arg", None) is not None

    @pass_context
    def run(context: Context, value: object, *args: object, **named: object) -> object:
        budget = _budget(context)
        budget.spend(1 + _size(value))
        made = (
            work(context, value, *args, **named) if takes_context else work(value, *args, **named)
        )
        # Only a quote goes through its text letter by letter.
        budget.spend(len(made) // 2 if name == "quote" and isinstance(made, str) else _size(made))
        return made

    return run


@pass_context
def walked(context: Context, value: Any, cost: int) -> list[object]:
    """What a `for` goes through: it ends, and each item costs what stands in the loop."""
    if value is None or isinstance(value, str):
        raise FilterArgumentError("`for` needs a list, and this is none")
    items = list(value)
    if len(items) > _MOST_ITEMS:
        raise FilterArgumentError(f"`for` over more than {_MOST_ITEMS} things")
    _budget(context).spend(len(items) * cost)
    return items


@pass_context
def joined(context: Context, parts: list[object]) -> str:
    """The parts of a `~`."""
    _budget(context).spend(sum(1 + _size(part) for part in parts))
    return (markup_join if context.eval_ctx.autoescape else str_join)(parts)


@pass_context
def compared(context: Context, value: object) -> object:
    """A value that stands in a comparison, which may go through all of it."""
    _budget(context).spend(1 + _size(value))
    return value


INNER: dict[str, Callable[..., object]] = {
    "_walked": walked,
    "_joined": joined,
    "_compared": compared,
}
"""The filters that `pay` puts into a template; none of them can be written in one."""


def pay(tree: nodes.Template, parts: Sequence[nodes.Node], env: Environment) -> None:
    """Put the counting into a checked template; `parts` are all nodes of its tree."""
    for loop in (node for node in parts if isinstance(node, nodes.For)):
        inner = (*loop.body, *loop.else_, *([loop.test] if loop.test is not None else ()))
        cost = sum(1 + _count(node) for node in inner)
        loop.iter = _filtered("_walked", loop.iter, env, nodes.Const(max(cost, 1)))
    for test in parts:
        if isinstance(test, nodes.Test) and test.name == "in" and test.args:
            test.args[0] = _filtered("_compared", test.args[0], env)
    for compare in (node for node in parts if isinstance(node, nodes.Compare)):
        sides: list[nodes.Compare | nodes.Operand] = [compare, *compare.ops]
        for side in sides:
            # A word in quotation marks costs nothing worth counting.
            if not isinstance(side.expr, nodes.Const) or len(str(side.expr.value)) > _SHORT:
                side.expr = _filtered("_compared", side.expr, env)
    if not any(isinstance(node, nodes.Concat) for node in parts):
        return
    for parent in list(tree.find_all(nodes.Node)):
        for key, value in list(parent.iter_fields()):
            if isinstance(value, nodes.Concat):
                setattr(parent, key, _concat(value, env))
            elif isinstance(value, list):
                value[:] = [_concat(v, env) if isinstance(v, nodes.Concat) else v for v in value]


def spend_on_sum(context: Context, left: object, right: object) -> None:
    """Pay for a `+`, which puts texts and lists together too."""
    _budget(context).spend(1 + _size(left) + _size(right))


def _concat(node: nodes.Concat, env: Environment) -> nodes.Filter:
    return _filtered("_joined", nodes.List(node.nodes, lineno=node.lineno), env)


def _filtered(name: str, node: nodes.Node, env: Environment, *args: nodes.Expr) -> nodes.Filter:
    made = nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno)
    made.set_environment(env)
    return made


def _count(node: nodes.Node) -> int:
    return sum(1 for _ in node.find_all(nodes.Node))


def _size(value: object) -> int:
    """Steps for going through a value once."""
    if isinstance(value, str):
        return passed_through(value)
    if isinstance(value, list | tuple):
        return sum(1 + _size(item) for item in value)
    return len(value) if isinstance(value, Sized) else 0


def _budget(context: Context) -> Budget:
    held = context.parent[BUDGET]
    assert isinstance(held, Budget)  # noqa: S101 - `Program.run` puts it there
    return held
