"""Masking: what is hidden, what is left alone, and that it costs no more than the length of the text."""

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu import mask as module
from mulu.identifiers.cn import uscc
from mulu.identifiers.iso7064 import mod_11_2
from mulu.mask import mask, mask_value

if TYPE_CHECKING:
    from mulu.findings import Json

HIDDEN = {
    "citizen number": ("11010519491231002X", "110105************"),
    "citizen number, small x": ("11010519491231002x", "110105************"),
    "citizen number, wrong check": ("440524188001010015", "440524************"),
    "citizen number in a sentence": ("张三(440524188001010014)。", "张三(440524************)。"),
    "citizen number, full width": ("１１０１０５１９４９１２３１００２Ｘ", "１１０１０５************"),
    "citizen number in groups": ("110105 19491231 002X", "110105 ******** ****"),
    "citizen number in groups of any length": ("110105-1949-12-31-002X", "110105-****-**-**-****"),
    "citizen number in two groups": ("11010519491231 002X", "110105******** ****"),
    "citizen number in fours": ("1101 0519 4912 3100 2X", "1101 05** **** **** **"),
    "citizen number, digit by digit": (
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
        "1 1 0 1 0 5 * * * * * * * * * * * *",
    ),
    "citizen number within a code": ("A11010519491231002Xb2", "A110105************b2"),
    "citizen number, Cyrillic letter": ("11010519491231002\u0425", "110105************"),
    "citizen number, sign of multiplication": ("11010519491231002\xd7", "110105************"),
    "citizen number with what is not seen": ("1101051949\u200b1231002X", "110105****\u200b********"),
    "two citizen numbers": ("440524188001010014/11010519491231002X", "440524************/110105************"),
    "old citizen number": ("身份证110105491231002", "身份证110105*********"),
    "mobile": ("13812345678", "138******78"),
    "mobile behind a letter": ("tel13812345678", "tel138******78"),
    "mobile, full width": ("手机：１３８１２３４５６７８", "手机：１３８******７８"),
    "mobile in groups": ("138 1234 5678", "138 **** **78"),
    "mobile with hyphens": ("138-1234-5678", "138-****-**78"),
    "mobile, wide hyphens": ("138—1234—5678", "138—****—**78"),
    "mobile in two groups": ("138 12345678", "138 ******78"),
    "mobile with dots": ("138.1234.5678", "138.****.**78"),
    "mobile with low lines": ("138_1234_5678", "138_****_**78"),
    "mobile, brackets": ("(138)1234-5678", "(138)****-**78"),
    "mobile in an address": ("?tel=138%201234%205678", "?tel=138************78"),
    "mobile, digit by digit": ("1 3 8 1 2 3 4 5 6 7 8", "1 3 8 * * * * * * 7 8"),
    "mobile with what is not seen": ("1381\xad2345\u200b678", "138*\xad****\u200b*78"),
    "mobiles between what is not seen": ("13812345678\u200b13912345679", "138******78\u200b139******79"),
    "mobile, +86": ("+8613812345678", "+86138******78"),
    "mobile, +86 apart": ("+86 138 1234 5678", "+86 138 **** **78"),
    "mobile, full-width +86": ("＋８６-13812345678", "＋８６-138******78"),
    "mobile, 0086": ("0086-13812345678", "0086-138******78"),
    "two mobiles": ("13812345678/13912345679", "138******78/139******79"),
    "mobile as a quantity": ("13812345678.0", "138******78.0"),
    "mobile in bold": ("**13812345678**", "**138******78**"),
    "mobile behind a numeral": ("①13812345678", "①138******78"),
    "landline": ("0571-87654321", "0571-******21"),
    "landline, 7 digits": ("0577-8765432", "0577-*****32"),
    "landline of Beijing": ("010-87654321", "010-******21"),
    "landline, full width": ("０５７１－８７６５４３２１", "０５７１－******２１"),
    "landline, dash": ("0571——87654321", "0571——******21"),
    "landline, brackets": ("（0571）87654321", "（0571）******21"),
    "landline, blank": ("0571 8765 4321", "0571 **** **21"),
    "landline in one": ("电话057187654321", "电话057*******21"),
    "landline, extension": ("0571-87654321-8012", "0571-******21-****"),
    "landline, extension in words": ("0571-87654321转8012", "0571-******21转****"),
    "landline from abroad": ("+86-571-87654321", "+86-571-******21"),
    "landlines": ("0571-87654321、010-87654321", "0571-******21、010-******21"),
    "card": ("4111111111111111", "4111**********11"),
    "card in groups": ("4111 1111 1111 1111", "4111 **** **** **11"),
    "card behind another group": ("5555 4111 1111 1111 1111", "5555 4111 **** **** **11"),
    "card of 19 digits": ("卡号6200000000000000000", "卡号6200*************00"),
    "card with dots": ("4111.1111.1111.1111", "4111.****.****.**11"),
    "card in two groups": ("622202 0200112233446", "6222** ***********46"),
    "card of before UnionPay": ("9558802020011223340", "9558*************40"),
    "card of 19 digits in groups": ("6200-0000-0000-0000-000", "6200-****-****-****-*00"),
}
LEFT = {
    "code of a body": "11330105002500287C",
    "code of digits alone": "121100004000006240",
    "resource code": "303084122704/000001",
    "resource code, long": "3030841227041111/000001",
    "catalog code": "30701505003030050000000003",
    "milliseconds": "1527811200000",
    "seconds": "1527811200",
    "mobile, too long": "138123456789",
    "mobile, too short": "1381234567",
    "no mobile": "12812345678",
    "month 13": "110105194913310021",
    "old, month 13": "110105491331002",
    "no Luhn": "4111111111111112",
    "code of Shandong that is right as a card": "3701020020180000",
    "digits in a list": "1 2 3 4 5 6 7 8 9 0 1",
    "name of an object": "1.3.6.1.4.1.9.1.2.3.4",
    "region, day and number": "330106 2018 0601 0001",
    "amount": "13,812,345,678.00",
    "hexadecimal": "3f2a13812345678b9",
    "date and time": "2018-06-01T08:00:00.000+08:00",
    "date range": "2018-06-01 2019-06-01",
    "days": "20180601 20190601",
    "region": "330106109001",
    "old resource code": "00247017X/000709",
    "Guangdong": "29000/01300008",
    "area without number": "0571-1234",
    "masked already": "138******78",
    "service number": "12345",
    "organisation code": "00247017-X",
    "Arabic digits": "١٣٨١٢٣٤٥٦٧٨",
}
# Pieces of numbers, and what may stand between them.
pieces = st.lists(
    st.sampled_from(
        "138 1234 5678 13812345678 13912345686 0571 010 87654321 8765432 87654386 057187654321 86 0086 10 571 12 1"
        " 6222 4111 1111 4111111111111111 110105 19491231 0021 11010519491231002X 110105491231002 000001 303021 a X"
        " （010） ５ １３８ 转 #".split()
    )
    | st.sampled_from(["", *" -._/*+()。", "——", "**", "****", "%20", "\u200b", "\xad"]),
    max_size=16,
).map("".join)


