"""How does a GeoTIFF become a raster of the office?"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gis.formats.model import Note
from gis.geotiff import Kept, breaks, kept
from layers.errors import ImportRefused
from layers.raster.catalogue import RasterLayer, UnknownRaster, raster_layer
from layers.raster.definition import SUFFIXES, RasterDefinition, raster_definition_of, read_raster_definition

COLOURS = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")
"""Of a new raster, from its low values to its high ones: viridis, which the colour-blind can read too."""


@dataclass(frozen=True, slots=True)
class RasterImport:
    """A raster that was taken in, the folder it lies in, and what was decided on the way."""

    layer: RasterLayer
    notes: tuple[Note, ...]


def is_raster(file: Path) -> bool:
    """Whether the name of `file` is one of a GeoTIFF."""
    return file.name.lower().endswith(SUFFIXES)


def raster_folder(store: str, setting: Path | None) -> Path | None:
    """Where imported rasters lie: the folder of the setting, else one beside the GeoPackage; None for a database."""
    if setting is not None:
        return setting
    return None if "://" in store else Path(store).with_suffix(".rasters")


def import_raster(
    folder: Path | None,
    file: Path,
    *,
    as_new: str | None = None,
    layer: str | None = None,
    taken: Container[str] = (),
    crs: int | None = None,
    unit: str | None = None,
) -> RasterImport:
    """Takes the GeoTIFF `file` in as the new raster `as_new`, or in the place of the file of the raster `layer`.

    The file is copied as a COG into `folder`, with a definition (`<id>.toml`) that may be edited there; whole or not
    at all. `crs` is for files that state none. Raises ImportRefused for an id that is `taken` and where both or none of
    the two is given, FormatError for a file that cannot be kept, DefinitionError for an id, unit or file that will not
    do.
    """
    if folder is None:
        raise ImportRefused(
            "数据库存储没有存放栅格的文件夹。", "A store in a database has no folder for rasters.", place=file.name,
            remedy_zh="请设置 GAODU_RASTERS。", remedy_en="Set GAODU_RASTERS.",
        )  # fmt: skip
    if (as_new is None) == (layer is None):
        raise ImportRefused(
            "请用 --as 给出新栅格的 id，或用 --layer 指定要替换的栅格。",
            "Give the id of the new raster with --as, or the raster to replace with --layer.", place=file.name,
        )  # fmt: skip
    before = _existing(folder, layer) if layer else None
    if as_new and (as_new in taken or (folder / f"{as_new}.toml").exists()):
        raise ImportRefused(
            f"id“{as_new}”已使用。", f"The id {as_new!r} is already used.", place=file.name,
            remedy_zh="请换一个 id，或用 --layer 替换已导入的栅格。",
            remedy_en="Choose another id, or replace an imported raster with --layer.",
        )  # fmt: skip
    # an id or a unit that will not do is found before the file is read
    draft = before or _new(as_new or "", file, NOTHING, unit)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".import-") as work:
        made, text = Path(work) / draft.file, Path(work) / f"{draft.id}.toml"
        facts = kept(file, made, epsg=crs)
        fitted = draft.model_copy(update={"crs": facts.epsg, "nodata": facts.nodata, "band": 1})
        definition = fitted if before else _new(draft.id, file, facts, unit)
        text.write_text(_toml(definition), encoding="utf-8")
        raster_layer(definition, Path(work), place=file.name)
        os.replace(made, folder / definition.file)
        os.replace(text, folder / text.name)
    return RasterImport(raster_layer(definition, folder, place=file.name), facts.notes)


NOTHING = Kept(4490, "", 1, 1, 1, None, 0.0, 1.0, ())
"""What stands for the facts of a file that has not been read."""


def _existing(folder: Path, raster: str) -> RasterDefinition:
    known = sorted(path.stem for path in folder.glob("*.toml"))
    if raster not in known:
        raise UnknownRaster(raster, known)
    return read_raster_definition(folder / f"{raster}.toml")


def _new(raster: str, file: Path, facts: Kept, unit: str | None) -> RasterDefinition:
    """The definition of a raster of which only the file is known: colours over the range of its values."""
    low, high = (0.0, 1.0) if facts.low is None or facts.high is None else (facts.low, facts.high)
    values = breaks(low, high if high > low else low + 1.0, len(COLOURS) - 1)
    stops = [{"value": value, "colour": colour} for value, colour in zip(values, COLOURS, strict=True)]
    name = file.stem
    content = {
        "id": raster,
        "title": {"zh": name, "en": name},
        "file": f"{raster}.tif",
        "crs": facts.epsg,
        "nodata": facts.nodata,
        "unit": unit,
        "meaning": {"zh": "数值", "en": "Value"},
        "style": {"stops": stops},
        "source": {"zh": file.name, "en": file.name},
        "date": date.today(),
    }
    return raster_definition_of(content, place=file.name)


def _toml(definition: RasterDefinition) -> str:
    """`definition` as a file to be edited."""
    facts = definition.model_dump(exclude_none=True)
    style = facts.pop("style")
    stops = "".join(f"    {_value(stop)},\n" for stop in style.pop("stops"))
    plain = [f"{key} = {_value(value)}\n" for key, value in facts.items()]
    drawn = [f"{key} = {_value(value)}\n" for key, value in style.items()]
    return "".join([*plain, "\n[style]\n", *drawn, f"stops = [\n{stops}]\n"])


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
