"""XML formats: told apart, written as their schemas ask, and nothing put in another element's place."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from mulu.convert import known, open_source
from mulu.convert.beyond import NO_NAME
from mulu.convert.overlay import lay_over
from mulu.convert.target import open_target
from mulu.convert.trees import label, leaves
from mulu.errors import MuluError
from mulu.output import whole_file
from mulu.readers import open_document
from mulu.standard import load

STANDARD = load()
KNOWN = known(STANDARD)
GMD = "{http://www.isotc211.org/2005/gmd}"
GCO = "{http://www.isotc211.org/2005/gco}"


def written(entries, name, path):
    """Write entries in a format; return the root element."""
    target = open_target(STANDARD, name, path)
    with whole_file(path) as stream:
        for entry in entries:
            target.add(entry, stream)
        target.finish(stream)
    return etree.parse(path).getroot()


def read(path):
    """Return the entries of a file."""
    document = open_document(path, name=path.name, known=KNOWN)
    return [item.entry for item in open_source(document, STANDARD)]


def schema():
    """Return the XSD of ISO 19139 from the package pycsw, which brings it along; `None` without that package."""
    found = find_spec("pycsw")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "plugins/profiles/apiso/schemas/ogc/iso/19139/20060504"
    imports = "".join(
        f'<xs:import namespace="http://www.isotc211.org/2005/{name}" '
        f'schemaLocation="{(folder / name / name).as_uri()}.xsd"/>'
        for name in ("gmd", "srv")
    )
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.ElementTree(etree.fromstring(text)))


@pytest.mark.parametrize("kind", ["resource", "interface"])
def test_iso_19139_is_valid_by_its_schema(kind, tmp_path):
    """All that a kind can say, and the least that it may say, is written as the XSD asks."""
    xsd = schema()
    if xsd is None:
        pytest.skip("the XSD of ISO 19139 comes with the package pycsw, which is not installed")
    least = {"kind": kind, "title": "目录", "publisher": {"name": "某局"}}
    for number, entry in enumerate([STANDARD.examples[kind], least]):
        root = written([entry], "iso19139", tmp_path / f"{number}.xml")
        # The package has the schema that came before GML 3.2; but for the namespace a period is the same.
        older = etree.tostring(root).replace(b"http://www.opengis.net/gml/3.2", b"http://www.opengis.net/gml")
        xsd.assertValid(etree.fromstring(older))


def test_elements_stand_in_the_order_of_the_schema(tmp_path):
    """The order of the properties in the mapping is not that of the elements."""
    root = written([STANDARD.examples["resource"]], "iso19139", tmp_path / "out.xml")
    assert root.tag == f"{GMD}MD_Metadata"
    names = [child.tag.removeprefix(GMD) for child in root]
    assert names[:4] == ["fileIdentifier", "language", "hierarchyLevel", "contact"]
    assert names.index("dateStamp") < names.index("identificationInfo") < names.index("distributionInfo")


def test_several_records_stand_in_an_envelope(tmp_path):
    """Only one record can be the root."""
    entries = [STANDARD.examples["resource"], STANDARD.examples["interface"]]
    root = written(entries, "iso19139", tmp_path / "out.xml")
    assert etree.QName(root).localname == "GetRecordsResponse"
    assert len(list(root.iter(f"{GMD}MD_Metadata"))) == 2
    assert [entry["kind"] for entry in read(tmp_path / "out.xml")] == ["resource", "interface"]


def test_what_a_schema_asks_for_is_said_to_be_unknown(tmp_path):
    """Nothing is invented for what the entry lacks, and what it has is not said twice."""
    least = {"kind": "resource", "title": "目录", "publisher": {"name": "某局"}}
    root = written([least], "iso19139", tmp_path / "least.xml")
    assert root.find(f"{GMD}dateStamp").get(f"{GCO}nilReason") == "unknown"
    assert root.findtext(f"{GMD}contact//{GCO}CharacterString") == "某局"
    root = written([{**least, "modified": "2024-03-05"}], "iso19139", tmp_path / "dated.xml")
    stamp = root.find(f"{GMD}dateStamp")
    assert stamp.get(f"{GCO}nilReason") is None and stamp.findtext(f"{GCO}Date") == "2024-03-05"


def test_the_hour_of_a_date_goes_back_where_it_stood(tmp_path):
    """A date with the hour stands in another element than one without."""
    sample = STANDARD.mappings["iso19139"].folder / "sample.xml"
    root = written(read(sample)[:1], "iso19139", tmp_path / "out.xml")
    assert root.findtext(f"{GMD}dateStamp/{GCO}DateTime") == "2024-03-28T17:02:11"
    assert root.find(f"{GMD}dateStamp/{GCO}Date") is None


def test_what_is_left_of_an_element_goes_to_that_element():
    """Elements of a list are written in the order of the mapping, and were in another order in the source."""
    tree = {"date": [{"value": "2020", "type": "publication"}, {"value": "2021", "type": "revision"}]}
    rest = {"date": [{"type": "creation", "value": "2019"}, {"type": "revision", "x": "b"}]}
    laid, lost = lay_over(tree, rest, "#text")
    assert not lost
    assert laid["date"] == [
        {"type": "creation", "value": "2019"},
        {"value": "2021", "type": "revision", "x": "b"},
        {"value": "2020", "type": "publication"},
    ]


def test_one_of_several_elements_is_not_joined_by_another():
    """`resourceConstraints` holds one object; the rest of another one gets an element of its own."""
    laid, lost = lay_over({"c": [{"Legal": {"a": "1"}}]}, {"c": [{"Security": {"b": "2"}}]}, "#text")
    assert not lost
    assert laid["c"] == [{"Security": {"b": "2"}}, {"Legal": {"a": "1"}}]


def test_a_language_without_its_text_is_not_written():
    """The text of a literal that went to another place leaves no node behind; of XML an attribute is a value."""
    rest = {"title": {"^lang": "zh"}, "note": {"^lang": "zh", "@value": "x"}}
    assert lay_over({"name": "a"}, rest, "@value")[0] == {"name": "a", "note": {"^lang": "zh", "@value": "x"}}
    assert lay_over({"name": "a"}, {"t": {"^lang": "zh"}}, "#text")[0] == {"name": "a", "t": {"^lang": "zh"}}


def test_a_picture_with_a_title_is_no_catalog(tmp_path):
    """Dublin Core stands in many files; a title alone makes none of them a record."""
    path = tmp_path / "picture.xml"
    path.write_text(
        '<svg xmlns:dc="http://purl.org/dc/elements/1.1/"><work><dc:title>a</dc:title></work></svg>', encoding="utf-8"
    )
    with pytest.raises(MuluError):
        read(path)


def test_the_custom_data_of_an_ofd_file_is_a_licence(tmp_path):
    """The same short names stand in attributes there."""
    path = tmp_path / "OFD.xml"
    path.write_text(
        '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocInfo><ofd:CustomDatas>'
        '<ofd:CustomData Name="ZZMC">示例许可证</ofd:CustomData><ofd:CustomData Name="ZZBH">XK-1</ofd:CustomData>'
        '<ofd:CustomData Name="ZZYXQJZRQ">长期</ofd:CustomData>'
        "</ofd:CustomDatas></ofd:DocInfo></ofd:DocBody></ofd:OFD>",
        encoding="utf-8",
    )
    (entry,) = read(path)
    del entry["source"]
    assert entry == {
        "kind": "issued-licence",
        "title": "示例许可证",
        "number": "XK-1",
        "validity": {"longTerm": True},
    }


def test_what_the_standard_lacks_goes_back_in_its_namespace_behind_what_the_format_has(tmp_path):
    """The format's own elements are in none, whatever namespace they were read in."""
    sample = STANDARD.mappings["gbt21063"].folder / "sample.xml"
    root = written(read(sample)[:1], "gbt21063", tmp_path / "out.xml")
    assert root.tag == "Metadata" and root.findtext("resTitle") == "矿产资源储量登记信息"
    assert (root[-1].tag, root[-1].text) == ("{http://catalog.example.org/2019/metadata}shareType", "有条件共享")
    assert root[-2].tag == "mdDateUpd"
    again = written(read(tmp_path / "out.xml"), "gbt21063", tmp_path / "again.xml")
    assert etree.tostring(again) == etree.tostring(root)


