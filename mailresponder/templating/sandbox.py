"""What a template's source may do: write values, ask `if`, walk `for`, use our filters.

Jinja's own sandbox keeps a template from Python's insides but not from eating the machine. Here a
template cannot call, assign, define or include anything, so what it writes and how long it takes
is bounded by its length and by what it is given.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from types import CodeType, TracebackType
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2 import Template as CompiledTemplate
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import FilterArgumentError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailresponder.templating.checking import check
from mailresponder.templating.errors import TemplateError, nearest
from mailresponder.templating.filters import FILTERS
from mailresponder.templating.names import Shape

MAX_SOURCE = 100_000
"""Characters of a template's source."""
MAX_OUTPUT = 1_000_000
"""Characters a template may write."""
_MAX_STEPS = 500
_MAX_DEPTH = 2

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
    made.tests.clear()
    made.tests.update(tests)
    made.filters.clear()
    made.filters.update({**FILTERS, "_steps": _steps})
    return made


def _steps(value: Iterable[object]) -> list[object]:
    """What a `for` walks through, which ends."""
    if value is None or isinstance(value, str):
        raise FilterArgumentError("`for` needs a list, and this is none")
    items = list(islice(value, _MAX_STEPS + 1))
    if len(items) > _MAX_STEPS:
        raise FilterArgumentError(f"`for` over more than {_MAX_STEPS} things")
    return items


class Program:
    """A compiled piece of a template: its subject, its body or a layout."""

    def __init__(self, env: _Environment, source: str, *, name: str) -> None:
        """Compile; raises TemplateError for syntax and for what a template may not do."""
        self._name = name
        self._env = env
        self._source = source
        if len(source) > MAX_SOURCE:
            raise TemplateError(name, 1, f"it is longer than {MAX_SOURCE} characters")
        try:
            tree = env.parse(source, name=name, filename=name)
            _check(tree, name)
            self._variables = _variables(tree)
            for loop in list(tree.find_all(nodes.For)):
                steps = nodes.Filter(loop.iter, "_steps", [], [], None, None, lineno=loop.lineno)
                loop.iter = steps.set_environment(env)
            code = env.compile(tree, name=name, filename=name)
        except TemplateSyntaxError as error:
            raise TemplateError(name, error.lineno, error.message or "cannot be read") from None
        except RecursionError:
            raise TemplateError(name, 1, "it is nested too deeply") from None
        assert isinstance(code, CodeType)  # noqa: S101 - Jinja returns str only for raw=True
        self._template = CompiledTemplate.from_code(env, code, env.make_globals(None))

    def check(self, variables: Mapping[str, Shape]) -> None:
        """Raise TemplateError where the source, in any branch, uses these as what they are not."""
        check(self._env.parse(self._source, name=self._name), variables, self._name)

    def run(self, variables: Mapping[str, object], hidden: Mapping[str, object]) -> str:
        """The text it writes; `hidden` is for filters. Raises TemplateError."""
        for name, line in self._variables.items():
            if name not in variables:
                near = nearest(name, variables)
                raise TemplateError(self._name, line, f"`{name}` is no variable here{near}")
        written: list[str] = []
        room = MAX_OUTPUT
        try:
            for chunk in self._template.generate({**variables, **hidden}):
                written.append(chunk)
                room -= len(chunk)
                if room < 0:
                    raise TemplateError(
                        self._name, 1, f"it writes more than {MAX_OUTPUT} characters"
                    )
        except JinjaError as error:
            line = _line(error.__traceback__, self._name)
            raise TemplateError(self._name, line, error.message or "cannot be written") from None
        except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
            # Not its text, which may quote a value.
            line = _line(error.__traceback__, self._name)
            message = f"this cannot be worked out with these values ({type(error).__name__})"
            raise TemplateError(self._name, line, message) from None
        return "".join(written)


def _check(tree: nodes.Template, name: str) -> None:
    for node in _walk(tree, 0, name):
        match node:
            case nodes.Filter() if node.name not in FILTERS:
                message = f"`{node.name}` is no filter{nearest(node.name, FILTERS)}"
            case nodes.Test() if node.name not in _TESTS:
                message = f"`{node.name}` is no test{nearest(node.name, _TESTS)}"
            case nodes.Name() if node.name.startswith("_") or node.name in ("self", "super"):
                message = f"`{node.name}` is no variable"
            case nodes.Call():
                message = "a template cannot call anything; there are filters"
            case nodes.For() if node.recursive:
                message = "`recursive` is not available in templates"
            case nodes.Mul() | nodes.Pow() | nodes.Mod():
                message = f"`{node.operator}` is not available in templates"
            case _ if not isinstance(node, _ALLOWED):
                kind = type(node).__name__.lower()
                message = f"`{_REFUSED.get(kind, kind)}` is not available in templates"
            case _:
                continue
        raise TemplateError(name, node.lineno or 1, message)


def _walk(node: nodes.Node, depth: int, name: str) -> Iterable[nodes.Node]:
    """The node and all below it, in the order of the source."""
    if isinstance(node, nodes.For):
        depth += 1
        if depth > _MAX_DEPTH:
            message = f"more than {_MAX_DEPTH} `for` inside one another"
            raise TemplateError(name, node.lineno, message)
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child, depth, name)


def _variables(tree: nodes.Template) -> dict[str, int]:
    """The variables a template asks for, each with the first line that does."""
    wanted = find_undeclared_variables(tree)
    lines: dict[str, int] = {}
    for node in tree.find_all(nodes.Name):
        if node.name in wanted:
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
