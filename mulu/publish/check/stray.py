"""Files in the folders of a standard that nothing reads: mostly a wrong name or a wrong place."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from mulu.publish.check.flaws import Flaw
from mulu.standard import Standard
from mulu.standard.folder import PARTS
from mulu.texts import nearest

# How deep each part goes, and what stands in it.
_KNOWN = (
    *("schemas/*.schema.json", "schemas/codes/*.csv", "schemas/examples/*.json"),
    *("schemas/sample/*.yaml", "schemas/sample/words/*.yaml", "schemas/sample/faults/*.yaml"),
    *("schemas/statistics/*.yaml", "schemas/migrations/*.yaml", "schemas/clauses.csv", "schemas/names.csv"),
    *("validators/*/*.yaml", "converters/*/mapping.yaml", "converters/*/sample.*", "converters/*/expected.jsonl"),
)


# What people call the parts besides.
_CALLED = {
    **dict.fromkeys(("rule", "rules", "validation", "validations"), "validators"),
    **dict.fromkeys(("mapping", "mappings", "conversion", "format", "formats"), "converters"),
    **dict.fromkeys(("codes", "code", "code-list", "code-lists", "statistics", "migrations"), "schemas"),
}


def _names(part: str) -> list[str]:
    return [name for name in _KNOWN if name.startswith(f"{part}/")]


def stray_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield a warning for each file that is read by nothing; a README.md may stand anywhere."""
    root = standard.roots[-1]
    for folder in sorted(root.iterdir()):
        if not folder.is_dir() or folder.name in PARTS:
            continue
        meant = _CALLED.get(folder.name.lower()) or next(iter(nearest(folder.name, PARTS)), None)
        if meant is not None:
            yield Flaw(
                "warning",
                str(folder),
                None,
                f"标准不读这个文件夹；应放在 {meant}/ 下",
                f"nothing reads this folder; what it holds belongs into {meant}/",
            )
    for folder in sorted((root / "converters").glob("*/")):
        if folder.is_dir() and not (folder / "mapping.yaml").is_file() and any(folder.iterdir()):
            yield Flaw(
                "warning",
                str(folder),
                None,
                "文件夹里没有 mapping.yaml，其余文件不起作用；请补上，或删去文件夹",
                "the folder has no mapping.yaml, and nothing reads what else it holds; add one, or drop the folder",
            )
    for part in PARTS:
        for path in sorted((root / part).rglob("*")):
            name = path.relative_to(root).as_posix()
            known = any(fnmatchcase(name, item) and name.count("/") == item.count("/") for item in _KNOWN)
            if path.is_file() and path.name != "README.md" and not known and "__pycache__" not in path.parts:
                yield Flaw(
                    "warning",
                    str(path),
                    None,
                    f"标准不读这个文件，名称或位置不对；{part}/ 下可有 {'、'.join(_names(part))}",
                    "nothing reads this file, as its name or its place is wrong; what may stand there: "
                    + ", ".join(_names(part)),
                )
