"""How does a layer's attribute table read?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from api.pages.templates import number
from gis.units import mu_from_m2
from layers.codes import code_list
from layers.definition import FieldDefinition, FieldType, LayerDefinition
from layers.query import Query
from layers.store import Store

ROWS = 100

TYPES = {
    "zh": {
        FieldType.TEXT: "文本", FieldType.INTEGER: "整数", FieldType.REAL: "浮点数", FieldType.DECIMAL: "小数",
        FieldType.BOOLEAN: "布尔", FieldType.DATE: "日期", FieldType.DATETIME: "日期时间",
    },
    "en": {
        FieldType.TEXT: "text", FieldType.INTEGER: "integer", FieldType.REAL: "real", FieldType.DECIMAL: "decimal",
        FieldType.BOOLEAN: "boolean", FieldType.DATE: "date", FieldType.DATETIME: "date and time",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One feature: its key, its area in mu (None without one), and each field with its value as text."""

    fid: int
    area_mu: float | None
    values: list[tuple[FieldDefinition, str]]


def attribute_page(
    store: Store, definition: LayerDefinition, after: int | None, language: str
) -> tuple[list[Row], int | None]:
    """The ROWS features after the key `after`, and the key to go on after; None at the end."""
    table = store.read(definition.id, Query(after=after, limit=ROWS + 1, geometry=False))
    more = table.num_rows > ROWS
    rows = [row_of(definition, values, language) for values in table.slice(0, ROWS).to_pylist()]
    return rows, rows[-1].fid if more else None


def row_of(definition: LayerDefinition, values: Mapping[str, Any], language: str) -> Row:
    """The row of one feature; `values` has its fid, its fields and, where the layer has areas, area_m2."""
    return Row(
        int(values["fid"]),
        mu_from_m2(values["area_m2"]) if definition.area else None,
        [(field, shown(field, values[field.name], language)) for field in definition.fields],
    )


def shown(field: FieldDefinition, value: Any, language: str) -> str:
    """`value` of `field` as a reader wants to see it: codes with their names, numbers with separators."""
    if value is None:
        return ""
    if field.codes and (code := code_list(field.codes).get(str(value))):
        return f"{value} {code.name_en if language == 'en' else code.name_zh}"
    if isinstance(value, bool):
        return {"zh": "是", "en": "yes"}[language] if value else {"zh": "否", "en": "no"}[language]
    if isinstance(value, Decimal):
        return number(value, field.decimals or 0)
    return value.isoformat() if isinstance(value, date) else str(value)


def unit_names(language: str) -> Mapping[str, str]:
    """The name of every unit in `language`; a unit that the code list lacks is its own name."""
    return _Names(
        {code.code: code.name_en if language == "en" else code.name_zh for code in code_list("units").values()}
    )


class _Names(dict[str, str]):
    def __missing__(self, unit: str) -> str:
        return unit
