"""Bounding: what a template may take, so that none runs for long or fills the memory, whoever wrote it.

A template has no macros, blocks or recursion: it ends. Loops count their turns and every value that is made is weighed, so that
what a rendering costs is bounded by its budget. What could make much at once (`*`, `**`, padding, joining) is reckoned before.
"""

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from types import CodeType
from typing import Any

from jinja2 import TemplateSyntaxError, nodes, pass_context
from jinja2.exceptions import TemplateError, TemplateRuntimeError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

LARGEST = 1 << 14
"""The most letters and items of a value that a template makes."""
TURNS = 1000
"""The most turns that all loops of one rendering take together."""
WORK = 1 << 18
"""The most letters and items that one rendering goes through, unless it is allowed more."""
_AT_ONCE = 10**7
_BITS = 4096
_STEP = 16
_WIDE = re.compile(r"%[^A-Za-z%]*(?:\*|[0-9]{4})|\{[^{}]*(?:\{|[0-9]{4})")
_REFUSED: tuple[type[nodes.Node], ...] = (
    nodes.Macro, nodes.CallBlock, nodes.FilterBlock, nodes.AssignBlock, nodes.Block,
    nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport,
)  # fmt: skip
_LEFT_OUT = frozenset({"attr", "pprint", "random", "urlize", "xmlattr"})
_HARMLESS = frozenset({"default", "d", "get"})
"""What may be given any number, as it only passes it on."""

FAULTY = (TemplateError, SyntaxError, ValueError, RecursionError, MemoryError)
"""What compiling a template may raise."""


def fault_text(fault: BaseException) -> str:
    """Return what one of FAULTY says, without the line that it names."""
    return str(getattr(fault, "message", None) or fault)


class Excess(TemplateRuntimeError):  # noqa: N818
    """A template would take more than any honest one."""


class _Turns(Context):
    """One rendering: how many turns its loops have taken."""

    def __init__(self, environment: Any, *args: Any, **named: Any) -> None:
        super().__init__(environment, *args, **named)
        self.turns = 0
        environment.spent = 0


class Bounded(ImmutableSandboxedEnvironment):
    """The sandbox of Jinja2 with bounds. `work` is how many letters and items a rendering may go through.

    Compiling raises one of FAULTY, rendering Excess where a bound is passed.
    """

    context_class = _Turns
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, work: int = WORK, **options: Any) -> None:
        super().__init__(**options)
        self.spent = 0
        self._work = work
        self.globals.clear()
        self.filters = {name: self._held(name, each) for name, each in self.filters.items() if name not in _LEFT_OUT}
        self.filters["_turns"] = _counted
        self.filters["_weighed"] = self.weighed
        self.filters["_joined"] = lambda pieces: self.weighed("".join([str(self.weighed(piece)) for piece in pieces]))

    def from_string(self, source: Any, *args: Any, **named: Any) -> Any:
        """Compile a template. Raises one of FAULTY."""
        return super().from_string(self._bounded(source), *args, **named)

    def code_of(self, source: str) -> CodeType:
        """Compile a template to what `template_class.from_code` takes, in any environment made alike. Raises one of FAULTY."""
        return self.compile(self._bounded(source))

    def fault_of(self, source: str) -> str:
        """Return why a template does not compile, "" if it does."""
        try:
            self.code_of(source)
        except FAULTY as fault:
            return fault_text(fault)
        return ""

    def _bounded(self, source: Any) -> nodes.Template:
        bounded = _bounded(self.parse(source) if isinstance(source, str) else source)
        bounded.set_environment(self)
        return bounded

    def add(self, name: str, function: Callable[..., Any]) -> None:
        """Offer a filter of our own."""
        self.filters[name] = self._held(name, function)

    def weighed(self, value: Any) -> Any:
        """Return a value that a template made. Raises Excess where it is too large, or the work done so far too much."""
        self.spent += _STEP + (weight := _weight(value))
        if weight > LARGEST:
            raise Excess("it makes a value that is far too large")
        if self.spent > self._work:
            raise Excess("it takes far too much work")
        return value

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Do an operation whose outcome is bounded."""
        del context
        _reckon(operator, left, right)
        return self.weighed(self.binop_table[operator](left, right))

    def call(__self, __context: Context, __obj: Any, *args: Any, **named: Any) -> Any:  # noqa: N805 - as Jinja2 has it
        """Call a method of a value whose outcome is bounded."""
        method = getattr(__obj, "__wrapped__", __obj)
        name = getattr(method, "__name__", "")
        _fits(name, getattr(method, "__self__", None), args, named)
        return __self.weighed(super().call(__context, __obj, *args, **named))

    def _held(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        first = 1 if hasattr(function, "jinja_pass_arg") else 0

        @functools.wraps(function)
        def held(*args: Any, **named: Any) -> Any:
            _fits(name, args[first] if len(args) > first else None, args[first + 1 :], named)
            return self.weighed(function(*args, **named))

        return held


def written(pieces: Iterable[str], most: int) -> str:
    """Join what a rendering yields. Raises Excess past `most` letters."""
    found: list[str] = []
    for piece in pieces:
        found.append(piece)
        most -= len(piece)
        if most < 0:
            raise Excess("it writes far too much")
    return "".join(found)


def _bounded(tree: nodes.Template) -> nodes.Template:
    """Return a template whose loops, lists and joined texts are held to their bounds. Raises TemplateSyntaxError."""
    for node in tree.find_all(nodes.Node):
        if isinstance(node, _REFUSED) or (isinstance(node, nodes.For) and node.recursive):
            raise TemplateSyntaxError("a template here has values, filters, `if`, `set` and plain `for` only", node.lineno)
    _hold(tree)
    return tree


def _hold(node: Any) -> Any:
    """Put the filter that bounds it around each loop's list, each list that is written out, and each `~`; return what it became."""
    for field, value in node.iter_fields():
        if isinstance(value, list):
            setattr(node, field, [_hold(each) if isinstance(each, nodes.Node) else each for each in value])
        elif isinstance(value, nodes.Node):
            setattr(node, field, _hold(value))
    if isinstance(node, nodes.For):
        node.iter = _through("_turns", node.iter)
    elif isinstance(node, nodes.Concat):
        return _through("_joined", nodes.List(node.nodes, lineno=node.lineno))
    elif isinstance(node, nodes.Dict) or (isinstance(node, nodes.List | nodes.Tuple) and getattr(node, "ctx", "load") == "load"):
        return _through("_weighed", node)
    return node


