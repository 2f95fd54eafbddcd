"""The schema of mappings, by which editors complete them, says what the reader says that decides."""

import copy
import json
from importlib.resources import files

import jsonschema_rs
import pytest

from mulu.errors import BadStandard
from mulu.standard import load
from mulu.standard.folder import read_yaml
from mulu.standard.mapping_data import mapping_data
from mulu.standard.mapping_reader import read_mapping

STANDARD = load()
SCHEMA = json.loads(files("mulu.standard").joinpath("mapping.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)


def objects(node, path=()):
    """Yield the path of every object in a mapping."""
    if isinstance(node, dict):
        yield path
        for key, value in node.items():
            yield from objects(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from objects(value, (*path, number))


def at(data, path):
    """Return what stands at a path."""
    for step in path:
        data = data[step]
    return data


@pytest.mark.parametrize("name", list(STANDARD.mappings))
def test_every_mapping_is_valid(name):
    path = STANDARD.mappings[name].folder / "mapping.yaml"
    for data in (read_yaml(path)[0], mapping_data(path, STANDARD.roots)[0]):
        assert [error.message for error in VALIDATOR.iter_errors(data)] == []


@pytest.mark.parametrize("name", ["cn-two-sheet", "dcat", "iso19139", "cn-guide-2017", "cpsv-ap", "datapackage"])
def test_the_schema_and_the_reader_refuse_the_same(name, tmp_path):
    """A key too many or one too few is refused by both or by neither."""
    data, _ = mapping_data(STANDARD.mappings[name].folder / "mapping.yaml", STANDARD.roots)
    file = tmp_path / "converters" / name / "mapping.yaml"
    file.parent.mkdir(parents=True)
    refused = 0
    for path in objects(data):
        changes = [(key, "less") for key in at(data, path)] + [("misspelt", "more")]
        for key, change in changes:
            if change == "less" and "namespaces" in (*path, key):
                # That a prefix in some selector has no namespace only the reader knows.
                continue
            changed = copy.deepcopy(data)
            if change == "less":
                del at(changed, path)[key]
            else:
                at(changed, path)[key] = 1
            file.write_text(json.dumps(changed), encoding="utf-8")
            try:
                read_mapping(file, (*STANDARD.roots, tmp_path))
                is_read = True
            except BadStandard:
                is_read = False
            assert VALIDATOR.is_valid(changed) == is_read, (path, key, change)
            refused += not is_read
    assert refused


def test_every_key_is_told_in_both_languages():
    waiting = [SCHEMA]
    while waiting:
        node = waiting.pop()
        for key, value in node.items():
            if isinstance(value, dict):
                waiting.append(value)
            elif key == "description":
                chinese, slash, english = value.partition(" / ")
                assert slash and english and any(character >= "\u4e00" for character in chinese), value
