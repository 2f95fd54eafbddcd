"""`mulu standard check`: the standards of the repository pass, and each seeded fault is told with file and line."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from mulu.errors import BadStandard, MissingExtra, UsageFault
from mulu.limits import Limits
from mulu.publish.begin import begin
from mulu.publish.check import check
from mulu.publish.check.sql import Language
from mulu.standard import load

ROOT = Path(__file__).parents[2]
PROFILE = ROOT / "profiles" / "zhejiang"

SCHEMA, CODES = "schemas/example.schema.json", "schemas/codes/example-type.csv"
RULE, MAPPING = "validators/date/ended-before-started.yaml", "converters/example-table/mapping.yaml"
SAMPLE, EXPECTED = "converters/example-table/sample.csv", "converters/example-table/expected.jsonl"
TOML = "standard.toml"
EXAMPLE = "schemas/examples/example.json"

# name of the fault: (file, what to replace in it, by what, line, part of the English sentence)
FAULTS = {
    "header is broken": ("standard.toml", 'version = "0.1.0"', 'version = "0.1.0', 3, "standard.toml"),
    "extends leads out": ("standard.toml", "\n[title]", 'extends = "../x"\n[title]', 5, "inside this one"),
    "id is no text": (TOML, 'id = "small"', "id = 7", 2, "id is a text in quotes"),
    "version is no text": (TOML, '"0.1.0"', "0.1", 3, "version is a text in quotes"),
    "version of two numbers": (TOML, '"0.1.0"', '"0.1"', 3, "three numbers, such as 1.2.0"),
    "base without its end": (TOML, 'small/0.1/"', 'small/0.1"', 4, "an address that ends with /"),
    "base that is no address": (TOML, "https://", "http:\\\\", 4, "an address that ends with /"),
    "standard is described in one language": (
        TOML,
        "Say what the standard is about, and for whom.",
        "",
        10,
        "both Chinese and English",
    ),
    "key of the header is misspelt": (TOML, "\n[title]", 'extend = "x"\n[title]', 5, "did you mean extends?"),
    "title in one language": (TOML, "[title]\nzh", "[title]\nze", 6, "title needs a text in zh"),
    "level of two words": (TOML, 'id = "basic"', 'id = "ba sic"', 16, "letters, digits and hyphens"),
    "level is there twice": (TOML, 'id = "full"', 'id = "basic"', 20, "the level basic occurs twice"),
    "member of a level is misspelt": (
        TOML,
        'title = { zh = "完整"',
        'titel = { zh = "完整"',
        22,
        "did you mean titel?",
    ),
    "relaxes is no table": (TOML, "\n[title]", 'relaxes = "x"\n[title]', 5, "written as tables [[relaxes]]"),
    "relaxes without need": (
        "standard.toml",
        "\n[title]",
        '\n[[relaxes]]\nwhat = "rules/x/level"\nreason = {zh = "因", en = "why"}\n\n[title]',
        6,
        "not loosened",
    ),
    "schema is no JSON": (SCHEMA, '"type": "object",\n  "required"', '"type" "object",\n  "required"', 10, "JSON"),
    "keyword of a wrong type": (
        SCHEMA,
        '"required": ["kind", "id',
        '"required": [7, "kind", "id',
        11,
        "/required is to be a list of names",
    ),
    "reference to nothing": (
        SCHEMA,
        '"minLength": 1\n    },\n    "keeper"',
        '"$ref": "no.json"\n    },\n    "keeper"',
        35,
        "no.json",
    ),
    "code list that is missing": (SCHEMA, '"x-code-list": "example-type"', '"x-code-list": "other"', 50, "other"),
    "aliases between Chinese semicolons": (
        CODES,
        "公开的;对外公开",
        "公开的；对外公开",
        2,
        "separate aliases with a plain ;",
    ),
    "English name in Chinese": (CODES, "公开,Public", "公开,公开", 2, "write it in English"),
    "heading in capitals": (CODES, "broader", "BROADER", 1, "did you mean broader?"),
    "number of an example in quotes": (
        RULE,
        "entry: 0",
        'entry: "0"',
        24,
        'a number without quotes that counts from 0, not "0"',
    ),
    "severity of another name": (RULE, "severity: error", "severity: ERROR", 3, "not ERROR"),
    "type of another name": (SCHEMA, '"type": "object"', '"type": "record"', 10, 'not "record"'),
    "pattern that looks ahead": (SCHEMA, '"x-code-list": "example-type"', '"pattern": "(?=a)"', 50, "pattern"),
    "format that nobody knows": (
        SCHEMA,
        '"format": "partial-date"\n    },\n    "ended"',
        '"format": "day"\n    },\n    "ended"',
        58,
        "day",
    ),
    "key that is there twice": (
        SCHEMA,
        '"title": "示例",',
        '"title": "例",\n  "title": "示例",',
        6,
        "title is there twice",
    ),
    "keyword that is misspelt": (SCHEMA, '"minLength"', '"minLenght"', 27, "did you mean minLength?"),
    "keyword that is none": (SCHEMA, '"minLength"', '"example": "E", "minLength"', 27, "no keyword example"),
    "annotation that is misspelt": (SCHEMA, '"x-code-list"', '"x-codelist"', 50, "did you mean x-code-list?"),
    "personal value of no kind": (
        SCHEMA,
        '"minLength"',
        '"x-personal": "phones", "minLength"',
        27,
        "did you mean phone?",
    ),
    "role that is misspelt": (SCHEMA, '"owner":', '"ownr":', 9, "did you mean owner?"),
    "text in English that is misspelt": (SCHEMA, '{"title": "Keeper"', '{"titel": "Keeper"', 40, "did you mean title?"),
    "property in one language": (
        SCHEMA,
        '"x-en": {"title": "Keeper", "description"',
        '"x-en": {"description"',
        37,
        "title",
    ),
    "property without source": (
        SCHEMA,
        '"$comment": "本标准 / this standard",\n      "const"',
        '"const"',
        14,
        "$comment",
    ),
    "required but not described": (SCHEMA, '"@last": ["type"]', '"full": ["typ"]', 12, "typ"),
    "closed where it is written": (
        SCHEMA,
        '"type": "object",\n  "required"',
        '"additionalProperties": false,\n  "required"',
        10,
        "extended",
    ),
    "address of another standard": (SCHEMA, "0.1/example.schema.json", "0.2/example.schema.json", 3, "$id"),
    "names an owner that is none": (SCHEMA, '"owner": "/keeper"', '"owner": "/keepr"', 9, "/keepr"),
    "code twice": (CODES, "internal,", "public,", 3, "line 2"),
    "code without English": (CODES, ",Internal,", ",,", 3, "name.en"),
    "code above that is missing": (CODES, "Internal,,", "Internal,none,", 3, "none"),
    "codes in a circle": (CODES, "Internal,,", "Internal,internal,", 3, "loop"),
    "alias of two codes": (CODES, "不公开", "公开的", 3, "公开的"),
    "retired without its successor": (CODES, "Internal,,,", "Internal,,retired,gone", 3, "gone"),
    "successors in a circle": (
        CODES,
        "Internal,,,,",
        "Internal,,retired,other,,t\nother,别的,Other,,retired,internal,",
        3,
        "internal → other → internal",
    ),
    "code that differs by case": (CODES, "internal,", "Public,", 3, "Public and public differ only in case or spaces"),
    "code with blanks": (CODES, "internal,", " internal,", 3, "“ internal” has leading or trailing spaces"),
    "column of a list twice": (CODES, "broader,", "source,", 1, "the columns source and source"),
    "column of a list that is misspelt": (CODES, "broader,", "broder,", 1, "did you mean broader?"),
    "property that differs by case": (SCHEMA, '"ended": {', '"Started": {', 60, "Started and started differ by case"),
    "property called as a column": (SCHEMA, '"ended": {', '"entry": {', 60, "the column entry that each table"),
    "required by two levels": (
        SCHEMA,
        '"@last": ["type"]',
        '"full": ["type", "name"]',
        12,
        "name is already required by",
    ),
    "level of a rule that is none": (RULE, "level: basic", "level: bsic", 2, "basic, full"),
    "level of a demand that is none": (
        SCHEMA,
        '"x-code-list": "example-type"',
        '"x-code-list": "example-type", "x-level": "ful"',
        50,
        "one of the levels basic, full, not ful",
    ),
    "required by a level that is none": (
        SCHEMA,
        '"@last": ["type"]',
        '"ful": ["type"]',
        12,
        "did you mean full?); known: basic, full",
    ),
    "retired without any successor": (CODES, "Internal,,,", "Internal,,retired,", 3, "has no successor"),
    "level in one language": (TOML, 'en = "Basic"', 'en = ""', 17, "level basic"),
    "code list lacks a column": (CODES, "aliases,", "alias,", 1, "aliases"),
    "rule in one language": (RULE, ", en: check both dates", "", 10, "mend"),
    "suggest of a column that the query does not yield": (
        RULE,
        "query: |",
        "suggest: {from: example, by: {first_day: name}}\nquery: |",
        11,
        "does not yield first_day",
    ),
    "suggest of a column that the table lacks": (
        RULE,
        "query: |",
        "suggest: {from: example, by: {name: last_day}}\nquery: |",
        11,
        "cannot be asked",
    ),
    "message names no column": (RULE, "{name}", "{nam}", 8, "nam"),
    "function that is not on the list": (RULE, "first_day(started)\n", "try_cast(started as date)\n", 14, "first_day"),
    "operator that is not on the list": (RULE, "as path, name", "as path, name[1:2] as name", 12, "["),
    "query without end": (RULE, "from example\n", "from example limit 1\n", 13, "Limit"),
    "table that is not there": (RULE, "from example\n", "from exemple\n", 13, "exemple"),
    "column that is not there": (RULE, "last_day(ended)", "last_day(end_)", 11, "cannot be run"),
    "query that yields no entry": (RULE, "select entry, ", "select null as entry, ", 11, "(NULL) in the column entry"),
    "query of two statements": (RULE, "  select entry", "  select 1; select entry", 12, "one SELECT"),
    "example that finds nothing": (RULE, '/ended: "2020-05"', '/ended: "2024-05"', 20, "does not find anything"),
    "example at another place": (RULE, "path: /ended}]", "path: /started}]", 20, "also finds"),
    "example with another fault": (RULE, "set: {/started:", "set: {/colour: x, /started:", 20, "unknown-property"),
    "examples that are no YAML": (RULE, '{/started: "2024", ', '{/started: "2024" ', 23, "YAML"),
    "member beside the examples": (RULE, "fail:\n", "fials: []\nfail:\n", 19, "fials"),
    "example in which a place is found twice": (
        RULE,
        "from example\n",
        "from (select * from example union all select * from example) e\n",
        20,
        "several times",
    ),
    "example without a kind": (RULE, "like: example\nfail", "lik: example\nfail", 16, "unknown-kind"),
    "property that a mapping invents": (MAPPING, "  keeper:", "  keepr:", 13, "keepr"),
    "list that a mapping invents": (MAPPING, "code: example-type", "code: other", 14, "other"),
    "code that the list lacks": (MAPPING, "code: example-type", 'code: example-type, decode: {"1": open}', 14, "open"),
    "code that the list lacks, written": (
        MAPPING,
        "code: example-type",
        "code: example-type, write: {texts: {open: public}}",
        14,
        "open",
    ),
    "value of a schema is null": (
        SCHEMA,
        '"title": "编号"',
        '"title": null',
        22,
        "is to be a text in quotes, not null",
    ),
    "kind of a mapping is no text": (MAPPING, "kind: example", "kind: {a: b}", 5, 'unknown kind {"a": "b"}'),
    "heading that is no text": (MAPPING, "heading: 管理单位", "heading: true", 13, "a value here is of another type"),
    "property that a mapping nearly names": (MAPPING, "  keeper:", "  kepper:", 13, "did you mean keeper?"),
    "condition on a property that is none": (
        MAPPING,
        "管理单位}",
        "管理单位, when: {tipe: public}}",
        13,
        "no property tipe, of which when speaks (did you mean type?)",
    ),
    "condition on a code that is none": (
        MAPPING,
        "管理单位}",
        "管理单位, unless: {type: [public, publc]}}",
        13,
        "example-type has no publc (did you mean public?)",
    ),
    "entries told apart by no column": (
        MAPPING,
        "fields:",
        "table: {one_entry_per: [示例编码]}\nfields:",
        10,
        "no property has the column “示例编码”, and no sample either (did you mean 示例编号?)",
    ),
    "column that is written for nothing": (
        MAPPING,
        "fields:",
        "write: {headings: [序号, 示例编号, 实例名称], number: 序号}\nfields:",
        10,
        "no property has the column “实例名称”, and no sample either (did you mean 示例名称?)",
    ),
    "file of an ending that is not written": (
        MAPPING,
        "fields:",
        "write: {headings: [示例编号], endings: [.cvs]}\nfields:",
        10,
        "did you mean .csv?",
    ),
    "heading that no sample has": (MAPPING, "heading: 管理单位", "heading: 管理", 13, "管理"),
    "sample that comes out otherwise": (SAMPLE, "2022-01-05", "2022-01-06", 2, "2022-01-05 but is 2022-01-06"),
    "line too many is expected": (
        EXPECTED,
        '{"kind":"example","identifier":"E-002"',
        '{}\n{"kind":"example","identifier":"E-002"',
        2,
        "/kind should be nothing but is example",
    ),
    "line that differs is explained": (
        EXPECTED,
        '{"kind":"example","identifier":"E-001"',
        '{"kind":"example","identifier":"E-002"',
        1,
        "/identifier should be E-002 but is E-001",
    ),
    "line that is expected is no JSON": (EXPECTED, '{"kind"', '{"kind', 1, "not JSON"),
    "line that is expected is no object": (EXPECTED, '{"kind"', '7\n{"kind"', 1, "one JSON object"),
    "property that is expected is none": (EXPECTED, '"type"', '"tipe"', 1, "the standard has no property “tipe”"),
    "value that is expected is of another type": (EXPECTED, '"第一个示例"', '["a"]', 1, "“Name” should be text"),
    "kind that is expected is none": (EXPECTED, '"kind":"example"', '"kind":"exampel"', 1, "no kind exampel"),
    "example of a kind is no JSON": (EXAMPLE, '"name":', '"name" ', 4, "no JSON"),
    "example of a kind is no object": (EXAMPLE, "{", "7, {", 1, "JSON"),
    "example is of another kind": (EXAMPLE, '"kind": "example"', '"kind": "exampel"', 2, "kind must be example"),
    "example is like no kind": (RULE, "like: example\nfail", "like: exampel\nfail", 18, "did you mean example?"),
    "at is no list": (RULE, "at: [{entry: 0, path: /ended}]", "at: {entry: 0, path: /ended}", 24, "at is a list"),
    "at names no entry": (RULE, "{entry: 0, path", "{entry: 1, path", 24, "no entry 1"),
    "at counts by a word": (RULE, "{entry: 0, path", "{entry: first, path", 24, 'counts from 0, not "first"'),
    "at has no pointer": (RULE, "path: /ended}]", "path: ended}]", 24, "ended is no JSON Pointer"),
    "at lacks its path": (RULE, "entry: 0, path: /ended}]", "entry: 0}]", 24, "path is missing"),
    "example has a member that is none": (
        RULE,
        "    at: [",
        "    att: [",
        24,
        "unknown key att; known: at, entries, name",
    ),
    "example changes a place that is none": (
        RULE,
        '/ended: "2020-05"',
        "/name/0/x: 1",
        23,
        "no such place as /name/0/x",
    ),
    "example of a kind is wrong": (EXAMPLE, '"public"', '"secret"', 1, "value-not-in-code-list"),
}


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """Return the folder of a new standard, which nothing is wrong with."""
    folder = tmp_path_factory.mktemp("standards") / "small"
    begin("small", folder)
    return folder


@pytest.fixture
def folder(begun, tmp_path):
    """Return a copy of it."""
    return Path(shutil.copytree(begun, tmp_path / "small"))


@pytest.mark.parametrize("root", [None, PROFILE], ids=["builtin", "zhejiang"])
def test_the_standards_of_the_repository_pass(root):
    """Nothing but remarks, with everything that is checked."""
    assert [(f.path, f.line, f.en) for f in check(root) if f.severity != "info"] == []


def test_a_new_standard_passes(tmp_path):
    """What `new` writes has nothing to mend."""
    begin("parks", tmp_path / "parks")
    assert check(tmp_path / "parks") == []


# The name of a kind may be a word of SQL.
@pytest.mark.parametrize("kind", [None, "grant"])
def test_a_new_standard_that_extends_passes(tmp_path, kind):
    """Whichever kind it adds to, and what it adds is asked for."""
    begin("county", tmp_path / "county", load().header.id, kind)
    assert check(tmp_path / "county") == []
    standard = load(tmp_path / "county")
    assert len(standard.rules) == len(load().rules) + 1 and len(standard.header.levels) == len(load().header.levels) + 1


def test_what_cannot_be_extended_is_told(tmp_path):
    for extends, kind, part in [
        (load().header.id, "resurce", "did you mean resource?"),
        (None, "resource", "goes with --extends"),
        ("parks", None, "only accepts the built-in standard"),
    ]:
        with pytest.raises(UsageFault) as caught:
            begin("county", tmp_path / "county", extends, kind)
        assert part in caught.value.en and caught.value.zh != caught.value.en
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_told_with_file_and_line(folder, fault):
    """Whoever edits a standard learns which file and line is wrong, in both languages."""
    file, old, new, line, part = FAULTS[fault]
    old = old.replace('"@last"', '"full"')
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) >= 1
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    flaws = check(folder)
    told = [(Path(f.path).relative_to(folder).as_posix(), f.line, f.en) for f in flaws]
    # A changed sample shows where the expected lines are.
    where = EXPECTED if file == SAMPLE else file
    assert [item for item in told if item[:2] == (where, line) and part in item[2]], told
    assert all(f.zh != f.en for f in flaws)


# name of a slip: (file, what to replace in it, by what, the only files in which something is told)
ALONE = {
    "properties are misspelt": (SCHEMA, '"properties"', '"propertys"', {SCHEMA}),
    "what is required is misspelt": (SCHEMA, '"required": ["kind"', '"required": ["knid", "kind"', {SCHEMA}),
    "example of a kind is wrong": (EXAMPLE, '"name"', '"nmae"', {EXAMPLE}),
    "a query is no SQL": (RULE, "from example", "form example", {RULE}),
    "a query has no column entry": (RULE, "select entry, ", "select ", {RULE}),
}


@pytest.mark.parametrize("slip", ALONE)
def test_what_follows_from_a_slip_is_not_told(folder, slip):
    """One slip is a line or two, not one for whatever rests on it, nor one about the memory of a process."""
    file, old, new, files = ALONE[slip]
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    flaws = [flaw for flaw in check(folder) if flaw.severity != "info"]
    assert {Path(flaw.path).relative_to(folder).as_posix() for flaw in flaws} == files and len(flaws) <= 2, flaws
    assert not [flaw for flaw in flaws if "memory" in flaw.en]


def test_a_folder_of_a_converter_without_its_mapping(folder):
    """What else stands there would be read by nothing, in silence."""
    (folder / MAPPING).rename(folder / MAPPING.replace(".yaml", ".yml"))
    assert "has no mapping.yaml" in " ".join(flaw.en for flaw in check(folder))


FIGURES = {
    "select count(*) as value, 7 as total from example": None,
    "select sum(length(name)) as value from example where name = 'none'": None,
    "select count(nam) as value from example": "cannot be run",
    "select count(*) as number from example": "no column number",
    "select count(*) as total from example": "does not yield value",
    "select sum(0.5) as value from example": "value is a whole number, not 1.5",
    "select 1 as value union all select 2 as value": "needs label_zh and label_en",
    "select 1) figures; select (1": "one SELECT",
}


@pytest.mark.parametrize("query", FIGURES)
def test_figures_are_asked_for(folder, query):
    """A figure that cannot be counted would be missing in each report, a column that nobody reads in silence."""
    path = folder / "schemas" / "statistics" / "size.yaml"
    path.parent.mkdir()
    texts = "title: {zh: 数, en: Size}\nwhy: {zh: 数, en: Size}\nsource: 本标准\n"
    path.write_text(f"{texts}query: |\n  {query}\n", encoding="utf-8")
    told = [(Path(f.path).name, f.line, f.en) for f in check(folder)]
    part = FIGURES[query]
    assert (told == []) == (part is None)
    assert all(item[:2] in (("size.yaml", 4), ("size.yaml", 5)) for item in told), told
    assert part is None or any(part in item[2] for item in told), told


def test_a_rule_that_has_to_be_stopped_hides_no_other(folder):
    """It is named with its line, and so is the slip in the next rule; its examples are not told as well."""
    text = (folder / RULE).read_text(encoding="utf-8")
    digits = " union all ".join(f"select {n} as n" for n in range(10))
    product = ", ".join(f"d d{n}" for n in range(12))
    endless = f"(with d as ({digits}) select sum(d0.n + d11.n) from {product}) = 1"
    for name, old, new in (
        ("endless", "last_day(ended) <", f"{endless} and last_day(ended) <"),
        ("mistyped", "last_day(ended)", "last_day(endd)"),
    ):
        changed = text.replace(f"id: {Path(RULE).stem}", f"id: {name}").replace(old, new)
        (folder / RULE).with_name(f"{name}.yaml").write_text(changed, encoding="utf-8")
    told = [(Path(f.path).name, f.line, f.en) for f in check(folder, Limits.of({"check_seconds": 2}))]
    told = [item for item in told if "not on the list" not in item[2] and "no table" not in item[2]]
    assert [item[:2] for item in told] == [("endless.yaml", 11), ("mistyped.yaml", 11)]
    assert "limit check_seconds = 2" in told[0][2] and "endd" in told[1][2]


def test_remark_in_an_example_of_another_rule_is_told(folder):
    """Examples stand in the documentation, so nothing but what they show may be found in them, however slight."""
    text = (folder / RULE).read_text(encoding="utf-8")
    other = text.replace(f"id: {Path(RULE).stem}", "id: remarked").replace("severity: error", "severity: info")
    (folder / RULE).with_name("remarked.yaml").write_text(other, encoding="utf-8")
    told = {(Path(f.path).name, f.line, f.en.partition(":")[2].partition(",")[0]) for f in check(folder)}
    assert told == {(Path(RULE).name, 20, " remarked"), ("remarked.yaml", 20, f" {Path(RULE).stem}")}


def test_file_that_nothing_reads_is_told(folder):
    """A rule in no topic's folder would never run."""
    (folder / "validators" / "lost.yaml").write_text("id: lost\n", encoding="utf-8")
    assert [(Path(f.path).name, f.severity) for f in check(folder)] == [("lost.yaml", "warning")]


