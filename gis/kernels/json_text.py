"""How does text read as a JSON string (RFC 8259, section 7)?"""

# mypy: allow-untyped-defs, allow-untyped-calls

from __future__ import annotations

import numpy as np

from gis.kernels import BYTES, FLAGS, INTS, OUT_BYTES, OUT_INTS, compiled


def _escapes() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """What stands after the backslash: 0 for a byte that needs none, u for \\u00XX."""
    table = np.zeros(256, np.uint8)
    table[:32] = ord("u")
    for plain, letter in zip('"\\\b\f\n\r\t', '"\\bfnrt', strict=True):
        table[ord(plain)] = ord(letter)
    return table


_ESCAPES = _escapes()
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


@compiled((BYTES, INTS, FLAGS, OUT_INTS))
def quoted_sizes(data, offsets, present, out):
    """Bytes of each text of UTF-8 as a JSON string (null if absent), added up: `out` has one entry more than texts."""
    for row in range(len(present)):
        size = 4
        if present[row]:
            size = 2 + offsets[row + 1] - offsets[row]
            for i in range(offsets[row], offsets[row + 1]):
                letter = _ESCAPES[data[i]]
                if letter:
                    size += 5 if letter == 117 else 1
        out[row + 1] = out[row] + size


@compiled((BYTES, INTS, FLAGS, INTS, OUT_BYTES))
def quote(data, offsets, present, ends, out):
    """Writes the JSON strings where `quoted_sizes` has found room for them."""
    for row in range(len(present)):
        p = ends[row]
        if not present[row]:
            out[p], out[p + 1], out[p + 2], out[p + 3] = 110, 117, 108, 108
            continue
        first, last = offsets[row], offsets[row + 1]
        out[p] = 34
        p += 1
        if ends[row + 1] - p - 1 == last - first:
            for i in range(first, last):
                out[p + i - first] = data[i]
        else:
            for i in range(first, last):
                p = _put(out, p, data[i])
        out[ends[row + 1] - 1] = 34


@compiled()
def _put(out, p, byte):
    letter = _ESCAPES[byte]
    if letter == 0:
        out[p] = byte
        return p + 1
    out[p], out[p + 1] = 92, letter
    if letter != 117:
        return p + 2
    out[p + 2], out[p + 3], out[p + 4], out[p + 5] = 48, 48, _HEX[byte >> 4], _HEX[byte & 15]
    return p + 6
