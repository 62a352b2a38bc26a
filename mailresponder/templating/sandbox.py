"""What a template's source may do: write values, ask `if`, walk `for`, use our filters.

Jinja's own sandbox keeps a template from Python's insides but not from eating the machine. Here a
template cannot call, assign, define or include anything, so what it writes and how long it takes
is bounded by its length and by what it is given.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import isfinite
from types import CodeType, TracebackType
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2 import Template as CompiledTemplate
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import FilterArgumentError, UndefinedError
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailresponder.templating import syntax
from mailresponder.templating.budget import BUDGET, INNER, Budget, charged, pay, spend_on_sum
from mailresponder.templating.checking import mistakes
from mailresponder.templating.errors import MOST, TemplateError, nearest, together
from mailresponder.templating.filters import FILTERS
from mailresponder.templating.names import Shape
from mailresponder.templating.values import Fields

MAX_SOURCE = 100_000
"""Characters of a template's source."""
MAX_OUTPUT = 1_000_000
"""Characters a template may write."""
_HALF = re.compile("[\ud800-\udfff]")
_HALF_TOLD = "it holds half a character, which no mail can"
_MAX_LOOPS = 2
"""`for` inside one another."""
_MAX_DEPTH = 90
"""Of anything inside anything: Python gives up at 100 blocks inside one another."""
_MAX_NODES = 10_000
"""Names, words, tags and operators of a template; compiling takes 50 microseconds for each."""

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.For,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.CondExpr,
    nodes.List,
    nodes.Tuple,
    nodes.Keyword,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Add,
    nodes.Sub,
    nodes.Div,
    nodes.FloorDiv,
    nodes.Neg,
    nodes.Pos,
)
_TESTS = ("none", "defined", "undefined", "true", "false", "odd", "even", "string", "number", "in")
_JINJAS = {"default": "fallback", "truncate": "cut", "length": "count", "title": "capitalize"}
"""Filters of Jinja's that go by another name here."""
_REFUSED = {
    "assign": "set",
    "assignblock": "set",
    "callblock": "call",
    "filterblock": "filter",
    "fromimport": "from",
    "scope": "with` or `autoescape",
}
"""What an author calls Jinja's nodes, where the names differ."""


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja as a template may use it."""

    intercepted_binops = frozenset({"+"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """A `+`, which has to be paid for."""
        spend_on_sum(context, left, right)
        return super().call_binop(context, operator, left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What stands behind a dot; of several values under one name it is data in any case."""
        if type(obj) is Fields and obj.has(attribute):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Data only: a method printed by mistake would show its address in memory."""
        return super().is_safe_attribute(obj, attr, value) and not callable(value)


def environment(finalize: Callable[..., str] | None, *, autoescape: bool = False) -> _Environment:
    """Jinja with our filters and nothing else; `finalize` sees every value written."""
    made = _Environment(
        undefined=StrictUndefined,
        autoescape=autoescape,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.clear()
    tests = {name: made.tests[name] for name in _TESTS}
    tests["odd"] = lambda value: _parity(value) == 1
    tests["even"] = lambda value: _parity(value) == 0
    made.tests.clear()
    made.tests.update(tests)
    made.filters.clear()
    made.filters.update({name: charged(name, work) for name, work in FILTERS.items()})
    made.filters.update(INNER)
    return made


def _parity(value: object) -> int:
    """0 or 1. Jinja's own test would take a text for a format and blow it up."""
    if isinstance(value, int):
        return value % 2
    raise FilterArgumentError("`odd` and `even` ask about a number, and this is none")


Known = Callable[[], Mapping[str, Shape]]
"""Gives what a template's notice knows; called where that is needed."""


