"""Layout: the standard holds no code, the engine no word of the standard, and imports run one way."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from mulu.checks import checks
from mulu.findings import SEVERITIES
from mulu.standard import load

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "mulu"
STANDARD = load(ROOT)
PARTS = ("schemas", "validators", "converters")
MODULES = sorted(ENGINE.rglob("*.py"))
NAMES = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in MODULES}

# From the bottom: a module imports from what stands in front of it and from its own folder. What stands
# beside each other in one line knows nothing of its neighbour. Modules right in mulu/ are the base.
LAYERS = (
    ("base", "identifiers"),
    ("standard",),
    ("readers", "writers", "sample"),
    ("convert",),
    ("validate",),
    ("reports", "publish"),
    ("spark",),
)
TOP = ("cli", "testing")
RANKS = {name: rank for rank, names in enumerate((*LAYERS, TOP)) for name in names}

PROGRAMS = set(
    "bat bash class cmd com dll exe ipynb jar js jse lua mjs php pl ps1 pth py pyc pyd pyi pyw r rb scr sh so sql ts "
    "vba vbs wasm wsf xlam xlsb xlsm xslt xsl".split()
)
# Property names of the standard that are words of the engine as well, and what they mean there.
OWN_WORDS = {
    "name": "of a code, an example, a subject; column `name.zh`",
    "title": "of a schema, a rule, a mapping, a standard",
    "description": "of a schema, a mapping, a level, a standard",
    "type": "keyword of JSON Schema; record of JSON Lines reports",
    "format": "keyword of JSON Schema; legacy format in reports",
    "level": "of a rule, a finding",
    "version": "of a standard, of mulu",
    "identifier": "what `x-entry` says of an entry; a way of reading cells",
    "keyword": "parameter of structure-not-allowed",
    "length": "parameter of text-too-long",
    "path": "column of a query's result; of a place",
    "code": "column of code lists; key of mappings",
    "status": "column of code lists",
    "reason": "key of mappings; of what a ledger drops",
    "records": "what a ledger counts",
    "table": "key of mappings; element of HTML",
    "element": "key of mappings: the objects of a list",
    "email": "a way of reading cells; kind of personal value",
    "date": "a way of reading cells",
    "url": "a way of reading cells",
    "number": "a way of reading cells; a type of JSON",
    "object": "a type of JSON",
    "required": "keyword of JSON Schema; key of mappings",
    "document": "family of files that is refused",
    "year": "precision of a date",
    "owner": "what `x-entry` says of an entry",
    "property": "parameter of missing-property; key of ledgers",
    "rule": "member of reports",
    "standard": "member of reports; a command",
    "successor": "column of code lists",
    "file": "member of GitHub's annotations",
    "language": "member of SARIF",
    "nullable": "of a column, as SQLAlchemy tells it",
    "default": "of a column, as SQLAlchemy tells it",
    "note": "a level of SARIF",
    "datatype": "of a literal of RDF",
    "region": "member of SARIF",
    "hours": "words of a time in dates.toml",
    "until": "words of a period in dates.toml",
    "unit": "words of units in headings.toml",
    "author": "of a comment in a workbook",
    "creator": "of a comment in an .ods",
    "location": "member of GitLab's report and of SARIF",
    "template": "a command",
    "class": "member of what diff tells",
    "context": "of JSON-LD",
    "notation": "term of SKOS",
    "system": "what the operating system says",
}
FIELDS = {name for schema in STANDARD.schemas.written.values() for name in schema["properties"]} - {"kind", "source"}
# What makes a finding: their first argument, or the one so named, is a check.
MAKERS = {"Fault", "Notice", "Remark", "_Oddity", "_fault"}


@pytest.fixture(scope="module")
def trees():
    """Return the syntax of each module; it is much, and gone with these tests."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def relative(path):
    """Return a module's path as a test's name."""
    return path.relative_to(ROOT).as_posix()


def literals(tree):
    """Yield the line and value of each text in a module that is no docstring and no comment."""
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.lineno, node.value


