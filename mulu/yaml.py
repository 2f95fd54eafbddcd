"""YAML: values and positions from the events of a C parser, by the core schema of YAML 1.2.

The parser's own object builder is not used: it recurses, reads `no` and `012` as something else than text,
and lets aliases explode. Here dates, times, `yes` and numbers with leading zeros stay text, depth is
checked before each level, and aliases are copied under a budget. Tags other than those of JSON's types,
merge keys, keys that are no text and repeated keys are refused.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from mulu.errors import Unreadable
from mulu.limits import DEFAULT, Limits
from mulu.place import Place
from mulu.pointer import Json, pointer_step
from mulu.words import told_or_quoted

_TAG = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}
_WORDS: dict[str, Json] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
# Not quite the core schema: a number with a leading zero is a code, and stays text.
_INTEGER = re.compile(r"[-+]?+(?:0|[1-9][0-9]*+)")
_FLOAT = re.compile(r"[-+]?+(?:(?:0|[1-9][0-9]*+)(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][-+]?+[0-9]++)?")
_OTHER_BASE = re.compile(r"0o[0-7]++|0x[0-9a-fA-F]++")

Positions = dict[str, tuple[int, int]]
"""From JSON Pointer to line and column, both from 1."""


def position_of(positions: Positions, pointer: str) -> tuple[int, int] | None:
    """Return where a value stands, else the nearest one that holds it; `None` if none of them is known."""
    while pointer and pointer not in positions:
        pointer = pointer.rpartition("/")[0]
    return positions.get(pointer)


def load_yaml(text: str, *, name: str, limits: Limits = DEFAULT) -> tuple[Json, Positions]:
    """Return the value of a YAML text of one document, and where each of its values stands.

    Raises `Unreadable` for the file `name`, with line and column, for anything that is against the rules.
    """
    loaded = load_all(text, name, limits)
    if len(loaded) > 1:
        line, column = loaded[1].values.get("", (1, 1))
        raise _refusal(
            name, line, column, "只应有一个文档，多了一行 ---", "there must be one document only; remove ---"
        )
    return (loaded[0].value, loaded[0].values) if loaded else (None, {})


@dataclass(slots=True)
class Loaded:
    """A document: its value, and the positions of its values and keys."""

    value: Json = None
    values: Positions = field(default_factory=dict)
    keys: Positions = field(default_factory=dict)


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is being filled; `key` waits for its value, which will stand at `at`."""

    value: list[Json] | dict[str, Json]
    pointer: str
    anchor: str | None
    key: str | None = None
    at: str = ""