def test_namespaces_are_told_apart_by_what_they_are_not_by_their_prefix(tmp_path):
    """One prefix for two namespaces, two for one, none at all, in elements and in attributes."""
    path = tmp_path / "in.xml"
    path.write_text(
        '<m xmlns="urn:default"><resTitle>甲</resTitle><resID>1</resID><IdPoC><rpOrgName>局</rpOrgName><own>o</own>'
        '</IdPoC><mdId>2</mdId><a:x xmlns:a="urn:1" a:y="p">q</a:x><a:x xmlns:a="urn:2">r</a:x>'
        '<ns0:x xmlns:ns0="urn:1">s</ns0:x><b xmlns:c="urn:1" c:z="t"/></m>',
        encoding="utf-8",
    )
    (entry,) = read(path)
    assert "own" in entry["source"]["values"]["IdPoC"]
    root = written([entry], "gbt21063", tmp_path / "out.xml")
    kept = [(one.tag, one.text, dict(one.attrib)) for one in root if one.tag.startswith("{")]
    assert kept == [
        ("{urn:1}x", "q", {"{urn:1}y": "p"}),
        ("{urn:1}x", "s", {}),
        ("{urn:2}x", "r", {}),
        ("{urn:default}b", None, {"{urn:1}z": "t"}),
    ]
    assert [one.tag for one in root.find("IdPoC")] == ["rpOrgName", "{urn:default}own"]


