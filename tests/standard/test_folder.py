"""A standard folder of somebody else: what is wrong in it is told with file and line, and it cannot reach outside."""

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from mulu.errors import BadStandard
from mulu.standard import load
from mulu.standard.folder import builtin_folder, read_yaml
from mulu.standard.names import OtherNames
from mulu.texts import Text
from mulu.validate.structure import Structure

HEADER = """\
id = "small"
version = "1.0.0"
base = "https://example.org/small/"
title = { zh = "小标准", en = "Small standard" }
description = { zh = "测试用。", en = "For tests." }

[[levels]]
id = "basic"
title = { zh = "基本", en = "Basic" }
description = { zh = "起步。", en = "A start." }
"""
SCHEMA = """\
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://example.org/small/thing.schema.json",
  "$dynamicAnchor": "thing",
  "x-entry": {"name": "/label"},
  "type": "object",
  "properties": {"kind": {"const": "thing"}, "label": {"type": "string"},
    "colour": {"type": "string", "x-code-list": "colour"}}
}
"""
CODES = """\
code,name.zh,name.en,broader,status,aliases,source
red,红,Red,,,红色;朱红,test
blue,蓝,Blue,,,,test
"""
RULE = """\
id: nameless-thing
level: basic
severity: error
title: {zh: 没有名称, en: A thing without a name}
why: {zh: 找不到。, en: Nobody finds it.}
message: {zh: 缺名称, en: no name}
mend: {zh: 请填写, en: fill it in}
query: |
  select entry, '/label' as path from thing where label is null
pass: [{name: {zh: 有, en: named}, entries: [{kind: thing, label: a}]}]
fail: [{name: {zh: 无, en: nameless}, entries: [{kind: thing}], at: [{entry: 0, path: /label}]}]
"""
MAPPING = """\
title: {zh: 表格, en: Table}
description: {zh: 测试。, en: A test.}
kind: thing
reads: table
recognise: {headings: [名称, 颜色]}
fields:
  label: {heading: 名称}
  colour: {heading: 颜色, code: colour}
"""


def tree(namespaces):
    """Return a mapping of XML with these namespaces."""
    head = MAPPING[: MAPPING.index("reads:")]
    rest = f"recognise: {{paths: [things]}}\nnamespaces: {namespaces}\nrecords: things/thing\nfields: {{label: name}}\n"
    return f"{head}reads: tree\nfamily: xml\n{rest}"


CLAUSES = """\
document,clause,title.zh,title.en,unchecked.zh,unchecked.en
law,1,标,t,,
"""
NAMES = "kind,property,names\nthing,/label,名; ;称\n"
FILES = {
    "standard.toml": HEADER,
    "schemas/thing.schema.json": SCHEMA,
    "schemas/codes/colour.csv": CODES,
    "schemas/examples/thing.json": '{"kind": "thing", "label": "a"}\n',
    "validators/thing/nameless-thing.yaml": RULE,
    "converters/table/mapping.yaml": MAPPING,
    "schemas/clauses.csv": CLAUSES,
    "schemas/names.csv": NAMES,
}
RULE_FILE, MAPPING_FILE = "validators/thing/nameless-thing.yaml", "converters/table/mapping.yaml"
CODES_FILE, SCHEMA_FILE = "schemas/codes/colour.csv", "schemas/thing.schema.json"
CLAUSES_FILE, NAMES_FILE = "schemas/clauses.csv", "schemas/names.csv"

