"""A store whose attributes are an attack: what a page must show as text."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

from layers.catalogue import load_catalogue
from layers.definition import FieldDefinition, FieldType
from layers.store import Store, open_store

HOSTILE = "<img src=x onerror=alert(1)>'\"</script>"
EAST_M, NORTH_M = 39_618_707.0, 3_873_146.0
"""Near 118.3 E, 34.98 N in EPSG:4527."""


def hostile_store(folder: Path) -> Store:
    """A GeoPackage in `folder` with one village, a square of 1 km, whose name is HOSTILE."""
    store = open_store(folder / "hostile.gpkg", load_catalogue())
    definition = store.catalogue["villages"]
    square = shapely.box(EAST_M, NORTH_M, EAST_M + 1000, NORTH_M + 1000)
    columns: dict[str, Any] = {field.name: [_value(field)] for field in definition.fields if field.required}
    columns |= {"XZQMC": [HOSTILE], "geom": pa.array([shapely.to_wkb(square)], pa.binary())}
    with store.transaction(who="test", why="test") as transaction:
        transaction.insert("villages", pa.table(columns))
    return store


def _value(field: FieldDefinition) -> Any:
    values = {FieldType.TEXT: "1", FieldType.INTEGER: 1, FieldType.REAL: 1.0, FieldType.DATE: date(2024, 1, 1)}
    return values[field.type]