PERIODS = {
    "2020-01,2019": (2, "ends in 2019, before 2020-01"),
    "20200101,": (2, "20200101 in the period of public is not a date"),
    "2019,\npublic,公开,Public,,,,,x,2020,": (3, "public is current on line 2 already"),
    "2019,2020\npublic,公开,Public,,,,,x,2020,": None,
}


@pytest.mark.parametrize("period", PERIODS)
def test_periods_of_codes(folder, period):
    """A code may stand on several lines, of which one is current."""
    columns = "code,name.zh,name.en,broader,status,successor,aliases,source,valid_from,valid_to"
    rest = "internal,内部,Internal,,,,内部使用,x,,"
    text = f"{columns}\npublic,公开,Public,,,,公开的,x,{period}\n{rest}\n"
    (folder / CODES).write_text(text, encoding="utf-8")
    told = [(Path(f.path).name, f.line, f.en) for f in check(folder)]
    if PERIODS[period] is None:
        assert told == []
    else:
        (line, part), name = PERIODS[period], Path(CODES).name
        assert [item for item in told if item[:2] == (name, line) and part in item[2]], told


TABLES = {
    "schemas/codes/example_type.csv": "the code lists example_type and example-type have one table",
    "validators/date/invalid-format.yaml": "invalid-format is the name of a check of the engine",
    "schemas/code-example-type.schema.json": "have one table for rules, code_example_type",
}


