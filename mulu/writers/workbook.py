"""Workbooks of the same bytes for the same cells: no clock, no chance in the order of their parts."""

import re
import tempfile
import traceback
import zipfile
from typing import Any, BinaryIO

# The first moment that the format of archives knows (APPNOTE 4.4.6); any fixed one would do.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_CHANGED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_DAY = b"1980-01-01T00:00:00Z"
_PROPERTIES = "docProps/core.xml"
_CHUNK = 2**20


def save(book: Any, stream: BinaryIO) -> None:
    """Write a workbook of openpyxl without the time at which it is made.

    Raises what openpyxl does if it cannot write it; then nothing has been written.
    """
    with tempfile.TemporaryFile() as whole:
        try:
            book.save(whole)
        except BaseException as error:
            # The archive that is half written closes itself when it is given up: now, while there is a file for it.
            traceback.clear_frames(error.__traceback__)
            raise
        whole.seek(0)
        with zipfile.ZipFile(whole) as made, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
            # openpyxl writes what belongs to macros in an order by chance.
            for part in sorted(made.infolist(), key=lambda part: part.filename):
                _copy(made, part, out)


def _copy(made: zipfile.ZipFile, part: zipfile.ZipInfo, out: zipfile.ZipFile) -> None:
    undated = zipfile.ZipInfo(part.filename, _MOMENT)
    undated.create_system = 3
    undated.external_attr = 0o100644 << 16
    undated.compress_type = zipfile.ZIP_DEFLATED
    if part.filename == _PROPERTIES:
        out.writestr(undated, _CHANGED.sub(rb"\g<1>" + _DAY, made.read(part)))
        return
    with made.open(part) as content, out.open(undated, "w", force_zip64=part.file_size > 2**31) as copy:
        while chunk := content.read(_CHUNK):
            copy.write(chunk)
