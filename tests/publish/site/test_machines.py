"""The files for machines: each says what the standard says, and is read by what it is for."""

import csv
import hashlib
import importlib.util
import io
import json
import re
import sqlite3
import sys
import warnings
from pathlib import Path

import duckdb
import orjson
import pyoxigraph
import pytest
from jsonschema import Draft202012Validator
from jsonschema_rs import meta
from referencing import Registry, Resource

from mulu.cli.standards import load_standard
from mulu.standard import load

ROOT = Path(__file__).parents[3]
STANDARD = load(ROOT)
KINDS = list(STANDARD.schemas.kinds)
SITES = pytest.mark.parametrize("name", ["site", "profile", "hostile"])
SKOS = "http://www.w3.org/2004/02/skos/core#"


def read(pages, name):
    """Return what a JSON file of a site holds."""
    return orjson.loads((pages.folder / name).read_bytes())


def folder_of(request, name):
    """Return the folder of a site."""
    return request.getfixturevalue(name).folder


@SITES
def test_checksums_are_those_of_all_files(request, name):
    """`sha256sum -c` has nothing to object to, and no file is without one."""
    folder = folder_of(request, name)
    sums = dict(reversed(line.split("  ", 1)) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines())
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(sums) == found - {"SHA256SUMS"}
    assert all(hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest for path, digest in sums.items())


@SITES
def test_schemas_stand_where_their_id_says(request, name):
    """So that what looks for them in the web finds them."""
    folder = folder_of(request, name)
    base = orjson.loads((folder / "versions.json").read_bytes())["versions"][0]["base"]
    for path in folder.rglob("*.schema.json"):
        schema = orjson.loads(path.read_bytes())
        assert schema["$id"] == base + path.relative_to(folder).as_posix()
        meta.validate(schema)


@pytest.mark.parametrize("kind", KINDS)
def test_whole_schemas_check_with_another_validator(site, kind):
    """The one document and the single ones say the same: the example passes, what is broken does not."""
    example = STANDARD.examples[kind]
    singles = [read(site, path.name) for path in site.folder.glob("*.schema.json") if ".closed." not in path.name]
    registry = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in singles)
    whole = Draft202012Validator(read(site, f"{kind}.closed.schema.json"))
    single = Draft202012Validator(STANDARD.schemas.closed(kind), registry=registry)
    for validator in (whole, single):
        assert not list(validator.iter_errors(example))
        assert not validator.is_valid({**example, "unknownMember": 1})
        assert not validator.is_valid({key: value for key, value in example.items() if key != "kind"})
        assert validator.is_valid({**example, "x-own": 1})


def test_the_schema_of_a_level_asks_no_more_than_the_level(site):
    """A register is not asked for what only sharing needs, and nobody for what is no error."""
    least = {"kind": "resource", "title": "食品经营许可信息", "publisher": {"name": "示例市民政局"}}
    reached = {
        level: Draft202012Validator(read(site, f"levels/{level}/resource.closed.schema.json")).is_valid(least)
        for level in STANDARD.levels
    }
    assert reached == {"register": True, "share": False, "interoperate": False}
    first = Draft202012Validator(read(site, "levels/register/resource.closed.schema.json"))
    assert first.is_valid({**least, "description": " "}) and not first.is_valid({**least, "title": " "})
    assert not first.is_valid({**least, "unknownMember": 1})


def test_schemas_of_levels_agree_with_mulu(site, tmp_path):
    """The structure of each example of a rule is judged alike by a level's schema and by mulu."""
    from datetime import date

    from mulu.validate import Options, Validation

    entries = [
        dict(entry) for rule in list(STANDARD.rules.values())[::25] for one in rule.fails for entry in one.entries
    ]
    entries += [
        {key: value for key, value in entry.items() if key != name}
        for entry in entries[:20]
        for name in list(entry)[1:6]
    ]
    for level in ("register", "interoperate"):
        path = tmp_path / f"{level}.jsonl"
        path.write_bytes(b"\n".join(map(orjson.dumps, entries)))
        work = tmp_path / level
        work.mkdir()
        run = Validation(STANDARD, Options(level, date(2026, 1, 15)), work)
        for _ in run.add(path, path.name):
            pass
        report = run.finish()
        ours = {
            one["number"] - 1
            for one in report.findings
            if one["severity"] == "error" and report.counts_at_level(one) and one["rule"] not in STANDARD.rules
        }
        # Numbers with rules of their own are no format that other validators know.
        skipped = {one["number"] - 1 for one in report.findings if one["rule"] == "invalid-format"}
        run.close()
        validators = {
            kind: Draft202012Validator(read(site, f"levels/{level}/{kind}.closed.schema.json")) for kind in KINDS
        }
        for number, entry in enumerate(entries):
            valid = validators[entry["kind"]].is_valid(entry)
            assert number in skipped or valid == (number not in ours), (level, entry)


