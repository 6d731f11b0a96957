"""Where does a coverage end: at which edges does a polygon lie against no other, and which voids do they enclose?

Edges that lie against each other are matched by a kernel, which leaves the borders. Those are few in a good coverage,
so that what follows may take its time: corners are compared with the borders near them, borders are cut where a corner
of a neighbour lies on them, and what is then still unmatched is joined to loops along the void.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.boxes import BoxIndex, readonly
from gis.columns import Flags, GeometryColumns, Ints, Reals
from gis.kernels import area, edges
from gis.soundness import require_polygons

_NO_INTS, _NO_REALS = np.empty(0, np.int64), np.empty(0)
_STRETCH = 64
"""Edges of a feature that are told together to be far from all other features."""


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """The edges that lie against no other, from corner to corner with the inside on the left.

    corners  float64 (corners, 2), each place once
    start    int64 (edges,): corner at which an edge begins; `stop` at which it ends
    feature  int64 (edges,): whose edge it is
    """

    corners: Reals
    start: Ints
    stop: Ints
    feature: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Contacts:
    """Corners within reach of a border that does not end there.

    `share` is where the nearest point of the edge lies on it (0 to 1), `distance` how far away, `to_end` how far the
    nearer end of the edge is, which is corner `end`.
    """

    corner: Ints
    edge: Ints
    share: Reals
    distance: Reals
    to_end: Reals
    end: Ints


@dataclass(frozen=True, slots=True)
class Void:
    """A void that the coverage encloses: its shape, and the features around it."""

    shape: shapely.Polygon
    features: tuple[int, ...]


def borders(columns: GeometryColumns, precision: float) -> Borders:
    """The borders of polygons; places closer than `precision` (of a coordinate, in units of the CRS) count as one.

    Raises GeometryError for points and lines and for coordinates beyond 1e9.
    """
    require_polygons(columns)
    turned = _turned(columns)
    twins = np.empty(len(columns.xy), np.int64)
    edges.match(columns.xy, columns.ring_offsets, turned, 1 / precision, twins)
    first = np.flatnonzero((twins == edges.ALONE) | (twins == edges.CONFLICT))
    ring = np.searchsorted(columns.ring_offsets, first, side="right") - 1
    feature = np.searchsorted(columns.vertex_offsets, first, side="right") - 1
    ends = np.zeros(len(columns.xy), np.bool_)
    ends[first] = ends[first + 1] = True
    vertices = np.flatnonzero(ends)
    corners, corner = _distinct(columns.xy[vertices], precision)
    one, two = corner[np.searchsorted(vertices, first)], corner[np.searchsorted(vertices, first + 1)]
    return Borders(corners, np.where(turned[ring], two, one), np.where(turned[ring], one, two), feature)


def contacts(found: Borders, reach: float, own_reach: float | None = None) -> Contacts:
    """Which corners lie within `reach` of a border that does not begin or end with them.

    Corners of the border's own feature, and of no other, count within `own_reach` only (None: within `reach`): a
    finely drawn outline has thousands of corners near each of its edges.
    """
    if not len(found.start):
        return Contacts(_NO_INTS, _NO_INTS, _NO_REALS, _NO_REALS, _NO_REALS, _NO_INTS)
    if own_reach is None or own_reach >= reach:
        corner, edge = _near(found, reach, np.arange(len(found.corners)))
    else:
        corner, edge = _near(found, own_reach, np.arange(len(found.corners)))
        sole = _sole_owners(found)
        own = sole[corner] == found.feature[edge]
        others, other_edges = _near(found, reach, _visited(found, reach))
        foreign = sole[others] != found.feature[other_edges]
        corner = np.concatenate([corner[own], others[foreign]])
        edge = np.concatenate([edge[own], other_edges[foreign]])
    a, b, p = found.corners[found.start[edge]], found.corners[found.stop[edge]], found.corners[corner]
    along = b - a
    share = np.clip(((p - a) * along).sum(axis=1) / (along**2).sum(axis=1), 0, 1)
    distance = np.hypot(*(p - a - share[:, None] * along).T)
    to_start, to_stop = np.hypot(*(p - a).T), np.hypot(*(p - b).T)
    near = distance <= reach
    end = np.where(to_start <= to_stop, found.start[edge], found.stop[edge])
    to_end = np.minimum(to_start, to_stop)
    return Contacts(corner[near], edge[near], share[near], distance[near], to_end[near], end[near])


def _near(found: Borders, reach: float, which: Ints) -> tuple[Ints, Ints]:
    """Corners of `which` and the edges whose boxes they come within `reach` of without being their ends."""
    places = found.corners[which]
    nearby = BoxIndex.over(np.hstack([places, places])).order  # neighbours are looked up together
    which, places = which[nearby], places[nearby]
    corner, edge = BoxIndex.over(_boxes(found, reach)).pairs(np.hstack([places, places]))
    corner = which[corner]
    apart = (found.start[edge] != corner) & (found.stop[edge] != corner)
    return corner[apart], edge[apart]


def _boxes(found: Borders, reach: float) -> Reals:
    """The boxes of edges, `reach` wider on all sides."""
    start, stop = found.corners[found.start], found.corners[found.stop]
    return np.hstack([np.minimum(start, stop) - reach, np.maximum(start, stop) + reach])


def _visited(found: Borders, reach: float) -> Ints:
    """The corners of stretches of border that come within `reach` of a stretch of another feature's, by their boxes."""
    count = len(found.start)
    begins = np.flatnonzero(np.diff(found.feature, prepend=-1))
    place = np.arange(count) - np.repeat(begins, np.diff(begins, append=count))
    begins = np.flatnonzero(place % _STRETCH == 0)
    boxes, feature = _boxes(found, reach / 2), found.feature[begins]
    boxes = np.hstack([
        np.minimum.reduceat(boxes[:, :2], begins, axis=0), np.maximum.reduceat(boxes[:, 2:], begins, axis=0)
    ])  # fmt: skip
    one, two = BoxIndex.over(boxes).pairs(boxes)
    near = np.zeros(len(begins), np.bool_)
    near[one[feature[one] != feature[two]]] = True
    edges_ = np.repeat(near, np.diff(begins, append=count))
    visited = np.zeros(len(found.corners), np.bool_)
    visited[found.start[edges_]] = visited[found.stop[edges_]] = True
    return np.flatnonzero(visited)


