"""`-f` and `-q`: what goes to the screen, and what to files."""

from pathlib import Path

import orjson
import pytest

from mulu.reports import report_format

SAMPLE = Path(__file__).parents[2] / "converters" / "cn-open-data" / "sample.json"
FOR_PEOPLE = ("text", "concise")
# Markdown is handed on, to a comment or a page.
FOR_MACHINES = ("json", "jsonl", "markdown", "sarif", "junit", "gitlab", "github")


@pytest.fixture
def faulty(catalog, good):
    """Return the name of a file with a fault."""
    return catalog({**good, "issued": "昨天"})


def test_kinds_of_formats():
    """Which are for people is what each format says of itself."""
    assert {name for name in (*FOR_PEOPLE, *FOR_MACHINES) if report_format(name).MACHINE} == set(FOR_MACHINES)


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_quiet_leaves_out_what_people_would_read(mulu, faulty, name):
    """Said on the command line or by a setting; a file is written all the same, and the exit code is as ever."""
    assert mulu("validate", faulty, "-f", name).out
    result = mulu("validate", faulty, "-f", name, "-q")
    assert (result.code, result.out) == (1, "")
    Path("mulu.toml").write_text(f'format = ["{name}", "{name}:报告", "json:r.json"]\n', "utf-8")
    result = mulu("validate", faulty, "-q")
    assert (result.code, result.out) == (1, "") and Path("报告").read_bytes() and Path("r.json").read_bytes()


@pytest.mark.parametrize("name", FOR_MACHINES)
def test_quiet_leaves_what_a_machine_reads(mulu, faulty, name):
    """A report in a pipe is what was asked for; the one for people is not added to it."""
    options = (faulty, "--date", "2026-01-31", "-f", name)
    loud, quiet = mulu("validate", *options), mulu("validate", *options, "-q")
    assert quiet.code == 1 and quiet.out and quiet.out == loud.out


@pytest.mark.parametrize(("other", "name"), [("json-lines", "jsonl"), ("gitlab-code-quality", "gitlab")])
def test_formats_have_the_names_of_other_tools(mulu, faulty, other, name):
    """A pipeline keeps its word for the format when the tool in it changes."""
    options = ("validate", faulty, "--date", "2026-01-31", "-f")
    assert mulu(*options, other).out == mulu(*options, name).out != ""
    assert mulu(*options, f"{other}:r").code == 1 and Path("r").read_bytes()


def test_quiet_as_a_setting(mulu, faulty):
    """The same as on the command line."""
    Path("mulu.toml").write_text('quiet = true\nformat = ["text"]\n', "utf-8")
    assert mulu("validate", faulty).out == ""
    assert orjson.loads(mulu("validate", faulty, "-f", "json").out)["summary"]["error"] == 1


@pytest.mark.parametrize("name", ["目录.xlsx", "catalog.ttl", "catalog.csv", "catalog.jsonl.gz"])
def test_entries_are_not_written_under_the_ending_of_another_format(mulu, name):
    """JSON Lines in a file called `.xlsx` would open nowhere; what to say instead is told, and nothing is written."""
    for command in (["convert", SAMPLE], ["sample", "-n", "2"]):
        result = mulu(*command, "-o", name)
        assert result.code == 2 and "--to" in result.err and name in result.err and not Path(name).exists()


@pytest.mark.parametrize("name", ["catalog.jsonl", "catalog.ndjson", "catalog.json", "catalog"])
def test_entries_are_written_under_an_ending_of_their_own_or_none(mulu, name):
    """The endings of JSON, or none, promise nothing else."""
    assert mulu("convert", SAMPLE, "-o", name).code == 0 and Path(name).read_bytes()
