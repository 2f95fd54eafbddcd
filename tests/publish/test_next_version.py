"""The built-in standard goes from 1.0.0 to 1.1.0 by twenty edits: told, felt and carried as each should be.

Each edit has a class that `diff` must give it and victims among made-up entries that `impact` must name, no fewer and
no more; `migrate` must carry all of them that can be carried, and list the rest.
"""

import csv
import datetime
import json

import orjson
import pytest

import mulu
from mulu.cli import run
from mulu.publish.diff import diff
from mulu.publish.impact import impact
from mulu.sample import Recipes, Sample
from mulu.standard import load
from mulu.validate import Options

OLD = load()
DAY = datetime.date(2026, 1, 15)
LEVEL = "share"
COUNTS = {"organization": 15, "resource": 60, "service": 20, "element": 20, "interface": 20}
THEME = "21"
RULE = """
id: vague-statistics
level: register
severity: error
title: {zh: 统计信息没有说明, en: Statistics of nobody knows what}
why: {zh: 试验用, en: for the test}
source: 试验
message: {zh: "名称是 {title}", en: "the title is {title}"}
mend: {zh: 改名, en: give it another name}
query: |
  select entry, '/title' as path, title from resource where title like '%统计%'
pass: [{name: {zh: 好, en: right}, entries: [{like: resource}]}]
fail:
  - name: {zh: 坏, en: wrong}
    entries: [{like: resource, set: {/title: 年度统计信息}}]
    at: [{entry: 0, path: /title}]
"""


def renamed(old, new):
    """Return an edit that gives a property another name."""

    def change(schema):
        schema["properties"][new] = schema["properties"].pop(old)
        schema["required"] = [new if name == old else name for name in schema.get("required", [])]

    return change


def inside(name, holder):
    """Return an edit that moves a property into a new object."""

    def change(schema):
        moved = schema["properties"].pop(name)
        schema["properties"][holder] = {"title": "发布", "type": "object", "properties": {name: moved}}

    return change


def parted(schema):
    """Make two properties of one."""
    schema["properties"].pop("version")
    schema["properties"]["versionPrefix"] = {"title": "版本前缀", "type": "string"}
    schema["properties"]["versionNumber"] = {"title": "版本数字", "type": "string"}


def needed(schema):
    """Ask for a new property."""
    schema["properties"]["charset"] = {"title": "字符集", "type": "string", "const": "UTF-8"}
    schema["required"].append("charset")


def replaced(schema):
    """Take words instead of true and false."""
    schema["properties"]["needed"] = {**schema["properties"]["needed"], "type": "string", "enum": ["yes", "no"]}


def member(name, **changed):
    """Return an edit of what is said of a property."""
    return lambda schema: schema["properties"][name].update(changed)


def table(name, change):
    """Return an edit of the rows of a code list."""

    def edit(copy):
        path = copy.folder / f"schemas/codes/{name}.csv"
        head, *rows = csv.reader(path.read_text("utf-8").splitlines())
        rows = change([dict(zip(head, row, strict=True)) for row in rows])
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, head, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return edit


def schema(name, change):
    """Return an edit of a schema."""
    return lambda copy: copy.schema(name, change)


def text(name, old, new):
    """Return an edit of a text."""
    return lambda copy: copy.text(name, old, new)


def rule(copy):
    """Add a rule."""
    (copy.folder / "validators/title/vague-statistics.yaml").write_text(RULE, "utf-8")


def of(kind, test=lambda entry: True):
    """Return the test for a kind's entries of which something holds."""
    return lambda entry: entry["kind"] == kind and bool(test(entry))


def nobody(entry):
    """Whom it does not harm."""
    return False


def called(entry):
    """The questions of an entry."""
    return [one["question"] for one in entry.get("frequentQuestions", [])]


def parameters(entry):
    """The items of an interface that say whether they are needed."""
    return [one for name in ("requestItems", "responseItems") for one in entry.get(name, []) if "needed" in one]


MINUTE = table(
    "rate-period", lambda rows: [row | {"code": "per-minute"} if row["code"] == "minute" else row for row in rows]
)
GONE = table("theme", lambda rows: [row for row in rows if row["code"] != THEME])
MORE = table("rate-period", lambda rows: [*rows, rows[0] | {"code": "week", "name.zh": "周", "aliases": "每周"}])
PUBLIC = "validators/description/description-too-short.yaml"

