"""What XML can call an element, a prefix, a namespace."""

import re
from functools import lru_cache

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_PLAIN_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9./#_:-]+")
"""What needs no library to be judged, so that reading a standard does not load one."""
_RESERVED = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")
_PREFIXES_OF_LXML = re.compile(r"ns\d+")


@lru_cache(maxsize=10_000)
def is_name(text: str) -> bool:
    """Whether XML can call an element so, without a prefix.

    >>> is_name("申请条件"), is_name("a b"), is_name("1"), is_name("a:b")
    (True, False, False, False)
    """
    if _PLAIN_NAME.fullmatch(text):
        return True
    from lxml import etree

    try:
        etree.QName(text)
    except ValueError:
        return False
    return ":" not in text and not text.startswith("{")


def is_prefix(text: str) -> bool:
    """Whether the namespaces of a file that lxml writes can have this prefix.

    >>> is_prefix("gmd"), is_prefix("ns1"), is_prefix("xml")
    (True, False, False)
    """
    return is_name(text) and text not in ("xml", "xmlns") and not _PREFIXES_OF_LXML.fullmatch(text)


@lru_cache(maxsize=1_000)
def is_namespace(text: str) -> bool:
    """Whether XML can have a namespace of this name.

    >>> is_namespace("urn:a"), is_namespace(" "), is_namespace("http://www.w3.org/2000/xmlns/")
    (True, False, False)
    """
    if not text.strip() or text in _RESERVED or any(one in text for one in '<>"{} '):
        return False
    if _PLAIN_ADDRESS.fullmatch(text):
        return True
    from lxml import etree

    try:
        etree.Element("a", nsmap={"a": text})
        etree.fromstring(b'<a xmlns:a="' + text.encode().replace(b"&", b"&amp;") + b'"/>')
    except (ValueError, etree.XMLSyntaxError):
        return False
    return True
