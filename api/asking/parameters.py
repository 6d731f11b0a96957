"""What may stand in a query string?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, ConfigDict, Field

from api.asking.coordinates import CRS84, NamedCrs
from api.asking.filters import FilterParameters
from api.asking.profiles import PROFILES
from api.errors import BadParameter
from api.settings import Language
from gis.crs import is_geographic
from gis.types import Bounds
from layers.definition import LayerDefinition

Crs = Annotated[
    str | None,
    Field(
        description="坐标系 URI / URI of a CRS that the collection lists, such as http://www.opengis.net/def/crs/EPSG/0/4527"
    ),
]


class OgcParameters(BaseModel):
    """The parameters of any OGC document; a name that is not here is refused (OGC API Features 1, 7.6)."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    f: str | None = Field(None, description="格式 / format: json, html; else Accept decides")
    lang: Language | None = Field(None, description="页面语言 / language of pages: zh, en")


class StateParameters(OgcParameters):
    """Which state of the data is meant; one of the three at most."""

    datetime: str | None = Field(
        None,
        description="时刻或时段：当时有效的数据（时段取其末） / an instant or interval (RFC 3339, '..' open): "
        "what was in force then, for an interval at its end",
    )
    revision: int | None = Field(None, ge=0, le=2**63 - 1, description="修订号 / a revision of the store")
    asof: str | None = Field(None, description="修订号或日期 / a revision number, or a date such as 2024-12-31")


class FeatureParameters(StateParameters):
    """How features are given."""

    f: str | None = Field(
        None, description="格式 / format: geojson (json), jsonfg, csv, html and files; else Accept decides"
    )
    crs: Crs = None
    properties: str | None = Field(
        None, description="只要这些字段，逗号分隔 / only these properties, separated by commas; empty for none"
    )
    profile: str | None = Field(
        None, description=f"写法，逗号分隔 / profiles, separated by commas: {', '.join(PROFILES)}"
    )


class ItemsParameters(FeatureParameters, FilterParameters):
    """Which features are asked for; other names are fields of the layer: name=value."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    bbox: str | None = Field(
        None,
        description="窗口 / window: west,south,east,north in longitude and latitude, or in bbox-crs in its axis order",
    )
    bbox_crs: Crs = Field(None, alias="bbox-crs")
    limit: Annotated[int, Field(ge=1, description="要素数 / features per page; larger values are cut down")] | None = (
        None
    )
    sortby: str | None = Field(
        None, description="排序字段，逗号分隔，前加 - 为降序 / fields to sort by, separated by commas, after + or -"
    )
    after: str | None = Field(None, description="翻页：next 链接给出 / paging: given by the next link")
    before: str | None = Field(None, description="翻页：prev 链接给出 / paging: given by the prev link")


def undeclared(request: Request, known: Iterable[str]) -> dict[str, str]:
    """The parameters of `request` that are none of `known`."""
    names = set(known)
    return {name: value for name, value in request.query_params.multi_items() if name not in names}


async def no_others(request: Request) -> None:
    """Refuses what the route has no parameter for, as an answer that leaves it out would be to another question.

    Raises BadParameter. A dependency, for routes whose parameters are not a model.
    """
    known = list(dict.fromkeys(_named(request.scope["route"].dependant)))
    for name in undeclared(request, known):
        raise BadParameter(
            f"没有参数“{name[:80]}”。", f"There is no parameter {name[:80]!r}.", place=name[:80],
            remedy_zh=f"可用：{'、'.join(known)}。", remedy_en=f"Parameters: {', '.join(known)}.",
        )  # fmt: skip


def _named(dependant: Dependant) -> Iterator[str]:
    """The names of the parameters in a query string that a route has, those of its dependencies among them."""
    yield from (each.alias for each in dependant.query_params)
    for each in dependant.dependencies:
        yield from _named(each)


def declared(model: type[BaseModel]) -> list[str]:
    """The names that the parameters of `model` have in a query string."""
    return [field.alias or name for name, field in model.model_fields.items()]


def property_names(text: str | None, definition: LayerDefinition) -> list[str] | None:
    """The properties that `properties=` names, in the layer's order; None for all. Raises BadParameter."""
    if text is None:
        return None
    known = [*definition.field_names, *(["area_m2"] if definition.area else [])]
    asked = [name for name in text.split(",") if name]
    for name in asked:
        if name not in known:
            raise BadParameter(
                f"图层“{definition.id}”没有属性“{name[:80]}”。",
                f"Layer {definition.id!r} has no property {name[:80]!r}.",
                place="properties",
                remedy_zh=f"可用：{'、'.join(known)}。",
                remedy_en=f"Properties: {', '.join(known)}.",
            )
    return [name for name in known if name in asked]


def parse_bbox(text: str, crs: NamedCrs = CRS84) -> Bounds:
    """The window in `text`, x first: four numbers in the order of axes of `crs`, or six with heights, dropped here.

    Raises BadParameter.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise _bad_bbox(text, "应为四个数", "four numbers are needed")
    if crs.north_first:
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    bounds = Bounds(*numbers)
    if is_geographic(crs.epsg):
        _check_degrees(text, bounds)
    elif bounds.south > bounds.north or bounds.west > bounds.east:
        raise _bad_bbox(text, "最小值应在前", "the smaller values come first")
    return bounds


def _check_degrees(text: str, bounds: Bounds) -> None:
    if bounds.south > bounds.north or max(abs(bounds.south), abs(bounds.north)) > 90:
        raise _bad_bbox(
            text, "纬度应在 -90 与 90 之间且南不大于北", "latitudes must lie in -90..90, south before north"
        )
    if max(abs(bounds.west), abs(bounds.east)) > 180:
        raise _bad_bbox(text, "经度应在 -180 与 180 之间", "longitudes must lie in -180..180")


def _bad_bbox(text: str, zh: str, en: str) -> BadParameter:
    return BadParameter(
        f"bbox“{text[:80]}”无效：{zh}。",
        f"bbox {text[:80]!r} is not valid: {en}.",
        place="bbox",
        remedy_zh="写法：西,南,东,北（度），如 118.2,34.9,118.4,35.0；其他坐标系用 bbox-crs，按其轴序。",
        remedy_en="Write west,south,east,north in degrees, such as 118.2,34.9,118.4,35.0; for other CRSs give bbox-crs "
        "and keep to its order of axes.",
    )
