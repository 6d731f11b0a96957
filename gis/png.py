"""How are the pixels of a tile written as a PNG? (ISO/IEC 15948)"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY_ALPHA_FREE, _PALETTE, _RGBA = 2, 3, 6
_NONE, _UP = 0, 2


def palette_png(indices: Pixels, palette: Pixels) -> bytes:
    """A PNG of `indices` (rows, columns) into `palette` (up to 256, RGBA)."""
    chunks = _chunk(b"PLTE", palette[:, :3].tobytes()) + _chunk(b"tRNS", palette[:, 3].tobytes())
    return _png(indices, _PALETTE, chunks, _filtered(indices, _NONE))


def colour_png(pixels: Pixels) -> bytes:
    """A PNG of `pixels` (rows, columns, 3 or 4): RGB or RGBA."""
    kind = _RGBA if pixels.shape[2] == 4 else _GREY_ALPHA_FREE
    rows = pixels.reshape(pixels.shape[0], -1)
    upward = rows.copy()
    upward[1:] -= rows[:-1]
    return _png(pixels, kind, b"", _filtered(upward, _UP))


def _filtered(rows: Pixels, kind: int) -> bytes:
    """Rows each with the number of their filter before them."""
    out = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    out[:, 0] = kind
    out[:, 1:] = rows
    return out.tobytes()


def _png(pixels: Pixels, kind: int, chunks: bytes, data: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, kind, 0, 0, 0)
    packed = zlib.compress(data, 1)  # deeper costs more time than it saves bytes
    return _SIGNATURE + _chunk(b"IHDR", header) + chunks + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
