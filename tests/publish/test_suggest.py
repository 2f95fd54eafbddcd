"""A converter is proposed for files of formats that nobody here has seen: what is sure is right, the rest is blank."""

import json

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.convert import open_source
from mulu.convert.plan import plan
from mulu.errors import NotRecognised, UsageFault
from mulu.publish.begin import begin
from mulu.publish.check import check
from mulu.publish.suggest import suggest
from mulu.publish.suggest.layouts import Found, layouts
from mulu.publish.suggest.likeness import Name
from mulu.publish.suggest.places import Places
from mulu.publish.suggest.proposal import propose
from mulu.readers import open_document
from mulu.standard import load
from mulu.standard.mapping_reader import read_mapping
from mulu.yaml import load_yaml

RECORDS = [
    {
        "recId": "A-1",
        "assetName": "企业年报公示信息",
        "assetDesc": "企业年度报告的公示结果。",
        "ownerOrg": "示例市市场监督管理局",
        "shareKind": "无条件共享",
        "refreshRate": "每年",
        "firstPublished": "2022-05-01",
        "labels": ["企业", "年报"],
        "fieldList": [{"cnName": "企业名称", "enName": "ent_name", "type": "字符型", "length": 200}],
        "hits": 12,
    },
    {
        "recId": "A-2",
        "assetName": "道路运输证信息",
        "assetDesc": "道路运输证的发放情况。",
        "ownerOrg": "示例市交通运输局",
        "shareKind": "有条件共享",
        "refreshRate": "每日",
        "firstPublished": "2021-01-11",
        "labels": ["交通"],
        "fieldList": [{"cnName": "证号", "enName": "lic_no", "type": "字符型", "length": 30}],
        "hits": 7,
    },
]
LINES = """示例市数据资源普查表,,,,,,
资源代号,数据目录名,字段名称,字段类别,字段长度,可否共享,附言栏
R001,低保对象名册,姓名,字符型,50,不予共享,x
,,低保证号,字符型,20,,
R002,残疾人证信息,证号,字符型,20,有条件共享,y
,,残疾类别,字符型,2,,
,,残疾等级,字符型,1,,
"""
INITIALS = """xxzymc,gxlx,zysm,lxdh,nbbh
企业登记信息,有条件共享,全市企业登记的基本信息,13812345678,A1
婚姻登记信息,不予共享,全市婚姻登记结果,13912345678,A2
"""
ELEMENTS = """<?xml version="1.0" encoding="UTF-8"?>
<ds:DataSet xmlns:ds="http://x.example/ds">
<ds:Record id="1"><ds:ResName>水质监测结果</ds:ResName><ds:ResAbstract>重点断面的监测结果</ds:ResAbstract>
<ds:Provider><ds:Phone>010-12345678</ds:Phone></ds:Provider><ds:UpdateFrequency>每月</ds:UpdateFrequency></ds:Record>
<ds:Record id="2"><ds:ResName>空气质量小时报</ds:ResName><ds:ResAbstract>各站点空气质量</ds:ResAbstract>
<ds:Provider><ds:Phone>010-12345678</ds:Phone></ds:Provider><ds:UpdateFrequency>实时</ds:UpdateFrequency></ds:Record>
</ds:DataSet>
"""


@pytest.fixture(scope="module")
def standard():
    return load()


@pytest.fixture
def files(tmp_path):
    """Return a file of each family, in a folder whose name has blanks and is Chinese."""
    folder = tmp_path / "某 部门"
    folder.mkdir()
    made = {name: folder / name for name in ("a.json", "b.csv", "c.csv", "d.xml", "e.xlsx")}
    made["a.json"].write_text(json.dumps({"code": 200, "data": {"rows": RECORDS}}, ensure_ascii=False), "utf-8")
    made["b.csv"].write_bytes(LINES.encode("gb18030"))
    made["c.csv"].write_text(INITIALS, "utf-8")
    made["d.xml"].write_text(ELEMENTS, "utf-8")
    book = openpyxl.Workbook()
    for row in csv_rows(LINES):
        book.active.append(row)
    book.active.merge_cells("A1:G1")
    book.save(made["e.xlsx"])
    return made


def csv_rows(text):
    return [[cell or None for cell in line.split(",")] for line in text.splitlines()]


def taken(suggestion):
    """Return column → property, of those that are proposed."""
    found = dict(suggestion.known)
    waiting = list(suggestion.proposal.matches)
    while waiting:
        match = waiting.pop()
        waiting += match.inner
        if match.place is not None:
            found[match.column.label] = match.place.pointer
    return found


