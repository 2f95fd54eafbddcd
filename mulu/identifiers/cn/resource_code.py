"""Code of an information resource (信息资源代码, 政务信息资源目录编制指南（试行）, 发改高技〔2017〕1272号).

    1          class      1 basic (基础), 2 thematic (主题), 3 departmental (部门)        类
    2 to 3     division   2 digits, such as 03 State Council, 07 provinces in class 3     项
    4 to 6     group      3 digits                                                        目
    7 and on   subgroup   any number of digits, also none                                 细目
    /
    rest       sequence   any number of digits; platforms write 6                         顺序码

The first four are the classification code; the body that keeps the catalog gives both halves. Many real
resources have codes of another shape, which older rules gave them. Official text: section 6 of the guide.

>>> from mulu.identifiers import explain
>>> validate("303084122704／000001 ")
'303084122704/000001'
>>> get_parts("303084122704/000001")
ResourceCode(category='3', division='03', group='084', subgroup='122704', sequence='000001')
>>> print(explain(FORMAT, "BA6006/000218"))
character 1, the class, should be 1, 2 or 3 but is “B”; a code of the 2017 guide is wanted
>>> print(explain(FORMAT, "00247017X/000709"))
it begins with an old organisation code; the 2017 guide begins with the class 1, 2 or 3
>>> print(explain(FORMAT, "3O3084122704/000001"))
character 2 should be a digit but is “O”; write the digit 0 for the letter O
>>> print(explain(FORMAT, "30308/000001"))
there are 5 digits before the slash and should be 6 or more: class, division, group
>>> print(explain(FORMAT, "30701505003030050000000003"))
the slash and the sequence code are missing at its end, as in 303084122704/000001
>>> print(explain(FORMAT, "303084122704_000001"))
character 13, “_”, should be a slash, as in 303084122704/000001
>>> print(explain(FORMAT, "303084122704/"))
there is no sequence code after the slash, as in 303084122704/000001
>>> print(explain(FORMAT, "3.03084E+11"))
Excel turned it into scientific notation and lost digits; set the cell to text and enter it again
>>> print(explain(FORMAT, "303084122704/ 000001"))
only its spelling is wrong: character 14 is a superfluous U+0020, remove it
"""

import re
from dataclasses import dataclass

from mulu.identifiers import InvalidIdentifier
from mulu.identifiers.cn import organisation_code
from mulu.identifiers.spelling import DIGITS, asked, plain, refuse_others, refuse_spelling, refuse_spoiled, shown

FORMAT = "resource-code"

_EXAMPLE = "303084122704/000001"


@dataclass(frozen=True, slots=True)
class ResourceCode:
    """The parts of a code, as digits; `subgroup` may be empty."""

    category: str
    division: str
    group: str
    subgroup: str
    sequence: str


def compact(text: str) -> str:
    """Return the code half width, the slash too, and in upper case, without white space."""
    return plain(text)


def validate(text: str, *, strict: bool = False) -> str:
    """Return the compact code or raise `InvalidIdentifier`; if `strict`, also where `text` is not compact."""
    number = compact(text)
    refuse_spoiled(number)
    before, slash, after = number.partition("/")
    _refuse_class(before)
    if not slash:
        _refuse_no_slash(number)
    refuse_others(before, DIGITS, "数字", "a digit", start=2)
    if len(before) < 6:
        raise InvalidIdentifier(
            f"斜杠前只有 {len(before)} 位，至少应有 6 位：类 1 位、项 2 位、目 3 位",
            f"there are {len(before)} digits before the slash and should be 6 or more: class, division, group",
            len(before) + 1,
        )
    if not after:
        raise InvalidIdentifier(
            f"斜杠后没有顺序码；应如 {_EXAMPLE}",
            f"there is no sequence code after the slash, as in {_EXAMPLE}",
            len(number),
        )
    refuse_others(number, DIGITS, "数字", "a digit", start=len(before) + 2)
    if strict:
        refuse_spelling(text, number)
    return number


is_valid, is_compact = asked(validate, re.compile(r"[123][0-9]{5,100}/[0-9]{1,100}").fullmatch)


def format(text: str) -> str:
    """Return the code as catalogs print it: with a slash, otherwise without separators."""
    return compact(text)


def get_parts(text: str) -> ResourceCode:
    """Return class, division, group, subgroup and sequence."""
    before, _, sequence = validate(text).partition("/")
    return ResourceCode(before[0], before[1:3], before[3:6], before[6:], sequence)


def _refuse_class(before: str) -> None:
    classed = before[:1] in ("1", "2", "3")
    digits = set(before) <= set(DIGITS)
    if organisation_code.is_compact(before) and not (classed and digits):
        raise InvalidIdentifier(
            "开头是旧的组织机构代码；2017 年指南的代码以类 1、2 或 3 开头，请按指南编码",
            "it begins with an old organisation code; the 2017 guide begins with the class 1, 2 or 3",
            1,
        )
    if classed:
        return
    found = shown(before[0]) if before else "“/”"
    raise InvalidIdentifier(
        f"第 1 位是类，应为 1（基础）、2（主题）或 3（部门），实际为{found}；请按 2017 年指南编码",
        f"character 1, the class, should be 1, 2 or 3 but is {found}; a code of the 2017 guide is wanted",
        1,
    )


def _refuse_no_slash(number: str) -> None:
    # Addresses write the slash as _ or %2F, some hands as a backslash, a hyphen or a stroke.
    for mark in ("%2F", "_", "\\", "|", "-"):
        if mark in number:
            position = number.index(mark) + 1
            raise InvalidIdentifier(
                f"第 {position} 位的“{mark}”应为斜杠，如 {_EXAMPLE}",
                f"character {position}, “{mark}”, should be a slash, as in {_EXAMPLE}",
                position,
            )
    refuse_others(number, DIGITS, "数字", "a digit", start=2)
    raise InvalidIdentifier(
        f"末尾缺少斜杠和顺序码；应如 {_EXAMPLE}",
        f"the slash and the sequence code are missing at its end, as in {_EXAMPLE}",
        len(number) + 1,
    )
