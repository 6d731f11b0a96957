"""How fast is a raster tile made in process, beside rio-tiler (the engine of TiTiler)?

    python -m benchmarks.raster_tiles [--side 8192] [--rounds 15]

A picture of three bands (uint8, tiled, deflate, overviews) in EPSG:4527 and one band of values with a colour ramp. Each
job makes the same nine tiles at each of three zooms; both keep their file open. rio-tiler takes part where it is
installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import Affine

from benchmarks.measure import Measured, interleaved, markdown
from benchmarks.parcels import EAST, NORTH
from gis.ramps import NDVI
from gis.raster_tiles import Colours, RasterTileSource, Shades
from gis.tiles import WORLD_M

CELL_M = 0.5
HEADER = "job", "ms a tile", "CPU ms a tile", "rio-tiler / this, by CPU", "kB a tile"
ZOOMS = 15, 17, 19

Job = Callable[[], object]
Tile = tuple[int, int, int]


def write_picture(path: Path, side: int) -> None:
    """Fields as a camera sees them: patches of colour with noise, and overviews down to a screen."""
    generator = np.random.default_rng(3)
    patches = generator.integers(40, 200, (3, side // 64 + 1, side // 64 + 1))
    picture = np.repeat(np.repeat(patches, 64, axis=1), 64, axis=2)[:, :side, :side]
    picture = (picture + generator.integers(-12, 12, picture.shape)).astype(np.uint8)
    profile = {
        "driver": "GTiff", "width": side, "height": side, "count": 3, "dtype": "uint8", "crs": "EPSG:4527",
        "transform": Affine(CELL_M, 0, EAST, 0, -CELL_M, NORTH), "tiled": True, "blockxsize": 512, "blockysize": 512,
        "compress": "deflate", "interleave": "pixel", "photometric": "RGB",
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        file.write(picture)
        file.build_overviews([2**k for k in range(1, 6)], Resampling.average)


def tiles(side: int) -> list[Tile]:
    """Nine tiles about the middle of the picture at each zoom."""
    middle = side * CELL_M / 2
    x, y = pyproj.Transformer.from_crs(4527, 3857, always_xy=True).transform(EAST + middle, NORTH - middle)
    found = []
    for z in ZOOMS:
        size = 2 * WORLD_M / 2**z
        column, row = int((x + WORLD_M) // size), int((WORLD_M - y) // size)
        found += [(z, column + dx, row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    return found


def jobs(path: Path, wanted: list[Tile]) -> dict[str, Job]:
    """What is measured, by name; each gives the bytes of all tiles together."""
    picture = RasterTileSource(path, Colours())
    values = RasterTileSource(path, Shades(NDVI, "(b2 - b1) / (b2 + b1)"))
    found: dict[str, Job] = {
        "ours, PNG": lambda: sum(len(picture.tile(*t)) for t in wanted),
        "ours, JPEG": lambda: sum(len(picture.tile(*t, image="jpeg")) for t in wanted),
        "ours, formula and ramp, PNG": lambda: sum(len(values.tile(*t)) for t in wanted),
    }
    return found | _peers(path, wanted)


def _peers(path: Path, wanted: list[Tile]) -> dict[str, Job]:
    if importlib.util.find_spec("rio_tiler") is None:
        return {}
    from rio_tiler.errors import TileOutsideBounds
    from rio_tiler.io import Reader

    reader = Reader(str(path))

    def size(tile: Tile, **options: Any) -> int:
        z, x, y = tile
        try:
            return len(reader.tile(x, y, z).render(**options))
        except TileOutsideBounds:
            return 0

    return {
        "rio-tiler, PNG": lambda: sum(size(t, img_format="PNG") for t in wanted),
        "rio-tiler, JPEG": lambda: sum(size(t, img_format="JPEG", add_mask=False) for t in wanted),
    }


def main() -> None:
    """Prints medians, ratios and bytes as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=8192)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "picture.tif"
        write_picture(path, asked.side)
        wanted = tiles(asked.side)
        todo = jobs(path, wanted)
        sizes = {name: job() for name, job in todo.items()}
        measured = interleaved(todo, rounds=asked.rounds)
        rows = [_row(name, of, measured, len(wanted), sizes[name]) for name, of in measured.items()]
        print(markdown(HEADER, rows))


def _row(name: str, of: Measured, measured: dict[str, Measured], count: int, size: object) -> tuple[str, ...]:
    peer = measured.get(f"rio-tiler, {'JPEG' if 'JPEG' in name else 'PNG'}")
    ratio = f"{peer.cpu_seconds / of.cpu_seconds:.1f}" if peer else "-"
    each = f"{of.seconds / count * 1000:.2f}", f"{of.cpu_seconds / count * 1000:.2f}"
    return name, *each, ratio, f"{int(str(size)) / count / 1000:.0f}"


if __name__ == "__main__":
    main()
