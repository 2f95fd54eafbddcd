"""The HTML report: one page that holds all it needs, shows hostile texts as they are, and works in a browser."""

import base64
import hashlib
import re
import shutil
import subprocess
from collections import Counter
from urllib.parse import urlencode

import orjson
import pytest
from lxml import html as markup

from mulu.reports import html
from mulu.texts import clean

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
in_browser = pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def page_of(written, report, language="zh"):
    """Return the page as a parser reads it."""
    return markup.document_fromstring(written("html", report, language), parser=markup.HTMLParser(encoding="utf-8"))


def data_of(page):
    """Return the findings that the page holds."""
    return orjson.loads(page.get_element_by_id("data").text)


def seen(element):
    """Return the text of an element in Chinese, on one line."""
    return " ".join("".join(element.xpath(".//text()[not(ancestor::*[@lang='en'])]")).split())


@pytest.fixture(scope="session")
def opened(written, report, tmp_path_factory):
    """Return a function that opens the page in a browser and returns what its script has made of it."""
    folder = tmp_path_factory.mktemp("页面 1")
    path = folder / "report.html"
    path.write_bytes(written("html", report))

    def look(**asked):
        address = f"{path.as_uri()}#{urlencode(asked)}"
        flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
        done = subprocess.run(
            [BROWSER, *flags, "--virtual-time-budget=5000", "--dump-dom", address], capture_output=True, timeout=120
        )
        return markup.document_fromstring(done.stdout, parser=markup.HTMLParser(encoding="utf-8"))

    return look


@LANGUAGES
def test_page_needs_nothing_from_elsewhere(written, report, language):
    """Nothing is fetched, and a policy forbids what a fault in the page could still try."""
    page = page_of(written, report, language)
    assert not page.xpath("//@src | //link | //img | //iframe | //@style | //@onclick | //base")
    assert page.xpath("//@href") == ["#findings"]
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for name, text in (("style", page.xpath("//style")[0].text), ("script", page.xpath("//script")[-1].text)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[f"{name}-src"] == f"'sha256-{digest}'"


def test_hostile_texts_stay_texts(written, report):
    """Markup, the end of a script and the names of the page's own parts are shown, not obeyed."""
    data = written("html", report)
    page = markup.document_fromstring(data, parser=markup.HTMLParser(encoding="utf-8"))
    assert len(page.xpath("//script")) == 2 and not page.xpath("//tbody//b")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]", data.decode())
    assert "<b>" in page.text_content()


@LANGUAGES
def test_data_hold_every_finding_once(written, report, language):
    """What can be filtered is what was found, those of higher levels too."""
    data = data_of(page_of(written, report, language))
    found = list(report.findings)
    rows = Counter(
        (html.SEVERITIES[row[0]], data["rules"][row[1]][0], data["texts"][row[9]][0]) for row in data["rows"]
    )
    assert rows == Counter((f["severity"], f["rule"], clean(f["message"]["zh"])) for f in found)
    assert {data["owners"][row[5]] for row in data["rows"]} == {clean(f["owner"] or "") for f in found}


def test_page_without_script_has_totals_bars_and_the_first_findings(written, report):
    """Somebody whose browser runs no script still learns how bad it is and where to begin."""
    page = page_of(written, report)
    counts = report.counts()
    tiles = [seen(item) for item in page.find_class("tiles")[0]]
    assert tiles[:3] == [f"{counts['error']} 错误", f"{counts['warning']} 警告", f"{counts['info']} 提示"]
    owners = Counter(clean(f["owner"] or "") for f in report.counted())
    bars = {b.get("data-key"): b.find_class("count")[0].text for b in page.xpath("//*[@id='by-owner']//button")}
    assert bars == {owner: str(count) for owner, count in owners.items()}
    first = page.xpath("//tbody[@id='rows']/tr")
    assert len(first) == min(html.FIRST, sum(counts.values())) and "错误" in seen(first[0])
    assert all(item.get("hidden") is not None for item in page.find_class("needs-script"))


