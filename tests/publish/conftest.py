"""Copies of the built-in standard, edited."""

import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Copy:
    """A copy of a standard, the built-in one if nothing else is said, whose files can be edited."""

    def __init__(self, folder, of=ROOT):
        folder.mkdir()
        self.folder = folder
        shutil.copy(of / "standard.toml", folder)
        for part in ("schemas", "validators", "converters"):
            shutil.copytree(of / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))

    def schema(self, name, change):
        """Let `change` edit a schema."""
        path = self.folder / f"schemas/{name}.schema.json"
        data = json.loads(path.read_text("utf-8"))
        change(data)
        path.write_text(json.dumps(data, ensure_ascii=False, indent=2), "utf-8")

    def text(self, name, old, new):
        """Replace a text that a file holds."""
        path = self.folder / name
        before = path.read_text("utf-8")
        assert old in before
        path.write_text(before.replace(old, new, 1), "utf-8", newline="")


@pytest.fixture
def copy(tmp_path):
    """Return a copy of the built-in standard."""
    return Copy(tmp_path / "new")


@pytest.fixture(scope="module")
def lasting_copy(tmp_path_factory):
    """Return a copy of the built-in standard that all tests of a module look at."""
    return Copy(tmp_path_factory.mktemp("standard") / "new")
