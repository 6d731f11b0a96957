"""The sample as tests read it: tables, geometries and areas of every layer, each read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rasterio
import shapely
from numpy.typing import NDArray

from gis.area import area_m2
from gis.columns import GeometryColumns

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


@dataclass(frozen=True)
class Sample:
    """The files of one folder."""

    folder: Path

    @cache  # noqa: B019 - one object for the whole run
    def table(self, layer: str) -> pa.Table:
        return pq.read_table(self.folder / f"{layer}.parquet")

    @cache  # noqa: B019
    def shapes(self, layer: str) -> NDArray[np.object_]:
        return np.asarray(shapely.from_wkb(self.table(layer)["geom"].to_numpy()))

    @cache  # noqa: B019
    def areas_m2(self, layer: str, method: str = "ellipsoidal") -> NDArray[np.float64]:
        return area_m2(GeometryColumns.from_shapely(self.shapes(layer)), method, 4527, decimals=2)

    def column(self, layer: str, field: str) -> list[Any]:
        return list(self.table(layer)[field].to_pylist())

    @cache  # noqa: B019
    def raster(self, name: str) -> tuple[NDArray[np.float64], Any, float]:
        """Values as float64, the affine transform and the no-data value."""
        with rasterio.open(self.folder / f"{name}.tif") as file:
            return file.read(1).astype(float), file.transform, file.nodata


@pytest.fixture(scope="session")
def sample() -> Sample:
    return Sample(SAMPLE)
