"""Readers: the one way in. A file is opened once, told by its content, and read under limits.

Each family of files has a module of its own; heavy libraries are imported when a file of theirs is read.
"""

from mulu.readers.files import open_bytes, open_document
from mulu.readers.model import Document, Item, Json, Known, Notice, Place, Ref, Row, Scalar, Sheet

__all__ = [
    "Document",
    "Item",
    "Json",
    "Known",
    "Notice",
    "Place",
    "Ref",
    "Row",
    "Scalar",
    "Sheet",
    "open_bytes",
    "open_document",
]
