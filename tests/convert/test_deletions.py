"""Whatever line of a mapping is taken out, the account names what is lost by it."""

import copy
import json
import os
from collections import Counter

import pytest

from mulu.convert import known
from mulu.convert.legacy import LegacySource
from mulu.convert.recognition import candidates
from mulu.convert.record_candidates import candidates_beside
from mulu.convert.tree_source import TreeSource
from mulu.convert.trees import leaves
from mulu.errors import BadStandard
from mulu.pointer import without_positions
from mulu.readers import open_document
from mulu.standard import load
from mulu.standard.mapping_data import mapping_data
from mulu.standard.mapping_reader import read_mapping

STANDARD = load()
KNOWN = known(STANDARD)
# The part of the lines that the suite takes out; with `TEST_WHOLE` each is.
SHARE = 3


def cuts(fields, at):
    """Yield the path of each property, of each way of several, and of each code that is decoded."""
    for target, ways in fields.items():
        yield (*at, target)
        for number, way in enumerate(ways if isinstance(ways, list) else [ways]):
            here = (*at, target, number) if isinstance(ways, list) else (*at, target)
            if isinstance(ways, list):
                yield here
            if isinstance(way, dict):
                yield from ((*here, "decode", text) for text in way.get("decode", {}))
                yield from cuts(way.get("fields", {}), (*here, "fields"))


def without(data, path):
    """Return what a mapping says, less what is at `path`."""
    left = copy.deepcopy(data)
    node = left
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]
    return left


def convert(document, mapping):
    """Return how many values the entries of a document have, by property, and the account.

    `None`: the mapping knows none of its columns any more, so that the file is refused.
    """
    if mapping.is_tree:
        source = TreeSource(document, STANDARD, mapping)
    else:
        found = [one for one in candidates(document, [mapping]) if one.score]
        if not found:
            return None
        source = LegacySource(document, STANDARD, found if document.sheets else candidates_beside(found))
    said = Counter()
    for item in source:
        source.ledger.give(item.entry, item.trace)
        entry = {key: value for key, value in item.entry.items() if key != "source"}
        said.update(without_positions(at) for at, _ in leaves(entry) if at != "/kind")
    return said, source.ledger


@pytest.mark.parametrize("name", list(STANDARD.mappings))
def test_each_line_that_is_taken_out_is_felt_in_the_account(name, tmp_path):
    mapping = STANDARD.mappings[name]
    data, _ = mapping_data(mapping.folder / "mapping.yaml", STANDARD.roots)
    sample = next(mapping.folder.glob("sample.*"))
    document = open_document(sample, known=KNOWN)
    said, account = convert(document, mapping)
    changed = tmp_path / "converters" / name / "mapping.yaml"
    changed.parent.mkdir(parents=True)
    parts = [((), data), *((("also", number), one) for number, one in enumerate(data.get("also", [])))]
    parts += [(("details", number), one) for number, one in enumerate(data.get("details", []))]
    felt = 0
    paths = [path for at, part in parts for path in cuts(part["fields"], (*at, "fields"))]
    for path in paths[:: 1 if os.environ.get("TEST_WHOLE") else SHARE]:
        changed.write_text(json.dumps(without(data, path)), encoding="utf-8")
        try:
            less = read_mapping(changed, (*STANDARD.roots, tmp_path))
        except BadStandard:
            # The mapping does not hold together without it, and says where.
            continue
        if (left := convert(document, less)) is None:
            felt += 1
            continue
        now, told = left
        # No value of the source is forgotten, and what no entry has any more is missing in the account.
        assert told.leaves == account.leaves, path
        assert {property: count for property, (count, _) in told.properties.items()} == now, path
        felt += bool(said - now)
    assert {property: count for property, (count, _) in account.properties.items()} == said
    assert felt
