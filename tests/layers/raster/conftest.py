"""Small rasters and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from layers.catalogue import Catalogue
from layers.definition import parse_definition
from layers.raster.catalogue import RasterLayer, raster_layer
from layers.raster.definition import RasterDefinition, raster_definition_of
from layers.store import Store, open_store
from tests.services import postgis_schema

WEST, NORTH, CELL_M = 39_620_000.0, 3_872_000.0, 10.0
"""Of every raster here, in EPSG:4527: 118.315 E, 34.97 N."""

NODATA = -9999.0

FIELDS = """
id = "fields"
title = { zh = "田块", en = "Fields" }
geometry = "multipolygon"
crs = 4527
date = 2024-12-31
source = { zh = "测试", en = "test" }
area = { method = "planar" }
fields = [
    { name = "village", title = { zh = "村", en = "Village" }, type = "text" },
    { name = "NAME", title = { zh = "名称", en = "Name" }, type = "text" },
]
"""


def write_tif(path: Path, values: list[list[float]], *, crs: int | None = 4527, nodata: float | None = NODATA,
              placed: bool = True, dtype: str = "float32") -> Path:  # fmt: skip
    """A GeoTIFF of 10 m cells whose upper left corner is (WEST, NORTH)."""
    array = np.array(values, dtype)
    place = {"transform": Affine(CELL_M, 0, WEST, 0, -CELL_M, NORTH)} if placed else {}
    reference = {"crs": f"EPSG:{crs}"} if crs else {}
    with rasterio.open(path, "w", driver="GTiff", width=array.shape[1], height=array.shape[0], count=1, dtype=dtype,
                       nodata=nodata, **place, **reference) as file:  # fmt: skip
        file.write(array, 1)
    return path


def definition(**changes: object) -> RasterDefinition:
    """A raster of yields in kg/ha in the file r.tif, with `changes`."""
    content = {
        "id": "r", "title": {"zh": "产量", "en": "Yield"}, "file": "r.tif", "crs": 4527, "nodata": NODATA,
        "unit": "kg_per_ha", "meaning": {"zh": "产量", "en": "Yield"}, "source": {"zh": "测试", "en": "test"},
        "date": "2024-12-31", "style": {"stops": [{"value": 0.0, "colour": "#ffffff"},
                                                  {"value": 9000.0, "colour": "#004529"}]},
    }  # fmt: skip
    return raster_definition_of({**content, **changes}, place="r.toml")


@pytest.fixture
def raster(tmp_path: Path) -> RasterLayer:
    """Two rows of two cells in kg/ha: 6000, 9000; 3000, none."""
    write_tif(tmp_path / "r.tif", [[6000, 9000], [3000, NODATA]])
    return raster_layer(definition(), tmp_path, place="r.toml")


@pytest.fixture(params=["geopackage", pytest.param("postgis", marks=pytest.mark.postgis)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store on either engine with the layer `fields`."""
    catalogue = Catalogue({"fields": parse_definition(FIELDS, place="fields.toml")})
    if request.param == "geopackage":
        with open_store(tmp_path / "store.gpkg", catalogue) as opened:
            yield opened
        return
    with postgis_schema() as url, open_store(url, catalogue) as opened:
        yield opened
