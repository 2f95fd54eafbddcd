"""Selectors: what they find, and that what they write they find again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.convert.out import Out
from mulu.convert.selector_trie import way_of
from mulu.convert.trees import Tree
from mulu.convert.values import is_blank
from mulu.standard.selectors import selector

TREE = Tree(
    {
        "a": {"b": [{"key": "x", "value": 1}, {"key": "y", "value": 2}], "n:c": "t", "@id": "i"},
        "l": [["p", "q"], "r"],
        "a/b": "slash",
        "@graph": {"_:1": {"name": "node"}},
        "ref": {"^ref": "_:1"},
    }
)


FOUND = [
    ("a/b/value", [1, 2]),
    ("a/b[key=y]/value", [2]),
    ("a/b[key!=y]/value", [1]),
    ("a/b[2]/value", [2]),
    ("*[b]/b[1]/key", ["x"]),
    ("a/b[nothing]", []),
    ("a/*:c", ["t"]),
    ("a/@id", ["i"]),
    ("**/value", [1, 2]),
    ("l", ["p", "q", "r"]),
    ("'a/b'", ["slash"]),
    ("ref/name", ["node"]),
    ("a/./b[1]/key", ["x"]),
    ("nothing/here", []),
    ("a/**/key", ["x", "y"]),
    ("a/b[key=y]/key", ["y"]),
    ("*/b[2]/value", [2]),
    ("a/no|b/value|key", ["x", 1, "y", 2]),
    ("a/n:c|@id", ["t", "i"]),
    ("a[!b]/@id", []),
    ("a[!nothing]/@id", ["i"]),
    ("a/b[key=y][!nothing]/value", [2]),
    ("l[!key]", ["p", "q", "r"]),
]


@pytest.mark.parametrize(("text", "found"), FOUND)
def test_what_a_selector_finds(text, found):
    """In the order of the tree."""
    assert [node.value for node in TREE.select(TREE.top(), selector(text))] == found


def test_selectors_that_go_together_find_what_each_finds_alone():
    """Those that begin alike go one way, and none gets what is another's."""
    found = TREE.find(TREE.top(), way_of(selector(text) for text, _ in FOUND))
    assert [[node.value for node in found.get(number, [])] for number in range(len(FOUND))] == [one for _, one in FOUND]


@pytest.mark.parametrize(
    "text", ["/a", "a//b", "a[", "a[b", "a[b=]", "a[!b=c]", "a]", "'a", "a/", "a[b=c", "a" + "/a" * 64]
)
def test_what_is_no_selector_is_refused(text):
    """With its position."""
    with pytest.raises(ValueError):
        selector(text)


NAMES = st.from_regex(r"[a-z]{1,3}(:[a-z]{1,3})?", fullmatch=True)
STEPS = st.builds(
    lambda name, test, repeats: name + (f"[{test[0]}={test[1]}]" if test else "") + ("+" if repeats else ""),
    NAMES,
    st.none() | st.tuples(st.from_regex(r"k[a-z]", fullmatch=True), st.from_regex(r"[a-z0-9]{1,4}", fullmatch=True)),
    st.booleans(),
)
PATHS = st.lists(STEPS, min_size=1, max_size=4).map("/".join)


@given(PATHS, st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_what_is_written_at_a_place_is_found_there(path, texts):
    """Once or several times, for any selector that can be written."""
    out = Out()
    for text in texts:
        out.place(selector(path)).value = text
    tree = Tree(out.tree("xml"), "xml")
    leaves = [tree.leaf(node) for node in tree.select(tree.top(), selector(path))]
    assert [leaf[0] for leaf in leaves if leaf] == [text for text in texts if not is_blank(text)]


def test_a_name_once_made_is_not_made_again():
    """Two properties in one element share it."""
    out = Out()
    out.walk(selector("a[k=1]/b").steps).value = "x"
    out.walk(selector("a[k=1]/c").steps).value = "y"
    out.walk(selector("a[k=2]/c").steps).value = "z"
    assert out.tree("json") == {"a": [{"k": "1", "b": "x", "c": "y"}, {"k": "2", "c": "z"}]}