WANTED = {
    "a.json": {
        "assetName": "/title",
        "assetDesc": "/description",
        "ownerOrg": "/publisher/name",
        "shareKind": "/sharing/type",
        "refreshRate": "/accrualPeriodicity",
        "firstPublished": "/issued",
        "labels": "/keyword",
        "fieldList": "/dataItems",
        "cnName": "/dataItems/*/name",
        "enName": "/dataItems/*/columnName",
        "type": "/dataItems/*/datatype",
        "length": "/dataItems/*/length",
    },
    "b.csv": {
        "资源代号": "/identifier",
        "数据目录名": "/title",
        "字段名称": "/dataItems/*/name",
        "字段类别": "/dataItems/*/datatype",
        "字段长度": "/dataItems/*/length",
        "可否共享": "/sharing/type",
    },
    "c.csv": {
        "xxzymc": "/title",
        "gxlx": "/sharing/type",
        "zysm": "/description",
        "lxdh": "/contactPoint/telephone",
    },
    "d.xml": {
        "@id": "/identifier",
        "*:ResName": "/title",
        "*:ResAbstract": "/description",
        "*:Provider/*:Phone": "/contactPoint/telephone",
        "*:UpdateFrequency": "/accrualPeriodicity",
    },
}
WANTED["e.xlsx"] = WANTED["b.csv"]


@pytest.mark.parametrize("name", sorted(WANTED))
def test_columns_are_told_by_names_and_values_and_what_is_not_sure_is_blank(name, files, standard):
    suggestion = suggest(files[name], standard)
    assert suggestion.proposal.kind == "resource"
    assert taken(suggestion) == WANTED[name]


def test_the_name_decides_over_values_that_are_spelled_otherwise_and_values_over_a_name_that_is_merely_like(
    tmp_path, standard
):
    """Japanese codes of a column called exactly so are still to be decoded; yes and no are the name of nothing."""
    path = tmp_path / "目録.csv"
    lines = ("データセット名,組織名,説明,更新頻度,是否挂接库表", "公共施設一覧,総務課,施設の所在地,年1回,是")
    path.write_text("\n".join((*lines, "AED設置箇所,消防局,設置場所,随時,否")), "utf-8")
    found = suggest(path, standard).proposal
    told = {match.column.label: match.place and match.place.pointer for match in found.matches}
    assert told == {
        "データセット名": "/title",
        "組織名": "/publisher/name",
        "説明": "/description",
        "更新頻度": "/accrualPeriodicity",
        "是否挂接库表": None,
    }


def test_what_is_written_passes_the_check_and_reads_the_file(files, tmp_path):
    root = tmp_path / "std"
    begin("std", root, "mulu-gov-catalog")
    # A workbook with the headings of the CSV is read by its converter, too.
    again = files.pop("e.xlsx")
    for number, path in enumerate(files.values()):
        assert suggest(path, load(root)).write(root / "converters" / f"format-{number}") is None
    assert [flaw for flaw in check(root) if flaw.severity == "error"] == []
    standard = load(root)
    for number, path in enumerate(files.values()):
        source = open_source(open_document(path), standard)
        entries = [item.entry for item in source]
        assert source.format == f"format-{number}"
        assert len(entries) == 2 and all(entry["title"] for entry in entries)
        assert source.ledger.counts["mapped"] + source.ledger.counts["transformed"] > 0
        assert sum(source.ledger.counts.values()) == source.ledger.leaves
    with pytest.raises(UsageFault):
        suggest(again, standard)


def test_a_standard_lists_what_its_properties_are_called_elsewhere(tmp_path):
    root, path = tmp_path / "std", tmp_path / "a.csv"
    begin("std", root, "mulu-gov-catalog")
    path.write_text("资源名称,牵头处\n企业登记信息,登记处\n婚姻登记信息,社会处\n", "utf-8")
    assert taken(suggest(path, load(root), kind="resource")) == {"资源名称": "/title"}
    (root / "schemas/names.csv").write_text("kind,property,names\nresource,/publisher/unit,牵头处\n", "utf-8")
    assert taken(suggest(path, load(root))) == {"资源名称": "/title", "牵头处": "/publisher/unit"}


def test_lines_of_one_entry_are_kept_together(files, standard, tmp_path):
    suggest(files["b.csv"], standard).write(tmp_path / "form")
    entries = [json.loads(line) for line in (tmp_path / "form" / "expected.jsonl").read_text("utf-8").splitlines()]
    assert [[item["name"] for item in entry["dataItems"]] for entry in entries] == [
        ["姓名", "低保证号"],
        ["证号", "残疾类别", "残疾等级"],
    ]
    assert entries[0]["source"]["values"] == {"附言栏": "x"}


def test_personal_numbers_are_masked_in_all_that_is_written(files, standard, tmp_path):
    suggest(files["c.csv"], standard).write(tmp_path / "form")
    for path in (tmp_path / "form").iterdir():
        assert b"13812345678" not in path.read_bytes(), path
    assert "138******78" in (tmp_path / "form" / "sample.csv").read_text("utf-8-sig")


