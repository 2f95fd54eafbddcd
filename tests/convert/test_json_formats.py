"""The ways in which catalogs of portals come as JSON: by interface, in bulk, alone, in a list."""

import orjson
import pytest

from mulu.convert.target import open_target
from mulu.convert.tree_source import TreeSource, tree_candidates
from mulu.errors import BadStandard, Unreadable
from mulu.output import whole_file
from mulu.readers import open_bytes
from mulu.standard import load
from mulu.standard.mapping_reader import read_mapping

STANDARD = load()


def sample(name):
    """Return what the sample of a format holds."""
    return orjson.loads((STANDARD.mappings[name].folder / "sample.json").read_bytes())


def titles(name):
    """Return the titles that are expected of the sample of a format."""
    lines = (STANDARD.mappings[name].folder / "expected.jsonl").read_bytes().splitlines()
    return [orjson.loads(line)["title"] for line in lines]


def write(entries, name, path):
    """Write entries in a format; return what was written, and the account."""
    target = open_target(STANDARD, name, path)
    with whole_file(path) as stream:
        for entry in entries:
            target.add(entry, stream)
        target.finish(stream)
    return path.read_bytes(), target.ledger


PACKAGES = sample("ckan")["result"]["results"]
WAYS = {
    "package_show.json": {"success": True, "result": PACKAGES[0]},
    "package.json": PACKAGES[0],
    "list.json": PACKAGES,
    "search.json": {"success": True, "result": {"count": 4, "results": PACKAGES}},
    "文件 夹.json": {"results": PACKAGES},
}


@pytest.mark.parametrize("name", WAYS)
def test_ckan_is_read_as_each_interface_gives_it(name, convert, tmp_path):
    """One package, a search, a list."""
    path = tmp_path / name
    path.write_bytes(orjson.dumps(WAYS[name]))
    made, source = convert(path)
    assert source.format == "ckan"
    assert [item.entry["title"] for item in made] == titles("ckan")[: len(made)] and made


def test_ckan_in_bulk_is_read_and_written_a_line_each(convert, tmp_path):
    """JSON Lines with Windows line ends and an empty line; written again as lines."""
    path = tmp_path / "bulk.jsonl"
    path.write_bytes(b"\r\n\r\n".join(map(orjson.dumps, PACKAGES)) + b"\r\n")
    made, source = convert(path)
    assert source.format == "ckan" and [item.entry["title"] for item in made] == titles("ckan")
    text, _ = write([item.entry for item in made], "ckan", tmp_path / "back.jsonl")
    assert [orjson.loads(line)["name"] for line in text.splitlines()] == [one["name"] for one in PACKAGES]


def test_a_value_goes_back_to_the_place_that_it_was_read_from(convert, tmp_path):
    """Extras keep their order, a changed value stands where the old one did, and a new one comes behind them."""
    path = tmp_path / "package.json"
    path.write_bytes(orjson.dumps(PACKAGES[0]))
    made, _ = convert(path)
    entry = made[0].entry
    entry["accrualPeriodicity"] = "weekly"
    entry["temporal"]["endDate"] = "2024"
    text, _ = write([entry], "ckan", tmp_path / "back.jsonl")
    before = PACKAGES[0]["extras"]
    extras = orjson.loads(text)["extras"]
    assert extras[0] == {"key": "frequency", "value": "weekly"}
    assert extras[1:5] == before[1:5] and extras[5:] == [{"key": "temporal_end", "value": "2024"}]


def test_what_came_of_another_format_goes_to_the_formats_own_places(tmp_path):
    """Without a CKAN source, CKAN's own fields are filled, and extras with what it has none for."""
    entry = {"kind": "resource", "identifier": "a-1", "title": "甲", "publisher": {"name": "乙局"}, "issued": "2024"}
    text, ledger = write([entry], "ckan", tmp_path / "out.json")
    package = orjson.loads(text)["result"]["results"][0]
    assert package["name"] == "a-1" and package["organization"] == {"title": "乙局"}
    assert {"key": "issued", "value": "2024"} in package["extras"]
    assert ledger.counts["dropped"] == 0