@pytest.mark.parametrize("name", TABLES)
def test_names_that_collide_are_told(folder, name):
    """Of two tables of one name rules would see one; a finding of two rules of one name is of either."""
    like = {".csv": CODES, ".yaml": RULE, ".json": SCHEMA}[Path(name).suffix]
    stem = Path(name).name.partition(".")[0]
    text = (folder / like).read_text(encoding="utf-8")
    if like != CODES:
        text = text.replace(Path(like).name.partition(".")[0], stem).replace(f"{stem}-type", "example-type")
    (folder / name).write_text(text, encoding="utf-8")
    assert [f for f in check(folder) if f.path == str(folder / name) and TABLES[name] in f.en]


MEANT = {"rule": "validators", "Schema": "schemas", "converter": "converters", "mappings": "converters"}


@pytest.mark.parametrize("name", MEANT)
def test_folder_that_nothing_reads_is_told(folder, name):
    """What stands in it would never count; a folder of another purpose is nobody's business."""
    for one in (name, "docs", "tests", "examples"):
        (folder / one).mkdir()
    (told,) = check(folder)
    assert (told.path, told.severity, told.line) == (str(folder / name), "warning", None)
    assert f"belongs into {MEANT[name]}/" in told.en


def test_own_annotations_are_left_alone(folder):
    """Other tools may read them."""
    text = (folder / SCHEMA).read_text(encoding="utf-8")
    (folder / SCHEMA).write_text(text.replace('"minLength"', '"x-order": 7, "minLength"'), encoding="utf-8")
    assert check(folder) == []


