"""How fast is a vector tile made in process, beside mapbox-vector-tile, DuckDB and PostGIS?

    python -m benchmarks.tiles [--sizes 10000 100000 1000000] [--rounds 15] [--zooms 14 12]

One tile over the middle of synthetic parcels with holes and multipolygons, six attributes each. Ours is cold: the
source is built, the tile is not cached. mapbox-vector-tile gets the geometries of the tile from an STRtree, cut by
shapely. Databases take part as `benchmarks.databases` says. Below zoom 15 ours merges parcels of under four pixels; the
others send each one.
"""

from __future__ import annotations

import argparse
import math
import time
import warnings
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from benchmarks import databases
from benchmarks.measure import Measured, growth_exponent, interleaved, markdown, record
from benchmarks.parcels import attributes, parcels, wkb
from gis.columns import GeometryColumns
from gis.crs import transformed
from gis.tiles import BUFFER, MERGED, WORLD_M, TileSource, tile_window

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import mapbox_vector_tile

BATCH_S = 0.05
OURS, PEER = "ours", "mapbox-vector-tile"
BUILD = "ours, building the source"
HEADER = "job", "median ms", "CPU ms", f"{PEER} / this", "PostGIS / this", "bytes", "features"

Job = Callable[[], bytes]
Tile = tuple[int, int, int]


def middle(shapes: NDArray[np.object_], z: int) -> Tile:
    """The tile whose middle is nearest to that of the shapes."""
    west, south, east, north = shapely.total_bounds(shapes)
    side = 2 * WORLD_M / 2**z
    return z, round(((west + east) / 2 + WORLD_M) / side - 0.5), round((WORLD_M - (south + north) / 2) / side - 0.5)


class Layer:
    """The parcels in every form that a job starts from."""

    def __init__(self, count: int) -> None:
        self.columns = transformed(GeometryColumns.from_shapely(parcels(count)), 4527, 3857)
        self.shapes = self.columns.to_shapely()
        self.table = attributes(len(self.shapes))
        self.ids = np.arange(len(self.shapes))
        self.source = self.build()
        self.tree = shapely.STRtree(self.shapes)

    def build(self) -> TileSource:
        """A source of tiles."""
        return TileSource("parcels", self.columns, ids=self.ids, attributes=self.table, overview="DLBM")

    def peer(self, tile: Tile) -> bytes:
        """The tile by mapbox-vector-tile."""
        window = tile_window(*tile)
        margin = BUFFER / window.scale
        box = window.left, window.top - window.side, window.left + window.side, window.top
        wide = (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)
        found = np.sort(self.tree.query(shapely.box(*wide)))
        cut = shapely.clip_by_rect(self.shapes[found], *wide)
        rows = self.table.take(pa.array(found)).to_pylist()
        features = [
            {"geometry": shape, "properties": row, "id": int(k)}
            for shape, row, k in zip(cut, rows, found, strict=True)
            if not shape.is_empty
        ]
        return bytes(
            mapbox_vector_tile.encode(
                [{"name": "parcels", "features": features}], default_options={"quantize_bounds": box, "extents": 4096}
            )
        )

    def jobs(self, tile: Tile) -> dict[str, Job]:
        """What is measured, by name."""
        base: dict[str, Job] = {OURS: lambda: self.source.tile(*tile), PEER: lambda: self.peer(tile)}
        return base | databases.tiles(wkb(self.shapes), self.table, tile)  # type: ignore[operator]


def measured_in_batches(jobs: dict[str, Job], rounds: int) -> dict[str, Measured]:
    """`interleaved`, each job repeated for about BATCH_S, so that what a run itself costs does not show."""
    times: dict[str, int] = {}
    for name, job in jobs.items():
        job()
        start = time.perf_counter()
        job()
        times[name] = max(1, int(BATCH_S / (time.perf_counter() - start)))

    def batch(name: str) -> Callable[[], object]:
        return lambda: [jobs[name]() for _ in range(times[name])][-1]

    found = interleaved({name: batch(name) for name in jobs}, rounds=rounds)
    return {
        name: Measured(of.seconds / times[name], of.cpu_seconds / times[name], of.peak_mb) for name, of in found.items()
    }


def count_features(tile: bytes) -> int:
    """How many parcels a tile shows, merged ones counted by what they stand for."""
    features = [f for layer in mapbox_vector_tile.decode(tile).values() for f in layer["features"]]
    return sum(f["properties"].get(MERGED, 1) for f in features)


def main() -> None:
    """Prints medians, ratios, bytes and growth as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--zooms", type=int, nargs="+", default=[14, 12])
    asked = parser.parse_args()
    builds: dict[int, float] = {}
    for size in asked.sizes:
        layer = Layer(size)
        built = interleaved({BUILD: layer.build}, rounds=3)[BUILD]
        builds[size] = built.cpu_seconds
        print(f"\n{BUILD}, {size} parcels: {built.cpu_seconds * 1000:.0f} ms, peak {built.peak_mb:.0f} MB")
        for z in asked.zooms:
            jobs = layer.jobs(middle(layer.shapes, z))
            measured = measured_in_batches(jobs, asked.rounds if z >= 14 else 3)
            record(f"vector tile, zoom {z}", size, measured, ours=OURS)
            rows = [_row(name, of, measured, jobs[name]()) for name, of in measured.items()]
            print(f"\nzoom {z}, {size} parcels\n\n{markdown(HEADER, rows)}", flush=True)
    print(f"\n{BUILD}: CPU time grows as n^{growth_exponent(builds):.2f}")


def _row(name: str, of: Measured, measured: dict[str, Measured], tile: bytes) -> tuple[str, ...]:
    def ratio(peer: str) -> str:
        return f"{measured[peer].seconds / of.seconds:.1f}" if peer in measured else "-"

    cpu = "-" if name == "PostGIS" or math.isnan(of.cpu_seconds) else f"{of.cpu_seconds * 1000:.2f}"
    return (
        name,
        f"{of.seconds * 1000:.2f}",
        cpu,
        ratio(PEER),
        ratio("PostGIS"),
        str(len(tile)),
        str(count_features(tile)),
    )


if __name__ == "__main__":
    main()