@pytest.mark.parametrize("list_name", list(STANDARD.codes))
def test_lists_say_the_same_in_every_form(site, list_name):
    """CSV as the standard has it; JSON and SKOS with each code, its names and what took its place."""
    codes = STANDARD.codes[list_name]
    folder = site.folder / "codes"
    rows = list(csv.DictReader(io.StringIO((folder / f"{list_name}.csv").read_text("utf-8-sig"))))
    plain = read(site, f"codes/{list_name}.json")
    assert [row["code"] for row in rows] == [one["code"] for one in plain["codes"]] == [one.code for one in codes.codes]
    turtle = set(pyoxigraph.parse(path=folder / f"{list_name}.ttl"))
    assert turtle == set(pyoxigraph.parse(path=folder / f"{list_name}.jsonld"))
    notations = {triple.object.value for triple in turtle if triple.predicate.value == f"{SKOS}notation"}
    labels = {triple.object.value for triple in turtle if triple.predicate.value == f"{SKOS}prefLabel"}
    assert notations == set(codes.values)
    assert {code.name.zh for code in codes.by_code.values()} - {""} <= labels


def test_lists_are_ordered_by_skos_as_in_the_standard(site):
    """What is above a code stands in the same list, or in the list of categories; retired codes are said to be."""
    triples = {
        (triple.subject.value, triple.predicate.value, getattr(triple.object, "value", ""))
        for name in ("subject", "format-type", "region")
        for triple in pyoxigraph.parse(path=site.folder / f"codes/{name}.ttl")
    }
    base = "https://w3id.org/mulu/1.0/codes/"
    assert (f"{base}format-type.ttl#ofd", f"{SKOS}broadMatch", f"{base}format-category.ttl#document") in triples
    assert (f"{base}region.ttl#110101", f"{SKOS}broader", f"{base}region.ttl#110000") in triples
    retired = {code.code for code in STANDARD.codes["region"].by_code.values() if code.status == "retired"}
    owl = "http://www.w3.org/2002/07/owl#deprecated"
    assert {subject.rpartition("#")[2] for subject, predicate, _ in triples if predicate == owl} >= retired


def graph_of(pages, entry):
    """Return the triples that the context makes of an entry, as text."""
    document = {**read(pages, "context.jsonld"), **entry}
    return list(pyoxigraph.parse(json.dumps(document), format=pyoxigraph.RdfFormat.JSON_LD))


@pytest.mark.parametrize("kind", KINDS)
def test_the_context_makes_linked_data_of_entries(site, kind):
    """Every property but the kind becomes a triple; codes become concepts that the lists define."""
    example = {key: value for key, value in STANDARD.examples[kind].items() if key != "source"}
    triples = graph_of(site, example)
    own = [triple for triple in triples if str(triple.subject) == str(triples[0].subject)]
    many = sum(len(value) if isinstance(value, list) else 1 for value in example.values())
    assert len(own) == many
    defined = {
        triple.subject.value
        for path in (site.folder / "codes").glob("*.ttl")
        if path.stat().st_size < 10**6
        for triple in pyoxigraph.parse(path=path)
    }
    concepts = {triple.object.value for triple in triples if "/codes/" in str(triple.object)}
    assert concepts <= defined and (concepts or kind == "organization")


def test_the_context_uses_the_terms_that_the_standard_names(site):
    """A title is `dct:title`, a resource a `dcat:Dataset`; the standard's own terms are defined in its vocabulary."""
    names = {triple.predicate.value for triple in graph_of(site, STANDARD.examples["resource"])}
    assert {"http://purl.org/dc/terms/title", "http://www.w3.org/ns/dcat#keyword"} <= names
    own = {name for name in names if name.startswith(STANDARD.header.base)}
    defined = {triple.subject.value for triple in pyoxigraph.parse(path=site.folder / "vocabulary.ttl")}
    assert own and own <= defined


