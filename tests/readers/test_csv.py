"""CSV: delimiters, quotes, and the line and character where each cell starts."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import Known, open_bytes
from mulu.readers.csv import _records

# A `'` may shield what a spreadsheet would take for a formula, and is taken off.
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff'="), max_size=8)


def read(text, **options):
    return open_bytes(text.encode(), "x.csv", **options)


def rows(document):
    return [row.cells for row in document.sheets[0].rows]


def told(document, rule):
    return [notice for notice in document.notices if notice.rule == rule]


def trimmed(row):
    cells = [cell or None for cell in row]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_what_was_written_is_read_and_each_place_is_where_the_cell_starts(table, newline):
    table = [["编号", "名称"], *table]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows(table)
    text = buffer.getvalue()
    document = read(text)
    assert document.delimiter == ","
    assert rows(document) == [cells for cells in map(trimmed, table) if cells]
    lines = text.split("\n")
    for number, row in enumerate(table, 1):
        for column, cell in enumerate(row, 1):
            place = document.place((0, number, column))
            assert place.row == number
            rest = "\n".join(lines[place.line - 1 :])[place.column - 1 :]
            assert rest.startswith('"' + cell.replace('"', '""') + '"')


@given(st.text('a",;\n \r中', max_size=30))
def test_any_text_is_read_and_every_cell_has_a_place_in_it(text):
    text = "编号,名称\n" + text
    document = read(text)
    lines = document.text.split("\n")
    for row in document.sheets[0].rows:
        for column in range(1, len(row.cells) + 1):
            place = document.place((0, row.number, column))
            assert 1 <= place.line <= len(lines)
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_the_delimiter_is_told_by_equal_columns(delimiter):
    table = [["信息资源名称", "信息资源代码", "摘要"], ["人口、户籍", "1", "甲。"], ["法人", "2", "乙"]]
    document = read("\n".join(delimiter.join(row) for row in table))
    assert document.delimiter == delimiter
    assert rows(document) == table


def test_known_headings_outweigh_equal_columns():
    text = "名称；说明|代码|类型\n甲,乙|1|丙,丁\n戊,己|2|庚,辛\n,,\n,,\n"
    assert read(text).delimiter == ","
    known = frozenset({"代码", "类型"}).copy
    assert read(text, known=Known(words=known)).delimiter == "|"


@pytest.mark.parametrize(
    "lines",
    [
        ['"编号","名称"', '"","","|;"'],
        ['"编号","名称"', '"a","|","|，","|"', '"b|",""'],
        ['"编号","名称"', '"a;b","c"', '"d;e","f","g"', '"h;","i","j","k"'],
        ['"","",";"'] * 3,
    ],
)
def test_marks_inside_quotes_are_no_delimiters(lines):
    assert read("\n".join(lines)).delimiter == ","


def test_one_column_is_a_table_too():
    assert rows(read("名称\n甲\n乙\n")) == [["名称"], ["甲"], ["乙"]]


def test_row_numbers_count_records_and_empty_ones():
    document = read('名称,代码\n\n"甲\n乙",1\n,\n丙,2\n')
    assert [row.number for row in document.sheets[0].rows] == [1, 3, 5]
    place = document.place((0, 5, 2))
    assert (place.row, place.line, place.column) == (5, 6, 3)
    place = document.place((0, 3, 0))
    assert (place.row, place.line, place.column) == (3, 3, 1)


def test_a_place_past_the_last_cell_is_the_end_of_the_record():
    document = read("a,b,c\n1,2\n")
    place = document.place((0, 2, 3))
    assert (place.line, place.column) == (2, 4)


def test_an_unclosed_quote_is_told_where_it_opened_and_swallows_nothing():
    document = read('名称,代码\n甲,"1\n乙,2\n丙,3\n')
    assert rows(document) == [["名称", "代码"], ["甲", '"1'], ["乙", "2"], ["丙", "3"]]
    (notice,) = told(document, "unclosed-quote")
    assert (notice.params["line"], notice.place.line, notice.place.column) == (2, 2, 3)


def test_an_unclosed_quote_before_quoted_cells_swallows_nothing():
    document = read('名称,代码\n甲,"1\n"乙","2"\n"丙","3"\n')
    assert rows(document)[2:] == [["乙", "2"], ["丙", "3"]]
    assert [notice.params["line"] for notice in told(document, "unclosed-quote")] == [2]


def test_quotes_around_a_part_of_a_cell_belong_to_it():
    document = read('名称,代码\n"甲"类,1\n5"管,2\n')
    assert rows(document)[1:] == [['"甲"类', "1"], ['5"管', "2"]]
    assert not document.notices


def test_spaces_around_quotes_do_not_matter():
    assert rows(read('a, b\n"甲" , "乙,丙"\n'))[1] == ["甲", "乙,丙"]


def test_a_row_with_more_cells_than_the_table_is_told():
    document = read("a,b\n1,2\n3,4,5\n6,7,,\n")
    (notice,) = told(document, "extra-cells")
    assert (notice.params, notice.ref) == ({"expected": 2, "found": 3}, (0, 3, 3))


def test_a_row_with_fewer_cells_is_told_where_it_is_an_exception():
    assert told(read("a,b,c\n" + "1,2,3\n" * 20 + "1,2\n"), "missing-cells")[0].ref == (0, 22, 0)
    assert not told(read("a,b,c\n" + "1,2\n" * 20), "missing-cells")
    assert not told(read("标题\na,b,c\n" + "1,2,3\n" * 20 + "制表人：某\n"), "missing-cells")


def test_a_nul_is_told_with_its_cell():
    document = read("a,b\n1,x\0y\n")
    assert rows(document)[1] == ["1", "x\0y"]
    (notice,) = told(document, "nul-character")
    assert (notice.params["count"], notice.ref) == (1, (0, 2, 2))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,b\r"1\n2",3\r4,5\r', [["a", "b"], ["1\n2", "3"], ["4", "5"]]),
        ('a,b\r"1\r2",3\r4,5', [["a", "b"], ["1\n2", "3"], ["4", "5"]]),
        ("a,b\r1,2\n3,4\r\n5,6\r", [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]]),
        ('a,b\n"1\r\n2",3\r4,5\n', [["a", "b"], ["1\r\n2", "3"], ["4", "5"]]),
        ("a,b\r\r1,2", [["a", "b"], ["1", "2"]]),
    ],
)
def test_a_cr_alone_ends_a_line_wherever_it_stands(text, expected):
    """Beside LF in quoted cells, and where files of several systems were put together; offsets stay as they are."""
    document = read(text)
    assert rows(document) == expected
    assert len(document.text) == len(text)


def test_crs_before_an_lf_are_one_end():
    """As programs write them that convert line ends twice."""
    document = read("a,b\r\r\n1,2\r\r\n")
    assert [row.number for row in document.sheets[0].rows] == [1, 2]
    assert len(rows(read("a" + "\r" * 1_000_000 + "\n1"))) == 2


def test_lines_that_end_in_carriage_returns_only():
    assert rows(read("a,b\r1,2\r")) == [["a", "b"], ["1", "2"]]


def test_values_come_as_they_are():
    assert rows(read("a,b\n 1 ,\u3000\n007,\t\n")) == [["a", "b"], [" 1 ", "\u3000"], ["007", "\t"]]


def test_what_keeps_digits_from_being_numbers_is_no_part_of_them():
    """As programs write it for Excel, in quotes or not; a formula stays one, and places are those of the file."""
    text = '编号,名称\n="0012",="甲""乙"\n"=""0013""",="x"&A1\n="0014,丙'
    document = read(text)
    assert rows(document)[1:] == [["0012", '甲"乙'], ["0013", '="x"&A1'], ['="0014', "丙"]]
    assert document.place((0, 2, 2)).column == 9