def test_all_faults_are_told_at_once(folder):
    """One fault does not hide another in the next file."""
    for name in (SCHEMA, CODES, RULE, MAPPING):
        (folder / name).write_text("]", encoding="utf-8")
    assert {Path(f.path).relative_to(folder).as_posix() for f in check(folder)} >= {SCHEMA, CODES, RULE, MAPPING}


def test_folder_that_is_no_standard_is_refused(tmp_path):
    """Then nothing was checked."""
    with pytest.raises(BadStandard):
        check(tmp_path)


def test_missing_library_is_named(begun, monkeypatch):
    """Reading SQL needs a library that not everybody has."""
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    with pytest.raises(MissingExtra, match=r"mulu\[publish\]"):
        check(begun)


ALLOWED = [
    "with t as (select entry, count(*) as n from entries group by entry having count(*) > 1) select * from t",
    "select e.entry, '' as path from entries e where not exists (select 1 from resource r where r.entry = e.entry)",
    "select e.entry from entries e where exists (select 1 from entries f where exists (select 1 from entries g where "
    "g.entry = f.entry) and f.entry = e.entry)",
    "select entry, '' as path, row_number() over (partition by owner order by entry) as n from entries",
]
REFUSED = [
    "select * from read_csv('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from information_schema.tables",
    "copy entries to '/tmp/x'",
    "with recursive t as (select 1 as n union all select n + 1 from t) select n from t",
    "select current_date",
    "select entry, unnest([1, 2]) from entries",
    "select name::date from entries",
    "select entry from entries where regexp_matches(name, '\\p{Han}')",
    "select entry from entries where name ~ 'a'",
    "select entry from entries order by random()",
    "select cast(name as blob) from entries",
    "select entry from entries e, lateral (select 1) x",
    "select entry / 2 from entries",
    "select e.entry from entries e where exists (select 1 from entries f where exists (select 1 from entries g where "
    "g.entry = e.entry))",
    "select (",
]


