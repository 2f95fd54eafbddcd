"""Workbooks of Excel 2007 and later, and the archives that they are."""

import io
import random
import struct
import zipfile
from functools import cache

import openpyxl

HEADINGS = ("信息资源名称", "信息资源代码", "信息资源提供方", "共享类型", "更新周期")
VALUES = ("甲登记信息", "307021022100/000101", "示例市民政局", "无条件共享", "每年")

CSV = "\n".join(map(",".join, (HEADINGS, VALUES))).encode()


@cache
def good():
    """Return a small workbook that can be read."""
    book = openpyxl.Workbook()
    book.active.title = "目录"
    book.active.append(HEADINGS)
    book.active.append(VALUES)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def packed(parts, method=zipfile.ZIP_DEFLATED):
    """Return an archive of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def parts():
    """Return the parts of the small workbook."""
    with zipfile.ZipFile(io.BytesIO(good())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


SHEET, BOOK, STRINGS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"


def changed(part, old, new, count=1):
    """Return the small workbook with something replaced in one part."""
    found = parts()
    name = next(name for name in found if name.endswith(part))
    assert old in found[name], (name, found[name][:400])
    found[name] = found[name].replace(old, new, count)
    return packed(found)


def with_rows(rows):
    """Return the small workbook with more rows, in XML."""
    return changed(SHEET, b"</sheetData>", rows + b"</sheetData>")


def added(**more):
    """Return the small workbook with more parts."""
    return packed(parts() | more)


def many_cells():
    """Return a small workbook of six million cells, that holds enough else to be no bomb by its ratio."""
    rows = (b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>") * 60_000
    found = parts()
    sheet = found[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")
    return packed(found | {SHEET: sheet, "xl/media/a.bin": random.Random(1).randbytes(400_000)})


def named(name, content=b"x"):
    """Return the small workbook with one more member of that name."""
    return packed(parts() | {name: content})


def with_bytes(old, new):
    """Return the small workbook with bytes replaced in the archive itself."""
    return good().replace(old, new)


def linked():
    """Return the small workbook with a symbolic link in it."""
    buffer = io.BytesIO(good())
    with zipfile.ZipFile(buffer, "a") as archive:
        info = zipfile.ZipInfo("xl/link")
        info.create_system = 3
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def twice(name):
    """Return the small workbook with a member twice, in another case."""
    return packed(parts() | {name.upper(): parts()[name]})


def overlapping():
    """Return an archive whose members share bytes."""
    data = bytearray(packed({"xl/workbook.xml": b"x" * 1000, "b": b"y" * 1000}))
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(data)


def wrong_checksum(name):
    """Return the small workbook whose directory says another CRC-32 of a part."""
    data = bytearray(good())
    data[data.rindex(name.encode()) - 46 + 16] ^= 1
    return bytes(data)


def byte_changed(found=None):
    """Return an archive in whose part a digit is another than when it was packed; nothing else shows it."""
    return packed(found or parts(), zipfile.ZIP_STORED).replace(b"307021022100/000101", b"307021022100/000102")


def lying_size():
    """Return the small workbook whose directory says that a sheet is small."""
    data = bytearray(packed(parts() | {"xl/media/a.bin": b"\0" * 50_000_000}))
    at = data.rindex(b"xl/media/a.bin") - 46
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(data)


def encrypted_flag():
    """Return the small workbook that says of its members that they are encrypted."""
    data = bytearray(good())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def commented(comments, relations=1):
    """Return the small workbook with a part of comments, which its sheet refers to as often as said."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
    relation = '<Relationship Id="r{}" Type="' + kind + '" Target="../comments1.xml"/>'
    told = "".join(map(relation.format, range(relations)))
    return added(
        **{
            "xl/comments1.xml": f"<comments><authors><author>甲</author></authors>{comments}</comments>",
            "xl/worksheets/_rels/sheet1.xml.rels": f"<Relationships>{told}</Relationships>",
        }
    )


def comment(reference, author="0", text="x"):
    """Return a comment in XML."""
    return f'<comment ref="{reference}" authorId="{author}"><text><t>{text}</t></text></comment>'


def cell(reference, value="1", kind=""):
    """Return a row with one cell."""
    row = "".join(character for character in reference if character.isdigit())
    return f'<row r="{row}"><c r="{reference}"{kind}><v>{value}</v></c></row>'.encode()


