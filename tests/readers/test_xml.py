"""XML: a tree by names, a line for each element, and nothing fetched or expanded."""

import pytest

from mulu.convert.trees import leaves
from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import open_bytes

GMD = "http://www.isotc211.org/2005/gmd"


def read(text, **options):
    """Read a text as XML; the standard's prefix of the namespace in the tests is `gmd`."""
    return open_bytes(text.encode(), "a.xml", known_prefixes=lambda: {GMD: "gmd"}, **options)


def value(document):
    """Return the tree of a document."""
    return next(document.items()).value


def test_names_have_the_prefix_of_the_standard_whatever_the_file_writes():
    """A namespace is known by its name, not by its prefix."""
    document = read(f'<x:a xmlns:x="{GMD}"><x:b>1</x:b><x:b c="2">3</x:b><d/></x:a>')
    assert value(document) == {"gmd:a": {"gmd:b": ["1", {"@c": "2", "#text": "3"}], "d": ""}}


@pytest.mark.parametrize(
    ("pointer", "line"), [("/a/b/0", 2), ("/a/b/1/c", 4), ("/a/b/1/@d", 3), ("/a/nowhere", 1), ("", 1)]
)
def test_a_value_stands_in_the_line_of_its_element(pointer, line):
    """What cannot be found has the place of what is around it."""
    document = read('<a>\n<b>1</b>\n<b d="x">\n<c>2</c>\n</b>\n</a>')
    assert document.place((0, pointer)).line == line


def test_an_external_dtd_is_passed_over_and_told():
    """It is never fetched; lines keep their numbers."""
    document = read('<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM\n "http://127.0.0.1:9/a.dtd">\n<a>x</a>')
    assert [notice.rule for notice in document.notices] == ["doctype-passed-over"]
    assert value(document) == {"a": "x"}
    assert document.place((0, "/a")).line == 4


def test_short_forms_of_names_are_put_in():
    """RDF/XML and others declare texts by name, without references in them."""
    document = read('<!DOCTYPE a [<!ENTITY o "http://example.org/">]>\n<a b="&o;x">&o;y &amp; z</a>')
    assert value(document) == {"a": {"@b": "http://example.org/x", "#text": "http://example.org/y & z"}}


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p "x">',
        '<!ENTITY a "x"><!ENTITY b "&a;&a;">',
        "<!ELEMENT a ANY>",
        '<!ATTLIST a b CDATA "c">',
    ],
)
def test_a_doctype_that_could_do_harm_is_refused(subset):
    """With line and reason, before any parser sees it."""
    with pytest.raises(Unreadable) as caught:
        read(f"\n<!DOCTYPE a [{subset}]><a/>")
    assert caught.value.place.line == 2


def test_many_short_forms_cannot_make_a_file_grow():
    """A long text by a short name, many times."""
    with pytest.raises(Unreadable):
        read(f'<!DOCTYPE a [<!ENTITY x "{"y" * 10_000}">]><a>{"&x;" * 10_000}</a>')


@pytest.mark.parametrize(
    ("text", "line"), [("<a>\n<b></a>", 2), ("<a>", 1), ("<a>\n\n&nbsp;</a>", 3), ("<a b=1/>", 1), ("<a/>\n<b/>", 2)]
)
def test_what_is_not_well_formed_is_refused_at_its_line(text, line):
    """In both languages, without the parser's own words."""
    with pytest.raises(Unreadable) as caught:
        read('<?xml version="1.0"?>' + text)
    assert caught.value.place.line == line
    assert "XML" in caught.value.zh and "XML" in caught.value.en


def test_depth_is_bounded():
    """By the limit, and by name."""
    with pytest.raises(Unreadable) as caught:
        read("<a>" * 20 + "</a>" * 20, limits=Limits(depth=10))
    assert "depth" in caught.value.en


def test_gb18030_is_read_whatever_the_declaration_says():
    """Files that declare gb2312 hold characters beyond it."""
    data = '<?xml version="1.0" encoding="gb2312"?><a>镕基目录资源名称</a>'.encode("gb18030")
    document = open_bytes(data, "a.xml")
    assert list(leaves(value(document))) == [("/a", "镕基目录资源名称")]
