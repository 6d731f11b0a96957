"""Is a file what its suffix says?"""

from __future__ import annotations

import re
from pathlib import Path

from gis.errors import FormatError

_XML_DANGERS = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_CHUNK = 1 << 20


def check(path: Path, suffix: str) -> None:
    """Raises FormatError where the first bytes of `path` contradict `suffix`, or XML declares entities."""
    if suffix in _HEADS:
        expected, name = _HEADS[suffix]
        with path.open("rb") as file:
            head = file.read(64)
        if not head:
            raise FormatError("文件是空的。", "The file is empty.")
        if not any(head.startswith(start) for start in expected):
            raise _mismatch(suffix, name, head)
    if suffix in {".geojson", ".json"}:
        _check_json(path)
    if suffix in {".csv", ".txt"}:
        _check_text(path, suffix)
    if suffix in {".gml", ".kml", ".xml", ".gpx"}:
        _check_xml(path)
    if suffix == ".dxf":
        _check_dxf(path)
    if suffix == ".gdb" and not path.is_dir():
        raise FormatError(
            ".gdb 应是文件夹（文件地理数据库）。", "A .gdb must be a folder (file geodatabase).",
            remedy_zh="请压缩整个文件夹后上传 .gdb.zip。", remedy_en="Zip the whole folder and send the .gdb.zip.",
        )  # fmt: skip


_HEADS: dict[str, tuple[tuple[bytes, ...], str]] = {
    ".shp": ((b"\x00\x00\x27\x0a",), "Shapefile"),
    ".gpkg": ((b"SQLite format 3\0",), "GeoPackage"),
    ".fgb": ((b"fgb",), "FlatGeobuf"),
    ".parquet": ((b"PAR1",), "GeoParquet"),
    ".zip": ((b"PK\x03\x04", b"PK\x05\x06"), "ZIP"),
    ".shp.zip": ((b"PK\x03\x04",), "ZIP"),
    ".gpkg.zip": ((b"PK\x03\x04",), "ZIP"),
    ".gdb.zip": ((b"PK\x03\x04",), "ZIP"),
    ".kmz": ((b"PK\x03\x04",), "KMZ"),
}


def _check_json(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        raise FormatError("文件是空的。", "The file is empty.")
    if not head.startswith(b"{"):
        raise _mismatch(".geojson", "GeoJSON", head)


def _check_text(path: Path, suffix: str) -> None:
    with path.open("rb") as file:
        head = file.read(4096)
    is_utf16 = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<", b"{", b"%PDF", b"PK")) or (b"\0" in head and not is_utf16):
        raise _mismatch(suffix, "text", head)


def _check_dxf(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(256)
    if not (head.startswith(b"AutoCAD Binary DXF") or re.match(rb"\s*(0|999)\s", head)):
        raise _mismatch(".dxf", "DXF", head)


def _check_xml(path: Path) -> None:
    """XML in UTF-16 and the like is refused as well: the search below would not see a DOCTYPE in it."""
    with path.open("rb") as file:
        tail = file.read(4096)
        text = tail.removeprefix(b"\xef\xbb\xbf").lstrip()
        if not text.startswith(b"<") or b"\0" in tail:
            raise _mismatch(path.suffix, "XML (UTF-8)", tail)
        declared = re.match(rb"<\?xml[^>]*encoding=[\"']([\w-]+)", text)
        if declared and declared[1].lower() not in _ASCII_BASED:
            raise _mismatch(path.suffix, "XML (UTF-8)", declared[0])
        while tail:
            if found := _XML_DANGERS.search(tail):
                raise FormatError(
                    f"XML 中含有 {found[1].decode()} 声明，出于安全已拒绝。",
                    f"The XML holds a {found[1].decode()} declaration; refused for safety.",
                    remedy_zh="请删除该声明或重新导出。",
                    remedy_en="Remove the declaration or export the file again.",
                )
            more = file.read(_CHUNK)
            tail = tail[-32:] + more if more else b""


_ASCII_BASED = frozenset(
    {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"gb18030", b"gbk", b"gb2312", b"iso-8859-1", b"windows-1252"}
)


def _mismatch(suffix: str, name: str, head: bytes) -> FormatError:
    shown = head[:16].hex(" ")
    return FormatError(
        f"后缀是 {suffix}，但内容不是 {name}（开头为 {shown}）。",
        f"The suffix is {suffix}, but the content is not {name} (it begins {shown}).",
        remedy_zh="请确认文件没有改错后缀，或重新导出。",
        remedy_en="Check that the suffix was not changed, or export the file again.",
    )
