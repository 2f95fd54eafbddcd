"""What a run does for one small file, counted in work, since seconds depend on the machine."""

from pathlib import Path

from mulu.standard import Standard, load
from mulu.validate.whole import validate

STANDARD = load()
ENTRY = Path(STANDARD.roots[0]) / "schemas" / "examples" / "resource.json"


def test_what_no_finding_needs_is_not_read():
    """Of a rule that finds nothing the query is all that a run asks for."""
    standard = Standard(STANDARD.roots, STANDARD.header)
    with validate(ENTRY, standard=standard) as report:
        assert report.exit_code("info") == 0
    assert [rule.id for rule in standard.rules.values() if "said" in vars(rule)] == []