@pytest.mark.parametrize(("text", "masked"), HIDDEN.values(), ids=HIDDEN)
def test_personal_numbers_are_hidden(text: str, masked: str) -> None:
    """Whatever the spelling, and with the text around untouched."""
    assert mask(text) == masked
    assert mask(f"联系：{text}，谢谢") == f"联系：{masked}，谢谢"


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_other_numbers_stay(text: str) -> None:
    """A report with mangled codes is of no use."""
    assert mask(text) == text
    assert mask(f"编号：{text}，谢谢") == f"编号：{text}，谢谢"


def test_a_number_of_two_meanings() -> None:
    """18 digits that are right both as a body's and as a person's number are taken for a person's."""
    fronts = (f"1101051949{day:04d}{end:03d}" for day in range(1201, 1231) for end in range(1000))
    both = [number for front in fronts if uscc.is_compact(number := front + mod_11_2(front))]
    bodies = [
        number
        for end in range(10_000)
        if uscc.is_compact(number := f"11010519491231{end:04d}") and mod_11_2(number[:17]) != number[17]
    ]
    assert both and bodies
    assert all(mask(number) == f"{number[:6]}{'*' * 12}" for number in both)
    assert all(mask(number) == number for number in bodies)


@given(
    st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    st.dates(date(1800, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
)
def test_every_citizen_number_is_hidden(region: str, day: date, sequence: int) -> None:
    """No valid number escapes, wherever it stands."""
    front = f"{region}{day:%Y%m%d}{sequence:03d}"
    number = front + mod_11_2(front)
    assert mask(f"，{number}a") == f"，{region}{'*' * 12}a"


@given(st.text() | pieces)
def test_a_second_time_nothing_changes(text: str) -> None:
    """Masked texts are masked again on their way into a report."""
    masked = mask(text)
    assert mask(masked) == masked
    assert len(masked) == len(text)
    assert all(new in (old, "*") for old, new in zip(text, masked, strict=True))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | pieces,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)
kinds = st.sampled_from([None, "phone", "person-name", "email", "citizen-number", "anything"])


@given(json_values, kinds)
def test_values_too(value: "Json", kind: str | None) -> None:
    """Values of every kind are masked once and for all."""
    masked = mask_value(value, kind)
    assert mask_value(masked, kind) == masked
    assert mask_value(masked, None) == masked


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("person-name", "王小明", "王**"),
        ("person-name", "李雷", "李*"),
        ("person-name", "李", "*"),
        ("person-name", "买买提·艾力", "买**·**"),
        ("person-name", "张三、李四", "张*、**"),
        ("person-name", "John Smith", "J*** *****"),
        ("phone", "13812345678", "138******78"),
        ("phone", "0571-87654321", "057*-******21"),
        ("phone", "87654321", "876***21"),
        ("phone", "12345", "*****"),
        ("phone", "张三 13812345678", "** 1********78"),
        ("phone", 13812345678, "138******78"),
        ("phone", 13812345678.0, "138******78"),
        ("email", "zhang.san@example.com", "z****.***@example.com"),
        ("email", "z@example.com", "*@example.com"),
        ("email", "zhang@example.com 张三", "z****@*******.*** **"),
        ("email", "张三", "张*"),
        ("email", "li@13812345678", "l*@138******78"),
        ("citizen-number", "11010519491231002X", "110105************"),
        ("citizen-number", "1101051949", "**********"),
        ("citizen-number", "张三", "**"),
        ("citizen-number", 110105194912310021, "110105************"),
        ("of-another-standard", "秘密 1", "** *"),
        (None, "张三 13812345678", "张三 138******78"),
        (None, 13812345678, "138******78"),
        (None, 42, 42),
        (None, 1.5, 1.5),
        (None, 10**5000, 10**5000),
        ("phone", 10**5000, "***"),
        ("phone", None, None),
        ("phone", True, True),
        ("phone", "", ""),
        ("phone", {"a": ["13812345678", {"b": None}]}, {"a": ["138******78", {"b": None}]}),
    ],
    ids=lambda value: None if isinstance(value, str) or value is None else type(value).__name__,
)
def test_values_of_a_known_kind(kind: str | None, value: "Json", masked: "Json") -> None:
    """What a property is known to hold is masked in its way, whatever it looks like."""
    assert mask_value(value, kind) == masked


