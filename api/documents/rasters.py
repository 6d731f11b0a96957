"""How does a raster describe itself?"""

from __future__ import annotations

from typing import Any

from api.documents.answers import notice
from layers.codes import code_list
from layers.definition import Text
from layers.raster.catalogue import RasterLayer
from layers.raster.definition import RasterDefinition
from layers.raster.zones import Zones

Document = dict[str, Any]

METHOD = Text(
    zh="像元按被要素覆盖的精确比例计入；面积为栅格坐标系平面面积",
    en="cells count by the exact share that features cover; areas are in the plane of the raster's CRS",
)


def raster_document(raster: RasterLayer) -> Document:
    """What lists of rasters say of one."""
    definition = raster.definition
    return {
        "id": definition.id,
        "title": definition.title.model_dump(),
        "theme": definition.theme,
        "meaning": definition.meaning.model_dump(),
        "unit": definition.unit,
        "is_yield": definition.yield_unit is not None,
        "crs": definition.crs,
        "cell": list(raster.cell),
        "bbox": [round(edge, 6) for edge in raster.bounds],
        "source": definition.source.model_dump(),
        "date": definition.date.isoformat(),
        **notice(definition.illustrative),
        "legend": raster_legend(definition),
    }


def zones_document(result: Zones) -> Document:
    """`result` as the JSON document that the service and the command line give."""
    raster = result.raster.definition
    return {
        "layer": result.layer.id,
        "title": result.layer.title.model_dump(),
        "raster": {
            "id": raster.id,
            "title": raster.title.model_dump(),
            "meaning": raster.meaning.model_dump(),
            "unit": raster.unit,
            "date": raster.date.isoformat(),
            "version": result.raster.version,
        },
        "by": result.by,
        "method_zh": METHOD.zh,
        "method_en": METHOD.en,
        "revision": result.revision,
        **({"illustrative": False} | notice(result.illustrative)),
        "total": result.total,
        "groups": list(result.groups),
    }


def raster_legend(definition: RasterDefinition) -> list[Document]:
    """The colours of a raster, from low values to high ones, each with its value, titles and unit."""
    unit = code_list("units").get(definition.unit or "")
    return [
        {
            "value": stop.value,
            "colour": stop.colour,
            "title_zh": stop.title.zh if stop.title else _number(stop.value, unit.name_zh if unit else ""),
            "title_en": stop.title.en if stop.title else _number(stop.value, unit.name_en if unit else ""),
        }
        for stop in definition.style.stops
    ]


def _number(value: float, unit: str) -> str:
    return f"{value:g} {unit}".strip()
