"""Identifier of an electronic licence (电子证照标识, GB/T 36904-2018).

    root            1.2.156.3005.2, the object identifier of electronic licences          根代码
    type            21 characters, see `licence_type_code`                                 证照类型代码
    issuer          the unified social credit code of the issuer; 6 to 18 are seen         证照颁发机构代码
    serial number   digits and capital letters; 7 to 32 are seen                           流水号
    version         3 digits from 001, one more each time the licence is made again        版本号
    check           one character, ISO 7064 MOD 37,36 over the four parts before it        校验位

Dots stand between the parts; neither they nor the root are counted in the check. The issuer makes it when it
makes the electronic licence, and it never changes. Some systems write the 6-digit region or a number of their own
instead of the issuer's credit code; that is taken, since the check is right then too. Official text: GB/T 36904-2018 at
https://openstd.samr.gov.cn

>>> from mulu.identifiers import explain
>>> validate("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.u")
'1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U'
>>> get_parts("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9")
LicenceIdentifier(type='11100000MB03271699022', issuer='340100', serial='000000016', version='001')
>>> print(explain(FORMAT, "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.U"))
character 73, the check character, should be S but is U; compare all parts with the licence
>>> print(explain(FORMAT, "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001"))
the check character is missing at the end; by the parts before it it is U
>>> print(explain(FORMAT, "11100000000013338W011.11430000006122244L.20230000403.001.U"))
the root 1.2.156.3005.2 is missing in front
>>> print(explain(FORMAT, "1.2.156.3005.3.11100000000013338W011.11430000006122244L.20230000403.001.U"))
character 14 should be “2”, as in the root 1.2.156.3005.2, but is “3”
>>> print(explain(FORMAT, "1.2.156.3005.2.11100000000013338W011.20230000403.001.U"))
there are 4 parts after the root and should be 5: type, issuer, serial number, version, check
>>> print(explain(FORMAT, "1.2.156.3005.2.11100000000013338W11.11430000006122244L.20230000403.001.U"))
the type, from character 16, should have 21 characters but has 20
>>> print(explain(FORMAT, "1.2.156.3005.2.11100000000013338X011.11430000006122244L.20230000403.001.U"))
character 33, which checks the body at 16 to 32, should be W but is X
>>> print(explain(FORMAT, "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.1.U"))
the version, from character 69, should have 3 digits but has 1
>>> print(explain(FORMAT, "1.2.156.3005.2.11100000000013338W011.11430000006122244L.2023-403.001.U"))
character 61 should be a digit or capital letter but is “-”
"""

from dataclasses import dataclass

from mulu.identifiers import InvalidIdentifier
from mulu.identifiers.cn import licence_type_code
from mulu.identifiers.iso7064 import mod_37_36
from mulu.identifiers.spelling import DIGITS, asked, plain, refuse_others, refuse_spelling, refuse_spoiled, shown

FORMAT = "licence-identifier"

_ROOT = "1.2.156.3005.2"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST_SERIAL = 64


@dataclass(frozen=True, slots=True)
class LicenceIdentifier:
    """The parts of an identifier without root and check; `issuer` is a credit code, a region or a local number."""

    type: str
    issuer: str
    serial: str
    version: str


def compact(text: str) -> str:
    """Return the identifier half width, the dots too, and in upper case, without white space."""
    return plain(text)


def validate(text: str, *, strict: bool = False) -> str:
    """Return the compact identifier or raise `InvalidIdentifier`; if `strict`, also where `text` is not compact."""
    number = compact(text)
    refuse_spoiled(number)
    _refuse_root(number)
    parts = number[len(_ROOT) + 1 :].split(".")
    _refuse_number_of_parts(parts)
    kind, issuer, serial, version, _ = parts
    start = len(_ROOT) + 2
    _refuse_type(number, kind, start)
    start += len(kind) + 1
    _refuse_issuer(number, issuer, start)
    start += len(issuer) + 1
    _refuse_serial(number, serial, start)
    start += len(serial) + 1
    _refuse_version(number, version, start)
    _refuse_check(number, parts)
    if strict:
        refuse_spelling(text, number)
    return number


is_valid, is_compact = asked(validate)


def format(text: str) -> str:
    """Return the identifier as licences print it: with dots, otherwise without separators."""
    return compact(text)


def get_parts(text: str) -> LicenceIdentifier:
    """Return type, issuer, serial number and version."""
    return LicenceIdentifier(*validate(text)[len(_ROOT) + 1 :].split(".")[:4])


def complete(text: str) -> str:
    """Return the identifier of the root and the four parts before its check character, with dots between.

    >>> complete("1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001")
    '1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F'
    """
    return f"{text}.{check_character(*text.removeprefix(f'{_ROOT}.').split('.'))}"


def check_character(type: str, issuer: str, serial: str, version: str) -> str:
    """Return the check character of the four parts.

    >>> check_character("11100000000013338W032", "11220000013544541J", "2430599", "001")
    'F'
    """
    return mod_37_36(type + issuer + serial + version)


