"""How far is looked and how much is held: up to each bound, and not one further."""

from types import SimpleNamespace

import orjson
import pytest

from mulu.convert import ENTRIES, header_rows, known, open_source, place, recognition
from mulu.convert import columns as of_tables
from mulu.convert.account import account_lines, preview_lines
from mulu.convert.columns import Columns
from mulu.convert.header_rows import Top, sheet_candidate
from mulu.convert.ledger import Ledger
from mulu.convert.records import record_tables
from mulu.convert.source import Sourced, nearest
from mulu.convert.table_writing import Layout
from mulu.convert.template import columns, forms, is_own, label_of, stamp
from mulu.convert.tree_source import tree_candidates
from mulu.errors import NotRecognised, Unreadable
from mulu.limits import Limits
from mulu.readers import Document, Item, Row, Sheet, open_bytes, open_document
from mulu.readers.strict import parse
from mulu.standard import load
from mulu.standard.mappings import Writing
from mulu.texts import Text

STANDARD = load()
FLAT = STANDARD.mappings["cn-flat-35"]


def document(value, name="a.json"):
    """Return a document of a value."""
    return open_bytes(orjson.dumps(value), name, known=known(STANDARD))


class Items(Document):
    """A document of XML that was read record by record."""

    def __init__(self, values):
        super().__init__("a.xml", "xml", "", 0, None)
        self.values = values

    def items(self):
        """Yield the records."""
        return (Item(number, value) for number, value in enumerate(self.values))


def wrapped(value, times):
    """Return a value inside so many objects."""
    for _ in range(times):
        value = {"o": value}
    return value


@pytest.mark.parametrize(("before", "found"), [(99, True), (100, False)])
def test_entries_are_told_by_the_first_hundred_values(before, found):
    values = [{"x": 1}] * before + [{"kind": "resource"}]
    if found:
        assert open_source(document(values), STANDARD).format == ENTRIES
    else:
        with pytest.raises(NotRecognised):
            open_source(document(values), STANDARD)


@pytest.mark.parametrize(("times", "pointers"), [(1, ["/o"]), (4, ["/o/o/o/o"]), (5, [])])
def test_records_lie_in_few_envelopes(times, pointers):
    """The object around all is one of them; the object itself may be a record too."""
    found = record_tables(document(wrapped([{"a": 1}, {"b": 2}], times)))
    assert [one.pointer for one in found] == [None, *pointers]


def test_each_list_of_objects_may_be_the_records():
    """Nearest to the root first, whole lists of objects only; several items may be the records or hold them."""
    value = {"a": {"deep": [{"x": 1}]}, "b": [{"y": {"z": 1, "e": {}}}, {"w": 2}], "c": [1, {"x": 1}], "d": []}
    found = record_tables(document(value))
    told = [(one.pointer, one.count, [item.label for item in one.columns]) for one in found]
    assert told == [
        (None, 1, ["a.deep", "b", "c", "d"]),
        ("/b", 2, ["y.z", "y.e", "w"]),
        ("/a/deep", 1, ["x"]),
    ]
    lines = [(line.number, line.cells, line.refs, line.base) for line in found[1].lines()]
    assert lines == [
        (1, {1: 1}, {1: (0, "/b/0/y/z"), 2: (0, "/b/0/y/e")}, (0, "/b/0")),
        (2, {3: 2}, {3: (0, "/b/1/w")}, (0, "/b/1")),
    ]
    several = record_tables(open_bytes(b'{"a": 1}\n["x"]\n{"b": [{"c": 1}]}\n', "a.jsonl"))
    assert [(one.pointer, one.count) for one in several] == [(None, 2), ("/b", 1)]
    assert [line.base for line in several[0].lines()] == [(0, ""), (2, "")]
    assert record_tables(document([])) == []


@pytest.mark.parametrize(("names", "most", "found"), [(2000, 2000, 1), (2001, 2000, 0), (2001, 5000, 1), (3, 2, 0)])
def test_an_object_of_more_members_than_a_table_may_have_is_no_line(names, most, found):
    made = document({f"n{number}": number for number in range(names)})
    made.limits = Limits(columns=most)
    assert len(record_tables(made)) == found


