"""Writers: a tree to bytes, in the syntax that the output's ending names. One module a family."""

from typing import BinaryIO

from mulu.pointer import Json
from mulu.standard.mappings import Mapping


def write(stream: BinaryIO, mapping: Mapping, tree: Json, ending: str) -> None:
    """Write a tree in the mapping's family; `ending` (with its dot) chooses among the syntaxes of that family."""
    match mapping.family:
        case "xml":
            from mulu.writers.xml import write_xml

            write_xml(stream, mapping, tree)
        case "rdf":
            from mulu.writers.rdf import write_rdf

            write_rdf(stream, mapping, tree, ending)
        case _:
            from mulu.writers.json import write_json

            write_json(stream, tree, lines=ending == ".jsonl")