def _sole_owners(found: Borders) -> Ints:
    """The feature that each corner belongs to; -1 where there are more."""
    least, most = np.full(len(found.corners), np.iinfo(np.int64).max), np.full(len(found.corners), -1)
    for ends in (found.start, found.stop):
        np.minimum.at(least, ends, found.feature)
        np.maximum.at(most, ends, found.feature)
    return np.where(least == most, most, -1)


def voids(found: Borders, touching: Contacts, tolerance: float) -> list[Void]:
    """The voids that borders enclose, islands in them taken off; corners within `tolerance` count as one place.

    `touching` are the contacts of `found` within `tolerance` or more. Features must not overlap.
    """
    start, stop, edge = _cut(found, touching, tolerance)
    after, leaving = np.empty(len(start), np.int64), _offsets(start, len(found.corners))
    edges.follow(found.corners, readonly(start), readonly(stop), readonly(leaving), after)
    order, ends = np.empty(len(start), np.int64), np.empty(len(start), np.int64)
    count = edges.loops(readonly(after), order, ends)
    if not count:
        return []
    offsets = np.concatenate([[0], ends[:count]])
    order = order[: offsets[-1]]
    xy, areas = found.corners[start[order]], _loop_areas(found.corners[start[order]], offsets)
    inner = np.flatnonzero(areas < 0)
    outlines = _polygons(xy, offsets, inner)
    shapes = _without_islands(outlines, _polygons(xy, offsets, np.flatnonzero(areas > 0)))
    owners = found.feature[edge[order]]
    around = [tuple(np.unique(owners[offsets[k] : offsets[k + 1]]).tolist()) for k in inner]
    return [Void(part, features) for parts, features in zip(shapes, around, strict=True) for part in parts]


def _turned(columns: GeometryColumns) -> Flags:
    """Which rings have the inside on their right: clockwise shells and counter-clockwise holes."""
    areas = np.empty(len(columns.ring_offsets) - 1)
    area.planar(columns.xy, columns.ring_offsets, areas)
    turned = areas > 0
    shells = columns.part_offsets[:-1]
    turned[shells] = areas[shells] < 0
    return readonly(turned)


def _distinct(xy: Reals, precision: float) -> tuple[Reals, Ints]:
    """The places among `xy`, each once, and which of them each point is."""
    grid = np.rint(xy * (1 / precision))  # as `edges.match` does
    order = _grid_order(grid)
    is_new = np.ones(len(xy), np.bool_)
    is_new[1:] = (grid[order[1:]] != grid[order[:-1]]).any(axis=1)
    which = np.empty(len(xy), np.int64)
    which[order] = np.cumsum(is_new) - 1
    return readonly(xy[order[is_new]]), which


