"""Which raster do the service and TiTiler serve, and how is TiTiler set up over it?

One band of values (float32, 1 m) under the first of the parcels, as a tiled GeoTIFF with overviews for TiTiler and as a
raster of the office for the service. TiTiler's environment is made by hand: `python3 -m venv FOLDER/titiler`, then
`FOLDER/titiler/bin/pip install titiler.core uvicorn uvloop httptools`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import Affine

from benchmarks.parcels import EAST, NORTH
from layers.raster.importing import import_raster

RASTER = "bench_values"
SIDE = 4_096
"""Cells, of 1 m, of a side."""

APP = """
from fastapi import FastAPI
from titiler.core.factory import TilerFactory
app = FastAPI()
app.include_router(TilerFactory().router)
"""


def raster_of(folder: Path) -> Path:
    """The GeoTIFF; made, and taken in as the raster RASTER into `folder`/rasters, where it is not there yet."""
    file, office = folder / "bench_values.tif", folder / "rasters"
    if not file.exists():
        _write(file)
    if not (office / f"{RASTER}.toml").exists():
        import_raster(office, file, as_new=RASTER)
    return file


def _write(file: Path) -> None:
    generator = np.random.default_rng(3)
    patches = generator.uniform(0.2, 0.9, (SIDE // 64, SIDE // 64)).astype(np.float32)
    values = np.repeat(np.repeat(patches, 64, axis=0), 64, axis=1)
    values += generator.normal(0, 0.02, values.shape).astype(np.float32)
    profile = {
        "driver": "GTiff", "width": SIDE, "height": SIDE, "count": 1, "dtype": "float32", "crs": "EPSG:4527",
        "transform": Affine(1, 0, EAST, 0, -1, NORTH + SIDE), "tiled": True, "blockxsize": 512, "blockysize": 512,
        "compress": "deflate",
    }  # fmt: skip
    with rasterio.open(file, "w", **profile) as out:
        out.write(values, 1)
        out.build_overviews([2, 4, 8, 16], Resampling.average)


def titiler_app(folder: Path) -> str:
    """The name of the application that uvicorn is to run, which is written into `folder`."""
    (folder / "titiler_app.py").write_text(APP, encoding="utf-8")
    return "titiler_app:app"
