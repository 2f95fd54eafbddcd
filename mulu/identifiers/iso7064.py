"""Check characters: ISO 7064 (GB/T 17710) MOD 11-2 and MOD 37,36, and the relative of them in GB 32100-2015.

Each function takes the number without its check character and returns that character; a character outside the
alphabet raises `ValueError`.

>>> mod_11_2("11010519491231002")
'X'
>>> mod_37_36("11100000000013338W01111430000006122244L20230000403001")
'U'
>>> mod_31("11330105002500287")
'C'
>>> mod_11_2("1101051949123100Z")
Traceback (most recent call last):
    ...
ValueError: substring not found
"""

_ALPHABET_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABET_31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015: digits and capital letters without I, O, S, V, Z."""
_WEIGHTS_31 = tuple(pow(3, place, 31) for place in range(17))


def mod_11_2(digits: str) -> str:
    """Return the check character, 0 to 9 or X, of decimal digits (pure system, ISO 7064 MOD 11-2)."""
    product = 0
    for digit in digits:
        product = (product + "0123456789".index(digit)) * 2 % 11
    return "0123456789X"[(12 - product) % 11]


def mod_37_36(text: str) -> str:
    """Return the check character, 0 to 9 or A to Z, of digits and capital letters (hybrid system)."""
    product = 36
    for character in text:
        product = (product + _ALPHABET_36.index(character)) % 36 or 36
        product = product * 2 % 37
    return _ALPHABET_36[(37 - product) % 36]


def mod_31(body: str) -> str:
    """Return the check character of the 17 characters before it: weights 3^(i-1) mod 31 (GB 32100-2015)."""
    values = map(ALPHABET_31.index, body)
    return ALPHABET_31[-sum(value * weight for value, weight in zip(values, _WEIGHTS_31, strict=True)) % 31]
