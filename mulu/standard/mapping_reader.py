"""The grammar of `converters/<format>/mapping.yaml`, read strictly.

An unknown key is a fault, never ignored: a misspelt one would lose a column without a word.
"""

import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from mulu.errors import BadStandard
from mulu.pointer import dumps, pointer_step
from mulu.standard.folder import NO_TEXTS, files, text_of
from mulu.standard.mapping_data import mapping_data
from mulu.standard.mappings import (
    CASTS,
    EACH,
    FAMILIES,
    FORMS,
    LINES,
    READS,
    TABLE_FAMILIES,
    Detail,
    Drop,
    Mapping,
    Part,
    Spec,
    Write,
    Writing,
)
from mulu.standard.selectors import PARENT, Selector, joined, selector
from mulu.texts import Text, did_you_mean, shown
from mulu.xml_names import is_name, is_namespace, is_prefix
from mulu.yaml import position_of

VOCABULARY = "vocabulary"
LEAVE = "leave"
LABELS = ("code", "zh", "en")
_NO_NAMES = ("*", "**", ".", "#text")
_READS = re.compile(rb"^reads: *([a-z]+) *$", re.MULTILINE)

_TOP = {"title", "description", "kind", "reads", "recognise", "fields"}
_TABLE = {"table", "details"}
_TREE = {"namespaces", "records", "also"}
_SPEC = set(
    "heading at from after as code decode split part prefix scale when unless value each fields unknown not_in "
    "write".split()
)


