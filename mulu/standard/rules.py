"""Rules of a standard: one YAML file a rule, its texts, its query and the examples that prove it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from mulu.errors import BadStandard
from mulu.findings import SEVERITIES, RuleText
from mulu.standard.examples import Example, Examples
from mulu.standard.folder import NO_TEXTS, Level, builtin_folder, files, parse_yaml, read_text, text_of
from mulu.texts import Text, did_you_mean, shown
from mulu.yaml import Positions

_TEXTS = ("title", "why", "message", "mend")
_KEYS = {"id", "level", "severity", "source", "query", "fix", "suggest", "pass", "fail", *_TEXTS}
_REQUIRED = _KEYS - {"fix", "source", "suggest"}
# Where the examples begin, and what may not follow if they are the rest of the file.
_EXAMPLES = re.compile(r"^(pass|fail):", re.MULTILINE)
_FURTHER = re.compile(r"^(?!pass:|fail:|-[ \n]|#)\S", re.MULTILINE)
# A query in the one way in which all are written.
_QUERY = re.compile(r"^query: \|\n((?:  \S.*\n)(?:(?:  .*)?\n)*)(?=\S)", re.MULTILINE)


class Suggest(NamedTuple):
    """The list among which what a rule rejects is sought: a table, and pairs (column of the query, of the table)."""

    table: str
    by: tuple[tuple[str, str], ...]


class Said(NamedTuple):
    """What a rule says beside what it asks."""

    text: RuleText
    fix: tuple[bool, str] | None = None
    """Whether it is safe to mend the value, and the column of the query that holds the mended one."""
    suggest: Suggest | None = None
    """The list among which what was meant is sought."""


@dataclass(frozen=True)
class Rule:
    """A rule: a query for the entries that break it. Its examples are read from its file when they are asked for.

    So may be what it says, as a run asks all rules and most find nothing; `says` gives it.
    """

    id: str
    topic: str
    query: str
    path: Path
    kinds: Mapping[str, Any] = field(repr=False)
    says: Callable[[], Said] = field(repr=False)

    @cached_property
    def said(self) -> Said:
        """What it says; raises `BadStandard` if its file is not a rule."""
        return self.says()

    @property
    def text(self) -> RuleText:
        """Its texts, severity and level."""
        return self.said.text

    @property
    def fix(self) -> tuple[bool, str] | None:
        """How it mends a value, see `Said`."""
        return self.said.fix

    @property
    def suggest(self) -> Suggest | None:
        """Among what it is sought what was meant, see `Said`."""
        return self.said.suggest

    @cached_property
    def passes(self) -> tuple[Example, ...]:
        """The catalogs in which the rule finds nothing; raises `BadStandard` if one is written wrongly."""
        return self._examples("pass")

    @cached_property
    def fails(self) -> tuple[Example, ...]:
        """The catalogs in which the rule finds something; raises `BadStandard` if one is written wrongly."""
        return self._examples("fail")

    def _examples(self, key: str) -> tuple[Example, ...]:
        return self._written.of(key)

    @cached_property
    def _written(self) -> Examples:
        return Examples(self.path, self.kinds)


def read_rules(root: Path, levels: tuple[Level, ...], kinds: Mapping[str, Any]) -> dict[str, Rule]:
    """Read the rules of one folder, by name; `kinds` holds the example entry of each kind.

    Those of the built-in standard are known to be rules: their queries are read, the rest when it is asked for.
    Raises `BadStandard` if a file is not a rule or two rules have one name.
    """
    rules: dict[str, Rule] = {}
    read = _known_rule if root == builtin_folder() else read_rule
    names = {level.id for level in levels}
    for path in files(root, "validators", "*/*.yaml"):
        rule = read(path, names, kinds)
        if rule.id in rules:
            raise BadStandard(
                str(path),
                f"规则 {rule.id} 已在 {rules[rule.id].path} 定义",
                f"the rule {rule.id} stands in {rules[rule.id].path} already",
            )
        rules[rule.id] = rule
    return rules


def _known_rule(path: Path, levels: set[str], kinds: Mapping[str, Any]) -> Rule:
    """Read only what a rule asks, if that is no more than a query that stands there as is usual."""
    text = read_text(path)
    found = _QUERY.findall(text)
    if len(found) != 1:
        return read_rule(path, levels, kinds)
    query = found[0].replace("\n  ", "\n").strip()
    return Rule(path.stem, path.parent.name, query, path, kinds, lambda: read_rule(path, levels, kinds).said)


def read_rule(path: Path, levels: set[str], kinds: Mapping[str, Any]) -> Rule:
    """Read one rule; raises `BadStandard` with the line of what is wrong."""
    data, positions = _read(path)

    def fault(key: str, zh: str, en: str) -> BadStandard:
        line, column = positions.get(f"/{key}", (1, 1))
        return BadStandard(str(path), zh, en, line=line, column=column)

    if not isinstance(data, dict):
        raise fault("", "规则由 id、level、query 等项组成", "a rule is a mapping of id, level, query and so on")
    for key in sorted(set(data) - _KEYS):
        near = did_you_mean(key, sorted(_KEYS))
        raise fault(key, f"规则没有名为 {shown(key)} 的项{near.zh}", f"a rule has no member {shown(key)}{near.en}")
    for key in sorted(_REQUIRED - set(data)):
        raise fault("", f"规则缺少 {key}", f"the rule lacks {key}")
    if data["id"] != path.stem:
        raise fault("id", f"规则名应与文件名相同：{path.stem}", f"a rule is named as its file: {path.stem}")
    if data["severity"] not in SEVERITIES:
        severity = shown(data["severity"])
        raise fault(
            "severity",
            f"严重程度应为 {'、'.join(SEVERITIES)}，不能是 {severity}",
            f"severity is one of {', '.join(SEVERITIES)}, not {severity}",
        )
    if data["level"] not in list(levels):
        known = ", ".join(sorted(levels))
        raise fault(
            "level",
            f"没有级别 {shown(data['level'])}；级别有 {known}",
            f"there is no level {shown(data['level'])}; there are {known}",
        )
    texts: dict[str, Text] = {}
    for key in _TEXTS:
        try:
            texts[key] = text_of(data[key])
        except (KeyError, TypeError):
            raise fault(key, *(f"{key} {wanted}" for wanted in NO_TEXTS)) from None
    fix = _fix(data["fix"], fault) if data.get("fix") is not None else None
    text = RuleText(
        id=data["id"],
        severity=data["severity"],
        level=data["level"],
        source=str(data.get("source", "")),
        **texts,
    )
    query = str(data["query"]).strip()
    said = Said(text, fix, _suggest(data["suggest"], query, fault) if "suggest" in data else None)
    return Rule(text.id, path.parent.name, query, path, kinds, lambda: said)


def _fix(said: Any, fault: Callable[[str, str, str], BadStandard]) -> tuple[bool, str]:
    if not (
        isinstance(said, dict)
        and set(said) == {"safe", "value"}
        and isinstance(said["safe"], bool)
        and isinstance(said["value"], str)
    ):
        raise fault(
            "fix",
            "fix 应写成 {safe: true 或 false, value: 查询中改好的值所在的列}",
            "fix is {safe: true or false, value: the column of the query that holds the mended value}",
        )
    return said["safe"], said["value"]


def _suggest(said: Any, query: str, fault: Callable[[str, str, str], BadStandard]) -> Suggest:
    if not (
        isinstance(said, dict)
        and set(said) == {"from", "by"}
        and isinstance(said["by"], dict)
        and said["by"]
        and all(isinstance(name, str) for name in (said["from"], *said["by"], *said["by"].values()))
    ):
        raise fault(
            "suggest",
            "suggest 应写成 {from: 表, by: {查询的列: 表的列}}",
            "suggest is {from: a table, by: {column of the query: column of the table}}",
        )
    # A run reads only the tables and columns of which its queries speak.
    words = set(re.findall(r"\w+", query))
    for name in (said["from"], *said["by"], *said["by"].values()):
        if name not in words:
            raise fault(
                "suggest",
                f"suggest 中的 {name} 没有出现在查询中；请改为查询用到的表和列",
                f"the query does not speak of {name}, which suggest names; name tables and columns of the query",
            )
    return Suggest(said["from"], tuple(said["by"].items()))


def _read(path: Path) -> tuple[Any, Positions]:
    """Return what a rule says and where, without its examples where they are the end of the file.

    A run needs no examples, and they are the greater part of a rule.
    """
    text = read_text(path)
    found = {match[1]: match.start() for match in reversed(list(_EXAMPLES.finditer(text)))}
    if len(found) == 2 and not _FURTHER.search(text, min(found.values())):
        try:
            data, positions = parse_yaml(path, text[: min(found.values())])
        except BadStandard:
            # Something is open where the examples seemed to begin.
            pass
        else:
            if isinstance(data, dict) and set(data) | set(found) >= _REQUIRED:
                return data | dict.fromkeys(found), positions
    return parse_yaml(path, text)
