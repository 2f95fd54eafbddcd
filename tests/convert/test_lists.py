"""Lists in no common format are known by the headings that offices write; the cases stand in `lists.yaml`."""

from pathlib import Path

import pytest
import yaml

from mulu.errors import NotRecognised

LISTS = yaml.safe_load(Path(__file__).with_name("lists.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def written(tmp_path):
    """Return a function that writes the lines of a case as CSV."""

    def write(case):
        path = tmp_path / "list.csv"
        lines = [line.replace(",", "，").replace("|", ",") for line in case["lines"]]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("case", [one for one in LISTS if one["format"]], ids=lambda case: case["name"])
def test_a_list_is_read_as_what_it_is(case, written, convert):
    """Its format is told by the headings, and what is said of each line's entry stands there."""
    made, source = convert(written(case))
    assert source.format == case["format"]
    assert len(made) == len(case["entries"])
    for sourced, expected in zip(made, case["entries"], strict=True):
        assert {pointer: at(sourced.entry, pointer) for pointer in expected} == expected


@pytest.mark.parametrize("case", [one for one in LISTS if not one["format"]], ids=lambda case: case["name"])
def test_a_list_of_something_else_is_refused(case, written, convert):
    """What looks like a catalog by some of its headings, and is none, is not read as one."""
    with pytest.raises(NotRecognised):
        convert(written(case))


def at(value, pointer):
    """Return what stands at a pointer, None where nothing does."""
    for step in pointer.split("/")[1:]:
        if isinstance(value, list):
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = (value or {}).get(step)
    return value
