"""Which rasters are there, and where do they lie?"""

from __future__ import annotations

import hashlib
import logging
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely

from gis.columns import GeometryColumns
from gis.crs import crs as crs_of
from gis.crs import transformed
from gis.errors import CrsError, Problem, RasterError
from gis.raster import CellWindow, Raster, same_crs
from gis.types import Bounds
from layers.errors import DefinitionError, LayersError, UnknownLayer
from layers.raster.definition import RasterDefinition, read_raster_definition
from layers.store import Store
from layers.window import CRS84

log = logging.getLogger(__name__)

THEMATIC = Path(__file__).parent / "thematic"
"""Definitions of the sample's rasters, whose files lie in data/sample."""

SAMPLE_LAYER = "township"
"""The sample's rasters are shown where this layer is the sample's."""

FOLDER = "rasters"
"""The folder for rasters in a folder of layer files."""

EDGE_POINTS = 21
DIGITS = 16


class UnknownRaster(UnknownLayer):
    """No raster of that id."""

    code = "unknown_raster"

    def __init__(self, raster: str, known: Mapping[str, object] | list[str]) -> None:
        choices = "、".join(known)
        LayersError.__init__(
            self, f"没有名为“{raster}”的栅格。", f"There is no raster {raster!r}.",
            remedy_zh=f"可用栅格：{choices}。", remedy_en=f"Rasters: {choices.replace('、', ', ')}.",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RasterLayer:
    """A raster with its file.

    version     a short text that changes with all that tiles show: the definition, and size and time of the file
    bounds      in degrees (CRS84)
    cell        width and height of a cell in units of the CRS
    """

    definition: RasterDefinition
    path: Path
    version: str
    bounds: Bounds
    cell: tuple[float, float]

    def value(self, longitude: float, latitude: float) -> float | None:
        """The value of the cell at a place in degrees; None where there is none. Raises CrsError for impossible places.

        Raises RasterError where the file cannot be read any more.
        """
        if not (abs(longitude) <= 180 and abs(latitude) <= 90):
            raise CrsError(
                "经度应在 -180 与 180 之间，纬度应在 -90 与 90 之间。",
                "Longitude must lie in -180..180, latitude in -90..90.",
            )
        place = GeometryColumns.from_shapely(np.array([shapely.Point(longitude, latitude)]))
        with Raster(self.path) as raster:
            column, row = raster.grid.to_cells(transformed(place, CRS84, self.definition.crs).xy)[0].tolist()
            if not (0 <= column < raster.grid.columns and 0 <= row < raster.grid.rows):
                return None
            window = CellWindow(math.floor(row), math.floor(column), 1, 1)
            value = float(raster.band(self.definition.band).read(window)[0, 0])
        return value if math.isfinite(value) else None


class RasterCatalogue(Mapping[str, RasterLayer]):
    """Rasters by id, in drawing order; asking for one that is not there raises UnknownRaster."""

    def __init__(self, rasters: Mapping[str, RasterLayer]) -> None:
        order = sorted(rasters.items(), key=lambda item: (item[1].definition.style.order, item[0]))
        self._rasters = dict(order)

    def __getitem__(self, raster: str) -> RasterLayer:
        try:
            return self._rasters[raster]
        except KeyError:
            raise UnknownRaster(raster, list(self._rasters)) from None

    def __contains__(self, raster: object) -> bool:
        return raster in self._rasters

    def __iter__(self) -> Iterator[str]:
        return iter(self._rasters)

    def __len__(self) -> int:
        return len(self._rasters)


class _Listing(NamedTuple):
    """What a folder held when it was last read: names, sizes and times of its files, and the rasters in it."""

    signature: tuple[tuple[str, int, int], ...]
    rasters: dict[str, RasterLayer]


class Rasters:
    """The rasters of a service: the sample's, those of a folder of one's own, and those imported, which may change.

    `imported` is the folder that `gaodu import` writes; it need not exist. Raises DefinitionError for a definition in
    `folders` that is wrong or does not fit its file, and for an id that another raster has.
    """

    def __init__(self, *folders: Path, imported: Path | None = None) -> None:
        self.imported = imported
        self._resources = ExitStack()
        self._sample = self._resources.enter_context(as_file(files("data") / "sample"))
        self._fixed = _listed(THEMATIC, self._sample)
        for folder in folders:
            for raster, layer in _listed(folder / FOLDER).items() if (folder / FOLDER).is_dir() else ():
                if raster in self._fixed:
                    raise DefinitionError(
                        f"栅格 id“{raster}”已使用。", f"The raster id {raster!r} is already used.",
                        place=str(layer.path),
                    )  # fmt: skip
                self._fixed[raster] = layer
        self._listing = _Listing((), {})
        self._sample_is_in: dict[tuple[str, int], bool] = {}

    def all(self) -> RasterCatalogue:
        """Every raster. An imported one whose definition does not fit is left out and logged."""
        return RasterCatalogue({**self._imported(), **self._fixed})

    def of(self, store: Store) -> RasterCatalogue:
        """The rasters to show beside the layers of `store`: the sample's only where the sample is in it,
        and only those that the role for which `store` was opened sees."""
        sample = self._holds_sample(store)
        return RasterCatalogue({
            raster: each for raster, each in self.all().items()
            if (sample or each.path.parent != self._sample) and store.shows(each.definition.visible_to)
        })  # fmt: skip

    def close(self) -> None:
        """Gives back what the sample's files took."""
        self._resources.close()

    def _holds_sample(self, store: Store) -> bool:
        try:
            standing = store.standing(SAMPLE_LAYER)
        except UnknownLayer:
            return False
        key = standing.identity, standing.revision
        if key not in self._sample_is_in:
            self._sample_is_in = {key: store.is_illustrative(SAMPLE_LAYER)}
        return self._sample_is_in[key]

    def _imported(self) -> dict[str, RasterLayer]:
        if self.imported is None or not self.imported.is_dir():
            return {}
        with os.scandir(self.imported) as entries:
            found = [(entry.name, entry.stat()) for entry in entries if not entry.name.startswith(".")]
        signature = tuple(sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in found))
        if signature != self._listing.signature:
            self._listing = _Listing(signature, _listed(self.imported, strict=False))
        return self._listing.rasters


