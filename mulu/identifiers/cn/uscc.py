"""Unified social credit code (统一社会信用代码, GB 32100-2015 with amendment 1 of 2016).

    1         registering department   1 to 9, A, N or Y; see `get_department`
    2         kind of body             1 to 9, numbered by each department; see `get_kind`
    3 to 8    region of registration   GB/T 2260; 100000 for national registration
    9 to 17   organisation code        GB 11714, with its own check character at 17, see below
    18        check                    weights 3^(i-1), modulo 31

Characters 1, 2 and 9 to 18 are digits and capitals without I, O, S, V and Z. The code is given to a legal
person or other organisation when it registers, by the department that registers it, and never changes. The
region is checked for its shape only: it names the region of that day. Some codes given during the trials
before the standard (M000 at characters 9 to 12) do not meet it. Character 17 alone does not make a code wrong,
because the text of GB 11714 was not read; it helps to say what is wrong where 18 fails. Official text:
https://openstd.samr.gov.cn/bzgk/gb/newGbInfo?hcno=24691C25985C1073D3A7C85629378AC0

>>> from mulu.identifiers import explain
>>> validate(" 11330105 002500287c")
'11330105002500287C'
>>> print(explain(FORMAT, "11330105002500287D"))
character 18, the check character, should be C but is D; check 1 to 8 and 18
>>> print(explain(FORMAT, "11330105002500278C"))
character 18, the check character, should be E but is C, and 17 fails too; check 9 to 17
>>> print(explain(FORMAT, "11330105OO2500287C"))
character 9 should be one of 0-9 A-Z without I O S V Z but is “O”; write the digit 0 for the letter O
>>> print(explain(FORMAT, "113301O5002500287C"))
character 7 should be a digit but is “O”; write the digit 0 for the letter O
>>> print(explain(FORMAT, "B1330105002500287C"))
character 1 should be one of 1 to 9, A, N and Y but is “B”; write the digit 8 for the letter B
>>> print(explain(FORMAT, "00247017-X"))
9 characters are an old organisation code; use the 18-character code of the body
>>> print(explain(FORMAT, "330106000012345"))
15 digits are an old business registration number; use the 18-character code
>>> print(explain(FORMAT, "1.13301E+17"))
Excel turned it into scientific notation and lost digits; set the cell to text and enter it again
>>> print(explain(FORMAT, "11010519491231002X"))
this is a citizen number, not the code of a body; remove it, it is personal
>>> print(explain(FORMAT, "11330105002500287c"))
only its spelling is wrong: character 18 is “c”, write “C”
"""

from mulu.identifiers import InvalidIdentifier
from mulu.identifiers.cn import citizen_number, organisation_code
from mulu.identifiers.iso7064 import ALPHABET_31, mod_31
from mulu.identifiers.spelling import (
    DIGITS,
    asked,
    plain,
    refuse_length,
    refuse_others,
    refuse_spelling,
    refuse_spoiled,
)
from mulu.texts import Text

FORMAT = "uscc"

_OTHER = Text("其他", "other")
_DEPARTMENTS = {
    "1": Text("机构编制", "public institutions"),
    "2": Text("外交", "foreign affairs"),
    "3": Text("司法行政", "justice"),
    "4": Text("文化", "culture"),
    "5": Text("民政", "civil affairs"),
    "6": Text("旅游", "tourism"),
    "7": Text("宗教", "religion"),
    "8": Text("工会", "trade unions"),
    "9": Text("工商", "market regulation"),
    "A": Text("中央军委改革和编制办公室", "armed forces"),
    "N": Text("农业", "agriculture"),
    "Y": _OTHER,
}
# A kind that is not listed is no fault: the departments may number further ones.
_KINDS = {
    "11": Text("机关", "government or party body"),
    "12": Text("事业单位", "public institution"),
    "13": Text("编办直接管理机构编制的群众团体", "mass organisation"),
    "19": _OTHER,
    "21": Text("外国常驻新闻机构", "resident foreign news agency"),
    "29": _OTHER,
    "31": Text("律师执业机构", "law firm"),
    "32": Text("公证处", "notary office"),
    "33": Text("基层法律服务所", "local legal service"),
    "34": Text("司法鉴定机构", "forensic institution"),
    "35": Text("仲裁委员会", "arbitration commission"),
    "39": _OTHER,
    "41": Text("外国在华文化中心", "foreign cultural centre"),
    "49": _OTHER,
    "51": Text("社会团体", "association"),
    "52": Text("民办非企业单位", "private non-enterprise unit"),
    "53": Text("基金会", "foundation"),
    "59": _OTHER,
    "61": Text("外国旅游部门常驻代表机构", "foreign tourism office"),
    "62": Text("港澳台地区旅游部门常驻代表机构", "tourism office of Hong Kong, Macao or Taiwan"),
    "69": _OTHER,
    "71": Text("宗教活动场所", "place of worship"),
    "72": Text("宗教院校", "religious school"),
    "79": _OTHER,
    "81": Text("基层工会", "local trade union"),
    "89": _OTHER,
    "91": Text("企业", "enterprise"),
    "92": Text("个体工商户", "sole trader"),
    "93": Text("农民专业合作社", "farmers' cooperative"),
    "A1": Text("军队事业单位", "military institution"),
    "A9": _OTHER,
    "N1": Text("组级集体经济组织", "collective of a village group"),
    "N2": Text("村级集体经济组织", "collective of a village"),
    "N3": Text("乡镇级集体经济组织", "collective of a township"),
    "N9": _OTHER,
    "Y1": _OTHER,
}