# name of the fault: (file, what to replace in it, by what)
FAULTS = {
    "TOML is broken": ("standard.toml", 'id = "small"', 'id = "small'),
    "TOML is no UTF-8": ("standard.toml", "小", "\udcff"),
    "header lacks a field": ("standard.toml", "base =", "bas ="),
    "header has one language": ("standard.toml", ', en = "Small standard"', ""),
    "header has no level": ("standard.toml", HEADER[HEADER.index("[[") :], "levels = []"),
    "level has no title": ("standard.toml", 'title = { zh = "基本", en = "Basic" }', ""),
    "base has no slash": ("standard.toml", "small/", "small"),
    "schema is no JSON": (SCHEMA_FILE, '"type": "object",', '"type" "object",'),
    "schema is no object": (SCHEMA_FILE, SCHEMA, "[]"),
    "schema has no $id": (SCHEMA_FILE, '"$id"', '"id"'),
    "schema is of another dialect": (SCHEMA_FILE, "2020-12", "2019-09"),
    "schema with tabs is of another dialect": (
        SCHEMA_FILE,
        SCHEMA,
        SCHEMA.replace("  ", "\t").replace("2020-12", "2019-09"),
    ),
    "schema is no JSON Schema": (SCHEMA_FILE, '"type": "object"', '"type": "thing"'),
    "schema has an impossible pattern": (SCHEMA_FILE, '"x-code-list": "colour"', '"pattern": "("'),
    "schema describes nothing of a property": (SCHEMA_FILE, '{"type": "string"}', "true"),
    "schema is named otherwise": (SCHEMA_FILE, "small/thing.", "small/things."),
    "schema has an unknown level": (SCHEMA_FILE, '"x-code-list": "colour"', '"x-level": "high"'),
    "schema demands at an unknown level": (SCHEMA_FILE, '"type": "object"', '"x-required": {"high": []}'),
    "schema is too deep": (SCHEMA_FILE, '{"const": "thing"}', "[" * 99 + "]" * 99),
    "schema looks at the network": (SCHEMA_FILE, '{"const": "thing"}', '{"$ref": "http://localhost/"}'),
    "schema names a list that is missing": (SCHEMA_FILE, '"x-code-list": "c', '"x-code-list": "d'),
    "schema refers to nothing": (SCHEMA_FILE, '{"const": "thing"}', '{"$ref": "no.schema.json"}'),
    "code list lacks a column": (CODES_FILE, "aliases,", "alias,"),
    "code list has a short line": (CODES_FILE, "blue,蓝,Blue,,,,test", "blue,蓝"),
    "code list has a long line": (CODES_FILE, "红色;朱红", "红色,朱红"),
    "code list has a line without a code": (CODES_FILE, "blue,", ","),
    "code list has a long line after a long cell": (CODES_FILE, "红色;朱红,test", '"a\nb",test,x'),
    "code list has an open quote": (CODES_FILE, "blue,蓝", 'blue,"蓝'),
    "code list has a text behind a quoted cell": (CODES_FILE, "blue,蓝", 'blue,"蓝"色'),
    "code list is no UTF-8": (CODES_FILE, "蓝", "\udcff"),
    "code list is empty": (CODES_FILE, CODES, ""),
    "rule is no YAML": (RULE_FILE, "level: basic", "level: basic: x"),
    "rule is no UTF-8": (RULE_FILE, "没有", "\udcff"),
    "rule is a list": (RULE_FILE, RULE, "- a\n"),
    "rule has an unknown key": (RULE_FILE, "severity: error", "severity: error\nsevrity: info"),
    "rule lacks a text": (RULE_FILE, "why: {zh: 找不到。, en: Nobody finds it.}\n", ""),
    "rule has one language": (RULE_FILE, ", en: Nobody finds it.", ""),
    "rule is not named as its file": (RULE_FILE, "id: nameless-thing", "id: nameless"),
    "rule has an unknown level": (RULE_FILE, "level: basic", "level: high"),
    "rule has an unknown severity": (RULE_FILE, "severity: error", "severity: fatal"),
    "mapping is no YAML": (MAPPING_FILE, "{headings: [名称, 颜色]}", "{headings: [名称, 颜色}"),
    "mapping has an unknown key": (MAPPING_FILE, "reads: table", "reads: table\nread: x"),
    "mapping has an unknown key in a field": (MAPPING_FILE, "code: colour", "cod: colour"),
    "mapping is of a family that there is not": (MAPPING_FILE, "reads: table", "reads: table\nfamily: excel"),
    "mapping lacks a key": (MAPPING_FILE, "kind: thing\n", ""),
    "mapping has an unknown type": (MAPPING_FILE, "code: colour", "as: colour"),
    "mapping extends what is not there": (MAPPING_FILE, "kind: thing", "kind: thing\nextends: tables"),
    "mapping has a prefix that XML cannot have": (MAPPING_FILE, MAPPING, tree("{xml: 'urn:x'}")),
    "mapping has a namespace that XML cannot have": (MAPPING_FILE, MAPPING, tree("{x: 'a b'}")),
    "mapping has one language": (MAPPING_FILE, ", en: A test.", ""),
    "TOML is no file": ("standard.toml", HEADER, None),
    "header gives up a demand without a reason": ("standard.toml", HEADER, HEADER + '[[relaxes]]\nwhat = "a"\n'),
    "rule is there twice": ("validators/other/nameless-thing.yaml", "", RULE),
    "schema is there twice": ("schemas/other.schema.json", "", SCHEMA),
    "mapping extends itself": (MAPPING_FILE, "kind: thing", "kind: thing\nextends: table"),
    "mapping extends a path": (MAPPING_FILE, "kind: thing", "kind: thing\nextends: ../table"),
    "mapping has a prefix without a namespace": (
        MAPPING_FILE,
        MAPPING,
        tree("{a: 'urn:a'}").replace("name}", "b:name}"),
    ),
    "mapping has a name that XML cannot have": (MAPPING_FILE, MAPPING, tree("{a: 'urn:a'}").replace("name}", "a:1}")),
    "mapping has no selector": (MAPPING_FILE, MAPPING, tree("{}").replace("name}", "'a[b'}")),
    "clause has no document": (CLAUSES_FILE, "law,", ","),
    "clause has too few cells": (CLAUSES_FILE, "law,1,标,t,,", "law,1"),
    "clauses have other headings": (CLAUSES_FILE, "document,clause", "clause,document"),
    "clauses have an open quote": (CLAUSES_FILE, "law,1", 'law,"1'),
    "clauses are empty": (CLAUSES_FILE, CLAUSES, ""),
    "clauses are no UTF-8": (CLAUSES_FILE, "law", "\udcff"),
    "clauses are a folder": (CLAUSES_FILE, CLAUSES, None),
    "names have too many cells": (NAMES_FILE, "名; ;称", "名,称"),
    "names have other headings": (NAMES_FILE, "kind,", "kinds,"),
    "names have a text behind a quoted cell": (NAMES_FILE, "名; ;称", '"名"称'),
    "statistic lacks its source": ("schemas/statistics/size.yaml", "", "title: {zh: a, en: a}\n"),
}