def test_names_that_json_ld_knows_otherwise_do_no_harm(hostile):
    """A property called as a prefix has its own term, and those with that prefix keep theirs."""
    graph = graph_of(hostile, {"kind": "example", "identifier": "1", "name": "n", "dct": "t", "a:b": "x"})
    found = {(triple.predicate.value, getattr(triple.object, "value", "")) for triple in graph}
    assert ("http://purl.org/dc/terms/title", "t") in found


def shacl(pages, entry, shapes="shapes.ttl"):
    """Return whether SHACL accepts an entry, and what it says."""
    # What these libraries warn of is not ours.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyshacl
        import rdflib

        document = json.dumps({**read(pages, "context.jsonld"), **entry})
        data = rdflib.Graph().parse(data=document, format="json-ld")
        found, _, text = pyshacl.validate(data, shacl_graph=rdflib.Graph().parse(pages.folder / shapes))
    return found, text


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_accept_the_examples(site, kind):
    """The highest level, as the schemas do."""
    found, text = shacl(site, STANDARD.examples[kind])
    assert found, text


@pytest.mark.parametrize(
    "change",
    [
        {"title": None},
        {"title": "长" * 257},
        {"title": 7},
        {"accrualPeriodicity": "sometimes"},
        {"sharing": {"type": "sometimes"}},
        {"publisher": {"unit": "处"}},
        {"dataItems": [{"name": "甲", "length": -1}]},
        {"landingPage": ["https://example.org/", 7]},
    ],
    ids=str,
)
def test_shapes_refuse_what_is_broken(site, change):
    """What is missing, too long, of another type, no code; at any depth."""
    entry = {key: value for key, value in (STANDARD.examples["resource"] | change).items() if value is not None}
    assert not Draft202012Validator(read(site, "resource.closed.schema.json")).is_valid(entry)
    assert not shacl(site, entry)[0]


def test_shapes_of_a_level_ask_no_more_than_the_level(site):
    """What sharing needs is not asked of a register."""
    least = {"kind": "resource", "title": "食品经营许可信息", "publisher": {"name": "示例市民政局"}}
    assert shacl(site, least, "levels/register/shapes.ttl")[0] and not shacl(site, least)[0]


@SITES
def test_tables_are_made_and_filled(request, name):
    """SQLite and DuckDB take the statements, and every code with them."""
    folder = folder_of(request, name)
    tables, rows = ((folder / file).read_text("utf-8") for file in ("schema.sql", "codes.sql"))
    made = len(re.findall("^CREATE TABLE", tables, re.MULTILINE))
    lite = sqlite3.connect(":memory:")
    lite.execute("PRAGMA foreign_keys = on")
    lite.executescript(tables)
    lite.executescript(rows)
    assert lite.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone() == (made,)
    duck = duckdb.connect()
    duck.execute(tables)
    duck.execute(rows)
    assert duck.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (made,)
    lite.close()
    duck.close()


def test_tables_hold_what_the_schemas_ask(site):
    """What the first level requires is not null, codes are those of their list, lists are tables of their own."""
    lite = sqlite3.connect(":memory:")
    lite.execute("PRAGMA foreign_keys = on")
    for name in ("schema.sql", "codes.sql"):
        lite.executescript((site.folder / name).read_text("utf-8"))
    lite.execute("INSERT INTO resource (id, kind, title, publisher_name) VALUES (1, 'resource', '甲', '乙')")
    lite.execute("INSERT INTO resource_data_items (id, parent_id, position, name) VALUES (1, 1, 1, '丙')")
    for values in ("(2, 'resource', NULL, '乙', NULL)", "(2, 'resource', '甲', '乙', 'sometimes')"):
        with pytest.raises(sqlite3.IntegrityError):
            lite.execute(f"INSERT INTO resource (id, kind, title, publisher_name, sharing_type) VALUES {values}")
    lite.close()