def samples():
    """Yield name, file, bytes, and what must be said."""
    entity = b"<!DOCTYPE x [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;&a;'>]>"
    shared = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" {}><si><t>x</t></si></sst>'
    yield "far-corner", "a.xlsx", lambda: with_rows(cell("XFD1048576")), "limit columns"
    yield "far-row", "a.xlsx", lambda: with_rows(cell("B1048576"))
    yield "far-rows-on-sheets", "a.xlsx", lambda: with_rows(cell("BXW1048576")), "limit cells"
    yield "beyond-rows", "a.xlsx", lambda: with_rows(cell("A9999999")), "damaged"
    yield "beyond-columns", "a.xlsx", lambda: with_rows(cell("ZZZ3")), ""
    yield "row-zero", "a.xlsx", lambda: with_rows(cell("A0")), "damaged"
    yield "row-negative", "a.xlsx", lambda: with_rows(b'<row r="-1"><c r="A-1"><v>1</v></c></row>'), "damaged"
    yield "row-long-number", "a.xlsx", lambda: with_rows(b'<row r="' + b"9" * 5_000 + b'"/>'), "damaged"
    yield "cell-of-other-row", "a.xlsx", lambda: with_rows(b'<row r="3"><c r="A1048576"><v>1</v></c></row>'), "damaged"
    yield (
        "cell-name-long",
        "a.xlsx",
        lambda: with_rows(b'<row r="3"><c r="' + b"A" * 9_999 + b'3"><v>1</v></c></row>'),
        "",
    )
    yield "cell-outside-row", "a.xlsx", lambda: with_rows(b'<c r="XFD1048576"><v>1</v></c>'), "damaged"
    yield (
        "cell-in-cell",
        "a.xlsx",
        lambda: with_rows(b'<row r="3"><x><c r="XFD1048576"><v>1</v></c></x></row>'),
        "damaged",
    )
    yield (
        "dimension-lies",
        "a.xlsx",
        lambda: changed(SHEET, b'<dimension ref="A1:E2"', b'<dimension ref="A1:XFD1048576"'),
    )
    yield "dimension-nonsense", "a.xlsx", lambda: changed(SHEET, b'ref="A1:E2"', b'ref="E9:A1"')
    yield "unique-count", "a.xlsx", lambda: added(**{STRINGS: shared.format('uniqueCount="4294967295"')}), "damaged"
    yield "unique-count-negative", "a.xlsx", lambda: added(**{STRINGS: shared.format('uniqueCount="-1"')}), "damaged"
    yield "count-lies", "a.xlsx", lambda: added(**{STRINGS: shared.format('count="99999999999"')})
    yield "string-index", "a.xlsx", lambda: with_rows(cell("A3", "99999999", ' t="s"'))
    yield "string-index-negative", "a.xlsx", lambda: with_rows(cell("A3", "-1", ' t="s"'))
    yield "style-index", "a.xlsx", lambda: with_rows(cell("A3", "1", ' s="99999999"'))
    yield "type-unknown", "a.xlsx", lambda: with_rows(cell("A3", "1", ' t="zzz"'))
    yield "not-a-number", "a.xlsx", lambda: with_rows(cell("A3", "nan") + cell("A4", "1e999") + cell("A5", "x"))
    yield "date-far", "a.xlsx", lambda: with_rows(cell("A3", "1e300", ' t="d"') + cell("A4", "9999-99-99", ' t="d"'))
    yield "error-cell", "a.xlsx", lambda: with_rows(cell("A3", "#REF!", ' t="e"')), ("error-cell",)
    yield (
        "formula",
        "a.xlsx",
        lambda: with_rows(b'<row r="3"><c r="A3"><f>HYPERLINK("x")</f></c></row>'),
        ("formula-without-value",),
    )
    yield (
        "formula-long",
        "a.xlsx",
        lambda: with_rows(b'<row r="3"><c r="A3"><f>' + b"(" * 200_000 + b"</f><v>1</v></c></row>"),
    )
    yield (
        "shared-formula",
        "a.xlsx",
        lambda: with_rows(b'<row r="3"><c r="A3"><f t="shared" ref="A3:XFD1048576" si="0">1</f><v>1</v></c></row>'),
    )
    yield (
        "inline-deep",
        "a.xlsx",
        lambda: with_rows(b'<row r="3"><c r="A3" t="inlineStr"><is>' + b"<r>" * 100_000 + b"</is></c></row>"),
        "",
    )
    yield (
        "control-in-text",
        "a.xlsx",
        lambda: with_rows(
            b'<row r="3"><c r="A3" t="inlineStr"><is><t>_x001B_[31m_x202E_&#x202E;::error::</t></is></c></row>'
        ),
    )
    yield (
        "long-text",
        "a.xlsx",
        lambda: with_rows(b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"x" * 1_100_000 + b"</t></is></c></row>"),
        "limit text",
    )
    yield "long-row", "a.xlsx", lambda: with_rows(b'<row r="3">' + b"<c/>" * 5_000_000), ""
    yield (
        "many-empty-rows",
        "a.xlsx",
        lambda: with_rows(b"".join(f'<row r="{n}"/>'.encode() for n in range(3, 200_000))),
    )
    yield "doctype-sheet", "a.xlsx", lambda: added(**{SHEET: entity + parts()[SHEET]}), "DOCTYPE"
    yield "doctype-book", "a.xlsx", lambda: added(**{BOOK: entity + parts()[BOOK]}), "DOCTYPE"
    yield "doctype-rels", "a.xlsx", lambda: added(**{"_rels/.rels": entity + parts()["_rels/.rels"]}), "DOCTYPE"
    yield (
        "doctype-utf16",
        "a.xlsx",
        lambda: added(
            **{SHEET: ("<?xml version='1.0' encoding='utf-16'?>" + entity.decode() + "<a>&b;</a>").encode("utf-16")}
        ),
        "DOCTYPE",
    )
    yield (
        "doctype-late",
        "a.xlsx",
        lambda: added(**{SHEET: b"<?xml version='1.0'?>" + b" " * 5_000 + entity + parts()[SHEET].split(b"?>")[-1]}),
        "",
    )
    yield "sheet-empty", "a.xlsx", lambda: added(**{SHEET: b""}), ""
    yield "sheet-cut", "a.xlsx", lambda: added(**{SHEET: parts()[SHEET][:200]}), "damaged"
    yield "sheet-deep", "a.xlsx", lambda: added(**{SHEET: b"<a>" * 200_000}), ""
    yield "sheet-other", "a.xlsx", lambda: added(**{SHEET: b"<html/>"})
    yield "sheet-binary", "a.xlsx", lambda: added(**{SHEET: bytes(range(256)) * 100}), ""
    yield "sheet-missing", "a.xlsx", lambda: packed({k: v for k, v in parts().items() if k != SHEET}), "damaged"
    yield "book-only", "a.xlsx", lambda: packed({BOOK: parts()[BOOK]}), ""
    yield (
        "relation-outside",
        "a.xlsx",
        lambda: changed("workbook.xml.rels", b"/xl/worksheets/sheet1.xml", b"../../../../etc/passwd"),
        "",
    )
    yield (
        "relation-external",
        "a.xlsx",
        lambda: changed(
            "workbook.xml.rels",
            b'Target="/xl/worksheets/sheet1.xml"',
            b'Target="http://127.0.0.1/x" TargetMode="External"',
        ),
        "",
    )
    yield (
        "relation-to-itself",
        "a.xlsx",
        lambda: changed("workbook.xml.rels", b"/xl/worksheets/sheet1.xml", b"/xl/workbook.xml"),
        None,
    )
    yield (
        "many-sheets",
        "a.xlsx",
        lambda: changed(
            BOOK, b"</sheets>", b'<sheet name="x" sheetId="9" r:id="rId1" xmlns:r="r"/>' * 300 + b"</sheets>"
        ),
        "limit sheets",
    )
    yield "sheet-name", "a.xlsx", lambda: changed(BOOK, "目录".encode(), b"&#x202e;::error::&lt;b&gt;")
    yield "sheet-name-long", "a.xlsx", lambda: changed(BOOK, "目录".encode(), b"n" * 100_000)
    yield (
        "merged-all",
        "a.xlsx",
        lambda: changed(
            SHEET, b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        ),
    )
    yield (
        "merged-many",
        "a.xlsx",
        lambda: changed(
            SHEET,
            b"</sheetData>",
            b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:E2"/>' * 20_000 + b"</mergeCells>",
        ),
    )
    yield (
        "merged-nonsense",
        "a.xlsx",
        lambda: changed(
            SHEET, b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="x:y"/><mergeCell ref=""/></mergeCells>'
        ),
    )
    yield "hidden", "a.xlsx", lambda: changed(BOOK, b'state="visible"', b'state="veryHidden"'), ("hidden-sheet",)
    yield "styles-broken", "a.xlsx", lambda: added(**{"xl/styles.xml": b"<styleSheet><cellXfs>"}), ""
    yield (
        "styles-formats",
        "a.xlsx",
        lambda: changed(
            "styles.xml",
            b"<numFmts",
            b'<numFmts count="99999999"><numFmt numFmtId="164" formatCode="' + b"[" * 9_999 + b'"/></numFmts><x',
        ),
        None,
    )
    far = comment("ZZZ9999999", "0000000009", "&#x202e;::error::") + comment("A1:XFD1048576", "9" * 5_000)
    yield "comments-far", "a.xlsx", lambda: commented(far * 1_000, 2_000), ("cell-comment",)
    yield "blank-far", "a.xlsx", lambda: with_rows(b'<row r="1048576"><c r="XFD1048576" s="0"/></row>')
    yield "comments-broken", "a.xlsx", lambda: commented(far + "<x>"), ("beside-unreadable",)
    yield "bomb-ratio", "a.xlsx", lambda: added(**{"xl/media/a.bin": b"\0" * 100_000_000}), "limit ratio"
    yield "bomb-sheet", "a.xlsx", lambda: with_rows(b" " * 100_000_000), "limit ratio"
    yield "size-lies", "a.xlsx", lying_size, ""
    yield "many-cells", "a.xlsx", many_cells, "limit"
    yield "many-members", "a.xlsx", lambda: packed(parts() | {f"m/{n}": b"" for n in range(10_001)}), "limit members"
    yield "name-outside", "a.xlsx", lambda: named("../../x"), "not safe"
    yield "name-absolute", "a.xlsx", lambda: named("/etc/x"), "not safe"
    yield "name-drive", "a.xlsx", lambda: named("C:x"), "not safe"
    yield "name-backslash", "a.xlsx", lambda: with_bytes(b"xl/theme/theme1.xml", b"xl\\theme/theme1.xml"), "not safe"
    yield "name-control", "a.xlsx", lambda: with_bytes(b"xl/theme/theme1.xml", b"xl/\x1b[31m/thme1.xml"), ""
    yield "name-nul", "a.xlsx", lambda: with_bytes(b"xl/theme/theme1.xml", b"xl/theme\0theme1.xml"), ""
    yield "name-twice", "a.xlsx", lambda: twice(SHEET), "same name"
    yield "link", "a.xlsx", linked, "not safe"
    yield "overlap", "a.xlsx", overlapping, ""
    yield "encrypted", "a.xlsx", encrypted_flag, "encrypted"
    yield "method", "a.xlsx", lambda: packed(parts(), zipfile.ZIP_LZMA), "unsupported compression"
    yield "stored", "a.xlsx", lambda: packed(parts(), zipfile.ZIP_STORED)
    yield "cut-half", "a.xlsx", lambda: good()[: len(good()) // 2], "damaged"
    yield "cut-end", "a.xlsx", lambda: good()[:-10], "damaged"
    yield "header-only", "a.xlsx", b"PK\x03\x04" + b"\0" * 100, "damaged"
    yield "empty-archive", "a.xlsx", lambda: b"PK\x03\x04" + packed({}), ""
    yield "junk-before", "a.xlsx", lambda: b"PK\x03\x04junk" + good()
    yield (
        "archive-in-archive",
        "a.zip",
        lambda: packed({"a.zip": packed({"b.zip": packed({"c.xlsx": good()})})}),
        "more than one level deep",
    )
    yield "xlsb", "a.xlsx", lambda: packed({"xl/workbook.bin": b"x"}), "xlsb"
    yield "word", "a.xlsx", lambda: packed({"word/document.xml": b"x"}), ""
    yield "version-odd", "a.xlsx", lambda: with_bytes(b"PK\x01\x02\x14\x03\x14\x00", b"PK\x01\x02\x14\x03\x15\x00")
    yield "crc-wrong", "a.xlsx", lambda: wrong_checksum(SHEET), "checksum"
    yield "crc-wrong-unread", "a.xlsx", lambda: wrong_checksum("xl/theme/theme1.xml"), "checksum"
    yield "byte-changed", "a.xlsx", byte_changed, "checksum"
    yield "byte-changed-in-archive", "a.zip", lambda: byte_changed({"a.csv": CSV}), "checksum"