def _grid_order(grid: Reals) -> Ints:
    """An order of points in which equal ones stand together; by one key where both coordinates fit into 63 bits."""
    if not len(grid):
        return np.empty(0, np.int64)
    least = grid.min(axis=0)
    across, up = grid.max(axis=0) - least + 1
    if across * up >= 2**62:
        return np.lexsort((grid[:, 1], grid[:, 0]))
    keys = (grid - least).astype(np.int64)
    return np.argsort(keys[:, 0] * int(up) + keys[:, 1], kind="stable")


def _cut(found: Borders, touching: Contacts, tolerance: float) -> tuple[Ints, Ints, Ints]:
    """Borders cut at the corners that lie on them, less what then lies against each other: start, stop, border.

    Sorted by start. Corners within `tolerance` of each other have become one.
    """
    same = touching.to_end <= tolerance
    place = merged(len(found.corners), touching.corner[same], touching.end[same])
    on_edge = (touching.distance <= tolerance) & ~same
    count = len(found.start)
    border = np.concatenate([np.arange(count), touching.edge[on_edge], np.arange(count)])
    share = np.concatenate([np.zeros(count), touching.share[on_edge], np.ones(count)])
    corner = place[np.concatenate([found.start, touching.corner[on_edge], found.stop])]
    order = np.lexsort((share, border))
    border, corner = border[order], corner[order]
    one, two = corner[:-1], corner[1:]
    kept = (border[:-1] == border[1:]) & (one != two)
    return _unmatched(one[kept], two[kept], border[:-1][kept], len(found.corners))


def _unmatched(start: Ints, stop: Ints, border: Ints, corners: int) -> tuple[Ints, Ints, Ints]:
    """The pieces without one that runs the other way, each place once, sorted by start."""
    key = np.minimum(start, stop) * corners + np.maximum(start, stop)
    _, group = np.unique(key, return_inverse=True)
    balance = np.bincount(group, weights=np.where(start < stop, 1, -1))[group]
    left = np.flatnonzero(np.sign(balance) == np.where(start < stop, 1, -1))
    _, once = np.unique(start[left] * corners + stop[left], return_index=True)
    left = left[once]
    return start[left], stop[left], border[left]


def merged(count: int, one: Ints, two: Ints) -> Ints:
    """For each of `count` places the lowest that it is joined with, directly or over others."""
    place = np.arange(count)
    while True:
        lower = np.minimum(place[one], place[two])
        before = place.copy()
        np.minimum.at(place, one, lower)
        np.minimum.at(place, two, lower)
        place = place[place]
        if np.array_equal(place, before):
            return place


def _offsets(values: Ints, count: int) -> Ints:
    """Where each of the numbers 0 to `count` begins among sorted `values`."""
    return np.searchsorted(values, np.arange(count + 1)).astype(np.int64)


def _loop_areas(xy: Reals, offsets: Ints) -> Reals:
    """The signed area of each loop of `xy`, which does not repeat its first vertex."""
    following = np.arange(1, len(xy) + 1)
    following[offsets[1:] - 1] = offsets[:-1]
    local = xy - np.repeat(xy[offsets[:-1]], np.diff(offsets), axis=0)
    cross = local[:, 0] * local[following, 1] - local[following, 0] * local[:, 1]
    areas: Reals = np.add.reduceat(cross, offsets[:-1]) / 2
    return areas


def _polygons(xy: Reals, offsets: Ints, which: Ints) -> NDArray[np.object_]:
    """Loops as polygons; shapely closes them."""
    lengths = offsets[which + 1] - offsets[which]
    places = np.repeat(offsets[which] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) + np.arange(
        lengths.sum()
    )
    rings = shapely.linearrings(xy[places], indices=np.repeat(np.arange(len(which)), lengths))
    polygons: NDArray[np.object_] = np.atleast_1d(shapely.polygons(rings))
    return polygons


def _without_islands(outlines: NDArray[np.object_], blocks: NDArray[np.object_]) -> list[list[shapely.Polygon]]:
    """`outlines` of voids, each less the blocks of features that lie in it and in no smaller one."""
    shapes = [[outline] for outline in outlines]
    if not len(outlines) or not len(blocks):
        return shapes
    block, outline = shapely.STRtree(outlines).query(shapely.point_on_surface(blocks), predicate="within")
    sizes = shapely.area(outlines)
    inside = shapely.area(blocks)[block] < sizes[outline]  # else the void lies in the block
    block, outline = block[inside], outline[inside]
    by_size = np.lexsort((sizes[outline], block))
    _, first = np.unique(block[by_size], return_index=True)
    block, outline = block[by_size][first], outline[by_size][first]
    for o in np.unique(outline):
        left = shapely.difference(outlines[o], shapely.union_all(blocks[block[outline == o]]))
        shapes[o] = [part for part in shapely.get_parts(left) if part.geom_type == "Polygon"]
    return shapes
