"""What does a layer look like in one tile of a web map? (Mapbox Vector Tile 2.1, Web Mercator)"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import shapely

from gis.boxes import BoxIndex, readonly
from gis.columns import Flags, GeometryColumns, GeometryKind, Ints, Reals
from gis.errors import GeometryError, GisError
from gis.kernels import collapse, crossing, mvt, rings, simplify, tile_shape
from gis.soundness import valid_shapes
from gis.tile_values import TileValues, field

EXTENT = 4096
"""Units along the side of a tile, which a map draws 256 pixels wide."""

BUFFER = 64
"""Units that geometries reach over the border of a tile, so that outlines join."""

CELL = 32
"""Units along the side of a cell, two pixels, in which collapsed features are shown."""

SMALLEST = 64
"""What is no larger than this in either direction, four pixels, is not drawn by itself below `FULL_ZOOM`."""

TOLERANCE = 4.0
"""Units that simplifying may move an outline below `FULL_ZOOM`: a quarter of a pixel."""

FULL_ZOOM = 15
"""From this zoom on nothing is simplified or collapsed."""

MAX_ZOOM = 24
MAX_CLASSES = 256
WORLD_M = 20037508.342789244
"""Half the side of the Web Mercator square, in metres."""

MERGED = "gaodu_merged"
"""The attribute of a collapsed feature: how many features of its class it stands for."""


class TileGeometry(NamedTuple):
    """Geometries in tile units: vertices, ends of rings, of parts (in rings) and of features (in parts)."""

    xy: Ints
    ring_ends: Ints
    part_ends: Ints
    feature_ends: Ints

    def part_counts(self) -> Ints:
        """How many parts each feature has."""
        return np.diff(self.feature_ends, prepend=0)

    def some(self, first: int, last: int) -> TileGeometry:
        """The features from `first` to before `last`."""
        part, part_end = _before(self.feature_ends, first), _before(self.feature_ends, last)
        ring, ring_end = _before(self.part_ends, part), _before(self.part_ends, part_end)
        vertex, vertex_end = _before(self.ring_ends, ring), _before(self.ring_ends, ring_end)
        return TileGeometry(
            self.xy[vertex:vertex_end],
            self.ring_ends[ring:ring_end] - vertex,
            self.part_ends[part:part_end] - ring,
            self.feature_ends[first:last] - part,
        )


class Picture(NamedTuple):
    """What a tile shows: geometries, the row each takes its attributes from, and how many features it stands for.

    `merged` is 0 for a feature drawn by itself.
    """

    geometry: TileGeometry
    rows: Ints
    merged: Ints


class Window(NamedTuple):
    """A tile's upper left corner and side in Web Mercator metres, and the units a metre."""

    left: float
    top: float
    side: float
    scale: float


