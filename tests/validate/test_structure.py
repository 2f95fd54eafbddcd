"""Structure: each kind of fault is told by its check, at its place; and a second implementation agrees."""

import copy
import os
import re

import jsonschema
import jsonschema_rs
import pytest
import referencing
import regress
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing.jsonschema import DRAFT202012

from mulu import identifiers
from mulu.checks import checks
from mulu.pointer import path_of, pointer_of, steps_of
from mulu.standard import load
from mulu.validate.entries import without
from mulu.validate.missing import need_of
from mulu.validate.structure import Structure

STANDARD = load()
SCHEMAS = STANDARD.schemas
STRUCTURE = Structure(STANDARD)
RESOURCE = STANDARD.examples["resource"]
GONE = object()

# name of the case: (pointer, new value, check, what its parameters hold at least)
FAULTS = {
    "no title": ("/title", GONE, "missing-property", {"property": "title", "title_zh": "信息资源名称"}),
    "no name of an item": (
        "/dataItems/1/name",
        GONE,
        "missing-property",
        {"property": "name", "title_en": "Item name"},
    ),
    "misspelt": ("/titel", "a", "unknown-property", {"property": "titel", "suggestion": "title"}),
    "misspelt in an item": ("/dataItems/0/columnname", "a", "unknown-property", {"suggestion": "columnName"}),
    "unheard of": ("/qqqqqq", "a", "unknown-property", {"property": "qqqqqq", "suggestion": None}),
    "number for text": ("/title", 3, "wrong-type", {"value": 3, "expected_zh": "文字", "expected_en": "text"}),
    "text for list": ("/keyword", "食品", "wrong-type", {"expected_en": "a list, written […]", "title_zh": "关键字"}),
    "text for object": ("/sharing", "有条件共享", "wrong-type", {"expected_zh": "若干属性，写成 {…}"}),
    "text for number": ("/dataItems/0/length", "16", "wrong-type", {"expected_en": "a whole number"}),
    "text for boolean": ("/licence", "是", "wrong-type", {"expected_en": "true or false"}),
    "number in a list": ("/keyword/1", 7, "wrong-type", {"title_zh": "关键字"}),
    "null": ("/title", None, "wrong-type", {"value": None}),
    "name for code": (
        "/accrualPeriodicity",
        "每月",
        "value-not-in-code-list",
        {"list": "update-cycle", "suggestion": "monthly", "suggestion_zh": "，是不是“每月”（monthly）？"},
    ),
    "no code at all": (
        "/level",
        "xyzzy",
        "value-not-in-code-list",
        {"list": "administrative-level", "suggestion": None},
    ),
    "code in a list": ("/theme/0", "市场监督", "value-not-in-code-list", {"list": "theme", "suggestion": "15"}),
    "secret": ("/secrecy", "top-secret", "value-not-allowed", {"allowed": "non-secret"}),
    "wrong check digit": (
        "/publisher/identifier",
        "11430100MB1E204792",
        "invalid-format",
        {"format": "uscc", "position": 18, "title_zh": "统一社会信用代码"},
    ),
    "date of another form": (
        "/issued",
        "2021年6月18日",
        "invalid-format",
        {"format": "partial-date", "position": None},
    ),
    "day that is not": ("/issued", "2021-06-31", "invalid-format", {"position": 9}),
    "blank": ("/title", "\u3000 ", "invalid-pattern", {"title_en": "Title"}),
    "empty": ("/alternative", "", "text-too-short", {"length": 0, "limit": 1}),
    "long": ("/title", "长" * 257, "text-too-long", {"length": 257, "limit": 256}),
    "below zero": ("/volume/storage", -1, "number-out-of-range", {"limit": "≥ 0"}),
    "no format": ("/format", [], "wrong-number-of-elements", {"count": 0, "limit": "≥ 1"}),
}
# pointer, new value, severity, level, whether rules are kept from the value
GRADES = [
    ("/title", GONE, "error", "register", False),
    ("/description", GONE, "error", "share", False),
    ("/sharing/type", GONE, "error", "share", False),
    ("/opening/type", GONE, "error", "interoperate", False),
    ("/grade", GONE, "error", "interoperate", False),
    ("/publisher/identifier", GONE, "error", "interoperate", False),
    ("/classification/0/name", GONE, "error", "interoperate", False),
    ("/qqqqqq", 1, "error", "register", False),
    ("/identifier", "A-1", "warning", "interoperate", False),
    ("/landingPage/0", "看网站", "warning", "register", False),
    ("/contactPoint/email", "none", "warning", "register", False),
    ("/description", " ", "error", "share", True),
    ("/format", [], "error", "register", False),
    ("/grade", {}, "error", "register", False),
    ("/title", 3, "error", "register", True),
    ("/theme/0", "x", "error", "register", True),
    ("/issued", "x", "error", "register", True),
    ("/title", "长" * 257, "error", "register", True),
]


