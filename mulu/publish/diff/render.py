"""The changes between two versions as text, Markdown for a changelog, or JSON."""

from collections.abc import Iterator

import orjson

from mulu.pointer import inert
from mulu.publish.diff import CLASSES, Diff
from mulu.texts import Text, clean

_HEADINGS = {
    "breaking": Text("不兼容：原来正确的要改写", "Breaking: what was right must be written anew"),
    "tightening": Text("收紧：原来接受的可能不再接受", "Tightening: what was accepted may be refused"),
    "loosening": Text("放宽：可以写得更多", "Loosening: more is accepted"),
    "documentation": Text("文字：要求不变", "Documentation: the demands are the same"),
}
FORMATS = ("text", "json", "markdown")


def rendered(found: Diff, form: str, language: str) -> str:
    """Return the changes in one of `FORMATS`."""
    if form == "json":
        return _json(found)
    return "\n".join(_lines(found, language, markdown=form == "markdown"))


def verdict(found: Diff, language: str) -> str:
    """Return the sentence on the version."""
    if not found.asked:
        zh = f"旧版本号 {found.old} 不是 SemVer（如 1.2.0），无法判断"
        en = f"the old version {found.old} is not of Semantic Versioning (such as 1.2.0), so nothing can be said"
    elif found.is_enough:
        zh = f"版本 {found.old} → {found.new}：至少应为 {found.asked}，符合"
        en = f"version {found.old} → {found.new}: at least {found.asked} is asked for, and that it is"
    else:
        zh = f"版本 {found.old} → {found.new}：至少应为 {found.asked}，请修改 standard.toml 的 version"
        en = f"version {found.old} → {found.new}: at least {found.asked} is asked for; raise version in standard.toml"
    return Text(zh, en).get(language)


def _lines(found: Diff, language: str, *, markdown: bool) -> Iterator[str]:
    if markdown:
        yield f"## {_escaped(found.new)}"
        yield ""
    if not found.changes:
        yield Text("没有变化", "nothing changed").get(language)
    for name in CLASSES:
        changes = found.of_class(name)
        if changes:
            heading = f"{_HEADINGS[name].get(language)} ({len(changes)})"
            yield f"### {heading}" if markdown else heading
            if markdown:
                yield ""
            for change in changes:
                text = clean(change.text.get(language))
                yield (
                    f"- `{_escaped(change.where)}` {_escaped(text)}" if markdown else f"  {clean(change.where)}  {text}"
                )
            yield ""
    yield verdict(found, language)


def _escaped(text: str) -> str:
    """Return a text as Markdown that means no more than it says."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in clean(text))


def _json(found: Diff) -> str:
    data = {
        "old": found.old,
        "new": found.new,
        "asked": found.asked,
        "enough": found.is_enough,
        "counts": {name: len(found.of_class(name)) for name in CLASSES},
        "changes": [
            {
                "class": change.kind,
                "raises": change.weight,
                "unsure": change.unsure,
                "where": change.where,
                "message": change.text.to_dict(),
            }
            for change in found.changes
        ],
    }
    return inert(orjson.dumps(data, option=orjson.OPT_INDENT_2)).decode()
