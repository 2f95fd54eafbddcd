"""Whatever the format: personal numbers are masked, and nothing from an input drives what shows the report."""

import json
import re
import zipfile
from html.parser import HTMLParser

import duckdb
import pytest
from verdict import COMMAND, CONTROL, assert_verdict

from mulu.reports import formats

CITIZEN, MOBILE, CARD = "11010519491231002X", "13812345678", "4111111111111111"
NUMBERS = (CITIZEN, MOBILE, CARD)
EVIL = (
    "\x1b[31m\x9b\u202e\u2066\n::error::x\n##[group]y=cmd|' /C calc'!A0<script>alert(1)</script>](http://x)`|\0\ud800"
)
HEAD = "信息资源名称,信息资源代码,信息资源提供方,共享类型,更新周期"
ENDINGS = {"xlsx": ".xlsx"}


def written(mulu, name, *arguments, language="zh"):
    """Return all that a report in a format says, read as its bytes, and of a workbook its parts."""
    target = mulu.folder / f"report{ENDINGS.get(name, '')}"
    ran = mulu(
        "validate", *arguments, "-f", f"{name}:{target.name}", "-q", "--level", "interoperate", language=language
    )
    assert_verdict(ran, (0, 1, 2))
    data = target.read_bytes()
    if data.startswith(b"PAR1"):
        with duckdb.connect() as base:
            table = base.execute("select * from read_parquet(?)", [str(target)])
            return "\n".join(" | ".join(map(str, row)) for row in table.fetchall()), ran.said
    if not data.startswith(b"PK"):
        return data.decode("utf-8"), ran.said
    with zipfile.ZipFile(target) as archive:
        return "\n".join(archive.read(part).decode("utf-8", "replace") for part in archive.namelist()), ran.said


def rows(*cells):
    """Return a CSV file with the cells each as name, code, department, and so on of a line of its own."""
    lines = [",".join(['"{}"'.format(cell.replace('"', '""'))] * 5) for cell in cells]
    return "\n".join([HEAD, *lines]) + "\n"


@pytest.fixture
def personal(mulu):
    """Return files that hold personal numbers in every place: names, headings, keys, values, kinds, what is broken."""
    (mulu.folder / f"a{MOBILE}.csv").write_text(rows(*(f"联系 {number}" for number in NUMBERS)), encoding="utf-8")
    odd = f"{HEAD},{MOBILE},备注{CITIZEN}\n甲,{CARD},乙,{MOBILE},{CITIZEN},x,y,{MOBILE}\n"
    (mulu.folder / "b.csv").write_text(odd, encoding="utf-8")
    entries = [
        {"kind": CITIZEN, "title": MOBILE},
        {"kind": "resource", "identifier": CITIZEN, "title": MOBILE, "publisher": {"name": CARD, MOBILE: 1}},
        {"kind": "resource", "title": 13812345678, f"tel{MOBILE}": CARD, "accrualPeriodicity": CITIZEN},
    ]
    lines = [json.dumps(entry, ensure_ascii=False) for entry in entries]
    lines += [f'{{"kind":"resource","{MOBILE}":1,"{MOBILE}":2}}', f'{{"{CITIZEN}": {CARD}']
    (mulu.folder / "c.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (mulu.folder / "d.json").write_text(f'{{"{CITIZEN}": "{MOBILE}" {CARD}', encoding="utf-8")
    (mulu.folder / "e.yaml").write_text(f"kind: resource\n{MOBILE}a: 1\n{MOBILE}a: 2\n", encoding="utf-8")
    (mulu.folder / "f.csv").write_text(f"{MOBILE},{CITIZEN},x\n1,2,3\n", encoding="utf-8")
    return sorted(path.name for path in mulu.folder.iterdir())


@pytest.mark.parametrize("name", formats())
def test_personal_numbers_are_masked(mulu, personal, name):
    """No format and no message shows one, wherever it stood in an input; a file's own name is told as it is."""
    inputs = [file for file in personal if MOBILE not in file]
    said = written(mulu, name, *inputs)
    for number in NUMBERS:
        for text in said:
            # A workbook's copy of the input is the input: only what mulu adds is looked at.
            if name != "xlsx":
                assert number not in text, text[max(0, text.find(number) - 200) : text.find(number) + 50]
    if name == "xlsx":
        with zipfile.ZipFile(mulu.folder / "report.xlsx") as archive:
            comments = [archive.read(part).decode() for part in archive.namelist() if "comment" in part.lower()]
        assert comments and not any(number in comment for number in NUMBERS for comment in comments)


def test_personal_numbers_are_masked_in_accounts(mulu, personal):
    """Neither preview, account nor remarks of a conversion show one."""
    inputs = [file for file in personal if MOBILE not in file]
    for arguments in (("--preview", "3"), ("-o", "out.jsonl", "--ledger", "ledger.json")):
        ran = mulu("convert", *inputs, *arguments)
        assert_verdict(ran, (2,))
        assert not any(number in ran.said for number in NUMBERS), ran.said
    ledger = (mulu.folder / "ledger.json").read_text(encoding="utf-8")
    assert not any(number in ledger for number in NUMBERS)


class _Tags(HTMLParser):
    """Collects the elements of a text that were not there before."""

    def __init__(self):
        super().__init__()
        self.tags = set()

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.tags.add(tag)


@pytest.fixture
def evil(mulu):
    """Return files whose names, headings, keys and values would drive a terminal, a log, a page or a spreadsheet."""
    text = EVIL.replace("\ud800", "")
    (mulu.folder / "::error::\x1b[31m<b>=1+1.csv").write_text(rows(text), encoding="utf-8")
    (mulu.folder / "b.csv").write_text(f'{HEAD},"{text}"\n甲,1,乙,"{text}",x,y,"{text}"\n', encoding="utf-8")
    entries = [{"kind": EVIL, "title": EVIL}, {"kind": "resource", "title": EVIL, "identifier": EVIL, EVIL: EVIL}]
    (mulu.folder / "c.jsonl").write_text("\n".join(json.dumps(entry) for entry in entries), encoding="utf-8")
    valid = [json.dumps({"kind": "resource", "title": text, "identifier": text, text: text, "format": {"type": text}})]
    (mulu.folder / "d.jsonl").write_text("\n".join(valid), encoding="utf-8")
    return sorted(path.name for path in mulu.folder.iterdir())


@pytest.mark.parametrize("name", formats())
def test_a_report_drives_nothing(mulu, evil, name):
    """No control character, workflow command, element or formula of an input comes out alive."""
    text, said = written(mulu, name, *evil)
    assert not CONTROL.search(said) and not COMMAND.search(said)
    assert "\x1b" not in text and "\u202e" not in text and "\x9b" not in text
    if name != "xlsx":
        assert not CONTROL.search(text)
    if name not in ("github", "xlsx"):
        assert not COMMAND.search(text)
    if name == "github":
        assert all(re.match(r"::(error|warning|notice) ", line) for line in text.splitlines())
    if name == "markdown":
        tags = _Tags()
        tags.feed(re.sub(r"\\<", "&lt;", text))
        assert "script" not in tags.tags and "b" not in tags.tags
    if name == "xlsx":
        assert "<f>" not in text and "<f " not in text
