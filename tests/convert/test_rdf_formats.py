"""Catalogs in RDF as profiles of DCAT and its relatives write them: Spain, Denmark, Australia, VoID, CPSV-AP."""

import pytest

from mulu.convert import known, open_source
from mulu.readers import open_bytes
from mulu.standard import load

pytest.importorskip("pyoxigraph")

STANDARD = load()
HEAD = "\n".join(
    f"@prefix {name}: <{uri}> ."
    for name, uri in {
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "time": "http://www.w3.org/2006/time#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schemas": "https://schema.org/",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "void": "http://rdfs.org/ns/void#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "cpsv": "http://purl.org/vocab/cpsv#",
        "cv": "http://data.europa.eu/m8g/",
    }.items()
)


def read(turtle):
    """Return the entries of a graph, without what was kept of it."""
    document = open_bytes(f"{HEAD}\n{turtle}".encode(), "a.ttl", known=known(STANDARD))
    return [
        {key: value for key, value in one.entry.items() if key != "source"} for one in open_source(document, STANDARD)
    ]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('dc:title "旧名" ; dc:publisher [ foaf:name "市局" ]', {"title": "旧名", "publisher": {"name": "市局"}}),
        ('dct:title "名" ; dc:title "旧名" ; dct:abstract "摘要"', {"title": "名", "description": "摘要"}),
        ('dct:publisher [ a vcard:Kind ; vcard:fn "市局" ]', {"publisher": {"name": "市局"}}),
        ('dct:accrualPeriodicity [ rdf:value "P0Y3M0DT0H0M0S" ]', {"accrualPeriodicity": "quarterly"}),
        ('dct:license "开放 许可 1.0"', {"license": "开放 许可 1.0"}),
        (
            'dct:temporal [ time:hasBeginning [ time:inXSDDate "2020-01-01"^^xsd:date ] ; '
            'time:hasEnd [ time:inXSDDateTime "2020-12-31T00:00:00"^^xsd:dateTime ] ]',
            {"temporal": {"startDate": "2020-01-01", "endDate": "2020-12-31"}},
        ),
        ("dcat:distribution <files/a.csv>", {"distribution": [{"identifier": "files/a.csv"}]}),
        (
            "dct:accrualPeriodicity [ rdf:value [ a time:DurationDescription ; time:months 3 ] ]",
            {"accrualPeriodicity": "quarterly"},
        ),
        (
            "dcat:theme <http://datos.gob.es/kos/sector-publico/sector/educacion>",
            {
                "classification": [
                    {
                        "code": "http://datos.gob.es/kos/sector-publico/sector/educacion",
                        "name": "Educación",
                        "scheme": "local",
                    }
                ]
            },
        ),
        (
            'dcat:distribution [ dct:format [ rdf:value "text/csv" ; rdfs:label "CSV" ] ]',
            {"distribution": [{"format": "CSV", "mediaType": "text/csv"}]},
        ),
        (
            'dct:rightsHolder [ foaf:name "市局" ; dct:identifier "003_1" ] ; '
            'dct:creator [ foaf:name "处" ; dct:identifier "7" ]',
            {"rightsHolder": {"name": "市局", "identifier": "003_1"}, "creator": {"name": "处", "identifier": "7"}},
        ),
    ],
)
def test_other_words_for_what_a_dataset_is_said_to_have(said, found):
    """Elements of Dublin Core 1.1, `dct:abstract`, cards for publishers, NTI-RISP, OWL-Time, relative addresses."""
    assert read(f"<urn:a> a dcat:Dataset ; {said} .") == [{"kind": "resource", "identifier": "urn:a", **found}]


def test_a_series_is_a_resource_and_is_read_once():
    """Alone, and where it is said to be a dataset as well."""
    entries = read(
        '<urn:a> a dcat:Dataset ; dct:title "一" . <urn:b> a dcat:DatasetSeries ; dct:title "二" . '
        '<urn:c> a dcat:DatasetSeries, dcat:Dataset ; dct:title "三" .'
    )
    assert sorted(entry["title"] for entry in entries) == ["一", "三", "二"]