def test_a_name_that_xml_cannot_have_is_a_loss_that_is_told(tmp_path):
    """A record that was changed or made by hand does not end the run, and leaves no value uncounted."""
    entry = {
        "kind": "resource",
        "title": "甲",
        "source": {
            "format": "gbt21063",
            "namespaces": {"a": "urn:a", "b": "http://www.w3.org/2000/xmlns/", "c": 'x"/><', "ns1": "urn:n", "e": 1},
            "values": {
                "": "1",
                "a b": "2",
                "1": {"x": "3", "y": ["4", ["5"]]},
                "@xmlns": "6",
                "@xmlns:a": "urn:b",
                "@z": {"x": "7"},
                "unknown:x": "8",
                "b:x": "9",
                "c:x": "10",
                "#text": ["11"],
                "#other": "12",
                "a:b:c": "13",
                "list": [["14"], None, "right"],
                "e:x": "15",
                "none": None,
                "ns1:right": "r",
                "a:right": {"@a:right": "r", "#text": "r"},
            },
        },
    }
    target = open_target(STANDARD, "gbt21063", tmp_path / "out.xml")
    with whole_file(tmp_path / "out.xml") as stream:
        target.add(entry, stream)
        target.finish(stream)
    root = etree.parse(tmp_path / "out.xml").getroot()
    assert [(one.tag, one.text) for one in root] == [
        ("resTitle", "甲"),
        ("list", "right"),
        ("{urn:n}right", "r"),
        ("{urn:a}right", "r"),
    ]
    assert root.attrib == {} and root[-1].get("{urn:a}right") == "r"
    assert target.ledger.drops[NO_NAME] == 16 and target.ledger.counts["kept"] == 4


