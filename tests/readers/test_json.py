"""JSON and JSON Lines: strict values, told oddities, positions in characters."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import open_bytes, open_document


def rules(document):
    return [notice.rule for notice in document.notices]


def values(document):
    return [item.value for item in document.items()]


def spot(document, item, pointer, **kind):
    place = document.place((item, pointer), **kind)
    return place.line, place.column


def test_the_elements_of_an_array_are_the_items():
    document = open_bytes(b'[{"a": 1}, {"a": 2}]', "x")
    assert (document.family, document.root_is_array) == ("json", True)
    assert values(document) == [{"a": 1}, {"a": 2}]


def test_any_other_root_is_the_one_item():
    document = open_bytes(b'{"data": [1, 2]}', "x")
    assert not document.root_is_array
    assert values(document) == [{"data": [1, 2]}]


def test_places_count_characters_not_bytes():
    document = open_bytes('[{"名称": "人口"},\n  {"名称": "法人", "代码": [1, "é"]}]'.encode(), "x")
    assert spot(document, 0, "") == (1, 2)
    assert spot(document, 0, "/名称") == (1, 9)
    assert spot(document, 1, "/代码/1") == (2, 26)
    assert spot(document, 1, "/代码", key=True) == (2, 16)
    assert spot(document, 1, "/代码/7/x") == (2, 22)


def test_places_on_one_long_line():
    document = open_bytes(json.dumps([{"名": n} for n in range(50)], ensure_ascii=False).encode(), "x")
    text = json.dumps([{"名": n} for n in range(50)], ensure_ascii=False)
    assert spot(document, 49, "/名") == (1, text.index("49") + 1)


@given(st.lists(st.dictionaries(st.text('ab中\n"\\', max_size=3), st.text("ab中", max_size=3)), min_size=1))
def test_places_point_at_the_value(items):
    text = json.dumps(items, ensure_ascii=False, indent=1)
    document = open_bytes(text.encode(), "x.json")
    lines = text.split("\n")
    for number, item in enumerate(items):
        for key, value in item.items():
            step = key.replace("~", "~0").replace("/", "~1")
            line, column = spot(document, number, f"/{step}")
            assert lines[line - 1][column - 1 :].startswith(json.dumps(value, ensure_ascii=False))
            line, column = spot(document, number, f"/{step}", key=True)
            assert lines[line - 1][column - 1 :].startswith(json.dumps(key, ensure_ascii=False))


def test_a_repeated_key_is_told_and_the_later_value_taken():
    document = open_bytes(b'{"a": 1,\n "a": 2}', "x")
    assert values(document) == [{"a": 2}]
    (notice,) = document.notices
    assert (notice.rule, notice.ref, notice.params) == (
        "duplicate-key",
        (0, "/a"),
        {"key": "a", "first_line": 1},
    )
    assert (notice.place.line, notice.place.column) == (2, 2)


@given(
    st.lists(
        st.tuples(
            st.text('a" \\中', max_size=2), st.sampled_from(["1", "1.50", '"a, 1"', r'"\u0022"', "[ ]"]), st.booleans()
        )
    )
)
def test_every_repeated_key_is_told_however_it_is_written(members):
    written = [
        (f'"{"".join(f"{chr(92)}u{ord(c):04x}" for c in key)}"' if escaped else json.dumps(key)) + f" : {value}"
        for key, value, escaped in members
    ]
    for between in (" , ", ",\n"):
        document = open_bytes(f"{{{between.join(written)}}}".encode(), "x.json")
        assert rules(document) == ["duplicate-key"] * (len(members) - len({key for key, *_ in members}))
        assert list(document.value) == list(dict.fromkeys(key for key, *_ in members))


@pytest.mark.parametrize("number", ["12345678901234567890", "-12345678901234567890", "1e400", "-1.5E+400"])
@pytest.mark.parametrize("text", ["{}", "[{}]", "[ {}]", '{{"a":{}}}', '{{"a" :\t{} }}', "[1,{}]", "[\r\n{}\n]"])
def test_an_odd_number_is_told_wherever_it_stands(text, number):
    assert len(open_bytes(text.format(number).encode(), "x.json").notices) == 1
    assert not open_bytes(text.format(f'"1, {number}"').encode(), "x.json").notices


def test_what_is_no_number_stays_as_text_and_is_told():
    document = open_bytes(b'[{"a": NaN, "b": [-Infinity, 1e999, -1e-999, 1e5]}]', "x")
    assert values(document) == [{"a": "NaN", "b": ["-Infinity", "1e999", -0.0, 1e5]}]
    assert [notice.ref for notice in document.notices] == [(0, "/a"), (0, "/b/0"), (0, "/b/1")]
    assert set(rules(document)) == {"not-a-json-number"}


def test_an_integer_beyond_64_bits_stays_exact_and_is_told():
    document = open_bytes(b'{"code": 330102199001011234, "long": 123456789012345678901234}', "x")
    assert values(document) == [{"code": 330102199001011234, "long": 123456789012345678901234}]
    assert [notice.ref for notice in document.notices] == [(0, "/long")]
    assert rules(document) == ["integer-too-large"]


def test_an_escaped_nul_is_told():
    document = open_bytes(rb'[{"a": "x\u0000y"}]', "x")
    assert rules(document) == ["nul-character"]
    assert document.notices[0].ref == (0, "/a")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"名": 1,\n "码": }', 2, 7),
        ('{"a": 1,}', 1, 9),
        ("[1, 2", 1, 5),
        ("{'a': 1}", 1, 2),
        ('{"a" 1}', 1, 6),
        ('{"a": 1} x', 1, 10),
        ('{"a": "b\nc"}', 2, 1),
        (r'{"a": "\ud800"}', 1, 14),
    ],
)
def test_a_syntax_error_is_told_with_its_place(text, line, column):
    with pytest.raises(Unreadable) as caught:
        open_bytes(text.encode(), "x.json")
    assert (caught.value.place.line, caught.value.place.column) == (line, column)
    assert f"第 {line} 行第 {column} 列" in caught.value.zh
    assert f"line {line}, column {column}" in caught.value.en


def test_json_in_gb18030_is_read():
    document = open_bytes('{"名称": "人口基本信息"}'.encode("gb18030"), "x.json")
    assert values(document) == [{"名称": "人口基本信息"}]
    assert rules(document) == ["encoding-guessed"]
    assert spot(document, 0, "/名称") == (1, 8)


@pytest.mark.parametrize(
    ("data", "limits", "name"),
    [
        (b"[" * 5 + b"]" * 5, Limits(depth=4), "depth"),
        (b'{"a": {"a": {"a": {}}}}', Limits(depth=3), "depth"),
        (b"[" * 5000 + b"]" * 5000, Limits(), "depth"),
        (b'{"a": "' + b"x" * 100 + b'"}', Limits(text=50), "text"),
        (b'{"' + b"k" * 2000 + b'": 1}', Limits(), "key"),
        (b'{"' + b'\\"' * 1100 + b'": 1}', Limits(), "key"),
        (b"{" + b",".join(b'"%d": 1' % n for n in range(20_000)) + b"}", Limits(), "keys"),
        (b'{"a": ' + b"1" * 500 + b"}", Limits(), "digits"),
        (b'{"a": 0.' + b"1" * 500 + b"}", Limits(), "digits"),
    ],
)
def test_a_limit_is_named_in_the_refusal(data, limits, name):
    with pytest.raises(Unreadable) as caught:
        open_bytes(data, "x.json", limits=limits)
    assert f"--limit {name}=" in caught.value.zh
    assert f"--limit {name}=" in caught.value.en
    assert caught.value.place.line == 1


def test_nesting_up_to_the_limit_is_read():
    assert values(open_bytes(b"[" * 4 + b"]" * 4, "x.json", limits=Limits(depth=4))) == [[[[]]]]


LINES = '{"a": 1}\n\n  \n{"a": 中}\r\n{"b": "人口", "a": 1,\t"a": 2}\n[1]\n'.encode()


@pytest.fixture(params=["memory", "file"])
def lines(request, tmp_path):
    if request.param == "memory":
        return open_bytes(LINES, "x.jsonl")
    path = tmp_path / "x.jsonl"
    path.write_bytes(LINES)
    return open_document(path, name="x.jsonl")


def test_each_line_with_content_is_an_item_and_a_broken_one_does_not_stop(lines):
    items = list(lines.items())
    assert lines.family == "jsonl"
    assert [item.value for item in items] == [{"a": 1}, None, {"b": "人口", "a": 2}, [1]]
    assert [item.broken for item in items] == [False, True, False, False]
    assert rules(lines) == ["unparsable-json", "duplicate-key"]
    broken = lines.notices[0]
    assert (broken.ref, broken.place.line, broken.place.column) == ((1, ""), 4, 7)
    assert broken.params["reason_zh"] and broken.params["reason_en"]


def test_places_in_json_lines(lines):
    list(lines.items())
    assert spot(lines, 0, "/a") == (1, 7)
    assert spot(lines, 2, "/b") == (5, 7)
    assert spot(lines, 2, "/a", key=True) == (5, 21)
    assert spot(lines, 3, "/0") == (6, 2)


def test_items_can_be_read_again_without_telling_twice(lines):
    first = list(lines.items())
    assert list(lines.items()) == first
    assert len(lines.notices) == 2


def test_json_lines_are_told_by_content():
    assert open_bytes(b'{"a": 1}\n{"a": 2}\n', "x").family == "jsonl"
    assert open_bytes(b'{"a": 1}\n', "x").family == "json"
    assert open_bytes(b'{"a":\n1}\n', "x").family == "json"
    assert open_bytes(b'{"a": 1,}\n{"a": 2, "b": 3}\n', "x").family == "jsonl"


def test_line_separators_inside_texts_do_not_split_lines():
    document = open_bytes('{"a": "x\u2028y\u0085z"}\n{"a": 1}\n'.encode(), "x.jsonl")
    assert values(document) == [{"a": "x\u2028y\u0085z"}, {"a": 1}]


def test_a_byte_order_mark_is_told_and_no_column(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\n{"a": 2}\n')
    for document in (open_document(path), open_bytes(path.read_bytes(), "x.jsonl")):
        assert values(document) == [{"a": 1}, {"a": 2}]
        assert rules(document) == ["byte-order-mark"]
        assert spot(document, 0, "/a") == (1, 7)


def test_a_line_beyond_the_limit_is_refused(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"a": 1}\n{"a": "' + b"x" * 1000 + b'"}\n')
    document = open_document(path, limits=Limits(record_bytes=500))
    with pytest.raises(Unreadable, match="record_bytes"):
        list(document.items())


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"a": 1}\n{"a": 2}\n')
    document = open_document(path)
    path.write_bytes(b'{"a": 1}\n')
    with pytest.raises(Unreadable, match="changed"):
        list(document.items())


@pytest.mark.parametrize("line", [b"x", b'{"a": 1, "a": 2}'])
def test_a_file_with_more_notices_than_the_limit_is_refused(line):
    """None is lost silently: three are told, with a fourth the file is read no further."""
    document = open_bytes(b'{"a": 1}\n' + (line + b"\n") * 4, "x.jsonl", limits=Limits(notices=3))
    with pytest.raises(Unreadable, match="limit notices = 3"):
        list(document.items())
    assert len(document.notices) == 3
    assert len(list(open_bytes(document.data, "x.jsonl", limits=Limits(notices=4)).items())) == 5


def test_json_with_a_record_on_each_line_is_not_taken_for_json_lines():
    text = '{"code": 200, "rows": [\n{"a": 1, "b": 2},\n{"a": 3, "b": 4}\n]}'
    document = open_bytes(text.encode(), "portal.json")
    assert document.family == "json"
    assert [item.value["rows"][1] for item in document.items()] == [{"a": 3, "b": 4}]
