"""What mulu is installed with: no version is allowed of which an advisory is known, and each release tells what it is.

`advisories.csv` beside this holds the advisories with the version that mends each, and the day on which they were read;
docs/reliability.md says how to read them again.
"""

import csv
import hashlib
import importlib.util
import json
import re
import sys
import tomllib
import zipfile
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ADVISORIES = list(csv.DictReader((ROOT / "tests" / "advisories.csv").read_text("utf-8").splitlines()))
# What is installed with mulu by those who use it; tools of those who work on it are their own affair.
TOOLS = {"test", "dev", "release"}


def requirements():
    """Yield what a user may get, each with all that is said of its versions."""
    extras = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *(line for name in extras.keys() - TOOLS for line in extras[name])]
    for line in lines:
        wanted = Requirement(line)
        if wanted.name != PROJECT["name"]:
            yield canonicalize_name(wanted.name), wanted


def floors():
    """Return the lowest version of each dependency that may be installed."""
    found = {}
    for name, wanted in requirements():
        lowest = [Version(part.version) for part in wanted.specifier if part.operator in (">=", "==", "~=")]
        found[name] = min([*lowest, *([found[name]] if name in found else [])], default=Version("0"))
    return found


def test_every_dependency_has_a_floor():
    """An old version would be installed where something else asks for it."""
    assert {name for name, floor in floors().items() if floor == Version("0")} == set()


@pytest.mark.parametrize("line", ADVISORIES, ids=lambda line: line["advisory"].split()[0])
def test_no_version_with_a_known_fault_is_allowed(line):
    """The floor is at or above the version that mends it, and so is what is installed here."""
    assert re.fullmatch(r"(CVE-\d{4}-\d+|PYSEC-\d{4}-\d+)( GHSA(-\w{4}){3})?", line["advisory"])
    assert date.fromisoformat(line["read"]) and line["what"]
    name, fixed = canonicalize_name(line["package"]), Version(line["fixed"])
    assert floors()[name] >= fixed
    try:
        installed = version(name)
    except PackageNotFoundError:
        return
    assert Version(installed) >= fixed


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Return the folder of a release, made without network of what is installed here."""
    spec = importlib.util.spec_from_file_location("release", ROOT / ".ci" / "release.py")
    release = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(release)
    folder = tmp_path_factory.mktemp("release") / "dist"
    release.main([str(folder), "--python", sys.executable, "--no-isolation"])
    return folder


def test_a_release_tells_the_hash_of_each_of_its_files(released):
    """Wheel, source and bill of materials, in the form that `sha256sum -c` reads."""
    lines = dict(reversed(line.split("  ")) for line in (released / "SHA256SUMS").read_text().splitlines())
    name = f"mulu-{PROJECT['version']}"
    assert set(lines) == {f"{name}-py3-none-any.whl", f"{name}.tar.gz", f"{name}.cdx.json"}
    assert {path.name for path in released.iterdir()} == {*lines, "SHA256SUMS"}
    for file, digest in lines.items():
        assert hashlib.sha256((released / file).read_bytes()).hexdigest() == digest
    with zipfile.ZipFile(released / f"{name}-py3-none-any.whl") as wheel:
        assert "mulu/builtin/standard.toml" in wheel.namelist()


def test_a_release_lists_what_it_is_installed_with(released):
    """CycloneDX, valid by the tool's own check: mulu, and each dependency with the version and its package URL."""
    bill = json.loads((released / f"mulu-{PROJECT['version']}.cdx.json").read_text("utf-8"))
    assert bill["bomFormat"] == "CycloneDX" and "timestamp" not in bill["metadata"]
    assert bill["metadata"]["component"]["name"] == "mulu"
    listed = {canonicalize_name(item["name"]): item for item in bill["components"]}
    for line in PROJECT["dependencies"]:
        name = canonicalize_name(Requirement(line).name)
        assert listed[name]["version"] == version(name) and listed[name]["purl"].startswith("pkg:pypi/")
    assert str(ROOT) not in json.dumps(bill)