def _listed(folder: Path, files_in: Path | None = None, *, strict: bool = True) -> dict[str, RasterLayer]:
    """The rasters whose definitions lie in `folder` and whose files lie in `files_in`, by default the same."""
    found: dict[str, RasterLayer] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            layer = raster_layer(read_raster_definition(path), files_in or folder, place=str(path))
        except Problem as problem:
            if strict:
                raise
            log.warning("a raster is left out: %s", problem.text("en"))
            continue
        found[layer.definition.id] = layer
    return found


def raster_layer(definition: RasterDefinition, folder: Path, *, place: str) -> RasterLayer:
    """The raster of `definition` with its file in `folder`; raises DefinitionError where they do not fit."""
    path = folder / definition.file
    try:
        with Raster(path) as raster:
            raster.band(definition.band)
            grid, nodata = raster.grid, raster.nodata(definition.band)
    except RasterError as error:
        raise DefinitionError(error.zh, error.en, place=f"{place}: file") from error
    if not same_crs(grid.crs, crs_of(definition.crs)):
        name = grid.crs.name if grid.crs else "—"
        raise DefinitionError(
            f"文件的坐标系为 {name}，不是 EPSG:{definition.crs}。",
            f"The file is in {name}, not EPSG:{definition.crs}.",
            place=f"{place}: crs",
        )  # fmt: skip
    if nodata != definition.nodata and not (nodata != nodata and definition.nodata != definition.nodata):  # both NaN
        raise DefinitionError(
            f"文件的无数据值为 {nodata}，不是 {definition.nodata}。",
            f"The file's nodata is {nodata}, not {definition.nodata}.",
            place=f"{place}: nodata",
        )  # fmt: skip
    a, _, _, _, e, _ = grid.transform
    stat = path.stat()
    shown = f"{definition.model_dump_json()} {stat.st_size} {stat.st_mtime_ns}"
    version = hashlib.sha256(shown.encode()).hexdigest()[:DIGITS]
    return RasterLayer(definition, path, version, _degrees(grid.bounds, definition.crs), (abs(a), abs(e)))


def _degrees(bounds: Bounds, epsg: int) -> Bounds:
    west, south, east, north = bounds
    edge = shapely.segmentize(shapely.box(*bounds), max(east - west, north - south) / EDGE_POINTS)
    moved = transformed(GeometryColumns.from_shapely(np.array([edge])), epsg, CRS84)
    return Bounds(*moved.bounds()[0].tolist())
