"""A long array is read element by element, and says what it would say if it were read whole."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.pointer import pointer_of
from mulu.readers import jsonl, open_bytes, open_document
from mulu.readers.json_array import ElementBlocks, JsonArrayDocument, holds_entries
from mulu.validate.api import validate

VALUES = st.recursive(
    st.sampled_from(["甲", "a]", '"}', "\\", "乙丙\n", 1, -2.5, True, None, 10**30]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab]"), inner, max_size=3),
    max_leaves=8,
)
ELEMENTS = st.lists(VALUES, max_size=12)
BLANKS = st.sampled_from(["", " ", "\n", "\r\n  ", "\t\n\n"])


@st.composite
def texts(draw):
    """Draw the text of an array whose first element is an entry, and what may follow it."""
    elements = [{"kind": "a"}, *draw(ELEMENTS)]
    indent = draw(st.sampled_from([None, 1]))
    written = [json.dumps(element, ensure_ascii=draw(st.booleans()), indent=indent) for element in elements]
    parts = [draw(BLANKS) + text + draw(BLANKS) for text in written]
    return draw(BLANKS) + "[" + ",".join(parts) + "]" + draw(BLANKS)


def streamed(text, block=20, chunk=7, limits=None):
    """Return a document of the text as it would be read from a file in small blocks."""
    data, limits = text.encode(), limits or Limits()
    document = JsonArrayDocument("a.json", "json", "", len(data), "utf-8", limits=limits, data=data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl, "BLOCK", block)
        blocks = ElementBlocks(len(data), limits)
        for start in range(0, len(data), chunk):
            blocks.add(data[start : start + chunk])
        document.blocks = blocks.done()
    return document


def pointers(value, here=()):
    """Return the pointers of all values inside one."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [pointer_of(here), *(found for step, item in inside for found in pointers(item, (*here, step)))]


def said(open_):
    """Return items and notices of a document, or why it is refused and where."""
    try:
        document = open_()
        items = [item.value for item in document.items()]
    except Unreadable as refusal:
        return refusal.en, refusal.place and (refusal.place.line, refusal.place.column)
    notices = [(notice.rule, notice.params, notice.ref, notice.place) for notice in document.notices]
    places = [
        (number, pointer, key, document.place((number, pointer), key=key))
        for number, value in enumerate(items)
        for pointer in pointers(value)
        for key in (False, True)
    ]
    return items, notices, places


@given(texts(), st.integers(1, 60), st.integers(1, 40))
def test_it_says_what_the_whole_would_say(text, block, chunk):
    """Values, what is odd in them, and where everything stands."""
    whole = said(lambda: open_bytes(text.encode(), "a.json"))
    assert isinstance(whole[0], list)
    assert said(lambda: streamed(text, block, chunk)) == whole


@given(texts(), st.integers(1, 60), st.integers(1, 40))
def test_its_blocks_are_the_whole_file(text, block, chunk):
    """One begins where another ends, with the line and column that it says."""
    data, document = text.encode(), streamed(text, block, chunk)
    assert b"".join(document.read(one) for one in document.blocks).rstrip() == data.rstrip()
    for one in document.blocks:
        before = data[: one.offset].decode()
        assert (one.line, one.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))


@given(texts(), st.data())
def test_what_is_broken_is_refused_where_it_is(text, data):
    """A text that is cut off, or that lacks or has one character more, is read by both or by none."""
    at = data.draw(st.integers(text.index("[") + 1, len(text)))
    how = data.draw(st.sampled_from(["cut", "without", *'],[}{"x1.e-']))
    broken = (
        text[:at] if how == "cut" else text[:at] + ("" if how == "without" else how) + text[at + (how == "without") :]
    )
    whole = said(lambda: open_bytes(broken.encode(), "a.json"))
    found = said(lambda: streamed(broken))
    if isinstance(whole[0], list):
        assert found == whole
    else:
        assert isinstance(found[0], str) and found[1] is not None


@pytest.mark.parametrize("rest", [', {"b": "甲", "b": 1},\n {"c": 3}]', ', {"c": tru}]', "} ", ', {"d": 1}\n, [], x]'])
@pytest.mark.parametrize("block", [10, 1_000])
def test_a_byte_order_mark_takes_no_column(rest, block):
    """Neither in the first block nor in further ones on its line."""
    text = '\ufeff [{"kind": "a"}, {"kind": "b"}' + rest
    whole = said(lambda: open_bytes(text.encode(), "a.json"))
    found = said(lambda: streamed(text, block))
    if isinstance(whole[0], list):
        # The mark itself is told by who opens the file.
        whole = (whole[0], [notice for notice in whole[1] if notice[0] != "byte-order-mark"], whole[2])
    assert found == whole


