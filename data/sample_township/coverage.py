"""How do drawn leaves become a coverage: no gap, no overlap, every vertex shared, nothing too small?"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample_township.divisions import Grid
from data.sample_township.frame import NODING_M
from data.sample_township.plots import Leaf

LEAST_M2 = {"农用地": 402.0, "建设用地": 201.0, "未利用地": 603.0}
"""Minimum mapping areas by group (standards.md 5.1) with a margin for the difference of plane and ellipsoid."""


@dataclass(slots=True)
class Parcel:
    """A polygon of the coverage and the leaf it comes from."""

    leaf: Leaf
    polygon: Any


def coverage(leaves: list[Leaf], grids: list[Grid], groups: dict[str, str]) -> list[Parcel]:
    """Parcels that cover `grids`: faces of all the leaves' borders, small and unclaimed ones given to neighbours.

    `groups` is the group (农用地...) of every land-use code. No parcel crosses a grid cell's border.
    """
    faces = _faces(leaves, grids)
    inside = shapely.point_on_surface(faces)
    owner = _first_containing(inside, [leaf.polygon for leaf in leaves])
    cell = _first_containing(inside, [grid.polygon for grid in grids])
    owner[owner >= 0] = np.where(
        np.array([leaf.grid for leaf in leaves])[owner[owner >= 0]] == cell[owner >= 0] + 1, owner[owner >= 0], -1
    )
    merging = _Merging(faces, owner, cell, leaves, groups)
    merging.join_same_leaf()
    merging.absorb_small()
    return merging.parcels()


def _faces(leaves: list[Leaf], grids: list[Grid]) -> NDArray[np.object_]:
    lines = [shapely.boundary(leaf.polygon) for leaf in leaves]
    lines += [shapely.boundary(grid.polygon) for grid in grids]
    noded = shapely.unary_union(lines, grid_size=NODING_M)
    faces = np.array(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
    west, south = shapely.bounds(faces)[:, :2].T
    return faces[np.lexsort((west, -south))]


def _first_containing(points: NDArray[np.object_], areas: list[Any]) -> NDArray[np.int64]:
    """The index of the first of `areas` that each point lies in, -1 where there is none."""
    found = np.full(len(points), len(areas))
    which, area = shapely.STRtree(areas).query(points, predicate="intersects")
    np.minimum.at(found, which, area)
    return np.where(found == len(areas), -1, found)


def shared_borders(polygons: Iterable[Any]) -> dict[tuple[int, int], float]:
    """Metres of border that two polygons (i < j) of a coverage share vertex by vertex."""
    xy, index = shapely.get_coordinates(shapely.boundary(np.array(polygons, dtype=object)), return_index=True)
    rings = shapely.get_rings(np.array(polygons, dtype=object))
    ends = np.cumsum(shapely.get_num_coordinates(rings)) - 1
    inner = np.ones(len(xy), bool)
    inner[ends] = False
    start = np.flatnonzero(inner)
    keys = np.rint(xy * 10_000).astype(np.int64)
    a, b = keys[start], keys[start + 1]
    swap = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    edges = np.where(swap[:, None], np.hstack([b, a]), np.hstack([a, b]))
    order = np.lexsort(edges.T)
    same = (edges[order][1:] == edges[order][:-1]).all(axis=1)
    one, two = index[start][order][:-1][same], index[start][order][1:][same]
    length = np.hypot(*(edges[order][:-1][same][:, 2:] - edges[order][:-1][same][:, :2]).T) / 10_000
    found: dict[tuple[int, int], float] = {}
    for i, j, metres in zip(one.tolist(), two.tolist(), length.tolist(), strict=True):
        if i != j:
            key = (i, j) if i < j else (j, i)
            found[key] = found.get(key, 0.0) + metres
    return found


class _Merging:
    """Faces that grow together: each group has an area, a leaf (or none) and the borders with its neighbours."""

    def __init__(
        self,
        faces: NDArray[np.object_],
        owner: NDArray[np.int64],
        cell: NDArray[np.int64],
        leaves: list[Leaf],
        groups: dict[str, str],
    ) -> None:
        self.faces, self.leaves, self.groups = faces, leaves, groups
        self.owner, self.cell = owner.tolist(), cell.tolist()
        self.area = shapely.area(faces).tolist()
        self.members = [[face] for face in range(len(faces))]
        self.borders: list[dict[int, float]] = [{} for _ in faces]
        for (i, j), metres in shared_borders(faces).items():
            self.borders[i][j] = self.borders[j][i] = metres

    def join_same_leaf(self) -> None:
        """Joins neighbouring faces that were cut from the same leaf."""
        for face in range(len(self.faces)):
            while self.members[face] and self.owner[face] >= 0:
                mates = [other for other in self.borders[face] if self._alike(face, other)]
                if not mates:
                    break
                self._join(mates[0], face)

    def _alike(self, face: int, other: int) -> bool:
        return bool(self.owner[other] == self.owner[face] and self.cell[other] == self.cell[face])

    def absorb_small(self) -> None:
        """Gives every group that is unclaimed, or below its minimum area, to its best neighbour in the same cell."""
        queue = [(area, face) for face, area in enumerate(self.area) if self.members[face]]
        heapq.heapify(queue)
        while queue:
            area, face = heapq.heappop(queue)
            if not self.members[face] or area != self.area[face] or not self._too_small(face):
                continue
            mates = [other for other in self.borders[face] if self.cell[other] == self.cell[face]]
            if mates:
                best = max(mates, key=lambda other: self._attraction(face, other))
                self._join(face, best)
                heapq.heappush(queue, (self.area[best], best))

    def _too_small(self, face: int) -> bool:
        if self.owner[face] < 0:
            return True
        return bool(self.area[face] < LEAST_M2[self.groups[self.leaves[self.owner[face]].code]])

    def _attraction(self, face: int, other: int) -> float:
        metres = self.borders[face][other]
        if self.owner[other] < 0:
            return metres * 0.01
        leaf = self.leaves[self.owner[other]]
        alike = self.owner[face] >= 0 and self.leaves[self.owner[face]].code == leaf.code
        return metres * (4.0 if alike else 0.3 if leaf.width_m else 1.0)

    def _join(self, face: int, into: int) -> None:
        """Gives the members of `face` to `into`, which keeps its leaf."""
        self.members[into] += self.members[face]
        self.members[face] = []
        self.area[into] += self.area[face]
        for other, metres in self.borders[face].items():
            del self.borders[other][face]
            if other != into:
                self.borders[other][into] = self.borders[into][other] = self.borders[into].get(other, 0.0) + metres
        self.borders[face] = {}

    def parcels(self) -> list[Parcel]:
        """The groups as parcels, from north to south."""
        found = []
        for face, members in enumerate(self.members):
            if members and self.owner[face] < 0:
                raise ValueError(f"nobody's land has no neighbour in its cell: {self.faces[face].wkt}")
            if members:
                polygon = self.faces[face] if len(members) == 1 else shapely.coverage_union_all(self.faces[members])
                found.append(Parcel(self.leaves[self.owner[face]], shapely.normalize(polygon)))
        return found
