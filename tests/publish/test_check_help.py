"""`mulu standard check` on what helps a standard along: migrations to it, and the clauses that it rests on."""

import shutil
from pathlib import Path

import pytest

from mulu.cli import run
from mulu.publish.begin import begin
from mulu.publish.check import check
from mulu.publish.check.clauses import clause_lines, coverage
from mulu.publish.check.migrations import migration_flaws
from mulu.publish.diff import diff
from mulu.publish.pack import pack, unpack
from mulu.standard import load

HEAD = "from: 0.0.9\nto: 0.1.0\nwhy: {zh: 新版, en: next}\nsteps:\n"
WHY = "why: {zh: 因, en: for}"
RIGHT = f"  - {{kind: example, {WHY}, move: /owner, to: /keeper}}\n"

# what is wrong: (text of the migration, line, part of the sentence, severity)
MIGRATIONS = {
    "no YAML": ("from: [", 2, "YAML", "error"),
    "why in one language": (HEAD.replace("en: next", "en: 新") + RIGHT, 3, "English", "error"),
    "why of a step in one language": (HEAD + RIGHT.replace("zh: 因", "zh: for"), 5, "Chinese", "error"),
    "later than the standard": (HEAD.replace("to: 0.1.0", "to: 0.2.0") + RIGHT, 2, "still at version 0.1.0", "error"),
    "unknown kind": (HEAD + RIGHT.replace("kind: example", "kind: exemple"), 5, "no kind exemple", "error"),
    "unknown property": (HEAD + RIGHT.replace("/keeper", "/keepr"), 5, "no property /keepr", "error"),
    "code that is none": (
        HEAD + f"  - {{kind: example, {WHY}, recode: /type, codes: {{open: publik}}}}\n",
        5,
        "has no publik",
        "error",
    ),
    "code that stays": (
        HEAD + f"  - {{kind: example, {WHY}, recode: /type, codes: {{public: public}}}}\n",
        5,
        "does nothing to the code public",
        "error",
    ),
    "default that is no code": (
        HEAD + f"  - {{kind: example, {WHY}, default: /type, value: publik}}\n",
        5,
        "has no publik",
        "error",
    ),
    "moved to where it is": (HEAD + RIGHT.replace("/owner", "/keeper"), 5, "does nothing", "error"),
    "property that is still there": (
        HEAD + f"  - {{kind: example, {WHY}, remove: /ended}}\n",
        5,
        "/ended is still there",
        "warning",
    ),
}


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """Return the folder of a new standard."""
    folder = tmp_path_factory.mktemp("standards") / "small"
    begin("small", folder)
    return folder


@pytest.fixture
def folder(begun, tmp_path):
    """Return a copy of it, with a folder for migrations."""
    copied = Path(shutil.copytree(begun, tmp_path / "small"))
    (copied / "schemas/migrations").mkdir()
    return copied


def told(flaws):
    """Return line, severity and sentence of each flaw."""
    return [(flaw.line, flaw.severity, flaw.en) for flaw in flaws]


@pytest.mark.parametrize("name", MIGRATIONS)
def test_what_is_wrong_with_a_migration(folder, name):
    """File and line, in both languages."""
    text, line, part, severity = MIGRATIONS[name]
    path = folder / "schemas/migrations/0.1.0.yaml"
    path.write_text(text, "utf-8")
    flaws = list(migration_flaws(load(folder)))
    assert [one for one in told(flaws) if one[:2] == (line, severity) and part in one[2]], told(flaws)
    assert {flaw.path for flaw in flaws} == {str(path)} and all(flaw.zh != flaw.en for flaw in flaws)


def test_a_right_migration_passes_and_goes_along(folder, tmp_path):
    """With what a later step makes of a property that is no more; it is packed, and `diff` tells of it."""
    steps = RIGHT.replace("/keeper", "/between") + f"  - {{kind: example, {WHY}, move: /between, to: /keeper}}\n"
    (folder / "schemas/migrations/0.1.0.yaml").write_text(HEAD + steps, "utf-8")
    assert [flaw.en for flaw in check(folder)] == []
    packed, unpacked = tmp_path / "small.zip", tmp_path / "unpacked"
    with packed.open("wb") as stream:
        pack(folder, stream)
    unpacked.mkdir()
    unpack(packed, unpacked)
    assert [one.new for one in load(unpacked).migrations] == ["0.1.0"]
    shutil.rmtree(unpacked / "schemas/migrations")
    changes = [(change.where, change.kind) for change in diff(load(unpacked), load(folder)).changes]
    assert changes == [("migrations/0.1.0", "documentation")]