def _through(name: str, node: Any) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


@pass_context
def _counted(context: _Turns, items: Iterable[Any]) -> list[Any]:
    """Return what a loop goes through. Raises Excess where it is too much for all loops of the rendering together."""
    found = list(islice(items, TURNS - context.turns + 1))
    context.turns += len(found)
    if context.turns > TURNS:
        raise Excess(f"its loops take more than {TURNS:,} turns")
    return found


def _weight(value: Any) -> int:
    """Return how many letters and items a value has, no further than needed to know that it is too large."""
    if isinstance(value, str | bytes):
        return len(value)
    total = 0
    waiting = [value]
    while waiting and total <= LARGEST:
        one = waiting.pop()
        if isinstance(one, str | bytes):
            total += len(one)
        elif isinstance(one, Mapping):
            total += len(one)
            waiting += islice(one.keys(), LARGEST)
            waiting += islice(one.values(), LARGEST)
        elif isinstance(one, Sequence | set | frozenset):
            total += len(one)
            waiting += islice(one, LARGEST)
        else:
            total += one.bit_length() // 8 + 1 if isinstance(one, int) else 1
    return total


def _fits(name: str, subject: Any, args: Sequence[Any], named: Mapping[str, Any]) -> None:
    """Raise Excess where a filter or method might make too much of `subject` at once."""
    if name in _HARMLESS:
        return
    if name in ("format", "format_map", "date") and any(isinstance(each, str) and _WIDE.search(each) for each in (subject, *args)):
        raise Excess("it formats a value far too wide")
    largest = 1
    for each in (*args, *named.values()):
        largest = max(largest, abs(each) if isinstance(each, int) else _weight(each))
    if largest * (_weight(subject) + 1) > _AT_ONCE:
        raise Excess("it makes a value that is far too large")


def _reckon(sign: str, left: Any, right: Any) -> None:
    """Raise Excess where an operation would make too much at once."""
    if sign == "%":
        if isinstance(left, str) and _WIDE.search(left):
            raise Excess("it formats a value far too wide")
        return
    if isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() * abs(right) if sign == "**" else left.bit_length() + right.bit_length()
        if bits > _BITS:
            raise Excess("it makes a number that is far too large")
    elif sign == "*":
        for many, times in ((left, right), (right, left)):
            if isinstance(times, int) and isinstance(many, Sequence) and len(many) * times > LARGEST:
                raise Excess("it makes a value that is far too large")
