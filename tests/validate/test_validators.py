"""What is made of a standard is made once a process, and never stands for what the standard says by now."""

import orjson
import pytest

from mulu import child
from mulu.publish.begin import begin
from mulu.standard import load
from mulu.validate.api import validate
from mulu.validate.structure import Structure
from mulu.validate.validators import validators_of

SCHEMA = "schemas/example.schema.json"


@pytest.fixture
def folder(tmp_path):
    """Return the folder of a small standard."""
    begin("small", tmp_path / "small")
    return tmp_path / "small"


def test_runs_of_one_standard_share_its_validators(folder):
    """To build them takes longer than to check a small file."""
    standard = load(folder)
    assert validators_of(standard.schemas) is validators_of(standard.schemas)
    assert validators_of(standard.schemas) is not validators_of(load(folder).schemas)


def test_a_standard_that_was_edited_is_another(folder):
    """Loaded again, it asks for what its files ask for now."""
    entry = load(folder).examples["example"]
    assert Structure(load(folder)).faults(entry) == []
    schema = orjson.loads((folder / SCHEMA).read_bytes())
    schema["properties"]["name"]["minLength"] = 1000
    (folder / SCHEMA).write_bytes(orjson.dumps(schema))
    assert [fault.check for fault in Structure(load(folder)).faults(entry)] == ["text-too-short"]


@pytest.mark.skipif(not child._CAN_FORK, reason="this system cannot fork")
def test_what_runs_the_rules_of_others_is_started_once(folder, tmp_path, monkeypatch):
    """And each run has the rules that there are by then."""
    started = []
    process = child._Process
    monkeypatch.setattr(child, "_Process", lambda *what: started.append(what) or process(*what))
    child.end_all()
    file = tmp_path / "entries.jsonl"
    entry = load(folder).examples["example"] | {"started": "2020-05", "ended": "2019"}
    file.write_bytes(orjson.dumps(entry))
    (rule,) = (folder / "validators").rglob("ended-before-started.yaml")
    found = []
    for _ in range(2):
        with validate(file, standard=load(folder)) as report:
            found.append("ended-before-started" in report.findings.rules)
        rule.write_text(rule.read_text("utf-8").replace("  where last_day", "  where false and last_day", 1), "utf-8")
    assert found == [True, False] and len(started) == 1
