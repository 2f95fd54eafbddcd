"""What the standard is founded on: which clause of which document is named by which property, rule and code list."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mulu.publish.check.clauses import coverage
from mulu.publish.site.model import Field, Model, Shape
from mulu.standard import Rule
from mulu.texts import Text

VOCABULARY, OTHER = "vocabulary", "other"
"""Under what terms of vocabularies stand, and what cites no document by its number or title."""
# How documents are cited: by number, by the number of an official paper, by title.
_DOCUMENTS = (
    re.compile(r"[A-Z]{2,}\d*(?:/[A-Z]+)? ?\d[\d.]*(?:-\d{4})?"),
    re.compile(r"[^\s，、；（(]*〔\d{4}〕\d+号"),
    re.compile(r"《[^》]+》"),
    re.compile(r"[^\s，、；（(“]{2,30}(?:(?<!做)法|条例|规定|办法)(?=\s|$|第|（)"),
)
_UNSAID = Text("", "")
_TERM = re.compile(r"[a-z][a-z0-9]*:[A-Za-z]")


@dataclass(slots=True)
class Clause:
    """One clause: its text as cited, and what names it.

    `title` and `unchecked`, why nothing checks it, are what the standard's list of clauses says of it.
    """

    text: str
    title: Text = _UNSAID
    unchecked: Text = _UNSAID
    fields: list[tuple[Shape, Field | None]] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)


def citations(text: str) -> Iterator[tuple[str, str]]:
    """Yield document and clause of each citation in a source.

    >>> list(citations("GB/T 21063.3-2007 名称（resTitle）；dct:title；各地做法"))
    [('GB/T 21063.3-2007', '名称（resTitle）'), ('vocabulary', 'dct:title'), ('other', '各地做法')]
    """
    for cited in re.split("[；;]", text):
        cited = cited.strip().rstrip("。")
        match = next((found for pattern in _DOCUMENTS if (found := pattern.match(cited))), None)
        if match:
            yield match.group(), cited[match.end() :].strip()
        elif cited:
            yield VOCABULARY if _TERM.match(cited) else OTHER, cited


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
        cited_by_codes = {cited for code in codes for cited in citations(code.fields.get("source", ""))}
        # A document that a list is taken from is told once, however many of its clauses the lines name.
        known = {(document, "" if document != OTHER else text) for document, text in cited_by_codes}
        for document, text in sorted(known):
            clause(document, text).lists.append(name)
    for covered in (covered for layer in model.standard.layers for covered in coverage(layer)):
        listed = clause(covered.clause.document, covered.clause.clause)
        listed.title, listed.unchecked = covered.clause.title, covered.clause.unchecked
        if not (listed.fields or listed.rules or listed.lists):
            # It is cited together with others, in other words than those of the list.
            _cite(model, listed, covered.by)
    last = {VOCABULARY: 1, OTHER: 2}
    order = sorted(found, key=lambda document: (last.get(document, 0), document))
    return {document: dict(sorted(found[document].items())) for document in order}


def _cite(model: Model, clause: Clause, by: tuple[str, ...]) -> None:
    """Enter what cites a clause, as `coverage` names it."""
    for part, _, name in (where.partition("/") for where in by):
        if part == "rules":
            clause.rules.append(model.standard.rules[name])
        elif part == "codes":
            clause.lists.append(name)
        else:
            kind, _, pointer = name.partition("/")
            at = model.at(kind, f"/{pointer}") if pointer else (model.shapes[kind], None)
            if at is not None and at not in clause.fields:
                clause.fields.append(at)