class Program:
    """A compiled piece of a template: its subject, its body or a layout."""

    def __init__(
        self, env: _Environment, source: str, *, name: str, known: Known | None = None
    ) -> None:
        """Compile; raises TemplateError for syntax and for what a template may not do. With `known`
        it also tells then what `mistakes` would find."""
        self._name = name
        self._env = env
        self._source = source
        if len(source) > MAX_SOURCE:
            raise TemplateError(name, 1, f"it is longer than {MAX_SOURCE} characters")
        if half := _HALF.search(source):
            raise TemplateError(name, source.count("\n", 0, half.start()) + 1, _HALF_TOLD)
        try:
            tree = env.parse(source, name=name, filename=name)
            if unusable := _unusable(tree, name):
                also = [] if known is None else mistakes(tree, known(), name)
                raise together([*unusable, *also])
            # First: it also works out what is constant, which then costs a mail nothing.
            wanted = find_undeclared_variables(tree)
            parts = list(tree.find_all(nodes.Node))
            self._variables = _variables(parts, wanted)
            self._fields = frozenset(n.attr for n in parts if isinstance(n, nodes.Getattr))
            self.text = "".join(n.data for n in parts if isinstance(n, nodes.TemplateData))
            """What stands outside tags and values, in every branch."""
            pay(tree, parts, env)
            code = env.compile(tree, name=name, filename=name)
        except TemplateSyntaxError as error:
            message = error.message or "cannot be read"
            line = syntax.line_of(message, error.lineno, source, env)
            raise TemplateError(name, line, syntax.in_words(message)) from None
        except (RecursionError, MemoryError, SyntaxError):
            # Of Python's own parser and compiler, which have narrower limits than Jinja's.
            raise TemplateError(name, 1, "it is nested too deeply") from None
        except (ValueError, OverflowError):
            raise TemplateError(name, 1, "a number in it is too long") from None
        assert isinstance(code, CodeType)  # noqa: S101 - Jinja returns str only for raw=True
        self._template = CompiledTemplate.from_code(env, code, {})

    def mistakes(self, variables: Mapping[str, Shape]) -> list[TemplateError]:
        """Where the source, in any branch, uses these as what they are not."""
        tree = self._env.parse(self._source, name=self._name)
        return mistakes(tree, variables, self._name)

    def run(
        self, variables: Mapping[str, object], hidden: Mapping[str, object], budget: Budget
    ) -> str:
        """The text it writes, at most `MAX_OUTPUT` of it; `hidden` is for filters.

        Raises TemplateError.
        """
        for name, line in self._variables.items():
            if name not in variables:
                near = nearest(name, variables)
                raise TemplateError(self._name, line, f"`{name}` is no variable here{near}")
        written: list[str] = []
        room = MAX_OUTPUT
        try:
            for chunk in self._template.generate({**variables, **hidden, BUDGET: budget}):
                written.append(chunk)
                room -= len(chunk)
                if room < 0:
                    break
        except UndefinedError as error:
            line = _line(error.__traceback__, self._name)
            # Not its text, which repeats what was looked up: that may be a customer's words.
            message = "nothing has this name here"
            for field in self._fields:
                if str(error).endswith(f"no attribute {field!r}"):
                    message = f"there is no `{field}` in this"
            raise TemplateError(self._name, line, message) from None
        except JinjaError as error:
            line = _line(error.__traceback__, self._name)
            raise TemplateError(self._name, line, error.message or "cannot be written") from None
        except Exception as error:
            # Not its text, which may quote a value.
            line = _line(error.__traceback__, self._name)
            message = f"this cannot be worked out with these values ({type(error).__name__})"
            raise TemplateError(self._name, line, message) from None
        if room < 0:
            raise TemplateError(self._name, 1, f"it writes more than {MAX_OUTPUT} characters")
        text = "".join(written)
        if _HALF.search(text):
            raise TemplateError(self._name, 1, _HALF_TOLD)
        return text


def _unusable(tree: nodes.Template, name: str) -> list[TemplateError]:
    """What a template may not do, in the order of the source; of very much the first. Raises
    TemplateError for one that is too large to be looked at."""
    found: list[TemplateError] = []
    too_large: TemplateError | None = None
    try:
        for number, node in enumerate(_walk(tree, name)):
            if number == _MAX_NODES:
                message = f"it has more than {_MAX_NODES} parts"
                too_large = TemplateError(name, node.lineno or 1, message)
                break
            if message := _refusal(node):
                found.append(TemplateError(name, node.lineno or 1, message))
            if len(found) == MOST:
                break
    except TemplateError as error:
        too_large = error
    if too_large is not None:
        raise together([*found, too_large])
    return found


def _refusal(node: nodes.Node) -> str:
    """Why this may not stand in a template; empty where it may."""
    match node:
        case nodes.Const(value=float() as number) if not isfinite(number):
            return "this number is too large"
        case nodes.Filter() if node.name not in FILTERS:
            near = nearest(_JINJAS.get(node.name, node.name), FILTERS)
            return f"`{node.name}` is no filter{near}"
        case nodes.Test() if node.name not in _TESTS:
            return f"`{node.name}` is no test{nearest(node.name, _TESTS)}"
        case nodes.Name() if node.name.startswith("_") or node.name in ("self", "super"):
            return f"`{node.name}` is no variable"
        case nodes.Call():
            return "a template cannot call anything; there are filters"
        case nodes.For() if node.recursive:
            return "`recursive` is not available in templates"
        case nodes.Mul() | nodes.Pow() | nodes.Mod():
            return f"`{node.operator}` is not available in templates"
        case _ if not isinstance(node, _ALLOWED):
            kind = type(node).__name__.lower()
            return f"`{_REFUSED.get(kind, kind)}` is not available in templates"
        case _:
            return ""


def _walk(node: nodes.Node, name: str, depth: int = 0, loops: int = 0) -> Iterator[nodes.Node]:
    """The node and all below it, in the order of the source."""
    loops += isinstance(node, nodes.For)
    if loops > _MAX_LOOPS:
        message = f"more than {_MAX_LOOPS} `for` inside one another"
        raise TemplateError(name, node.lineno, message)
    if depth > _MAX_DEPTH:
        raise TemplateError(name, node.lineno or 1, "it is nested too deeply")
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child, name, depth + 1, loops)


def _variables(parts: Iterable[nodes.Node], wanted: set[str]) -> dict[str, int]:
    """The variables a template asks for, each with the first line that does."""
    lines: dict[str, int] = {}
    for node in parts:
        if isinstance(node, nodes.Name) and node.name in wanted:
            lines[node.name] = min(node.lineno, lines.get(node.name, node.lineno))
    return dict(sorted(lines.items(), key=lambda item: item[1]))


def _line(traceback: TracebackType | None, name: str) -> int:
    """The template's line in a traceback that Jinja has rewritten."""
    line = 1
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == name:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
