"""Files that hold no table, told by their first bytes or by what is in the archive, and refused by name."""

import codecs
from typing import TYPE_CHECKING, NoReturn

from mulu.errors import Unreadable

if TYPE_CHECKING:
    from mulu.readers.archive import Archive

# What the first bytes say of files that hold no table: (first bytes, Chinese, English).
_OTHERS = (
    (b"%PDF-", " PDF 文件", "a PDF file"),
    (b"\x89PNG", "图片", "an image"),
    (b"\xff\xd8\xff", "图片", "an image"),
    (b"GIF8", "图片", "an image"),
    (b"Rar!", " RAR 压缩包", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", " 7z 压缩包", "a 7z archive"),
    (b"\x1f\x8b", " gzip 压缩文件", "a gzip file"),
    (b"\x28\xb5\x2f\xfd", " zstd 压缩文件", "a zstd file"),
    (
        b"SQLite format 3",
        " SQLite 数据库（请写成地址 sqlite:///文件名）",
        "a SQLite database (name it as sqlite:///FILE)",
    ),
    (b"PAR1", " Parquet 文件", "a Parquet file"),
    (b"{\\rtf", " RTF 文档", "an RTF document"),
    (b"\x7fELF", "程序文件", "a program"),
    (b"MZ\x90", "程序文件", "a program"),
)
_ZIP_KINDS = (
    ("xl/workbook.bin", " xlsb 工作簿", "an .xlsb workbook"),
    ("ppt/presentation.xml", " PowerPoint 文件", "a PowerPoint file"),
    ("content.xml", " OpenDocument 文本或演示文稿", "an OpenDocument text or presentation"),
)


def refuse_others(head: bytes, name: str) -> None:
    """Raise `Unreadable` if a file begins with `head`, its first bytes, as one that holds no table."""
    for start, zh, en in _OTHERS:
        if head.startswith(start):
            raise _no_table(name, zh, en)
    if head.lstrip().startswith(b"MIME-Version:"):
        raise _no_table(name, "单个文件网页（MHT）", "a single-file web page (MHT)")
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        controls = sum(head.count(bytes([code])) for code in range(1, 32) if code not in (9, 10, 12, 13))
        if controls > len(head) // 50:
            raise _no_table(name, "二进制文件", "a binary file")


def refuse_archive(archive: "Archive", name: str) -> NoReturn:
    """Raise `Unreadable`: nothing in a ZIP archive can be read, as what it is or what is wrong with it tells."""
    members = {each.lower() for each in archive.infos}
    for part, zh, en in _ZIP_KINDS:
        if part in members:
            raise _no_table(name, zh, en)
    # A member that is damaged is why nothing could be read.
    archive.check()
    raise Unreadable(
        name,
        "这是压缩包，里面没有可读的目录文件，或它在压缩包里套了两层以上，或与外层合起来太大；请解压后再指定其中的文件",
        "this is a ZIP archive in which nothing can be read, or which is inside two others, or is too large together "
        "with the outer one; unpack it and name the files",
    )


def _no_table(name: str, zh: str, en: str) -> Unreadable:
    return Unreadable(
        name,
        f"这是{zh}，目前读不了；请提供 .xlsx、.xls、.ods、.docx、.csv 或 JSON 文件",
        f"this is {en}, which cannot be read; hand in .xlsx, .xls, .ods, .docx, .csv or JSON",
    )