class TileSource:
    """A layer made ready for tiles: built once a revision, then read-only and shared by threads.

    name        of the layer in the tile
    geometry    in EPSG:3857; None and empty features are in no tile
    ids         non-negative integers, one a feature: the feature ids; None for tiles without ids
    attributes  one row a feature; None, NaN and infinities are left out of the tile
    overview    the attribute that collapsed features keep (the field the style colours by): they are merged within
                each of its values. With more than 256 values they are merged across them and do not keep it

    Below `full_zoom` features of less than four pixels are merged (`gis/kernels/collapse.py`); they have no id and the
    attribute `gaodu_merged`. From `full_zoom` on every feature is in every tile it meets, if need be as a small square.
    Raises GisError for ids or attributes that do not fit, GeometryError for coordinates that are not EPSG:3857.
    """

    def __init__(
        self,
        name: str,
        geometry: GeometryColumns,
        *,
        ids: Sequence[int] | Ints | None = None,
        attributes: pa.Table | None = None,
        overview: str | None = None,
        full_zoom: int = FULL_ZOOM,
    ) -> None:
        if len(geometry.xy) and not np.abs(geometry.xy).max() < 100 * WORLD_M:
            raise GeometryError(
                "坐标超出 EPSG:3857 的范围。", "The coordinates are out of the range of EPSG:3857.",
                remedy_zh="请先把图层转换到 EPSG:3857。", remedy_en="Transform the layer to EPSG:3857 first.",
            )  # fmt: skip
        if attributes is not None and attributes.num_rows != len(geometry):
            raise _unequal("属性", "attributes", attributes.num_rows, len(geometry))
        self.name, self.full_zoom, self._head = name, full_zoom, field(0x0A, name.encode())
        self._geometry, self._boxes = geometry, readonly(geometry.bounds())
        self._index = BoxIndex.over(self._boxes)
        areal = geometry.kind == GeometryKind.POLYGON
        self._weights = readonly(simplify.weights(geometry.xy, geometry.ring_offsets, areal))
        self._values = TileValues.none(len(geometry)) if attributes is None else TileValues.of(attributes)
        self._ids, self._with_id = _feature_ids(ids, len(geometry))
        self._amounts = _amounts(geometry)
        self._overview, self._classes, self._class_rows = _classes(self._values, overview, len(geometry))

    def tile(self, z: int, x: int, y: int) -> bytes:
        """The layer in tile z/x/y (XYZ scheme: row 0 is in the north); b"" where it shows nothing.

        Raises GisError for a tile that is not in the matrix.
        """
        window = tile_window(z, x, y)
        margin = BUFFER / window.scale
        found = self._index.query(
            window.left - margin, window.top - window.side - margin, window.left + window.side + margin,
            window.top + margin,
        )  # fmt: skip
        if not len(found):
            return b""
        return self._encoded(self._pictures(readonly(found), window, z < self.full_zoom))

    def _pictures(self, found: Ints, window: Window, collapsing: bool) -> list[Picture]:
        """What the tile shows, in the order in which it is drawn."""
        large, small = found, found[:0]
        place = (window.left, window.top, window.scale)
        if collapsing:
            large, small = collapse.divided(found, self._boxes, *place, float(SMALLEST))
        if self._geometry.kind == GeometryKind.POINT:
            large, merged = self._gathered(large, small, window)
        else:
            merged = np.zeros(len(large), np.int64)
        geometry, lost = self._shapes(readonly(large), window, TOLERANCE / window.scale if collapsing else -1.0)
        pictures = [Picture(geometry, large, merged)]
        gone = np.flatnonzero(~np.isnan(lost[:, 0]))
        if not collapsing and len(gone):
            pictures.append(self._specks(large[gone], lost[gone]))
        elif collapsing and self._geometry.kind != GeometryKind.POINT and len(gone) + len(small):
            pictures.insert(0, self._marks(small, large[gone], lost[gone], window))
        return pictures

    def _shapes(self, chosen: Ints, window: Window, tolerance: float) -> tuple[TileGeometry, Reals]:
        """The chosen features in tile units, and where those are that are too thin for it (NaN for others).

        `tolerance` is how many metres simplifying may move an outline; less than 0 keeps every vertex.
        """
        g = self._geometry
        *arrays, doubt, lost = _SHAPES[g.kind](
            chosen, g.xy, self._weights, g.ring_offsets, g.part_offsets, g.feature_offsets, self._boxes, window.left,
            window.top, window.scale, float(-BUFFER), float(EXTENT + BUFFER), tolerance,
        )  # fmt: skip
        geometry = TileGeometry(*arrays)
        valid = _made_valid(geometry, doubt) if doubt.any() else geometry
        if valid is geometry:
            return geometry, lost
        for k in np.flatnonzero((geometry.part_counts() > 0) & (valid.part_counts() == 0)).tolist():
            before = geometry.some(k, k + 1)
            if len(before.ring_ends) == len(before.part_ends):  # else the tile lies in a hole
                lost[k] = before.xy[0]
        return valid, lost

    def _gathered(self, large: Ints, small: Ints, window: Window) -> tuple[Ints, Ints]:
        """Points to draw: one for each cell, and how many it stands for (0: itself only)."""
        corner = np.array([window.left, window.top])
        cells = np.floor((self._boxes[small, :2] - corner) * (window.scale / CELL)).astype(np.int64)
        _, firsts, counts = np.unique(cells, axis=0, return_index=True, return_counts=True)
        chosen = np.concatenate([large, small[firsts]])
        merged = np.concatenate([np.zeros(len(large), np.int64), np.where(counts > 1, counts, 0)])
        order = np.argsort(chosen, kind="stable")
        return chosen[order], merged[order]

    def _marks(self, small: Ints, gone: Ints, places: Reals, window: Window) -> Picture:
        """What is drawn for features that are too small, or too thin (those that are `gone`, at `places`)."""
        side, areal = EXTENT // CELL, self._geometry.kind == GeometryKind.POLYGON
        full_cell = CELL / window.scale
        points = np.column_stack([window.left + places[:, 0] / window.scale, window.top - places[:, 1] / window.scale])
        boxes = np.concatenate([self._boxes[small], np.column_stack([points, points])])
        rows = np.concatenate([small, gone])
        amounts = self._amounts[rows] / (full_cell**2 if areal else full_cell)
        amounts[len(small) :] = np.minimum(amounts[len(small) :], 1.0)  # all in one cell
        places, filled, counts = collapse.spread(
            readonly(boxes), readonly(amounts), readonly(self._classes[rows]), len(self._class_rows), window.left,
            window.top, window.scale, side, float(CELL), float(SMALLEST),
        )  # fmt: skip
        cells = collapse.painted(readonly(places), readonly(filled), side)
        *arrays, kinds = (
            collapse.outlines(cells, CELL) if areal else collapse.dashes(cells, CELL, len(self._class_rows))
        )
        return Picture(TileGeometry(*arrays), self._class_rows[kinds], np.maximum(counts[kinds], 1))

    def _specks(self, gone: Ints, places: Reals) -> Picture:
        """A square or a line of two units for each feature that is too thin to be drawn otherwise."""
        areal = self._geometry.kind == GeometryKind.POLYGON
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]] if areal else [[-1, 0], [1, 0]])
        xy = (np.floor(places + 0.5).astype(np.int64)[:, None, :] + corners).reshape(-1, 2)
        ends = np.arange(1, len(gone) + 1, dtype=np.int64)
        return Picture(TileGeometry(xy, ends * len(corners), ends, ends), gone, np.zeros(len(gone), np.int64))

    def _encoded(self, pictures: list[Picture]) -> bytes:
        code, values = _CODES[self._geometry.kind], self._values
        slots, features, used, placed = np.zeros(values.repeated, np.int64), list[bytes](), list[Ints](), 0
        for picture in pictures:
            written, entries, more = mvt.features(
                code, *(readonly(array) for array in picture.geometry), readonly(picture.rows),
                readonly(picture.merged), self._ids, self._with_id, self._overview, values.codes, values.shared,
                values.repeated, slots, placed,
            )  # fmt: skip
            features.append(written.tobytes())
            used.append(entries)
            placed += more
        if not any(features):
            return b""
        merged = any(picture.merged.any() for picture in pictures)
        keys = values.keys + (field(0x1A, MERGED.encode()) if merged else b"")
        written = mvt.values(np.concatenate(used), values.data, values.offsets)
        return field(0x1A, b"".join([self._head, *features, keys, written.tobytes(), _TAIL]))