def changed(entry, pointer, value):
    """Return a copy of `entry` with the value at `pointer` set, or taken away."""
    entry = copy.deepcopy(entry)
    *way, last = steps_of(pointer)
    node = entry
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    last = int(last) if isinstance(node, list) else last
    if value is GONE:
        del node[last]
    else:
        node[last] = value
    return entry


@pytest.mark.parametrize("case", FAULTS)
def test_fault_is_told_by_its_check_at_its_place(case):
    """One thing wrong is one fault, with what a message about it needs."""
    pointer, value, check, params = FAULTS[case]
    (fault,) = STRUCTURE.faults(changed(RESOURCE, pointer, value))
    assert (fault.check, pointer_of(fault.path)) == (check, pointer)
    assert {name: fault.params[name] for name in params} == params
    assert fault.value == (None if value is GONE else value)
    assert fault.names_key == (check == "unknown-property")


@pytest.mark.parametrize("case", FAULTS)
def test_message_of_a_fault_leaves_no_parameter_open(case):
    """What a person reads has no {placeholder} left in it, in neither language."""
    pointer, value, _, _ = FAULTS[case]
    for fault in STRUCTURE.faults(changed(RESOURCE, pointer, value)):
        rule = checks()[fault.check]
        for text in (rule.message.filled(fault.params), rule.mend.filled(fault.params)):
            assert not re.search(r"{\w+}", text.zh + text.en)


@pytest.mark.parametrize(("pointer", "value", "severity", "level", "rejected"), GRADES)
def test_fault_has_the_grade_that_the_schema_gives(pointer, value, severity, level, rejected):
    """`x-required`, `x-severity` and `x-level` decide how grave a fault is, and from which level on it counts."""
    (fault,) = STRUCTURE.faults(changed(RESOURCE, pointer, value))
    assert (fault.severity, fault.level, fault.rejected) == (severity, level, rejected)


@pytest.mark.parametrize("entry", [None, 3, "text", [], True])
def test_what_is_no_object_is_one_fault(entry):
    """A list or a text where an entry belongs is told once, and rules see nothing of it."""
    (fault,) = STRUCTURE.faults(entry)
    assert (fault.check, fault.path, fault.rejected) == ("entry-not-an-object", (), True)


@pytest.mark.parametrize(
    ("kind", "suggestion"), [(None, None), (3, None), ("resorce", "resource"), ("Organization", "organization")]
)
def test_unknown_kind_is_one_fault(kind, suggestion):
    """Without a kind nothing can be checked, and that is what is said."""
    (fault,) = STRUCTURE.faults({"kind": kind, "titel": 1})
    assert (fault.check, fault.path, fault.params["suggestion"]) == ("unknown-kind", ("kind",), suggestion)
    assert "resource" in fault.params["known"]


def test_a_missing_kind_is_told_as_missing():
    """Not as a kind of that name; the kinds that there are stand in the message."""
    for entry in ({"title": "a"}, {"kind": None}):
        (fault,) = STRUCTURE.faults(entry)
        assert (fault.params["found_zh"], fault.params["found_en"]) == ("条目没有写 kind", "the entry has no kind")
    (other,) = STRUCTURE.faults({"kind": 3})
    assert other.params["found_en"] == "the standard has no kind 3"


