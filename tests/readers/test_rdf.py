"""RDF: where names and literals stand, though no parser says so."""

import pytest

from mulu.convert import known, open_source
from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import open_bytes
from mulu.standard import load

pytest.importorskip("pyoxigraph")

STANDARD = load()
HEAD = (
    "@prefix dcat: <http://www.w3.org/ns/dcat#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n@prefix ex: <urn:x#> .\n"
)
TURTLE = (
    HEAD
    + '<urn:a> a dcat:Dataset ;\n  dct:title "only here", "only"@en ; dct:publisher ex:p ;\n'
    + '  dct:description "twice", """over\ntwo lines""" , "it\'s one" .\n'
    + '<urn:b> a dcat:Dataset ; dct:title "twice" ; dct:issued "x" .\nex:p dct:title "abcd" .\n'
)


def opened(text, name="a.ttl"):
    """Return the document, names shortened as the formats of the standard write them."""
    return open_bytes(text.encode(), name, known=known(STANDARD))


def place(pointer, text=TURTLE, name="a.ttl"):
    """Return line and column of a value of the graph."""
    at = opened(text, name).place((0, pointer))
    return at.line, at.column


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("/@graph/urn:a/dct:title/0", (5, 14)),
        ("/@graph/urn:a/dct:title/1/@value", (5, 27)),
        ("/@graph/urn:a/dct:description/1", (6, 31)),
        ("/@graph/urn:a/dct:description/2", (7, 17)),
        ("/@graph/urn:x#p/dct:title", (9, 17)),
        # Of a text that stands there twice, that is short, or that is none, the line of its node is told.
        ("/@graph/urn:a/dct:description/0", (4, None)),
        ("/@graph/urn:b/dct:title", (8, None)),
        ("/@graph/urn:b/dct:issued", (8, None)),
        ("/@graph/urn:b", (8, None)),
        ("/@graph/urn:x#p", (5, None)),
        ("/@graph/urn:none", (1, None)),
        ("", (1, None)),
    ],
)
def test_where_a_value_of_turtle_stands(pointer, found):
    """Line and column of its text, else the line of the name of its node."""
    assert place(pointer) == found


def test_where_values_of_other_syntaxes_stand():
    """Between tags and in attributes of XML, between quotes of JSON-LD."""
    head = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"\n xmlns:dct="http://purl.org/dc/terms/">\n'
    xml = f'{head}<rdf:Description rdf:about="urn:a"><dct:title>标题一</dct:title>\n</rdf:Description></rdf:RDF>'
    assert place("/@graph/urn:a", xml, "a.rdf") == (3, None)
    long = xml.replace("标题一", "一个标题")
    assert place("/@graph/urn:a/dct:title", long, "a.rdf") == (3, 47)
    json = '{"@context": {"t": "http://purl.org/dc/terms/title"},\n "@id": "urn:a",\n "t": "一个标题"}'
    assert place("/@graph/urn:a/dct:title", json, "a.jsonld") == (3, 8)
    assert place("/@graph/urn:a", json, "a.jsonld") == (2, None)


@pytest.mark.parametrize("more", [0, 1])
def test_triples_have_a_bound(more):
    """Counted as they stand in the file, one that is said again as well."""
    text = HEAD + "".join(f'<urn:a> dct:title "t{number // 2}" .\n' for number in range(40))
    if not more:
        assert open_bytes(text.encode(), "a.ttl", known=known(STANDARD), limits=Limits(triples=40))
        return
    with pytest.raises(Unreadable, match="limit triples = 39"):
        open_bytes(text.encode(), "a.ttl", known=known(STANDARD), limits=Limits(triples=39))


