"""What SQL asks whether a filter is true of a row?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast

import pyarrow as pa
from sqlalchemy import BigInteger, ColumnElement, Double, Table, and_, false, literal, not_, null, or_, true
from sqlalchemy import cast as sql_cast
from sqlalchemy import func as sql
from sqlalchemy.sql.elements import Grouping

from gis.types import Bounds
from layers.filtering.arithmetic import LARGEST, SPECK
from layers.filtering.expression import (
    And,
    Call,
    Compared,
    Constant,
    Expression,
    Field,
    Like,
    Missing,
    Not,
    OneOf,
    Or,
    Related,
    Scalar,
    Shape,
    Truth,
    ValueType,
    Wildcard,
)
from layers.store import codecs
from layers.store.codecs import Codec
from layers.store.tables import COLUMN_TYPES, Kind

Sql = ColumnElement[Any]
Condition = ColumnElement[bool]
Function = Callable[..., Sql]

KINDS = {
    ValueType.TEXT: Kind("text"),
    ValueType.BOOLEAN: Kind("boolean"),
    ValueType.DATE: Kind("date"),
    ValueType.MOMENT: Kind("datetime"),
}
"""How constants are kept; those of numbers depend on what they are compared with."""


class FilterSql(ABC):
    """Filters as SQL of one database; what it computes differently from others is left to it."""

    codecs: ClassVar[Mapping[str, Codec]]
    functions: ClassVar[Mapping[str, Function]]
    """The functions of layers.filtering.functions and the operators of arithmetic on held numbers."""

    @abstractmethod
    def by_code_point(self, text: Sql) -> Sql:
        """A text that compares by code point."""

    @abstractmethod
    def in_utc(self, moment: Sql) -> Sql:
        """A moment, to take year, month or day from: without a zone, which is not to be that of the session."""

    @abstractmethod
    def least(self, number: Sql, limit: float) -> Sql:
        """The smaller one; no value, or `limit`, where there is no number."""

    @abstractmethod
    def greatest(self, number: Sql, limit: float) -> Sql:
        """The greater one; no value, or `limit`, where there is no number."""

    @abstractmethod
    def like(self, text: Sql, pattern: Sequence[str | Wildcard]) -> Condition:
        """Whether the whole of a text fits, with regard to case."""

    @abstractmethod
    def related(self, table: Table, relation: str, shape: Shape, bounds: Bounds, epsg: int) -> Condition:
        """Whether the geometry of a row of `table` stands in `relation` to `shape`."""

    def held(self, number: Sql) -> Sql:
        """layers.filtering.arithmetic.held; names `number` once, as a chain of such would grow without end."""
        within = self.greatest(self.least(number, LARGEST), -LARGEST)
        kept: Sql = sql.nullif(sql.nullif(within, _double(LARGEST)), _double(-LARGEST), type_=Double())
        return (kept + _double(SPECK)) - _double(SPECK)


def _double(number: float) -> Sql:
    return literal(float(number), Double())


class RowFilter:
    """Filters as conditions on the rows of one table, which has the columns of the layer."""

    def __init__(self, dialect: FilterSql, table: Table, epsg: int) -> None:
        self.dialect, self.table, self.epsg = dialect, table, epsg

    def condition(self, expression: Expression) -> Condition:
        """Whether `expression` is true, false, or neither (NULL)."""
        return CONDITIONS[type(expression)](self, expression)

    def all_of(self, expression: And) -> Condition:
        """AND"""
        return _balanced([self.condition(part) for part in expression.parts], and_)

    def some_of(self, expression: Or) -> Condition:
        """OR"""
        return _balanced([self.condition(part) for part in expression.parts], or_)

    def opposite(self, expression: Not) -> Condition:
        """NOT"""
        return not_(Grouping(self.condition(expression.part)))

    def truth(self, expression: Truth) -> Condition:
        """A constant."""
        constants: dict[bool | None, Any] = {None: null(), True: true(), False: false()}
        return cast(Condition, constants[expression.value])

    def compared(self, expression: Compared) -> Condition:
        """= <> < <= > >="""
        left, right = self._pair(expression.left, expression.right)
        operator = "!=" if expression.operator == "<>" else expression.operator
        return left.bool_op(operator)(right)

    def _pair(self, left: Scalar, right: Scalar) -> tuple[Sql, Sql]:
        if left.type is ValueType.NUMBER:
            whole = left.whole and right.whole
            return self._number(left, whole=whole), self._number(right, whole=whole)
        if left.type is ValueType.TEXT:
            return self.dialect.by_code_point(self.value(left)), self.dialect.by_code_point(self.value(right))
        return self.value(left), self.value(right)

    def _number(self, scalar: Scalar, *, whole: bool) -> Sql:
        """A number as a 64-bit integer if it is `whole`, else as a double, which all databases compare alike."""
        if isinstance(scalar, Constant):
            return literal(scalar.value, BigInteger()) if whole else _double(float(str(scalar.value)))
        value = self.value(scalar)
        return value if whole or isinstance(scalar, Call) else sql_cast(value, Double)

    def like(self, expression: Like) -> Condition:
        """LIKE"""
        return self.dialect.like(self.value(expression.value), expression.pattern)

    def one_of(self, expression: OneOf) -> Condition:
        """IN"""
        value, values = expression.value, expression.values
        if value.type is ValueType.NUMBER:
            whole = value.whole and all(item.whole for item in values)
            return self._number(value, whole=whole).in_([self._number(item, whole=whole) for item in values])
        return self.value(value).in_([self.value(item) for item in values])

    def missing(self, expression: Missing) -> Condition:
        """IS NULL"""
        return self.value(expression.value).is_(None)

    def related(self, expression: Related) -> Condition:
        """A spatial relation of the row's geometry to a constant one."""
        shape = expression.right
        if not isinstance(shape, Shape) or shape.bounds is None:
            return false()
        return self.dialect.related(self.table, expression.relation, shape, Bounds(*shape.bounds), self.epsg)

    def value(self, scalar: Scalar) -> Sql:
        """The value of a field, constant or call."""
        if isinstance(scalar, Field):
            return self.table.c[scalar.name]
        if isinstance(scalar, Call):
            return self._call(scalar)
        if scalar.type is ValueType.NUMBER:
            return self._number(scalar, whole=scalar.whole)
        kind = KINDS[scalar.type]
        (encoded,) = self.dialect.codecs[kind.base].encode(pa.array([scalar.value], codecs.arrow_type(kind)))
        return literal(encoded, COLUMN_TYPES[kind.base](0))

    def _call(self, call: Call) -> Sql:
        function = self.dialect.functions[call.function]
        return function(*(self._argument(argument) for argument in call.arguments))

    def _argument(self, argument: Scalar) -> Sql:
        if argument.type is ValueType.NUMBER:
            return self.dialect.held(self._number(argument, whole=False))
        value = self.value(argument)
        return self.dialect.in_utc(value) if argument.type is ValueType.MOMENT else value


def _balanced(parts: Sequence[Condition], join: Callable[..., Condition]) -> Condition:
    """`parts` joined two by two, as SQLite counts a long row of ANDs as so many levels."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return join(Grouping(_balanced(parts[:middle], join)), Grouping(_balanced(parts[middle:], join)))


CONDITIONS: dict[type, Callable[[RowFilter, Any], Condition]] = {
    And: RowFilter.all_of,
    Or: RowFilter.some_of,
    Not: RowFilter.opposite,
    Truth: RowFilter.truth,
    Compared: RowFilter.compared,
    Like: RowFilter.like,
    OneOf: RowFilter.one_of,
    Missing: RowFilter.missing,
    Related: RowFilter.related,
}
"""Part of a filter -> who writes it."""
