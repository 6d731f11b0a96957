"""How is the township divided into villages and grid cells?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from data.sample_township.frame import NODING_M, Reals, chance, polygons, roughened, smoothed

TOWNSHIP_CODE = "371311007000"
TOWNSHIP_NAME = "高都街道"
GRIDS = 46

VILLAGES = {
    "371311007201": ("西高都村", -1150, 620),
    "371311007202": ("沈牌子村", -2150, 2180),
    "371311007210": ("薛庄村", -330, 2330),
    "371311007218": ("东高都村", 800, 420),
    "371311007231": ("红日村", 1480, 2080),
    "371311007232": ("常旺村", -2560, 560),
    "371311007233": ("塘崖村", 1800, -1750),
    "371311007237": ("滨河村", 2420, 330),
    "371311007238": ("金坦村", -2080, -1050),
    "371311007239": ("新和村", -250, -1080),
    "371311007240": ("程庄村", -1230, -2620),
    "371311007241": ("车辋村", 520, -2830),
}
"""Code, name and the point a village is drawn around. Codes and names are real, the places are not."""


CORNERS = (
    (-2500, 3150), (-1560, 2950), (-1250, 3650), (250, 3800), (720, 3350), (1650, 3450), (2250, 2950), (3900, 3000),
    (3900, -2450), (2350, -2750), (1950, -3500), (650, -3350), (-350, -3800), (-1500, -3550), (-1850, -2850),
    (-3050, -2600), (-2800, -1500), (-3450, -850), (-3150, 300), (-3700, 1150), (-2950, 1650), (-3100, 2450),
)  # fmt: skip
"""Corners of the township; those far in the east lie beyond the river."""


@dataclass(frozen=True, slots=True)
class Village:
    """A village with the polygon it is drawn from."""

    code: str
    name: str
    polygon: Any


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid cell, its village and the polygon it is drawn from."""

    number: int
    village: Village
    polygon: Any


def river_line() -> Any:
    """The middle of the river that bounds the township in the east, from north to south."""
    y = np.linspace(4300, -4300, 60)
    x = 2870 + 210 * np.sin(y / 1180 + 0.6) + 90 * np.sin(y / 470)
    return shapely.LineString(np.column_stack([x, y]))


def outline() -> Any:
    """The township: drawn by its corners with uneven borders between them, cut along the river."""
    corners = shapely.LineString([*CORNERS, CORNERS[0]])
    ring = shapely.Polygon(smoothed(roughened(corners, 0.17, chance(1)), 1))
    west = shapely.Polygon([*shapely.get_coordinates(river_line()), (-9000, -9000), (-9000, 9000)])
    return max(polygons(ring & west), key=lambda part: part.area)


def villages(township: Any) -> list[Village]:
    """The villages of `township`: every place belongs to the nearest village point, with uneven borders."""
    seeds = np.array([(x, y) for _, x, y in VILLAGES.values()], dtype=float)
    shapes = partition(township, seeds, 0.2, key=2)
    return [Village(code, name, shape) for (code, (name, _, _)), shape in zip(VILLAGES.items(), shapes, strict=True)]


def grids(of: list[Village]) -> list[Grid]:
    """46 grid cells, to each village in proportion to its area (largest remainder), at least two."""
    areas = np.array([village.polygon.area for village in of])
    shares = areas / areas.sum() * GRIDS
    counts = np.maximum(np.floor(shares), 2).astype(int)
    for index in np.argsort(counts - shares)[: GRIDS - counts.sum()]:
        counts[index] += 1
    found: list[Grid] = []
    for index, (village, count) in enumerate(zip(of, counts, strict=True)):
        seeds = spread(village.polygon, int(count), index)
        for shape in partition(village.polygon, seeds, 0.14, key=100 + index):
            found.append(Grid(len(found) + 1, village, shape))
    shapes = aligned([grid.polygon for grid in found])
    return [Grid(grid.number, grid.village, shape) for grid, shape in zip(found, shapes, strict=True)]


def aligned(shapes: list[Any]) -> list[Any]:
    """`shapes`, which fit together to a millimetre, made to share every vertex."""
    noded = shapely.unary_union(shapely.boundary(shapes), grid_size=NODING_M)
    faces = polygons(shapely.polygonize(shapely.get_parts(noded)))
    return gathered(faces, [next((k for k, s in enumerate(shapes) if s.contains(inside(f))), -1) for f in faces])


def inside(face: Any) -> Any:
    """A point inside `face`."""
    return face.representative_point()


def gathered(faces: list[Any], owners: list[int]) -> list[Any]:
    """The union of the faces of every owner; a face without one (-1) goes where it shares the longest border."""
    shapes = [
        shapely.union_all([f for f, o in zip(faces, owners, strict=True) if o == k]) for k in range(max(owners) + 1)
    ]
    for face in (face for face, owner in zip(faces, owners, strict=True) if owner < 0):
        shared = [shape.boundary.intersection(face.boundary).length for shape in shapes]
        if max(shared) > 0:
            best = int(np.argmax(shared))
            shapes[best] = shapes[best] | face
    return shapes


def spread(region: Any, count: int, key: int) -> Reals:
    """`count` points spread evenly in `region` (Lloyd's method from random points)."""
    rng = chance(3, key)
    seeds: Reals
    west, south, east, north = region.bounds
    sample = np.array([west, south]) + rng.random((4000, 2)) * np.array([east - west, north - south])
    sample = sample[shapely.contains_xy(region, sample[:, 0], sample[:, 1])]
    seeds = sample[:count].copy()
    for _ in range(25):
        nearest = np.argmin(((sample[:, None, :] - seeds[None, :, :]) ** 2).sum(axis=2), axis=1)
        seeds = np.array([sample[nearest == k].mean(axis=0) for k in range(count)])
    return seeds


def partition(region: Any, seeds: Reals, roughness: float, key: int) -> list[Any]:
    """One polygon a seed, without gap or overlap: Voronoi cells of `seeds` within `region`, their edges roughened."""
    if len(seeds) == 1:
        return [region]
    cells = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=region.buffer(5000))
    edges = shapely.intersection(shapely.unary_union(shapely.boundary(shapely.get_parts(cells))), region)
    lines = []
    for index, line in enumerate(shapely.get_parts(shapely.line_merge(edges))):
        lines.append(smoothed(roughened(line, roughness, chance(key, index)), 1))
    faces = polygons(shapely.polygonize([shapely.unary_union([region.boundary, *lines], grid_size=NODING_M)]))
    faces = [face for face in faces if region.contains(face.representative_point())]
    owners = [next((k for k, seed in enumerate(seeds) if face.contains(shapely.Point(seed))), -1) for face in faces]
    return gathered(faces, owners)
