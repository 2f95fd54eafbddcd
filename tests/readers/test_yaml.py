"""YAML: core schema, positions, and refusals with their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import open_bytes
from mulu.yaml import load_yaml

RULE = """\
# a rule
id: conditional-without-condition
title: {zh: 有条件共享, en: Conditional sharing}
query: |
  select entry
  from resource
pass:
  - name: "a: b"
    entries: [1, {x/y: 2}]
"""


def test_a_rule_file_is_read_with_the_position_of_every_value():
    value, positions = load_yaml(RULE, name="rule.yaml")
    assert value == {
        "id": "conditional-without-condition",
        "title": {"zh": "有条件共享", "en": "Conditional sharing"},
        "query": "select entry\nfrom resource\n",
        "pass": [{"name": "a: b", "entries": [1, {"x/y": 2}]}],
    }
    assert positions[""] == (2, 1)
    assert positions["/id"] == (2, 5)
    assert positions["/title/en"] == (3, 24)
    assert positions["/query"] == (4, 8)
    assert positions["/pass/0"] == (8, 5)
    assert positions["/pass/0/entries/1/x~1y"] == (9, 24)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("012", "012"),
        ("12:30", "12:30"),
        ("2020-01-02", "2020-01-02"),
        ("1_000", "1_000"),
        ("0", 0),
        ("-12", -12),
        ("0x1F", 31),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        ("1e999", "1e999"),
        (".inf", ".inf"),
        ("~", None),
        ("", None),
        ("True", True),
        ("'true'", "true"),
        ('"12"', "12"),
        ("!!str 12", "12"),
        ("!!int 12", 12),
        ("3301021990010112340000", 3301021990010112340000),
    ],
)
def test_scalars_follow_the_core_schema_but_codes_stay_text(text, value):
    assert load_yaml(f"a: {text}", name="x")[0] == {"a": value}


def test_an_alias_is_a_copy():
    value, _ = load_yaml("a: &x {k: [1]}\nb: *x\n", name="x")
    assert value == {"a": {"k": [1]}, "b": {"k": [1]}}
    assert value["a"] is not value["b"] and value["a"]["k"] is not value["b"]["k"]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1),
        ("a: 1\n<<: {b: 1}\n", 2, 1),
        ("1: a\n", 1, 1),
        ("? [a]\n: b\n", 1, 3),
        ("a: !!python/name:os.system x\n", 1, 4),
        ("a: !!int x\n", 1, 4),
        ("a: !x {}\n", 1, 4),
        ("a: &x [*x]\n", 1, 8),
        ("a: *y\n", 1, 4),
        ("a: b: c\n", 1, 5),
        ("a:\n\tb: 1\n", 2, 1),
        ("a: [1\nb: 2\n", 2, 2),
        ("名: \x01\n", 1, 4),
        ("a: 1\n--- \nb: 1\n", 3, 1),
    ],
)
def test_what_is_against_the_rules_is_refused_with_its_place(text, line, column):
    with pytest.raises(Unreadable) as caught:
        load_yaml(text, name="x.yaml")
    assert caught.value.path == "x.yaml"
    assert (caught.value.place.line, caught.value.place.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "limits", "name"),
    [
        ("[" * 100_000, Limits(), "depth"),
        ("{a: " * 70 + "}" * 70, Limits(), "depth"),
        ("a: &a [[[1]]]\nb: [[[*a]]]\n", Limits(depth=5), "depth"),
        ("a: " + "x" * 100, Limits(text=50), "text"),
        ("x" * 100 + ": 1", Limits(key=50), "key"),
        ("a: &a [1, 1, 1, 1]\nb: &b [*a, *a, *a, *a]\nc: [*b, *b, *b, *b]\n", Limits(aliases=20), "aliases"),
    ],
)
def test_a_limit_is_named_in_the_refusal(text, limits, name):
    with pytest.raises(Unreadable) as caught:
        load_yaml(text, name="x", limits=limits)
    assert f"--limit {name}=" in caught.value.zh


def test_the_elements_of_a_list_are_the_items():
    document = open_bytes("# x\n- kind: resource\n  title: 人口\n- {kind: resource, 标题: 法人}\n".encode(), "x.yaml")
    assert (document.family, document.root_is_array) == ("yaml", True)
    assert [item.value["kind"] for item in document.items()] == ["resource", "resource"]
    place = document.place((1, "/标题"))
    assert (place.line, place.column) == (4, 24)
    place = document.place((1, "/标题"), key=True)
    assert (place.line, place.column) == (4, 20)
    assert document.place((1, "/none/of/it")) == document.place((1, ""))


def test_several_documents_are_items_too():
    document = open_bytes(b"kind: a\n---\nkind: b\n", "x")
    assert [item.value for item in document.items()] == [{"kind": "a"}, {"kind": "b"}]
    assert document.place((1, "/kind")).line == 3


def test_yaml_is_told_by_its_kind_or_its_name():
    assert open_bytes("kind: resource\ntitle: 人口\n".encode(), "x").family == "yaml"
    assert open_bytes("title: 人口\n".encode(), "x.yml").family == "yaml"
    assert open_bytes(b"kind,title\na,b\n", "x").family == "csv"


@given(st.text("a1:-[]{},&*!|>'\"%@# \n\t中", max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        load_yaml(text, name="x")
    except Unreadable as refusal:
        assert refusal.zh and refusal.en