def test_migrations_do_not_overlap(folder):
    """Which of them would be applied to a version between?"""
    for name, old, new in (("a", "0.0.1", "0.0.9"), ("b", "0.0.5", "0.1.0")):
        text = HEAD.replace("0.0.9", old).replace("to: 0.1.0", f"to: {new}") + RIGHT
        (folder / f"schemas/migrations/{name}.yaml").write_text(text, "utf-8")
    assert [(Path(f.path).name, f.line) for f in migration_flaws(load(folder)) if "overlap" in f.en] == [("b.yaml", 1)]


CLAUSES = "document,clause,title.zh,title.en,unchecked.zh,unchecked.en\n"
# lines of the list: what is told of them
CLAUSE_LINES = {
    "本标准,this,自己,Own,,\n": [],
    "本标准,this,自己,Own,因,why\n": [(2, "error", "cites it")],
    "本标准,第一条,一,One,因,why\n": [],
    "本标准,第一条,一,One,,\n": [(2, "warning", "cites 本标准 第一条")],
    "本标准,第一条,一,One,因,\n": [(2, "error", "both languages")],
    "本标准,this,自己,Own,,\n本标准,this,自己,Own,,\n": [(3, "error", "already occurs on line 2")],
    "本标准,this,自己,,,\n": [(2, "error", "title in both languages")],
    ",this,自己,Own,,\n": [(2, "error", "a document is needed")],
    "本标准,this\n": [(2, "error", "6 cells")],
}


@pytest.mark.parametrize("lines", CLAUSE_LINES)
def test_what_is_wrong_with_the_clauses(folder, lines):
    """A clause is covered, or says why it is not."""
    (folder / "schemas/clauses.csv").write_text(CLAUSES + lines, "utf-8")
    found = told(check(folder))
    assert [one[:2] for one in found] == [one[:2] for one in CLAUSE_LINES[lines]]
    assert all(part in one[2] for one, (_, _, part) in zip(found, CLAUSE_LINES[lines], strict=True))


NAMES = "kind,property,names\n"
NAME_LINES = {
    "example,/name,叫法; other name\n": [],
    "example,/name,叫法;\n": [],
    "exemple,/name,叫法\n": [(2, "error", "did you mean example?")],
    "example,/nmae,叫法\n": [(2, "error", "did you mean /name?")],
    "example,/name,\n": [(2, "error", "the name is missing")],
    "example,/name,叫 法\nexample,/type,叫法\n": [(3, "error", "already occurs on line 2")],
    "example,/name\n": [(2, "error", "3 cells")],
}


@pytest.mark.parametrize("name", ["clauses", "names"])
def test_other_headings_are_told_with_those_that_are_needed(folder, name):
    """A column that is misspelt is not taken for one that is not there."""
    right = {"clauses": CLAUSES, "names": NAMES}[name]
    (folder / f"schemas/{name}.csv").write_text(right.replace(",", ", x", 1), "utf-8")
    found = told(check(folder))
    assert [one[:2] for one in found] == [(1, "error")] and right.strip() in found[0][2]


@pytest.mark.parametrize("lines", NAME_LINES)
def test_what_is_wrong_with_the_names_elsewhere(folder, lines):
    """A name means one property that is there."""
    (folder / "schemas/names.csv").write_text(NAMES + lines, "utf-8")
    found = told(check(folder))
    assert [one[:2] for one in found] == [one[:2] for one in NAME_LINES[lines]]
    assert all(part in one[2] for one, (_, _, part) in zip(found, NAME_LINES[lines], strict=True))


def test_a_document_is_told_from_others_of_a_like_name(folder):
    """Which clauses a text cites is read from its words."""
    path = folder / "schemas/example.schema.json"
    text = path.read_text("utf-8").replace(
        "本标准 / this standard", "见公园法 第二条、第三条（备注）；公园法实施办法 第四条；GB/T 12 5.1", 1
    )
    path.write_text(text, "utf-8")
    rows = [
        "公园法,第二条",
        "公园法,第三条",
        "公园法,第四条",
        "公园法实施办法,第四条",
        "GB/T 1,5.1",
        "GB/T 12,5.1",
        "公园法,",
    ]
    (folder / "schemas/clauses.csv").write_text(CLAUSES + "".join(f"{row},一,One,,\n" for row in rows), "utf-8")
    covered = {one.clause.name: bool(one.by) for one in coverage(load(folder))}
    assert covered == {
        "公园法 第二条": True,
        "公园法 第三条": True,
        "公园法 第四条": False,
        "公园法实施办法 第四条": True,
        "GB/T 1 5.1": False,
        "GB/T 12 5.1": True,
        "公园法": True,
    }


def test_the_table_of_the_built_in_standard(capsys):
    """Each clause stands there with what covers it, or why nothing does."""
    assert run(["standard", "check", "--clauses", "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(load().clauses) + 1 and lines[-1].endswith("not")
    assert any("核心元数据 信息资源名称" in line and "rules/" in line for line in lines)
    assert not any(line.endswith("?") for line in clause_lines(load(), "zh"))
