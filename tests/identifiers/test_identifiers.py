"""What holds for every number: the same functions, strictness, and reasons that a person can use."""

import pickle
import re
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu import identifiers
from mulu.identifiers import Identifier, InvalidIdentifier, partial_date
from mulu.identifiers.cn import (
    basic_code,
    citizen_number,
    handling_code,
    implementation_code,
    licence_identifier,
    licence_type_code,
    organisation_code,
    region_code,
    resource_code,
    uscc,
)
from mulu.texts import VALUE_LIMIT

MODULES: list[Identifier] = [
    basic_code,
    citizen_number,
    handling_code,
    implementation_code,
    licence_identifier,
    licence_type_code,
    organisation_code,
    partial_date,
    region_code,
    resource_code,
    uscc,
]
GOOD = {
    "citizen-number": ["11010519491231002X", "440524188001010014", "110105491231002"],
    "licence-identifier": [
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
    ],
    "licence-type-code": ["11100000000013338W011", "11100000MB03271699022"],
    "organisation-code": ["00247017X", "71526726X", "MB0327169", "000013338"],
    "partial-date": ["2018", "2018-06", "2018-06-01", "2018-06-01T08:00:00+08:00", "2020-02-29T23:59:60Z"],
    "region-code": ["330000", "330106", "330106109", "330106109001"],
    "resource-code": ["303084122704/000001", "3070010370/000066", "307021022100/000009", "201001/1"],
    "service-basic-code": ["370117002011", "000172149001", "002072029000", "442199806003"],
    "service-handling-code": ["11100000MB0341032Y100017214900101", "11370800MB28559184337011700201699"],
    "service-implementation-code": [
        "11100000MB032716991000115035000",
        "11370800MB285591843370117002011",
        "12441500196720244T3442199806003",
    ],
    "uscc": ["11330105002500287C", "11430000006122244L", "11370800MB28559184", "11100000000013338W"],
}
PAIRS = [(name, number) for name, numbers in GOOD.items() for number in numbers]
# What people and spreadsheets write around and into numbers.
texts = st.one_of(
    st.text(max_size=40),
    st.builds("{}{}".format, st.text(max_size=4), st.text("a１㎏ \u0307", min_size=250, max_size=260)),
    st.text("0123456789ABIOSXZ/-.: T+E年月日*", max_size=24),
    st.builds(
        lambda number, place, extra: number[:place] + extra + number[place + 1 :],
        st.sampled_from([number for _, number in PAIRS]),
        st.integers(0, 20),
        st.text(max_size=2),
    ),
)


def test_every_module_is_found_by_its_format() -> None:
    """A number is added by adding its module, and nothing else."""
    assert list(identifiers.formats().values()) == sorted(
        MODULES, key=lambda module: list(identifiers.formats()).index(module.FORMAT)
    )
    assert set(identifiers.formats()) == set(GOOD)


def test_the_caller_cannot_spoil_the_formats() -> None:
    """The dictionary is the caller's own."""
    identifiers.formats().clear()
    assert identifiers.formats()


@pytest.mark.parametrize(("name", "number"), PAIRS)
def test_good_numbers_pass(name: str, number: str) -> None:
    """Known good numbers are their own compact form, and stay good however they are spelled."""
    module = identifiers.formats()[name]
    full = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c > " " else c for c in number)
    assert module.validate(number) == module.validate(number, strict=True) == module.compact(number) == number
    assert module.validate(f"\t{full}\u200b ".lower()) == number
    assert module.is_valid(full)
    assert not module.is_compact(full)
    assert module.compact(module.format(number)) == number
    assert identifiers.explain(name, number) is None


@pytest.mark.parametrize(("name", "number"), PAIRS)
@pytest.mark.parametrize("blank", [" ", "\t", "\n", "\u3000", "\xa0", "\ufeff", "\u200b"])
def test_a_blank_is_pointed_at(name: str, number: str, blank: str) -> None:
    """An entry holds the compact form, so that the same number is the same text."""
    before = identifiers.explain(name, blank + number)
    after = identifiers.explain(name, number + blank)
    assert before is not None and before.position == 1
    assert after is not None and after.position == len(number) + 1
    assert f"U+{ord(blank):04X}" in after.zh
    assert f"U+{ord(blank):04X}" in after.en


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.FORMAT)
@pytest.mark.parametrize("value", [None, 12, 1.5, True, b"330106", ["330106"], {}])
def test_other_types_are_refused_not_raised(module: Identifier, value: object) -> None:
    """A number that a spreadsheet made of an identifier gets a reason, like any other mistake."""
    assert not module.is_valid(cast(str, value))
    assert not module.is_compact(cast(str, value))
    with pytest.raises(InvalidIdentifier, match="should be text"):
        module.validate(cast(str, value))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.FORMAT)
