"""Which definition fits a table that came without one?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tomlkit

from gis import crs
from gis.columns import GeometryColumns
from gis.formats.fitting import short_names
from layers.definition import (
    HISTORY_SUFFIX,
    MAX_NAME_BYTES,
    RESERVED_FIELDS,
    RESERVED_PREFIXES,
    AreaMethod,
    FieldType,
    GeometryType,
    LayerDefinition,
    definition_of,
)

MOST_GROUPS = 60
"""A field with at most so many different values is worth grouping by."""

MOST_BYTES = MAX_NAME_BYTES - len(HISTORY_SUFFIX)

CGCS2000 = "China 2000"

ZONE_DEGREES = 30.0
"""Width of a feature that the ellipsoidal formula, a series around one meridian, is no longer good for."""

MOST_COLOURS = 12
PALETTE = ("#66c2a5", "#fc8d62", "#8da0cb", "#e78ac3", "#a6d854", "#ffd92f", "#e5c494", "#b3b3b3", "#1b9e77", "#d95f02",
           "#7570b3", "#e6ab02")  # fmt: skip
"""ColorBrewer Set2 and Dark2, which stay apart for most colour-blind readers."""


def layer_id(name: str, taken: Iterable[str] = ()) -> str:
    """An id made from a table's name: lower case, letters, digits and _; a number is added where it is `taken`."""
    plain = re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", name).lower()).strip("_")
    if not re.match(r"[^\W\d_]", plain) or plain.startswith(RESERVED_PREFIXES):
        plain = f"layer_{plain}".strip("_")
    return short_names([plain.removesuffix(HISTORY_SUFFIX)], MOST_BYTES, taken=taken)[0]


def field_names(names: Iterable[str]) -> dict[str, str]:
    """The names that fields of a table are stored under, by the name in the file.

    A name is changed only where it is reserved, too long, or differs from another in case only.
    """
    names = list(names)
    clean = ["".join(c for c in name if ord(c) >= 32 and c != '"').strip() or "field" for name in names]
    return dict(zip(names, short_names(clean, MOST_BYTES, taken=RESERVED_FIELDS), strict=True))


def default_area_method(epsg: int, geometry: pa.Array | None = None) -> AreaMethod:
    """Planar for a projected CRS; ellipsoidal for degrees, for CGCS2000 (the official area) and for Web Mercator.

    Geodesic where a feature of `geometry` (WKB) in degrees is wider than ZONE_DEGREES: no zone holds it.
    """
    system = crs.crs(epsg)
    if geometry is not None and not system.is_projected and _widest_degrees(geometry) > ZONE_DEGREES:
        return AreaMethod.GEODESIC
    official = not system.is_projected or crs.datum(epsg) == CGCS2000 or "Pseudo-Mercator" in system.name
    return AreaMethod.ELLIPSOIDAL if official else AreaMethod.PLANAR


def _widest_degrees(geometry: pa.Array) -> float:
    bounds = GeometryColumns.from_wkb(geometry).bounds()
    return float(np.nanmax(bounds[:, 2] - bounds[:, 0], initial=0.0))


def draft(
    data: pa.Table, *, layer: str, geometry: GeometryType, epsg: int, area: AreaMethod | None, source: str, title: str
) -> tuple[LayerDefinition, str]:
    """A definition that holds `data` (its fields, without geometry), and the TOML text of it for a person to edit.

    Lengths are left open, nothing is required, statistics group by the fields of few values, and the first of them
    colours the map. Raises DefinitionError where no definition can hold the data, e.g. planar area of degrees.
    """
    fields = [_field(name, data.schema.field(name).type) for name in data.column_names]
    groups = [name for name in data.column_names if _few_values(data[name])]
    content: dict[str, Any] = {
        "id": layer,
        "title": {"zh": title, "en": title},
        "theme": "other",
        "geometry": geometry.value,
        "crs": epsg,
        "source": {"zh": source, "en": source},
        "date": date.today(),
    }
    if geometry.has_area:
        content["area"] = {"method": (area or default_area_method(epsg)).value}
    content["statistics"] = {"by": groups}
    content["style"] = _style(data, groups)
    content["fields"] = fields
    return definition_of(content, place=source), _toml(content)


def _field(name: str, kind: pa.DataType) -> dict[str, Any]:
    return {"name": name, "title": {"zh": name, "en": name}, "type": _field_type(kind).value}


def _field_type(kind: pa.DataType) -> FieldType:
    for test, field_type in _TYPES:
        if test(kind):
            return field_type
    return FieldType.TEXT


_TYPES = (
    (pa.types.is_boolean, FieldType.BOOLEAN),
    (pa.types.is_integer, FieldType.INTEGER),
    (pa.types.is_floating, FieldType.REAL),
    (pa.types.is_decimal, FieldType.REAL),
    (pa.types.is_date, FieldType.DATE),
    (pa.types.is_timestamp, FieldType.DATETIME),
)


def _few_values(column: pa.ChunkedArray) -> bool:
    if not (
        pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_integer(column.type)
    ):
        return False
    return 1 < int(pc.count_distinct(column).as_py()) <= min(MOST_GROUPS, max(2, len(column) // 2))


def _style(data: pa.Table, groups: list[str]) -> dict[str, Any]:
    if not groups:
        return {"symbol": {"fill": PALETTE[0]}}
    counts = pc.value_counts(data[groups[0]].combine_chunks())
    common = sorted(zip(counts.field("counts").to_pylist(), counts.field("values").to_pylist(), strict=True),
                    key=lambda item: (-item[0], str(item[1])))  # fmt: skip
    values = [value for _, value in common if value is not None][:MOST_COLOURS]
    classes = [{"value": value, "fill": colour} for value, colour in zip(values, PALETTE, strict=False)]
    return {"symbol": {"fill": "#cccccc"}, "field": groups[0], "classes": classes}


def _toml(content: dict[str, Any]) -> str:
    document = tomlkit.document()
    document.add(tomlkit.comment("由导入拟定，请修改标题、单位、代码表与样式。"))
    document.add(tomlkit.comment("Drafted on import: edit titles, units, code lists and style."))
    for key, value in content.items():
        document.add(key, tomlkit.item(value))
    return tomlkit.dumps(document)
