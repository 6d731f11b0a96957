"""Which properties may a filter name, and which may order features?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from layers.definition import FieldType, LayerDefinition, Text
from layers.filtering.expression import ValueType

FID, AREA_M2, GEOM = "fid", "area_m2", "geom"

JSON_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "real": {"type": "number"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "point": {"format": "geometry-point"},
    "line": {"format": "geometry-linestring"},
    "polygon": {"format": "geometry-polygon"},
    "multipoint": {"format": "geometry-multipoint"},
    "multiline": {"format": "geometry-multilinestring"},
    "multipolygon": {"format": "geometry-multipolygon"},
}
"""JSON Schema of a property by field or geometry type (OGC API Features 5, 7.3 and 7.4, for geometries)."""

VALUE_TYPES: dict[str, ValueType] = {
    FieldType.TEXT: ValueType.TEXT,
    FieldType.INTEGER: ValueType.NUMBER,
    FieldType.REAL: ValueType.NUMBER,
    FieldType.DECIMAL: ValueType.NUMBER,
    FieldType.BOOLEAN: ValueType.BOOLEAN,
    FieldType.DATE: ValueType.DATE,
    FieldType.DATETIME: ValueType.MOMENT,
}


@dataclass(frozen=True, slots=True)
class Queryable:
    """A property that filters may name: its title, the type filters see, and the field or geometry type it has."""

    name: str
    title: Text
    type: ValueType
    kind: str

    @property
    def sortable(self) -> bool:
        """Whether features can be ordered by it: by anything but geometry."""
        return self.type is not ValueType.GEOMETRY

    @property
    def json_schema(self) -> dict[str, Any]:
        """The type as JSON Schema: {"type": "string", "format": "date"}, {"format": "geometry-point"}..."""
        return dict(JSON_TYPES[self.kind])


def queryables(definition: LayerDefinition) -> dict[str, Queryable]:
    """The properties that filters of a layer may name: fields in order, fid, area_m2 of polygons, geom."""
    found = [Queryable(field.name, field.title, VALUE_TYPES[field.type], field.type) for field in definition.fields]
    found.append(Queryable(FID, Text(zh="要素号", en="Feature id"), ValueType.NUMBER, FieldType.INTEGER))
    if definition.area:
        found.append(Queryable(AREA_M2, Text(zh="面积（平方米）", en="Area in m2"), ValueType.NUMBER, FieldType.REAL))
    found.append(Queryable(GEOM, Text(zh="几何", en="Geometry"), ValueType.GEOMETRY, definition.geometry))
    return {item.name: item for item in found}


def sortables(definition: LayerDefinition) -> dict[str, Queryable]:
    """The properties that can order features of a layer: all queryables but geom."""
    return {name: item for name, item in queryables(definition).items() if item.sortable}