@pytest.mark.parametrize("text", ["", " ", "\t\u3000", "\u200b"])
def test_nothing_is_not_a_number(module: Identifier, text: str) -> None:
    """An empty cell has a reason of its own."""
    with pytest.raises(InvalidIdentifier, match="empty") as caught:
        module.validate(text)
    assert caught.value.position is None


@pytest.mark.parametrize(
    "name",
    [
        "uscc",
        "organisation-code",
        "citizen-number",
        "region-code",
        "resource-code",
        "service-basic-code",
        "service-handling-code",
        "service-implementation-code",
    ],
)
@pytest.mark.parametrize("text", ["1.13301E+17", "1e17", "1.1E+05", "１．１３３０１Ｅ＋１７"])
def test_scientific_notation_is_recognised(name: str, text: str) -> None:
    """The commonest damage that Excel does is named."""
    reason = identifiers.explain(name, text)
    assert reason is not None
    assert reason.zh.startswith("Excel 把号码变成了科学计数法")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.FORMAT)
@given(text=texts)
def test_compact_is_idempotent(module: Identifier, text: str) -> None:
    """What is compact stays as it is."""
    assert module.compact(module.compact(text)) == module.compact(text)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.FORMAT)
@given(text=texts)
def test_all_functions_agree(module: Identifier, text: str) -> None:
    """The four ways to ask give one answer, and `is_…` never raises."""
    reason = identifiers.explain(module.FORMAT, text)
    assert module.is_compact(text) is (reason is None)
    assert module.is_valid(text) is module.is_compact(module.compact(text))
    if module.is_compact(text):
        assert module.is_valid(text)
        assert module.validate(text) == text
    module.format(text)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.FORMAT)
@given(text=texts)
def test_reasons_fit_a_message(module: Identifier, text: str) -> None:
    """Both languages fit where messages quote a value; the position is in the text or just behind it."""
    reason = identifiers.explain(module.FORMAT, text)
    if reason is None:
        return
    assert 0 < len(reason.zh) <= VALUE_LIMIT
    assert 0 < len(reason.en) <= VALUE_LIMIT
    assert not reason.zh.endswith("。") and not reason.en.endswith(".")
    longest = max(len(text), len(module.compact(text)))
    assert reason.position is None or 1 <= reason.position <= longest + 1


@given(number=st.from_regex(r"[1-9][0-9]{5}(19|20)[0-9]{9}[0-9X]", fullmatch=True))
def test_reasons_do_not_give_a_person_away(number: str) -> None:
    """What is said of a citizen number may stand in a report."""
    reason = identifiers.explain("citizen-number", number)
    assert reason is None or not re.search("[0-9]{3}", reason.zh.replace("1800", "").replace("2099", ""))


def test_a_reason_survives_pickling() -> None:
    """Reasons cross process boundaries."""
    reason = identifiers.explain("uscc", "11330105002500287D")
    assert reason is not None
    copy = pickle.loads(pickle.dumps(reason))
    assert (copy.zh, copy.en, copy.position) == (reason.zh, reason.en, reason.position)
    assert (str(copy), copy.text("zh"), copy.text("en")) == (reason.en, reason.zh, reason.en)


def test_other_formats_are_not_ours() -> None:
    """Formats of JSON Schema itself are explained elsewhere."""
    assert identifiers.explain("date", "yesterday") is None


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.FORMAT)
@pytest.mark.parametrize("first", "09AXO/-. *年\u200b")
def test_a_megabyte_is_soon_refused(module: Identifier, first: str) -> None:
    """A hostile value costs no more than its length, combining marks too."""
    assert not module.is_valid(first * 2**20)
    assert not module.is_valid(first + "\u0301\u0316" * 2**19)


@pytest.mark.parametrize(
    ("name", "checks"), [("uscc", 2), ("organisation-code", 1), ("citizen-number", 1), ("licence-identifier", 2)]
)
def test_check_characters_are_put_in(name, checks):
    """What a number begins with gives the number."""
    for number in GOOD[name]:
        if len(number) != 15:  # the old citizen number has no check character
            assert identifiers.complete(name, number[:-checks]) == number
    with pytest.raises(KeyError):
        identifiers.complete("region-code", "330106")