@pytest.mark.parametrize(("shared", "refused"), [(62, True), (63, False)])
def test_values_of_nodes_that_records_share_have_a_bound(shared, refused):
    """Counted as often as they are referred to, but for the first time."""
    publisher = "<urn:p> " + "; ".join(f'<urn:n> "v{number}"' for number in range(19)) + '; foaf:name "名" .\n'
    records = "".join(f'<urn:{n}> a dcat:Dataset ; dct:title "t{n}" ; dct:publisher <urn:p> .\n' for n in range(5))
    text = f"{HEAD}@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n{publisher}{records}"
    document = opened(text)
    document.limits = Limits(shared=shared)
    source = open_source(document, STANDARD)
    if not refused:
        assert len(list(source)) == 5
        return
    with pytest.raises(Unreadable, match=r"record 4 and those before it .*limit shared = 62"):
        list(source)


def test_lists_of_a_shared_node_are_not_gone_through_without_end():
    """Also where nothing is read from them."""
    publisher = "<urn:p> " + "; ".join(f'foaf:name "{" " * number}"' for number in range(1000)) + " .\n"
    records = "".join(f'<urn:{n}> a dcat:Dataset ; dct:title "t{n}" ; dct:publisher <urn:p> .\n' for n in range(40))
    text = f"{HEAD}@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n{publisher}{records}"
    document = opened(text)
    document.limits = Limits(shared=100)
    with pytest.raises(Unreadable, match="limit shared = 100"):
        list(open_source(document, STANDARD))
    document.limits = Limits(shared=10_000)
    assert len(list(open_source(document, STANDARD))) == 40


def test_a_record_that_is_refused_is_not_in_the_account():
    """Those before it are, with their values."""
    chain = "".join(f"_:b{number} <urn:p> _:b{number + 1} .\n" for number in range(80))
    text = f'{HEAD}<urn:1> a dcat:Dataset ; dct:title "one" .\n<urn:2> a dcat:Dataset ; <urn:p> _:b0 .\n{chain}'
    source = open_source(opened(text), STANDARD)
    with pytest.raises(Unreadable, match="limit depth"):
        list(source)
    # Its name, type and title.
    assert (source.ledger.records, source.ledger.entries, source.ledger.leaves) == (1, 1, 3)


XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dct="http://purl.org/dc/terms/">\n'


def test_an_answer_of_a_catalogue_service_holds_a_graph_for_each_record():
    """Names of blank nodes are those of one graph, and prefixes may be declared around it."""
    record = (
        '<rdf:RDF><dcat:Dataset rdf:about="urn:{0}"><dct:publisher rdf:nodeID="p"/></dcat:Dataset>'
        '<rdf:Description rdf:nodeID="p"><dct:title>局 {0}</dct:title></rdf:Description></rdf:RDF>\n'
    )
    text = (
        '<?xml version="1.0"?>\n<!-- a - answer --><csw:GetRecordsResponse xmlns:dcat="http://www.w3.org/ns/dcat#" '
        'xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:dct="http://purl.org/dc/terms/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f"<csw:SearchResults>{record.format(1)}{record.format(2)}</csw:SearchResults></csw:GetRecordsResponse>"
    )
    document = opened(text, "csw.xml")
    entries = list(open_source(document, STANDARD))
    assert [entry.entry["publisher"]["name"] for entry in entries] == ["局 1", "局 2"]
    assert document.place((0, "/@graph/urn:2")).line == 4


def test_a_text_beside_a_name_is_lost_and_in_the_account():
    text = (
        f'{XML}<dcat:Dataset xmlns:dcat="http://www.w3.org/ns/dcat#" rdf:about="urn:a"><dct:title>名称</dct:title>'
        '<dct:license rdf:resource="urn:l">开放</dct:license><dct:type rdf:resource="urn:t">\n </dct:type>'
        '<dct:publisher rdf:resource="urn:p">民政局</dct:publisher></dcat:Dataset></rdf:RDF>'
    )
    source = open_source(opened(text, "a.rdf"), STANDARD)
    assert len(list(source)) == 1
    drops = {reason.en: count for reason, count in source.ledger.drops.items()}
    assert drops["text next to a resource address in RDF"] == 2


