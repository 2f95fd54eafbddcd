"""The command line, called in this process as a user would call it."""

import io
import sys
from functools import partial

import orjson
import pytest

from mulu.cli import run

GOOD = {
    "kind": "resource",
    "identifier": "307021022100/000101",
    "title": "个体工商户登记信息",
    "description": "全市个体工商户设立、变更、注销登记的基本情况，可用于行政许可时的核验。",
    "publisher": {"name": "示例市市场监督管理局", "identifier": "11430100MB1E204791"},
    "format": [{"category": "database", "type": "mysql"}],
    "sharing": {"type": "unconditional", "useRequirement": "作为行政依据", "mode": {"category": "platform"}},
    "opening": {"type": "none", "reason": "law", "legalBasis": "《中华人民共和国数据安全法》第三十八条"},
    "accrualPeriodicity": "monthly",
    "issued": "2021-06-18",
}


class Result:
    """What one call printed and returned."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


def called(patch, *arguments):
    """Run the command line; return what it printed and returned."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for name in ("stdout", "stderr")}
    for name, stream in streams.items():
        patch.setattr(sys, name, stream)
    code = run([str(argument) for argument in arguments])
    for stream in streams.values():
        stream.flush()
    return Result(code, *(stream.buffer.getvalue().decode() for stream in streams.values()))


@pytest.fixture
def mulu(monkeypatch, tmp_path):
    """Return a function that runs the command line in an empty folder, in Chinese unless told otherwise."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MULU_LANG", "zh")
    return partial(called, monkeypatch)


@pytest.fixture(scope="session")
def mulu_in():
    """Return a function that runs the command line in a folder, in Chinese, for what several tests look at."""

    def call(folder, *arguments):
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            patch.setenv("MULU_LANG", "zh")
            return called(patch, *arguments)

    return call


@pytest.fixture
def catalog(tmp_path):
    """Return a function that writes entries, a line each, and returns the file's name."""

    def write(*entries, name="目录.jsonl"):
        (tmp_path / name).write_bytes(b"".join(orjson.dumps(entry) + b"\n" for entry in entries))
        return name

    return write


@pytest.fixture
def good():
    """Return an entry without faults at the first level."""
    return orjson.loads(orjson.dumps(GOOD))
