"""Identifiers of electronic licences, and the codes of their types."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36 as oracle

from mulu.identifiers import InvalidIdentifier, explain
from mulu.identifiers.cn import licence_identifier, licence_type_code, organisation_code
from mulu.identifiers.cn.licence_identifier import LicenceIdentifier
from mulu.identifiers.iso7064 import ALPHABET_31, mod_31

ROOT = "1.2.156.3005.2."
TYPE, ISSUER = "11100000000013338W011", "11430000006122244L"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "cn" / "elicence_identifiers.tsv"


def _body(kind: str, region: str, inner: str) -> str:
    front = kind + region + inner + organisation_code.check_character(inner)
    return front + mod_31(front)


bodies = st.builds(
    _body,
    st.sampled_from(["11", "12", "N2", "91", "A1"]),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET_31, min_size=8, max_size=8),
)
types = st.builds("{}{:03d}".format, bodies, st.integers(0, 999))
serials = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=64)
parts = st.tuples(types, bodies, serials, st.integers(1, 999).map("{:03d}".format))


def _identifier(four: tuple[str, str, str, str]) -> str:
    return f"{ROOT}{'.'.join(four)}.{licence_identifier.check_character(*four)}"


wrong = [
    (f"{ROOT}{TYPE}.{ISSUER}.20230000403.001.V", 73, "第 73 位校验位应为 U，实际为“V”"),
    (f"{ROOT}{TYPE}.{ISSUER}.20230000403.001.UU", 73, "校验位（第 73 位）应为 1 位，实际为 2 位"),
    (f"{ROOT}{TYPE}.{ISSUER}.20230000403.001.", 73, "应为 1 位，实际为 0 位"),
    (f"{ROOT}{TYPE}.{ISSUER}.20230000403.001", None, "末尾缺少校验位；按前面各段计算应为 U"),
    (f"{TYPE}.{ISSUER}.20230000403.001.U", 1, "开头缺少根代码 1.2.156.3005.2"),
    (f"1.2.156.3005.{TYPE}.{ISSUER}.20230000403.001.U", 14, "第 14 位应为“2”"),
    (f"1.2.156.300S.2.{TYPE}.{ISSUER}.20230000403.001.U", 12, "实际为“S”"),
    ("1.2.156.3005.2", 15, "只有根代码"),
    (f"{ROOT}{TYPE}.20230000403.001.U", None, "实际为 4 段"),
    (f"{ROOT}{TYPE[:-1]}.{ISSUER}.20230000403.001.U", 16, "应为 21 位，实际为 20 位"),
    (f"{ROOT}{TYPE[:-3]}O11.{ISSUER}.20230000403.001.U", 34, "请把字母 O 改为数字 0"),
    (f"{ROOT}1110000000001333XW011.{ISSUER}.20230000403.001.U", 33, "第 33 位是第 16 至 32 位机构代码的校验码"),
    (f"{ROOT}{TYPE}.43000.20230000403.001.U", 38, "应为 18 位统一社会信用代码，至少 6 位，实际为 5 位"),
    (f"{ROOT}{TYPE}.{ISSUER}0.20230000403.001.U", 38, "实际为 19 位"),
    (f"{ROOT}{TYPE}.{ISSUER[:-1]}M.20230000403.001.U", 73, "第 73 位校验位应为"),
    (f"{ROOT}{TYPE}.4300-0.20230000403.001.U", 42, "第 42 位应为数字或大写字母"),
    (f"{ROOT}{TYPE}.{ISSUER}..001.U", 57, "流水号（第 57 位起）应为 1 至 64 位，实际为 0 位"),
    (f"{ROOT}{TYPE}.{ISSUER}.{'1' * 65}.001.U", 57, "实际为 65 位"),
    (f"{ROOT}{TYPE}.{ISSUER}.2023-00403.001.U", 61, "第 61 位应为数字或大写字母，实际为“-”"),
    (f"{ROOT}{TYPE}.{ISSUER}.20230000403.1.U", 69, "版本号（第 69 位起）应为 3 位数字，实际为 1 位"),
    (f"{ROOT}{TYPE}.{ISSUER}.20230000403.000.U", 69, "从 001 开始"),
    (f"{ROOT}{TYPE}. {ISSUER}.20230000403.001.U", 38, "多余的 U+0020"),
    (f"{ROOT}{TYPE}．{ISSUER}.20230000403.001.U", 37, "“．”（U+FF0E）应写成“.”"),
    (f"{ROOT}{TYPE}.{ISSUER}.20230000403.001.u", 73, "“u”应写成“U”"),
    ("1.2E+15", None, "科学计数法"),
]
wrong_types = [
    ("11100000000013338W", 19, "缺少后面 3 位类型流水号"),
    ("11100000000013338W01", None, "应为 21 位，实际为 20 位"),
    ("1110000000001333OW011", 17, "请把字母 O 改为数字 0"),
    ("11100000000013338X011", 18, "应为 W，实际为 X"),
    ("11100000000013338W0l1", 20, "请把字母 L 改为数字 1"),
    ("B1100000000013338W011", 1, "第 1 位应为 1 至 9、A、N、Y 之一"),
    ("11100000000013338w011", 18, "“w”应写成“W”"),
]


@pytest.mark.parametrize(("text", "position", "zh"), wrong)
def test_position_and_reason(text: str, position: int | None, zh: str) -> None:
    """The reason names the character or the part, and tells what to do."""
    reason = explain("licence-identifier", text)
    assert reason is not None
    assert reason.position == position
    assert zh in reason.zh


@pytest.mark.parametrize(("text", "position", "zh"), wrong_types)
def test_position_and_reason_of_a_type(text: str, position: int | None, zh: str) -> None:
    """The same for the code of a type."""
    reason = explain("licence-type-code", text)
    assert reason is not None
    assert reason.position == position
    assert zh in reason.zh


def test_the_inner_check_character_alone_rejects_nothing() -> None:
    """The inner check character of a body rests on memory, so a right outer one is enough."""
    front = "11330105002500280"
    assert licence_type_code.is_compact(front + mod_31(front) + "001")


@pytest.mark.parametrize("issuer", ["340100", "113700000045046442", "00247017X", ISSUER[:-1] + "M"])
def test_issuers_that_are_no_credit_code(issuer: str) -> None:
    """Such identifiers are in use; the check character at the end tells whether one is right."""
    identifier = _identifier((TYPE, issuer, "20230000403", "001"))
    assert licence_identifier.is_compact(identifier)
    assert licence_identifier.get_parts(identifier).issuer == issuer


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")
def test_identifiers_that_are_in_use() -> None:
    """Every real one with a right check character passes, a region for the issuer too; the wrong sample does not."""
    with CORPUS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert len(rows) == 7
    for row in rows:
        assert licence_identifier.is_compact(row["identifier"]) is (row["agrees"] == "yes")
        if row["agrees"] == "no":
            reason = explain("licence-identifier", row["identifier"])
            assert reason is not None and f"应为 {row['computed_mod37_36']}" in reason.zh


@given(parts)
def test_made_identifiers_pass(four: tuple[str, str, str, str]) -> None:
    """Every combination that the standard allows is taken, and comes apart again."""
    identifier = _identifier(four)
    assert licence_identifier.validate(identifier, strict=True) == identifier
    assert licence_identifier.get_parts(identifier) == LicenceIdentifier(*four)
    assert licence_type_code.get_body(four[0]) == four[0][:18]
    oracle.validate("".join(four) + identifier[-1])


@given(parts, st.data())
def test_one_wrong_character_is_caught(four: tuple[str, str, str, str], data: st.DataObject) -> None:
    """MOD 37,36 shows every single substitution."""
    identifier = _identifier(four)
    place = data.draw(st.integers(0, len(identifier) - 1))
    other = data.draw(st.characters(exclude_characters=identifier[place]))
    changed = identifier[:place] + other + identifier[place + 1 :]
    if licence_identifier.compact(changed) != identifier:
        assert not licence_identifier.is_valid(changed)


def test_parts_of_what_is_wrong_are_not_given() -> None:
    """What does not conform has no parts."""
    with pytest.raises(InvalidIdentifier):
        licence_identifier.get_parts(f"{ROOT}{TYPE}.{ISSUER}.20230000403.001.V")
    with pytest.raises(InvalidIdentifier):
        licence_type_code.get_body(ISSUER)
