"""Reports for machines: each valid against the schema of its format, or read by what reads it."""

import hashlib
import re
import tempfile
from datetime import date
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import duckdb
import jsonschema
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from mulu.cli import run
from mulu.errors import Unreadable
from mulu.findings import Subject, finding
from mulu.limits import Limits
from mulu.mask import mask
from mulu.place import Place
from mulu.pointer import inert
from mulu.reports import github, markdown, sarif
from mulu.reports._common import relative, summary
from mulu.texts import Text, clean
from mulu.validate import Input, Options, Report
from mulu.validate.api import validate
from mulu.validate.judge import Judge, Policy
from mulu.validate.spool import Spool
from mulu.validate.store import Store

SCHEMAS = Path(__file__).with_name("schemas")
SARIF = jsonschema.Draft4Validator(orjson.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_bytes()))
JUNIT = etree.XMLSchema(etree.parse(SCHEMAS / "junit-10.xsd"))
# What https://docs.gitlab.com/ci/testing/code_quality/ asks of an issue, and nothing else.
POSITION = {"type": "integer", "minimum": 1}
GITLAB = jsonschema.Draft202012Validator(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "additionalProperties": False,
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path"],
                    "oneOf": [{"required": ["lines"]}, {"required": ["positions"]}],
                    "additionalProperties": False,
                    "properties": {
                        "path": {"type": "string", "pattern": "^[^/]"},
                        "lines": {"type": "object", "required": ["begin"], "properties": {"begin": POSITION}},
                        "positions": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": {
                                "begin": {
                                    "type": "object",
                                    "required": ["line", "column"],
                                    "properties": {"line": POSITION, "column": POSITION},
                                }
                            },
                        },
                    },
                },
            },
        },
    }
)
COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")
NEW = ("concise", "github", "gitlab", "junit", "markdown", "sarif")
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f]")


def counted(report):
    """Return the findings that count."""
    return list(report.counted())


def commands(data):
    """Return the workflow commands as GitHub's runner reads them: kind, properties, text."""
    found = []
    for line in data.decode().splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        kind, properties, text = match.groups()
        pairs = dict(pair.split("=", 1) for pair in properties.split(","))
        for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            pairs = {name: value.replace(code, character) for name, value in pairs.items()}
            text = text if code in ("%3A", "%2C") else text.replace(code, character)
        found.append((kind, pairs, text))
    return found


def cases(data):
    """Hold JUnit to its schema; return the tree as the standard library reads it, with sums checked."""
    JUNIT.assertValid(etree.fromstring(data))
    root = ElementTree.fromstring(data)
    for element in (root, *root.iter("testsuite")):
        found = list(element.iter("testcase"))
        assert int(element.get("tests")) == len(found)
        assert int(element.get("failures")) == sum(case.find("failure") is not None for case in found)
        assert int(element.get("errors")) == sum(case.find("error") is not None for case in found)
    return root


