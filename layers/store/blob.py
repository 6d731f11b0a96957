"""How does a GeoPackage write a geometry?

OGC 12-128r18, 2.1.3: "GP", version, flags, SRS id, envelope (min x, max x, min y, max y), then ISO WKB.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

ENVELOPE_BYTES = (0, 32, 48, 48, 64)
"""Bytes of the envelope by the indicator in bits 1 to 3 of the flags."""

LITTLE_XY = 0b0000_0011
"""Flags of the headers written here: little-endian, envelope of x and y, not empty."""

HEADER = np.dtype([
    ("magic", "S2"), ("version", "u1"), ("flags", "u1"), ("srs_id", "<i4"), ("envelope", "<f8", 4),
])  # fmt: skip
EMPTY_BIT, LITTLE_BIT, ENVELOPE_SHIFT, ENVELOPE_MASK = 0b0001_0000, 0b0000_0001, 1, 0b111

Envelope = tuple[float, float, float, float]


def blobs(wkb: pa.Array, bounds: NDArray[np.float64], epsg: int) -> list[bytes]:
    """GeoPackage blobs of `wkb` (no nulls) whose (n, 4) `bounds` are west, south, east, north."""
    headers = np.zeros(len(wkb), HEADER)
    headers["magic"], headers["flags"], headers["srs_id"] = b"GP", LITTLE_XY, epsg
    headers["envelope"] = bounds[:, [0, 2, 1, 3]]
    data, size = headers.tobytes(), HEADER.itemsize
    return [data[i * size : (i + 1) * size] + body for i, body in enumerate(wkb.to_pylist())]


def wkbs(values: Sequence[bytes]) -> pa.Array:
    """The ISO WKB in GeoPackage blobs, as Arrow binary."""
    size = HEADER.itemsize
    return pa.array([value[size:] if value[3] == LITTLE_XY else wkb(value) for value in values], pa.binary())


def wkb(value: bytes) -> bytes:
    """The WKB in one blob."""
    return value[8 + ENVELOPE_BYTES[value[3] >> ENVELOPE_SHIFT & ENVELOPE_MASK] :]


def is_empty(value: bytes) -> bool:
    """Whether the blob's geometry is empty."""
    return bool(value[3] & EMPTY_BIT)


def envelope(value: bytes) -> Envelope:
    """Min x, max x, min y, max y of a blob; computed where its header has none. NaN for an empty geometry."""
    flags = value[3]
    if flags >> ENVELOPE_SHIFT & ENVELOPE_MASK:
        found: Envelope = struct.unpack_from("<4d" if flags & LITTLE_BIT else ">4d", value, 8)
        return found
    west, south, east, north = shapely.bounds(shapely.from_wkb(wkb(value)))
    return float(west), float(east), float(south), float(north)