def test_a_code_that_the_format_cannot_tell_apart_is_a_loss(tmp_path):
    """The nearest value is written, and the account says so."""
    entry = {"kind": "resource", "title": "甲", "publisher": {"name": "乙局"}, "opening": {"type": "open"}}
    text, ledger = write([entry], "dcat-us-1.1", tmp_path / "data.json")
    assert orjson.loads(text)["dataset"][0]["accessLevel"] == "public"
    assert ledger.counts["dropped"] == 1


def test_the_hours_of_a_period_come_back(convert, tmp_path):
    """A period is a day to the standard, and to the letter what it was when it is written again."""
    data = sample("dcat-us-1.1")
    data["dataset"][0]["temporal"] = "2009-09-01T12:00:00Z/2010-05-31T12:00:00Z"
    path = tmp_path / "data.json"
    path.write_bytes(orjson.dumps(data))
    made, _ = convert(path)
    assert made[0].entry["temporal"] == {"startDate": "2009-09-01", "endDate": "2010-05-31"}
    text, _ = write([item.entry for item in made], "dcat-us-1.1", tmp_path / "back.json")
    assert orjson.loads(text)["dataset"][0]["temporal"] == data["dataset"][0]["temporal"]


DATASET = sample("schema-org")["dataset"][0]
PLACES = {
    "alone": {"@context": "https://schema.org", **DATASET},
    "list": [{"@context": "http://schema.org/", **DATASET}],
    "graph": {"@context": "https://schema.org/", "@graph": [{"@type": "WebPage", "name": "页"}, DATASET]},
    "catalog": {"@context": {"@vocab": "https://schema.org/"}, "@type": "DataCatalog", "dataset": DATASET},
    "graph-catalog": {"@context": "https://schema.org", "@graph": [{"@type": "DataCatalog", "dataset": [DATASET]}]},
}


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("ending", ["json", "jsonld"])
def test_a_dataset_of_schema_org_is_found_where_it_stands(name, ending, convert, tmp_path):
    """Alone, in a list, in a graph among other things, in a catalog."""
    if ending == "jsonld" and name == "catalog":
        return  # with a context of its own it is RDF
    path = tmp_path / f"{name}.{ending}"
    path.write_bytes(orjson.dumps(PLACES[name]))
    made, source = convert(path)
    assert source.format == "schema-org"
    assert [item.entry["title"] for item in made] == ["空气质量监测数据"]


def test_one_data_package_stands_alone(convert, tmp_path):
    """A datapackage.json is one package, not a list of one."""
    made, _ = convert(STANDARD.mappings["datapackage"].folder / "sample.json")
    text, _ = write([made[0].entry], "datapackage", tmp_path / "datapackage.json")
    assert orjson.loads(text)["name"] == "gdp-by-district"


def test_fields_are_data_items_of_an_only_table(convert, tmp_path):
    """With a second resource the fields stay in the source, and nothing is lost."""
    data = sample("datapackage")
    data["resources"].append({"name": "notes", "path": "notes.csv"})
    path = tmp_path / "datapackage.json"
    path.write_bytes(orjson.dumps(data))
    made, source = convert(path)
    entry = made[0].entry
    assert "dataItems" not in entry and len(entry["distribution"]) == 2
    assert len(entry["source"]["values"]["resources"][0]["schema"]["fields"]) == 5
    assert source.ledger.counts["dropped"] == 0


def test_a_list_of_words_is_no_list_of_objects(convert, tmp_path):
    """What should be objects and is not stays in the source as it is."""
    data = sample("cn-open-data")
    data["data"]["rows"][0]["items"] = ["线路编号", "首末站"]
    path = tmp_path / "a.json"
    path.write_bytes(orjson.dumps(data))
    entry = convert(path)[0][0].entry
    assert "dataItems" not in entry and entry["source"]["values"]["items"] == ["线路编号", "首末站"]


def test_columns_in_parallel_lists_are_put_together_by_position(convert, tmp_path):
    """A list that is shorter, or has gaps, moves nothing to another column."""
    data = sample("socrata")
    data["results"][0]["resource"]["columns_description"] = [None, "Day"]
    path = tmp_path / "catalog.json"
    path.write_bytes(orjson.dumps(data))
    made, _ = convert(path)
    items = made[0].entry["dataItems"]
    assert [one.get("description") for one in items] == [None, "Day", None, None]
    assert [one["columnName"] for one in items] == ["permit_no", "issued", "fee", "location"]