def unescaped(text):
    """Return what Markdown shows of an escaped text."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


@pytest.mark.parametrize("name", ["sarif-schema-2.1.0.json", "junit-10.xsd"])
def test_schemas_are_those_that_were_published(name):
    """Nobody bends a schema until a report fits."""
    assert hashlib.sha256((SCHEMAS / name).read_bytes()).hexdigest() in (SCHEMAS / "README.md").read_text("utf-8")


@LANGUAGES
@pytest.mark.parametrize("name", NEW)
def test_bytes_are_the_same_each_time_and_hold_no_control_character(written, report, name, language):
    """A report can be compared, and drives no terminal."""
    data = written(name, report, language)
    assert data == written(name, report, language) and data.endswith(b"\n")
    assert not CONTROL.search(data.decode())
    other = written(name, report, "en" if language == "zh" else "zh")
    assert data != other


@LANGUAGES
def test_concise_is_a_line_a_finding(written, report, language):
    """Editors and grep find place, rule and severity; the last line counts."""
    lines = written("concise", report, language).decode().splitlines()
    found = counted(report)
    assert lines[-1].startswith("在 " if language == "zh" else f"Found {len(found)} ")
    assert any(re.match(r"报送 材料/条目, 50%\.jsonl:2:\d+: value-not-in-code-list error ", line) for line in lines)
    assert any(
        re.match(r"报送 材料/目录 终稿\.xlsx › [^ ]+!AA15: value-not-in-code-list error ", line) for line in lines
    )
    assert any(line.startswith("报送 材料/坏.json:") and ": not-checked error " in line for line in lines)
    assert any(line.startswith("mulu: duplicate-title error ") for line in lines)
    assert not any(line.lstrip().startswith(("::", "##")) for line in lines)
    pattern = re.compile(r".+: [a-z-]+ (error|warning|info) .+")
    assert [bool(pattern.fullmatch(line)) for line in lines[: len(found)]] == [True] * len(found)


@LANGUAGES
def test_sarif_is_valid_and_says_all(written, report, language):
    """Valid against the schema of OASIS; rules, places, prints and what was not checked are told."""
    data = orjson.loads(written("sarif", report, language))
    SARIF.validate(data)
    run = data["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == len(counted(report))
    by_print = {item["fingerprint"]: item for item in counted(report)}
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert set(result["message"]) == {"text"} and "](" not in result["message"]["text"]
        source = by_print[result["partialFingerprints"]["mulu/v1"]]["source"]
        physical = result["locations"][0]["physicalLocation"]
        assert unquote(physical["artifactLocation"]["uri"]) == source["path"]
        assert run["artifacts"][physical["artifactLocation"]["index"]]["location"]["uri"].isascii()
        assert physical.get("region", {}).get("startLine") == (
            source["line"] or (source["row"] if source["sheet"] else None)
        )
        kinds = [place["kind"] for place in result["locations"][0].get("logicalLocations", [])]
        assert ("sheet" in kinds, "cell" in kinds) == (bool(source["sheet"]), bool(source["cell"]))
    for rule in rules:
        assert re.search("[\u4e00-\u9fff]", rule["help"]["text"]) and re.search("[a-z]{3}", rule["help"]["text"])
        assert ("helpUri" in rule) == (rule["id"] in report.standard.rules)
    invocation = run["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, report.exit_code("never"))
    told = {item["descriptor"]["id"]: item for item in invocation["toolExecutionNotifications"]}
    assert (
        unquote(told["not-checked"]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        == "报送 材料/坏.json"
    )
    assert told["rule-failed"]["associatedRule"]["id"] == "duplicate-title" and "outlook" in told
    assert [item["hashes"]["sha-256"] for item in run["artifacts"] if "hashes" in item] == [
        item.sha256 for item in report.inputs if item.sha256
    ]
    levels = {rules[item["ruleIndex"]]["id"]: item["level"] for item in run["results"]}
    assert {levels["line-passed-over"], levels["value-not-in-code-list"]} == {"note", "error"}


def test_sarif_keeps_the_gravest_and_states_the_cut(written, report, monkeypatch):
    """More results than a reader takes are told, not dropped."""
    monkeypatch.setattr(sarif, "RESULTS", 3)
    data = orjson.loads(written("sarif", report))
    SARIF.validate(data)
    run = data["runs"][0]
    assert [item["level"] for item in run["results"]] == ["error"] * 3
    told = [item["message"]["text"] for item in run["invocations"][0]["toolExecutionNotifications"]]
    assert any(f"共 {len(counted(report))} 处" in text and "3 处" in text for text in told)


def test_uris_are_relative_where_they_can_be(tmp_path, monkeypatch):
    """Below the working directory without it, elsewhere plain, never with a scheme or a host."""
    monkeypatch.chdir(tmp_path)
    assert sarif.uri_of(str(tmp_path / "甲" / "a b.csv")) == "%E7%94%B2/a%20b.csv"
    assert sarif.uri_of("./a/../c:x?.csv") == "c%3Ax%3F.csv"
    assert sarif.uri_of("/else where/x.csv") == "/else%20where/x.csv"
    assert sarif.uri_of("//host/x.csv") == "/host/x.csv"
    assert sarif.uri_of("a\udcff.csv") == "a%FF.csv"
    assert relative("../x.csv") == "../x.csv"


@LANGUAGES
def test_junit_has_a_case_for_each_entry(written, report, language):
    """A suite an input, passing entries too, a broken file is an error, information fails nothing."""
    root = cases(written("junit", report, language))
    suites = list(root)
    assert [suite.get("name") for suite in suites] == [*(item.path for item in report.inputs), "mulu"]
    assert [int(suite.get("tests")) for suite in suites[:-1]] == [item.entries + 1 for item in report.inputs]
    broken = suites[3].find("testcase/error")
    assert broken.get("type") == "not-checked" and broken.text
    assert suites[-1].find("testcase/error").get("type") == "rule-failed"
    good, bad, odd = suites[2].findall("testcase")[1:]
    assert good.find("failure") is None and "307021022100/000102" in bad.get("name") and odd.get("name") == "#3"
    failing = {
        (number, entry)
        for number, entry, item in report.findings.placed()
        if item["severity"] == "error" and report.counts_at_level(item)
    }
    assert int(root.get("failures")) == len(failing)
    text = "".join(root.itertext())
    assert all(clean(item["message"][language]) in text for item in counted(report))
    assert all(" error " not in (out.text or "") for out in root.iter("system-out"))


@LANGUAGES
def test_github_annotates_the_worst_and_counts_the_rest(written, report, language, monkeypatch, tmp_path):
    """At most ten of a kind, read back as GitHub reads them; the summary is appended to what is there."""
    target = tmp_path / "摘要.md"
    target.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(target))
    found = commands(written("github", report, language))
    kinds = [kind for kind, _, _ in found]
    assert all(kinds.count(kind) <= 10 for kind in ("error", "warning", "notice"))
    assert kinds == sorted(kinds, key=["error", "warning", "notice"].index)
    left = len(counted(report)) + 2 - (len(found) - 1)
    assert left > 0 and re.search(rf"(另有 )?\b{left} (处|more)", found[-1][2])
    files = {pairs["file"] for _, pairs, _ in found if "file" in pairs}
    assert files <= {item.path for item in report.inputs} and "报送 材料/条目, 50%.jsonl" in files
    assert any(pairs.get("line") == "15" and "!AA15\n" in text for _, pairs, text in found)
    assert target.read_bytes() == b"before\n" + written("markdown", report, language)


def test_github_says_when_the_summary_cannot_be_written(written, report, monkeypatch, tmp_path):
    """A summary too long is cut in words; one that has nowhere to go is an error."""
    monkeypatch.setattr(github, "SUMMARY_BYTES", 300)
    target = tmp_path / "s.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(target))
    written("github", report)
    assert target.stat().st_size < 400 and target.read_text("utf-8").endswith("以下略去\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    with pytest.raises(github.NotWritten):
        written("github", report)


@LANGUAGES
def test_gitlab_is_what_code_quality_reads(written, report, language):
    """All that is asked for, positions from 1, relative paths, each print once; a row stands for a line."""
    data = orjson.loads(written("gitlab", report, language))
    GITLAB.validate(data)
    found = counted(report)
    assert len(data) == len(found) + 2
    assert len({item["fingerprint"] for item in data}) == len(data)
    assert {item["fingerprint"] for item in found} <= {item["fingerprint"] for item in data}
    assert {item["severity"] for item in data} == {"info", "minor", "major", "critical"}
    rows = {
        item["fingerprint"]: item["source"]["row"]
        for item in found
        if item["source"]["sheet"] and item["source"]["row"]
    }
    begun = {
        item["fingerprint"]: item["location"].get("lines", item["location"].get("positions"))["begin"] for item in data
    }
    assert rows and all(
        (begun[key]["line"] if isinstance(begun[key], dict) else begun[key]) == row for key, row in rows.items()
    )


@LANGUAGES
def test_markdown_counts_by_rule_and_department_and_holds_no_markup_of_others(written, report, language):
    """Whatever a file says shows as it is."""
    text = written("markdown", report, language).decode()
    assert not re.search(r"(?<!\\)[<>`&\[\]]", text)
    assert not any(line.lstrip().startswith(("::", "##")) for line in text.splitlines())
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    columns = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
    assert columns == {5}
    owners = {item["owner"] for item in counted(report) if item["owner"]}
    assert owners and all(any(row.startswith(f"| {markdown.escape(owner)} |") for row in rows) for owner in owners)
    counts = [unescaped(row).split("|") for row in rows]
    total = sum(int(row[4]) for row in counts if row[4].strip().isdecimal() and not row[2].strip().isdecimal())
    assert total == len(counted(report)) == sum(report.counts().values())


@pytest.mark.parametrize("name", NEW)
def test_a_cut_by_a_limit_is_stated(written, standard, tmp_path, name):
    """No format lets findings go without a word."""
    store, one = made(standard, tmp_path, ["甲"], "乙", "丙.csv", Limits(findings_per_rule=1), times=3)
    for language, said in (("zh", "共 3 处，报告中保留 1 处"), ("en", "3 in all, 1 kept")):
        assert said in unescaped(written(name, one, language).decode())
    store.close()


@pytest.mark.parametrize("name", NEW)
def test_nothing_found_is_still_a_report(written, standard, tmp_path, name):
    """A clean run, and one without any input, are valid in every format."""
    store, one = made(standard, tmp_path, [], "", "丙.csv", Limits(), times=0)
    data = written(name, one)
    check(name, data)
    one.inputs.clear()
    check(name, written(name, one))
    store.close()


def check(name, data):
    """Hold a report to the schema of its format; return its text with all escapes undone."""
    if name == "sarif":
        SARIF.validate(orjson.loads(data))
        return "\n".join(item["message"]["text"] for item in orjson.loads(data)["runs"][0]["results"])
    if name == "gitlab":
        GITLAB.validate(orjson.loads(data))
        return "\n".join(item["description"] for item in orjson.loads(data))
    if name == "junit":
        root = cases(data)
        return "\n".join([*root.itertext(), *(value for element in root.iter() for value in element.attrib.values())])
    if name == "github":
        return "\n".join(text for _, _, text in commands(data))
    assert not any(line.lstrip().startswith(("::", "##")) for line in data.decode().splitlines())
    return unescaped(data.decode()) if name == "markdown" else data.decode()


def made(standard, folder, names, value, path, limits=Limits(), times=1):  # noqa: B008 - frozen
    """Return the store and report of a run made up: entries of these names, each with that value at fault."""
    store = Store(Path(folder), limits, Judge(standard, None, date(2026, 1, 15), Policy()))
    rule = standard.rules["duplicate-title"].text
    spool = Spool(Path(folder) / "entries", list(standard.schemas.kinds))
    portion = spool.begin()
    for number, name in enumerate(names, 1):
        subject = Subject(number, "resource", None, name, name, f"resource:{number}")
        portion.add(subject, None, b"{}")
        for turn in range(times):
            for severity in ("error", "info"):
                if severity == "info" and limits != Limits():
                    continue
                store.add(
                    finding(
                        rule,
                        subject=subject,
                        pointer="/title",
                        anchor=f"/title/{turn}",
                        params={"owner": value, "title": name, "count": 2},
                        value=value,
                        source=Place(path, value or None, number, 1) if turn else Place(path, line=number, column=2),
                        severity=severity,
                        level=standard.header.levels[0].id,
                    )
                )
    spool.take(portion.close())
    item = Input(0, path, Path(path), sha256="0" * 64, format="mulu", records=len(names), entries=len(names))
    return store, Report(standard, Options(standard.header.levels[0].id, date(2026, 1, 15)), [item], store, {}, spool)


# No lone surrogates: no reader lets them in.
TEXT = st.text(
    st.one_of(
        st.sampled_from("`|<>&[](){}\\*_#:%,'\"=-!\n\r\t\x00\x1b\x7f\x9f\u2028\u202e\ufffe\uffff\U000e0001 甲"),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=30,
) | st.sampled_from(["::error::x", "##[group]", "]]>", "<!--", "{0}", "[x](http://x)", "%0A::", "&#10;", "```"])


@pytest.mark.parametrize("name", NEW)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(title=TEXT, value=TEXT, path=TEXT)
def test_hostile_texts_come_back_as_they_are_shown(written, standard, name, title, value, path):
    """Whatever a name, a value or a path holds, the report parses, and the reader sees it escaped once."""
    path = path.replace("\x00", "0").lstrip("/") or "x"
    with tempfile.TemporaryDirectory() as folder:
        store, one = made(standard, folder, [title, "乙"], value, path, times=2)
        one.failures = {"duplicate-title": Text(value, value)}
        one.inputs.append(Input(1, path, Path(path), problem=Unreadable(path, value, title)))
        data = written(name, one)
        store.close()
    text = check(name, data)
    assert not CONTROL.search(data.decode())
    params = {"owner": mask(value), "title": mask(title), "count": 2}
    message = clean(standard.rules["duplicate-title"].text.message.filled(params).zh)
    shown = sarif.text_of(message) if name == "sarif" else message
    # XML has no place for two characters that are otherwise harmless.
    if name == "junit":
        shown = shown.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
    assert shown.strip() in text


def test_exit_codes_do_not_depend_on_the_format(report, written):
    """Writing a report changes nothing in the verdict."""
    before = [report.exit_code(limit) for limit in ("error", "warning", "info", "never")]
    for name in NEW:
        written(name, report)
    assert [report.exit_code(limit) for limit in ("error", "warning", "info", "never")] == before


def test_entries_are_told_in_their_order_and_masked(standard, tmp_path):
    """Passing entries have names too, and no personal number in them."""
    store, one = made(standard, tmp_path, ["张三 13812345678", "乙"], "x", "丙.csv", times=0)
    one.inputs[0].entries = 3
    unknown = one.spool.begin()
    unknown.add(Subject(1), None, None)
    one.spool.take(unknown.close())
    assert [(item.number, subject.number, subject.name) for item, subject in one.subjects()] == [
        (0, 1, "张三 138******78"),
        (0, 2, "乙"),
        (0, 3, None),
    ]
    store.close()


def test_the_command_writes_several_and_exits_as_without(catalog, monkeypatch, tmp_path, capsysbinary):
    """`-f FORMAT:FILE`, repeated, beside one on the screen; the exit code is that of what was found."""
    monkeypatch.chdir(catalog)
    targets = {name: tmp_path / f"报告 {name}" for name in NEW}
    for file, code in (("条目, 50%.jsonl", 1), ("坏.json", 2)):
        arguments = ["validate", str(Path("报送 材料") / file), "--level", "share", "--lang", "zh"]
        plain = run(arguments)
        capsysbinary.readouterr()
        assert plain == run([*arguments, *(f"-f{name}:{path}" for name, path in targets.items()), "-fgithub"]) == code
        assert capsysbinary.readouterr().out == targets["github"].read_bytes()
        for name, path in targets.items():
            check(name, path.read_bytes())


def test_parquet_holds_each_finding_as_a_row(report, written, tmp_path):
    """A table with the columns that people count by, in the order of the report; values are JSON."""
    file = tmp_path / "findings.parquet"
    file.write_bytes(written("parquet", report))
    names = ["rule", "severity", "status", "entry", "number", "pointer", "fingerprint"]
    with duckdb.connect() as connection:
        rows = connection.execute(f"select {', '.join(names)}, message_zh, line, cell, value from '{file}'").fetchall()
    assert rows == [
        (
            *(one[name] for name in names),
            *(one["message"]["zh"], one["source"]["line"], one["source"]["cell"]),
            None if one["value"] is None else inert(orjson.dumps(one["value"])).decode(),
        )
        for one in report.findings
    ]
    assert rows


def test_parquet_goes_to_a_file(catalog, capsys):
    """Bytes on a terminal help nobody."""
    assert run(["validate", "--isolated", "-f", "parquet", str(catalog)]) == 2
    assert "-f parquet:" in capsys.readouterr().err


@pytest.mark.parametrize(("count", "told"), [(1, "1 entry in 1 file checked"), (2, "2 entries in 1 file checked")])
def test_the_summary_counts_in_words(standard, tmp_path, count, told):
    """The one sentence that everybody reads."""
    entry = {"kind": "resource", "publisher": {"name": "示例市民政局"}}
    lines = [orjson.dumps({**entry, "title": f"登记信息{'甲乙'[number]}"}) + b"\n" for number in range(count)]
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines))
    with validate(tmp_path / "a.jsonl", standard=standard) as report:
        assert summary(report).en.startswith(told) and summary(report).en.endswith("0 errors, 0 warnings, 0 info")
