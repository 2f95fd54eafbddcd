"""A file that is no catalog is told what it is; a format is named as nearest only where it is near."""

import json

import pytest

from mulu.errors import NotRecognised, Unreadable

LINKS = [
    ("urls.json", '["https://a.example/1", "https://a.example/2"]', "only lists addresses"),
    ("index.json", '{"datasets": [{"name": "a", "url": "https://a.example/1"}]}', "only lists addresses"),
    ("links.csv", "https://a.example/1\nhttps://a.example/2\n", "only lists addresses"),
    (
        "map.xml",
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>x</loc></url></urlset>',
        "site map",
    ),
    (
        "page.jsonld",
        json.dumps(
            {
                "@context": {"hydra": "http://www.w3.org/ns/hydra/core#"},
                "@id": "https://a.example/c",
                "@type": "hydra:Collection",
                "hydra:member": [{"@id": "https://a.example/1"}],
                "@graph": [],
            }
        ),
        "Hydra",
    ),
    (
        "void.ttl",
        "@prefix void: <http://rdfs.org/ns/void#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .\n"
        "<https://a.example/> a void:DatasetDescription ; foaf:topic <https://a.example/1> .",
        "VoID",
    ),
    (
        "catalog.ttl",
        "@prefix dcat: <http://www.w3.org/ns/dcat#> .\n"
        "<https://a.example/> a dcat:Catalog ; dcat:dataset <https://a.example/1> .",
        "only the addresses of its datasets",
    ),
    (
        "oai.xml",
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListIdentifiers><header><identifier>1</identifier>'
        "</header></ListIdentifiers></OAI-PMH>",
        "ListRecords",
    ),
    ("list.json", '{"help": "h", "success": true, "result": ["a", "b"]}', "package_search"),
    ("schema.json", '{"$schema": "s", "title": "Dataset", "description": "d", "properties": {}}', "JSON schema"),
    ("map.json", '{"features": [{"geometry": {"type": "Point"}, "properties": {"name": "a"}}]}', "GeoJSON"),
    (
        "systems.csv",
        "示例市政务信息系统清单\n序号,系统名称,建设单位,主要功能,部署位置,等保级别,联系电话\n1,低保系统,民政局,审核,云上,三级,1",
        "information systems",
    ),
    (
        "decisions.csv",
        "行政许可决定书文号,项目名称,许可内容,行政相对人名称,许可决定日期\n1,a,b,某公司,2020-01-01",
        "list of decisions",
    ),
    (
        "gm03.xml",
        '<TRANSFER xmlns="http://www.interlis.ch/INTERLIS2.3"><DATASECTION><GM03_2Core.Core BID="b">'
        '<GM03_2Core.Core.MD_Metadata TID="1"/></GM03_2Core.Core></DATASECTION></TRANSFER>',
        "ISO 19139",
    ),
    ("phones.csv", "id,location_id,service_id,number,type\np,l,s,555-0100,voice\n", "supplementary table of an HSDS"),
    ("plain.json", '{"config": {"name": "a", "value": 1}}', "does not resemble the headings or names of any format"),
]


@pytest.mark.parametrize(("name", "content", "said"), LINKS, ids=[name for name, _, _ in LINKS])
def test_what_holds_no_catalog_is_told_for_what_it_is(name, content, said, tmp_path, convert):
    """Who sent a page of links or a schema learns what to send instead, and no format is named that is far off."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(NotRecognised) as refused:
        convert(path)
    assert said in refused.value.en
    assert "nearest" not in refused.value.en and "最接近" not in refused.value.zh


def test_a_text_that_begins_with_a_bracket_is_told_so(tmp_path, convert):
    """It is no broken JSON that the sender could mend."""
    path = tmp_path / "notes.txt"
    path.write_text("[2024-01-01] catalog\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="plain text or Markdown"):
        convert(path)


def test_a_table_in_markdown_is_read_without_its_rule(tmp_path, convert):
    """Neither a bracket at the beginning nor the line of dashes hides the table."""
    path = tmp_path / "list.md"
    path.write_text(
        "[All data](https://a.example)\n\n"
        "| Dataset name | Department | Update frequency | Format |\n|---|:---:|---|---|\n"
        "| Trees | Parks | Annually | CSV |\n",
        encoding="utf-8",
    )
    made, _ = convert(path)
    assert [sourced.entry["title"] for sourced in made] == ["Trees"]


def test_korean_lists_are_told_by_their_syllables(tmp_path, convert):
    """Exports of the Korean portal in cp949 are no Chinese in GB18030."""
    path = tmp_path / "list.csv"
    path.write_bytes(
        "목록키,목록명,제공기관,업데이트주기,확장자,등록일\n1,공영주차장 현황,예시시,연간,CSV,2020-01-31\n".encode(
            "cp949"
        )
    )
    made, source = convert(path)
    assert source.format == "kr-open-data" and made[0].entry["title"] == "공영주차장 현황"
