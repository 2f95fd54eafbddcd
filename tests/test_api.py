"""What `import mulu` offers: the functions that the command line is made of, loaded when they are used."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import mulu

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"


def test_validate_returns_what_the_command_line_writes(tmp_path):
    """A report is read as the report formats read it, and gives its files back."""
    with mulu.validate(EXAMPLES, level="share", today=date(2026, 1, 15)) as report:
        assert isinstance(report, mulu.Report)
        found = list(report.counted())
        assert report.exit_code("error") == 1 and len(found) == sum(report.counts().values()) > 0
        mulu.reports.write_file(report, "jsonl", str(tmp_path / "a.jsonl"), "en")
        assert len((tmp_path / "a.jsonl").read_bytes().splitlines()) >= len(found)
        folder = report.spool.folder.parent
        assert folder.is_dir()
    assert not folder.exists()


def test_convert_yields_entries_and_keeps_the_account():
    """A file that is not recognised raises, unless the caller takes note of it."""
    conversion = mulu.convert(EXAMPLES / "目录导出.csv")
    entries = list(conversion)
    assert entries and all(entry["kind"] == "resource" for entry in entries)
    assert conversion.ledgers[0].entries == len(entries)
    with pytest.raises(mulu.MuluError):
        list(mulu.convert(EXAMPLES / "README.md"))
    problems = []
    both = mulu.convert(
        EXAMPLES / "README.md", EXAMPLES / "目录导出.csv", on_problem=lambda path, error: problems.append(path)
    )
    assert list(both) == entries and problems == [str(EXAMPLES / "README.md")]


def test_a_standard_is_loaded_once_and_used_for_both():
    """The same standard serves many calls."""
    standard = mulu.Standard.load(ROOT / "profiles" / "zhejiang")
    assert standard.below is not None and standard.header.id != mulu.Standard.load().header.id
    with mulu.validate(EXAMPLES / "catalog.jsonl", standard=standard) as report:
        assert report.standard is standard


def test_importing_mulu_loads_nothing_else():
    """The price of a name is paid by who uses it; the names stay the same whatever was imported before."""
    code = (
        "import sys, mulu\n"
        "assert not {'duckdb', 'orjson', 'jsonschema_rs', 'mulu.standard'} & set(sys.modules)\n"
        "import mulu.validate.run, mulu.convert\n"
        "assert callable(mulu.validate) and callable(mulu.convert) and mulu.Standard.load\n"
        "from mulu import validate, convert\n"
        "assert callable(validate) and set(mulu.__all__) >= {'validate', 'convert', 'Standard'}\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError):
        _ = mulu.nothing