def test_a_view_of_socrata_is_read(convert, tmp_path):
    """`/api/views` gives columns as objects, and times in seconds."""
    view = {
        "id": "abcd-1234",
        "name": "Permits",
        "displayType": "table",
        "viewType": "tabular",
        "publicationDate": 1371737838,
        "viewCount": 3,
        "columns": [{"name": "Week", "fieldName": "week", "dataTypeName": "calendar_date"}],
    }
    path = tmp_path / "views.json"
    path.write_bytes(orjson.dumps([view]))
    made, source = convert(path)
    assert source.format == "socrata" and made[0].entry["issued"] == "2013-06-20"
    assert made[0].entry["dataItems"] == [{"name": "Week", "columnName": "week", "datatype": "T"}]


def test_the_first_version_of_opendatasoft_is_read(convert, tmp_path):
    """Version 1 has the metadata without a template between."""
    data = sample("opendatasoft")["results"]
    first = {
        "nhits": 2,
        "datasets": [
            {"datasetid": one["dataset_id"], "metas": one["metas"]["default"], "fields": one["fields"]} for one in data
        ],
    }
    path = tmp_path / "catalog.json"
    path.write_bytes(orjson.dumps(first))
    made, source = convert(path)
    assert source.format == "opendatasoft"
    assert [item.entry["title"] for item in made] == titles("opendatasoft")


