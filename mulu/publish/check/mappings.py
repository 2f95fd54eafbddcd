"""Mappings: they name what is there, and make of their sample what they are expected to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import orjson

from mulu.checks import checks
from mulu.convert import known, open_source
from mulu.convert.columns import Column, column, matches
from mulu.convert.header_rows import Top, detail_candidate
from mulu.convert.legacy import LegacySource
from mulu.convert.source import EntrySource
from mulu.convert.target import endings_of
from mulu.convert.tree_plan import ways_to_records
from mulu.convert.tree_source import TreeSource, records
from mulu.convert.trees import Tree
from mulu.errors import BadStandard, MuluError
from mulu.pointer import pointer_of, pointer_step
from mulu.publish.check.flaws import Flaw, Lines, is_readable, of_error
from mulu.readers import Document, open_document
from mulu.standard import Standard
from mulu.standard.folder import files
from mulu.standard.mapping_data import mapping_data
from mulu.standard.mapping_reader import read_mapping, strings
from mulu.standard.mappings import Mapping
from mulu.texts import Text, did_you_mean, shown
from mulu.validate.structure import Structure
from mulu.words import why_no_json

_NOTHING = object()
_DIFFERENCES = 3
"""Of a line with more differences so many are told."""
# What is found in an entry because of how it was made, not of what the source says.
_OWN_FAULTS = ("unknown-property", "unknown-kind")


def mapping_flaws(standard: Standard, *, named: bool = True) -> Iterator[Flaw]:
    """Yield what is wrong with the converters of the standard's own folder, unless `named` only that cannot be read."""
    readable = named and is_readable(standard)
    # What it holds entries by is made once for all.
    structure = Structure(standard)
    for path in files(standard.roots[-1], "converters", "*/mapping.yaml"):
        try:
            mapping = read_mapping(path, standard.roots)
            data, positions = mapping_data(path, standard.roots)
        except BadStandard as error:
            yield of_error(error)
            continue
        if not readable:
            continue
        checked = _Checked(standard, structure, mapping, data, Lines(path, positions))
        found = list(checked.named())
        yield from found
        if not found:
            yield from checked.tried()


def _differences(wanted: Any, made: Any, at: str = "") -> Iterator[Text]:
    """Yield each place at which two values differ, with what is there in both."""
    if isinstance(wanted, dict) and isinstance(made, dict):
        for name in dict.fromkeys((*wanted, *made)):
            yield from _differences(wanted.get(name, _NOTHING), made.get(name, _NOTHING), at + pointer_step(name))
    elif isinstance(wanted, list) and isinstance(made, list):
        for number, (one, other) in enumerate(zip_longest(wanted, made, fillvalue=_NOTHING)):
            yield from _differences(one, other, f"{at}/{number}")
    elif wanted != made:
        zh = ["没有" if one is _NOTHING else shown(one) for one in (wanted, made)]
        en = ["nothing" if one is _NOTHING else shown(one) for one in (wanted, made)]
        yield Text(f"{at} 应为 {zh[0]}，得到 {zh[1]}", f"{at} should be {en[0]} but is {en[1]}")


def _headings(fields: Any) -> Iterator[str]:
    """Yield all headings of which the properties of a mapping speak."""
    for ways in fields.values():
        for way in ways if isinstance(ways, list) else [ways]:
            one = way if isinstance(way, dict) else {"heading": way}
            yield from strings(one.get("heading", []))
            yield from _headings(one.get("fields", {}))