def compact(text: str) -> str:
    """Return the code half width and in upper case, without white space and hyphens."""
    return plain(text, hyphens=True)


def validate(text: str, *, strict: bool = False) -> str:
    """Return the compact code or raise `InvalidIdentifier`; if `strict`, also where `text` is not compact."""
    number = compact(text)
    refuse_spoiled(number)
    if len(number) != 18:
        _refuse_length(number)
    try:
        _refuse_content(number)
    except InvalidIdentifier:
        if citizen_number.is_valid(number):
            raise InvalidIdentifier(
                "这是公民身份号码，不是机构的代码；涉及个人信息，请删去",
                "this is a citizen number, not the code of a body; remove it, it is personal",
            ) from None
        raise
    if strict:
        refuse_spelling(text, number)
    return number


is_valid, is_compact = asked(validate)


def format(text: str) -> str:
    """Return the code as certificates print it: without separators."""
    return compact(text)


def complete(text: str) -> str:
    """Return the code of the 16 characters before its two check characters, that of characters 9 to 16 and its own.

    >>> complete("1143010400612008")
    '11430104006120089D'
    """
    body = text + organisation_code.check_character(text[8:16])
    return body + mod_31(body)


def get_department(text: str) -> Text:
    """Return the department that registered the body, by character 1 (登记管理部门).

    >>> get_department("11330105002500287C").zh
    '机构编制'
    """
    return _DEPARTMENTS[validate(text)[0]]


def get_kind(text: str) -> Text | None:
    """Return the kind of body, by characters 1 and 2 (机构类别); `None` if the standard does not list it.

    >>> get_kind("12100000400000624D").en
    'public institution'
    """
    return _KINDS.get(validate(text)[:2])


def get_region(text: str) -> str:
    """Return the 6 digits of the region of registration, as it was at that time (登记管理机关行政区划码).

    >>> get_region("11330105002500287C")
    '330105'
    """
    return validate(text)[2:8]


def get_organisation_code(text: str) -> str:
    """Return the organisation code in compact form (主体标识码).

    >>> get_organisation_code("11100000MB03271699")
    'MB0327169'
    """
    return validate(text)[8:17]


def _refuse_length(number: str) -> None:
    if len(number) == 9:
        raise InvalidIdentifier(
            "这是 9 位的旧组织机构代码；请填写同一机构的 18 位统一社会信用代码",
            "9 characters are an old organisation code; use the 18-character code of the body",
        )
    if len(number) in (13, 15) and set(number) <= set(DIGITS):
        raise InvalidIdentifier(
            f"这是 {len(number)} 位的旧工商注册号；请按营业执照填写 18 位统一社会信用代码",
            f"{len(number)} digits are an old business registration number; use the 18-character code",
        )
    refuse_length(number, "18")


def _refuse_content(number: str) -> None:
    first = "".join(_DEPARTMENTS)
    refuse_others(number, first, " 1 至 9、A、N、Y 之一", "one of 1 to 9, A, N and Y", stop=1)
    refuse_others(number, "123456789", "数字 1 至 9", "a digit from 1 to 9", start=2, stop=2)
    refuse_others(number, DIGITS, "数字", "a digit", start=3, stop=8)
    refuse_others(
        number,
        ALPHABET_31,
        "数字或 I、O、S、V、Z 以外的大写字母",
        "one of 0-9 A-Z without I O S V Z",
        start=9,
    )
    _refuse_check_characters(number)


def _refuse_check_characters(number: str) -> None:
    wanted = mod_31(number[:17])
    if number[17] == wanted:
        return
    inner = organisation_code.is_valid(number[8:17])
    if number[8:12] == "M000":
        raise InvalidIdentifier(
            "校验码不符；第 9 至 12 位为 M000 的是试点期间赋的码，证照上如确为此码，请向登记机关换码",
            "the check fails; M000 at 9 to 12 is from the trials: if paper says so, ask for a new code",
            18,
        )
    if number.endswith("000") and set(number) <= set(DIGITS):
        raise InvalidIdentifier(
            "校验码不符，且末三位是 000：Excel 只保留 15 位数字；请把单元格设为文本后重新填写",
            "the check fails and it ends in 000: Excel keeps 15 digits; set the cell to text, enter it again",
            16,
        )
    if inner:
        raise InvalidIdentifier(
            f"第 18 位校验码应为 {wanted}，实际为 {number[17]}；请核对第 1 至 8 位和第 18 位",
            f"character 18, the check character, should be {wanted} but is {number[17]}; check 1 to 8 and 18",
            18,
        )
    raise InvalidIdentifier(
        f"第 18 位校验码应为 {wanted}，实际为 {number[17]}，第 17 位校验码也不符；请核对第 9 至 17 位",
        f"character 18, the check character, should be {wanted} but is {number[17]}, and 17 fails too; check 9 to 17",
        18,
    )
