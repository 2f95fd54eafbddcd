"""Sites of three standards: the built-in one, a small one on another, and one whose every text is hostile."""

import json
import os
import shutil
from pathlib import Path

import pytest
from lxml import html

from mulu.publish.begin import begin
from mulu.publish.site import build

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None

ROOT = Path(__file__).parents[3]
HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'`*/ --\u202e '); DROP TABLE example; {{ 7*7 }}"
)
READ = {}
"""The pages that the tests of a module have asked for, by path."""
PROPERTY = 'a" onclick="x\u2028*/ b'


class Pages:
    """A site as a browser reads it: each page parsed when a module first asks for it."""

    def __init__(self, folder, standard):
        self.folder = folder
        self.standard = standard
        self.paths = sorted(folder.rglob("*.html"))

    def __iter__(self):
        return ((path, self[path]) for path in self.paths)

    def __getitem__(self, path):
        path = self.folder / path
        if path not in READ:
            READ[path] = html.document_fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
        return READ[path]


@pytest.fixture(scope="module", autouse=True)
def forgotten():
    """What a module has parsed goes with it: all pages take a quarter of a gigabyte."""
    yield
    READ.clear()


def built(tmp_path_factory, name, standard):
    """Return the pages of the site of a standard."""
    folder = tmp_path_factory.mktemp(name) / "site"
    build(standard, folder)
    return Pages(folder, standard)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Return the site of the built-in standard; tests that run side by side have one of it."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    folder = shared / "builtin-site"
    with (shared / "builtin-site.lock").open("w") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            build(ROOT, folder)
    return Pages(folder, ROOT)


@pytest.fixture(scope="session")
def profile_standard(tmp_path_factory):
    """Return the folder of a small standard that is built on another one inside it."""
    folder = tmp_path_factory.mktemp("profile") / "province"
    begin("province", folder)
    begin("nation", folder / "nation")
    for part in ("converters", "validators", "schemas/codes", "schemas/examples"):
        shutil.rmtree(folder / part)
    header = folder / "standard.toml"
    text = header.read_text("utf-8").replace('version = "', 'extends = "nation"\nversion = "', 1)
    header.write_text(text[: text.index("[[levels]]")], "utf-8")
    path = folder / "schemas/example.schema.json"
    data = json.loads(path.read_text("utf-8"))
    added = {"title": "省级编号", "description": "", "x-en": {"title": "Number"}, "type": "string"}
    kept = {key: data[key] for key in ("$schema", "$id", "$dynamicAnchor", "title", "x-en")}
    below = data["$id"].replace("/province/", "/nation/")
    path.write_text(json.dumps({**kept, "$ref": below, "properties": {"provincial": added}}), "utf-8")
    return folder


@pytest.fixture(scope="session")
def profile(tmp_path_factory, profile_standard):
    """Return the site of a standard that is built on another."""
    return built(tmp_path_factory, "profile-site", profile_standard)


@pytest.fixture(scope="session")
def hostile_text():
    """Return what the hostile standard says everywhere."""
    return HOSTILE


@pytest.fixture(scope="session")
def hostile_standard(tmp_path_factory):
    """Return the folder of a standard that could do harm in every text that it may hold."""
    folder = tmp_path_factory.mktemp("hostile") / "parks"
    begin("parks", folder)
    schema = folder / "schemas/example.schema.json"
    data = json.loads(schema.read_text("utf-8"))
    data |= {"title": HOSTILE, "description": HOSTILE, "$comment": f"javascript:alert(1)；{HOSTILE}"}
    data["x-en"] = {"title": HOSTILE, "description": HOSTILE}
    for one in data["properties"].values():
        one |= {"title": HOSTILE, "description": HOSTILE, "$comment": HOSTILE}
    data["properties"][PROPERTY] = {
        "title": HOSTILE,
        "type": "string",
        "pattern": "^[\"'<>&].*",
        "enum": [HOSTILE, "'''\"\"\"\\"],
    }
    # What JSON-LD, Python and TypeScript would take for words of their own.
    for name, term in (
        ("dct", "dct:title"),
        ("a:b", ""),
        ("@id", ""),
        ("class", ""),
        ("model_config", ""),
        ("list", ""),
    ):
        data["properties"][name] = {"title": HOSTILE, "type": "string", "$comment": term}
    inner = {"title": HOSTILE, "type": "object", "properties": {"x": {"title": "x", "type": "integer"}}}
    data["properties"]["import"] = {"title": HOSTILE, "type": "array", "items": inner}
    schema.write_text(json.dumps(data), "utf-8")
    codes = folder / "schemas/codes/example-type.csv"
    quoted = HOSTILE.replace('"', '""')
    with codes.open("a", encoding="utf-8") as stream:
        row = dict.fromkeys(codes.read_text("utf-8").splitlines()[0].split(","), "")
        row |= {"code": f'"{quoted}"', "name.zh": f'"{quoted}"', "name.en": f'"{quoted}"', "aliases": f'"{quoted}"'}
        stream.write(",".join(row.values()) + "\n")
    rule = folder / "validators/date/ended-before-started.yaml"
    text = rule.read_text("utf-8")
    start = text.index("why:")
    ended = text.index("\n", text.index("title:"))
    both = json.dumps({"zh": HOSTILE, "en": HOSTILE})
    rule.write_text(text[: text.index("title:")] + f"title: {both}" + text[ended:start] + text[start:], "utf-8")
    readme = folder / "converters/example-table/README.md"
    readme.write_text(
        f'# {HOSTILE}\n\n[x](javascript:alert(1)) [y](https://example.org/"onclick=x) <b>b</b> `{HOSTILE}`\n\n'
        f"- {HOSTILE}\n\n| {HOSTILE} |\n|---|\n| <i> |\n\n```\n{HOSTILE}\n```\n",
        "utf-8",
    )
    return folder


@pytest.fixture(scope="session")
def hostile(tmp_path_factory, hostile_standard):
    """Return the site of the hostile standard."""
    return built(tmp_path_factory, "hostile-site", hostile_standard)
