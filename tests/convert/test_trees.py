"""Trees: what a selector finds and where, what is a leaf, what is left of a record, and how it is laid over another."""

import copy

import pytest

from mulu.convert import trees
from mulu.convert.beyond import XmlNames, prefixes_in
from mulu.convert.out import Out
from mulu.convert.overlay import lay_over
from mulu.convert.selector_trie import way_of
from mulu.convert.trees import Node, Tree
from mulu.standard.selectors import selector

TREE = {
    "a": [{"b": "1", "k": "x"}, [{"b": ["2", "3"], "k": "y"}, "4"], {"c": {"b": {"@value": "5"}}}],
    "d": {"p:b": "6", "e": {"b": "7", "f": [{"b": "8"}, [{"g": {"b": "9"}}]]}},
    "/~": {"": 10},
}
FOUND = {
    "": {"": TREE},
    ".": {"": TREE},
    "a": {"/a/0": TREE["a"][0], "/a/1/0": TREE["a"][1][0], "/a/1/1": "4", "/a/2": TREE["a"][2]},
    "a/b": {"/a/0/b": "1", "/a/1/0/b/0": "2", "/a/1/0/b/1": "3"},
    "a[k=y]/b": {"/a/1/0/b/0": "2", "/a/1/0/b/1": "3"},
    "a[k!=y]/b": {"/a/0/b": "1"},
    "a[k!=x]": {"/a/1/0": TREE["a"][1][0], "/a/1/1": "4", "/a/2": TREE["a"][2]},
    "a[k]": {"/a/0": TREE["a"][0], "/a/1/0": TREE["a"][1][0]},
    "a[c/b=5]/c": {"/a/2/c": TREE["a"][2]["c"]},
    "a[1]/b": {"/a/0/b": "1"},
    "a[3]": {"/a/1/1": "4"},
    "a[5]": {},
    "a[k=z]": {},
    "d/*:b": {"/d/p:b": "6"},
    "d/*/b": {"/d/e/b": "7"},
    "*/e/b": {"/d/e/b": "7"},
    "d/**/b": {"/d/e/b": "7", "/d/e/f/0/b": "8", "/d/e/f/1/0/g/b": "9"},
    "d/**/**/b": {"/d/e/b": "7", "/d/e/f/0/b": "8", "/d/e/f/1/0/g/b": "9"},
    "d/e/**/g/b": {"/d/e/f/1/0/g/b": "9"},
    "d/e/**": {
        "/d/e": TREE["d"]["e"],
        "/d/e/f/0": {"b": "8"},
        "/d/e/f/1/0": {"g": {"b": "9"}},
        "/d/e/f/1/0/g": {"b": "9"},
    },
    "d/./e/b": {"/d/e/b": "7"},
    "d/e/../p:b": {"/d/p:b": "6"},
    "a/c/b/../../b": {},
    "d/e/f/../../e/b": {"/d/e/b": "7"},
    "..": {},
    "a[../d/e/b=7]/b": {"/a/0/b": "1", "/a/1/0/b/0": "2", "/a/1/0/b/1": "3"},
    "none/b": {},
    "a/b/c": {},
}


@pytest.mark.parametrize("path", FOUND)
def test_a_selector_finds_values_where_they_stand(path):
    """In the order of the tree, lists giving way to what they hold."""
    found = Tree(TREE).select(Tree(TREE).top(), selector(path))
    assert [(one.pointer, one.value) for one in found] == [*FOUND[path].items()]


def test_several_selectors_are_looked_up_in_one_walk():
    """Each finds what it finds alone, also where they begin alike; what finds nothing is not there."""
    paths = [*FOUND]
    tree = Tree(TREE)
    found = tree.find(tree.top(), way_of(map(selector, paths)))
    assert {paths[number]: {one.pointer: one.value for one in nodes} for number, nodes in found.items()} == {
        path: wanted for path, wanted in FOUND.items() if wanted
    }


def test_what_lies_too_deep_is_not_looked_for():
    """`**` ends at 64 objects inside each other."""
    for depth, wanted in ((63, 1), (64, 1), (65, 0)):
        tree = {"b": "x"}
        for _ in range(depth):
            tree = {"o": tree}
        assert len(Tree(tree).select(Node(tree, ""), selector("**/b"))) == wanted


GRAPH = {
    "@graph": {
        "urn:a": {"@id": "urn:a", "to": {"^ref": "_:b"}, "many": [{"^ref": "_:b"}, {"^ref": "gone"}]},
        "_:b": {"name": {"@value": "x", "^lang": "en"}, "back": {"^ref": "urn:a"}},
        "": {"^ref": 3},
    }
}


