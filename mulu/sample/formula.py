"""Formulas of a recipe: arithmetic on whole numbers, written in a line, turned into one function.

A formula knows numbers, quoted words, the names that the recipe gives it, `+ - * // %`, comparisons, `and`, `or`,
`not`, `A if B else C`, `min(…)`, `max(…)`, `len(…)`, and `pick(N)`, a number below N that differs from entry to entry.
It is taken apart here, not run: nothing else can be said in it.
"""

import ast
import operator
from collections.abc import Callable
from typing import Any

Value = Callable[[list[Any]], Any]
"""What gives a value for one entry; the argument holds the entry's own names."""

_BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARE = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_CALLS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "len": len}
_LONGEST = 500


class Const:
    """A value that is the same for all entries."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Wrong(ValueError):
    """What is wrong in a recipe, in both languages; whoever knows the file adds the place."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh = zh
        self.en = en


def formula(text: str, named: Callable[[list[str]], "Const | Value"], pick: Callable[[], Value]) -> "Const | Value":
    """Return the value of a formula; `named` gives that of a dotted name, `pick` a number that looks random.

    Raises `Wrong`.
    """
    if len(text) > _LONGEST:
        raise Wrong(f"算式超过 {_LONGEST} 个字符", f"the formula is longer than {_LONGEST} characters")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Wrong(f"算式写法不对：{text}", f"this is no formula: {text}") from None
    return _Formula(named, pick).of(tree)


def run(value: "Const | Value", own: list[Any]) -> Any:
    """Return the value for the entry whose names `own` holds."""
    return value.value if isinstance(value, Const) else value(own)


def both(join: Callable[[Any, Any], Any], left: "Const | Value", right: "Const | Value") -> "Const | Value":
    """Return what `join` makes of two values, at once where both are known."""
    if isinstance(left, Const):
        known = left.value
        if isinstance(right, Const):
            return Const(join(known, right.value))
        return lambda own: join(known, right(own))
    if isinstance(right, Const):
        fixed = right.value
        return lambda own: join(left(own), fixed)
    return lambda own: join(left(own), right(own))


class _Formula:
    def __init__(self, named: Callable[[list[str]], Const | Value], pick: Callable[[], Value]) -> None:
        self.named = named
        self.pick = pick

    def of(self, node: ast.expr) -> Const | Value:
        if isinstance(node, ast.Constant) and type(node.value) in (int, str):
            return Const(node.value)
        if isinstance(node, ast.Name | ast.Attribute):
            return self.named(_dotted(node))
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return both(_BINARY[type(node.op)], self.of(node.left), self.of(node.right))
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARE:
            return both(_COMPARE[type(node.ops[0])], self.of(node.left), self.of(node.comparators[0]))
        if isinstance(node, ast.BoolOp):
            return self._either(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
            change = operator.not_ if isinstance(node.op, ast.Not) else operator.neg
            return both(lambda value, _: change(value), self.of(node.operand), Const(None))
        if isinstance(node, ast.IfExp):
            test, then, other = self.of(node.test), self.of(node.body), self.of(node.orelse)
            if isinstance(test, Const):
                return then if test.value else other
            return lambda own: run(then, own) if test(own) else run(other, own)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            return self._call(node.func.id, [self.of(item) for item in node.args])
        raise Wrong(f"算式里不能这样写：{ast.unparse(node)}", f"a formula cannot say this: {ast.unparse(node)}")

    def _either(self, node: ast.BoolOp) -> Const | Value:
        parts = [self.of(item) for item in node.values]
        wanted = isinstance(node.op, ast.Or)
        value = parts[-1]
        for part in reversed(parts[:-1]):
            value = _either(part, value, wanted)
        return value

    def _call(self, name: str, given: list[Const | Value]) -> Const | Value:
        if name == "pick" and len(given) == 1:
            # Not folded: it differs from entry to entry whatever its bound is.
            draw, most = self.pick(), given[0]
            return lambda own: draw(own) % (run(most, own) or 1)
        if name in _CALLS and given:
            call = _CALLS[name]
            if all(isinstance(item, Const) for item in given):
                return Const(call(*(run(item, []) for item in given)))
            return lambda own: call(*[run(item, own) for item in given])
        raise Wrong(f"算式里没有 {name}(…)", f"a formula has no {name}(…)")


def _either(first: Const | Value, second: Const | Value, wanted: bool) -> Const | Value:
    if isinstance(first, Const):
        return first if bool(first.value) is wanted else second

    def value(own: list[Any]) -> Any:
        found = first(own)
        return found if bool(found) is wanted else run(second, own)

    return value


def _dotted(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [*_dotted(node.value), node.attr]
    raise Wrong(f"不是名称：{ast.unparse(node)}", f"this is no name: {ast.unparse(node)}")
