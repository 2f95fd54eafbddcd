"""How many entries of each kind a sample holds."""

from collections.abc import Iterable, Mapping
from typing import Any

from mulu.errors import UsageFault
from mulu.sample.formula import Const, Wrong, formula
from mulu.sample.recipes import Recipes
from mulu.texts import did_you_mean

REST = "rest"
"""In place of a recipe's `count`: as many as the other kinds leave."""
_MOST = 10**9


def counts_of(recipes: Recipes, asked: Iterable[str], total: int | None) -> dict[str, int]:
    """Return how many entries of each kind are wanted, in the order of the recipes.

    `asked` holds `KIND` or `KIND:COUNT`; kinds without a count share what is left of `total`, all kinds if none is
    named. Raises `UsageFault` for what cannot be, `BadStandard` for a recipe whose `count` is none.
    """
    fixed: dict[str, int] = {}
    shared: list[str] = []
    for item in asked:
        kind, colon, number = item.partition(":")
        if kind not in recipes.kinds:
            raise _unknown(kind, list(recipes.kinds))
        if kind in fixed or kind in shared:
            raise UsageFault(f"{kind} 写了两次", f"{kind} is named twice")
        if not colon:
            shared.append(kind)
        elif number.isdecimal() and int(number[:12]) <= _MOST:
            fixed[kind] = int(number[:12])
        else:
            raise UsageFault(
                f"{item}：冒号后应为条数，如 {kind}:100", f"{item}: write a number after the colon, such as {kind}:100"
            )
    if fixed and not shared:
        if total not in (None, sum(fixed.values())):
            raise UsageFault(
                f"各种类的条数合计 {sum(fixed.values())}，与 -n {total} 不符；只写其中一种",
                f"the counts of the kinds add up to {sum(fixed.values())}, not to -n {total}; give only one of the two",
            )
        return {kind: fixed[kind] for kind in recipes.kinds if kind in fixed}
    if total is None:
        raise UsageFault(
            "请用 -n 说明共多少条，或写 种类:条数",
            "give the number of entries with -n, or with KIND:COUNT for each kind",
        )
    left = total - sum(fixed.values())
    if left < 0:
        raise UsageFault(
            f"写明的条数合计 {total - left}，超过 -n {total}",
            f"the counts add up to {total - left}, more than -n {total}",
        )
    found = _usual(recipes, left if shared else total)
    if shared:
        found = fixed | _scaled({kind: found[kind] for kind in recipes.kinds if kind in shared}, left)
    return {kind: found[kind] for kind in recipes.kinds if kind in found}


def _usual(recipes: Recipes, total: int) -> dict[str, int]:
    """Return the usual mix of all kinds."""
    found: dict[str, int] = {}
    rest: list[str] = []
    for kind, recipe in recipes.kinds.items():
        if recipe.count.strip() == REST:
            rest.append(kind)
            continue
        try:
            value = formula(recipe.count, lambda way: _named(way, total), _no_chance)
        except Wrong as error:
            raise recipe.fault("/count", error.zh, error.en) from None
        if not isinstance(value, Const) or not isinstance(value.value, int):
            raise recipe.fault("/count", "count 应得出整数", "count gives a whole number")
        found[kind] = max(0, value.value)
    while sum(found.values()) > total:
        largest = max(found, key=lambda kind: found[kind])
        found[largest] -= min(found[largest], sum(found.values()) - total)
    left = total - sum(found.values())
    return found | _scaled(dict.fromkeys(rest or [next(iter(found))], 1), left)


def _scaled(weights: Mapping[str, int], total: int) -> dict[str, int]:
    """Return `total` divided as the weights are, whole numbers that add up."""
    weights = weights if sum(weights.values()) else dict.fromkeys(weights, 1)
    whole = sum(weights.values())
    found = {kind: total * weight // whole for kind, weight in weights.items()}
    first = sorted(weights, key=lambda kind: -(total * weights[kind] % whole))
    for kind in first[: total - sum(found.values())]:
        found[kind] += 1
    return found


def _named(way: list[str], total: int) -> Const:
    if way == ["n"]:
        return Const(total)
    raise Wrong(f"count 的算式只知道 n，不知道 {'.'.join(way)}", f"the formula of count knows n, not {'.'.join(way)}")


def _no_chance() -> Any:
    raise Wrong("count 中不能用 pick", "count cannot pick")


def _unknown(kind: str, known: list[str]) -> UsageFault:
    near = did_you_mean(kind, known)
    return UsageFault(
        f"没有种类 {kind}，或它没有配方{near.zh or '；'}可用：{'、'.join(known)}",
        f"unknown kind {kind}, or no recipe for it{near.en}; available: {', '.join(known)}",
    )
