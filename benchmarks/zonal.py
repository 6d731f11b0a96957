"""How fast are zonal statistics with exact pixel coverage, beside exactextract and rasterstats?

    python -m benchmarks.zonal [--sizes 10000 100000 1000000] [--rounds 5] [--peers-up-to 100000] [--rasterstats]
                               [--large SIDE]

Mean and sum of a raster of 10 m cells (float32, tiled, deflate) over synthetic parcels with holes and multipolygons.
Ours starts from WKB and the file, exactextract from the file and a GeoDataFrame. rasterstats takes minutes, so it is
measured once, on a thousand parcels, and only when asked. `--large` reads a sparse raster of SIDE x SIDE cells instead
(1,000,000 would be 4 TB) under parcels scattered over it, to show that memory does not grow with the raster.
"""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import rasterio
import shapely
from exactextract import exact_extract
from rasterio.transform import Affine
from rasterio.windows import Window

from benchmarks.measure import Measured, growth_exponent, interleaved, markdown, record
from benchmarks.parcels import EAST, NORTH, SIDE_M, parcels, wkb
from gis.columns import GeometryColumns
from gis.raster import Raster
from gis.zonal import zonal_statistics

CELL_M = 10.0
EPSG = 4527
PEER = "exactextract"
OURS = "ours from WKB and file"
HEADER = "job", "median ms", "CPU ms", f"times as fast as {PEER}", "by CPU", "peak MB"

Job = Callable[[], object]


def write_raster(path: Path, count: int) -> None:
    """A raster of noise that covers the ground of `count` parcels."""
    side = int(np.ceil(np.sqrt(count)) * SIDE_M / CELL_M) + 40
    profile = {
        "driver": "GTiff", "width": side, "height": side, "count": 1, "dtype": "float32", "crs": f"EPSG:{EPSG}",
        "transform": Affine(CELL_M, 0, EAST - 203, 0, -CELL_M, NORTH + side * CELL_M - 197), "nodata": -9999.0,
        "tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate",
    }  # fmt: skip
    generator = np.random.default_rng(5)
    with rasterio.open(path, "w", **profile) as file:
        for row in range(0, side, 512):
            rows = min(512, side - row)
            values = generator.integers(0, 1000, (1, rows, side)).astype(np.float32) / 8
            file.write(values, window=Window(0, row, side, rows))


def jobs(path: Path, count: int) -> dict[str, Job]:
    """What is measured, by name."""
    shapes = parcels(count)
    binary = wkb(shapes)

    def ours() -> object:
        with Raster(path) as raster:
            return zonal_statistics(raster.band(1), GeometryColumns.from_wkb(binary), EPSG)

    frame = geopandas.GeoDataFrame(geometry=shapes, crs=EPSG)
    return {
        OURS: ours,
        PEER: lambda: exact_extract(str(path), frame, ["sum", "mean"], output="pandas"),
        f"{PEER}, raster-sequential": lambda: exact_extract(
            str(path), frame, ["sum", "mean"], output="pandas", strategy="raster-sequential"
        ),
    }


def check(folder: Path) -> None:
    """Raises ValueError unless ours and exactextract agree."""
    path = folder / "check.tif"
    write_raster(path, 1000)
    shapes = parcels(1000)
    frame = geopandas.GeoDataFrame(geometry=shapes, crs=EPSG)
    peer = exact_extract(str(path), frame, ["sum", "mean"], output="pandas")
    with Raster(path) as raster:
        ours = zonal_statistics(raster.band(1), GeometryColumns.from_shapely(shapes), EPSG)
    for mine, its in ((ours.total, peer["sum"]), (ours.mean, peer["mean"])):
        if not np.allclose(mine, its, rtol=1e-5):
            raise ValueError(f"The statistics differ by {np.abs(mine - its).max()}.")


def large(folder: Path, side: int) -> None:
    """Prints time and memory for 10,000 parcels scattered over a raster of side x side cells, most of it sparse."""
    path = folder / "large.tif"
    profile = {
        "driver": "GTiff", "width": side, "height": side, "count": 1, "dtype": "float32", "crs": f"EPSG:{EPSG}",
        "transform": Affine(CELL_M, 0, EAST, 0, -CELL_M, NORTH), "tiled": True, "blockxsize": 512, "blockysize": 512,
        "compress": "deflate", "sparse_ok": True, "bigtiff": True,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        file.write(np.ones((1, 512, 512), np.float32), window=Window(0, 0, 512, 512))
    generator = np.random.default_rng(2)
    west, south = EAST + generator.random(10_000) * side * 9.9, NORTH - (generator.random(10_000) * 9.9 + 0.1) * side
    columns = GeometryColumns.from_shapely(shapely.box(west, south, west + 500, south + 500))
    with Raster(path) as raster:
        done = interleaved({OURS: lambda: zonal_statistics(raster.band(1), columns, EPSG)}, rounds=1)[OURS]
    gigabytes = side * side * 4 / 2**30
    print(f"\n{gigabytes:.0f} GB raster, 10,000 parcels: {done.seconds:.1f} s, peak {done.peak_mb:.0f} MB")


def main() -> None:
    """Prints medians, ratios, peak memory and growth as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers-up-to", type=int, default=100_000, help="beyond, peers run once")
    parser.add_argument("--rasterstats", action="store_true")
    parser.add_argument("--large", type=int, metavar="SIDE")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check(folder)
        if asked.large:
            large(folder, asked.large)
            return
        _compare(folder, asked.sizes, asked.rounds, asked.peers_up_to)
        if asked.rasterstats and importlib.util.find_spec("rasterstats"):
            _rasterstats(folder)


def _compare(folder: Path, sizes: list[int], rounds: int, peers_up_to: int) -> None:
    measured: dict[int, dict[str, Measured]] = {}
    for size in sizes:
        path = folder / f"{size}.tif"
        write_raster(path, size)
        todo = jobs(path, size)
        measured[size] = interleaved(todo, rounds=rounds, once=[*todo][1:] if size > peers_up_to else ())
        record("zonal mean and sum", size, measured[size], ours=OURS)
        rows = [_row(name, of, measured[size].get(PEER)) for name, of in measured[size].items()]
        print(f"\n{size} parcels\n\n{markdown(HEADER, rows)}", flush=True)
        path.unlink()
    exponent = growth_exponent({size: of[OURS].cpu_seconds for size, of in measured.items()})
    print(f"\n{OURS}: CPU time grows as n^{exponent:.2f}")


def _rasterstats(folder: Path) -> None:
    from rasterstats import zonal_stats

    path = folder / "1000.tif"
    write_raster(path, 1000)
    shapes = list(parcels(1000))
    done = interleaved({"r": lambda: zonal_stats(shapes, str(path), stats=["sum", "mean"], all_touched=True)}, rounds=1)
    print(f"\nrasterstats, 1,000 parcels: {done['r'].seconds:.1f} s (whole cells only)")


def _row(name: str, of: Measured, peer: Measured | None) -> tuple[str, ...]:
    ratios = (f"{peer.seconds / of.seconds:.1f}", f"{peer.cpu_seconds / of.cpu_seconds:.1f}") if peer else ("-", "-")
    return name, f"{of.seconds * 1000:.1f}", f"{of.cpu_seconds * 1000:.1f}", *ratios, f"{of.peak_mb:.0f}"


if __name__ == "__main__":
    main()
