"""Changes of the code lists: codes, their spellings, what they hang on, and what else is said of them."""

import re
from collections.abc import Iterator

from mulu.publish.diff.changes import Change, breaking, documentation, loosening, tightening, unsure
from mulu.standard import Code, CodeList, Standard
from mulu.texts import Text, shown

_COMPARED = {"code", "name.zh", "name.en", "aliases", "status", "successor", "broader"}


def code_changes(old: Standard, new: Standard) -> Iterator[Change]:
    """Yield the changes of the code lists."""
    queries = "\n".join(rule.query for rule in new.rules.values())
    for name in old.codes:
        if name not in new.codes:
            yield breaking(f"codes/{name}", f"取消了代码表 {name}", f"the code list {name} is gone")
        elif old.codes.paths[name].read_bytes() != new.codes.paths[name].read_bytes():
            yield from _list(old.codes[name], new.codes[name], queries)
    for name in new.codes:
        if name not in old.codes:
            yield loosening(f"codes/{name}", f"增加了代码表 {name}", f"there is a code list {name}")


def _list(old: CodeList, new: CodeList, queries: str) -> Iterator[Change]:
    where = f"codes/{new.id}"
    for code in old.by_code:
        if code not in new.by_code:
            yield breaking(f"{where}/{code}", f"取消了代码 {_named(old, code)}", f"the code {code} is gone")
    for code, after in new.by_code.items():
        before = old.by_code.get(code)
        if before is None:
            yield loosening(f"{where}/{code}", f"增加了代码 {_named(new, code)}", f"there is a code {code}")
        elif before != after:
            yield from _code(f"{where}/{code}", before, after, (old, new), queries)
    for column in old.columns:
        if column not in new.columns:
            yield from _column(f"{where}/{column}", new.id, column, queries, "列取消了", "the column is gone")


def _named(codes: CodeList, code: str) -> str:
    return f"{code} {codes.by_code[code].name.zh}".strip()


def _code(where: str, before: Code, after: Code, lists: tuple[CodeList, CodeList], queries: str) -> Iterator[Change]:
    old, new = lists
    if before.status != after.status:
        change = f"{before.status or '—'} → {after.status or '—'}"
        zh, en = f"状态 {change}", f"status {change}"
        if before.status:
            yield loosening(f"{where}/status", zh, en)
        else:
            # A retired code is still a code of the list: whether it is told is up to the rules.
            to = (
                Text(f"，后继 {after.successor}", f", replaced by {after.successor}")
                if after.successor
                else Text("", "")
            )
            yield tightening(f"{where}/status", zh + to.zh, en + to.en, soft=True)
    elif before.successor != after.successor:
        change = f"{before.successor or '—'} → {after.successor or '—'}"
        yield documentation(f"{where}/successor", f"后继 {change}", f"successor {change}")
    if before.name != after.name:
        yield documentation(
            f"{where}/name",
            f"名称 {before.name.zh} → {after.name.zh}",
            f"name {before.name.en or before.name.zh} → {after.name.en or after.name.zh}",
        )
    spelled = [text for text in (before.name.zh, before.name.en, *before.aliases) if text]
    for text in dict.fromkeys(spelled):
        found = new.find(text.replace("#", "1"))
        if found is None:
            yield tightening(
                f"{where}/aliases", f"不再认得写法“{text}”", f"the spelling “{text}” is no longer understood"
            )
        elif found != after.code and text in before.aliases and text not in after.aliases:
            yield breaking(
                f"{where}/aliases", f"写法“{text}”现在指 {found}", f"the spelling “{text}” now means {found}"
            )
    for text in after.aliases:
        if text not in before.aliases and old.find(text.replace("#", "1")) != after.code:
            yield loosening(f"{where}/aliases", f"认得写法“{text}”", f"the spelling “{text}” is understood")
    was, is_ = before.fields.get("broader", ""), after.fields.get("broader", "")
    if was != is_:
        change = f"{was or '—'} → {is_ or '—'}"
        yield breaking(f"{where}/broader", f"上级代码 {change}", f"broader code {change}")
    for column in sorted({*before.fields, *after.fields} - _COMPARED):
        one, other = before.fields.get(column, ""), after.fields.get(column, "")
        if one != other:
            change = f"{shown(one) or '—'} → {shown(other) or '—'}"
            yield from _column(
                f"{where}/{column}", new.id, column, queries, f"{column}：{change}", f"{column}: {change}"
            )


def _column(where: str, name: str, column: str, queries: str, zh: str, en: str) -> Iterator[Change]:
    """Yield the change of a further column: words, unless a rule asks for it."""
    table, asked = f"code_{name.replace('-', '_')}", column.replace(".", "_").replace("-", "_")
    if re.search(rf"\b{re.escape(table)}\b", queries) and re.search(rf"\b{re.escape(asked)}\b", queries):
        yield unsure(where, zh, en)
    else:
        yield documentation(where, zh, en)