@pytest.mark.parametrize(("titles", "found"), [(39, True), (40, False)])
def test_headings_stand_among_the_first_rows(titles, found):
    rows = [Row(number, ["标题"]) for number in range(1, titles + 1)]
    sheet = Sheet(0, "一", rows=[*rows, Row(titles + 1, [group[0] for group in FLAT.headings])])
    assert (sheet_candidate(Top(sheet), FLAT) is not None) is found


@pytest.mark.parametrize(("titles", "found"), [(19, True), (20, False)])
def test_the_row_of_pointers_stands_among_the_first_rows(titles, found):
    rows = [Row(number, ["标题"]) for number in range(1, titles + 1)]
    pointers = Sheet(0, "一", rows=[*rows, Row(titles + 1, ["#resource", "/title"])])
    own = Sheet(0, "一", rows=[*rows, Row(titles + 1, [" #any-id 1.0 "])])
    made = Document("a.xlsx", "xlsx", "", 0, None, sheets=[pointers])
    assert bool(forms(made, STANDARD)) is found and is_own(own) is found


@pytest.mark.parametrize("cell", ["#any-id", "any-id 1.0", "#any-id 1.0 x", "#Any 1.0", 1, None])
def test_a_sheet_without_a_stamp_is_not_the_templates_own(cell):
    assert not is_own(Sheet(0, "一", rows=[Row(1, []), Row(2, [cell, "#any-id 1.0"])]))


@pytest.mark.parametrize(("before", "found"), [(19, True), (20, False)])
def test_a_format_of_xml_is_told_by_the_first_records(before, found):
    """One of them may lack what marks the format."""
    bare, whole = {"Metadata": {"resTitle": "甲"}}, {"Metadata": {"resTitle": "甲", "resID": "1", "mdId": "2"}}
    made = Items([*[bare] * before, whole])
    best = tree_candidates(made, [STANDARD.mappings["gbt21063"]])[0]
    assert best.is_recognised is found


def test_further_columns_are_added_up_to_a_bound():
    """What has the heading of a column stands in it, what comes again beside it; 200 others get one of their own."""
    layout = Layout(Writing(headings=("甲", "乙 (必填)", "甲")), (), (), STANDARD.codes)
    assert [layout.own_column(name) for name in ("甲", "甲#", "甲##", "乙(必填)", "#")] == [1, 3, 3, 2, 4]
    numbers = [layout.own_column(f"列{number}") for number in range(200)]
    assert numbers == [*range(5, 204), None]
    assert layout.own_column("列7") == 12 and layout.has("甲#") and not layout.has("列7")
    assert [layout.number_of(name) for name in ("乙", "组 › 甲", "丙", None)] == [2, 1, None, None]


@pytest.mark.parametrize(("columns", "more"), [(12, []), (13, ["1 列", "1 more"]), (15, ["3 列", "3 more"])])
def test_the_account_on_the_screen_names_some_columns(columns, more):
    """Twelve of a kind, and how many more the file has."""
    ledger = Ledger("a", "f")
    for number in range(columns):
        for head in ("kept", "not_understood"):
            ledger.enter(head, ledger.column(None, f"{head} {number}"), "x", 1)
    target = Ledger("b", "g")
    for number in range(columns):
        target.drop(STANDARD.header.title, 1, target.column(None, f"lost {number}"), "x")
    for language, wanted in zip(("zh", "en"), more or ("", ""), strict=True):
        lines = list(account_lines([ledger], language, target))
        for kind in ("kept", "not_understood", "lost"):
            assert sum(line.startswith(f"    {kind} ") for line in lines) == 12
        told = [line for line in lines if line.endswith("--ledger")]
        assert len(told) == (3 if more else 0) and all(wanted in line for line in told)


def test_samples_are_few_and_each_once():
    """Three of a column, in their order, masked; what was not understood has its own."""
    ledger = Ledger("a", "f")
    account = ledger.column("一", "列", "/x")
    for cell in ("a", "a", None, "b", 3.0, "13812345678", "e"):
        ledger.enter("mapped", account, cell, 2)
    for cell in ("13812345678", ["c"], True):
        ledger.enter("not_understood", account, cell, 1)
    assert account.samples == ["a", "b", "3"] and account.not_understood == ["138******78", '["c"]', "true"]
    assert ledger.column("一", "列", "/y").property == "/x" and ledger.column("二", "列").property is None
    assert (ledger.counts["mapped"], account.counts["not_understood"], ledger.leaves) == (14, 3, 17)


