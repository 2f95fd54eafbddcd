"""The lines of a further sheet, joined to the entries of the main one by the value that names them."""

from dataclasses import dataclass

from mulu.convert.columns import matches
from mulu.convert.engine import Builder
from mulu.convert.paths import get
from mulu.convert.plan import Plan, plan
from mulu.convert.tables import Line, Table
from mulu.convert.values import as_text
from mulu.pointer import pointer_of
from mulu.standard import Standard
from mulu.standard.mappings import Detail, Mapping, Spec


@dataclass(slots=True)
class Joined:
    """The lines of a further sheet by the value that names their entry."""

    detail: Detail
    plan: Plan
    column: int
    heading: str
    lines: dict[str, list[Line]]
    spec: Spec

    @classmethod
    def of(cls, detail: Detail, table: Table, standard: Standard, mapping: Mapping) -> "Joined":
        into = tuple(detail.into.split("."))
        made = plan(table, detail.fields, mapping.drops, standard.codes, inside=f"{pointer_of(into)}/*")
        joined = next(item for item in table.columns if matches(item, detail.join_heading))
        made.matching.taken.add(joined.number)
        made.properties[joined.number] = pointer_of(detail.join_target)
        # A code is spelled in the entry as its property is.
        key = next((spec for spec in mapping.fields if spec.target == detail.join_target), None)
        by_value: dict[str, list[Line]] = {}
        value = ""
        for line in table.lines:
            # A blank cell goes on with the entry of the line above.
            if joined.number in line.cells:
                cell = line.cells[joined.number]
                value = str(made.reader.read(key, cell)[0]) if key is not None else as_text(cell)
            by_value.setdefault(value, []).append(line)
        spec = Spec(target=into, each="line", fields=detail.fields)
        return cls(detail, made, joined.number, joined.label.strip(), by_value, spec)

    def join(self, main: Builder) -> None:
        """Append the lines that name the entry of `main` to it."""
        name = get(main.entry, self.detail.join_target)
        lines = self.lines.pop(name, None) if isinstance(name, str) else None
        if lines:
            main.ledger.records += len(lines)
            builder = Builder(
                self.plan, main.ledger, main.remarks, main.number, main.entry, main.trace, main.original, main.kept
            )
            builder.add_to(self.spec, lines, self.column)
