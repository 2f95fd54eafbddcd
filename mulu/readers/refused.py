"""Files that hold no table, told by their first bytes or by what is in the archive, and refused by name."""

import codecs
import re
from typing import TYPE_CHECKING, NoReturn

from mulu.errors import Unreadable
from mulu.texts import Text

if TYPE_CHECKING:
    from mulu.readers.archive import Archive

_READABLE = Text(
    "请提供 .xlsx、.xls、.ods、.docx、.csv 或 JSON 文件", "use .xlsx, .xls, .ods, .docx, .csv or JSON instead"
)
_PRINTED = Text(
    "请从原系统或原文件导出 .xlsx、.csv 或 .docx；只有这一份的，请用办公软件识别成表格，核对后再交",
    "export .xlsx, .csv or .docx from the program in which it was created; if this is the only copy, convert it to "
    "a table with an office program and check the result",
)
_WORD = Text("请另存为 .docx，或把其中的表另存为 .xlsx", "save it as .docx, or save its table as .xlsx")
_PACKED = Text("请解压后交里面的文件，或重新压缩成 .zip", "extract it and check the files, or pack them as .zip")
_TABLES = Text(
    "请在原程序中把目录表导出为 .xlsx 或 .csv",
    "export the catalog table as .xlsx or .csv from the program it belongs to",
)
_DATA = Text(
    "里面是数据，不是目录；请交它的变量表（一行一个变量：名称、类型、长度、说明）或描述它的目录",
    "it contains data, not a catalog; provide the list of its variables (one per line: name, type, length, label), "
    "or the catalog that describes it",
)

# What the first bytes say of files that hold no table: (first bytes, Chinese, English, what to do).
_OTHERS = (
    (b"%PDF-", " PDF 文件", "a PDF file", _PRINTED),
    (b"%!PS", " PostScript 文件", "a PostScript file", _PRINTED),
    (b"\x89PNG", "图片", "an image", _PRINTED),
    (b"\xff\xd8\xff", "图片", "an image", _PRINTED),
    (b"GIF8", "图片", "an image", _PRINTED),
    (b"II*\0", "图片", "an image", _PRINTED),
    (b"MM\0*", "图片", "an image", _PRINTED),
    (b"8BPS", "图片", "an image", _PRINTED),
    (b"Rar!", " RAR 压缩包", "a RAR archive", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", " 7z 压缩包", "a 7z archive", _PACKED),
    (b"\xfd7zXZ", " xz 压缩文件", "an xz file", _PACKED),
    (b"\x1f\x8b", " gzip 压缩文件", "a gzip file", _PACKED),
    (b"\x28\xb5\x2f\xfd", " zstd 压缩文件", "a zstd file", _PACKED),
    (
        b"SQLite format 3",
        " SQLite 数据库",
        "a SQLite database",
        Text("请写成地址 sqlite:///文件名", "give it as an address: sqlite:///FILE"),
    ),
    (b"\0\1\0\0Standard Jet DB", " Access 数据库", "an Access database", _TABLES),
    (b"\0\1\0\0Standard ACE DB", " Access 数据库", "an Access database", _TABLES),
    (b"PAR1", " Parquet 文件", "a Parquet file", _DATA),
    (b"Obj\1", " Avro 文件", "an Avro file", _DATA),
    (b"$FL2@(#)", " SPSS 数据文件", "an SPSS data file", _DATA),
    (b"$FL3@(#)", " SPSS 数据文件", "an SPSS data file", _DATA),
    (b"<stata_dta>", " Stata 数据文件", "a Stata data file", _DATA),
    (b"\0" * 12 + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", " SAS 数据集", "a SAS data set", _DATA),
    (b"\x89HDF", " HDF5 文件", "an HDF5 file", _DATA),
    (b"CDF\1", " NetCDF 文件", "a NetCDF file", _DATA),
    (b"\0\0\x27\x0a\0\0\0\0", "地理数据（Shapefile）", "geographic data (a shapefile)", _DATA),
    (b"{\\rtf", " RTF 文档", "an RTF document", _WORD),
    (b"\x7fELF", "程序文件", "a program", _READABLE),
    (b"MZ\x90", "程序文件", "a program", _READABLE),
)
_ZIP_KINDS = (
    ("xl/workbook.bin", " xlsb 工作簿", "an .xlsb workbook", Text("请另存为 .xlsx", "save it as .xlsx")),
    ("ppt/presentation.xml", " PowerPoint 文件", "a PowerPoint file", _TABLES),
    ("visio/document.xml", " Visio 文件", "a Visio file", _TABLES),
    ("index/document.iwa", " Numbers、Pages 文件", "a Numbers or Pages file", _TABLES),
    ("ofd.xml", " OFD 版式文件", "an OFD file (fixed layout)", _PRINTED),
    ("content.xml", " OpenDocument 文本或演示文稿", "an OpenDocument text or presentation", _WORD),
)
# A section in brackets, alone in its line, and below it a setting or the next section.
_SETTINGS = re.compile(
    r"(?:[#;][^\n]*\n\s*)*\[\[?[\w.\-\"' ]+\]\]?[ \t]*(?:[#;][^\n]*)?\r?\n\s*(?:[\w.\-\"']+\s*=|\[\[?[A-Za-z_])"
)


def refuse_others(head: bytes, name: str) -> None:
    """Raise `Unreadable` if a file begins with `head`, its first bytes, as one that holds no table."""
    for start, zh, en, mend in _OTHERS:
        if head.startswith(start):
            raise _no_table(name, zh, en, mend)
    if head.startswith(b"RIFF") and head[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        raise _no_table(name, "图片、声音或影像", "an image, audio or video file", _PRINTED)
    if head.lstrip().startswith(b"MIME-Version:"):
        raise _no_table(name, "单个文件网页（MHT）", "a single-file web page (MHT)", _READABLE)
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        controls = sum(head.count(bytes([code])) for code in range(1, 32) if code not in (9, 10, 12, 13))
        if controls > len(head) // 50:
            raise _no_table(name, "二进制文件", "a binary file", _READABLE)


def refuse_settings(start: str, name: str) -> None:
    """Raise `Unreadable` if a text holds settings, as TOML and INI do; it may begin with a bracket as JSON does."""
    if name.lower().endswith((".toml", ".ini")) or _SETTINGS.match(start):
        raise _no_table(
            name,
            " TOML 或 INI 文件（设置）",
            "a TOML or INI file (settings)",
            Text("目录请写成 JSON、YAML 或表格", "write a catalog as JSON, YAML or a table"),
        )


def refuse_archive(archive: "Archive", name: str) -> NoReturn:
    """Raise `Unreadable`: nothing in a ZIP archive can be read, as what it is or what is wrong with it tells."""
    members = {each.lower() for each in archive.infos}
    for part, zh, en, mend in _ZIP_KINDS:
        if part in members:
            raise _no_table(name, zh, en, mend)
    # A member that is damaged is why nothing could be read.
    archive.check()
    raise Unreadable(
        name,
        "这是压缩包，里面没有可读的目录文件，或它在压缩包里套了两层以上，或与外层合起来太大；请解压后再指定其中的文件",
        "this ZIP archive contains nothing readable, is nested more than one level deep, or is too large together "
        "with the archive around it; extract it and check the files",
    )


def _no_table(name: str, zh: str, en: str, mend: Text) -> Unreadable:
    return Unreadable(name, f"这是{zh}，目前读不了；{mend.zh}", f"this is {en} and cannot be read; {mend.en}")
