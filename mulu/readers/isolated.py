"""Reading in a child: what a parser in C or Rust, or a slow one, does to its process is no harm to ours.

A document comes back as lines of JSON: first its class and fields, then the rows of its sheets. Only classes of
this package are made of them.
"""

import dataclasses
import datetime
import importlib
import math
from array import array
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import orjson

from mulu import child
from mulu.errors import Empty, Unreadable, internal_error
from mulu.limits import Limits, portions_of
from mulu.place import Place
from mulu.readers.model import Document, Row
from mulu.readers.spooled import BATCH, Spool, SpooledRows

Words = Callable[[], frozenset[str]]
Read = Callable[[bytes, str, str, Limits, Words], Document]

_MORE_TIME = 2**20
_TIMES: dict[str, Any] = {"date": datetime.date, "datetime": datetime.datetime, "time": datetime.time}
_REFUSALS = {"Unreadable": Unreadable, "Empty": Empty}
_OURS = ("mulu.readers.", "mulu.place", "mulu.limits")


def read(function: Read, data: bytes, name: str, sha256: str, limits: Limits, known: Words) -> Document:
    """Return what `function`, of a module of this package, makes of `data`; it runs in a child.

    The child has `Limits.seconds`, and as much again for each MiB of the file; `Limits.memory`, and as much again for
    each 10 MiB. Raises `Unreadable` if the function does, if a limit is hit, or if the child dies.
    """
    size = len(data)
    seconds, memory = limits.seconds * (1 + size / _MORE_TIME), limits.memory * portions_of(size)

    def arguments() -> dict[str, Any]:
        return {
            "function": f"{function.__module__}:{function.__qualname__}",
            "name": name.encode("utf-8", "surrogateescape").hex(),
            "sha256": sha256,
            "limits": limits.to_dict(),
            # To collect them takes about as long as the child needs to start.
            "known": sorted(known()),
        }

    lines = child.ask(f"{__name__}:answer", arguments, data, seconds=seconds, memory=memory, loaded=function.__module__)
    try:
        return _document(lines, name)
    except child.Died as died:
        raise _refusal(died.why, name, limits) from None
    except StopIteration:
        raise _refusal("crash", name, limits) from None


def _refusal(why: str, name: str, limits: Limits) -> Unreadable:
    zh, en = "文件已损坏或有意为之", "the file is damaged or malicious"
    mend_zh = "请用 Excel 或 WPS 打开后另存为 .xlsx，或重新获取该文件"
    mend_en = "open it in Excel or WPS and save it as .xlsx, or fetch it again"
    if why == "time":
        return limits.exceeded(
            "seconds", name, f"读取时间太长，可能{zh}；{mend_zh}", f"reading it takes too long; perhaps {en}: {mend_en}"
        )
    if why == "memory":
        return limits.exceeded(
            "memory",
            name,
            f"读取所需内存太多，可能{zh}；{mend_zh}",
            f"reading it takes too much memory; perhaps {en}: {mend_en}",
        )
    return Unreadable(
        name, f"读取程序因该文件而中止，{zh}；{mend_zh}", f"it made the reading process terminate: {en}; {mend_en}"
    )


