"""Each kind of edit is told where it is and by its class, and together they ask for the right version."""

import json
import shutil

import pytest

from mulu.cli import run
from mulu.publish.diff import Diff, diff
from mulu.publish.diff.changes import breaking, documentation, loosening, tightening
from mulu.publish.diff.render import rendered
from mulu.standard import load

RULE = "validators/title/generic-title.yaml"
MAPPING = "converters/cn-flat-35/mapping.yaml"
KEPT = {"validators/title", "converters/cn-flat-35", "converters/suzhou-55"}


def member(schema, name):
    """Return a property of a schema file."""
    return schema["properties"][name]


def rename(schema):
    """Give a property another name."""
    schema["properties"]["charge"] = schema["properties"].pop("rate")


def drop_last_line(path):
    """Take out the last line of a file."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), "utf-8", newline="")
    return lines[-1].split(",")[0]


# name: (edit, class, where, raises)
SCHEMA_EDITS = {
    "property removed": (
        "fee",
        lambda s: s["properties"].pop("rate"),
        ("breaking", "schemas/fee/rate", "major"),
    ),
    "property renamed": ("fee", rename, ("breaking", "schemas/fee/rate", "major")),
    "property added": (
        "fee",
        lambda s: s["properties"].update({"payee": {"title": "收款人", "type": "string"}}),
        ("loosening", "schemas/fee/payee", "minor"),
    ),
    "required property added": (
        "fee",
        lambda s: (
            s["properties"].update({"payee": {"title": "收款人", "type": "string"}}),
            s["required"].append("payee"),
        ),
        ("tightening", "schemas/fee/payee", "major"),
    ),
    "required": (
        "fee",
        lambda s: s["required"].append("rate"),
        ("tightening", "schemas/fee/rate/required", "major"),
    ),
    "no longer required": (
        "resource",
        lambda s: s["required"].remove("publisher"),
        ("loosening", "schemas/resource/publisher/required", "minor"),
    ),
    "required from a later level": (
        "resource",
        lambda s: (s["x-required"]["share"].remove("sharing"), s["x-required"]["interoperate"].append("sharing")),
        ("loosening", "schemas/resource/sharing/required", "minor"),
    ),
    "required from an earlier level": (
        "resource",
        lambda s: (s["x-required"]["interoperate"].remove("grade"), s["x-required"]["share"].append("grade")),
        ("tightening", "schemas/resource/grade/required", "major"),
    ),
    "longer": (
        "fee",
        lambda s: member(s, "name").update(maxLength=900),
        ("loosening", "schemas/fee/name/maxLength", "minor"),
    ),
    "shorter": (
        "fee",
        lambda s: member(s, "name").update(maxLength=90),
        ("tightening", "schemas/fee/name/maxLength", "major"),
    ),
    "bound added": (
        "fee",
        lambda s: member(s, "name").update(minLength=2),
        ("tightening", "schemas/fee/name/minLength", "major"),
    ),
    "bound removed": (
        "fee",
        lambda s: member(s, "rate").pop("minLength"),
        ("loosening", "schemas/fee/rate/minLength", "minor"),
    ),
    "type wider": (
        "fee",
        lambda s: member(s, "name").update(type=["string", "integer"]),
        ("loosening", "schemas/fee/name/type", "minor"),
    ),
    "type another": (
        "fee",
        lambda s: member(s, "reducible").update(type="string"),
        ("breaking", "schemas/fee/reducible/type", "major"),
    ),
    "pattern another": (
        "fee",
        lambda s: member(s, "name").update(pattern="^.+$"),
        ("breaking", "schemas/fee/name/pattern", "major"),
    ),
    "warning added": (
        "fee",
        lambda s: member(s, "name").update(allOf=[{"pattern": "费", "x-severity": "warning"}]),
        ("tightening", "schemas/fee/name/pattern", "minor"),
    ),
    "warning becomes error": (
        "resource",
        lambda s: member(s, "identifier")["allOf"][0].update({"x-severity": "error"}),
        ("tightening", "schemas/resource/identifier/format", "major"),
    ),
    "words": (
        "fee",
        lambda s: member(s, "name").update(description="另一种说法"),
        ("documentation", "schemas/fee/name/description", "patch"),
    ),
    "another shape": (
        "resource",
        lambda s: member(s, "creator").update({"$dynamicRef": "contact.schema.json#contact"}),
        ("breaking", "schemas/resource/creator/$dynamicRef", "major"),
    ),
    "another code list": (
        "resource",
        lambda s: member(s, "secrecy").update({"x-code-list": "theme"}),
        ("breaking", "schemas/resource/secrecy/x-code-list", "major"),
    ),
}
# name: (file, old text, new text, …)
TEXT_EDITS = {
    "code added": (
        "schemas/codes/theme.csv",
        "\n",
        "\n99x,,新领域,New field" + "," * (len(load().codes["theme"].columns) - 4) + "\n",
        ("loosening", "codes/theme/99x", "minor"),
    ),
    "name worded anew": (
        "schemas/codes/update-cycle.csv",
        "Every few minutes,,,,",
        "Each few minutes,,,,Every few minutes;",
        ("documentation", "codes/update-cycle/minutely/name", "patch"),
    ),
    "alias added": (
        "schemas/codes/update-cycle.csv",
        "每分钟;",
        "每分钟;隔几分钟;",
        ("loosening", "codes/update-cycle/minutely/aliases", "minor"),
    ),
    "alias removed": (
        "schemas/codes/update-cycle.csv",
        ";实时同步",
        "",
        ("tightening", "codes/update-cycle/realtime/aliases", "major"),
    ),
    "alias of another code": (
        "schemas/codes/update-cycle.csv",
        "分钟级,Every few minutes,,,,每分钟",
        "分钟级,Every few minutes,,,,实时同步;每分钟",
        ("loosening", "codes/update-cycle/minutely/aliases", "minor"),
    ),
    "code retired": (
        "schemas/codes/update-cycle.csv",
        "分钟级,Every few minutes,,,,",
        "分钟级,Every few minutes,,retired,realtime,",
        ("tightening", "codes/update-cycle/minutely/status", "minor"),
    ),
    "hierarchy": (
        "schemas/codes/format-type.csv",
        "OFD document,document",
        "OFD document,spreadsheet",
        ("breaking", "codes/format-type/ofd/broader", "major"),
    ),
    "rule graver": (
        RULE,
        "severity: warning",
        "severity: error",
        ("tightening", "rules/generic-title/severity", "major"),
    ),
    "rule slighter": (
        RULE,
        "severity: warning",
        "severity: info",
        ("loosening", "rules/generic-title/severity", "minor"),
    ),
    "rule of a later level": (
        RULE,
        "level: register",
        "level: share",
        ("loosening", "rules/generic-title/level", "minor"),
    ),
    "query": (RULE, "'信息', '数据',", "'数据',", ("breaking", "rules/generic-title/query", "major")),
    "text of a rule": (RULE, "名称过于笼统", "名称笼统", ("documentation", "rules/generic-title/title", "patch")),
    "heading added": (
        MAPPING,
        "title: {heading: 信息资源名称}",
        "title: {heading: [信息资源名称, 资源题名]}",
        ("loosening", "converters/cn-flat-35/title", "minor"),
    ),
    "heading removed": (
        MAPPING,
        "信息资源提供部门, ",
        "",
        ("breaking", "converters/cn-flat-35/publisher.name", "major"),
    ),
    "way of reading": (
        MAPPING,
        "identifier: {heading: 信息资源代码, as: identifier}",
        "identifier: {heading: 信息资源代码}",
        ("breaking", "converters/cn-flat-35/identifier", "major"),
    ),
    "title of a level": (
        "standard.toml",
        'zh = "登记"',
        'zh = "编目"',
        ("documentation", "levels/register", "patch"),
    ),
}


@pytest.fixture(scope="module")
def before(lasting_copy):
    """Return the built-in standard with a few of its rules and formats: to read the others tells nothing of an edit."""
    for part in ("validators", "converters"):
        for folder in (lasting_copy.folder / part).iterdir():
            if folder.is_dir() and f"{part}/{folder.name}" not in KEPT:
                shutil.rmtree(folder)
    return load(lasting_copy.folder)


@pytest.fixture
def copy(before, lasting_copy, tmp_path):
    """Return a copy of it."""
    return type(lasting_copy)(tmp_path / "new", lasting_copy.folder)


def told(found):
    """Return class, place and weight of each change."""
    return {(change.kind, change.where, change.weight) for change in found.changes}


@pytest.mark.parametrize("name", SCHEMA_EDITS)
def test_edit_of_a_schema(copy, before, name):
    """One edit of a schema is one change."""
    schema, change, expected = SCHEMA_EDITS[name]
    copy.schema(schema, change)
    assert told(diff(before, load(copy.folder))) == {expected}


@pytest.mark.parametrize("name", TEXT_EDITS)
def test_edit_of_another_file(copy, before, name):
    """One edit of a code list, a rule, a mapping or the header is one change."""
    path, old, new, expected = TEXT_EDITS[name]
    copy.text(path, old, new)
    assert told(diff(before, load(copy.folder))) == {expected}


def test_what_is_gone_and_what_is_new(copy, before):
    """Files that are there in one version only are told, each way round with the class turned about."""
    code = drop_last_line(copy.folder / "schemas/codes/usage-status.csv")
    (copy.folder / RULE).unlink()
    (copy.folder / "converters/suzhou-55/mapping.yaml").unlink()
    (copy.folder / "schemas/seal.schema.json").unlink()
    (copy.folder / "schemas/codes/placeholder.csv").unlink()
    new = load(copy.folder)
    gone = {(change.kind, change.where) for change in diff(before, new).changes}
    come = {(change.kind, change.where) for change in diff(new, before).changes}
    assert gone == {
        ("breaking", f"codes/usage-status/{code}"),
        ("breaking", "codes/placeholder"),
        ("breaking", "schemas/seal"),
        ("breaking", "converters/suzhou-55"),
        ("loosening", "rules/generic-title"),
    }
    assert come == {
        ("loosening", f"codes/usage-status/{code}"),
        ("loosening", "codes/placeholder"),
        ("loosening", "schemas/seal"),
        ("loosening", "converters/suzhou-55"),
        ("tightening", "rules/generic-title"),
    }


def test_what_cannot_be_judged_says_so(copy, before):
    """A query or pattern that changed counts as breaking, and why is said in both languages."""
    copy.text(RULE, "'信息', '数据',", "'数据',")
    (change,) = diff(before, load(copy.folder)).changes
    assert change.unsure and "看不出" in change.text.zh and "unknown, counts as breaking" in change.text.en


@pytest.mark.parametrize(
    ("changes", "old", "asked"),
    [
        ((), "1.2.3", "1.2.3"),
        ((documentation("a", "", ""),), "1.2.3", "1.2.4"),
        ((documentation("a", "", ""), loosening("a", "", "")), "1.2.3", "1.3.0"),
        ((tightening("a", "", "", soft=True),), "1.2.3", "1.3.0"),
        ((tightening("a", "", ""),), "1.2.3", "2.0.0"),
        ((loosening("a", "", ""), breaking("a", "", "")), "1.2.3", "2.0.0"),
        ((breaking("a", "", ""),), "0.2.3", "0.3.0"),
        ((loosening("a", "", ""),), "0.2.3", "0.2.4"),
        ((documentation("a", "", ""),), "0.2.3", "0.2.4"),
        ((breaking("a", "", ""),), "2024", ""),
    ],
)
def test_version_that_is_asked_for(changes, old, asked):
    """Numbers are raised as Semantic Versioning says; what is no such version cannot be judged."""
    assert Diff(old, "1.2.3", changes).asked == asked


@pytest.mark.parametrize(("version", "code"), [("1.0.0", 1), ("1.0.1", 1), ("1.1.0", 0), ("2.0.0", 0), ("新版", 1)])
def test_exit_code_is_that_of_the_version(copy, before, version, code, capsys):
    """A version that is too low fails, so that a release cannot go out under it."""
    copy.schema("fee", lambda s: s["properties"].update({"payee": {"title": "收款人", "type": "string"}}))
    copy.text("standard.toml", 'version = "1.0.0"', f'version = "{version}"')
    assert run(["standard", "diff", str(before.roots[0]), str(copy.folder), "--lang", "zh"]) == code
    assert "schemas/fee/payee" in capsys.readouterr().out


def test_reports(copy, before):
    """JSON has every change, Markdown and text a line each in either language; nothing in them is Markdown."""
    copy.schema("fee", lambda s: s["properties"].update({"a*b|c": {"title": "收", "type": "string"}}))
    found = diff(before, load(copy.folder))
    data = json.loads(rendered(found, "json", "zh"))
    assert data["asked"] == "1.1.0" and not data["enough"] and data["counts"]["loosening"] == 1
    assert data["changes"][0]["class"] == "loosening" and set(data["changes"][0]["message"]) == {"zh", "en"}
    assert "a\\*b\\|c" in rendered(found, "markdown", "en") and "## 1.0.0" in rendered(found, "markdown", "en")
    assert "至少应为 1.1.0" in rendered(found, "text", "zh") and "1.1.0 is asked for" in rendered(found, "text", "en")
    assert "nothing changed" in rendered(diff(before, before), "text", "en")