@pytest.mark.parametrize(
    ("text", "limits", "name"),
    [
        ("a," * 2100 + "x\n", Limits(), "columns"),
        ("a,b\n" * 10, Limits(cells=15), "cells"),
        ("a,b\n1," + "x" * 100, Limits(text=99), "text"),
        ('a,b\n1,"' + "x\n" * 100 + '"', Limits(text=99), "text"),
    ],
)
def test_a_limit_is_named_in_the_refusal(text, limits, name):
    with pytest.raises(Unreadable) as caught:
        read(text, limits=limits)
    assert f"--limit {name}=" in caught.value.en


def test_many_unclosed_quotes_take_linear_time():
    text = "a,b\n" + '"x\n""\n' * 100_000
    assert len(rows(read(text))) > 100_000


SPECTRUM = Path(__file__).parents[3] / "shared" / "corpus" / "h-conformance" / "max-mapper__csv-spectrum"


# Its JSON for location_coordinates.csv holds degree signs that the CSV itself has lost.
@pytest.mark.parametrize("path", sorted(SPECTRUM.glob("[!l]*.csv")), ids=lambda path: path.stem)
def test_csv_spectrum(path):
    header, *body = rows(open_bytes(path.read_bytes(), path.name))
    found = [dict(zip(header, [*row, *[None] * 9], strict=False)) for row in body]
    wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    wanted = wanted if isinstance(wanted, list) else [wanted]
    assert found == [{key: value or None for key, value in row.items()} for row in wanted]


def test_blank_lines_in_a_row_are_passed_in_one_step():
    """A file may end with millions of them; rows keep their numbers and lines."""
    text = "\n\n甲,乙\n" + "\n" * 1000 + "丙,丁\n\n"
    assert [record.blanks for record in _records(text, ",")] == [2, 0, 1000, 0, 1]
    document = read(text)
    assert [row.number for row in document.sheets[0].rows] == [3, 1004]
    place = document.place((0, 1004, 2))
    assert (place.row, place.line, place.column) == (1004, 1004, 3)
    assert document.place((0, 500, 1)).line == 500
