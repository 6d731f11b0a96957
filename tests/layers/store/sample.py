"""A few small layers whose areas and totals can be worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import shapely

from layers.catalogue import Catalogue
from layers.definition import LayerDefinition, parse_definition

EAST, NORTH = 500_000.0, 3_900_000.0
"""An origin in EPSG:4547, CGCS2000 / 3-degree Gauss-Kruger CM 114E."""

PARCELS = """
id = "parcels"
title = {zh = "地块", en = "Parcels"}
geometry = "multipolygon"
crs = 4547
date = 2024-12-31
source = {zh = "测试", en = "test"}
area = {method = "planar"}

[[fields]]
name = "DLBM"
title = {zh = "地类编码", en = "Land use"}
type = "text"
codes = "land_use"
required = true

[[fields]]
name = "名称"
title = {zh = "名称", en = "Name"}
type = "text"
length = 20

[[fields]]
name = "户数"
title = {zh = "户数", en = "Households"}
type = "integer"

[[fields]]
name = "产量"
title = {zh = "产量", en = "Output"}
type = "decimal"
decimals = 2

[[fields]]
name = "坡度"
title = {zh = "坡度", en = "Slope"}
type = "real"

[[fields]]
name = "有效"
title = {zh = "有效", en = "Valid"}
type = "boolean"

[[fields]]
name = "日期"
title = {zh = "日期", en = "Day"}
type = "date"

[[fields]]
name = "时间"
title = {zh = "时间", en = "Moment"}
type = "datetime"
"""

POINTS = """
id = "wells"
title = {zh = "机井", en = "Wells"}
geometry = "point"
crs = 4490
date = 2024-12-31
source = {zh = "测试", en = "test"}

[[fields]]
name = "it's 100% (odd):x"
title = {zh = "怪", en = "Odd"}
type = "text"
"""


def parcels() -> LayerDefinition:
    return parse_definition(PARCELS, place="parcels.toml")


def wells() -> LayerDefinition:
    return parse_definition(POINTS, place="wells.toml")


def catalogue() -> Catalogue:
    return Catalogue({"parcels": parcels(), "wells": wells()})


def square(column: int = 0, side_m: float = 10.0) -> bytes:
    """A square of `side_m`, 20 m further east for each `column`."""
    west = EAST + 20 * column
    return shapely.to_wkb(shapely.box(west, NORTH, west + side_m, NORTH + side_m))


BOW_TIE_WKB = shapely.to_wkb(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))

FULL: dict[str, Any] = {
    "DLBM": "0101", "名称": "高都一号", "户数": 2**53 + 1, "产量": Decimal("100.00"), "坡度": 0.1,
    "有效": True, "日期": date(2024, 2, 29), "时间": datetime(2024, 5, 1, 8, 30, 0, 125_000, UTC),
}  # fmt: skip
BLANK: dict[str, Any] = dict.fromkeys(FULL) | {"DLBM": "0103", "名称": ""}

TYPES = {
    "DLBM": pa.string(), "名称": pa.string(), "户数": pa.int64(), "产量": pa.decimal128(15, 2), "坡度": pa.float64(),
    "有效": pa.bool_(), "日期": pa.date32(), "时间": pa.timestamp("ms", tz="UTC"),
}  # fmt: skip


def rows(*features: dict[str, Any], **columns: Any) -> pa.Table:
    """A table of parcels: each of `features` goes over FULL, and lies in its own column of squares."""
    filled = [{**FULL, "geom": square(i), **feature} for i, feature in enumerate(features)]
    arrays = {name: pa.array([row[name] for row in filled], kind) for name, kind in TYPES.items()}
    return pa.table({**arrays, "geom": pa.array([row["geom"] for row in filled], pa.binary()), **columns})
