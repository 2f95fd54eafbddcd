"""Check characters, against worked examples and python-stdnum."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.cn import uscc as oracle
from stdnum.iso7064 import mod_11_2 as oracle_11_2
from stdnum.iso7064 import mod_37_36 as oracle_37_36

from mulu.identifiers.iso7064 import ALPHABET_31, mod_11_2, mod_31, mod_37_36

ALPHABET_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    "identifier",
    [
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S",
        "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
        "1.2.156.3005.2.11100000000013338W087.11370800MB28559184.37080001202411010001.001.3",
        "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
        "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    ],
)
def test_licence_identifiers(identifier: str) -> None:
    """Electronic licences (GB/T 36904) check all but the root with MOD 37,36."""
    body, check = identifier.removeprefix("1.2.156.3005.2.").replace(".", "")[:-1], identifier[-1]
    assert mod_37_36(body) == check


def test_a_made_up_licence_identifier_fails() -> None:
    """A sample from a manual whose check character nobody computed."""
    body = "11100000000013661B006113700000045046442209FA4E88F9E4C878F3E9BED2CE7EA49001"
    assert mod_37_36(body) == "D"


@given(st.text("0123456789", min_size=1, max_size=40))
def test_mod_11_2_as_stdnum(digits: str) -> None:
    """Two implementations agree, at any length."""
    assert mod_11_2(digits) == oracle_11_2.calc_check_digit(digits)


@given(st.text("0123456789", min_size=17, max_size=17))
def test_mod_11_2_as_the_citizen_number_of_stdnum(digits: str) -> None:
    """The citizen number is MOD 11-2, which stdnum computes in another way there."""
    assert mod_11_2(digits) == ric.calc_check_digit(f"{digits}0")


@given(st.text(ALPHABET_36, min_size=1, max_size=60))
def test_mod_37_36_as_stdnum(body: str) -> None:
    """Two implementations agree, at any length."""
    assert mod_37_36(body) == oracle_37_36.calc_check_digit(body)


@given(st.text(ALPHABET_31, min_size=17, max_size=17))
def test_mod_31_as_stdnum(body: str) -> None:
    """Two implementations agree, whatever the first character is."""
    assert mod_31(body) == oracle.calc_check_digit(body)


@given(st.text(ALPHABET_36, min_size=2, max_size=40), st.data())
def test_mod_37_36_catches_one_wrong_character(body: str, data: st.DataObject) -> None:
    """The standard promises that every single substitution is found."""
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.sampled_from(ALPHABET_36.replace(body[place], "")))
    assert mod_37_36(body[:place] + other + body[place + 1 :]) != mod_37_36(body)


@pytest.mark.parametrize(("function", "body"), [(mod_11_2, "1٣"), (mod_37_36, "a"), (mod_31, "I" * 17), (mod_31, "1")])
def test_characters_outside_the_alphabet(function: Callable[[str], str], body: str) -> None:
    """A character without a value has no check character."""
    with pytest.raises(ValueError):
        function(body)