@pytest.mark.parametrize(
    "text",
    [
        '[{"kind": "a"},\n {"b": 1} {"c": 2}]',
        '[{"kind": "a"},\n {"b": 1},\n]',
        '[{"kind": "a"},\n {"b": 1}\n',
        '[{"kind": "a"},\n {"b": 1},\n',
        '[{"kind": "a"}, {"b": 1}] x',
        '[{"kind": "a"},\n {"b": tru}, 3]',
        '[{"kind": "a"},\n {"b": "甲", c}, 3]',
        '[{"kind": "a"},\n , 3]',
        '[{"kind": "a"},\n 1 e5]',
        '[{"kind": "a"},\n 1 .5]',
        '[{"kind": "a"}, 1]' + " " * 3_000 + "2",
    ],
)
def test_the_usual_slips_are_told_as_they_are_of_a_short_array(text):
    assert said(lambda: streamed(text)) == said(lambda: open_bytes(text.encode(), "a.json"))


@pytest.mark.parametrize(("depth", "column"), [(64, None), (65, 66), (300, 203)])
def test_an_element_may_be_as_deep_as_a_line(depth, column):
    """What is deeper than anyone reads is not looked through to its end."""
    found = said(lambda: streamed('[{"kind": "a"},\n ' + "[" * depth + "]" * depth + ", 3]"))
    if column is None:
        assert len(found[0]) == 3
    else:
        assert "limit depth = 64" in found[0] and found[1] == (2, column)


@pytest.mark.parametrize("chunk", [7, 1_000])
@pytest.mark.parametrize(
    "text", ['[{"kind":"a"},%s1]', '[{"kind":"a"}%s,1]', '[{"kind":"a"},1%s]', '[{"kind":"a"}]%s', '[{"kind":"a"}]%sx']
)
def test_blanks_without_end_are_too_long(text, chunk):
    """They are not taken for the end of the file, nor is anything behind them lost."""
    limits = Limits.of({"record_bytes": 100})
    refused, place = said(lambda: streamed(text % (" " * 300), 20, chunk, limits))
    assert "limit record_bytes = 100" in refused and place is not None


def test_an_element_that_is_too_long_is_refused_where_it_begins():
    text = json.dumps([{"kind": "a"}, {"a": 1}, {"a": "x" * 300}, {"a": 2}])
    refused, place = said(lambda: streamed(text, limits=Limits.of({"record_bytes": 100})))
    assert "limit record_bytes = 100" in refused and place == (1, text.index('{"a": "x') + 1)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b'[{"kind": "a"}]', True),
        (b'\xef\xbb\xbf \n[ {"title": 1, "kind": 2}, {', True),
        (b'[{"title": "kind"}]', False),
        (b'[1, {"kind": "a"}]', False),
        (b'{"kind": "a"}', False),
        (b'[{"kind": "a", "b": [1, 2', False),
        (b"", False),
    ],
)
def test_only_arrays_of_entries_are_read_so(head, found):
    """What else an array may be is told by looking at all of it, several times."""
    assert holds_entries(head) is found


def test_a_long_array_is_not_read_whole(tmp_path, monkeypatch):
    """It may be longer than a document that is, and is checked in several processes as lines are."""
    monkeypatch.setattr(jsonl, "BLOCK", 1_000)
    example = json.loads((Path(__file__).parents[2] / "schemas/examples/resource.json").read_bytes())
    entries = [
        {**example, "identifier": f"307021022100/{number:06d}", "title": f"名称{number}"} for number in range(20)
    ]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(entries, ensure_ascii=False, indent=2), "utf-8")
    limits = Limits.of({"document_bytes": 5_000})
    assert isinstance(open_document(path, limits=limits), JsonArrayDocument)
    reports = []
    for jobs in (1, 3):
        with validate(path, jobs=jobs, limits=limits) as report:
            assert report.entries == 20 and not any(item.problem for item in report.inputs)
            reports.append([*report.findings])
    assert reports[0] == reports[1]
    path.write_text(path.read_text("utf-8").replace("  ", " "), "utf-16")
    with pytest.raises(Unreadable, match="too large"):
        open_document(path, limits=limits)
