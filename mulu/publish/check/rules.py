"""Rules: texts in both languages, examples that can be read, and queries within the written list."""

import re
from collections.abc import Iterator

from mulu.checks import checks
from mulu.errors import BadStandard
from mulu.publish.check.flaws import Flaw, Lines, of_error
from mulu.publish.check.schemas import HAN, LATIN
from mulu.publish.check.sql import Language
from mulu.standard import Rule, Standard
from mulu.standard.folder import files, read_yaml
from mulu.standard.rules import read_rule
from mulu.standard.statistics import read_statistic

_PARAMETER = re.compile(r"\{(\w+)\}")


def rule_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield what is wrong with the rules of the standard's own folder; raises `MissingExtra` without sqlglot."""
    language = Language(standard)
    levels = set(standard.levels)
    names: dict[str, str] = {}
    for path in files(standard.roots[-1], "validators", "*/*.yaml"):
        try:
            rule = read_rule(path, levels, standard.examples)
            lines = Lines(path, read_yaml(path)[1])
        except BadStandard as error:
            yield of_error(error)
            continue
        if rule.id in names:
            yield Flaw(
                "error",
                str(path),
                lines.line("/id"),
                f"规则 {rule.id} 已在 {names[rule.id]} 定义",
                f"the rule {rule.id} stands in {names[rule.id]} already",
                stops=True,
            )
        names[rule.id] = str(path)
        if rule.id in checks():
            yield lines.error(
                "/id",
                f"{rule.id} 是引擎自带检查的名称，报告中分不清；请换一个名称",
                f"{rule.id} is the name of a check of the engine, and reports could not tell them apart; use another",
            )
        yield from _texts(rule, lines)
        yield from _examples(rule, lines)
        start = _start(rule, lines)
        for offset, zh, en in language.faults(rule.query):
            yield Flaw("error", str(path), start + offset, zh, en)


def statistic_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield what is wrong with the statistics of the standard's own folder."""
    language = Language(standard)
    for path in files(standard.roots[-1], "schemas", "statistics/*.yaml"):
        try:
            statistic = read_statistic(path, standard.header.levels)
            lines = Lines(path, read_yaml(path)[1])
        except BadStandard as error:
            yield of_error(error)
            continue
        for offset, zh, en in language.faults(statistic.query):
            yield Flaw("error", str(path), _start(statistic, lines) + offset, zh, en)


def _start(rule: Rule, lines: Lines) -> int:
    """Return the line of the file on which the query's first line stands."""
    first = rule.query.splitlines()[0] if rule.query else ""
    text = rule.path.read_text(encoding="utf-8").splitlines()
    at = lines.line("/query") or 1
    return next((number for number in range(at, len(text) + 1) if first and first in text[number - 1]), at)


def _texts(rule: Rule, lines: Lines) -> Iterator[Flaw]:
    for key in ("title", "why", "message", "mend"):
        text = getattr(rule.text, key)
        if not HAN.search(text.zh):
            yield lines.error(f"/{key}/zh", f"{key} 没有中文", f"{key} is not told in Chinese")
        if not LATIN.search(text.en):
            yield lines.error(f"/{key}/en", f"{key} 没有英文", f"{key} is not told in English")
        zh, en = ({re.sub("_(zh|en)$", "", name) for name in _PARAMETER.findall(one)} for one in (text.zh, text.en))
        if zh != en:
            odd = ", ".join(sorted(zh ^ en))
            # What to do may need the value in one of the languages only.
            told = lines.info if key == "mend" else lines.error
            yield told(
                f"/{key}", f"{key} 的两种文字用了不同的参数：{odd}", f"{key} names a value in one language only: {odd}"
            )
    if not rule.text.source.strip():
        yield lines.warning("", "没有依据（source）", "it does not say its source")


def _examples(rule: Rule, lines: Lines) -> Iterator[Flaw]:
    for key in ("pass", "fail"):
        try:
            examples = rule.passes if key == "pass" else rule.fails
        except BadStandard as error:
            yield of_error(error)
            continue
        if not examples:
            yield lines.error(f"/{key}", f"{key} 没有示例", f"there is no example under {key}")
        for number, example in enumerate(examples):
            here = f"/{key}/{number}"
            if not HAN.search(example.name.zh) or not LATIN.search(example.name.en):
                yield lines.error(f"{here}/name", "示例的名称须有两种文字", "an example is named in both languages")
            if bool(example.at) != (key == "fail"):
                yield lines.error(
                    here, "fail 的示例须有 at，pass 的没有", "an example under fail has at, one under pass none"
                )
