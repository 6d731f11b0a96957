"""Which parcels do the benchmarks measure? A synthetic township of any size, the same for a seed.

A coverage of quadrangles with bent, shared sides in EPSG:4527. One parcel in forty has a hole with an island parcel in
it, one in forty is a multipolygon of two parts with a neighbour between. Nothing overlaps and there is no gap, unless
asked for.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

EAST, NORTH = 39_600_000.0, 3_860_000.0
SIDE_M = 60.0
BENDS = 2
"""Vertices along each side of a parcel, between its corners; so a parcel has 4 x (BENDS + 1) + 1 in its ring."""

CODES = ["0101", "0102", "0103", "0201", "0301", "0702", "1006", "1104", "1202"]


def parcels(count: int, *, seed: int = 1, faults: int = 0) -> NDArray[np.object_]:
    """About `count` polygons and multipolygons as shapely objects; `faults` of them pushed over neighbours by 0.5 m."""
    generator = np.random.default_rng(seed)
    across = int(np.ceil(np.sqrt(count)))
    rings = _rings(across, generator)
    cell = np.arange(len(rings))
    holed, paired = cell[cell % 40 == 20], cell[:-2][cell[:-2] % 40 == 7]
    if faults:
        moved = generator.choice(len(rings), faults, replace=False)
        rings[moved] += 0.5
    polygons = shapely.polygons(rings)
    middles = rings[holed, :-1].mean(axis=1)
    inner = shapely.linearrings(middles[:, None, :] + np.array([[-6, -6], [-6, 6], [6, 6], [6, -6], [-6, -6]]))
    polygons[holed] = shapely.polygons(shapely.get_exterior_ring(polygons[holed]), inner[:, None])
    polygons[paired] = shapely.multipolygons(np.column_stack([polygons[paired], polygons[paired + 2]]))
    single = np.ones(len(rings), bool)
    single[paired + 2] = False
    return np.concatenate([polygons[single], shapely.polygons(inner)])


def _rings(across: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """The closed rings of `across` x `across` cells, row by row, (cells, vertices, 2); neighbours share vertices."""
    corners = np.stack(np.meshgrid(np.arange(across + 1), np.arange(across + 1)), axis=-1) * SIDE_M
    corners = corners + generator.uniform(-8, 8, corners.shape) + [EAST, NORTH]
    level = _sides(corners[:, :-1], corners[:, 1:], generator)
    upright = _sides(corners[:-1], corners[1:], generator)
    south, north = level[:-1], level[1:]
    west, east = upright[:, :-1], upright[:, 1:]
    ring = np.concatenate(
        [south[..., :-1, :], east[..., :-1, :], north[..., :0:-1, :], west[..., ::-1, :]], axis=-2
    )  # fmt: skip
    return np.round(ring.reshape(-1, ring.shape[-2], 2), 4)


def _sides(
    start: NDArray[np.float64], stop: NDArray[np.float64], generator: np.random.Generator
) -> NDArray[np.float64]:
    """From each start to each stop over BENDS points that lie up to 2 m beside the straight line."""
    share = np.linspace(0, 1, BENDS + 2)[:, None]
    line = start[..., None, :] * (1 - share) + stop[..., None, :] * share
    line[..., 1:-1, :] += generator.uniform(-2, 2, line[..., 1:-1, :].shape)
    return line


def attributes(count: int, *, seed: int = 1) -> pa.Table:
    """Properties as a land-use layer has them: number, code, name, area, mu, flag."""
    generator = np.random.default_rng(seed)
    area = np.round(generator.uniform(200, 9000, count), 2)
    return pa.table(
        {
            "BSM": [f"3713110070{k:08d}" for k in range(count)],
            "DLBM": [CODES[k] for k in generator.integers(0, len(CODES), count)],
            "ZLDWMC": [f"高都街道第{k % 12 + 1}村" for k in range(count)],
            "TBMJ": area,
            "mu": np.round(area * 0.0015, 2),
            "SJNF": np.full(count, 2024, np.int32),
        }
    )


def wkb(shapes: NDArray[np.object_]) -> pa.Array:
    """`shapes` as an Arrow array of ISO WKB, the form in which stores and files give them."""
    return pa.array(shapely.to_wkb(shapes, flavor="iso"), pa.binary())
