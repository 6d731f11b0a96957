"""Are the parts of a shapefile as long as they say?

GDAL reads what there is of a .shp cut short, and crashes on a .dbf with fewer rows than its head promises.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from gis.errors import FormatError

_HEAD = 100
"""Bytes of the head of a .shp and a .shx."""


def check_shapes(shp: Path, name: str) -> None:
    """Raises FormatError where the .shp is shorter than its head or its .shx says, or the .shx than its own head.

    `name` is the file's own name without the suffix. Files longer than stated are let pass (ESRI Shapefile Technical
    Description, July 1998: file length in bytes 24 to 27, in 16-bit words).
    """
    shx = shp.with_suffix(".shx")
    for part in (shp, shx):
        if part.exists():
            _check_length(part, f"{name}{part.suffix}", _stated_bytes(part))
    if shx.exists():
        _check_length(shp, f"{name}{shp.suffix}", _indexed_bytes(shx))


def check_rows(dbf: Path, name: str) -> None:
    """Raises FormatError where the .dbf is shorter than its head and the rows the head counts.

    The end mark (0x1A), which many programs leave out, is not counted.
    """
    with dbf.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        raise _truncated(name, 32, len(head))
    rows, head_bytes, row_bytes = struct.unpack("<IHH", head[4:12])
    _check_length(dbf, name, head_bytes + rows * row_bytes)


def _stated_bytes(part: Path) -> int:
    with part.open("rb") as file:
        head = file.read(28)
    return max(_HEAD, 2 * int(struct.unpack(">I", head[24:])[0])) if len(head) == 28 else _HEAD


def _indexed_bytes(shx: Path) -> int:
    """How long the .shp must be for the records that the .shx lists: offset and content length, in 16-bit words.

    The 8 bytes of a record's own head are not counted, since some programs count them in the content already.
    """
    entries = np.frombuffer(shx.read_bytes()[_HEAD : _stated_bytes(shx)], dtype=np.uint8)
    words = entries[: len(entries) // 8 * 8].view(">u4").reshape(-1, 2)
    return 2 * int(words.sum(axis=1, dtype=np.int64).max(initial=0))


def _check_length(part: Path, name: str, expected: int) -> None:
    actual = part.stat().st_size
    if actual < expected:
        raise _truncated(name, expected, actual)


def _truncated(name: str, expected: int, actual: int) -> FormatError:
    return FormatError(
        f"文件不完整（被截断）：应有 {expected:,} 字节，实有 {actual:,} 字节。",
        f"The file is truncated: {expected:,} bytes expected, {actual:,} present.",
        place=name,
        remedy_zh="请重新复制或下载整套文件，或重新导出。",
        remedy_en="Copy or download all its parts again, or export them again.",
    )
