"""What may the file of a raster layer say?"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from gis.errors import GisError
from gis.ramps import Ramp
from layers.codes import code_list
from layers.definition import Epsg, Identifier, Strict, Text
from layers.errors import DefinitionError
from layers.roles import Role
from layers.style import COLOUR

YIELD_UNITS = {"kg_per_ha": "kg/ha", "kg_per_mu": "kg/mu", "jin_per_mu": "jin/mu"}
"""Units that make a raster one of yields, as `gis.yields` writes them."""

SUFFIXES = (".tif", ".tiff")


def _file(name: str) -> str:
    if not name.endswith(SUFFIXES) or name != Path(name).name or "\\" in name:
        raise ValueError("must be the name of a .tif file, without a folder")
    return name


def _unit(unit: str) -> str:
    if unit not in code_list("units"):
        raise ValueError(f"unknown unit {unit!r}; units are {', '.join(code_list('units'))}")
    return unit


class Stop(Strict):
    """The colour of a value; the titles stand beside it in the legend, which else gives the number."""

    value: float
    colour: Annotated[str, Field(pattern=COLOUR)]
    title: Text | None = None


class RasterStyle(Strict):
    """How a raster is drawn: colours that run from stop to stop, or, `stepped`, hold up to the next.

    `opacity` (0 to 1) is what a map opens with; `order` and `visible` are as for other layers.
    """

    stops: tuple[Stop, ...]
    stepped: bool = False
    opacity: float = Field(default=0.8, ge=0, le=1)
    order: int = 50
    visible: bool = False

    @model_validator(mode="after")
    def _stops_ascend(self) -> Self:
        try:
            self.ramp()
        except GisError as error:
            raise ValueError(error.en) from error
        return self

    def ramp(self) -> Ramp:
        """The colours as the engine takes them."""
        return Ramp(tuple((stop.value, stop.colour) for stop in self.stops), stepped=self.stepped)


class RasterDefinition(Strict):
    """A raster layer: identity, the GeoTIFF it lies in, what its cells say, and its style.

    file        the name of the GeoTIFF, in the folder of the definition
    crs         EPSG code; the file must say the same
    band        number of the band, from 1
    nodata      the value of cells without data; must be the file's, None if it has none
    unit        of the code list `units`; without one the numbers have none. kg_per_ha, kg_per_mu and jin_per_mu make it
                a raster of yields, of which statistics give weights
    visible_to  the first role, in the order of layers.roles, that learns that there is such a raster
    meaning     what a cell's number is: 产量 / Yield
    """

    id: Identifier
    title: Text
    abstract: Text | None = None
    theme: str = "other"
    visible_to: Role | None = None
    file: Annotated[str, AfterValidator(_file)]
    crs: Epsg
    band: int = Field(default=1, ge=1)
    nodata: float | None = None
    unit: Annotated[str, AfterValidator(_unit)] | None = None
    meaning: Text
    style: RasterStyle
    illustrative: bool = False
    source: Text
    date: date

    @property
    def yield_unit(self) -> str | None:
        """The unit of yield as `gis.yields` writes it; None for a raster of something else."""
        return YIELD_UNITS.get(self.unit or "")


def read_raster_definition(path: Path) -> RasterDefinition:
    """The definition in the TOML file at `path`; raises DefinitionError naming file, key and valid choices."""
    try:
        return raster_definition_of(tomllib.loads(path.read_text(encoding="utf-8")), place=str(path))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError(
            f"无法读取栅格定义：{error}", f"The raster's definition cannot be read: {error}", place=str(path)
        ) from error


def raster_definition_of(content: dict[str, Any], *, place: str) -> RasterDefinition:
    """The definition that `content` holds, as read from TOML; raises DefinitionError naming `place` and the keys."""
    try:
        found = RasterDefinition.model_validate(content)
    except ValidationError as error:
        lines = [_line(item) for item in error.errors(include_url=False)]
        raise DefinitionError(
            "栅格定义有误：" + "；".join(lines) + "。", "The raster's definition is wrong: " + "; ".join(lines) + ".",
            place=place, remedy_zh="请改正所列键后重试。", remedy_en="Correct the keys named and try again.",
        ) from error  # fmt: skip
    if found.theme not in code_list("themes"):
        themes = code_list("themes")
        raise DefinitionError(
            f"没有名为“{found.theme}”的主题。", f"There is no theme {found.theme!r}.", place=f"{place}: theme",
            remedy_zh=f"可用主题：{'、'.join(themes)}。", remedy_en=f"Themes: {', '.join(themes)}.",
        )  # fmt: skip
    return found


def _line(item: Any) -> str:
    key = ".".join(str(part) for part in item["loc"]) or "(raster)"
    message = re.sub("^Value error, ", "", str(item["msg"]))
    choices = f"; valid: {', '.join(RasterDefinition.model_fields)}" if item["type"] == "extra_forbidden" else ""
    return f"{key}: {message}{choices}"