@pytest.mark.parametrize(
    ("name", "text", "graph", "notices"),
    [
        (
            "a.ttl",
            '# <urn:a b>\n<urn:a{b> <urn:p> "<urn:a b>" ;\n <urn:q> <urn:c d> .',
            {"urn:a%7Bb": {"@id": "urn:a%7Bb", "urn:p": "<urn:a b>", "urn:q": {"@id": "urn:c%20d"}}},
            [("encoded-name", 2)],
        ),
        (
            "a.rdf",
            f'{XML}<rdf:Description\n rdf:about="urn:a b"><dct:type rdf:resource="urn:c|d">one\ntwo</dct:type>\n'
            '<dct:title>about="urn:a b"</dct:title></rdf:Description></rdf:RDF>',
            {"urn:a%20b": {"@id": "urn:a%20b", "dct:type": {"@id": "urn:c%7Cd"}, "dct:title": 'about="urn:a b"'}},
            [("encoded-name", 3), ("text-beside-name", 3)],
        ),
        (
            "a.jsonld",
            '{"@context": {"p": "urn:p"},\n "@id": "urn:a b", "p": "urn:a b"}',
            {"urn:a%20b": {"@id": "urn:a%20b", "urn:p": "urn:a b"}},
            [("encoded-name", 2)],
        ),
        # Names without a scheme stay what they are.
        (
            "b.ttl",
            "<urn:a> <urn:p> <CSV> , <a@b.example> , </c/d> , <#e> , <?f> , <urn:mulu:g> .",
            {
                "urn:a": {
                    "@id": "urn:a",
                    "urn:p": [{"@id": it} for it in ("CSV", "a@b.example", "/c/d", "#e", "?f", "g")],
                }
            },
            [],
        ),
    ],
)
def test_names_that_are_not_quite_right(name, text, graph, notices):
    """What a name cannot hold is encoded, and told with the first line."""
    document = opened(text, name)
    assert document.value == {"@graph": graph}
    assert [(notice.rule, notice.place.line) for notice in document.notices] == notices


@pytest.mark.parametrize(
    ("name", "text", "at", "why"),
    [
        ("a.ttl", "<urn:a> <urn:p> 1\n<urn:b> <urn:p> 2 .", (2, 1), "a dot is missing, or a semicolon"),
        ("a.ttl", "<urn:a> <urn:p>\n  ex:b .", (2, 3), "a prefix is used but not declared"),
        ("a.ttl", '<urn:a> <urn:p> "b', (1, 17), "the text ends here"),
        ("a.rdf", f"{XML}<rdf:Description></dct:title></rdf:RDF>", (2, 30), "an end tag does not match"),
        ("a.rdf", f"{XML}<ex:a/></rdf:RDF>", (2, 6), "a prefix has no namespace"),
        (
            "a.rdf",
            f'{XML}<rdf:Description>\n<dct:title xml:lang="overlonglanguage"/></rdf:Description></rdf:RDF>',
            (3, None),
            "invalid language tag",
        ),
    ],
)
def test_faults_are_told_with_place_and_reason(name, text, at, why):
    """Also those of RDF/XML, of which the parser tells no place."""
    with pytest.raises(Unreadable, match=why) as refused:
        opened(text, name)
    assert (refused.value.place.line, refused.value.place.column) == at


def test_names_of_a_context_that_contradict_themselves_are_told_alike_each_time():
    """The parser names any of them, another in each run."""
    text = '{"@context": {"A:a": "urn:x#a", "A:b": "urn:x#b", "A:c": "urn:x#c"}, "@id": "urn:1", "A:a": "x"}'
    with pytest.raises(Unreadable, match="check the prefixes") as refused:
        opened(text, "a.jsonld")
    assert "A:" not in refused.value.en


def test_a_node_that_is_only_named_is_no_record():
    """What a service serves may be named with its type; it is described elsewhere."""
    text = f"{HEAD}<urn:s> a dcat:DataService ; dcat:servesDataset <urn:b> .\n<urn:b> a dcat:Dataset .\n"
    described = f'{text}<urn:a> a dcat:Dataset ; dct:title "one" .\n'
    assert [entry.entry.get("title") for entry in open_source(opened(described), STANDARD)] == ["one", None]
    assert len(list(open_source(opened(text), STANDARD))) == 2
