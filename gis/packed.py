"""How are a million features held in memory so that any of them is GeoJSON at once?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gis.boxes import BoxIndex, readonly
from gis.columns import Flags, GeometryColumns, GeometryKind, Ints, Reals
from gis.errors import GeometryError
from gis.json_values import json_name, json_texts
from gis.kernels import packed as kernel
from gis.kernels.geojson import LINE, POINT, POLYGON

Small = NDArray[np.int32]

_CODES = {GeometryKind.POINT: POINT, GeometryKind.LINE: LINE, GeometryKind.POLYGON: POLYGON}
_OPEN, _CLOSE = b',"features":[', b"]}"


@dataclass(frozen=True, slots=True, eq=False)
class PackedFeatures:
    """Features in longitude and latitude with 7 digits, ids and properties as JSON texts; read-only.

    xy        int32 (vertices, 2) in 1e-7 degrees, shells counter-clockwise, holes clockwise; its offsets, `present` and
              `multi` are those of `GeometryColumns`
    vertices  int64: feature -> vertices
    ids       int64
    codes     int32 (columns, features): which text of its column a feature has; those of column c begin at starts[c],
              text k spans cells[ends[k]:ends[k + 1]]; the column's name spans heads[head_ends[c]:head_ends[c + 1]]
    index     the features by their boxes in degrees
    """

    kind: GeometryKind
    xy: Small
    rings: Ints
    parts: Ints
    features: Ints
    vertices: Ints
    present: Flags
    multi: Flags
    ids: Ints
    heads: NDArray[np.uint8]
    head_ends: Ints
    codes: Small
    starts: Ints
    ends: Ints
    cells: NDArray[np.uint8]
    index: BoxIndex

    def __len__(self) -> int:
        """The number of features."""
        return len(self.ids)

    @property
    def size_bytes(self) -> int:
        """The memory that all of it takes."""
        arrays = [getattr(self, one.name) for one in fields(self) if one.name not in ("kind", "index")]
        arrays += [self.index.nodes, self.index.levels, self.index.order]
        return sum(array.nbytes for array in arrays)

    def reaching(self, rows: Ints, window: Sequence[float]) -> Flags:
        """Whether each of `rows` has a vertex in the window: west, south, east, north in degrees, borders included."""
        found = np.empty(len(rows), np.bool_)
        kernel.reaching(self.xy, self.vertices, readonly(rows), *(float(side) * kernel.SCALE for side in window), found)
        return found

    def collection(self, rows: Ints, extra_members: bytes = b"") -> bytes:
        """One FeatureCollection of `rows`, as `gis.geojson.feature_collection` writes it with 7 digits."""
        head = b'{"type":"FeatureCollection"' + (b"," + extra_members if extra_members else b"") + _OPEN
        return self._text(rows, head, _CLOSE)

    def feature(self, row: int, extra_members: bytes = b"") -> bytes:
        """The feature `row`, as `gis.geojson.feature` writes it with 7 digits."""
        return self._text(np.array([row]), b"", (b"," + extra_members if extra_members else b"") + b"}", unclosed=True)

    def text(self, rows: Ints) -> bytes:
        """The features `rows` with commas between them; b"" for none."""
        return self._text(rows, b"", b"")

    def _text(self, rows: Ints, head: bytes, tail: bytes, *, unclosed: bool = False) -> bytes:
        rows = readonly(np.asarray(rows, np.int64))
        cells = self.codes, self.starts, self.ends
        names = len(rows) * len(self.heads)
        out = np.empty(len(head) + len(tail) + names + kernel.room(*cells, self.vertices, rows), np.uint8)
        out[: len(head)] = np.frombuffer(head, np.uint8)
        geometries = self.xy, self.rings, self.parts, self.features, self.present, self.multi
        texts = self.ids, self.heads, self.head_ends, *cells, self.cells, rows
        size = len(head) + kernel.write(_CODES[self.kind], *geometries, *texts, out[len(head) :])
        size -= (1 if len(rows) else 0) + unclosed  # the last comma, and the brace that closes the feature
        out[size : size + len(tail)] = np.frombuffer(tail, np.uint8)
        return out[: size + len(tail)].tobytes()


class Packer:
    """Takes features batch by batch; `packed` is them all, in the order they came."""

    def __init__(self, kind: GeometryKind, names: Sequence[str]) -> None:
        self.kind, self.names = kind, names
        self._xy: list[Small] = []
        self._shapes: list[tuple[Ints, Ints, Ints]] = []
        self._flags: list[tuple[Flags, Flags]] = []
        self._boxes: list[Reals] = []
        self._ids: list[Ints] = []
        self._texts: list[list[pa.Array]] = []

    def add(self, columns: GeometryColumns, ids: Ints, properties: pa.Table) -> int:
        """Adds features whose `columns` are in CRS84; `properties` has the columns `names`. The bytes that they take.

        Raises GeometryError for degrees beyond 214, GisError for properties that JSON cannot hold.
        """
        xy = np.empty(columns.xy.shape, np.int32)
        if not kernel.pack(_CODES[self.kind], columns.xy, columns.ring_offsets, columns.part_offsets, xy):
            raise GeometryError("坐标不是经纬度。", "Coordinates are not longitudes and latitudes.")
        levels = columns.ring_offsets, columns.part_offsets, columns.feature_offsets
        shapes = [np.diff(level) for level in levels]
        texts = [json_texts(_in_one(properties.column(name)), name).dictionary_encode() for name in self.names]
        self._xy.append(xy)
        self._shapes.append((shapes[0], shapes[1], shapes[2]))
        self._flags.append((columns.present, columns.multi))
        self._boxes.append(columns.bounds())
        self._ids.append(np.asarray(ids, np.int64))
        self._texts.append(texts)
        return xy.nbytes + sum(shape.nbytes for shape in shapes) + sum(int(text.nbytes) for text in texts)

    def packed(self) -> PackedFeatures:
        """What was added, which is forgotten here."""
        rings, parts, features = (_offsets([shape[level] for shape in self._shapes]) for level in range(3))
        present, multi = (_laid([flags[which] for flags in self._flags], np.bool_) for which in range(2))
        xy = np.concatenate([np.empty((0, 2), np.int32), *self._xy])
        self._xy, self._shapes, self._flags = [], [], []
        index = BoxIndex.over(np.concatenate([np.empty((0, 4)), *self._boxes]))
        codes, starts, ends, cells = self._cells(len(present))
        heads = [((b"," if k else b"") + json_name(name).encode() + b":") for k, name in enumerate(self.names)]
        return PackedFeatures(
            self.kind,
            readonly(xy),
            rings,
            parts,
            features,
            readonly(rings[parts[features]]),
            present,
            multi,
            _laid(self._ids, np.int64),
            readonly(np.frombuffer(b"".join(heads), np.uint8)),
            _offsets([np.array([len(head) for head in heads], np.int64)]),
            codes,
            starts,
            ends,
            cells,
            index,
        )

    def _cells(self, count: int) -> tuple[Small, Ints, Ints, NDArray[np.uint8]]:
        codes = np.empty((len(self.names), count), np.int32)
        starts, sizes, cells = [0], [], []
        for column in range(len(self.names)):
            batches = [texts[column] for texts in self._texts]
            joined = pa.chunked_array(batches, pa.dictionary(pa.int32(), pa.large_string())).unify_dictionaries()
            codes[column] = _laid([piece.indices.to_numpy() for piece in joined.chunks], np.int32)
            words = joined.chunk(0).dictionary if joined.num_chunks else pa.array([], pa.large_string())
            ends, letters = _letters(words)
            starts.append(starts[-1] + len(words))
            sizes.append(np.diff(ends))
            cells.append(letters)
        self._texts = []
        return readonly(codes), readonly(np.array(starts)), _offsets(sizes), _laid(cells, np.uint8)


def _in_one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _letters(words: pa.Array) -> tuple[Ints, NDArray[np.uint8]]:
    """The offsets and the bytes of a large_string array without nulls."""
    _, offsets, data = words.buffers()
    ends = np.frombuffer(offsets, np.int64)[words.offset : words.offset + len(words) + 1] if len(words) else np.zeros(1)
    letters = np.frombuffer(data or b"", np.uint8)[int(ends[0]) : int(ends[-1])]
    return ends.astype(np.int64) - int(ends[0]), letters


def _laid(pieces: Sequence[NDArray[Any]], kind: Any) -> NDArray[Any]:
    return readonly(np.concatenate([np.empty(0, kind), *pieces]).astype(kind, copy=False))


def _offsets(lengths: Sequence[Ints]) -> Ints:
    """The offsets of items that are as long as `lengths` say, piece after piece."""
    return readonly(np.concatenate([[0], np.cumsum(_laid(lengths, np.int64))]).astype(np.int64))
