"""Rules of a standard: one YAML file a rule, its texts, its query and the examples that prove it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mulu.errors import BadStandard
from mulu.findings import SEVERITIES, RuleText
from mulu.standard.folder import Level, files, text_of
from mulu.texts import Text
from mulu.yaml import load_yaml

_TEXTS = ("title", "why", "message", "mend")
_KEYS = {"id", "level", "severity", "source", "query", "fix", "pass", "fail", *_TEXTS}


@dataclass(frozen=True, slots=True)
class Example:
    """A catalog that a rule passes or fails; `at` lists (position of the entry, pointer) of what is to be found."""

    name: str
    entries: tuple[Mapping[str, Any], ...]
    at: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: a query for the entries that break it."""

    text: RuleText
    topic: str
    query: str
    passes: tuple[Example, ...]
    fails: tuple[Example, ...]
    path: Path

    @property
    def id(self) -> str:
        """The rule's name, which is its file's name."""
        return self.text.id


def read_rules(roots: tuple[Path, ...], levels: tuple[Level, ...]) -> dict[str, Rule]:
    """Read the rules of the folders that make up a standard, by name.

    Raises `BadStandard` if a file is not a rule or two rules have one name.
    """
    rules: dict[str, Rule] = {}
    for root in roots:
        for path in files(root, "validators", "*/*.yaml"):
            rule = _read(path, {level.id for level in levels})
            if rule.id in rules:
                raise BadStandard(
                    str(path),
                    f"规则 {rule.id} 已在 {rules[rule.id].path} 定义",
                    f"the rule {rule.id} stands in {rules[rule.id].path} already",
                )
            rules[rule.id] = rule
    return dict(sorted(rules.items()))


def _read(path: Path, levels: set[str]) -> Rule:
    data, positions = load_yaml(path.read_text(encoding="utf-8"), name=str(path))

    def fault(key: str, zh: str, en: str) -> BadStandard:
        line, column = positions.get(f"/{key}", (1, 1))
        return BadStandard(str(path), zh, en, line=line, column=column)

    if not isinstance(data, dict):
        raise fault("", "规则应为一个映射", "a rule is a mapping")
    for key in sorted(set(data) - _KEYS):
        raise fault(key, f"规则没有名为 {key} 的项", f"a rule has no member {key}")
    for key in sorted(_KEYS - {"fix", "source"} - set(data)):
        raise fault("", f"规则缺少 {key}", f"the rule lacks {key}")
    if data["id"] != path.stem:
        raise fault("id", f"规则名应与文件名相同：{path.stem}", f"a rule is named as its file: {path.stem}")
    if data["severity"] not in SEVERITIES:
        raise fault("severity", f"严重程度应为 {'、'.join(SEVERITIES)}", f"severity is one of {', '.join(SEVERITIES)}")
    if data["level"] not in levels:
        raise fault("level", f"没有级别 {data['level']}", f"there is no level {data['level']}")
    texts: dict[str, Text] = {}
    for key in _TEXTS:
        try:
            texts[key] = text_of(data[key])
        except (KeyError, TypeError):
            raise fault(key, f"{key} 须有 zh 和 en 两种文字", f"{key} needs a text in zh and in en") from None
    return Rule(
        text=RuleText(
            id=data["id"],
            severity=data["severity"],
            level=data["level"],
            source=str(data.get("source", "")),
            **texts,
        ),
        topic=path.parent.name,
        query=str(data["query"]).strip(),
        passes=tuple(_example(example) for example in data["pass"]),
        fails=tuple(_example(example) for example in data["fail"]),
        path=path,
    )


def _example(data: Any) -> Example:
    name = data["name"]
    return Example(
        name=name if isinstance(name, str) else name["en"],
        entries=tuple(data["entries"]),
        at=tuple((int(place["entry"]), str(place["path"])) for place in data.get("at", [])),
    )