def tiles_of(sources: Iterable[TileSource], z: int, x: int, y: int) -> bytes:
    """One tile with the layers of all `sources`, in order. Raises GisError for a tile that is not in the matrix."""
    return b"".join(source.tile(z, x, y) for source in sources)


def tile_window(z: int, x: int, y: int) -> Window:
    """Where tile z/x/y lies. Raises GisError where zoom is not 0 to 24 or row or column not in the matrix."""
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise GisError(
            f"没有瓦片 {z}/{x}/{y}。", f"There is no tile {z}/{x}/{y}.",
            remedy_zh=f"级别为 0 到 {MAX_ZOOM}，行列号为 0 到 2 的级别次方减 1。",
            remedy_en=f"Zoom is 0 to {MAX_ZOOM}; column and row are 0 to 2**zoom - 1.",
        )  # fmt: skip
    side = 2 * WORLD_M / 2**z
    return Window(x * side - WORLD_M, WORLD_M - y * side, side, EXTENT / side)


def _made_valid(geometry: TileGeometry, doubt: Flags) -> TileGeometry:
    """`geometry` with polygons that rounding, clipping or their source made invalid repaired by GEOS."""
    starts = np.concatenate([[0], geometry.ring_ends[:-1]]).astype(np.int64)
    offsets = [np.concatenate([[0], ends]) for ends in (geometry.part_ends, geometry.feature_ends)]
    arrays = (geometry.xy, starts, geometry.ring_ends, *offsets, doubt)
    suspect = crossing.suspects(*(readonly(array) for array in arrays))
    pieces, done = [], 0
    for feature in np.flatnonzero(suspect).tolist():
        polygon = _polygon(geometry.some(feature, feature + 1))
        if not polygon.is_valid:
            pieces += [geometry.some(done, feature), _repaired(polygon)]
            done = feature + 1
    return _strung([*pieces, geometry.some(done, len(geometry.feature_ends))]) if pieces else geometry