class Mappings(MappingOf[str, Mapping]):
    """The mappings of the folders that make up a standard, by format; each is read when it is first asked for.

    Asking for one that is written wrongly raises `BadStandard`.
    """

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._paths = {
            path.parent.name: (path, roots[:number])
            for number, root in enumerate(roots, start=1)
            for path in files(root, "converters", "*/mapping.yaml")
        }
        self._read: dict[str, Mapping] = {}

    def __getitem__(self, name: str) -> Mapping:
        if name not in self._read:
            self._read[name] = read_mapping(*self._paths[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    @cached_property
    def _reads(self) -> dict[str, str | None]:
        """What each says of itself in a line that it reads, `None` if it does not."""
        said = {name: _READS.search(path.read_bytes()) for name, (path, _) in self._paths.items()}
        return {name: found.group(1).decode() if found is not None else None for name, found in said.items()}

    def of(self, reads: str) -> list[Mapping]:
        """Return those that read tables, or trees; what a file says of itself in a line spares reading the others."""
        wanted = [name for name, said in self._reads.items() if said is None or said == reads]
        return [mapping for mapping in map(self.__getitem__, wanted) if mapping.reads == reads]


def read_mapping(path: Path, roots: tuple[Path, ...] = ()) -> Mapping:
    """Read one mapping, whose standard consists of `roots`; raises `BadStandard` with the line of what is wrong."""
    return _Reader(path, roots or (path.parents[2],)).read()


class _Reader:
    """Reads one mapping file and names the line of each fault."""

    def __init__(self, path: Path, roots: tuple[Path, ...]) -> None:
        self.path = path
        self.data, self.positions = mapping_data(path, roots)
        self.here = ""

    def fault(self, pointer: str, zh: str, en: str) -> NoReturn:
        line, column = position_of(self.positions, pointer) or (1, 1)
        raise BadStandard(str(self.path), zh, en, line=line, column=column)

    def read(self) -> Mapping:
        """Return the mapping; raises `BadStandard`, at the nearest place that is known."""
        try:
            return self.mapping()
        except (LookupError, TypeError, ValueError, AttributeError):
            zh, en = (
                "此处有值的类型或个数不对",
                "a value here is of another type, or another number of values, than it should be",
            )
            self.fault(self.here, zh, en)

    def mapping(self) -> Mapping:
        data = self.data
        reads = data.get("reads") if isinstance(data, dict) else None
        self._keys("", data, _TOP, {"drop", "write", "family"} | (_TREE if reads == "tree" else _TABLE))
        self._one_of("/reads", reads, READS)
        is_tree = reads == "tree"
        recognise = data["recognise"]
        marks = "paths" if is_tree else "headings"
        self._keys("/recognise", recognise, {marks}, {"at_least", "required"})
        table = data.get("table", {})
        self._keys("/table", table, set(), {"header_rows", "one_entry_per", "named"})
        required, others = recognise.get("required", []), recognise[marks]
        return Mapping(
            id=self.path.parent.name,
            title=self._text("/title", data["title"]),
            description=self._text("/description", data["description"]),
            kind=str(data["kind"]),
            reads=data["reads"],
            headings=() if is_tree else _groups(required) + _groups(others),
            required=() if is_tree else _groups(required),
            at_least=int(recognise.get("at_least", len(required) + len(others))),
            header_rows=int(table.get("header_rows", 1)),
            one_entry_per=strings(table.get("one_entry_per", [])),
            named=tuple(table["named"].split(".")) if "named" in table else (),
            fields=self._specs("/fields", data["fields"]),
            details=tuple(
                self._detail(f"/details/{number}", item) for number, item in enumerate(data.get("details", []))
            ),
            drops=tuple(self._drop(f"/drop/{number}", item) for number, item in enumerate(data.get("drop", []))),
            folder=self.path.parent,
            family=self._one_of("/family", data.get("family"), FAMILIES if is_tree else TABLE_FAMILIES),
            namespaces=self._namespaces(data.get("namespaces", {})),
            marks=self._marks("/recognise/required", required) + self._marks("/recognise/paths", others)
            if is_tree
            else (),
            required_marks=self._marks("/recognise/required", required) if is_tree else (),
            parts=self._parts() if is_tree else (),
            writing=self._writing("/write", data["write"]) if "write" in data else None,
        )

    def _namespaces(self, data: Any) -> dict[str, str]:
        found = {str(prefix): str(uri) for prefix, uri in data.items()}
        for prefix, uri in found.items() if self.data.get("family") == "xml" else ():
            if not is_prefix(prefix) or not is_namespace(uri):
                self.fault(
                    f"/namespaces/{prefix}",
                    f"XML 中不能有这样的前缀或命名空间：{prefix}、{uri}；请换一个前缀",
                    f"XML cannot have this prefix or namespace: {prefix}, {uri}; use another prefix",
                )
        return found

    def _parts(self) -> tuple[Part, ...]:
        found = []
        for number, item in enumerate([self.data, *self.data.get("also", [])]):
            here = f"/also/{number - 1}" if number else ""
            if number:
                self._keys(here, item, {"kind", "records", "fields"}, set())
            records = self._selectors(f"{here}/records", item.get("records", ""))
            found.append(Part(str(item["kind"]), records, self._specs(f"{here}/fields", item["fields"])))
        return tuple(found)

    def _writing(self, pointer: str, data: Any) -> Writing:
        if self.data["reads"] != "tree":
            return self._table_writing(pointer, data)
        known = {"language", "envelope", "record", "always", "order", "endings", "as_read", "alone"}
        self._keys(pointer, data, set(), known)
        kinds = [part["kind"] for part in (self.data, *self.data.get("also", []))]
        # A literal of RDF goes back with its language and datatype, which the place alone does not tell.
        as_read = (False,) if self.data.get("family") == "rdf" else (True, False)

        def by_kind(key: str) -> dict[str, Any]:
            # What is said of records is said of those of the first kind, or by kind.
            said = data.get(key, {})
            return said if said and set(said) <= set(kinds) else {kinds[0]: said}

        return Writing(
            language=self._one_of(f"{pointer}/language", data.get("language", "zh"), LABELS[1:]),
            envelope=self._constants(f"{pointer}/envelope", data.get("envelope", {})),
            records={kind: self._constants(f"{pointer}/record", one) for kind, one in by_kind("record").items()},
            order={str(name): strings(members) for name, members in data.get("order", {}).items()},
            endings=strings(data.get("endings", [])),
            always={
                kind: tuple((path, strings(texts)) for path, texts in self._constants(f"{pointer}/always", one))
                for kind, one in by_kind("always").items()
            },
            alone=self._one_of(f"{pointer}/alone", data.get("alone", False), (True, False)),
            as_read=self._one_of(f"{pointer}/as_read", data.get("as_read", False), as_read),
        )

    def _table_writing(self, pointer: str, data: Any) -> Writing:
        self._keys(pointer, data, {"headings"}, {"language", "endings", "further", "lines", "number", "sheet"})
        return Writing(
            language=self._one_of(f"{pointer}/language", data.get("language", "zh"), LABELS[1:]),
            endings=strings(data.get("endings", [])),
            headings=strings(data["headings"]),
            further=strings(data.get("further", [])),
            lines=self._one_of(f"{pointer}/lines", data.get("lines", LINES[0]), LINES),
            number=None if "number" not in data else str(data["number"]),
            sheet=str(data.get("sheet", "")),
        )

    def _constants(self, pointer: str, data: Any) -> tuple[tuple[Selector, Any], ...]:
        return tuple((self._selector(pointer + pointer_step(path), path), value) for path, value in data.items())

    def _detail(self, pointer: str, data: Any) -> Detail:
        self._keys(pointer, data, {"recognise", "join", "into", "fields"}, {"write"})
        self._keys(f"{pointer}/join", data["join"], {"heading", "to"}, set())
        self._keys(f"{pointer}/recognise", data["recognise"], {"headings"}, {"at_least"})
        headings = _groups(data["recognise"]["headings"])
        return Detail(
            headings=headings,
            at_least=int(data["recognise"].get("at_least", len(headings))),
            join_heading=str(data["join"]["heading"]),
            join_target=tuple(str(data["join"]["to"]).split(".")),
            into=str(data["into"]),
            fields=self._specs(f"{pointer}/fields", data["fields"]),
            writing=self._table_writing(f"{pointer}/write", data["write"]) if "write" in data else None,
        )

    def _drop(self, pointer: str, data: Any) -> Drop:
        self._keys(pointer, data, {"reason"}, {"heading", "at"})
        at = self._selectors(f"{pointer}/at", data["at"]) if "at" in data else ()
        return Drop(strings(data.get("heading", [])), self._text(f"{pointer}/reason", data["reason"]), at)

    def _specs(self, pointer: str, data: Any) -> tuple[Spec, ...]:
        if not isinstance(data, dict):
            self.fault(pointer, "fields 应为映射", "fields is a mapping")
        specs: list[Spec] = []
        for name, item in data.items():
            here = pointer + pointer_step(name)
            # A property that comes from different columns under different conditions is a list of ways.
            for number, one in enumerate(item if isinstance(item, list) else [item]):
                specs.append(self._spec(f"{here}/{number}" if isinstance(item, list) else here, name, one))
        return tuple(specs)

    def _spec(self, pointer: str, name: str, data: Any) -> Spec:
        is_tree = self.data["reads"] == "tree"
        if isinstance(data, str):
            data = {"at" if is_tree else "heading": data}
        self._keys(pointer, data, set(), _SPEC - {"heading", "after"} if is_tree else _SPEC - {"at", "from"})
        if data.get("unknown") not in (None, LEAVE):
            self.fault(f"{pointer}/unknown", f"unknown 只能是 {LEAVE}", f"unknown can only be {LEAVE}")
        split = data.get("split", [])
        part = data.get("part")
        at = self._selectors(f"{pointer}/at", data["at"]) if "at" in data else ()
        bases = self._selectors(f"{pointer}/from", data["from"]) if "from" in data else ()
        return Spec(
            target=tuple(name.split(".")),
            headings=strings(data.get("heading", [])),
            at=tuple(joined(base, path) for base in bases for path in at) if bases else at,
            bases=bases,
            inside=at if bases else (),
            after=data.get("after"),
            cast=self._one_of(f"{pointer}/as", data.get("as", "text"), CASTS),
            code=data.get("code"),
            decode={str(key): str(value) for key, value in data.get("decode", {}).items()},
            split=() if split == VOCABULARY else strings(split),
            by_vocabulary=split == VOCABULARY,
            part=None if part is None else (strings(part[0]), int(part[1]), int(part[2]) if len(part) > 2 else None),
            prefix=str(data.get("prefix", "")),
            scale=None if "scale" not in data else float(data["scale"]),
            conditions=tuple(
                (wanted, tuple(path.split(".")), tuple(values if isinstance(values, list) else [values]))
                for key, wanted in (("when", True), ("unless", False))
                for path, values in data.get(key, {}).items()
            ),
            leaves_unknown=data.get("unknown") == LEAVE,
            not_in=strings(data.get("not_in", [])),
            constant=data.get("value"),
            each=self._one_of(f"{pointer}/each", data["each"], EACH) if "each" in data else None,
            fields=self._specs(f"{pointer}/fields", data["fields"]) if "fields" in data else (),
            write=self._write(f"{pointer}/write", data.get("write", {})),
        )

    def _write(self, pointer: str, data: Any) -> Write | None:
        if data is False:
            return None
        is_tree = self.data["reads"] == "tree"
        known = {"at", "nearest", "as", "time"} if is_tree else {"texts"}
        self._keys(pointer, data, set(), {"label", "join"} | known)
        return Write(
            at=self._selector(f"{pointer}/at", data["at"]) if "at" in data else None,
            label=self._one_of(f"{pointer}/label", data["label"], LABELS) if "label" in data else None,
            join=None if "join" not in data else str(data["join"]),
            form=self._one_of(f"{pointer}/as", data["as"], FORMS) if "as" in data else None,
            nearest={str(code): str(text) for code, text in data.get("nearest", {}).items()},
            texts={str(code): str(text) for code, text in data.get("texts", {}).items()},
            time=self._selector(f"{pointer}/time", data["time"]) if "time" in data else None,
        )

    def _marks(self, pointer: str, data: Any) -> tuple[tuple[Selector, ...], ...]:
        return tuple(self._selectors(f"{pointer}/{number}", item) for number, item in enumerate(data))

    def _selectors(self, pointer: str, data: Any) -> tuple[Selector, ...]:
        return tuple(self._selector(pointer, text) for text in strings(data))

    def _selector(self, pointer: str, text: Any) -> Selector:
        try:
            found = selector(str(text))
        except ValueError as error:
            self.fault(pointer, f"选择路径写法不对：{error}", f"this is no selector: {error}")
        if any(step.name == PARENT for step in found.steps) and (
            self.data.get("family") != "json" or "write" in self.data
        ):
            self.fault(
                pointer,
                f".. 只能用在只读的 JSON 映射里：{text}",
                f".. is for mappings of JSON that are not written: {text}",
            )
        for name in (name for step in found.steps for name in (step.name, *step.others)):
            prefix, colon, _ = name.lstrip("@").partition(":")
            known = ("*", "xml", *self.data.get("namespaces", {}))
            if colon and self.data.get("family") != "json" and prefix not in known:
                self.fault(pointer, f"namespaces 里没有前缀 {prefix}", f"namespaces has no prefix {prefix}")
            local = name.removeprefix("@").rpartition(":")[2]
            if self.data.get("family") == "xml" and name not in _NO_NAMES and not is_name(local):
                self.fault(pointer, f"XML 中不能有这样的名称：{local}", f"XML cannot have this name: {local}")
        return found

    def _one_of(self, pointer: str, value: Any, known: tuple[Any, ...]) -> Any:
        if value not in known:
            names = [_written(one) for one in known if one is not None]
            self.fault(
                pointer,
                f"不认识的写法 {_written(value)}；应为 {'、'.join(names)}",
                f"unknown value {_written(value)}; it is one of {', '.join(names)}",
            )
        return value

    def _keys(self, pointer: str, data: Any, required: set[str], optional: set[str]) -> None:
        self.here = pointer
        if not isinstance(data, dict):
            self.fault(pointer, "此处应为映射", "a mapping is expected here")
        for key in sorted(set(data) - required - optional):
            known, near = ", ".join(sorted(required | optional)), did_you_mean(str(key), sorted(required | optional))
            said = shown(key)
            self.fault(
                f"{pointer}/{key}",
                f"不认识的项 {said}{near.zh or '；'}可用：{known}",
                f"unknown key {said}{near.en}; known: {known}",
            )
        for key in sorted(required - set(data)):
            self.fault(pointer, f"缺少 {key}", f"{key} is missing")

    def _text(self, pointer: str, data: Any) -> Text:
        try:
            return text_of(data)
        except (KeyError, TypeError):
            self.fault(pointer, *(f"{pointer[1:]} {wanted}" for wanted in NO_TEXTS))


def _groups(data: list[Any]) -> tuple[tuple[str, ...], ...]:
    """Return headings that mark a format; one that has other names is a list of them."""
    return tuple(strings(item) for item in data)


def _written(value: Any) -> str:
    """Return a value as a mapping would write it."""
    return value if isinstance(value, str) else dumps(value).decode()


def strings(data: Any) -> tuple[str, ...]:
    """Return one text or a list of them; a list in the list, such as one used again by its anchor, is flattened.

    Raises `TypeError` for what is neither, nor a number.
    """
    if data is None or isinstance(data, bool):
        raise TypeError
    return tuple(text for item in data for text in strings(item)) if isinstance(data, list) else (_written(data),)
