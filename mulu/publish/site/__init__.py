"""The site of a standard, which stands at its `base`: pages for people, files for machines, checksums of all.

Everything is made out of the standard alone, so that the same standard gives the same bytes. Needs jinja2
(`pip install 'mulu[publish]'`).
"""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from mulu.errors import BadStandard, MissingExtra, UsageFault
from mulu.output import whole_folder
from mulu.plain_file import read_plain
from mulu.publish.pack import SUM_LINE, SUMS, pack
from mulu.publish.site.addresses import is_address
from mulu.publish.site.context import Vocabulary, context, vocabulary_graph
from mulu.publish.site.ddl import code_rows, ddl
from mulu.publish.site.lists import Lists
from mulu.publish.site.model import Model, model_of
from mulu.publish.site.openapi import openapi
from mulu.publish.site.python import python
from mulu.publish.site.rdf import json_bytes, turtle
from mulu.publish.site.schemas import schema_files
from mulu.publish.site.shacl import shapes_graph
from mulu.publish.site.typescript import typescript
from mulu.publish.site.xsd import own_formats, xsd
from mulu.standard import Standard, load
from mulu.standard.mappings import Mapping
from mulu.texts import Text, shown

VERSIONS = "versions.json"
_MOST_BYTES = 64 * 2**20

DOWNLOADS = [
    ("context.jsonld", Text("JSON-LD 上下文：条目加上它就是 RDF", "JSON-LD context: with it an entry is RDF")),
    ("vocabulary.ttl", Text("本标准自有的词汇（RDFS）", "The terms of this standard's own (RDFS)")),
    ("shapes.ttl", Text("SHACL 形状：所有级别的要求", "SHACL shapes: the demands of all levels")),
    ("openapi.json", Text("OpenAPI 3.1 组件", "OpenAPI 3.1 components")),
    ("schema.sql", Text("建表语句：SQLite、DuckDB、PostgreSQL", "SQL tables: SQLite, DuckDB, PostgreSQL")),
    ("codes.sql", Text("代码表的内容", "What the tables of the code lists hold")),
    ("types.ts", Text("TypeScript 类型", "TypeScript types")),
    ("models.py", Text("Pydantic 模型（Python）", "Pydantic models (Python)")),
    ("standard.zip", Text("整个标准，可用于 mulu --standard", "The whole standard, for mulu --standard")),
    ("search.json", Text("本站内容的索引", "Index of what is in this site")),
    (VERSIONS, Text("本标准的版本和地址", "Versions of this standard and their addresses")),
    (SUMS, Text("所有文件的 SHA-256", "SHA-256 of every file")),
]


def build(folder: Path | None, target: Path, earlier: Path | None = None) -> int:
    """Write the site of the standard in a folder, or of the built-in one, as the folder `target`; return its files.

    `earlier` is the `versions.json` of an earlier version's site. A site of the same standard that stands at `target`
    is replaced, anything else is left alone. Raises `UsageFault`, `BadStandard`, `NotWritten`, `MissingExtra`.
    """
    try:
        import jinja2  # noqa: F401
    except ImportError:
        raise MissingExtra("publish", "生成标准的网站", "building the site of a standard") from None
    standard = load(folder)
    standard.read()
    _refuse_names(standard)
    refuse_target(target, standard.header.id)
    versions = _versions(standard, earlier)
    sums: dict[str, str] = {}
    with whole_folder(target, replaces=True) as written:
        for name, content in _files(standard, folder, versions):
            path = written / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.write(content)
            sums[name] = hashlib.sha256(content).hexdigest()
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
        (written / SUMS).write_text(lines, encoding="utf-8", newline="\n")
    return len(sums) + 1


def _files(standard: Standard, folder: Path | None, versions: bytes) -> Iterator[tuple[str, bytes]]:
    from mulu.publish.site.pages import Pages

    model = model_of(standard)
    yield from schema_files(standard)
    yield from Lists(model).files()
    yield from _derived(model)
    packed = io.BytesIO()
    pack(folder, packed)
    yield "standard.zip", packed.getvalue()
    yield VERSIONS, versions
    yield from Pages(model, downloads(model)).files()