def write(folder, files):
    """Write a standard's files into `folder`; a lone surrogate becomes a byte that is no UTF-8."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return folder


def everything(standard):
    """Read all parts of a standard, and check an entry by it."""
    validated = [Structure(standard).faults({"kind": kind}) for kind in standard.schemas.kinds]
    properties = [standard.schemas.properties(kind) for kind in standard.schemas.kinds]
    standard.read()
    return validated, properties


def test_small_standard_is_read(tmp_path):
    """A standard of six files is one: its kind, list, rule and mapping are there."""
    standard = load(write(tmp_path, FILES))
    everything(standard)
    assert (standard.header.id, standard.header.version, list(standard.levels)) == ("small", "1.0.0", ["basic"])
    assert list(standard.schemas.kinds) == ["thing"] and standard.codes["colour"].find("朱红") == "red"
    assert list(standard.rules) == ["nameless-thing"] and list(standard.mappings) == ["table"]
    assert len(standard.mappings) == len(standard.examples) == 1 and standard.examples["thing"]["label"] == "a"
    assert list(standard.examples) == ["thing"] and standard.layers == [standard]
    (clause,) = standard.clauses
    assert (clause.name, clause.title, clause.unchecked, clause.line) == ("law 1", Text("标", "t"), Text("", ""), 2)
    assert standard.names == [OtherNames("thing", "/label", ("名", "称"), 2)]
    assert [len(standard.mappings.of(reads)) for reads in ("table", "tree")] == [1, 0]


def test_faults_are_told_with_file_and_line(tmp_path, approved):
    """Whoever edits a standard learns which file and line is wrong, in both languages."""
    told = {}
    for number, (fault, (file, old, new)) in enumerate(FAULTS.items()):
        before = FILES.get(file, "")
        assert old in before
        folder = write(tmp_path / str(number), {**FILES, file: "" if new is None else before.replace(old, new, 1)})
        if new is None:
            (folder / file).unlink()
            (folder / file).mkdir()
        with pytest.raises(BadStandard) as caught:
            everything(load(folder))
        error = caught.value
        said = [f"{error.path}:{error.line}:{error.column}", error.zh, error.en]
        told[fault] = [text.replace(str(folder), "").lstrip("/") for text in said]
    approved("faults", told)


def test_a_mapping_says_only_what_it_has_otherwise_than_the_one_it_extends(tmp_path):
    """A field that it names is read its own way, one that it takes away is not read, the others are as below."""
    own = "extends: table\nfields:\n  colour: null\n  size: {heading: 大小}\n"
    standard = load(write(tmp_path, {**FILES, "converters/sheet/mapping.yaml": own}))
    mapping = standard.mappings["sheet"]
    assert {spec.target: spec.headings for spec in mapping.fields} == {("label",): ("名称",), ("size",): ("大小",)}
    assert (mapping.kind, mapping.headings) == ("thing", standard.mappings["table"].headings)


def test_a_slip_in_json_is_told_with_its_column(tmp_path):
    """An editor goes right there."""
    write(tmp_path, {**FILES, SCHEMA_FILE: SCHEMA.replace('"type": "object",', '"type" "object",')})
    with pytest.raises(BadStandard) as caught:
        everything(load(tmp_path))
    assert (caught.value.line, caught.value.column) == (6, 10)


HEAD, EXAMPLES = RULE[: RULE.index("pass:")], RULE[RULE.index("pass:") :]
# name of the case: a rule whose examples are not simply the end of its file; what it says must be read all the same
ORDERS = {
    "examples first": EXAMPLES + HEAD + "source: a law\n",
    "source last": HEAD + EXAMPLES + "source: a law\n",
    "source between": HEAD + EXAMPLES.replace("fail:", "source: a law\nfail:"),
    "source in quotes, last": HEAD + EXAMPLES + '"source": a law\n',
    "examples as blocks": HEAD
    + "source: a law\n"
    + EXAMPLES.replace("pass: [", "# what passes\npass:\n- ").replace("fail: [", "fail:\n- ").replace("]\n", "\n"),
    "text that runs on": HEAD.replace("{zh: 缺名称, en: no name}", '{zh: "缺\npass: 名称", en: no name}')
    + "source: a law\n"
    + EXAMPLES,
}


@pytest.mark.parametrize("case", ORDERS)
def test_a_rule_is_read_whatever_the_order_of_its_members(tmp_path, case):
    """Examples are left for later where they end the file, and nothing else is left with them."""
    rule = load(write(tmp_path, {**FILES, RULE_FILE: ORDERS[case]})).rules["nameless-thing"]
    assert (rule.text.source, rule.text.severity, rule.topic) == ("a law", "error", "thing")
    assert rule.text.message.zh in ("缺名称", "缺 pass: 名称")
    assert [example.entries for example in rule.passes] == [({"kind": "thing", "label": "a"},)]
    assert [example.at for example in rule.fails] == [((0, "/label"),)]


@pytest.mark.parametrize(
    ("old", "new"), [("pass: [{", "pass: [{{"), ("entries: [{kind: thing}]", "entry: [{kind: thing}]")]
)
def test_examples_that_cannot_be_read_are_told_when_they_are_asked_for(tmp_path, old, new):
    """A run does not need them; whoever asks learns which file is wrong."""
    rule = load(write(tmp_path, {**FILES, RULE_FILE: RULE.replace(old, new)})).rules["nameless-thing"]
    with pytest.raises(BadStandard) as caught:
        _ = rule.passes, rule.fails
    assert caught.value.path == str(tmp_path / RULE_FILE)


@pytest.mark.parametrize("examples", [EXAMPLES[: EXAMPLES.index("fail:")], EXAMPLES[EXAMPLES.index("fail:") :], ""])
def test_a_rule_without_examples_is_none(tmp_path, examples):
    """A rule that nothing proves is refused before it runs."""
    write(tmp_path, {**FILES, RULE_FILE: HEAD + examples})
    with pytest.raises(BadStandard, match=r"lacks (pass|fail)"):
        _ = load(tmp_path).rules


def test_folder_without_header_is_no_standard(tmp_path):
    """A wrong --standard is told as such, with what is missing."""
    with pytest.raises(BadStandard, match=r"standard\.toml"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("original", "copy"),
    [(SCHEMA_FILE, "schemas/other.schema.json"), (RULE_FILE, "validators/other/nameless-thing.yaml")],
)
def test_name_used_twice_is_refused(tmp_path, original, copy):
    """Two schemas of one `$id`, or two rules of one name, would hide each other."""
    write(tmp_path, {**FILES, copy: FILES[original]})
    with pytest.raises(BadStandard) as caught:
        everything(load(tmp_path))
    assert caught.value.path in (str(tmp_path / original), str(tmp_path / copy))


@pytest.mark.parametrize("inside", ['"$ref": "thing.schema.json"', '"$dynamicRef": "thing.schema.json#thing"'])
def test_shape_inside_itself_is_walked_once(tmp_path, inside):
    """A schema that refers to itself in a property does not keep anybody waiting; one that does at its root is none."""
    write(tmp_path, {**FILES, SCHEMA_FILE: SCHEMA.replace('{"type": "string"}', f"{{{inside}}}")})
    standard = load(tmp_path)
    everything(standard)
    assert [item.pointer for item in standard.schemas.properties("thing")][:2] == ["/kind", "/label"]
    write(tmp_path, {**FILES, SCHEMA_FILE: SCHEMA.replace('"type": "object"', inside)})
    with pytest.raises(BadStandard, match="lead back to itself"):
        everything(load(tmp_path))


@pytest.mark.parametrize("file", FILES)
def test_link_is_refused(tmp_path, file):
    """A standard of somebody else cannot read a file that lies outside of its folder."""
    folder = write(tmp_path / "standard", FILES)
    outside = tmp_path / "outside"
    (folder / file).rename(outside)
    try:
        (folder / file).symlink_to(outside)
    except OSError:
        pytest.skip("links cannot be made here")
    with pytest.raises(BadStandard):
        everything(load(folder))


@pytest.mark.parametrize("part", ["schemas", "schemas/codes", "validators/thing", "converters/table"])
def test_linked_folder_is_refused(tmp_path, part):
    """Nor can it do so by a link to a folder."""
    folder = write(tmp_path / "standard", FILES)
    (folder / part).rename(tmp_path / "outside")
    try:
        (folder / part).symlink_to(tmp_path / "outside", target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    with pytest.raises(BadStandard):
        everything(load(folder))


@pytest.mark.parametrize("file", FILES)
def test_digest_changes_with_each_file(tmp_path, file):
    """A report says which state of a standard it was made by, so any change of a file changes the digest."""
    before = load(write(tmp_path, FILES)).sha256
    path = tmp_path / file
    path.write_bytes(path.read_bytes() + b"\n")
    changed = load(tmp_path).sha256
    path.write_bytes(FILES[file].encode())
    assert before == load(tmp_path).sha256 != changed
    if file != "standard.toml":
        path.rename(path.with_name("renamed-" + path.name))
        assert load(tmp_path).sha256 != before


def test_digest_depends_on_nothing_else(tmp_path):
    """Neither place, time, order of creation nor a file beside the standard changes the digest."""
    one = write(tmp_path / "one", FILES)
    two = write(tmp_path / "two", dict(reversed(FILES.items())))
    os.utime(two / SCHEMA_FILE, (1, 1))
    (two / "README.md").write_text("beside", encoding="utf-8")
    assert load(one).sha256 == load(two).sha256


def test_later_change_is_not_seen_by_what_was_read(tmp_path):
    """A standard that was read stays as it is, so one run is held to one standard."""
    standard = load(write(tmp_path, FILES))
    before = json.dumps(standard.schemas.bundle("thing"))
    shutil.rmtree(tmp_path / "schemas")
    assert json.dumps(standard.schemas.bundle("thing")) == before


JUNK = [None, 3, True, "", "junk", [], {}, ["junk"], {"junk": 1}, [None], {"zh": "中", "en": "en"}]
FULL_MAPPING = {
    "title": {"zh": "表格", "en": "Table"},
    "description": {"zh": "测试", "en": "A test"},
    "kind": "thing",
    "reads": "table",
    "recognise": {"headings": ["名称", "颜色"], "at_least": 1},
    "table": {"header_rows": 1, "one_entry_per": ["名称"]},
    "fields": {
        "label": {"heading": ["名称"], "after": "编号", "as": "text", "part": ["/", 0], "unless": {"colour": "red"}},
        "colour": [{"heading": "颜色", "code": "colour", "decode": {"1": "red"}, "when": {"label": ["a"]}}],
        "parts": {"each": "line", "fields": {"size": {"heading": "大小", "as": "number", "scale": 2}}},
        "words": {"heading": "词", "each": "value", "split": [","]},
    },
    "details": [
        {
            "recognise": {"headings": ["部件"]},
            "join": {"heading": "名称", "to": "label"},
            "into": "parts",
            "fields": {"size": "大小"},
        }
    ],
    "drop": [{"heading": "序号", "reason": {"zh": "无用", "en": "of no use"}}],
}


def spoilt(value):
    """Yield copies of a JSON value, each with one value in it replaced by junk or taken out."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        for other in [*JUNK, *spoilt(inner)]:
            copy = value.copy()
            copy[step] = other
            yield copy
        copy = value.copy()
        del copy[step]
        yield copy