@pytest.mark.parametrize("query", ALLOWED)
def test_form_is_allowed(query):
    """What all rules need can be said."""
    assert list(Language(load()).faults(query)) == []


@pytest.mark.parametrize("query", REFUSED)
def test_form_is_refused(query):
    """What reads files, never ends, or means something else on another engine cannot."""
    assert list(Language(load()).faults(query))


PARENT = "schemas/example.schema.json"
# what a standard on top of the begun one does: (file, text, what it is called)
LOOSER = {
    "list with a further code": (
        CODES,
        lambda text: text + "secret,秘密,Secret,,,,,t\n",
        {"codes/example-type/secret"},
    ),
    "milder rule": (
        RULE,
        lambda text: text.replace("severity: error", "severity: info"),
        {f"rules/{Path(RULE).stem}/severity"},
    ),
    "later rule": (RULE, lambda text: text.replace("level: basic", "level: full"), {f"rules/{Path(RULE).stem}/level"}),
    "rule that finds less": (
        RULE,
        lambda text: text.replace("from example\n", "from example where false and entry > 0\n").replace(
            "  where last", "    and last"
        ),
        {f"rules/{Path(RULE).stem}/query"},
    ),
    "property that is no longer required": (
        PARENT,
        lambda text: text.replace('"required": ["kind", "identifier", "name"]', '"required": ["kind", "identifier"]'),
        {"schemas/example/$ref", "schemas/example/required/name"},
    ),
    "shorter text": (
        PARENT,
        lambda text: text.replace('"minLength": 1', '"minLength": 0', 1),
        {"schemas/example/$ref", "schemas/example/identifier/minLength"},
    ),
    "wider type": (
        PARENT,
        lambda text: text.replace(
            '"type": "string",\n      "format"', '"type": ["string", "null"],\n      "format"', 1
        ),
        {"schemas/example/$ref", "schemas/example/started/type"},
    ),
    "property that is gone": (
        PARENT,
        lambda text: json.dumps(
            {
                **json.loads(text),
                "properties": {k: v for k, v in json.loads(text)["properties"].items() if k != "ended"},
            }
        ),
        {"schemas/example/$ref", "schemas/example/ended"},
    ),
}


