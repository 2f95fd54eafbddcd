"""Word documents and OpenDocument sheets: archives of XML that count on being believed."""

import io
import zipfile

_HEADINGS = ("信息资源名称", "信息资源提供方", "信息资源摘要", "共享类型", "开放类型", "更新周期")
_ENTITY = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_CALL = ' table:formula="of:=WEBSERVICE(&quot;http://127.0.0.1:9&quot;)"'


def samples():
    """Yield name, file, bytes, and what must be said."""
    filled = _row(_HEADINGS) + _row("abcdef")
    yield "ods", "a.ods", _ods(filled)
    yield "ods-entity", "a.ods", _ods(_row(["&x;"] * 6), _ENTITY), ""
    yield (
        "ods-rows-repeated",
        "a.ods",
        _ods(filled.replace("row>", 'row table:number-rows-repeated="900000">', 1)),
        "limit",
    )
    yield "ods-rows-repeated-far", "a.ods", _ods(_row("a", ' table:number-rows-repeated="2000000000"')), "limit"
    yield "ods-columns-repeated", "a.ods", _ods(_row("a", "", ' table:number-columns-repeated="1000000000"')), "limit"
    yield "ods-repeated-negative", "a.ods", _ods(filled + _row("a", "", ' table:number-columns-repeated="-1"'))
    yield "ods-repeated-word", "a.ods", _ods(filled + _row("a", "", ' table:number-columns-repeated="x"'))
    yield "ods-spans", "a.ods", _ods(filled + _row("a", "", ' table:number-columns-spanned="1000000000"'))
    yield "ods-blanks", "a.ods", _ods(_row(_HEADINGS) + _row(['<text:s text:c="2000000000"/>'] * 6))
    yield "ods-deep", "a.ods", _ods(_row(["<text:span>" * 5_000 + "</text:span>" * 5_000])), ""
    yield "ods-formula", "a.ods", _ods(_row(_HEADINGS) + _row("abcdef", "", _CALL))
    yield "ods-link", "a.ods", _ods('<table:table-source xlink:href="file:///etc/passwd"/>' + filled)
    yield "docx", "a.docx", _docx(_table([_HEADINGS, "abcdef"]))
    yield "docx-entity", "a.docx", _docx(_table([_HEADINGS, ["&x;"] * 6]), _ENTITY), ""
    yield "docx-deep", "a.docx", _docx("<w:tbl><w:tr><w:tc>" * 2_000 + "</w:tc></w:tr></w:tbl>" * 2_000), ""
    for span in (2_000_000_000, -5, "x"):
        cell = f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr><w:p/></w:tc>'
        yield f"docx-span-{span}", "a.docx", _docx(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>"), ""
    yield "docx-many-rows", "a.docx", _docx(_table(["abcdef"] * 20_000)), ""
    yield "docx-bomb", "a.docx", lambda: _docx(_table([_HEADINGS]) + f"<!--{' ' * 300_000_000}-->"), "limit ratio"
    yield "docx-cut-half", "a.docx", _docx(_table([_HEADINGS, "abcdef"]))[:300], ""


def _zipped(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _ods(rows, before=""):
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink"><office:body>'
        f'<office:spreadsheet><table:table table:name="s">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    return _zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": before + content})


def _row(cells, row="", cell=""):
    inside = (
        f'<table:table-cell office:value-type="string"{cell}><text:p>{text}</text:p></table:table-cell>'
        for text in cells
    )
    return f"<table:table-row{row}>{''.join(inside)}</table:table-row>"


def _docx(body, before=""):
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    document = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return _zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
            "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r" Type="{document}" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'{before}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/'
            f'main"><w:body>{body}</w:body></w:document>',
        }
    )


def _table(rows):
    cells = ("".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"
