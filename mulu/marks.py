"""What a tree of RDF says besides values: names of members that neither XML nor JSON-LD can have.

XML has attributes as `@name`, JSON-LD its keywords; a mark that looked like one of them would hide a value.
"""

REF = "^ref"
"""Leads to the node of that name in the graph."""
LANG = "^lang"
"""The language of a literal."""
DATATYPE = "^datatype"
"""The datatype of a literal."""
GRAPH = "@graph"
"""All nodes by their names, as in JSON-LD."""

MARKS = (REF, LANG, DATATYPE)
"""Members that tell of another value or lead to it, and are none themselves."""