def test_void_describes_datasets():
    """With their dumps; subsets without a title are none of their own."""
    assert read(
        '<urn:a> a void:Dataset ; dct:title "名录" ; foaf:homepage <https://a.example/> ; '
        "void:dataDump <https://a.example/dump.ttl> ; void:subset <urn:b> . <urn:b> a void:Dataset ; void:triples 1 ."
    ) == [
        {
            "kind": "resource",
            "identifier": "urn:a",
            "title": "名录",
            "landingPage": ["https://a.example/"],
            "distribution": [{"downloadURL": "https://a.example/dump.ttl"}],
        }
    ]


def test_a_service_of_the_draft_of_dcat_is_an_interface():
    """`dcat:DataDistributionService` became `dcat:DataService`."""
    said = (
        'dct:title "接口" ; dct:issued "2019-03-01"^^xsd:date ; dcat:contactPoint [ vcard:hasTelephone <tel:0731-1> ]'
    )
    (entry,) = read(f"<urn:a> a dcat:DataDistributionService ; {said} .")
    assert entry == {
        "kind": "interface",
        "identifier": "urn:a",
        "title": "接口",
        "contactPoint": {"telephone": "0731-1"},
        "issued": "2019-03-01",
    }


def test_a_public_service_may_name_its_authority_and_contact_as_dcat_does():
    """CPSV-AP-NO: `cv:ownedBy` an address, `dcat:contactPoint` a card."""
    (entry,) = read(
        '<urn:a> a cpsv:PublicService ; dct:title "事项" ; cv:ownedBy <https://a.example/org/1> ; '
        'dcat:contactPoint [ vcard:hasTelephone "tel:0731-1" ; vcard:hasEmail <mailto:a@b.example> ] .'
    )
    assert entry == {
        "kind": "service",
        "identifier": "urn:a",
        "title": "事项",
        "publisher": {"name": "https://a.example/org/1"},
        "contactPoint": {"telephone": "0731-1", "email": "a@b.example"},
    }


def test_a_public_service_has_an_event_a_cost_and_the_law_behind_its_rules():
    """As version 3 says it, with the address of schema.org that it uses."""
    (service,) = read(
        '<urn:a> a cpsv:PublicService ; dct:title "名" ; cv:isGroupedBy [ dct:title "开餐馆" ; dct:identifier "2" ] ; '
        'cv:hasCost [ dct:title "费" ; cv:hasValue 4.27 ] ; cv:hasChannel [ schemas:url <https://a.example/> ] ; '
        'cpsv:follows [ dct:title "则" ; cpsv:implements [ dct:title "法" ] ] .'
    )
    assert service["jointItems"] == [{"identifier": "2", "name": "开餐馆"}]
    assert service["fees"] == [{"name": "费", "rate": "4.27"}]
    assert service["legalBasis"] == [{"title": "法"}]
    assert service["onlineURL"] == "https://a.example/"


def test_a_node_without_a_name_gives_none():
    """A blank node of which nothing is said is no publisher, place or class; a class by address keeps that."""
    eu = "http://publications.europa.eu/resource/authority/data-theme"
    (entry,) = read(
        f"<https://a.example/d> a dcat:Dataset ; dct:title 'T' ; dct:publisher [] ; dct:spatial [ a dct:Location ] ;"
        f" dcat:theme [], <{eu}/ECON>, <https://a.example/class/7> ."
    )
    assert not {"publisher", "spatial"} & set(entry)
    assert sorted(entry["classification"], key=lambda one: one["code"]) == [
        {"code": f"{eu}/ECON", "name": "Economy and finance", "scheme": "local"},
        {"code": "https://a.example/class/7", "scheme": "local"},
    ]