def imported(path, tree):
    """Yield the line and name of each module of mulu that a module imports, anywhere in it."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.split(".")[0] == "mulu")
        elif isinstance(node, ast.ImportFrom):
            upper = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*upper, *filter(None, [node.module])])
            if module.split(".")[0] == "mulu":
                # What is imported from a package may be a module of it.
                inner = (f"{module}.{alias.name}" for alias in node.names)
                yield from ((node.lineno, name if name in NAMES else module) for name in inner)


def layer(module):
    """Return the layer of a module by its dotted name."""
    parts = module.split(".")
    # What `mulu` itself offers comes from all layers, when it is asked for.
    if parts[-1] == "__main__" or parts[1:] == ["__init__"]:
        return TOP[0]
    return parts[1] if len(parts) > 1 and (ENGINE / parts[1]).is_dir() else "base"


def words(tree):
    """Return the line and each word of the texts in a module that are names, paths or pointers, not sentences."""
    found = [(line, text) for line, text in literals(tree) if not re.search(r"\s", text)]
    return {(line, word) for line, text in found for word in re.split("[/.]", text)}


def files_of_the_standard():
    """Return every file in the standard's folders, those that Python leaves behind apart."""
    found = [path for part in PARTS for path in (ROOT / part).rglob("*") if path.is_file()]
    return [path for path in found if "__pycache__" not in path.parts]


def test_standard_holds_no_program():
    """A standard of somebody else is safe to load, because nothing in such a folder can be run."""
    found = files_of_the_standard()
    assert found
    for path in found:
        assert path.suffix.lower().removeprefix(".") not in PROGRAMS
        assert not path.read_bytes().startswith((b"#!", b"MZ", b"\x7fELF"))


def test_validators_is_no_package():
    """PyPI has a library named validators, which must stay importable beside ours."""
    assert not [path for part in PARTS for path in (ROOT / part).rglob("__init__.py")]


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_imports_run_one_way(path, trees):
    """A lower layer knows nothing of a higher one; a new folder of mulu/ takes its place in LAYERS."""
    own = layer(".".join(path.relative_to(ROOT).with_suffix("").parts))
    others = [(line, module) for line, module in imported(path, trees[path]) if layer(module) != own]
    # The base is one layer of many names.
    assert [(line, module) for line, module in others if RANKS[layer(module)] >= max(RANKS[own], 1)] == []


def test_no_module_leads_back_to_itself(trees):
    """Whoever reads a module need not have read it to understand what it imports; for types alone neither."""
    others = {
        name: {module for _, module in imported(path, trees[path])} & NAMES.keys() - {name}
        for name, path in NAMES.items()
    }
    TopologicalSorter(others).prepare()


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_engine_knows_no_field_of_the_standard(path, trees):
    """Another standard has other property names, so the engine must not count on ours."""
    assert sorted((line, word) for line, word in words(trees[path]) if word in FIELDS - set(OWN_WORDS)) == []


def test_list_of_own_words_is_as_short_as_can_be(trees):
    """A word that nobody uses any more is no longer excused."""
    assert set(OWN_WORDS) - {word for tree in trees.values() for _, word in words(tree)} == set()
    assert set(OWN_WORDS) <= FIELDS


@pytest.mark.parametrize("name", checks())
def test_check_of_the_engine_is_complete(name):
    """Each check says in both languages what it is, why, what was found and what to do."""
    check = checks()[name]
    assert check.severity in SEVERITIES
    for text in (check.title, check.why, check.message, check.mend):
        assert re.search("[\u4e00-\u9fff]", text.zh) and re.search("[a-z]", text.en)
        assert not re.search("[\u4e00-\u9fff]", text.en)
        asked = [re.sub("_(zh|en)$", "", name) for name in re.findall(r"{(\w+)}", text.zh)]
        assert set(asked) == {re.sub("_(zh|en)$", "", name) for name in re.findall(r"{(\w+)}", text.en)}
    assert name not in STANDARD.rules


def test_checks_and_their_names_in_the_engine_agree(trees):
    """A check that is found has texts, and a check that has texts is found by something."""
    texts = {text for tree in trees.values() for _, text in literals(tree)}
    assert set(checks()) - texts == set()
    named = set()
    for tree in trees.values():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            maker = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            given = [*call.args[:1], *(item.value for item in call.keywords if item.arg in ("check", "rule"))]
            if maker in MAKERS:
                named |= {node.value for node in given if isinstance(node, ast.Constant)}
    assert named and named - set(checks()) == set()


@pytest.mark.parametrize(
    "folder", sorted(path for path in (ROOT / "converters").glob("*") if path.is_dir()), ids=relative
)
def test_converter_is_complete(folder):
    """A converter comes with a sample, with what must come out of it, and with a word on who writes the format."""
    names = {path.name for path in folder.iterdir()}
    assert {"mapping.yaml", "expected.jsonl", "README.md"} <= names
    assert any(name.startswith("sample.") for name in names)