AIR = {"title": "空气质量", "description": "日报", "updateCycle": "每月", "publishDate": "2023-01-05", "id": "a1"}
WATER = {"title": "水质", "description": "周报", "updateCycle": "每年", "publishDate": "2023-01-06", "id": "a2"}
NAMES = ["市环境局", "市水务局"]
DEPARTMENTS = dict(zip(NAMES, ([AIR], [WATER]), strict=True))
PAGE = {"code": 200, "data": {"total": 1, "rows": [AIR]}}
SEVERAL = {
    "a list for each department": (DEPARTMENTS, NAMES),
    "the same in an envelope": ({"code": 0, "data": DEPARTMENTS}, NAMES),
    "an object for each department": ({name: {"rows": rows} for name, rows in DEPARTMENTS.items()}, NAMES),
    "objects by their code": ({"data": {"a1": AIR, "a2": WATER}}, [None, None]),
    "objects by another code": ({"data": {"x": AIR, "y": WATER}}, ["x", "y"]),
    "pages": ([PAGE, {**PAGE, "data": {"total": 1, "rows": [WATER]}}], [None, None]),
    "lists of two depths": ({"list": [AIR], "more": {"deep": {"list": [WATER]}}}, [None, None]),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_all_lists_and_objects_of_records_are_read(name, convert, tmp_path):
    """What names them stays in the source where the record does not say it, and each value is accounted for."""
    value, keys = SEVERAL[name]
    path = tmp_path / "several.json"
    path.write_bytes(orjson.dumps(value))
    made, source = convert(path)
    assert [item.entry["title"] for item in made] == ["空气质量", "水质"]
    assert [item.entry["source"].get("values", {}).get("[key]") for item in made] == keys
    counts = source.ledger.counts
    assert counts["mapped"] + counts["transformed"] == 10 and counts["kept"] == sum(key is not None for key in keys)
    assert counts["dropped"] == (4 if name == "pages" else 1 if "envelope" in name else 0)


def test_pages_in_lines_are_read_and_a_record_with_objects_alike_stays_one(convert, tmp_path):
    """Objects inside a record are no records of their own, though they are alike."""
    path = tmp_path / "pages.jsonl"
    path.write_bytes(orjson.dumps(PAGE) + b"\n" + orjson.dumps({**PAGE, "data": {"rows": [WATER]}}))
    assert [item.entry["title"] for item in convert(path)[0]] == ["空气质量", "水质"]
    path = tmp_path / "one.json"
    path.write_bytes(orjson.dumps({**AIR, "old": WATER, "new": {**WATER, "title": "水质 2"}}))
    assert [item.entry["title"] for item in convert(path)[0]] == ["空气质量"]


def test_a_contact_is_one_party(convert, tmp_path):
    """What the maintainer does not say is not taken of the author; it stays in the source."""
    path = tmp_path / "package.json"
    bare = {key: value for key, value in PACKAGES[0].items() if not key.startswith(("contact", "maintainer"))}
    path.write_bytes(orjson.dumps({**bare, "extras": [], "maintainer": "Bob", "author_email": "ann@example.org"}))
    entry = convert(path)[0][0].entry
    assert entry["contactPoint"] == {"name": "Bob"}
    assert entry["source"]["values"]["author_email"] == "ann@example.org"
    path.write_bytes(orjson.dumps({**bare, "extras": [], "author_email": "ann@example.org"}))
    assert convert(path)[0][0].entry["contactPoint"] == {"email": "ann@example.org"}


def test_of_several_parties_in_a_graph_one_is_read(convert, tmp_path):
    """The first contact and publisher with what belongs to them; the others stay in the source whole."""
    path = tmp_path / "two.ttl"
    path.write_text("""
        @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        @prefix vcard: <http://www.w3.org/2006/vcard/ns#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
        <http://e/1> a dcat:Dataset ; dct:title "T" ; dcat:contactPoint <http://e/c1>, <http://e/c2> ;
          dct:publisher <http://e/p1>, <http://e/p2> .
        <http://e/c1> vcard:hasEmail <mailto:first@e.org> . <http://e/c2> vcard:fn "Second" .
        <http://e/p1> foaf:name "First" . <http://e/p2> foaf:name "Other" ; dct:identifier "2" .
    """)
    made, source = convert(path)
    entry = made[0].entry
    assert entry["contactPoint"] == {"email": "first@e.org"} and entry["publisher"] == {"name": "First"}
    kept = entry["source"]["values"]
    assert kept["dcat:contactPoint"][1]["vcard:fn"] == "Second" and kept["dct:publisher"][1]["dct:identifier"] == "2"
    assert source.ledger.counts["dropped"] == 0


def test_a_catalog_by_the_names_of_dcat_needs_no_access_level(convert, tmp_path):
    """As other countries publish it; the publisher may be a text, and gives its address where no contact is named."""
    ours = {"title": "Air", "description": "d", "publisher": {"name": "Office", "mbox": "a@example.org"}}
    files = [{"title": "CSV", "downloadURL": "https://example.org/a.csv"}]
    path = tmp_path / "data.json"
    path.write_bytes(orjson.dumps({"title": "Catalog", "dataset": [{**ours, "distribution": files}]}))
    made, source = convert(path)
    assert source.format == "dcat-us-1.1" and made[0].entry["publisher"] == {"name": "Office"}
    assert made[0].entry["contactPoint"] == {"email": "a@example.org"}
    assert made[0].entry["distribution"] == files


def test_project_open_data_1_0_is_read(convert, tmp_path):
    """Texts for publisher and contact; the file and the interface become distributions."""
    old = {
        "title": "Air", "description": "d", "keyword": ["a"], "modified": "2013-05-01", "publisher": "Office",
        "contactPoint": "Jo", "mbox": "jo@example.org", "identifier": "x1", "accessLevel": "public",
        "accessURL": "https://example.org/a.csv", "format": "text/csv", "webService": "https://example.org/api",
        "temporal": "2000,2010",
    }  # fmt: skip
    path = tmp_path / "data.json"
    path.write_bytes(orjson.dumps([old]))
    made, source = convert(path)
    entry = made[0].entry
    assert source.format == "dcat-us-1.1" and source.ledger.counts["kept"] == 0
    assert entry["publisher"] == {"name": "Office"} and entry["contactPoint"] == {
        "name": "Jo",
        "email": "jo@example.org",
    }
    assert entry["temporal"] == {"startDate": "2000", "endDate": "2010"}
    assert entry["distribution"] == [
        {"accessURL": "https://example.org/a.csv", "mediaType": "text/csv"},
        {"accessURL": "https://example.org/api"},
    ]


def test_an_entry_is_read_in_one_language(convert, tmp_path):
    """Chinese, else English, else what there is; also in the parts that have it, and the others stay in the source."""
    path = tmp_path / "several.ttl"
    head = """
        @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        @prefix foaf: <http://xmlns.com/foaf/0.1/> . <http://e/1> a dcat:Dataset ;
    """
    path.write_text(
        f"""{head} dct:title "Luft"@de, "Air"@en-GB ; dcat:keyword "Luft"@de, "air"@en, "O3" ;
        dct:publisher [ foaf:name "Amt"@de, "Office"@en ] ; dct:description "nur deutsch"@de ."""
    )
    entry = convert(path)[0][0].entry
    assert entry["title"] == "Air" and entry["publisher"] == {"name": "Office"} and entry["keyword"] == ["air", "O3"]
    assert entry["description"] == "nur deutsch"
    assert {"@value": "Luft", "^lang": "de"} in entry["source"]["values"]["dcat:keyword"]
    path.write_text(
        f"""{head} dct:title "Air"@en, "空氣"@zh-TW, "空气"@zh ;
        dct:publisher [ foaf:name "Office"@en, "局"@zh-CN ] ."""
    )
    entry = convert(path)[0][0].entry
    assert entry["title"] == "空气" and entry["publisher"] == {"name": "局"}


def test_texts_by_language_are_texts(convert, tmp_path):
    """In CKAN of several languages, and in a portal's own JSON; they go back where they were."""
    path = tmp_path / "packages.json"
    title = {"de": "Luft", "en": "Air"}
    package = {**PACKAGES[0], "title": title, "keywords": {"de": ["luft"], "en": ["air"]}, "tags": []}
    path.write_bytes(orjson.dumps(package))
    made, _ = convert(path)
    assert made[0].entry["title"] == "Air" and made[0].entry["keyword"] == ["air"]
    text, _ = write([made[0].entry], "ckan", tmp_path / "back.jsonl")
    back = orjson.loads(text)
    assert back["title"] == title and back["keywords"] == package["keywords"]
    path.write_bytes(orjson.dumps([{**AIR, "title": {"en": "Air", "zh": "空气"}}]))
    made, source = convert(path)
    assert made[0].entry["title"] == "空气" and made[0].entry["source"]["values"] == {"title.en": "Air"}
    assert source.ledger.leaves == 6


LEAST = [{"kind": "resource", "identifier": name, "title": "目录"} for name in ("air-quality", "资源/001", "资源/002")]


@pytest.mark.parametrize("name", ["ckan", "datapackage"])
def test_what_is_written_is_recognised_however_little_it_says(name, convert, tmp_path):
    """One entry and several, without files and without a description."""
    for entries in (LEAST[:1], LEAST):
        path = tmp_path / "least.json"
        write(entries, name, path)
        made, source = convert(path)
        assert source.format == name and [one.entry["identifier"] for one in made] == [
            one["identifier"] for one in entries
        ]


def test_names_in_ckan_are_valid(tmp_path):
    """An identifier that is one stays; any other becomes one, and two never become the same."""
    text, _ = write(LEAST, "ckan", tmp_path / "names.jsonl")
    names = [orjson.loads(line)["name"] for line in text.splitlines()]
    assert names[0] == "air-quality" and len(set(names)) == 3
    assert all(name.isascii() and not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-_") for name in names)


def test_names_of_the_european_lists_are_read(convert, tmp_path):
    """Types of files, media types under either address, intervals; themes, of the standard where they are there."""
    eu = "http://publications.europa.eu/resource/authority"
    path = tmp_path / "eu.ttl"
    path.write_text(f"""
        @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <http://e/1> a dcat:Dataset ; dct:title "T" ; dct:accrualPeriodicity <{eu}/frequency/TRIENNIAL> ;
          dcat:theme <{eu}/data-theme/ENVI>, [ skos:prefLabel "交通运输" ] ;
          dcat:distribution [ dct:format <{eu}/file-type/CSV> ;
            dcat:mediaType <http://www.iana.org/assignments/media-types/text/csv> ] .
    """)
    entry = convert(path)[0][0].entry
    assert entry["distribution"] == [{"format": "CSV", "mediaType": "text/csv"}]
    assert entry["accrualPeriodicity"] == "custom" and entry["theme"] == ["06"]
    assert entry["source"]["original"]["/accrualPeriodicity"].endswith("TRIENNIAL")
    assert entry["classification"] == [
        {"code": f"{eu}/data-theme/ENVI", "name": "Environment", "scheme": "local"},
        {"name": "交通运输", "scheme": "local"},
    ]


GROUPS = [{"deptName": name, "note": "x", "id": name, "list": rows} for name, rows in DEPARTMENTS.items()]


@pytest.mark.parametrize("value", [GROUPS, {"data": GROUPS}, {"msg": "ok", "data": {"list": GROUPS}}])
def test_records_of_departments_are_read_with_their_department(value, convert, tmp_path):
    """It may be said of each; what names or describes the department itself is not said of the record."""
    path = tmp_path / "departments.json"
    two = {**GROUPS[0], "list": [{key: text for key, text in AIR.items() if key != "id"}, AIR]}
    path.write_bytes(orjson.dumps(value).replace(orjson.dumps(GROUPS[0]), orjson.dumps(two)))
    made, source = convert(path)
    assert [one.entry["publisher"] for one in made] == [{"name": name} for name in (NAMES[0], NAMES[0], NAMES[1])]
    assert [one.entry.get("identifier") for one in made] == [None, "a1", "a2"]
    counts = source.ledger.counts
    # The department, once an entry, and the records; what else is said of the department is around them.
    assert counts["mapped"] + counts["transformed"] == 3 + 14 and counts["kept"] == 0
    assert counts["dropped"] == 4 + ("msg" in value)


def test_lists_of_ever_other_fields_are_refused_rather_than_left_out(convert, tmp_path):
    """Each is gone through by itself; none is passed over because there are many."""
    groups = STANDARD.mappings["cn-open-data"].headings[:4]
    lists = [{group[at]: "x" for group in groups} for at in range(21)]
    path = tmp_path / "a.json"
    path.write_bytes(orjson.dumps({f"list{at}": [record] for at, record in enumerate(lists[:20])}))
    assert len(convert(path)[0]) == 20
    path.write_bytes(orjson.dumps({f"list{at}": [record] for at, record in enumerate(lists)}))
    with pytest.raises(Unreadable, match="limit lists = 20"):
        convert(path)


AROUND = """title: {zh: 甲, en: a}
description: {zh: 甲, en: a}
kind: service
reads: tree
family: json
records: departments/items/list
recognise: {paths: [departments/items/list/name]}
fields:
  title: name
  publisher.name: ../../name
  contactPoint.telephone: {at: [phone, ../../phone]}
"""


def test_what_stands_around_records_is_read_of_each_and_counted_once(tmp_path):
    """A department around its items: `..` leads to the object around, lists passed over."""
    path = tmp_path / "converters" / "own" / "mapping.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(AROUND, encoding="utf-8")
    items = [{"main": "m", "list": [{"name": "x"}, {"name": "y", "phone": "2"}]}]
    value = {"departments": [{"name": "甲局", "phone": "1", "items": items}, {"name": "乙局", "items": []}]}
    source = TreeSource(open_bytes(orjson.dumps(value), "a.json"), STANDARD, read_mapping(path))
    entries = [one.entry for one in source]
    assert [(one["title"], one["publisher"], one["contactPoint"]) for one in entries] == [
        ("x", {"name": "甲局"}, {"telephone": "1"}),
        ("y", {"name": "甲局"}, {"telephone": "2"}),
    ]
    # The names, both telephones and the department once; what no entry says is around the records.
    assert source.ledger.counts["mapped"] == 5 and source.ledger.counts["dropped"] == 2
    assert source.ledger.leaves == 7 and not any("values" in one["source"] for one in entries)


def test_the_step_to_the_object_around_is_for_json_that_is_not_written(tmp_path):
    """XML is read in pieces, which do not hold all that stands around; and nothing is written from below."""
    path = tmp_path / "converters" / "own" / "mapping.yaml"
    path.parent.mkdir(parents=True)
    for text in (AROUND.replace("json", "xml"), AROUND + "write: {}\n"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadStandard) as refused:
            read_mapping(path)
        assert "../../name" in refused.value.en and refused.value.line == 10


VARIANTS = {
    "udata": [lambda page: page["data"][0]],
    "stac": [lambda page: page["collections"][0]],
    "ogc-records": [lambda page: page["features"][0]],
    "geonetwork": [lambda page: page["hits"]["hits"][0]["_source"]],
    "datacite": [lambda page: {"data": page["data"][0]}, lambda page: page["data"][0]["attributes"]],
    "data-europa": [lambda page: {"result": page["result"]["results"][0]}],
}


@pytest.mark.parametrize("name", VARIANTS)
def test_one_record_is_read_as_a_page_of_them_is(name, convert, tmp_path):
    """What an interface gives of one record is told and read as in the list."""
    for take in VARIANTS[name]:
        path = tmp_path / "one.json"
        path.write_bytes(orjson.dumps(take(sample(name))))
        made, source = convert(path)
        assert source.format == name and [one.entry["title"] for one in made] == titles(name)[:1]


AS_EXPORTED = {
    "datacite": (
        {
            "schemaVersion": "http://datacite.org/schema/kernel-4",
            "titles": [{"title": "Rain gauges"}],
            "creators": [{"name": "Water Office"}],
            "publisher": "Water Office",
            "publicationYear": "2021",
            "types": {"resourceTypeGeneral": "Dataset"},
            "descriptions": [{"description": "Daily rain.", "descriptionType": "Abstract"}],
        },
        {"description": "Daily rain.", "publisher": {"name": "Water Office"}, "issued": "2021"},
    ),
    "datapackage": (
        {
            "name": "rain",
            "title": "Rain gauges",
            "license": {"type": "CC-BY-4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
            "maintainers": [{"name": "A. Rivers", "email": "rain@office.example"}],
            "contributors": [{"title": "Water Office"}],
            "publisher": [{"name": "Town"}],
            "resources": [{"path": "rain.csv", "schema": {"fields": [{"name": "mm", "type": "number"}]}}],
        },
        {
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "contactPoint": {"name": "A. Rivers", "email": "rain@office.example"},
            "creator": {"name": "Water Office"},
            "publisher": {"name": "Town"},
        },
    ),
    "schema-org": (
        {
            "@context": {"@vocab": "https://schema.org/", "sc": "https://schema.org/"},
            "@type": "sc:Dataset",
            "name": "Rain gauges",
            "description": "Daily rain.",
            "license": "https://creativecommons.org/licenses/by/4.0/",
        },
        {"description": "Daily rain.", "license": "https://creativecommons.org/licenses/by/4.0/"},
    ),
    "ckan": (
        {
            "success": True,
            "result": {
                "name": "rain",
                "title": {"de": "Regen", "en": "Rain gauges"},
                "description": {"de": "Täglich.", "en": "Daily rain."},
                "temporals": [{"start_date": "2001-01-01T00:00:00", "end_date": "2002-12-31T00:00:00"}],
                "organization": {"name": "water"},
                "metadata_modified": "2021-01-01T00:00:00",
                "resources": [{"url": "https://a.example/rain.csv", "format": "CSV"}],
            },
        },
        {"temporal": {"startDate": "2001-01-01", "endDate": "2002-12-31"}},
    ),
}


@pytest.mark.parametrize("name", AS_EXPORTED)
def test_what_programs_leave_out_or_name_otherwise_is_read(name, convert, tmp_path):
    """A DOI not yet given, resources without names, a licence in an old shape, types with a prefix."""
    given, expected = AS_EXPORTED[name]
    path = tmp_path / "one.json"
    path.write_bytes(orjson.dumps(given))
    (made,), source = convert(path)
    assert source.format == name
    assert {key: made.entry.get(key) for key in expected} == expected


SLOVAK = {
    "@context": "https://office.example/rozhranie-katalógu-otvorených-dát.jsonld",
    "iri": "https://town.example/lkod/mhd.jsonld",
    "typ": "Dataset",
    "názov": {"sk": "Mestská doprava", "en": "Buses"},
    "popis": {"sk": "Počty cestujúcich."},
    "poskytovateľ": "https://register.example/1",
    "periodicita_aktualizácie": "http://publications.europa.eu/resource/authority/frequency/MONTHLY",
    "kľúčové_slovo": {"sk": ["doprava"]},
    "dátum_modifikácie": "2024-12-02",
    "časové_pokrytie": {"typ": "Časový interval", "začiatok": "2024-02-01", "koniec": "2024-02-29"},
    "kontaktný_bod": {"typ": "Mesto", "meno": {"sk": "Mesto"}, "e-mail": "mailto:data@town.example"},
    "distribúcia": [{"typ": "Distribúcia", "prístupové_url": "https://town.example/mhd.csv"}],
}


def test_slovak_names_are_read_as_the_czech_ones(convert, tmp_path):
    """The shape is one, the names are another language's."""
    path = tmp_path / "mhd.jsonld"
    path.write_bytes(orjson.dumps(SLOVAK))
    (made,), source = convert(path)
    assert source.format == "dcat-ap-cz"
    assert {key: value for key, value in made.entry.items() if key not in {"kind", "source"}} == {
        "identifier": "https://town.example/lkod/mhd.jsonld",
        "title": "Mestská doprava",
        "description": "Počty cestujúcich.",
        "keyword": ["doprava"],
        "publisher": {"name": "https://register.example/1"},
        "contactPoint": {"name": "Mesto", "email": "data@town.example"},
        "accrualPeriodicity": "monthly",
        "modified": "2024-12-02",
        "temporal": {"startDate": "2024-02-01", "endDate": "2024-02-29"},
        "distribution": [{"accessURL": "https://town.example/mhd.csv"}],
    }


@pytest.mark.parametrize("language", ["nb", "fi", "cs", "el"])
def test_a_text_in_one_language_only_is_read_in_that(language, convert, tmp_path):
    """Portals of one language give objects of it; a title in Norwegian only was kept aside as an object."""
    given, _ = AS_EXPORTED["ckan"]
    result = given["result"] | {"title": {language: "Titel"}}
    path = tmp_path / "one.json"
    path.write_bytes(orjson.dumps(given | {"result": result}))
    (made,), _ = convert(path)
    assert made.entry["title"] == "Titel"


def test_a_hub_and_swagger_are_read_by_their_own_names(convert, tmp_path):
    """The datasets of a Hub stand elsewhere than the items of a portal, the parameters of Swagger have their type."""
    fields = [{"name": "NAME", "alias": "Park", "type": "esriFieldTypeString", "length": 50}]
    park = {"name": "Parks", "owner": "gis", "type": "Feature Layer", "itemId": "a1", "source": "City", "created": 0}
    hub = {"data": [{"id": "a1_0", "attributes": park | {"slug": "parks", "url": "https://a/0", "fields": fields}}]}
    swagger = {"swagger": "2.0", "info": {"title": "T", "version": "1"}, "host": "a.example"}
    swagger |= {"paths": {"/a": {"get": {"parameters": [{"name": "q", "type": "integer", "required": True}]}}}}
    for name, value in (("arcgis", hub), ("openapi", swagger)):
        path = tmp_path / f"{name}.json"
        path.write_bytes(orjson.dumps(value))
        (made,), source = convert(path)
        assert source.format == name
        if name == "arcgis":
            items = [{"name": "Park", "columnName": "NAME", "datatype": "C", "length": 50}]
            assert made.entry["dataItems"] == items and made.entry["publisher"] == {"name": "City"}
        else:
            items = [{"name": "q", "parameter": "q", "datatype": "I", "needed": True}]
            assert made.entry["requestItems"] == items and made.entry["endpointURL"] == "a.example"


def test_of_two_formats_the_one_that_says_more_of_a_record_is_taken(tmp_path):
    """Many ways of looking for one property are no more than one value."""
    head = AROUND[: AROUND.index("fields:")].replace("departments/items/list", "list")
    ways = "fields:\n  title:\n" + "".join(f"    - {{at: name, unless: {{title: {n}}}}}\n" for n in "abc")
    mappings = []
    for name, fields in (("ways", ways), ("more", "fields:\n  title: name\n  contactPoint.telephone: phone\n")):
        path = tmp_path / "converters" / name / "mapping.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(head + fields, encoding="utf-8")
        mappings.append(read_mapping(path))
    document = open_bytes(orjson.dumps({"list": [{"name": "x", "phone": "1"}]}), "a.json")
    assert [one.mapping.id for one in tree_candidates(document, mappings)] == ["more", "ways"]


def test_a_name_of_a_code_is_preferred_to_its_number(convert, tmp_path):
    """A platform that gives the number of a sharing type beside its name numbers it in its own way."""
    path = tmp_path / "catalog.json"
    row = {
        "catalogName": "不动产登记信息",
        "orgName": "示例市自然资源局",
        "updateCycle": "每日",
        "openTypeName": "不开放",
    }
    row |= {"shareType": "2", "shareTypeName": "有条件共享", "resourceType": "库表"}
    row |= {"columns": [{"columnNameCn": "权利人", "columnNameEn": "QLR", "dataType": "VARCHAR", "length": 100}]}
    path.write_bytes(orjson.dumps({"code": 200, "data": {"rows": [row, row | {"catalogName": "婚姻登记信息"}]}}))
    entry = convert(path)[0][0].entry
    assert entry["sharing"] == {"type": "conditional"} and entry["format"] == [{"category": "database"}]
    assert entry["dataItems"] == [{"name": "权利人", "columnName": "QLR", "datatype": "C", "length": 100}]
