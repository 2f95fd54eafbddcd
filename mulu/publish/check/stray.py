"""Files in the folders of a standard that nothing reads: mostly a wrong name or a wrong place."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from mulu.publish.check.flaws import Flaw
from mulu.standard import Standard
from mulu.standard.folder import PARTS

# How deep each part goes, and what stands in it.
_KNOWN = (
    *("schemas/*.schema.json", "schemas/codes/*.csv", "schemas/examples/*.json"),
    *("schemas/sample/*.yaml", "schemas/sample/words/*.yaml", "schemas/sample/faults/*.yaml"),
    *("schemas/statistics/*.yaml", "schemas/migrations/*.yaml", "schemas/clauses.csv", "schemas/names.csv"),
    *("validators/*/*.yaml", "converters/*/mapping.yaml", "converters/*/sample.*", "converters/*/expected.jsonl"),
)


def stray_flaws(standard: Standard) -> Iterator[Flaw]:
    """Yield a warning for each file that is read by nothing; a README.md may stand anywhere."""
    root = standard.roots[-1]
    for part in PARTS:
        for path in sorted((root / part).rglob("*")):
            name = path.relative_to(root).as_posix()
            known = any(fnmatchcase(name, item) and name.count("/") == item.count("/") for item in _KNOWN)
            if path.is_file() and path.name != "README.md" and not known and "__pycache__" not in path.parts:
                yield Flaw(
                    "warning",
                    str(path),
                    None,
                    "标准不读这个文件；名称或位置不对",
                    "nothing reads this file; its name or its place is wrong",
                )
