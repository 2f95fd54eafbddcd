"""Waivers: findings that somebody answers for until a day, out of the count for that long and no longer.

A waiver that says less than who, why and until when is refused, and so is one with a malformed date: a slip of the
pen must not silence anything.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fnmatch import translate
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from mulu.errors import BadSettings, Unreadable
from mulu.findings import Finding
from mulu.place import Place
from mulu.plain_file import read_plain_text
from mulu.pointer import Json
from mulu.texts import did_you_mean, name_of, shown
from mulu.toml import load_toml
from mulu.words import why_unreadable
from mulu.yaml import Positions

KEYS = ("rule", "entries", "owner", "reason", "expires")


class Waiver(NamedTuple):
    """One waiver: findings of `rule` in the entries that one of the globs `entries` matches, up to and on `expires`."""

    rule: str
    entries: tuple[str, ...]
    owner: str
    reason: str
    expires: date
    place: Place

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this finding: by identifier or name of its entry, by the file where there is no entry."""
        subject = finding.subject
        names = [subject.identifier, subject.name] if subject.number else [finding.source.path]
        return any(name is not None and _glob(self.entries).match(name) for name in names)

    def days_left(self, today: date) -> int:
        """Return for how many days it still holds after today; it is over if they are fewer than none."""
        return (self.expires - today).days

    def to_dict(self) -> dict[str, Json]:
        """Return what a report says of the waiver of a finding."""
        return {"owner": self.owner, "reason": self.reason, "expires": self.expires.isoformat()}


def digest_of(waivers: Iterable[Waiver]) -> str:
    """Return the SHA-256 over what waivers say, wherever in their file they say it."""
    said = [{"rule": waiver.rule, "entries": waiver.entries, **waiver.to_dict()} for waiver in waivers]
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


@lru_cache(maxsize=1024)
def _glob(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(pattern) for pattern in patterns))


def read_waivers(path: Path) -> list[Waiver]:
    """Read the `[[waivers]]` of a TOML file, those of `[tool.mulu]` in a `pyproject.toml`.

    Raises `BadSettings`, with the line, if there are none or one of them is not whole.
    """
    shown_path = name_of(path)
    try:
        data, positions = load_toml(read_plain_text(path, "utf-8-sig"), name=shown_path)
    except Unreadable as error:
        raise BadSettings(shown_path, error.zh, error.en, line=error.place.line if error.place else None) from None
    except (OSError, UnicodeDecodeError) as error:
        why = why_unreadable(error)
        raise BadSettings(
            shown_path,
            f"豁免文件读不出来：{why.zh}；请核对 --waivers",
            f"the waivers cannot be read: {why.en}; check --waivers",
        ) from None
    base = ""
    if path.name == "pyproject.toml":
        base, data = "/tool/mulu", data.get("tool", {}).get("mulu", {})
    return waivers_of(data, positions, shown_path, base)


def waivers_of(data: Mapping[str, Any], positions: Positions, path: str, base: str = "") -> list[Waiver]:
    """Return the waivers of a TOML table that stands at the pointer `base` of the file `path`; raises `BadSettings`."""
    found = data.get("waivers")
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        near = did_you_mean("waivers", [key for key in data if key != "waivers"])
        raise BadSettings(path, f"没有 [[waivers]]{near.zh}", f"the file has no [[waivers]]{near.en}")
    return [_waiver(item, _Lines(positions, f"{base}/waivers/{number}", path)) for number, item in enumerate(found)]


class _Lines(NamedTuple):
    positions: Positions
    pointer: str
    path: str

    def fault(self, key: str, zh: str, en: str) -> BadSettings:
        return BadSettings(self.path, zh, en, line=self.line(key))

    def line(self, key: str = "") -> int | None:
        at = self.positions.get(f"{self.pointer}/{key}") or self.positions.get(self.pointer)
        return at[0] if at else None


def _waiver(item: dict[str, Any], lines: _Lines) -> Waiver:
    for key in item:
        if key not in KEYS:
            near = did_you_mean(key, KEYS)
            raise lines.fault(key, f"豁免没有 {key} 这一项{near.zh}", f"unknown key {key} in a waiver{near.en}")
    missing = [key for key in KEYS if key not in item]
    if missing:
        raise lines.fault(
            "",
            f"豁免缺少 {'、'.join(missing)}；须写明规则、条目、负责人、理由和到期日",
            f"the waiver lacks {', '.join(missing)}; it needs rule, entries, owner, reason and expires",
        )
    for key in ("rule", "owner", "reason"):
        if not isinstance(item[key], str) or not item[key].strip():
            raise lines.fault(
                key, f"豁免的 {key} 应为文字，不得为空", f"{key} of a waiver must be a text that is not blank"
            )
    entries = [item["entries"]] if isinstance(item["entries"], str) else item["entries"]
    if not isinstance(entries, list) or not entries or not all(isinstance(e, str) and e.strip() for e in entries):
        raise lines.fault(
            "entries",
            '豁免的 entries 应为条目标识或名称的通配式，如 ["307021022100/*"]；全部条目写 ["*"]',
            'entries of a waiver must be globs of identifiers or names, such as ["307021022100/*"]; for all: ["*"]',
        )
    return Waiver(
        item["rule"],
        tuple(entries),
        item["owner"].strip(),
        item["reason"].strip(),
        _day(item["expires"], lines),
        Place(lines.path, line=lines.line()),
    )


def _day(value: Any, lines: _Lines) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise lines.fault(
        "expires",
        f"豁免的到期日应为 2027-01-31 这样的日期，不是 {shown(value)}",
        f"expires of a waiver must be a date such as 2027-01-31, not {shown(value)}",
    )


def by_rule(waivers: Iterable[Waiver]) -> dict[str, list[Waiver]]:
    """Return the waivers of each rule."""
    found: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        found.setdefault(waiver.rule, []).append(waiver)
    return found
