"""Real exports of portals and platforms are converted, and nothing of them is lost."""

from pathlib import Path

import pytest

from mulu.convert.ledger import HEADS
from mulu.errors import MuluError

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "cn"
PORTALS = sorted((CORPUS / "opendata").glob("*.json"))
SAMPLES = sorted(CORPUS.glob("*_sample.json"))
HEADERS = sorted((CORPUS / "headers").glob("*.csv"))


@pytest.mark.skipif(not PORTALS, reason="the corpus is not here")
@pytest.mark.parametrize("path", [*PORTALS, *SAMPLES], ids=lambda path: path.stem)
def test_a_portal_is_recognised_and_its_values_are_kept(path, convert):
    """At least 95 % of the values have a property or stay in the entry's source; what is dropped has a reason."""
    made, source = convert(path)
    counts = source.ledger.counts
    assert made and source.ledger.entries == len(made)
    assert source.ledger.leaves == sum(counts[head] for head in HEADS)
    found = counts["mapped"] + counts["transformed"] + counts["kept"]
    assert found >= 0.95 * source.ledger.leaves
    assert counts["dropped"] == sum(source.ledger.drops.values())
    if path in PORTALS:
        assert source.format == "cn-open-data"
        assert all(item.entry["title"] and item.entry["kind"] == "resource" for item in made)


@pytest.mark.skipif(not HEADERS, reason="the corpus is not here")
@pytest.mark.parametrize("path", HEADERS, ids=lambda path: path.stem)
def test_a_template_without_rows_holds_no_entry(path, convert):
    """The headings of a template are recognised, and are no data."""
    try:
        made, source = convert(path)
    except MuluError as error:
        pytest.fail(f"not recognised: {error.zh}")
    assert made == [] and source.format.startswith(("cn-", "suzhou-"))