TRACE = {"": (0, 1, 0), "/b/0": (0, 2, 3), "/a/x": (0, 4, 5), "/a/y": (1, "/p")}


@pytest.mark.parametrize(
    ("pointer", "ref"),
    [
        ("/b/0", (0, 2, 3)),
        ("/b/0/c/d", (0, 2, 3)),
        ("/b", (0, 2, 3)),
        ("/b/1", (0, 2, 3)),
        ("/a/z", (0, 4, 5)),
        ("/a/y/q", (1, "/p")),
        ("/a/xx", (0, 4, 5)),
        ("/c/d", (0, 1, 0)),
        ("", (0, 1, 0)),
    ],
)
def test_the_place_of_a_value_is_that_of_what_is_nearest(pointer, ref):
    """Of itself, what it is part of, what stands beside it, the entry; also as it was written down."""
    assert nearest(TRACE, pointer) == ref
    assert nearest({at: list(one) for at, one in TRACE.items()}, pointer) == ref


def test_an_entry_knows_its_place_by_what_is_kept_of_it():
    """A traced one by its trace, one of entries by its number, a line by its offset; else the first."""
    made = open_bytes(b'[{"a": 1},\n {"b": 2}]', "a.json")
    assert (place(made, 1, "/b").line, place(made, 1, "/b").column) == (2, 8)
    assert place(made, 1, "/b", key=True).column == 3
    assert place(made, None, "/a").line == 1 and place(made, "x", "/a").column == 8
    assert Sourced({}, 4).origin == 4 and Sourced({}, 4, {"/a": (0, "/b")}).origin == {"/a": [0, "/b"]}
    lines = open_bytes(b'{"a": 1}\n{"b": 2}\n', "a.jsonl")
    assert (place(lines, [2, 9], "/b").line, place(lines, [2, 9], "/b", key=True).column) == (2, 2)


def test_a_preview_tells_of_what_is_no_entry():
    """A value that is no object, an entry without a source, one whose source is none."""
    made = open_bytes(b'["a", {"kind": "x", "l": [], "o": {}, "n": null}, {"a": 1, "source": "s"}]', "a.json")
    lines = [
        line
        for item, value in enumerate([one.value for one in made.items()])
        for line in preview_lines(made, Sourced(value, item))
    ]
    assert lines == [
        "#1",
        "    a  ← 1:2",
        "",
        "#2",
        "  /kind  x  ← 1:16",
        "  /l     []  ← 1:26",
        "  /o     {}  ← 1:35",
        "  /n     —  ← 1:44",
        "",
        "#3",
        "  /a  1  ← 1:57",
        "",
    ]


def test_a_template_knows_its_columns_and_labels():
    """What can stand in a cell and how its value is read; a code by its name, or with it where that is not enough."""
    known = columns(STANDARD.schemas, "service")
    told = {at: (one.type, one.is_list, one.code_list, one.part) for at, one in known.items()}
    assert told["/title"] == ("string", False, None, "")
    assert told["/audience"] == ("string", True, "service-object", "")
    assert told["/publisher/region"] == ("string", False, "region", "")
    assert told["/visits"] == ("integer", False, None, "")
    assert told["/materials/*/availableFrom/*/itemNames"] == ("string", True, None, "/materials/*/availableFrom/*")
    assert not {"/kind", "/publisher", "/materials", "/materials/*"} & set(told)
    assert not [at for at in told if at.startswith("/source/")]
    assert stamp(STANDARD) == f"#{STANDARD.header.id} {STANDARD.header.version}"
    sharing, regions = STANDARD.codes["sharing-type"], STANDARD.codes["region"]
    assert [label_of(sharing, "none", one) for one in ("zh", "en", "fr")] == ["不予共享", "Not shared", "不予共享"]
    same = next(code for code in regions.by_code if regions.find(regions.by_code[code].name.zh) != code)
    assert label_of(regions, same, "zh") == f"{same} {regions.by_code[same].name.zh}"


def test_what_the_formats_know_of_files():
    """Headings of tables, prefixes of trees, and where records of XML stand; of each what is only of another, not."""
    found = known(STANDARD)
    tables, trees = STANDARD.mappings.of("table"), STANDARD.mappings.of("tree")
    assert found.words() == {word for mapping in tables for word in mapping.known_words}
    assert {"信息资源名称", "viewType"} & found.words() == {"信息资源名称"}
    assert found.prefixes()["http://www.w3.org/ns/dcat#"] == "dcat"
    assert set(found.prefixes().values()) == {prefix for mapping in trees for prefix in mapping.namespaces}
    records = {path.text for path in found.records()}
    assert "MetadataSet/Metadata" in records and not {"dataset", "dcat:Dataset"} & records
    assert len(found.records()) == len(records)


