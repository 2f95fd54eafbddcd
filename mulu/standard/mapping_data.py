"""What a mapping says together with the one that it extends."""

from functools import reduce
from pathlib import Path
from typing import Any

from mulu.errors import BadStandard
from mulu.standard.folder import files, read_yaml

DEEPEST = 8
"""How many mappings may extend one another."""


def mapping_data(path: Path, roots: tuple[Path, ...]) -> tuple[Any, dict[str, tuple[int, int]]]:
    """Return what a mapping says, with what it extends, and where its own lines say it; raises `BadStandard`."""
    data, positions = read_yaml(path)
    above, here = [data], path
    there: list[Path] = []
    for _ in range(DEEPEST):
        name = above[-1].get("extends") if isinstance(above[-1], dict) else None
        if name is None:
            # From the lowest up, so that what one takes away does not come back from further below.
            return reduce(_over, reversed(above)), positions
        # By the names that there are: one that is asked for may be too long, or of signs that no file has.
        there = there or [one for root in reversed(roots) for one in files(root, "converters", "*/mapping.yaml")]
        found = next((one for one in there if one != here and one.parent.name == str(name)), None)
        if found is None:
            line, column = positions.get("/extends", (1, 1))
            raise BadStandard(
                str(path), f"没有格式 {name} 可以扩展", f"there is no format {name} to extend", line=line, column=column
            )
        here = found
        above[-1] = {key: value for key, value in above[-1].items() if key != "extends"}
        above.append(read_yaml(found)[0])
    line, column = positions.get("/extends", (1, 1))
    raise BadStandard(
        str(path), "扩展的层数太多，或互相扩展", "mappings extend each other, or too deep", line=line, column=column
    )


def _over(below: Any, above: Any) -> Any:
    """Return `below` with what `above` says instead; `null` takes away. A way of reading is replaced whole."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    merged = dict(below)
    for key, value in above.items():
        if value is None:
            merged.pop(key, None)
        elif key in ("fields", "namespaces", "write", "envelope", "record", "always", "order"):
            merged[key] = _over(merged.get(key, {}), value)
        else:
            merged[key] = value
    return merged
