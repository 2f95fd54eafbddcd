"""A proposal as the text of a `mapping.yaml`, for people to go on with."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from mulu.convert.values import NotUnderstood, as_text
from mulu.mask import mask
from mulu.publish.suggest.layouts import Found, step_of
from mulu.publish.suggest.proposal import Match, Proposal
from mulu.texts import clean

Field = dict[str, Any]

_PLAIN = re.compile(r"[A-Za-z_\u3400-\u9fff][\w\u3400-\u9fff]*(?:[ .-][\w\u3400-\u9fff]+)*")
_NOT_PLAIN = frozenset(("yes", "no", "true", "false", "null", "on", "off", "y", "n", "nan", "inf"))
_ODD = re.compile("[^ -~\\u00a0-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]")
"""What YAML 1.2 holds only escaped, or takes for the end of a line (5.1, 5.4)."""
_SHARE = 0.6
"""How many of the headings that were found make a file one of this format."""
_SHOWN, _LONGEST = 3, 40
"""How many values of a column are shown, and how much of each."""
_DISTINCT = 0.8
"""Lines with another value than the one before, of all: fewer, and an entry takes several lines."""


def mapping_text(name: str, proposal: Proposal, extends: str | None, owner: str, names: Iterable[str]) -> str:
    """Return the mapping: what it is sure of, with what it saw, and the columns that are left to its reader.

    `extends` is a format that reads some of the columns already, `owner` the column that names an entry, `names` are
    the columns by which a file is told.
    """
    layout = proposal.layout
    where = "at" if layout.is_tree else "heading"
    lines = [
        f"title: {{zh: {scalar(name)}, en: {scalar(name)}}}",
        "description:",
        f"  zh: {scalar('由 mulu suggest 依据一个文件提出，待核对。')}",
        f"  en: {scalar('Proposed by mulu suggest out of one file; to be looked through.')}",
    ]
    if extends is not None:
        lines.append(f"extends: {scalar(extends)}")
    lines += [f"kind: {scalar(proposal.kind)}", f"reads: {'tree' if layout.is_tree else 'table'}"]
    if layout.is_tree:
        lines += ["family: xml", f"records: {scalar('/'.join(map(step_of, layout.path)))}"]
    marks = [label for label in names if label]
    first = owner or (marks[0] if marks else layout.columns[0].label)
    others = [label for label in marks if label != first]
    prefix = "/".join(map(step_of, layout.path)) + "/" if layout.is_tree else ""
    lines += ["recognise:", "  required:", f"    - [{scalar(prefix + first)}]"]
    lines.append(f"  {'paths' if layout.is_tree else 'headings'}:" + ("" if others else " []"))
    lines += [f"    - [{scalar(prefix + label)}]" for label in others]
    lines.append(f"  at_least: {1 + math.ceil(_SHARE * len(others))}")
    groups = grouped(proposal)
    if not layout.is_tree and (len(layout.header) > 1 or groups):
        lines += ["table:", f"  header_rows: {max(1, len(layout.header))}"]
        if groups:
            lines.append(f"  one_entry_per: [{', '.join(map(scalar, groups))}]")
    lines += ["", "fields:" if any(match.place for match in proposal.matches) else "fields: {}"]
    for target, ways in _fields(proposal, where, bool(groups)).items():
        lines += _way_lines("  ", target, ways)
    left = [match for match in proposal.matches if match.place is None]
    if left:
        lines += [
            "",
            "  # 以下各列没有把握，留空；原值保留在条目的 source 中。",
            "  # Of these columns nothing is sure enough, so they are left blank; entries keep them in their source.",
        ]
        lines += [f"  # {_remark(match)}" for match in left]
    return "\n".join(lines) + "\n"


def grouped(proposal: Proposal) -> list[str]:
    """Return the column that tells which lines belong to one entry, if an entry takes several lines."""
    layout = proposal.layout
    if layout.path or layout.is_tree or not layout.lines:
        return []
    places = {id(column): at for at, column in enumerate(layout.columns)}
    outer = [places[id(one.column)] for one in proposal.matches if one.place is not None and not one.place.inside]
    inner = [match for match in proposal.matches if match.place is not None and match.place.inside]
    if len(inner) < 2 or not outer:
        return []
    distinct: dict[int, int] = {}
    for at in outer:
        filled = [line[at] for line in layout.lines if at in line]
        distinct[at] = sum(1 for n, cell in enumerate(filled) if n == 0 or repr(cell) != repr(filled[n - 1]))
    most = max(distinct.values())
    if most > _DISTINCT * len(layout.lines):
        return []
    return [layout.columns[at].label for at in outer if distinct[at] == most][:1]


def _fields(proposal: Proposal, where: str, by_lines: bool) -> dict[str, list[Field]]:
    """Return property → ways of reading it, those of the elements of a list inside the list."""
    found: dict[str, list[Field]] = {}
    lists: dict[str, Field] = {}
    for match in proposal.matches:
        place = match.place
        if place is None:
            continue
        way: Field = {where: match.column.label, **place.way, "": _remark(match)}
        if match.inner:
            inner = {one.place.pointer: one for one in match.inner if one.place is not None}
            way = {where: match.column.label, "each": "element", "": _remark(match)}
            way["fields"] = {
                _target(pointer.removeprefix(f"{place.pointer}/*")): [
                    {where: one.column.label, **_of_one(one.place.way if one.place else {}), "": _remark(one)}
                ]
                for pointer, one in inner.items()
            }
        if not place.inside:
            found.setdefault(_target(place.pointer), []).append(way)
        elif by_lines and place.inside.count("*") == 0:
            holder = lists.setdefault(_target(place.inside), {"each": "line", "fields": {}})
            holder["fields"].setdefault(_target(place.pointer.removeprefix(f"{place.inside}/*")), []).append(way)
        else:
            found.setdefault(_target(place.pointer.replace("/*/", "/0/")), []).append(way)
    for target, holder in lists.items():
        found.setdefault(target, []).append(holder)
    return found


def _of_one(way: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in way.items() if key not in ("each", "fields")}


def _target(pointer: str) -> str:
    return pointer.strip("/").removesuffix("/*").replace("/", ".")


def _way_lines(indent: str, target: str, ways: list[Field]) -> list[str]:
    if len(ways) == 1:
        return _one_way(indent, f"{scalar(target)}:", ways[0], indent + "  ")
    lines = [f"{indent}{scalar(target)}:"]
    for way in ways:
        lines += _one_way(f"{indent}  ", "-", way, f"{indent}    ")
    return lines


def _one_way(indent: str, begin: str, way: Field, inside: str) -> list[str]:
    remark = f"  # {way['']}" if way.get("") else ""
    said = {key: value for key, value in way.items() if key not in ("", "fields")}
    inner = way.get("fields")
    if inner is None:
        return [f"{indent}{begin} {{{_pairs(said)}}}{remark}"]
    lines = [f"{indent}{begin}{remark}"]
    lines += [f"{inside}{key}: {_value(value)}" for key, value in said.items()]
    lines.append(f"{inside}fields:")
    for target, ways in inner.items():
        if isinstance(ways, list) and all(isinstance(one, dict) and "" in one for one in ways):
            lines += _way_lines(f"{inside}  ", target, ways)
        else:
            lines.append(f"{inside}  {scalar(target)}: {_value(ways)}")
    if begin == "-":
        # The first key stands behind the dash.
        lines[0:2] = [f"{indent}- {lines[1].strip()}{remark}"]
    return lines


def _pairs(said: Mapping[str, Any]) -> str:
    return ", ".join(f"{scalar(key)}: {_value(value)}" for key, value in said.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{_pairs(value)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return scalar(value)


def scalar(value: Any) -> str:
    """Return a text or number as YAML writes it in one line; whatever could be something else is quoted."""
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value.casefold() not in _NOT_PLAIN:
            return value
        # What JSON writes as a pair of surrogates is no character in YAML.
        return _ODD.sub(lambda odd: f"\\U{ord(odd[0]):08x}", json.dumps(value, ensure_ascii=False))
    return json.dumps(value)


def _remark(match: Match) -> str:
    """Return what is to be said of a column: how sure it is, and what stands in it, personal numbers masked."""
    shown = " | ".join(samples(match.column))
    if match.place is not None:
        return _ODD.sub("?", f"{match.confidence:.2f}  {shown}".strip())
    near = "" if match.nearest is None else f" ~ {_target(match.nearest.pointer)} {match.confidence:.2f}"
    return _ODD.sub("?", clean(f"{match.column.label}:{near}  {shown}").strip())


def samples(column: Found) -> list[str]:
    """Return some values of a column as a line shows them."""
    found = []
    for cell in column.values[:_SHOWN]:
        try:
            text = as_text(cell)
        except NotUnderstood:
            text = json.dumps(cell, ensure_ascii=False)
        text = clean(mask(" ".join(text.split())))
        found.append(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
    return found