def _polygon(geometry: TileGeometry) -> Any:
    """The one feature of `geometry` in tile units."""
    loops = np.split(geometry.xy, geometry.ring_ends[:-1])
    parts = np.split(np.arange(len(loops)), geometry.part_ends[:-1])
    return shapely.MultiPolygon([(loops[part[0]], [loops[r] for r in part[1:]]) for part in parts])


def _repaired(polygon: Any) -> TileGeometry:
    """One valid feature on whole units that covers what `polygon` covers; without parts if that is no area."""
    whole = shapely.set_precision(valid_shapes(np.array([polygon], dtype=object))[0], 1.0)
    parts = [part for part in shapely.get_parts(shapely.get_parts(whole)) if part.geom_type == "Polygon"]
    loops, part_ends, ring_ends = [np.empty((0, 2), np.int64)], [], []
    for part in shapely.orient_polygons(parts) if parts else []:
        for ring in (part.exterior, *part.interiors):
            loops.append(np.asarray(ring.coords)[:-1, :2].astype(np.int64))
            ring_ends.append(len(loops[-1]))
        part_ends.append(len(ring_ends))
    ends = [np.cumsum(ring_ends), np.array(part_ends), np.array([len(part_ends)])]
    return TileGeometry(np.concatenate(loops), *(end.astype(np.int64) for end in ends))


def _before(ends: Ints, item: int) -> int:
    return int(ends[item - 1]) if item else 0


def _strung(pieces: Sequence[TileGeometry]) -> TileGeometry:
    """The features of all pieces, in order."""
    levels: list[Any] = [np.concatenate([piece.xy for piece in pieces])]
    for level in ("ring_ends", "part_ends", "feature_ends"):
        below = {"ring_ends": "xy", "part_ends": "ring_ends", "feature_ends": "part_ends"}[level]
        shifts = np.cumsum([0] + [len(getattr(piece, below)) for piece in pieces[:-1]])
        levels.append(np.concatenate([getattr(p, level) + s for p, s in zip(pieces, shifts, strict=True)]))
    return TileGeometry(*levels)


def _feature_ids(ids: Sequence[int] | Ints | None, count: int) -> tuple[Ints, Any]:
    if ids is None:
        return readonly(np.zeros(count, np.int64)), readonly(np.zeros(count, np.bool_))
    numbers = np.asarray(ids)
    if numbers.shape != (count,):
        raise _unequal("要素号", "feature ids", numbers.size, count)
    if count and (not np.issubdtype(numbers.dtype, np.integer) or numbers.min() < 0):
        raise GisError("要素号须为非负整数。", "Feature ids must be non-negative integers.")
    return readonly(numbers.astype(np.int64)), readonly(np.ones(count, np.bool_))


def _amounts(geometry: GeometryColumns) -> Reals:
    """Area of polygons, length of lines, in the plane of Web Mercator."""
    out = np.zeros(len(geometry))
    if geometry.kind != GeometryKind.POINT:
        measure = rings.areas if geometry.kind == GeometryKind.POLYGON else rings.lengths
        measure(geometry.xy, geometry.ring_offsets, geometry.part_offsets, geometry.feature_offsets, out)
    return np.maximum(out, 0.0)


def _classes(values: TileValues, overview: str | None, count: int) -> tuple[int, Ints, Ints]:
    """Column of the overview attribute (-1: none), class of each feature, and a row of each class."""
    if overview is not None:
        column = values.column(overview)
        _, rows, classes = np.unique(values.codes[:, column], return_index=True, return_inverse=True)
        if len(rows) <= MAX_CLASSES:
            return column, readonly(classes.astype(np.int64)), rows.astype(np.int64)
    return -1, readonly(np.zeros(count, np.int64)), np.zeros(1, np.int64)


def _unequal(zh: str, en: str, came: int, count: int) -> GisError:
    return GisError(f"{zh}有 {came} 个，要素有 {count} 个。", f"There are {came} {en} for {count} features.")


_CODES = {GeometryKind.POINT: mvt.POINT, GeometryKind.LINE: mvt.LINE, GeometryKind.POLYGON: mvt.POLYGON}
_SHAPES: dict[GeometryKind, Callable[..., Any]] = {
    GeometryKind.POINT: tile_shape.points,
    GeometryKind.LINE: tile_shape.lines,
    GeometryKind.POLYGON: tile_shape.polygons,
}
_TAIL = b"\x28\x80\x20\x78\x02"
"""Layer.extent 4096 and Layer.version 2."""
