"""HTML tables under the names of workbooks."""

CELLS = ("信息资源名称", "信息资源代码", "信息资源提供方", "共享类型", "更新周期")
HEAD = "<tr>" + "".join(f"<th>{cell}</th>" for cell in CELLS) + "</tr>"
ROW = "<tr><td>甲登记信息</td><td>307021022100/000101</td><td>示例市民政局</td><td>无条件共享</td><td>每年</td></tr>"


def page(inside, before="", after=""):
    """Return a page with one table."""
    return f"<html>{before}<body><table>{HEAD}{ROW}{inside}</table>{after}</body></html>".encode()


def samples():
    """Yield name, file, bytes, and what must be said."""
    yield "no-table", "a.xls", b"<html><body>x</body></html>", "without a table"
    yield "deep-divisions", "a.xls", page("<tr><td>" + "<div>" * 100_000)
    yield "deep-tables", "a.xls", page("<tr><td><table>" * 20_000)
    yield "deep-bold", "a.xls", page("<tr><td>" + "<b>" * 200_000 + "x")
    yield "many-attributes", "a.xls", page("<tr><td " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</td></tr>")
    yield "repeated-attribute", "a.xls", page("<tr><td " + "a=1 " * 100_000 + ">x</td></tr>")
    yield "long-attribute", "a.xls", page(f"<tr><td title='{'x' * 11_000_000}'>x</td></tr>")
    yield "colspan", "a.xls", page("<tr>" + "<td colspan=1000>x</td>" * 50 + "</tr>", ""), "limit columns"
    yield "colspan-large", "a.xls", page(f"<tr><td colspan={'9' * 400}>x</td></tr>")
    yield "rowspan", "a.xls", page("<tr>" + "<td rowspan=65534>x</td>" * 1_000 + "</tr>" + "<tr><td>y</td></tr>" * 500)
    yield "spans-negative", "a.xls", page("<tr><td colspan=-1 rowspan=0>x</td><td colspan='１'>y</td></tr>")
    yield "many-tables", "a.xls", page("", "", "<table><tr><td>x</td></tr></table>" * 300), "limit sheets"
    yield "many-elements", "a.xls", page("<tr><td>" + "<i>x</i>" * 1_100_000), ""
    yield "many-breaks", "a.xls", page("<tr><td>" + "x<br>" * 200_000 + "</td></tr>")
    yield "long-text", "a.xls", page("<tr><td>" + "x" * 1_100_000 + "</td></tr>"), "limit text"
    yield "very-long-text", "a.xls", page("<tr><td>" + "x" * 12_000_000 + "</td></tr>"), ""
    yield "script", "a.xls", page("<tr><td><script>alert(1)</script>x<style>y</style></td></tr>")
    yield "escapes", "a.xls", page("<tr><td>&#27;[31m&#x202e;&#0;&#xd800;&#x1F4A9;&#99999999;</td></tr>")
    yield "raw-escapes", "a.xls", page("<tr><td>\x1b[31m\x9b::error::\u202e</td></tr>")
    yield "nuls", "a.xls", page("<tr><td>a\0b</td></tr>"), ("nul-character",)
    yield (
        "doctype-entities",
        "a.xls",
        b"<!DOCTYPE html [<!ENTITY a 'xxxx'><!ENTITY b '&a;&a;&a;'>]>" + page("<tr><td>&b;"),
    )
    yield "doctype-external", "a.xls", b'<!DOCTYPE html SYSTEM "file:///etc/passwd">' + page("")
    yield "frames", "a.xls", page("", "<head><base href='http://127.0.0.1/'><link rel=stylesheet href=x.css></head>")
    yield "charset-false", "a.xls", page("", '<meta charset="utf-7">')
    yield "charset-long", "a.xls", page("", f'<meta charset="{"x" * 10_000}">')
    yield "charset-gbk", "a.xls", page("", '<meta charset="gb2312">').decode().encode("gb18030")
    yield "cut-off", "a.xls", page("")[:-60]
    yield "comments-open", "a.xls", page("") + b"<!--" * 100_000
    yield "angles", "a.xls", page("<" * 500_000)
    yield "ampersands", "a.xls", page("<tr><td>" + "&" * 500_000)
    yield "caption", "a.xls", page("<caption>\x1b[31m::error::" + "x" * 5_000 + "</caption>")
    yield "xml-table", "a.xls", b"<?xml version='1.0'?><table><tr><td>x</td></tr></table>", ""
    yield (
        "spreadsheet-2003",
        "a.xls",
        b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>",
        "",
    )
    yield (
        "xml-bomb",
        "a.xml",
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><a>&b;</a>"),
        "",
    )
    yield "only-separators", "a.html", b"<table><tr><td>\x1e</td><td>\x1c</td></tr></table>"
