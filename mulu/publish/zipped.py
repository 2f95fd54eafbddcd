"""ZIP archives of the same bytes for the same files: no clock, no system, names in their order."""

import zipfile
from collections.abc import Mapping
from typing import BinaryIO

# The first moment that the format knows (APPNOTE 4.4.6); any fixed one would do.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def write_zip(stream: BinaryIO, members: Mapping[str, bytes]) -> None:
    """Write the members, in the order given, as plain files that anybody may read."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _MOMENT)
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
