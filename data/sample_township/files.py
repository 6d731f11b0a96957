"""How are tables and rasters of the sample written, the same bytes in every run?"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray

DEFINITIONS = Path(__file__).resolve().parents[2] / "layers" / "thematic"
ARROW = {"text": pa.string(), "integer": pa.int64(), "date": pa.date32()}
DIGITS = 15


@dataclass(slots=True)
class Table:
    """The rows of a layer: geometries in EPSG:4527, and one dict of values a row."""

    layer: str
    geometries: NDArray[np.object_]
    rows: list[dict[str, Any]]


@dataclass(slots=True)
class Raster:
    """A raster in EPSG:4527: values (rows, columns) from the north-west corner down, float32."""

    name: str
    values: NDArray[np.float32]
    west: float
    north: float
    cell_m: float
    nodata: float


def decimal(value: float | str | Decimal, digits: int = 2) -> Decimal:
    """`value` with `digits` decimals, half up; a double counts as the shortest decimal that reads back as it."""
    text = value if isinstance(value, str | Decimal) else repr(float(value))
    return Decimal(text).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def day(text: str) -> date:
    """The date of ISO text."""
    return date.fromisoformat(text)


def write_table(table: Table, folder: Path) -> Path:
    """Writes `table` as GeoParquet with exactly the fields of its layer file; raises KeyError for others."""
    definition = tomllib.loads((DEFINITIONS / f"{table.layer}.toml").read_text("utf-8"))
    fields = {field["name"]: field for field in definition["fields"]}
    unknown = {name for row in table.rows for name in row} - set(fields)
    if unknown:
        raise KeyError(f"{table.layer} has no fields {', '.join(sorted(unknown))}")
    columns = {"geom": pa.array(shapely.to_wkb(table.geometries), pa.binary())}
    for name, field in fields.items():
        columns[name] = pa.array([row.get(name) for row in table.rows], _type(field))
    arrow = pa.table(columns).replace_schema_metadata({"geo": json.dumps(_geo(table, definition["crs"]))})
    path = folder / f"{table.layer}.parquet"
    pq.write_table(arrow, path, compression="zstd", compression_level=19)
    return path


def _type(field: dict[str, Any]) -> pa.DataType:
    kind = field["type"]
    return pa.decimal128(DIGITS, field["decimals"]) if kind == "decimal" else ARROW[kind]


def _geo(table: Table, epsg: int) -> dict[str, Any]:
    """The metadata of GeoParquet 1.1."""
    types = sorted({shape.geom_type for shape in table.geometries})
    bounds = shapely.total_bounds(table.geometries).tolist()
    crs = pyproj.CRS.from_epsg(epsg).to_json_dict()
    column = {"encoding": "WKB", "geometry_types": types, "crs": crs, "bbox": bounds}
    return {"version": "1.1.0", "primary_column": "geom", "columns": {"geom": column}}


def write_raster(grid: Raster, folder: Path) -> Path:
    """Writes `grid` as a cloud-optimised GeoTIFF."""
    path = folder / f"{grid.name}.tif"
    height, width = grid.values.shape
    with rasterio.open(
        path, "w", driver="COG", width=width, height=height, count=1, dtype="float32", nodata=grid.nodata,
        crs="EPSG:4527", transform=Affine(grid.cell_m, 0, grid.west, 0, -grid.cell_m, grid.north),
        compress="DEFLATE", predictor="FLOATING_POINT", level=9, blocksize=256, resampling="AVERAGE",
    ) as file:  # fmt: skip
        file.write(grid.values, 1)
    return path