def test_a_reference_gives_way_to_its_node():
    """Wherever it stands, once; one that leads nowhere stays."""
    tree = Tree(GRAPH, "rdf")
    node = Node(GRAPH["@graph"]["urn:a"], "/@graph/urn:a")
    assert [one.pointer for one in tree.select(node, selector("to/name"))] == ["/@graph/_:b/name"]
    assert [one.pointer for one in tree.select(node, selector("many"))] == ["/@graph/_:b", "/@graph/urn:a/many/1"]
    assert [one.pointer for one in tree.select(node, selector("to/back/to/name"))] == ["/@graph/_:b/name"]
    assert tree.resolved(Node({"^ref": 3}, "/x")).pointer == "/x"
    for root in ([], {"@graph": 1}, {"@graph": {"other": 1}}, None):
        assert Tree(root, "rdf").resolved(Node({"^ref": "urn:a"}, "/x")).pointer == "/x"


@pytest.mark.parametrize(
    ("family", "value", "leaf"),
    [
        ("xml", {"#text": "a", "@id": "b"}, ("a", "/x/#text")),
        ("xml", {"@id": "b"}, None),
        ("rdf", {"@id": "b", "@value": "a"}, ("a", "/x/@value")),
        ("rdf", {"@id": "b"}, ("b", "/x/@id")),
        ("json", {"@value": 0}, (0, "/x/@value")),
        (None, {"@id": "b"}, ("b", "/x/@id")),
        ("json", {"#text": "a"}, None),
        ("json", {"@value": {"a": 1}}, None),
        ("json", {"@value": " "}, None),
        ("json", "a", ("a", "/x")),
        ("json", False, (False, "/x")),
        ("json", "\u3000", None),
        ("json", None, None),
        ("json", ["a"], None),
    ],
)
def test_the_text_of_a_node_is_a_leaf(family, value, leaf):
    assert Tree(value, family).leaf(Node(value, "/x")) == leaf


def test_leaves_are_scalars_that_say_something():
    """Marks of a text are none; what stands at certain places is passed over."""
    value = {"a": ["1", {"b": 2, "^lang": "zh"}, None, " "], "c/d": {"e": False}, "f": [], "g": {"h": 3}}
    assert trees.leaves(value) == [("/a/0", "1"), ("/a/1/b", 2), ("/c~1d/e", False), ("/g/h", 3)]
    assert trees.leaves(value, "/x", but=frozenset({"/x/g", "/x/a/1"})) == [("/x/a/0", "1"), ("/x/c~1d/e", False)]


def test_what_is_left_when_values_are_taken():
    """Objects keep their places in lists, languages stay, and the nodes that belong to a record stand in it."""
    value = {
        "a": ["1", "2"],
        "b": [{"x": "1"}, {"x": "2", "y": "3"}, {"x": "4"}],
        "t": {"@value": "甲", "^lang": "zh"},
        "u": {"@value": "乙", "^lang": "en", "^datatype": "d"},
        "v": {"@value": "丙", "^datatype": "d"},
        "r": [{"^ref": "_:b"}, {"^ref": "_:c"}, {"^ref": "urn:d"}],
        "e": "",
        "n": {"m": " "},
    }
    taken = {"/a/0", "/b/0/x", "/b/2/x", "/t/@value", "/v/@value", "/@graph/_:b/p"}
    inner = {"_:b": Node({"p": "1", "q": "2"}, "/@graph/_:b")}
    left = {
        "a": ["2"],
        "b": [{}, {"x": "2", "y": "3"}],
        "t": {"^lang": "zh"},
        "u": {"@value": "乙", "^lang": "en", "^datatype": "d"},
        "r": [{"q": "2"}, {}, {"@id": "urn:d"}],
    }
    before = copy.deepcopy(value)
    assert trees.without(value, taken, "", inner.get) == left
    assert trees.without(value, taken, "", inner.get, blanks=True) == {**left, "e": "", "n": {"m": " "}}
    assert value == before
    assert trees.without(["1"], {"/x/0"}, "/x", inner.get) is None
    assert trees.without({"a": {"b": "1"}}, {"/a/b"}, "", inner.get) is None


def test_positions_that_nothing_took_are_closed():
    value = {"a": [{}, {"b": [{}, 1]}, {}], "c": {}}
    assert trees.closed(value) == {"a": [{"b": [1]}], "c": {}}


