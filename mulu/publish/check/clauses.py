"""Clauses: which property, code list or rule cites each, and which nobody checks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mulu.publish.check.flaws import Flaw
from mulu.publish.check.schemas import HAN, LATIN
from mulu.standard import Clause, Standard
from mulu.standard.clauses import path_of
from mulu.texts import several

# Several sources stand behind each other in one text; the words of one name clauses of its document.
_SOURCES = re.compile("[;；]")
_WORDS = re.compile(r"[\s、，,（）()]+")


@dataclass(frozen=True, slots=True)
class Covered:
    """A clause, and by what it is cited: `schemas/…` a property, `codes/…` a code list, `rules/…` a rule."""

    clause: Clause
    by: tuple[str, ...]


def coverage(standard: Standard) -> list[Covered]:
    """Return the clauses that the standard lists, each with what cites it; raises `BadStandard`."""
    cited: dict[str, dict[str, set[str]]] = {}
    documents = {clause.document for clause in standard.clauses}
    for where, text in _sources(standard):
        for source in _SOURCES.split(text):
            for document in documents:
                before, found, rest = source.partition(document)
                # Not “档案法” in “档案法实施条例”, nor “T 1234” in “GB/T 12345”.
                if found and not rest[:1].isalnum() and not (before[-1:].isascii() and before[-1:].isalnum()):
                    places = cited.setdefault(document, {})
                    for word in ("", *_WORDS.split(rest)):
                        places.setdefault(word, set()).add(where)
    found_by = []
    for clause in standard.clauses:
        places = cited.get(clause.document, {})
        by = [places.get(word, set()) for word in (clause.clause.split() or [""])]
        found_by.append(Covered(clause, tuple(sorted(set.intersection(*by)))))
    return found_by


def _sources(standard: Standard) -> Iterator[tuple[str, str]]:
    for kind in standard.schemas.kinds:
        schema = standard.schemas.kinds[kind]
        yield f"schemas/{kind}", str(schema.get("$comment", ""))
        for item in standard.schemas.properties(kind):
            nodes = [item.schema, *item.schema.get("allOf", [])]
            for node in nodes:
                yield f"schemas/{kind}{item.pointer}", str(node.get("$comment", ""))
    for name in standard.codes:
        codes = standard.codes[name]
        for text in {code.fields.get("source", "") for code in codes.codes}:
            yield f"codes/{name}", text
    for rule in standard.rules.values():
        yield f"rules/{rule.id}", rule.text.source


def clause_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield what is wrong with the list of clauses: one twice, without texts, or checked by nobody without a reason."""
    path = str(path_of(standard.roots[-1]))
    seen: dict[str, int] = {}
    for covered in coverage(standard):
        clause = covered.clause
        name, line = clause.name, clause.line
        if name in seen:
            yield Flaw(
                "error", path, line, f"{name} 已在第 {seen[name]} 行", f"{name} already occurs on line {seen[name]}"
            )
        seen.setdefault(name, line)
        if not HAN.search(clause.title.zh) or not LATIN.search(clause.title.en):
            yield Flaw("error", path, line, f"{name} 须有两种文字的标题", f"{name} needs a title in both languages")
        reason = clause.unchecked
        if bool(reason.zh) != bool(reason.en):
            yield Flaw("error", path, line, f"{name} 的理由须有两种文字", f"why {name} is not checked: both languages")
        if covered.by and reason.zh:
            by = covered.by[0]
            yield Flaw(
                "error",
                path,
                line,
                f"{name} 写着没有检查，但 {by} 引用了它",
                f"{name} is marked as not checked, but {by} cites it",
            )
        elif not covered.by and not reason.zh:
            yield Flaw(
                "warning",
                path,
                line,
                f"没有属性、代码表或规则引用 {name}，也没有写明为什么不检查（unchecked）",
                f"no property, code list or rule cites {name}, and it gives no reason why nothing checks it (column "
                "unchecked)",
            )


def clause_lines(standard: Standard, language: str) -> Iterator[str]:
    """Yield the table of the clauses: each with what cites it, or why nothing checks it; at the end how many are."""
    found = coverage(standard)
    for covered in found:
        clause = covered.clause
        told = ", ".join(covered.by[:3]) + (f" … ({len(covered.by)})" if len(covered.by) > 3 else "")
        mark = "✓" if covered.by else "—"
        yield f"{mark} {clause.name}  {clause.title.get(language)}: {told or clause.unchecked.get(language) or '?'}"
    count = sum(1 for covered in found if covered.by)
    left = len(found) - count
    yield f"{count} 条有检查，{left} 条没有" if language == "zh" else f"{several(count, 'clause')} covered, {left} not"