def raised(folder, file, change, relaxes=()):
    """Return a standard on top of `folder` with one of its files changed."""
    above = folder.parent / "above"
    shutil.copytree(folder, above / "small")
    header = (folder / "standard.toml").read_text(encoding="utf-8").partition("\n[[levels]]")[0]
    header = header.replace("small", "above").replace("\n[title]", 'extends = "small"\n\n[title]', 1)
    for what in relaxes:
        header += f'\n[[relaxes]]\nwhat = "{what}"\nreason = {{ zh = "试点", en = "A trial" }}\n'
    (above / "standard.toml").write_text(header, encoding="utf-8")
    (above / file).parent.mkdir(parents=True)
    text = change((folder / file).read_text(encoding="utf-8"))
    (above / file).write_text(text.replace("example.org/small", "example.org/above"), encoding="utf-8")
    return above


@pytest.mark.parametrize("case", LOOSER)
def test_loosening_is_refused_unless_it_is_named(folder, case):
    """Silently or not: each demand that is given up is told by the name under which it can be."""
    file, change, names = LOOSER[case]
    above = raised(folder, file, change)
    flaws = check(above)
    whole = {name for name in names if name.endswith("/$ref")}
    if whole:
        # What else is missing is told once that is meant.
        assert [f.line for f in flaws if "loosens" in f.en] == [1]
        shutil.rmtree(above)
        flaws += check(above := raised(folder, file, change, whole))
    told = {f.en.partition('what = "')[2].partition('"')[0] for f in flaws if "loosens" in f.en}
    assert told == names
    assert all(Path(f.path) == above / file for f in flaws if "loosens" in f.en)
    shutil.rmtree(above)
    flaws = check(raised(folder, file, change, names))
    assert [f.en for f in flaws if "loosen" in f.en] == []


