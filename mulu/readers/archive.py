"""ZIP archives, which workbooks are: checked as a whole before any member is used, expanded under a count.

What the directory of an archive says (sizes, names) is not believed where a wrong word could do harm.
"""

import io
import itertools
import posixpath
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.texts import shown

_CHUNK = 64 * 1024
_LOCAL_HEADER = 30


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive whose directory has been checked."""

    path: str
    data: bytes
    limits: Limits
    infos: dict[str, zipfile.ZipInfo]

    def read(self, name: str) -> bytes:
        """Return the bytes of the member `name`; `Unreadable` if they are not those that were packed."""
        return b"".join(self._chunks(name))

    def heads(self) -> Iterator[tuple[str, bytes]]:
        """Expand every member, and yield its name and first 64 KiB; `Unreadable` as in `read`."""
        for name in self.infos:
            head = b""
            for chunk in self._chunks(name):
                head = head or chunk
            yield name, head

    @property
    def expanded(self) -> int:
        """How many bytes its members have together."""
        return sum(info.file_size for info in self.infos.values())

    def check(self) -> None:
        """Expand every member; raises `Unreadable` as `read` does."""
        for _ in self.heads():
            pass

    def _chunks(self, name: str) -> Iterator[bytes]:
        info = self.infos[name]
        start = info.header_offset
        header = self.data[start : start + _LOCAL_HEADER]
        if header[:4] != b"PK\x03\x04" or int.from_bytes(header[8:10], "little") != info.compress_type:
            raise _damaged_member(self.path, name)
        begin = start + _LOCAL_HEADER + int.from_bytes(header[26:28], "little")
        begin += int.from_bytes(header[28:30], "little")
        packed = memoryview(self.data)[begin : begin + info.compress_size]
        size = checksum = 0
        try:
            for chunk in [bytes(packed)] if info.compress_type == zipfile.ZIP_STORED else _inflated(packed):
                size += len(chunk)
                if size > info.file_size:
                    break
                checksum = zlib.crc32(chunk, checksum)
                yield chunk
        except zlib.error:
            raise _damaged_member(self.path, name) from None
        if (size, checksum) != (info.file_size, info.CRC):
            raise _damaged_member(self.path, name)


def _inflated(packed: memoryview) -> Iterator[bytes]:
    """Yield what was packed by deflate, as far as it goes."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    position = 0
    while not unpacker.eof:
        piece = unpacker.unconsumed_tail
        if not piece:
            piece = bytes(packed[position : position + _CHUNK])
            position += len(piece)
        chunk = unpacker.decompress(piece, _CHUNK)
        # All may have been taken in while some of it was not given yet.
        if not piece and not chunk:
            return
        yield chunk


def open_archive(data: bytes, path: str, limits: Limits) -> Archive:
    """Return the archive `data`; raises `Unreadable` if anything in its directory is against the rules."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, UnicodeError):
        raise _damaged(path) from None
    if len(infos) > limits.members:
        raise limits.exceeded("members", path, "压缩包内文件太多", "the archive has too many files")
    seen: set[str] = set()
    names = [_name(info) for info in infos]
    for name, info in zip(names, infos, strict=True):
        _check_member(name, info, path)
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            raise _hostile(path, "有同名文件", "it contains two files with the same name")
        seen.add(folded)
    ordered = sorted(infos, key=lambda info: info.header_offset)
    for one, following in itertools.pairwise(ordered):
        if one.header_offset + _LOCAL_HEADER + one.compress_size > following.header_offset:
            raise _hostile(path, "内部文件相互重叠", "its files overlap")
    expanded = sum(info.file_size for info in infos)
    if expanded > limits.expanded:
        raise limits.exceeded("expanded", path, "压缩包展开后太大", "the archive is too large when expanded")
    if expanded > limits.ratio * max(len(data), 2**16):
        raise limits.exceeded("ratio", path, "压缩包展开倍数太高", "the archive expands too many times")
    members = {name: info for name, info in zip(names, infos, strict=True) if not name.endswith("/")}
    return Archive(path, data, limits, members)


def _name(info: zipfile.ZipInfo) -> str:
    """Return a member's name; without the mark of UTF-8 it is in whatever the packer used, in China mostly GBK."""
    name = info.orig_filename
    if info.flag_bits & 0x800 or name.isascii():
        return name
    raw = name.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _check_member(name: str, info: zipfile.ZipInfo, path: str) -> None:
    if (
        name.startswith("/")
        or "\\" in name
        or ":" in name
        or ".." in name.split("/")
        or any(ord(character) < 32 or ord(character) == 127 for character in name)
    ):
        raise _hostile(
            path,
            "有指向包外或含特殊字符的文件名",
            "it contains a file name that leads outside the archive or is not a plain name",
        )
    kind = info.external_attr >> 28
    if info.create_system == 3 and kind not in (0, 0o4, 0o10):
        raise _hostile(path, "含有链接或特殊文件", "it contains a link or a special file")
    if info.flag_bits & 0x1:
        raise Unreadable(
            path,
            "压缩包已加密；请去掉密码后另存一份",
            "the archive is encrypted; save a copy without the password",
        )
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _hostile(path, "使用了少见的压缩方式", "it uses an unsupported compression method")


def unpacked(
    archive: Archive, folder: Path, is_wanted: Callable[[str], bool], beside: tuple[str, ...]
) -> tuple[list[tuple[Path, str]], list[str]]:
    """Write the files of an archive whose names are wanted to `folder`, and return them with their names.

    Files called alike but with an ending of `beside` are written too, so that they lie beside each other. The second
    list are the files that were passed over. Names on disk are numbers: none of the archive's is used.
    """
    taken: list[tuple[Path, str]] = []
    passed: list[str] = []
    numbers: dict[str, int] = {}
    for name in archive.infos:
        base = posixpath.basename(name)
        stem, dot, ending = name.rpartition(".")
        ending = f"{dot}{ending}".lower()
        if base.startswith((".", "~$")) or "__MACOSX" in name.split("/"):
            continue
        if not (wanted := is_wanted(name)) and ending not in beside:
            passed.append(name)
            continue
        number = numbers.setdefault(stem.casefold(), len(numbers) + 1)
        target = folder / f"{number}{ending}"
        target.write_bytes(archive.read(name))
        if wanted:
            taken.append((target, name))
    return taken, passed


def _damaged(path: str) -> Unreadable:
    return Unreadable(
        path,
        "文件已损坏或不完整（压缩结构不对）；请重新获取或重新打包，工作簿可用 Excel 或 WPS 打开后另存为 .xlsx",
        "the file is damaged or incomplete (invalid ZIP structure); download or pack it again; for a workbook, open "
        "it in Excel or WPS and save it as .xlsx",
    )


def _damaged_member(path: str, name: str) -> Unreadable:
    return Unreadable(
        path,
        f"文件已损坏：其中的 {shown(name)} 与压缩时的长度或校验和（CRC-32）不符；请重新获取或重新打包，"
        "工作簿可用 Excel 或 WPS 打开后另存为 .xlsx",
        f"the file is damaged: the length or checksum (CRC-32) of {shown(name)} does not match; download or pack it "
        "again; for a workbook, open it in Excel or WPS and save it as .xlsx",
    )


def _hostile(path: str, zh: str, en: str) -> Unreadable:
    return Unreadable(
        path,
        f"压缩包不安全：{zh}；请重新打包，工作簿请用 Excel 或 WPS 打开后另存为 .xlsx",
        f"the archive is not safe: {en}; pack it again; for a workbook, open it in Excel or WPS and save it as .xlsx",
    )