@pytest.mark.parametrize(
    ("tree", "rest", "text", "laid", "lost"),
    [
        (None, {"a": 1}, "#text", {"a": 1}, set()),
        ({"a": 1}, {}, "#text", {"a": 1}, set()),
        ({"a": 1}, {"b": 2}, "#text", {"a": 1, "b": 2}, set()),
        ({"a": 1}, {"a": 1}, "#text", {"a": 1}, set()),
        ({"a": 1}, {"a": 2, "b": {"c": 3}}, "#text", {"a": 1, "b": {"c": 3}}, {"/a"}),
        ({"a": {"b": 1}}, {"a": "x"}, "#text", {"a": {"b": 1}}, {"/a"}),
        ("t", {"@x": 1}, "#text", {"#text": "t", "@x": 1}, set()),
        ("t", {"#text": "u", "@x": 1}, "#text", {"#text": "t", "@x": 1}, {"/#text"}),
        (["a"], ["b", "a"], "#text", ["a", "b"], set()),
        ("a", ["b"], "#text", ["a", "b"], set()),
        (["a"], "b", "#text", ["a", "b"], set()),
        ([{"a": 1}], {"b": 2}, "#text", [{"a": 1, "b": 2}], set()),
        ({"a": 1}, [{"b": 2}, {"c": 3}], "#text", [{"a": 1, "b": 2}, {"c": 3}], set()),
        ([{"a": 1}, {"a": 2}], [{"a": 2, "b": 3}], "#text", [{"a": 2, "b": 3}, {"a": 1}], set()),
        ([{"a": 1}], [{"a": 2}], "#text", [{"a": 2}, {"a": 1}], set()),
        ([{"a": {"b": 1}}], [{}, {"c": 2}], "#text", [{"a": {"b": 1}}, {"c": 2}], set()),
        ([{"a": {"b": 1}}], [{"c": {"d": 2}}], "#text", [{"c": {"d": 2}}, {"a": {"b": 1}}], set()),
        ([{"a": 1}], [{"c": {"d": 2}}], "#text", [{"a": 1, "c": {"d": 2}}], set()),
        (
            [{"a": [{"b": 1}], "x": 1}],
            [{"a": {"b": 2}, "y": 2}],
            "#text",
            [{"a": [{"b": 2}, {"b": 1}], "x": 1, "y": 2}],
            set(),
        ),
        (
            "甲",
            [{"@value": "A", "^lang": "en"}, {"^lang": "zh"}],
            "@value",
            [{"@value": "A", "^lang": "en"}, {"@value": "甲", "^lang": "zh"}],
            set(),
        ),
        (["甲"], [{"@value": "甲", "^lang": "zh"}], "@value", [{"@value": "甲", "^lang": "zh"}], set()),
        (None, [{"^lang": "zh"}, {"@value": "A", "^lang": "en"}], "@value", [{"@value": "A", "^lang": "en"}], set()),
        (None, {"p": {"^lang": "zh"}, "q": "x"}, "@value", {"q": "x"}, set()),
        (None, {"p": {"^lang": "zh"}}, "#text", {"p": {"^lang": "zh"}}, set()),
        ({"a/b": 1}, {"a/b": [2, 3]}, "#text", {"a/b": [1, 2, 3]}, set()),
        ({"a/b": [{"c": 1}]}, {"a/b": [{"c": 1, "d": 2}]}, "#text", {"a/b": [{"c": 1, "d": 2}]}, set()),
        ({"l": [{"a": {"b": 1}}]}, {"l": {"a": 5, "c": 3}}, "#text", {"l": [{"a": {"b": 1}, "c": 3}]}, {"/l/a"}),
        ({"l": [{"a": {"b": 1}}]}, {"l": [{"a": 5, "c": 3}]}, "#text", {"l": [{"a": {"b": 1}, "c": 3}]}, {"/l/0/a"}),
    ],
)
def test_what_a_record_held_is_laid_over_what_is_written(tree, rest, text, laid, lost):
    """Nothing of what is written is replaced; what finds its place taken is told by its pointer in the rest."""
    before = copy.deepcopy((tree, rest))
    found, gone = lay_over(tree, rest, text)
    assert (found, gone) == (laid, lost)
    assert (tree, rest) == before
    # Whatever is laid, all of what was written is still there.
    assert {str(value) for _, value in trees.leaves(tree)} <= {str(value) for _, value in trees.leaves(found)}


def test_the_prefixes_of_names_are_told():
    """Of elements and attributes, of types in values; the empty one where an element has none, not an attribute."""
    tree = {"a:b": [{"@c:d": "1", "@e": "2", "#text": "3"}], "x:type": "q:T", "@i:type": "t:T", "y:type": 4}
    assert prefixes_in(tree) == {"a", "c", "x", "q", "i", "t", "y"}
    assert prefixes_in({"a": {"#text": "1"}, "@b": "2"}) == {""}
    assert prefixes_in({"a:b": {"c": None}}) == {"a", ""}
    assert prefixes_in("text") == prefixes_in(None) == set()


INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def test_names_beyond_the_format_get_a_prefix_that_is_free():
    """One namespace has one prefix in a file, and no two have the same; what can be no name is told."""
    names = XmlNames({"m": "urn:m"}, {"m:record": ("m:title", "title")})
    spaces = {"m": "urn:other", "n": "urn:n", "o": "urn:n", "kept": "urn:k", "9": "urn:nine", "i": INSTANCE, "bad": 5}
    kept = {
        "m:title": "1",
        "title": "2",
        "n:a": {"o:b": "3", "@n:c": "4"},
        "kept:d": [["5"], None, "6", {"kept:e": "7"}],
        "9:f": "8",
        "@i:type": "n:Type",
        "bad:g": "9",
        "none:h": {"x": "10"},
        "@none": "11",
        "#text": "12",
        "o:a": "13",
    }
    made, lost = names.fitted(kept, {"n:a": {"n:b": "w"}}, "m:record", spaces)
    assert made == {
        "m:title": "1",
        "title": "2",
        "n:a": [{"n:b": "3", "@n:c": "4"}, "13"],
        "kept:d": ["6", {"kept:e": "7"}],
        "kept2:f": "8",
        "@i:type": "n:Type",
        "@none": "11",
        "#text": "12",
    }
    assert sorted(lost) == ["/bad:g", "/kept:d/0/0", "/none:h/x"]
    assert names.further == {"m2": "urn:other", "n": "urn:n", "kept": "urn:k", "kept2": "urn:nine", "i": INSTANCE}
    # The same in the whole file.
    assert names.fitted({"z:a": "1"}, {}, "m:record", {"z": "urn:n"}) == ({"n:a": "1"}, [])
    assert names.fitted({"m:a": "1"}, {}, "m:record", {"m": "urn:m"}) == ({"m:a": "1"}, [])
    assert names.fitted({"a": "1"}, {}, "m:record", None) == ({"a": "1"}, [])
    assert names.fitted({"a": "1", "b": "2"}, {"a": "w"}, "x", {"": "urn:d"}) == ({"a": "1", "kept3:b": "2"}, [])


WALKED = [
    ("a/b[@t=x]/c", 1),
    ("a/b[@t=y]/c", 2),
    ("a/b[@t=x]/d", 3),
    ("a/b[@t!=z]/e", 4),
    ("a/b[k]/f", 5),
    ("p[2]/q", 6),
    ("p[1]/q", 7),
    ("r[3]+/s", 8),
    ("u+/v", 9),
    ("*:n/./o", 10),
    ("w", None),
    ("x", "text"),
    ("x/@y", 11),
    ("z", {"own": 1}),
    ("z/more", 12),
    ("g/h[i=1][j=2]/k", 13),
]
PLACED = [("l+/m", 1), ("l+/m", 2), ("e/f", 3), ("e/f", 4), ("o[2]/p", 5), ("o[2]/p", 6), ("s[1]+/t", 7), ("d", 8)]


@pytest.mark.parametrize("family", ["xml", "rdf"])
def test_a_place_is_made_on_the_way_to_it(family):
    """With what its conditions ask for, at its position, once; what has nothing in it is not there."""
    text = "#text" if family == "xml" else "@value"
    out = Out()
    for path, value in WALKED:
        out.walk(selector(path).steps).value = value
    assert out.tree(family) == {
        "a": {"b": [{"@t": "x", "c": 1, "d": 3, "e": 4}, {"@t": "y", "c": 2}, {"f": 5}]},
        "p": [{"q": 7}, {"q": 6}],
        "r": [{}, {}, {"s": 8}],
        "u": [{"v": 9}],
        "n": {"o": 10},
        "x": {"@y": 11, text: "text"},
        "z": {"more": 12, "own": 1},
        "g": {"h": {"i": "1", "j": "2", "k": 13}},
    }
    for path, count in (("a/b", 3), ("a/b/c", 2), ("p/q", 2), ("none", 0), ("x/@y", 1)):
        assert len(out.there(selector(path).steps)) == count


def test_a_place_that_may_be_taken_several_times_is_made_anew():
    """At the step that says so, else at the last."""
    out = Out()
    for path, value in PLACED:
        out.place(selector(path)).value = value
    assert out.tree("json") == {
        "l": [{"m": 1}, {"m": 2}],
        "e": {"f": [3, 4]},
        "o": {"p": [5, 6]},
        "s": [{"t": [7]}],
        "d": [8],
    }
    assert Out().tree("json") is None and Out(value=0).tree("json") == 0
