"""Levels: each once, told in both languages; a demand of one level is not made again at another."""

from collections.abc import Iterator

from mulu.publish.check.flaws import Flaw, Lines
from mulu.publish.check.schemas import HAN, LATIN
from mulu.standard import Standard
from mulu.standard.folder import files, read_header
from mulu.standard.schemas import SUFFIX
from mulu.standard.written import read_schema, subschemas


def level_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield what is wrong with the levels; raises `BadStandard` if a schema cannot be read."""
    root = standard.roots[-1]
    path = str(root / "standard.toml")
    seen: set[str] = set()
    for level in read_header(root).levels:
        if level.id in seen:
            yield Flaw("error", path, None, f"级别 {level.id} 写了两次", f"the level {level.id} is there twice")
        seen.add(level.id)
        for name, text in (("title", level.title), ("description", level.description)):
            if not HAN.search(text.zh) or not LATIN.search(text.en):
                yield Flaw(
                    "error",
                    path,
                    None,
                    f"级别 {level.id} 的 {name} 须有两种文字",
                    f"the {name} of the level {level.id} is told in both languages",
                )
    for file in files(root, "schemas", f"*{SUFFIX}"):
        schema, lines = read_schema(file, set(standard.levels)), Lines(file)
        for pointer, node in subschemas(schema):
            asked = dict.fromkeys(node.get("required", []), "required")
            for level_id in (name for name in standard.levels if name in node.get("x-required", {})):
                for name in node["x-required"][level_id]:
                    if name in asked:
                        yield lines.error(
                            f"{pointer}/x-required/{level_id}",
                            f"{name} 已由 {asked[name]} 要求必填",
                            f"{name} is required by {asked[name]} already",
                        )
                    asked.setdefault(name, level_id)