def test_a_record_that_is_valid_by_its_schema_is_valid_when_it_comes_back(tmp_path):
    """Empty elements, an older GML, types named in attributes, attributes of other namespaces, what mulu lacks."""
    xsd = schema()
    if xsd is None:
        pytest.skip("the XSD of ISO 19139 comes with the package pycsw, which is not installed")
    entry = STANDARD.examples["resource"] | {"temporal": {"startDate": "2020-01-01", "endDate": "2021-01-01"}}
    text = etree.tostring(written([entry], "iso19139", tmp_path / "first.xml"), encoding="unicode")
    text = text.replace("http://www.opengis.net/gml/3.2", "http://www.opengis.net/gml")
    instance = "http://www.w3.org/2001/XMLSchema-instance"
    for old, new in (
        (' gml:id="period"', f' gml:id="period" xmlns:i="{instance}" i:type="gml:TimePeriodType"'),
        ("<gmd:contact>", '<gmd:contact xmlns:xlink="http://www.w3.org/1999/xlink" xlink:title="t">'),
        ("</gmd:CI_Citation>", "<gmd:ISBN><gco:CharacterString/></gmd:ISBN></gmd:CI_Citation>"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "in.xml"
    path.write_text(text, encoding="utf-8")
    xsd.assertValid(etree.parse(path))
    (made,) = read(path)
    assert made["temporal"] == entry["temporal"]
    root = written([made], "iso19139", tmp_path / "out.xml")
    xsd.assertValid(root)
    assert root.find(f".//{GMD}ISBN/{GCO}CharacterString") is not None
    assert root.find(f"{GMD}contact").get("{http://www.w3.org/1999/xlink}title") == "t"
    period = next(root.iter("{http://www.opengis.net/gml}TimePeriod"))
    assert period.get(f"{{{instance}}}type").partition(":")[0] in period.nsmap


def test_attributes_are_values_whatever_they_are_called(tmp_path):
    """`ref`, `lang`, `id` and `value` of XML say what the element says beside its text, and none is lost or misread."""
    record = (
        '<metadata><idinfo ref="r"><citation><citeinfo><origin lang="en">甲</origin><title id="t"/>'
        "<title>乙</title></citeinfo></citation><descript><abstract>丙</abstract></descript>"
        '<extra ref="x" datatype="y"><inner value="z">丁</inner></extra></idinfo></metadata>'
    )
    path = tmp_path / "a.xml"
    path.write_text(record, encoding="utf-8")
    source = open_source(open_document(path), STANDARD, "fgdc")
    (made,) = list(source)
    assert made.entry["title"] == "乙"
    kept = {(label(at), value) for at, value in leaves(made.entry["source"]["values"])}
    assert {
        ("idinfo/@ref", "r"),
        ("idinfo/citation/citeinfo/origin/@lang", "en"),
        ("idinfo/citation/citeinfo/title/@id", "t"),
        ("idinfo/extra/@ref", "x"),
        ("idinfo/extra/@datatype", "y"),
        ("idinfo/extra/inner/@value", "z"),
        ("idinfo/extra/inner/#text", "丁"),
    } <= kept
    assert source.ledger.leaves == 10


def test_what_the_format_lists_is_its_own_in_whatever_namespace_it_was(tmp_path):
    """What the record has of it and the standard lacks stands in the format's element, under its own name there."""
    path = tmp_path / "in.xml"
    path.write_text(
        '<m xmlns="urn:default"><resTitle>甲</resTitle><resID>1</resID><ServInfo><far>x</far></ServInfo></m>',
        encoding="utf-8",
    )
    root = written(read(path), "gbt21063", tmp_path / "out.xml")
    assert [one.tag for one in root] == ["mdId", "resTitle", "resID", "ServInfo"]
    assert [(one.tag, one.text) for one in root[-1]] == [("{urn:default}far", "x")]


def test_anchors_are_texts_and_stay_anchors(tmp_path):
    """Keywords of both forms are read in their order, and each goes back in its own form."""
    keywords = (
        '<gmd:keyword><gmx:Anchor xlink:href="http://e/air">air</gmx:Anchor></gmd:keyword>'
        "<gmd:keyword><gco:CharacterString>water</gco:CharacterString></gmd:keyword>"
    )
    path = tmp_path / "anchors.xml"
    path.write_text(
        '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco" '
        'xmlns:gmx="http://www.isotc211.org/2005/gmx" xmlns:xlink="http://www.w3.org/1999/xlink">'
        "<gmd:contact><gmd:CI_ResponsibleParty><gmd:organisationName><gmx:Anchor>Office</gmx:Anchor>"
        "</gmd:organisationName></gmd:CI_ResponsibleParty></gmd:contact><gmd:identificationInfo>"
        f"<gmd:MD_DataIdentification><gmd:descriptiveKeywords><gmd:MD_Keywords>{keywords}</gmd:MD_Keywords>"
        "</gmd:descriptiveKeywords></gmd:MD_DataIdentification></gmd:identificationInfo></gmd:MD_Metadata>"
    )
    entries = read(path)
    assert entries[0]["keyword"] == ["air", "water"] and entries[0]["publisher"] == {"name": "Office"}
    root = written(entries, "iso19139", tmp_path / "back.xml")
    found = [(one[0].tag.rpartition("}")[2], one[0].text, len(one)) for one in root.iter(f"{GMD}keyword")]
    assert found == [("Anchor", "air", 1), ("CharacterString", "water", 1)]


def test_links_of_a_distributor_and_topics_are_read_and_go_back(tmp_path):
    """Some catalogs name links and formats by distributor only; a link still tells whether it leads to the data."""
    links = "".join(
        "<gmd:distributorTransferOptions><gmd:MD_DigitalTransferOptions><gmd:onLine><gmd:CI_OnlineResource>"
        f"<gmd:linkage><gmd:URL>https://e.example/{name}</gmd:URL></gmd:linkage><gmd:function>"
        f'<gmd:CI_OnLineFunctionCode codeListValue="{function}"/></gmd:function></gmd:CI_OnlineResource></gmd:onLine>'
        "</gmd:MD_DigitalTransferOptions></gmd:distributorTransferOptions>"
        for name, function in (("data", "download"), ("page", "information"))
    )
    path = tmp_path / "distributor.xml"
    path.write_text(
        '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco">'
        "<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:topicCategory><gmd:MD_TopicCategoryCode>inlandWaters"
        "</gmd:MD_TopicCategoryCode></gmd:topicCategory><gmd:supplementalInformation><gco:CharacterString>more"
        "</gco:CharacterString></gmd:supplementalInformation></gmd:MD_DataIdentification></gmd:identificationInfo>"
        f"<gmd:distributionInfo><gmd:MD_Distribution><gmd:distributor><gmd:MD_Distributor>{links}"
        "</gmd:MD_Distributor></gmd:distributor></gmd:MD_Distribution></gmd:distributionInfo></gmd:MD_Metadata>"
    )
    (entry,) = read(path)
    assert entry["classification"] == [{"code": "inlandWaters", "name": "Inland waters", "scheme": "local"}]
    assert entry["note"] == "more"
    assert entry["distribution"] == [
        {"downloadURL": "https://e.example/data"},
        {"accessURL": "https://e.example/page"},
    ]
    written([entry], "iso19139", tmp_path / "back.xml")
    (again,) = read(tmp_path / "back.xml")
    assert {key: again[key] for key in ("classification", "note", "distribution")} == {
        key: entry[key] for key in ("classification", "note", "distribution")
    }


@pytest.mark.parametrize(
    ("scopes", "identified", "kind"),
    [
        (["service"], ["srv:SV_ServiceIdentification"], "interface"),
        ([], ["srv:SV_ServiceIdentification"], "interface"),
        (["dataset", "service"], ["gmd:MD_DataIdentification", "srv:SV_ServiceIdentification"], "resource"),
        (["service"], ["gmd:MD_DataIdentification"], "resource"),
        (["dataset"], ["srv:SV_ServiceIdentification"], "resource"),
    ],
)
def test_a_service_is_what_is_described_as_one_alone(scopes, identified, kind, tmp_path):
    """Whatever scopes are named: with data it is data, and each record is one entry."""
    spaces = " ".join(f'xmlns:{name}="http://www.isotc211.org/2005/{name}"' for name in ("gmd", "gco", "srv"))
    levels = "".join(
        f'<gmd:hierarchyLevel><gmd:MD_ScopeCode codeListValue="{scope}"/></gmd:hierarchyLevel>' for scope in scopes
    )
    text = "<gmd:abstract><gco:CharacterString>text</gco:CharacterString></gmd:abstract>"
    about = "".join(f"<gmd:identificationInfo><{one}>{text}</{one}></gmd:identificationInfo>" for one in identified)
    path = tmp_path / "record.xml"
    path.write_text(f"<gmd:MD_Metadata {spaces}>{levels}{about}</gmd:MD_Metadata>")
    assert [(one["kind"], one.get("description")) for one in read(path)] == [(kind, "text")]


CANADIAN = """<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco">
<gmd:fileIdentifier><gco:CharacterString>a-1</gco:CharacterString></gmd:fileIdentifier>
<gmd:contact><gmd:CI_ResponsibleParty>
  <gmd:organisationName><gco:CharacterString>Fisheries</gco:CharacterString></gmd:organisationName>
  <gmd:contactInfo><gmd:CI_Contact><gmd:address><gmd:CI_Address><gmd:electronicMailAddress>
    <gco:CharacterString>sea@fish.example</gco:CharacterString>
  </gmd:electronicMailAddress></gmd:CI_Address></gmd:address></gmd:CI_Contact></gmd:contactInfo>
  <gmd:role><gmd:CI_RoleCode codeListValue="RI_414">pointOfContact; contact</gmd:CI_RoleCode></gmd:role>
</gmd:CI_ResponsibleParty></gmd:contact>
<gmd:dateStamp><gco:Date>2023-08-10</gco:Date></gmd:dateStamp>
<gmd:identificationInfo><gmd:MD_DataIdentification>
  <gmd:citation><gmd:CI_Citation>
    <gmd:title><gco:CharacterString>Porpoises</gco:CharacterString></gmd:title>
    <gmd:date><gmd:CI_Date><gmd:date><gco:Date>2018-06-21</gco:Date></gmd:date><gmd:dateType>
      <gmd:CI_DateTypeCode codeListValue="RI_367">publication; publication</gmd:CI_DateTypeCode>
    </gmd:dateType></gmd:CI_Date></gmd:date>
  </gmd:CI_Citation></gmd:citation>
  <gmd:abstract><gco:CharacterString>Where they were seen.</gco:CharacterString></gmd:abstract>
  <gmd:resourceMaintenance><gmd:MD_MaintenanceInformation><gmd:maintenanceAndUpdateFrequency>
    <gmd:MD_MaintenanceFrequencyCode codeListValue="RI_536">monthly; mensuel</gmd:MD_MaintenanceFrequencyCode>
  </gmd:maintenanceAndUpdateFrequency></gmd:MD_MaintenanceInformation></gmd:resourceMaintenance>
</gmd:MD_DataIdentification></gmd:identificationInfo></gmd:MD_Metadata>"""


def test_the_codes_of_the_north_american_register_are_read(tmp_path):
    """Canada's profile has numbers of its register where others have words, and the contact with the metadata only."""
    path = tmp_path / "a.xml"
    path.write_text(CANADIAN, encoding="utf-8")
    (entry,) = read(path)
    assert entry["issued"] == "2018-06-21" and entry["accrualPeriodicity"] == "monthly"
    assert entry["contactPoint"] == {"email": "sea@fish.example"} and entry["publisher"] == {"name": "Fisheries"}
