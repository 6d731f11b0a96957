"""Which properties does a collection have, as JSON Schema?

Queryables may stand in filters, sortables in `sortby`; the schema is what features hold when they are read or sent
(OGC API Features 3, 6.2; 5, 6 and 7).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from layers.codes import code_list
from layers.definition import FieldDefinition, LayerDefinition, Text
from layers.filtering import FUNCTIONS, Queryable, queryables, sortables
from layers.filtering.expression import ValueType

Part = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ROLES = {"fid": "id", "geom": "primary-geometry"}
COMPUTED = ("fid", "area_m2")
FIRST = ("fid", "geom", "area_m2")

ARGUMENT_TYPES = {
    ValueType.TEXT: "string", ValueType.NUMBER: "number", ValueType.BOOLEAN: "boolean", ValueType.DATE: "datetime",
    ValueType.MOMENT: "datetime", ValueType.GEOMETRY: "geometry",
}  # fmt: skip
"""The words of /functions for types (OGC API Features 3, 6.4)."""


def queryables_document(definition: LayerDefinition, address: str) -> Part:
    """What filters may name, and parameters called like fields."""
    return _document(definition, address, queryables(definition).values())


def sortables_document(definition: LayerDefinition, address: str) -> Part:
    """What features may be sorted by."""
    return _document(definition, address, sortables(definition).values())


def schema_document(definition: LayerDefinition, address: str) -> Part:
    """What features hold: type, length, unit, codes, what must be given and what is computed."""
    document = _document(definition, address, queryables(definition).values())
    for number, (name, part) in enumerate(document["properties"].items(), 1):
        part["x-ogc-propertySeq"] = number
        if name in COMPUTED:
            part["readOnly"] = True
    for field in definition.fields:
        document["properties"][field.name] |= _facets(field)
    document["required"] = ["geom", *(field.name for field in definition.fields if field.required)]
    return document


def functions_document() -> Part:
    """What filters may call."""
    return {
        "functions": [
            {
                "name": each.name,
                "description": _both(each.description),
                "arguments": [{"type": sorted({ARGUMENT_TYPES[one] for one in types})} for types in each.arguments],
                "returns": [ARGUMENT_TYPES[each.returns]],
            }
            for each in FUNCTIONS.values()
        ]
    }


def _is_text(queryable: Queryable) -> bool:
    return queryable.type is ValueType.TEXT


def _document(definition: LayerDefinition, address: str, known: Iterable[Queryable]) -> Part:
    """Text comes last: clients that offer one property to start with take the last, and text takes any value."""
    by_name = {each.name: each for each in known}
    fields = sorted((name for name in by_name if name not in FIRST), key=lambda name: _is_text(by_name[name]))
    names = [*(name for name in FIRST if name in by_name), *fields]
    return {
        "$schema": DIALECT,
        "$id": address,
        "type": "object",
        "title": _both(definition.title),
        "description": _both(definition.abstract or definition.title),
        "properties": {name: _property(definition, by_name[name]) for name in names},
        "additionalProperties": False,
    }


def _property(definition: LayerDefinition, queryable: Queryable) -> Part:
    part: Part = {"title": _both(queryable.title), **queryable.json_schema}
    if queryable.name in ROLES:
        part["x-ogc-role"] = ROLES[queryable.name]
    if queryable.name == "area_m2":
        part["x-ogc-unit"] = "m2"
    if queryable.name in definition.field_names:
        field = definition.field(queryable.name)
        if field.unit:
            part["x-ogc-unit"] = field.unit
        if field.codes:
            part["enum"] = [_value(field, code) for code in code_list(field.codes)]
    return part


def _facets(field: FieldDefinition) -> Part:
    """What /schema says of a field beside its type: length, decimals, and codes with their names."""
    facets: Part = {}
    if field.length is not None:
        facets["maxLength"] = field.length
    if field.decimals is not None:
        facets["multipleOf"] = round(10.0**-field.decimals, field.decimals)
    if field.codes:
        codes = code_list(field.codes).values()
        names = [{"const": _value(field, code.code), "title": f"{code.name_zh} / {code.name_en}"} for code in codes]
        facets["oneOf"] = names
    return facets


def _value(field: FieldDefinition, code: str) -> str | int:
    """A code as a value of its field: integers where the field holds integers."""
    return int(code) if field.type.is_number and code.lstrip("-").isdigit() else code


def _both(text: Text) -> str:
    return f"{text.zh} / {text.en}"
