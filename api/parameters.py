"""What may stand in a query string?"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.errors import BadParameter
from gis.types import Bounds

DEFAULT_LIMIT = 100


class OgcParameters(BaseModel):
    """The parameters of any OGC document; a name that is not here is refused (OGC API Features 1, 7.6)."""

    model_config = ConfigDict(extra="forbid")

    f: Annotated[str, AfterValidator(lambda value: _only_json(value))] = Field(
        "json", description="格式 / format: json"
    )
    lang: str | None = Field(None, pattern="^(zh|en)$")


class ItemParameters(OgcParameters):
    """The parameters of one item."""

    asof: str | None = Field(None, description="修订号或日期 / revision or date")


class ItemsParameters(ItemParameters):
    """The parameters of a page of items."""

    bbox: str | None = Field(None, description="西,南,东,北（度） / west,south,east,north in degrees (CRS84)")
    limit: Annotated[int, Field(ge=1, description="每页要素数 / features per page; larger values are cut down")] = (
        DEFAULT_LIMIT
    )
    after: int | None = Field(None, ge=0, description="上一页最后一个要素号 / last feature id of the page before")


def parse_bbox(text: str) -> Bounds:
    """The window in `text`: four numbers, or six with heights, which are left out. Raises BadParameter."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise _bad_bbox(text, "应为四个数", "four numbers are needed")
    bounds = Bounds(*numbers)
    if bounds.south > bounds.north or max(abs(bounds.south), abs(bounds.north)) > 90:
        raise _bad_bbox(
            text, "纬度应在 -90 与 90 之间且南不大于北", "latitudes must lie in -90..90, south before north"
        )
    if max(abs(bounds.west), abs(bounds.east)) > 180:
        raise _bad_bbox(text, "经度应在 -180 与 180 之间", "longitudes must lie in -180..180")
    return bounds


def _bad_bbox(text: str, zh: str, en: str) -> BadParameter:
    return BadParameter(
        f"bbox“{text[:80]}”无效：{zh}。",
        f"bbox {text[:80]!r} is not valid: {en}.",
        place="bbox",
        remedy_zh="写法：西,南,东,北（度），如 118.2,34.9,118.4,35.0。",
        remedy_en="Write west,south,east,north in degrees, such as 118.2,34.9,118.4,35.0.",
    )


def _only_json(value: str) -> str:
    if value not in ("json", "geojson"):
        raise ValueError("json")
    return value
