"""A run with findings of every kind, for each format to tell of."""

import io
import shutil
from datetime import date
from pathlib import Path

import orjson
import pytest

from mulu.reports import report_format
from mulu.standard import load
from mulu.texts import Text
from mulu.validate import Options, Validation

ROOT = Path(__file__).parents[2]
HOSTILE = "a`|<b>\x1b[31m]]>\u202e::error::x\n##[group]&amp;[甲](http://x) {0}"


@pytest.fixture(scope="session")
def standard():
    """Return the built-in standard."""
    return load(ROOT)


@pytest.fixture(scope="session")
def catalog(tmp_path_factory):
    """Return a folder with a workbook, CSV, JSON Lines and a broken file, in paths with Chinese and blanks."""
    folder = tmp_path_factory.mktemp("run") / "报送 材料"
    folder.mkdir()
    shutil.copy(ROOT / "converters" / "cn-guide-2017" / "sample.xlsx", folder / "目录 终稿.xlsx")
    shutil.copy(ROOT / "examples" / "目录导出.csv", folder / "导出.csv")
    lines = (ROOT / "examples" / "catalog.jsonl").read_bytes().splitlines()
    good = orjson.loads(lines[1])
    bad = {**good, "title": HOSTILE, "identifier": "307021022100/000102", "accrualPeriodicity": HOSTILE}
    odd = {"kind": HOSTILE, "title": "x"}
    (folder / "条目, 50%.jsonl").write_bytes(b"\n".join([*map(orjson.dumps, (good, bad, odd))]))
    (folder / "坏.json").write_bytes(b'{"kind":')
    return folder.parent


NAMES = ("目录 终稿.xlsx", "导出.csv", "条目, 50%.jsonl", "坏.json")


@pytest.fixture(scope="session")
def report(standard, catalog, tmp_path_factory):
    """Return the report of a run over all of it, one rule of which failed."""
    options = Options("share", date(2026, 1, 15))
    run = Validation(standard, options, tmp_path_factory.mktemp("work"))
    for name in NAMES:
        path = Path("报送 材料") / name
        for _ in run.add(catalog / path, str(path)):
            pass
    found = run.finish()
    found.failures["duplicate-title"] = Text(f"Binder Error: {HOSTILE}", f"Binder Error: {HOSTILE}")
    yield found
    run.close()


@pytest.fixture(scope="session", autouse=True)
def outside_of_github():
    """No test writes into the summary of the pipeline that runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GITHUB_STEP_SUMMARY", raising=False)
        yield


@pytest.fixture(scope="session")
def written():
    """Return a function that writes a report in a format and returns the bytes."""

    def write(name, report, language="zh"):
        stream = io.BytesIO()
        report_format(name).write(report, stream, language, False)
        return stream.getvalue()

    return write
