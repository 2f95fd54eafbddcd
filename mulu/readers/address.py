"""Addresses of databases, as the command line and settings name them."""

import re


def is_address(text: str) -> bool:
    """Whether `text` is an address, and no path of a file: `sqlite:///catalog.db`."""
    return re.match(r"[A-Za-z][A-Za-z0-9+_.-]+://", text) is not None


def shown_address(address: str) -> str:
    """Return an address without its user, password and options, for messages and accounts.

    >>> shown_address("postgresql://user:secret@host:5432/db?sslmode=require")
    'postgresql://host:5432/db'
    """
    scheme, _, rest = address.partition("://")
    if not scheme.startswith("sqlite"):
        # Whatever a password holds, it ends before the last “@”.
        rest = rest.rpartition("@")[2]
    rest = re.split(r"[?#&]", rest, maxsplit=1)[0]
    return f"{scheme.split('+')[0]}://{'…' if '=' in rest else rest}"
