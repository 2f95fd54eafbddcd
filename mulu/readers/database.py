"""Databases named by an address: their tables, columns and comments, asked for once and kept as a snapshot.

The snapshot is what is then read, as often as it is needed, so that the database is asked a single time and the
same run always sees the same. No row of any table is read. SQLAlchemy (extra `sql`) knows the databases.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from mulu.errors import MissingExtra, Unreadable, UsageFault
from mulu.limits import Limits
from mulu.readers.address import shown_address
from mulu.readers.columns import read_type
from mulu.readers.relational import HEADINGS, SNAPSHOT, Cells, Column, RelationalDocument, Table

_TYPE = re.compile(r"([^()]++)(?:\(([^()]*+)\))?([^()]*+)")
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "oracle": "oracle+oracledb",
    "mssql": "mssql+pymssql",
    "dm": "dm+dmPython",
}
_WEB = ("http", "https", "ftp", "file", "s3")
_WAIT = 20
_NAMES = {"mssql": "sql-server"}
"""What SQLAlchemy calls a database -> what the heading `DBMS` holds."""


def snapshot(address: str, schema: str | None = None) -> bytes:
    """Return what the database at `address` says of its tables, of those in `schema` or where it looks by itself.

    Raises `MissingExtra` without SQLAlchemy or the database's driver, `UsageFault` for what is no database's address,
    `Unreadable` if the database does not answer.
    """
    shown = shown_address(address)
    scheme = address.partition("://")[0].lower()
    if scheme in _WEB:
        raise UsageFault(
            f"{shown} 不是数据库地址；mulu 不下载文件，请先自行下载",
            f"{shown} is not a database address; mulu does not download files: download the file first",
        )
    try:
        import sqlalchemy
        from sqlalchemy.engine import make_url
    except ModuleNotFoundError:
        raise MissingExtra("sql", "读取数据库", "reading a database") from None
    try:
        url = make_url(address)
        url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
        engine = sqlalchemy.create_engine(_read_only(url, shown), **_options(url))
    except ModuleNotFoundError as error:
        raise _no_driver(shown, scheme, error.name or scheme) from None
    except (sqlalchemy.exc.ArgumentError, sqlalchemy.exc.NoSuchModuleError, ValueError):
        raise UsageFault(
            f"{shown} 不是 mulu 认识的数据库地址；应如 postgresql://用户:密码@主机/库 或 sqlite:///文件.db",
            f"{shown} is not a supported database address; write postgresql://user:password@host/database or "
            "sqlite:///file.db",
        ) from None
    try:
        return _ask(engine, shown, schema)
    except sqlalchemy.exc.SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().split("\n")[0][:200]
        if url.password:
            said = said.replace(str(url.password), "***")
        raise Unreadable(
            shown,
            f"数据库没有应答：{said}；请核对地址、用户和密码，以及网络是否可达",
            f"cannot connect to the database: {said}; check the address, user and password, and that the server is "
            "reachable",
        ) from None
    finally:
        engine.dispose()


def _no_driver(shown: str, scheme: str, module: str) -> Exception:
    if module.startswith("psycopg"):
        return MissingExtra("sql", "读取 PostgreSQL", "reading PostgreSQL")
    return UsageFault(
        f"{shown}：读取 {scheme} 需要它的 Python 驱动，请安装：pip install {module}",
        f"{shown}: reading {scheme} requires a Python driver; install it: pip install {module}",
    )


def _options(url: Any) -> dict[str, Any]:
    wait = {"postgresql": "connect_timeout", "mysql": "connect_timeout", "mariadb": "connect_timeout"}
    name = url.get_backend_name()
    return {"connect_args": {wait[name]: _WAIT}} if name in wait else {}


def _read_only(url: Any, shown: str) -> Any:
    """Return the address of a SQLite file such that it is only read; one that is not there would be made."""
    if url.get_backend_name() != "sqlite":
        return url
    path = Path(url.database or "")
    if not path.is_file():
        raise Unreadable(
            shown,
            "找不到数据库文件；请核对路径（sqlite:///相对路径 或 sqlite:////绝对路径）",
            "the database file does not exist; check the path (sqlite:///relative or sqlite:////absolute)",
        )
    from sqlalchemy.engine import make_url

    return make_url(f"sqlite:///{path.absolute().as_uri()}?mode=ro&uri=true")


def _ask(engine: Any, shown: str, schema: str | None) -> bytes:
    import sqlalchemy
    from sqlalchemy.engine.reflection import ObjectKind

    inspector = sqlalchemy.inspect(engine)
    if schema is not None and schema not in inspector.get_schema_names():
        names = ", ".join(inspector.get_schema_names())
        raise Unreadable(shown, f"没有模式 {schema}；有：{names}", f"unknown schema {schema}; available: {names}")
    comments = _comments(inspector, schema)
    views = {*inspector.get_view_names(schema=schema)}
    keys = inspector.get_multi_pk_constraint(schema=schema)
    unique = inspector.get_multi_unique_constraints(schema=schema)
    foreign = inspector.get_multi_foreign_keys(schema=schema)
    columns = inspector.get_multi_columns(schema=schema, kind=ObjectKind.ANY)
    database = Path(engine.url.database).stem if engine.dialect.name == "sqlite" else engine.url.database
    of = {"TABLE_CATALOG": database, "DBMS": _NAMES.get(engine.dialect.name, engine.dialect.name)}
    tables: list[list[Any]] = []
    for key, found in sorted(columns.items(), key=lambda item: (item[0][0] or "", item[0][1])):
        owner, name = key
        table = {
            **of,
            "TABLE_SCHEMA": owner,
            "TABLE_NAME": name,
            "TABLE_COMMENT": (comments.get(key) or {}).get("text"),
            "TABLE_TYPE": "VIEW" if name in views else "BASE TABLE",
        }
        said = _Keys(
            (keys.get(key) or {}).get("constrained_columns", []),
            [each["column_names"] for each in unique.get(key) or []],
            foreign.get(key) or [],
        )
        tables.append([table, [_column(column, said, engine.dialect) for column in found]])
    return SNAPSHOT + orjson.dumps(tables, default=str) + b"}"


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of a table, as SQLAlchemy tells them."""

    primary: list[str]
    unique: list[list[str]]
    foreign: list[Any]

    def references(self, name: str) -> Iterator[str]:
        """Yield what a column refers to, `schema.table(columns)`."""
        for each in self.foreign:
            if name in each["constrained_columns"]:
                place = ".".join(filter(None, (each["referred_schema"], each["referred_table"])))
                yield f"{place}({', '.join(each['referred_columns'])})"