def test_a_format_that_reads_a_part_is_extended(tmp_path, standard):
    path = tmp_path / "portal.json"
    known = {"标题": "公交站点", "发布日期": "2020-01-02", "更新日期": "2021-01-02", "开放属性": "无条件开放"}
    path.write_text(json.dumps([{**known, "提供单位": "交通局", "资源名称拼音": "x", "共享范围": "市直部门"}]), "utf-8")
    suggestion = suggest(path, standard)
    assert suggestion.extends == "cn-open-data"
    assert suggestion.known["标题"] == "/title"
    assert suggestion.write(tmp_path / "portal") is None
    mapping, _ = load_yaml((tmp_path / "portal" / "mapping.yaml").read_text("utf-8"), name="mapping.yaml")
    assert mapping["extends"] == "cn-open-data" and "title" not in mapping["fields"]


def test_what_cannot_be_proposed_is_told(tmp_path, standard, files):
    known = tmp_path / "known.json"
    known.write_text(
        json.dumps([{"标题": "公交站点", "开放属性": "无条件开放", "更新日期": "2021", "发布日期": "2020"}]), "utf-8"
    )
    for path in (known, load().mappings["fgdc"].folder / "sample.xml"):
        with pytest.raises(UsageFault):
            suggest(path, standard)
    numbers = tmp_path / "numbers.json"
    numbers.write_text("[1, 2, 3]", "utf-8")
    with pytest.raises(NotRecognised):
        suggest(numbers, standard)
    empty = tmp_path / "empty.csv"
    empty.touch()
    strange = tmp_path / "strange.csv"
    strange.write_text("a,b\n1,2\n", "utf-8")
    long = tmp_path / "long.csv"
    long.write_text("\n".join(f"{number},{number}" for number in range(60)), "utf-8")
    for path in (empty, strange, long):
        with pytest.raises(NotRecognised):
            suggest(path, standard)
    (tmp_path / "there").mkdir()
    with pytest.raises(UsageFault):
        suggest(files["a.json"], standard).write(tmp_path / "there")
    with pytest.raises(UsageFault) as told:
        suggest(files["a.json"], standard, kind="resorce")
    assert "resource" in told.value.en


class Without:
    """A standard that lacks a format, so that its files are unknown."""

    def __init__(self, standard, name):
        self._standard = standard
        self.mappings = {key: value for key, value in standard.mappings.items() if key != name}

    def __getattr__(self, name):
        return getattr(self._standard, name)


def test_files_of_a_format_that_is_taken_away_are_understood_without_it(standard):
    """Of the columns of the built-in formats of tables, each unknown to the assistant, most are told, few wrongly."""
    right = wrong = total = 0
    for name in ("cn-flat-35", "cn-guide-2017", "cn-two-sheet", "suzhou-55", "cn-open-data"):
        mapping = standard.mappings[name]
        document = open_document(next(mapping.folder.glob("sample.*")))
        wanted = properties(document, standard)
        places = Places(Without(standard, name))
        layout = layouts(document, places)[0]
        for match in propose(layout, places, standard, None).matches:
            want = wanted.get(match.column.label)
            if want is None:
                continue
            total += 1
            got = None if match.place is None else match.place.pointer
            right += got is not None and got.removesuffix("/*") == want.removesuffix("/*")
            wrong += got is not None and got.removesuffix("/*") != want.removesuffix("/*")
    assert right >= 0.7 * total
    assert wrong <= 0.1 * total


def properties(document, standard):
    source = open_source(document, standard)
    table = source._table(source.found[0])
    made = plan(table, source.mapping.fields, source.mapping.drops, standard.codes)
    labels = {column.number: " ".join(column.label.split()) for column in table.columns}
    numbers = "".join(map(str, range(10)))
    return {
        labels[number]: "/".join("*" if step and step.strip(numbers) == "" else step for step in pointer.split("/"))
        for number, pointer in made.properties.items()
    }


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(TEXTS, min_size=1, max_size=5, unique=True), st.lists(TEXTS, min_size=1, max_size=5))
def test_whatever_headings_and_values_are_the_mapping_can_be_read(standard_places, tmp_path_factory, headings, values):
    standard, places = standard_places
    from mulu.publish.suggest.layouts import Layout
    from mulu.publish.suggest.writing import mapping_text

    columns = [Found(heading or "x", Name(heading), list(values), len(values)) for heading in headings]
    layout = Layout(columns, [dict(enumerate(values[: len(columns)]))], header=range(1))
    proposal = propose(layout, places, standard, "resource")
    folder = tmp_path_factory.mktemp("any") / "form"
    folder.mkdir()
    names = [match.column.label for match in proposal.matches if match.place is not None]
    text = mapping_text("form", proposal, None, "", names)
    (folder / "mapping.yaml").write_text(text, encoding="utf-8", newline="\n")
    mapping = read_mapping(folder / "mapping.yaml")
    assert len(mapping.headings) == max(1, len(names))


@pytest.fixture(scope="module")
def standard_places(standard):
    return standard, Places(standard)
