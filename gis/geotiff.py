"""Is a stranger's GeoTIFF one that can be kept, and how is it kept?

`kept` reads it in the limited process of `gis.formats.sandbox` and leaves a cloud-optimised copy (COG): tiles of
256 cells, overviews, compressed without loss.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.shutil import copy
from rasterio.transform import Affine

from gis.errors import FormatError
from gis.formats import sandbox
from gis.formats.model import Limits, Note
from gis.formats.reference import stated

BLOCK = 256
SAMPLED = 1_024
"""Rows and columns, at most, from which the range of values is told."""

PERCENTILES = (2.0, 98.0)
MOST_BANDS = 64
_HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_WORLD_FILES = (".tfw", ".tifw", ".tiffw", ".TFW")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file held: EPSG code, bands, and of band 1 the nodata value and the range of values.

    `low` and `high` are the 2nd and 98th percentile of a sample of the cells with data; None where there are none.
    """

    epsg: int
    crs_name: str
    bands: int
    rows: int
    columns: int
    nodata: float | None
    low: float | None
    high: float | None
    notes: tuple[Note, ...]


def kept(path: Path, out: Path, *, epsg: int | None = None, limits: Limits = Limits()) -> Kept:  # noqa: B008 (frozen)
    """Writes the GeoTIFF `path`, a world file beside it included, as a COG to `out`, and tells what it holds.

    `epsg` is used where the file states no CRS. Raises FormatError for a file that is missing, no GeoTIFF, damaged,
    beyond `limits`, not georeferenced, without CRS, of complex numbers or of more than 64 bands.
    """
    if not path.is_file():
        raise FormatError("没有这个文件。", "There is no such file.", place=path.name)
    path = path.resolve()
    beside = [world for suffix in _WORLD_FILES if (world := path.with_suffix(suffix)).is_file()]
    with sandbox.workspace() as work:
        made = work / "work" / "kept.tif"
        job = {"action": "raster", "epsg": epsg, "made": str(made)}
        answer = sandbox.run(job, work=work, readable=[path, *beside], limits=limits, place=path.name)
        out.write_bytes(b"")
        with made.open("rb") as source, out.open("wb") as target:
            while part := source.read(1 << 22):
                target.write(part)
    return Kept(**{**answer, "notes": tuple(Note(**note) for note in answer["notes"])})


def keep(job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The work of `kept` in the limited process."""
    source, made = Path(job["readable"][0]), Path(job["made"])
    with source.open("rb") as file:
        if not file.read(4).startswith(_HEADS):
            raise FormatError("该文件不是 GeoTIFF。", "The file is not a GeoTIFF.")
    try:
        return _kept(source, made, job["epsg"])
    except (RasterioError, NotGeoreferencedWarning) as error:
        raise FormatError(f"GeoTIFF 无法读取：{error}", f"The GeoTIFF cannot be read: {error}") from error


def _kept(source: Path, made: Path, given: int | None) -> dict[str, Any]:
    with rasterio.open(source, driver="GTiff") as file:
        _check(file)
        epsg, name, notes = _reference(file, given)
        low, high = _range(file)
        nodata = file.nodatavals[0]
        facts = Kept(
            epsg, name, file.count, file.height, file.width, None if nodata is None else float(nodata), low, high, notes
        )
        plain = file.crs == rasterio.CRS.from_epsg(epsg)
        coarser = "NEAREST" if ColorInterp.palette in file.colorinterp else "AVERAGE"
        if not plain:
            copy(file, made.with_name("moved.tif"), driver="GTiff", BIGTIFF="IF_SAFER")
    if not plain:
        source = made.with_name("moved.tif")
        with rasterio.open(source, "r+") as file:
            file.crs = rasterio.CRS.from_epsg(epsg)
    copy(
        source, made, driver="COG", COMPRESS="DEFLATE", PREDICTOR="YES", BLOCKSIZE=BLOCK, OVERVIEW_RESAMPLING=coarser,
        BIGTIFF="IF_SAFER",
    )  # fmt: skip
    return {**asdict(facts), "notes": [asdict(note) for note in facts.notes]}


def _check(file: Any) -> None:
    if file.transform == Affine.identity():
        raise FormatError(
            "该 GeoTIFF 没有地理参考。", "The GeoTIFF is not georeferenced.",
            remedy_zh="请在 GIS 软件中配准后导出，或把 .tfw 文件放在旁边。",
            remedy_en="Georeference it in a GIS and export it again, or put its .tfw file beside it.",
        )  # fmt: skip
    if any(np.dtype(kind).kind not in "iuf" for kind in file.dtypes):
        raise FormatError("该 GeoTIFF 的值为复数。", "The GeoTIFF holds complex numbers.")
    if file.count > MOST_BANDS:
        raise FormatError(
            f"该 GeoTIFF 有 {file.count} 个波段，最多 {MOST_BANDS} 个。",
            f"The GeoTIFF has {file.count} bands; at most {MOST_BANDS} are taken.",
        )


def _reference(file: Any, given: int | None) -> tuple[int, str, tuple[Note, ...]]:
    found = stated(file.crs.to_wkt() if file.crs else None)
    if found.epsg is not None:
        return found.epsg, found.name or "", found.notes
    if given is None:
        raise FormatError(
            "该 GeoTIFF 没有可识别的坐标系。", "The GeoTIFF states no coordinate system that is known.",
            remedy_zh="请用 --crs 给出 EPSG 编码，如 --crs 4527。", remedy_en="Give its EPSG code, such as --crs 4527.",
        )  # fmt: skip
    return given, rasterio.CRS.from_epsg(given).to_string(), ()


def _range(file: Any) -> tuple[float | None, float | None]:
    shape = min(file.height, SAMPLED), min(file.width, SAMPLED)
    values = file.read(1, out_shape=shape, masked=True).compressed().astype(np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return None, None
    low, high = (float(value) for value in np.percentile(values, PERCENTILES))
    return low, high


def breaks(low: float, high: float, parts: int) -> Sequence[float]:
    """`parts` + 1 values from `low` to `high`, rounded to two digits more than their step needs."""
    step = (high - low) / parts or 1.0
    digits = max(0, 1 - math.floor(math.log10(abs(step))))
    return [round(low + k * step, digits) for k in range(parts + 1)]
