"""`mulu.lock`: a project is checked against the standard that it has locked, or not at all."""

import json
import shutil
from pathlib import Path

import pytest

from mulu.publish.begin import begin
from mulu.standard import load
from mulu.standard.lock import lock_of


@pytest.fixture
def project(tmp_path):
    """Return a project with settings, a standard of its own and an entry, in the working directory."""
    begin("small", tmp_path / "small")
    Path("mulu.toml").write_text('standard = "small"\n', "utf-8")
    entry = json.loads((tmp_path / "small/schemas/examples/example.json").read_text("utf-8"))
    Path("a.jsonl").write_text(json.dumps(entry) + "\n", "utf-8")
    return tmp_path


def test_the_locked_standard_is_used(mulu, project, monkeypatch):
    """The lock stands beside the settings, and is found from folders below."""
    below = project / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    assert mulu("standard", "lock").code == 0
    assert (project / "mulu.lock").is_file() and not (below / "mulu.lock").exists()
    assert mulu("validate", "../a.jsonl").code == 0
    report = json.loads(mulu("validate", "../a.jsonl", "-f", "json").out)
    assert f'sha256 = "{report["standard"]["sha256"]}"' in (project / "mulu.lock").read_text("utf-8")


# what is done to the standard: what is told
CHANGES = {
    "code list": (
        lambda folder: edit(folder / "schemas/codes/example-type.csv", "Public", "Open"),
        "code lists differ: example-type",
    ),
    "version": (lambda folder: edit(folder / "standard.toml", "0.1.0", "0.2.0"), "small 0.1.0 → 0.2.0"),
    "another file": (
        lambda folder: edit(folder / "schemas/example.schema.json", "minLength", "maxLength"),
        "files of the standard small 0.1.0 differ",
    ),
    "another list": (
        lambda folder: shutil.copy(folder / "schemas/codes/example-type.csv", folder / "schemas/codes/more.csv"),
        "code lists differ: more",
    ),
}


def edit(path, old, new):
    """Replace a text in a file."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize("change", CHANGES)
def test_another_standard_is_refused(mulu, project, change):
    """Nothing is checked or converted, what differs is named, and to lock anew is what accepts it."""
    assert mulu("standard", "lock").code == 0
    done, part = CHANGES[change]
    done(project / "small")
    for command in (("validate", "a.jsonl"), ("baseline", "write", "a.jsonl", "-o", "b.json"), ("convert", "a.jsonl")):
        refused = mulu(*command, "--lang", "en")
        assert refused.code == 2 and part in refused.err and refused.err.startswith("mulu: mulu.lock"), refused.err
        assert refused.out == ""
    assert "与锁定的不同" in mulu("validate", "a.jsonl", "--lang", "zh").err
    assert mulu("validate", "a.jsonl", "--isolated", "--standard", "small", "--fail-on", "never").code == 0
    assert mulu("standard", "lock").code == 0
    assert mulu("validate", "a.jsonl", "--fail-on", "never").code == 0


def test_the_built_in_standard_instead_is_refused(mulu, project):
    """Which standards are locked and which are used is told."""
    mulu("standard", "lock")
    Path("mulu.toml").write_text("", "utf-8")
    told = mulu("validate", "a.jsonl", "--lang", "en").err
    assert "small, which is locked, is not in use" in told and "mulu-gov-catalog is not locked" in told
    # Of another standard every list is another one.
    assert "code lists" not in told


def test_what_is_extended_is_locked_too(tmp_path):
    """Each standard below has its own checksum."""
    begin("upper", tmp_path / "upper", "mulu-gov-catalog")
    lock = lock_of(load(tmp_path / "upper"))
    assert [one["id"] for one in lock["standard"]] == ["upper", "mulu-gov-catalog"]
    assert lock["standard"][1]["sha256"] == load().sha256 == lock_of(load())["sha256"]
    assert set(lock["codes"]) >= set(load().codes)


@pytest.mark.parametrize(
    "text", ["", "lock = 2\n", "lock = ", "\x00", 'lock = 1\nsha256 = "x"\nstandard = 1\ncodes = 1\n']
)
def test_a_lock_that_cannot_be_read_locks(mulu, project, text):
    """It fails closed."""
    Path("mulu.lock").write_text(text, "utf-8")
    refused = mulu("validate", "a.jsonl")
    assert refused.code == 2 and "mulu.lock" in refused.err


def test_the_same_standard_gives_the_same_lock(mulu, project):
    """On every machine, so that it can be kept under version control."""
    mulu("standard", "lock")
    first = Path("mulu.lock").read_bytes()
    mulu("standard", "lock", "small", "-o", "other.lock")
    assert Path("other.lock").read_bytes() == first