@pytest.mark.parametrize(
    ("depth", "nodes", "made"), [(10, 10, 1), (10, 11, None), (100_000, 190, 1), (100_000, 191, None)]
)
def test_nodes_hang_on_each_other_up_to_a_limit(tmp_path, depth, nodes, made):
    """A graph is no deeper than a tree may be, nor than what JSON is read to."""
    chain = "".join(f"_:b{number} <urn:p> _:b{number + 1} .\n" for number in range(nodes - 1))
    file = tmp_path / "a.ttl"
    file.write_text(
        f"<urn:d> a <http://www.w3.org/ns/dcat#Dataset> ; <urn:p> _:b0 .\n{chain}_:b{nodes - 1} <urn:p> 1 .\n"
    )
    source = open_source(open_document(file, limits=Limits(depth=depth), known=known(STANDARD)), STANDARD)
    if made is None:
        with pytest.raises(Unreadable, match="hang on each other too deep"):
            list(source)
    else:
        (sourced,) = source
        assert parse(orjson.dumps(sourced.entry), Limits(depth=200))[0] == sourced.entry


@pytest.mark.parametrize("wrap", [lambda values: values, lambda values: {"rows": values}])
@pytest.mark.parametrize(("before", "found"), [(2, True), (3, False)])
def test_a_format_shows_in_the_first_objects(monkeypatch, wrap, before, found):
    """Others are not looked into for it; where it does, all have columns."""
    monkeypatch.setattr(recognition, "_LOOKED_AT", 3)
    marks = {group[0]: "x" for group in FLAT.headings}
    one = document(wrap([{"a": 1}] * before + [marks] + [{"b": 1}] * 5 + [{"last": 1}]))
    if not found:
        with pytest.raises(NotRecognised):
            open_source(one, STANDARD)
        return
    columns = [column.label for column in open_source(one, STANDARD).found[0].columns]
    assert columns == ["a", *marks, "b", "last"]


def test_a_list_of_lists_has_no_column():
    """No cell could hold it, nor an object."""

    class Schemas:
        def properties(self, kind):
            text, plain = {"type": "string"}, Text("名", "name")
            lists = {"type": "array", "items": {"type": "array", "items": text}}
            objects = {"type": "array", "items": {"type": "object"}}
            shapes = {"/lists": lists, "/objects": objects, "/texts": {"type": "array", "items": text}, "/text": text}
            return [SimpleNamespace(pointer=pointer, schema=shape, title=plain) for pointer, shape in shapes.items()]

        def parts(self, schema):
            return [schema]

    found = columns(Schemas(), "x")
    assert [(column.pointer, column.is_list) for column in found.values()] == [("/texts", True), ("/text", False)]


def test_the_top_of_a_sheet_is_looked_at_once_for_all_mappings(monkeypatch):
    """To make its headings takes longer than to compare them."""
    sheet = Sheet(0, "一", rows=[Row(number, ["信息资源名称", "信息资源提供方"]) for number in range(1, 31)])
    made = []
    monkeypatch.setattr(
        header_rows, "header_columns", lambda rows, _: made.append((rows[0].number, len(rows))) or Columns()
    )
    recognition.candidates(SimpleNamespace(sheets=[sheet]), STANDARD.mappings.of("table"))
    assert len(made) == len(set(made)) > 30


def test_columns_are_looked_up_by_their_names(monkeypatch):
    """A table of a thousand columns and a mapping of a hundred headings would be compared a hundred thousand times."""
    asked = []
    matches = of_tables.matches
    monkeypatch.setattr(
        of_tables, "matches", lambda item, heading, **how: asked.append(1) or matches(item, heading, **how)
    )
    names = ["信息资源名称", "信息资源摘要", *(f"栏{number}" for number in range(1_000))]
    made = Columns(of_tables.column(number, name) for number, name in enumerate(names, 1))
    assert of_tables.Matching(made, FLAT.fields).taken == {1, 2}
    assert len(of_tables.marked(made, FLAT.headings)) == 1
    assert len(asked) < 50
