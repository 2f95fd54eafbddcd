"""`mulu standard build` as it is called: what it writes, what it leaves alone, and that the same gives the same."""

import io
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from mulu.cli import run
from mulu.publish.begin import begin
from mulu.publish.site import build
from mulu.publish.site.markdown import in_language, rendered


@pytest.fixture
def parks(tmp_path, monkeypatch):
    """Return the folder of a small standard, in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MULU_LANG", "en")
    begin("parks", tmp_path / "parks")
    return tmp_path / "parks"


def call(monkeypatch, *arguments):
    """Run the command line; return its exit code and all that it printed."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    code = run(["standard", "build", *arguments])
    stream.seek(0)
    return code, stream.read()


def test_a_new_standard_has_a_site_at_once(parks, monkeypatch):
    """Two commands from nothing to pages that can be put on a server."""
    code, said = call(monkeypatch, "parks", "-o", "site")
    assert code == 0 and "wrote site" in said
    assert (parks.parent / "site/zh/kinds/example.html").is_file()
    assert (parks.parent / "site/example.schema.json").is_file()


def test_the_profile_of_these_sources_has_a_site(tmp_path):
    """A province's standard has all pages of the national one, and publishes the schemas that are its own."""
    root = Path(__file__).parents[3]
    assert build(root / "profiles/zhejiang", tmp_path / "site") > 1000
    assert (tmp_path / "site/zh/objects/agent.html").is_file()
    assert {path.name for path in (tmp_path / "site").glob("[!.]*.schema.json") if ".closed." not in path.name} == {
        path.name for path in (root / "profiles/zhejiang/schemas").glob("*.schema.json")
    }


def test_the_same_standard_gives_the_same_bytes(parks):
    """On two machines, in whatever order Python hashes."""
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "mulu", "standard", "build", "parks", "-o", f"site{seed}"]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": seed, "MULU_LANG": "zh" if seed == "1" else "en"})
    assert (parks.parent / "site1/SHA256SUMS").read_bytes() == (parks.parent / "site2/SHA256SUMS").read_bytes()


def test_a_site_is_replaced_by_a_newer_one(parks, monkeypatch):
    """What the old one had and the new one has not is gone; nothing else is left beside it."""
    assert call(monkeypatch, "parks", "-o", "site")[0] == 0
    (parks / "validators/date/ended-before-started.yaml").unlink()
    assert call(monkeypatch, "parks", "-o", "site")[0] == 0
    assert not list((parks.parent / "site/zh/rules").glob("*"))
    assert sorted(path.name for path in parks.parent.iterdir()) == ["parks", "site"]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda folder: (folder / "notes.txt").write_text("mine"), "something else"),
        (lambda folder: folder.rmdir() or folder.write_text("mine"), "no folder"),
        (
            lambda folder: (
                shutil.copytree(folder.parent / "first", folder, dirs_exist_ok=True)
                and (folder / "my.txt").write_text("x")
            ),
            "my.txt",
        ),
    ],
    ids=["other files", "a file", "a file more"],
)
def test_nothing_of_somebody_else_is_overwritten(parks, monkeypatch, make, told):
    """A folder that holds anything but a site of this standard is left as it is, and the message says why."""
    assert call(monkeypatch, "parks", "-o", "first")[0] == 0
    target = parks.parent / "target"
    target.mkdir()
    make(target)
    before = sorted(target.rglob("*")) if target.is_dir() else target.read_text()
    code, said = call(monkeypatch, "parks", "-o", "target")
    assert code == 2 and told in said
    assert before == (sorted(target.rglob("*")) if target.is_dir() else target.read_text())


def test_the_site_of_another_standard_is_left_alone(parks, monkeypatch):
    """Two standards do not share a folder."""
    begin("gardens", parks.parent / "gardens")
    assert call(monkeypatch, "gardens", "-o", "site")[0] == 0
    code, said = call(monkeypatch, "parks", "-o", "site")
    assert code == 2 and "another standard" in said
    assert orjson.loads((parks.parent / "site/versions.json").read_bytes())["id"] == "gardens"