def test_a_short_code_list_is_told_whole():
    """Who reads a report need not have the program at hand."""
    (short,) = STRUCTURE.faults(changed(RESOURCE, "/sharing/type", "某"))
    assert all(f"（{code}）" in short.params["choices_zh"] for code in ("unconditional", "conditional", "none"))
    (long,) = STRUCTURE.faults(changed(RESOURCE, "/accrualPeriodicity", "某"))
    assert long.params["choices_zh"] == long.params["choices_en"] == ""


@pytest.mark.parametrize(
    ("pointer", "value", "check"),
    [
        ("/accrualPeriodicity", 3, "wrong-type"),
        ("/secrecy", "保密", "value-not-in-code-list"),
        ("/identifier", "\u3000", "invalid-pattern"),
        ("/title", " " * 300, "invalid-pattern"),
        ("/issued", 20210618, "wrong-type"),
    ],
)
def test_one_value_is_one_fault(pointer, value, check):
    """A value that breaks several keywords is told once, by what to mend first."""
    assert [fault.check for fault in STRUCTURE.faults(changed(RESOURCE, pointer, value))] == [check]


def test_several_faults_stand_in_the_order_of_the_entry():
    """Positions sort as numbers, so the tenth item comes after the second."""
    items = [{"name": f"项{number}", "length": 0} for number in range(12)]
    faults = STRUCTURE.faults(changed(RESOURCE, "/dataItems", items))
    assert [fault.path[1] for fault in faults] == list(range(12))


def test_formats_without_explanation_still_have_a_reason():
    """A format of JSON Schema itself has a sentence too."""
    (fault,) = STRUCTURE.faults(changed(RESOURCE, "/landingPage/0", "看网站"))
    assert "uri" in fault.params["reason_zh"] and "uri" in fault.params["reason_en"]


def test_without_takes_values_out_and_keeps_positions():
    """Rules do not see rejected values; other elements of a list stay where they were, and the entry is not changed."""
    entry = {"a": [1, 2, {"b": 3, "c": 4}], "d": 5}
    before = copy.deepcopy(entry)
    assert without(entry, [("a", 0), ("a", 2, "b"), ("d",)]) == {"a": [None, 2, {"c": 4}]}
    assert without(entry, [("x", "y"), ("a", 9), ("d", "e")]) == entry == before
    assert without(entry, [()]) is None


@pytest.mark.parametrize(
    ("pointer", "anchor"),
    [
        ("/title", "/title"),
        ("/dataItems/1/length", "/dataItems/=经营者名称/length"),
        ("/dataItems/1", "/dataItems/=经营者名称"),
        ("/keyword/0", "/keyword/=食品经营许可"),
        # An element without a key of its own is known by its content.
        ("/classification/1/code", "/classification/#260a8b28c39fb400/code"),
        ("/serviceItems/0/name", "/serviceItems/=11430100MB1E2047913430131016002/name"),
        ("/dataItems/99/name", "/dataItems/99/name"),
        ("/nowhere/0/a~1b", "/nowhere/0/a~1b"),
    ],
)
def test_anchor_names_elements_by_their_own_key(pointer, anchor):
    """A finding keeps its identity when lines are moved: its anchor holds the item's name, not its position."""
    assert STRUCTURE.anchors(RESOURCE)(path_of(pointer)) == anchor


def pattern(validator, text, instance, schema):
    """Check `pattern` as ECMAScript does; the reference implementation would use Python's own expressions."""
    if isinstance(instance, str) and regress.Regex(text, "u").find(instance) is None:
        yield jsonschema.ValidationError("pattern")


def reference(kind):
    """Return the reference implementation's validator of `kind`."""
    checker = jsonschema.FormatChecker(formats=())
    for name, module in identifiers.formats().items():
        checker.checks(name)(lambda value, module=module: not isinstance(value, str) or module.is_compact(value))
    for name in ("uri", "email"):  # formats of JSON Schema itself: one implementation serves both
        alone = jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True)
        checker.checks(name)(alone.is_valid)
    registry = referencing.Registry().with_contents(SCHEMAS.resources.items(), default_specification=DRAFT202012)
    extended = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": pattern})
    return extended(SCHEMAS.closed(kind), registry=registry, format_checker=checker)