def test_a_schema_that_is_not_taken_in_is_told_once(folder):
    """Not with all that stands on what it lacks then; who means it says so."""
    shutil.copytree(folder, folder / "below")
    header = (folder / TOML).read_text(encoding="utf-8").partition("[[levels]]")[0]
    header = header.replace("small/0.1/", "other/0.1/").replace('id = "small"', 'id = "other"\nextends = "below"')
    (folder / TOML).write_text(header, encoding="utf-8")
    schema = json.loads((folder / SCHEMA).read_text(encoding="utf-8"))
    schema["$id"] = "https://example.org/other/0.1/example.schema.json"
    del schema["properties"]["name"]
    (folder / SCHEMA).write_text(json.dumps(schema, ensure_ascii=False, indent=1), encoding="utf-8")
    (told,) = [f for f in check(folder) if f.severity == "error"]
    assert (told.path, told.line) == (str(folder / SCHEMA), 1)
    assert '"$ref": "https://example.org/small/0.1/example.schema.json"' in told.en
    reason = '[[relaxes]]\nwhat = "schemas/example/$ref"\nreason = {zh = "因", en = "why"}\n'
    (folder / TOML).write_text(header + reason, encoding="utf-8")
    assert not [f for f in check(folder) if "stands in the place" in f.en]


def test_tightening_is_no_loosening(folder):
    """A narrower list, a longer minimum, a graver rule."""
    above = raised(
        folder, CODES, lambda text: text.replace("public,公开,Public,,,,公开的;对外公开,本标准 / this standard\n", "")
    )
    extension = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.org/above/0.1/example.schema.json",
        "$dynamicAnchor": "example",
        "$ref": "https://example.org/small/0.1/example.schema.json",
        "x-required": {"basic": ["type", "keeper"]},
        "properties": {"name": {"minLength": 2}},
    }
    (above / PARENT).write_text(json.dumps(extension), encoding="utf-8")
    assert [f.en for f in check(above)] == []
    extension["properties"]["name"]["minLength"] = 0
    (above / PARENT).write_text(json.dumps(extension), encoding="utf-8")
    assert ["schemas/example/name/minLength" in f.en for f in check(above)] == [True]
