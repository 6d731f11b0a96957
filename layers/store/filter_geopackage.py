"""How does SQLite compute filters?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import shapely
from sqlalchemy import Double, Integer, LargeBinary, Table, Text, literal
from sqlalchemy import cast as sql_cast
from sqlalchemy import func as sql

from gis.types import Bounds
from layers.filtering import arithmetic
from layers.filtering.expression import Shape, Wildcard
from layers.filtering.folding import accenti, casei
from layers.filtering.functions import DAY_END, DAY_START
from layers.store import blob
from layers.store.codecs import SQLITE
from layers.store.filter_sql import Condition, FilterSql, Function, Sql
from layers.store.geopackage_tables import in_rtree
from layers.store.tables import GEOM

RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_equals": shapely.equals,
    "s_touches": shapely.touches,
    "s_crosses": shapely.crosses,
    "s_overlaps": shapely.overlaps,
    "s_within": shapely.contains,
    "s_contains": shapely.within,
}
"""Relation of a row's geometry to a constant one -> the predicate of the constant one, which is prepared, to the row's.

Only s_within and s_contains are not the same from both sides.
"""

GLOB = {Wildcard.ANY: "*", Wildcard.ONE: "?"}
GLOB_LITERALS = str.maketrans({"*": "[*]", "?": "[?]", "[": "[[]"})


def register(connection: Any) -> None:
    """Give a pysqlite3 `connection` the functions of filters.

    gaodu_s_intersects(geom, wkb) and the other relations are exact; gaodu_casei, gaodu_accenti, gaodu_power and
    gaodu_remainder are those of layers.filtering.
    """
    for name, predicate in RELATIONS.items():
        apart = int(name == "s_disjoint")
        connection.create_function(f"gaodu_{name}", 2, _Relation(predicate, apart), deterministic=True)
    for name, function in {"casei": casei, "accenti": accenti}.items():
        connection.create_function(f"gaodu_{name}", 1, _of_text(function), deterministic=True)
    for name, operator in {"power": arithmetic.power, "remainder": arithmetic.remainder}.items():
        connection.create_function(f"gaodu_{name}", 2, operator, deterministic=True)


def _of_text(function: Callable[[str], str]) -> Callable[[str | None], str | None]:
    return lambda text: None if text is None else function(text)


class _Relation:
    """Whether a blob's geometry stands in a relation to a WKB geometry, which is prepared once: it is in every row.

    `apart` is the answer where their boxes do not even touch, which the blob's header tells. One instance a connection,
    as prepared geometries may not be shared between threads.
    """

    def __init__(self, predicate: Callable[[Any, Any], Any], apart: int) -> None:
        self._predicate, self._apart = predicate, apart
        self._wkb: bytes | None = None
        self._shape: Any = None
        self._box = [0.0, 0.0, 0.0, 0.0]

    def __call__(self, value: bytes | None, wkb: bytes) -> int | None:
        if value is None:
            return None
        if wkb != self._wkb:
            self._shape = shapely.from_wkb(wkb)
            shapely.prepare(self._shape)
            self._wkb = wkb
            self._box = shapely.bounds(self._shape).tolist()
        min_x, max_x, min_y, max_y = blob.envelope(value)
        west, south, east, north = self._box
        if min_x > east or max_x < west or min_y > north or max_y < south:
            return self._apart
        return int(self._predicate(self._shape, shapely.from_wkb(blob.wkb(value))))


def _part(first: int, length: int) -> Callable[[Sql], Sql]:
    """A number at a fixed place of a date or time, both texts of ISO 8601."""
    return lambda moment: sql_cast(sql_cast(sql.substr(moment, first, length), Integer), Double)


def _text(name: str) -> Callable[[Sql], Sql]:
    return lambda text: getattr(sql, name)(text, type_=Text())


class SqliteFilters(FilterSql):
    """Filters of a GeoPackage: geometry through shapely, behind the R-tree."""

    codecs = SQLITE
    functions: ClassVar[Mapping[str, Function]] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "div": lambda a, b: sql.trunc(a / b, type_=Double()),
        "%": lambda a, b: sql.gaodu_remainder(a, b, type_=Double()),
        "^": lambda a, b: sql.gaodu_power(a, b, type_=Double()),
        "abs": lambda number: sql.abs(number, type_=Double()),
        # SQLAlchemy puts a floor of its own in place of SQLite's, which fails where there is no value
        "floor": lambda number: -sql.ceil(-number, type_=Double()),
        "ceil": lambda number: sql.ceil(number, type_=Double()),
        "length": lambda text: sql_cast(sql.length(text), Double),
        "casei": _text("gaodu_casei"),
        "accenti": _text("gaodu_accenti"),
        "year": _part(1, 4),
        "month": _part(6, 2),
        "day": _part(9, 2),
        DAY_START: lambda day: sql_cast(day, Text).concat("T00:00:00.000Z"),
        DAY_END: lambda day: sql_cast(day, Text).concat("T23:59:59.999Z"),
    }

    def by_code_point(self, text: Sql) -> Sql:
        return text

    def in_utc(self, moment: Sql) -> Sql:
        return moment

    def least(self, number: Sql, limit: float) -> Sql:
        return sql.min(number, literal(limit, Double()), type_=Double())

    def greatest(self, number: Sql, limit: float) -> Sql:
        return sql.max(number, literal(limit, Double()), type_=Double())

    def like(self, text: Sql, pattern: Sequence[str | Wildcard]) -> Condition:
        """GLOB, as LIKE of SQLite takes no notice of the case of ASCII letters."""
        parts = [GLOB[part] if isinstance(part, Wildcard) else part.translate(GLOB_LITERALS) for part in pattern]
        return text.bool_op("GLOB")(literal("".join(parts), Text()))

    def related(self, table: Table, relation: str, shape: Shape, bounds: Bounds, epsg: int) -> Condition:
        function = getattr(sql, f"gaodu_{relation}")
        exact: Condition = function(table.c[GEOM], literal(shape.wkb, LargeBinary)) == 1
        return exact if relation == "s_disjoint" else in_rtree(table, bounds) & exact