# what: (edit, {where: class}, who is harmed)
EDITS = {
    "renamed": (
        schema("element", renamed("objectClass", "objectTerm")),
        {"schemas/element/objectClass": "breaking"},
        of("element", lambda e: "objectClass" in e),
    ),
    "renamed in lists": (
        schema("frequent-question", renamed("answer", "reply")),
        {"schemas/frequent-question/answer": "breaking"},
        of("service", called),
    ),
    "moved": (
        schema("element", inside("version", "release")),
        {"schemas/element/version": "breaking", "schemas/element/release": "loosening"},
        of("element", lambda e: "version" in e),
    ),
    "split": (
        schema("interface", parted),
        {
            "schemas/interface/version": "breaking",
            "schemas/interface/versionPrefix": "loosening",
            "schemas/interface/versionNumber": "loosening",
        },
        of("interface", lambda e: "version" in e),
    ),
    "code replaced": (
        MINUTE,
        {"codes/rate-period/minute": "breaking", "codes/rate-period/per-minute": "loosening"},
        of("interface", lambda e: e["rateLimit"]["per"] == "minute"),
    ),
    "code gone": (GONE, {f"codes/theme/{THEME}": "breaking"}, of("resource", lambda e: THEME in e["theme"])),
    "removed": (
        schema("service", lambda s: s["properties"].pop("bodyNature")),
        {"schemas/service/bodyNature": "breaking"},
        of("service", lambda e: "bodyNature" in e),
    ),
    "another type": (
        schema("interface-item", replaced),
        {"schemas/interface-item/needed/type": "breaking", "schemas/interface-item/needed/enum": "tightening"},
        of("interface", parameters),
    ),
    "required": (schema("interface", needed), {"schemas/interface/charset": "tightening"}, of("interface")),
    "shorter": (
        schema("frequent-question", member("question", maxLength=20)),
        {"schemas/frequent-question/question/maxLength": "tightening"},
        of("service", lambda e: any(len(question) > 20 for question in called(e))),
    ),
    "more at least": (
        schema("rate-limit", member("requests", minimum=100)),
        {"schemas/rate-limit/requests/minimum": "tightening"},
        of("interface", lambda e: e["rateLimit"]["requests"] < 100),
    ),
    "rule": (rule, {"rules/vague-statistics": "tightening"}, of("resource", lambda e: "统计" in e["title"])),
    "graver rule": (
        text("validators/title/generic-title.yaml", "severity: warning", "severity: error"),
        {"rules/generic-title/severity": "tightening"},
        nobody,
    ),
    "optional": (
        schema("fee", lambda s: s["properties"].update({"payee": {"title": "收款人", "type": "string"}})),
        {"schemas/fee/payee": "loosening"},
        nobody,
    ),
    "code more": (MORE, {"codes/rate-period/week": "loosening"}, nobody),
    "longer": (
        schema("resource", member("themeNote", maxLength=2000)),
        {"schemas/resource/themeNote/maxLength": "loosening"},
        nobody,
    ),
    "rule gone": (
        lambda copy: (copy.folder / PUBLIC).unlink(),
        {"rules/description-too-short": "loosening"},
        nobody,
    ),
    "milder rule": (
        text("validators/title/table-name-as-title.yaml", "severity: warning", "severity: info"),
        {"rules/table-name-as-title/severity": "loosening"},
        nobody,
    ),
    "words of a property": (
        schema("resource", member("themeNote", title="主题补充说明")),
        {"schemas/resource/themeNote/title": "documentation"},
        nobody,
    ),
    "words of a level": (
        text("standard.toml", "说清有什么、归谁管", "说明有什么、归谁管"),
        {"levels/register": "documentation"},
        nobody,
    ),
}
REJECTED_FOR_GOOD = ("shorter", "more at least", "rule")
LOSING = ("code gone", "removed")

