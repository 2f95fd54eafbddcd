"""What the readers of office files have in common: how XML is parsed, and what is refused in any of them."""

from mulu.errors import Unreadable
from mulu.readers.archive import Archive

SAFE = {
    "resolve_entities": False,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "no_network": True,
    "huge_tree": False,
    "recover": False,
    "remove_pis": True,
    "remove_comments": True,
}
"""How every parser of XML is made: nothing is fetched, expanded or mended."""


def refuse_doctype(archive: Archive) -> None:
    """Expand every part once, and refuse a document type: office files have none (ECMA-376-2, 8.1.4)."""
    for name, head in archive.heads():
        if name.lower().endswith((".xml", ".rels", ".vml")) and b"<!DOCTYPE" in head.replace(b"\0", b""):
            raise Unreadable(
                archive.path,
                f"文件内的 {name} 含有 DOCTYPE，正常的办公文件不会有；请用 Office 或 WPS 打开后另存一份",
                f"{name} inside the file has a DOCTYPE, which valid Office files never have; open it in Office or "
                "WPS and save a copy",
            )


def encrypted(path: str) -> Unreadable:
    """Return the refusal of a workbook that needs a password."""
    return Unreadable(
        path,
        "工作簿设有打开密码；请在 Excel 或 WPS 中去掉密码后另存一份",
        "the workbook is password-protected; save a copy without a password in Excel or WPS",
    )
