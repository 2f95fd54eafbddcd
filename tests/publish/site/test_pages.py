"""The pages for people: every link leads somewhere, both languages are there, nothing in a standard can act."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import orjson
import pytest
from lxml import html

from mulu.publish.site.examples import json_markup
from mulu.standard import load

ROOT = Path(__file__).parents[3]
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
in_browser = pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
SITES = pytest.mark.parametrize("name", ["site", "profile", "hostile"])


@SITES
def test_every_internal_link_and_anchor_resolves(request, name):
    """No page sends anybody to a place that is not there, and no place has its name twice."""
    pages = request.getfixturevalue(name)
    files = {str(path) for path in pages.folder.rglob("*") if path.is_file()}
    ids = {}
    for path, page in pages:
        found = page.xpath("//@id")
        assert len(found) == len(set(found)), path
        ids[str(path)] = set(found)
    for path, page in pages:
        for link in {*page.xpath("//@href | //@src | //@action")}:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("http", "https")
                continue
            target = os.path.normpath(path.parent / unquote(parts.path)) if parts.path else str(path)
            assert target in files, (path, link)
            assert not parts.fragment or parts.fragment in ids[target], (path, link)


@SITES
def test_every_page_stands_in_both_languages(request, name):
    """Each says its language, and leads to the same page in the other."""
    pages = request.getfixturevalue(name)
    for path, page in pages:
        language, _, rest = path.relative_to(pages.folder).as_posix().partition("/")
        if not rest:
            continue
        assert page.get("lang") == {"zh": "zh-CN", "en": "en"}[language]
        (switch,) = page.xpath("//a[contains(@class, 'switch')]/@href")
        other = {"zh": "en", "en": "zh"}[language]
        assert (path.parent / unquote(switch)).resolve() == (pages.folder / other / rest).resolve()
        assert len(page.xpath("//h1")) == 1


def test_everything_of_the_standard_has_its_page(site):
    """Kinds, objects, lists, rules, formats, levels; and each property its place."""
    standard = load(ROOT)
    for name in standard.schemas.effective:
        folder = "kinds" if name in standard.schemas.kinds else "objects"
        page = site[f"zh/{folder}/{name}.html"]
        members = standard.schemas.members(standard.schemas.resources[standard.schemas.effective[name]])
        assert {*members} <= set(page.xpath("//section/@id"))
    for folder, names in (("codes", standard.codes), ("rules", standard.rules), ("formats", standard.mappings)):
        assert {path.stem for path in (site.folder / "en" / folder).glob("*.html")} == set(names)
    assert set(standard.levels) <= set(site["zh/levels.html"].xpath("//h2/@id"))


def test_all_codes_of_a_long_list_are_there(site):
    """A list of thousands goes on on further pages; what its codes point at is on one of them."""
    codes = load(ROOT).codes["region"]
    pages = [path for path in site.paths if re.search(r"zh/codes/region(/\d+)?\.html$", path.as_posix())]
    rows = sum(len(site[path].xpath("//tbody/tr")) for path in pages)
    assert len(pages) > 2 and rows == len(codes.codes)


def test_a_code_page_tells_names_spellings_and_what_took_its_place(site):
    """What a clerk looks a list up for."""
    codes = load(ROOT).codes
    name, code = next((name, code) for name in codes for code in codes[name].codes if code.successor)
    text = site[f"en/codes/{name}.html"].text_content()
    assert code.name.zh in text and code.successor.split(";")[0] in text and "retired" in text
    code = next(code for code in codes["update-cycle"].codes if code.aliases and code.name.en)
    text = site["en/codes/update-cycle.html"].text_content()
    assert code.name.zh in text and code.name.en in text and code.aliases[0] in text


@pytest.mark.parametrize("kind", load(ROOT).schemas.kinds)
def test_a_kind_tells_what_each_property_asks(site, kind):
    """Title and description of every property, and from which level on it is required."""
    standard = load(ROOT)
    page = site[f"en/kinds/{kind}.html"]
    for item in standard.schemas.properties(kind):
        if item.pointer.count("/") == 1:
            (section,) = page.xpath("//section[@id=$name]", name=item.name)
            text = section.text_content()
            assert item.title.en in text and item.description.en in text
            level = standard.schemas.required_level(item.owner, item.name)
            asked = "required" if level == "" else f"required from {standard.levels[level].title.en}" if level else ""
            assert asked in text and (level is not None or "required from" not in text)


@SITES
def test_embedded_examples_are_entries_of_the_standard(request, name):
    """Each entry on a page is JSON; of the built-in standard each has the structure that the schemas ask for."""
    pages = request.getfixturevalue(name)
    count = 0
    for _, page in pages:
        for code in page.xpath("//code[@class='entry']"):
            entry = json.loads(code.text_content())
            assert "kind" in entry
            count += 1
            if name == "site":
                assert validator_of(entry["kind"]).is_valid(entry)
    assert count > (1000 if name == "site" else 1)


VALIDATORS = {}


def validator_of(kind):
    """Return what checks the structure of entries of a kind as mulu does."""
    from jsonschema_rs import Draft202012Validator

    if kind not in VALIDATORS:
        VALIDATORS[kind] = Draft202012Validator(lowest(load(ROOT), kind))
    return VALIDATORS[kind]


def lowest(standard, kind):
    """Return the schema of what is asked from the first level on."""
    from mulu.publish.site.schemas import at_level

    return at_level(standard, kind, standard.header.levels[0].id)


def test_what_a_rule_finds_is_marked_in_its_example(site):
    """A reader sees at once what is wrong; what is missing is marked where it should stand."""
    page = site["zh/rules/grant-to-itself.html"]
    assert any(
        "统一社会信用代码" not in mark.text_content() and "name" in mark.text_content() for mark in page.xpath("//mark")
    )
    markup = str(json_markup({"a": {"b": "<"}, "c": []}, ["/a/x"]))
    assert markup == '{\n  "a": <mark>{\n    "b": "&lt;"\n  }</mark>,\n  "c": []\n}'


def test_a_format_tells_which_column_becomes_what(site):
    """With links to the properties and the lists, and with the half of the README that is in the language."""
    page = site["en/formats/cn-flat-35.html"]
    row = next(row for row in page.xpath("//tbody/tr") if "信息资源共享类型" in row.text_content())
    assert row.xpath(".//a/@href") == ["../../en/objects/sharing.html#type", "../../en/codes/sharing-type.html"]
    notes = page.xpath("//section[@class='readme']")[0].text_content()
    assert "Traps" in notes and "陷阱" not in notes


def test_sources_lead_from_clauses_to_properties_and_rules(site):
    """Who asks where a clause is kept finds it."""
    page = site["zh/sources.html"]
    row = next(row for row in page.xpath("//tr") if row[0].text_content() == "核心元数据 开放条件")
    links = row.xpath(".//a/@href")
    assert "../zh/objects/opening.html#condition" in links and any("/rules/" in link for link in links)


def test_sources_have_each_clause_of_the_list(site):
    """With its title and what cites it, or why nothing checks it."""
    for language, unchecked in (("zh", "没有检查："), ("en", "Not checked: ")):
        page = site[f"{language}/sources.html"]
        sections = {one.xpath("string(h2)"): one for one in page.xpath("//section[h2]")}
        for clause in load(site.standard).clauses:
            rows = sections[clause.document].xpath(".//tbody/tr")
            name = clause.clause or "—"
            (row,) = [one for one in rows if one[0].text_content() == name]
            assert row[1].text_content() == clause.title.get(language)
            reason = clause.unchecked.get(language)
            assert row.xpath(".//a/@href") or (reason and f"{unchecked}{reason}" in row[2].text_content()), clause.name


def test_a_format_of_trees_tells_each_property_once(site):
    """Its first part is the mapping itself."""
    for name, mapping in load(site.standard).mappings.items():
        if mapping.is_tree and len(mapping.parts) == 1 and all(not spec.fields for spec in mapping.fields):
            rows = site[f"en/formats/{name}.html"].xpath("//tbody/tr")
            assert len(rows) <= len(mapping.fields), name
            break
    else:
        raise AssertionError("no such format")


def test_hostile_texts_stay_texts(hostile, hostile_text):
    """No element, attribute or address comes out of a standard's texts."""
    shown = 0
    for path, page in hostile:
        assert all(script.get("src") or script.get("type") == "application/json" for script in page.xpath("//script"))
        assert not page.xpath("//img | //iframe | //style | //b[text()='b'] | //i | //@style | //base | //object")
        assert not [name for node in page.iter("*") for name in node.attrib if name.startswith("on")], path
        assert not [link for link in page.xpath("//@href") if "javascript" in link.partition("#")[0]]
        text = path.read_text("utf-8")
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\u2029]", text)
        assert "{{" not in text or "{{ 7*7 }}" in text
        shown += "<script>alert(1)</script>" in page.text_content()
        policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert "default-src 'none'" in policy and "unsafe" not in policy
    assert shown > 6
    index = orjson.loads((hostile.folder / "search.json").read_bytes())
    assert any("alert(1)" in one["t"] for one in index["en"])
    assert hostile_text.replace("\u202e", "\\u202e") in [one["n"] for one in index["zh"]]


