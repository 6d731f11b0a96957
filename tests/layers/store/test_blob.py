from __future__ import annotations

import struct

import numpy as np
import pyarrow as pa
import pytest
import shapely

from layers.store import blob

SQUARE = shapely.to_wkb(shapely.box(1, 2, 3, 4), byte_order=1)


def by_hand(flags: int, envelope: bytes, wkb: bytes = SQUARE) -> bytes:
    return b"GP\0" + bytes([flags]) + struct.pack("<i", 4490) + envelope + wkb


def test_blob_is_header_envelope_and_wkb() -> None:
    (made,) = blob.blobs(pa.array([SQUARE]), np.array([[1.0, 2.0, 3.0, 4.0]]), 4490)
    # min x, max x, min y, max y
    assert made == by_hand(0b11, struct.pack("<4d", 1, 3, 2, 4))


@pytest.mark.parametrize(
    ("flags", "envelope"),
    [
        (0b0001, b""),
        (0b0011, struct.pack("<4d", 1, 3, 2, 4)),
        (0b0010, struct.pack(">4d", 1, 3, 2, 4)),
        (0b0101, struct.pack("<6d", 1, 3, 2, 4, 0, 9)),
        (0b0111, struct.pack("<6d", 1, 3, 2, 4, 0, 9)),
        (0b1001, struct.pack("<8d", 1, 3, 2, 4, 0, 9, 0, 9)),
    ],
)
def test_headers_of_every_kind_are_read(flags: int, envelope: bytes) -> None:
    made = by_hand(flags, envelope)
    assert blob.envelope(made) == (1, 3, 2, 4)
    assert blob.wkbs([made]).to_pylist() == [SQUARE]


def test_empty_geometry_says_so() -> None:
    assert blob.is_empty(by_hand(0b10001, b"", shapely.to_wkb(shapely.Polygon())))
    assert not blob.is_empty(by_hand(0b1, b""))