def _column(column: Mapping[str, Any], keys: _Keys, dialect: Any) -> dict[str, Any]:
    """Return what is said of a column under the headings of the sheet."""
    name = column["name"]
    is_primary = name in keys.primary
    nullable = column.get("nullable")
    said = {
        "COLUMN_NAME": name,
        "COLUMN_COMMENT": column.get("comment"),
        "IS_NULLABLE": None if nullable is None else "YES" if nullable and not is_primary else "NO",
        "COLUMN_KEY": "PRI" if is_primary else "UNI" if [name] in keys.unique else None,
        "COLUMN_DEFAULT": _unquoted(column.get("default")),
        "REFERENCES": "; ".join(keys.references(name)) or None,
    }
    made = Column(name, 0)
    if match := _TYPE.match(_type_of(column["type"], dialect)):
        kind, arguments, rest = match.groups()
        listed = [(each.strip(), 0) for each in (arguments or "").split(",") if each.strip()]
        read_type(made, " ".join(f"{kind} {rest}".split()), 0, listed)
    if column.get("autoincrement") is True or column.get("identity"):
        made.add("EXTRA", "IDENTITY", 0)
    return {**said, **{heading: value for heading, (value, _) in made.cells.items()}}


def _comments(inspector: Any, schema: str | None) -> Mapping[Any, Any]:
    from sqlalchemy.engine.reflection import ObjectKind

    try:
        found: Mapping[Any, Any] = inspector.get_multi_table_comment(schema=schema, kind=ObjectKind.ANY)
    except NotImplementedError:
        return {}
    return found


def _type_of(kind: Any, dialect: Any) -> str:
    try:
        return str(kind.compile(dialect=dialect))
    except Exception as error:
        # SQLAlchemy raises whatever a dialect does for a type that it does not know; its name is what is left.
        return str(getattr(kind, "__visit_name__", type(error).__name__))


def read_snapshot(document: RelationalDocument, data: bytes, limits: Limits) -> RelationalDocument:
    """Read a snapshot into `document`; raises `Unreadable` if it is none."""
    try:
        for said, columns in orjson.loads(data)["mulu:snapshot"]:
            table = Table(str(said["TABLE_NAME"]), 0, _cells(said))
            table.columns = [Column(str(column["COLUMN_NAME"]), 0, _cells(column)) for column in columns]
            document.tables.append(table)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise Unreadable(
            document.path,
            "数据库快照已损坏；请用数据库地址重新读取",
            "the snapshot of a database is damaged; read it again by the database's address",
        ) from None
    document.lay_out(limits)
    return document


def _unquoted(default: Any) -> str | None:
    """Return a default that is a text in quotes without them, others as they are written."""
    match = re.fullmatch(r"'((?:[^']|'')*)'(?:::[\w\s.\"()]+)?", str(default)) if default is not None else None
    return match.group(1).replace("''", "'") or None if match else (None if default is None else str(default))


def _cells(said: Mapping[str, Any]) -> Cells:
    return {
        heading: (value, 0)
        for heading, value in said.items()
        if heading in HEADINGS and isinstance(value, str | int) and str(value).strip()
    }