class _Loader:
    """The loop over the events of one file."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name, self.limits = name, limits
        self.loaded: list[Loaded] = []
        self.stack: list[_Frame] = []
        self.anchors: dict[str, Json] = {}
        self.nodes = self.copied = 0

    def take(self, event: Any) -> None:
        """Take one event of the parser."""
        kind = type(event).__name__
        if kind == "ScalarEvent":
            frame = self.stack[-1] if self.stack else None
            if frame is not None and type(frame.value) is dict and frame.key is None:
                self.take_key(frame, frame.value, event)
                return
            value = self.scalar(event)
            if event.anchor is not None:
                self.anchors[event.anchor] = value
            self.put(value, event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self.open({} if kind == "MappingStartEvent" else [], event)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            frame = self.stack.pop()
            if frame.anchor is not None:
                self.anchors[frame.anchor] = frame.value
        elif kind == "AliasEvent":
            self.put(self.copy(event), event)
        elif kind == "DocumentStartEvent":
            self.loaded.append(Loaded())
            self.anchors = {}

    def open(self, value: list[Json] | dict[str, Json], event: Any) -> None:
        """Begin a list or mapping."""
        tag = event.tag
        if tag is not None and tag not in ("!", f"{_TAG}{'map' if isinstance(value, dict) else 'seq'}"):
            raise self.refusal(event, "不接受的标签（!…）", "a tag (!…) that is not accepted")
        if len(self.stack) >= self.limits.depth:
            raise self.exceeded("depth", event, "嵌套太深", "values are nested too deep")
        pointer = self.put(value, event)
        self.stack.append(_Frame(value, pointer, event.anchor))

    def put(self, value: Json, event: Any) -> str:
        """Add a finished or an empty value to what is being filled; return its pointer."""
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            raise self.exceeded("nodes", event, "值太多", "there are too many values")
        loaded = self.loaded[-1]
        if not self.stack:
            loaded.value = value
            loaded.values[""] = _position(event)
            return ""
        frame = self.stack[-1]
        if isinstance(frame.value, list):
            pointer = f"{frame.pointer}/{len(frame.value)}"
            frame.value.append(value)
        elif frame.key is None:
            raise self.refusal(event, "键须是文字", "a key must be a text")
        else:
            pointer = frame.at
            frame.value[frame.key] = value
            frame.key = None
        loaded.values[pointer] = _position(event)
        return pointer

    def take_key(self, frame: _Frame, mapping: dict[str, Json], event: Any) -> None:
        """Take a scalar that is a key."""
        key = self.scalar(event)
        if not isinstance(key, str):
            raise self.refusal(
                event,
                f"键 {event.value} 不是文字，请加引号",
                f"the key {event.value} is no text; put it in quotes",
            )
        if key == "<<" and event.implicit[0] and not event.style:
            raise self.refusal(event, "不支持合并键 <<，请把内容写全", "merge keys << are not read; write the keys out")
        if len(key) > self.limits.key:
            raise self.exceeded("key", event, "键太长", "a key is too long")
        if key in mapping:
            raise self.refusal(event, f"键 {key[:80]} 重复", f"the key {key[:80]} is repeated")
        if event.anchor is not None:
            self.anchors[event.anchor] = key
        frame.key, frame.at = key, frame.pointer + pointer_step(key)
        self.loaded[-1].keys[frame.at] = _position(event)

    def scalar(self, event: Any) -> Json:
        """Return the value of a scalar: quoted ones are text, plain ones by the core schema."""
        text: str = event.value
        if len(text) > self.limits.text:
            raise self.exceeded("text", event, "文字太长", "a text is too long")
        tag = event.tag
        if tag is None:
            return resolve(text) if event.implicit[0] else text
        if tag in ("!", f"{_TAG}str"):
            return text
        types = _TYPES.get(tag.removeprefix(_TAG)) if tag.startswith(_TAG) else None
        value = resolve(text)
        if types is None or not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise self.refusal(event, "不接受的标签（!…）", "a tag (!…) that is not accepted")
        return value

    def copy(self, event: Any) -> Json:
        """Return a copy of what an alias stands for, as long as the budget for copies lasts."""
        if event.anchor not in self.anchors:
            raise self.refusal(event, "引用指向自身或没有定义", "an alias refers to itself or to nothing")
        copies: list[Json] = [self.anchors[event.anchor]]
        todo: list[tuple[Any, Any, int]] = [(copies, 0, len(self.stack))]
        while todo:
            parent, step, depth = todo.pop()
            self.copied += 1
            if self.copied > self.limits.aliases + self.nodes:
                raise self.exceeded("aliases", event, "引用（*…）展开后太大", "aliases (*…) expand to too many values")
            node = parent[step]
            if not isinstance(node, (dict, list)):
                continue
            if depth >= self.limits.depth:
                raise self.exceeded("depth", event, "嵌套太深", "values are nested too deep")
            parent[step] = node.copy()
            steps = node if isinstance(node, dict) else range(len(node))
            todo += [(parent[step], below, depth + 1) for below in steps]
        return copies[0]

    def exceeded(self, limit: str, event: Any, zh: str, en: str) -> Unreadable:
        """Return the refusal of the file because of a limit, at the event."""
        line, column = _position(event)
        place = Place(self.name, line=line, column=column)
        return self.limits.exceeded(limit, self.name, f"第 {line} 行：{zh}", f"line {line}: {en}", place=place)

    def refusal(self, event: Any, zh: str, en: str) -> Unreadable:
        """Return the refusal of the file at the event."""
        return _refusal(self.name, *_position(event), zh, en)


def resolve(text: str) -> Json:
    """Return the value that a plain scalar stands for.

    >>> resolve("true"), resolve("no"), resolve("12"), resolve("012"), resolve("2020-01-02"), resolve("1.50")
    (True, 'no', 12, '012', '2020-01-02', 1.5)
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789" or len(text) > 400:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if abs(number) != float("inf") else text
    return int(text, 0) if _OTHER_BASE.fullmatch(text) else text


def load_all(text: str, name: str, limits: Limits) -> list[Loaded]:
    import yaml

    loader = _Loader(name, limits)
    try:
        events = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        while (event := events.get_event()) is not None:
            loader.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = str(error.problem or error.context or "")
        if "nesting depth" in problem:
            # The scanner looks ahead of the events, and has a bound of its own.
            raise limits.exceeded(
                "depth",
                name,
                f"第 {line} 行：嵌套太深",
                f"line {line}: values are nested too deep",
                place=Place(name, line=line, column=column),
            ) from None
        raise _refusal(name, line, column, *told_or_quoted("yaml", problem)) from None
    except (yaml.YAMLError, UnicodeError) as error:
        # The C parser counts in bytes of UTF-8.
        position = getattr(error, "position", 0)
        before = text.encode("utf-8", "replace")[: position if isinstance(position, int) else 0].decode(
            "utf-8", "ignore"
        )
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        zh, en = "有不允许的字符", "there is a character that YAML does not allow"
        raise _refusal(name, line, column, zh, en) from None
    return loader.loaded


def _position(event: Any) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _refusal(name: str, line: int, column: int, zh: str, en: str) -> Unreadable:
    return Unreadable(
        name,
        f"不是合格的 YAML，第 {line} 行第 {column} 列：{zh}",
        f"not valid YAML, line {line}, column {column}: {en}",
        place=Place(name, line=line, column=column),
    )