class _Checked:
    def __init__(self, standard: Standard, structure: Structure, mapping: Mapping, data: Any, lines: Lines) -> None:
        self.structure = structure
        self.standard, self.mapping, self.data, self.lines = standard, mapping, data, lines
        self.folder = mapping.folder
        self.seen: defaultdict[int | None, list[Column]] = defaultdict(list)
        """The columns of all samples, by the number of the further sheet."""

    def named(self) -> Iterator[Flaw]:
        """Yield the kinds, properties, lists and codes that a mapping names and the standard lacks."""
        for number, part in enumerate([self.data, *self.data.get("also", [])]):
            here = f"/also/{number - 1}" if number else ""
            kind = part["kind"]
            if kind not in list(self.standard.schemas.kinds):
                near = did_you_mean(str(kind), self.standard.schemas.kinds)
                yield self.lines.error(
                    f"{here}/kind", f"没有种类 {shown(kind)}{near.zh}", f"unknown kind {shown(kind)}{near.en}"
                )
                return
            self.known = {item.pointer: item.schema for item in self.standard.schemas.properties(kind)}
            yield from self._fields(f"{here}/fields", part["fields"], "")
        for number, detail in enumerate(self.data.get("details", [])):
            inside = self._pointer("", detail["into"]) + "/*"
            yield from self._fields(f"/details/{number}/fields", detail["fields"], inside)
        endings = endings_of(self.mapping)
        for number, ending in enumerate(self.mapping.writing.endings if self.mapping.writing is not None else ()):
            if ending not in endings:
                near = did_you_mean(ending, endings)
                yield self.lines.error(
                    f"/write/endings/{number}",
                    f"不会写扩展名为 {ending} 的文件{near.zh or '；'}可用：{'、'.join(endings)}",
                    f"no file of the ending {ending} is written{near.en}; known: {', '.join(endings)}",
                )

    def _pointer(self, inside: str, target: str) -> str:
        return inside + "".join("/*" if step.isdecimal() else f"/{step}" for step in target.split("."))

    def _is_known(self, pointer: str) -> bool:
        return pointer in self.known or pointer.removesuffix("/*") in self.known

    def _near(self, inside: str, target: str) -> Text:
        """Return what was probably meant by a property that there is not."""
        beside = [one.removeprefix(f"{inside}/") for one in self.known if one.startswith(f"{inside}/")]
        return did_you_mean(target, [one.replace("/", ".") for one in beside])

    def _fields(self, at: str, fields: Any, inside: str) -> Iterator[Flaw]:
        for target, ways in fields.items():
            here = at + pointer_step(target)
            pointer = self._pointer(inside, target)
            if not target.startswith("x-") and not self._is_known(pointer):
                near = self._near(inside, target)
                yield self.lines.error(here, f"没有属性 {target}{near.zh}", f"unknown property {target}{near.en}")
                continue
            for number, way in enumerate(ways if isinstance(ways, list) else [ways]):
                one = f"{here}/{number}" if isinstance(ways, list) else here
                if isinstance(way, dict):
                    yield from self._way(one, way, pointer)
                    yield from self._conditions(one, way, inside)
                    yield from self._fields(f"{one}/fields", way.get("fields", {}), f"{pointer}/*")

    def _way(self, here: str, way: dict[str, Any], pointer: str) -> Iterator[Flaw]:
        barred = way.get("not_in", [])
        for key, names in (("code", [way["code"]] if "code" in way else []), ("not_in", barred)):
            for name in names if isinstance(names, list) else [names]:
                if name not in self.standard.codes:
                    near = did_you_mean(str(name), self.standard.codes)
                    yield self.lines.error(
                        f"{here}/{key}",
                        f"没有代码表 {shown(name)}{near.zh}",
                        f"unknown code list {shown(name)}{near.en}",
                    )
        wanted = self._list_of(pointer)
        if "code" in way and way["code"] in self.standard.codes:
            codes = self.standard.codes[way["code"]]
            write = way.get("write")
            said = write if isinstance(write, dict) else {}
            back = [(key, code) for key in ("nearest", "texts") for code in said.get(key, {})]
            named = [(f"decode{pointer_step(str(value))}", code) for value, code in way.get("decode", {}).items()]
            for at, code in named + [(f"write/{key}{pointer_step(str(code))}", code) for key, code in back]:
                if str(code) not in codes.by_code:
                    yield self.lines.error(
                        f"{here}/{at}",
                        f"代码表 {codes.id} 没有 {code}",
                        f"the code list {codes.id} has no {code}",
                    )
            if wanted is not None and wanted != way["code"]:
                yield self.lines.error(
                    f"{here}/code", f"属性用的是代码表 {wanted}", f"the property takes codes of the list {wanted}"
                )
        if (
            "value" in way
            and wanted is not None
            and wanted in self.standard.codes
            and way["value"] not in self.standard.codes[wanted].by_code
        ):
            yield self.lines.error(
                f"{here}/value", f"代码表 {wanted} 没有 {way['value']}", f"the code list {wanted} has no {way['value']}"
            )

    def _conditions(self, here: str, way: dict[str, Any], inside: str) -> Iterator[Flaw]:
        """Yield the properties, and the codes of them, of which conditions speak and that there are none of."""
        said = [(key, target, values) for key in ("when", "unless") for target, values in way.get(key, {}).items()]
        for key, target, values in said:
            pointer, at = self._pointer(inside, target), f"{here}/{key}{pointer_step(target)}"
            if target.startswith("x-"):
                continue
            if not self._is_known(pointer):
                near = self._near(inside, target)
                yield self.lines.error(
                    at,
                    f"没有属性 {target}，{key} 的条件没有意义{near.zh}",
                    f"there is no property {target}, of which {key} speaks{near.en}",
                )
                continue
            wanted = self._list_of(pointer)
            if wanted is None or wanted not in self.standard.codes:
                continue
            codes = self.standard.codes[wanted].by_code
            for value in values if isinstance(values, list) else [values]:
                if value is not None and str(value) not in codes:
                    near = did_you_mean(str(value), codes)
                    yield self.lines.error(
                        at,
                        f"代码表 {wanted} 没有 {shown(value)}{near.zh}",
                        f"the code list {wanted} has no {shown(value)}{near.en}",
                    )

    def _list_of(self, pointer: str) -> str | None:
        schema = self.known.get(pointer, {})
        shape = self.standard.schemas.shape(schema)
        items = shape.get("items", {})
        return shape.get("x-code-list") or (items.get("x-code-list") if isinstance(items, dict) else None)

    def tried(self) -> Iterator[Flaw]:
        """Convert the samples, and hold what comes out to what is expected."""
        samples = sorted(self.folder.glob("sample.*"))
        expected = self.folder / "expected.jsonl"
        proves = Text("无从证明这个转换", "the mapping has no test")
        tells = Text(
            "没有说明谁在用、有什么陷阱", "it is not documented who exports this format and what to watch out for"
        )
        for name, there, why in (
            ("sample.*", bool(samples), proves),
            (expected.name, expected.is_file(), proves),
            ("README.md", (self.folder / "README.md").is_file(), tells),
        ):
            if not there:
                yield self.lines.error(
                    "",
                    f"没有 {name}：{why.zh}；请放在 mapping.yaml 旁边",
                    f"{name} is missing: {why.en}; put it next to mapping.yaml",
                )
        if not expected.is_file():
            return
        for sample in samples:
            try:
                yield from self._sample(sample, expected)
            except BadStandard as error:
                # It stands in a file of its own, be it another mapping's.
                yield of_error(error)
            except MuluError as error:
                yield Flaw("error", str(sample), None, error.zh, error.en)
        if not self.mapping.is_tree:
            yield from self._unknown_headings()

    def _unknown_headings(self) -> Iterator[Flaw]:
        """Yield headings by which entries are told apart, or that are written, and that stand for nothing."""
        table, fields = self.data.get("table", {}), self.data["fields"]
        yield from self._unheard("/table/one_entry_per", table.get("one_entry_per", []), fields, self.seen[None])
        for number, part in [(None, self.data), *enumerate(self.data.get("details", []))]:
            here = "" if number is None else f"/details/{number}"
            write = part.get("write", {})
            beside = [part["join"]["heading"]] if "join" in part else []
            for key in ("headings", "further"):
                yield from self._unheard(
                    f"{here}/write/{key}",
                    write.get(key, []),
                    part["fields"],
                    self.seen[number],
                    (*beside, *strings(write.get("number", []))),
                )

    def _unheard(
        self, here: str, headings: Any, fields: Any, columns: list[Column], further: Iterable[str] = ()
    ) -> Iterator[Flaw]:
        """Yield the headings that no property has, that are not left out on purpose, and that stand in no sample."""
        if not self.lines.has(here):
            return
        dropped = [heading for drop in self.mapping.drops for heading in drop.headings]
        known = list(dict.fromkeys([*_headings(fields), *dropped, *further]))
        for number, heading in enumerate(strings(headings)):
            *groups, leaf = (part.strip() for part in heading.split("›"))
            item = column(1, leaf, tuple(groups))
            if any(matches(item, one) for one in known) or any(matches(one, heading) for one in columns):
                continue
            near = did_you_mean(heading, known)
            yield self.lines.error(
                f"{here}/{number}",
                f"没有属性用列“{heading}”，样例中也没有这一列{near.zh}",
                f"no property has the column “{heading}”, and no sample either{near.en}",
            )

    def _sample(self, sample: Path, expected: Path) -> Iterator[Flaw]:
        document = open_document(
            sample,
            name=str(sample),
            known=known(self.standard),
        )
        source = open_source(document, self.standard)
        if source.format != self.mapping.id or isinstance(source, EntrySource):
            yield self.lines.error(
                "/recognise",
                f"样例 {sample.name} 被认作 {source.format}",
                f"the sample {sample.name} is taken for {source.format}",
            )
            return
        made = [item.entry for item in source]
        lines = expected.read_bytes().splitlines()
        for number, (entry, line) in enumerate(zip_longest(made, lines), 1):
            for zh, en in self._compared(sample.name, entry, line):
                yield Flaw("error", str(expected), number, zh, en)
        if isinstance(source, TreeSource):
            yield from self._unreached_places(document, sample.name)
            return
        assert isinstance(source, LegacySource)
        columns = [item for candidate in source.found for item in candidate.columns]
        self.seen[None] += columns
        yield from self._unreached("/fields", self.data["fields"], columns, sample.name)
        taken = {candidate.sheet for candidate in source.found}
        for number, detail in enumerate(self.mapping.details):
            tops = [Top(sheet) for sheet in document.sheets if sheet.index not in taken]
            found = [item for top in tops if (item := detail_candidate(top, self.mapping, detail)) is not None]
            inner = [item for candidate in found for item in candidate.columns]
            self.seen[number] += inner
            fields = self.data["details"][number]["fields"]
            yield from self._unreached(f"/details/{number}/fields", fields, inner, sample.name)

    def _compared(self, sample: str, made: Any, line: bytes | None) -> Iterator[Text]:
        """Yield how an entry that was made differs from that on a line, and what of the line no entry can have."""
        if line is None:
            said = shown(made)
            yield Text(f"{sample} 转换所得多出一条：{said}", f"the conversion of {sample} also gives {said}")
            return
        try:
            wanted = orjson.loads(line)
        except orjson.JSONDecodeError:
            why = why_no_json(line)
            yield Text(f"不是 JSON：{why.zh}", f"not JSON: {why.en}")
            return
        if not isinstance(wanted, dict):
            yield Text("每行应为一个 JSON 对象", "each line must contain one JSON object")
            return
        if made is None:
            yield Text(f"{sample} 转换所得没有这一条", f"the conversion of {sample} gives no such entry")
        elif made != wanted:
            found = list(_differences(wanted, made))
            more = len(found) - _DIFFERENCES
            zh, en = (f"；另有 {more} 处", f"; and {more} more") if more > 0 else ("", "")
            yield Text(
                f"{sample} 转换所得与此不同：{'；'.join(one.zh for one in found[:_DIFFERENCES])}{zh}。"
                f"转换所得正确的，用 mulu convert {sample} --standard … -o expected.jsonl 重新写出本文件",
                f"the conversion of {sample} gives something else: "
                f"{'; '.join(one.en for one in found[:_DIFFERENCES])}{en}. If that is right, write this file anew: "
                f"mulu convert {sample} --standard … -o expected.jsonl",
            )
        for fault in self.structure.faults(wanted):
            # What a department wrote may be wrong, and is kept as it is: so is a value in a place that takes none. What
            # remains is the work of the mapping.
            is_misplaced = fault.check == "wrong-type" and isinstance(fault.value, dict | list)
            if is_misplaced or fault.check in _OWN_FAULTS:
                told = checks()[fault.check].message.filled(fault.params)
                where = pointer_of(fault.path)
                yield Text(f"标准中没有这样的条目：{where}：{told.zh}", f"no entry of the standard: {where}: {told.en}")

    def _unreached_places(self, document: Document, sample: str) -> Iterator[Flaw]:
        """Yield a remark for each property of this mapping itself whose places are in no record of the sample."""
        trees = [Tree(item.value, self.mapping.family) for item in document.items()]
        for number, part in enumerate(self.mapping.parts):
            at = f"/also/{number - 1}/fields" if number else "/fields"
            nodes = [(tree, node) for tree in trees for node in records(tree, ways_to_records(part))]
            for spec in part.fields:
                here = at + pointer_step(".".join(spec.target))
                if not spec.at or not self.lines.has(here):
                    continue
                if not any(tree.select(node, path) for tree, node in nodes for path in spec.at):
                    path = spec.at[0].text
                    yield self.lines.info(here, f"{sample} 没有 {path}", f"{sample} has nothing at {path}")

    def _unreached(self, at: str, fields: Any, columns: list[Column], sample: str) -> Iterator[Flaw]:
        """Yield a remark for each property whose headings are in no sample, so that nothing shows that they work.

        What a mapping that is extended says is shown by that one's sample.
        """
        for target, ways in fields.items():
            for number, way in enumerate(ways if isinstance(ways, list) else [ways]):
                here = at + pointer_step(target) + (f"/{number}" if isinstance(ways, list) else "")
                one = way if isinstance(way, dict) else {"heading": way}
                headings = list(strings(one.get("heading", [])))
                own = self.lines.has(here)
                if own and headings and not any(matches(item, heading) for heading in headings for item in columns):
                    yield self.lines.info(
                        here, f"{sample} 没有列“{headings[0]}”", f"{sample} has no column “{headings[0]}”"
                    )
                if one.get("each") != "element":
                    yield from self._unreached(f"{here}/fields", one.get("fields", {}), columns, sample)
