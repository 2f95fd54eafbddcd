"""Findings and places: values that survive reordering and another process, with personal numbers hidden."""

import copy
import pickle
import random

import pytest

from mulu.errors import BadStandard, MissingExtra, MuluError, NotRecognised, Unreadable, UsageFault, internal_error
from mulu.findings import Finding, RuleText, Subject, finding, fingerprint
from mulu.place import Place, column_name
from mulu.standard import load
from mulu.texts import Text
from mulu.validate.structure import Structure

CITIZEN, MOBILE = "11010519491231002X", "13812345678"
RULE = RuleText(
    id="some-rule",
    severity="error",
    level="share",
    title=Text("标题", "Title"),
    why=Text("原因", "Why"),
    message=Text("“{title}”的值 {value} 不对", "the value {value} of “{title}” is wrong"),
    mend=Text("请改 {value}", "correct {value}"),
)
PLACES = [
    (Place("a.xlsx", sheet="目录", row=12, column=6), "a.xlsx › 目录!F12", "F12"),
    (Place("a.xlsx", sheet="目录", row=12, column=28), "a.xlsx › 目录!AB12", "AB12"),
    (Place("a.xlsx", sheet="目录", row=12), "a.xlsx › 目录!12:12", None),
    (Place("a.xlsx", sheet="目录"), "a.xlsx › 目录", None),
    (Place("a.csv", row=2, column=1, line=3), "a.csv:3:1", None),
    (Place("a.csv", sheet="a", row=2, column=1, line=3), "a.csv:3:1", None),
    (Place("a.json", line=3), "a.json:3", None),
    (Place("a.json"), "a.json", None),
]
ERRORS = [
    MuluError("中", "en"),
    UsageFault("中", "en"),
    Unreadable("a.csv", "中", "en", place=Place("a.csv", line=3)),
    NotRecognised("a.csv", "中", "en"),
    BadStandard("a.yaml", "中", "en", line=3, column=1),
    MissingExtra("rdf", "读 RDF ", "reading RDF"),
]


def found(**given):
    """Return a finding of RULE with what a test cares about."""
    values = {
        "subject": Subject(1, "resource", "307/1", "许可", "某局", "resource 307/1"),
        "pointer": "/title",
        "anchor": "/title",
        "params": {"title": "许可", "value": "x"},
        "value": "x",
        "source": Place("a.csv", line=2),
    }
    return finding(RULE, **{**values, **given})


@pytest.mark.parametrize(("place", "text", "cell"), PLACES)
def test_place_is_written_as_its_program_shows_it(place, text, cell):
    """A spreadsheet cell is F12, a place in a text file is line and column as editors jump to."""
    assert (str(place), place.cell) == (text, cell)
    assert place.to_dict()["cell"] == cell and place.to_dict()["path"] == place.path


def test_columns_are_named_as_in_a_spreadsheet():
    """Every column up to the last one of a spreadsheet has its own name, and they sort by length, then letters."""
    names = [column_name(number) for number in range(1, 16385)]
    assert names[:2] + names[25:28] + names[-1:] == ["A", "B", "Z", "AA", "AB", "XFD"]
    assert len(set(names)) == len(names) and names == sorted(names, key=lambda name: (len(name), name))


@pytest.mark.parametrize("value", [CITIZEN, MOBILE, f"电话{MOBILE}", [MOBILE], {"a": {"b": CITIZEN}}])
def test_personal_numbers_never_get_into_a_finding(value):
    """Value, parameters, sentences, name and owner are masked when a finding is made, so no report can forget it."""
    subject = Subject(1, "resource", MOBILE, f"名{CITIZEN}", f"人{MOBILE}", "key")
    one = found(value=value, params={"value": value, "title": f"题{CITIZEN}"}, subject=subject)
    assert CITIZEN not in repr(one) and MOBILE not in repr(one)
    assert CITIZEN not in str(one.to_dict()) and MOBILE not in str(one.to_dict())
    assert one.subject.number == 1 and one.subject.key == "key"


@pytest.mark.parametrize(
    ("kind", "value", "hidden"),
    [
        ("person-name", "王小明", "王**"),
        ("phone", "8765432", "*******"),
        ("email", "wang@example.org", "w***@example.org"),
        (None, "王小明", "王小明"),
        (None, "121100004000006240", "121100004000006240"),
    ],
)
def test_property_declared_personal_is_masked_as_such(kind, value, hidden):
    """What a schema calls personal is hidden even where it looks like nothing in particular."""
    one = found(value=value, params={"value": value, "title": "联系人"}, personal=kind)
    assert (one.value, one.params["value"]) == (hidden, hidden)
    assert one.message == Text(f"“联系人”的值 {hidden} 不对", f"the value {hidden} of “联系人” is wrong")
    assert one.mend == Text(f"请改 {hidden}", f"correct {hidden}")


