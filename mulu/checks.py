"""The engine's own checks: what reading a file, converting it and holding it to a schema can find.

They hold for every standard, so their texts stand beside the engine; a standard's own rules stand in its
`validators/`. Both are `RuleText`s and look alike to whoever reads a report.
"""

from functools import cache
from pathlib import Path
from typing import Any, cast

from mulu.findings import RuleText
from mulu.texts import Text
from mulu.yaml import load_yaml


@cache
def fixes() -> dict[str, dict[str, str]]:
    """Return how the value that a check rejects may be mended, by the check's name: `safe` and `unsafe` ways."""
    return {name: item["fix"] for name, item in _read().items() if "fix" in item}


@cache
def checks() -> dict[str, RuleText]:
    """Return the engine's checks by name."""
    return {name: _check(name, item) for name, item in _read().items()}


@cache
def _read() -> dict[str, dict[str, Any]]:
    path = Path(__file__).with_name("checks.yaml")
    data, _ = load_yaml(path.read_text(encoding="utf-8"), name=path.name)
    assert isinstance(data, dict)  # our own file, held to this by a test
    return cast(dict[str, dict[str, Any]], data)


def _check(name: str, item: dict[str, Any]) -> RuleText:
    texts = {key: Text(item[key]["zh"], item[key]["en"]) for key in ("title", "why", "message", "mend")}
    return RuleText(id=name, severity=str(item["severity"]), level="", source=str(item.get("source", "")), **texts)
