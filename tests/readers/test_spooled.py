"""Rows of workbooks stand on the disk: in memory is what is being looked at."""

import datetime
import gc
import math

import openpyxl
import pytest

from mulu.convert.tables import Line
from mulu.readers import isolated, open_document
from mulu.readers.model import Row
from mulu.readers.spooled import BATCH
from mulu.standard import load

COUNT = 4 * BATCH + 7


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    """Return the path of a workbook of two sheets, the first of many lines under its headings."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("目录")
    sheet.append(["信息资源名称", "信息资源提供方", "共享类型", "更新周期"])
    for number in range(COUNT):
        sheet.append([f"资源{number}", "示例市民政局", "无条件共享", number])
    book.create_sheet("说明").append(["x"])
    path = tmp_path_factory.mktemp("books") / "a.xlsx"
    book.save(path)
    return path


def test_rows_are_like_a_list(workbook):
    """Number, positions from both ends, slices and order, of each sheet."""
    first, second = (sheet.rows for sheet in open_document(workbook).sheets)
    every = list(first)
    assert len(first) == len(every) == COUNT + 1 and [row.number for row in every] == list(range(1, COUNT + 2))
    for at in (0, 1, BATCH - 1, BATCH, COUNT, -1):
        assert first[at] == every[at]
    for part in (slice(0, 3), slice(BATCH - 2, BATCH + 2), slice(COUNT - 1, None), slice(5, 5)):
        assert first[part] == every[part]
    assert first == every and first != every[1:] and second == [Row(1, ["x"])]
    with pytest.raises(IndexError):
        first[COUNT + 1]
    # Who is in the middle is not led astray by somebody else.
    pairs = zip(first, (first[-1 - number] for number in range(3)), strict=False)
    assert [one.number for one, _ in pairs] == [1, 2, 3]


def test_what_is_in_memory_does_not_grow_with_the_sheet(workbook):
    """Counted in rows and lines that are alive while entries are made."""
    from mulu.convert import open_source

    source = open_source(open_document(workbook), load(), "cn-flat-35")
    most = {Row: 0, Line: 0}
    made = 0
    for made, _ in enumerate(source, 1):
        if made % 400 == 0:
            alive = [type(one) for one in gc.get_objects() if type(one) in most]
            most = {kind: max(count, alive.count(kind)) for kind, count in most.items()}
    assert made == COUNT
    assert 0 < most[Row] <= 2 * BATCH and 0 < most[Line] < 10


def test_cells_leave_a_child_as_they_are():
    cells = ["甲", None, 1, True, 2.5, math.inf, 2**63, datetime.date(2024, 1, 2), datetime.time(3, 4)]
    for told in (cells, [*cells, "half a pair \ud800"]):
        assert isolated._rows(isolated._line([Row(7, told)])) == [Row(7, told)]
