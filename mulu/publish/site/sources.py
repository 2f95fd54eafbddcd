"""What the standard is founded on: which clause of which document is named by which property, rule and code list."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mulu.publish.site.model import Field, Model, Shape
from mulu.standard import Rule

# How documents are cited: by number, by the number of an official paper, by title, or by a term of a vocabulary.
_DOCUMENTS = (
    re.compile(r"[A-Z]{2,}\d*(?:/[A-Z]+)? ?\d[\d.]*(?:-\d{4})?"),
    re.compile(r"[^\s，、；（(]*〔\d{4}〕\d+号"),
    re.compile(r"《[^》]+》"),
    re.compile(r"[a-z][a-z0-9]*(?=:[A-Za-z])"),
    re.compile(r"[^\s（(]+"),
)


@dataclass(slots=True)
class Clause:
    """One clause: its text as cited, and what names it."""

    text: str
    fields: list[tuple[Shape, Field | None]] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)


def citations(text: str) -> Iterator[tuple[str, str]]:
    """Yield document and clause of each citation in a source.

    >>> list(citations("GB/T 21063.3-2007 名称（resTitle）；dct:title"))
    [('GB/T 21063.3-2007', '名称（resTitle）'), ('dct', 'dct:title')]
    """
    for cited in re.split("[；;]", text):
        cited = cited.strip().rstrip("。")
        match = next((found for pattern in _DOCUMENTS if (found := pattern.match(cited))), None)
        if match:
            is_term = cited[match.end() : match.end() + 1] == ":"
            yield match.group(), cited if is_term else cited[match.end() :].strip()


def documents(model: Model) -> dict[str, dict[str, Clause]]:
    """Return the clauses of each document, the documents and the clauses in the order of their names."""
    found: dict[str, dict[str, Clause]] = {}

    def clause(document: str, text: str) -> Clause:
        return found.setdefault(document, {}).setdefault(text, Clause(text))

    for shape in model.shapes.values():
        for cited in citations(shape.source):
            clause(*cited).fields.append((shape, None))
        for one in shape.fields:
            for cited in dict.fromkeys(citations(one.source)):
                clause(*cited).fields.append((shape, one))
    for rule in model.standard.rules.values():
        for cited in dict.fromkeys(citations(rule.text.source)):
            clause(*cited).rules.append(rule)
    for name in model.standard.codes:
        codes = model.standard.codes[name].codes
        cited_by_codes = {document for code in codes for document, _ in citations(code.fields.get("source", ""))}
        for document in sorted(cited_by_codes):
            clause(document, "").lists.append(name)
    return {document: dict(sorted(found[document].items())) for document in sorted(found)}