MIGRATION = """
from: 1.0.0
to: 1.1.0
why: {zh: 试验用的新版, en: a version for the test}
steps:
  - {kind: element, why: {zh: 改名, en: renamed}, move: /objectClass, to: /objectTerm}
  - {kind: element, why: {zh: 移动, en: moved}, move: /version, to: /release/version}
  - {kind: service, why: {zh: 改名, en: renamed}, move: /frequentQuestions/*/answer, to: /frequentQuestions/*/reply}
  - {kind: service, why: {zh: 不再填报, en: no longer asked}, remove: /bodyNature}
  - kind: interface
    why: {zh: 前缀和数字分开, en: prefix and number apart}
    split: /version
    pattern: '(?P<prefix>[a-z]+)(?P<number>[0-9.]+)'
    to: {prefix: /versionPrefix, number: /versionNumber}
  - {kind: interface, why: {zh: 换代码, en: another code}, recode: /rateLimit/per, codes: {minute: per-minute}}
  - {kind: interface, why: {zh: 是否, en: words}, recode: /requestItems/*/needed, codes: {"true": yes, "false": no}}
  - {kind: interface, why: {zh: 是否, en: words}, recode: /responseItems/*/needed, codes: {"true": yes, "false": no}}
  - {kind: interface, why: {zh: 均为 UTF-8, en: all are UTF-8}, default: /charset, value: UTF-8}
  - {kind: resource, why: {zh: 主题撤销, en: the theme is gone}, recode: /theme/*, codes: {"THEME": null}}
""".replace("THEME", THEME)


@pytest.fixture(scope="module")
def new(lasting_copy):
    """Return the next version."""
    lasting_copy.text("standard.toml", 'version = "1.0.0"', 'version = "1.1.0"')
    for edit, _, _ in EDITS.values():
        edit(lasting_copy)
    folder = lasting_copy.folder / "schemas/migrations"
    folder.mkdir(exist_ok=True)
    (folder / "1.1.0.yaml").write_text(MIGRATION, "utf-8")
    return load(lasting_copy.folder)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    """Return a file of made-up entries, in which nothing is wrong, and the entries."""
    lines = [line for block in Sample(Recipes(OLD), COUNTS, 7, 0).lines() for line in block.splitlines()]
    path = tmp_path_factory.mktemp("catalog") / "catalog.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path, [orjson.loads(line) for line in lines]


def victims(entries, *names):
    """Return the numbers of the entries that some edits harm."""
    tests = [EDITS[name][2] for name in names]
    return {number for number, entry in enumerate(entries, 1) if any(test(entry) for test in tests)}


def test_twenty_edits_are_classified(new):
    """Each is told at its place and by its class, and nothing else is."""
    assert len(EDITS) == 20
    expected = {where: kind for _, changes, _ in EDITS.values() for where, kind in changes.items()}
    found = {change.where: change.kind for change in diff(OLD, new).changes}
    own = {"migrations/1.1.0": "documentation"}
    assert found == expected | own
    assert diff(OLD, new).asked == "2.0.0"


def test_impact_names_exactly_the_victims(new, catalog, tmp_path):
    """Whom an edit harms is known beforehand."""
    path, entries = catalog
    harmful = [name for name, (_, _, test) in EDITS.items() if test is not nobody]
    assert all(victims(entries, name) for name in harmful)
    found = impact(OLD, new, [(path, path.name)], Options(LEVEL, DAY), tmp_path)
    assert found.problems == [] and found.still_rejected == 0 and not found.accepted.entries
    assert {number for _, number in found.rejected.entries} == victims(entries, *harmful)
    effects = {name: effect.entries for name, effect in found.rejected.rules.items()}
    assert effects == {
        "unknown-property": len(victims(entries, "renamed", "renamed in lists", "moved", "split", "removed")),
        "missing-property": len(victims(entries, "renamed in lists", "required")),
        "value-not-in-code-list": len(victims(entries, "code replaced", "code gone")),
        "wrong-type": len(victims(entries, "another type")),
        "text-too-long": len(victims(entries, "shorter")),
        "number-out-of-range": len(victims(entries, "more at least")),
        "vague-statistics": len(victims(entries, "rule")),
    }


def migrated(new, catalog, folder, *more):
    """Migrate by the command line; return exit code, entries by number of the old one, rejects, ledger."""
    out, rejects, ledger = folder / "out.jsonl", folder / "rejects.jsonl", folder / "ledger.json"
    arguments = [str(OLD.roots[-1]), str(new.roots[-1]), str(catalog[0]), "-o", str(out)]
    arguments += ["--rejects", str(rejects), "--ledger", str(ledger), "--level", LEVEL, "--date", DAY.isoformat()]
    code = run(["standard", "migrate", *arguments, *more])
    listed = [json.loads(line) for line in rejects.read_text("utf-8").splitlines()]
    entries = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    return code, entries, listed, json.loads(ledger.read_text("utf-8"))


