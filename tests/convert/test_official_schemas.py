"""What is written of American catalogs is valid against the schemas that their owners publish."""

import re
from pathlib import Path

import jsonschema
import orjson
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from mulu.convert.target import open_target
from mulu.output import whole_file
from mulu.standard import load

STANDARD = load()
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "a-dcat-us"
POD = CORPUS / "GSA__project-open-data-dashboard"
US3 = CORPUS / "DOI-DO__dcat-us"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus, which has the schemas, is not here")


def write(entries, name, path):
    """Write entries in a format and return what was written."""
    target = open_target(STANDARD, name, path)
    with whole_file(path) as stream:
        for entry in entries:
            target.add(entry, stream)
        target.finish(stream)
    return orjson.loads(path.read_bytes())


def dcat_us_1():
    """Return the validator of DCAT-US 1.1 for those who are no federal agency."""
    base = "https://project-open-data.cio.gov/v1.1/schema/"
    names = {"dataset-non-federal.json": "dataset-non-federal.json", "distribution.json": "distribution.json"}
    names |= {"vcard-non-federal.json": "vcard-non-federal.json", "vcard.json": "vcard.json"}
    found = {name: orjson.loads((POD / file).read_bytes()) for name, file in names.items()}
    found["organization.json"] = orjson.loads(
        (CORPUS / "project-open-data__project-open-data.github.io" / "organization.json").read_bytes()
    )
    registry = Registry().with_resources(
        (base + name, Resource(contents=schema, specification=DRAFT4)) for name, schema in found.items()
    )
    catalog = orjson.loads((POD / "non-federal-v1.1__catalog.json").read_bytes())
    return jsonschema.Draft4Validator(catalog, registry=registry)


def dcat_us_3():
    """Return the validator of a DCAT-US 3 catalog."""
    # Named in the draft and not defined there.
    definitions = {
        name: {"type": "object"}
        for name in ("Resource", "Frequency", "LinguisticSystem", "ImageObject", "ChecksumAlgorithm")
    }
    for path in US3.glob("[A-Z]*.json"):
        schema = orjson.loads(re.sub(rb'"\$(id|schema)": "[^"]*",?', b"", path.read_bytes()))
        definitions[path.stem] = schema
    return jsonschema.Draft7Validator(
        {"$ref": "#/definitions/Catalog", "definitions": definitions},
        format_checker=FORMATS,
    )


FORMATS = jsonschema.FormatChecker(())


@FORMATS.checks("date")
def is_date(text):
    """Whether a text is a day of RFC 3339."""
    return not isinstance(text, str) or re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


@FORMATS.checks("date-time")
def is_time(text):
    """Whether a text is a day and a time of day of RFC 3339."""
    return not isinstance(text, str) or re.fullmatch(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)", text) is not None


def entries():
    """Return entries that have what the formats ask for: of each format's sample, and the kind's example."""
    found = [STANDARD.examples["resource"]]
    for name in ("dcat-us-1.1", "dcat-us-3", "ckan", "schema-org", "cn-guide-2017"):
        lines = (STANDARD.mappings[name].folder / "expected.jsonl").read_bytes().splitlines()
        found += [orjson.loads(line) for line in lines]
    return found


def has(entry, *paths):
    """Whether an entry has properties."""
    for path in paths:
        value = entry
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if not value:
            return False
    return True


def test_dcat_us_1_is_valid(tmp_path):
    """Entries that say what the format asks for make a valid data.json."""
    asked = ("description", "contactPoint.name", "contactPoint.email", "identifier", "opening.type")
    chosen = [entry for entry in entries() if entry["kind"] == "resource" and has(entry, *asked)]
    # A download without a media type is not valid, and a media type is not made up.
    chosen = [
        entry
        for entry in chosen
        if all("mediaType" in one for one in entry.get("distribution", []) if "downloadURL" in one)
    ]
    assert len(chosen) >= 3
    made = write(chosen, "dcat-us-1.1", tmp_path / "data.json")
    assert [f"{error.json_path}: {error.message}"[:300] for error in dcat_us_1().iter_errors(made)] == []
    del made["dataset"][0]["contactPoint"]["fn"]
    assert not dcat_us_1().is_valid(made)


def test_dcat_us_3_is_valid(tmp_path):
    """Entries that say what the format asks for make a valid catalog."""
    asked = ("description",)
    chosen = [entry for entry in entries() if entry["kind"] == "resource" and has(entry, *asked)]
    chosen = [
        entry
        for entry in chosen
        if not has(entry, "contactPoint") or has(entry, "contactPoint.name", "contactPoint.email")
    ]
    chosen = [{**entry, "publisher": {"name": "Department"}, "source": {}} for entry in chosen]
    assert len(chosen) >= 4
    chosen.append(STANDARD.examples["interface"] | {"publisher": {"name": "Department"}})
    made = write(chosen, "dcat-us-3", tmp_path / "catalog.json")
    assert [f"{error.json_path}: {error.message}"[:300] for error in dcat_us_3().iter_errors(made)] == []
    del made["dataset"][0]["publisher"]["prefLabel"]
    assert not dcat_us_3().is_valid(made)