def answer(arguments: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Yield, in the child, the document as lines of JSON."""
    module, _, function = arguments["function"].partition(":")
    if not module.startswith(_OURS):
        raise ValueError(module)
    name = bytes.fromhex(arguments["name"]).decode("utf-8", "surrogateescape")
    known = frozenset(arguments["known"])
    run: Read = getattr(importlib.import_module(module), function)
    try:
        document = run(data, name, arguments["sha256"], Limits(**arguments["limits"]), lambda: known)
    except Unreadable as error:
        place = error.place.to_dict() | {"path": ""} if error.place else None
        yield orjson.dumps(
            {"refused": type(error).__name__, "zh": _plain(error.zh), "en": _plain(error.en), "place": _encoded(place)}
        )
        return
    except (RecursionError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, AssertionError) as bug:
        yield orjson.dumps({"defect": type(bug).__name__, "text": _plain(str(bug))[:200]})
        return
    large = [(sheet.rows, sheet.merged) for sheet in document.sheets]
    for sheet in document.sheets:
        sheet.rows, sheet.merged = [], []
    document.path = ""
    yield orjson.dumps(_encoded(document))
    for rows, merged in large:
        yield orjson.dumps([len(rows), merged])
        for start in range(0, len(rows), BATCH):
            yield _line(rows[start : start + BATCH])


_AS_GIVEN = orjson.OPT_PASSTHROUGH_DATETIME
_SIMPLE = (str, int, bool, type(None))


def _line(rows: list[Row]) -> bytes:
    try:
        # That all texts are Unicode is seen as they are written.
        told = [[row.number, [cell if type(cell) in _SIMPLE else _encoded(cell) for cell in row.cells]] for row in rows]
        return orjson.dumps(told, option=_AS_GIVEN)
    except TypeError:
        return orjson.dumps([[row.number, [*map(_encoded, row.cells)]] for row in rows], option=_AS_GIVEN)


def _fits(cell: Any) -> bool:
    return type(cell) is not str or cell.isascii() or _is_unicode(cell)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _encoded(value: Any) -> Any:
    """Return a value as JSON can hold it; what JSON has no type for becomes `{"$": type, "v": …}`."""
    if isinstance(value, str):
        return value if _fits(value) else {"$": "str", "v": value.encode("utf-8", "surrogatepass").hex()}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$": "float", "v": str(value)}
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else {"$": "int", "v": str(value)}
    if isinstance(value, datetime.date | datetime.time):
        return {"$": type(value).__name__, "v": value.isoformat()}
    if isinstance(value, list):
        return [_encoded(item) for item in value]
    if isinstance(value, tuple):
        return {"$": "tuple", "v": [_encoded(item) for item in value]}
    if isinstance(value, Mapping):
        return {"$": "dict", "v": [[_encoded(key), _encoded(item)] for key, item in value.items()]}
    if isinstance(value, bytes):
        return {"$": "bytes", "v": b64encode(value).decode()}
    if isinstance(value, array):
        return {"$": "array", "t": value.typecode, "v": b64encode(value.tobytes()).decode()}
    kind = type(value)
    if not dataclasses.is_dataclass(value) or not kind.__module__.startswith(_OURS):
        raise TypeError(f"a {kind.__name__} cannot leave the child")
    fields = {field.name: _encoded(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return {"$": "object", "c": f"{kind.__module__}:{kind.__qualname__}", "v": fields}


def _decoded(value: Any, path: str) -> Any:
    if isinstance(value, list):
        return [_decoded(item, path) for item in value]
    if not isinstance(value, dict):
        return value
    kind, inner = value["$"], value["v"]
    if kind == "str":
        return bytes.fromhex(inner).decode("utf-8", "surrogatepass")
    if kind in ("float", "int"):
        return float(inner) if kind == "float" else int(inner)
    if kind in _TIMES:
        return _TIMES[kind].fromisoformat(inner)
    if kind == "tuple":
        return tuple(_decoded(item, path) for item in inner)
    if kind == "dict":
        return {_decoded(key, path): _decoded(item, path) for key, item in inner}
    if kind == "bytes":
        return b64decode(inner)
    if kind == "array":
        return array(value["t"], b64decode(inner))
    return _object(value["c"], {name: _decoded(item, path) for name, item in inner.items()}, path)


def _object(name: str, fields: dict[str, Any], path: str) -> Any:
    module, _, kind = name.partition(":")
    made = getattr(importlib.import_module(module), kind) if module.startswith(_OURS) else None
    if not isinstance(made, type) or not dataclasses.is_dataclass(made):
        raise ValueError(f"the child sent a {name}")
    if made is Place:
        return Place(**fields | {"path": path})
    result = object.__new__(made)
    for key, item in fields.items():
        object.__setattr__(result, key, item)
    if isinstance(result, Document):
        result.path = path
    return result


def _document(lines: Iterator[bytes], name: str) -> Document:
    said = orjson.loads(next(lines, b"null"))
    if said is None:
        raise child.Died("crash")
    if "refused" in said or "defect" in said:
        # The child says whether it came to its end.
        next(lines, None)
    if "refused" in said:
        place = _decoded(said["place"], name)
        at = place and Place(name, place["sheet"], place["row"], place["column"], place["line"])
        raise _REFUSALS[said["refused"]](name, said["zh"], said["en"], place=at)
    if "defect" in said:
        raise internal_error(name, _Defect(f"{said['defect']}: {said['text']}"))
    document: Document = _decoded(said, name)
    stands = Spool()
    for sheet in document.sheets:
        count, merged = orjson.loads(next(lines))
        sheet.merged = [(top, left, bottom, right) for top, left, bottom, right in merged]
        # Who reads rows asks no more of them than iteration, number, positions and slices.
        sheet.rows = cast("list[Row]", SpooledRows(stands, count, lines, _rows))
    # The child says whether it came to its end.
    next(lines, None)
    return document


def _rows(line: bytes) -> list[Row]:
    return [
        Row(number, [cell if type(cell) is not dict else _decoded(cell, "") for cell in cells])
        for number, cells in orjson.loads(line)
    ]


class _Defect(Exception):
    """What went wrong in the child's own code."""