def balanced(account):
    """Whether the account adds up."""
    heads = ("carried", "moved", "changed", "merged", "lost", "set_aside")
    return account["leaves"] == sum(account[head] for head in heads) and account["written"] == sum(
        account[head] for head in ("carried", "moved", "changed", "added")
    )


def values(node):
    """How many values that are not blank stand in a JSON value."""
    if isinstance(node, dict | list):
        return sum(map(values, node.values() if isinstance(node, dict) else node))
    return 0 if node in (None, "") else 1


def test_migrate_carries_all_that_can_be_carried(new, catalog, tmp_path, capsys):
    """What the new version refuses whatever one does is listed; all others it accepts, and each value is accounted."""
    _, entries = catalog
    code, made, listed, account = migrated(new, catalog, tmp_path, "--allow-loss")
    rest = victims(entries, *REJECTED_FOR_GOOD)
    assert code == 1 and {one["line"] for one in listed} == rest
    assert all(one["record"] == entries[one["line"] - 1] for one in listed)
    assert len(made) == len(entries) - len(rest)
    with mulu.validate(tmp_path / "out.jsonl", standard=new, level=LEVEL, today=DAY) as report:
        assert report.counts()["error"] == 0 and not report.failures
    assert balanced(account)
    assert account["leaves"] == values(entries) and account["written"] == values(made)
    assert account["set_aside"] == sum(values(entries[number - 1]) for number in rest)
    kept = [entry for number, entry in enumerate(entries, 1) if number not in rest]
    assert account["lost"] == sum("bodyNature" in e for e in kept) + sum(e.get("theme", []).count(THEME) for e in kept)
    assert account["moved"] == sum(2 for e in kept if e["kind"] == "element") + sum(len(called(e)) for e in kept)
    interfaces = [e for e in kept if e["kind"] == "interface"]
    assert account["added"] == 2 * len(interfaces)
    minutes = sum(e["rateLimit"]["per"] == "minute" for e in interfaces)
    assert account["changed"] == len(interfaces) + minutes + sum(len(parameters(e)) for e in interfaces)
    assert "vague-statistics" not in capsys.readouterr().err


def test_loss_is_refused_unless_it_is_allowed(new, catalog, tmp_path, capsys):
    """Without --allow-loss the entries that would lose a value are listed, and lose nothing."""
    _, entries = catalog
    code, made, listed, account = migrated(new, catalog, tmp_path, "--lang", "en")
    rest = victims(entries, *REJECTED_FOR_GOOD, *LOSING)
    assert code == 1 and {one["line"] for one in listed} == rest and len(made) == len(entries) - len(rest)
    assert account["lost"] == 0 and balanced(account)
    reasons = {one["line"]: one["reason"] for one in listed}
    first = min(victims(entries, "removed") - victims(entries, *REJECTED_FOR_GOOD))
    assert reasons[first]["en"].startswith("/bodyNature statutory would be lost")
    assert "entries cannot be migrated" in capsys.readouterr().err


def test_without_a_place_for_the_rest_nothing_is_written(new, catalog, tmp_path, capsys):
    """A file from which entries had vanished would look like the whole catalog."""
    out = tmp_path / "out.jsonl"
    arguments = [str(OLD.roots[-1]), str(new.roots[-1]), str(catalog[0]), "-o", str(out), "--level", LEVEL]
    assert run(["standard", "migrate", *arguments, "--lang", "zh"]) == 1
    assert not out.exists() and "没有写出" in capsys.readouterr().err


def test_a_draft_finds_what_can_be_found(new, tmp_path):
    """What a person had to write is there as far as the two versions tell it."""
    target = tmp_path / "draft.yaml"
    assert run(["standard", "migrate", str(OLD.roots[-1]), str(new.roots[-1]), "--draft", "-o", str(target)]) == 0
    drafted = target.read_text("utf-8")
    for line in (
        'move: "/objectClass"\n    to: "/objectTerm"',
        'move: "/version"\n    to: "/release/version"',
        'move: "/frequentQuestions/*/answer"\n    to: "/frequentQuestions/*/reply"',
        'remove: "/bodyNature"',
        'recode: "/rateLimit/per"\n    codes: {"minute": "per-minute"}',
        f'recode: "/theme/*"\n    codes: {{"{THEME}": null}}',
        'default: "/charset"\n    value: "UTF-8"',
        "#   rules/vague-statistics",
        "#   schemas/frequent-question/question/maxLength",
    ):
        assert line in drafted
