"""The queries by which tables are made of the entries in the spool.

Each kind is read once, into a table of its own in which the arrays still stand inside the entries: the stage. Its
tables are made of that, as taking a column apart takes a tenth of the time of parsing JSON. No column is read of which
no query speaks.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mulu.pointer import pointer_of
from mulu.standard import Standard
from mulu.standard.written import Schema
from mulu.validate.shapes import ArrayTable, pruned, split, structure, table_of
from mulu.validate.spool import Spool

PORTIONS = "mulu_portions"
STAGE = "mulu_stage"
_SAID = ("kind", "identifier", "name", "owner")


class Staging:
    """The queries for the tables of a spool; `columns` are the names that each is asked for, `None`: all."""

    def __init__(self, standard: Standard, spool: Spool, columns: Mapping[str, set[str] | None]) -> None:
        self.schemas = standard.schemas
        self.spool = spool
        self.columns = columns
        self._moved = len(spool.portions) > 1

    def starts(self) -> Iterator[tuple[str, int]]:
        """Yield each file with what is to be added to the numbers of entries in it, if to any."""
        for kind in sorted(self.spool.present) if self._moved else ():
            yield from ((str(file), start) for file, start in self.spool.files(kind))

    def stage(self, kind: str, tables: Iterable[ArrayTable | None]) -> str:
        """Return the query for the stage of a kind: what the entries say of themselves, and all that `tables` need.

        What is no value of its column is null.
        """
        whole: dict[str, Any] = {}
        for array in tables:
            if array is None:
                _add(whole, self.shape(kind, None))
        for array in tables:
            if array is not None:
                _add_array(whole, array.steps, self.shape(kind, array))
        columns = dict.fromkeys(_SAID, "VARCHAR") | ({"doc": _type_of(whole)} if whole else {})
        files = ", ".join(literal(str(file)) for file, _ in self.spool.files(kind))
        types = ", ".join(f"{name}: {literal(type)}" for name, type in {"entry": "BIGINT", **columns}.items())
        longest = max(2**20, self.spool.longest + 1)
        source = (
            f"read_json([{files}], format = 'newline_delimited', columns = {{{types}}}, ignore_errors = true, "
            f"maximum_object_size = {longest}"
        )
        names = ", ".join(columns)
        if not self._moved:
            return f"select entry, {names} from {source})"
        return (
            f"select r.entry + p.start as entry, {names} from {source}, filename = true) r "
            f"join {PORTIONS} p on p.filename = r.filename"
        )

    def table(self, kind: str, array: ArrayTable | None) -> str:
        """Return the query for the table of a kind's entries, or of an array in them, of the stage."""
        own = self.shape(kind, array)
        if array is None:
            return f"select entry, {_columns('doc', own)} from {STAGE}"
        source = f"select entry, identifier as parent, '' as path, 0::bigint as position, doc as value from {STAGE}"
        for group in split(array.steps):
            inner = ".".join(["value", *map(quoted, group)])
            source = (
                f"select entry, parent, path || {literal(pointer_of(group) + '/')} || (position - 1) as path, "
                f"position, value from (select entry, parent, path, unnest({inner}) as value, "
                f"generate_subscripts({inner}, 1) as position from ({source}))"
            )
        columns = _columns("value", own) if isinstance(own, dict) else "value"
        return f"select entry, path, position, parent, {columns} from ({source})"

    def empty(self, kind: str, array: ArrayTable | None) -> str:
        """Return the query for the same table without a row, of a kind that is not there."""
        own = self.shape(kind, array)
        value = f"unnest(null::{_type_of(own)})" if isinstance(own, dict) else f"null::{_type_of(own)} as value"
        if array is None:
            return f"select 0::bigint as entry, {value} limit 0"
        return (
            "select 0::bigint as entry, ''::varchar as path, 0::bigint as position, ''::varchar as parent, "
            f"{value} limit 0"
        )

    def entries(self) -> str:
        """Return the query for one line an entry of the stage."""
        return f"select entry, {', '.join(_SAID)} from {STAGE}"

    def shape(self, kind: str, array: ArrayTable | None) -> Any:
        """Return the types of the columns of a table: of an object, of a value if it is of an array of values."""
        schema: Schema = array.items if array else self.schemas.resources[self.schemas.effective[kind]]
        return pruned(structure(self.schemas, schema), self.columns[table_of(kind, array)])


def _add(whole: dict[str, Any], own: dict[str, Any]) -> None:
    """Put members into an object of them; a list of one type is an array."""
    for name, inner in own.items():
        if isinstance(inner, dict):
            _add(whole.setdefault(name, {}), inner)
        else:
            whole[name] = inner


def _add_array(whole: dict[str, Any], steps: tuple[str, ...], items: Any) -> None:
    node = whole
    *way, last = split(steps)
    for group in way:
        for step in group[:-1]:
            node = node.setdefault(step, {})
        node = node.setdefault(group[-1], [{}])[0]
    for step in last[:-1]:
        node = node.setdefault(step, {})
    if isinstance(items, dict):
        _add(node.setdefault(last[-1], [{}])[0], items)
    else:
        node[last[-1]] = [items]


def _columns(of: str, own: Mapping[str, Any]) -> str:
    return ", ".join(f"{_bare(f'{of}.{quoted(name)}', inner)} as {quoted(name)}" for name, inner in own.items())


def _bare(value: str, own: Any) -> str:
    """Return the expression for an object with its own members only, without the arrays that stand in the stage."""
    if not isinstance(own, dict):
        return value
    members = ", ".join(f"{quoted(name)} := {_bare(f'{value}.{quoted(name)}', inner)}" for name, inner in own.items())
    return f"case when {value} is not null then struct_pack({members}) end"


def _type_of(members: Any) -> str:
    """Return the SQL type of what `structure` describes, and of arrays in it."""
    if isinstance(members, list):
        return f"{_type_of(members[0])}[]"
    if isinstance(members, dict):
        return f"STRUCT({', '.join(f'{quoted(name)} {_type_of(inner)}' for name, inner in members.items())})"
    return str(members or "VARCHAR")


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
