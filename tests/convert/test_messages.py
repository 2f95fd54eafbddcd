"""What is said in both languages where a file is no catalog, or something is asked for that there is not."""

from pathlib import Path

import pytest

from mulu.convert import open_source
from mulu.convert.target import open_target
from mulu.errors import MuluError
from mulu.readers import open_bytes
from mulu.standard import load

STANDARD = load()
TABLE = "信息资源名称,信息资源代码,信息资源摘要,共享类型,更新周期,信息资源提供方\n甲,1,,,,\n"
DCAT = STANDARD.mappings["dcat-us-1.1"].folder / "sample.json"
READ = {
    "misspelt.json": ('[{"Kinds": "resource", "title": "甲"}]', {}),
    "nothing.json": ('{"some": 1, "other": {"a": 2}}', {}),
    "words.json": ('["a", 1]', {}),
    "near.csv": ("信息资源名称,别的,再一\n甲,乙,丙\n", {}),
    "nearer.csv": ("信息资源名称,信息资源代码,a*b\n甲,乙,丙\n", {}),
    "far.csv": ("a,b,,c,d,e,f,g,h\n1,2\n", {}),
    "blank.csv": (",,\n,1,\n", {}),
    # Lists of staff, of licences that were issued, of counters: near to lists of what they belong to.
    "staff.csv": ("Name,Title,Department,Email,Access Level,Last Updated\nJ,Clerk,Tax,a@b.c,2,2024-01-01\n", {}),
    "issued.csv": ("证照名称,证照编号,持证主体,发证机关,有效期限\n甲证,1,某单位,某局,3年\n", {}),
    "counters.csv": ("服务名称,服务地址,提供单位,服务说明,联系电话\n助餐,路 1 号,某院,甲,1\n", {}),
    "korean.csv": ("목록,기관\n도서관,시청\n".encode("cp949"), {}),
    "damaged.csv": (b"\xff\xfe" + TABLE.encode("utf-16-le")[1:], {}),
    "note.csv.bak": ("[目录]\n信息资源名称,信息资源代码\n", {}),
    "tree.json": ('{"dataset": [{"accessLevel": "public"}]}', {}),
    "entries.csv": (TABLE, {"wanted": "mulu"}),
    "template.csv": (TABLE, {"wanted": "mulu-template"}),
    "kind.csv": ("#venue,/title,/note\n1,甲,乙\n", {}),
    "given.csv": (TABLE, {"given": {("publisher", "nam"): "x"}}),
    "given-template.csv": ("#resource,/title,/note\n1,甲,乙\n", {"given": {("a",): "x"}}),
    "given.json": (DCAT.read_text(encoding="utf-8"), {"given": {("a",): "x"}}),
    "format.csv": (TABLE, {"wanted": "cn-guide-2018"}),
    "unknown.csv": (TABLE, {"wanted": "zzz"}),
    "named.csv": ("a,b\n1,2\n", {"wanted": "suzhou-55"}),
}
WRITTEN = [
    ("suzhou-56", "a.csv"),
    ("zzz", "a.csv"),
    ("dif", "a.xml"),
    ("suzhou-55", "a.txt"),
    ("cn-guide-2017", "a"),
    ("dcat", "a.json"),
    ("datapackage", "a.JSON"),
    ("mulu", "a.txt"),
]


def said(function, *arguments):
    """Yield what is said if a function raises, in both languages."""
    try:
        function(*arguments)
    except MuluError as error:
        yield from (f"  {type(error).__name__}", f"  {error.zh}", f"  {error.en}")
    else:
        yield "  —"


def read(name, text, options):
    """Read a file that is no catalog, or asked for wrongly."""
    content = text.encode() if isinstance(text, str) else text
    list(open_source(open_bytes(content, name), STANDARD, **options))


@pytest.mark.parametrize("way", ["read", "written"])
def test_what_cannot_be_done_is_told_in_both_languages(way, approved):
    """What is wrong, what was found, what there is instead."""
    if way == "read":
        each = [(name, said(read, name, text, options)) for name, (text, options) in READ.items()]
    else:
        each = [(f"{name} {path}", said(open_target, STANDARD, name, Path(path))) for name, path in WRITTEN]
    approved(f"messages/{way}.txt", [line for name, lines in each for line in (name, *lines)])
