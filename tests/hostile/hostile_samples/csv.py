"""CSV and its kin."""

HEAD = "信息资源名称,信息资源代码,信息资源提供方,共享类型,更新周期\n"
ROW = "甲登记信息,307021022100/000101,示例市民政局,无条件共享,每年\n"


def stacked(count, other=""):
    """Return tables of one line, whose headings are those of the one above from right to left."""
    heads, row, text = HEAD.strip().split(","), ROW.strip().split(","), HEAD
    for number in range(count):
        text += ",".join(row) + "\n"
        heads, row = heads[::-1], row[::-1]
        text += ",".join([*heads, *filter(None, [other.format(number)])]) + "\n"
    return text.encode()


def samples():
    """Yield name, file, bytes, and what must be said."""
    good = (HEAD + ROW).encode()
    yield "empty", "空.csv", b"", "empty"
    yield "only-blanks", "空 白.csv", b" \r\n\t \n" * 1000, "empty"
    yield "only-nuls", "a.csv", b"\0" * 100_000, "empty"
    yield "nul-in-cell", "a.csv", good + "乙\0,2,丙,,\n".encode(), ("nul-character",)
    yield "unclosed-quote", "a.csv", good + b'"a,b\n' * 3 + ROW.encode() * 50, ("unclosed-quote",)
    yield "unclosed-quote-everywhere", "a.csv", good + b'"' * 10_001
    yield "quotes-and-commas", "a.csv", good + b'",' * 200_000 + b"\n"
    yield "quote-per-line", "a.csv", good + b'"x\n' * 5_000
    yield "one-row-of-commas", "a.csv", good + b"," * 5_000_000
    yield "rows-of-commas", "a.csv", good + (b"," * 1_999 + b"\n") * 100
    yield "long-cell", "a.csv", good + b"x" * 1_100_000 + b",1\n", "limit text"
    yield "long-line", "a.csv", b"x" * 20_000_000, ""
    yield "many-short-rows", "a.csv", good + b"a\n" * 5_000
    yield "extra-cells", "a.csv", good + ("乙" + ",x" * 40 + "\n").encode(), ("extra-cells",)
    yield "cut-in-last-row", "a.csv", (HEAD + ROW + ROW.replace("000101", "000102")[:30]).encode(), ("missing-cells",)
    listed = HEAD.replace("\n", ",信息项名称\n") + ROW.replace("\n", ",名称\n") * 2
    yield "row-twice", "a.csv", listed.encode(), ("repeated-line",)
    yield "lone-returns", "a.csv", good.replace(b"\n", b"\r")
    yield "mixed-ends", "a.csv", good.replace(b"\n", b"\r\n") + ROW.encode() + b"\r\r\n"
    yield "two-marks", "a.csv", b"\xef\xbb\xbf" * 3 + good
    yield "utf16-cut", "a.csv", (HEAD + ROW).encode("utf-16")[:-1]
    yield "utf16-lone-surrogate", "a.csv", b"\xff\xfe" + (HEAD + ROW).encode("utf-16-le") + b"\x00\xd8,\x00"
    yield "utf32", "a.csv", (HEAD + ROW).encode("utf-32")
    yield "utf8-cut", "a.csv", good[:-4], None
    yield "overlong-utf8", "a.csv", good + b"\xc0\xaf,\xe0\x80\xaf,\xf0\x80\x80\xaf,,\n", ("mixed-encoding",)
    yield "surrogates-in-utf8", "a.csv", good + b"\xed\xa0\x80,\xed\xb0\x80,,,\n"
    yield "mixed-encodings", "a.csv", good + ROW.encode("gb18030"), ("mixed-encoding",)
    yield "gbk-cut", "a.csv", (HEAD + ROW * 3).encode("gb18030")[:-3]
    yield "all-bytes", "a.csv", bytes(range(256)) * 4_000
    yield "high-bytes", "a.csv", bytes(range(128, 256)) * 4_000
    yield "ansi", "a.csv", good + b"\x1b[2J\x1b]0;pwned\x07,\x1b[31m,\x9b31m,,\n"
    yield "bidi", "a.csv", good + "乙\u202e\u2066,\u200b\ufeff,\u2028,,\n".encode()
    yield "workflow-commands", "a.csv", good + b"::error::x,##[group]y,::add-mask::z,,\n"
    yield "commands-in-headings", "a.csv", (HEAD[:-1] + ",::error::x\x1b[31m\n" + ROW).encode()
    yield "formulas", "a.csv", good + b"=cmd|' /C calc'!A0,+1,-1,@SUM(1),=HYPERLINK(\"http://x\")\n"
    yield "html", "a.csv", good + b"<script>alert(1)</script>,<img src=x onerror=y>,</table>,,\n"
    yield "templates", "a.csv", good + b"{0.__class__},{{7*7}},${jndi:ldap://x},%s%n,\n"
    yield "digits", "a.csv", good + ("9" * 100_000 + ",1e999,nan,inf,-0\n").encode()
    yield "full-width", "a.csv", good + ("９" * 5_000 + ",,,,\n").encode()
    yield "combining", "a.csv", good + ("a" + "\u0301" * 50_000 + ",,,,\n").encode()
    yield "no-headings", "a.csv", b"1,2,3\n4,5,6\n", ""
    yield "headings-only", "a.csv", HEAD.encode(), "no entries"
    yield "same-heading", "a.csv", ("信息资源名称," * 100 + "\n" + "甲," * 100 + "\n").encode()
    yield "stacked", "a.csv", stacked(3_000), ()
    yield "stacked-ever-other", "a.csv", stacked(2_000, "其他{}"), "limit sheets"
    dated = HEAD.strip() + ",发布日期,更新日期\n" + ROW.strip()
    yield "long-dates", "a.csv", f"{dated},{'一' * 200_000},{'9' * 200_000}年\n".encode(), ()
    units = "单位：MB。" * 20_000 + "\n" + HEAD.strip() + ",数据存储总量\n" + ROW.strip() + ",1\n"
    yield "units-said-often", "a.csv", units.encode(), ("unit-not-applied",)
    yield "named-xlsx", "a.xlsx", good
    yield "named-json", "a.json", good, "invalid JSON"
    yield "long-name", "目" * 70 + ".csv", b"", "empty"
