"""`mulu explain`, `formats`, `rules`, `schema`: the standard on the screen, offline."""

import jsonschema
import orjson
import pytest

from mulu.checks import checks
from mulu.cli.console import set_up
from mulu.cli.explain import blocks
from mulu.standard import load

STANDARD = load()
NAMES = [*STANDARD.rules, *checks(), *STANDARD.codes, *STANDARD.schemas.kinds, *STANDARD.levels, *STANDARD.mappings]
PROPERTIES = sorted(
    {
        f"{kind}{item.pointer.replace('/*', '')}"
        for kind in STANDARD.schemas.kinds
        for item in STANDARD.schemas.properties(kind)
    }
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("names", [NAMES, PROPERTIES], ids=["names", "properties"])
def test_everything_is_explained_in_both_languages(language, names):
    """Each rule, check, code list, kind, level, format and property has its block."""
    set_up(["--lang", language])
    for name in names:
        first = blocks(STANDARD, name)[0]
        assert first[0].startswith(name) and len(first) > 1, name


def test_a_block_is_printed(mulu):
    """The command prints what was found."""
    result = mulu("explain", "duplicate-identifier")
    assert result.code == 0 and result.out.startswith("duplicate-identifier  ")


def test_a_level_tells_what_it_newly_requires(mulu):
    """Not what the levels before it require already."""
    first, second = (mulu("explain", name, "--lang", "en").out for name in ("register", "share"))
    assert "newly required of resource: Kind, Title, Publisher\n" in first
    assert "Update cycle" in second.partition("required of resource")[2] and "Title" not in second


def test_a_spelling_is_looked_up(mulu):
    """LIST:VALUE tells which code a department's spelling stands for."""
    assert "annual" in mulu("explain", "update-cycle:每年一次").out
    assert "没有" in mulu("explain", "update-cycle:牲畜饲养").out


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("共享类型", "resource/sharing/type"),
        ("sharing TYPE", "resource/sharing/type"),
        ("有条件共享须写明共享条件", "conditional-without-condition"),
        ("A required property is missing", "missing-property"),
        ("政务信息资源", "resource"),
        ("更新频率", "resource/accrualPeriodicity"),
    ],
)
def test_what_has_a_title_is_found_by_it(mulu, title, path):
    """As it stands in reports, in either language, and a property as forms elsewhere call it."""
    result = mulu("explain", title)
    assert result.code == 0 and any(line.startswith(f"{path}  ") for line in result.out.splitlines())


def test_a_misspelt_name_gets_a_suggestion(mulu):
    """Nothing found is exit 2 and the nearest names."""
    result = mulu("explain", "duplicate-identifer")
    assert result.code == 2 and "duplicate-identifier" in result.err
    assert "共享类型" in mulu("explain", "共享类形").err


def test_formats_and_rules_are_listed(mulu):
    """A line each."""
    formats = mulu("formats").out.splitlines()
    assert len(formats) == len(STANDARD.mappings) + 2
    rules = mulu("rules").out.splitlines()
    assert len(rules) == len(STANDARD.rules) + len(checks())
    assert len(mulu("rules", "title").out.splitlines()) == sum(r.topic == "title" for r in STANDARD.rules.values())


@pytest.mark.parametrize("kind", [*STANDARD.schemas.kinds, "report", "ledger"])
def test_schemas_are_printed_and_are_schemas(mulu, kind):
    """What is printed can be used as it is."""
    for arguments in ([], ["--bundle"]):
        schema = orjson.loads(mulu("schema", kind, *arguments).out)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$schema"].endswith("2020-12/schema") and schema["$id"]
        if kind in STANDARD.schemas.kinds:
            said = STANDARD.schemas.kinds[kind]
            assert (schema["title"], schema["description"]) == (said["title"], said["description"])


def test_the_bundle_stands_alone(mulu):
    """The example conforms by another implementation that has nothing but the printed document."""
    schema = orjson.loads(mulu("schema", "resource", "--bundle").out)
    validator = jsonschema.Draft202012Validator(schema)
    example = STANDARD.examples["resource"]
    assert validator.is_valid(example) and not validator.is_valid({**example, "titel": "x"})


@pytest.mark.parametrize("command", ["validate", "convert", "explain", "formats", "rules", "schema"])
@pytest.mark.parametrize(("language", "word"), [("zh", "选项"), ("en", "Options")])
def test_help_is_in_the_language_of_the_user(mulu, command, language, word):
    """`--lang` goes before everything, the help included."""
    result = mulu(command, "--help", "--lang", language)
    assert result.code == 0 and word in result.out