NEEDS = {kind: need_of(SCHEMAS, kind) for kind in SCHEMAS.kinds}
REFERENCES = {kind: reference(kind) for kind in SCHEMAS.kinds}
JUNK = [None, True, 0, -1, 1.5, 10**30, "x", [], {}, [[]], ["x"], {"x": 1}]
TEXTS = [
    "",
    " ",
    "\u3000",
    "x",
    "每月",
    "non-secret",
    "2021-06-31",
    "2021年",
    "长" * 5000,
    "http://x y",
    "11430100MB1E204792",
]


def pointers(value, pointer=""):
    """Return all values in an entry, but the entry itself, with their pointers."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    here = [(pointer + pointer_of((step,)), item) for step, item in steps]
    return [found for inner, item in here for found in ((inner, item), *pointers(item, inner))]


@st.composite
def spoiled(draw):
    """Draw an example with some values deleted, retyped, replaced by junk, or joined by an unknown one."""
    entry = draw(st.sampled_from([STANDARD.examples[kind] for kind in SCHEMAS.kinds]))
    for _ in range(draw(st.integers(1, 4))):
        pointer, old = draw(st.sampled_from([found for found in pointers(entry) if found[0] != "/kind"]))
        *way, _ = steps_of(pointer)
        node = entry
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node[step]
        value = draw(st.sampled_from(["delete", "retype", "add", *(TEXTS if isinstance(old, str) else JUNK)]))
        if value == "retype":
            value = draw(st.sampled_from([str, lambda old: [old], lambda old: {"value": old}]))(old)
        if value == "add" and isinstance(node, dict):
            pointer, value = pointer_of((*way, draw(st.sampled_from(["foo", "x-foo", "x", "Title"])))), "added"
        entry = changed(entry, pointer, GONE if value == "delete" else copy.deepcopy(value))
        if set(entry) == {"kind"}:
            break
    return entry


# The reference takes a hundred times as long as what it is compared with: the suite has a quarter of the cases.
@settings(max_examples=settings.default.max_examples // (1 if os.environ.get("TEST_WHOLE") else 4))
@given(spoiled())
def test_two_implementations_agree(entry):
    """Whatever is done to an entry, jsonschema-rs and the reference implementation find the same keywords broken.

    What is missing is not found by the first but by walking along. So does the quick look, which judges by the schemas
    put in place: it passes what has no fault, and nothing else.
    """
    kind = entry["kind"]
    fast = {
        (tuple(error.instance_path), error.kind.name)
        for error in STRUCTURE._validator(kind, explains=True).iter_errors(entry)
    }
    missing = {(path, "required") for path, _, _ in NEEDS[kind].lacking(entry)}
    slow = [*REFERENCES[kind].iter_errors(entry)]
    assert STRUCTURE._validator(kind, explains=False).is_valid(entry) == (not slow)
    assert not {keyword for _, keyword in fast} & {"required"}
    assert fast | missing == {(tuple(error.absolute_path), error.validator) for error in slow}


@given(spoiled())
def test_every_fault_has_a_place_a_check_and_words(entry):
    """No entry makes the explanation of a fault fail, and each says all that its texts ask for."""
    for fault in STRUCTURE.faults(entry):
        rule = checks()[fault.check]
        assert fault.severity in ("error", "warning") and fault.level in STANDARD.levels
        assert STRUCTURE.anchors(entry)(fault.path).startswith("/")
        asked = "".join(text.zh + text.en for text in (rule.message, rule.mend))
        assert set(re.findall(r"{(\w+)}", asked)) <= set(fault.params)


def test_what_the_schemas_say_of_a_fault_is_looked_up_once(monkeypatch):
    """Thousands of entries break the same keyword; the way to it in the schemas is the same for all."""
    looked = []
    locate = STANDARD.schemas.locate
    monkeypatch.setattr(type(STANDARD.schemas), "locate", lambda self, at: looked.append(at) or locate(at))
    structure = Structure(STANDARD)
    for number in range(50):
        assert structure.faults({"kind": "resource", "title": number, "issued": f"第{number}天"})
    assert len(looked) == len({*looked}) > 0
