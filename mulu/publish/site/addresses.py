"""Where things stand in the site: the pages of shapes and lists, below the folder of a language, and places in them."""

import re
from urllib.parse import quote

from mulu.publish.site.model import Shape
from mulu.standard import CodeList
from mulu.texts import clean

PAGE_ROWS = 1_000
"""How many codes stand on one page of a list."""
_NOT_IN_NAME = re.compile(r'[\x00-\x1f<>:"/\\|?*#%&;=+\x7f]|^\.|\.$|^\s|\s$')


def is_address(name: str) -> bool:
    """Whether a name can be a file of a site on every system, and a part of an address."""
    return bool(name) and not _NOT_IN_NAME.search(name) and len(name.encode()) <= 120 and name == clean(name)


def anchor(name: str) -> str:
    """Return the name of the place of something in a page."""
    return quote(name, safe="")


def page_of(shape: Shape) -> str:
    """Return the page of a shape, below the folder of a language."""
    return f"{'kinds' if shape.is_kind else 'objects'}/{shape.name}.html"


def list_page(codes: CodeList, row: int = 0) -> str:
    """Return the page of a code list on which the line `row`, from 0, stands."""
    number = row // PAGE_ROWS
    return f"codes/{codes.id}.html" if number == 0 else f"codes/{codes.id}/{number + 1}.html"
