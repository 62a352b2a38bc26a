"""A check of a template's source against the shapes of its variables, without rendering it.

It finds what a rendering finds only where it gets to: a misspelt name in a branch that is seldom
taken, a filter for times put on a text, a link that leads nowhere.
"""

import inspect
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress

from jinja2 import nodes

from mailresponder.templating.errors import MOST, TemplateError, nearest
from mailresponder.templating.filters import FILTERS, RESULTS, TAKES
from mailresponder.templating.names import ANY, Kind, Shape, shape_of

_LOOP = Shape(
    kinds=frozenset({Kind.RECORD}),
    fields={
        **dict.fromkeys(
            ("index", "index0", "revindex", "revindex0", "length", "depth", "depth0"),
            Shape(kinds=frozenset({Kind.NUMBER})),
        ),
        **dict.fromkeys(("first", "last"), Shape(kinds=frozenset({Kind.YES_NO}))),
        **dict.fromkeys(("previtem", "nextitem"), ANY),
    },
)
_TEXT = Shape(kinds=frozenset({Kind.TEXT}), fields={})
_YES_NO = Shape(kinds=frozenset({Kind.YES_NO}))
_NUMBER = Shape(kinds=frozenset({Kind.NUMBER}))
_CODE = re.compile(r"(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"(?<!\\)\]\(<?([^\s()<>]*)([\s)>]?)")
_SCHEME = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_SCHEMES = ("https://", "http://", "mailto:")
_ONE_BRACE = re.compile(r"\{[ \t]*([a-z_]+(?:\.[a-z_]+)?)[ \t]*(?:\|[^{}\n]*)?\}")
_OPEN_LINK = re.compile(r"(?<!\\)\]\(<?[^\s()<>]*$")

Scope = Mapping[str, Shape]


def mistakes(tree: nodes.Template, variables: Scope, name: str) -> list[TemplateError]:
    """What in the source cannot be right, in its order; of very many the first."""
    checker = _Checker(name)
    with suppress(_Enough):
        checker.statements(tree.body, variables)
    return checker.found


class _Enough(Exception):  # noqa: N818 - nothing went wrong in the program
    """More mistakes than anybody reads; each takes a while to find the nearest word for."""


