"""What does a filter say, whatever store answers it?

A tree of small frozen values, already checked against one layer: every field exists, both sides of a comparison are of
one type, every constant is a value of that type, and no part without a field is left to compute. Truth has three
values as in CQL2 (OGC 21-065r2, 6.2): a comparison with a missing value is neither true nor false, and only features
for which the whole is true are found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

Value = str | int | float | bool | date | datetime
"""A constant: text, a 64-bit integer, a finite double, a truth value, a day, or a moment in UTC."""


class ValueType(StrEnum):
    """The types of values that filters tell apart; integers, reals and decimals are numbers."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "datetime"
    GEOMETRY = "geometry"


@dataclass(frozen=True, slots=True)
class Field:
    """A column: a field of the layer, fid, area_m2 or geom. `whole`: its numbers are integers."""

    name: str
    type: ValueType
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A value of its type; None is the missing one."""

    value: Value | None
    type: ValueType

    @property
    def whole(self) -> bool:
        """Whether it is an integer."""
        return isinstance(self.value, int) and not isinstance(self.value, bool)


@dataclass(frozen=True, slots=True)
class Shape:
    """A constant geometry: 2D ISO WKB in the layer's CRS, and its bounds (None where it is empty)."""

    wkb: bytes
    bounds: tuple[float, float, float, float] | None

    @property
    def type(self) -> ValueType:
        """Always a geometry."""
        return ValueType.GEOMETRY


@dataclass(frozen=True, slots=True)
class Call:
    """A function of layers.filtering.functions over values, such as casei(name), or of numbers, such as +."""

    function: str
    arguments: tuple[Scalar, ...]
    type: ValueType

    @property
    def whole(self) -> bool:
        """Numbers that functions give are doubles."""
        return False


Scalar = Field | Constant | Call
"""What has one value of one type in every feature."""


@dataclass(frozen=True, slots=True)
class Compared:
    """left operator right, of one type: = <> < <= > >=. Text is ordered by code point, false is before true."""

    operator: str
    left: Scalar
    right: Scalar


@dataclass(frozen=True, slots=True)
class Like:
    """Whether the whole of a text fits `pattern`: a sequence of plain texts, ANY and ONE."""

    value: Scalar
    pattern: tuple[str | Wildcard, ...]


class Wildcard(StrEnum):
    """What stands for other characters in a pattern: any number of them, or one."""

    ANY = "%"
    ONE = "_"


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether a value equals one of `values`, which are of its type and not missing."""

    value: Scalar
    values: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Whether there is no value."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Related:
    """Whether two geometries, at least one of them the feature's, stand in a relation such as "s_intersects"."""

    relation: str
    left: Field | Shape
    right: Field | Shape


@dataclass(frozen=True, slots=True)
class Truth:
    """true, false, or None for neither, whatever the feature."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; neither stays neither."""

    part: Expression


@dataclass(frozen=True, slots=True)
class And:
    """Whether all parts are true."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Whether any part is true."""

    parts: tuple[Expression, ...]


Expression = Compared | Like | OneOf | Missing | Related | Truth | Not | And | Or
"""What is true, false or neither of a feature."""