def test_a_failure_in_the_middle_leaves_what_was_there(parks, monkeypatch):
    """A full disk, say: the old site still stands, and no half of a new one."""
    assert call(monkeypatch, "parks", "-o", "site")[0] == 0
    before = (parks.parent / "site/SHA256SUMS").read_bytes()

    def full(model):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mulu.publish.site.openapi", full)
    code, said = call(monkeypatch, "parks", "-o", "site")
    assert code == 2 and "the disk is full" in said
    assert (parks.parent / "site/SHA256SUMS").read_bytes() == before
    assert sorted(path.name for path in parks.parent.iterdir()) == ["parks", "site"]


def test_earlier_versions_are_listed(parks, monkeypatch):
    """The site of a new version says where the old one stands."""
    assert call(monkeypatch, "parks", "-o", "old")[0] == 0
    header = parks / "standard.toml"
    header.write_text(header.read_text("utf-8").replace("0.1", "0.2"), "utf-8")
    schema = parks / "schemas/example.schema.json"
    schema.write_text(schema.read_text("utf-8").replace("/0.1/", "/0.2/"), "utf-8")
    assert call(monkeypatch, "parks", "-o", "new", "--versions", "old/versions.json")[0] == 0
    data = orjson.loads((parks.parent / "new/versions.json").read_bytes())
    assert [one["version"] for one in data["versions"]] == ["0.2.0", "0.1.0"]
    code, said = call(monkeypatch, "parks", "-o", "new", "--versions", "parks/standard.toml")
    assert code == 2 and "versions.json" in said


def test_a_name_that_cannot_be_an_address_is_refused(parks, monkeypatch):
    """Before anything is written; a name in Chinese can be one."""
    codes = parks / "schemas/codes/example-type.csv"
    shutil.copy(codes, codes.with_name("类型.csv"))
    assert call(monkeypatch, "parks", "-o", "site")[0] == 0
    assert (parks.parent / "site/codes/类型.ttl").is_file()
    shutil.copy(codes, codes.with_name("a#b.csv"))
    code, said = call(monkeypatch, "parks", "-o", "other")
    assert code == 2 and "a#b" in said and not (parks.parent / "other").exists()


def test_objects_in_each_other_without_end_are_refused(parks, monkeypatch):
    """Ten objects, each holding all others, would be millions of columns."""
    path = parks / "schemas/example.schema.json"
    data = orjson.loads(path.read_bytes())
    names = [f"part-{number}" for number in range(10)]
    held = {name: {"title": name, "type": "object", "$dynamicRef": f"{name}.schema.json#{name}"} for name in names}
    for name in names:
        part = {**data, "$id": data["$id"].replace("example.schema", f"{name}.schema"), "$dynamicAnchor": name}
        part = {key: value for key, value in part.items() if key not in ("x-entry", "required", "x-required")}
        (parks / f"schemas/{name}.schema.json").write_bytes(orjson.dumps({**part, "properties": held}))
    path.write_bytes(orjson.dumps({**data, "properties": {**data["properties"], **held}}))
    code, said = call(monkeypatch, "parks", "-o", "site")
    assert code == 2 and "nest fewer" in said


def test_it_says_what_to_install(parks, monkeypatch):
    """Without jinja2 there are no pages."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    code, said = call(monkeypatch, "parks", "-o", "site")
    assert code == 2 and "mulu[publish]" in said


def test_markdown_of_readmes():
    """What the READMEs use is shown as meant, the rest as it stands."""
    text = "# A\n\none *two* **three** `x<y`\nmore\n\n- a\n  b\n- [c](https://example.org/) [d](docs/d.md)\n\n"
    text += "| h |\n|---|\n| 1 |\n\n```\n<a>\n```"
    assert str(rendered(text)) == (
        "<h2>A</h2>\n<p>one <em>two</em> <strong>three</strong> <code>x&lt;y</code>\nmore</p>\n"
        '<ul><li>a b</li><li><a href="https://example.org/" rel="noopener noreferrer">c</a> d</li></ul>\n'
        '<div class="scroll" tabindex="0"><table><tr><th>h</th></tr><tr><td>1</td></tr></table></div>\n'
        "<pre><code>&lt;a&gt;</code></pre>"
    )
    assert (
        in_language("中文\n\n---\n\nEnglish", "en") == "English"
        and in_language("中文\n\n---\n\nEnglish", "zh") == "中文"
    )
    assert in_language("both 两种", "en") == "both 两种"
