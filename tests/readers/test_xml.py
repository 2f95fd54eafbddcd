"""XML: a tree by names, a line for each element, and nothing fetched or expanded."""

import pytest

from mulu.convert.trees import leaves
from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import Known, jsonl, open_bytes, open_document
from mulu.readers.xml import CHUNK
from mulu.readers.xml_pieces import pieces
from mulu.standard.selectors import selector

GMD = "http://www.isotc211.org/2005/gmd"


def read(text, records=(), **options):
    """Read a text as XML; the standard's prefix of the namespace in the tests is `gmd`."""
    known = Known(prefixes=lambda: {GMD: "gmd"}, records=lambda: records)
    return open_bytes(text.encode(), "a.xml", known=known, **options)


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


def test_members_of_elements_are_passed_over():
    """WMS 1.1.1 declares what is a vendor's own; nothing of the file depends on it."""
    document = read(
        '<!DOCTYPE a SYSTEM "http://a/b.dtd" [\n <!ELEMENT b EMPTY>\n<!ELEMENT c (b*, #PCDATA)> ]>\n<a>x</a>'
    )
    assert value(document) == {"a": "x"} and document.place((0, "/a")).line == 4


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p "x">',
        '<!ENTITY a "x"><!ENTITY b "&a;&a;">',
        "<!ELEMENT a %p;>",
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


RECORDS = [selector("**/gmd:m"), selector("list/record")]
HARVEST = f"""<?xml version="1.0"?>
<h xmlns="{GMD}" xmlns:n="urn:n" total="2">
<head>1</head>
<part no="1"><n:about>2</n:about>
<m><t>3</t>
</m>behind</part>
<part no="2">
<m><t>4</t><m><t>5</t></m></m><n:about>6</n:about>
</part>
</h>"""


def cut(text, **options):
    """Read a text as XML whose records are known."""
    return read(text, RECORDS, **options)


def test_each_record_is_an_item_with_what_stands_before_and_around_it():
    """A path leads to a record as in the whole file; nothing is told twice, and nothing is lost."""
    first, second, rest = (item.value["gmd:h"] for item in cut(HARVEST).items())
    part = {"@no": "1", "n:about": "2", "gmd:m": {"gmd:t": "3"}}
    assert first == {"@total": "2", "gmd:head": "1", "gmd:part": part}
    before, part = second["gmd:part"]
    assert before == "behind"
    assert part == {"@no": "2", "gmd:m": {"gmd:t": "4", "gmd:m": {"gmd:t": "5"}}}
    assert rest == {"gmd:part": {"n:about": "6"}}
    of_items = [leaf.strip() for item in cut(HARVEST).items() for _, leaf in leaves(item.value)]
    assert sorted(of_items) == sorted(leaf.strip() for _, leaf in leaves(value(read(HARVEST))))


def test_a_value_of_any_record_has_its_line():
    """In the record that was read last and, later, in any other."""
    document = cut(HARVEST)
    wanted = [
        (0, "/gmd:h/gmd:part/gmd:m/gmd:t", 5),
        (1, "/gmd:h/gmd:part/1/gmd:m/gmd:t", 8),
        (2, "/gmd:h/gmd:part/n:about", 8),
    ]
    for item, (index, pointer, line) in zip(document.items(), wanted, strict=True):
        assert (item.index, document.place((index, pointer)).line) == (index, line)
    for index, pointer, line in [*wanted, *reversed(wanted)]:
        assert document.place((index, pointer)).line == line
    assert document.place((9, "/gmd:h")).line == 1


@pytest.mark.parametrize(
    "text", ["<list><list><record>1</record></list></list>", f'<m xmlns="{GMD}"><t>1</t></m>', "<a><record/></a>"]
)
def test_what_is_no_record_among_others_is_not_cut_off(text):
    """A path from the root is one, a root stands alone, and a name is nothing without its path."""
    assert [item.value for item in cut(text).items()] == [value(read(text))]


def test_one_record_is_in_memory_at_a_time():
    """However many there are: counted in elements that are alive, and in what was read before the first one came."""
    taken = []
    record = "<record><a>1</a><b>2</b></record>"

    def chunks():
        data = f"<list>{record * 20_000}</list>".encode()
        for at in range(0, len(data), CHUNK):
            taken.append(at)
            yield data[at : at + CHUNK]

    alive, seen = 0, 0
    for seen, piece in enumerate(pieces(chunks(), RECORDS, lambda element: element.tag, 2**20), 1):
        if seen == 1:
            assert len(taken) == 1
        if seen % 1000 == 0:
            alive = max(alive, sum(1 for _ in piece.root.iter()))
    # What has been read already of the next ones waits behind it.
    assert seen == 20_001 and alive < 4 * CHUNK / len(record)


@pytest.fixture
def large(monkeypatch, tmp_path):
    """Return a function that writes a file, which counts as too large to be read at once."""
    monkeypatch.setattr(jsonl, "BLOCK", 100)

    def write(text, encoding="utf-8"):
        path = tmp_path / "a.xml"
        path.write_bytes(text.encode(encoding))
        return path, {"known": Known(prefixes=lambda: {GMD: "gmd"}, records=lambda: RECORDS)}

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_large_file_gives_what_a_small_one_does(large, encoding):
    """Its records are read from the disk, one after the other."""
    text = HARVEST.replace("behind", "镕基目录资源名称信息数据共享")
    path, known = large(text, encoding)
    document, small = open_document(path, **known), open_bytes(path.read_bytes(), "a.xml", **known)
    assert [*document.items()] == [*small.items()] == [*document.items()]
    assert (document.sha256, document.size, document.encoding) == (small.sha256, small.size, small.encoding)
    assert [notice.rule for notice in document.notices] == [notice.rule for notice in small.notices]
    assert document.place((1, "/gmd:h/gmd:part/1")).line == 7


def test_a_large_file_may_be_larger_than_what_is_read_whole(large):
    """The limit holds for a record."""
    record = f"<record>{'x' * 400}</record>"
    path, known = large(f"<list>{record * 2000}</list>")
    assert sum(1 for _ in open_document(path, limits=Limits(document_bytes=200_000), **known).items()) == 2000
    path, known = large(f"<other>{record * 2000}</other>")
    with pytest.raises(Unreadable) as caught:
        open_document(path, limits=Limits(document_bytes=200_000), **known)
    assert "document_bytes" in caught.value.en and "document_bytes" in caught.value.zh


def test_a_large_file_that_is_wrong_or_changes_is_refused(large):
    """Before its first record comes if it is not well-formed; at once if somebody writes to it."""
    path, known = large(HARVEST.replace("</part>\n</h>", "</h>"))
    with pytest.raises(Unreadable) as caught:
        open_document(path, **known)
    assert caught.value.place.line == 9
    path, known = large(HARVEST)
    document = open_document(path, **known)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(Unreadable):
        next(document.items())