def test_severity_and_level_of_the_place_win():
    """A schema may call a fault a warning; otherwise the rule's own word counts."""
    assert (found().severity, found().level) == ("error", "share")
    softer = found(severity="warning", level="register")
    assert (softer.severity, softer.level) == ("warning", "register")


def test_values_of_a_template_are_shown_not_interpreted():
    """A submitted text with braces or escapes stays what it is in the message."""
    one = found(params={"title": "{value}", "value": "\x1b[31m"}, value="\x1b[31m")
    assert one.message.zh == r"“{value}”的值 \x1b[31m 不对"


def test_fingerprint_survives_reordering():
    """The same fault keeps its number when lines are moved, entries inserted and files renamed."""
    first = found(pointer="/dataItems/0/name", anchor="/dataItems/=编号/name")
    moved = found(
        pointer="/dataItems/7/name",
        anchor="/dataItems/=编号/name",
        subject=Subject(9, "resource", "307/1", "许可", "某局", "resource 307/1"),
        source=Place("b.csv", line=99),
        input=3,
        value="y",
    )
    assert first.to_dict()["fingerprint"] == moved.to_dict()["fingerprint"]
    assert first.content_key == moved.content_key


@pytest.mark.parametrize(
    "other", [{"anchor": "/other"}, {"subject": Subject(1, key="another")}], ids=["another place", "another entry"]
)
def test_fingerprint_tells_faults_apart(other):
    """Another place or another entry is another fault, and so is the second of two that look the same."""
    one = found().to_dict()["fingerprint"]
    assert one != found(**other).to_dict()["fingerprint"] and one != found().to_dict(2)["fingerprint"]
    assert len(one) == 32 and int(one, 16) >= 0


def test_fingerprint_is_the_same_in_every_version():
    """Baselines and waivers hold these numbers for years."""
    assert fingerprint("some-rule\nresource 307/1\n/title", 1) == "672abe5609f0c2552330f1fd74a6b3ee"
    assert fingerprint("\ud800", 1) != fingerprint("\ud801", 1)


def test_order_counts_numbers_as_numbers():
    """Findings stand in the order of the input, of the entries, of the elements: 2 before 10."""
    ordered = [
        found(input=file, subject=Subject(number, key="k"), pointer=pointer)
        for file in (0, 2, 10)
        for number in (0, 2, 10)
        for pointer in ("/a/2/b", "/a/10/b", "/b")
    ]
    shuffled = random.Random(1).sample(ordered, len(ordered))
    assert sorted(shuffled, key=lambda one: one.order) == ordered


@pytest.mark.parametrize(
    ("subject", "label"),
    [
        (Subject(3, "resource", "307/1", "许可"), "307/1"),
        (Subject(3, "resource", None, "许可"), "许可"),
        (Subject(3, "resource", "", ""), "#3"),
        (Subject(), None),
    ],
)
def test_entry_is_called_by_what_a_person_knows(subject, label):
    """An entry is named by its code, else by its title, and by its number only if it has neither."""
    assert subject.label == label


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("copied", [lambda value: pickle.loads(pickle.dumps(value)), copy.copy], ids=["pickle", "copy"])
def test_error_crosses_processes(error, copied):
    """A worker's error arrives as the same class with all its fields."""
    other = copied(error)
    assert type(other) is type(error) and vars(other) == vars(error)
    assert (str(other), other.text("zh")) == (str(error), error.text("zh"))


def test_finding_crosses_processes():
    """So do findings, rule texts, places, and the faults of structure."""
    faults = Structure(load()).faults({"kind": "resource", "title": 3})
    for value in [found(), RULE, Place("a", line=1), Subject(1), Text("中", "en"), *faults]:
        other = pickle.loads(pickle.dumps(value))
        assert type(other) is type(value) and other == value


def test_finding_is_a_value():
    """A finding cannot be changed once it is made."""
    one = found()
    assert isinstance(one, Finding) and one == found()
    with pytest.raises(AttributeError):
        one.value = "y"


def test_a_list_where_a_personal_text_belongs_is_masked():
    """What the value is, whatever its type, is hidden in parameters and message as well."""
    told = finding(
        RULE,
        subject=Subject(1),
        pointer="/contact",
        anchor="/contact",
        params={"title": "联系人", "value": ["欧阳示例"]},
        value=None,
        source=Place("a.json"),
        personal="person-name",
    )
    assert "欧阳示例" not in f"{told.params}{told.message}{told.mend}" and "联系人" in told.message.zh


def test_too_little_memory_is_no_defect():
    """A file that the process has no room for is not to be reported to the project."""
    assert "memory" in internal_error("a", MemoryError()).en and "internal" not in internal_error("a", MemoryError()).en