class _Checker:
    """Walks a template in the order of its source."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.found: list[TemplateError] = []

    def statements(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        """What stands between two tags."""
        for node in body:
            match node:
                case nodes.Output():
                    self._output(node, scope)
                case nodes.If():
                    self._shape(node.test, scope)
                    self.statements(node.body, scope)
                    self.statements(node.elif_, scope)
                    self.statements(node.else_, scope)
                case nodes.For():
                    self._for(node, scope)
                case _:
                    self._parts(node, scope)

    def _for(self, node: nodes.For, scope: Scope) -> None:
        walked = self._shape(node.iter, scope)
        if walked.kinds and Kind.LIST not in walked.kinds:
            kinds = _told(walked.kinds)
            message = f"`for` needs a list, and {_source(node.iter)} is {kinds}"
            self._tell(self._error(node, message))
        inner = {**scope, **_targets(node.target, walked.items or ANY), "loop": _LOOP}
        if node.test is not None:
            self._shape(node.test, inner)
        self.statements(node.body, inner)
        self.statements(node.else_, scope)

    def _output(self, node: nodes.Output, scope: Scope) -> None:
        within_link = False
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                self._braces(part, scope)
                self._links(part)
                opens = _OPEN_LINK.search(_without_code(part.data)) is not None
                within_link = opens or (within_link and re.search(r"[\s()<>]", part.data) is None)
                continue
            shape = self._shape(part, scope)
            if shape.kinds and shape.kinds <= {Kind.LIST, Kind.RECORD}:
                self._tell(self._error(part, _unwritable(part, shape)))
            if within_link and shape.kinds == {Kind.TEXT} and not shape.ours:
                message = "what a customer wrote cannot be a link's target"
                self._tell(self._error(part, message))

    def _braces(self, data: nodes.TemplateData, scope: Scope) -> None:
        """Values in one brace would be sent to customers as they stand here."""
        for found in _ONE_BRACE.finditer(data.data):
            name, dot, field = found[1].partition(".")
            known = scope.get(name)
            if known is None or (dot and field not in (known.fields or ())):
                continue
            line = data.lineno + data.data.count("\n", 0, found.start())
            message = f"a value stands in two braces, as `{{{{ {found[1]} }}}}`"
            self._tell(TemplateError(self._name, line, message))

    def _links(self, data: nodes.TemplateData) -> None:
        """Links that the author wrote out."""
        text = _without_code(data.data)
        for found in _LINK.finditer(text):
            target, end = found[1], found[2]
            # What breaks off goes on with a value.
            if not end and not target.startswith(("/", "#", "?")) and ":" not in target:
                continue
            if target and _SCHEME.match(target) is None:
                line = data.lineno + data.data.count("\n", 0, found.start())
                message = f"a link leads to {', '.join(_SCHEMES[:2])} or {_SCHEMES[2]}…"
                message = f"{message}, not to `{target[:60]}`"
                self._tell(TemplateError(self._name, line, message))

    def _tell(self, error: TemplateError) -> None:
        self.found.append(error)
        if len(self.found) == MOST:
            raise _Enough

    def _shape(self, node: nodes.Node, scope: Scope) -> Shape:
        """What an expression is; nothing is known of one with a mistake, which is told."""
        try:
            return self._known(node, scope)
        except TemplateError as error:
            self._tell(error)
            return ANY

    def _known(self, node: nodes.Node, scope: Scope) -> Shape:
        """What an expression is, once everything in it is known."""
        match node:
            case nodes.Name(ctx="store"):
                return ANY
            case nodes.Name():
                if node.name not in scope:
                    near = _nearest(node.name, scope)
                    raise self._error(node, f"`{node.name}` is no variable here{near}")
                return scope[node.name]
            case nodes.Const():
                return shape_of(node.value)
            case nodes.Getattr():
                return self._field(node, node.node, node.attr, scope)
            case nodes.Getitem(arg=nodes.Const(value=str(key))):
                return self._field(node, node.node, key, scope)
            case nodes.Getitem():
                self._shape(node.arg, scope)
                held = self._shape(node.node, scope)
                return (held.items or ANY) if held.kinds == {Kind.LIST} else ANY
            case nodes.Filter():
                return self._filter(node, scope)
            case nodes.Test(name="defined" | "undefined", node=nodes.Getattr(node=inner)):
                # Whether it is there is what is asked.
                self._shape(inner, scope)
                return _YES_NO
            case nodes.And() | nodes.Or():
                return self._shape(node.left, scope) | self._shape(node.right, scope)
            case nodes.CondExpr():
                self._shape(node.test, scope)
                one = self._shape(node.expr1, scope)
                return one | (ANY if node.expr2 is None else self._shape(node.expr2, scope))
            case nodes.List() | nodes.Tuple():
                items = [self._shape(item, scope) for item in node.items]
                held = items[0] if len(items) == 1 else ANY
                return Shape(kinds=frozenset({Kind.LIST}), fields={}, items=held)
            case nodes.Not() | nodes.Test() | nodes.Compare():
                self._parts(node, scope)
                return _YES_NO
            case nodes.Concat():
                self._parts(node, scope)
                return _TEXT
            case nodes.Neg() | nodes.Pos() | nodes.Div() | nodes.FloorDiv():
                self._parts(node, scope)
                return _NUMBER
            case _:
                self._parts(node, scope)
                return ANY

    def _parts(self, node: nodes.Node, scope: Scope) -> None:
        for child in node.iter_child_nodes():
            self._shape(child, scope)

    def _field(self, node: nodes.Node, of: nodes.Node, key: str, scope: Scope) -> Shape:
        held = self._shape(of, scope)
        if held.fields is None:
            return ANY
        if key in held.fields:
            return held.fields[key]
        if Kind.LIST in held.kinds:
            raise self._error(node, _unwritable(of, held))
        if not held.fields:
            kinds = _told(held.kinds)
            raise self._error(node, f"{_source(of)} is {kinds}: nothing stands behind its dot")
        near = nearest(key, held.fields) or f"; it has {_listed(held.fields)}"
        raise self._error(node, f"{_source(of)} has no `{key}`{near}")

    def _filter(self, node: nodes.Filter, scope: Scope) -> Shape:
        given = ANY if node.node is None else self._shape(node.node, scope)
        for part in (*node.args, *node.kwargs):
            if isinstance(part, nodes.Name) and not (
                part.name in scope or _nearest(part.name, scope)
            ):
                message = f"`{part.name}` is no variable here: words stand in quotation marks"
                self._tell(self._error(part, message))
                continue
            self._shape(part, scope)
        if node.name not in FILTERS:
            return ANY
        self._arguments(node)
        takes = TAKES.get(node.name)
        if takes and given.kinds and not given.kinds & takes:
            what = "this" if node.node is None else _source(node.node)
            message = f"`{node.name}` needs {_told(takes)}, and {what} is {_told(given.kinds)}"
            raise self._error(node, message)
        if node.name == "fallback":
            other = self._shape(node.args[0], scope) if node.args else ANY
            return given | other
        result = RESULTS.get(node.name)
        return ANY if result is None else Shape(kinds=frozenset({result}), fields={}, ours=True)

    def _arguments(self, node: nodes.Filter) -> None:
        """Are there as many as the filter takes, and of its kinds?"""
        signature = inspect.signature(FILTERS[node.name])
        takes = [p for p in signature.parameters.values() if p.name not in ("context", "value")]
        named = {str(argument.key): argument.value for argument in node.kwargs}
        try:
            bound = signature.replace(parameters=takes).bind(*node.args, **named)
        except TypeError:
            if not takes:
                raise self._error(node, f"`{node.name}` takes nothing in brackets") from None
            usage = ", ".join(p.name if p.default is p.empty else f"[{p.name}]" for p in takes)
            raise self._error(node, f"write `{node.name}({usage})`") from None
        for parameter in takes:
            value = bound.arguments.get(parameter.name)
            if not isinstance(value, nodes.Const):
                continue
            if type(value.value) is not parameter.annotation:
                wanted = _ARGUMENTS[parameter.annotation]
                raise self._error(
                    node, f"`{parameter.name}` of `{node.name}` is {wanted}, not `{value.value}`"
                )

    def _error(self, node: nodes.Node, message: str) -> TemplateError:
        return TemplateError(self._name, node.lineno or 1, message)


_ARGUMENTS: Mapping[object, str] = {
    str: "words in quotation marks",
    int: "a number",
    bool: "true or false",
}


def _nearest(word: str, scope: Scope) -> str:
    """As `nearest`, for a variable: also one behind a dot, and one that only begins so."""
    behind = {
        field: f"{name}.{field}"
        for name, shape in scope.items()
        if shape.kinds == {Kind.RECORD}
        for field in shape.fields or ()
    }
    begun = next((name for name in scope if name.startswith(f"{word}_")), word)
    return nearest(behind.get(word, begun), {*scope, *behind.values()} if word in behind else scope)


def _targets(target: nodes.Node, item: Shape) -> dict[str, Shape]:
    if isinstance(target, nodes.Name):
        return {target.name: item}
    return {node.name: ANY for node in target.find_all(nodes.Name)}


def _unwritable(node: nodes.Node, shape: Shape) -> str:
    what = _source(node)
    if Kind.LIST in shape.kinds:
        return f"{what} is a list: write its items with `for` or `join`"
    first = next(iter(shape.fields or {"…": ANY}))
    return f"{what} is several values: write one of them, as `{what.strip('`')}.{first}`"


def _source(node: nodes.Node) -> str:
    """What an author wrote, as far as it is a name."""
    match node:
        case nodes.Name():
            return f"`{node.name}`"
        case nodes.Getattr():
            return f"`{_source(node.node).strip('`')}.{node.attr}`"
        case nodes.Filter(node=nodes.Node() as inner):
            return f"`{_source(inner).strip('`')} | {node.name}`"
        case _:
            return "this"


def _told(kinds: Iterable[Kind]) -> str:
    return " or ".join(sorted(kinds))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _without_code(text: str) -> str:
    """The text with code blanked out, line for line: in it, brackets are just brackets."""
    return _CODE.sub(lambda found: re.sub(r"\S", " ", found[0]), text)
