"""`standard.toml`: its version, its keys, its levels; a demand of one level is not made again at another."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mulu.publish.check.flaws import Flaw, Lines
from mulu.publish.check.schemas import HAN, LATIN
from mulu.standard import Standard
from mulu.standard.folder import files, read_header
from mulu.standard.migrations import numbers_of
from mulu.standard.schemas import SUFFIX
from mulu.standard.written import read_schema, subschemas
from mulu.texts import did_you_mean
from mulu.toml import load_toml

_NAME = re.compile("[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_KEYS = ("id", "version", "base", "title", "description", "levels", "extends", "relaxes")
_LEVEL = ("id", "title", "description")
_RELAXES = ("what", "reason")


def level_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield what is wrong with the levels; raises `BadStandard` if a schema cannot be read."""
    root = standard.roots[-1]
    path = root / "standard.toml"
    data, positions = load_toml(path.read_text(encoding="utf-8"), name=path.name)
    header = Lines(path, positions)
    yield from _header(data, header)
    for name in ("title", "description"):
        text = getattr(standard.header, name)
        if not HAN.search(text.zh) or not LATIN.search(text.en):
            yield header.error(
                f"/{name}",
                f"标准的 {name} 须有两种文字；请用中文和英文各写一句",
                f"the {name} of the standard must be given in both Chinese and English",
            )
    seen: set[str] = set()
    for number, level in enumerate(read_header(root).levels):
        here = f"/levels/{number}"
        if level.id in seen:
            yield header.error(here, f"级别 {level.id} 写了两次", f"the level {level.id} occurs twice")
        seen.add(level.id)
        if not _NAME.fullmatch(level.id):
            yield header.error(
                f"{here}/id",
                f"级别“{level.id}”应由字母、数字和 - 组成",
                f"the level “{level.id}” may only consist of letters, digits and hyphens",
            )
        for name, text in (("title", level.title), ("description", level.description)):
            if not HAN.search(text.zh) or not LATIN.search(text.en):
                yield header.error(
                    f"{here}/{name}",
                    f"级别 {level.id} 的 {name} 须有两种文字",
                    f"the {name} of the level {level.id} must be given in both languages",
                )
    for file in files(root, "schemas", f"*{SUFFIX}"):
        schema, lines = read_schema(file, [*standard.levels]), Lines(file)
        for pointer, node in subschemas(schema):
            asked = dict.fromkeys(node.get("required", []), "required")
            for level_id in (name for name in standard.levels if name in node.get("x-required", {})):
                for name in node["x-required"][level_id]:
                    if name in asked:
                        yield lines.error(
                            f"{pointer}/x-required/{level_id}",
                            f"{name} 已由 {asked[name]} 要求必填",
                            f"{name} is already required by {asked[name]}",
                        )
                    asked.setdefault(name, level_id)


def _header(data: Mapping[str, Any], lines: Lines) -> Iterator[Flaw]:
    """Yield what is wrong with the standard's version, and misspelt keys; others are for readers."""
    if numbers_of(data["version"]) is None:
        yield lines.error(
            "/version",
            f"version {data['version']} 应写成 1.2.0 这样的三个数",
            f"the version {data['version']} is to be three numbers, such as 1.2.0",
        )
    tables: list[tuple[str, Any, tuple[str, ...]]] = [("", data, _KEYS)]
    tables += [(f"/levels/{number}", item, _LEVEL) for number, item in enumerate(data.get("levels", []))]
    tables += [(f"/relaxes/{number}", item, _RELAXES) for number, item in enumerate(data.get("relaxes", []))]
    for here, table, known in tables:
        for key in table:
            near = did_you_mean(key, known)
            if key not in known and near.en:
                yield lines.error(
                    f"{here}/{key}",
                    f"{key} 不起作用{near.zh}",
                    f"{key} is not used by anything{near.en}",
                )