def test_errors_stand_before_what_is_only_frequent(written, report):
    """The bars are a list to work through: many notes do not stand before one error."""
    worst = [html.SEVERITIES.index(count.severity) for _, count in rules_of(page_of(written, report), report)]
    assert len(set(worst)) > 1 and worst == sorted(worst)


def rules_of(page, report):
    """Return the rules of the bars, in their order, with what is counted of each."""
    names = [button.get("data-key") for button in page.xpath("//*[@id='by-rule']//button")]
    return [(name, report.findings.rules[name]) for name in names]


def test_page_tells_what_was_not_checked(written, report):
    """A file that could not be read and a rule that failed stand above everything else."""
    gaps = seen(page_of(written, report).find_class("gaps")[0])
    assert "坏.json" in gaps and "duplicate-title" in gaps


def test_rules_tell_why_and_how_to_mend(written, report):
    """The page explains each rule that something broke, in both languages, without placeholders."""
    rules = page_of(written, report).xpath("//details[contains(@class, 'rule')]")
    assert {rule.get("data-rule") for rule in rules} == set(report.findings.rules)
    for rule in rules:
        assert clean(report.rule(rule.get("data-rule")).why.en) in rule.text_content()
        assert not re.search(r"\{\w+\}", rule.text_content())


def test_what_has_no_room_is_counted_and_told(written, report, monkeypatch):
    """The bars count all; the page says how many findings it holds."""
    monkeypatch.setattr(html, "FINDINGS", 5)
    page = page_of(written, report)
    rows = data_of(page)["rows"]
    assert len(rows) == 5 and [row[0] for row in rows] == [0] * 5
    total = sum(report.counts().values())
    assert sum(int(b.text) for b in page.xpath("//*[@id='by-file']//button/span[@class='count']")) == total
    assert "本页列出最重的 5 处" in page.text_content()


@in_browser
def test_browser_runs_the_script_and_shows_the_controls(opened, report):
    """The policy lets the page's own script run; without a wish all that counts is listed."""
    page = opened()
    total = sum(report.counts().values())
    assert not [
        item for item in page.find_class("needs-script") if item.tag == "form" and item.get("hidden") is not None
    ]
    assert page.get_element_by_id("count").text == f"显示 {total} 处，共 {len(list(report.findings))} 处"
    assert len(page.xpath("//tbody[@id='rows']/tr")) == min(100, total)


@in_browser
@pytest.mark.parametrize("asked", [{"severity": "warning"}, {"level": "all"}, {"level": "interoperate"}])
def test_browser_filters(opened, report, asked):
    """The list and its count are those that the filter asks for."""
    found = list(report.findings)
    wanted = [
        f
        for f in found
        if f["severity"] == asked.get("severity", f["severity"])
        and (asked.get("level") in ("all", f["level"]) or ("level" not in asked and report.counts_at_level(f)))
    ]
    page = opened(**asked)
    assert page.get_element_by_id("count").text == f"显示 {len(wanted)} 处，共 {len(found)} 处"
    assert wanted and len(page.xpath("//tbody[@id='rows']/tr")) == min(100, len(wanted))


@in_browser
def test_browser_searches_and_the_bars_follow(opened, report):
    """A search in full-width digits and capitals finds what is meant; bars count what is listed."""
    wanted = [f for f in report.counted() if f["entry"] == "307021022100/000102"]
    page = opened(text="３０７０２１０２２１００/000102")
    assert wanted and page.get_element_by_id("count").text.startswith(f"显示 {len(wanted)} 处")
    bars = {
        b.get("data-key"): int(b.find_class("count")[0].text)
        for b in page.xpath("//*[@id='by-rule']//button[@data-key]")
    }
    assert bars == Counter(f["rule"] for f in wanted)
    nothing = opened(text="没有这样的文字")
    assert nothing.get_element_by_id("count").text == "没有符合条件的问题"


@in_browser
def test_browser_shows_hostile_texts_as_texts(opened):
    """What the script makes of a finding is text as well."""
    page = opened(level="all")
    assert not page.xpath("//tbody//b") and len(page.xpath("//script")) == 2
    assert any("<b>" in cell.text_content() for cell in page.xpath("//tbody//td"))
