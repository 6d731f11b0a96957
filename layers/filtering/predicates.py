"""What must be true of a feature, according to CQL2 JSON?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from layers.definition import LayerDefinition
from layers.filtering import arrays, temporal
from layers.filtering.comparing import OPERATORS, any_of, compared
from layers.filtering.expression import (
    And,
    Constant,
    Expression,
    Field,
    Like,
    Missing,
    Not,
    OneOf,
    Or,
    Related,
    Shape,
    Truth,
    ValueType,
)
from layers.filtering.functions import FUNCTIONS
from layers.filtering.limits import MAX_DEPTH, MAX_VALUES, too_deep
from layers.filtering.patterns import matches, parse_pattern
from layers.filtering.problems import refusal, shown
from layers.filtering.scalars import Scalars, alike, need_type, operation
from layers.filtering.shapes import FilterCrs, shape_of

INVERSE = {
    "s_intersects": "s_intersects", "s_disjoint": "s_disjoint", "s_equals": "s_equals", "s_touches": "s_touches",
    "s_crosses": "s_crosses", "s_overlaps": "s_overlaps", "s_within": "s_contains", "s_contains": "s_within",
}  # fmt: skip
"""A spatial relation -> the same one seen from the other geometry."""

OF_ITSELF = frozenset({"s_intersects", "s_equals", "s_within", "s_contains"})
"""The relations that a geometry has to itself."""

WITH_COLLECTIONS = frozenset({"s_intersects", "s_disjoint"})
"""The relations that every engine computes for collections of points, lines and polygons together."""


class Predicates:
    """Reads filters for one layer; coordinates are in `crs`."""

    def __init__(self, definition: LayerDefinition, crs: FilterCrs) -> None:
        self.scalars = Scalars(definition)
        self.crs = crs
        self.epsg = definition.crs

    def expression(self, node: Any, level: int = 0) -> Expression:
        """What `node` says. Raises InvalidFilter and UnknownField."""
        if level > MAX_DEPTH:
            raise too_deep()
        if isinstance(node, bool):
            return Truth(node)
        if isinstance(node, Mapping) and "property" in node:
            return self._flag(node)
        if not isinstance(node, Mapping) or "op" not in node:
            raise refusal(f"“{shown(node)}”不是条件。", f"{shown(node)!r} is not a condition.",
                          remedy=("条件如 DLBM = '0101'。", "A condition is such as DLBM = '0101'."))  # fmt: skip
        name, arguments = operation(node)
        if name not in PREDICATES:
            known = [*PREDICATES, *FUNCTIONS]
            raise refusal(f"没有运算“{shown(name)}”。", f"There is no operator {shown(name)!r}.", choices=known)
        return PREDICATES[name](self, arguments, level)

    def _flag(self, node: Mapping[str, Any]) -> Expression:
        """A truth value by itself: "boolean" in place of boolean = true."""
        field = self.scalars.scalar(node)
        need_type(field, (ValueType.BOOLEAN,), "filter")
        return compared("=", field, Constant(True, ValueType.BOOLEAN))

    def all_of(self, arguments: Sequence[Any], level: int) -> Expression:
        """args[0] AND args[1] ..."""
        return And(tuple(self._parts(arguments, level)))

    def some_of(self, arguments: Sequence[Any], level: int) -> Expression:
        """args[0] OR args[1] ..."""
        return Or(tuple(self._parts(arguments, level)))

    def _parts(self, arguments: Sequence[Any], level: int) -> list[Expression]:
        if len(arguments) < 2:
            raise refusal("AND 和 OR 需要两个以上的条件。", "AND and OR take two conditions or more.")
        return [self.expression(item, level + 1) for item in arguments]

    def opposite(self, arguments: Sequence[Any], level: int) -> Expression:
        """NOT args[0]"""
        (part,) = counted(arguments, 1, "NOT")
        return Not(self.expression(part, level + 1))

    def comparison(self, operator: str, arguments: Sequence[Any], _: int) -> Expression:
        """args[0] operator args[1]"""
        left, right = (self.scalars.scalar(item) for item in counted(arguments, 2, operator))
        return compared(operator, left, right)

    def missing(self, arguments: Sequence[Any], _: int) -> Expression:
        """args[0] IS NULL; a geometry is never missing."""
        (node,) = counted(arguments, 1, "IS NULL")
        if self._is_geometry(node):
            self._shape(node)
            return Truth(False)
        value = self.scalars.scalar(node)
        return Truth(value.value is None) if isinstance(value, Constant) else Missing(value)

    def between(self, arguments: Sequence[Any], _: int) -> Expression:
        """args[0] BETWEEN args[1] AND args[2], ends included."""
        value, low, high = (self.scalars.scalar(item) for item in counted(arguments, 3, "BETWEEN"))
        return And((compared(">=", value, low), compared("<=", value, high)))

    def one_of(self, arguments: Sequence[Any], _: int) -> Expression:
        """args[0] IN args[1]"""
        node, listed = counted(arguments, 2, "IN")
        if not isinstance(listed, list) or not listed:
            raise refusal("IN 后应为一列值。", "IN takes a list of values.")
        if len(listed) > MAX_VALUES:
            raise refusal(f"IN 最多 {MAX_VALUES} 个值。", f"IN takes {MAX_VALUES} values at most.")
        value, *values = alike([self.scalars.scalar(item) for item in (node, *listed)], "IN")
        plain = tuple(item for item in values if isinstance(item, Constant) and item.value is not None)
        if isinstance(value, Constant) or len(plain) < len(values):
            return any_of([compared("=", value, item) for item in values])
        return OneOf(value, plain)

    def like(self, arguments: Sequence[Any], _: int) -> Expression:
        """args[0] LIKE args[1]"""
        value, pattern = (self.scalars.scalar(item) for item in counted(arguments, 2, "LIKE"))
        for side in (value, pattern):
            need_type(side, (ValueType.TEXT,), "LIKE")
        if not isinstance(pattern, Constant):
            raise refusal("LIKE 后应为文本。", "The pattern of LIKE must be a text.")
        if pattern.value is None or (isinstance(value, Constant) and value.value is None):
            return Truth(None)
        parts = parse_pattern(str(pattern.value))
        return Truth(matches(parts, str(value.value))) if isinstance(value, Constant) else Like(value, parts)

    def spatial(self, relation: str, arguments: Sequence[Any], _: int) -> Expression:
        """s_...(args[0], args[1])"""
        left, right = (self._shape(item, relation) for item in counted(arguments, 2, relation.upper()))
        if isinstance(left, Field) and isinstance(right, Field):
            return Truth(relation in OF_ITSELF)
        if left is None or right is None:
            return Truth(relation == "s_disjoint")
        if isinstance(left, Field):
            return Related(relation, left, right)
        if isinstance(right, Field):
            return Related(INVERSE[relation], right, left)
        raise refusal("空间函数的参数中应有图层的几何 geom。", "One side of a spatial function must be geom.")

    def _shape(self, node: Any, relation: str = "s_intersects") -> Field | Shape | None:
        """The feature's geometry or a constant one; None for one that is off the layer's CRS."""
        if isinstance(node, Mapping) and "property" in node:
            field = self.scalars.field(node["property"])
            need_type(field, (ValueType.GEOMETRY,), relation)
            return field
        if not self._is_geometry(node):
            raise refusal(f"“{shown(node)}”不是几何。", f"{shown(node)!r} is not a geometry.")
        if node.get("type") == "GeometryCollection" and relation not in WITH_COLLECTIONS:
            raise refusal(
                f"{relation} 不能用于 GEOMETRYCOLLECTION。", f"{relation} takes no GEOMETRYCOLLECTION.",
                remedy=("请对各部分分别判断。", "Ask for each of its parts."),
            )  # fmt: skip
        return shape_of(node, self.crs, self.epsg)

    def _is_geometry(self, node: Any) -> bool:
        if not isinstance(node, Mapping):
            return False
        named = node.get("property")
        known = self.scalars.known.get(named) if isinstance(named, str) else None
        return "bbox" in node or "type" in node or (known is not None and known.type is ValueType.GEOMETRY)

    def time(self, relation: str, arguments: Sequence[Any], _: int) -> Expression:
        """t_...(args[0], args[1])"""
        return temporal.related(self.scalars, relation, arguments)

    def array(self, relation: str, arguments: Sequence[Any], _: int) -> Expression:
        """a_...(args[0], args[1])"""
        return arrays.related(self.scalars, relation, counted(arguments, 2, relation.upper()))


def counted(arguments: Sequence[Any], count: int, place: str) -> Sequence[Any]:
    """`arguments` if they are `count`. Raises InvalidFilter."""
    if len(arguments) != count:
        raise refusal(f"{place} 需要 {count} 个参数。", f"{place} takes {count} argument(s), not {len(arguments)}.")
    return arguments


Reader = Callable[[Predicates, Sequence[Any], int], Expression]


def _reading(method: Callable[[Predicates, str, Sequence[Any], int], Expression], name: str) -> Reader:
    return lambda reader, arguments, level: method(reader, name, arguments, level)


PREDICATES: dict[str, Reader] = {
    "and": Predicates.all_of,
    "or": Predicates.some_of,
    "not": Predicates.opposite,
    "isnull": Predicates.missing,
    "between": Predicates.between,
    "in": Predicates.one_of,
    "like": Predicates.like,
    **{name: _reading(Predicates.comparison, name) for name in OPERATORS},
    **{name: _reading(Predicates.spatial, name) for name in INVERSE},
    **{name: _reading(Predicates.time, name) for name in sorted(temporal.RELATIONS)},
    **{name: _reading(Predicates.array, name) for name in arrays.RELATIONS},
}
"""Operator (lower case) -> who reads it."""