def test_the_value_given_stays() -> None:
    """The caller's own value is not changed."""
    value: Json = {"phones": ["13812345678"]}
    mask_value(value, None)
    assert value == {"phones": ["13812345678"]}


def test_deep_values() -> None:
    """Depth is no reason to fail."""
    value: Json = "13812345678"
    for _ in range(100_000):
        value = [value]
    masked = mask_value(value, None)
    for _ in range(100_000):
        assert isinstance(masked, list)
        masked = masked[0]
    assert masked == "138******78"


def test_all_digits_that_are_folded() -> None:
    """Exactly the decimal digits that NFKC makes one of 0 to 9 count as such."""
    every = [chr(point) for point in range(0x80, 0x110000)]
    expected = {
        character: folded
        for character in every
        if unicodedata.category(character) == "Nd" and (folded := unicodedata.normalize("NFKC", character)).isascii()
    }
    assert {c: f for c in expected if (f := c.translate(module._FOLD)) != c} == expected


patterns = {name: value for name, value in vars(module).items() if isinstance(value, re.Pattern)}
hostile = [
    *"0134568+-(*# 转aX./E年",
    "138 ",
    "138-1234-",
    "4111 ",
    "0571-",
    "8613",
    "(010)",
    "110105 19491231 ",
    "1a",
    "1 1 0 1 0 5 1 9 4 9 ",
    "1\u200b",
    "138%20",
]


@pytest.mark.parametrize("pattern", patterns.values(), ids=patterns)
def test_patterns_are_linear(pattern: re.Pattern[str]) -> None:
    """256 KiB of anything that a number may begin with is searched to its end; backtracking takes minutes for each."""
    for unit in hostile:
        text = (unit * (2**18 // len(unit) + 1))[: 2**18]
        ends = [match.end() for match in pattern.finditer(text)]
        assert ends == sorted(ends), unit


@pytest.mark.parametrize("unit", hostile)
def test_masking_is_linear(unit: str) -> None:
    """A hostile text is masked to its end, and keeps its length."""
    text = (unit * (2**18 // len(unit) + 1))[: 2**18]
    hidden = mask_value([text], "phone")
    assert isinstance(hidden, list)
    assert [len(mask(text)), len(str(hidden[0]))] == [len(text), len(text)]


@pytest.mark.parametrize("before", [0, 9_850, 9_890, 9_895, 9_899, 9_990, 9_995, 10_000, 20_000])
@pytest.mark.parametrize(
    "number", ["13812345678", "11010519491231002X", "1 3 8 1 2 3 4 5 6 7 8", "１３８１２３４５６７８"]
)
def test_a_number_in_a_long_text_is_masked_wherever_it_stands(number, before):
    """Also across the place from which on each digit is; the text keeps its length, and nothing changes again."""
    text = f"{'甲' * before}{number}{'乙' * 20_000}"
    hidden = mask(text)
    shown = hidden.translate(dict.fromkeys(map(ord, " 甲乙")))
    assert len(hidden) == len(text) and shown.count("*") >= 6 and mask(hidden) == hidden


def test_a_code_that_comes_again_is_looked_through_once(monkeypatch):
    """A resource's code stands in each of its findings, as the value and in what is said of it."""
    looked: list[str] = []
    replaced = module._replaced
    monkeypatch.setattr(module, "_replaced", lambda text, *way: looked.append(text) or replaced(text, *way))
    mask("30701505003030050000000099")
    once = len(looked)
    for _ in range(100):
        mask("30701505003030050000000099")
    assert len(looked) == once > 0
