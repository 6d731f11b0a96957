"""How fast is the overlap of parcels and zones computed, beside geopandas, shapely, DuckDB and PostGIS?

    python -m benchmarks.overlay [--sizes 10000 100000 1000000] [--rounds 5] [--peers-up-to 100000]

Synthetic parcels with holes and multipolygons against 3 zones a hundred parcels, some with holes. All start from WKB,
the databases from their own tables. DuckDB takes part where `duckdb` and `duckdb-extension-spatial` are installed,
PostGIS where GAODU_BENCH_POSTGIS holds the address of a database to write to.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks import databases
from benchmarks.measure import Measured, growth_exponent, interleaved, markdown, record
from benchmarks.parcels import EAST, NORTH, SIDE_M, parcels, wkb
from gis.columns import GeometryColumns
from gis.overlay import overlap_areas, overlap_shapes

PEER = "geopandas.overlay"
HEADER = "job", "median ms", "CPU ms", f"times as fast as {PEER}", "as best shapely", "peak MB"
BEST = "shapely: parcel tree, prepared zones, covers"
AREAS, SHAPES = "ours, areas", "ours, shapes"

Job = Callable[[], object]


def zones(count: int, *, seed: int = 3) -> NDArray[np.object_]:
    """`count` / 33 star-shaped zones of 80 to 250 m, every fifth with a hole, over the ground of `count` parcels."""
    generator = np.random.default_rng(seed)
    side = np.ceil(np.sqrt(count)) * SIDE_M
    shapes = []
    for k in range(max(1, count // 33)):
        centre = [EAST, NORTH] + generator.random(2) * side
        angle = np.linspace(0, 2 * np.pi, generator.integers(8, 40), endpoint=False)
        reach = generator.uniform(0.6, 1.0, len(angle)) * generator.uniform(80, 250)
        ring = np.column_stack([np.cos(angle), np.sin(angle)])
        holes = [centre + ring * 20] if k % 5 == 0 else []
        shapes.append(shapely.Polygon(centre + ring * reach[:, None], holes))
    return np.array(shapes)


def jobs(count: int) -> dict[str, Job]:
    """What is measured, by name."""
    fields, areas = wkb(parcels(count)), wkb(zones(count))

    def columns() -> tuple[GeometryColumns, GeometryColumns]:
        return GeometryColumns.from_wkb(fields), GeometryColumns.from_wkb(areas)

    ours: dict[str, Job] = {
        AREAS: lambda: overlap_areas(*columns()),
        SHAPES: lambda: overlap_shapes(*columns()),
    }
    lists = [shapely.from_wkb(values.to_numpy(zero_copy_only=False)) for values in (fields, areas)]
    frames = [geopandas.GeoDataFrame({"k": np.arange(len(v))}, geometry=v, crs=4527) for v in lists]
    peers: dict[str, Job] = {
        PEER: lambda: frames[0].overlay(frames[1], keep_geom_type=True).area.sum(),
        BEST: lambda: best_shapely(fields, areas),
    }
    return ours | peers | databases.overlays(fields, areas)


def best_shapely(fields: object, areas: object) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The fastest way known with shapely alone: only pairs on a border are intersected."""
    left, right = (shapely.from_wkb(values.to_numpy(zero_copy_only=False)) for values in (fields, areas))  # type: ignore[attr-defined]
    shapely.prepare(right)
    zone, parcel = shapely.STRtree(left).query(right, predicate="intersects")
    area = shapely.area(left)[parcel]
    border = ~shapely.covers(right[zone], left[parcel])
    area[border] = shapely.area(shapely.intersection(left[parcel[border]], right[zone[border]]))
    return parcel, zone, area


def check() -> None:
    """Raises ValueError unless ours and shapely find the same area in all."""
    fields, areas = wkb(parcels(4000)), wkb(zones(4000))
    left, right = GeometryColumns.from_wkb(fields), GeometryColumns.from_wkb(areas)
    ours = overlap_areas(left, right).area.sum()
    shapes = shapely.area(overlap_shapes(left, right).shape).sum()
    peer = best_shapely(fields, areas)[2].sum()
    if not np.allclose([ours, shapes], peer, rtol=1e-10):
        raise ValueError(f"The areas differ: {ours}, {shapes}, {peer} m2.")


def main() -> None:
    """Prints medians, ratios, peak memory and growth as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers-up-to", type=int, default=100_000, help="beyond, peers run once")
    asked = parser.parse_args()
    check()
    measured: dict[int, dict[str, Measured]] = {}
    for size in asked.sizes:
        todo = jobs(size)
        once = [name for name in todo if name not in (AREAS, SHAPES)] if size > asked.peers_up_to else []
        measured[size] = interleaved(todo, rounds=asked.rounds, once=once)
        record("overlap area, parcels x zones", size, measured[size], ours=AREAS)
        record("overlap with result polygons", size, measured[size], ours=SHAPES)
        rows = [_row(name, of, measured[size]) for name, of in measured[size].items()]
        print(f"\n{size} parcels, {size // 33} zones\n\n{markdown(HEADER, rows)}", flush=True)
    for name in measured[asked.sizes[-1]]:
        exponent = growth_exponent({size: of[name].cpu_seconds for size, of in measured.items()})
        print(f"\n{name}: CPU time grows as n^{exponent:.2f}")


def _row(name: str, of: Measured, all_jobs: dict[str, Measured]) -> tuple[str, ...]:
    ratios = (f"{all_jobs[peer].seconds / of.seconds:.1f}" if peer in all_jobs else "-" for peer in (PEER, BEST))
    return name, f"{of.seconds * 1000:.1f}", f"{of.cpu_seconds * 1000:.1f}", *ratios, f"{of.peak_mb:.0f}"


if __name__ == "__main__":
    main()