def colours():
    """Yield the colours of each look: light, dark by system and by choice, printed."""
    style = (ROOT / "mulu/publish/site/templates/site.css").read_text("utf-8")
    for block in re.findall(r":root[^{]*\{([^}]*)\}", style):
        found = dict(re.findall(r"--([a-z]+): (#[0-9a-f]+);", block))
        if found:
            # A printed page has no focus.
            yield {"focus": "#0b5cad", **found}


def contrast(one, other):
    """Return the contrast of two colours by WCAG 2.2, from 1 to 21."""

    def light(colour):
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_are_readable():
    """WCAG AA: 4.5 for texts on what they stand on, 3 for edges, lines and the focus."""
    looks = list(colours())
    assert len(looks) == 4
    for look in looks:
        for ground in ("paper", "sunk", "mark"):
            for text in ("ink", "soft", "link", "error", "warning", "info", "good"):
                assert contrast(look[text], look[ground]) >= 4.5, (text, ground, look)
        for ground in ("kind", "object"):
            assert contrast(look["ink"], look[ground]) >= 4.5
        for line in ("edge", "lines", "focus"):
            assert contrast(look[line], look["paper"]) >= 3, (line, look)


def opened(tmp_path, path, query=""):
    """Return a page as it stands after its script has run, opened as a file."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'browser'}"]
    done = subprocess.run(
        [BROWSER, *flags, "--virtual-time-budget=5000", "--dump-dom", path.as_uri() + query],
        capture_output=True,
        timeout=120,
    )
    return html.document_fromstring(done.stdout, parser=html.HTMLParser(encoding="utf-8"))


@in_browser
def test_search_works_without_a_server(site, tmp_path):
    """A property, a rule, a code and a list are found by what people call them."""
    for words, address in (
        ("共享类型", "objects/sharing.html#type"),
        ("grant-to-itself", "rules/grant-to-itself.html"),
    ):
        page = opened(tmp_path, site.folder / "zh/search.html", f"?q={words}")
        results = page.xpath("//ol[@id=':results']/li/a/@href")
        assert results[0] == address, words
    assert (
        opened(tmp_path, site.folder / "en/search.html", "?q=xyzzy").get_element_by_id(":count").text == "Nothing found"
    )


@in_browser
def test_a_browser_finds_nothing_to_run_in_hostile_texts(hostile, tmp_path):
    """What the search makes of names is text as well; the script of the site itself runs."""
    page = opened(tmp_path, hostile.folder / "zh/search.html", "?q=alert")
    assert page.xpath("//ol[@id=':results']/li") and not page.xpath("//img")
    assert not page.get_element_by_id(":theme").get("hidden")
