"""A lock: the state of a standard that a project keeps to, in a file (`mulu.lock`, TOML) beside its settings.

It holds id, version and checksum of the standard and of each that it extends, and the checksum of each code list, so
that what differs can be named. `sha256` is that of reports (`Standard.sha256`): it covers every file.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from mulu.errors import BadSettings, Unreadable
from mulu.plain_file import read_plain_text
from mulu.standard import Standard
from mulu.standard.folder import digest
from mulu.texts import Text
from mulu.toml import load_toml

NAME = "mulu.lock"
_FORM = 1
_REMARK = (
    "# 由 mulu standard lock 写出，锁定所用的标准和代码表；不要手改，更新时重新运行。",
    "# Written by mulu standard lock: the standard and code lists in use. Do not edit; run it again to update.",
)


def lock_of(standard: Standard) -> dict[str, Any]:
    """Return what a lock says of a standard, with all that it extends."""
    return {
        "lock": _FORM,
        "sha256": standard.sha256,
        "standard": [
            {"id": one.header.id, "version": one.header.version, "sha256": digest(one.roots[-1:])}
            for one in reversed(standard.layers)
        ],
        "codes": {name: hashlib.sha256(standard.codes.paths[name].read_bytes()).hexdigest() for name in standard.codes},
    }


def written(lock: dict[str, Any]) -> bytes:
    """Return a lock as TOML."""
    lines = [*_REMARK, f"lock = {lock['lock']}", f"sha256 = {_quoted(lock['sha256'])}"]
    for one in lock["standard"]:
        lines += ["", "[[standard]]", *(f"{key} = {_quoted(value)}" for key, value in one.items())]
    lines += ["", "[codes]", *(f"{_quoted(name)} = {_quoted(value)}" for name, value in lock["codes"].items())]
    return "\n".join(lines).encode() + b"\n"


def differences(path: Path, standard: Standard) -> list[Text]:
    """Return in what the standard in use is another than that of the lock file `path`; raises `BadSettings`."""
    wanted = _read(path)
    if wanted["sha256"] == standard.sha256:
        return []
    return list(_differences(wanted, lock_of(standard))) or [
        Text("标准的其他文件不同", "other files of the standard differ")
    ]


def _differences(wanted: dict[str, Any], found: dict[str, Any]) -> Iterator[Text]:
    locked, used = ({one["id"]: one for one in lock["standard"]} for lock in (wanted, found))
    for name in sorted(locked.keys() - used.keys()):
        yield Text(f"锁定的标准 {name} 没有使用", f"the standard {name}, which is locked, is not in use")
    for name, one in used.items():
        before = locked.get(name)
        if before is None:
            yield Text(f"标准 {name} 没有锁定", f"the standard {name} is not locked")
        elif before["version"] != one["version"]:
            change = f"{before['version']} → {one['version']}"
            yield Text(f"标准 {name} 的版本 {change}", f"the version of the standard {name} {change}")
        elif before["sha256"] != one["sha256"]:
            yield Text(
                f"标准 {name} {one['version']} 的文件改动过", f"files of the standard {name} {one['version']} differ"
            )
    if not locked.keys() & used.keys():
        # Another standard has other lists.
        return
    codes, now = wanted["codes"], found["codes"]
    changed = sorted(name for name in codes.keys() | now.keys() if codes.get(name) != now.get(name))
    if changed:
        names = ", ".join(changed)
        yield Text(f"代码表 {names} 不同", f"code lists differ: {names}")


def _read(path: Path) -> dict[str, Any]:
    try:
        data, _ = load_toml(read_plain_text(path), name=str(path))
    except Unreadable as error:
        raise BadSettings(str(path), error.zh, error.en, line=error.place.line if error.place else None) from None
    except (OSError, UnicodeDecodeError):
        raise _broken(path) from None
    codes, standards = data.get("codes"), data.get("standard")
    whole = (
        data.get("lock") == _FORM
        and isinstance(data.get("sha256"), str)
        and isinstance(codes, dict)
        and isinstance(standards, list)
        and all(isinstance(one, dict) and {"id", "version", "sha256"} <= one.keys() for one in standards)
    )
    if not whole:
        raise _broken(path)
    return data


def _broken(path: Path) -> BadSettings:
    return BadSettings(
        str(path),
        "锁文件读不出来；请用 mulu standard lock 重新写出",
        "the lock cannot be read; write it anew with mulu standard lock",
    )


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()