def _derived(model: Model) -> Iterator[tuple[str, bytes]]:
    vocabulary = Vocabulary(model)
    yield "context.jsonld", json_bytes(context(vocabulary))
    yield "vocabulary.ttl", turtle(vocabulary_graph(vocabulary))
    for level in model.standard.header.levels:
        shapes = turtle(shapes_graph(vocabulary, f"levels/{level.id}/", level.id))
        yield f"levels/{level.id}/shapes.ttl", shapes
    yield "shapes.ttl", turtle(shapes_graph(vocabulary, "", model.standard.header.levels[-1].id))
    yield "openapi.json", json_bytes(openapi(model))
    yield "schema.sql", ddl(model)
    yield "codes.sql", code_rows(model)
    yield "types.ts", typescript(model)
    yield "models.py", python(model)
    for mapping in own_formats(model):
        yield _xsd_of(mapping), xsd(model, mapping)


def downloads(model: Model) -> list[tuple[str, Text]]:
    """Return the files for machines that the page of them lists, with what each is."""
    own = [
        (_xsd_of(mapping), Text(f"XSD：{mapping.title.zh}", f"XSD: {mapping.title.en}"))
        for mapping in own_formats(model)
    ]
    return [*DOWNLOADS, *own]


def _xsd_of(mapping: Mapping) -> str:
    return f"xsd/{mapping.id}.xsd"


def refuse_target(target: Path, identifier: str) -> None:
    """Raise `UsageFault` if a folder is there that is no site of this standard, or holds more than a site does."""
    if not target.exists() and not target.is_symlink():
        return

    def refused(zh: str, en: str) -> UsageFault:
        return UsageFault(
            f"{target}：没有写出，{zh}；请换一个文件夹，或先把它移走",
            f"{target}: not written, {en}; name another folder, or move this one away first",
        )

    if target.is_symlink() or not target.is_dir():
        raise refused("这不是文件夹", "it is no folder")
    found = {path.relative_to(target).as_posix(): path for path in sorted(target.rglob("*")) if not path.is_dir()}
    if not found:
        return
    if SUMS not in found or VERSIONS not in found:
        raise refused(
            "文件夹中有别的东西，不是标准的网站", "the folder holds something else than the site of a standard"
        )
    data = _read_versions(found[VERSIONS])
    if data is None or data["id"] != identifier:
        raise refused("那是另一个标准的网站", "it holds the site of another standard")
    lines = found[SUMS].read_text(encoding="utf-8", errors="replace").splitlines()
    known = {match[2] for line in lines if (match := SUM_LINE.fullmatch(line))}
    odd = [shown(name) for name in found if name not in known and name != SUMS]
    if odd:
        raise refused(
            f"其中有不属于网站的文件：{'、'.join(odd[:3])}",
            f"there are files in it that are not the site's: {', '.join(odd[:3])}",
        )


def _versions(standard: Standard, earlier: Path | None) -> bytes:
    header = standard.header
    own = {"version": header.version, "base": header.base, "sha256": standard.sha256}
    known: list[dict[str, str]] = []
    if earlier is not None:
        data = _read_versions(earlier)
        if data is None or data["id"] != header.id:
            raise UsageFault(
                f"{earlier}：不是标准 {header.id} 的 {VERSIONS}",
                f"{earlier}: this is no {VERSIONS} of the standard {header.id}",
            )
        known = [one for one in data["versions"] if one["version"] != header.version]
    below = standard.below.header if standard.below is not None else None
    return json_bytes(
        {
            "id": header.id,
            "title": header.title.to_dict(),
            "extends": None if below is None else {"id": below.id, "version": below.version, "base": below.base},
            "versions": [own, *known],
        }
    )


def _read_versions(path: Path) -> dict[str, Any] | None:
    """Return what a `versions.json` says, or `None` if the file is none."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        data = orjson.loads(read_plain(path))
        listed = [{key: one[key] for key in ("version", "base", "sha256")} for one in data["versions"]]
        if all(isinstance(value, str) for value in (data["id"], *(value for one in listed for value in one.values()))):
            return {"id": data["id"], "versions": listed}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _refuse_names(standard: Standard) -> None:
    """Raise `BadStandard` if a name of something cannot be an address."""
    names = [
        *((standard.schemas.paths[identifier], name) for name, identifier in standard.schemas.effective.items()),
        *((standard.codes.paths[name], name) for name in standard.codes),
        *((rule.path, rule.id) for rule in standard.rules.values()),
        *((standard.mappings[name].folder, name) for name in standard.mappings),
        *((standard.roots[-1] / "standard.toml", level) for level in standard.levels),
    ]
    for path, name in names:
        if not is_address(name):
            raise BadStandard(
                str(path),
                f"名称不能用作网址的一段：{shown(name)}；请用文字、数字和 - _",
                f"this name cannot be part of an address: {shown(name)}; use letters, digits, - and _",
            )