def _refuse_root(number: str) -> None:
    if number.startswith(f"{_ROOT}."):
        return
    first = number.partition(".")[0]
    if len(first) in (18, 20, 21, 22):
        raise InvalidIdentifier(f"开头缺少根代码 {_ROOT}", f"the root {_ROOT} is missing in front", 1)
    for position, wanted in enumerate(f"{_ROOT}.", 1):
        found = number[position - 1 : position]
        if found == wanted:
            continue
        if not found:
            break
        raise InvalidIdentifier(
            f"第 {position} 位应为“{wanted}”（根代码 {_ROOT}），实际为{shown(found)}",
            f"character {position} should be “{wanted}”, as in the root {_ROOT}, but is {shown(found)}",
            position,
        )
    raise InvalidIdentifier(
        "只有根代码，后面缺少证照类型代码、颁发机构代码、流水号、版本号和校验位",
        "there is nothing but the root; type, issuer, serial number, version and check are missing",
        len(number) + 1,
    )


def _refuse_number_of_parts(parts: list[str]) -> None:
    if len(parts) == 5:
        return
    if len(parts) == 4 and len(parts[3]) == 3 and set("".join(parts)) <= set(_ALPHABET):
        wanted = mod_37_36("".join(parts))
        raise InvalidIdentifier(
            f"末尾缺少校验位；按前面各段计算应为 {wanted}",
            f"the check character is missing at the end; by the parts before it it is {wanted}",
        )
    raise InvalidIdentifier(
        f"根代码之后应有 5 段（类型代码、颁发机构代码、流水号、版本号、校验位），实际为 {len(parts)} 段",
        f"there are {len(parts)} parts after the root and should be 5: type, issuer, serial number, version, check",
    )


def _refuse_type(number: str, kind: str, start: int) -> None:
    if len(kind) != 21:
        raise InvalidIdentifier(
            f"证照类型代码（第 {start} 位起）应为 21 位，实际为 {len(kind)} 位",
            f"the type, from character {start}, should have 21 characters but has {len(kind)}",
            start,
        )
    licence_type_code.refuse_body(number, start)
    refuse_others(number, DIGITS, "数字", "a digit", start=start + 18, stop=start + 20)


def _refuse_issuer(number: str, issuer: str, start: int) -> None:
    # Regions and numbers of their own stand here, too, with a right check at the end.
    if not 6 <= len(issuer) <= 18:
        raise InvalidIdentifier(
            f"颁发机构代码（第 {start} 位起）应为 18 位统一社会信用代码，至少 6 位，实际为 {len(issuer)} 位",
            f"the issuer, from character {start}, should be a credit code of 18 characters, 6 at least, but has"
            f" {len(issuer)}",
            start,
        )
    refuse_others(
        number, _ALPHABET, "数字或大写字母", "a digit or capital letter", start=start, stop=start + len(issuer) - 1
    )


def _refuse_serial(number: str, serial: str, start: int) -> None:
    if not 0 < len(serial) <= _LONGEST_SERIAL:
        raise InvalidIdentifier(
            f"流水号（第 {start} 位起）应为 1 至 {_LONGEST_SERIAL} 位，实际为 {len(serial)} 位",
            f"the serial number, from character {start}, should have 1 to {_LONGEST_SERIAL} characters"
            f" but has {len(serial)}",
            start,
        )
    refuse_others(
        number, _ALPHABET, "数字或大写字母", "a digit or capital letter", start=start, stop=start + len(serial) - 1
    )


def _refuse_version(number: str, version: str, start: int) -> None:
    if len(version) != 3:
        raise InvalidIdentifier(
            f"版本号（第 {start} 位起）应为 3 位数字，实际为 {len(version)} 位",
            f"the version, from character {start}, should have 3 digits but has {len(version)}",
            start,
        )
    refuse_others(number, DIGITS, "数字", "a digit", start=start, stop=start + 2)
    if version == "000":
        raise InvalidIdentifier(
            f"版本号（第 {start} 位起）从 001 开始，实际为 000",
            f"the version, from character {start}, begins with 001 but is 000",
            start,
        )


def _refuse_check(number: str, parts: list[str]) -> None:
    check, wanted = parts[4], mod_37_36("".join(parts[:4]))
    last = len(number) - len(check) + 1
    if len(check) != 1:
        raise InvalidIdentifier(
            f"校验位（第 {last} 位）应为 1 位，实际为 {len(check)} 位",
            f"the check, at character {last}, should be 1 character but has {len(check)}",
            last,
        )
    if check != wanted:
        raise InvalidIdentifier(
            f"第 {last} 位校验位应为 {wanted}，实际为{shown(check)}；请对照证照核对各段",
            f"character {last}, the check character, should be {wanted} but is {check};"
            " compare all parts with the licence",
            last,
        )