@SITES
def test_typescript_is_balanced(request, name):
    """No text of a standard ends a comment or a string; every type that is named is there."""
    text = (folder_of(request, name) / "types.ts").read_text("utf-8")
    bare = re.sub(r"/\*\*.*?\*/", "", text, flags=re.DOTALL)
    bare = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', bare)
    assert bare.count("{") == bare.count("}") and bare.count("<") == bare.count(">") and "alert" not in bare
    known = set(re.findall(r"export (?:interface|type) (\w+)", bare))
    used = set(re.findall(r": (?:Array<)?([A-Z]\w*)", bare)) - {"Array"}
    assert used <= known and "Entry" in known


def models_of(folder, name):
    """Import the Pydantic models of a site, to which nothing is written: other tests look at its files."""
    spec = importlib.util.spec_from_file_location(f"models_{name}", folder / "models.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)
        spec.loader.exec_module(module)
    return module


@SITES
def test_models_can_be_imported(request, name):
    """Whatever a standard calls its properties."""
    models = models_of(folder_of(request, name), name)
    assert models.Entry
    if name == "hostile":
        entry = {"kind": "example", "identifier": "1", "name": "n", "class": "c", "list": "l", "model_config": "m"}
        assert models.Example(**entry).model_dump(by_alias=True, exclude_none=True) == entry


def test_models_take_entries_and_give_them_back(site):
    """An example passes and comes out as it went in; what is broken is refused."""
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(models_of(site.folder, "site").Entry)
    for kind, example in STANDARD.examples.items():
        entry = adapter.validate_json(orjson.dumps(example))
        assert entry.model_dump(by_alias=True, exclude_none=True, mode="json") == example, kind
    good = STANDARD.examples["resource"]
    assert adapter.validate_python({**good, "x-own": [1]})
    for change in (
        {"title": 7},
        {"title": ""},
        {"unknownMember": 1},
        {"sharing": {"type": "sometimes"}},
        {"kind": "no"},
    ):
        with pytest.raises(ValidationError):
            adapter.validate_python({**good, **change})


@pytest.mark.parametrize("kind", KINDS)
def test_components_of_openapi_take_the_examples(site, kind):
    """A plain schema for each kind, whose references stay in the document."""
    document = read(site, "openapi.json")
    name = "".join(part.capitalize() for part in kind.split("-"))
    schema = {**document, "$ref": f"#/components/schemas/{name}"}
    validator = Draft202012Validator(schema)
    assert validator.is_valid(STANDARD.examples[kind])
    assert not validator.is_valid({**STANDARD.examples[kind], "unknownMember": 1})


def test_the_standard_itself_can_be_fetched(site):
    """What is packed there is the standard, as `--standard` takes it."""
    import click

    with click.Context(click.Command("any")):
        assert load_standard(site.folder / "standard.zip").sha256 == STANDARD.sha256


def test_versions_name_the_standard_and_what_it_is_built_on(site, profile):
    """A program can ask which version stands where."""
    data = read(site, "versions.json")
    assert (data["id"], data["extends"]) == (STANDARD.header.id, None)
    assert data["versions"] == [
        {"version": STANDARD.header.version, "base": STANDARD.header.base, "sha256": STANDARD.sha256}
    ]
    assert read(profile, "versions.json")["extends"]["id"] == "nation"


def test_a_profile_names_what_it_takes_from_below_by_the_addresses_below(profile):
    """A property that the national standard defines is the same thing in a province, and so is a code."""
    entry = {"kind": "example", "identifier": "1", "name": "n", "provincial": "2"}
    code = load(profile.standard).codes["example-type"].values[0]
    graph = graph_of(profile, {**entry, "type": code})
    names = {triple.predicate.value for triple in graph}
    below, own = "https://example.org/nation/0.1/", "https://example.org/province/0.1/"
    assert {f"{below}vocabulary.ttl#example.name", f"{own}vocabulary.ttl#example.provincial"} <= names
    assert f"{below}codes/example-type.ttl#{code}" in {getattr(triple.object, "value", "") for triple in graph}


def test_the_whole_schema_of_a_profile_needs_nothing_from_below(profile):
    """What is embedded is enough; what the profile adds is taken, what nobody knows is not."""
    validator = Draft202012Validator(read(profile, "example.closed.schema.json"))
    example = load(profile.standard).examples["example"]
    assert validator.is_valid({**example, "provincial": "2"}) and not validator.is_valid({**example, "county": "2"})
