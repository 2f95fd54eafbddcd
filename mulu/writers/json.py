"""JSON and JSON Lines."""

from typing import BinaryIO

import orjson

from mulu.pointer import Json, dumps


def write_json(stream: BinaryIO, tree: Json, *, lines: bool = False) -> None:
    """Write a tree as one indented document, or the elements of a list one a line."""
    if lines and isinstance(tree, list):
        for record in tree:
            stream.write(dumps(record) + b"\n")
        return
    try:
        stream.write(orjson.dumps(tree, option=orjson.OPT_INDENT_2) + b"\n")
    except TypeError:  # an integer of more than 64 bits
        stream.write(dumps(tree) + b"\n")