@pytest.mark.parametrize("file", [SCHEMA_FILE, RULE_FILE, MAPPING_FILE])
def test_no_content_of_a_file_is_a_defect(tmp_path, file):
    """Whatever a hand or a foreign tool has written, the standard is read or refused in words, never by a crash."""
    folder = write(tmp_path, FILES)
    whole = FULL_MAPPING if file == MAPPING_FILE else read_yaml(folder / file)[0]
    refused = 0
    for content in [whole, *JUNK, *spoilt(whole)]:
        (folder / file).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        try:
            everything(load(folder))
        except BadStandard as error:
            refused += 1
            assert error.zh and error.en, content
        except Exception as error:
            raise AssertionError(f"{error!r} for {content}") from error
        assert content is not whole or not refused
    assert refused


def test_mappings_are_looked_for_once_for_all(monkeypatch):
    """To look through the folders again for each mapping takes longer than to read it; one that extends another may."""
    looked: list[Path] = []
    real = Path.glob
    monkeypatch.setattr(Path, "glob", lambda self, *given: (looked.append(self), real(self, *given))[1])
    mappings = load(builtin_folder()).mappings
    extending = sum(
        "\nextends:" in (mappings[name].folder / "mapping.yaml").read_text(encoding="utf-8") for name in mappings
    )
    assert 0 < extending < len(mappings)
    assert sum(folder.name == "converters" for folder in looked) <= 1 + extending


@pytest.mark.parametrize("closed", ["validators", "validators/thing", "schemas/codes"])
def test_a_folder_that_cannot_be_looked_into_is_told(tmp_path, monkeypatch, closed):
    """What looks for files passes over it in silence, and a standard without its rules would find nothing."""
    folder = write(tmp_path, FILES)
    scandir = os.scandir

    def refusing(path="."):
        if Path(path) == folder / closed:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(BadStandard) as caught:
        load(folder)
    assert caught.value.path == str(folder / closed)
    assert "check its permissions" in caught.value.en
